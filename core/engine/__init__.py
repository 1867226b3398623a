"""One network on one device: pictures in, alpha and trimap logits out, as arrays.

`make_engine` chooses the backend; `interface.Engine` says what all of them do. `make_detail_engine` does the same for
the detail network.
"""

from core.engine.choice import make_detail_engine, make_engine, needs_pytorch
from core.engine.interface import DetailEngine, Engine, RawMatte

__all__ = ["DetailEngine", "Engine", "RawMatte", "make_detail_engine", "make_engine", "needs_pytorch"]

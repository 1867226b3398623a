"""One network on one device: pictures in, alpha and trimap logits out, as arrays.

`make_engine` chooses the backend; `interface.Engine` says what all of them do.
"""

from core.engine.choice import make_engine, needs_pytorch
from core.engine.interface import Engine, RawMatte

__all__ = ["Engine", "RawMatte", "make_engine", "needs_pytorch"]

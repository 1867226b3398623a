"""Generated data is shared with the tests of the core."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "core" / "training"))

"""Starts Matting Studio from its source folder: `python main.py`."""

import sys

from matting_studio.__main__ import main

if __name__ == "__main__":
    sys.exit(main())

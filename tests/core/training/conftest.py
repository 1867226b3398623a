import sys
from pathlib import Path

# Helpers beside the tests, such as `generated_data`, are imported by their own names.
sys.path.insert(0, str(Path(__file__).parent))

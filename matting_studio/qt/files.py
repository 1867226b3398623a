"""What the file dialogs offer."""

from core.image_io import READABLE_SUFFIXES
from matting_studio.app.suffixes import MODEL_SUFFIXES, PROJECT_SUFFIX

_PATTERNS = " ".join(f"*{suffix}" for suffix in sorted(READABLE_SUFFIXES))

PICTURE_FILTER = f"Pictures ({_PATTERNS});;All files (*)"
OPEN_FILTER = f"Photos and projects ({_PATTERNS} *{PROJECT_SUFFIX});;All files (*)"
PROJECT_FILTER = f"Matting Studio projects (*{PROJECT_SUFFIX})"
MODEL_FILTER = f"Models ({' '.join(f'*{suffix}' for suffix in MODEL_SUFFIXES)});;All files (*)"

"""Background pictures, which many photos share: read once, not once per photo."""

import threading
from pathlib import Path

from core.image_io import Photo
from matting_studio.app.develop import read_background
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Background, Picture

_KEPT = 2  # photos may have looks of their own, and pictures are large


class Pictures:
    """May be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[Path, Fingerprint | None], Photo] = {}

    def of(self, background: Background) -> Photo | None:
        """The picture that a background needs, as the file is now; None where it needs none. Raises ImageReadError."""
        if not isinstance(background, Picture):
            return None
        key = background.path, Fingerprint.of(background.path)
        # Held while reading: whoever wants the same picture would only read it too.
        with self._lock:
            photo = self._kept.pop(key, None) or read_background(background)
            assert photo is not None
            self._kept[key] = photo  # the last one now
            while len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
            return photo

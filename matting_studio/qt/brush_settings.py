"""The brush in the hand."""

from dataclasses import dataclass, replace
from typing import Self

from matting_studio.app import settings
from matting_studio.app.edits import Brush

SMALLEST_PX, LARGEST_PX = 1.0, 600.0

_FIRST = settings.BrushSettings()
_INVERSE = {Brush.FOREGROUND: Brush.BACKGROUND, Brush.BACKGROUND: Brush.FOREGROUND}


def inverse(brush: Brush) -> Brush:
    """Background for foreground and the other way round; the other brushes have no inverse and stay."""
    return _INVERSE.get(brush, brush)


@dataclass(frozen=True)
class BrushSettings:
    """What a stroke will be drawn with."""

    tool: Brush | None = None
    """None: the pointer moves the photo."""
    size_px: float = _FIRST.size_px
    """Diameter on the screen, in logical pixels: the same at every zoom, so that zooming in paints finer."""
    hardness: float = _FIRST.hardness
    """0 soft … 1 sharp."""
    opacity: float = _FIRST.opacity

    def resized(self, steps: int) -> Self:
        """Larger by a sixth per step, or smaller, and by a pixel at least."""
        size = self.size_px
        for _ in range(abs(steps)):
            size = max(size + 1, size * 7 / 6) if steps > 0 else min(size - 1, size * 6 / 7)
        return replace(self, size_px=min(max(round(size), SMALLEST_PX), LARGEST_PX))

    def hardened(self, steps: int) -> Self:
        """Harder by a tenth per step, or softer."""
        return replace(self, hardness=min(max(round(self.hardness + steps / 10, 2), 0.0), 1.0))

    def inverted(self) -> Self:
        return replace(self, tool=None if self.tool is None else inverse(self.tool))

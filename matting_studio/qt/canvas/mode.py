"""What a canvas can show."""

from enum import StrEnum

from matting_studio.app.view import ViewMode


class CanvasMode(StrEnum):
    """The modes in the order of their keys, 1 to 7."""

    ORIGINAL = "original"
    TRIMAP = "trimap"
    ALPHA = "alpha"
    CUTOUT = "cutout"
    COMPOSITE = "composite"
    OVERLAY = "overlay"
    SPLIT = "split"
    """The original left of a slider, the composite right of it."""

    @property
    def views(self) -> tuple[ViewMode, ...]:
        """The pictures it takes, left to right."""
        return (ViewMode.ORIGINAL, ViewMode.COMPOSITE) if self is CanvasMode.SPLIT else (ViewMode(self.value),)

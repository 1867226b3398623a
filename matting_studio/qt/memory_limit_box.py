"""How much memory the program may take: one choice for the studio and for batches, seen in both windows."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from matting_studio.qt.wheel import leave_wheel_to_area

GB = 10**9
USUAL_BYTES = tuple(number * GB for number in (1, 2, 4, 8, 16, 32))


class MemoryLimitBox(QComboBox):
    chosen = Signal(object)
    """Bytes, or None for most of what is free."""

    def __init__(self) -> None:
        super().__init__()
        self._limits: tuple[int | None, ...] = ()
        self.setAccessibleName("Memory")
        self.setToolTip(
            "What the program may take while it mattes. Where that is little, fewer photos are kept in memory, then "
            "detail is given up, and it is said."
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        leave_wheel_to_area(self)
        self.activated.connect(lambda index: self.chosen.emit(self._limits[index]))
        self.show_limit(None)

    def show_limit(self, limit_bytes: int | None) -> None:
        """Show what is chosen, also where it is none of the usual amounts."""
        amounts = {*USUAL_BYTES} if limit_bytes is None else {*USUAL_BYTES, limit_bytes}
        limits = (None, *sorted(amounts))
        if limits != self._limits:
            self._limits = limits
            self.clear()
            self.addItems([_text(limit) for limit in limits])
        self.setCurrentIndex(limits.index(limit_bytes))


def _text(limit_bytes: int | None) -> str:
    return "Most of what is free" if limit_bytes is None else f"At most {limit_bytes / GB:g} GB"

"""How many photos of a batch may be in hand at once, where a limit is set for the memory. Knows no threads."""

from collections.abc import Callable

from core.memory_plan import BASE_BYTES, Limit, Size, within


class Room:
    """Photos in hand together keep within a limit, each reckoned as if the network worked on it; one may always."""

    def __init__(self, limit: Limit | None) -> None:
        self._limit = limit
        self._inside: dict[str, Size | None] = {}
        self.expected_bytes: Callable[[Size], int] | None = None
        """What the process holds for a photo alone; None until the network is loaded, and one photo is in hand till
        then."""

    def has_for(self, size: Size | None) -> bool:
        """Whether one more photo of this size may be taken in hand; None is one that cannot be read."""
        if self._limit is None or not self._inside:
            return True
        if self.expected_bytes is None:
            return False
        taken = sum(self._beside_base(each) for each in (*self._inside.values(), size))
        return within(BASE_BYTES + taken, self._limit.left_bytes)

    def enter(self, name: str, size: Size | None) -> None:
        self._inside[name] = size

    def leave(self, name: str) -> None:
        """Nothing happens where it is not in hand."""
        self._inside.pop(name, None)

    def _beside_base(self, size: Size | None) -> int:
        assert self.expected_bytes is not None
        return 0 if size is None else self.expected_bytes(size) - BASE_BYTES

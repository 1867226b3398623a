"""Photos that come to a folder while it is watched."""

from collections.abc import Sequence

from matting_studio.app.batch.scan import Item
from matting_studio.app.fingerprint import Fingerprint


class Arrivals:
    """Tells photos that are whole from those that are still being copied: the former look the same twice.

    A photo that was handed out is not handed out again until it changes, so what failed is not tried for ever.
    """

    def __init__(self) -> None:
        self._seen: dict[str, Fingerprint | None] = {}
        self._given: dict[str, Fingerprint | None] = {}

    def ripe(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Those of the photos in the folder now that look as they did at the last call, and were not given so."""
        now = {item.name: Fingerprint.of(item.path) for item in items}
        ripe = tuple(
            item
            for item in items
            if item.name in self._seen
            and self._seen[item.name] == now[item.name]
            and (item.name not in self._given or self._given[item.name] != now[item.name])
        )
        self._seen = now
        self._given |= {item.name: now[item.name] for item in ripe}
        return ripe

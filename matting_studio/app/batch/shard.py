"""A part of the photos, for several machines that share folders."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from matting_studio.app.batch.scan import Item


@dataclass(frozen=True)
class Shard:
    """The `number`th of `count` parts. Which part a photo belongs to depends on its name alone."""

    number: int
    """1 … count."""
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise ValueError(f"There is no part {self.number} of {self.count}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read I/N. Raises ValueError."""
        number, _, count = text.partition("/")
        return cls(int(number), int(count))

    def holds(self, photo: str) -> bool:
        # macOS may list an accent as a letter of its own, and the parts must agree.
        name = unicodedata.normalize("NFC", photo)
        digest = hashlib.sha256(name.encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:8]) % self.count == self.number - 1

    def of(self, items: Sequence[Item]) -> tuple[Item, ...]:
        return tuple(item for item in items if self.holds(item.name))

    @property
    def journal_name(self) -> str:
        return f"journal-{self.number}-of-{self.count}"


def share(items: Sequence[Item], shard: Shard | None) -> Sequence[Item]:
    """Those of a part; all of them where there are no parts."""
    return items if shard is None else shard.of(items)

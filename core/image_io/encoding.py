"""How pictures are encoded: bits per sample, and how hard the encoders work."""

from dataclasses import dataclass
from typing import Literal

BitDepth = Literal[8, 16]


@dataclass(frozen=True)
class Encoding:
    """How hard the encoders work."""

    png_compression: int = 2
    """0 (none) to 9. On photos 9 takes fifty times as long as 1 or 2, for files a few per cent smaller."""
    jpeg_quality: int = 95
    """1 to 95."""
    webp_quality: int | None = None
    """1 to 100; None is lossless."""

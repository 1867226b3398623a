"""AVIF by Pillow, with what its boxes say beside: how deep it is and which colour space it names.

AV1 Image File Format 1.1, on ISO/IEC 14496-12 (boxes), 23008-12 (items and properties) and the AV1 ISOBMFF binding.
"""

import struct
from collections.abc import Iterator

from PIL import AvifImagePlugin

from core.image_io.decoded import UnsupportedPixelsError
from core.image_io.named_space import NamedSpace

_VERSION_BYTES = 4  # of a "full box", before what it holds
_HIGH_BIT_DEPTH, _TWELVE_BITS = 0x40, 0x20


class AvifFile(AvifImagePlugin.AvifImageFile):
    """An opened AVIF file. Pillow gives 8 bits of its samples, whatever it has."""

    bits: int
    """Per sample: 8, 10 or 12."""
    space: NamedSpace | None

    def _open(self) -> None:
        if not AvifImagePlugin.SUPPORTED:
            raise UnsupportedPixelsError("the Pillow that is installed knows no AVIF; save it as PNG")
        assert self.fp is not None  # as Pillow's own readers say it
        properties = _properties(self.fp.read())
        self.fp.seek(0)
        self.bits, self.space = _bits(properties), _named_space(properties)
        super()._open()


Properties = list[tuple[bytes, memoryview]]


def _properties(avif: bytes) -> Properties:
    """Of all pictures in a file. What describes the photo is first: encoders write it so, and other pictures, such as
    its alpha, are as deep and have no colours."""
    meta = _held(memoryview(avif), b"meta")[_VERSION_BYTES:]
    return list(_boxes(_held(_held(meta, b"iprp"), b"ipco")))


def _bits(properties: Properties) -> int:
    configuration = next((data for kind, data in properties if kind == b"av1C"), b"\0\0\0\0")
    flags = configuration[2]
    return 8 if not flags & _HIGH_BIT_DEPTH else 12 if flags & _TWELVE_BITS else 10


def _named_space(properties: Properties) -> NamedSpace | None:
    for kind, data in properties:
        if kind == b"colr" and bytes(data[:4]) == b"nclx":
            return NamedSpace(*struct.unpack_from(">HH", data, 4))
    return None


def _held(data: memoryview, kind: bytes) -> memoryview:
    """What the first box of a kind holds; nothing where there is none."""
    return next((inside for found, inside in _boxes(data) if found == kind), memoryview(b""))


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    while len(data) >= 8:
        size, kind = struct.unpack_from(">I4s", data)
        header = 8
        if size == 1:
            size, header = struct.unpack_from(">Q", data, header)[0], 16
        elif size == 0:
            size = len(data)  # to the end
        yield kind, data[header:size]
        data = data[max(size, header) :]

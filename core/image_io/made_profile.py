"""ICC profiles for colour spaces that a file only names: Pillow cannot make them from primaries.

Version 4 of the format (ICC.1:2010): three primaries as a matrix, and one curve for all of them.
"""

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_XY = tuple[float, float]
_D65: _XY = (0.3127, 0.3290)
_D50_XYZ = (0.9642, 1.0, 0.8249)  # what all profiles are relative to
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_COLORANTS = (b"rXYZ", b"gXYZ", b"bXYZ")
_CURVES = (b"rTRC", b"gTRC", b"bTRC")
_VERSION = 0x04200000
_MADE_AT = (2010, 12, 1, 0, 0, 0)  # a header must have a time, and the same space is the same bytes for ever
_HEADER_BYTES = 128


class Curve(NamedTuple):
    """From sample to light, both 0 to 1 (ICC.1, function 3): (a x + b)^g where x >= d, c x below."""

    g: float
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0


SRGB_CURVE = Curve(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


class ColourSpace(NamedTuple):
    """One whose white is D65, by the chromaticities x, y of its lights."""

    name: str
    red: _XY
    green: _XY
    blue: _XY
    curve: Curve = SRGB_CURVE


ADOBE_RGB = ColourSpace("Adobe RGB (1998)", (0.640, 0.330), (0.210, 0.710), (0.150, 0.060), Curve(563 / 256))
DISPLAY_P3 = ColourSpace("Display P3", (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
BT_2020 = ColourSpace("BT.2020", (0.708, 0.292), (0.170, 0.797), (0.131, 0.046))


def profile_of(space: ColourSpace) -> bytes:
    """An RGB profile of it."""
    adaptation = _to_d50()
    colorants = (adaptation @ _to_xyz(space)).T
    curve = b"para" + bytes(4) + struct.pack(">Hxx", 3) + _fixed(space.curve)
    return _laid_out(
        {
            b"desc": _text(space.name),
            b"cprt": _text("No copyright, use freely"),
            b"wtpt": b"XYZ " + bytes(4) + _fixed(_D50_XYZ),
            b"chad": b"sf32" + bytes(4) + _fixed(adaptation.ravel()),
            **{kind: b"XYZ " + bytes(4) + _fixed(xyz) for kind, xyz in zip(_COLORANTS, colorants, strict=True)},
            **dict.fromkeys(_CURVES, curve),
        }
    )


def _to_xyz(space: ColourSpace) -> NDArray[np.float64]:
    """(3, 3) from linear RGB to XYZ under the space's own white: so much of each light that together they are white."""
    lights = np.stack([_xyz(xy) for xy in (space.red, space.green, space.blue)], axis=1)
    return np.asarray(lights * np.linalg.solve(lights, _xyz(_D65)), np.float64)


def _to_d50() -> NDArray[np.float64]:
    """(3, 3) from XYZ under D65 to XYZ under D50, as ICC.1 recommends (annex E)."""
    gain = (_BRADFORD @ _D50_XYZ) / (_BRADFORD @ _xyz(_D65))
    return np.asarray(np.linalg.inv(_BRADFORD) @ (gain[:, np.newaxis] * _BRADFORD), np.float64)


def _xyz(xy: _XY) -> NDArray[np.float64]:
    x, y = xy
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _laid_out(tags: dict[bytes, bytes]) -> bytes:
    """Header, table and data; what several tags share is there once."""
    table, data = struct.pack(">I", len(tags)), b""
    start = _HEADER_BYTES + len(table) + 12 * len(tags)
    places: dict[bytes, int] = {}
    for kind, value in tags.items():
        if value not in places:
            places[value] = start + len(data)
            data += value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", kind, places[value], len(value))
    header = struct.pack(">I4xI12s6H", start + len(data), _VERSION, b"mntrRGB XYZ ", *_MADE_AT)
    header += b"acsp" + bytes(28) + _fixed(_D50_XYZ)
    return header.ljust(_HEADER_BYTES, b"\0") + table + data


def _text(words: str) -> bytes:
    encoded = words.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def _fixed(values: NDArray[np.float64] | tuple[float, ...]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(float(value) * 65536) for value in values))

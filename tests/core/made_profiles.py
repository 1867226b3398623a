"""Small ICC profiles made for tests (ICC.1:2001-04), so that none has to be shipped."""

import struct

from PIL import ImageCms

_D50 = (0.9642, 1.0, 0.8249)
_DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def display_p3() -> bytes:
    """Wide primaries with a plain gamma of 2.2."""
    colorants = {kind: _xyz(xyz) for kind, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), _DISPLAY_P3, strict=True)}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(2.2))
    return _profile(b"mntr", b"RGB ", b"XYZ ", {b"wtpt": _xyz(_D50), **colorants, **curves})


def grey(gamma: float) -> bytes:
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": _xyz(_D50), b"kTRC": _gamma(gamma)})


def cmyk_press() -> bytes:
    """A press whose cyan prints mid grey; bare paper is white, and everything else black."""
    # Cyan varies slowest, so its own corner is the eighth of sixteen.
    corners = b"".join({0: b"\xff\x80\x80", 8: b"\x80\x80\x80"}.get(corner, b"\0\x80\x80") for corner in range(16))
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz(_D50), b"A2B0": _to_lab(4, corners)})


def scanner() -> bytes:
    """A scanner that sees no colours, only how light they are; it leads from its RGB to Lab, and nothing leads back."""
    corners = b"".join(bytes((85 * corner.bit_count(), 0x80, 0x80)) for corner in range(8))
    return _profile(b"scnr", b"RGB ", b"Lab ", {b"wtpt": _xyz(_D50), b"A2B0": _to_lab(3, corners)})


def _to_lab(channels: int, corners: bytes) -> bytes:
    straight = bytes(range(256))
    identity = struct.pack(">9i", *(65536 if row == column else 0 for row in range(3) for column in range(3)))
    table = b"mft1" + bytes(4) + struct.pack(">4B", channels, 3, 2, 0) + identity
    return table + straight * channels + corners + straight * 3


def _profile(device_class: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for kind, value in tags.items():
        padded = value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", kind, start + len(data), len(value))
        data += padded
    header = struct.pack(">I4xI", start + len(data), 0x02400000) + device_class + space + connection + bytes(12)
    header += b"acsp" + bytes(28) + _fixed(*_D50)
    return header.ljust(128, b"\0") + table + data


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*values)


def _gamma(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))

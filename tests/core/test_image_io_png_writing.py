"""Our own PNG files are what every decoder takes for the picture."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image

from core.image_io import png_writing
from core.image_io.layers import Layers
from core.image_io.png import find_chunk
from core.image_io.png_writing import write_png

RNG = np.random.default_rng(0)


def encoded(layers, effort=2, icc_profile=None, exif=None):
    file = io.BytesIO()
    write_png(file, layers, icc_profile=icc_profile, exif=exif, effort=effort)
    return file.getvalue()


def chunks(data):
    """Kinds and contents; the checksums are checked."""
    position, found = 8, []
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        contents = data[position + 8 : position + 8 + length]
        assert struct.unpack_from(">I", data, position + 8 + length)[0] == zlib.crc32(kind + contents)
        found.append((kind, contents))
        position += 12 + length
    return found


def picture(height, width, channels, bit_depth):
    """Noise beside plain colour, which is what cut-outs are."""
    shape = (height, width) if channels == 1 else (height, width, 3)
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    pixels = RNG.integers(0, 2**bit_depth, shape, dtype=dtype)
    pixels[:, width // 2 :] = 7
    alpha = RNG.integers(0, 2**bit_depth, (height, width), dtype=dtype) if channels == 4 else None
    return Layers(pixels, alpha, bit_depth)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("bit_depth", [8, 16])
@pytest.mark.parametrize("size", [(1, 1), (1, 90), (70, 1), (61, 47)])
def test_opencv_reads_every_sample(channels, bit_depth, size, monkeypatch):
    monkeypatch.setattr(png_writing, "_STRIP_BYTES", 3000)  # many strips
    layers = picture(*size, channels, bit_depth)
    expected = layers.joined()
    read = cv2.imdecode(np.frombuffer(encoded(layers), np.uint8), cv2.IMREAD_UNCHANGED)
    assert read.dtype == expected.dtype
    if channels > 1:
        read = read[..., [2, 1, 0, 3][:channels]]
    np.testing.assert_array_equal(read, expected)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("effort", [0, 1, 2, 3, 9])
def test_pillow_reads_every_sample_at_every_effort(channels, effort, monkeypatch):
    monkeypatch.setattr(png_writing, "_STRIP_BYTES", 5000)
    layers = picture(83, 59, channels, 8)
    with Image.open(io.BytesIO(encoded(layers, effort))) as image:
        np.testing.assert_array_equal(np.asarray(image), layers.joined())


def test_strips_make_one_stream_with_the_right_checksum(monkeypatch):
    monkeypatch.setattr(png_writing, "_STRIP_BYTES", 4000)
    layers = picture(200, 50, 4, 8)
    found = chunks(encoded(layers))
    kinds = [kind for kind, _ in found]
    assert kinds[0] == b"IHDR"
    assert kinds[-1] == b"IEND"
    assert kinds.count(b"IDAT") > 5
    # zlib refuses a wrong Adler-32, also beyond the point where its two halves wrap around.
    rows = zlib.decompress(b"".join(contents for kind, contents in found if kind == b"IDAT"))
    assert len(rows) == 200 * (1 + 50 * 4)


def test_what_is_plain_costs_next_to_nothing():
    plain = Layers(np.full((500, 700, 3), 90, np.uint8), np.zeros((500, 700), np.uint8), 8)
    assert len(encoded(plain)) < 500 * 700 * 4 / 150


def test_floats_are_rounded_strip_by_strip(monkeypatch):
    monkeypatch.setattr(png_writing, "_STRIP_BYTES", 1000)
    alpha = RNG.random((60, 40), dtype=np.float32)
    with Image.open(io.BytesIO(encoded(Layers(alpha, None, 8)))) as image:
        np.testing.assert_array_equal(np.asarray(image), np.rint(alpha * 255))


def test_profile_and_exif_come_before_the_pixels():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    data = encoded(picture(5, 5, 3, 8), icc_profile=b"profile" * 9, exif=exif.tobytes())
    assert [kind for kind, _ in chunks(data)][:4] == [b"IHDR", b"iCCP", b"eXIf", b"IDAT"]
    assert find_chunk(io.BytesIO(data), b"eXIf") == exif.tobytes().removeprefix(b"Exif\0\0")
    assert zlib.decompress(find_chunk(io.BytesIO(data), b"iCCP").split(b"\0\0", 1)[1]) == b"profile" * 9


def test_the_resolution_comes_before_the_pixels():
    exif = Image.Exif()
    exif[ExifTags.Base.XResolution] = exif[ExifTags.Base.YResolution] = 254.0
    data = encoded(picture(5, 5, 3, 8), exif=exif.tobytes())
    assert [kind for kind, _ in chunks(data)][:4] == [b"IHDR", b"eXIf", b"pHYs", b"IDAT"]
    assert find_chunk(io.BytesIO(data), b"pHYs") == struct.pack(">IIB", 10_000, 10_000, 1)

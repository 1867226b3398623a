"""Every file that is no photo gives one sentence that says what is wrong with it and what to do."""

import errno
import io
import os
import struct
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import ImageReadError
from core.image_io import measure_photo, read_photo, read_photo_bytes, write_image

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)


def encoded(file_format, **options):
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, file_format, **options)
    return buffer.getvalue()


def deep(suffix, tmp_path):
    path = tmp_path / f"deep{suffix}"
    write_image(path, PIXELS.astype(np.uint16) * 257, alpha=PIXELS[..., 0], bit_depth=16)
    return path.read_bytes()


def png_header(width, height):
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = (
        struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data)) for data in (header, pixels)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


BAD_FILES = {
    "empty.jpg": (b"", r"empty \(zero bytes\). Copy it again"),
    "text.jpg": (b"Dear Sir or Madam, please find attached", "not a photo that can be read, whatever it is called"),
    "one_byte.png": (b"\x89", "not a photo that can be read"),
    "page.png": (b"<!doctype html><html></html>" * 20, "Use one of JPEG, PNG, TIFF, WebP, HEIC, AVIF, BMP, GIF"),
    "film.heic": (b"\0\0\0\x18ftypisom" + bytes(100), "not a photo that can be read"),
    "signature.png": (b"\x89PNG\r\n\x1a\n", "damaged or cut short: it starts as PNG"),
    "header.jpg": (encoded("JPEG")[:20], "damaged or cut short: it starts as JPEG"),
    "half.jpg": (encoded("JPEG")[:2000], "damaged or cut short: it starts as JPEG"),
    "half.png": (encoded("PNG")[:5000], "damaged or cut short: it starts as PNG"),
    "half.webp": (encoded("WEBP")[:500], "damaged or cut short: it starts as WebP"),
    "half.tif": (encoded("TIFF")[:5000], "damaged or cut short: it starts as TIFF"),
    "half.bmp": (encoded("BMP")[:5000], "damaged or cut short: it starts as BMP"),
    "half.gif": (encoded("GIF")[:1500], "damaged or cut short: it starts as GIF"),
    "half.heic": (b"\0\0\0\x18ftypheic" + bytes(100), "damaged or cut short: it starts as HEIC"),
    "half.avif": (encoded("AVIF")[:500], "damaged or cut short: it starts as AVIF"),
    "header.avif": (encoded("AVIF")[:60], "damaged or cut short: it starts as AVIF"),
    "bomb.png": (png_header(60_000, 60_000), "claims 60000 x 60000 pixels, 3600 megapixels, and the limit is 400"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_sentence_that_names_it(name, tmp_path):
    contents, sentence = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(contents)
    with pytest.raises(ImageReadError, match=sentence) as caught:
        read_photo(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_sixteen_bit_file_is_an_error(suffix, share, tmp_path):
    data = deep(suffix, tmp_path)
    with pytest.raises(ImageReadError, match="damaged or cut short"):
        read_photo_bytes(data[: int(len(data) * share)], "half")


def test_a_missing_file(tmp_path):
    with pytest.raises(ImageReadError, match=r"missing.jpg does not exist\. Check the name"):
        read_photo(tmp_path / "missing.jpg")


def test_a_folder(tmp_path):
    with pytest.raises(ImageReadError, match=r"is a folder, not a photo\. Name a photo in it"):
        read_photo(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_a_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageReadError, match="not a regular file"):
        read_photo(tmp_path / "pipe.jpg")


def test_a_file_without_permission(tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.jpg").write_bytes(encoded("JPEG"))
    monkeypatch.setattr(Path, "open", refused)  # the superuser, as whom tests may run, can read everything
    with pytest.raises(ImageReadError, match=r"may not be read\. Ask for permission"):
        read_photo(tmp_path / "a.jpg")


class FailingDisk(io.BytesIO):
    """Gives out the beginning of a file and fails then."""

    def read(self, size=-1):
        if self.tell() + (size if size >= 0 else len(self.getbuffer())) > 2000:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_disk_that_fails_half_way_is_no_damage_of_the_file(file_format, tmp_path, monkeypatch):
    path = tmp_path / "photo"
    path.write_bytes(encoded(file_format))
    data = path.read_bytes()
    monkeypatch.setattr(Path, "open", lambda *_: FailingDisk(data))
    with pytest.raises(ImageReadError, match=r"photo cannot be read: Input/output error\.$"):
        read_photo(path)


def test_a_photo_for_whose_last_step_there_is_no_memory_is_a_sentence(tmp_path, monkeypatch):
    def fails(*_):
        raise MemoryError

    write_image(tmp_path / "a.png", PIXELS, alpha=PIXELS[..., 0])
    monkeypatch.setattr("core.image_io.reading.as_float", fails)
    with pytest.raises(ImageReadError, match="does not fit into memory"):
        read_photo(tmp_path / "a.png")


def test_floating_point_pixels_are_refused_with_a_cure():
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((4, 4), np.float32)).save(buffer, "TIFF")
    with pytest.raises(ImageReadError, match="save it as RGB with 8 or 16 bits"):
        read_photo_bytes(buffer.getvalue(), "float.tif")


def test_sixteen_bit_planes_are_refused_with_a_cure(tmp_path):
    write_image(tmp_path / "deep.tif", PIXELS.astype(np.uint16), bit_depth=16)
    data = (tmp_path / "deep.tif").read_bytes()
    entry = struct.pack("<HHI", 284, 3, 1)
    with pytest.raises(ImageReadError, match="plane by plane; save it with interleaved"):
        read_photo_bytes(data.replace(entry + b"\1\0", entry + b"\2\0"), "planes.tif")


def test_the_size_limit_is_the_callers():
    data = encoded("PNG")
    assert read_photo_bytes(data, "a.png", max_megapixels=0.0048).image.shape == (60, 80, 3)
    with pytest.raises(ImageReadError, match="80 x 60 pixels"):
        read_photo_bytes(data, "a.png", max_megapixels=0.0047)


def test_pillows_own_limit_neither_interferes_nor_changes(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for file_format in ("JPEG", "PNG", "BMP"):
        assert read_photo_bytes(encoded(file_format), "a").image.shape == (60, 80, 3)
    assert Image.MAX_IMAGE_PIXELS == 100


@pytest.mark.parametrize("file_format", ["TIFF", "WEBP"])
def test_where_pillows_limit_holds_it_is_a_sentence(file_format, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ImageReadError, match=r"too large for \w+ to be unpacked\. Save it as PNG"):
        read_photo_bytes(encoded(file_format), "large")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "GIF", "BMP"])
def test_random_damage_is_read_or_reported_and_nothing_else(file_format):
    rng = np.random.default_rng(1)
    sound = np.frombuffer(encoded(file_format), np.uint8)
    reported = 0
    for _ in range(30):
        damaged = sound.copy()
        damaged[rng.integers(0, 300, 4)] = rng.integers(0, 256, 4)
        try:
            read_photo_bytes(damaged.tobytes(), "a", max_megapixels=1)
        except ImageReadError:
            reported += 1
    assert reported > 0


@pytest.mark.parametrize(("dtype", "reason"), [(np.float32, "32-bit floats"), (np.float64, "64-bit floats")])
def test_a_colour_tiff_of_floats_is_called_what_it_is(tmp_path: Path, dtype: type, reason: str) -> None:
    path = tmp_path / "floats.tif"
    path.write_bytes(cv2.imencode(".tif", np.zeros((8, 8, 3), dtype))[1].tobytes())
    for read in (read_photo, measure_photo):
        with pytest.raises(ImageReadError, match=f"its samples are {reason}; save it as RGB with 8 or 16 bits"):
            read(path)

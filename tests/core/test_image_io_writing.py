"""Pictures are written as the format allows, whole or not at all."""

import errno
import os

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image

from core.errors import ImageWriteError
from core.image_io import Encoding, read_photo, write_image

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (30, 40, 3), dtype=np.uint8)
ALPHA = RNG.random((30, 40), dtype=np.float32)


def names_in(folder):
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF", ".webp"])
def test_colours_under_a_transparent_alpha_are_kept(suffix, tmp_path):
    path = tmp_path / f"cutout{suffix}"
    write_image(path, PIXELS, alpha=np.zeros((30, 40), np.float32))
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, PIXELS)
    assert photo.alpha.max() == 0


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_other_programs_read_the_same_straight_alpha(suffix, tmp_path):
    path = tmp_path / f"cutout{suffix}"
    write_image(path, PIXELS, alpha=ALPHA)
    with Image.open(path) as image:
        rgba = np.asarray(image)
        assert image.mode == "RGBA"
    assert np.array_equal(rgba[..., :3], PIXELS)
    assert np.array_equal(rgba[..., 3], np.rint(ALPHA * 255))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_other_programs_read_the_same_sixteen_bits(suffix, tmp_path):
    deep = RNG.integers(0, 65536, (30, 40, 3), dtype=np.uint16)
    path = tmp_path / f"cutout{suffix}"
    write_image(path, deep, alpha=ALPHA, bit_depth=16)
    bgra = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(bgra[..., 2::-1], deep)
    assert np.array_equal(bgra[..., 3], np.rint(ALPHA * 65535))


def test_a_tiff_of_many_strips_is_exact(tmp_path):
    large = RNG.integers(0, 256, (700, 900, 3), dtype=np.uint8)
    write_image(tmp_path / "large.tif", large)
    with Image.open(tmp_path / "large.tif") as image:
        assert len(image.tag_v2[273]) > 3
        assert np.array_equal(np.asarray(image), large)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg"])
def test_grey_pictures_are_written(suffix, tmp_path):
    grey = np.tile(np.arange(40, dtype=np.uint8) * 5, (30, 1))
    write_image(tmp_path / f"alpha{suffix}", grey)
    read = read_photo(tmp_path / f"alpha{suffix}").image[..., 0]
    assert np.abs(read - grey.astype(int)).max() <= (3 if suffix == ".jpg" else 0)


def test_floats_are_rounded_to_the_nearest_level(tmp_path):
    write_image(tmp_path / "a.png", np.full((2, 3, 3), 0.5, np.float32), alpha=np.full((2, 3), 0.25, np.float32))
    with Image.open(tmp_path / "a.png") as image:
        assert image.getpixel((0, 0)) == (128, 128, 128, 64)


def test_formats_of_eight_bits_take_sixteen_bit_pictures(tmp_path):
    for suffix in (".jpg", ".webp"):
        write_image(tmp_path / f"a{suffix}", PIXELS.astype(np.uint16) * 257, bit_depth=16)
        assert read_photo(tmp_path / f"a{suffix}").bit_depth == 8
    assert np.array_equal(read_photo(tmp_path / "a.webp").pixels, PIXELS)


def test_lower_quality_makes_smaller_files(tmp_path):
    y, x = np.mgrid[:200, :300].astype(np.float32)
    picture = np.stack([np.sin(x / 30), np.cos(y / 20), np.sin((x + y) / 50)], -1) / 2 + 0.5
    picture += RNG.normal(0, 0.02, picture.shape).astype(np.float32)

    def size(name, encoding):
        write_image(tmp_path / name, picture, encoding=encoding)
        return (tmp_path / name).stat().st_size

    assert size("a.jpg", Encoding(jpeg_quality=30)) < size("b.jpg", Encoding())
    assert size("a.webp", Encoding(webp_quality=30)) < size("b.webp", Encoding())
    assert size("a.png", Encoding(png_compression=9)) < size("b.png", Encoding(png_compression=0))


class TestWhatCannotBeWritten:
    def test_transparency_in_a_jpeg(self, tmp_path):
        with pytest.raises(ImageWriteError, match=r"no transparency. Use PNG, WebP or TIFF"):
            write_image(tmp_path / "a.jpg", PIXELS, alpha=ALPHA)

    def test_an_unknown_suffix(self, tmp_path):
        with pytest.raises(ImageWriteError, match=r"end its name in one of \.png"):
            write_image(tmp_path / "a.xyz", PIXELS)

    def test_a_picture_too_wide_for_webp(self, tmp_path):
        with pytest.raises(ImageWriteError, match="at most 16383 pixels a side"):
            write_image(tmp_path / "a.webp", np.zeros((1, 16384, 3), np.uint8))

    def test_a_missing_folder(self, tmp_path):
        with pytest.raises(ImageWriteError, match=r"folder does not exist\. Create it first"):
            write_image(tmp_path / "missing" / "a.png", PIXELS)

    def test_a_folder_of_that_name(self, tmp_path):
        (tmp_path / "a.png").mkdir()
        with pytest.raises(ImageWriteError, match="there is a folder of that name"):
            write_image(tmp_path / "a.png", PIXELS)

    def test_a_name_too_long(self, tmp_path):
        with pytest.raises(ImageWriteError, match="name is too long"):
            write_image(tmp_path / ("n" * 300 + ".png"), PIXELS)

    def test_shapes_that_do_not_fit(self, tmp_path):
        with pytest.raises(ValueError, match=r"Alpha is \(3, 4\)"):
            write_image(tmp_path / "a.png", PIXELS, alpha=ALPHA[:3, :4])
        with pytest.raises(ValueError, match=r"not \(30, 40, 2\)"):
            write_image(tmp_path / "a.png", PIXELS[..., :2])
        with pytest.raises(ValueError, match="grey picture"):
            write_image(tmp_path / "a.png", PIXELS[..., 0], icc_profile=b"profile")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "the disk is full. Make room"),
        (errno.EACCES, "no permission to write there"),
        (errno.EROFS, "the disk is read-only"),
    ],
)
def test_a_failure_half_way_leaves_the_old_file_and_a_sentence(number, sentence, tmp_path, monkeypatch):
    def fails_half_way(file, *_):
        file.write(b"II*\0half")
        raise OSError(number, os.strerror(number))

    path = tmp_path / "a.tif"
    write_image(path, PIXELS)
    before = path.read_bytes()
    monkeypatch.setattr("core.image_io.writing.write_tiff", fails_half_way)
    with pytest.raises(ImageWriteError, match=sentence):
        write_image(path, PIXELS[::-1])
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["a.tif"]


@pytest.mark.parametrize("is_there", [True, False])
def test_where_an_open_file_cannot_be_replaced_that_is_what_it_may_be(is_there, tmp_path, monkeypatch):
    def refuses(*_):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("core.image_io.writing._REPLACES_WHAT_IS_OPEN", False)
    if is_there:
        write_image(tmp_path / "a.tif", PIXELS)
    monkeypatch.setattr("core.image_io.writing.write_tiff", refuses)
    sentence = "may have it open. Close it there" if is_there else "no permission to write there"
    with pytest.raises(ImageWriteError, match=sentence):
        write_image(tmp_path / "a.tif", PIXELS)


def exif(notes_bytes, title=""):
    """What a camera wrote, with its own notes."""
    written = Image.Exif()
    written[ExifTags.Base.Make] = "Canon"
    written[ExifTags.Base.ImageDescription] = title
    written[ExifTags.IFD.Exif] = {ExifTags.Base.ExposureTime: 0.01, ExifTags.Base.MakerNote: b"n" * notes_bytes}
    written[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N"}
    return written.tobytes()


def test_a_jpeg_leaves_out_notes_of_a_camera_that_it_has_no_room_for(tmp_path):
    write_image(tmp_path / "long.jpg", PIXELS, exif=exif(100_000))
    write_image(tmp_path / "short.jpg", PIXELS, exif=exif(1000))
    for name, notes in (("long.jpg", None), ("short.jpg", b"n" * 1000)):
        with Image.open(tmp_path / name) as image:
            read = image.getexif()
            camera = read.get_ifd(ExifTags.IFD.Exif)
            assert read[ExifTags.Base.Make] == "Canon"
            assert camera[ExifTags.Base.ExposureTime] == pytest.approx(0.01)
            assert camera.get(ExifTags.Base.MakerNote) == notes
            assert read.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] == "N"


def test_a_jpeg_is_written_without_exif_that_is_too_long_in_itself(tmp_path):
    write_image(tmp_path / "a.jpg", PIXELS, exif=exif(100, title="t" * 70_000))
    assert read_photo(tmp_path / "a.jpg").exif is None


def test_a_failing_encoder_is_a_sentence(tmp_path, monkeypatch):
    def fails(*_, **__):
        raise cv2.error("no memory for the row")

    monkeypatch.setattr(cv2, "merge", fails)
    with pytest.raises(ImageWriteError, match="cannot be written as PNG"):
        write_image(tmp_path / "a.png", PIXELS, alpha=ALPHA)
    assert names_in(tmp_path) == []

"""Photos of every kind come out upright, as RGB, with their alpha and bit depth."""

import io
import struct
import zlib

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from core.errors import ImageReadError
from core.image_io import (
    Format,
    as_float,
    is_photo_path,
    measure_photo,
    png,
    read_photo,
    read_photo_bytes,
    to_bit_depth,
    write_image,
)

BASE = ExifTags.Base

# What the viewer has to do with the stored picture, in the words of the EXIF specification.
TURN_UPRIGHT = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: lambda stored: np.swapaxes(stored, 0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(np.swapaxes(stored, 0, 1), 2),
    8: np.rot90,
}


def noise(*shape, dtype=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)


def smooth(height, width):
    """A picture that lossy formats keep within a few levels."""
    y, x = np.mgrid[:height, :width]
    return np.stack([60 + 2 * x, 40 + 3 * y, 200 - x - y], -1).astype(np.uint8)


def encoded(image, file_format, **options):
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def read_encoded(image, file_format, **options):
    return read_photo_bytes(encoded(image, file_format, **options), f"picture.{file_format}")


def with_tiff_short(data, tag, value):
    """A little-endian TIFF with the single short value of a tag changed."""
    at = data.index(struct.pack("<HHI", tag, 3, 1))
    return data[: at + 8] + struct.pack("<HH", value, 0) + data[at + 12 :]


def exif_with(orientation):
    exif = Image.Exif()
    exif[BASE.Orientation] = orientation
    return exif


@pytest.mark.parametrize("orientation", range(1, 9))
class TestOrientation:
    def test_png(self, orientation):
        stored = noise(40, 60, 4)
        photo = read_encoded(Image.fromarray(stored), "PNG", exif=exif_with(orientation))
        upright = TURN_UPRIGHT[orientation](stored)
        assert np.array_equal(photo.image, upright[..., :3])
        assert np.array_equal(photo.alpha, as_float(upright[..., 3]))
        assert photo.exif is None  # nothing but the orientation was in it

    def test_jpeg(self, orientation):
        stored = smooth(40, 60)
        photo = read_encoded(Image.fromarray(stored), "JPEG", quality=98, exif=exif_with(orientation))
        assert photo.image.shape == TURN_UPRIGHT[orientation](stored).shape
        assert np.abs(photo.image - TURN_UPRIGHT[orientation](stored).astype(int)).max() < 12

    def test_tiff(self, orientation):
        stored = noise(40, 60, 3)
        photo = read_encoded(Image.fromarray(stored), "TIFF", exif=exif_with(orientation))
        assert np.array_equal(photo.image, TURN_UPRIGHT[orientation](stored))

    def test_sixteen_bit_png(self, orientation, tmp_path):
        stored, alpha = noise(40, 60, 3, dtype=np.uint16), noise(40, 60, dtype=np.uint16, seed=1)
        path = tmp_path / "deep.png"
        write_image(path, stored, alpha=alpha, bit_depth=16, exif=exif_with(orientation).tobytes())
        photo = read_photo(path)
        assert np.array_equal(photo.image, TURN_UPRIGHT[orientation](stored))
        assert np.array_equal(photo.alpha, as_float(TURN_UPRIGHT[orientation](alpha)))

    def test_sixteen_bit_tiff(self, orientation, tmp_path):
        stored = noise(40, 60, 3, dtype=np.uint16)
        path = tmp_path / "deep.tif"
        write_image(path, stored, bit_depth=16)
        photo = read_photo_bytes(with_tiff_short(path.read_bytes(), 274, orientation), "deep.tif")
        assert np.array_equal(photo.image, TURN_UPRIGHT[orientation](stored))


def test_a_photo_turned_while_it_is_unpacked_in_many_bands_is_whole(monkeypatch):
    monkeypatch.setattr("core.image_io.samples._BAND_SAMPLES", 500)
    stored = noise(41, 60, 3)
    photo = read_encoded(Image.fromarray(stored), "PNG", exif=exif_with(6))
    assert np.array_equal(photo.image, np.rot90(stored, -1))


def test_an_orientation_outside_one_to_eight_is_upright():
    stored = noise(4, 6, 3)
    assert np.array_equal(read_encoded(Image.fromarray(stored), "PNG", exif=exif_with(9)).image, stored)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
def test_eight_bit_colour_is_read_exactly(file_format):
    pixels = noise(33, 47, 3)
    photo = read_encoded(Image.fromarray(pixels), file_format)
    assert np.array_equal(photo.image, pixels)
    assert photo.image is photo.pixels
    assert (photo.bit_depth, photo.alpha, photo.icc_profile, photo.exif) == (8, None, None, None)
    assert photo.format is Format[file_format]


def test_jpeg_and_lossy_webp_are_read():
    pixels = smooth(40, 60)
    for file_format in ("JPEG", "WEBP"):
        photo = read_encoded(Image.fromarray(pixels), file_format, quality=95)
        assert np.abs(photo.image - pixels.astype(int)).max() < 16


def test_an_opaque_alpha_channel_is_no_alpha():
    rgba = noise(5, 6, 4)
    rgba[..., 3] = 255
    assert read_encoded(Image.fromarray(rgba), "PNG").alpha is None


def test_grey_is_read_as_three_equal_channels():
    grey = noise(9, 7)
    photo = read_encoded(Image.fromarray(grey), "PNG")
    assert np.array_equal(photo.image, np.dstack([grey] * 3))


def test_grey_with_alpha_is_read():
    grey, alpha = noise(9, 7), noise(9, 7, seed=1)
    photo = read_encoded(Image.merge("LA", [Image.fromarray(grey), Image.fromarray(alpha)]), "PNG")
    assert np.array_equal(photo.image, np.dstack([grey] * 3))
    assert np.array_equal(photo.alpha, as_float(alpha))


def test_black_and_white_is_read():
    bits = noise(9, 7) > 127
    photo = read_encoded(Image.fromarray(bits), "PNG")
    assert np.array_equal(photo.image[..., 0], np.where(bits, 255, 0))


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_a_palette_with_a_transparent_entry_is_read(file_format):
    indices = Image.fromarray(np.array([[0, 1], [2, 1]], np.uint8), "P")
    indices.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    photo = read_encoded(indices, file_format, transparency=1)
    assert photo.image[0, 0].tolist() == [10, 20, 30]
    assert photo.image[1, 0].tolist() == [70, 80, 90]
    assert photo.alpha.tolist() == [[1, 0], [1, 0]]


def test_a_palette_with_half_transparent_entries_is_read():
    indices = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    indices.putpalette([10, 20, 30, 40, 50, 60])
    photo = read_encoded(indices, "PNG", transparency=bytes([255, 51]))
    assert photo.image[0].tolist() == [[10, 20, 30], [40, 50, 60]]
    assert photo.alpha[0].tolist() == pytest.approx([1, 0.2])


def test_one_colour_named_as_transparent_is_read():
    pixels = noise(5, 6, 3)
    photo = read_encoded(Image.fromarray(pixels), "PNG", transparency=tuple(pixels[2, 3].tolist()))
    assert np.argwhere(photo.alpha == 0).tolist() == [[2, 3]]


@pytest.mark.parametrize("bit_depth", [1, 2, 4, 8, 16])
def test_one_grey_named_as_transparent_is_read_at_every_depth(bit_depth):
    highest = 2**bit_depth - 1
    key = 1 if bit_depth == 1 else highest // 3
    grey = np.array([[0, key] * 8, [key, highest] * 8], np.uint16)  # whole bytes at every depth
    bits = np.unpackbits(grey.astype(">u2").view(np.uint8).reshape(2, 16, 2), axis=-1)[..., -bit_depth:]
    rows = np.packbits(bits.reshape(2, -1), axis=-1)
    header = struct.pack(">IIBBBBB", 16, 2, bit_depth, 0, 0, 0, 0)
    chunks = (
        png.chunk(b"IHDR", header),
        png.chunk(b"tRNS", struct.pack(">H", key)),
        png.chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))),
        png.chunk(b"IEND", b""),
    )
    photo = read_photo_bytes(png.SIGNATURE + b"".join(chunks), "key.png")
    scale = max(255 // highest, 1)
    assert np.array_equal(photo.pixels[..., 0], grey * scale)
    assert np.array_equal(photo.alpha, grey != key)


def test_one_grey_named_as_transparent_of_a_turned_photo_is_read():
    grey = noise(5, 6, dtype=np.uint16)
    photo = read_encoded(Image.fromarray(grey), "PNG", transparency=int(grey[2, 3]), exif=exif_with(6))
    assert np.array_equal(photo.alpha == 0, np.rot90(grey == grey[2, 3], -1))


def test_of_an_animation_the_first_frame_is_read():
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "lime", "blue")]
    for file_format in ("GIF", "WEBP", "PNG"):
        options = {"lossless": True} if file_format == "WEBP" else {}
        photo = read_encoded(frames[0], file_format, save_all=True, append_images=frames[1:], **options)
        assert (photo.image == [255, 0, 0]).all()


def test_cmyk_without_a_profile_is_read():
    photo = read_encoded(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG", quality=95)
    assert np.abs(photo.image.astype(int) - [0, 255, 255]).max() < 4
    assert photo.icc_profile is None


class TestSixteenBits:
    @pytest.mark.parametrize("suffix", [".png", ".tif"])
    def test_colour_and_alpha_are_exact(self, suffix, tmp_path):
        pixels, alpha = noise(33, 47, 3, dtype=np.uint16), noise(33, 47, dtype=np.uint16, seed=1)
        write_image(tmp_path / f"deep{suffix}", pixels, alpha=alpha, bit_depth=16)
        photo = read_photo(tmp_path / f"deep{suffix}")
        assert photo.pixels.dtype == np.uint16
        assert np.array_equal(photo.pixels, pixels)
        assert np.array_equal(to_bit_depth(photo.alpha, 16), alpha)
        assert photo.bit_depth == 16
        assert photo.image is photo.pixels

    @pytest.mark.parametrize("suffix", [".png", ".tif"])
    def test_grey_is_exact(self, suffix, tmp_path):
        grey = noise(33, 47, dtype=np.uint16)
        write_image(tmp_path / f"deep{suffix}", grey, bit_depth=16)
        assert np.array_equal(read_photo(tmp_path / f"deep{suffix}").pixels, np.dstack([grey] * 3))

    def test_grey_from_another_program_is_exact(self):
        grey = noise(33, 47, dtype=np.uint16)
        for file_format in ("PNG", "TIFF"):
            photo = read_encoded(Image.fromarray(grey), file_format)
            assert np.array_equal(photo.pixels, np.dstack([grey] * 3))

    def test_a_tiff_where_white_is_zero_is_inverted(self, tmp_path):
        grey = noise(33, 47, dtype=np.uint16)
        write_image(tmp_path / "deep.tif", grey, bit_depth=16)
        data = with_tiff_short((tmp_path / "deep.tif").read_bytes(), 262, 0)
        assert np.array_equal(read_photo_bytes(data, "deep.tif").pixels[..., 0], 65535 - grey)

    def test_premultiplied_colours_are_divided_by_alpha(self, tmp_path):
        straight = noise(33, 47, 3, dtype=np.uint16)
        alpha = noise(33, 47, dtype=np.uint16, seed=1) // 2 + 32767
        premultiplied = np.rint(straight * (alpha / 65535)[..., np.newaxis]).astype(np.uint16)
        write_image(tmp_path / "deep.tif", premultiplied, alpha=alpha, bit_depth=16)
        data = with_tiff_short((tmp_path / "deep.tif").read_bytes(), 338, 1)
        assert np.abs(read_photo_bytes(data, "deep.tif").pixels.astype(int) - straight).max() <= 2

    def test_a_fourth_channel_of_no_stated_meaning_is_no_alpha(self, tmp_path):
        pixels = noise(33, 47, 3, dtype=np.uint16)
        write_image(tmp_path / "deep.tif", pixels, alpha=pixels[..., 0], bit_depth=16)
        photo = read_photo_bytes(with_tiff_short((tmp_path / "deep.tif").read_bytes(), 338, 0), "deep.tif")
        assert photo.alpha is None
        assert np.array_equal(photo.pixels, pixels)

    def test_exif_after_the_pixels_of_a_png_is_honoured(self, tmp_path):
        stored = noise(40, 60, 3, dtype=np.uint16)
        write_image(tmp_path / "deep.png", stored, bit_depth=16, exif=exif_with(6).tobytes())
        data = (tmp_path / "deep.png").read_bytes()
        start = data.index(b"eXIf") - 4
        end = start + 12 + int.from_bytes(data[start : start + 4], "big")
        moved = data[:start] + data[end:-12] + data[start:end] + data[-12:]
        assert np.array_equal(read_photo_bytes(moved, "deep.png").pixels, np.rot90(stored, -1))


def heic(mode, pixels, **options):
    height, width = pixels.shape[:2]
    buffer = io.BytesIO()
    pillow_heif.from_bytes(mode=mode, size=(width, height), data=pixels.tobytes()).save(
        buffer, quality=-1, chroma=444, **options
    )
    return read_photo_bytes(buffer.getvalue(), "picture.heic")


class TestHeic:
    def test_eight_bits_with_alpha(self):
        rgba = np.dstack([smooth(64, 96), smooth(64, 96)[..., 0]])
        photo = heic("RGBA", rgba)
        assert photo.format is Format.HEIC
        assert np.abs(photo.image - rgba[..., :3].astype(int)).max() <= 2
        assert np.abs(photo.alpha * 255 - rgba[..., 3]).max() <= 1.01

    def test_ten_bits_are_kept_and_white_is_white(self):
        ramp = np.linspace(0, 65535, 96).astype(np.uint16)
        pixels = np.ascontiguousarray(np.broadcast_to(ramp[np.newaxis, :, np.newaxis], (64, 96, 3)))
        photo = heic("RGB;16", pixels)
        assert photo.bit_depth == 16
        assert np.abs(photo.pixels.astype(int) - pixels).max() <= 200
        assert photo.pixels[:, -1].min() == 65535

    def test_a_turn_is_applied_once_though_exif_repeats_it(self):
        exif = exif_with(6)
        exif[BASE.Make] = "Camera"
        pixels = smooth(64, 96)
        photo = heic("RGB", pixels, exif=exif.tobytes())
        assert np.abs(photo.image - np.rot90(pixels, -1).astype(int)).max() <= 2
        kept = Image.Exif()
        kept.load(photo.exif)
        assert (kept[BASE.Orientation], kept[BASE.Make]) == (1, "Camera")


def avif(pixels, bits=8):
    """By OpenCV, which writes it as deep as it is told."""
    order = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR
    options = [cv2.IMWRITE_AVIF_DEPTH, bits, cv2.IMWRITE_AVIF_QUALITY, 100]
    return cv2.imencode(".avif", cv2.cvtColor(pixels, order), options)[1].tobytes()


def with_turn(data, turn):
    """A turn in the place of the property that repeats how many bits there are; what turns has to be "essential"."""
    at = data.index(b"\0\0\0\x10pixi")
    turned = data[:at] + b"\0\0\0\x10" + turn + bytes(7) + data[at + 16 :]
    return turned.replace(b"\1\2\x83\4", b"\1\x82\x83\4", 1)


class TestAvif:
    def test_eight_bits_with_alpha(self):
        rgba = np.dstack([smooth(64, 96), smooth(64, 96)[..., 0]])
        photo = read_photo_bytes(avif(rgba), "picture.avif")
        assert photo.format is Format.AVIF
        assert photo.bit_depth == 8
        assert np.abs(photo.image - rgba[..., :3].astype(int)).max() <= 2
        assert np.abs(photo.alpha * 255 - rgba[..., 3]).max() <= 1.01

    @pytest.mark.parametrize("bits", [10, 12])
    def test_more_bits_are_kept_and_white_is_white(self, bits):
        ramp = np.linspace(0, 2**bits - 1, 96).astype(np.uint16)
        pixels = np.ascontiguousarray(np.broadcast_to(ramp[np.newaxis, :, np.newaxis], (64, 96, 3)))
        photo = read_photo_bytes(avif(pixels, bits), "picture.avif")
        assert (photo.bit_depth, photo.warnings) == (16, ())
        assert np.abs(photo.pixels - pixels * (65535 / (2**bits - 1))).max() <= 200
        assert photo.pixels[:, -1].min() == 65535

    def test_an_opencv_without_avif_leaves_eight_bits_and_a_warning(self, monkeypatch):
        pixels = smooth(64, 96).astype(np.uint16) * 4
        data = avif(pixels, 10)
        monkeypatch.setattr(cv2, "imdecode", lambda *_: None)
        photo = read_photo_bytes(data, "picture.avif")
        assert photo.warnings == ("Of its 10 bits per colour 8 were read.",)
        assert np.abs(photo.image - smooth(64, 96).astype(int)).max() <= 2

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_a_turn_is_applied_once(self, orientation):
        stored = smooth(64, 96)
        # Pillow writes the orientation as the picture's own turn, which EXIF repeats.
        photo = read_encoded(
            Image.fromarray(stored), "AVIF", quality=100, subsampling="4:4:4", exif=exif_with(orientation)
        )
        assert np.abs(photo.image - TURN_UPRIGHT[orientation](stored).astype(int)).max() <= 3

    @pytest.mark.parametrize(("orientation", "turn"), [(6, b"irot\3"), (2, b"imir\1")])
    def test_a_turn_is_applied_to_ten_bits_too(self, orientation, turn):
        stored = smooth(64, 96)
        photo = read_photo_bytes(with_turn(avif(stored.astype(np.uint16) * 4, 10), turn), "picture.avif")
        assert photo.bit_depth == 16
        assert np.abs(255 * as_float(photo.image) - TURN_UPRIGHT[orientation](stored)).max() <= 3

    def test_exif_is_kept(self):
        exif = exif_with(6)
        exif[BASE.Make] = "Camera"
        photo = read_encoded(Image.fromarray(smooth(64, 96)), "AVIF", exif=exif)
        kept = Image.Exif()
        kept.load(photo.exif)
        assert (kept[BASE.Orientation], kept[BASE.Make]) == (1, "Camera")

    def test_one_that_calls_itself_a_picture_of_any_kind_is_known_by_the_brands_that_it_goes_with(self):
        data = encoded(Image.fromarray(smooth(64, 96)), "AVIF")
        general = data.replace(b"ftypavif", b"ftypmif1", 1)
        assert read_photo_bytes(general, "picture.heif").format is Format.AVIF

    def test_a_pillow_without_avif_is_a_sentence_with_a_cure(self, monkeypatch):
        data = encoded(Image.fromarray(smooth(64, 96)), "AVIF")
        monkeypatch.setattr("PIL.AvifImagePlugin.SUPPORTED", False)
        with pytest.raises(ImageReadError, match="knows no AVIF; save it as PNG"):
            read_photo_bytes(data, "picture.avif")


def test_exif_is_kept_without_thumbnail_size_and_orientation():
    exif = exif_with(6)
    exif[BASE.Make] = "Camera"
    exif[BASE.ImageWidth] = 60
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[BASE.DateTimeOriginal] = "2024:05:01 10:00:00"
    details[BASE.ExifImageWidth] = 60
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    for file_format in ("JPEG", "PNG", "WEBP", "TIFF"):
        photo = read_encoded(Image.fromarray(smooth(40, 60)), file_format, exif=exif.tobytes())
        kept = Image.Exif()
        kept.load(photo.exif)
        assert dict(kept.get_ifd(ExifTags.IFD.Exif)) == {BASE.DateTimeOriginal: "2024:05:01 10:00:00"}, file_format
        assert dict(kept.get_ifd(ExifTags.IFD.GPSInfo)) == {ExifTags.GPS.GPSLatitudeRef: "N"}
        main = {tag: kept[tag] for tag in kept if tag not in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)}
        assert main == {BASE.Make: "Camera", BASE.Orientation: 1}


def test_damaged_exif_is_left_out_with_a_warning():
    resolution_that_is_a_text = struct.pack("<HHHI4s", 1, 282, 2, 4, b"AAAA")
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + resolution_that_is_a_text + bytes(4)
    photo = read_encoded(Image.fromarray(smooth(40, 60)), "JPEG", exif=exif)
    assert photo.exif is None
    assert "EXIF" in photo.warnings[0]


def test_names_outside_ascii_and_long_names_are_read_and_written(tmp_path):
    pixels = noise(5, 6, 3, dtype=np.uint16)
    for stem in ("Портрет 写真 größe 👩", "n" * 200):
        for suffix in (".png", ".tif"):
            path = tmp_path / f"{stem}{suffix}"
            write_image(path, pixels, bit_depth=16)
            photo = read_photo(path)
            assert np.array_equal(photo.pixels, pixels)
            assert photo.path == path


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp", ".bmp", ".heic", ".avif"])
@pytest.mark.parametrize("bit_depth", [8, 16])
def test_a_photo_is_measured_without_being_unpacked(tmp_path, suffix, bit_depth):
    path, image = tmp_path / f"photo{suffix}", noise(6, 9, 3, dtype=np.uint8 if bit_depth == 8 else np.uint16)
    if suffix == ".heic":
        mode = "RGB" if bit_depth == 8 else "RGB;16"
        pillow_heif.from_bytes(mode=mode, size=(9, 6), data=image.tobytes()).save(path)
    elif suffix == ".avif":
        path.write_bytes(avif(image if bit_depth == 8 else image >> 6, 8 if bit_depth == 8 else 10))
    elif suffix == ".bmp":
        Image.fromarray(image.astype(np.uint8)).save(path)
    else:
        write_image(path, image, bit_depth=bit_depth)
    height, width, sample_bytes = measure_photo(path)
    read = read_photo(path).image
    assert (height, width, sample_bytes) == (6, 9, read.itemsize)
    assert read.shape == (6, 9, 3)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photo_on_its_side_is_measured_with_the_sides_that_it_has(tmp_path, file_format):
    path = tmp_path / "photo"
    path.write_bytes(encoded(Image.fromarray(noise(6, 9, 3)), file_format, exif=exif_with(6)))
    height, width, _ = measure_photo(path)
    assert read_photo(path).image.shape == (9, 6, 3)
    assert sorted((height, width)) == [6, 9]


def test_what_cannot_be_measured_is_said_as_if_it_were_read(tmp_path):
    for name, contents in (("empty.png", b""), ("text.jpg", b"no photo"), ("cut.png", encoded_png()[:20])):
        path = tmp_path / name
        path.write_bytes(contents)
        with pytest.raises(ImageReadError) as measuring:
            measure_photo(path)
        with pytest.raises(ImageReadError) as reading:
            read_photo(path)
        assert str(measuring.value) == str(reading.value)


def encoded_png():
    return encoded(Image.fromarray(noise(6, 9, 3)), "PNG")


def test_photos_are_told_by_their_suffix():
    assert is_photo_path("a/b.JPG")
    assert is_photo_path("b.heic")
    assert is_photo_path("b.avif")
    assert not is_photo_path("notes.txt")
    assert not is_photo_path("a/._b.jpg")
    assert not is_photo_path("jpg")


def test_floats_and_integers_convert_without_loss():
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    assert np.array_equal(to_bit_depth(as_float(every), 16), every)
    eight = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(to_bit_depth(eight, 16), eight.astype(np.uint16) * 257)
    assert np.array_equal(to_bit_depth(to_bit_depth(eight, 16), 8), eight)
    assert to_bit_depth(np.array([[-1, 2]], np.float32), 8).tolist() == [[0, 255]]
    assert as_float(every).max() == 1
    with pytest.raises(TypeError, match="float64"):
        as_float(np.zeros((2, 2)))

"""The network sees sRGB; the file keeps the photo's own colour space."""

import io
import struct

import cv2
import numpy as np
import pillow_heif
import pytest
from made_profiles import cmyk_press, display_p3, grey, scanner, srgb
from PIL import ExifTags, Image, ImageCms

from core.image_io import png, read_photo, read_photo_bytes, to_bit_depth, write_image
from core.image_io.colour import leads_back
from core.image_io.exif import directories, exif_from_bytes
from core.image_io.made_profile import ADOBE_RGB, BT_2020, DISPLAY_P3, profile_of


def read_encoded(image, file_format, **options):
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return read_photo_bytes(buffer.getvalue(), f"picture.{file_format}")


PIXELS = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)


def p3_to_srgb(pixels):
    """The textbook way: linear light, a matrix by way of XYZ, the sRGB curve."""
    p3_to_xyz = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])
    srgb_to_xyz = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7142]])
    linear = (pixels / 255) ** 2.2 @ p3_to_xyz.T @ np.linalg.inv(srgb_to_xyz).T
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
def test_another_colour_space_is_converted_for_the_network_and_kept_for_the_file(file_format):
    options = {"lossless": True} if file_format == "WEBP" else {}
    photo = read_encoded(Image.fromarray(PIXELS), file_format, icc_profile=display_p3(), **options)
    assert np.array_equal(photo.pixels, PIXELS)
    assert photo.icc_profile == display_p3()
    assert np.abs(photo.image - p3_to_srgb(PIXELS)).max() <= 4
    assert np.abs(photo.image.astype(int) - PIXELS).max() > 20


def test_a_jpegs_profile_is_used_and_kept():
    flat = Image.new("RGB", (16, 16), (200, 100, 50))
    photo = read_encoded(flat, "JPEG", quality=98, icc_profile=display_p3())
    assert photo.icc_profile == display_p3()
    assert np.abs(photo.image[8, 8] - p3_to_srgb(np.array([[[200, 100, 50]]]))).max() <= 5


def test_an_embedded_srgb_profile_doubles_nothing_and_is_kept():
    photo = read_encoded(Image.fromarray(PIXELS), "PNG", icc_profile=srgb())
    assert photo.image is photo.pixels
    assert photo.icc_profile == srgb()


def test_sixteen_bits_of_another_colour_space_are_kept_beside_eight_bits_of_srgb(tmp_path):
    deep = PIXELS.astype(np.uint16) * 257
    for suffix in (".png", ".tif"):
        write_image(tmp_path / f"deep{suffix}", deep, bit_depth=16, icc_profile=display_p3())
        photo = read_photo(tmp_path / f"deep{suffix}")
        assert np.array_equal(photo.pixels, deep)
        assert photo.icc_profile == display_p3()
        assert photo.image.dtype == np.uint8
        assert np.abs(photo.image - p3_to_srgb(PIXELS)).max() <= 4


@pytest.mark.parametrize("profile", [b"nonsense", display_p3()[:200], cmyk_press()], ids=["foreign", "cut", "cmyk"])
def test_an_unusable_profile_is_left_out_with_a_warning(profile):
    photo = read_encoded(Image.fromarray(PIXELS), "PNG", icc_profile=profile)
    assert np.array_equal(photo.image, PIXELS)
    assert photo.image is photo.pixels
    assert photo.icc_profile is None
    assert "colour profile was left out" in photo.warnings[0]


def heic(primaries, curve):
    buffer = io.BytesIO()
    made = pillow_heif.from_bytes(mode="RGB", size=(40, 30), data=PIXELS.tobytes())
    made.save(buffer, color_primaries=primaries, transfer_characteristics=curve)
    return buffer.getvalue()


def avif(primaries, curve, bits=8):
    order = PIXELS[..., ::-1].astype(np.uint8 if bits == 8 else np.uint16) << (bits - 8)
    data = cv2.imencode(".avif", order, [cv2.IMWRITE_AVIF_DEPTH, bits])[1].tobytes()
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, curve) + data[at + 4 :]


def deep_avif(primaries, curve):
    return avif(primaries, curve, 10)


def png_that_names(primaries, curve, pixels=PIXELS, profile=None):
    data = cv2.imencode(".png", pixels[..., ::-1])[1].tobytes()
    named = png.chunk(b"cICP", bytes((primaries, curve, 0, 1)))
    if profile is not None:
        named += png.profile_chunk(profile)
    header_end = len(png.SIGNATURE) + 25
    return data[:header_end] + named + data[header_end:]


def deep_png(primaries, curve):
    return png_that_names(primaries, curve, PIXELS.astype(np.uint16) * 257)


FILES_THAT_NAME_A_SPACE = pytest.mark.parametrize("made", [heic, avif, deep_avif, png_that_names, deep_png])


@FILES_THAT_NAME_A_SPACE
@pytest.mark.parametrize(("primaries", "curve"), [(9, 16), (12, 18), (7, 13)], ids=["PQ", "HLG", "old TV"])
def test_numbers_that_declare_an_unknown_colour_space_are_told_of(made, primaries, curve):
    photo = read_photo_bytes(made(primaries, curve), "photo")
    (warning,) = photo.warnings
    assert "taken as sRGB" in warning
    assert photo.icc_profile is None


@FILES_THAT_NAME_A_SPACE
@pytest.mark.parametrize(("primaries", "curve"), [(1, 13), (1, 1), (2, 2)], ids=["sRGB", "BT.709", "unspecified"])
def test_numbers_that_declare_srgb_are_without_a_warning(made, primaries, curve):
    photo = read_photo_bytes(made(primaries, curve), "photo")
    assert photo.warnings == ()
    assert photo.icc_profile is None


@FILES_THAT_NAME_A_SPACE
@pytest.mark.parametrize(("primaries", "curve", "space"), [(12, 13, DISPLAY_P3), (12, 2, DISPLAY_P3), (9, 1, BT_2020)])
def test_numbers_that_declare_wide_colours_are_as_if_there_was_a_profile(made, primaries, curve, space):
    photo = read_photo_bytes(made(primaries, curve), "photo")
    with_profile = read_encoded(Image.fromarray(to_bit_depth(photo.pixels, 8)), "PNG", icc_profile=profile_of(space))
    assert photo.warnings == ()
    assert photo.icc_profile == with_profile.icc_profile == profile_of(space)
    assert np.array_equal(photo.image, with_profile.image)
    assert np.abs(photo.image.astype(int) - with_profile.pixels).max() > 20


@pytest.mark.parametrize(("primaries", "curve"), [(1, 13), (9, 16)], ids=["sRGB", "PQ"])
def test_a_profile_beside_numbers_stands(primaries, curve):
    photo = read_photo_bytes(png_that_names(primaries, curve, profile=display_p3()), "photo")
    assert (photo.icc_profile, photo.warnings) == (display_p3(), ())


def test_numbers_that_are_cut_short_are_not_heard():
    sound = png_that_names(12, 13)
    cut = sound.replace(png.chunk(b"cICP", bytes((12, 13, 0, 1))), png.chunk(b"cICP", bytes((12,))))
    assert cut != sound
    photo = read_photo_bytes(cut, "photo")
    assert (photo.icc_profile, photo.warnings) == (None, ())


def from_a_camera(interoperability, mode="RGB", profile=None):
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.ColorSpace: 0xFFFF if interoperability == "R03" else 1,
        ExifTags.IFD.Interop: {ExifTags.Interop.InteropIndex: interoperability},
    }
    return read_encoded(Image.fromarray(PIXELS).convert(mode), "JPEG", exif=exif, icc_profile=profile)


def test_a_jpeg_that_only_its_exif_calls_adobe_rgb_is_as_if_it_had_the_profile():
    photo, with_profile = from_a_camera("R03"), from_a_camera("R98", profile=profile_of(ADOBE_RGB))
    assert photo.warnings == ()
    assert photo.icc_profile == with_profile.icc_profile == profile_of(ADOBE_RGB)
    assert np.array_equal(photo.image, with_profile.image)
    assert np.abs(photo.image.astype(int) - photo.pixels).max() > 20


@pytest.mark.parametrize(
    ("interoperability", "mode", "profile"), [("R98", "RGB", None), ("R03", "RGB", srgb()), ("R03", "CMYK", None)]
)
def test_a_jpeg_that_is_not_adobe_rgb_is_not_taken_for_it(interoperability, mode, profile):
    photo = from_a_camera(interoperability, mode, profile)
    assert (photo.icc_profile, photo.warnings) == (profile, ())
    assert photo.image is photo.pixels


@pytest.mark.parametrize(("samples", "ending"), [(PIXELS, "."), (PIXELS.astype(np.uint16) * 257, ", with 8 bits.")])
def test_a_profile_that_leads_one_way_only_is_used_up_with_a_warning(samples, ending, tmp_path):
    write_image(tmp_path / "scan.png", samples, bit_depth=8 * samples.itemsize, icc_profile=scanner())
    photo = read_photo(tmp_path / "scan.png")
    assert np.ptp(photo.image.astype(int), axis=-1).max() <= 4  # the scanner of these tests sees no colours
    assert photo.pixels is photo.image
    assert (photo.icc_profile, photo.bit_depth) == (None, 8)
    assert photo.warnings == (f"Its colour profile leads one way only: the colours were brought to sRGB{ending}",)


def test_usual_profiles_lead_back():
    assert leads_back(display_p3())
    assert leads_back(srgb())
    assert not leads_back(scanner())


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_a_press_profile_decides_what_cmyk_looks_like(file_format):
    inks = np.zeros((16, 32, 4), np.uint8)
    inks[:, 16:, 0] = 255
    photo = read_encoded(Image.fromarray(inks, "CMYK"), file_format, icc_profile=cmyk_press())
    assert photo.image[8, 4].min() >= 250
    assert np.ptp(photo.image[8, 28].astype(int)) <= 4  # mid grey on this press, and cyan without its profile
    assert 90 < photo.image[8, 28].mean() < 150
    assert photo.icc_profile is None  # a cut-out in RGB cannot be described by it
    assert photo.warnings == ()


def test_a_grey_profile_is_used_up():
    image = Image.new("L", (4, 4), 128)
    expected = ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(io.BytesIO(grey(1.0))), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    photo = read_encoded(image, "PNG", icc_profile=grey(1.0))
    assert np.abs(photo.image - np.asarray(expected).astype(int)).max() <= 1
    assert photo.image[0, 0, 0] > 180  # linear mid grey is light in sRGB
    assert photo.icc_profile is None


def test_a_grey_profile_leaves_the_alpha_alone():
    image = Image.merge("LA", [Image.new("L", (4, 4), 128), Image.new("L", (4, 4), 51)])
    photo = read_encoded(image, "PNG", icc_profile=grey(1.0))
    assert photo.image[0, 0, 0] > 180
    assert photo.alpha[0, 0] == pytest.approx(0.2)


def test_an_rgb_profile_on_a_grey_picture_is_kept():
    photo = read_encoded(Image.new("L", (4, 4), 128), "PNG", icc_profile=display_p3())
    assert photo.icc_profile == display_p3()
    assert photo.warnings == ()


def test_sixteen_bit_grey_with_a_grey_profile_keeps_its_bits_and_says_so():
    deep = np.random.default_rng(0).integers(0, 65536, (5, 6), dtype=np.uint16)
    photo = read_encoded(Image.fromarray(deep), "PNG", icc_profile=grey(2.2))
    assert np.array_equal(photo.pixels[..., 0], deep)
    assert photo.icc_profile is None
    assert "greys were taken as sRGB" in photo.warnings[0]


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg"])
def test_a_cut_out_carries_profile_and_exif_of_its_photo(suffix, tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    source = read_encoded(Image.fromarray(PIXELS), "PNG", icc_profile=display_p3(), exif=exif)
    alpha = None if suffix == ".jpg" else PIXELS[..., 0]
    path = tmp_path / f"cutout{suffix}"
    write_image(path, source.pixels, alpha=alpha, icc_profile=source.icc_profile, exif=source.exif)
    with Image.open(path) as by_another_reader:
        assert by_another_reader.info["icc_profile"] == display_p3()
        assert by_another_reader.getexif()[0x010F] == "Camera"
    again = read_photo(path)
    assert again.icc_profile == source.icc_profile
    assert directories(exif_from_bytes(again.exif)) == directories(exif_from_bytes(source.exif))  # in any byte order

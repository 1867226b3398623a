"""EXIF travels as it was: text byte for byte, values of their own kinds, and how large a scan is when printed."""

import io
import struct

import numpy as np
import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from PIL.TiffTags import ASCII, BYTE, RATIONAL, SHORT, SIGNED_RATIONAL, UNDEFINED

from core.image_io import read_photo, read_photo_bytes, write_image

BASE, IFD, GPS = ExifTags.Base, ExifTags.IFD, ExifTags.GPS
PIXELS = np.full((12, 16, 3), 90, np.uint8)
NAME = "Jörg Müller, © 2026"

SUFFIXES = ("png", "jpg", "tif", "webp")


def kinds_and_values(data, place=None, group=None):
    """Of a directory: its tags' kinds and their values, as Pillow reads them."""
    stream = io.BytesIO(data.removeprefix(b"Exif\0\0"))
    head = stream.read(8)
    directory = ImageFileDirectory_v2(head, group=group)
    stream.seek(directory.next if place is None else place)
    directory.load(stream)
    values = dict(directory)
    return {tag: directory.tagtype[tag] for tag in values}, values


def camera_jpeg(byte_order):
    """A JPEG whose EXIF was made by hand, as a camera would write it."""
    order = "<" if byte_order == b"II" else ">"
    name = NAME.encode() + b"\0"
    notes, comment = b"\x01\x02\x03\x04\x05", b"ASCII\0\0\0hello"

    def directory(entries, place):
        out, behind = struct.pack(order + "H", len(entries)), b""
        end = place + 2 + 12 * len(entries) + 4
        for tag, kind, count, data in entries:
            if len(data) > 4:
                out += struct.pack(order + "HHLL", tag, kind, count, end + len(behind))
                behind += data + b"\0" * (len(data) % 2)
            else:
                out += struct.pack(order + "HHL", tag, kind, count) + data.ljust(4, b"\0")
        return out + struct.pack(order + "L", 0) + behind

    def number(value):
        return struct.pack(order + "L", value)

    camera = [
        (BASE.ExifVersion, UNDEFINED, 4, b"0232"),
        (BASE.ComponentsConfiguration, UNDEFINED, 4, b"\x01\x02\x03\0"),
        (BASE.ExposureTime, RATIONAL, 1, struct.pack(order + "LL", 10, 1250)),
        (BASE.ExposureBiasValue, SIGNED_RATIONAL, 1, struct.pack(order + "ll", -2, 6)),
        (BASE.MakerNote, UNDEFINED, len(notes), notes),
        (BASE.UserComment, UNDEFINED, len(comment), comment),
        (BASE.CameraOwnerName, ASCII, len(name), name),
        (BASE.LensSpecification, RATIONAL, 4, struct.pack(order + "8L", 240, 10, 700, 10, 0, 0, 0, 0)),
    ]
    place = [(GPS.GPSVersionID, BYTE, 4, b"\x02\x03\0\0"), (GPS.GPSProcessingMethod, UNDEFINED, 8, b"ASCII\0\0\0")]

    def main(camera_at, place_at):
        return directory(
            [
                (BASE.Artist, ASCII, len(name), name),
                (BASE.Rating, SHORT, 1, struct.pack(order + "H", 5)),
                (IFD.Exif, 4, 1, number(camera_at)),
                (IFD.GPSInfo, 4, 1, number(place_at)),
            ],
            8,
        )

    camera_at = 8 + len(main(0, 0))
    place_at = camera_at + len(directory(camera, camera_at))
    tiff = byte_order + struct.pack(order + "HL", 42, 8) + main(camera_at, place_at)
    tiff += directory(camera, camera_at) + directory(place, place_at)
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "JPEG", exif=b"Exif\0\0" + tiff)
    return file.getvalue()


@pytest.mark.parametrize("byte_order", [b"II", b"MM"])
class TestWhatACameraWrote:
    def test_text_is_kept_byte_for_byte_in_every_format(self, byte_order, tmp_path):
        photo = read_photo_bytes(camera_jpeg(byte_order), "camera.jpg")
        for suffix in SUFFIXES:
            path = tmp_path / f"a.{suffix}"
            write_image(path, PIXELS, exif=photo.exif)
            assert path.read_bytes().count(NAME.encode()) == 2, suffix
            again = read_photo(path)
            with Image.open(path) as image:
                camera = image.getexif().get_ifd(IFD.Exif)
                assert camera[BASE.CameraOwnerName].encode("latin-1").decode() == NAME
            write_image(path, PIXELS, exif=again.exif)
            assert path.read_bytes().count(NAME.encode()) == 2, suffix

    def test_fractions_are_not_reduced_in_any_format(self, byte_order, tmp_path):
        order = "<" if byte_order == b"II" else ">"
        lens = (240, 10, 700, 10, 0, 0, 0, 0)
        photo = read_photo_bytes(camera_jpeg(byte_order), "camera.jpg")
        for suffix in SUFFIXES:
            path = tmp_path / f"a.{suffix}"
            write_image(path, PIXELS, exif=photo.exif)
            own_order = "<" if suffix == "tif" else order  # a TIFF's directories have that of the file
            for code, fraction in (("2L", (10, 1250)), ("2l", (-2, 6)), ("8L", lens)):
                assert struct.pack(own_order + code, *fraction) in path.read_bytes(), (suffix, fraction)

    def test_values_keep_their_kinds_and_the_cameras_byte_order(self, byte_order):
        exif = read_photo_bytes(camera_jpeg(byte_order), "camera.jpg").exif
        assert exif[6:8] == byte_order
        kinds, main = kinds_and_values(exif)
        assert (kinds[BASE.Artist], kinds[BASE.Rating], main[BASE.Rating]) == (ASCII, SHORT, 5)
        kinds, camera = kinds_and_values(exif, main[IFD.Exif], IFD.Exif)
        undefined = (BASE.ExifVersion, BASE.ComponentsConfiguration, BASE.MakerNote, BASE.UserComment)
        assert [kinds[tag] for tag in undefined] == [UNDEFINED] * 4
        assert camera[BASE.UserComment] == b"ASCII\0\0\0hello"
        assert (kinds[BASE.ExposureBiasValue], float(camera[BASE.ExposureBiasValue])) == (
            SIGNED_RATIONAL, pytest.approx(-1 / 3),
        )  # fmt: skip
        kinds, place = kinds_and_values(exif, main[IFD.GPSInfo], IFD.GPSInfo)
        assert (kinds[GPS.GPSVersionID], place[GPS.GPSVersionID]) == (BYTE, b"\x02\x03\0\0")
        assert kinds[GPS.GPSProcessingMethod] == UNDEFINED


def test_a_jpeg_without_room_for_the_cameras_notes_keeps_the_text(tmp_path):
    exif = Image.Exif()
    exif[BASE.Artist] = "x" * len(NAME.encode())
    exif[IFD.Exif] = {BASE.MakerNote: b"n" * 100_000, BASE.ExposureTime: 0.01}
    data = exif.tobytes().replace(b"x" * len(NAME.encode()), NAME.encode())
    write_image(tmp_path / "a.jpg", PIXELS, exif=data)
    written = (tmp_path / "a.jpg").read_bytes()
    assert NAME.encode() in written
    assert b"nnnn" not in written


class TestHowLargeItIsPrinted:
    """A scan of 300 dots per inch is as large in a layout program as the paper was."""

    @pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
    @pytest.mark.parametrize("source", ["JPEG", "PNG"])
    def test_is_kept_where_only_the_file_says_it(self, source, suffix, tmp_path):
        file = io.BytesIO()
        Image.fromarray(PIXELS).save(file, source, dpi=(300, 300))
        photo = read_photo_bytes(file.getvalue(), "scan")
        write_image(tmp_path / f"a.{suffix}", PIXELS, exif=photo.exif)
        with Image.open(tmp_path / f"a.{suffix}") as image:
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)

    def test_is_kept_of_a_png_of_16_bits(self, tmp_path):
        exif = Image.Exif()
        exif[BASE.XResolution], exif[BASE.YResolution], exif[BASE.ResolutionUnit] = 240.0, 120.0, 2
        write_image(tmp_path / "deep.png", PIXELS, bit_depth=16, exif=exif.tobytes())
        photo = read_photo(tmp_path / "deep.png")
        write_image(tmp_path / "a.png", PIXELS, exif=photo.exif)
        with Image.open(tmp_path / "a.png") as image:
            assert image.info["dpi"] == pytest.approx((240, 120), abs=0.02)

    def test_of_a_centimetre_counts_in_centimetres(self, tmp_path):
        exif = Image.Exif()
        exif[BASE.XResolution], exif[BASE.YResolution], exif[BASE.ResolutionUnit] = 100.0, 100.0, 3
        write_image(tmp_path / "a.png", PIXELS, exif=exif.tobytes())
        with Image.open(tmp_path / "a.png") as image:
            assert image.info["dpi"] == pytest.approx((254, 254), abs=0.02)

    def test_what_exif_says_comes_first(self):
        file = io.BytesIO()
        exif = Image.Exif()
        exif[BASE.XResolution], exif[BASE.YResolution], exif[BASE.ResolutionUnit] = 72.0, 72.0, 2
        Image.fromarray(PIXELS).save(file, "PNG", dpi=(300, 300), exif=exif)
        kept = Image.Exif()
        kept.load(read_photo_bytes(file.getvalue(), "a.png").exif)
        assert kept[BASE.XResolution] == 72

    def test_is_nothing_where_nobody_says_it(self, tmp_path):
        file = io.BytesIO()
        Image.fromarray(PIXELS).save(file, "JPEG")
        photo = read_photo_bytes(file.getvalue(), "a.jpg")
        assert photo.exif is None
        write_image(tmp_path / "a.png", PIXELS, exif=photo.exif)
        with Image.open(tmp_path / "a.png") as image:
            assert "dpi" not in image.info

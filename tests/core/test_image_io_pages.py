"""Of files that hold several pictures the first is read, and a sentence says so."""

from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, TiffImagePlugin

from core.image_io import read_photo

COLOURS = ((200, 30, 40), (20, 180, 60), (10, 20, 220))
SUBFILE_TYPE = 254


def pictures(count: int) -> list[Image.Image]:
    return [Image.new("RGB", (24, 16), colour) for colour in COLOURS[:count]]


def write(path: Path, count: int) -> Path:
    first, *others = pictures(count)
    chosen = {"lossless": True} if path.suffix == ".webp" else {}
    first.save(path, save_all=True, append_images=others, **chosen)
    return path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("pages.tif", "It has several pages: the first was taken."),
        ("moving.gif", "It is an animation: its first picture was taken."),
        ("moving.webp", "It is an animation: its first picture was taken."),
        ("moving.avif", "It is an animation: its first picture was taken."),
        ("moving.png", "It is an animation: its first picture was taken."),
    ],
)
def test_the_first_picture_is_read_and_the_others_are_told_of(tmp_path: Path, name: str, sentence: str) -> None:
    several = read_photo(write(tmp_path / name, 3))
    assert several.warnings == (sentence,)
    assert (np.abs(several.image.astype(int) - COLOURS[0]).max()) <= 1
    assert read_photo(write(tmp_path / f"one {name}", 1)).warnings == ()


def test_of_a_heic_with_several_pictures_the_main_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "several.heic"
    made = pillow_heif.HeifFile()
    for picture in pictures(2):
        made.add_from_pillow(picture)
    made.save(path, quality=-1, chroma=444)
    photo = read_photo(path)
    assert photo.warnings == ("It holds several pictures: the main one was taken.",)
    assert photo.image.shape == (16, 24, 3)


def test_pages_of_16_bits_are_told_of_too(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((16, 24), value, np.uint16)) for value in (1000, 60_000)]
    pages[0].save(tmp_path / "deep.tif", save_all=True, append_images=pages[1:])
    photo = read_photo(tmp_path / "deep.tif")
    assert photo.warnings == ("It has several pages: the first was taken.",)
    assert (photo.image == 1000).all()


def test_a_thumbnail_is_no_page(tmp_path: Path) -> None:
    thumbnail = pictures(2)[1].resize((6, 4))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[SUBFILE_TYPE] = 1
    thumbnail.encoderinfo = {"tiffinfo": tags}
    pictures(1)[0].save(tmp_path / "photo.tif", save_all=True, append_images=[thumbnail])
    with Image.open(tmp_path / "photo.tif") as image:
        image.seek(1)
        assert image.tag_v2[SUBFILE_TYPE] == 1  # the file is the one that is meant
    assert read_photo(tmp_path / "photo.tif").warnings == ()


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damage_behind_the_photo_does_not_concern_it(tmp_path: Path) -> None:
    path = write(tmp_path / "pages.tif", 2)
    with Image.open(path) as image:
        image.seek(1)
        second = image._frame_pos[1]
    data = bytearray(path.read_bytes())
    data[second : second + 2] = b"\xff\xff"
    path.write_bytes(data[: second + 40])
    photo = read_photo(path)
    assert (photo.image == COLOURS[0]).all()

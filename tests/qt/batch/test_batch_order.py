"""Open photos as a batch takes them: strokes stay with the pixels that they were painted on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.image_io import read_photo, write_image
from matting_studio.app.batch import Item, Recipe
from matting_studio.app.document import Document
from matting_studio.app.export_request import ExportKind
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.qt.batch.order import OpenPhoto, Order, PastedFiles

MAKER = 0x010F  # of the camera


@pytest.fixture
def pasted() -> Iterator[PastedFiles]:
    made = PastedFiles()
    yield made
    made.close()


@pytest.fixture
def opened(tmp_path: Path) -> Document:
    """A photo of 24 rows that was read from its file."""
    path = tmp_path / "anna.png"
    exif = Image.Exif()
    exif[MAKER] = "Somebody"
    write_image(path, np.full((24, 20, 3), 90, np.uint8), exif=exif.tobytes())
    document = Document(path)
    document.set_photo(read_photo(path))
    document.photo_file = Fingerprint.of(path)
    return document


def crop_outside(document: Document) -> None:
    assert document.path is not None
    write_image(document.path, np.full((12, 20, 3), 90, np.uint8))


def found(document: Document, pasted: PastedFiles) -> Item:
    order = Order(
        (OpenPhoto.of(document),), Path("out"), Recipe(what=(ExportKind.ALPHA,)), overwrite=False,
        network=NetworkChoice(), limit=None,
    )  # fmt: skip
    return order.find(pasted).items[0]


def test_a_photo_is_read_from_its_file_as_long_as_that_is_the_one(opened: Document, pasted: PastedFiles) -> None:
    assert found(opened, pasted).path == opened.path


def test_a_photo_whose_file_another_program_has_replaced_comes_from_the_open_pixels(
    opened: Document, pasted: PastedFiles
) -> None:
    crop_outside(opened)
    item = found(opened, pasted)
    assert item.name == "anna.png", "called as before"
    photo = read_photo(item.path)
    assert photo.image.shape == (24, 20, 3)
    assert opened.photo is not None
    assert photo.exif == opened.photo.exif is not None


def test_a_photo_whose_file_has_gone_comes_from_the_open_pixels(opened: Document, pasted: PastedFiles) -> None:
    assert opened.path is not None
    opened.path.unlink()
    assert read_photo(found(opened, pasted).path).image.shape == (24, 20, 3)


def test_where_the_pixels_were_put_away_the_file_must_be_the_same_when_it_is_read(
    opened: Document, pasted: PastedFiles
) -> None:
    before = opened.photo_file
    opened.forget_pixels()
    crop_outside(opened)
    item = found(opened, pasted)
    assert (item.path, item.file) == (opened.path, before)

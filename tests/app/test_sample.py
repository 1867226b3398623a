"""The sample portrait is there, and nothing is ever written beside it."""

from pathlib import Path

from core.image_io import read_photo
from matting_studio.app.sample import SAMPLE, own_folder


def test_the_sample_can_be_read():
    assert read_photo(SAMPLE).image.shape == (512, 512, 3)


def test_results_belong_beside_their_photo_but_not_into_the_program():
    assert own_folder(Path("/photos/anna.jpg")) == Path("/photos")
    assert own_folder(SAMPLE) is None
    assert own_folder(None) is None

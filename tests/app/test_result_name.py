"""What results are called by themselves."""

import os

import pytest

from matting_studio.app.export_request import ExportKind
from matting_studio.app.result_name import result_stem


def test_a_result_is_called_after_its_photo_and_kind():
    assert result_stem("anna.berta.jpg", ExportKind.CUTOUT, ".png") == "anna.berta-cutout"
    assert result_stem("anna.jpg", ExportKind.ALPHA, ".png", 2) == "anna-alpha-2"


@pytest.mark.parametrize("letter", ["W", "ü"])
def test_names_of_photos_with_very_long_ones_fit_and_differ(letter):
    photos = [f"{letter * (246 // len(os.fsencode(letter)))}{number}.png" for number in range(2)]
    stems = [result_stem(photo, ExportKind.CUTOUT, ".png", number) for photo in photos for number in (1, 2)]
    assert all(len(os.fsencode(f"{stem}.png")) <= 255 for stem in stems)
    assert len(set(stems)) == 4
    assert [stem.rpartition("-cutout")[2] for stem in stems] == ["", "-2"] * 2

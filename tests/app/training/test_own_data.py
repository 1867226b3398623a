"""Corrected photos become a data set that can be trained on, some of it held back for good."""

import numpy as np
import pytest
from generated_data import photo

from core.errors import DatasetError
from core.training.datasets import find_pairs
from core.training.reading import read_colour, read_grey
from matting_studio.app.training import own_data


def add(folder, seed, name=None):
    image, alpha = photo(seed)
    return own_data.add(folder, image, alpha.astype(np.float32) / 255, name or f"IMG {seed}")


def test_a_photo_and_its_alpha_are_kept_as_they_are(tmp_path):
    image, alpha = photo(1)
    add(tmp_path, 1, "Großmutter im Garten.jpg")
    (pair,) = find_pairs(tmp_path)
    assert np.array_equal(read_colour(pair.image), image)
    assert np.array_equal(read_grey(pair.alpha), alpha)
    assert pair.image.name.startswith("Großmutter_im_Garten.jpg-")


def test_every_sixth_photo_is_held_back_and_stays_so(tmp_path):
    parts = [add(tmp_path, seed).parent.parent == tmp_path / "validation" for seed in range(12)]
    assert [number for number, held_back in enumerate(parts) if held_back] == [2, 8]
    assert own_data.count(tmp_path) == own_data.Count(training=10, validation=2)
    assert len(find_pairs(tmp_path / "validation")) == 2


def test_the_same_photo_once_more_takes_its_own_place(tmp_path):
    files = [add(tmp_path, seed) for seed in range(3)]
    image, alpha = photo(2)
    again = own_data.add(tmp_path, image, 1 - alpha.astype(np.float32) / 255, "another name")
    assert again == files[2]
    (pair,) = find_pairs(tmp_path / "validation")
    assert np.array_equal(read_grey(pair.alpha), 255 - alpha)
    assert own_data.count(tmp_path) == own_data.Count(2, 1)


def test_the_set_becomes_the_data_of_a_configuration(tmp_path):
    add(tmp_path, 0)
    assert own_data.data_config(tmp_path).validation == []
    add(tmp_path, 1)
    add(tmp_path, 2)
    config = own_data.data_config(tmp_path)
    assert [source.folder for source in config.photos] == [tmp_path]
    assert [chosen.folder for chosen in config.validation] == [tmp_path / "validation"]


def test_an_alpha_of_another_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match="one size"):
        own_data.add(tmp_path, photo(0)[0], np.zeros((5, 5), np.float32), "x")
    assert own_data.count(tmp_path) == own_data.Count(0, 0)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="cannot be written"):
        add(tmp_path / "file", 0)

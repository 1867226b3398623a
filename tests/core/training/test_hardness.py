"""A model that sees red: what it takes for a person, and what it overlooks, is known before."""

import numpy as np
import pytest

from core.engine import RawMatte
from core.training.config import CutoutsConfig, DataConfig, PhotosConfig
from core.training.hardness import EASY, MOST, Look, favour_hard
from tests.core.training.generated_data import person, write

RED, BLUE, GREEN = (220, 20, 20), (20, 20, 220), (20, 200, 20)


class SeesRed:
    def run(self, image):
        assert image.shape[0] % 16 == image.shape[1] % 16 == 0
        seen = image.astype(np.float32) / (255 if image.dtype == np.uint8 else 1)
        is_red = seen[..., 0] > seen[..., 1:].max(axis=2) + 0.1
        return RawMatte(
            is_red.astype(np.float32), np.zeros((3, image.shape[0] // 16, image.shape[1] // 16), np.float32)
        )


@pytest.fixture
def data(tmp_path):
    for folder in ("people", "scenes", "photos/image", "photos/alpha"):
        (tmp_path / folder).mkdir(parents=True)
    alpha = person(0)[..., 3]
    for name, colour in (("red 1", RED), ("red 2", RED), ("blue [1]", BLUE)):
        write(tmp_path / "people" / f"{name}.png", np.dstack([flat(colour), alpha]))
        opacity = alpha[..., None] / 255
        photo = np.rint(opacity * flat(colour) + (1 - opacity) * flat(GREEN)).astype(np.uint8)
        write(tmp_path / "photos/image" / f"{name}.png", photo)
        write(tmp_path / "photos/alpha" / f"{name}.png", alpha)
    for name, colour in (("meadow", GREEN), ("lawn", GREEN), ("sky", BLUE), ("poppies", RED)):
        write(tmp_path / "scenes" / f"{name}.png", flat(colour))
    cutouts = CutoutsConfig(
        foregrounds=tmp_path / "people", backgrounds=tmp_path / "scenes", favour={"red 2*": 3.0},
        favour_backgrounds={"lawn*": 0.0},
    )  # fmt: skip
    return DataConfig(cutouts=[cutouts], photos=[PhotosConfig(folder=tmp_path / "photos", favour={"red*": 0.0})])


def flat(colour):
    """BGR, as files are written."""
    return np.full((96, 96, 3), colour[::-1], np.uint8)


def look(heard=None):
    return Look(SeesRed(), 96, lambda *words: None if heard is None else heard.append(words))


def test_people_who_are_overlooked_and_scenes_taken_for_people_are_drawn_more_often(data):
    (cutouts,) = favour_hard(data, look()).cutouts
    favour, scenes = cutouts.favour, cutouts.favour_backgrounds
    assert favour["blue [[]1].png"] > favour["red 1.png"] >= EASY
    assert scenes["poppies.png"] == EASY + 4  # all errors are its own, four times the mean
    assert scenes["meadow.png"] == scenes["sky.png"] == EASY
    assert scenes["lawn.png"] == 0


def test_a_file_keeps_the_weight_that_the_recipe_gives_it(data):
    (cutouts,) = favour_hard(data, look()).cutouts
    without = DataConfig(cutouts=[data.cutouts[0].model_copy(update={"favour": {}})])
    (plain,) = favour_hard(without, look()).cutouts
    assert cutouts.favour["red 2.png"] == pytest.approx(3 * plain.favour["red 2.png"], abs=0.02)
    assert cutouts.favour["red 1.png"] == plain.favour["red 1.png"]


def test_the_patterns_of_the_new_weights_name_one_file_each(data):
    (cutouts,) = favour_hard(data, look()).cutouts
    assert set(cutouts.favour) == {"red 1.png", "red 2.png", "blue [[]1].png"}
    assert max(cutouts.favour.values()) <= 3 * MOST


def test_photos_are_looked_at_only_where_their_alphas_are_to_be_trusted(data):
    (untouched,) = favour_hard(data, look()).photos
    assert untouched == data.photos[0]
    heard = []
    (photos,) = favour_hard(data, look(heard), photos="*1*").photos
    assert photos.favour == {"blue [[]1].png": EASY + 1, "red*": 0.0}  # red ones are left out by the recipe
    assert [words for words in heard if words[0] == "photos"] == [("photos", 1, 1)]


def test_photos_that_have_weights_of_their_own_are_weighed_again(data):
    again = favour_hard(favour_hard(data, look(), photos="*1*"), look(), photos="*1*")
    assert again.photos[0].favour == {"blue [[]1].png": round((EASY + 1) ** 2, 2), "red*": 0.0}


def test_every_file_is_told_of(data):
    heard = []
    favour_hard(data, look(heard))
    assert heard == [("scenes", n, 4) for n in range(1, 5)] + [("cut-outs", n, 3) for n in range(1, 4)]


def test_a_model_without_a_mistake_leaves_the_weights_as_they_are(data, tmp_path):
    (tmp_path / "scenes/poppies.png").unlink()
    (tmp_path / "people/blue [1].png").unlink()
    (cutouts,) = favour_hard(data, look()).cutouts
    assert cutouts.favour_backgrounds == {"meadow.png": 1.0, "sky.png": 1.0, "lawn.png": 0.0}

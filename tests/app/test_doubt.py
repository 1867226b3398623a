import numpy as np
import pytest

from core.trimap import trimap_from_alpha
from matting_studio.app.doubt import Doubt, doubt_of, remark_on


def disc(height=200, width=200, centre=(100, 100), radius=60, soft_px=4):
    y, x = np.mgrid[:height, :width]
    away = np.hypot(y - centre[0], x - centre[1])
    return np.clip((radius - away) / soft_px + 0.5, 0, 1).astype(np.float32)


def doubt(alpha, trimap=None):
    return doubt_of(alpha, trimap_from_alpha(alpha, 3) if trimap is None else trimap)


def test_a_clean_person_is_beyond_doubt():
    assert doubt(disc()).score == 0
    assert doubt(disc()).words == ()


def test_hair_is_beyond_doubt():
    """Half-transparent pixels close to the outline."""
    assert doubt(disc(soft_px=12)).score < 0.05


def test_haze_far_from_the_outline_is_doubtful_and_more_of_it_more_so():
    scores = []
    for haze_px in (20, 40):
        alpha = disc()
        alpha[:haze_px, :haze_px] = 0.4
        scores.append(doubt(alpha).score)
    assert 0.1 < scores[0] < scores[1]
    alpha = disc()
    alpha[80:120, 80:120] = 0.6  # a hole in the middle of the person, nearly
    assert doubt(alpha).words == ("haze",)


def test_a_trimap_that_says_otherwise_is_doubtful():
    alpha = disc()
    trimap = trimap_from_alpha(alpha, 3)
    trimap[:60] = 255
    assert doubt(alpha, trimap).words == ("trimap and alpha disagree",)
    trimap = np.full_like(trimap, 128)
    assert doubt(alpha, trimap).score == 0


def test_a_second_person_is_doubtful_and_a_speck_is_not():
    couple = np.maximum(disc(centre=(100, 50), radius=40), disc(centre=(100, 150), radius=38))
    assert doubt(couple).words == ("several persons",)
    assert doubt(couple).score > 0.7
    assert doubt(np.maximum(disc(), disc(centre=(10, 10), radius=3))).score < 0.05


@pytest.mark.parametrize("alpha", [np.zeros((50, 40), np.float32), np.full((50, 40), 0.3, np.float32)])
def test_nobody_at_all_is_most_doubtful(alpha):
    assert doubt(alpha) == doubt_of(alpha, np.zeros((50, 40), np.uint8))
    assert (doubt(alpha).score, doubt(alpha).words) == (1.0, ("nobody seen",))


def test_the_score_hardly_depends_on_the_size():
    alpha = disc()
    alpha[:30, :30] = 0.4
    large = np.kron(alpha, np.ones((8, 8), np.float32))
    assert doubt(large).score == pytest.approx(doubt(alpha).score, abs=0.05)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (3, 700)])
def test_tiny_and_narrow_pictures(shape):
    assert 0 <= doubt(np.ones(shape, np.float32)).score <= 1


def test_a_person_who_fills_the_frame():
    assert doubt(np.ones((60, 60), np.float32)).score == 0


def test_only_what_nobody_expects_is_worth_a_remark():
    assert "Nobody" in remark_on(doubt(np.zeros((100, 100), np.float32)))
    two = np.maximum(disc(centre=(100, 50), radius=40), disc(centre=(100, 150), radius=35))
    assert "more than one person" in remark_on(doubt(two))
    assert remark_on(doubt(disc())) is None
    assert remark_on(Doubt(0.9, ("haze",))) is None

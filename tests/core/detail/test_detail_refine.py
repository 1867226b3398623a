"""The detail network: asked along the transition, from coarse to fine, and heard there only."""

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from core.detail import refine_detail
from core.detail.refine import GUIDE_EPSILON, GUIDE_RADIUS_PX, tile_side, transition
from core.guided_filter import brought_up

SIDE = 480
COARSE = 160


class Seer:
    """A network that says of each tile what a function of its pixels says."""

    def __init__(self, says: Callable[[np.ndarray], np.ndarray]) -> None:
        self.says = says
        self.batches: list[int] = []

    def refine(self, pictures: Sequence[np.ndarray], alphas: Sequence[np.ndarray]) -> list[np.ndarray]:
        self.batches.append(len(pictures))
        for picture, alpha in zip(pictures, alphas, strict=True):
            assert picture.shape == (*alpha.shape, 3)
            assert all(side % 16 == 0 for side in alpha.shape)
        return [np.clip(self.says(picture), 0, 1).astype(np.float32) for picture in pictures]


def portrait(side: int = SIDE, *, canvas: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A disk with strands of hair, light on dark, whose alpha is told by the red channel."""
    canvas = canvas or side
    alpha = np.zeros((canvas, canvas), np.float32)
    centre = canvas // 2
    cv2.circle(alpha, (centre, centre), side // 4, 1.0, -1, cv2.LINE_AA)
    rng = np.random.default_rng(3)
    for angle in rng.uniform(0, 2 * np.pi, 40):
        tip = [round(centre + side * 0.33 * wave) for wave in (np.cos(angle), np.sin(angle))]
        cv2.line(alpha, (centre, centre), tip, 1.0, max(1, side // 300), cv2.LINE_AA)
    image = np.dstack([alpha * 255, 40 + 0 * alpha, 60 - 20 * alpha])
    return image.astype(np.uint8), alpha


def shrunk(alpha: np.ndarray, side: int = COARSE) -> np.ndarray:
    return cv2.resize(alpha, (side, side), interpolation=cv2.INTER_AREA)


def red(image: np.ndarray) -> np.ndarray:
    return image[..., 0] / np.float32(255)


def error(alpha: np.ndarray, truth: np.ndarray) -> float:
    return float(np.abs(alpha - truth).mean())


def test_tiles_bring_the_detail_that_the_working_size_has_not() -> None:
    image, truth = portrait()
    coarse = shrunk(truth)
    hidden = np.dstack([image[..., 0] // 8 + 100] * 3)  # colours that a guided filter makes little of
    plain = cv2.resize(coarse, (SIDE, SIDE))
    seer = Seer(lambda tile: (tile[..., 0].astype(np.float32) - 100) * 8 / 255)
    assert error(refine_detail(hidden, coarse, seer), truth) < error(plain, truth) / 2


def test_colours_alone_are_better_than_enlarging() -> None:
    image, truth = portrait()
    coarse = shrunk(truth)
    refined = refine_detail(image, coarse, None)
    assert error(refined, truth) < error(cv2.resize(coarse, (SIDE, SIDE)), truth) / 2


def test_strands_that_were_found_are_kept_on_the_way_to_a_large_photos_own_size() -> None:
    _, truth = portrait(1664)
    around = np.random.default_rng(4).uniform(0, 1, (100, 100, 3)).astype(np.float32)
    scene = cv2.resize(around, truth.shape, interpolation=cv2.INTER_CUBIC)
    hair = np.array([0.35, 0.2, 0.1], np.float32)
    photo = np.clip(truth[..., None] * hair + (1 - truth[..., None]) * scene, 0, 1).astype(np.float32)
    found, seen = shrunk(truth, 416), cv2.resize(photo, (416, 416), interpolation=cv2.INTER_AREA)
    refined = refine_detail(photo, shrunk(truth, 208), Seer(lambda _whole: found), closest=2.0)
    wide = brought_up(found, seen, photo, radius_px=GUIDE_RADIUS_PX, epsilon=GUIDE_EPSILON)
    assert error(refined, truth) < 0.35 * error(wide, truth)


def test_a_photo_hardly_larger_than_its_coarse_alpha_is_not_asked_about() -> None:
    image, truth = portrait()
    never = Seer(lambda tile: pytest.fail("the network was asked"))
    refined = refine_detail(image, shrunk(truth, SIDE - 20), never)
    assert error(refined, truth) < 0.01


def test_away_from_the_transition_nothing_changes() -> None:
    image, truth = portrait()
    coarse = shrunk(truth)
    liar = Seer(lambda tile: 1 - red(tile))
    refined = refine_detail(image, coarse, liar, closest=2)
    plain = cv2.resize(coarse, (SIDE, SIDE))
    away = cv2.dilate((transition(plain, SIDE / COARSE) > 0).astype(np.uint8), np.ones((41, 41), np.uint8)) == 0
    assert away.mean() > 0.15
    assert np.abs(refined - plain)[away].max() < 1e-3


@pytest.mark.parametrize("factor", [1.0, 4.5, 17.0])
def test_one_listens_within_reach_of_what_is_open_and_less_towards_its_end(factor: float) -> None:
    """A single open pixel, beside a person: a disc of the reach, averaged over a square of its size."""
    alpha = np.zeros((401, 403), np.float32)
    alpha[200, :100] = 1
    alpha[200, 100] = 0.4
    reach = round(3 * factor)
    rows, columns = np.mgrid[-200:201, -100:303]
    ellipse = np.zeros(alpha.shape, np.float32)
    ellipse[200 - reach : 201 + reach, 100 - reach : 101 + reach] = cv2.getStructuringElement(
        cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)
    )
    listening = transition(alpha, factor)
    np.testing.assert_allclose(listening, cv2.blur(ellipse, (2 * reach + 1, 2 * reach + 1)), atol=1e-6)
    assert listening[np.maximum(np.abs(rows), np.abs(columns)) > 2 * reach].max() == 0


def test_a_faint_haze_far_from_the_person_is_not_made_a_ghost() -> None:
    image, truth = portrait(canvas=2 * SIDE)
    coarse = shrunk(truth, 2 * COARSE)
    coarse[8:12, 8:12] = 0.1
    eager = Seer(lambda tile: np.full(tile.shape[:2], 0.8))
    corner = refine_detail(image, coarse, eager)[:90, :90]
    assert eager.batches
    assert corner.max() < 0.12


def test_each_level_is_told_what_the_one_before_found() -> None:
    image, truth = portrait()
    told: list[np.ndarray] = []

    class Listener(Seer):
        def refine(self, pictures: Sequence[np.ndarray], alphas: Sequence[np.ndarray]) -> list[np.ndarray]:
            told.extend(alphas)
            return super().refine(pictures, alphas)

    refine_detail(image, shrunk(truth), Listener(lambda tile: np.full(tile.shape[:2], 0.25)), closest=3)
    first, last = told[0], told[-1]
    assert first.shape == (320, 320)
    assert last.shape == (SIDE, SIDE)
    shares = [((alpha > 0.24) & (alpha < 0.26)).mean() for alpha in (first, last)]
    assert shares[1] > 5 * shares[0]


def test_a_network_that_says_the_same_changes_nothing_and_leaves_no_seams() -> None:
    """Slopes of alpha everywhere, so that there are tiles everywhere and any seam would show."""
    ramp = np.tile(np.linspace(0.1, 0.9, SIDE, dtype=np.float32), (SIDE, 1))
    image = np.dstack([np.uint8(ramp * 255)] * 3)
    coarse = shrunk(ramp)
    same = Seer(red)
    refined = refine_detail(image, coarse, same, tile_px=96)
    assert sum(same.batches) > 30
    assert np.abs(refined - ramp).max() < 0.01
    assert np.abs(np.diff(refined, 2, axis=1)).max() < 0.01
    assert np.abs(np.diff(refined, 2, axis=0)).max() < 0.01


def test_tiles_do_not_grow_with_the_megapixels() -> None:
    image, truth = portrait()
    larger, _ = portrait(2 * SIDE)
    seers = Seer(red), Seer(red)
    refine_detail(image, shrunk(truth), seers[0], closest=3)
    refine_detail(larger, shrunk(truth), seers[1], closest=3)
    assert sum(seers[0].batches) == sum(seers[1].batches) > 0


def test_more_plain_background_brings_no_more_tiles() -> None:
    image, truth = portrait()
    wide, wide_truth = portrait(canvas=2 * SIDE)
    seers = Seer(red), Seer(red)
    refine_detail(image, shrunk(truth), seers[0], tile_px=96)
    refine_detail(wide, shrunk(wide_truth, 2 * COARSE), seers[1], tile_px=96)
    assert sum(seers[1].batches) <= sum(seers[0].batches) * 1.3


class StoppedError(Exception):
    pass


def test_it_stops_between_batches() -> None:
    image, truth = portrait()
    seer = Seer(red)

    def should_stop() -> None:
        if len(seer.batches) == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        refine_detail(image, shrunk(truth), seer, tile_px=96, tiles_at_once=3, should_stop=should_stop)
    assert seer.batches == [3, 3]


def test_progress_rises_to_the_end() -> None:
    image, truth = portrait()
    seen: list[float] = []
    refine_detail(image, shrunk(truth), Seer(red), tile_px=96, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert len(seen) > 4


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(1, 1), (40, 33), (600, 3), (3, 600), (301, 203)])
def test_photos_of_any_size_and_depth(shape: tuple[int, int], dtype: type) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    deep = image.astype(np.uint16) * 257 if dtype is np.uint16 else image
    deep = image.astype(np.float32) / 255 if dtype is np.float32 else deep
    scale = 128 / max(shape)
    coarse = np.full([max(1, round(side * scale)) for side in shape], 0.55, np.float32)
    refined = refine_detail(deep, coarse, Seer(lambda tile: np.full(tile.shape[:2], 0.6)))
    assert refined.shape == shape
    assert refined.dtype == np.float32
    assert refined.min() >= 0
    assert refined.max() <= 1


@pytest.mark.parametrize("length", [1, 31, 32, 96, 97, 300, 704, 768, 769, 1056, 3000])
def test_tiles_share_a_length_evenly_and_cover_it(length: int) -> None:
    most, margin = 768, 64
    side = tile_side(length, most, margin)
    assert side % 32 == 0
    assert side <= most
    count = 1 if side >= length else math.ceil((length - 2 * margin) / (side - 2 * margin))
    assert count == max(1, math.ceil((length - 2 * margin) / (most - 2 * margin)))

"""Crops are the same for the same number, hold what they should, and data sets are found in people's layouts."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from generated_data import scene, settings, write, write_cutouts, write_pairs

from core.errors import ConfigError, DatasetError
from core.training.batches import CropBatches, Part, batches, stage_at
from core.training.config import AugmentationConfig, CutoutsConfig, PhotosConfig, parse_config
from core.training.datasets import find_pairs
from core.training.lottery import Lottery
from core.training.pieces import add_pieces
from core.training.placing import extent
from core.training.reading import read_colour, read_cutout, read_grey
from core.training.sources import CutoutSource, PhotoSource, by_share, hair_colour

PLAIN = {
    "second_person": 0, "empty": 0, "relight": 0, "colour_match": 0, "camouflage": 0, "background_blur": 0,
    "close_up": 0, "distant": 0, "rotation_degrees": 0,
}  # fmt: skip


def test_a_batch_is_a_function_of_its_number(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path, steps=9, aspect_ratios=[1.0, 0.5, 2.0]))
    one, other = CropBatches(config, Part(), 0), CropBatches(config, Part(), 0)
    shapes = set()
    for step in (5, 0, 3):
        for first, second in zip(one[step], other[step], strict=True):
            assert (first == second).all()
        shapes.add(one[step][0].shape)
    assert not torch.equal(one[3][0], CropBatches(config, Part(), 1)[3][0])
    assert all(shape[2] * shape[3] == 64 * 64 for shape in shapes)


def test_processes_share_a_batch_without_overlap(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path))
    whole = CropBatches(config, Part(), 0)[2]
    halves = [CropBatches(config, Part(rank, 2), 0)[2] for rank in range(2)]
    for i, tensor in enumerate(whole):
        assert (tensor[:2] == halves[0][i]).all()
        assert (tensor[2:] == halves[1][i]).all()


@pytest.mark.parametrize("count", [3, 8])
def test_a_batch_that_cannot_be_shared_evenly_is_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(ConfigError, match=rf"stages\.0\.batch_size is 4, which {count} processes cannot share evenly"):
        CropBatches(parse_config(settings(tmp_path)), Part(0, count), 0)


@pytest.mark.slow
def test_workers_draw_what_the_process_itself_draws(tmp_path: Path) -> None:
    values = settings(tmp_path, steps=4)
    alone = [batch.images for batch in batches(parse_config(values), Part(), 0, 1)]
    values["data"]["workers"] = 2
    helped = [batch.images for batch in batches(parse_config(values), Part(), 0, 1)]
    assert len(alone) == 3
    assert all((a == b).all() for a, b in zip(alone, helped, strict=True))


def test_composed_crops_are_their_layers(tmp_path: Path) -> None:
    source = CutoutSource(CutoutsConfig(**write_cutouts(tmp_path, count=1)), AugmentationConfig(**PLAIN))
    crop = source.draw(np.random.default_rng(0), 64, 64)
    assert crop.image.shape == (64, 64, 3)
    assert crop.alpha.max() > 0.99
    assert crop.alpha.min() == 0
    # The person stands on the lower edge.
    assert (crop.alpha[-1] > 0.9).any()
    inside = crop.image[crop.alpha > 0.99]
    assert np.ptp(inside, axis=0).max() < 0.02  # one colour, as the cut-out has


def test_a_scene_takes_on_the_colour_of_somebodys_hair(tmp_path: Path) -> None:
    folders = CutoutsConfig(**write_cutouts(tmp_path, count=1))
    differences = []
    for camouflage in (0, 1):
        source = CutoutSource(folders, AugmentationConfig(**PLAIN | {"camouflage": camouflage}))
        crops = [source.draw(np.random.default_rng(seed), 64, 64) for seed in range(10)]
        differences.append(
            np.mean(
                [np.abs(crop.image[crop.alpha == 0].mean(0) - crop.image[crop.alpha > 0.99].mean(0)) for crop in crops]
            )
        )
    assert differences[1] < 0.5 * differences[0]


def test_pieces_lie_on_people_and_in_scenes_and_leave_alpha_as_it_is(tmp_path: Path) -> None:
    folders = CutoutsConfig(**write_cutouts(tmp_path, count=1))
    plain, pieced = (
        CutoutSource(folders, AugmentationConfig(**PLAIN | {"pieces": chance})).person(
            np.random.default_rng(5), 64, 64, AugmentationConfig(**PLAIN)
        )
        for chance in (0, 1)
    )
    np.testing.assert_array_equal(pieced[1], plain[1])
    assert pieced[0].min() >= 0
    assert pieced[0].max() <= 1
    on_the_person = np.abs(pieced[0] - plain[0]).max(axis=2) > 0.05
    assert 0 < on_the_person[plain[1] > 0.99].mean() < 1
    source = CutoutSource(folders, AugmentationConfig(**PLAIN | {"empty": 1, "pieces": 1}))
    without = CutoutSource(folders, AugmentationConfig(**PLAIN | {"empty": 1}))
    crops = [each.draw(np.random.default_rng(3), 64, 64) for each in (source, without)]
    assert 0 < (np.abs(crops[0].image - crops[1].image).max(axis=2) > 0.05).mean() < 1
    assert not crops[0].alpha.any()


def test_who_is_not_opaque_anywhere_gets_no_pieces() -> None:
    haze = np.full((8, 8, 3), 0.5, np.float32)
    assert add_pieces(haze, np.full((8, 8), 0.4, np.float32), np.random.default_rng(0)) is haze


def test_hair_is_looked_for_along_the_upper_half_of_the_outline() -> None:
    opacity = np.zeros((40, 20), np.float32)
    opacity[10:40, 5:15] = 1
    opacity[10:40, 4:6] = 0.5
    colours = np.zeros((40, 20, 3), np.float32)
    colours[:25, 4:6] = (0.5, 0.25, 0)
    colours[25:] = 1
    np.testing.assert_allclose(hair_colour(colours, opacity), (0.5, 0.25, 0), atol=1e-3)


def test_some_crops_are_empty_and_some_have_two_persons(tmp_path: Path) -> None:
    folders = CutoutsConfig(**write_cutouts(tmp_path))
    empty = CutoutSource(folders, AugmentationConfig(empty=1)).draw(np.random.default_rng(0), 64, 64)
    assert empty.alpha.max() == 0
    one, two = (
        np.mean(
            [
                CutoutSource(folders, AugmentationConfig(second_person=chance, empty=0))
                .draw(np.random.default_rng(seed), 64, 64)
                .alpha.mean()
                for seed in range(20)
            ]
        )
        for chance in (0, 1)
    )
    assert two > 1.15 * one


def test_people_far_away_are_as_small_as_the_configuration_says(tmp_path: Path) -> None:
    away = AugmentationConfig(**PLAIN | {"distant": 1}, distant_height=(0.2, 0.4))
    source = CutoutSource(CutoutsConfig(**write_cutouts(tmp_path)), away)
    for seed in range(10):
        alpha = source.draw(np.random.default_rng(seed), 96, 96).alpha
        _, top, _, bottom = extent(alpha)
        assert 0.1 * 96 <= bottom - top <= 0.48 * 96
        assert (alpha[-1] > 0.9).any()  # a chest does not hang in the air


def test_who_is_seen_to_the_feet_and_far_away_stands_on_the_ground(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path, count=1)
    figure = np.zeros((96, 96, 4), np.uint8)
    figure[10:60, 30:66], figure[60:90, 40:46], figure[60:90, 50:56] = 255, 255, 255
    write(tmp_path / "foregrounds" / "0.png", figure)
    away = AugmentationConfig(**PLAIN | {"distant": 1}, distant_height=(0.2, 0.4))
    source = CutoutSource(CutoutsConfig(**folders), away)
    feet = [extent(source.draw(np.random.default_rng(seed), 96, 96).alpha)[3] for seed in range(20)]
    assert min(feet) < 75
    assert min(feet) >= 0.55 * 96
    close = CutoutSource(CutoutsConfig(**folders), AugmentationConfig(**PLAIN, person_height=(0.8, 0.9)))
    assert all(extent(close.draw(np.random.default_rng(seed), 96, 96).alpha)[3] >= 95 for seed in range(5))


@pytest.mark.parametrize("nearness", [{}, {"close_up": 1}, {"distant": 1}])
def test_whom_their_photo_cut_off_at_a_shoulder_the_crop_cuts_off_too(
    tmp_path: Path, nearness: dict[str, float]
) -> None:
    person = np.zeros((60, 60, 4), np.uint8)
    person[20:, 15:] = 255  # the shoulder on the right goes on beyond the photo
    for name in ("fg", "bg"):
        (tmp_path / name).mkdir()
    write(tmp_path / "fg/a.png", person)
    write(tmp_path / "bg/a.png", np.zeros((60, 60, 3), np.uint8))
    settings = AugmentationConfig.model_validate({**PLAIN, "flip": 0, "rotation_degrees": 20, **nearness})
    source = CutoutSource(CutoutsConfig(foregrounds=tmp_path / "fg", backgrounds=tmp_path / "bg"), settings)
    alphas = [source.draw(np.random.default_rng(seed), 64, 64).alpha for seed in range(30)]
    assert all((alpha.max(axis=1) == alpha[:, -1]).all() for alpha in alphas)
    assert all((alpha[-1] > 0.5).any() for alpha in alphas)
    assert any(alpha[0, 0] == 0 for alpha in alphas)


def test_cut_outs_whose_hair_is_not_to_trust_count_less_there(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path, count=1)
    for weight in (1.0, 0.25):
        source = CutoutSource(CutoutsConfig(**folders, transition_weight=weight), AugmentationConfig())
        assert source.draw(np.random.default_rng(0), 64, 64).transition_weight == weight


def test_sources_are_drawn_as_often_as_their_shares_say(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path, count=1)
    sources = [CutoutSource(CutoutsConfig(**folders, share=share), AugmentationConfig()) for share in (1, 3, 0)]
    rng = np.random.default_rng(0)
    drawn = [sources.index(by_share(sources, rng)) for _ in range(400)]
    assert np.bincount(drawn, minlength=3) / 400 == pytest.approx([0.25, 0.75, 0], abs=0.06)
    assert drawn.count(2) == 0


def test_favoured_files_come_more_often() -> None:
    lot = Lottery([Path("0.png"), Path("1.png"), Path("2.png")], {"2.*": 8.0})
    rng = np.random.default_rng(0)
    drawn = np.bincount([lot.draw(rng) for _ in range(2000)], minlength=3) / 2000
    assert drawn == pytest.approx([0.1, 0.1, 0.8], abs=0.03)


def test_sources_favour_what_their_configuration_says(tmp_path: Path) -> None:
    cutouts = CutoutSource(CutoutsConfig(**write_cutouts(tmp_path / "a"), favour={"2.*": 8.0}), AugmentationConfig())
    photos = PhotoSource(
        PhotosConfig(**write_pairs(tmp_path / "b", count=3), favour={"*2.*": 8.0}), AugmentationConfig()
    )
    assert cutouts.lot.cumulative == pytest.approx([0.1, 0.2, 1.0])
    assert photos.lot.cumulative == pytest.approx([0.1, 0.2, 1.0])


def test_a_background_that_is_never_to_be_drawn_is_not(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path)
    (tmp_path / "backgrounds" / "1.jpg").write_bytes(b"no picture, and so an error wherever it is drawn")
    empty = AugmentationConfig(empty=1)
    kept = CutoutSource(CutoutsConfig(**folders, favour_backgrounds={"1.*": 0.0, "2.*": 3.0}), empty)
    assert kept.scenes.cumulative == pytest.approx([0.25, 0.25, 1.0])
    crops = [kept.draw(np.random.default_rng(seed), 64, 64) for seed in range(30)]
    assert not any(crop.alpha.any() for crop in crops)
    alone = CutoutSource(CutoutsConfig(**folders, favour_backgrounds={"1.*": 1.0, "*": 0.0}), empty)
    with pytest.raises(DatasetError, match=r"1\.jpg"):
        alone.draw(np.random.default_rng(0), 64, 64)


def test_files_that_can_never_be_drawn_are_refused() -> None:
    with pytest.raises(DatasetError, match="can be drawn"):
        Lottery([Path("0.png")], {"*": 0.0})


def test_photo_crops_keep_photo_and_alpha_together(tmp_path: Path) -> None:
    source = PhotoSource(PhotosConfig(**write_pairs(tmp_path, count=1)), AugmentationConfig(relight=0))
    for seed in range(5):
        crop = source.draw(np.random.default_rng(seed), 64, 96)
        person = crop.image[crop.alpha > 0.99]
        assert len(person)
        assert np.ptp(person, axis=0).max() < 0.12  # JPEG leaves a little


@pytest.mark.parametrize("flip", [0, 1])
def test_the_contrast_of_known_layers_belongs_to_the_crop(tmp_path: Path, flip: int) -> None:
    black, white = np.zeros((96, 96, 3), np.uint8), np.full((96, 96), 255, np.uint8)
    for name, pixels in (("image", scene(0)), ("fg", scene(0)), ("bg", black), ("alpha", white)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "0.png", pixels)
    source = PhotoSource(PhotosConfig(folder=tmp_path), AugmentationConfig(relight=0, flip=flip))
    crop = source.draw(np.random.default_rng(0), 64, 64)
    assert np.ptp(crop.contrast) > 0.1
    assert crop.contrast == pytest.approx(crop.image.mean(axis=2))  # over black, where the person is everything


@pytest.mark.parametrize(
    ("images", "alphas"),
    [("image", "alpha"), ("image", "mask"), ("train/blurred_image", "train/mask"), ("train/image", "train/alpha"),
     ("original_image", "mask")],
)  # fmt: skip
def test_layouts_are_found(tmp_path: Path, images: str, alphas: str) -> None:
    write_pairs(tmp_path, images, alphas)
    pairs = find_pairs(tmp_path)
    assert [pair.image.name for pair in pairs] == ["0.jpg", "1.jpg", "2.jpg"]
    assert all(pair.image.stem == pair.alpha.stem for pair in pairs)


def test_layers_and_trimaps_beside_the_images_are_found(tmp_path: Path) -> None:
    write_pairs(tmp_path, "image", "fg")
    write_pairs(tmp_path / "more", "bg", "trimap")
    write_pairs(tmp_path / "alphas", "image", "alpha")
    for name, source in (("bg", "more/bg"), ("trimap", "more/trimap"), ("alpha", "alphas/alpha")):
        (tmp_path / source).rename(tmp_path / name)
    (pair, *_) = find_pairs(tmp_path)
    found = [path.parent.name for path in (pair.foreground, pair.background, pair.trimap) if path]
    assert found == ["fg", "bg", "trimap"]


def test_photos_without_alpha_are_named(tmp_path: Path) -> None:
    write_pairs(tmp_path)
    (tmp_path / "alpha" / "1.png").unlink()
    with pytest.raises(DatasetError, match=r"have no alpha .*1\.jpg"):
        find_pairs(tmp_path)


def test_a_folder_that_is_no_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is no data set"):
        find_pairs(tmp_path)


def test_a_cutout_without_alpha_is_refused(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path)
    source = CutoutSource(
        CutoutsConfig(foregrounds=folders["backgrounds"], backgrounds=folders["backgrounds"]),
        AugmentationConfig(empty=0),
    )
    with pytest.raises(DatasetError, match="no alpha channel"):
        source.draw(np.random.default_rng(0), 64, 64)


@pytest.mark.parametrize("content", [b"", b"nothing"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "1.png"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"1\.png is damaged, cut short or no picture\."):
        read_grey(path)


@pytest.mark.parametrize(
    ("read", "shape", "samples", "kind"),
    [
        (read_grey, (8, 8), np.float32, "32-bit floats"),
        (read_colour, (8, 8, 3), np.float32, "32-bit floats"),
        (read_cutout, (8, 8, 4), np.float32, "32-bit floats"),
        (read_grey, (8, 8), np.float64, "64-bit floats"),
        (read_cutout, (8, 8, 4), np.int32, "32-bit integers"),
    ],
)
def test_samples_that_training_does_not_read_are_named_and_never_taken_for_bytes(
    tmp_path: Path, read, shape, samples, kind: str
) -> None:
    path = tmp_path / "1.tif"
    assert cv2.imwrite(str(path), np.ones(shape, samples))
    with pytest.raises(DatasetError, match=rf"1\.tif holds {kind}, which training does not read; save it with 8 or 16"):
        read(path)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"1\.png cannot be read \(No such file or directory\)"):
        read_grey(tmp_path / "1.png")
    (tmp_path / "2.png").mkdir()
    with pytest.raises(DatasetError, match=r"2\.png cannot be read \("):
        read_grey(tmp_path / "2.png")


def test_stages_follow_each_other(tmp_path: Path) -> None:
    values = settings(tmp_path)
    values["schedule"]["stages"] = [
        {"steps": 2, "crop_px": 64, "batch_size": 4},
        {"steps": 3, "crop_px": 128, "batch_size": 2},
    ]
    schedule = parse_config(values).schedule
    assert [stage_at(schedule, step).crop_px for step in range(5)] == [64, 64, 128, 128, 128]
    assert schedule.total_steps == 5


def test_nothing_to_train_on_is_an_error(tmp_path: Path) -> None:
    values = settings(tmp_path)
    values["data"]["cutouts"] = values["data"]["photos"] = []
    with pytest.raises(ConfigError, match="nothing to train on"):
        CropBatches(parse_config(values), Part(), 0)

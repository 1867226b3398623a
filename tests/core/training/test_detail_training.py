"""The detail network's training: composites are made once, crops follow from their numbers, runs go on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from generated_data import write_cutouts
from safetensors.numpy import load_file
from safetensors.torch import save_file

from core.checkpoint import ModelFile, plain_weights, save_model
from core.errors import CheckpointError, ConfigError, DatasetError
from core.network import MTGINet
from core.network.detail import CERTAIN, DetailNet
from core.normalisation import normalise
from core.training.config import validated
from core.training.detail.cascade import told_by_itself
from core.training.detail.composites import composite_path, make_composites
from core.training.detail.config import DetailConfig, DetailLossConfig, load_detail_config
from core.training.detail.crops import DetailCrops
from core.training.detail.losses import detail_losses
from core.training.detail.trainer import DetailTrainer

RECIPE = Path(__file__).parents[3] / "resources/recipes/detail.toml"
COUNT = 3


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("detail")
    torch.manual_seed(1)
    save_model(folder / "model.safetensors", ModelFile(plain_weights(MTGINet(0.125)), 0.125))
    return {
        "composites": {
            "cutouts": [write_cutouts(folder / "data")],
            "model": str(folder / "model.safetensors"),
            "count": COUNT,
            "longer_side_px": [140, 180],
            "aspect_ratios": [0.8, 1.3],
            "working_sizes_px": [96],
        },
        "augmentation": {"empty": 0.0},
        "crops": {"side_px": 64, "batch_size": 2, "told_by_itself": 0.5, "workers": 0},
        "steps": 6,
        "checkpoint_steps": 4,
    }


@pytest.fixture(scope="module")
def config(values: dict[str, Any]) -> DetailConfig:
    return validated(DetailConfig, values)


@pytest.fixture(scope="module")
def composites(config: DetailConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("composites")
    assert list(make_composites(config, folder)) == list(range(COUNT))
    return folder


def test_the_recipe_of_the_shipped_network_can_be_read() -> None:
    assert all(cutouts.favour for cutouts in load_detail_config(RECIPE).composites.cutouts)


@pytest.mark.parametrize(
    ("table", "key", "wrong"),
    [
        ("crops", "side_px", 100),
        ("crops", "seed", -1),
        ("composites", "longer_side_px", [180, 140]),
        ("composites", "working_sizes_px", [0]),
        ("composites", "aspect_ratios", [0.0]),
        ("composites", "count", True),
        ("composites", "model", ""),
        ("composites", "cutouts", []),
        ("crops", "batch_size", True),
        ("crops", "workers", 5000),
        ("crops", "true_alpha", True),
    ],
)
def test_a_setting_that_is_wrong_is_named(values: dict[str, Any], table: str, key: str, wrong: object) -> None:
    with pytest.raises(ConfigError, match=rf"{table}\.{key}"):
        validated(DetailConfig, {**values, table: {**values[table], key: wrong}})


def test_one_of_the_cut_outs_needs_a_share(values: dict[str, Any]) -> None:
    (cutouts,) = values["composites"]["cutouts"]
    never = {**values["composites"], "cutouts": [{**cutouts, "share": 0}]}
    with pytest.raises(ConfigError, match=r"composites\.cutouts: One of the sets to train on needs a share above 0"):
        validated(DetailConfig, {**values, "composites": never})


def test_composites_are_made_once_and_the_same_again(config: DetailConfig, composites: Path, tmp_path: Path) -> None:
    made = [np.load(composite_path(composites, number)) for number in range(COUNT)]
    for planes in made:
        assert planes.dtype == np.uint8
        assert planes.shape[2] == 5
        assert 140 <= max(planes.shape) <= 180
        assert 0 < (planes[..., 4] > 128).mean() < 1
    path = composite_path(composites, 1)
    path.unlink()
    touched = composite_path(composites, 0).stat().st_mtime_ns
    assert list(make_composites(config, composites)) == list(range(COUNT))
    assert (np.load(path) == made[1]).all()
    assert composite_path(composites, 0).stat().st_mtime_ns == touched


def test_crops_follow_from_their_number_and_lie_at_the_outline(config: DetailConfig, composites: Path) -> None:
    crops = DetailCrops(config.crops, composites, COUNT, steps=10)
    batches = [crops[step] for step in range(10)]
    assert all(batch.shape == (2, 5, 64, 64) and batch.dtype == torch.uint8 for batch in batches)
    assert (crops[7] == batches[7]).all()
    assert not (batches[0] == batches[1]).all()
    true = torch.cat(batches)[:, 4].float() / 255
    assert ((true > 0.02) & (true < 0.98)).flatten(1).any(dim=1).float().mean() > 0.8


def test_what_is_told_is_now_and_then_the_true_alpha_made_small(config: DetailConfig, composites: Path) -> None:
    settings = config.crops.model_copy(update={"true_alpha": 1.0})
    planes = DetailCrops(settings, composites, COUNT, steps=1)[0].float() / 255
    assert (planes[:, 3] - planes[:, 4]).abs().mean() < 0.03
    assert (planes[:, 3] - planes[:, 4]).abs().max() > 0


def test_a_network_is_told_its_own_word_from_further_away(
    config: DetailConfig, composites: Path, tmp_path: Path
) -> None:
    batch = DetailCrops(config.crops, composites, COUNT, steps=1)[0]
    network = DetailNet().eval()
    with torch.no_grad():  # says what it is told, made a little harder
        network.head.weight.zero_()
        network.head.bias.zero_()
    words = told_by_itself(network, batch)
    assert words.shape == (2, 1, 64, 64)
    harder = (torch.tanh(CERTAIN * (2 * batch[:, 3:4].float() / 255 - 1)) + 1) / 2
    assert 0 < (words.float() / 255 - harder).abs().mean() < 0.02
    trainer = DetailTrainer(config, composites, tmp_path)
    told = trainer.told(batch)
    assert (told[:1, 3:4] == told_by_itself(trainer.averaged.module, batch[:1])).all()
    assert (told[1:] == batch[1:]).all()
    assert (told[:, [0, 1, 2, 4]] == batch[:, [0, 1, 2, 4]]).all()
    assert (told != batch).any()


def test_composites_without_an_outline_are_an_error(config: DetailConfig, tmp_path: Path) -> None:
    np.save(composite_path(tmp_path, 0), np.zeros((100, 100, 5), np.uint8))
    with pytest.raises(DatasetError, match="have nobody in them"):
        DetailCrops(config.crops, tmp_path, 1, steps=1)[0]


def test_losses_vanish_where_alpha_is_right_and_count_along_the_outline_most() -> None:
    true = torch.zeros(1, 1, 64, 64)
    true[..., 32:] = 1
    true[..., 32] = 0.5
    weights = DetailLossConfig()
    assert all(float(loss) == 0 for loss in detail_losses(true, true, true, weights).values())
    at_outline, away = true.clone(), true.clone()
    at_outline[..., 30] += 0.5
    away[..., 5] += 0.5
    losses = [sum(detail_losses(alpha, true, true, weights).values()) for alpha in (at_outline, away)]
    assert losses[0] > 2 * losses[1] > 0


def test_it_learns(config: DetailConfig, composites: Path, tmp_path: Path) -> None:
    trainer = DetailTrainer(
        config.model_copy(update={"steps": 40, "warmup_steps": 5, "learning_rate": 3e-3}), composites, tmp_path
    )
    crops = DetailCrops(config.crops, composites, COUNT, steps=8)
    batch = torch.cat([crops[step] for step in range(8)])
    known, true = batch[:, 3:4].float() / 255, batch[:, 4:5].float() / 255

    @torch.no_grad()
    def loss() -> float:
        alpha = trainer.network(normalise(batch[:, :3]), known)
        return float(sum(detail_losses(alpha, known, true, config.loss).values()))

    before = loss()
    assert len([*trainer.train()]) == 2
    assert loss() < 0.9 * before


def test_a_run_that_was_broken_off_goes_on_and_ends_as_it_would_have(
    config: DetailConfig, composites: Path, tmp_path: Path
) -> None:
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    list(DetailTrainer(config, composites, tmp_path / "whole").train())
    broken = DetailTrainer(config, composites, tmp_path / "parts")
    for batch in broken.batches():
        broken.learn(batch)
        broken.step += 1
        if broken.step == 4:
            broken.save()
            break
    resumed = DetailTrainer(config, composites, tmp_path / "parts")
    assert resumed.step == 4
    list(resumed.train())
    whole, parts = (load_file(tmp_path / name / "detail.safetensors") for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all((whole[name] == parts[name]).all() for name in whole)


def test_it_starts_from_the_weights_of_a_run_before(config: DetailConfig, composites: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    list(DetailTrainer(config, composites, tmp_path / "first").train())
    weights = tmp_path / "first" / "detail.safetensors"
    started = DetailTrainer(config.model_copy(update={"base": weights}), composites, tmp_path / "second")
    stored = load_file(weights)
    for state in (started.network.state_dict(), started.averaged.module.state_dict()):
        assert all(np.allclose(state[name].numpy(), values) for name, values in stored.items())
    other = config.model_copy(update={"base": Path(config.composites.model)})
    with pytest.raises(CheckpointError, match="does not hold the detail network: choose another base"):
        DetailTrainer(other, composites, tmp_path / "second")
    save_file({"weight": torch.zeros(2, dtype=torch.bfloat16)}, strange := tmp_path / "strange.safetensors")
    with pytest.raises(CheckpointError, match="damaged: choose another base"):
        DetailTrainer(config.model_copy(update={"base": strange}), composites, tmp_path / "second")
    started.save()
    weights.unlink()
    assert DetailTrainer(started.config, composites, tmp_path / "second").step == 0  # goes on, and needs no base


@pytest.mark.slow
def test_the_script_trains_from_nothing_to_a_file(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tools import train_detail  # noqa: PLC0415

    config = tmp_path / "config.json"
    # With a process that prepares crops, forked after the composites were made here.
    config.write_text(json.dumps({**values, "crops": {**values["crops"], "workers": 1}}), encoding="utf-8")
    run = tmp_path / "run"
    assert train_detail.main(["--config", str(config), "--run", str(run)]) == 0
    assert (run / "detail.safetensors").is_file()
    assert "Finished" in capsys.readouterr().out
    assert train_detail.main(["--config", str(tmp_path / "none.toml"), "--run", str(run)]) == 2
    assert "cannot be read" in capsys.readouterr().err

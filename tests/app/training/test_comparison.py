"""Two models on the same photos: which one is better is said, and said only where it is so."""

from pathlib import Path

import pytest
import torch
from generated_data import write_pairs

from core.checkpoint import ModelFile, plain_weights, save_model
from core.network import MTGINet
from core.training.datasets import find_pairs
from matting_studio.app.training.comparison import Comparison, Row, compare


@pytest.fixture
def pairs(tmp_path):
    write_pairs(tmp_path / "pairs", count=3)
    return find_pairs(tmp_path / "pairs")


@pytest.fixture
def models(tmp_path):
    files = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        network = MTGINet(width=0.125)
        files.append(tmp_path / f"{seed}.safetensors")
        save_model(files[-1], ModelFile(plain_weights(network), network.width, {"size_px": "64"}))
    return files


def test_each_photo_has_the_mad_of_each_model(models, pairs):
    heard = []
    found = compare([*models, models[0]], pairs, device="cpu", on_progress=lambda *progress: heard.append(progress))
    assert [row.photo for row in found.rows] == [pair.image for pair in pairs]
    assert all(first == third != second for first, second, third in (row.mads for row in found.rows))
    assert heard == [(done, 9) for done in range(1, 10)]
    assert not found.is_better(after=2, before=0)


def test_stopped_it_compares_what_every_model_has_seen(models, pairs):
    heard = []
    found = compare(
        models, pairs, device="cpu", on_progress=lambda *args: heard.append(args), should_stop=lambda: len(heard) == 4
    )
    assert len(found.rows) == 1
    assert compare(models, pairs, device="cpu", should_stop=lambda: True).rows == ()


def comparison(*mads):
    rows = tuple(Row(Path(f"{number}.png"), pair) for number, pair in enumerate(mads))
    return Comparison((Path("before"), Path("after")), rows)


def test_better_is_said_only_of_what_is_clearly_so():
    assert comparison((0.04, 0.02), (0.02, 0.025)).is_better()
    assert comparison((0.04, 0.02), (0.02, 0.025)).verdict() == (
        "Better by 25%: MAD 0.0300 before and 0.0225 after, lower on 1 of 2 photos."
    )
    assert not comparison((0.0400, 0.0399)).is_better()
    assert comparison((0.04, 0.05)).verdict().startswith("Not better: ")
    assert not comparison().is_better()
    assert comparison().verdict() == "Nothing was compared."

"""Ten steps tell what a run would take, and leave nothing."""

from pathlib import Path

import pytest
import torch
from generated_data import settings

from core.errors import TrainingError
from core.training import loop
from core.training.batches import Batch
from core.training.config import parse_config
from core.training.figures import StepFigures
from core.training.probe import probe
from core.training.processes import Processes

ALONE = Processes(0, 1, 0)


def test_the_largest_stage_is_probed_and_the_whole_schedule_foretold(tmp_path: Path) -> None:
    values = settings(tmp_path / "data")
    values["schedule"]["stages"] = [
        {"steps": 4000, "crop_px": 64, "batch_size": 2},
        {"steps": 100, "crop_px": 128, "batch_size": 4},
    ]
    values["data"]["validation"] = []
    before = sorted(tmp_path.rglob("*"))
    found = probe(parse_config(values), ALONE)
    assert found.photos_per_second == pytest.approx(4 / found.seconds_per_step)
    assert found.expected_seconds == pytest.approx(found.seconds_per_step * (100 + 4000 / 8))
    assert (found.total_steps, found.device) == (4100, "CPU")
    assert 100 << 20 < found.memory_bytes < 100 << 30
    assert sorted(tmp_path.rglob("*")) == before


def test_one_process_stands_for_those_that_share_the_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = settings(tmp_path / "data")
    values["schedule"]["stages"] = [{"steps": 100, "crop_px": 64, "batch_size": 8}]
    values["data"]["validation"] = []
    values["run"]["processes"] = 4
    taken = []
    genuine = loop.Trainer.step

    def noted(self: loop.Trainer, batch: Batch) -> StepFigures:
        taken.append(len(batch.images))
        return genuine(self, batch)

    monkeypatch.setattr(loop.Trainer, "step", noted)
    found = probe(parse_config(values), ALONE)
    assert set(taken) == {2}
    assert found.processes == 4
    assert found.photos_per_second == pytest.approx(8 / found.seconds_per_step)


def test_validations_count(tmp_path: Path) -> None:
    values = settings(tmp_path / "data", steps=10)
    values["run"]["validate_steps"] = 1
    found = probe(parse_config(values), ALONE)
    assert found.expected_seconds > 1.01 * 10 * found.seconds_per_step


def test_what_a_run_would_fail_of_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = parse_config(settings(tmp_path / "data"))

    def hungry(*args: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(loop, "weighted_losses", hungry)
    with pytest.raises(TrainingError, match=r"lower crop_px"):
        probe(config, ALONE)
    monkeypatch.setattr(loop, "weighted_losses", lambda *args: {"alpha": torch.tensor(float("nan"))})
    with pytest.raises(TrainingError, match="the loss is nan"):
        probe(config, ALONE)

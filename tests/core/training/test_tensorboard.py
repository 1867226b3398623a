"""TensorBoard is an extra: asked for without being there, it is named; where it is, it shows a run's figures."""

import sys
from pathlib import Path

import pytest
from generated_data import settings

from core.errors import ConfigError
from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.processes import Processes
from core.training.run import RunFolder
from core.training.tensorboard import TensorBoard


def test_without_tensorboard_the_setting_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ConfigError, match=r"run\.tensorboard needs TensorBoard: install it"):
        TensorBoard(tmp_path / "logs")


def test_the_figures_of_a_run_and_of_its_resumption_open_in_tensorboard(tmp_path: Path) -> None:
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    values = settings(tmp_path / "data", steps=4)
    values["run"] |= {"tensorboard": True, "validate_steps": 2}
    config = parse_config(values)
    run = RunFolder(tmp_path / "run")
    run.create(config)
    taken: list[int] = []
    alone = Processes(0, 1, 0)
    Trainer(config, run, alone, should_stop=lambda: len(taken) == 3, on_step=lambda *_: taken.append(1)).train()
    again = Trainer(config, run, alone)
    again.resume()
    again.train()
    board = reading.EventAccumulator(str(run.tensorboard))
    board.Reload()
    assert [scalar.step for scalar in board.Scalars("loss/alpha")] == [1, 2, 3, 4]
    assert [scalar.step for scalar in board.Scalars("held back/mad")] == [2, 4]
    assert {"run/learning_rate", "run/gradient_norm", "run/memory_bytes"} <= set(board.Tags()["scalars"])

"""Runs end, stop, resume and fall back as an undisturbed run would have gone."""

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
import torch
from generated_data import SIDE, settings

from core.checkpoint import load_network, read_model
from core.errors import TrainingError
from core.memory_plan import Room, Size, Work, plan_memory
from core.training import loop
from core.training.batches import Batch
from core.training.config import TrainingConfig, parse_config
from core.training.loop import Trainer
from core.training.plain_log import plain
from core.training.processes import Processes
from core.training.run import RunFolder

ALONE = Processes(rank=0, count=1, local_rank=0)


def start(config: TrainingConfig, folder: Path, **listeners: Any) -> Trainer:
    run = RunFolder(folder)
    run.create(config)
    return Trainer(config, run, ALONE, **listeners)


def events(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = (folder / "events.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == kind]


def losses(folder: Path) -> dict[int, dict[str, float]]:
    return {event["step"]: event["losses"] for event in events(folder, "step")}


@pytest.mark.parametrize("workers", [0, 1])
def test_a_resumed_run_has_the_losses_of_an_undisturbed_one(tmp_path: Path, workers: int) -> None:
    values = settings(tmp_path / "data", steps=6, aspect_ratios=[1.0, 0.5])
    values["data"]["workers"] = workers
    config = parse_config(values)
    start(config, tmp_path / "whole").train()

    steps: list[int] = []
    first = start(
        config,
        tmp_path / "parts",
        should_stop=lambda: len(steps) == 3,
        on_step=lambda step, figures: steps.append(step),
    )
    first.train()
    assert max(losses(tmp_path / "parts")) == 3
    second = Trainer(config, RunFolder(tmp_path / "parts"), ALONE)
    second.resume()
    second.train()

    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    whole, parts = (torch.load(tmp_path / run / "checkpoint.pt", weights_only=True) for run in ("whole", "parts"))
    for kept in ("network", "averaged"):
        assert all(torch.equal(whole[kept][name], parts[kept][name]) for name in whole[kept])


def test_a_run_that_is_asked_to_stop_at_its_last_step_is_finished(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=1))
    start(config, tmp_path / "run", should_stop=lambda: True).train()
    assert events(tmp_path / "run", "finished")
    assert not events(tmp_path / "run", "stopped")
    assert load_network(tmp_path / "run" / "last.safetensors").width == 0.125


def test_a_killed_run_repeats_the_steps_since_its_checkpoint(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=5))

    class Killed(BaseException):
        pass

    def kill_at_four(step: int, figures: object) -> None:
        if step == 4:
            raise Killed

    killed = start(config, tmp_path / "run", on_step=kill_at_four)
    with pytest.raises(Killed):
        killed.train()
    before = losses(tmp_path / "run")
    again = Trainer(config, RunFolder(tmp_path / "run"), ALONE)
    again.resume()
    again.train()
    after = losses(tmp_path / "run")
    assert sorted(after) == [1, 2, 3, 4, 5]
    assert {step: after[step] for step in before} == before


def test_losses_fall(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=40, learning_rate=3e-3))
    start(config, tmp_path / "run").train()
    totals = [sum(step.values()) for _, step in sorted(losses(tmp_path / "run").items())]
    assert sum(totals[-8:]) < 0.9 * sum(totals[:8])


def test_a_loss_that_is_not_finite_goes_back_to_the_last_good_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = parse_config(settings(tmp_path / "data", steps=4))
    trainer = start(config, tmp_path / "run")
    genuine = loop.weighted_losses
    calls = []

    def poisoned(*args: Any) -> dict[str, torch.Tensor]:
        calls.append(1)
        parts = genuine(*args)
        return {name: part * float("nan") for name, part in parts.items()} if len(calls) == 3 else parts

    monkeypatch.setattr(loop, "weighted_losses", poisoned)
    trainer.train()
    (rollback,) = events(tmp_path / "run", "rollback")
    assert rollback["failed_at"] == 2
    assert trainer.state.step == 4
    assert trainer.state.generation == 1
    assert all(torch.isfinite(p).all() for p in trainer.state.network.parameters())


def test_a_roll_back_does_not_forget_the_best_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = settings(tmp_path / "data", steps=4)
    values["run"]["validate_steps"] = 2
    trainer = start(parse_config(values), tmp_path / "run")
    genuine = loop.weighted_losses
    calls = []

    def poisoned(*args: Any) -> dict[str, torch.Tensor]:
        calls.append(1)
        return {"alpha": torch.tensor(float("nan"))} if len(calls) == 4 else genuine(*args)

    mads = iter([0.1, 0.2, 0.3])
    monkeypatch.setattr(loop, "weighted_losses", poisoned)
    monkeypatch.setattr(loop, "validate", lambda *args: {"held back": {"mad": next(mads)}})
    trainer.train()
    assert events(tmp_path / "run", "rollback")
    note = json.loads(read_model(tmp_path / "run" / "best.safetensors").metadata["training"])
    assert note["validation"] == {"held back": {"mad": 0.1}}


def test_a_run_that_fails_for_good_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = start(parse_config(settings(tmp_path / "data")), tmp_path / "run")
    monkeypatch.setattr(loop, "weighted_losses", lambda *args: {"alpha": torch.tensor(float("nan"))})
    with pytest.raises(TrainingError, match=r"Lower schedule\.learning_rate"):
        trainer.train()
    assert len(events(tmp_path / "run", "rollback")) == loop.MOST_ROLLBACKS


def test_a_run_that_gets_further_each_time_goes_back_as_often_as_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = settings(tmp_path / "data", steps=4)
    values["run"]["checkpoint_minutes"] = 1e-9
    trainer = start(parse_config(values), tmp_path / "run")
    genuine = loop.weighted_losses
    calls = []

    def every_other_time(*args: Any) -> dict[str, torch.Tensor]:
        calls.append(1)
        return genuine(*args) if len(calls) % 2 else {"alpha": torch.tensor(float("nan"))}

    monkeypatch.setattr(loop, "MOST_ROLLBACKS", 1)
    monkeypatch.setattr(loop, "weighted_losses", every_other_time)
    trainer.train()
    assert [event["step"] for event in events(tmp_path / "run", "rollback")] == [1, 2, 3]
    assert events(tmp_path / "run", "finished")


def test_the_workers_end_with_a_run_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = settings(tmp_path / "data", steps=6)
    values["data"]["workers"] = 1
    trainer = start(parse_config(values), tmp_path / "run")

    def out_of_memory(batch: Batch) -> None:
        assert multiprocessing.active_children()
        raise MemoryError

    monkeypatch.setattr(trainer, "step", out_of_memory)
    with pytest.raises(TrainingError) as kept:  # and with it the traceback, which keeps all that was alive
        trainer.train()
    assert kept.value.__traceback__ is not None
    assert not multiprocessing.active_children()


def test_validation_keeps_the_best_model_as_a_file_that_loads(tmp_path: Path) -> None:
    values = settings(tmp_path / "data", steps=4)
    values["run"]["validate_steps"] = 2
    start(parse_config(values), tmp_path / "run").train()
    measured = events(tmp_path / "run", "validation")
    assert [event["step"] for event in measured] == [2, 4]
    assert set(measured[0]["sets"]["held back"]) == {"sad", "mse", "mad", "grad", "conn", "conn_seed"}
    best = tmp_path / "run" / "best.safetensors"
    assert load_network(best).width == 0.125
    note = json.loads(read_model(best).metadata["training"])
    mads = {event["step"]: event["sets"]["held back"]["mad"] for event in measured}
    assert note["step"] == min(mads, key=mads.__getitem__)


def test_a_validation_for_which_memory_was_short_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = settings(tmp_path / "data", steps=1)
    values["run"]["validation_px"] = 320
    whole = Work(320, closest=1.0, tiles_at_once=1, on_cpu=True)
    needed = plan_memory(Size(SIDE, SIDE, 1), whole, Room(None)).expected_bytes
    monkeypatch.setattr("core.predictor.free_room", lambda *_: Room(needed - 1))
    start(parse_config(values), tmp_path / "run").train()
    (measured,) = events(tmp_path / "run", "validation")
    assert measured["warnings"] == ["Memory is short: the matte was made at 256 px instead of 320 px."]
    assert plain(measured).endswith(measured["warnings"][0])


def test_a_training_checkpoint_is_a_model(tmp_path: Path) -> None:
    trainer = start(parse_config(settings(tmp_path / "data", steps=3)), tmp_path / "run")
    trainer.train()
    loaded = load_network(tmp_path / "run" / "checkpoint.pt").state_dict()
    averaged = trainer.state.averaged.network.state_dict()
    assert all(torch.equal(loaded[name], averaged[name]) for name in loaded if "num_batches" not in name)
    for kept in ("checkpoint.pt", "last.safetensors"):
        assert read_model(tmp_path / "run" / kept).metadata["size_px"] == "96"  # as it was validated


def test_a_run_goes_on_although_the_model_that_it_started_from_is_gone(tmp_path: Path) -> None:
    values = settings(tmp_path / "data", steps=1)
    start(parse_config(values), tmp_path / "before").train()
    base = tmp_path / "before" / "last.safetensors"
    values["network"]["base"] = str(base)
    config = parse_config(values)
    first = start(config, tmp_path / "run")
    first.train()
    base.unlink()
    second = Trainer(config, RunFolder(tmp_path / "run"), ALONE)
    second.resume()
    before, after = (trainer.state.network.state_dict() for trainer in (first, second))
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_run_goes_on_with_the_optimiser_settings_of_now(tmp_path: Path) -> None:
    values = settings(tmp_path / "data", steps=1)
    start(parse_config(values), tmp_path / "run").train()
    values["schedule"] |= {"weight_decay": 0.25, "betas": (0.75, 0.875)}
    again = Trainer(parse_config(values), RunFolder(tmp_path / "run"), ALONE)
    again.resume()
    groups = again.state.optimiser.param_groups
    assert [group["weight_decay"] for group in groups] == [0.25, 0]
    assert [group["betas"] for group in groups] == [(0.75, 0.875)] * 2


@pytest.mark.parametrize("change", [{"width": 0.25}, {"spectral_norm": False}])
def test_another_network_cannot_resume_a_run(tmp_path: Path, change: dict[str, Any]) -> None:
    values = settings(tmp_path / "data", steps=1)
    start(parse_config(values), tmp_path / "run").train()
    values["network"] |= change
    other = Trainer(parse_config(values), RunFolder(tmp_path / "run"), ALONE)
    with pytest.raises(TrainingError, match="must be what they were"):
        other.resume()


@pytest.mark.parametrize("how", ["truncated", "empty", "text", "model", "other", "incomplete"])
def test_a_damaged_checkpoint_is_named_with_what_to_do(tmp_path: Path, how: str) -> None:
    config = parse_config(settings(tmp_path / "data", steps=1))
    trainer = start(config, tmp_path / "run")
    trainer.train()
    run = trainer.run_folder
    content = torch.load(run.checkpoint, weights_only=True)
    match how:
        case "truncated":
            run.checkpoint.write_bytes(run.checkpoint.read_bytes()[:100_000])
        case "empty":
            run.checkpoint.write_bytes(b"")
        case "text":
            run.checkpoint.write_bytes(b"hello world" * 1000)
        case "model":
            run.checkpoint.write_bytes(run.last_model.read_bytes())
        case "other":
            torch.save({"state_dict": content["network"]}, run.checkpoint)
        case "incomplete":
            del content["optimiser"]
            torch.save(content, run.checkpoint)
    run.best_model.unlink(missing_ok=True)
    with pytest.raises(
        TrainingError, match=r"checkpoint\.pt is damaged: put a copy of it there, or begin another run\."
    ):
        Trainer(config, run, ALONE).resume()
    run.best_model.write_bytes(run.last_model.read_bytes())
    with pytest.raises(TrainingError, match=r"with --set network\.base=.*best\.safetensors\."):
        Trainer(config, run, ALONE).resume()


def test_a_run_whose_checkpoint_is_gone_does_not_begin_anew(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=1))
    start(config, tmp_path / "run").train()
    run = RunFolder(tmp_path / "run")
    run.checkpoint.unlink()
    before = run.events.read_bytes()
    with pytest.raises(TrainingError, match=r"checkpoint\.pt is missing: put a copy of it there, or begin another run"):
        Trainer(config, run, ALONE).resume()
    assert run.events.read_bytes() == before


def test_a_first_line_that_was_cut_off_is_taken_away_before_the_next(tmp_path: Path) -> None:
    trainer = start(parse_config(settings(tmp_path / "data", steps=1)), tmp_path / "run")
    trainer.run_folder.events.write_text('{"event": "started", "ste')
    trainer.resume()
    trainer.train()
    assert len(events(tmp_path / "run", "started")) == 1


def test_a_folder_that_holds_a_run_is_not_overwritten(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data"))
    RunFolder(tmp_path / "run").create(config)
    with pytest.raises(TrainingError, match="already holds a run"):
        RunFolder(tmp_path / "run").create(config)


def test_a_last_line_cut_off_by_a_crash_is_no_event(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=2))
    start(config, tmp_path / "run").train()
    with (tmp_path / "run" / "events.jsonl").open("a") as file:
        file.write('{"event": "st')
    Trainer(config, RunFolder(tmp_path / "run"), ALONE).resume()
    assert all(json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines())

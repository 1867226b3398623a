"""Before and after, on photos held back, decide whether a model is offered."""

from pathlib import Path

import pytest
from made_runs import make_run, validation

from core.training.run import RunFolder
from matting_studio.app.training.verdict import judge

STARTED = {"event": "started", "step": 0, "total_steps": 100}


@pytest.mark.parametrize(
    ("before", "after", "better"), [(0.04, 0.02, True), (0.04, 0.0395, False), (0.04, 0.05, False)]
)
def test_a_model_is_offered_where_it_became_clearly_better(
    tmp_path: Path, before: float, after: float, better: bool
) -> None:
    run = make_run(tmp_path / "anna", [validation(0, own=before), STARTED, validation(50, own=after)])
    verdict = judge(run.path)
    assert verdict.model == (RunFolder(run.path).best_model if better else None)
    assert ("better by 50%" in verdict.sentence) == better


def test_the_best_step_counts_and_not_the_last(tmp_path: Path) -> None:
    run = make_run(tmp_path / "anna", [validation(0, own=0.04), validation(50, own=0.02), validation(100, own=0.06)])
    assert "after 50 steps" in judge(run.path).sentence


def test_all_sets_count_alike(tmp_path: Path) -> None:
    run = make_run(tmp_path / "anna", [validation(0, own=0.02, street=0.04), validation(50, own=0.03, street=0.05)])
    verdict = judge(run.path)
    assert verdict.model is None
    assert "0.0300 before" in verdict.sentence


def test_a_run_from_chance_has_no_before(tmp_path: Path) -> None:
    verdict = judge(make_run(tmp_path / "anna", [STARTED, validation(50, own=0.02)]).path)
    assert verdict.model is not None
    assert "0.0200" in verdict.sentence


def test_without_photos_to_measure_on_nothing_is_offered(tmp_path: Path) -> None:
    verdict = judge(make_run(tmp_path / "anna", [STARTED]).path)
    assert verdict.model is None
    assert "compare its model by eye" in verdict.sentence

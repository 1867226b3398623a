"""A line of the log stands for all steps since the one before."""

import pytest

from core.training.figures import FiguresSince, StepFigures


def test_losses_and_norms_are_means_and_the_rate_is_the_last():
    since = FiguresSince()
    since.add(StepFigures({"alpha": 1.0, "trimap": 4.0}, gradient_norm=2.0, learning_rate=1e-4))
    since.add(StepFigures({"alpha": 3.0, "trimap": 8.0}, gradient_norm=5.0, learning_rate=2e-4))
    taken = since.take()
    assert taken.losses == {"alpha": 2.0, "trimap": 6.0}
    assert taken.gradient_norm == pytest.approx(3.5)
    assert taken.learning_rate == 2e-4


def test_what_was_taken_counts_no_more():
    since = FiguresSince()
    since.add(StepFigures({"alpha": 100.0}, gradient_norm=100.0, learning_rate=1e-4))
    since.take()
    since.add(StepFigures({"alpha": 1.0}, gradient_norm=1.0, learning_rate=1e-4))
    assert since.take() == StepFigures({"alpha": 1.0}, gradient_norm=1.0, learning_rate=1e-4)

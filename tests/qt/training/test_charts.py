"""Charts of runs, drawn by pyqtgraph."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from made_runs import make_run, step, validation
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from watched_runs import events

from matting_studio.qt.theme import DARK, LIGHT, Theme, ThemeChoice
from matting_studio.qt.training.chart import Chart
from matting_studio.qt.training.charts import Charts
from matting_studio.qt.training.curves import CurveReader, RunCurves

MANY = 10_000


@pytest.fixture
def charts(qtbot: QtBot, theme: Theme) -> Charts:
    made = Charts(theme)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    return made


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[RunCurves, ...]]:
    """Curves of runs by their name and events."""

    def read_runs(weight: float = 0.0, **runs: list[dict]) -> tuple[RunCurves, ...]:
        folders = tuple(make_run(tmp_path / name, made).path for name, made in runs.items())
        curves = CurveReader().read(folders, weight)
        assert curves is not None
        return curves

    return read_runs


def chart(charts: Charts, title: str) -> Chart:
    return next(made for made in charts.charts if made.subject.title == title)


def drawn(chart: Chart, line: int = 0) -> list[tuple[float, float]]:
    """The points of a line as they go to pyqtgraph."""
    x, y = chart._drawn[line][1].getOriginalDataset()
    return list(zip(x.tolist(), y.tolist(), strict=True))


def colour_at_corner(chart: Chart) -> str:
    image = chart.plot.grab().toImage()
    return image.pixelColor(image.width() - 2, 2).name()


def test_every_figure_has_its_chart(charts, read) -> None:
    charts.show_runs(read(run=events(4)), ["run"])
    assert [made.subject.title for made in charts.charts] == [
        "MAD", "Total loss", "Trimap", "Alpha", "Learning rate", "Gradient norm", "Speed", "Memory",
    ]  # fmt: skip
    assert drawn(chart(charts, "Total loss")) == [(10, 3.0), (20, 1.5), (30, 1.0), (40, 0.75)]


def test_figures_stand_in_the_unit_that_is_written(charts, read) -> None:
    charts.show_runs(read(run=[step(10, memory_bytes=3e9)]), ["run"])
    memory = chart(charts, "Memory")
    assert memory.subject.unit == "GB"
    assert drawn(memory) == [(10, 3.0)]
    assert "3.00" in memory.values.text()


def test_colours_tell_runs_and_dashes_tell_sets(charts, read) -> None:
    charts.show_runs(read(one=events(4), two=events(4)), ["one", "two"])
    lines = chart(charts, "MAD").lines
    assert [(line.label, line.colour, line.dash) for line in lines] == [
        ("one, street", 0, 0), ("one, studio", 0, 1), ("two, street", 1, 0), ("two, studio", 1, 1),
    ]  # fmt: skip
    pens = [smooth.opts["pen"] for _, smooth in chart(charts, "MAD")._drawn]
    assert pens[0].color() == pens[1].color() != pens[2].color()
    assert pens[0].style() == pens[2].style() != pens[1].style()


def test_a_run_that_is_taken_away_leaves_nothing_behind(charts, read) -> None:
    both = read(one=events(4), two=events(4))
    charts.show_runs(both, ["one", "two"])
    charts.show_runs(both[:1], ["one"])
    assert len(chart(charts, "Total loss").plot.listDataItems()) == 2  # as measured, and smoothed


def test_a_figure_that_only_one_run_has_goes_with_it(charts, read) -> None:
    runs = read(one=events(4), two=[step(10)])
    charts.show_runs(runs, ["one", "two"])
    charts.show_runs(runs[1:], ["two"])
    assert "MAD" not in [made.subject.title for made in charts.charts]


def test_the_logarithmic_scale_leaves_the_steps_alone(charts, read) -> None:
    charts.show_runs(read(run=events(10)), ["run"])
    before = chart(charts, "MAD").plot.viewRange()[0]
    charts.set_logarithmic(True)
    after, (low, high) = chart(charts, "MAD").plot.viewRange()
    assert after == pytest.approx(before)
    assert low < np.log10(0.02) < np.log10(0.05) < high


def test_a_single_value_stands_in_the_middle_of_what_it_could_be(charts, read) -> None:
    charts.show_runs(read(run=[validation(0, studio=0.01)]), ["run"])
    plot = chart(charts, "MAD").plot
    assert plot.viewRange()[1] == pytest.approx([0, 0.02])
    charts.set_logarithmic(True)
    assert plot.viewRange()[1] == pytest.approx([np.log10(0.005), np.log10(0.02)])
    charts.set_logarithmic(False)
    charts.show_runs(read(longer=[validation(0, studio=0.01), validation(10, studio=0.03)]), ["run"])
    plot.grab()  # only what is drawn is fitted
    low, high = plot.viewRange()[1]
    assert 0 < low < 0.01
    assert 0.03 < high < 0.04


def test_round_numbers_stand_at_a_logarithmic_axis(charts, read) -> None:
    charts.show_runs(read(run=events(10)), ["run"])
    axis = chart(charts, "MAD").plot.getAxis("left")
    ticks = [tick for _, level in axis.logTickValues(-2, 1, 170, None) for tick in level]
    assert axis.logTickStrings(ticks, 1, None) == ["0.01", "0.03", "0.1", "0.3", "1", "3", "10"]


def test_what_is_chosen_in_one_chart_is_shown_in_all(charts, read) -> None:
    charts.show_runs(read(run=events(10)), ["run"])
    chart(charts, "MAD").steps_chosen.emit(20.0, 60.0)
    for made in charts.charts:
        assert made.plot.viewRange()[0] == pytest.approx([20, 60])
    charts.show_all_steps()
    assert chart(charts, "Speed").plot.viewRange()[0] == pytest.approx([0, 102])


def test_what_is_chosen_stays_when_the_run_goes_on(charts, read) -> None:
    charts.show_runs(read(run=events(10)), ["run"])
    chart(charts, "MAD").steps_chosen.emit(20.0, 60.0)
    charts.show_runs(read(longer=events(20)), ["run"])
    assert chart(charts, "MAD").plot.viewRange()[0] == pytest.approx([20, 60])


def test_pointing_at_a_step_tells_the_values_of_all_charts(charts, read) -> None:
    charts.show_runs(read(run=events(4)), ["run"])
    assert "0.750" in chart(charts, "Total loss").values.text()
    chart(charts, "MAD").pointed.emit(21.0)
    assert "1.50" in chart(charts, "Total loss").values.text()
    assert charts.legend.step_text == "Step 21"
    chart(charts, "MAD").pointed.emit(None)
    assert "0.750" in chart(charts, "Total loss").values.text()


def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl(charts, read, qtbot) -> None:
    charts.show_runs(read(run=events(10)), ["run"])
    plot = chart(charts, "MAD").plot
    before = plot.viewRange()[0]

    def turn(modifier: Qt.KeyboardModifier) -> None:
        centre = QPointF(plot.rect().center())
        event = QWheelEvent(
            centre, plot.mapToGlobal(centre), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, modifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(plot.viewport(), event)

    turn(Qt.KeyboardModifier.NoModifier)
    assert plot.viewRange()[0] == pytest.approx(before)
    turn(Qt.KeyboardModifier.ControlModifier)
    first, last = plot.viewRange()[0]
    assert last - first < before[1] - before[0]
    qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton)
    assert plot.viewRange()[0] == pytest.approx(before)


def test_where_a_run_went_back_is_marked(charts, read) -> None:
    rollback = {"event": "rollback", "step": 10, "reason": "the loss is nan", "failed_at": 25}
    charts.show_runs(read(run=[step(10), rollback, step(20)]), ["run"])
    assert [mark.value() for mark in chart(charts, "Total loss")._rollbacks] == [25]
    assert "went back to a checkpoint" in charts.legend.texts


def test_a_figure_that_is_not_finite_leaves_a_gap(charts, read) -> None:
    charts.show_runs(read(run=[step(10), step(20, float("nan")), step(30)]), ["run"])
    charts.set_logarithmic(True)
    loss = chart(charts, "Total loss")
    assert loss.plot.grab().width() > 0
    assert np.isfinite(loss.plot.viewRange()).all()


def test_charts_follow_the_theme_in_both_directions(charts, read, theme) -> None:
    charts.show_runs(read(run=events(4)), ["run"])
    made = chart(charts, "Total loss")
    for choice, colours in ((ThemeChoice.LIGHT, LIGHT), (ThemeChoice.DARK, DARK)):
        theme.choose(choice)
        assert colour_at_corner(made) == QColor(colours.raised).name()
        assert made.plot.getAxis("left").textPen().color().name() == colours.quiet


def test_the_picture_has_all_charts_those_that_are_scrolled_away_too(charts, read) -> None:
    charts.show_runs(read(run=events(4)), ["run"])
    QApplication.processEvents()
    picture = charts.picture()
    last = charts.charts[-1]
    assert picture.width() == 2 * charts._content.width()
    assert picture.height() > 2 * (last.y() + last.height()) > 2 * charts.height()
    place = 2 * QPoint(last.x() + last.width() // 2, charts.legend.height() + last.y() + 6)
    assert picture.pixelColor(place).name() == DARK.raised


def test_charts_stand_in_as_many_columns_as_there_is_room_for(charts, read) -> None:
    charts.show_runs(read(run=events(4)), ["run"])
    columns = {}
    for width_px in (400, 700, 1100):
        charts.resize(width_px, 600)
        QApplication.processEvents()
        columns[width_px] = len({made.x() for made in charts.charts})
    assert columns == {400: 1, 700: 2, 1100: 3}


def test_of_ten_thousand_points_only_those_are_drawn_that_can_be_told_apart(charts, read) -> None:
    rng = np.random.default_rng(0)
    made = [step(number, float(loss)) for number, loss in enumerate(rng.uniform(1, 2, MANY), 1)]
    charts.show_runs(read(run=made), ["run"])
    QApplication.processEvents()
    loss = chart(charts, "Total loss")
    shown, _ = loss._drawn[0][1].getData()
    assert len(drawn(loss)) == MANY
    assert len(shown) < 6 * loss.plot.width()

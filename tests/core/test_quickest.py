"""The quickest of several ways is found by trying them in turns."""

import pytest

from core.engine import openvino_compiled
from core.engine.quickest import ROUNDS, quickest


class Machine:
    """A clock, and ways of computing that take as long on it as they are told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[str] = []

    def way(self, name: str, *seconds: float):
        turns = [*seconds]

        def run() -> None:
            self.order.append(name)
            self.now += turns.pop(0) if len(turns) > 1 else turns[0]

        return run


@pytest.mark.parametrize(
    ("first", "second", "winner"), [(2.0, 1.0, "second"), (1.0, 2.0, "first"), (1.0, 1.0, "first")]
)
def test_the_faster_one_is_taken_and_the_first_of_equals(first: float, second: float, winner: str) -> None:
    machine = Machine()
    ways = {"first": machine.way("first", first), "second": machine.way("second", second)}
    assert quickest(ways, clock=lambda: machine.now) == winner


def test_one_run_that_nothing_interrupted_is_enough() -> None:
    machine = Machine()
    busy = machine.way("busy", *[9.0] * 20, 1.0, 9.0)
    assert quickest({"steady": machine.way("steady", 2.0), "busy": busy}, clock=lambda: machine.now) == "busy"


def test_a_first_run_which_makes_things_ready_does_not_count() -> None:
    machine = Machine()
    ways = {"first": machine.way("first", 0.1, 3.0), "second": machine.way("second", 50.0, 2.0)}
    assert quickest(ways, clock=lambda: machine.now) == "second"


def test_ways_take_turns() -> None:
    machine = Machine()
    quickest({name: machine.way(name, 1.0) for name in ("a", "b")}, clock=lambda: machine.now)
    assert machine.order == ["a", "b"] * (1 + ROUNDS)


@pytest.mark.parametrize("chosen", ["bf16", "f32", "f16"])
@pytest.mark.parametrize("faster", ["bfloat16", "float32"])
def test_openvino_is_asked_for_bfloat16_where_the_processor_has_it_and_is_faster(
    monkeypatch: pytest.MonkeyPatch, chosen: str, faster: str
) -> None:
    class Hint:
        def get_property(self, _device: str, _name: str) -> "Hint":
            return self

        def to_string(self) -> str:
            return chosen

    tried: list[list[str]] = []

    def pick(ways: dict[str, object]) -> str:
        tried.append([*ways])
        return faster

    monkeypatch.setattr(openvino_compiled, "openvino_core", Hint)
    monkeypatch.setattr(openvino_compiled, "_trial", lambda precision: lambda: precision)
    monkeypatch.setattr(openvino_compiled, "quickest", pick)
    precision = openvino_compiled.fastest_precision.__wrapped__()
    assert precision == (faster if chosen == "bf16" else "float32")
    assert tried == ([["float32", "bfloat16"]] if chosen == "bf16" else [])


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_is_timed_is_a_convolution_that_openvino_runs(precision: openvino_compiled.Precision) -> None:
    (result,) = openvino_compiled._trial(precision)()
    side, channels = openvino_compiled.TRIAL_SIDE, openvino_compiled.TRIAL_CHANNELS
    assert result.shape == (1, channels, side, side)
    assert result[0, 0, 1, 1] == pytest.approx(9, rel=0.02)

"""A batch on a cluster, with a Ray that does everything in this process, but in another folder."""

import os
import sys
import threading
import types
from pathlib import Path

import pytest
from batches import FAST, put_photos

from matting_studio.app.batch import Workplace, find_photos, make_plan
from matting_studio.app.batch.cluster import LOCAL, ClusterRun
from matting_studio.app.batch.network import Network


class Method:
    def __init__(self, method):
        self.remote = method


class Actor:
    def __init__(self, made):
        self.news, self.stop = Method(made.news), Method(made.stop)


class Unplaced:
    """An actor that no machine has room for: it never answers."""

    def __init__(self):
        self.news = self.stop = Method(lambda: None)


@pytest.fixture
def ray(tmp_path, monkeypatch):
    """Has room for so many `places`. Workers begin in a folder of their own, as Ray's do."""
    (tmp_path / "workers").mkdir()

    def begin(kind, *arguments):
        fake.places -= 1
        if fake.places < 0:
            return Unplaced()
        os.chdir(tmp_path / "workers")
        return Actor(kind(*arguments))

    def get(answer):
        assert answer is not None, "Ray would wait for ever"
        return answer

    fake = types.ModuleType("ray")
    fake.init = fake.shutdown = lambda *_, **__: None
    fake.cluster_resources, fake.nodes = dict, lambda: [{"Alive": True}]
    fake.places = 9
    fake.get, fake.kill = get, lambda actor: None
    fake.wait = lambda answers, **_: ([each for each in answers if each is not None], [])
    fake.exceptions = types.SimpleNamespace(RayError=ConnectionError)
    fake.remote = lambda **_: lambda kind: types.SimpleNamespace(remote=lambda *words: begin(kind, *words))
    monkeypatch.setitem(sys.modules, "ray", fake)
    return fake


@pytest.fixture
def run_on_cluster(ray, tmp_path, tiny_model, monkeypatch):
    """Makes a run on so many workers, all named from the current folder; done with the test."""
    monkeypatch.chdir(tmp_path)
    put_photos(Path("in"), ["a.png", "sub/b.png"])
    Path("tiny.safetensors").write_bytes(tiny_model.read_bytes())
    network = Network(Path("tiny.safetensors"), "cpu", None, "balanced")
    output = Path("out")
    items = find_photos(Path("in"), recursive=True, output=output).items
    with Workplace(output) as place:
        plan = make_plan(items, FAST, output, place.history, network.key())
        yield lambda workers, listener: ClusterRun(
            plan, place, network, address=LOCAL, workers=workers, limit=None, listener=listener
        )
        monkeypatch.chdir(tmp_path)


def states(run):
    return {row.name: str(row.state) for row in run.rows()}


def test_folders_and_a_model_named_from_here_are_found_by_the_workers(run_on_cluster, tmp_path):
    heard = []
    run = run_on_cluster(1, lambda event: heard.append(event.row))
    run.start()
    assert run.wait(120)
    assert run.trouble is None
    assert states(run) == {"a.png": "done", "sub/b.png": "done"}
    assert sorted(row.name for row in heard if row.state.is_final) == ["a.png", "sub/b.png"]
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.png")) == ["a-alpha.png", "b-alpha.png"]


def test_a_worker_that_no_machine_has_room_for_holds_up_neither_the_others_nor_a_stop(ray, run_on_cluster):
    ray.places = 1
    is_done = threading.Event()
    run = run_on_cluster(2, lambda event: event.row.state.is_final and is_done.set())
    run.start()
    assert is_done.wait(120)
    run.stop()
    assert run.wait(120)
    assert run.trouble is None
    assert states(run) == {"a.png": "done", "sub/b.png": "waiting"}

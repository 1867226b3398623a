"""A batch on a cluster, with a Ray that does everything in this process, but in another folder."""

import os
import sys
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


@pytest.fixture
def ray(tmp_path, monkeypatch):
    """Workers begin in a folder of their own, as Ray's do."""
    (tmp_path / "workers").mkdir()

    def begin(kind, *arguments):
        os.chdir(tmp_path / "workers")
        return Actor(kind(*arguments))

    fake = types.ModuleType("ray")
    fake.init = fake.shutdown = lambda *_, **__: None
    fake.cluster_resources, fake.nodes = dict, lambda: [{"Alive": True}]
    fake.get = lambda value: value
    fake.exceptions = types.SimpleNamespace(RayError=ConnectionError)
    fake.remote = lambda **_: lambda kind: types.SimpleNamespace(remote=lambda *words: begin(kind, *words))
    monkeypatch.setitem(sys.modules, "ray", fake)


def test_folders_and_a_model_named_from_here_are_found_by_the_workers(ray, tmp_path, tiny_model, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put_photos(Path("in"), ["a.png", "sub/b.png"])
    Path("tiny.safetensors").write_bytes(tiny_model.read_bytes())
    network = Network(Path("tiny.safetensors"), "cpu", None, "balanced")
    output, heard = Path("out"), []
    items = find_photos(Path("in"), recursive=True, output=output).items
    with Workplace(output) as place:
        plan = make_plan(items, FAST, output, place.history, network.key())
        run = ClusterRun(
            plan, place, network, address=LOCAL, workers=1, limit=None, listener=lambda event: heard.append(event.row)
        )
        run.start()
        assert run.wait(120)
        monkeypatch.chdir(tmp_path)
    assert run.trouble is None
    assert {row.name: str(row.state) for row in run.rows()} == {"a.png": "done", "sub/b.png": "done"}
    assert sorted(row.name for row in heard if row.state.is_final) == ["a.png", "sub/b.png"]
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.png")) == ["a-alpha.png", "b-alpha.png"]

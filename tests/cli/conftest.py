"""A tiny network, a generated portrait, and the program run in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from generated_portraits import person

from core.checkpoint import ModelFile, plain_weights, save_model
from core.image_io import write_image
from core.network import MTGINet
from matting_studio.__main__ import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    def json(self) -> dict:
        return json.loads(self.out)


@pytest.fixture
def studio(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Runs the program with the given words."""

    def run(*words: object) -> Outcome:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return run


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file of a network so small that a test can wait for it; untrained."""
    torch.manual_seed(0)
    network = MTGINet(width=0.125)
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    save_model(path, ModelFile(plain_weights(network), network.width, {"size_px": "64"}))
    return path


@pytest.fixture
def portrait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo, alone in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "portrait.png"
    write_image(path, person()[0])
    return path

"""A tiny network, a generated portrait, and the program run in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from generated_portraits import person

from core.image_io import write_image
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


@pytest.fixture
def portrait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo, alone in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "portrait.png"
    write_image(path, person()[0])
    return path

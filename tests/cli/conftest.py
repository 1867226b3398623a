"""A tiny network, a generated portrait, and the program run in this process."""

import ctypes
import json
import os
import sys
from collections.abc import Callable, Iterator
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


@pytest.fixture
def like_a_user() -> Iterator[None]:
    """Permissions count in the test, also where it is run as root."""
    if sys.platform != "linux":
        pytest.skip("permissions are as Linux has them")
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # the third version; 0 is this thread
    before, without = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    assert libc.capget(header, before) == 0
    without[:] = before[:]
    without[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, without) == 0
    yield
    assert libc.capset(header, before) == 0


@pytest.fixture
def closed(tmp_path: Path, like_a_user: None) -> Iterator[Path]:
    """A folder that may not be entered; there is a portrait in it."""
    folder = tmp_path / "closed"
    folder.mkdir()
    write_image(folder / "portrait.png", person()[0])
    folder.chmod(0)
    yield folder
    folder.chmod(0o700)

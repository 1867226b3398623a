"""The log."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from matting_studio.app.log_file import NAME, keep_log


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Takes the handlers away again."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()


def test_failures_are_kept_with_their_traces(tmp_path: Path) -> None:
    keep_log(tmp_path / "deep" / "log")
    try:
        raise ZeroDivisionError("nobody foresaw this")
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    written = (tmp_path / "deep" / "log" / NAME).read_text(encoding="utf-8")
    assert "nobody foresaw this" in written
    assert "test_log_file.py" in written


def test_without_a_folder_the_program_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert keep_log(tmp_path / "file") is None
    assert "No log can be kept" in capsys.readouterr().err

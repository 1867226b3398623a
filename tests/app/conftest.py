"""Made profiles are shared with the tests of the core."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "core"))


@pytest.fixture
def close_folder(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Lets no folder of a name be listed: the system answers with an error number."""

    def close(name: str, error_number: int) -> None:
        scandir = os.scandir

        def closed(path):
            if Path(path).name == name:
                raise OSError(error_number, os.strerror(error_number), str(path))
            return scandir(path)

        monkeypatch.setattr(os, "scandir", closed)

    return close

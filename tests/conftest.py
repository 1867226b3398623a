"""Windows of tests are drawn in memory, on a large screen, unless somebody wants to see them (QT_QPA_PLATFORM=xcb)."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from core.checkpoint import ModelFile, plain_weights, save_model
from core.network import MTGINet
from matting_studio.qt.application import clear_qt_paths_of_opencv

if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    screen = Path(__file__).parents[1] / "tools" / "offscreen.json"
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
clear_qt_paths_of_opencv()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file of a network so small that a test can wait for it; untrained."""
    torch.manual_seed(0)
    network = MTGINet(width=0.125)
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    save_model(path, ModelFile(plain_weights(network), network.width, {"size_px": "64"}))
    return path


@pytest.fixture(autouse=True)
def collector_waits_for_qt(request: pytest.FixtureRequest) -> Iterator[None]:
    """Windows that earlier tests have left are collected between tests, and not in the middle of a call of Qt.

    Once, a collection within `setStyleSheet` destroyed such objects and waited for ever, with Python's lock held.
    """
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.enable()
    gc.collect(1)  # all that the test has made is young: nothing was collected meanwhile

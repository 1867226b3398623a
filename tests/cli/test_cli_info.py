import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from core.checkpoint import shipped_detail, shipped_model
from core.device import CPU
from core.engine import openvino_compiled, torch_engine
from core.predictor import MattingPredictor
from matting_studio.cli import info

ROOT = Path(__file__).parents[2]


def test_json_names_versions_device_model_and_folders(studio):
    outcome = studio("info", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    facts = outcome.json()
    assert facts["versions"]["python"] == platform.python_version()
    assert torch.__version__.startswith(facts["versions"]["torch"])
    assert set(facts["device"]) == {"type", "name", "engine", "precision", "threads"}
    engine = MattingPredictor.from_checkpoint(device=facts["device"]["type"]).engine
    assert ("OpenVINO" in engine.description) == (facts["device"]["engine"] == "OpenVINO")
    assert facts["model"]["path"] == str(shipped_model())
    assert facts["detail"]["path"] == str(shipped_detail())
    assert facts["detail"]["weights"] > 1_000_000
    assert set(facts["folders"]) == {"config", "cache", "logs"}


@pytest.mark.parametrize(
    ("pytorch", "facts"),
    [
        (True, {"engine": "PyTorch", "precision": "float16"}),
        (False, {"engine": "OpenVINO", "precision": "bfloat16"}),
    ],
)
def test_the_precision_is_that_of_the_engine_which_runs(monkeypatch, pytorch, facts):
    monkeypatch.setattr(info, "needs_pytorch", lambda _device: pytorch)
    monkeypatch.setattr(torch_engine, "fastest_precision", lambda _device: torch.float16)
    monkeypatch.setattr(openvino_compiled, "fastest_precision", lambda: "bfloat16")
    assert info.describe_engine(CPU) == facts


def test_text_goes_to_terminals_that_lack_letters(tmp_path):
    script = "from matting_studio.__main__ import main\nimport sys\nsys.exit(main(['info']))"
    home = {"HOME": str(tmp_path / "Łukasz"), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "XDG_STATE_HOME": ""}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env=os.environ | home | {"PYTHONIOENCODING": "cp1252"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u0141ukasz" in done.stdout


def test_the_version_is_told(studio):
    installed = studio("info", "--json").json()["versions"]["matting-studio"]
    outcome = studio("--version")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"matting-studio {installed or ''}")


def test_text_says_the_same(studio):
    facts, text = studio("info", "--json").json(), studio("info").out
    assert facts["device"]["precision"] in text
    assert facts["folders"]["logs"] in text


def test_a_model_is_described_by_its_notes_and_hash(studio, model, monkeypatch):
    monkeypatch.setattr("matting_studio.cli.info.shipped_model", lambda: model)
    described = studio("info", "--json").json()["model"]
    assert (described["path"], described["width"], described["architecture"]) == (str(model), 0.125, "mtginet")
    assert len(described["sha256"]) == 64


def test_a_missing_model_is_said_to_be_missing(studio, tmp_path, monkeypatch):
    monkeypatch.setattr("matting_studio.cli.info.shipped_model", lambda: tmp_path / "gone.safetensors")
    outcome = studio("info", "--json")
    assert outcome.code == 0
    assert "There is no model file" in outcome.json()["model"]["error"]


def test_a_missing_detail_network_is_said_to_be_missing(studio, tmp_path, monkeypatch):
    monkeypatch.setattr("core.checkpoint.shipped_detail", lambda: tmp_path / "gone.safetensors")
    outcome = studio("info", "--json")
    assert outcome.code == 0
    assert "install the program again" in outcome.json()["detail"]["error"]


def test_who_reads_may_stop_reading(tmp_path):
    script = "from matting_studio.__main__ import main\nimport sys\nsys.exit(main(['info', '--json']))"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_an_output_that_cannot_be_written_is_told(tmp_path):
    script = "from matting_studio.__main__ import main\nimport sys\nsys.exit(main(['info', '--json']))"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr == (
        b"The output cannot be written (No space left on device). Make room, or send it elsewhere.\n"
    )

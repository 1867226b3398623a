"""The project around the code: layers, docstrings, what is packaged, what the documents point to."""

import ast
import itertools
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from importlinter.cli import lint_imports
from PIL import Image
from pydantic import ValidationError

from core.training.config import parse_config
from core.working_size import Quality
from matting_studio.app.export_request import ExportKind
from matting_studio.app.settings import Settings
from matting_studio.cli.arguments import COMMANDS, KINDS, LEAST_MEMORY_BYTES, QUALITIES, parse

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("core", "matting_studio") for path in (ROOT / package).rglob("*.py"))
HEAVY = ("torch", "PySide6", "cv2", "numpy", "PIL", "openvino")


def loaded_by(statement: str) -> set[str]:
    """Names of the modules that a fresh interpreter has loaded after a statement."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "resources").rglob("*.md")]


def local_links(document: Path) -> list[str]:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    return [link for link in links if "://" not in link]


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(cache_dir=None) == 0, "run lint-imports to see which import breaks which contract"


def test_every_module_says_what_it_is() -> None:
    assert MODULES
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert not silent


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    """`matting-studio --help` and the window are there before PyTorch is."""
    assert not loaded_by("import matting_studio.__main__").intersection(HEAVY)


@pytest.mark.slow
def test_inference_loads_no_training_and_no_window() -> None:
    loaded = loaded_by("import core.predictor, core.image_io, core.foreground, core.composite")
    assert "cv2" in loaded
    assert not loaded.intersection({"core.training", "PySide6", "pydantic", "torch", "openvino"})


def test_the_sample_portrait_comes_with_the_program_and_with_its_credit() -> None:
    sample = resources.files("resources") / "sample"
    with resources.as_file(sample / "portrait.jpg") as path, Image.open(path) as portrait:
        assert portrait.size == (512, 512)
    assert "NASA" in (sample / "CREDIT.md").read_text(encoding="utf-8")


def test_what_the_documents_link_to_is_there() -> None:
    links = [(document, link) for document in documents() for link in local_links(document)]
    assert links
    missing = [f"{document.name}: {link}" for document, link in links if not (document.parent / link).exists()]
    assert not missing


def test_the_make_targets_of_the_readme_exist() -> None:
    named = set(re.findall(r"^ +make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def test_torchrun_understands_the_command_of_the_readme() -> None:
    from torch.distributed.run import get_args_parser  # noqa: PLC0415 - no other test here needs PyTorch

    (command,) = re.findall(r"^ +torchrun (.+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    arguments = get_args_parser().parse_args(shlex.split(command))
    assert (arguments.nproc_per_node, arguments.training_script) == ("4", "main.py")
    assert arguments.training_script_args[:1] == ["train"]


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md"])
def test_every_command_is_told_of(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert [command for command in COMMANDS if command not in text] == []


def test_the_command_line_takes_what_the_window_remembers() -> None:
    def is_remembered(**choice: object) -> bool:
        try:
            Settings.model_validate(choice)
        except ValidationError:
            return False
        return True

    def is_taken(*words: str) -> bool:
        try:
            parse(["evaluate", "--images", str(ROOT), "--alphas", str(ROOT), *words])
        except SystemExit:
            return False
        return True

    for size_px in (63, 64, 8192, 8193):
        assert is_taken("--size", str(size_px)) is is_remembered(size_px=size_px)
    for bytes_ in (99_999_999, LEAST_MEMORY_BYTES):
        assert is_remembered(memory_limit_bytes=bytes_) is (bytes_ >= LEAST_MEMORY_BYTES)
    assert set(QUALITIES) == set(Quality)
    assert set(KINDS) == set(ExportKind)


def test_the_commands_of_the_readme_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = ["portrait.jpg", "portrait.heic", "mine.safetensors", "my.toml", "official.pth", "official.safetensors"]
    for folder in ("runs/mine", "photos", "alphas"):
        (tmp_path / folder).mkdir(parents=True)
    for file in named:
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^ +(?:.*/)?matting-studio (.+)", readme, re.MULTILINE)
    assert commands
    for command in commands:
        parse(shlex.split(command, comments=True))


def test_the_training_configuration_of_the_readme_is_valid() -> None:
    blocks = (ROOT / "README.md").read_text(encoding="utf-8").split("\n\n")
    first = next(i for i, block in enumerate(blocks) if block.startswith("    [[data.photos]]"))
    lines = list(itertools.takewhile(lambda block: block.startswith("    "), blocks[first:]))
    config = parse_config(tomllib.loads("\n".join(lines)))
    assert config.schedule.total_steps == 200_000

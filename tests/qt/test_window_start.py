"""How the window comes up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SHOW = """
import sys, tempfile
from pathlib import Path
{before}
from matting_studio.qt.application import clear_qt_paths_of_opencv, make_window
clear_qt_paths_of_opencv()
from PySide6.QtWidgets import QApplication
{between}
application = QApplication([])
with tempfile.TemporaryDirectory() as kept:
    window = make_window(Path(kept, "settings"), Path(kept, "user"))
    window.show()
    application.processEvents()
    assert window.isVisible()
    {then}
    window.close()
    assert window.ended
"""


SLOW_TO_IMPORT = ("torch", "openvino", "numpy", "cv2", "PIL", "pillow_heif", "qtpy", "core.training")
"""What the empty window needs nothing of. Each is a tenth of its time, PyTorch several times all of it."""


def show(before: str = "", between: str = "", then: str = "") -> subprocess.CompletedProcess[str]:
    """Show the window in a process of its own: with statements before the import of Qt, after it, and at the end."""
    script = SHOW.format(before=before, between=between, then=then)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True,
                          check=False)  # fmt: skip


@pytest.mark.slow
def test_the_window_is_up_before_anything_slow_is_imported() -> None:
    done = show(then=f"print(*(name for name in {SLOW_TO_IMPORT} if name in sys.modules))")
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@pytest.mark.slow
def test_no_thread_of_the_window_ever_imports_numpy_while_qt_may_look_for_it() -> None:
    """PySide 6.11 crashes where it meets a NumPy that another thread has imported by half."""
    done = show(
        then="""
    from matting_studio.qt.application import warm_up
    warm_up(window)
    assert hasattr(sys.modules["numpy"], "__version__")
    """
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("before", "between"), [("import cv2", ""), ("", "import cv2")])
def test_the_window_is_up_whenever_opencv_is_imported(before: str, between: str) -> None:
    done = show(before, between)
    assert done.returncode == 0, done.stderr


def test_only_paths_inside_of_opencv_are_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from matting_studio.qt.application import clear_qt_paths_of_opencv  # noqa: PLC0415

    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", os.path.join("site-packages", "cv2", "qt", "plugins"))  # noqa: PTH118
    monkeypatch.setenv("QT_QPA_FONTDIR", "/chosen/by/hand")
    clear_qt_paths_of_opencv()
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ
    assert os.environ["QT_QPA_FONTDIR"] == "/chosen/by/hand"


RUN = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from matting_studio.qt.application import run
from matting_studio.qt.main_window import MainWindow

application = QApplication([])

def end_once_opened():
    windows = [widget for widget in application.topLevelWidgets() if isinstance(widget, MainWindow)]
    if windows and windows[0].studio.documents and windows[0].studio.documents[0].photo is not None:
        timer.stop()
        window = windows[0]
        {end}

timer = QTimer(interval=50)
timer.timeout.connect(end_once_opened)
timer.start()
sys.exit(run([Path("resources/sample/portrait.jpg")]))
"""


def run(tmp_path: Path, end: str) -> subprocess.CompletedProcess[str]:
    """Run the program on the sample portrait in a process of its own, and end it once the photo is there."""
    places = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA")}
    environment = os.environ | places | {"QT_QPA_PLATFORM": "offscreen"}
    script = RUN.format(end=end)
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True,
                          check=False, timeout=300)  # fmt: skip


@pytest.mark.slow
def test_the_program_opens_the_photos_it_is_given_and_ends_with_its_window(tmp_path: Path) -> None:
    done = run(tmp_path, "window.close()")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl+C is no signal that a process can send itself")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_closes_the_window(tmp_path: Path, number: str) -> None:
    done = run(tmp_path, f"os.kill(os.getpid(), signal.{number})")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl+C is no signal that a process can send itself")
def test_a_signal_asks_about_changes_and_keeps_copies_of_them_and_another_one_ends_the_program(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        """
        from matting_studio.app.look import Look, Plain
        window.studio.change_look(Look(background=Plain()), "Grey")
        os.kill(os.getpid(), signal.SIGTERM)

        def end_when_asked():
            if window.question_bar.isVisible() and not window.studio._desk.files.jobs:
                print(window.question_bar.text.text(), flush=True)
                os.kill(os.getpid(), signal.SIGTERM)

        window.again = QTimer(interval=50)
        window.again.timeout.connect(end_when_asked)
        window.again.start()
        """,
    )
    assert done.returncode == -signal.SIGTERM, done.stderr
    assert "portrait.jpg has changes" in done.stdout
    assert len(list(tmp_path.rglob("*.mstudio"))) == 1

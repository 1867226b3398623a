"""How soon the window is there, and how long it ever keeps a person waiting.

    python benchmarks/window.py [--model FILE] [--megapixels 24]

Prints the time until the window is visible, and the longest time for which its event loop stood still while a generated
photo was opened, matted, refined and painted on: a timer of 5 ms notes when it comes late. The first line gives the
same for doing nothing, which is what the machine itself does to a program. Threads of the same process are part of
the bargain; other programs on the machine are not, so measure when it is idle.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

TICK_MS = 5
PATIENCE_SECONDS = 900.0
START = """
import time; begin, work = time.perf_counter(), time.process_time()
from matting_studio.qt.application import clear_qt_paths_of_opencv, make_window
clear_qt_paths_of_opencv()
from PySide6.QtWidgets import QApplication
application = QApplication([])
import sys, tempfile, pathlib
with tempfile.TemporaryDirectory() as kept:
    window = make_window(pathlib.Path(kept, "settings"), pathlib.Path(kept, "user"))
    window.show()
    application.processEvents()
    print(time.perf_counter() - begin, time.process_time() - work, "torch" in sys.modules)
    window.close()
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a model file; by default the one that comes with the program")
    parser.add_argument("--megapixels", type=float, default=24.0, help="of the generated photo (24)")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _measure_start()
    with tempfile.TemporaryDirectory() as kept:
        _measure_gaps(arguments.model, arguments.megapixels, Path(kept))
    return 0


def _rest(milliseconds: int) -> None:
    """Let the event loop run. QTest.qWait would keep Python's lock meanwhile, and the workers would starve."""
    from PySide6.QtCore import QEventLoop, QTimer  # noqa: PLC0415

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _measure_start(times: int = 5) -> None:
    with tempfile.TemporaryDirectory() as compiled:
        # As an installed program starts, whatever the environment says: with its sources compiled, here by the first.
        environment = os.environ | {"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
        first, *others = (_start(environment) for _ in range(times + 1))
    wall, processor = min(others)
    print(f"window visible after          {wall:6.3f} s, of which {processor:.3f} s computing (best of {times}; "
          f"the very first start, which compiles the sources: {first[0]:.3f} s)")  # fmt: skip


def _start(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds on the clock and of computing until the window is there."""
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    wall, processor, has_torch = done.stdout.split()
    assert has_torch == "False", "PyTorch was loaded before the window was there"
    return float(wall), float(processor)


def _measure_gaps(model: Path | None, megapixels: float, kept: Path) -> None:  # noqa: PLR0915 - one long session
    from PySide6.QtCore import QObject, Qt, QTimer  # noqa: PLC0415 - the start is measured before
    from PySide6.QtTest import QTest  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from matting_studio.app.edits import Brush  # noqa: PLC0415
    from matting_studio.app.look import Blurred, Look, Refinement  # noqa: PLC0415
    from matting_studio.qt.application import clear_qt_paths_of_opencv, make_window, warm_up  # noqa: PLC0415

    class Watchdog(QObject):
        """Notes the longest time between two ticks."""

        def __init__(self) -> None:
            super().__init__()
            self.longest = 0.0
            self._last = time.perf_counter()
            self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(self._tick)
            self._timer.start()

        def _tick(self) -> None:
            now = time.perf_counter()
            self.longest, self._last = max(self.longest, now - self._last), now

    clear_qt_paths_of_opencv()
    QApplication([])
    photo = _photo(kept, megapixels, "second")
    window = make_window(kept / "settings", kept / "user")
    studio = window.studio
    if model is not None:
        studio.set_model(model)
    window.show()
    _rest(200)
    warm_up(window)
    _rest(1000)
    watchdog = Watchdog()

    def measure(what: str, begin: Callable[[], object], done: Callable[[], bool]) -> None:
        _rest(50)
        watchdog.longest, started = 0.0, time.perf_counter()
        begin()
        while not done():
            assert time.perf_counter() - started < PATIENCE_SECONDS, f"{what} takes too long"
            _rest(TICK_MS)
        _rest(300)
        print(f"{what:<29} {1000 * watchdog.longest:6.0f} ms at most, done in {time.perf_counter() - started:.1f} s")

    def is_settled() -> bool:
        return studio.current is not None and studio.current.alpha is not None and studio.current.dirty is None

    idle_from = time.perf_counter()
    measure("doing nothing", lambda: None, lambda: time.perf_counter() - idle_from > 3)
    measure("first photo, model loaded", lambda: studio.open([_photo(kept, 1.0, "first")]), is_settled)
    measure("opened and matted", lambda: studio.open([photo]), lambda: len(studio.documents) == 2 and is_settled())
    refined = Look(refinement=Refinement(feather_px=6, edge_shift_px=2), background=Blurred())
    pictures: list[object] = []
    studio.rendered.connect(pictures.append)

    def refine() -> None:
        window.canvas.set_mode(type(window.canvas.mode).COMPOSITE)
        pictures.clear()
        studio.change_look(refined, "Refine")

    measure("refined", refine, lambda: bool(pictures))

    def slide() -> None:
        for step in range(20):
            studio.preview_look(refined.model_copy(update={"light_wrap": step / 20}))
            _rest(30)
        studio.preview_look(None)

    measure("a slider moved", slide, is_settled)

    def paint() -> None:
        window.canvas.set_tool(Brush.FOREGROUND)
        middle, none = window.canvas.rect().center(), Qt.KeyboardModifier.NoModifier
        QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, none, middle)
        for step in range(40):
            QTest.mouseMove(window.canvas, middle + type(middle)(4 * step, 2 * step))
            _rest(5)
        QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, none, middle)

    measure("painted on", paint, lambda: is_settled() and len(studio.current.edits) == 1)
    measure("undone", studio.undo, lambda: is_settled() and not studio.current.edits)
    window.close_anyway()


def _photo(folder: Path, megapixels: float, name: str) -> Path:
    """A generated portrait of 3 : 4, as JPEG."""
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    from core.image_io import write_image  # noqa: PLC0415

    width = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    height = width * 4 // 3
    image = np.empty((height, width, 3), np.uint8)
    image[:] = np.linspace(60, 220, width, dtype=np.uint8)[None, :, None]
    cv2.ellipse(image, (width // 2, height), (width // 3, height * 2 // 3), 0, 0, 360, (200, 120, 80), -1)
    noise = np.random.default_rng(0).integers(0, 16, (height // 4, width // 4, 3), np.uint8)
    image += cv2.resize(noise, (width, height))
    path = folder / f"{name}.jpg"
    write_image(path, image)
    return path


if __name__ == "__main__":
    sys.exit(main())

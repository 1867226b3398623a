"""What a run would take, found out by ten steps in a process of its own."""

from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, Signal, Slot

from core.training.config import TrainingConfig
from matting_studio.app.training.launching import probe_command, write_config
from matting_studio.qt.training.program_question import ProgramQuestion


class Estimate(QObject):
    began = Signal()
    known = Signal(object)
    """A dict as `train --probe` prints it, or None where what was known no longer holds."""
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._folder: TemporaryDirectory[str] | None = None
        self._config: TrainingConfig | None = None
        self._question = ProgramQuestion(self)
        self._question.answered.connect(self._take)
        self._question.failed.connect(self._take_failure)

    def ask(self, config: TrainingConfig) -> None:
        """Take ten steps with a configuration. Raises OSError where it cannot be handed over."""
        self._tidy()
        self._config = config
        self._folder = TemporaryDirectory(prefix="matting-studio-")
        path = Path(self._folder.name) / "probe.json"
        write_config(path, config)
        self._question.ask(probe_command(path))
        self.began.emit()

    def review(self, config: TrainingConfig | None) -> None:
        """Forget what is known, or being found out, where the configuration is another one now."""
        if self._config is not None and config != self._config:
            self.forget()

    def forget(self) -> None:
        self._question.withdraw()
        self._tidy()
        self._config = None
        self.known.emit(None)

    def shutdown(self, timeout_seconds: float) -> bool:
        ended = self._question.shutdown(timeout_seconds)
        self._tidy()
        return ended

    def _tidy(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    @Slot(object)
    def _take(self, answer: dict[str, object]) -> None:
        self._tidy()
        self.known.emit(answer)

    @Slot(str)
    def _take_failure(self, sentence: str) -> None:
        self.forget()
        self.failed.emit(sentence)

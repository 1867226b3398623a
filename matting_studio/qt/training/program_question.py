"""Asks this very program something in a process of its own, as what needs PyTorch is not for the window's process."""

import json
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, Slot

from matting_studio.app.training.launching import environment


class ProgramQuestion(QObject):
    """Runs one command at a time; a new one calls the one before off."""

    answered = Signal(object)
    """The JSON object that was printed, as a dict."""
    failed = Signal(str)
    """What the program said on its standard error, as a sentence."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def is_open(self) -> bool:
        return self._process is not None

    def ask(self, command: list[str]) -> None:
        """Run a command that prints a JSON object as its last line."""
        self.withdraw()
        surroundings = QProcessEnvironment()
        for name, value in environment().items():
            surroundings.insert(name, value)
        process = self._process = QProcess(self)
        process.setProcessEnvironment(surroundings)
        process.finished.connect(self._take)
        process.errorOccurred.connect(self._take_error)
        process.start(command[0], command[1:])

    def withdraw(self) -> None:
        """End the process without an answer."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._take)
            process.errorOccurred.disconnect(self._take_error)
            process.finished.connect(process.deleteLater)
            process.kill()

    def shutdown(self, timeout_seconds: float) -> bool:
        """End the process, and wait for that."""
        process = self._process
        self.withdraw()
        return process is None or process.waitForFinished(round(timeout_seconds * 1000))

    @Slot()
    def _take(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said, complaint = (
            bytes(data.data()).decode(errors="replace").strip()
            for data in (process.readAllStandardOutput(), process.readAllStandardError())
        )
        process.deleteLater()
        answer = _object(said.splitlines()[-1] if said else "")
        if answer is not None and process.exitCode() == 0:
            self.answered.emit(answer)
        else:
            last = complaint.splitlines()[-1] if complaint else "It ended without a word."
            self.failed.emit(last)

    @Slot(QProcess.ProcessError)
    def _take_error(self, error: QProcess.ProcessError) -> None:
        process = self._process
        if error is QProcess.ProcessError.FailedToStart and process is not None:
            self._process = None
            process.deleteLater()
            self.failed.emit(f"{process.program()} cannot be started ({process.errorString()}).")


def _object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None

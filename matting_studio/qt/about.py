"""What this program is, and what somebody who helps with a problem wants to know."""

import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from matting_studio.qt.icons import name_icon

LIBRARIES = ("torch", "PySide6_Essentials", "numpy", "opencv-python", "pillow", "pillow-heif", "openvino")


class About(QDialog):
    def __init__(self, parent: QWidget, lines: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Matting Studio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(600, 480)
        logo = QLabel()
        logo.setProperty("icon_size_px", 48)
        name_icon(logo, "logo", "accent_text")
        headline = QLabel("Matting Studio")
        headline.setObjectName("headline")
        what = QLabel("Takes people out of photos, hair included. Everything happens on this computer.")
        what.setProperty("quiet", True)
        what.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(headline)
        words.addWidget(what)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(logo)
        head.addLayout(words, 1)

        width = max(len(name) for name, _ in lines)
        self.text = QPlainTextEdit("\n".join(f"{name:<{width}}  {value}" for name, value in lines))
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Diagnostics")
        font = self.text.font()
        font.setFamily("monospace")
        font.setStyleHint(font.StyleHint.Monospace)
        self.text.setFont(font)
        self.copy_button, close = QPushButton("Copy"), QPushButton("Close")
        name_icon(self.copy_button, "copy")
        self.copy_button.clicked.connect(self._copy)
        close.clicked.connect(self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.copy_button)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText("Copied")


def diagnostics(device: str, model: str, folders: Sequence[tuple[str, Path]]) -> list[tuple[str, str]]:
    """Name and value of all that may matter, PyTorch's version without loading it."""
    return [
        ("Matting Studio", _version("matting-studio", "run from its folder")),
        ("Device", device),
        ("Model", model),
        ("Python", sys.version.split()[0]),
        *((name, _version(name)) for name in LIBRARIES),
        ("Qt", qVersion()),
        ("Platform", f"{platform.platform()}, {QGuiApplication.platformName()}"),
        *((name, str(path)) for name, path in folders),
    ]


def _version(package: str, otherwise: str = "not installed") -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return otherwise

"""What other programs let fall into a window: copies of it are taken, and nothing is taken away from them."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDropEvent


def accept_as_copy(event: QDropEvent) -> None:
    """Take what is dropped, or would be; not from who would only move it. Told that it was moved, a file manager
    deletes its own."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.setAccepted(event.dropAction() == Qt.DropAction.CopyAction)


def local_paths(urls: Iterable[QUrl]) -> list[Path]:
    """Those that are files or folders of this machine."""
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]

"""What other programs let fall into a window: copies of it are taken, and nothing is taken away from them."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDropEvent


def accept_as_copy(event: QDropEvent) -> None:
    """Take what is dropped, or would be; not from who would only move it. Told that it was moved, a file manager
    deletes its own."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.setAccepted(event.dropAction() == Qt.DropAction.CopyAction)


def local_paths(urls: Iterable[QUrl]) -> list[Path]:
    """Those that are files or folders of this machine.

    What has no name at all would be the folder in which the program was started, and no file has a NUL in its name.
    """
    names = [_name(url) for url in urls if url.isLocalFile()]
    return [Path(name) for name in names if name and "\0" not in name]


def _name(url: QUrl) -> str:
    name = url.toLocalFile()
    if os.name == "nt" or "\N{REPLACEMENT CHARACTER}" not in name:
        return name
    # An old name that is no UTF-8: its bytes still stand in the address, and Python has a way to write them.
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))

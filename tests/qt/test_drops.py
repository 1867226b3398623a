"""What other programs let fall into a window."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from matting_studio.qt.drops import local_paths


def test_only_files_and_folders_of_this_machine_are_taken(tmp_path: Path) -> None:
    urls = [QUrl("https://example.org/a.jpg"), QUrl.fromLocalFile(str(tmp_path)), QUrl("mailto:a@example.org")]
    assert local_paths(urls) == [tmp_path]


@pytest.mark.parametrize("address", ["file:", "file:///tmp/a%00b.jpg", ""])
def test_what_names_no_file_is_not_taken_for_the_working_folder(address: str) -> None:
    assert local_paths([QUrl(address)]) == []


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_the_file_that_it_names() -> None:
    url = QUrl.fromEncoded(b"file:///photos/M%FCnchen%20%2520.jpg")
    assert local_paths([url]) == [Path(os.fsdecode(b"/photos/M\xfcnchen %20.jpg"))]

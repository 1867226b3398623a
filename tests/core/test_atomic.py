"""Files appear whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core import atomic
from core.atomic import leftovers, write_atomically


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def test_the_file_is_there_after_the_block_and_not_before(tmp_path):
    target = tmp_path / "picture.png"
    with write_atomically(target) as file:
        file.write(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert names_in(tmp_path) == ["picture.png"]


def test_an_error_in_the_block_leaves_the_old_file_and_no_temporary_one(tmp_path):
    target = tmp_path / "picture.png"
    target.write_bytes(b"old")
    with pytest.raises(TypeError, match="bytes"), write_atomically(target) as file:
        file.writelines([b"half of the n", "and then what is not bytes"])
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["picture.png"]


def test_an_interrupt_leaves_no_temporary_file(tmp_path):
    with pytest.raises(KeyboardInterrupt), write_atomically(tmp_path / "picture.png"):
        raise KeyboardInterrupt
    assert names_in(tmp_path) == []


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    def no_room(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = tmp_path / "picture.png"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left"), write_atomically(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["picture.png"]


def test_contents_are_on_the_disk_before_the_name_changes(tmp_path, monkeypatch):
    target = tmp_path / "picture.png"
    existed_at_sync = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: existed_at_sync.append(target.exists()))
    with write_atomically(target) as file:
        file.write(b"new")
    assert existed_at_sync[0] is False


def test_a_missing_folder_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError), write_atomically(tmp_path / "missing" / "picture.png"):
        pass


def test_a_folder_in_the_place_of_the_file_is_an_oserror(tmp_path):
    (tmp_path / "picture.png").mkdir()
    with pytest.raises(IsADirectoryError), write_atomically(tmp_path / "picture.png"):
        pass
    assert names_in(tmp_path) == ["picture.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_a_device_or_pipe_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="regular"), write_atomically(tmp_path / "pipe"):
        pass
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights on Windows")
def test_a_link_stays_a_link(tmp_path):
    real = tmp_path / "elsewhere.png"
    real.write_bytes(b"old")
    link = tmp_path / "picture.png"
    link.symlink_to(real)
    with write_atomically(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_the_longest_name_can_be_written(tmp_path):
    target = tmp_path / ("n" * 251 + ".png")
    with write_atomically(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_file_gets_the_usual_permissions_and_not_a_temporary_files(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with write_atomically(tmp_path / "atomic") as file:
        file.write(b"")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


def left_by_a_killed_writer(target, hours_ago=0):
    """The temporary file of a process that was killed in the middle of writing."""
    script = (
        "import sys; from core.atomic import write_atomically\n"
        "with write_atomically(sys.argv[1]) as file:\n"
        "    file.write(b'half'); file.flush(); print('now', flush=True); input()"
    )
    before = leftovers(target.parent)
    with subprocess.Popen(
        [sys.executable, "-c", script, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdout.readline()
        writer.kill()
    (left,) = set(leftovers(target.parent)).difference(before)
    written_at = time.time() - hours_ago * 3600
    os.utime(left, (written_at, written_at))
    return left


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_private_file_stays_private_when_it_is_replaced(tmp_path):
    target = tmp_path / "secret.png"
    target.write_bytes(b"old")
    target.chmod(0o600)
    with write_atomically(target) as file:
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
        file.write(b"new")
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", 0o600)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_disk_that_knows_no_modes_is_written_to(tmp_path, monkeypatch):
    def refuse(_path, _mode):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    target = tmp_path / "picture.png"
    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "chmod", refuse)
    with write_atomically(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"


def test_a_process_that_is_killed_leaves_a_file_that_is_known(tmp_path):
    (tmp_path / "picture.tmp").touch()
    left = left_by_a_killed_writer(tmp_path / "picture.png")
    assert left.read_bytes() == b"half"
    assert leftovers(tmp_path) == [left]
    assert leftovers(tmp_path / "gone") == []


def test_what_a_killed_write_left_is_removed_when_the_same_file_is_written_a_day_later_and_nothing_else(tmp_path):
    left = left_by_a_killed_writer(tmp_path / "picture.png", hours_ago=25)
    another_s = left_by_a_killed_writer(tmp_path / "another.png", hours_ago=25)
    perhaps_alive = left_by_a_killed_writer(tmp_path / "picture.png", hours_ago=23)
    theirs = left.with_name(f"{left.name[:-4]}0.tmp")
    theirs.touch()
    os.utime(theirs, (0, 0))
    with write_atomically(tmp_path / "picture.png") as file:
        file.write(b"new")
    assert set(tmp_path.iterdir()) == {tmp_path / "picture.png", another_s, perhaps_alive, theirs}


def read_elsewhere(monkeypatch, tries):
    """As on Windows, where a file that another process reads is not replaced: it is only at the last of these tries."""
    genuine, refused = Path.replace, iter(range(1, tries))

    def replace(source, target):
        if next(refused, None) is not None:
            raise PermissionError(errno.EACCES, "Access is denied", str(target))
        return genuine(source, target)

    monkeypatch.setattr(Path, "replace", replace)


def test_where_readers_keep_a_file_from_being_replaced_it_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "_READING_SECONDS", 60)
    read_elsewhere(monkeypatch, tries=3)
    with write_atomically(tmp_path / "events.jsonl") as file:
        file.write(b"new")
    assert (tmp_path / "events.jsonl").read_bytes() == b"new"


def test_a_file_that_may_not_be_replaced_is_an_oserror_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "_READING_SECONDS", 0.1)
    read_elsewhere(monkeypatch, tries=1_000_000)
    with pytest.raises(PermissionError), write_atomically(tmp_path / "events.jsonl"):
        pass
    assert names_in(tmp_path) == []

"""What a crash leaves behind, told from what a running program keeps."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.instance_lock import InstanceLock, LockedError, is_held
from matting_studio.app.recovery import Recovery, RecoveryError


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "recovery"


def keep(recovery, name, content=b"work"):
    path = recovery.new_path(name)
    path.write_bytes(content)
    return path


def crash(recovery):
    """The system lets go of a lock when a program is gone."""
    recovery._lock.release()


@pytest.mark.parametrize("letter", ["a", "ä", "語", "𠮷"])
def test_copies_of_photos_with_long_names_are_kept(folder, letter):
    recovery = Recovery(folder)
    stem = letter * (255 // len(letter.encode()))
    path = keep(recovery, stem)
    assert path.name.startswith(letter * 9)
    crash(recovery)
    (item,) = Recovery(folder).pending()
    assert stem.startswith(item.name)


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    path = tmp_path / "lock"
    assert not is_held(path)
    with InstanceLock(path):
        assert is_held(path)
        with pytest.raises(LockedError):
            InstanceLock(path)
    assert not is_held(path)


def test_nothing_is_written_before_there_is_something_to_keep(folder):
    recovery = Recovery(folder)
    assert recovery.pending() == []
    recovery.close()
    assert not folder.exists()


def test_what_a_living_program_keeps_is_not_offered(folder):
    alive = Recovery(folder)
    keep(alive, "anna.jpg")
    assert Recovery(folder).pending() == []
    assert alive.pending() == []
    alive.close()


def test_what_a_crash_left_is_offered_by_its_photos_name(folder):
    crashed = Recovery(folder)
    keep(crashed, "anna.jpg")
    keep(crashed, "a/b:c.jpg")
    crash(crashed)
    assert {item.name for item in Recovery(folder).pending()} == {"anna.jpg", "a_b_c.jpg"}


def test_a_program_that_was_killed_is_noticed(folder):
    """A real process, killed for real."""
    script = (
        "import sys, time; from pathlib import Path; from matting_studio.app.recovery import Recovery\n"
        "path = Recovery(Path(sys.argv[1])); kept = path.new_path('anna.jpg'); kept.write_bytes(b'work')\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"ready\n"
        assert Recovery(folder).pending() == []
    finally:
        process.kill()
        process.communicate(timeout=10)
    (item,) = Recovery(folder).pending()
    assert item.name == "anna.jpg"


def test_what_is_taken_over_is_safe_from_the_next_crash_too(folder):
    crashed = Recovery(folder)
    keep(crashed, "anna.jpg", b"precious")
    crash(crashed)
    second = Recovery(folder)
    path = second.take(second.pending()[0])
    assert path.read_bytes() == b"precious"
    assert second.pending() == []
    crash(second)
    third = Recovery(folder)
    (item,) = third.pending()
    assert item.path.read_bytes() == b"precious"


def test_discarded_and_emptied_folders_go_away(folder):
    crashed = Recovery(folder)
    keep(crashed, "anna.jpg")
    crash(crashed)
    recovery = Recovery(folder)
    item = recovery.pending()[0]
    recovery.discard(item)
    os.utime(item.path.with_name("lock"), (1_000_000, 1_000_000))
    assert recovery.pending() == []
    assert list(folder.iterdir()) == []


def test_a_program_that_begins_to_keep_copies_loses_no_folder_to_one_that_looks(folder):
    (folder / "1234-beginning").mkdir(parents=True)
    (folder / "1234-beginning" / "lock").touch()  # and is not held yet
    assert Recovery(folder).pending() == []
    assert (folder / "1234-beginning" / "lock").exists()


def test_a_look_at_the_lock_keeps_nobody_from_keeping_copies(folder):
    recovery = Recovery(folder)
    recovery._own.mkdir(parents=True)
    looking = InstanceLock(recovery._own / "lock")
    threading.Timer(0.1, looking.release).start()
    keep(recovery, "anna.jpg")
    assert Recovery(folder).pending() == []
    recovery.close()


def test_a_program_that_ends_well_leaves_nothing(folder):
    recovery = Recovery(folder)
    keep(recovery, "anna.jpg")
    recovery.close()
    assert list(folder.iterdir()) == []


def test_the_newest_is_offered_first(folder):
    crashed = Recovery(folder)
    for age, name in enumerate(["new.jpg", "older.jpg", "oldest.jpg"]):
        os.utime(keep(crashed, name), (1_000_000 - age, 1_000_000 - age))
    crash(crashed)
    assert [item.name for item in Recovery(folder).pending()] == ["new.jpg", "older.jpg", "oldest.jpg"]


def test_nothing_is_pending_where_nothing_can_be_asked(tmp_path):
    """As on a share that has dropped."""
    assert Recovery(tmp_path / ("n" * 300)).pending() == []


def test_a_place_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RecoveryError, match="save often"):
        Recovery(tmp_path / "file" / "recovery").new_path("anna.jpg")


def test_a_copy_that_another_program_holds_goes_at_the_end(tmp_path, monkeypatch):
    recovery = Recovery(tmp_path)
    copy = recovery.new_path("anna.jpg")
    copy.write_bytes(b"work")

    def held(*_args, **_kwargs):
        raise PermissionError

    with monkeypatch.context() as scanner:
        scanner.setattr(Path, "unlink", held)
        recovery.drop(copy)
    assert copy.exists()
    recovery.close()
    assert not copy.exists()

"""Digests of files: read once, and again when a file looks different."""

import hashlib
import os

import pytest

from matting_studio.app.digests import Digest, Digests


def digest_of(data):
    return Digest(len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(b"before")
    os.utime(path, ns=(0, 10**18))
    return path


def test_a_file_that_looks_as_it_did_is_not_read_again(photo):
    digests = Digests()
    assert digests.of(photo) == digest_of(b"before")
    photo.write_bytes(b"behind")
    os.utime(photo, ns=(0, 10**18))
    assert digests.of(photo) == digest_of(b"before"), "nothing but reading it could tell"


def written_later(photo):
    photo.write_bytes(b"behind")
    os.utime(photo, ns=(0, 10**18 + 1))


def grown(photo):
    photo.write_bytes(b"before that")
    os.utime(photo, ns=(0, 10**18))


def replaced_by_one_as_old(photo):
    other = photo.with_name("other.png")
    other.write_bytes(b"behind")
    os.utime(other, ns=(0, 10**18))
    other.replace(photo)


@pytest.mark.parametrize("change", [written_later, grown, replaced_by_one_as_old])
def test_a_file_that_looks_different_is_read_again(photo, change):
    digests = Digests()
    digests.of(photo)
    change(photo)
    assert digests.of(photo) == digest_of(photo.read_bytes())


def test_a_file_that_is_written_while_it_is_read_is_read_again(photo, monkeypatch):
    digest = hashlib.file_digest

    def digest_and_write(file, name):
        found = digest(file, name)
        monkeypatch.undo()
        written_later(photo)
        return found

    monkeypatch.setattr(hashlib, "file_digest", digest_and_write)
    digests = Digests()
    digests.of(photo)
    assert digests.of(photo) == digest_of(b"behind")


def test_a_file_that_is_gone_is_an_error_however_well_it_was_known(photo):
    digests = Digests()
    digests.of(photo)
    photo.unlink()
    with pytest.raises(FileNotFoundError):
        digests.of(photo)

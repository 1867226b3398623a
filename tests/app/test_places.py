from pathlib import Path

from matting_studio.app import places


def test_pictures_are_in_their_own_folder_or_at_home(tmp_path, monkeypatch):
    pictures = tmp_path / "Pictures"
    monkeypatch.setattr(places, "user_pictures_path", lambda: pictures)
    assert places.pictures_folder() == Path.home()
    pictures.mkdir()
    assert places.pictures_folder() == pictures

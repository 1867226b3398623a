"""Settings: kept, defaulted, and never lost to damage."""

import json
import os
import sys

import pytest

from core.errors import ConfigError
from core.image_io import Encoding
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.settings import RECENT_FILES, BrushSettings, ExportSettings, Settings, SettingsFile


@pytest.fixture
def file(tmp_path):
    return SettingsFile(tmp_path / "config")


def test_without_a_file_there_are_defaults_and_no_complaint(file):
    assert file.load() == (Settings(), None)


def test_what_is_saved_is_loaded(file, tmp_path):
    settings = Settings(
        theme="light",
        window_geometry="AdnQ",
        model=tmp_path / "my.safetensors",
        brush=BrushSettings(size_px=12),
        size_px=768,
        memory_limit_bytes=3 * 10**9,
    )
    file.save(settings)
    assert file.load() == (settings, None)
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"theme": "pink"}', b'{"size_px": "x"}', b"\xff\xfe\x00", b"[" * 100_000]
)
def test_a_damaged_file_gives_defaults_and_a_sentence_and_is_kept_aside(file, content):
    file.path.parent.mkdir()
    file.path.write_bytes(content)
    settings, sentence = file.load()
    assert settings == Settings()
    aside = file.path.with_name("settings.damaged.json")
    assert str(aside) in sentence
    assert "the defaults are used" in sentence
    assert aside.read_bytes() == content
    assert file.load() == (Settings(), None)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"model": "/bad\0x"}, "model"),
        ({"recent_files": ["/bad\0x"]}, "recent_files.0"),
        ({"batch": {"output_folder": "/bad\0x"}}, "batch.output_folder"),
        ({"batch": {"look": {"background": {"kind": "picture", "path": "/bad\0x"}}}}, "batch.look.background"),
    ],
)
def test_a_path_that_no_file_can_have_is_damage(file, content, place):
    file.path.parent.mkdir()
    file.path.write_text(json.dumps(content))
    settings, sentence = file.load()
    assert settings == Settings()
    assert f"damaged at {place}" in sentence


def test_what_a_newer_version_knows_is_left_out(file):
    file.path.parent.mkdir()
    file.path.write_text(json.dumps({"theme": "dark", "hologram": True}))
    assert file.load() == (Settings(theme="dark"), None)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are Unicode elsewhere")
def test_names_that_are_no_unicode_are_remembered(file, tmp_path):
    photo = tmp_path / os.fsdecode(b"caf\xe9.png")
    photo.touch()
    settings = Settings(export_folder=photo.parent).with_recent([photo])
    file.save(settings)
    assert file.load() == (settings, None)
    assert file.load()[0].existing_recent_files == (photo,)


def test_two_programs_leave_each_other_what_only_one_of_them_changed(file, tmp_path):
    photos = [tmp_path / f"{name}.jpg" for name in "abcd"]
    file.save(Settings().with_recent(photos[:2]))
    first, second = SettingsFile(file.path.parent), SettingsFile(file.path.parent)
    of_first, of_second = first.load()[0], second.load()[0]
    of_first = of_first.model_copy(update={"theme": "light"}).with_recent([photos[2]])
    first.save(of_first)
    of_second = of_second.model_copy(update={"size_px": 768}).with_recent([photos[3], photos[0]])
    second.save(of_second)
    found = file.load()[0]
    assert (found.theme, found.size_px) == ("light", 768)
    assert found.recent_files == (photos[0], photos[3], photos[2], photos[1])
    second.save(of_second.model_copy(update={"quality": "fast"}))
    assert file.load()[0] == found.model_copy(update={"quality": "fast"}), "nothing of the first one is taken back"
    second.save(of_second.model_copy(update={"theme": "dark"}))
    assert file.load()[0].theme == "dark", "the last word counts where both have one"


def test_what_is_damaged_meanwhile_is_written_anew(file):
    settings = file.load()[0].model_copy(update={"theme": "light"})
    file.path.parent.mkdir()
    file.path.write_bytes(b"{")
    file.save(settings)
    assert file.load() == (settings, None)


def test_settings_that_cannot_be_saved_are_an_error_with_a_sentence(tmp_path):
    (tmp_path / "config").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match="cannot be saved"):
        SettingsFile(tmp_path / "config").save(Settings())


@pytest.mark.parametrize("opened_meanwhile", [0, 1])
def test_recent_files_that_were_cleared_do_not_come_back(file, tmp_path, opened_meanwhile):
    photos = [tmp_path / f"{name}.jpg" for name in "abc"]
    file.save(Settings().with_recent(photos[:2]))
    settings, _ = file.load()
    opened = photos[2 : 2 + opened_meanwhile]
    file.save(settings.without_recent().with_recent(opened))
    assert file.load()[0].recent_files == tuple(opened)


def test_recent_files_are_pushed_out_by_as_many_others_only(file, tmp_path):
    before, now = ([tmp_path / f"{kind}{number}.jpg" for number in range(RECENT_FILES)] for kind in "ab")
    file.save(Settings().with_recent(before))
    settings, _ = file.load()
    file.save(settings.with_recent(now))
    assert file.load()[0].recent_files == tuple(reversed(now))


def test_recent_files_are_few_unique_and_the_latest_first(tmp_path):
    paths = [tmp_path / f"{number}.jpg" for number in range(RECENT_FILES + 3)]
    settings = Settings().with_recent(paths).with_recent([paths[7]])
    assert len(settings.recent_files) == RECENT_FILES
    assert settings.recent_files[:2] == (paths[7], paths[-1])
    assert len(set(settings.recent_files)) == RECENT_FILES


def test_only_files_that_are_still_there_are_offered(tmp_path):
    (tmp_path / "here.jpg").touch()
    settings = Settings().with_recent([tmp_path / "here.jpg", tmp_path / "gone.jpg"])
    assert settings.existing_recent_files == (tmp_path / "here.jpg",)


def test_what_cannot_be_asked_is_not_offered(tmp_path):
    """As in a folder that may not be entered, or on a share that has dropped."""
    nobody_knows = tmp_path / ("n" * 300 + ".jpg")
    with pytest.raises(OSError, match="too long"):
        nobody_knows.is_file()
    assert Settings().with_recent([nobody_knows]).existing_recent_files == ()


def test_an_export_is_remembered_but_for_its_place(tmp_path):
    request = ExportRequest(
        ExportKind.COMPOSITE, tmp_path / "a.JPG", bit_depth=8, encoding=Encoding(jpeg_quality=80), crop=False
    )
    remembered = ExportSettings.of(request)
    assert remembered == ExportSettings.model_validate_json(remembered.model_dump_json())
    again = remembered.request(tmp_path / "other", "b.c")
    assert again.path == tmp_path / "other" / "b.c.jpg"
    assert (again.what, again.bit_depth, again.encoding, again.crop) == (
        request.what, request.bit_depth, request.encoding, request.crop,
    )  # fmt: skip

"""The studio with its real threads and a real, tiny network."""

import errno
import hashlib
import os
import shutil
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtGui import QColorSpace, QGuiApplication, QImage

from core.checkpoint import ModelFile, plain_weights, save_model
from core.image_io import read_photo, write_image
from core.memory_plan import BASE_BYTES, Limit
from core.network import MTGINet
from matting_studio.app.edits import Base, Box, Brush, fold
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.jobs import Job
from matting_studio.app.look import Look, Picture, Plain
from matting_studio.app.packing import PackedBase, unpack
from matting_studio.app.paths_to_open import sort_out
from matting_studio.app.project_file import read_project
from matting_studio.app.recovery import Recovery
from matting_studio.app.sample import SAMPLE
from matting_studio.app.session import Status
from matting_studio.app.settings import Settings, SettingsFile
from matting_studio.app.view import View, ViewMode
from matting_studio.qt.studio import Studio

HEIGHT, WIDTH = 96, 128


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Two tiny model files with other weights."""
    folder = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("tiny", "other")):
        torch.manual_seed(seed)
        save_model(folder / f"{name}.safetensors", ModelFile(plain_weights(MTGINet(width=0.125)), 0.125))
    return folder


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    for number in range(4):
        person = np.hypot(rows - 50, columns - 40 - 12 * number) < 30
        image = np.where(person[..., None], (200, 150, 120), (20, 60 + 40 * number, 90)).astype(np.uint8)
        write_image(folder / f"photo-{number}.png", image)
    return sorted(folder.iterdir())


class Heard:
    """What a studio has said."""

    def __init__(self, studio):
        self.messages, self.statuses, self.activities, self.rendered = [], [], [], []
        studio.message.connect(lambda severity, sentence: self.messages.append((severity, sentence)))
        studio.document_changed.connect(lambda document: self.statuses.append((document.name, studio.status(document))))
        studio.activity_changed.connect(self.activities.append)
        studio.rendered.connect(self.rendered.append)

    def said(self, part):
        return [sentence for _severity, sentence in self.messages if part in sentence]


@pytest.fixture
def make_studio(qtbot, tmp_path, models):
    """Studios on one set of folders, as the same person starts them; whoever is left is shut down at the end."""
    made = []
    settings = Settings(model=models / "tiny.safetensors", device="cpu", size_px=64)
    SettingsFile(tmp_path / "settings").save(settings)

    def make():
        studio = Studio(tmp_path / "settings", tmp_path / "data")
        studio.heard = Heard(studio)
        made.append(studio)
        return studio

    yield make
    for studio in made:
        assert studio.shutdown(10)
        assert no_thread_is_left(studio)


@pytest.fixture
def studio(make_studio):
    return make_studio()


def no_thread_is_left(studio):
    return not any(worker.is_alive for worker in studio._desk.workers)


def idle(studio):
    return not any(worker.jobs for worker in studio._desk.workers)


@pytest.fixture
def settle(qtbot):
    def settle(studio):
        qtbot.waitUntil(lambda: idle(studio), timeout=10_000)

    return settle


@pytest.fixture
def opened(studio, photos, settle):
    """A studio with one photo that has its matte."""
    studio.open(photos[:1])
    settle(studio)
    assert studio.status(studio.current) is Status.READY
    return studio


class Gate:
    """Holds a worker up until it is opened."""

    def __init__(self, worker):
        self.opened = threading.Event()
        worker.submit(Job(("gate", None), "Waiting", lambda _context: self.opened.wait(10), priority=-1))


def expected_alpha(document):
    return fold(document.base, document.edits, document.base.box).alpha


def line(y, brush_px=12):
    return {"points": [(20, y), (60, y + 5)], "size_px": brush_px, "hardness": 0.8, "opacity": 1.0}


# Opening and matting


def test_a_photo_is_read_and_matted_as_soon_as_it_is_opened(opened, photos):
    document = opened.current
    assert document.path == photos[0]
    assert document.alpha.shape == document.trimap.shape == (HEIGHT, WIDTH)
    assert document.alpha.std() > 0
    assert opened.thumbnail(document).shape == (HEIGHT, WIDTH, 3)
    statuses = [status for _name, status in opened.heard.statuses]
    assert [status for before, status in zip([None, *statuses], statuses, strict=False) if status != before] == [
        Status.READING,
        Status.WAITING,
        Status.MATTING,
        Status.READY,
    ]
    assert opened.device_text.startswith("CPU · ")
    assert opened.model_text == "tiny"


def test_progress_names_stage_and_device_and_ends_with_none(opened):
    activities = opened.heard.activities
    assert activities[-1] is None
    assert any(activity and activity.stage == "Running the network" and activity.device for activity in activities)


def test_a_folder_is_opened_in_order_and_the_whole_strip_is_matted(studio, photos, settle):
    studio.open([photos[0].parent])
    settle(studio)
    assert [document.path for document in studio.documents] == photos
    assert studio.current.path == photos[0]
    assert [studio.status(document) for document in studio.documents] == [Status.READY] * 4
    ready = [name for name, status in studio.heard.statuses if status is Status.READY]
    assert list(dict.fromkeys(ready)) == [path.name for path in photos]


def test_the_chosen_photo_goes_before_those_that_wait(studio, photos, settle, qtbot):
    gate = Gate(studio._desk.network)
    with qtbot.waitSignal(studio.documents_changed):
        studio.open(photos)
    studio.select(studio.documents[3])
    qtbot.waitUntil(lambda: studio.documents[3].photo is not None)
    gate.opened.set()
    settle(studio)
    ready = [name for name, status in studio.heard.statuses if status is Status.READY]
    assert ready[0] == "photo-3.png"
    assert set(ready) == {path.name for path in photos}


def test_of_photos_shown_in_passing_none_is_read_before_the_one_that_is_shown_in_the_end(studio, photos, settle, qtbot):
    gates = [Gate(studio._desk.files)]
    studio.open(photos)
    qtbot.waitUntil(lambda: studio.current is not None and studio.current.photo is not None)
    gates.append(Gate(studio._desk.hand))
    _first, stopped, passed, shown = studio.documents
    studio.select(stopped)
    studio.cancel()
    for document in (passed, stopped, passed, shown):
        studio.select(document)
    assert [job.key[1] for job in studio._desk.hand.jobs if job.key[0] == "read"] == [shown]
    assert studio.status(stopped) is Status.STOPPED
    for gate in gates:
        gate.opened.set()
    settle(studio)
    assert studio.status(stopped) is Status.STOPPED
    assert studio.status(passed) is Status.READY


def test_photos_that_wait_long_for_the_network_are_put_away_and_matted_in_the_end(studio, photos, settle, qtbot):
    gate = Gate(studio._desk.network)
    with qtbot.waitSignal(studio.documents_changed):
        studio.open(photos)
    studio._shelf.budget_bytes = 1
    for document in studio.documents:
        studio.select(document)
        qtbot.waitUntil(lambda shown=document: shown.photo is not None)
    studio._shelf.tidy()
    held = [document.name for document in studio.documents if document.photo is not None]
    assert held == ["photo-0.png", "photo-3.png"], "the shown one, and the next one in turn"
    gate.opened.set()
    settle(studio)
    assert {studio.status(document) for document in studio.documents} == {Status.READY}


def test_a_bad_file_fails_with_a_sentence_and_the_others_go_on(studio, photos, settle):
    photos[0].write_bytes(b"not a photo at all")
    studio.open(photos[:2])
    settle(studio)
    bad, good = studio.documents
    assert studio.status(bad) is Status.FAILED
    assert "is not a photo" in studio.failure(bad)
    assert studio.heard.said("is not a photo")
    assert studio.status(good) is Status.READY


def test_what_is_no_photo_is_said_and_not_opened(studio, tmp_path, settle):
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty").mkdir()
    studio.open([tmp_path / "notes.txt", tmp_path / "empty", tmp_path / "gone.jpg"])
    settle(studio)
    assert studio.documents == ()
    assert len(studio.heard.messages) == 3


def test_a_photo_that_is_open_is_shown_instead_of_opened_twice(studio, photos, settle):
    studio.open(photos[:2])
    settle(studio)
    studio.open([photos[1]])
    settle(studio)
    assert len(studio.documents) == 2
    assert studio.current is studio.documents[1]


def test_a_photo_is_not_opened_twice_by_another_path_to_it(studio, photos, settle, monkeypatch):
    monkeypatch.chdir(photos[0].parent)
    studio.open(photos[:1])
    settle(studio)
    studio.open([Path(photos[0].name)])
    settle(studio)
    assert [document.path for document in studio.documents] == photos[:1]


def test_a_pasted_picture_is_matted_too(studio, settle):
    image = np.full((40, 60, 4), 255, np.uint8)
    image[:10, :, 3] = 0
    studio.paste(image)
    studio.paste(image[..., :3])
    settle(studio)
    first, second = studio.documents
    assert (first.name, second.name) == ("Pasted picture", "Pasted picture 2")
    assert studio.status(first) is Status.READY
    assert first.photo.alpha[5, 5] == 0
    assert second.photo.alpha is None


def test_before_another_photo_is_shown_there_is_a_moment_to_settle_this_one(opened, photos, settle, tmp_path):
    """Whatever brings the other one: a choice, a folder that was listed, a project that was read, a pasted picture."""
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    opened.open(photos[1:3])
    settle(opened)
    opened.close(opened.documents[0])
    second, third = opened.documents
    heard = []
    opened.current_changing.connect(lambda: heard.append(("changing", opened.current)))
    opened.current_changed.connect(lambda document: heard.append(("changed", document)))
    shown = [opened.current]
    for show in (
        lambda: opened.select(third if opened.current is second else second),
        lambda: opened.open(photos[3:4]),
        lambda: opened.open([tmp_path / "work.mstudio"]),
        lambda: opened.paste(np.zeros((40, 60, 3), np.uint8)),
        lambda: opened.close(opened.current),
    ):
        show()
        settle(opened)
        shown.append(opened.current)
    expected = []
    for before, after in pairwise(shown):
        expected += [("changing", before), ("changed", after)]
    assert heard == expected
    opened.open([tmp_path / "work.mstudio"])
    opened.select(opened.current)
    settle(opened)
    assert len(set(shown)) == 5


def test_the_strip_is_walked_through_and_ends_at_its_ends(studio, photos, settle):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    studio.select_previous()
    assert studio.current is first
    studio.select_next()
    studio.select_next()
    assert studio.current is second


def test_closing_a_photo_in_the_middle_drops_its_result(studio, photos, settle, qtbot):
    gate = Gate(studio._desk.network)
    with qtbot.waitSignal(studio.documents_changed):
        studio.open(photos[:2])
    first, second = studio.documents
    qtbot.waitUntil(lambda: first.photo is not None)
    studio.close(first)
    assert studio.current is second
    gate.opened.set()
    settle(studio)
    assert first.base is None
    assert studio.status(second) is Status.READY
    studio.close(second)
    assert studio.current is None
    assert studio.documents == ()


# Cancelling and the end


def test_cancelling_answers_at_once_and_the_matte_can_be_had_later(opened, photos, settle, qtbot):
    gate = Gate(opened._desk.network)
    opened.open(photos[1:2])
    qtbot.waitUntil(lambda: opened.status(opened.current) is Status.MATTING)
    document = opened.current
    opened.cancel()
    assert opened.status(document) is Status.STOPPED
    gate.opened.set()
    settle(opened)
    assert document.base is None
    assert opened.status(document) is Status.STOPPED
    opened.matte_again(document)
    settle(opened)
    assert opened.status(document) is Status.READY


def test_a_matte_cancelled_while_the_network_runs_is_dropped(opened, photos, settle, qtbot):
    """The network cannot be interrupted; what it says is not heard."""
    running, cancelled = threading.Event(), threading.Event()
    bench_matte = opened._matting._bench.matte

    def matte(photo, context, limit):
        matte = bench_matte(photo, context, limit)
        running.set()
        assert cancelled.wait(10)
        return matte

    opened._matting._bench.matte = matte
    opened.open(photos[1:2])
    qtbot.waitUntil(running.is_set)
    document = opened.documents[1]
    opened.cancel()
    cancelled.set()
    settle(opened)
    assert document.base is None
    assert opened.status(document) is Status.STOPPED


def test_strokes_wait_for_no_search_of_folders_and_a_search_can_be_called_off(
    opened, photos, settle, qtbot, monkeypatch
):
    asked, called_off = threading.Event(), threading.Event()

    def search_for_long(named, should_stop):
        asked.set()
        assert called_off.wait(10)
        should_stop()
        return sort_out(named)

    monkeypatch.setattr("matting_studio.qt.studio.sort_out", search_for_long)
    opened.open([photos[0].parent])
    qtbot.waitUntil(asked.is_set)
    opened.stroke(Brush.FOREGROUND, **line(20))
    qtbot.waitUntil(lambda: len(opened.current.edits) == 1)
    qtbot.waitUntil(lambda: bool(opened.heard.activities[-1]))
    assert opened.heard.activities[-1].title == "Looking for photos"
    opened.cancel()
    called_off.set()
    settle(opened)
    assert len(opened.documents) == 1


def cancel_another_matte(studio, qtbot):
    """Choose another quality, and cancel while its matte is being made."""
    cancelled, bench = threading.Event(), studio._matting._bench
    bench_matte = bench.matte

    def matte(photo, context, limit):
        assert cancelled.wait(10)
        return bench_matte(photo, context, limit)

    bench.matte = matte
    studio.set_quality("best")
    qtbot.waitUntil(lambda: studio.status(studio.current) is Status.MATTING)
    studio.cancel()
    cancelled.set()
    bench.matte = bench_matte


def test_another_matte_that_is_cancelled_can_be_had_later_and_is_not_made_before(opened, photos, settle, qtbot):
    document = opened.current
    before = document.base
    cancel_another_matte(opened, qtbot)
    settle(opened)
    assert document.base is before
    assert opened.status(document) is Status.STOPPED
    assert opened.heard.said("keeps the matte it had")
    opened.open(photos[1:2])
    settle(opened)
    opened.select(document)
    settle(opened)
    assert document.base is before, "looking at it is no wish for another one"
    opened.matte_again(document)
    settle(opened)
    assert document.base is not before
    assert opened.status(document) is Status.READY


def test_after_a_cancelled_matte_another_choice_makes_one(opened, settle, qtbot):
    document = opened.current
    before = document.base
    cancel_another_matte(opened, qtbot)
    settle(opened)
    opened.set_quality("fast")
    settle(opened)
    assert document.base is not before
    assert opened.status(document) is Status.READY


def test_photos_that_are_closed_at_once_are_told_of_once(studio, photos, settle, qtbot):
    studio.open(photos)
    settle(studio)
    told = []
    studio.documents_changed.connect(lambda: told.append("documents"))
    studio.current_changed.connect(told.append)
    *others, last = studio.documents
    studio.close(*others)
    assert told == ["documents", last]
    assert studio.documents == (last,)


def test_closing_the_program_in_the_middle_leaves_no_thread(studio, photos, qtbot):
    studio.open(photos)
    qtbot.waitUntil(lambda: bool(studio._desk.network.jobs), timeout=10_000)
    assert studio.shutdown(10)
    assert no_thread_is_left(studio)


@pytest.fixture
def nobody_in(studio):
    """Makes mattes without a person."""

    def matte(photo, _context, _limit):
        size = photo.image.shape[:2]
        return Base(np.zeros(size, np.float32), np.zeros(size, np.uint8)), ()

    studio._matting._bench.matte = matte
    return studio


def test_a_photo_without_a_person_is_remarked_on_once_when_it_is_looked_at(nobody_in, photos, settle):
    studio = nobody_in
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    assert [name.split(":")[0] for name in studio.heard.said("Nobody seems to be")] == [first.name]
    studio.select(second)
    studio.select(first)
    studio.select(second)
    settle(studio)
    assert [name.split(":")[0] for name in studio.heard.said("Nobody seems to be")] == [first.name, second.name]


def test_a_matte_corrected_by_hand_is_not_remarked_on(nobody_in, photos, settle):
    studio = nobody_in
    studio.open(photos[:1])
    settle(studio)
    studio.stroke(Brush.FOREGROUND, **line(30))
    settle(studio)
    studio.matte_again(studio.current)
    settle(studio)
    assert len(studio.heard.said("Nobody seems to be")) == 1


# Models


def test_a_photo_that_does_not_fit_into_the_limit_is_tried_again_within_another(studio, photos, settle):
    studio.set_memory_limit(300_000_000)
    studio.open(photos[:1])
    settle(studio)
    assert studio.status(studio.current) is Status.FAILED
    assert "the limit is 0.3 GB: raise it" in studio.failure(studio.current)
    studio.set_memory_limit(None)
    settle(studio)
    assert studio.status(studio.current) is Status.READY
    assert studio.settings.memory_limit_bytes is None


def test_a_matte_that_came_out_short_is_made_anew_within_another_limit_and_others_stay(studio, photos, settle):
    studio.set_size_px(320)
    studio.open(photos[:1])
    settle(studio)
    whole = studio.current.base
    studio.set_memory_limit(10**10)
    settle(studio)
    assert studio.current.base is whole, "it was as good as can be"
    studio.set_memory_limit(BASE_BYTES + 50_000_000)
    studio.matte_again(studio.current)
    settle(studio)
    assert studio.heard.said("Memory is short: the matte was made at 256 px instead of 320 px, without a second look.")
    short = studio.current.base
    assert np.abs(short.alpha - whole.alpha).max() > 0
    studio.set_memory_limit(10**10)
    settle(studio)
    np.testing.assert_array_equal(studio.current.base.alpha, whole.alpha)


def test_other_open_photos_count_within_the_limit_and_are_put_away_sooner(studio, photos, settle):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    assert studio.memory_limit is None
    assert studio._desk.memory_limit(first) == Limit(None, second.held_bytes)
    studio.set_memory_limit(10**9)
    assert studio._desk.memory_limit(first) == Limit(10**9, second.held_bytes)
    assert studio.memory_limit == Limit(10**9, first.held_bytes + second.held_bytes)
    assert second.held_bytes == HEIGHT * WIDTH * (3 + 2 * (4 + 1))
    studio.set_memory_limit(3 * first.held_bytes)
    studio.select(second)
    settle(studio)
    assert first.photo is None
    assert second.photo is not None


def test_what_renders_photos_counts_within_the_limit_as_long_as_it_is_kept(studio, photos, settle):
    studio.open(photos[:3])
    settle(studio)

    def taken():
        return studio._desk.memory_limit().taken_bytes - sum(document.held_bytes for document in studio.documents)

    def show(document):
        studio.select(document)
        studio.request_view("canvas", WHOLE)
        settle(studio)
        return studio._views._renderings[document]._renderer.held_bytes

    assert taken() == 0
    first, second, third = (show(document) for document in studio.documents)
    assert taken() == second + third > 0, "of the first one nothing is kept any more"
    assert studio._desk.memory_limit(studio.current).taken_bytes > second + third
    studio.close(studio.current)
    assert taken() == second
    studio._shelf.put_away.emit(studio.documents[1])
    assert taken() == 0
    assert first > 0


def test_strokes_count_within_the_limit_also_those_on_the_photo_in_work(studio, photos, settle):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    studio.stroke(Brush.FOREGROUND, **line(30))
    settle(studio)
    (edit,) = first.edits
    assert studio._desk.memory_limit(first).taken_bytes == second.held_bytes + edit.coverage.nbytes
    assert studio._desk.memory_limit(second).taken_bytes == first.pixel_bytes + edit.coverage.nbytes


def test_a_photo_that_is_put_away_gives_back_no_more_than_its_pixels(studio, photos, settle):
    studio.open(photos[:3])
    settle(studio)
    first, second, third = studio.documents
    studio.stroke(Brush.FOREGROUND, **line(50, brush_px=500))
    studio.stroke(Brush.FOREGROUND, **line(50, brush_px=500))
    settle(studio)
    studio._projects.autosave()
    settle(studio)
    # Were the strokes given back as well, the first one would be enough.
    studio._shelf.budget_bytes = second.held_bytes + third.held_bytes
    studio.select(second)
    studio.select(third)
    settle(studio)
    assert [document.photo is None for document in (first, second, third)] == [True, True, False]


def test_another_model_mattes_the_shown_photo_at_once_and_others_when_they_are_shown(studio, photos, models, settle):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    before = first.base, second.base
    studio.set_model(models / "other.safetensors")
    settle(studio)
    assert studio.model_text == "other"
    assert first.base is not before[0]
    assert np.abs(first.alpha - before[0].alpha).max() > 0.01
    assert second.base is before[1]
    studio.select(second)
    settle(studio)
    assert second.base is not before[1]


def test_a_project_that_is_opened_after_another_model_was_chosen_keeps_its_matte(opened, models, tmp_path, settle):
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    before = opened.current.alpha
    opened.close(opened.current)
    opened.set_model(models / "other.safetensors")  # with nothing open
    for _ in range(2):
        opened.open([tmp_path / "work.mstudio"])
        settle(opened)
        assert opened.model_text == "other"
        assert (opened.current.matted_by, opened.current.modified) == ("tiny", False)
        np.testing.assert_allclose(opened.current.alpha, before, atol=1 / 65535)
        opened.close(opened.current)


def test_a_project_that_is_opened_while_another_model_is_loaded_keeps_its_matte(opened, photos, models, settle, qtbot):
    project = photos[0].with_name("work.mstudio")
    opened.save_project(project)
    settle(opened)
    opened.close(opened.current)
    opened.open(photos[1:2])
    settle(opened)
    gate = Gate(opened._desk.network)
    opened.set_model(models / "other.safetensors")
    opened.open([project])
    qtbot.waitUntil(lambda: len(opened.documents) == 2)
    gate.opened.set()
    settle(opened)
    assert opened.current.matted_by == "tiny"
    opened.select(opened.documents[0])
    settle(opened)
    assert opened.current.matted_by == "other"


def test_a_model_file_that_was_written_anew_is_loaded_when_it_is_chosen_again(studio, photos, models, tmp_path, settle):
    model, better = tmp_path / "best.safetensors", models / "other.safetensors"
    shutil.copy(models / "tiny.safetensors", model)
    studio.set_model(model)
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    before = first.base, second.base
    shutil.copy(better, model)
    studio.matte_again(first)
    settle(studio)
    assert np.array_equal(first.base.alpha, before[0].alpha), "nobody has chosen the better one yet"
    studio.set_model(model)
    settle(studio)
    assert np.abs(first.base.alpha - before[0].alpha).max() > 0.01
    again = first.base
    studio.select(second)
    settle(studio)
    assert np.abs(second.base.alpha - before[1].alpha).max() > 0.01, "its matte was the older one's"
    studio.set_model(model)
    settle(studio)
    assert first.base is again, "there is nothing new to load"


def test_a_model_file_that_was_damaged_since_is_refused_and_what_is_loaded_stays(opened, models, tmp_path, settle):
    model = tmp_path / "best.safetensors"
    shutil.copy(models / "tiny.safetensors", model)
    opened.set_model(model)
    settle(opened)
    before = opened.current.base
    model.write_bytes(b"no model")
    opened.set_model(model)
    settle(opened)
    assert len(opened.heard.said("best.safetensors")) == 1
    assert opened.current.base is before
    assert opened.status(opened.current) is Status.READY
    opened.matte_again(opened.current)
    settle(opened)
    np.testing.assert_array_equal(opened.current.base.alpha, before.alpha)


def test_a_matte_that_is_being_unpacked_is_not_taken_for_another_models(studio, photos, models, settle, qtbot):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    studio._shelf.budget_bytes = 1
    studio.select(second)
    settle(studio)
    assert first.photo is None
    packed = studio._shelf.packed(first)
    gate = Gate(studio._desk.hand)
    studio.select(first)
    assert studio.status(first) is Status.READING
    studio.set_model(models / "other.safetensors")
    qtbot.waitUntil(lambda: studio.model_text == "other")
    gate.opened.set()
    settle(studio)
    assert np.abs(first.base.alpha - unpack(packed).alpha).max() > 0.01


def test_a_model_that_cannot_be_used_is_refused_and_the_one_before_stays(opened, tmp_path, settle):
    before = opened.current.base
    opened.set_model(tmp_path / "missing.safetensors")
    settle(opened)
    assert opened.heard.said("There is no model file")
    assert opened.model_text == "tiny"
    assert opened.settings.model.stem == "tiny"
    assert opened.current.base is before
    assert opened.status(opened.current) is Status.READY


def test_without_any_model_photos_fail_with_one_sentence_until_one_is_chosen(studio, photos, models, tmp_path, settle):
    studio.change_settings(studio.settings.model_copy(update={"model": tmp_path / "missing.safetensors"}))
    studio.open(photos[:2])
    settle(studio)
    assert [studio.status(document) for document in studio.documents] == [Status.FAILED] * 2
    assert len(studio.heard.said("There is no model file")) == 1
    studio.set_model(models / "tiny.safetensors")
    settle(studio)
    assert [studio.status(document) for document in studio.documents] == [Status.READY] * 2


def test_another_size_makes_another_matte(opened, settle):
    before = opened.current.base
    opened.set_size_px(96)
    settle(opened)
    assert opened.current.base is not before
    assert opened.settings.size_px == 96


def test_another_quality_makes_another_matte_and_is_remembered(opened, settle):
    before = opened.current.base
    opened.set_quality("best")
    settle(opened)
    assert opened.current.base is not before
    assert opened.network_choice.quality == opened.settings.quality == "best"


# Strokes and history


def test_a_stroke_arrives_in_the_matte_and_is_one_step(opened, settle):
    document = opened.current
    before = document.alpha.copy()
    opened.stroke(Brush.FOREGROUND, **line(30))
    settle(opened)
    assert len(document.edits) == 1
    assert document.alpha[31, 30] == 1
    assert document.trimap[31, 30] == 255
    assert document.undo_name == "Paint foreground"
    opened.undo()
    settle(opened)
    np.testing.assert_array_equal(document.alpha, before)
    opened.redo()
    settle(opened)
    assert document.alpha[31, 30] == 1


def test_many_quick_strokes_all_arrive_in_order(opened, settle):
    document = opened.current
    brushes = [Brush.FOREGROUND, Brush.BACKGROUND, Brush.RESTORE] * 7
    for number, brush in enumerate(brushes):
        opened.stroke(brush, **line(10 + 3 * number))
    settle(opened)
    assert [edit.brush for edit in document.edits] == brushes
    np.testing.assert_array_equal(document.alpha, expected_alpha(document))
    assert document.dirty is None


def test_undo_right_after_a_stroke_takes_that_stroke_back(opened, settle):
    document = opened.current
    gate = Gate(opened._desk.hand)
    opened.stroke(Brush.FOREGROUND, **line(20))
    opened.stroke(Brush.BACKGROUND, **line(40))
    opened.undo()
    opened.stroke(Brush.FOREGROUND, **line(60))
    assert document.edits == ()
    gate.opened.set()
    settle(opened)
    assert [edit.brush for edit in document.edits] == [Brush.FOREGROUND, Brush.FOREGROUND]
    np.testing.assert_array_equal(document.alpha, expected_alpha(document))


def test_a_stroke_beside_the_photo_changes_nothing(opened, settle):
    opened.stroke(Brush.FOREGROUND, [(-500, -500)], 10, 1, 1)
    opened.stroke(Brush.FOREGROUND, **line(20))
    settle(opened)
    assert len(opened.current.edits) == 1


def test_a_stroke_before_the_matte_is_left_out(studio, photos, settle, qtbot):
    gate = Gate(studio._desk.network)
    with qtbot.waitSignal(studio.documents_changed):
        studio.open(photos[:1])
    studio.stroke(Brush.FOREGROUND, **line(20))
    gate.opened.set()
    settle(studio)
    assert studio.current.edits == ()


def test_what_was_declared_unknown_is_solved_and_undone_as_one_step(opened, settle):
    document = opened.current
    opened.stroke(Brush.FOREGROUND, **line(40, brush_px=40))
    settle(opened)
    before = document.alpha.copy()
    opened.stroke(Brush.UNKNOWN, **line(40, brush_px=16))
    settle(opened)
    edit = document.edits[-1]
    assert edit.solved is not None
    assert document.trimap[42, 30] == 128
    np.testing.assert_array_equal(document.alpha, expected_alpha(document))
    opened.undo()
    settle(opened)
    np.testing.assert_array_equal(document.alpha, before)
    assert len(document.edits) == 1


def test_undoing_while_it_is_solved_is_safe(opened, settle):
    document = opened.current
    gate = Gate(opened._desk.network)
    opened.stroke(Brush.UNKNOWN, **line(40))
    opened.stroke(Brush.FOREGROUND, **line(20))
    opened.undo()
    opened.undo()
    gate.opened.set()
    settle(opened)
    assert document.edits == ()
    np.testing.assert_array_equal(document.alpha, document.base.alpha)
    opened.redo()
    settle(opened)
    assert document.edits[0].solved is not None
    np.testing.assert_array_equal(document.alpha, expected_alpha(document))


def test_what_nobody_solved_is_solved_when_its_project_is_opened(opened, make_studio, tmp_path, settle, qtbot):
    gate = Gate(opened._desk.network)
    opened.stroke(Brush.UNKNOWN, **line(40))
    qtbot.waitUntil(lambda: len(opened.current.edits) == 1)
    opened.cancel()
    gate.opened.set()
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    assert opened.heard.said("declared unknown in photo-0.png is not solved")
    assert read_project(tmp_path / "work.mstudio").state.edits[0].solved is None
    again = make_studio()
    again.open([tmp_path / "work.mstudio"])
    settle(again)
    assert again.current.edits[0].solved is not None
    np.testing.assert_array_equal(again.current.alpha, expected_alpha(again.current))


def test_strokes_stay_when_another_model_speaks(opened, models, settle):
    opened.stroke(Brush.FOREGROUND, **line(30))
    settle(opened)
    opened.set_model(models / "other.safetensors")
    settle(opened)
    assert opened.current.alpha[31, 30] == 1
    np.testing.assert_array_equal(opened.current.alpha, expected_alpha(opened.current))


def test_an_unknown_stroke_without_a_model_says_so(opened, make_studio, tmp_path, settle):
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    again = make_studio()
    again.change_settings(again.settings.model_copy(update={"model": tmp_path / "missing.safetensors"}))
    again.open([tmp_path / "work.mstudio"])
    settle(again)
    again.stroke(Brush.UNKNOWN, **line(30))
    settle(again)
    assert again.heard.said("No model is loaded")
    assert not again.heard.said("unexpectedly")


def test_rendering_holds_on_to_the_photos_shown_last_only(studio, photos, settle):
    studio.open(photos[:4])
    settle(studio)
    for document in studio.documents:
        studio.select(document)
        studio.request_view("main", View(ViewMode.ORIGINAL, Box(0, 0, HEIGHT, WIDTH), WIDTH, HEIGHT))
        settle(studio)
    assert list(studio._views._renderings) == list(studio.documents[-2:])
    assert [seen.document for seen in studio.heard.rendered] == list(studio.documents)


def test_removing_all_strokes_is_a_step_of_its_own(opened, settle):
    document = opened.current
    opened.stroke(Brush.FOREGROUND, **line(20))
    opened.stroke(Brush.BACKGROUND, **line(60))
    opened.reset_edits()
    settle(opened)
    np.testing.assert_array_equal(document.alpha, document.base.alpha)
    opened.undo()
    settle(opened)
    assert len(document.edits) == 2
    np.testing.assert_array_equal(document.alpha, expected_alpha(document))


# Looks and views


WHOLE = View(ViewMode.COMPOSITE, Box(0, 0, HEIGHT, WIDTH), WIDTH, HEIGHT)
RED = Look(background=Plain(colour=(1, 0, 0)))


def test_a_view_is_answered_with_the_picture_that_was_asked_for(opened, settle):
    opened.request_view("canvas", WHOLE)
    settle(opened)
    rendered = opened.heard.rendered[-1]
    assert rendered.view is WHOLE
    assert rendered.key == "canvas"
    assert rendered.document is opened.current
    assert rendered.image.shape == (HEIGHT, WIDTH, 4), "its background is transparent"


def test_of_many_requests_of_a_key_the_last_one_is_answered(opened, settle):
    gate = Gate(opened._desk.hand)
    for width in range(10, 60):
        opened.request_view("canvas", View(ViewMode.ORIGINAL, Box(0, 0, HEIGHT, WIDTH), width, 30))
        opened.request_view("other", View(ViewMode.ALPHA, Box(0, 0, HEIGHT, WIDTH), width, 30))
    gate.opened.set()
    settle(opened)
    assert [(rendered.key, rendered.view.width_px) for rendered in opened.heard.rendered] == [
        ("canvas", 59),
        ("other", 59),
    ]


def test_a_background_picture_that_is_gone_is_told_once_and_no_older_background_stays(opened, settle, tmp_path):
    opened.change_look(RED, "Red background")
    opened.request_view("canvas", WHOLE)
    missing = Look(background=Picture(path=tmp_path / "gone.png"))
    opened.change_look(missing, "Background")
    for width in (WIDTH, 60, 50):
        opened.request_view("canvas", replace(WHOLE, width_px=width))
        settle(opened)
    assert len(opened.heard.said("The background picture cannot be used.")) == 1
    assert opened.heard.rendered[-1].image.shape[2] == 4, "nothing is behind the person"
    opened.change_look(RED, "Red background")
    opened.request_view("canvas", WHOLE)
    opened.undo()
    opened.request_view("canvas", WHOLE)
    settle(opened)
    assert len(opened.heard.said("The background picture cannot be used.")) == 2, "it was chosen again"


def test_a_look_is_previewed_without_history_and_taken_with_it(opened, settle):
    document = opened.current
    colours = []
    for choose in (
        lambda: opened.preview_look(RED),
        lambda: opened.preview_look(None),
        lambda: opened.change_look(RED, "Red background"),
        opened.undo,
    ):
        choose()
        opened.request_view("canvas", WHOLE)
        settle(opened)
        transparent = np.unravel_index(document.alpha.argmin(), document.alpha.shape)
        colours.append(tuple(opened.heard.rendered[-1].image[transparent].tolist()))
    assert colours[0] == colours[2] != colours[1]
    assert colours[1] == colours[3]
    assert document.redo_name == "Red background"
    assert document.look == Look()


# Memory


def test_photos_not_shown_for_long_are_put_away_and_come_back_as_they_were(studio, photos, settle, tmp_path):
    studio.open(photos)
    settle(studio)
    first = studio.documents[0]
    studio.stroke(Brush.FOREGROUND, **line(30))
    settle(studio)
    studio.save_project(tmp_path / "first.mstudio")
    settle(studio)
    alpha, trimap = first.alpha.copy(), first.trimap.copy()
    studio._shelf.budget_bytes = 1
    studio.request_view("canvas", WHOLE)
    settle(studio)
    assert first in studio._views._renderings
    studio.select(studio.documents[3])
    settle(studio)
    assert first.photo is None
    assert first not in studio._views._renderings, "it holds the photo, the colours and the matte"
    assert isinstance(studio._shelf.packed(first), PackedBase)
    assert studio.documents[3].photo is not None
    assert studio.status(first) is Status.READY
    studio.select(first)
    settle(studio)
    np.testing.assert_allclose(first.alpha, alpha, atol=1 / 65535)
    np.testing.assert_array_equal(first.trimap, trimap)
    assert studio.status(first) is Status.READY


@pytest.fixture
def failed(studio, photos, tmp_path, settle):
    """Four photos without a matte, for want of a model, and with room for one."""
    studio.change_settings(studio.settings.model_copy(update={"model": tmp_path / "missing.safetensors"}))
    studio._shelf.budget_bytes = HEIGHT * WIDTH * 3
    studio.open(photos)
    settle(studio)
    assert {studio.status(document) for document in studio.documents} == {Status.FAILED}
    return studio


def with_photos(studio):
    return [document for document in studio.documents if document.photo is not None]


def test_photos_whose_mattes_failed_are_put_away_too_and_are_shown_again(failed, settle):
    first, _, third, _ = failed.documents
    sentence = failed.failure(third)
    assert with_photos(failed)[0] is first
    assert len(with_photos(failed)) <= 2, "the shown one, and perhaps the one that was read last"
    failed.heard.messages.clear()
    failed.select(third)
    settle(failed)
    failed._shelf.tidy()
    assert with_photos(failed) == [third]
    assert (failed.status(third), failed.failure(third)) == (Status.FAILED, sentence)
    assert failed.heard.messages == [], "all was said the first time"


def test_photos_that_were_put_away_without_a_matte_are_tried_again_with_another_model(failed, models, settle):
    failed.set_model(models / "tiny.safetensors")
    settle(failed)
    assert {failed.status(document) for document in failed.documents} == {Status.READY}


def test_reading_a_photo_whose_matte_failed_may_be_called_off(failed, settle, qtbot):
    third = failed.documents[2]
    sentence = failed.failure(third)
    gate = Gate(failed._desk.hand)
    failed.select(third)
    assert failed.status(third) is Status.READING
    failed.select(failed.documents[0])  # which takes the reading back
    assert (failed.status(third), failed.failure(third)) == (Status.FAILED, sentence)
    gate.opened.set()
    settle(failed)


def test_a_photo_whose_matte_failed_is_saved_without_being_shown(failed, settle, tmp_path):
    third = failed.documents[2]
    assert third.photo is None
    failed.save_project(tmp_path / "third.mstudio", third)
    settle(failed)
    assert failed.heard.said("Saved as")
    assert read_project(tmp_path / "third.mstudio").photo_path == third.path
    third.path.unlink()
    failed._shelf.tidy()
    failed.save_project(tmp_path / "again.mstudio", third)
    settle(failed)
    assert failed.heard.said("cannot be saved")
    assert "does not exist" in failed.failure(third)


def test_unsaved_work_is_put_away_only_once_a_copy_is_kept(studio, photos, settle):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    studio.stroke(Brush.FOREGROUND, **line(30))
    settle(studio)
    studio._shelf.budget_bytes = 1
    studio.select(second)
    settle(studio)
    assert first.photo is not None
    studio._projects.autosave()
    settle(studio)
    studio.select(first)
    studio.select(second)
    settle(studio)
    assert first.photo is None


def put_away(studio, first, settle):
    """Show another photo until the first has given up its pixels; a copy of it is kept."""
    studio._projects.autosave()
    settle(studio)
    studio._shelf.budget_bytes = 1
    studio.select(studio.documents[1])
    settle(studio)
    studio._shelf.tidy()
    settle(studio)
    assert first.photo is None


def test_what_was_put_away_is_saved_without_being_shown(studio, photos, settle, tmp_path):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    studio.save_project(tmp_path / "first.mstudio")
    settle(studio)
    studio.stroke(Brush.FOREGROUND, **line(30))
    settle(studio)
    alpha = first.alpha.copy()
    put_away(studio, first, settle)
    assert studio.modified == (first,)
    done = []
    for number in range(2):
        studio.save_project(document=first, then=lambda number=number: done.append(number))
    settle(studio)
    assert (studio.modified, studio.saving, done) == ((), (), [0, 1])
    assert studio.current is second
    studio.close(first)
    assert first not in studio._saves._files
    studio.open([tmp_path / "first.mstudio"])
    settle(studio)
    np.testing.assert_allclose(studio.documents[-1].alpha, alpha, atol=2 / 65535)


def test_what_was_put_away_and_changed_meanwhile_gets_a_new_matte(studio, photos, settle, tmp_path):
    studio.open(photos[:2])
    settle(studio)
    first = studio.documents[0]
    base = first.base
    put_away(studio, first, settle)
    mirrored = np.ascontiguousarray(read_photo(photos[0]).image[:, ::-1])
    write_image(photos[0], mirrored)
    told = []
    studio.message.connect(lambda kind, sentence: told.append((kind, sentence)))
    studio.select(first)
    settle(studio)
    assert ("warning", f"{photos[0]} has changed since it was opened: its matte is made anew.") in told
    np.testing.assert_array_equal(first.photo.image, mirrored)
    assert studio.status(first) is Status.READY
    assert (first.base.alpha != base.alpha).any()
    studio.save_project(tmp_path / "first.mstudio")
    settle(studio)
    assert told[-1] == ("info", f"Saved as {tmp_path / 'first.mstudio'}."), "the file is the photo again"


def test_what_was_put_away_and_cannot_be_read_again_is_not_saved_and_says_so(studio, photos, settle, tmp_path, qtbot):
    studio.open(photos[:2])
    settle(studio)
    first = studio.documents[0]
    studio.stroke(Brush.FOREGROUND, **line(30))
    settle(studio)
    put_away(studio, first, settle)
    photos[0].unlink()
    told = []
    studio.message.connect(lambda kind, sentence: told.append((kind, sentence)))
    studio.save_project(tmp_path / "first.mstudio", document=first)
    settle(studio)
    assert not (tmp_path / "first.mstudio").exists()
    assert studio.modified == (first,)
    ((kind, sentence),) = [each for each in told if "cannot be saved" in each[1]]
    assert kind == "warning"
    assert str(photos[0]) in sentence


# Export


def test_an_export_has_the_strokes_made_just_before(opened, tmp_path, settle):
    opened.stroke(Brush.FOREGROUND, **line(30))
    opened.export(opened.current, ExportRequest(ExportKind.ALPHA, tmp_path / "alpha.png"))
    opened.stroke(Brush.BACKGROUND, **line(30))
    settle(opened)
    written = read_photo(tmp_path / "alpha.png").image[..., 0]
    assert written[31, 30] == 255
    edits = opened.current.edits[:1]
    expected = fold(opened.current.base, edits, opened.current.base.box).alpha
    np.testing.assert_allclose(written / 255, expected, atol=0.51 / 255)
    assert opened.settings.export.what is ExportKind.ALPHA


def test_results_wait_for_what_was_declared_unknown(opened, tmp_path, settle, qtbot):
    gate = Gate(opened._desk.network)
    opened.stroke(Brush.UNKNOWN, **line(40, brush_px=20))
    opened.export(opened.current, ExportRequest(ExportKind.ALPHA, tmp_path / "alpha.png"))
    opened.save_project(tmp_path / "work.mstudio")
    opened.learn_from_corrections()
    opened.undo()  # comes after them, as it was asked for after them
    qtbot.waitUntil(lambda: len(opened.current.edits) == 1)
    assert opened.saving == opened.modified == (opened.current,)
    assert not any(job.key[0] in ("export", "save", "learn") for job in opened._desk.files.jobs)
    gate.opened.set()
    settle(opened)
    assert opened.current.edits == ()
    (edit,) = read_project(tmp_path / "work.mstudio").state.edits
    assert edit.solved is not None
    expected = fold(opened.current.base, (edit,), opened.current.base.box).alpha
    for path in (tmp_path / "alpha.png", *opened.own_photos_folder.rglob("alpha/*.png")):
        np.testing.assert_allclose(read_photo(path).image[..., 0] / 255, expected, atol=1 / 255)
    assert len(list(opened.own_photos_folder.rglob("alpha/*.png"))) == 1


def test_what_waits_with_another_quick_export_takes_another_name(studio, tmp_path, settle, qtbot, photos):
    twin = photos[0].with_suffix(".tif")
    write_image(twin, read_photo(photos[0]).image)
    studio.open([photos[0], twin])
    settle(studio)
    gate = Gate(studio._desk.network)
    for document in studio.documents:
        studio.select(document)
        studio.stroke(Brush.UNKNOWN, **line(40))
        qtbot.waitUntil(lambda document=document: len(document.edits) == 1)
        studio.quick_export()
    gate.opened.set()
    settle(studio)
    written = sorted(path.name for path in photos[0].parent.glob("*cutout*"))
    assert written == ["photo-0-cutout-2.png", "photo-0-cutout.png"]


def test_quick_export_repeats_the_last_choice_beside_the_photo_and_overwrites_nothing(opened, photos, tmp_path, settle):
    opened.export(opened.current, ExportRequest(ExportKind.ALPHA, tmp_path / "alpha.tif", bit_depth=16))
    opened.quick_export()
    opened.quick_export()
    settle(opened)
    beside = [path.name for path in sorted(photos[0].parent.glob("*.tif"))]
    assert beside == ["photo-0-alpha-2.tif", "photo-0-alpha.tif"]
    assert read_photo(photos[0].parent / beside[0]).bit_depth == 16


def test_a_project_that_holds_its_photo_is_quickly_exported_beside_itself(opened, make_studio, tmp_path, settle):
    (tmp_path / "handed on").mkdir()
    project = tmp_path / "handed on" / "work.mstudio"
    opened.save_whole_project(project, opened.current)
    opened.export(opened.current, ExportRequest(ExportKind.CUTOUT, tmp_path / "elsewhere.png"))
    settle(opened)
    again = make_studio()
    again.open([project])
    settle(again)
    again.quick_export()
    settle(again)
    assert (project.parent / "photo-0-cutout.png").exists()


@pytest.mark.skipif(os.name == "nt", reason="names are counted in another way there")
def test_photos_with_very_long_names_are_quickly_exported_under_shorter_ones(studio, photos, settle):
    photo = photos[0].rename(photos[0].with_name(f"{246 * 'W'}.png"))
    studio.open([photo])
    settle(studio)
    for _ in range(2):
        studio.quick_export()
        settle(studio)
    assert {severity for severity, _sentence in studio.heard.messages} == {"info"}
    assert len(list(photo.parent.glob("W*-cutout.png"))) == len(list(photo.parent.glob("W*-cutout-2.png"))) == 1


def test_an_export_that_succeeds_makes_good_those_that_failed(opened, photos, tmp_path, settle):
    made_good = []
    opened.made_good.connect(made_good.append)
    nowhere = tmp_path / "nowhere"
    opened.export(opened.current, ExportRequest(ExportKind.CUTOUT, nowhere / "one.png"))
    opened.export(opened.current, ExportRequest(ExportKind.CUTOUT, nowhere / "two.png"))
    settle(opened)
    failed = {sentence for severity, sentence in opened.heard.messages if severity == "error"}
    assert len(failed) == 2
    first = opened.current
    opened.open(photos[1:2])
    settle(opened)
    opened.quick_export()  # of another photo
    settle(opened)
    assert made_good == []
    opened.select(first)
    opened.quick_export()
    settle(opened)
    assert set(made_good) == failed
    opened.quick_export()
    settle(opened)
    assert len(made_good) == 2, "once"


def test_of_a_closed_photo_nothing_is_made_good_and_nothing_held(opened, tmp_path, settle):
    opened.export(opened.current, ExportRequest(ExportKind.CUTOUT, tmp_path / "nowhere" / "one.png"))
    settle(opened)
    assert opened._failures._sentences
    opened.close(opened.current)
    assert not opened._failures._sentences


def test_the_cut_out_is_put_on_the_clipboard_with_its_transparency(opened, settle):
    opened.copy_cutout()
    settle(opened)
    contents = QGuiApplication.clipboard().mimeData()
    assert contents.hasImage()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (WIDTH, HEIGHT)
    assert image.hasAlphaChannel()
    assert bytes(contents.data("image/png")).startswith(b"\x89PNG")


def test_a_cut_out_is_handed_out_as_a_file_and_as_the_picture_that_the_clipboard_has(
    make_studio, tmp_path, settle, qtbot
):
    photo = tmp_path / "adobe.png"
    adobe = bytes(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb).iccProfile().data())
    write_image(photo, np.full((HEIGHT, WIDTH, 3), (40, 200, 40), np.uint8), icc_profile=adobe)
    studio = make_studio()
    studio.open([photo])
    settle(studio)
    studio.stroke(Brush.FOREGROUND, **line(30))
    studio.copy_cutout()
    settle(studio)
    copied = QGuiApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGBA8888)
    handed = []
    studio.handed_out.connect(lambda path, image: handed.append((path, image)))
    settings, heard = studio.settings, len(studio.heard.messages)
    studio.hand_out_cutout(studio.current, tmp_path / "out.png")
    settle(studio)
    [(path, image)] = handed
    assert image.convertToFormat(QImage.Format.Format_RGBA8888) == copied
    assert image.colorSpace() == QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    assert read_photo(path).icc_profile == adobe, "the file says its own colours"
    assert studio.settings == settings, "nobody chose how"
    assert len(studio.heard.messages) == heard


def test_what_is_made_of_a_photo_for_elsewhere_is_finished_though_the_photo_is_closed(opened, tmp_path, settle):
    document, alpha = opened.current, opened.current.alpha.copy()
    learnt, copied = [], []
    opened.learnt.connect(learnt.append)
    opened.copied.connect(copied.append)
    gate = Gate(opened._desk.files)
    opened.export(document, ExportRequest(ExportKind.ALPHA, tmp_path / "alpha.png"))
    opened.copy_cutout()
    opened.learn_from_corrections()
    opened.close(document)
    assert opened.documents == ()
    assert opened.exporting == (document,), "who quits now is still asked"
    gate.opened.set()
    settle(opened)
    assert opened.heard.said("Exported to")
    np.testing.assert_allclose(read_photo(tmp_path / "alpha.png").image[..., 0] / 255, alpha, atol=0.51 / 255)
    assert copied == [document]
    assert len(learnt) == 1
    assert opened.exporting == ()


def test_an_export_that_cannot_be_written_says_why(opened, tmp_path, settle):
    opened.export(opened.current, ExportRequest(ExportKind.ALPHA, tmp_path / "no such folder" / "alpha.png"))
    settle(opened)
    assert opened.heard.said("its folder does not exist")


# Projects


def test_a_project_brings_back_matte_strokes_and_look(opened, make_studio, tmp_path, settle):
    opened.stroke(Brush.FOREGROUND, **line(30))
    opened.stroke(Brush.UNKNOWN, **line(60))
    opened.change_look(RED, "Red")
    settle(opened)
    before = opened.current
    assert opened.modified == (before,)
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    assert opened.modified == ()

    again = make_studio()
    again.open([tmp_path / "work.mstudio"])
    settle(again)
    after = again.current
    np.testing.assert_allclose(after.alpha, before.alpha, atol=1 / 65535)
    np.testing.assert_array_equal(after.trimap, before.trimap)
    assert after.look == RED
    assert not after.modified
    assert after.project_path == tmp_path / "work.mstudio"
    assert again.status(after) is Status.READY


def test_a_stroke_just_before_saving_is_saved(opened, make_studio, tmp_path, settle):
    opened.stroke(Brush.FOREGROUND, **line(30))
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    assert opened.modified == ()
    again = make_studio()
    again.open([tmp_path / "work.mstudio"])
    settle(again)
    assert len(again.current.edits) == 1


def test_what_is_being_saved_when_the_program_ends_is_saved(opened, tmp_path):
    opened.save_project(tmp_path / "work.mstudio")
    assert opened.shutdown(10)
    assert (tmp_path / "work.mstudio").is_file()
    assert opened.heard.said("Saved as")


def test_a_matte_that_arrives_while_a_project_is_saved_is_still_to_be_saved(opened, models, tmp_path, settle, qtbot):
    document, path = opened.current, tmp_path / "work.mstudio"
    for name in ("other", "tiny"):  # a new project first, then one that is there
        before, made_by = document.base, document.matted_by
        gate = Gate(opened._desk.files)
        opened.save_project(path)
        opened.set_model(models / f"{name}.safetensors")
        qtbot.waitUntil(lambda before=before: document.base is not before)
        gate.opened.set()
        settle(opened)
        assert opened.modified == (document,)
        assert read_project(path).model == made_by != name
        opened.save_project()
        settle(opened)
        assert opened.modified == ()
        assert read_project(path).model == name
        np.testing.assert_allclose(read_project(path).base.alpha, document.base.alpha, atol=1 / 65535)


def test_the_first_matte_that_arrives_while_a_project_is_saved_is_too(studio, photos, tmp_path, settle, qtbot):
    matting = Gate(studio._desk.network)
    studio.open(photos[:1])
    qtbot.waitUntil(lambda: studio.current is not None and studio.current.photo is not None)
    saving = Gate(studio._desk.files)
    studio.save_project(tmp_path / "work.mstudio")
    matting.opened.set()
    qtbot.waitUntil(lambda: studio.current.base is not None)
    saving.opened.set()
    settle(studio)
    assert studio.modified == studio.documents


def test_what_is_done_while_a_project_is_saved_is_still_to_be_saved(opened, tmp_path, settle, qtbot):
    for change in (
        lambda: opened.stroke(Brush.UNKNOWN, **line(30)),
        lambda: opened.change_look(RED, "Red"),
        opened.undo,
        opened.redo,
        opened.reset_edits,
    ):
        gate = Gate(opened._desk.files)
        opened.save_project(tmp_path / "work.mstudio")
        before = opened.current.state
        change()
        qtbot.waitUntil(lambda before=before: opened.current.state is not before)
        gate.opened.set()
        settle(opened)
        assert opened.modified == opened.documents
        opened.save_project()
        settle(opened)
        assert opened.modified == ()


def test_a_project_that_is_about_to_be_written_is_somebodys_already(studio, photos, tmp_path, settle):
    studio.open(photos[:2])
    settle(studio)
    first, second = studio.documents
    gate = Gate(studio._desk.files)
    studio.save_project(tmp_path / "work.mstudio", first)
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    for path in (tmp_path / "work.mstudio", tmp_path / "link" / "work.mstudio"):
        assert studio.project_owner(path, second) is first
        assert studio.project_owner(path, first) is None
    gate.opened.set()
    settle(studio)
    assert studio.project_owner(tmp_path / "link" / "work.mstudio", second) is first
    assert studio.project_owner(tmp_path / "other.mstudio", second) is None


def test_all_that_was_to_follow_a_save_follows_it(opened, tmp_path, settle):
    gate, done = Gate(opened._desk.files), []
    for number in range(3):
        opened.save_project(tmp_path / "work.mstudio", then=lambda number=number: done.append(number))
    gate.opened.set()
    settle(opened)
    assert done == [0, 1, 2]
    assert opened.saving == ()


def test_a_project_that_another_program_has_written_is_not_written_over_unasked(opened, make_studio, tmp_path, settle):
    path, done = tmp_path / "work.mstudio", []
    opened.save_project(path)
    settle(opened)
    other = make_studio()
    other.open([path])
    settle(other)
    for studio, y in ((other, 30), (opened, 60)):
        studio.stroke(Brush.FOREGROUND, **line(y))
        settle(studio)
    other.save_project()
    settle(other)
    theirs = path.read_bytes()
    overtaken = []
    opened.save_overtaken.connect(overtaken.append)
    opened.save_project(then=lambda: done.append("saved"))
    settle(opened)
    (save,) = overtaken
    assert path.read_bytes() == theirs
    assert (opened.modified, opened.saving, done) == (opened.documents, (), [])
    opened.insist_on(save)
    settle(opened)
    assert path.read_bytes() != theirs
    assert (opened.modified, done) == ((), ["saved"])
    # Its own saves, one right after the other, are nobody else's.
    for y in (20, 40):
        opened.stroke(Brush.FOREGROUND, **line(y))
        opened.save_project()
    settle(opened)
    assert len(overtaken) == 1
    assert opened.modified == ()


def test_a_project_whose_photo_moved_asks_for_it(opened, make_studio, tmp_path, settle, qtbot):
    photo = opened.current.path
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    elsewhere = photo.rename(tmp_path / "moved.png")
    again = make_studio()
    with qtbot.waitSignal(again.photo_missing) as asked:
        again.open([tmp_path / "work.mstudio"])
    assert asked.args[0].expected == photo
    again.locate_photo(asked.args[0].project, elsewhere)
    settle(again)
    assert again.current.path == elsewhere
    assert again.status(again.current) is Status.READY


def test_a_photo_of_another_size_is_not_taken_and_asked_for_once_more(opened, make_studio, tmp_path, settle, qtbot):
    photo = opened.current.path
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    photo.unlink()
    write_image(tmp_path / "small.png", np.zeros((5, 6, 3), np.uint8))
    again = make_studio()
    with qtbot.waitSignal(again.photo_missing):
        again.open([tmp_path / "work.mstudio"])
    with qtbot.waitSignal(again.photo_missing) as asked:
        again.locate_photo(tmp_path / "work.mstudio", tmp_path / "small.png")
    assert asked.args[0].expected == photo


def write_another(photo):
    write_image(photo, np.full((HEIGHT, WIDTH, 3), 77, np.uint8))


@pytest.mark.parametrize(("harm", "sentence"), [(Path.unlink, "cannot be read any more"), (write_another, "changed")])
def test_a_project_keeps_the_photo_that_was_open_whatever_becomes_of_its_file(opened, tmp_path, settle, harm, sentence):
    path, before = tmp_path / "work.mstudio", opened.current
    harm(before.path)
    opened.save_project(path)
    settle(opened)
    (told,) = opened.heard.said("Saved as")
    assert sentence in told
    np.testing.assert_array_equal(read_project(path).photo.pixels, before.photo.pixels)
    np.testing.assert_allclose(read_project(path).base.alpha, before.alpha, atol=1 / 65535)


def test_a_whole_project_that_was_handed_on_shows_its_background_and_stays_whole(
    opened, make_studio, photos, tmp_path, settle
):
    picture = photos[1].rename(tmp_path / "beach.png")
    opened.change_look(Look(background=Picture(path=picture)), "Beach")
    opened.save_whole_project(tmp_path / "work.mstudio", opened.current)
    settle(opened)
    picture.unlink()
    photos[0].unlink()
    for _ in range(2):  # whoever gets it, and whoever gets it from there
        again = make_studio()
        again.open([tmp_path / "work.mstudio"])
        settle(again)
        assert (again.current.photo.pixels == opened.current.photo.pixels).all()
        unpacked = again.current.look.background.path
        assert unpacked.is_relative_to(tmp_path / "data" / "backgrounds")
        again.stroke(Brush.FOREGROUND, **line(30))
        again._projects.autosave()
        again.save_project()
        settle(again)
        unpacked.unlink()


def test_work_on_a_whole_project_is_brought_back_whole(opened, make_studio, tmp_path, settle):
    opened.save_whole_project(tmp_path / "work.mstudio", opened.current)
    crash_in_the_middle_of_work(opened, settle)
    again = make_studio()
    again.recover(again.pending_recoveries()[0])
    settle(again)
    assert again.current.project_is_whole


def test_a_photo_that_changes_while_its_project_is_open_is_kept_too(opened, make_studio, photos, tmp_path, settle):
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    again = make_studio()
    again.open([tmp_path / "work.mstudio"])
    settle(again)
    write_another(photos[0])
    again.save_project()
    settle(again)
    assert again.heard.said("has changed since it was opened")
    np.testing.assert_array_equal(read_project(tmp_path / "work.mstudio").photo.pixels, opened.current.photo.pixels)


def test_a_project_is_not_opened_twice_while_it_is_being_read_nor_afterwards(opened, tmp_path, settle, monkeypatch):
    path = tmp_path / "work.mstudio"
    opened.save_project(path)
    settle(opened)
    opened.close(opened.current)
    monkeypatch.chdir(tmp_path)
    opened._take_paths(sort_out([path]))
    opened._take_paths(sort_out([Path("work.mstudio")]))
    opened.open([path])
    settle(opened)
    opened.open([Path("work.mstudio")])
    settle(opened)
    opened.locate_photo(Path("work.mstudio"), opened.current.path)
    settle(opened)
    assert [document.project_path for document in opened.documents] == [path]


def test_a_damaged_project_is_said_and_nothing_is_opened(studio, tmp_path, settle):
    (tmp_path / "work.mstudio").write_bytes(b"PK\x03\x04 and no more")
    studio.open([tmp_path / "work.mstudio"])
    settle(studio)
    assert studio.documents == ()
    assert studio.heard.said("is no project, or is damaged")


# Crashes


def crash(studio):
    """End the threads and nothing else: the folder of copies stays, and its lock goes as the system lets it go."""
    studio._projects._timer.stop()
    assert studio._desk.shutdown(10)
    studio._projects._recovery._lock.release()
    studio._projects._recovery = Recovery(Path("/nowhere"))


def crash_in_the_middle_of_work(studio, settle):
    """After a stroke of which there is a copy."""
    studio.stroke(Brush.FOREGROUND, **line(30))
    settle(studio)
    studio._projects.autosave()
    settle(studio)
    crash(studio)


def test_after_a_crash_the_work_is_offered_and_brought_back(opened, make_studio, photos, settle):
    opened.stroke(Brush.FOREGROUND, **line(30))
    settle(opened)
    opened._projects.autosave()
    settle(opened)
    alpha = opened.current.alpha
    assert make_studio().pending_recoveries() == []  # it is still alive
    crash(opened)

    again = make_studio()
    (item,) = again.pending_recoveries()
    assert item.name == "photo-0.png"
    again.recover(item)
    settle(again)
    assert again.current.path == photos[0]
    assert again.current.modified
    np.testing.assert_allclose(again.current.alpha, alpha, atol=1 / 65535)
    assert again.pending_recoveries() == []
    # It crashes again, at once: nothing is lost.
    crash(again)
    assert len(make_studio().pending_recoveries()) == 1


def test_work_on_a_project_that_is_open_already_is_brought_back_beside_it(opened, make_studio, tmp_path, settle):
    path = tmp_path / "work.mstudio"
    opened.save_project(path)
    settle(opened)
    crash_in_the_middle_of_work(opened, settle)
    again = make_studio()
    again.open([path])
    settle(again)
    again.recover(again.pending_recoveries()[0])
    settle(again)
    project, brought_back = again.documents
    assert (project.project_path, brought_back.project_path) == (path, None)
    assert len(brought_back.edits) == 1
    assert again.heard.said("wants a name of its own")


def test_work_on_a_photo_whose_file_is_gone_is_kept_without_a_word(opened, make_studio, photos, settle):
    pixels = opened.current.photo.pixels
    opened.stroke(Brush.FOREGROUND, **line(30))
    settle(opened)
    photos[0].unlink()
    opened.heard.messages.clear()
    opened._projects.autosave()
    settle(opened)
    assert opened.heard.messages == []
    alpha = opened.current.alpha
    crash(opened)
    again = make_studio()
    again.recover(again.pending_recoveries()[0])
    settle(again)
    np.testing.assert_array_equal(again.current.photo.pixels, pixels)
    np.testing.assert_allclose(again.current.alpha, alpha, atol=1 / 65535)
    assert again.current.modified


def test_a_copy_is_kept_anew_when_another_model_has_spoken(opened, make_studio, models, settle):
    opened.stroke(Brush.FOREGROUND, **line(30))
    settle(opened)
    opened._projects.autosave()
    settle(opened)
    opened.set_model(models / "other.safetensors")
    settle(opened)
    opened._projects.autosave()
    settle(opened)
    alpha = opened.current.alpha
    crash(opened)
    again = make_studio()
    again.recover(again.pending_recoveries()[0])
    settle(again)
    np.testing.assert_allclose(again.current.alpha, alpha, atol=1 / 65535)


def test_copies_and_projects_read_a_photo_for_its_digest_once(opened, tmp_path, settle, monkeypatch):
    digest, read = hashlib.file_digest, []
    monkeypatch.setattr(hashlib, "file_digest", lambda file, name: (read.append(file.name), digest(file, name))[1])
    for row in (20, 30, 40):
        opened.stroke(Brush.FOREGROUND, **line(row))
        settle(opened)
        opened._projects.autosave()
        settle(opened)
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    assert read == [str(opened.current.path)]


def test_what_a_crash_left_can_be_discarded(opened, make_studio, settle):
    crash_in_the_middle_of_work(opened, settle)
    again = make_studio()
    again.discard(again.pending_recoveries()[0])
    assert again.pending_recoveries() == []


def test_work_that_cannot_be_brought_back_is_told_of_by_its_photo_and_stays_kept(opened, make_studio, settle, qtbot):
    crash_in_the_middle_of_work(opened, settle)
    again = make_studio()
    (item,) = again.pending_recoveries()
    content = item.path.read_bytes()
    item.path.write_bytes(content[:100])
    with qtbot.waitSignal(again.work_left):
        again.recover(item)
    settle(again)
    assert not again.is_being_recovered(item)
    (sentence,) = again.heard.said("Your work on photo-0.png cannot be brought back")
    assert str(item.path.parent) not in sentence
    (item,) = again.pending_recoveries()
    item.path.write_bytes(content)
    again.recover(item)
    assert again.is_being_recovered(item)
    settle(again)
    assert again.current.modified


def test_bringing_back_may_be_called_off_and_the_work_stays_kept(opened, make_studio, settle, qtbot):
    crash_in_the_middle_of_work(opened, settle)
    again = make_studio()
    (item,) = again.pending_recoveries()
    gate = Gate(again._desk.hand)
    again.recover(item)
    with qtbot.waitSignal(again.work_left):
        again._desk.hand.cancel(("project", item.path))
    gate.opened.set()
    settle(again)
    assert again.pending_recoveries() == [item]


def test_saving_or_ending_well_leaves_nothing_to_recover(opened, make_studio, tmp_path, settle):
    opened.stroke(Brush.FOREGROUND, **line(30))
    settle(opened)
    opened._projects.autosave()
    settle(opened)
    copies = tmp_path / "data" / "recovery"
    assert len(list(copies.rglob("*.mstudio"))) == 1
    opened.save_project(tmp_path / "work.mstudio")
    settle(opened)
    assert list(copies.rglob("*.mstudio")) == []
    opened.stroke(Brush.FOREGROUND, **line(60))
    settle(opened)
    opened._projects.autosave()
    settle(opened)
    opened.shutdown()
    assert list(copies.iterdir()) == []
    assert make_studio().pending_recoveries() == []


# Settings


def test_settings_are_there_at_the_next_start(studio, make_studio, photos, qtbot, settle):
    with qtbot.waitSignal(studio.settings_changed):
        studio.change_settings(studio.settings.model_copy(update={"theme": "light"}))
    studio.open(photos[:1])
    settle(studio)
    assert studio.shutdown()
    again = make_studio()
    assert again.settings.theme == "light"
    assert again.settings.existing_recent_files == (photos[0],)


def test_settings_that_cannot_be_saved_are_said_once_until_they_can(studio, tmp_path, qtbot, settle):
    def change(size_px):
        studio.change_settings(studio.settings.model_copy(update={"size_px": size_px}))
        studio._desk._save_settings()
        settle(studio)
        return len(studio.heard.said("The settings cannot be saved"))

    kept = (tmp_path / "settings").rename(tmp_path / "elsewhere")
    (tmp_path / "settings").touch()
    assert [change(size_px) for size_px in (96, 128, 160)] == [1, 1, 1]
    (tmp_path / "settings").unlink()
    kept.rename(tmp_path / "settings")
    assert change(192) == 1
    (tmp_path / "settings" / "settings.json").unlink()
    (tmp_path / "settings" / "settings.json").mkdir()
    assert change(224) == 2


def test_damaged_settings_are_said_once_somebody_listens(studio, make_studio, tmp_path, qtbot):
    (tmp_path / "settings" / "settings.json").write_text("{ not json")
    again = make_studio()
    qtbot.waitUntil(lambda: bool(again.heard.said("The settings are damaged")))
    assert again.settings.theme == "system"


def test_where_photos_are_opened_from_is_not_where_the_program_lies(studio, photos, settle):
    studio.open(photos[:1])
    settle(studio)
    studio.open([SAMPLE])
    settle(studio)
    assert studio.settings.open_folder == photos[0].parent


def test_what_a_photo_warns_of_is_told_once_however_often_it_is_read(studio, photos, settle):
    write_image(photos[0], read_photo(photos[0]).pixels, icc_profile=b"no profile")
    studio.open(photos[:2])
    settle(studio)
    first = studio.documents[0]
    put_away(studio, first, settle)
    assert first.photo is None
    studio.select(first)
    settle(studio)
    assert first.photo is not None
    assert len(studio.heard.said("colour profile was left out")) == 1


def test_opening_a_photo_waits_for_no_export(studio, photos, qtbot):
    exporting = Gate(studio._desk.files)
    studio.open(photos[:1])
    qtbot.waitUntil(lambda: studio.current is not None and studio.current.photo is not None)
    exporting.opened.set()


def test_of_several_projects_the_first_is_shown_and_stays(opened, make_studio, photos, settle, qtbot):
    opened.open(photos[1:3])
    settle(opened)
    projects = [photos[0].with_name(f"{number}.mstudio") for number in range(3)]
    for document, path in zip(opened.documents, projects, strict=True):
        opened.save_project(path, document=document)
    settle(opened)
    again, shown = make_studio(), []
    again.current_changed.connect(lambda document: shown.append(document.project_path))
    reading = Gate(again._desk.hand)
    again._take_paths(sort_out(projects))
    qtbot.waitUntil(lambda: not again._desk.files.jobs)  # nothing gets ahead of the first one elsewhere
    reading.opened.set()
    settle(again)
    assert [document.project_path for document in again.documents] == projects
    assert set(shown) == {projects[0]}
    assert all(again.thumbnail(document) is not None for document in again.documents)


def test_a_copy_that_is_written_while_its_photo_is_closed_does_not_stay(opened, settle, tmp_path):
    opened.stroke(Brush.FOREGROUND, **line(20))
    settle(opened)
    writing = Gate(opened._desk.files)
    opened._projects.autosave()
    opened.close(opened.current)
    writing.opened.set()
    settle(opened)
    assert list((tmp_path / "data").rglob("*.mstudio")) == []


def test_that_no_copy_can_be_kept_is_said_once_until_one_can(opened, settle, monkeypatch, tmp_path):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for expected in (1, 2):
        with monkeypatch.context() as disk:
            disk.setattr("matting_studio.app.project_file.writing.write_atomically", full)
            for row in (20, 30):
                opened.stroke(Brush.FOREGROUND, **line(row))
                settle(opened)
                opened._projects.autosave()
                settle(opened)
        assert len(opened.heard.said("Unsaved work cannot be kept")) == expected
        assert not opened.heard.said("Choose another folder")
        opened._projects.autosave()
        settle(opened)
        assert len(list((tmp_path / "data").rglob("*.mstudio"))) == 1


def test_where_there_was_no_place_for_copies_they_are_kept_as_soon_as_there_is(opened, settle, tmp_path):
    (tmp_path / "data" / "recovery").parent.mkdir(exist_ok=True)
    (tmp_path / "data" / "recovery").touch()
    opened.stroke(Brush.FOREGROUND, **line(20))
    settle(opened)
    for _ in range(2):
        opened._projects.autosave()
        settle(opened)
    assert len(opened.heard.said("Unsaved work cannot be kept")) == 1
    assert opened._projects._timer.isActive()
    (tmp_path / "data" / "recovery").unlink()
    opened._projects.autosave()
    settle(opened)
    assert len(list((tmp_path / "data").rglob("*.mstudio"))) == 1

"""A run as tables and dialogs see it."""

import errno
import gc
import threading
import time
import weakref
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from batches import FAST, go, leftovers, picture, put_photos, states, tree

from core.errors import CheckpointError
from core.image_io import Format, Photo, read_photo, write_image
from core.predictor import Matte
from matting_studio.app import develop
from matting_studio.app.batch import (
    BatchRun,
    Item,
    Recipe,
    RowChanged,
    RunState,
    Shard,
    StateChanged,
    Workplace,
    find_photos,
    make_plan,
)
from matting_studio.app.batch import run as run_module
from matting_studio.app.batch.pipeline import Pipeline
from matting_studio.app.batch.scaling import scaled_down
from matting_studio.app.document import Snapshot
from matting_studio.app.edits import Box, Brush, Edit
from matting_studio.app.export import export
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.finish import finish
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Blurred, Crop, Look, Picture, Plain
from matting_studio.app.short_names import short_hash

NAMES = [f"{number}.png" for number in range(12)]


@pytest.fixture
def source(tmp_path):
    put_photos(tmp_path / "in", NAMES)
    return tmp_path / "in"


@pytest.fixture
def started(source, tmp_path):
    """Begins a run with a predictor; ends it after the test."""
    runs = []

    def start(load, recipe=FAST, listener=lambda event: None, workers=1):
        place = Workplace(tmp_path / "out")
        items = find_photos(source, recursive=True, output=tmp_path / "out").items
        plan = make_plan(items, recipe, tmp_path / "out", place.history, "tiny")
        run = BatchRun(plan, place, load, workers=workers, listener=listener)
        runs.append((run, place))
        run.start()
        return run

    yield start
    for run, place in runs:
        run.abort()
        assert run.wait(30)
        place.close()


class Gated:
    """Says nothing until it is let."""

    def __init__(self, predictor):
        self._predictor = predictor
        self.gate = threading.Semaphore(0)
        self.asked = 0

    def predict(self, image):
        self.asked += 1
        self.gate.acquire()
        return self._predictor.predict(image)

    def let(self, count):
        for _ in range(count):
            self.gate.release()


def until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_results_are_what_the_studio_exports(source, tmp_path, predictor):
    look = Look(background=Blurred(radius_px=2), crop=Crop(kind="person"))
    kinds = tuple(ExportKind)
    run, _ = go(source, tmp_path / "out", predictor, Recipe(what=kinds, look=look))
    assert run.progress().done == len(NAMES)
    photo = read_photo(source / "3.png")
    matte = predictor.predict(photo.image)
    snapshot = Snapshot(photo, matte.alpha, matte.trimap, look, 0)
    for kind in kinds:
        path = tmp_path / f"{kind}.png"
        export(snapshot, ExportRequest(kind, path), CancelToken())
        mine, theirs = (read_photo(each) for each in (tmp_path / "out" / f"3-{kind}.png", path))
        # Threads of another number may round otherwise.
        np.testing.assert_allclose(mine.image.astype(int), theirs.image, atol=1)


def test_a_background_picture_is_read_once_for_all_photos(source, tmp_path, predictor, monkeypatch):
    scene, reads = tmp_path / "scene.png", []
    write_image(scene, np.full((20, 30, 3), 77, np.uint8))
    monkeypatch.setattr(develop, "read_photo", lambda path: reads.append(path) or read_photo(path))
    recipe = Recipe(what=(ExportKind.CUTOUT, ExportKind.COMPOSITE), look=Look(background=Picture(path=scene)))
    run, _ = go(source, tmp_path / "out", predictor, recipe)
    assert run.progress().done == len(NAMES)
    assert reads == [scene]


def test_a_background_picture_that_goes_while_photos_are_made_is_named(source, tmp_path, predictor):
    scene = tmp_path / "scene.png"
    write_image(scene, np.full((20, 30, 3), 77, np.uint8))
    look = Look(background=Picture(path=scene))
    found = find_photos(source, recursive=True, output=tmp_path / "out")
    with Workplace(tmp_path / "out") as place:
        plan = make_plan(
            found.items, Recipe(what=(ExportKind.COMPOSITE,), look=look), tmp_path / "out", place.history, "m"
        )
        scene.unlink()
        run = BatchRun(plan, place, lambda: predictor, workers=1)
        run.start()
        assert run.wait(60)
    assert run.progress().failed == len(NAMES)
    assert all(
        "The background picture" in row.reason and "scene.png does not exist" in row.reason for row in run.rows()
    )


def test_strokes_for_a_file_that_is_another_by_now_fail_that_photo(source, tmp_path, predictor):
    path = source / "3.png"
    item = Item("3.png", path, file=Fingerprint.of(path))
    put_photos(source, ["3.png"], height=30)
    (tmp_path / "out").mkdir()
    with Workplace(tmp_path / "out") as place:
        run = BatchRun(make_plan([item], FAST, tmp_path / "out", place.history, "m"), place, lambda: predictor)
        run.start()
        assert run.wait(60)
    assert f"{path} has changed since it was opened in the studio" in run.row("3.png").reason


def test_a_thumbnail_that_cannot_be_put_in_place_fails_no_photo(source, tmp_path, predictor):
    thumbnails = tmp_path / "out" / ".matting-studio" / "thumbnails"

    class InTheWay:
        def predict(self, image):
            for name in NAMES:
                (thumbnails / f"{short_hash(name)}.webp" / "folder").mkdir(parents=True, exist_ok=True)
            return predictor.predict(image)

    run, _ = go(source, tmp_path / "out", InTheWay())
    assert Counter(states(run).values()) == {"done": len(NAMES)}
    assert {row.thumbnail for row in run.rows()} == {None}


def test_events_tell_every_step_of_every_photo_and_the_counts_agree(source, tmp_path, predictor):
    events = []
    (source / "bad.png").write_text("no photo")
    run, _ = go(source, tmp_path / "out", predictor, listener=events.append)
    steps = {}
    for event in events:
        if isinstance(event, RowChanged):
            steps.setdefault(event.row.name, []).append(str(event.row.state))
    assert steps.pop("bad.png") == ["reading", "failed"]
    assert list(steps.values()) == [["reading", "matting", "writing", "done"]] * len(NAMES)
    changes = [event.state for event in events if isinstance(event, StateChanged)]
    assert changes == [RunState.RUNNING, RunState.ENDED]
    last = events[-1].progress
    assert (last.total, last.done, last.failed, last.skipped, last.waiting) == (13, 12, 1, 0, 0)
    assert last == replace(run.progress(), photos_per_second=last.photos_per_second)
    assert last.photos_per_second > 0
    assert last.seconds_left == 0


def test_pause_finishes_what_is_in_hand_and_resume_goes_on(started, predictor):
    gated = Gated(predictor)
    run = started(lambda: gated)
    until(lambda: gated.asked == 1)
    run.pause()
    gated.let(len(NAMES))
    until(lambda: Counter(states(run).values()).keys() <= {"done", "waiting"})
    counts = Counter(states(run).values())
    assert counts["waiting"] >= 4
    assert run.state is RunState.PAUSED
    assert not run.wait(0)
    run.resume()
    assert run.wait(30)
    assert Counter(states(run).values()) == {"done": len(NAMES)}


def test_stop_finishes_what_is_in_hand_and_start_goes_on(started, predictor):
    gated = Gated(predictor)
    run = started(lambda: gated)
    until(lambda: gated.asked == 1)
    run.stop()
    gated.let(len(NAMES))
    assert run.wait(30)
    assert (run.state, run.trouble) == (RunState.ENDED, None)
    counts = Counter(states(run).values())
    assert counts.keys() == {"done", "waiting"}
    run.start()
    assert run.wait(30)
    assert Counter(states(run).values()) == {"done": len(NAMES)}


def test_a_run_that_has_ended_holds_no_network(started, predictor):
    made = []

    def load():
        gated = Gated(predictor)
        gated.let(len(NAMES))
        made.append(weakref.ref(gated))
        return gated

    run = started(load)
    assert run.wait(30)
    gc.collect()
    assert [each() for each in made] == [None]
    run.start()
    assert run.wait(30)


def test_stop_ends_a_pause(started, predictor):
    run = started(lambda: predictor)
    run.pause()
    run.stop()
    assert run.wait(30)
    assert run.state is RunState.ENDED


def test_abort_drops_what_is_in_hand(started, predictor, tmp_path):
    gated = Gated(predictor)
    run = started(lambda: gated)
    until(lambda: gated.asked == 1)
    run.abort()
    gated.let(len(NAMES))
    assert run.wait(30)
    assert Counter(states(run).values()) == {"waiting": len(NAMES)}
    assert tree(tmp_path / "out") == {}


def test_failed_photos_can_be_retried_alone(started, source, predictor):
    good = (source / "5.png").read_bytes()
    (source / "5.png").write_text("no photo")
    run = started(lambda: predictor)
    assert run.wait(30)
    assert states(run)["5.png"] == "failed"
    (source / "5.png").write_bytes(good)
    run.retry_failed()
    assert states(run)["5.png"] == "waiting"
    run.start()
    assert run.wait(30)
    assert Counter(states(run).values()) == {"done": len(NAMES)}


def test_a_model_that_cannot_be_loaded_ends_the_run_with_its_sentence(started):
    def load():
        raise CheckpointError("The model is damaged.")

    run = started(load)
    assert run.wait(30)
    assert run.trouble == "The model is damaged."
    assert Counter(states(run).values()) == {"waiting": len(NAMES)}


def test_a_defect_that_one_photo_brings_to_light_is_that_photos_failure(started, predictor):
    class Fussy:
        def predict(self, image):
            if (image == picture(7)).all():
                raise ZeroDivisionError("odd photo")
            return predictor.predict(image)

    run = started(Fussy)
    assert run.wait(30)
    assert states(run)["7.png"] == "failed"
    assert "ZeroDivisionError: odd photo" in run.row("7.png").reason
    assert run.progress().done == len(NAMES) - 1


def test_warnings_of_photo_and_network_are_in_the_row(started, predictor):
    class Short:
        def predict(self, image):
            matte = predictor.predict(image)
            return Matte(matte.alpha, matte.trimap, ("Memory ran out.",))

    run = started(Short)
    assert run.wait(30)
    assert run.row("0.png").warnings == ("Memory ran out.",)


def test_a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room(started, predictor, tmp_path, monkeypatch):
    put, full = [], threading.Event()
    real = run_module.put_in_place

    def place(source, target):
        if full.is_set() or len(put) >= 6:
            full.set()
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        put.append(target)
        real(source, target)

    monkeypatch.setattr(run_module, "put_in_place", place)
    run = started(lambda: predictor)
    assert run.wait(30)
    assert run.disk_full
    assert "is full" in run.trouble
    assert "They need about" in run.trouble
    counts = Counter(states(run).values())
    assert counts == {"done": 3, "waiting": len(NAMES) - 3}  # a result and a thumbnail each
    monkeypatch.setattr(run_module, "put_in_place", real)
    run.start()
    assert run.wait(30)
    assert run.trouble is None
    assert Counter(states(run).values()) == {"done": len(NAMES)}


def test_nothing_half_written_is_left(source, tmp_path, predictor):
    go(source, tmp_path / "out", predictor)
    assert leftovers(tmp_path / "out") == []


def test_the_shards_together_are_the_whole(source, tmp_path, predictor):
    put_photos(source, ["0.jpg", "1.jpg"])
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    go(source, whole, predictor)
    seen = []
    for number in (1, 2, 3):
        run, _ = go(source, parts, predictor, shard=Shard(number, 3))
        seen += states(run)
    assert sorted(seen) == sorted([*NAMES, "0.jpg", "1.jpg"])
    assert tree(parts) == tree(whole)


def test_photos_with_strokes_and_looks_of_their_own(source, tmp_path, predictor):
    output = tmp_path / "out"
    everything = Edit(Brush.FOREGROUND, Box(0, 0, 24, 20), np.full((24, 20), 255, np.uint8))
    cropped = Look(crop=Crop(kind="ratio", ratio=1.0, margin=0.0))
    items = [
        Item("edited.png", source / "0.png", edits=(everything,)),
        Item("cropped.png", source / "0.png", look=cropped, edits=(everything,)),
    ]
    for expected in (["done", "done"], ["skipped", "skipped"]):
        with Workplace(output) as place:
            plan = make_plan(items, FAST, output, place.history, "tiny")
            run = BatchRun(plan, place, lambda: predictor)
            run.start()
            assert run.wait(30)
        assert list(states(run).values()) == expected
    assert (read_photo(output / "edited-alpha.png").image == 255).all()
    assert read_photo(output / "cropped-alpha.png").image.shape == (20, 20, 3)


@pytest.mark.parametrize("crop", [Crop(), Crop(kind="person")])
def test_results_have_a_largest_size(crop, tmp_path, predictor):
    put_photos(tmp_path / "in", ["large.png", "small.png"], height=60, width=90)
    put_photos(tmp_path / "in", ["small.png"])
    kinds = (ExportKind.CUTOUT, ExportKind.ALPHA, ExportKind.TRIMAP)
    go(tmp_path / "in", tmp_path / "out", predictor, Recipe(what=kinds, look=Look(crop=crop), max_size_px=30))
    for kind in kinds:
        large = read_photo(tmp_path / "out" / f"large-{kind}.png").image
        small = read_photo(tmp_path / "out" / f"small-{kind}.png").image
        assert max(large.shape[:2]) == 30 if crop.kind == "person" else large.shape[:2] == (20, 30)
        assert max(small.shape[:2]) <= 24
    assert set(np.unique(read_photo(tmp_path / "out" / "large-trimap.png").image)) <= {0, 128, 255}


@pytest.mark.parametrize(("ratio", "size"), [(35 / 45, (39, 50)), (1.0, (50, 50)), (1.6, (50, 31))])
def test_results_with_one_ratio_are_all_of_one_size(ratio, size):
    rng = np.random.default_rng(3)
    for _ in range(40):
        height, width = (int(side) for side in rng.integers(90, 400, 2))
        alpha = np.zeros((height, width), np.float32)
        top, left = int(rng.integers(0, height // 2)), int(rng.integers(0, width // 2))
        alpha[top : int(rng.integers(top + 40, height + 1)), left : int(rng.integers(left + 40, width + 1))] = 1
        image = np.full((height, width, 3), 90, np.uint8)
        photo = Photo(image, image, None, None, None, Format.PNG, None)
        look = Look(crop=Crop(kind="ratio", ratio=ratio, margin=0.2), background=Plain())
        large = Snapshot(photo, alpha, np.where(alpha > 0, 255, 0).astype(np.uint8), look, 0)
        box = finish(large, CancelToken()).box
        if max(box.bottom - box.top, box.right - box.left) <= 50:
            continue
        small = finish(scaled_down(large, 50), CancelToken())
        assert small.alpha.shape == size[::-1]
        if alpha[-1].any():
            assert small.alpha[-1].any(), "nobody hovers"


def test_a_pipeline_holds_a_few_things_at_a_time():
    held, most, lock = Counter(), Counter(), threading.Lock()

    def count(where, by):
        with lock:
            held["all"] += by
            most["all"] = max(most["all"], held["all"])

    numbers = iter(range(200))

    def take():
        with lock:
            return next(numbers, None)

    def read(number):
        count("all", 1)
        return number if number % 7 else (count("all", -1), None)[1]

    written = []

    def write(number):
        time.sleep(0.0005)
        written.append(number)
        count("all", -1)

    Pipeline(take, read, lambda number: number, write, readers=2, writers=2).run()
    assert sorted(written) == [number for number in range(200) if number % 7]
    assert held["all"] == 0
    assert most["all"] <= 2 + 1 + 1 + 1 + 2

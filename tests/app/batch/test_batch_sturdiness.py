"""What happens overnight: junk among the photos, a process that is killed, a full disk, thousands of files."""

import io
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from batches import FAST, go, leftovers, picture, put_photos, states, tree
from PIL import Image

from core.image_io import read_photo, write_image
from matting_studio.app.batch import RowChanged, RowState, Workplace
from matting_studio.app.batch.disk import room_sentence
from matting_studio.app.batch.pipeline import Pipeline
from matting_studio.app.export_request import ExportKind
from matting_studio.app.look import Look, Plain

ROOT = Path(__file__).parents[3]
LONG = "Ein sehr langer Name, wie ihn nur Menschen vergeben, die ihre Fotos lieben – " * 3


def encoded(file_format, image, **options):
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def noise():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8))


BROKEN = {
    "truncated.jpg": lambda: encoded("JPEG", noise())[:900],
    "truncated.png": lambda: encoded("PNG", noise())[:900],
    "text.jpg": lambda: b"Dear Sir or Madam,",
    "page.png": lambda: b"<!doctype html><html></html>",
    "empty.jpg": lambda: b"",
    "header.webp": lambda: encoded("WEBP", noise())[:20],
    "film.heic": lambda: b"\0\0\0\x18ftypisom" + bytes(100),
    "bomb.gif": lambda: b"GIF89a" + b"\xff\xff\xff\xff" + bytes(10),
}
"""Eight of the ten kinds; the others are a folder and a link to nowhere."""


def put_junk(folder):
    """Twenty of them; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for part in ("", "again "):
        for name, contents in BROKEN.items():
            (folder / f"{part}{name}").write_bytes(contents())
            names.append(f"{part}{name}")
        (folder / f"{part}folder.jpg").mkdir()
        (folder / f"{part}nowhere.jpg").symlink_to(folder / "gone.jpg")
        names += [f"{part}folder.jpg", f"{part}nowhere.jpg"]
    return names


def put_good(folder, count):
    """Photos of all kinds that are read; returns their names."""
    names = []
    for number in range(count):
        kind = number % 10
        sub = ("", "2024/", "2024/Ausflüge nach 東京/")[number % 3]
        path = (
            folder
            / {
                0: f"{sub}photo {number}.jpg",
                1: f"{sub}photo {number - 1}.png",  # the same stem as the one before
                2: f"{sub}{LONG}{number}"[:240] + f"{number}.jpg",
                3: f"{sub}Ánna – {number} 😀.webp",
                4: f"{sub}deep {number}.tif",
                5: f"{sub}press {number}.jpg",
                6: f"{sub}grey {number}.png",
                7: f"{sub}{number}.JPEG",
                8: f"{sub}palette {number}.gif",
                9: f"{sub}plain {number}.bmp",
            }[kind]
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        image = picture(number)
        if kind == 4:
            write_image(path, image.astype(np.uint16) * 257, bit_depth=16)
        elif kind == 5:
            path.write_bytes(encoded("JPEG", Image.fromarray(image).convert("CMYK")))
        elif kind == 6:
            write_image(path, cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
        elif kind in (8, 9):
            Image.fromarray(image).save(path)
        else:
            write_image(path, image)
        names.append(path.relative_to(folder).as_posix())
    return names


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="names and links that Windows has not")
def test_three_hundred_photos_with_twenty_broken_ones(tmp_path, predictor):
    source, output = tmp_path / "in", tmp_path / "out"
    bad, good = put_junk(source), put_good(source, 280)
    run, plan = go(source, output, predictor)
    assert {row.name for row in run.rows() if row.state == "failed"} == set(bad)
    assert {row.name for row in run.rows() if row.state == "done"} == set(good)
    assert all(row.reason.startswith(str(source / row.name)) for row in run.rows() if row.state == "failed")
    assert len({path for row in run.rows() for path in row.results if row.state == "done"}) == 280
    for task in plan.tasks:
        if task.name in bad:
            assert not any((output / wanted.path).exists() for wanted in task.to_make)
            continue
        (wanted,) = task.to_make
        photo, made = read_photo(task.item.path), read_photo(output / wanted.path)
        expected = predictor.predict(photo.image).alpha
        assert made.bit_depth == photo.bit_depth
        highest = 2**made.bit_depth - 1
        # Threads of another number may round otherwise.
        np.testing.assert_allclose(made.pixels[..., 0] / highest, expected, atol=1.5 / 255)
        assert str(Path(wanted.path).parent) == str(Path(task.name).parent)
    assert len(tree(output)) == 280
    assert leftovers(output) == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are made by forking")
def test_killed_at_ten_moments_and_resumed_gives_what_an_undisturbed_run_gives(tmp_path, tiny_model):
    put_photos(tmp_path / "in", [f"{number // 20}/{number}.png" for number in range(60)])
    script = Path(__file__).with_name("killed_batches.py")
    words = [sys.executable, str(script), "10", str(tiny_model), str(tmp_path / "in"), str(tmp_path / "out")]
    done = subprocess.run(
        words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split().count("killed") >= 7
    whole = tree(tmp_path / "out-undisturbed")
    assert len(whole) == 120
    assert tree(tmp_path / "out") == whole
    assert leftovers(tmp_path / "out") == []
    thumbnails = tmp_path / "out" / ".matting-studio" / "thumbnails"
    assert tree(thumbnails) == tree(tmp_path / "out-undisturbed" / ".matting-studio" / "thumbnails")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(disk)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a file system can be mounted by the superuser only")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_and_what_is_left_is_done_when_there_is_room(small_disk, tmp_path, predictor):
    rng = np.random.default_rng(0)
    source = tmp_path / "in"
    source.mkdir()
    for number in range(12):
        write_image(source / f"{number}.png", rng.integers(0, 256, (120, 120, 3), dtype=np.uint8))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(100_000))
    # Composites of noise: 43 kB each, which nothing packs.
    recipe = replace(FAST, what=(ExportKind.FOREGROUND,), look=Look(background=Plain(), decontaminate=0.0))
    run, _ = go(source, small_disk / "out", predictor, recipe)
    counts = Counter(states(run).values())
    assert run.disk_full
    assert counts.keys() == {"done", "waiting"}
    assert f"{counts['waiting']} photos are left" in run.trouble
    assert "are missing" in run.trouble
    assert leftovers(small_disk) == []
    whole = tree(small_disk / "out")
    assert len(whole) == counts["done"] > 0
    for name in whole:
        assert read_photo(small_disk / "out" / name).image.shape == (120, 120, 3)
    ballast.unlink()
    for name in whole:
        (small_disk / "out" / name).unlink()
    subprocess.run(["mount", "-o", "remount,size=2m", str(small_disk)], check=True)
    resumed, _ = go(source, small_disk / "out", predictor, recipe)
    assert Counter(states(resumed).values()) == {"done": 12}


def test_an_output_folder_that_goes_ends_the_run_and_what_is_left_is_done_when_it_is_back(tmp_path, predictor):
    names = [f"{number}.png" for number in range(8)]
    put_photos(tmp_path / "in", names)
    output, away = tmp_path / "out", tmp_path / "away"

    def take_away(event):
        if isinstance(event, RowChanged) and event.row.state is RowState.DONE and output.exists():
            output.rename(away)

    run, _ = go(tmp_path / "in", output, predictor, workers=1, listener=take_away)
    assert run.trouble.startswith(f"{output} has gone while results were written to it.")
    counts = Counter(states(run).values())
    assert counts.keys() == {"done", "waiting"}
    assert counts["waiting"] >= 4, "the rest of the night is not spent on nothing"
    if output.exists():
        shutil.rmtree(output)
    away.rename(output)
    resumed, _ = go(tmp_path / "in", output, predictor)
    assert set(states(resumed).values()) <= {"done", "skipped"}
    assert len(tree(output)) == len(names)


def test_a_full_disk_that_goes_is_told_without_figures(tmp_path):
    said = room_sentence(tmp_path / "gone", 3, 1000.0)
    assert said.startswith(f"The disk of {tmp_path / 'gone'} was full and has gone since: 3 photos are left.")


def test_a_run_whose_threads_cannot_be_made_ends_and_says_so(tmp_path, predictor, monkeypatch):
    put_photos(tmp_path / "in", ["a.png"])

    def run(pipeline):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Pipeline, "run", run)
    run, _ = go(tmp_path / "in", tmp_path / "out", predictor, seconds=20)
    assert "can't start new thread" in run.trouble


def test_a_folder_of_an_earlier_run_that_cannot_be_emptied_is_used(tmp_path, predictor, monkeypatch):
    put_photos(tmp_path / "in", ["a.png"])
    (tmp_path / "out" / ".matting-studio" / "journal.partial").mkdir(parents=True)
    monkeypatch.setattr(Workplace, "discard_partial", lambda place: None)
    run, _ = go(tmp_path / "in", tmp_path / "out", predictor)
    assert states(run) == {"a.png": "done"}


def test_a_recipe_that_changes_while_the_disk_is_full_loses_nothing(small_disk, tmp_path, predictor):
    put_photos(tmp_path / "in", ["a.png"])
    go(tmp_path / "in", small_disk / "out", predictor)
    before = tree(small_disk / "out")
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(bytes(1_000_000))
    other = replace(FAST, look=Look(refinement={"feather_px": 3}))
    run, _ = go(tmp_path / "in", small_disk / "out", predictor, other)
    assert run.disk_full
    assert tree(small_disk / "out") == before


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_is_flat_over_two_thousand_photos(tmp_path, predictor):
    put_photos(tmp_path / "in", [f"{number}.png" for number in range(50)], height=12, width=10)
    contents = [path.read_bytes() for path in sorted((tmp_path / "in").iterdir())]
    for number in range(50, 2000):
        (tmp_path / "in" / f"{number}.png").write_bytes(contents[number % 50])
    taken = []

    def listen(event):
        if getattr(event, "row", None) is not None and event.row.state.is_final and event.progress.done % 100 == 0:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            taken.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)

    run, _ = go(tmp_path / "in", tmp_path / "out", predictor, listener=listen, seconds=600)
    assert run.progress().done == 2000
    assert len(taken) == 20
    assert max(taken[5:]) - max(taken[:5]) < 25

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from generated_portraits import person

from core.image_io import read_photo, write_image
from matting_studio.app.batch import Shard, Workplace
from matting_studio.app.batch.network import Network
from matting_studio.cli.arguments import parse
from matting_studio.cli.batch import LOOK_AGAIN_SECONDS, Batch, Planner, Wishes, recipe_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for number, name in enumerate(("a.png", "b.jpg", "sub/c.webp")):
        write_image(folder / name, person(48 + number, 40)[0])
    return folder


def files(folder):
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".matting-studio" not in path.parts
    )


def lines(outcome):
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_cuts_out_a_folder_and_says_so(studio, model, photos, tmp_path):
    outcome = studio("batch", photos, tmp_path / "out", "--model", model)
    assert outcome.code == 0
    assert outcome.out.startswith("2 done, 0 skipped, 0 failed, in ")
    assert outcome.err == ""
    assert files(tmp_path / "out") == ["a-cutout.png", "b-cutout.png"]
    assert read_photo(tmp_path / "out" / "a-cutout.png").image.shape == (48, 40, 3)
    again = studio("batch", photos, tmp_path / "out", "--recursive", "--model", model)
    assert again.out.startswith("1 done, 2 skipped, 0 failed, in ")
    assert files(tmp_path / "out") == ["a-cutout.png", "b-cutout.png", "sub/c-cutout.png"]


def test_a_bad_photo_is_listed_and_the_rest_goes_on(studio, model, photos, tmp_path):
    (photos / "bad.jpg").write_text("no photo")
    outcome = studio("batch", photos, tmp_path / "out", "--model", model)
    assert outcome.code == 1
    assert outcome.out.startswith("2 done, 0 skipped, 1 failed")
    assert outcome.err.startswith(f"bad.jpg: {photos / 'bad.jpg'} is not a photo that can be read")


def test_a_folder_without_photos_is_said_to_be_one(studio, model, photos, tmp_path):
    (tmp_path / "empty" / "sub").mkdir(parents=True)
    outcome = studio("batch", tmp_path / "empty", tmp_path / "out", "--model", model)
    assert outcome.code == 0
    assert outcome.err == f"There are no photos in {tmp_path / 'empty'}; --recursive looks into its sub-folders too.\n"
    outcome = studio("batch", tmp_path / "empty", tmp_path / "out", "--recursive", "--model", model)
    assert outcome.err == f"There are no photos in {tmp_path / 'empty'}.\n"


def test_json_has_a_line_for_every_event(studio, model, photos, tmp_path):
    (photos / "bad.jpg").write_text("no photo")
    outcome = studio("batch", photos, tmp_path / "out", "--model", model, "--what", "alpha,trimap", "--json")
    plan, *rows, end = lines(outcome)
    assert plan == {"event": "plan", "photos": 3, "to_do": 3}
    assert {row["photo"]: row["state"] for row in rows} == {"a.png": "done", "b.jpg": "done", "bad.jpg": "failed"}
    done = next(row for row in rows if row["photo"] == "a.png")
    assert done["outputs"] == [str(tmp_path / "out" / f"a-{what}.png") for what in ("alpha", "trimap")]
    assert 0 <= done["doubt"] <= 1
    assert done["seconds"] > 0
    assert (end["event"], end["done"], end["failed"], end["skipped"], end["waiting"]) == ("end", 2, 1, 0, 0)


def test_the_options_have_their_effects(studio, model, photos, tmp_path):
    scene = tmp_path / "scene.png"
    write_image(scene, np.full((8, 8, 3), (0, 255, 0), np.uint8))
    out = tmp_path / "out"
    words = ["--what", "composite,foreground", "--format", "jpeg", "--background", scene, "--crop", "1:1"]
    words += ["--max-size", 30, "--name", "{what}/{stem}", "--workers", 1, "--device", "cpu", "--size", 64]
    assert studio("batch", photos, out, "--model", model, *words).code == 0
    assert files(out) == ["composite/a.jpg", "composite/b.jpg", "foreground/a.jpg", "foreground/b.jpg"]
    composite = read_photo(out / "composite" / "a.jpg").image
    assert composite.shape[0] == composite.shape[1] <= 31
    assert composite[..., 1].mean() > read_photo(out / "foreground" / "a.jpg").image[..., 1].mean() + 20


def test_a_memory_limit_that_no_photo_can_keep_fails_each_with_a_cure(studio, model, photos, tmp_path):
    words = ("batch", photos, tmp_path / "out", "--model", model, "--memory-limit")
    outcome = studio(*words, "300 MB")
    assert outcome.code == 1
    assert outcome.out.startswith("0 done, 0 skipped, 2 failed")
    assert "the limit is 0.3 GB: raise it" in outcome.err
    outcome = studio(*words, "3GB")
    assert outcome.code == 0
    assert outcome.out.startswith("2 done, 0 skipped, 0 failed")
    wrong = studio(*words, "a lot")
    assert wrong.code == 2
    assert "a lot is no amount of memory: give it as 3GB or 800MB" in wrong.err


def test_a_background_makes_composites(studio, model, photos, tmp_path):
    for background in ("white", "blur"):
        out = tmp_path / background
        assert studio("batch", photos, out, "--model", model, "--background", background).code == 0
        assert files(out) == ["a-composite.png", "b-composite.png"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(studio, model, photos, tmp_path):
    write_image(photos / "a.webp", person()[0])
    out = tmp_path / "out"
    outcome = studio("batch", photos, out, "--model", model, "--dry-run")
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "a.png: make a-cutout.png",
        "a.webp: make a_webp-cutout.png",
        "b.jpg: make b-cutout.png",
        "3 of 3 photos to do.",
    ]
    assert "a.webp: its first choice of name is another's" in outcome.err
    assert not out.exists()
    studio("batch", photos, out, "--model", model)
    (out / "b-cutout.png").write_text("mine")
    plan = lines(studio("batch", photos, out, "--model", model, "--what", "cutout,alpha", "--dry-run", "--json"))
    assert plan[0] == {"event": "task", "photo": "a.png", "make": ["a-alpha.png"], "done": ["a-cutout.png"], "kept": []}
    assert plan[2] == {"event": "task", "photo": "b.jpg", "make": ["b-alpha.png"], "done": [], "kept": ["b-cutout.png"]}


@pytest.mark.parametrize(
    ("output", "words", "sentence"),
    [
        ("in/a.png", [], "a.png is a file, and a folder is needed: name another one."),
        ("in/a.png/out", [], "out cannot be made, as "),
        ("link", [], "link is a link to what is not there: name another folder, or mend the link."),
        ("closed", [], "Nothing may be written to the folder "),
        ("closed/out", [], "closed/out cannot be reached"),
        ("busy", [], "busy cannot be written to ("),
        ("out", ["--ray", "auto"], "Ray is not installed."),
        ("out", ["--device", "quantum"], "'quantum' is no device"),
        ("out", ["--model", "DAMAGED"], "damaged.safetensors is no safetensors file or is damaged"),
        ("out", ["--name", ""], "The template is empty"),
    ],
)
def test_what_a_run_refuses_its_dry_run_refuses_as_well(
    *, output, words, sentence, studio, model, photos, closed, monkeypatch
):
    monkeypatch.setitem(sys.modules, "ray", None)
    tmp_path = closed.parent
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"nothing")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    (tmp_path / "busy").mkdir()
    (tmp_path / "busy" / ".matting-studio").write_text("")
    if output == "closed":
        closed.chmod(0o500)
    before = sorted(tmp_path.rglob("*"))
    chosen = [damaged if word == "DAMAGED" else word for word in words]
    for more in (["--dry-run"], []):
        outcome = studio("batch", photos, tmp_path / output, "--model", model, *more, *chosen)
        assert (outcome.code, sentence in outcome.err) == (2, True), outcome.err
        if more:
            assert sorted(tmp_path.rglob("*")) == before
            assert outcome.out == ""


def test_where_ray_or_the_output_folder_is_missing_nothing_is_made(studio, model, photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert studio("batch", photos, tmp_path / "out", "--model", model, "--ray", "auto").code == 2
    assert not (tmp_path / "out").exists()


def test_files_in_the_way_are_said_with_the_word_of_the_command_line(studio, model, photos, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a-cutout.png").write_text("mine")
    outcome = studio("batch", photos, out, "--model", model, "--dry-run")
    assert "and are kept: a-cutout.png. To have them made anew, add --overwrite.\n" in outcome.err


def test_a_background_picture_in_the_place_of_a_result_stays(studio, model, photos, tmp_path):
    out, words = tmp_path / "out", ("--model", model, "--overwrite", "--background")
    out.mkdir()
    scene = out / "a-composite.png"
    write_image(scene, np.full((8, 8, 3), (0, 255, 0), np.uint8))
    before = scene.read_bytes()
    outcome = studio("batch", photos, out, *words, scene)
    assert outcome.code == 0
    assert "a.png: its first choice of name is another's, so it becomes a_png-composite.png." in outcome.err
    assert scene.read_bytes() == before
    assert files(out) == ["a-composite.png", "a_png-composite.png", "b-composite.png"]


def test_a_report_is_written(studio, model, photos, tmp_path):
    report = tmp_path / "report.html"
    assert studio("batch", photos, tmp_path / "out", "--model", model, "--report", report).code == 0
    assert report.read_text(encoding="utf-8").count("<article") == 2


def test_a_report_replaces_its_own_kind_and_nothing_else(studio, model, photos, tmp_path):
    report, diary = tmp_path / "out" / "report.html", tmp_path / "diary.html"
    words = ("batch", photos, tmp_path / "out", "--model", model, "--report")
    for options, number in (((), 2), (("--recursive",), 3)):
        assert studio(*words, report, *options).code == 0
        assert report.read_text(encoding="utf-8").count("<article") == number
    diary.write_text("<!doctype html><p>Dear diary")
    outcome = studio(*words, diary)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"{diary} exists and is no report of a batch: name another file, or add --overwrite.\n"
    assert diary.read_text().endswith("diary")
    assert studio(*words, diary, "--overwrite").code == 0
    assert "<article" in diary.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("in/a.png", "is no name of a report: end it in .html"),
        ("link.html", "is no name of a report: end it in .html"),
        ("folder.html", "is a folder: name a file, such as"),
        ("nowhere/r.html", "There is no folder"),
        ("notes/r.html", "There is no folder"),
        ("closed/r.html", "cannot be reached"),
        ("r" * 300 + ".html", "is too long"),
    ],
)
def test_a_report_that_cannot_be_is_refused_before_the_batch(name, sentence, studio, photos, closed):
    tmp_path = closed.parent
    (tmp_path / "link.html").symlink_to(photos / "a.png")
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "notes").write_text("")
    before = (photos / "a.png").read_bytes()
    outcome = studio("batch", photos, tmp_path / "out", "--overwrite", "--report", tmp_path / name)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert not (tmp_path / "out").exists()
    assert (photos / "a.png").read_bytes() == before


def test_shards_share_a_folder(studio, model, photos, tmp_path):
    done = 0
    for number in (1, 2):
        outcome = studio(
            "batch", photos, tmp_path / "out", "--model", model, "--recursive", "--shard", f"{number}/2", "--json"
        )
        done += lines(outcome)[-1]["done"]
    assert done == 3
    whole = studio("batch", photos, tmp_path / "out", "--model", model, "--recursive", "--json")
    assert lines(whole)[-1]["skipped"] == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--what", "cutout,hat"], "'hat' cannot be made"),
        (["--what", "composite"], "add --background"),
        (["--what", "cutout", "--background", "white"], "seen in composites only"),
        (["--background", "no such colour"], "is no background"),
        (["--format", "jpeg"], "JPEG has no transparency"),
        (["--format", "jpeg", "--what", "trimap"], "does not survive JPEG"),
        (["--crop", "square"], "is no crop"),
        (["--margin", "0.1"], "add --crop"),
        (["--crop", "person", "--margin", "2"], "is no share"),
        (["--max-size", "0"], "give 1 or more"),
        (["--name", "{what}"], "put {stem} into it"),
        (["--shard", "3/2"], "is no part of a whole"),
        (["--ray", "local", "--watch"], "does not watch"),
        (["--device", "quantum"], "is no device"),
    ],
)
def test_wrong_usage(words, sentence, studio, model, photos):
    out = photos.parent / "out"
    outcome = studio("batch", photos, out, "--model", model, *words)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert not out.exists() or files(out) == []


def test_one_photo_is_sent_to_matte(studio, photos, tmp_path):
    outcome = studio("batch", photos / "a.png", tmp_path / "out")
    assert outcome.code == 2
    assert "a.png is a file: use `matting-studio matte` for one photo" in outcome.err


def test_folders_that_may_not_be_entered_are_a_sentence(studio, photos, tmp_path, closed):
    for source, output, more in (
        (closed, tmp_path / "out", ()),
        (closed / "sub", tmp_path / "out", ()),
        (photos, closed / "out", ()),
        (photos, closed / "out", ("--dry-run",)),
        (photos, closed, ()),
        (photos, closed, ("--dry-run",)),
    ):
        outcome = studio("batch", source, output, *more)
        assert outcome.code == 2
        assert outcome.out == ""
        assert str(closed) in outcome.err


def test_folders_and_models_that_are_not_there(studio, model, photos, tmp_path):
    assert studio("batch", tmp_path / "gone", tmp_path / "out", "--model", model).code == 2
    assert studio("batch", photos, tmp_path / "out", "--model", tmp_path / "gone.safetensors").code == 2
    (tmp_path / "file").write_text("")
    outcome = studio("batch", photos, tmp_path / "file" / "out", "--model", model)
    assert outcome.code == 2
    assert "cannot be made" in outcome.err


def begin(model, photos, out, *words):
    command = [sys.executable, ROOT / "main.py", "batch", photos, out, "--model", model, "--device", "cpu", "--json"]
    return subprocess.Popen(
        [str(word) for word in (*command, *words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def until_photo(process):
    for line in process.stdout:
        if json.loads(line)["event"] == "photo":
            return


@pytest.fixture
def many(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    write_image(folder / "0.png", person(300, 240)[0])
    for number in range(1, 150):
        os.link(folder / "0.png", folder / f"{number}.png")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Ctrl+C for one process")
def test_ctrl_c_finishes_what_is_in_hand_and_the_rest_is_resumed(model, many, tmp_path):
    out = tmp_path / "out"
    process = begin(model, many, out)
    until_photo(process)
    process.send_signal(signal.SIGINT)
    told, said = process.communicate(timeout=60)
    end = json.loads(told.splitlines()[-1])
    assert process.returncode == 130
    assert "Finishing the photos in hand" in said
    assert end["waiting"] > 0
    assert end["done"] == len(files(out)) > 0
    assert not list(out.rglob("*.partial"))
    process = begin(model, many, out)
    told, _ = process.communicate(timeout=120)
    last = json.loads(told.splitlines()[-1])
    assert process.returncode == 0
    assert (last["skipped"], last["done"]) == (end["done"], 150 - end["done"])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Ctrl+C for one process")
def test_ctrl_c_twice_ends_at_once_and_leaves_nothing_half_written(model, many, tmp_path):
    out = tmp_path / "out"
    process = begin(model, many, out, "--workers", 2)
    until_photo(process)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert not list(out.rglob("*.partial")) + list(out.rglob("*.tmp"))
    for name in files(out):
        assert read_photo(out / name).image.shape == (300, 240, 3)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Ctrl+C for one process")
def test_a_watched_folder_takes_photos_that_come_later(model, photos, tmp_path):
    out = tmp_path / "out"
    process = begin(model, photos, out, "--watch", "--recursive", "--report", tmp_path / "r.html")

    def wait_for(name):
        end = time.monotonic() + 60
        while not (out / name).exists():
            assert time.monotonic() < end
            time.sleep(0.05)

    wait_for("sub/c-cutout.png")
    (photos / "new.jpg").write_bytes((photos / "b.jpg").read_bytes()[:300])  # a copy that goes on
    time.sleep(0.2)
    (photos / "new.jpg").write_bytes((photos / "b.jpg").read_bytes())
    wait_for("new-cutout.png")
    (photos / "b.jpg").touch()  # planned for again, and there is nothing to do
    while json.loads(next(process.stdout)) != {"event": "plan", "photos": 1, "to_do": 0}:
        pass
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    end = json.loads(told.splitlines()[-1])
    assert (end["done"], end["skipped"], end["failed"]) == (4, 0, 0)
    assert (tmp_path / "r.html").read_text(encoding="utf-8").count("<article") == 4


def test_a_watched_folder_names_failures_when_they_happen(model, photos, tmp_path):
    (photos / "bad.jpg").write_text("no photo")
    words = (sys.executable, ROOT / "main.py", "batch", photos, tmp_path / "out", "--model", model, "--watch")
    with subprocess.Popen([str(word) for word in words], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("Watching ")
        assert process.stderr.readline().startswith("bad.jpg: ")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert "bad.jpg" not in told


def test_who_reads_events_may_stop_reading(model, photos, tmp_path):
    process = begin(model, photos, tmp_path / "out")
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_a_part_learns_what_the_others_have_made_since_it_began(studio, model, tmp_path):
    """As where parts watch a folder: here one plans anew after the other has worked."""
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    stem = next(stem for stem in "abcdefghij" if Shard(1, 2).holds(f"{stem}.png") and Shard(2, 2).holds(f"{stem}.jpg"))
    write_image(source / f"{stem}.png", person(48, 40)[0])
    words = ["batch", str(source), str(out), "--model", str(model), "--shard"]
    _, arguments = parse([*words, "2/2"])
    network = Network(arguments.model, arguments.device, arguments.size_px, arguments.quality)
    shard = Shard(2, 2)
    planner = Planner(arguments, recipe_of(arguments), network.key(), shard)
    with Workplace(out, shard.journal_name) as place:
        part = Batch(arguments, planner, network, place, Wishes(place))
        assert studio(*words, "1/2").code == 0
        write_image(source / f"{stem}.jpg", person(49, 40)[0])
        assert part.once() == 0
    assert files(out) == [f"{stem}-cutout.png", f"{stem}_jpg-cutout.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Ctrl+C for one process")
def test_a_part_that_watches_is_not_woken_by_the_photos_of_others(model, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    own, others = (next(f"{i}.png" for i in range(50) if Shard(part, 2).holds(f"{i}.png")) for part in (1, 2))
    write_image(source / own, person(50, 40)[0])
    process = begin(model, source, tmp_path / "out", "--watch", "--shard", "1/2")
    events = [json.loads(next(process.stdout)) for _ in range(2)]
    write_image(source / others, person(51, 40)[0])
    time.sleep(3 * LOOK_AGAIN_SECONDS)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    events += [json.loads(line) for line in told.splitlines()]
    assert [(event["event"], event.get("photo")) for event in events] == [("plan", None), ("photo", own), ("end", None)]
    assert events[0]["photos"] == 1


def test_without_ray_a_cluster_is_refused_with_the_cure(studio, model, photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    outcome = studio("batch", photos, tmp_path / "out", "--model", model, "--ray", "auto")
    assert outcome.code == 2
    assert "pip install 'matting-studio[ray]'" in outcome.err


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_two_workers_of_a_cluster_do_what_one_machine_does(model, photos, tmp_path):
    for number in range(8):
        write_image(photos / f"{number}.png", person(40 + number, 40)[0])
    (photos / "bad.jpg").write_text("no photo")
    words = ("--recursive", "--what", "cutout,alpha")
    alone = begin(model, photos, tmp_path / "alone", *words)
    alone.communicate(timeout=120)
    spread = begin(model, photos, tmp_path / "spread", *words, "--ray", "local", "--workers", 2)
    told, said = spread.communicate(timeout=240)
    assert (alone.returncode, spread.returncode) == (1, 1), said
    end = json.loads(told.splitlines()[-1])
    assert (end["done"], end["failed"], end["trouble"]) == (11, 1, None)
    assert files(tmp_path / "spread") == files(tmp_path / "alone")
    for name in files(tmp_path / "alone"):
        assert (tmp_path / "spread" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()
    journals = {path.name for path in (tmp_path / "spread" / ".matting-studio").glob("*.jsonl")}
    assert {"journal-ray-1.jsonl", "journal-ray-2.jsonl"} <= journals
    again = begin(model, photos, tmp_path / "spread", *words)
    told, _ = again.communicate(timeout=120)
    assert json.loads(told.splitlines()[-1])["skipped"] == 11

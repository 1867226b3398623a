"""The small parts: shards, rates, gates, arrivals, the report, sentences about disks."""

import contextlib
import errno
import itertools
import os
import re
import threading
import time
import unicodedata
import weakref
from html.parser import HTMLParser
from pathlib import Path

import pytest
from batches import go, put_photos

from core.causes import is_disk_full
from core.errors import ImageWriteError
from core.image_io import read_photo
from matting_studio.app.batch import Item, Row, RowState, Shard, Workplace, write_report
from matting_studio.app.batch.disk import in_words, room_sentence
from matting_studio.app.batch.making import PixelGate
from matting_studio.app.batch.pictures import Pictures
from matting_studio.app.batch.rate import Rate
from matting_studio.app.batch.watch import Arrivals
from matting_studio.app.look import Picture, Transparent


def test_a_background_picture_is_read_again_when_its_file_has_changed(tmp_path):
    put_photos(tmp_path, ["a.png", "b.png"])
    first, second = (Picture(path=tmp_path / name) for name in ("a.png", "b.png"))
    pictures = Pictures()
    assert pictures.of(Transparent()) is None
    read = pictures.of(first)
    assert pictures.of(second) is not read
    assert pictures.of(first) is read
    put_photos(tmp_path, ["unused.png", "a.png"])
    assert pictures.of(first) is not read


def test_few_background_pictures_are_kept(tmp_path):
    names = ["a.png", "b.png", "c.png"]
    put_photos(tmp_path, names)
    pictures = Pictures()
    kept = [weakref.ref(pictures.of(Picture(path=tmp_path / name))) for name in names]
    assert [each() is None for each in kept] == [True, False, False]


def test_what_is_not_whole_is_removed_while_threads_still_write(tmp_path):
    with Workplace(tmp_path / "out") as place:
        stop = threading.Event()

        def write():
            with contextlib.suppress(OSError):  # the folder goes while it writes
                for number in itertools.count():
                    if stop.is_set():
                        return
                    (place.partial / f"{number}.tmp").write_bytes(b"half")

        writers = [threading.Thread(target=write, daemon=True) for _ in range(2)]
        for writer in writers:
            writer.start()
        time.sleep(0.01)
        try:
            place.discard_partial()
            assert list(place.folder.rglob("*.tmp")) == []
        finally:
            stop.set()
            for writer in writers:
                writer.join()


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_shard_is_a_matter_of_the_name_alone():
    names = [f"folder/{number}.jpg" for number in range(1000)]
    parts = [[name for name in names if Shard(number, 4).holds(name)] for number in (1, 2, 3, 4)]
    assert sorted(itertools.chain(*parts)) == sorted(names)
    assert all(200 < len(part) < 300 for part in parts)
    # For ever: machines with other versions may work on the other parts.
    assert [Shard(1, 2).holds(name) for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg")] == [True, True, False, True]


def test_a_shard_knows_a_name_however_its_accents_are_written():
    names = [f"caf\u00e9 {number}.jpg" for number in range(20)]
    taken_apart = [unicodedata.normalize("NFD", name) for name in names]
    assert [Shard(1, 2).holds(name) for name in names] == [Shard(1, 2).holds(name) for name in taken_apart]


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "x/2", "1/0", "-1/2"])
def test_no_part_of_a_whole(text):
    with pytest.raises(ValueError, match=r".+"):
        Shard.parse(text)


def test_the_rate_is_of_late_and_pauses_do_not_count():
    clock = Clock()
    rate = Rate(clock)
    assert rate.photos_per_second() is None
    rate.go()
    for _ in range(4):
        clock.now += 0.5
        rate.count()
    assert rate.photos_per_second() == pytest.approx(2)
    assert rate.seconds_for(10) == pytest.approx(5)
    rate.pause()
    clock.now += 1000
    assert rate.photos_per_second() == pytest.approx(2)
    rate.go()
    for _ in range(200):
        clock.now += 0.1
        rate.count()
    assert rate.photos_per_second() == pytest.approx(10)


def test_the_gate_lets_one_through_always_and_more_if_they_fit():
    gate, inside, together = PixelGate(100), [], []

    def work(pixels):
        with gate.inside(pixels):
            inside.append(pixels)
            together.append(sum(inside))
            threading.Event().wait(0.01)
            inside.remove(pixels)

    threads = [threading.Thread(target=work, args=(pixels,)) for pixels in (60, 60, 30, 500, 30, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(together) == 6
    assert all(total <= 100 or total == 500 for total in together)


def test_arrivals_are_given_once_they_are_whole_and_once(tmp_path):
    arrivals = Arrivals()
    path = tmp_path / "a.jpg"
    items = (Item("a.jpg", path),)
    path.write_bytes(b"half")
    assert arrivals.ripe(items) == ()
    path.write_bytes(b"half and half")
    assert arrivals.ripe(items) == ()
    assert arrivals.ripe(items) == items
    assert arrivals.ripe(items) == ()
    os.utime(path, (5, 5))
    assert arrivals.ripe(items) == ()
    assert arrivals.ripe(items) == items
    path.unlink()
    assert arrivals.ripe(()) == ()


def test_a_full_disk_is_known_however_the_error_is_wrapped():
    full = OSError(errno.ENOSPC, "No space left on device")
    assert is_disk_full(full)
    wrapped = ImageWriteError("cannot be written")
    wrapped.__cause__ = full
    assert is_disk_full(wrapped)
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(ImageWriteError("too large for the format"))


def test_what_is_missing_is_said_as_people_say_it(tmp_path):
    assert [in_words(n) for n in (0, 999, 1500, 2_500_000, 3e12)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "2.5 MB",
        "3000.0 GB",
    ]
    sentence = room_sentence(tmp_path, 10, 1e15)
    assert "10 photos are left" in sentence
    assert re.search(r"need about 10000000\.0 GB, so about \d+\.\d GB are missing", sentence)
    assert "need" not in room_sentence(tmp_path, 1, None)


class Cards(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.cards, self.links, self.sources = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "article":
            self.cards.append(found)
        elif tag == "a":
            self.links.append(found["href"])
        elif tag == "img":
            self.sources.append(found["src"])


def test_the_report_has_failures_first_then_the_doubtful_ones(tmp_path):
    rows = [
        Row("sure.jpg", tmp_path / "sure.jpg", RowState.DONE, doubt=0.1, results=(tmp_path / "out" / "ä b#.png",)),
        Row("odd.jpg", tmp_path / "odd.jpg", RowState.SKIPPED, doubt=0.9, doubts=("haze",), seconds=2.0),
        Row("<b>&.jpg", tmp_path / "x.jpg", RowState.FAILED, reason="It is <cut> short."),
        Row("later.jpg", tmp_path / "later.jpg", RowState.WAITING),
    ]
    with Workplace(tmp_path / "out") as place:
        write_report(tmp_path / "reports" / "r.html", rows, place)
    text = (tmp_path / "reports" / "r.html").read_text(encoding="utf-8")
    report = Cards(text)
    assert [card["data-name"] for card in report.cards] == ["<b>&.jpg", "odd.jpg", "sure.jpg", "later.jpg"]
    assert [card["data-state"] for card in report.cards] == ["failed", "skipped", "done", "waiting"]
    assert "It is &lt;cut&gt; short." in text
    assert "doubt 0.90, haze" in text
    assert "../out/%C3%A4%20b%23.png" in report.links
    # In one file: nothing is fetched from elsewhere.
    assert not re.search(r'(src|href)="(https?:)?//', text)
    assert "prefers-color-scheme: dark" in text


def test_the_report_of_a_batch_shows_every_photo_also_when_nothing_was_to_be_done(tmp_path, predictor):
    put_photos(tmp_path / "in", ["a.png", "b.png", "\udcff.png"])
    for _ in range(2):
        run, _ = go(tmp_path / "in", tmp_path / "out", predictor)
        with Workplace(tmp_path / "out") as place:
            write_report(tmp_path / "r.html", run.rows(), place)
        report = Cards((tmp_path / "r.html").read_text(encoding="utf-8"))
        assert len(report.cards) == len(report.sources) == 3
        assert all(source.startswith("data:image/webp;base64,") for source in report.sources)
        for link in report.links:
            assert link == "%FF.png" or (tmp_path / Path(link)).exists() or "%FF" in link


def test_an_alpha_channel_is_in_the_thumbnail(tmp_path, predictor):
    put_photos(tmp_path / "in", ["a.png"])
    run, _ = go(tmp_path / "in", tmp_path / "out", predictor)
    small = read_photo(run.row("a.png").thumbnail)
    assert small.alpha is not None
    assert small.image.shape == (24, 20, 3)

"""Memory is foretold, and what does not fit is given up in a known order."""

from pathlib import Path

import pytest
import torch

from core.device import CPU, Device
from core.memory_plan import (
    BASE_BYTES,
    SMALLEST_SIZE_PX,
    Limit,
    Result,
    Room,
    Size,
    Work,
    ever_less,
    given_up,
    network_bytes,
    plan_memory,
)
from core.memory_room import free_in_group, free_room

BEST = Work(size_px=512, closest=3.0, tiles_at_once=4, on_cpu=False)
PHOTO = Size(3000, 4000, 1)


def test_with_room_nothing_is_given_up() -> None:
    for room in (Room(None), Room(10**10, 10**10)):
        plan = plan_memory(PHOTO, BEST, room)
        assert plan.fits
        assert plan.work == BEST
    assert given_up(BEST, BEST) == ()


def test_less_is_tried_in_order_tiles_then_nearness_then_size_then_the_cpu() -> None:
    tried = list(ever_less(BEST))
    assert [(work.tiles_at_once, work.closest) for work in tried[:4]] == [(4, 3), (1, 3), (1, 2), (1, 1)]
    sizes = [work.size_px for work in tried[3:] if not work.on_cpu]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == SMALLEST_SIZE_PX
    assert [work.on_cpu for work in tried] == sorted(work.on_cpu for work in tried)
    assert len(set(tried)) == len(tried)


def test_each_step_takes_less_of_the_device() -> None:
    on_device = [network_bytes(PHOTO, work) for work in ever_less(BEST) if not work.on_cpu]
    assert on_device == sorted(on_device, reverse=True)
    assert len(set(on_device)) == len(on_device)


def test_the_first_that_fits_is_taken_and_said() -> None:
    for work in ever_less(BEST):
        if work.on_cpu:
            break
        plan = plan_memory(PHOTO, BEST, Room(None, network_bytes(PHOTO, work)))
        assert plan.work == work
    (sentence,) = given_up(BEST, Work(SMALLEST_SIZE_PX, 1.0, 1, on_cpu=True))
    assert "on the CPU" in sentence
    assert "at 256 px instead of 512 px" in sentence
    assert "without a second look" in sentence
    assert given_up(BEST, Work(512, 3.0, 1, on_cpu=False)) == ()


def test_a_device_that_is_full_leaves_the_cpu() -> None:
    plan = plan_memory(PHOTO, BEST, Room(None, 0))
    assert plan.fits
    assert plan.work.on_cpu
    assert plan.work.size_px == BEST.size_px


def test_a_photo_that_is_too_large_by_itself_does_not_fit() -> None:
    assert not plan_memory(PHOTO, BEST, Room(BASE_BYTES)).fits


@pytest.mark.parametrize("result", list(Result))
def test_a_hundred_megapixels_stay_within_three_gigabytes(result: Result) -> None:
    wished = Work(512, 3.0, 1, on_cpu=True)
    plan = plan_memory(Size(11547, 8660, 1), wished, Room(3 * 10**9), result)
    assert plan.fits
    assert plan.work == wished


def test_what_takes_more_is_expected_to() -> None:
    work = Work(512, 1.0, 1, on_cpu=True)
    expected = [plan_memory(PHOTO, work, Room(None), result).expected_bytes for result in Result]
    assert expected == sorted(expected)
    deep = plan_memory(Size(3000, 4000, 2), work, Room(None)).expected_bytes
    assert deep - expected[0] == 3 * PHOTO.pixels


def test_a_limit_bounds_what_is_free() -> None:
    assert free_room(CPU, Limit(10**6)).host_bytes == 10**6
    unlimited = free_room(CPU, Limit()).host_bytes
    assert unlimited is None or unlimited > 10**7


@pytest.mark.parametrize("total_bytes", [None, 8000, 20_000])
def test_what_else_the_process_holds_is_no_room_for_a_photo(
    total_bytes: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.memory_room.free_for_process", lambda: 10_000)
    room = free_room(CPU, Limit(total_bytes, taken_bytes=3000))
    assert room.host_bytes == min(10_000, total_bytes or 10_000) - 3000


def test_what_pytorch_keeps_of_a_gpu_without_using_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"memory_reserved": 3000, "memory_allocated": 1000, "mem_get_info": (200, 4000)}
    for name, answer in answers.items():
        monkeypatch.setattr(torch.cuda, name, lambda _device, answer=answer: answer)
    assert free_room(Device("cuda"), Limit()).device_bytes == 2000 + 180


def test_what_a_container_may_take(tmp_path: Path) -> None:
    assert free_in_group(tmp_path) == []
    (tmp_path / "memory.max").write_text("max\n")
    assert free_in_group(tmp_path) == []
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 150\n")
    assert free_in_group(tmp_path) == [450]

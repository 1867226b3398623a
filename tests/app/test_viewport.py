"""Zoom and pan as numbers: what is seen, where it lies, and what stays where it is."""

import itertools
import random

import pytest

from matting_studio.app.edits import Box
from matting_studio.app.viewport import HIGHEST_SCALE, Rectangle, Viewport


def wide() -> Viewport:
    """A photo of 400 × 200 on a canvas of 200 × 200: fitted at 50 %, 50 pixels of surround above and below."""
    return Viewport.fitted(400, 200, 200, 200)


def test_a_fitted_photo_is_whole_and_in_the_middle() -> None:
    assert wide().scale == 0.5
    assert wide().is_fitted
    assert wide().visible_box() == Box(0, 0, 200, 400)
    assert wide().rectangle(wide().visible_box()) == Rectangle(0, 50, 200, 100)


def test_a_small_photo_is_enlarged_to_fit() -> None:
    assert Viewport.fitted(10, 20, 200, 200).scale == 10


def test_points_go_to_the_photo_and_back() -> None:
    viewport = wide().zoomed(3.3, 40, 90)
    x, y = viewport.to_photo(17.0, 123.0)
    assert viewport.to_canvas(x, y) == pytest.approx((17.0, 123.0))


@pytest.mark.parametrize("factor", [1.01, 1.25, 2.0, 7.5])
@pytest.mark.parametrize("pointer", [(0, 50), (199, 149), (30, 140), (100, 100)])
def test_zooming_in_keeps_the_point_under_the_pointer_even_in_the_corners(
    factor: float, pointer: tuple[int, int]
) -> None:
    viewport, point = wide(), wide().to_photo(*pointer)
    for _ in range(4):
        viewport = viewport.zoomed(viewport.scale * factor, *pointer)
        assert viewport.to_canvas(*point) == pytest.approx(pointer, abs=0.51)


def test_zooming_in_and_out_at_a_pointer_leads_back() -> None:
    viewport = wide()
    for scale in (0.7, 1.0, 4.0, 1.0, 0.7, 0.5):
        viewport = viewport.zoomed(scale, 20, 60)
    assert (viewport.scale, viewport.left, viewport.top) == pytest.approx((0.5, wide().left, wide().top))


def test_the_photo_always_covers_what_it_covers_when_fitted() -> None:
    chance, viewport = random.Random(1), wide()
    for _ in range(500):
        if chance.random() < 0.5:
            viewport = viewport.panned(chance.uniform(-300, 300), chance.uniform(-300, 300))
        else:
            factor = chance.uniform(0.5, 2)
            viewport = viewport.zoomed(viewport.scale * factor, chance.uniform(0, 200), chance.uniform(0, 200))
        if viewport.scale > viewport.fit_scale:
            assert viewport.left <= 1e-6
            assert viewport.top <= 50 + 1e-6
            assert viewport.left + 400 * viewport.scale >= 200 - 1e-6
            assert viewport.top + 200 * viewport.scale >= 150 - 1e-6
        else:
            assert viewport.left == pytest.approx((200 - 400 * viewport.scale) / 2)
        assert not viewport.visible_box().empty


def test_zoom_has_limits() -> None:
    assert wide().zoomed(1e9, 0, 0).scale == HIGHEST_SCALE
    assert wide().zoomed(1e-9, 0, 0).scale == 0.125


def test_panning_moves_by_device_pixels_and_stops_at_the_edges() -> None:
    close = wide().zoomed_to(4.0)
    moved = close.panned(10, -7)
    assert (moved.left - close.left, moved.top - close.top) == (10, -7)
    assert close.panned(1e6, 1e6).to_canvas(0, 0) == (0, 50)


def test_at_100_percent_each_photo_pixel_lies_on_one_device_pixel() -> None:
    viewport = Viewport.fitted(1001, 777, 333, 250).zoomed(1.0, 12.3, 45.6).panned(0.37, 0.71)
    box = viewport.visible_box()
    rectangle = viewport.rectangle(box)
    assert (rectangle.width, rectangle.height) == (box.right - box.left, box.bottom - box.top)
    assert viewport.to_photo(100, 100)[0] % 1 == 0


def test_only_what_is_seen_is_in_the_box() -> None:
    viewport = Viewport.fitted(6000, 4000, 600, 400).zoomed(2.0, 0, 0)
    assert viewport.visible_box() == Box(0, 0, 200, 300)
    assert viewport.panned(-3, -3).visible_box() == Box(1, 1, 202, 302)


def test_steps_stop_at_100_percent_and_at_fit_and_end_somewhere() -> None:
    viewport = Viewport.fitted(4000, 2000, 1080, 1080)
    scales = [viewport.stepped(steps).scale for steps in range(4)]
    assert scales == pytest.approx([0.27, 1 / 3, 1 / 2, 2 / 3])
    assert viewport.stepped(3).stepped(-3).is_fitted
    assert 1.0 in [viewport.stepped(steps).scale for steps in range(8)]
    assert viewport.stepped(100).scale == viewport.stepped(101).scale


def test_a_fitted_photo_stays_fitted_when_the_canvas_grows() -> None:
    assert wide().resized(800, 600) == Viewport.fitted(400, 200, 800, 600)


def test_a_zoomed_photo_keeps_its_middle_when_the_canvas_grows() -> None:
    close = Viewport.fitted(4000, 2000, 200, 200).zoomed(1.0, 10, 90)
    middle = close.to_photo(100, 100)
    assert close.resized(300, 260).to_photo(150, 130) == pytest.approx(middle, abs=0.51)
    assert close.resized(300, 260).scale == 1.0


def test_zoom_and_place_carry_over_to_a_photo_of_like_size() -> None:
    close = Viewport.fitted(4000, 2000, 200, 200).zoomed(1.0, 10, 90)
    assert close.with_photo(4000, 2000) == close
    alike = close.with_photo(4100, 1950)
    assert alike.scale == 1.0
    x, y = close.to_photo(100, 100)
    assert alike.to_photo(100, 100) == pytest.approx((x / 4000 * 4100, y / 2000 * 1950), abs=0.51)


def test_a_photo_of_another_size_is_fitted() -> None:
    close = Viewport.fitted(4000, 2000, 200, 200).zoomed(1.0, 10, 90)
    assert close.with_photo(2000, 4000).is_fitted
    assert close.with_photo(8000, 4000).is_fitted
    assert wide().with_photo(390, 210).is_fitted, "a fitted photo is followed by a fitted photo"


def test_the_smallest_canvas_and_the_smallest_photo_work() -> None:
    for photo, canvas in itertools.product([(1, 1), (1, 5000), (5000, 1)], repeat=2):
        viewport = Viewport.fitted(*photo, *canvas)
        rectangle = viewport.rectangle(viewport.visible_box())
        assert rectangle.width >= 1
        assert rectangle.height >= 1


class TestRoom:
    """What is exported may go on beyond the photo: there is room for it."""

    FRAME = Box(-100, 50, 150, 350)
    """Of the photo of 400 × 200: 100 pixels of it lie above."""

    def test_what_is_fitted_makes_room_and_stays_fitted(self) -> None:
        roomy = wide().with_room(Box(-84, -184, 284, 584))
        assert roomy.is_fitted
        assert roomy.rectangle(roomy.room) == Rectangle(0, 50, 200, 100)
        assert roomy.rectangle(roomy.photo) == Rectangle(50, 75, 100, 50)
        assert roomy.with_room(None) == wide()

    def test_a_frame_within_the_photo_takes_none(self) -> None:
        assert wide().with_room(Box(10, 10, 100, 100)) == wide()

    def test_what_is_not_fitted_keeps_its_scale(self) -> None:
        close = wide().zoomed(1.0, 100, 50)
        roomy = close.with_room(self.FRAME)
        assert roomy.scale == 1.0
        assert roomy.to_canvas(200, 0)[0] == pytest.approx(close.to_canvas(200, 0)[0])

    def test_there_is_air_where_the_frame_leaves_the_photo(self) -> None:
        assert wide().with_room(self.FRAME).room == Box(-106, 0, 200, 400)

    def test_it_can_be_moved_to_and_its_edge_does_not_come_loose(self) -> None:
        fitted = wide().with_room(self.FRAME)
        for scale in (1.0, 4.0):
            moved = fitted.zoomed(scale, 0, 0).panned(1e6, 1e6)
            for edge in (fitted.to_canvas(0, fitted.room.top)[1], moved.to_canvas(0, fitted.room.top)[1]):
                assert edge == pytest.approx(23.5, abs=0.51)
            assert moved.to_canvas(0, 0)[0] == pytest.approx(0, abs=0.51)

    def test_the_nearest_pixels_are_seen_where_the_photo_is_off_the_canvas(self) -> None:
        beyond = wide().with_room(self.FRAME).zoomed(8.0, 0, 0).panned(0, 1e6)
        assert beyond.to_canvas(0, 0)[1] > beyond.height_px
        box = beyond.visible_box()
        assert (box.top, box.bottom) == (0, 1)
        assert not box.empty

    def test_it_stays_with_another_canvas_and_another_photo_of_the_same_size(self) -> None:
        roomy = wide().with_room(self.FRAME)
        assert roomy.resized(400, 400).room == roomy.room
        assert roomy.resized(400, 400).is_fitted
        assert roomy.with_photo(400, 200) == roomy
        assert roomy.with_photo(420, 200) == Viewport.fitted(420, 200, 200, 200)

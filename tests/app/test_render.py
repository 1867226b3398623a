from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_documents import MEADOW, SKIN, person_alpha, portrait, snapshot, trimap_of

from core.errors import ImageReadError
from core.image_io import write_image
from matting_studio.app import render
from matting_studio.app.edits import Box
from matting_studio.app.finish import finish
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Blurred, Crop, Gradient, Look, Picture, Placement, Plain, Refinement, Shadow
from matting_studio.app.render import Renderer
from matting_studio.app.view import View, ViewMode

HEIGHT, WIDTH = 240, 320
WHOLE = Box(0, 0, HEIGHT, WIDTH)
BLUE = Look(background=Plain(colour=(0, 0, 1)))


@pytest.fixture
def alpha():
    return person_alpha(HEIGHT, WIDTH)


@pytest.fixture
def renderer():
    return Renderer()


def full(mode, box=WHOLE):
    return View(mode, box, 2000, 2000)


def levels(colour):
    return np.rint(np.array(colour) * 255)


class TestView:
    def test_is_never_larger_than_the_photos_pixels(self):
        assert View(ViewMode.ALPHA, Box(0, 0, 20, 30), 900, 600).size == (20, 30)
        assert View(ViewMode.ALPHA, Box(0, 0, 900, 1600), 800, 450).size == (450, 800)

    @pytest.mark.parametrize(
        ("photo_px", "screen_px", "level"), [(100, 100, 0), (160, 100, 0), (170, 100, 1), (400, 100, 2), (790, 100, 3)]
    )
    def test_is_drawn_from_a_level_about_as_fine_as_the_screen(self, photo_px, screen_px, level):
        assert View(ViewMode.ALPHA, Box(0, 0, photo_px, photo_px), screen_px, screen_px).level == level


class TestWhatItHolds:
    def test_the_photo_is_its_documents(self, renderer, alpha):
        renderer.render(snapshot(alpha), full(ViewMode.ORIGINAL))
        assert renderer.held_bytes == 0

    def test_a_photo_of_16_bits_is_held_at_8_as_well(self, renderer, alpha):
        deep = portrait(alpha, 16)
        renderer.render(snapshot(alpha, photo=deep), full(ViewMode.ORIGINAL))
        assert renderer.held_bytes == HEIGHT * WIDTH * 3

    def test_levels_count(self, renderer, alpha):
        renderer.render(snapshot(alpha), View(ViewMode.ORIGINAL, WHOLE, HEIGHT // 2, WIDTH // 2))
        assert renderer.held_bytes == HEIGHT * WIDTH * 3 // 4

    def test_matte_colours_and_picture_count_once(self, renderer, alpha):
        shown = snapshot(alpha)
        for _ in range(2):
            renderer.render(shown, full(ViewMode.CUTOUT))
            # The matte, which is as it was without any refinement, the foreground, and the picture with its alpha.
            assert renderer.held_bytes == HEIGHT * WIDTH * (4 + 3 * 4 + 4)

    def test_a_background_picture_counts(self, renderer, alpha, tmp_path):
        shown = snapshot(alpha)
        renderer.render(shown, full(ViewMode.COMPOSITE))
        before = renderer.held_bytes
        write_image(tmp_path / "beach.png", np.zeros((50, 60, 3), np.uint8))
        before_beach = replace(shown, look=Look(background=Picture(path=tmp_path / "beach.png")))
        renderer.render(before_beach, full(ViewMode.COMPOSITE))
        assert renderer.held_bytes >= before + 50 * 60 * 3 - HEIGHT * WIDTH  # the picture has lost its alpha


class TestModes:
    def test_original_shows_the_photos_own_pixels_at_full_size(self, renderer, alpha):
        shown = snapshot(alpha)
        seen = renderer.render(shown, full(ViewMode.ORIGINAL, Box(10, 20, 110, 220)))
        np.testing.assert_array_equal(seen, shown.photo.image[10:110, 20:220])

    @pytest.mark.parametrize("mode", list(ViewMode))
    def test_every_mode_shows_the_photo_until_the_matte_is_there(self, renderer, alpha, mode):
        waiting = replace(snapshot(alpha), alpha=None, trimap=None)
        np.testing.assert_array_equal(renderer.render(waiting, full(mode)), waiting.photo.image)

    @pytest.mark.parametrize("size_px", [320, 100, 77])
    def test_trimap_is_three_greys_at_every_size(self, renderer, alpha, size_px):
        seen = renderer.render(snapshot(alpha), View(ViewMode.TRIMAP, WHOLE, size_px, size_px * 3 // 4))
        assert set(np.unique(seen)) == {0, 128, 255}
        np.testing.assert_array_equal(seen[..., 0], seen[..., 2])
        if size_px == WIDTH:
            np.testing.assert_array_equal(seen[..., 0], trimap_of(alpha))

    def test_alpha_is_grey(self, renderer, alpha):
        seen = renderer.render(snapshot(alpha), full(ViewMode.ALPHA))
        np.testing.assert_array_equal(seen, np.rint(alpha * 255)[..., None].repeat(3, -1))

    def test_alpha_is_the_refined_one(self, renderer, alpha):
        harder = Look(refinement=Refinement(black_point=0.4, white_point=0.6))
        seen = renderer.render(snapshot(alpha, harder), full(ViewMode.ALPHA))[..., 0]
        np.testing.assert_allclose(seen, np.clip((alpha - 0.4) / 0.2, 0, 1) * 255, atol=0.51)

    def test_overlay_reddens_what_is_removed_and_leaves_the_person(self, renderer, alpha):
        seen = renderer.render(snapshot(alpha), full(ViewMode.OVERLAY)).astype(int)
        np.testing.assert_allclose(seen[120, 160], levels(SKIN), atol=1)
        red, green, blue = seen[2, 2]
        assert red > 150
        # The photo stays visible below.
        assert green > blue > 20
        assert green < levels(MEADOW)[1]

    def test_composite_puts_clean_colours_on_the_background(self, renderer, alpha):
        seen = renderer.render(snapshot(alpha, BLUE), full(ViewMode.COMPOSITE))
        expected = (alpha[..., None] * SKIN + (1 - alpha[..., None]) * (0, 0, 1)) * 255
        assert np.abs(seen - expected).max() < 6
        np.testing.assert_array_equal(seen[2, 2], (0, 0, 255))

    def test_without_decontamination_the_old_background_stays_in_the_edge(self, renderer, alpha):
        clean = renderer.render(snapshot(alpha, BLUE), full(ViewMode.COMPOSITE)).astype(float)
        raw_look = BLUE.model_copy(update={"decontaminate": 0.0})
        raw = renderer.render(snapshot(alpha, raw_look, 2), full(ViewMode.COMPOSITE)).astype(float)
        half = np.abs(alpha - 0.5) < 0.1
        contaminated = (0.5 * (0.5 * SKIN + 0.5 * MEADOW) + 0.5 * np.array((0, 0, 1))) * 255
        assert np.abs(raw[half].mean(0) - contaminated).max() < 6
        assert np.abs(raw[half].mean(0) - clean[half].mean(0)).max() > 20

    def test_cutout_has_premultiplied_colours_and_their_alpha(self, renderer, alpha):
        seen = renderer.render(snapshot(alpha), full(ViewMode.CUTOUT)).astype(float)
        np.testing.assert_allclose(seen[..., 3], alpha * 255, atol=0.51)
        np.testing.assert_allclose(seen[..., :3], alpha[..., None] * levels(SKIN), atol=3)

    def test_cutout_is_a_transparent_composite(self, renderer, alpha):
        look = Look(shadow=Shadow())
        cutout = renderer.render(snapshot(alpha, look), full(ViewMode.CUTOUT))
        np.testing.assert_array_equal(cutout, renderer.render(snapshot(alpha, look), full(ViewMode.COMPOSITE)))

    def test_shadow_is_black_that_lets_half_of_the_light_through(self, renderer, alpha):
        plain = renderer.render(snapshot(alpha), full(ViewMode.CUTOUT)).astype(int)
        look = Look(shadow=Shadow(opacity=0.5, blur_px=4, shift_x_px=40, shift_y_px=0))
        shaded = renderer.render(snapshot(alpha, look, 2), full(ViewMode.CUTOUT)).astype(int)
        beside = (120, 160 + 95)
        np.testing.assert_allclose(shaded[beside], (0, 0, 0, 128), atol=1)
        np.testing.assert_array_equal(shaded[120, 160], plain[120, 160])

    def test_a_photos_own_alpha_counts(self, renderer, alpha):
        own = np.ones_like(alpha)
        own[:, :160] = 0
        thin = snapshot(alpha, photo=portrait(alpha, alpha=own))
        seen = renderer.render(thin, full(ViewMode.ALPHA))[..., 0]
        assert seen[:, :160].max() == 0
        assert seen[120, 170] == 255

    def test_sixteen_bits_are_shown_with_eight(self, renderer, alpha):
        photo = portrait(alpha, 16)
        seen = renderer.render(snapshot(alpha, photo=photo), full(ViewMode.ORIGINAL))
        np.testing.assert_array_equal(seen, portrait(alpha).image)

    @pytest.mark.parametrize("box", [Box(0, 0, 0, 10), Box(-1, 0, 10, 10), Box(0, 0, HEIGHT + 1, 10)])
    def test_refuses_what_is_no_part_of_the_photo(self, renderer, alpha, box):
        with pytest.raises(ValueError, match="part of the photo"):
            renderer.render(snapshot(alpha), full(ViewMode.ALPHA, box))


class TestPlaces:
    """Zoomed in, out and moved, a picture is the same."""

    LOOKS = (
        BLUE,
        Look(background=Gradient(), light_wrap=0.5, colour_match=0.4),
        Look(background=Blurred(radius_px=16), shadow=Shadow(blur_px=8, shift_x_px=9, shift_y_px=4)),
        Look(background=Blurred(radius_px=2), refinement=Refinement(edge_shift_px=-3, feather_px=6, keep_largest=True)),
    )

    @pytest.mark.parametrize("look", LOOKS)
    def test_a_part_at_full_size_is_what_is_exported(self, alpha, look, monkeypatch):
        monkeypatch.setattr("matting_studio.app.pyramid.OVERVIEW_PIXELS", 20_000)
        box = Box(60, 40, 160, 180)
        seen = Renderer().render(snapshot(alpha, look), full(ViewMode.COMPOSITE, box)).astype(float)
        exported = finish(snapshot(alpha, look), CancelToken()).composite[box.slices].astype(float)
        difference = np.abs(seen - exported)
        assert difference.mean() < 1
        assert difference.max() < 12

    @pytest.mark.parametrize("look", LOOKS)
    def test_the_whole_at_full_size_is_what_is_exported(self, renderer, alpha, look):
        seen = renderer.render(snapshot(alpha, look), full(ViewMode.COMPOSITE)).astype(float)
        exported = finish(snapshot(alpha, look), CancelToken()).composite
        np.testing.assert_allclose(seen, exported.astype(float), atol=1)

    @pytest.mark.parametrize("look", LOOKS)
    def test_small_is_the_large_one_shrunken(self, alpha, look):
        large = Renderer().render(snapshot(alpha, look), full(ViewMode.COMPOSITE)).astype(float)
        small = Renderer().render(snapshot(alpha, look), View(ViewMode.COMPOSITE, WHOLE, WIDTH // 4, HEIGHT // 4))
        means = large.reshape(HEIGHT // 4, 4, WIDTH // 4, 4, 3).mean((1, 3))
        assert np.abs(small - means).mean() < 1.5

    @pytest.mark.parametrize("mode", list(ViewMode))
    def test_moving_does_not_change_what_is_seen(self, alpha, mode, monkeypatch):
        monkeypatch.setattr("matting_studio.app.pyramid.OVERVIEW_PIXELS", 20_000)
        renderer, shown = Renderer(), snapshot(alpha, BLUE)
        first = renderer.render(shown, full(mode, Box(60, 40, 160, 180)))
        second = renderer.render(shown, full(mode, Box(84, 64, 184, 204)))
        np.testing.assert_allclose(first[24:, 24:].astype(int), second[:-24, :-24], atol=3)

    @pytest.mark.parametrize("shape", [(1, 1), (1, 50), (53, 2), (97, 131)])
    def test_photos_of_any_shape_are_shown(self, renderer, shape):
        alpha = np.full(shape, 0.5, np.float32)
        box = Box(0, 0, *shape)
        for mode in ViewMode:
            view = View(mode, box, 20, 20)
            assert renderer.render(snapshot(alpha, self.LOOKS[1]), view).shape[:2] == view.size


class TestWhatIsKept:
    @pytest.fixture
    def estimates(self, monkeypatch):
        """The sizes for which foreground colours were estimated."""
        made, estimate = [], render.estimate_foreground

        def counted(image, alpha):
            made.append(alpha.shape)
            return estimate(image, alpha)

        monkeypatch.setattr(render, "estimate_foreground", counted)
        return made

    @pytest.fixture
    def photo(self, alpha):
        return portrait(alpha)

    @pytest.fixture(params=[20_000, 2_000_000])
    def overview_pixels(self, request, monkeypatch):
        monkeypatch.setattr("matting_studio.app.pyramid.OVERVIEW_PIXELS", request.param)

    @pytest.mark.usefixtures("overview_pixels")
    def test_a_new_look_estimates_nothing_anew(self, renderer, alpha, photo, estimates):
        view = full(ViewMode.COMPOSITE, Box(60, 40, 160, 180))
        renderer.render(snapshot(alpha, BLUE, 1, photo), view)
        other = Look(background=Gradient(), refinement=Refinement(feather_px=3), shadow=Shadow())
        renderer.render(snapshot(alpha, other, 2, photo), view)
        assert len(estimates) == 1

    def test_a_new_look_of_the_same_revision_is_seen(self, renderer, alpha, photo):
        renderer.render(snapshot(alpha, BLUE, 1, photo), full(ViewMode.COMPOSITE))
        red = Look(background=Plain(colour=(1, 0, 0)))
        np.testing.assert_array_equal(
            renderer.render(snapshot(alpha, red, 1, photo), full(ViewMode.COMPOSITE))[2, 2], (255, 0, 0)
        )

    def test_a_stroke_is_seen_with_the_next_revision(self, renderer, alpha, photo, estimates):
        renderer.render(snapshot(alpha, BLUE, 1, photo), full(ViewMode.COMPOSITE))
        alpha[:20, :20] = 1  # the document's array changes where it is
        seen = renderer.render(snapshot(alpha, BLUE, 2, photo), full(ViewMode.COMPOSITE))
        assert (seen[5, 5] != (0, 0, 255)).any()
        assert len(estimates) == 2

    def test_moving_a_little_works_out_nothing(self, alpha, estimates, monkeypatch):
        monkeypatch.setattr("matting_studio.app.pyramid.OVERVIEW_PIXELS", 20_000)
        renderer, shown = Renderer(), snapshot(alpha, BLUE)
        for left in (40, 45, 50):
            renderer.render(shown, full(ViewMode.COMPOSITE, Box(60, left, 160, left + 140)))
        assert len(estimates) == 1

    def test_another_photo_is_another_picture(self, renderer, alpha):
        renderer.render(snapshot(alpha), full(ViewMode.ORIGINAL))
        other = portrait(1 - alpha)
        seen = renderer.render(snapshot(alpha, photo=other), full(ViewMode.ORIGINAL))
        np.testing.assert_array_equal(seen, other.image)


class TestBackgroundPicture:
    def test_is_placed_as_told(self, renderer, alpha, tmp_path):
        path = tmp_path / "halves.png"
        halves = np.zeros((120, 160, 3), np.uint8)
        halves[:, :80, 0] = halves[:, 80:, 1] = 255
        write_image(path, halves)
        seen = renderer.render(snapshot(alpha, Look(background=Picture(path=path))), full(ViewMode.COMPOSITE))
        np.testing.assert_array_equal(seen[5, [5, -5]], [(255, 0, 0), (0, 255, 0)])
        shifted = Look(background=Picture(path=path, placement=Placement(shift_x=0.6)))
        seen = renderer.render(snapshot(alpha, shifted), full(ViewMode.COMPOSITE))
        np.testing.assert_array_equal(seen[5, [5, -5]], [(0, 0, 0), (255, 0, 0)])

    def test_that_is_missing_is_told_in_a_sentence(self, renderer, alpha):
        missing = Look(background=Picture(path=Path("nowhere.png")))
        with pytest.raises(ImageReadError, match="does not exist"):
            renderer.render(snapshot(alpha, missing), full(ViewMode.COMPOSITE))

    def test_that_is_missing_leaves_the_person_without_a_background_until_it_is_there(self, renderer, alpha, tmp_path):
        path = tmp_path / "late.png"
        late = snapshot(alpha, Look(background=Picture(path=path)))
        seen, _frame, complaint = renderer.show(late, full(ViewMode.COMPOSITE))
        assert "does not exist" in complaint
        np.testing.assert_array_equal(seen, Renderer().render(snapshot(alpha), full(ViewMode.CUTOUT)))
        write_image(path, np.full((120, 160, 3), (255, 0, 0), np.uint8))
        seen, _frame, complaint = renderer.show(late, full(ViewMode.COMPOSITE))
        assert complaint is None
        np.testing.assert_array_equal(seen[0, 0], (255, 0, 0))

    def test_that_is_edited_is_shown_anew_everywhere(self, renderer, alpha, tmp_path):
        path = tmp_path / "edited.png"
        look = Look(background=Picture(path=path), crop=Crop(kind="ratio", margin=0.6), light_wrap=0.5)
        for height, colour in ((120, (255, 0, 0)), (130, (0, 255, 0))):
            write_image(path, np.full((height, 160, 3), colour, np.uint8))
            seen, frame, _complaint = renderer.show(snapshot(alpha, look), full(ViewMode.COMPOSITE))
            fresh, fresh_frame, _complaint = Renderer().show(snapshot(alpha, look), full(ViewMode.COMPOSITE))
            np.testing.assert_array_equal(seen[0, 0], colour)
            np.testing.assert_array_equal(seen, fresh)
            np.testing.assert_array_equal(frame.ground, fresh_frame.ground)


def test_the_crop_is_the_one_that_is_exported(renderer, alpha):
    for crop in (Crop(kind="person"), Crop(kind="ratio", margin=0.6)):
        shown = snapshot(alpha, Look(crop=crop, refinement=Refinement(edge_shift_px=5)))
        frame = renderer.frame(shown, ViewMode.ALPHA)
        assert (frame.crop, frame.box) == (crop, finish(shown, CancelToken()).box)
    assert renderer.frame(snapshot(alpha), ViewMode.ALPHA) is None
    assert renderer.frame(replace(shown, alpha=None, trimap=None), ViewMode.ALPHA) is None


class TestBeyondThePhoto:
    """A crop that leaves the photo is seen as it is exported."""

    CROP = Crop(kind="ratio", ratio=2.5, margin=0.2)

    @pytest.mark.parametrize(
        "look",
        [
            BLUE,
            Look(background=Gradient(angle_degrees=20), shadow=Shadow(blur_px=80, shift_x_px=120, shift_y_px=4)),
            Look(background=Blurred(radius_px=16), shadow=Shadow(blur_px=20, shift_x_px=-90)),
        ],
    )
    def test_the_new_background_and_the_shadow_go_on(self, renderer, alpha, look):
        shown = snapshot(alpha, look.model_copy(update={"crop": self.CROP}))
        frame = renderer.frame(shown, ViewMode.COMPOSITE)
        finished = finish(shown, CancelToken())
        assert frame.box == finished.box
        assert frame.box.left < -100
        beyond = np.ones(frame.ground.shape[:2], bool)
        beyond[WHOLE.overlap(frame.box).within(frame.box)] = False
        exported = finished.composite.astype(float)
        np.testing.assert_allclose(frame.ground[beyond].astype(float), exported[beyond], atol=1)

    def test_a_cut_out_is_transparent_there_but_for_its_shadow(self, renderer, alpha):
        shown = snapshot(alpha, Look(background=Plain(colour=(1, 1, 1)), crop=self.CROP))
        assert not renderer.frame(shown, ViewMode.CUTOUT).ground.any()
        shadow = Shadow(opacity=0.5, blur_px=0, shift_x_px=160, shift_y_px=0)
        ground = renderer.frame(
            replace(shown, look=shown.look.model_copy(update={"shadow": shadow})), ViewMode.CUTOUT
        ).ground
        assert not ground[..., :3].any()
        assert ground[..., 3].max() == 128

    def test_it_follows_the_look(self, renderer, alpha):
        shown = snapshot(alpha, BLUE.model_copy(update={"crop": self.CROP}))
        first = renderer.frame(shown, ViewMode.COMPOSITE)
        red = replace(shown, look=Look(background=Plain(colour=(1, 0, 0)), crop=self.CROP))
        second = renderer.frame(red, ViewMode.COMPOSITE)
        np.testing.assert_array_equal((first.ground[0, 0], second.ground[0, 0]), ((0, 0, 255), (255, 0, 0)))
        again = renderer.frame(red, ViewMode.COMPOSITE)
        assert again.ground is second.ground, "nothing is painted anew"

    @pytest.mark.parametrize("mode", [ViewMode.ORIGINAL, ViewMode.ALPHA, ViewMode.TRIMAP, ViewMode.OVERLAY])
    def test_modes_that_do_not_show_the_result_know_the_box_alone(self, renderer, alpha, mode):
        frame = renderer.frame(snapshot(alpha, BLUE.model_copy(update={"crop": self.CROP})), mode)
        assert frame.box.left < 0
        assert frame.ground is None

from dataclasses import replace

import numpy as np
import pytest
from made_documents import MEADOW, SKIN, person_alpha, portrait, snapshot, trimap_of
from made_profiles import display_p3
from PIL import Image

from core.composite import composite
from core.errors import ImageReadError, ImageWriteError
from core.foreground import estimate_foreground
from core.image_io import Encoding, FromSrgb, as_float, read_photo, write_image
from matting_studio.app import cutout
from matting_studio.app.edits import Box
from matting_studio.app.export import export, export_all
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.finish import finish
from matting_studio.app.jobs import CancelToken, JobCancelled
from matting_studio.app.look import Blurred, Crop, Gradient, Look, Picture, Plain, Refinement, Shadow

HEIGHT, WIDTH = 150, 200
BLUE = Plain(colour=(0, 0, 1))


@pytest.fixture
def alpha():
    return person_alpha(HEIGHT, WIDTH)


def written(shown, path, what, **wishes):
    """What a file holds after exporting to it."""
    export(shown, ExportRequest(what, path, **wishes), CancelToken())
    return read_photo(path)


class TestCutout:
    def test_has_straight_clean_colours_and_the_alpha(self, alpha, tmp_path):
        file = written(snapshot(alpha), tmp_path / "c.png", ExportKind.CUTOUT)
        np.testing.assert_array_equal(np.rint(file.alpha * 255), np.rint(alpha * 255))
        edge = (alpha > 0.3) & (alpha < 1)
        assert np.abs(file.image[edge] / 255 - SKIN).max() < 0.06

    def test_colours_are_those_estimated_from_the_photo(self, alpha, tmp_path):
        shown = snapshot(alpha)
        file = written(shown, tmp_path / "c.tif", ExportKind.CUTOUT, bit_depth=16)
        expected = estimate_foreground(shown.photo.pixels, alpha)
        np.testing.assert_allclose(as_float(file.pixels), as_float(expected), atol=1e-4)
        assert file.bit_depth == 16

    @pytest.mark.parametrize("suffix", ["png", "tif"])
    def test_sixteen_bits_stay_sixteen_bits(self, alpha, tmp_path, suffix):
        shown = snapshot(alpha, photo=portrait(alpha, 16))
        file = written(shown, tmp_path / f"c.{suffix}", ExportKind.CUTOUT)
        assert file.bit_depth == 16
        np.testing.assert_array_equal(file.pixels[75, 100], shown.photo.pixels[75, 100])
        np.testing.assert_allclose(file.alpha, alpha, atol=1e-5)

    def test_decontamination_goes_as_far_as_told(self, alpha):
        shown = snapshot(alpha, Look(decontaminate=0.25))
        pixels = shown.photo.pixels
        clean = estimate_foreground(pixels, alpha)
        np.testing.assert_allclose(finish(shown, CancelToken()).foreground, 0.25 * clean + 0.75 * pixels, atol=0.51)

    def test_refinement_is_applied(self, alpha, tmp_path):
        look = Look(refinement=Refinement(black_point=0.25, white_point=0.75))
        file = written(snapshot(alpha, look), tmp_path / "c.png", ExportKind.CUTOUT)
        np.testing.assert_allclose(file.alpha, np.clip((alpha - 0.25) * 2, 0, 1), atol=0.003)

    def test_only_the_largest_person_is_kept(self, alpha):
        alpha[:10, :10] = 1
        finished = finish(snapshot(alpha, Look(refinement=Refinement(keep_largest=True))), CancelToken())
        assert finished.alpha[:10, :10].max() == 0
        np.testing.assert_array_equal(finished.alpha[20:], alpha[20:])

    def test_shadow_is_black_with_an_alpha(self, alpha, tmp_path):
        look = Look(shadow=Shadow(opacity=0.4, blur_px=0, shift_x_px=70, shift_y_px=0), background=BLUE)
        file = written(snapshot(alpha, look), tmp_path / "c.png", ExportKind.CUTOUT)
        np.testing.assert_array_equal(file.image[75, 170], (0, 0, 0))
        assert file.alpha[75, 170] == pytest.approx(0.4, abs=0.003)
        assert file.alpha[75, 100] == 1

    def test_the_photos_own_alpha_counts(self, alpha):
        own = np.full_like(alpha, 0.5)
        finished = finish(snapshot(alpha, photo=portrait(alpha, alpha=own)), CancelToken())
        np.testing.assert_allclose(finished.alpha, alpha / 2, atol=1e-6)

    def test_carries_profile_and_exif(self, alpha, tmp_path):
        exif = Image.Exif()
        exif[0x010F] = "Camera"
        photo = portrait(alpha, icc_profile=display_p3(), exif=exif.tobytes())
        path = tmp_path / "c.png"
        written(snapshot(alpha, photo=photo), path, ExportKind.CUTOUT)
        with Image.open(path) as file:
            assert file.info["icc_profile"] == display_p3()
            assert file.getexif()[0x010F] == "Camera"


class TestOtherKinds:
    def test_alpha_is_grey_and_without_shadow(self, alpha, tmp_path):
        path = tmp_path / "a.png"
        look = Look(shadow=Shadow(), refinement=Refinement(edge_shift_px=2))
        export(snapshot(alpha, look), ExportRequest(ExportKind.ALPHA, path, bit_depth=16), CancelToken())
        with Image.open(path) as file:
            assert file.mode.startswith("I;16")
            values = np.asarray(file)
        finished = finish(snapshot(alpha, look.model_copy(update={"shadow": None})), CancelToken())
        np.testing.assert_array_equal(values, np.rint(finished.alpha * 65535))

    def test_trimap_is_as_corrected(self, alpha, tmp_path):
        path = tmp_path / "t.png"
        export(snapshot(alpha), ExportRequest(ExportKind.TRIMAP, path, bit_depth=16), CancelToken())
        with Image.open(path) as file:
            assert file.mode == "L"
            np.testing.assert_array_equal(np.asarray(file), trimap_of(alpha))

    def test_foreground_is_opaque(self, alpha, tmp_path):
        file = written(snapshot(alpha, Look(shadow=Shadow())), tmp_path / "f.png", ExportKind.FOREGROUND)
        assert file.alpha is None
        np.testing.assert_array_equal(file.pixels, estimate_foreground(portrait(alpha).pixels, alpha))


class TestComposite:
    def test_is_the_clean_person_on_the_background(self, alpha, tmp_path):
        file = written(snapshot(alpha, Look(background=BLUE)), tmp_path / "c.png", ExportKind.COMPOSITE)
        assert file.alpha is None
        expected = composite(as_float(estimate_foreground(portrait(alpha).pixels, alpha)), alpha, (0.0, 0.0, 1.0))
        np.testing.assert_allclose(as_float(file.pixels), expected, atol=0.5 / 255 + 1e-6)

    def test_jpeg_has_the_quality_asked_for(self, alpha, tmp_path):
        shown = snapshot(alpha, Look(background=Gradient()))
        sizes = []
        for quality in (30, 95):
            path = tmp_path / f"{quality}.jpg"
            written(shown, path, ExportKind.COMPOSITE, encoding=Encoding(jpeg_quality=quality))
            sizes.append(path.stat().st_size)
        assert sizes[0] * 1.5 < sizes[1]

    def test_bands_leave_no_seams(self, alpha, monkeypatch):
        look = Look(
            background=Gradient(angle_degrees=33),
            shadow=Shadow(),
            colour_match=0.3,
            crop=Crop(kind="ratio", margin=0.6),
        )
        whole = finish(snapshot(alpha, look), CancelToken()).composite
        monkeypatch.setattr("matting_studio.app.finish._BAND_PIXELS", 1500)
        np.testing.assert_array_equal(finish(snapshot(alpha, look), CancelToken()).composite, whole)

    def test_blurred_background_is_the_photos_own_without_the_person(self, alpha):
        finished = finish(snapshot(alpha, Look(background=Blurred(radius_px=12))), CancelToken())
        shown = as_float(finished.composite)
        np.testing.assert_allclose(shown[alpha == 0], np.tile(MEADOW, (np.sum(alpha == 0), 1)), atol=0.02)
        np.testing.assert_allclose(shown[75, 100], SKIN, atol=0.01)

    def test_shadow_falls_on_the_background(self, alpha):
        look = Look(background=BLUE, shadow=Shadow(opacity=0.4, blur_px=0, shift_x_px=70, shift_y_px=0))
        finished = finish(snapshot(alpha, look), CancelToken())
        np.testing.assert_allclose(finished.composite[75, 170], (0, 0, 0.6 * 255), atol=0.51)

    def test_colours_are_brought_to_the_photos_space(self, alpha):
        look = Look(background=Plain(colour=(1, 0, 0)))
        finished = finish(snapshot(alpha, look, photo=portrait(alpha, icc_profile=display_p3())), CancelToken())
        red = FromSrgb(display_p3()).convert(np.array([[[255, 0, 0]]], np.uint8))[0, 0]
        np.testing.assert_array_equal(finished.composite[2, 2], red)
        # sRGB's red lies inside of P3's.
        assert red[0] < 0.97 * 255
        assert red[1] > 0.1 * 255

    def test_a_picture_of_the_same_space_is_taken_as_it_is(self, alpha, tmp_path):
        path, pixels = tmp_path / "b.tif", np.full((HEIGHT, WIDTH, 3), (65000, 1001, 333), np.uint16)
        write_image(path, pixels, bit_depth=16, icc_profile=display_p3())
        photo = portrait(alpha, 16, icc_profile=display_p3())
        finished = finish(snapshot(alpha, Look(background=Picture(path=path)), photo=photo), CancelToken())
        np.testing.assert_allclose(finished.composite[2, 2], (65000, 1001, 333), atol=1)

    def test_on_nothing_is_the_cutout(self, alpha, tmp_path):
        shown = snapshot(alpha, Look(shadow=Shadow()))
        first = written(shown, tmp_path / "1.png", ExportKind.COMPOSITE)
        second = written(shown, tmp_path / "2.png", ExportKind.CUTOUT)
        np.testing.assert_array_equal(first.pixels, second.pixels)
        np.testing.assert_array_equal(first.alpha, second.alpha)


class TestSeveralKinds:
    def test_are_what_each_is_alone(self, alpha, tmp_path):
        shown = snapshot(alpha, Look(background=BLUE, shadow=Shadow(), refinement=Refinement(feather_px=3)))
        requests = [ExportRequest(kind, tmp_path / f"{kind}.png") for kind in ExportKind]
        export_all(shown, requests, CancelToken())
        for request in requests:
            alone = tmp_path / f"alone-{request.path.name}"
            export(shown, replace(request, path=alone), CancelToken())
            assert request.path.read_bytes() == alone.read_bytes()

    def test_colours_are_estimated_once(self, alpha, tmp_path, monkeypatch):
        calls = []
        monkeypatch.setattr(
            cutout, "estimate_foreground", lambda *given: calls.append(1) or estimate_foreground(*given)
        )
        shown = snapshot(alpha, Look(background=BLUE))
        export_all(shown, [ExportRequest(kind, tmp_path / f"{kind}.png") for kind in ExportKind], CancelToken())
        assert calls == [1]
        export(shown, ExportRequest(ExportKind.ALPHA, tmp_path / "again.png"), CancelToken())
        assert calls == [1]

    def test_are_all_checked_before_any_is_written(self, alpha, tmp_path):
        requests = [
            ExportRequest(ExportKind.ALPHA, tmp_path / "a.png"),
            ExportRequest(ExportKind.TRIMAP, tmp_path / "t.jpg"),
        ]
        with pytest.raises(ImageWriteError, match="does not survive JPEG"):
            export_all(snapshot(alpha), requests, CancelToken())
        assert list(tmp_path.iterdir()) == []


class TestCrop:
    RATIO = Crop(kind="ratio", margin=0.4, ratio=2.0)

    def test_all_kinds_are_cropped_alike(self, alpha, tmp_path):
        look = Look(background=BLUE, crop=Crop(kind="person", margin=0.1))
        whole = finish(snapshot(alpha, Look(background=BLUE)), CancelToken())
        cropped = finish(snapshot(alpha, look), CancelToken())
        np.testing.assert_array_equal(cropped.alpha, whole.alpha[cropped.box.slices])
        np.testing.assert_array_equal(cropped.composite, whole.composite[cropped.box.slices])
        height, width = cropped.alpha.shape
        assert height < HEIGHT
        for kind in ExportKind:
            with Image.open(self.exported(snapshot(alpha, look), tmp_path / f"{kind}.png", kind)) as file:
                assert file.size == (width, height)

    def exported(self, shown, path, kind):
        export(shown, ExportRequest(kind, path), CancelToken())
        return path

    def test_can_be_left_out(self, alpha, tmp_path):
        file = written(snapshot(alpha, Look(crop=self.RATIO)), tmp_path / "c.png", ExportKind.CUTOUT, crop=False)
        assert file.image.shape[:2] == (HEIGHT, WIDTH)

    def test_outside_of_the_photo_the_background_goes_on(self, alpha):
        finished = finish(snapshot(alpha, Look(background=BLUE, crop=self.RATIO)), CancelToken())
        assert finished.box.left < 0
        outside = -finished.box.left
        np.testing.assert_array_equal(
            finished.composite[:, :outside], np.broadcast_to((0, 0, 255), (len(finished.alpha), outside, 3))
        )

    def test_outside_of_the_photo_there_is_transparency_without_one(self, alpha):
        finished = finish(snapshot(alpha, Look(crop=self.RATIO)), CancelToken())
        assert finished.alpha[:, : -finished.box.left].max() == 0
        assert finished.composite is None

    def test_box_is_told(self, alpha):
        assert finish(snapshot(alpha), CancelToken()).box == Box(0, 0, HEIGHT, WIDTH)


class TestRefusals:
    @pytest.mark.parametrize(
        ("what", "sentence"),
        [
            (ExportKind.CUTOUT, "export the composite"),
            (ExportKind.COMPOSITE, "Choose a background"),
            (ExportKind.TRIMAP, "does not survive JPEG"),
        ],
    )
    def test_jpeg_holds_no_transparency_and_no_classes(self, alpha, tmp_path, what, sentence):
        path = tmp_path / "c.jpg"
        with pytest.raises(ImageWriteError, match=sentence):
            export(snapshot(alpha), ExportRequest(what, path), CancelToken())
        assert list(tmp_path.iterdir()) == []

    def test_the_photo_itself_is_never_overwritten(self, alpha, tmp_path):
        path = tmp_path / "photo.png"
        path.write_bytes(b"precious")
        with pytest.raises(ImageWriteError, match="the photo itself"):
            export(
                snapshot(alpha, photo=portrait(alpha, path=path)), ExportRequest(ExportKind.CUTOUT, path), CancelToken()
            )
        assert path.read_bytes() == b"precious"

    def test_a_name_that_no_file_can_have_is_refused_with_a_sentence(self, alpha, tmp_path):
        photo = portrait(alpha, path=tmp_path / "photo.png")
        path = tmp_path / f"{300 * 'W'}.png"
        with pytest.raises(ImageWriteError, match=r"cannot be written \(.+\)\. Give it another name"):
            export(snapshot(alpha, photo=photo), ExportRequest(ExportKind.CUTOUT, path), CancelToken())

    def test_there_must_be_a_matte(self, alpha, tmp_path):
        waiting = replace(snapshot(alpha), alpha=None, trimap=None)
        with pytest.raises(ImageWriteError, match="no matte yet"):
            export(waiting, ExportRequest(ExportKind.ALPHA, tmp_path / "a.png"), CancelToken())

    def test_a_missing_background_picture_writes_nothing(self, alpha, tmp_path):
        look = Look(background=Picture(path=tmp_path / "nowhere.png"))
        with pytest.raises(ImageReadError, match=r"^The background picture cannot .*nowhere\.png does not exist"):
            export(snapshot(alpha, look), ExportRequest(ExportKind.COMPOSITE, tmp_path / "c.png"), CancelToken())
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("what", list(ExportKind))
    def test_cancelled_work_writes_nothing(self, alpha, tmp_path, what):
        token = CancelToken()
        token.cancel()
        with pytest.raises(JobCancelled):
            export(snapshot(alpha, Look(background=BLUE)), ExportRequest(what, tmp_path / "c.png"), token)
        assert list(tmp_path.iterdir()) == []

"""Profiles made from the numbers of a colour space say what is published of it."""

import io

import numpy as np
import pytest
from PIL import ImageCms

from core.image_io.colour import FromSrgb, SrgbTransform, leads_back
from core.image_io.made_profile import ADOBE_RGB, BT_2020, DISPLAY_P3, SRGB_CURVE, ColourSpace, Curve, profile_of

# Columns: what red, green and blue are in linear light of sRGB, both under D65 (CSS Color 4; ITU-R BT.2087).
P3_IN_SRGB = [[1.2249402, -0.2249402, 0.0], [-0.0420569, 1.0420569, 0.0], [-0.0196376, -0.0786361, 1.0982736]]
ADOBE_IN_SRGB = [[1.3983557, -0.3983557, 0.0], [0.0, 1.0, 0.0], [0.0, -0.0429290, 1.0429290]]
BT_2020_IN_SRGB = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]


def linear(samples: np.ndarray, curve: Curve) -> np.ndarray:
    values = samples / 255
    return np.where(values < curve.d, curve.c * values, (curve.a * values + curve.b) ** curve.g)


def levels(light: np.ndarray, curve: Curve) -> np.ndarray:
    within = np.clip(light, 0, 1)
    powers = (within ** (1 / curve.g) - curve.b) / curve.a
    return 255 * np.where(powers < curve.d, within / (curve.c or 1), powers)


COLOURS = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


def test_the_colorants_of_display_p3_are_those_of_the_profile_that_apple_ships() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(profile_of(DISPLAY_P3))).profile
    assert profile.red_colorant[0] == pytest.approx((0.51512, 0.24120, -0.00105), abs=5e-5)
    assert profile.green_colorant[0] == pytest.approx((0.29198, 0.69225, 0.04189), abs=5e-5)
    assert profile.blue_colorant[0] == pytest.approx((0.15710, 0.06657, 0.78407), abs=5e-5)
    assert profile.profile_description == "Display P3"


@pytest.mark.parametrize(
    ("space", "matrix"), [(ADOBE_RGB, ADOBE_IN_SRGB), (DISPLAY_P3, P3_IN_SRGB), (BT_2020, BT_2020_IN_SRGB)]
)
def test_colours_are_brought_to_srgb_and_back_as_the_published_matrices_do_it(space: ColourSpace, matrix: list) -> None:
    profile = profile_of(space)
    to_srgb = levels(linear(COLOURS, space.curve) @ np.transpose(matrix), SRGB_CURVE)
    assert np.abs(SrgbTransform(profile, "RGB").convert(COLOURS) - to_srgb).max() <= 1
    assert leads_back(profile)
    from_srgb = levels(linear(COLOURS, SRGB_CURVE) @ np.linalg.inv(matrix).T, space.curve)
    assert np.abs(FromSrgb(profile).convert(COLOURS) - from_srgb).max() <= 1

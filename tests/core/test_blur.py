import cv2
import numpy as np
import pytest

from core.blur import blur


@pytest.mark.parametrize("sigma_px", [1.0, 5.9, 6.0, 14.0, 40.0])
def test_is_a_gaussian_within_one_per_cent(sigma_px):
    plane = np.zeros((240, 311), np.float32)
    plane[80:160, 100:200] = 1
    exact = cv2.GaussianBlur(plane, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(blur(plane, sigma_px), exact, atol=0.01)


@pytest.mark.parametrize("sigma_px", [9.0, 30.0])
def test_a_wide_blur_has_no_steps(sigma_px):
    plane = np.zeros((20, 400), np.float32)
    plane[:, 200:] = 1
    steepest = np.diff(blur(plane, sigma_px)[10]).max()
    assert steepest == pytest.approx(1 / (np.sqrt(2 * np.pi) * sigma_px), rel=0.03)


def test_nothing_to_blur_returns_the_picture_itself():
    plane = np.ones((4, 4), np.float32)
    assert blur(plane, 0) is plane


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1, 3), (7, 9, 3)])
def test_plain_pictures_of_any_size_stay_as_they_are(shape):
    np.testing.assert_allclose(blur(np.full(shape, 0.3, np.float32), 25.0), np.full(shape, 0.3), atol=1e-6)


def test_channels_do_not_mix():
    picture = np.zeros((30, 30, 3), np.float32)
    picture[10:20, 10:20, 1] = 1
    blurred = blur(picture, 8.0)
    assert blurred[..., [0, 2]].max() == 0
    assert blurred[15, 15, 1] > 0.1


def test_refuses_a_negative_sigma():
    with pytest.raises(ValueError, match="0 px or more"):
        blur(np.zeros((4, 4), np.float32), -1)

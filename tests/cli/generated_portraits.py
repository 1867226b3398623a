"""A made-up person whose alpha is known, and a colour profile that nobody mistakes for sRGB."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms


def person(height: int = 48, width: int = 40) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """An orange ellipse before a blue gradient: image (H, W, 3) and alpha (H, W), float32."""
    alpha = np.zeros((height, width), np.float32)
    cv2.ellipse(alpha, (width // 2, height), (width // 3, height * 2 // 3), 0, 0, 360, 1.0, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 1.5)
    background = np.zeros((height, width, 3), np.float32)
    background[..., 2] = np.linspace(0.3, 0.9, width, dtype=np.float32)
    orange = np.array([0.9, 0.5, 0.1], np.float32)
    return alpha[..., None] * orange + (1 - alpha[..., None]) * background, alpha


def exchanged_primaries() -> bytes:
    """sRGB with red and green exchanged: a pixel stored as red looks green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")

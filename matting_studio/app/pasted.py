"""Photos that come from another program and lie in no file."""

import numpy as np
from numpy.typing import NDArray

from core.image_io import Format, Photo, as_float


def photo_from_array(image: NDArray[np.uint8] | NDArray[np.uint16]) -> Photo:
    """A picture (H, W, 3) RGB or (H, W, 4) RGBA with straight alpha, sRGB, as a photo. Raises ValueError."""
    if image.ndim != 3 or image.shape[2] not in {3, 4} or 0 in image.shape:
        raise ValueError(f"A picture has the shape (height, width, 3 or 4), not {image.shape}.")
    pixels = np.ascontiguousarray(image[..., :3])
    alpha = as_float(np.ascontiguousarray(image[..., 3])) if image.shape[2] == 4 else None
    is_opaque = alpha is None or bool(alpha.min() == 1)
    return Photo(pixels, pixels, None if is_opaque else alpha, None, None, Format.PNG, None)

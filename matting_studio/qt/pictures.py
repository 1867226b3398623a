"""Between Qt's pictures and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def to_image(picture: NDArray[np.uint8]) -> QImage:
    """(H, W, 3) RGB, or (H, W, 4) RGBA with premultiplied colours, with samples of its own, in the format that Qt
    draws fastest; it has an alpha channel where the array has one."""
    height, width, channels = picture.shape
    formats = QImage.Format
    read, drawn = (
        (formats.Format_RGBA8888_Premultiplied, formats.Format_ARGB32_Premultiplied)
        if channels == 4
        else (formats.Format_RGB888, formats.Format_RGB32)
    )
    return QImage(picture.data, width, height, picture.strides[0], read).convertToFormat(drawn)


def to_array(image: QImage) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(H, W, 3) RGB, or (H, W, 4) straight RGBA where the picture has transparency; uint16 if it has deep colours."""
    import numpy as np  # noqa: PLC0415 - the window is up without it

    deep, transparent = image.depth() > 32, image.hasAlphaChannel()
    formats = QImage.Format
    if deep:
        wanted, channels, kind = formats.Format_RGBA64, 4, np.uint16
    elif transparent:
        wanted, channels, kind = formats.Format_RGBA8888, 4, np.uint8
    else:
        wanted, channels, kind = formats.Format_RGB888, 3, np.uint8
    converted = image.convertToFormat(wanted)
    rows = np.frombuffer(converted.constBits(), kind).reshape(converted.height(), -1)
    array = rows[:, : converted.width() * channels].reshape(converted.height(), converted.width(), channels)
    return array[..., : 4 if transparent else 3].copy()

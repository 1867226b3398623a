"""Between Qt's pictures and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColorSpace, QImage

from core.errors import ImageReadError

if TYPE_CHECKING:
    from pathlib import Path

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
    """(H, W, 3) sRGB, or (H, W, 4) straight RGBA where the picture has transparency; uint16 if it has deep colours."""
    import numpy as np  # noqa: PLC0415 - the window is up without it

    image = in_srgb(image)
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


def in_srgb(image: QImage) -> QImage:
    """A picture in the colours that programs take pictures for which say no more."""
    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    space = image.colorSpace()
    return image.convertedToColorSpace(srgb) if space.isValid() and space != srgb else image


def read_for_others(path: Path) -> QImage:
    """A picture that was written, for programs that take no files. Raises ImageReadError."""
    image = QImage(str(path))
    if image.isNull():
        raise ImageReadError(f"{path.name} is too large to be handed to other programs. Export it to a file.")
    return in_srgb(image)

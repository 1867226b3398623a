"""Photos from files and from memory."""

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from core.errors import ImageReadError
from core.image_io.colour import SrgbTransform, UnusableProfileError, leads_back
from core.image_io.decoded import Decoded, UnsupportedPixelsError
from core.image_io.decoding import DECODING_ERRORS, PhotoFile
from core.image_io.formats import SIGNATURE_BYTES, Format, format_of
from core.image_io.photo import Photo
from core.image_io.samples import as_float

DEFAULT_MAX_MEGAPIXELS = 400.0
"""Above every camera on sale, and still within the memory of a strong desktop computer."""
_ERRNOS_OF_DAMAGE = (None, errno.EINVAL)
"""Decoders' own errors have no number; an invalid argument is a place in the file that damage points to."""


def read_photo(path: str | os.PathLike[str], *, max_megapixels: float = DEFAULT_MAX_MEGAPIXELS) -> Photo:
    """Read a photo of any of the formats in `Format`: upright, colour-managed, at its own bit depth.

    Of an animation the first frame is read. `max_megapixels` is checked before anything is unpacked.

    Raises: ImageReadError with a sentence that says what is wrong with the file and what to do.
    """
    with _opened(Path(path)) as file:
        return _read(file, str(path), Path(path), max_megapixels)


def measure_photo(path: str | os.PathLike[str]) -> tuple[int, int, int]:
    """The (height, width) that a photo's header claims, and the bytes that a sample takes in memory.

    Of a photo that lies on its side they may be the other way round: formats differ in whether they count it upright.

    Raises: ImageReadError, as read_photo does.
    """
    with _opened(Path(path)) as file:
        image_format = _recognised(file, str(path))
        with _within_memory(str(path)), _understood(str(path), image_format):
            photo_file = PhotoFile(file, image_format)
            width, height = photo_file.size
            return height, width, photo_file.sample_bytes


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        if path.is_dir():
            raise ImageReadError(f"{path} is a folder, not a photo. Name a photo in it.")
        if path.exists() and not path.is_file():
            raise ImageReadError(f"{path} is not a regular file. Save the photo to a file first.")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise ImageReadError(f"{path} does not exist. Check the name and the folder.") from error
    except PermissionError as error:
        raise ImageReadError(f"{path} may not be read. Ask for permission to read it, then try again.") from error
    except OSError as error:
        raise _unreadable(str(path), error) from error


def read_photo_bytes(data: bytes, name: str, *, max_megapixels: float = DEFAULT_MAX_MEGAPIXELS) -> Photo:
    """Read a photo from the contents of a file, as a clipboard gives them; `name` stands for it in error messages.

    Raises: ImageReadError, as read_photo does.
    """
    return _read(io.BytesIO(data), name, None, max_megapixels)


def _read(file: BinaryIO, name: str, path: Path | None, max_megapixels: float) -> Photo:
    image_format = _recognised(file, name)
    with _within_memory(name):
        with _understood(name, image_format):
            photo_file = PhotoFile(file, image_format)
            _check_size(photo_file, name, max_megapixels)
            decoded = photo_file.decode()
        return _finish(decoded, image_format, path)


def _recognised(file: BinaryIO, name: str) -> Format:
    head = file.read(SIGNATURE_BYTES)
    file.seek(0)
    if not head:
        raise ImageReadError(f"{name} is empty (zero bytes). Copy it again from where it came.")
    image_format = format_of(head)
    if image_format is None:
        names = ", ".join(known.value for known in Format)
        raise ImageReadError(f"{name} is not a photo that can be read, whatever it is called. Use one of {names}.")
    return image_format


@contextmanager
def _within_memory(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise ImageReadError(f"{name} does not fit into memory. Close other programs, or scale it down.") from error


def _unreadable(name: str, error: OSError) -> ImageReadError:
    """For what the system says: the disk or the network failed, and the file may be sound."""
    return ImageReadError(f"{name} cannot be read: {error.strerror or error}.")


@contextmanager
def _understood(name: str, image_format: Format) -> Iterator[None]:
    """Says of what goes wrong with the contents of a file what it means."""
    try:
        yield
    except UnsupportedPixelsError as error:
        raise ImageReadError(f"{name} cannot be read: {error}.") from error
    except Image.DecompressionBombError as error:
        # With TIFF and WebP Pillow's own limit of 179 megapixels cannot be got round.
        raise ImageReadError(f"{name} is too large for {image_format.value} to be unpacked. Save it as PNG.") from error
    except DECODING_ERRORS as error:
        if isinstance(error, OSError) and error.errno not in _ERRNOS_OF_DAMAGE:
            raise _unreadable(name, error) from error
        raise ImageReadError(
            f"{name} is damaged or cut short: it starts as {image_format.value} but cannot be unpacked "
            # Some decoders speak in several lines.
            f"({' '.join(str(error).split())}). Copy it again from where it came."
        ) from error


def _check_size(photo_file: PhotoFile, name: str, max_megapixels: float) -> None:
    width, height = photo_file.size
    megapixels = width * height / 1e6
    if megapixels > max_megapixels:
        raise ImageReadError(
            f"{name} claims {width} x {height} pixels, {megapixels:.0f} megapixels, and the limit is "
            f"{max_megapixels:.0f}. Scale it down, or raise the limit if you trust the file."
        )


def _finish(decoded: Decoded, image_format: Format, path: Path | None) -> Photo:
    """Bring the picture to sRGB beside its own space, and alpha to floats."""
    pixels, profile, warnings = decoded.pixels, decoded.icc_profile, decoded.warnings
    image = pixels
    if profile is not None:
        try:
            transform = SrgbTransform(profile, "RGB")
            if not transform.changes_nothing():
                image = transform.convert(pixels)
            if not leads_back(profile):
                # No new background could be brought into such a space, and no editor could work in it.
                kept = "" if image.dtype == pixels.dtype else ", with 8 bits"
                warnings += (f"Its colour profile leads one way only: the colours were brought to sRGB{kept}.",)
                pixels, profile = image, None
        except UnusableProfileError as error:
            warnings += (f"Its colour profile was left out: {error}. The colours were taken as sRGB.",)
            profile = None
    alpha = decoded.alpha
    is_opaque = alpha is None or alpha.min() == (255 if alpha.dtype == "uint8" else 65535)
    return Photo(
        image=image,
        pixels=pixels,
        alpha=None if alpha is None or is_opaque else as_float(alpha),
        icc_profile=profile,
        exif=decoded.exif,
        format=image_format,
        path=path,
        warnings=warnings,
    )

"""TIFFs with more channels than their colours: read where their meaning is known, else told what to do."""

import io
import zlib

import numpy as np
import pytest
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from core.errors import ImageReadError
from core.image_io import measure_photo, read_photo_bytes, to_bit_depth

GREY, RGB, PRESS = 1, 2, 5
UNSPECIFIED, PREMULTIPLIED, STRAIGHT = 0, 1, 2
RAW, DEFLATE = 1, 8


def noise(*shape: int, dtype: type = np.uint16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)


def tiff(
    samples: np.ndarray,
    photometric: int,
    extra: tuple[int, ...] = (),
    *,
    order: bytes = b"II",
    compression: int = RAW,
    orientation: int = 1,
) -> bytes:
    """Samples (H, W, channels) in two strips; compressed ones as differences, as most programs write them."""
    height, width, channels = samples.shape
    ends = {b"II": "<", b"MM": ">"}
    if compression == DEFLATE:
        samples = np.diff(samples, axis=1, prepend=samples.dtype.type(0))
    samples = samples.astype(samples.dtype.newbyteorder(ends[order]))
    rows = -(-height // 2)
    strips = [strip.tobytes() for strip in (samples[:rows], samples[rows:])]
    if compression == DEFLATE:
        strips = [zlib.compress(strip) for strip in strips]
    tags = ImageFileDirectory_v2(prefix=order)
    tags.update({256: width, 257: height, 258: (8 * samples.itemsize,) * channels, 259: compression})
    tags.update({262: photometric, 274: orientation, 277: channels, 278: rows, 284: 1})
    if compression == DEFLATE:
        tags[317] = 2
    if extra:
        tags[338] = extra
    tags.tagtype.update({273: 4, 279: 4})
    tags[273], tags[279] = (0, len(strips[0])), tuple(map(len, strips))
    file = io.BytesIO()
    tags.save(file)  # brings the strips' places behind the directory by itself
    return file.getvalue() + b"".join(strips)


@pytest.mark.parametrize("order", [b"II", b"MM"])
@pytest.mark.parametrize("compression", [RAW, DEFLATE])
def test_sixteen_bit_grey_with_alpha_is_exact(order: bytes, compression: int) -> None:
    samples = noise(33, 47, 2)
    photo = read_photo_bytes(tiff(samples, GREY, (STRAIGHT,), order=order, compression=compression), "grey.tif")
    assert np.array_equal(photo.pixels, samples[..., [0, 0, 0]])
    assert photo.alpha is not None
    assert np.array_equal(to_bit_depth(photo.alpha, 16), samples[..., 1])
    assert photo.warnings == ()


def test_grey_with_alpha_is_turned_upright() -> None:
    samples = noise(33, 47, 2)
    photo = read_photo_bytes(tiff(samples, GREY, (STRAIGHT,), orientation=6), "grey.tif")
    assert np.array_equal(photo.pixels[..., 0], np.rot90(samples[..., 0], -1))


def test_grey_that_was_multiplied_by_its_alpha_is_divided() -> None:
    grey, alpha = noise(33, 47), noise(33, 47, seed=1) // 2 + 32767
    premultiplied = np.rint(grey * (alpha / 65535)).astype(np.uint16)
    photo = read_photo_bytes(tiff(np.dstack([premultiplied, alpha]), GREY, (PREMULTIPLIED,)), "grey.tif")
    assert np.abs(photo.pixels[..., 0].astype(int) - grey).max() <= 2


def test_a_selection_saved_with_grey_is_no_alpha() -> None:
    samples = noise(33, 47, 2)
    photo = read_photo_bytes(tiff(samples, GREY, (UNSPECIFIED,)), "grey.tif")
    assert photo.alpha is None
    assert np.array_equal(photo.pixels[..., 0], samples[..., 0])


def test_grey_with_alpha_is_measured_as_it_is_read(tmp_path) -> None:
    path = tmp_path / "grey.tif"
    path.write_bytes(tiff(noise(6, 9, 2), GREY, (STRAIGHT,)))
    assert measure_photo(path) == (6, 9, 2)


@pytest.mark.parametrize("compression", [RAW, DEFLATE])
def test_grey_with_alpha_that_is_cut_short_is_an_error(compression: int) -> None:
    data = tiff(noise(33, 47, 2), GREY, (STRAIGHT,), compression=compression)
    with pytest.raises(ImageReadError, match="damaged or cut short"):
        read_photo_bytes(data[: len(data) // 2], "half.tif")


@pytest.mark.parametrize(
    ("samples", "photometric", "extra", "what"),
    [
        (noise(5, 6, 5), RGB, (STRAIGHT, UNSPECIFIED), "it has 5 channels of 16 bits"),
        (noise(5, 6, 5, dtype=np.uint8), PRESS, (STRAIGHT,), "it has 5 channels of 8 bits"),
        (noise(5, 6, 3), GREY, (STRAIGHT, UNSPECIFIED), "it has 3 channels of 16 bits"),
    ],
)
def test_extra_channels_are_called_what_they_are(
    samples: np.ndarray, photometric: int, extra: tuple[int, ...], what: str
) -> None:
    sentence = f"cannot be read: {what}; save it as RGB or RGBA with 8 or 16 bits, without extra channels"
    for order in (b"II", b"MM"):
        with pytest.raises(ImageReadError, match=sentence):
            read_photo_bytes(tiff(samples, photometric, extra, order=order), "channels.tif")


def test_counts_that_contradict_each_other_are_damage() -> None:
    with pytest.raises(ImageReadError, match="damaged or cut short"):
        read_photo_bytes(tiff(noise(5, 6, 5), RGB, (STRAIGHT,)), "channels.tif")

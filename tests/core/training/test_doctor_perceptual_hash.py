"""The same photo is known again whatever its size and quality, and other photos are not taken for it."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from core.training.doctor.perceptual_hash import Album, Fingerprint, fingerprint

COUNT = 50


def scenery(seed: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    return cv2.resize(noise, (210, 270), interpolation=cv2.INTER_CUBIC)


def print_of(image: NDArray[np.uint8]) -> Fingerprint:
    found = fingerprint(image)
    assert found is not None
    return found


def saved_anew(image: NDArray[np.uint8], scale: float, quality: int) -> NDArray[np.uint8]:
    scaled = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imdecode(cv2.imencode(".jpg", scaled, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def filled(count: int) -> Album:
    album = Album()
    for seed in range(count):
        album.add(print_of(scenery(seed)))
    return album


def test_photos_saved_anew_are_found_by_their_number() -> None:
    album = filled(COUNT)
    for scale, quality in ((0.4, 75), (1.7, 50), (1.0, 30)):
        found = [album.find(print_of(saved_anew(scenery(seed), scale, quality))) for seed in range(COUNT)]
        assert np.mean([number == seed for seed, number in enumerate(found)]) >= 0.98
        assert all(number in (None, seed) for seed, number in enumerate(found))


def test_other_photos_are_not_found() -> None:
    album = filled(COUNT)
    assert all(album.find(print_of(scenery(seed))) is None for seed in range(COUNT, 2 * COUNT))


def test_a_photo_in_other_colours_is_another() -> None:
    album = filled(1)
    image = scenery(0)
    assert album.find(print_of(image)) == 0
    assert album.find(print_of(np.ascontiguousarray(image[..., ::-1]))) is None


def test_a_slow_film_is_a_chain_of_equals() -> None:
    # Each frame looks like the one before, and the last not like the first.
    before, after = scenery(0).astype(np.float32), scenery(1).astype(np.float32)
    frames = [np.rint(before + (after - before) * part).astype(np.uint8) for part in np.linspace(0, 1, 60)]
    prints = [print_of(frame) for frame in frames]
    for one, following in pairwise(prints):
        album = Album()
        album.add(one)
        assert album.find(following) == 0
    album = Album()
    album.add(prints[0])
    assert album.find(prints[-1]) is None


def test_every_hash_within_four_bits_is_found_and_none_beyond() -> None:
    rng = np.random.default_rng(0)
    one = print_of(scenery(0))
    album = Album()
    album.add(one)
    for differing in range(1, 9):
        for _ in range(40):
            turned = sum(1 << int(bit) for bit in rng.choice(64, differing, replace=False))
            found = album.find(Fingerprint(one.hash ^ turned, one.thumbnail))
            assert found == (0 if differing <= 4 else None)


def test_a_plain_picture_has_nothing_to_know_it_by() -> None:
    assert fingerprint(np.full((60, 80, 3), 90, np.uint8)) is None

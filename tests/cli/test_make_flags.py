import sys

import numpy as np
import pytest

from core.image_io import read_photo


@pytest.fixture
def make_flags(monkeypatch):
    from tools import make_flags  # noqa: PLC0415

    def make(*words):
        monkeypatch.setattr(sys, "argv", ["make_flags.py", *map(str, words)])
        make_flags.main()

    return make


def test_a_seed_gives_the_same_pictures_and_another_one_others(make_flags, tmp_path):
    make_flags(tmp_path / "one", "--count", 2)
    make_flags(tmp_path / "again", "--count", 2)
    make_flags(tmp_path / "one", "--count", 2, "--seed", 5)
    one, again = (
        {path.name: read_photo(path).image for path in (tmp_path / name).iterdir()} for name in ("one", "again")
    )
    assert sorted(one) == ["flags_1_0000.png", "flags_1_0001.png", "flags_5_0000.png", "flags_5_0001.png"]
    assert all((one[name] == again[name]).all() for name in again)
    pictures = [*one.values()]
    assert all(picture.shape == (448, 448, 3) for picture in pictures)
    assert all((pictures[i] != pictures[j]).mean() > 0.5 for i in range(4) for j in range(i))


def test_what_is_there_is_kept(make_flags, tmp_path):
    make_flags(tmp_path, "--count", 1)
    (tmp_path / "flags_1_0000.png").write_bytes(b"of somebody else")
    make_flags(tmp_path, "--count", 2)
    assert (tmp_path / "flags_1_0000.png").read_bytes() == b"of somebody else"
    assert (tmp_path / "flags_1_0001.png").exists()


def test_every_flag_lies_flat_before_it_is_hung():
    from tools import make_flags  # noqa: PLC0415

    rng = np.random.default_rng(0)
    for drawn in (
        make_flags.stars_and_stripes(),
        *(kind(rng) for kind in (make_flags.bands, make_flags.emblem, make_flags.cross)),
    ):
        assert drawn.shape == (*make_flags.FLAG_PX, 3)
        assert 0 <= drawn.min() < drawn.max() <= 1
    flat = make_flags.stars_and_stripes()
    assert (flat[0, -1] == np.float32(make_flags.RED)).all()
    assert (flat[-1, 0] == np.float32(make_flags.RED)).all()
    canton = flat[: 7 * flat.shape[0] // 13, : 2 * flat.shape[1] // 5]
    white = (np.abs(canton - np.float32(make_flags.WHITE)).max(axis=2) < 0.1).mean()
    assert 0.1 < white < 0.3  # fifty stars


def test_a_flag_covers_a_part_of_its_backdrop_only():
    from tools import make_flags  # noqa: PLC0415

    grey = np.full((make_flags.SIDE_PX, make_flags.SIDE_PX, 3), 0.5, np.float32)
    for seed in range(5):
        hung = make_flags.hung(grey, make_flags.stars_and_stripes(), 0.3, np.random.default_rng(seed))
        covered = np.abs(hung - grey).max(axis=2) > 0.02
        assert 0.05 < covered.mean() < 0.7
        assert not covered[:, -20:].any()

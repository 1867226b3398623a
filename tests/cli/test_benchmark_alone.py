import json

import numpy as np
import pytest

from core.image_io import write_image


@pytest.mark.parametrize(
    ("rows", "value", "part"),
    [(slice(0, 5), 1.0, "ghosts"), (slice(20, 25), 0.25, "holes"), (slice(20, 25), 0.75, None)],
)
def test_what_is_wrong_by_more_than_a_half_is_a_ghost_or_a_hole(rows, value, part):
    from benchmarks.alone import split  # noqa: PLC0415

    true = np.zeros((40, 30), dtype=np.float32)
    true[15:] = 1
    alpha = true.copy()
    alpha[rows] = value
    parts = split(alpha, true)
    assert parts["mad"] == pytest.approx(1000 * np.abs(alpha - true).mean())
    assert [parts["ghosts"], parts["holes"]] == [parts["mad"] * (part == each) for each in ("ghosts", "holes")]


@pytest.mark.slow
def test_without_alphas_all_that_is_seen_is_wrong(model, tmp_path, capsys):
    from benchmarks import alone  # noqa: PLC0415

    images, alphas = tmp_path / "images", tmp_path / "alphas"
    for folder in (images, alphas):
        folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(2):
        write_image(images / f"{number}.png", rng.integers(0, 256, (90, 120, 3), dtype=np.uint8))
        write_image(alphas / f"{number}.png", np.full((90, 120), 255, dtype=np.uint8))
    words = ["--images", str(images), "--model", str(model), "--device", "cpu", "--size", "96", "--json"]
    told = []
    for more in ([], ["--alphas", str(alphas)]):
        assert alone.main([*words, *more]) == 0
        told.append(json.loads(capsys.readouterr().out))
    nobody, everybody = told
    assert (nobody["photos"], nobody["size_px"]) == (2, 96)
    assert nobody["mean"]["mad"] > 0
    assert nobody["mean"]["holes"] == 0
    assert everybody["mean"]["ghosts"] == 0
    assert nobody["mean"]["mad"] + everybody["mean"]["mad"] == pytest.approx(1000)


def test_a_folder_without_pictures_is_a_sentence(tmp_path, capsys):
    from benchmarks import alone  # noqa: PLC0415

    assert alone.main(["--images", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"The folder {tmp_path} holds no pictures.\n"

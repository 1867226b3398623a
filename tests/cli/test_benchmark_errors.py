import json

import cv2
import numpy as np
import pytest

from core.image_io import write_image


def disc() -> np.ndarray:
    """A person of a kind: (300, 200) float in [0, 1], with an outline of a pixel."""
    return cv2.circle(np.zeros((300, 200), np.uint8), (100, 150), 60, 255, -1, cv2.LINE_AA).astype(np.float32) / 255


@pytest.mark.parametrize(
    ("rows", "columns", "value", "part"),
    [
        (slice(140, 160), slice(90, 110), 0.0, "holes"),
        (slice(10, 30), slice(10, 30), 1.0, "ghosts"),
        (slice(148, 152), slice(37, 43), 1.0, "outline"),
    ],
)
def test_an_error_is_counted_where_it_lies(rows, columns, value, part):
    from benchmarks.errors import split  # noqa: PLC0415

    true = disc()
    alpha = true.copy()
    alpha[rows, columns] = value
    parts = split(alpha, true)
    assert parts["sad"] == pytest.approx(np.abs(alpha - true).sum() / 1000, rel=1e-5)
    assert parts["sad"] > 0
    assert parts[part] == pytest.approx(parts["sad"])
    assert all(parts[other] == 0 for other in {"holes", "ghosts", "outline"} - {part})


@pytest.mark.slow
def test_the_worst_photos_are_named_first(model, tmp_path, capsys):
    from benchmarks import errors  # noqa: PLC0415

    images, alphas = tmp_path / "images", tmp_path / "alphas"
    for folder in (images, alphas):
        folder.mkdir()
    true = np.rint(disc() * 255).astype(np.uint8)
    for name, step in (("large", 1), ("small", 4)):
        pixels = np.ascontiguousarray(true[::step, ::step])
        write_image(images / f"{name}.png", np.dstack([pixels, 128 - pixels // 2, 90 + pixels // 4]))
        write_image(alphas / f"{name}.png", pixels)
    words = ["--images", str(images), "--alphas", str(alphas), "--model", str(model), "--device", "cpu", "--size", "96"]
    assert errors.main([*words, "--worst", "1", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["photos"] == 2
    assert list(result["worst"]) == ["large"]
    mean = result["mean"]
    assert mean["sad"] == pytest.approx(mean["outline"] + mean["holes"] + mean["ghosts"])
    assert 0 < mean["resolution"] < mean["sad"]

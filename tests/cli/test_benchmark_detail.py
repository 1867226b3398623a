import json

import cv2
import numpy as np
import pytest

from core.image_io import write_image

pytestmark = pytest.mark.slow


def test_what_looking_closer_brings_is_told_way_by_way(model, tmp_path, capsys):
    from benchmarks import detail  # noqa: PLC0415

    images, alphas = tmp_path / "images", tmp_path / "alphas"
    for folder in (images, alphas):
        folder.mkdir()
    alpha = cv2.circle(np.zeros((300, 200), np.uint8), (100, 150), 60, 255, -1, cv2.LINE_AA)
    for name, pixels in (("a", alpha), ("small", alpha[::4, ::4])):
        write_image(images / f"{name}.png", np.dstack([pixels, 128 - pixels // 2, 90 + pixels // 4]))
        write_image(alphas / f"{name}.png", np.ascontiguousarray(pixels))
    words = ["--images", str(images), "--alphas", str(alphas), "--model", str(model), "--device", "cpu"]
    assert detail.main([*words, "--size", "96", "--least", "200", "--closest", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["photos"] == 1
    assert list(result["ways"]) == ["enlarged", "guided", "2 times nearer"]
    assert result["ways"]["guided"]["tiles"] == 0
    assert all(means["sad"] > 0 for means in result["ways"].values())

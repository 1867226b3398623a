import json

import cv2
import numpy as np
import pytest

from core.image_io import write_image


def test_the_stroke_lies_over_the_worst_place_and_is_no_longer_than_a_quarter():
    from benchmarks.brush import worst_place  # noqa: PLC0415

    true = np.zeros((400, 300), np.float32)
    alpha = true.copy()
    alpha[20:30, 20:30] = 1
    alpha[200:350, 100:110] = 0.9
    stroke = worst_place(alpha, true)
    rows, columns = (np.flatnonzero(stroke.any(axis=axis)) for axis in (1, 0))
    assert stroke.any()
    assert rows[0] > 150
    assert rows[-1] - rows[0] < 130
    assert columns[0] in range(85, 101)
    assert columns[-1] in range(109, 125)
    assert not worst_place(true, true).any()


@pytest.mark.slow
def test_what_the_brush_brings_is_told_step_by_step(model, tmp_path, capsys):
    from benchmarks import brush  # noqa: PLC0415

    images, alphas = tmp_path / "images", tmp_path / "alphas"
    for folder in (images, alphas):
        folder.mkdir()
    alpha = cv2.circle(np.zeros((300, 200), np.uint8), (100, 150), 60, 255, -1, cv2.LINE_AA)
    write_image(images / "a.png", np.dstack([alpha, 128 - alpha // 2, 90 + alpha // 4]))
    write_image(alphas / "a.png", alpha)
    words = ["--images", str(images), "--alphas", str(alphas), "--model", str(model), "--device", "cpu", "--size", "96"]
    assert brush.main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["photos"] == 1
    assert list(result["ways"]) == ["matte", "solved", "looked over"]
    errors = [means["sad"] for means in result["ways"].values()]
    assert errors[0] > 0
    assert len(set(errors)) == 3

import json

import numpy as np
import pytest

from core.image_io import write_image


def test_what_is_wrong_counts_against_the_area_of_the_people():
    from benchmarks.distance import shares_wrong  # noqa: PLC0415

    true = np.zeros((100, 100), np.float32)
    true[40:60, 40:60] = 1
    alpha = true.copy()
    alpha[40:50, 40:50] = 0  # a quarter of the person
    alpha[:20, :20] = 1  # and as much again of nobody
    alpha[59, 40:60] = 0.6  # within a half: wrong, but neither missing nor too much
    assert shares_wrong(alpha, true) == pytest.approx((1.27, 0.25, 1.0))


@pytest.mark.slow
def test_people_of_every_height_are_measured_and_are_the_same_ones_each_time(model, tmp_path, capsys, monkeypatch):
    from benchmarks import distance  # noqa: PLC0415

    monkeypatch.setattr(distance, "SIZES", ((120, 160), (160, 120)))
    people, scenes = tmp_path / "people", tmp_path / "scenes"
    people.mkdir()
    scenes.mkdir()
    alpha = np.zeros((80, 60), np.uint8)
    alpha[10:, 20:40] = 255
    write_image(people / "0.png", np.full((80, 60, 3), 200, np.uint8), alpha=alpha)
    write_image(scenes / "0.png", np.full((90, 120, 3), 60, np.uint8))
    words = ["--foregrounds", str(people), "--backgrounds", str(scenes), "--model", str(model), "--device", "cpu"]
    words += ["--size", "96", "--count", "2", "--another", "0.5", "--json"]
    results = []
    for _ in range(2):
        assert distance.main(words) == 0
        results.append(json.loads(capsys.readouterr().out))
    assert results[0] == results[1]
    heights = results[0]["heights"]
    assert list(heights) == ["0.15", "0.2", "0.3", "0.4", "0.55", "0.8"]
    for row in heights.values():
        assert row["wrong"] >= row["missing"] + row["too much"]
        assert row["wrong"] > 0
        assert 0 <= row["found"] <= 1

import json

import numpy as np
import pytest

from core.image_io import write_image


@pytest.mark.slow
def test_what_is_seen_where_nobody_is_is_told_for_each_picture_and_in_the_mean(model, tmp_path, capsys):
    from benchmarks import nobody  # noqa: PLC0415

    rng = np.random.default_rng(0)
    for number in range(3):
        write_image(tmp_path / f"{number}.png", rng.integers(0, 256, (90, 120, 3), dtype=np.uint8))
    words = ["--images", str(tmp_path), "--model", str(model), "--device", "cpu", "--size", "96"]
    assert nobody.main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    shares = [*result["pictures"].values()]
    assert [*result["pictures"]] == ["0.png", "1.png", "2.png"]
    assert all(0 < share < 1 for share in shares)  # a network from chance sees a little of everything
    assert result["seen"] == pytest.approx(np.mean(shares))
    assert result["empty"] == pytest.approx(np.mean([share < nobody.EMPTY for share in shares]))
    assert nobody.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("3 pictures at 96 px")
    assert lines[2].endswith(max(result["pictures"], key=result["pictures"].get))


def test_a_folder_without_pictures_is_a_sentence(tmp_path, capsys):
    from benchmarks import nobody  # noqa: PLC0415

    assert nobody.main(["--images", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"The folder {tmp_path} holds no pictures.\n"

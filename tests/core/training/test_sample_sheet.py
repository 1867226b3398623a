"""The sheet shows samples of every source: photo, trimap and alpha, each where it belongs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from generated_data import photo, write, write_cutouts, write_pairs
from numpy.typing import NDArray

from core.errors import DatasetError
from core.training.config import DataConfig
from core.training.sample_sheet import GAP_PX, PAPER, sample_sheet

WIDTH_PX = 680
CELL_PX = (WIDTH_PX - GAP_PX) // 6 - GAP_PX


def parsed(**values: Any) -> DataConfig:
    return DataConfig.model_validate(values)


def cell(sheet: NDArray[np.uint8], row: int, column: int) -> NDArray[np.uint8]:
    top, left = (GAP_PX + place * (CELL_PX + GAP_PX) for place in (row, column))
    return sheet[top : top + CELL_PX, left : left + CELL_PX]


def test_eight_samples_make_four_rows_of_photo_trimap_and_alpha(tmp_path: Path) -> None:
    sheet = sample_sheet(parsed(photos=[write_pairs(tmp_path, count=8)]), width_px=WIDTH_PX)
    assert sheet.dtype == np.uint8
    assert sheet.shape == (4 * (CELL_PX + GAP_PX) + GAP_PX, WIDTH_PX, 3)
    for row in range(4):
        for column in (0, 3):
            image, trimap, alpha = (cell(sheet, row, column + i) for i in range(3))
            assert np.ptp(image.astype(int), axis=2).max() > 0  # the photo alone has colours
            assert set(np.unique(trimap)) == {0, 128, 255}
            assert (alpha == alpha[..., :1]).all()
            # The trimap is sure only where the alpha is 0 or 1.
            assert (alpha[trimap == 255] >= 254).all()
            assert (alpha[trimap == 0] <= 1).all()


def test_sources_take_turns_and_all_are_shown(tmp_path: Path) -> None:
    # Red photos of one source, blue of another, and cut-outs over their own scenes.
    for name, channel in (("red", 0), ("blue", 2)):
        write_pairs(tmp_path / name)
        for seed in range(3):
            image = np.zeros((96, 96, 3), np.uint8)
            image[..., channel] = 255
            write(tmp_path / name / "image" / f"{seed}.jpg", image[..., ::-1])
    data = parsed(cutouts=[write_cutouts(tmp_path / "cut")], photos=[{"folder": tmp_path / n} for n in ("red", "blue")])
    sheet = sample_sheet(data, count=6, width_px=WIDTH_PX)
    cells = [cell(sheet, row, column) for row in range(3) for column in (0, 3)]
    assert [source_of(shown) for shown in cells] == ["cut-out", "red", "blue"] * 2


def source_of(shown: NDArray[np.uint8]) -> str:
    red, _, blue = shown.reshape(-1, 3).mean(axis=0)
    if abs(red - blue) < 245:
        return "cut-out"
    return "red" if red > blue else "blue"


def test_a_photo_that_is_no_square_is_shown_whole(tmp_path: Path) -> None:
    write_pairs(tmp_path, count=1)
    image, alpha = photo(0)
    write(tmp_path / "image" / "0.jpg", np.full_like(image[:48], 200))
    write(tmp_path / "alpha" / "0.png", alpha[:48])
    shown = cell(sample_sheet(parsed(photos=[{"folder": tmp_path}]), width_px=WIDTH_PX), 0, 0)
    assert (shown[: CELL_PX // 4 - 1] == PAPER).all()
    assert (abs(shown[CELL_PX // 4 + 1 : 3 * CELL_PX // 4 - 1].astype(int) - 200) < 3).all()


def test_it_is_the_same_sheet_for_the_same_seed(tmp_path: Path) -> None:
    data = parsed(cutouts=[write_cutouts(tmp_path)], seed=3)
    first = sample_sheet(data, width_px=WIDTH_PX)
    assert (sample_sheet(data, width_px=WIDTH_PX) == first).all()
    other = sample_sheet(data.model_copy(update={"seed": 4}), width_px=WIDTH_PX)
    assert other.shape != first.shape or (other != first).any()


def test_files_that_cannot_be_used_are_passed_over(tmp_path: Path) -> None:
    write_pairs(tmp_path, count=4)
    (tmp_path / "image" / "0.jpg").write_bytes(b"nothing")
    write(tmp_path / "alpha" / "1.png", photo(1)[1][:50])
    (tmp_path / "alpha" / "2.png").unlink()
    missing = {"folder": tmp_path / "missing"}
    sheet = sample_sheet(parsed(photos=[missing, {"folder": tmp_path}]), width_px=WIDTH_PX)
    assert sheet.shape[0] == CELL_PX + 2 * GAP_PX
    assert (cell(sheet, 0, 3) == PAPER).all()  # only one sample is left


def test_validation_is_shown_where_there_is_nothing_else(tmp_path: Path) -> None:
    held_back = {"name": "held back", **write_pairs(tmp_path, count=2)}
    assert sample_sheet(parsed(validation=[held_back]), width_px=WIDTH_PX).shape[0] == CELL_PX + 2 * GAP_PX


def test_nothing_to_show_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no sample to show"):
        sample_sheet(parsed(photos=[{"folder": tmp_path}]))
    with pytest.raises(ValueError, match="room"):
        sample_sheet(parsed(photos=[{"folder": tmp_path}]), width_px=20)

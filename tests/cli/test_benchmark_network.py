import json

import pytest

from benchmarks import network


def test_every_engine_is_measured_beside_the_ceiling_of_its_precision(model, capsys):
    assert network.main(["--sizes", "32", "64", "--runs", "1", "--device", "cpu", "--model", str(model), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    rows = result["rows"]
    assert {row["size_px"] for row in rows} == {32, 64}
    assert {"eager PyTorch float32", "PyTorch float32", "OpenVINO float32"} <= {row["engine"] for row in rows}
    assert all(row["seconds"] > 0 and row["of_ceiling"] > 0 for row in rows)
    assert all(row["times_eager"] == 1 for row in rows if row["engine"].startswith("eager"))
    assert result["matrix_gflops"]["float32"] > 0


def test_work_grows_with_the_pixels():
    assert network.operations(128, 0.125) == pytest.approx(4 * network.operations(64, 0.125), rel=0.01)

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def benchmark(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import batch  # noqa: PLC0415  the folder is no part of the installed program

    def run(*words):
        assert batch.main([*map(str, words), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.mark.slow
def test_the_batch_is_measured_beside_the_network_and_a_plain_loop(benchmark, tmp_path):
    result = benchmark("--photos", 3, "--megapixels", 0.05, "--size", 64, "--device", "cpu", "--folder", tmp_path)
    speeds = result["photos_per_second"]
    assert all(speeds[name] > 0 for name in ("network_alone", "plain_loop", "batch", "possible"))
    assert result["batch_over_network"] == pytest.approx(speeds["batch"] / speeds["network_alone"], rel=0.05)
    assert set(result["seconds_per_photo"]) == {"read", "network", "colours, encode, write", "all"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_is_measured(benchmark):
    result = benchmark("--memory", 40, "--device", "cpu")
    assert len(result["resident_megabytes"]) == 20

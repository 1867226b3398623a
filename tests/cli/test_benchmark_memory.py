import json
import sys

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process's most memory like this"),
]


@pytest.mark.parametrize("what", ["cutout", "composite"])
def test_memory_is_told_stage_by_stage(what, tmp_path, capsys):
    from benchmarks import memory  # noqa: PLC0415  not on Windows

    words = ["--megapixels", "0.3", "--what", what, "--device", "cpu", "--folder", str(tmp_path), "--json"]
    assert memory.main(words) == 0
    result = json.loads(capsys.readouterr().out)
    megabytes = list(result["most_megabytes_up_to"].values())
    assert list(result["seconds"]) == ["model", "read", "network", "export"]
    assert megabytes == sorted(megabytes)
    assert megabytes[0] > 50
    assert list(tmp_path.iterdir()) == []

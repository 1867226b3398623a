import json

from benchmarks import stages


def test_every_stage_is_measured(model, portrait, capsys):
    assert stages.main([str(portrait), "--model", str(model), "--runs", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    seconds = result["photos"][0]["seconds"]
    assert list(seconds) == ["read", "network", "foreground", "encode", "total", "composite"]
    assert all(value > 0 for value in seconds.values())
    assert all(rate > 0 for rate in result["matrix_gflops"].values())


def test_a_photo_is_generated_where_none_is_given(model, capsys):
    assert stages.main(["--megapixels", "0.02", "--model", str(model), "--runs", "1"]) == 0
    *_, head, line, _ = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["photo", "MP", "read"]
    assert line.startswith("generated.jpg")


def test_a_missing_photo_is_said(model, tmp_path, capsys):
    assert stages.main([str(tmp_path / "gone.jpg"), "--model", str(model)]) == 2
    assert "gone.jpg does not exist" in capsys.readouterr().err

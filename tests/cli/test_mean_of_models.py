import hashlib
import json

import numpy as np
import pytest

from core.checkpoint import (
    ModelFile,
    read_detail_weights,
    read_model,
    save_detail_weights,
    save_model,
    shipped_detail,
)


@pytest.fixture
def two(model, tmp_path):
    """Two files of models that differ, and their weights."""
    first = read_model(model)
    second = ModelFile({name: values + np.float32(1) for name, values in first.weights.items()}, first.width)
    paths = tmp_path / "before.safetensors", tmp_path / "after.safetensors"
    for path, each in zip(paths, (first, second), strict=True):
        save_model(path, each, "float32")
    return paths


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_mean_is_written_and_says_of_what_it_is(two, tmp_path, capsys):
    from tools import mean_of_models  # noqa: PLC0415

    output = tmp_path / "mean.safetensors"
    words = [*map(str, two), "--parts", "3", "1", "-o", str(output), "--dtype", "float32", "--notes", "tried"]
    assert mean_of_models.main(words) == 0
    made, before = read_model(output), read_model(two[0])
    for name, values in made.weights.items():
        np.testing.assert_allclose(values, before.weights[name] + 0.25, atol=1e-5)
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in two]
    assert json.loads(made.metadata["mean_of"]) == [
        ["before.safetensors", hashes[0], 3.0],
        ["after.safetensors", hashes[1], 1.0],
    ]
    assert made.metadata["notes"] == "tried"
    assert hashlib.sha256(output.read_bytes()).hexdigest() in capsys.readouterr().out


def test_equal_parts_are_taken_where_none_are_named(two, tmp_path):
    from tools import mean_of_models  # noqa: PLC0415

    output = tmp_path / "mean.safetensors"
    assert mean_of_models.main([*map(str, two), "-o", str(output), "--dtype", "float32"]) == 0
    name, values = next(iter(read_model(output).weights.items()))
    np.testing.assert_allclose(values, read_model(two[0]).weights[name] + 0.5, atol=1e-5)


def test_detail_networks_have_a_mean_too(tmp_path):
    from tools import mean_of_models  # noqa: PLC0415

    before = read_detail_weights(shipped_detail(), remedy="")
    after, output = tmp_path / "after.safetensors", tmp_path / "mean.safetensors"
    save_detail_weights(after, {name: values + np.float32(1) for name, values in before.items()}, {}, "float32")
    words = ["--network", "detail", str(shipped_detail()), str(after), "--parts", "3", "7", "-o", str(output)]
    assert mean_of_models.main([*words, "--dtype", "float32"]) == 0
    for name, values in read_detail_weights(output, remedy="").items():
        np.testing.assert_allclose(values, before[name] + 0.7, atol=1e-5)


@pytest.mark.parametrize(
    ("network", "sentence"),
    [("mtginet", "There is no model file"), ("detail", "is missing or damaged: choose another")],
)
def test_a_file_that_is_not_there_is_named(tmp_path, capsys, network, sentence):
    from tools import mean_of_models  # noqa: PLC0415

    missing, output = tmp_path / "missing.safetensors", tmp_path / "mean.safetensors"
    with pytest.raises(SystemExit):
        mean_of_models.main(["--network", network, str(missing), "-o", str(output)])
    said = capsys.readouterr().err
    assert sentence in said
    assert str(missing) in said


def test_files_of_the_other_network_are_refused(two, tmp_path, capsys):
    from tools import mean_of_models  # noqa: PLC0415

    output = tmp_path / "mean.safetensors"
    with pytest.raises(SystemExit):
        mean_of_models.main(["--network", "detail", *map(str, two), "-o", str(output)])
    assert "does not hold the detail network: choose another file" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--parts", "1"], "Each model needs a part above 0"),
        (["-o", "nowhere/mean.safetensors"], "cannot be written"),
        (["-o", "before.safetensors"], "before.safetensors exists: name another file, or add --overwrite"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_cannot_be_done_is_a_sentence(two, tmp_path, capsys, words, sentence):
    from tools import mean_of_models  # noqa: PLC0415

    (tmp_path / "nowhere").touch()
    before = two[0].read_bytes()
    with pytest.raises(SystemExit) as ended:
        mean_of_models.main([*map(str, two), "-o", "mean.safetensors", *words])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
    assert two[0].read_bytes() == before
    assert not (tmp_path / "mean.safetensors").exists()

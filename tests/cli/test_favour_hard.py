import json

from core.training.config import load_config
from tests.core.training.generated_data import settings


def test_a_configuration_is_written_that_goes_on_from_the_model_and_names_every_file(model, tmp_path, capsys):
    from tools import favour_hard  # noqa: PLC0415

    recipe, output = tmp_path / "recipe.json", tmp_path / "runs" / "hard.json"
    recipe.write_text(json.dumps(settings(tmp_path)), encoding="utf-8")
    words = [str(recipe), str(output), "--model", str(model), "--device", "cpu", "--side", "96", "--photos", "[01].*"]
    assert favour_hard.main(words) == 0
    assert "3 of 3 cut-outs" in capsys.readouterr().out
    before, after = load_config(recipe), load_config(output)
    assert after.network.base == model
    assert set(after.data.cutouts[0].favour) == {"0.png", "1.png", "2.png"}
    assert set(after.data.cutouts[0].favour_backgrounds) == {"0.jpg", "1.jpg", "2.jpg"}
    assert set(after.data.photos[0].favour) == {"0.jpg", "1.jpg"}
    assert (after.schedule, after.augmentation, after.loss) == (before.schedule, before.augmentation, before.loss)


def test_a_folder_that_is_not_there_is_said(model, tmp_path, capsys):
    from tools import favour_hard  # noqa: PLC0415

    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[[data.cutouts]]\nforegrounds = "nowhere"\nbackgrounds = "nowhere"\n', encoding="utf-8")
    assert favour_hard.main([str(recipe), str(tmp_path / "hard.json"), "--model", str(model), "--device", "cpu"]) == 2
    assert "nowhere does not exist" in capsys.readouterr().err
    assert not (tmp_path / "hard.json").exists()


def test_a_place_that_cannot_be_written_is_said_before_the_work(model, tmp_path, capsys):
    from tools import favour_hard  # noqa: PLC0415

    (tmp_path / "file").touch()
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(settings(tmp_path)), encoding="utf-8")
    assert favour_hard.main([str(recipe), str(tmp_path / "file" / "hard.json"), "--model", str(model)]) == 2
    told = capsys.readouterr()
    assert "hard.json cannot be written" in told.err
    assert not told.out

"""Settings come from TOML, are overridden one by one, and wrong ones are named."""

from itertools import pairwise
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.training.config import load_config
from core.training.schedule import learning_rate

MINIMAL = '[data]\nphotos = [{folder = "somewhere"}]\n'


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "run.toml"
    path.write_text(text)
    return path


def test_what_is_not_said_is_as_published(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, MINIMAL))
    assert config.schedule.total_steps == 200_000
    assert config.schedule.betas == (0.5, 0.999)
    assert (config.loss.trimap, config.loss.side_heads, config.loss.laplacian, config.loss.composition) == (
        10,
        20,
        1,
        1,
    )


def test_overrides_reach_into_tables_and_lists(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, MINIMAL),
        ["schedule.learning_rate=2e-4", "data.photos.0.folder=/else/where", "loss.alpha=0", "run.device=cpu"],
    )
    assert config.schedule.learning_rate == 2e-4
    assert config.data.photos[0].folder == Path("/else/where")
    assert config.loss.alpha == 0
    assert config.run.device == "cpu"


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("schedule.learning_rate=-1", r"schedule\.learning_rate: This has to be more than 0\."),
        ("schedule.learning_rate=fast", r"schedule\.learning_rate: 'fast' is no number\."),
        ("schedule.learning_rat=1", r"schedule\.learning_rat: There is no such setting\."),
        ("schedule.warmup_steps=1.5", r"schedule\.warmup_steps: This has to be a whole number\."),
        ("schedule.stages=[]", r"schedule\.stages: This needs at least one value\."),
        ("schedule.stages=[{}]", r"schedule\.stages\.0\.steps: This is needed, and is not there\."),
        ("schedule.betas=[0.9]", r"schedule\.betas\.1: This needs two numbers"),
        ("schedule=7", r"schedule: This has to be a table\."),
        ("data.photos=7", r"data\.photos: This has to be a list\."),
        ("run.bfloat16=perhaps", r"run\.bfloat16: This has to be true or false\."),
        ("data.validation=[{name=1, folder='x'}]", r"data\.validation\.0\.name: This has to be a text\."),
        ("nonsense", "is no setting"),
        ("data.photos.7.folder=x", "leads nowhere"),
        ("data.photos.first.folder=x", "leads nowhere"),
        ("run.device.name=x", "leads nowhere"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, override: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load_config(write(tmp_path, MINIMAL + '[run]\ndevice = "cpu"\n'), [override])


def test_files_that_are_missing_or_no_toml_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "nothing.toml")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(write(tmp_path, "= 3"))


def test_the_learning_rate_warms_up_and_falls_to_nothing() -> None:
    rates = [learning_rate(step, highest=1.0, warmup_steps=10, total_steps=110) for step in range(110)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == 1.0
    assert rates[60] == pytest.approx(0.5)
    assert 0 < rates[-1] < 1e-3
    assert all(a >= b for a, b in pairwise(rates[10:]))

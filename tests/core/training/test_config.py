"""Settings come from TOML, are overridden one by one, and wrong ones are named."""

from itertools import pairwise
from pathlib import Path

import pytest

from core.checkpoint import WIDEST
from core.errors import ConfigError
from core.training.config import NARROWEST, load_config
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
        ("data.seed=-1", r"data\.seed: This has to be at least 0\."),
        ("data.seed=36893488147419103232", r"data\.seed: This has to be less than 9\.22337e\+18\."),
        ("data.photos.0.share=0", r"data: One of the sets to train on needs a share above 0\."),
        ("data.photos.0.favour={'*'=inf}", r"data\.photos\.0\.favour\.\*: This has to be a finite number\."),
        ("augmentation.photo_window=[0.5,3.0]", r"augmentation\.photo_window\.1: This has to be at most 1\."),
        ("augmentation.photo_window=[0,1]", r"augmentation\.photo_window\.0: This has to be more than 0\."),
        ("augmentation.photo_window=[1.0,0.5]", r"augmentation\.photo_window: The first number must not be larger"),
        ("augmentation.person_height=[2.0,1.0]", r"augmentation\.person_height: The first number must not be larger"),
        ("augmentation.close_up_height=[1.0,inf]", r"augmentation\.close_up_height\.1: This has to be a finite"),
        ("schedule.aspect_ratios=[1.0,0.0]", r"schedule\.aspect_ratios\.1: This has to be at least 0\.1\."),
        ("schedule.aspect_ratios=[inf]", r"schedule\.aspect_ratios\.0: This has to be a finite number\."),
        ("schedule.betas=[0.5,2.0]", r"schedule\.betas\.1: This has to be less than 1\."),
        ("schedule.learning_rate=inf", r"schedule\.learning_rate: This has to be a finite number\."),
        ("schedule.learning_rate=nan", r"schedule\.learning_rate: This has to be a finite number\."),
        ("network.width=1e6", r"network\.width: This has to be at most 8\."),
        ("network.width=0.01", r"network\.width: This has to be at least 0\.03125\."),
        (
            "loss={trimap=0,side_heads=0,laplacian=0,composition=0,alpha=0}",
            r"loss: One of the losses needs a weight above 0\.",
        ),
        ("schedule.learning_rate=true", r"schedule\.learning_rate: This has to be a number\."),
        ("schedule.betas=[true,0.9]", r"schedule\.betas\.0: This has to be a number\."),
        ("data.photos.0.favour={'*'=false}", r"data\.photos\.0\.favour\.\*: This has to be a number\."),
        ("data.workers=true", r"data\.workers: This has to be a whole number\."),
        ("schedule.stages=[{steps=true,crop_px=64,batch_size=2}]", r"stages\.0\.steps: This has to be a whole number"),
        ("data.photos.0.folder=", r"data\.photos\.0\.folder: The name is empty: give that of a folder or file\."),
        ("data.validation=[{name='x',folder=' '}]", r"data\.validation\.0\.folder: The name is empty"),
        ("network.base=''", r"network\.base: The name is empty: give that of a folder or file\."),
        ("run.device=gpu", r"run\.device: 'gpu' is no device: use auto, cuda, cuda:0, mps or cpu\.$"),
        ("run.device={sentence}", r"run\.device: '\{sentence\}' is no device"),
        ("data.workers=1000000", r"data\.workers: This has to be at most 1024\."),
        ("data.workers=-1", r"data\.workers: This has to be at least 0\."),
        ("run.processes=0", r"run\.processes: This has to be at least 1\."),
        ("run.validation_px=100000000", r"run\.validation_px: This has to be at most 8192\."),
        ("schedule.stages=[{steps=1,crop_px=100000000,batch_size=2}]", r"crop_px: This has to be at most 8192\."),
        (f"data.seed={'9' * 5000}", "The value of data.seed is too long"),
        (f"data.seed={'[' * 100_000}", "or nested too deeply, to be read: give another"),
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


def test_whole_numbers_are_numbers_and_the_current_folder_has_a_name(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, MINIMAL),
        ["schedule.learning_rate=1", "schedule.betas=[0, 0.9]", "data.photos.0.folder=.", "network.base=base.pth"],
    )
    assert (config.schedule.learning_rate, config.schedule.betas) == (1, (0, 0.9))
    assert (config.data.photos[0].folder, config.network.base) == (Path(), Path("base.pth"))


@pytest.mark.parametrize("device", ["auto", "cpu", "mps", "cuda", "cuda:7"])
def test_devices_of_other_machines_can_be_named(tmp_path: Path, device: str) -> None:
    assert load_config(write(tmp_path, MINIMAL), [f"run.device={device}"]).run.device == device


@pytest.mark.parametrize("ending", ["json", "toml"])
@pytest.mark.parametrize(
    ("value", "sentence"),
    [("[" * 100_000, "is nested too deeply to be read"), ("9" * 5000, "has a number that is too long to be read")],
    ids=["deep", "long"],
)
def test_what_python_cannot_read_is_named(tmp_path: Path, ending: str, value: str, sentence: str) -> None:
    path = tmp_path / f"run.{ending}"
    path.write_text(f'{{"data": {value}' if ending == "json" else f"data = {value}")
    with pytest.raises(ConfigError, match=rf"run\.{ending} {sentence}: "):
        load_config(path)


def test_several_wrong_settings_have_a_line_each(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(write(tmp_path, MINIMAL), ["data.seed=-1", "network.width=inf"])
    assert str(refused.value).splitlines() == [
        "The configuration has settings that cannot be used.",
        "data.seed: This has to be at least 0.",
        "network.width: This has to be a finite number.",
    ]


def test_the_bounds_themselves_can_be_used(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, MINIMAL),
        [f"network.width={WIDEST}", "augmentation.photo_window=[1,1]", "schedule.betas=[0,0]", "data.workers=0"],
    )
    assert (config.network.width, config.augmentation.photo_window) == (WIDEST, (1, 1))
    assert load_config(write(tmp_path, MINIMAL), [f"network.width={NARROWEST}"]).network.width == NARROWEST


def test_one_set_may_have_no_share(tmp_path: Path) -> None:
    two = '[data]\nphotos = [{folder = "a", share = 0}, {folder = "b"}]\n'
    assert [source.share for source in load_config(write(tmp_path, two)).data.photos] == [0, 1]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_in_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(MINIMAL.replace("somewhere", "Köln"), encoding=encoding)
    with pytest.raises(ConfigError, match=r"run\.toml is no text in UTF-8: save it as UTF-8\."):
        load_config(path)


@pytest.mark.parametrize(
    ("name", "text"), [("run.toml", MINIMAL), ("run.json", '{"data": {"photos": [{"folder": "somewhere"}]}}')]
)
def test_a_byte_order_mark_is_passed_over(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    assert load_config(path).data.photos[0].folder == Path("somewhere")


def test_json_that_is_no_table_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("[]")
    with pytest.raises(ConfigError, match=r"\nThis has to be a table\.$"):
        load_config(path)


def test_the_learning_rate_warms_up_and_falls_to_nothing() -> None:
    rates = [learning_rate(step, highest=1.0, warmup_steps=10, total_steps=110) for step in range(110)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == 1.0
    assert rates[60] == pytest.approx(0.5)
    assert 0 < rates[-1] < 1e-3
    assert all(a >= b for a, b in pairwise(rates[10:]))

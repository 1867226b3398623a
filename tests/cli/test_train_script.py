import json
import os
import subprocess
from pathlib import Path

import pytest
from generated_portraits import person

from core.image_io import write_image
from core.training.config import load_config

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "resources" / "recipes" / "published.toml"
TINY = (
    "network.width=0.125", "data.workers=0",
    "schedule.stages.0.steps=1", "schedule.stages.0.crop_px=64", "schedule.stages.0.batch_size=2",
    "run.validation_px=64", "run.device=cpu", "run.bfloat16=false",
)  # fmt: skip


def test_the_recipe_is_the_published_training():
    config = load_config(RECIPE)
    loss, schedule = config.loss, config.schedule
    assert (loss.trimap, loss.side_heads, loss.laplacian, loss.composition) == (10, 20, 1, 1)
    assert (loss.alpha, loss.alpha_unknown) == (0, 0)
    assert (schedule.learning_rate, schedule.warmup_steps, schedule.betas) == (1e-4, 10_000, (0.5, 0.999))
    assert [(stage.steps, stage.crop_px, stage.batch_size) for stage in schedule.stages] == [(200_000, 512, 16)]
    assert config.network.spectral_norm
    assert config.network.width == 1


def test_without_a_data_set_the_script_says_what_it_needs(tmp_path):
    done = start(tmp_path)
    assert done.returncode == 2
    assert "DATA is the folder of P3M-10k or HPM-17K" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folders", "side_heads", "sets"),
    [
        (
            {
                "train": ("blurred_image", "mask"),
                "validation/P3M-500-P": ("blurred_image", "mask"),
                "validation/P3M-500-NP": ("original_image", "mask"),
            },
            10, ["P3M-500-P", "P3M-500-NP"],
        ),
        ({"train": ("image", "alpha"), "test": ("image", "alpha")}, 20, ["test"]),
    ],
    ids=["P3M-10k", "HPM-17K"],
)  # fmt: skip
def test_the_script_trains_on_a_folder_as_it_is_published(tmp_path, folders, side_heads, sets):
    data = tmp_path / "Portraits 10k"
    image, alpha = person(80, 72)
    for part, (images, alphas) in folders.items():
        for name, picture in ((images, image), (alphas, alpha)):
            (data / part / name).mkdir(parents=True)
            write_image(data / part / name / "0.png", picture)
    done = start(data, "--run", str(tmp_path / "run"), "--set", *TINY)
    assert done.returncode == 0, done.stderr
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert [chosen["name"] for chosen in config["data"]["validation"]] == sets
    assert config["data"]["photos"][0]["folder"] == str(data)
    assert config["loss"]["side_heads"] == side_heads
    assert (tmp_path / "run" / "last.safetensors").exists()


def start(*words):
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run([ROOT / "train.sh", *words], capture_output=True, text=True, env=environment, check=False)

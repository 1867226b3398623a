"""Where to begin: each preset is a configuration that can be trained with what is on this machine."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from core.checkpoint import shipped_model
from core.training.config import CutoutsConfig, DataConfig, PhotosConfig, ValidationConfig, parse_config
from matting_studio.app.training import presets

OWN = DataConfig(
    photos=[PhotosConfig(folder=Path("/mine"))],
    validation=[ValidationConfig(name="mine", folder=Path("/mine/validation"))],
)


@pytest.fixture
def partly_there(tmp_path, monkeypatch):
    """A shipped recipe whose photos are on this machine and whose cut-outs are not."""
    (tmp_path / "photos").mkdir()
    genuine = presets.shipped_recipe("portrait")
    data = DataConfig(
        cutouts=[CutoutsConfig(foregrounds=tmp_path / "gone", backgrounds=tmp_path / "photos", share=0.6)],
        photos=[PhotosConfig(folder=tmp_path / "photos", share=0.4, transition_weight=0.3)],
    )
    monkeypatch.setattr(presets, "shipped_recipe", lambda name: genuine.model_copy(update={"data": data}))
    return tmp_path


def test_own_photos_make_half_of_a_fine_tune_and_missing_sets_are_left_out(partly_there):
    data = presets.fine_tune(OWN).config.data
    assert data.cutouts == []
    assert [(source.folder, source.share) for source in data.photos] == [
        (Path("/mine"), 0.5),
        (partly_there / "photos", 0.5),
    ]
    assert data.photos[1].transition_weight == 0.3
    assert data.validation == OWN.validation


def test_without_the_shipped_sets_own_photos_are_all_there_is(tmp_path, monkeypatch):
    recipe = presets.shipped_recipe("portrait")
    nowhere = DataConfig(photos=[PhotosConfig(folder=tmp_path / "gone")])
    monkeypatch.setattr(presets, "shipped_recipe", lambda name: recipe.model_copy(update={"data": nowhere}))
    assert presets.fine_tune(OWN).config.data.photos == OWN.photos


def test_a_fine_tune_starts_from_the_shipped_model_slowly():
    config = presets.fine_tune(OWN).config
    assert config.network.base == shipped_model()
    assert config.network.base.is_file()
    assert config.schedule.learning_rate < presets.shipped_recipe("portrait").schedule.learning_rate
    assert config.schedule.total_steps < 1000
    assert presets.fine_tune(OWN, base=Path("/other.safetensors")).config.network.base == Path("/other.safetensors")


def test_a_fine_tune_fits_the_memory_of_a_machine(monkeypatch):
    monkeypatch.setattr(presets, "accelerator_driver_is_there", lambda: False)
    sizes = []
    for gigabytes in (1, 3, 5, 80):
        monkeypatch.setattr(
            presets.psutil, "virtual_memory", lambda room=gigabytes << 30: SimpleNamespace(available=room)
        )
        stage = presets.fine_tune(OWN).config.schedule.stages[0]
        sizes.append((stage.crop_px, stage.batch_size))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] == (320, 8)


def test_a_processor_gets_small_crops_however_much_memory_there_is(monkeypatch):
    monkeypatch.setattr(presets.psutil, "virtual_memory", lambda: SimpleNamespace(available=500 << 30))
    monkeypatch.setattr(presets, "accelerator_driver_is_there", lambda: False)
    alone = presets.fine_tune(OWN).config.schedule.stages[0]
    monkeypatch.setattr(presets, "accelerator_driver_is_there", lambda: True)
    with_gpu = presets.fine_tune(OWN).config.schedule.stages[0]
    assert alone.crop_px == 320 < with_gpu.crop_px < 512


def test_from_scratch_is_the_published_training_on_other_data():
    config = presets.from_scratch(OWN).config
    assert (config.schedule.total_steps, config.network.base) == (200_000, None)
    assert config.data.photos == OWN.photos
    assert config.data.validation == OWN.validation


@pytest.mark.parametrize("preset", [presets.fine_tune, presets.from_scratch, presets.quick_try])
def test_every_preset_can_be_written_and_read(preset):
    made = preset(OWN)
    assert made.title
    assert made.sentence.endswith(".")
    assert parse_config(made.config.model_dump(mode="json")) == made.config

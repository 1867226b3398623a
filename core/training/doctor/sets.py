"""What a configuration's data sets consist of: every file, what it is to training, and which belong together."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import DatasetError
from core.image_io import is_photo_path
from core.training.config import CutoutsConfig, DataConfig
from core.training.datasets import Pairing, find_pairing, is_picture, part_folders, pictures
from core.training.doctor.inspection import Part
from core.training.doctor.report import Finding, Kind, Role, Severity
from core.training.layouts import BACKGROUNDS, CUTOUTS, layout_of_pairs


@dataclass(frozen=True)
class Sample:
    """A photo, cut-out or background, with the files that must fit it."""

    picture: Path
    part: Part
    alpha: Path | None = None
    layers: tuple[Path, ...] = ()

    def files(self) -> Iterator[tuple[Path, Part]]:
        yield self.picture, self.part
        if self.alpha:
            yield self.alpha, Part.ALPHA
        for layer in self.layers:
            yield layer, Part.LAYER


@dataclass(frozen=True)
class SampleSet:
    """The samples of one folder of the configuration."""

    name: str
    role: Role
    layout: str
    samples: tuple[Sample, ...]


def list_sets(data: DataConfig) -> tuple[list[SampleSet], list[Finding]]:
    """The sets that can be listed, and what is wrong with folders and names."""
    sets: list[SampleSet] = []
    findings: list[Finding] = []
    for photos in data.photos:
        add_photos(photos.folder, str(photos.folder), Role.TRAINING, sets, findings)
    for cutouts in data.cutouts:
        add_cutouts(cutouts, sets, findings)
    for held_back in data.validation:
        add_photos(held_back.folder, held_back.name, Role.VALIDATION, sets, findings)
    if not data.photos and not data.cutouts:
        sentence = "There is nothing to train on: name photos with alphas, or cut-outs and backgrounds."
        findings.append(Finding(Severity.ERROR, Kind.NOTHING_TO_TRAIN, sentence, ()))
    if not data.validation:
        sentence = "Nothing is held back for validation: no one will know which state of the network is the best."
        findings.append(Finding(Severity.WARNING, Kind.NO_VALIDATION, sentence, ()))
    # Several folders of cut-outs may share their backgrounds.
    return list(dict.fromkeys(sets)), list(dict.fromkeys(findings))


def add_photos(folder: Path, name: str, role: Role, sets: list[SampleSet], findings: list[Finding]) -> None:
    try:
        images, alphas = part_folders(folder)
        pairing = find_pairing(folder)
    except DatasetError as error:
        findings.append(no_data_set(folder, error))
        return
    findings += unpaired(name, pairing)
    for part in (images, alphas):
        findings += not_read(part)
    samples = tuple(
        Sample(
            pair.image,
            Part.PHOTO,
            pair.alpha,
            tuple(layer for layer in (pair.foreground, pair.background, pair.trimap) if layer),
        )
        for pair in pairing.pairs
    )
    sets.append(SampleSet(name, role, layout_of_pairs(images, alphas), samples))


def add_cutouts(config: CutoutsConfig, sets: list[SampleSet], findings: list[Finding]) -> None:
    for folder, part, layout in (
        (config.foregrounds, Part.CUTOUT, CUTOUTS),
        (config.backgrounds, Part.BACKGROUND, BACKGROUNDS),
    ):
        try:
            found = pictures(folder)
        except DatasetError as error:
            findings.append(no_data_set(folder, error))
            continue
        findings += not_read(folder)
        sets.append(SampleSet(str(folder), Role.TRAINING, layout, tuple(Sample(path, part) for path in found)))


def no_data_set(folder: Path, error: DatasetError) -> Finding:
    return Finding(Severity.ERROR, Kind.NO_DATA_SET, str(error), (folder,))


def unpaired(name: str, pairing: Pairing) -> Iterator[Finding]:
    if pairing.without_alpha:
        sentence = f"Photos of {name} have no alpha of the same name: add the alphas, or take the photos away."
        yield Finding(Severity.ERROR, Kind.MISSING_ALPHA, sentence, pairing.without_alpha)
    if pairing.without_image:
        sentence = f"Alphas of {name} have no photo of the same name, and are not used."
        yield Finding(Severity.WARNING, Kind.MISSING_IMAGE, sentence, pairing.without_image)
    if pairing.ambiguous:
        sentence = (
            f"Files of {name} have a name that another has in another format, and which belongs to which "
            "is a guess: keep one of each."
        )
        yield Finding(Severity.WARNING, Kind.AMBIGUOUS, sentence, pairing.ambiguous)


def not_read(folder: Path) -> Iterator[Finding]:
    foreign = tuple(sorted(path for path in folder.iterdir() if is_photo_path(path) and not is_picture(path)))
    if foreign:
        sentence = f"Photos in {folder} are of a format that training does not read: save them as JPEG or PNG."
        yield Finding(Severity.WARNING, Kind.NOT_READ, sentence, foreign)

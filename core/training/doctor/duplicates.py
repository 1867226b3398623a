"""The same photo twice: in training and in validation, or twice in training."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.training.doctor.findings import Facts
from core.training.doctor.inspection import PictureFacts
from core.training.doctor.perceptual_hash import Album, Fingerprint
from core.training.doctor.report import Finding, Kind, Role, Severity
from core.training.doctor.sets import SampleSet


def check_duplicates(sets: Sequence[SampleSet], facts: Facts) -> Iterator[Finding]:
    """Photos, cut-outs and backgrounds that look the same, whatever their size and format."""
    album = Album()
    trained: list[Path] = []
    repeated: dict[Path, str] = {}
    for path, look in known_pictures(sets, Role.TRAINING, facts):
        number = album.find(look)
        if number is not None:
            repeated[path] = f"the same as {trained[number]}"
        trained.append(path)
        album.add(look)
    seen: dict[Path, str] = {}
    for path, look in known_pictures(sets, Role.VALIDATION, facts):
        number = album.find(look)
        if number is not None:
            seen[path] = f"the same as {trained[number]}"
    if seen:
        sentence = (
            "Photos of validation are trained on too: their figures would say nothing about new photos. "
            "Take them out of one of the two."
        )
        yield Finding(Severity.ERROR, Kind.HELD_OUT_SEEN, sentence, tuple(seen), tuple(seen.values()))
    if repeated:
        sentence = "Pictures are in training more than once, and so count more than others."
        yield Finding(Severity.WARNING, Kind.REPEATED, sentence, tuple(repeated), tuple(repeated.values()))


def known_pictures(sets: Sequence[SampleSet], role: Role, facts: Facts) -> Iterator[tuple[Path, Fingerprint]]:
    for chosen in sets:
        for sample in chosen.samples if chosen.role is role else ():
            fact = facts[sample.picture, sample.part]
            if isinstance(fact, PictureFacts) and fact.fingerprint:
                yield sample.picture, fact.fingerprint

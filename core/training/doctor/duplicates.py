"""The same photo twice: in training and in validation, or twice in training."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.training.doctor.findings import Facts
from core.training.doctor.inspection import PictureFacts
from core.training.doctor.perceptual_hash import Fingerprint, find_alike
from core.training.doctor.report import Finding, Kind, Role, Severity
from core.training.doctor.sets import SampleSet


def check_duplicates(sets: Sequence[SampleSet], facts: Facts) -> Iterator[Finding]:
    """Photos, cut-outs and backgrounds that look the same, whatever their size and format."""
    known = list(known_pictures(sets, facts))
    pairs = find_alike([print_ for _, _, print_ in known])
    seen: dict[Path, str] = {}
    repeated: dict[Path, str] = {}
    for first, second in pairs:
        (path, role, _), (other, other_role, _) = known[first], known[second]
        if role is Role.TRAINING and other_role is Role.TRAINING:
            repeated.setdefault(other, f"the same as {path}")
        elif role is not other_role:
            held_back, trained = (path, other) if role is Role.VALIDATION else (other, path)
            seen.setdefault(held_back, f"the same as {trained}")
    if seen:
        sentence = (
            "Photos of validation are trained on too: their figures would say nothing about new photos. "
            "Take them out of one of the two."
        )
        yield Finding(Severity.ERROR, Kind.HELD_OUT_SEEN, sentence, tuple(seen), tuple(seen.values()))
    if repeated:
        sentence = "Pictures are in training more than once, and so count more than others."
        yield Finding(Severity.WARNING, Kind.REPEATED, sentence, tuple(repeated), tuple(repeated.values()))


def known_pictures(sets: Sequence[SampleSet], facts: Facts) -> Iterator[tuple[Path, Role, Fingerprint]]:
    for chosen in sets:
        for sample in chosen.samples:
            fact = facts[sample.picture, sample.part]
            if isinstance(fact, PictureFacts) and fact.fingerprint:
                yield sample.picture, chosen.role, fact.fingerprint

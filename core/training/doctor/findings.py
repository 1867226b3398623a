"""From what the files hold to what is wrong with a set."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.training.doctor.inspection import AlphaFacts, Part, PictureFacts, Unreadable
from core.training.doctor.report import Finding, Kind, Role, SetSummary, Severity
from core.training.doctor.sets import SampleSet

FAINT = 0.9
"""An alpha that stays below this is fully opaque nowhere."""
FEW = 0.02
"""Share of a set's alphas that may be of no use: one in a thousand does no harm, many spoil the network."""
ANY = 1.0


@dataclass(frozen=True)
class Oddity:
    """What an alpha should not be."""

    kind: Kind
    concerns: Callable[[AlphaFacts], bool]
    bearable: float
    """Share of a set's alphas up to which it is a warning."""
    what: str
    """The end of a sentence about such alphas."""


ODDITIES = (
    Oddity(
        Kind.NOT_GREY,
        lambda alpha: not alpha.is_grey,
        0,
        "have colours, as photos have: save them in grey, white where the person is.",
    ),
    Oddity(
        Kind.EMPTY,
        lambda alpha: alpha.is_grey and alpha.is_empty,
        FEW,
        "are black all over: nobody would be in the photo. Masks that number the persons 1, 2, 3 look so too: make the "
        "persons white.",
    ),
    Oddity(
        Kind.FULL,
        lambda alpha: alpha.is_grey and alpha.is_full,
        FEW,
        "are white all over: nothing would be background. Perhaps the alpha is in the transparency of the file: save "
        "that in grey.",
    ),
    Oddity(
        Kind.BINARY,
        lambda alpha: alpha.is_grey and alpha.is_binary,
        FEW,
        "are masks of 0 and 1 without any transition: hair cannot be learnt from them.",
    ),
    Oddity(
        Kind.FAINT,
        lambda alpha: alpha.is_grey and not alpha.is_empty and alpha.highest < FAINT,
        ANY,
        "are fully opaque nowhere: the person should be white.",
    ),
    Oddity(Kind.SIXTEEN_BITS, lambda alpha: alpha.bits > 8, ANY, "have 16 bits; training reads the upper 8 of them."),
)

Facts = Mapping[tuple[Path, Part], PictureFacts | Unreadable]


def summarise(chosen: SampleSet, facts: Facts) -> SetSummary:
    """Counts and sizes of the pictures that could be read."""
    known = (facts[sample.picture, sample.part] for sample in chosen.samples)
    sizes = [(fact.width_px, fact.height_px) for fact in known if isinstance(fact, PictureFacts)]
    sizes.sort(key=lambda size: size[0] * size[1])
    smallest, median, largest = (sizes[0], sizes[len(sizes) // 2], sizes[-1]) if sizes else ((0, 0),) * 3
    return SetSummary(chosen.name, chosen.role, chosen.layout, len(chosen.samples), smallest, median, largest)


def check_set(chosen: SampleSet, facts: Facts, crop_px: int | None) -> Iterator[Finding]:
    """All that is wrong within one set."""
    yield from unreadable(chosen, facts)
    yield from sizes_that_differ(chosen, facts)
    yield from cutouts_without_alpha(chosen, facts)
    yield from odd_alphas(chosen, facts)
    if crop_px is not None and chosen.role is Role.TRAINING:
        yield from small_photos(chosen, facts, crop_px)


def unreadable(chosen: SampleSet, facts: Facts) -> Iterator[Finding]:
    files = dict.fromkeys(file for sample in chosen.samples for file in sample.files())
    bad = {path: fact.reason for path, part in files if isinstance(fact := facts[path, part], Unreadable)}
    if bad:
        sentence = f"Files of {chosen.name} cannot be read: copy them again from where they came, or take them away."
        yield Finding(Severity.ERROR, Kind.UNREADABLE, sentence, tuple(bad), tuple(bad.values()))


def sizes_that_differ(chosen: SampleSet, facts: Facts) -> Iterator[Finding]:
    bad: dict[Path, str] = {}
    for sample in chosen.samples:
        photo = facts[sample.picture, sample.part]
        if isinstance(photo, Unreadable):
            continue
        for path, part in list(sample.files())[1:]:
            other = facts[path, part]
            if isinstance(other, PictureFacts) and size(other) != size(photo):
                bad[path] = f"{as_text(size(other))}, and {sample.picture.name} is {as_text(size(photo))}"
    if bad:
        sentence = f"Alphas or layers of {chosen.name} have another size than their photos: make them anew from those."
        yield Finding(Severity.ERROR, Kind.SIZE_DIFFERS, sentence, tuple(bad), tuple(bad.values()))


def cutouts_without_alpha(chosen: SampleSet, facts: Facts) -> Iterator[Finding]:
    bad = [
        sample.picture
        for sample in chosen.samples
        if sample.part is Part.CUTOUT
        and isinstance(fact := facts[sample.picture, sample.part], PictureFacts)
        and fact.alpha is None
    ]
    if bad:
        sentence = f"Cut-outs in {chosen.name} have no alpha channel: save them with transparency, as PNG."
        yield Finding(Severity.ERROR, Kind.NO_ALPHA_CHANNEL, sentence, tuple(bad))


def odd_alphas(chosen: SampleSet, facts: Facts) -> Iterator[Finding]:
    alphas = dict(alphas_of(chosen, facts))
    for oddity in ODDITIES:
        odd = tuple(path for path, alpha in alphas.items() if oddity.concerns(alpha))
        if odd:
            is_error = len(odd) > oddity.bearable * len(alphas)
            severity = Severity.ERROR if is_error else Severity.WARNING
            yield Finding(severity, oddity.kind, f"Alphas of {chosen.name} {oddity.what}", odd)


def alphas_of(chosen: SampleSet, facts: Facts) -> Iterator[tuple[Path, AlphaFacts]]:
    for sample in chosen.samples:
        key = (sample.alpha, Part.ALPHA) if sample.alpha else (sample.picture, sample.part)
        fact = facts[key]
        if isinstance(fact, PictureFacts) and fact.alpha:
            yield key[0], fact.alpha


def small_photos(chosen: SampleSet, facts: Facts, crop_px: int) -> Iterator[Finding]:
    bad = {
        sample.picture: as_text(size(fact))
        for sample in chosen.samples
        if sample.part is Part.PHOTO
        and isinstance(fact := facts[sample.picture, sample.part], PictureFacts)
        and min(size(fact)) < crop_px
    }
    if bad:
        sentence = f"Photos of {chosen.name} are smaller than a crop of {crop_px} px: enlarged, their hair is soft."
        yield Finding(Severity.WARNING, Kind.SMALL, sentence, tuple(bad), tuple(bad.values()))


def size(fact: PictureFacts) -> tuple[int, int]:
    return fact.width_px, fact.height_px


def as_text(size_px: tuple[int, int]) -> str:
    return f"{size_px[0]} × {size_px[1]} px"

"""From what the files hold to what is wrong with a set."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from core.training.doctor.inspection import AlphaFacts, Part, PictureFacts, Unreadable
from core.training.doctor.report import Finding, Kind, Role, SetSummary, Severity
from core.training.doctor.sets import SampleSet

FEW = 0.02
"""Share of a set that may have no transition, no person or no background: many spoil the network."""
FAINT = 0.9
"""An alpha that stays below this is fully opaque nowhere."""

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
    cutouts = [sample for sample in chosen.samples if sample.part is Part.CUTOUT]
    opaque = (facts[sample.picture, sample.part] for sample in cutouts)
    bad = [
        sample.picture
        for sample, fact in zip(cutouts, opaque, strict=True)
        if isinstance(fact, PictureFacts) and fact.alpha is None
    ]
    if bad:
        sentence = f"Cut-outs in {chosen.name} have no alpha channel: save them with transparency, as PNG."
        yield Finding(Severity.ERROR, Kind.NO_ALPHA_CHANNEL, sentence, tuple(bad))


def odd_alphas(chosen: SampleSet, facts: Facts) -> Iterator[Finding]:
    alphas = dict(alphas_of(chosen, facts))
    few = FEW * len(alphas)

    def those(kind: Kind, is_odd: Callable[[AlphaFacts], bool], sentence: str, most: float) -> Iterator[Finding]:
        """A finding where there are any; an error where there are more than `most`."""
        odd = tuple(path for path, alpha in alphas.items() if is_odd(alpha))
        if odd:
            yield Finding(Severity.ERROR if len(odd) > most else Severity.WARNING, kind, sentence, odd)

    name, any_number = chosen.name, float("inf")
    yield from those(
        Kind.NOT_GREY,
        lambda alpha: not alpha.is_grey,
        f"Alphas of {name} have colours, as photos have: save them in grey, white where the person is.",
        0,
    )
    yield from those(
        Kind.EMPTY,
        lambda alpha: alpha.is_empty,
        f"Alphas of {name} are black all over: nobody would be in the photo. Masks that number the persons "
        "1, 2, 3 look so too: make the persons white.",
        few,
    )
    yield from those(
        Kind.FULL,
        lambda alpha: alpha.is_full,
        f"Alphas of {name} are white all over: nothing would be background. Perhaps the alpha is in the "
        "transparency of the file: save that in grey.",
        few,
    )
    yield from those(
        Kind.BINARY,
        lambda alpha: alpha.is_binary,
        f"Alphas of {name} are masks of 0 and 1 without any transition: hair cannot be learnt from them.",
        few,
    )
    yield from those(
        Kind.FAINT,
        lambda alpha: not alpha.is_empty and alpha.highest < FAINT,
        f"Alphas of {name} are fully opaque nowhere: the person should be white.",
        any_number,
    )
    yield from those(
        Kind.SIXTEEN_BITS,
        lambda alpha: alpha.bits > 8,
        f"Alphas of {name} have 16 bits; training reads the upper 8 of them.",
        any_number,
    )


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

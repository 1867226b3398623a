"""What an examination found."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    ERROR = "error"
    """Training would fail on it, learn the wrong thing from it, or be measured wrongly."""
    WARNING = "warning"


class Role(StrEnum):
    TRAINING = "training"
    VALIDATION = "validation"


class Kind(StrEnum):
    """What is wrong; each finding is of one kind."""

    NO_DATA_SET = "no data set"
    NOTHING_TO_TRAIN = "nothing to train on"
    NO_VALIDATION = "no validation"
    NOT_READ = "not read"
    MISSING_ALPHA = "missing alpha"
    MISSING_IMAGE = "missing image"
    AMBIGUOUS = "ambiguous name"
    UNREADABLE = "unreadable"
    SIZE_DIFFERS = "size differs"
    NO_ALPHA_CHANNEL = "no alpha channel"
    NOT_GREY = "not grey"
    EMPTY = "empty alpha"
    FULL = "full alpha"
    BINARY = "binary alpha"
    FAINT = "faint alpha"
    SIXTEEN_BITS = "16 bits"
    SMALL = "small photo"
    HELD_OUT_SEEN = "in training and in validation"
    REPEATED = "twice in training"


@dataclass(frozen=True)
class Finding:
    severity: Severity
    kind: Kind
    sentence: str
    """What is wrong and what to do, without the files."""
    files: tuple[Path, ...]
    """Every file that it concerns; a folder where the whole set is meant."""
    details: tuple[str, ...] = ()
    """What there is to say of each file, as many as files; or none."""


@dataclass(frozen=True)
class SetSummary:
    """A line of the table. Sizes are (width, height) in px, by area; (0, 0) where no picture could be read."""

    name: str
    role: Role
    layout: str
    pairs: int
    """Photos with their alphas, cut-outs, or backgrounds."""
    smallest: tuple[int, int]
    median: tuple[int, int]
    largest: tuple[int, int]


@dataclass(frozen=True)
class Report:
    findings: tuple[Finding, ...]
    """Errors first."""
    sets: tuple[SetSummary, ...]

    @property
    def blocks(self) -> bool:
        """Whether training should not start."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

"""How much a matte should be looked at by a person, from the matte alone.

Three things speak against a matte, each between 0 (fine) and 1:

    haze        half-transparent pixels (0.1 < alpha < 0.9) that lie further from the outline (alpha 0.5) than hair is
                wide, as a share of the person; 0.2 of it counts fully
    quarrel     pixels where the trimap is sure and the alpha says otherwise (foreground below 0.9, background above
                0.1), as a share of the person; 0.2 of it counts fully
    company     a second person, or what was taken for one: its area against the largest one's, from a tenth on

The doubt is 1 − (1 − haze)(1 − quarrel)(1 − company), and 1 where nobody is seen.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.trimap import BACKGROUND, FOREGROUND

_LONGER_SIDE_PX = 512
_HAIR_WIDTH = 0.06  # of the longer side of the person's box
_FULL = 0.2
_PERSON = 0.5
_SEEN = (0.1, 0.9)
_NOBODY = 0.005  # of the photo
_COMPANY = 0.1  # of the largest person
_WORTH_A_WORD = 0.25


@dataclass(frozen=True)
class Doubt:
    score: float
    """0 … 1."""
    words: tuple[str, ...]
    """What is doubtful."""


NOBODY, SEVERAL = "nobody seen", "several persons"
REMARKS = {
    NOBODY: "Nobody seems to be in this photo: there is nothing to cut out.",
    SEVERAL: "There seems to be more than one person in this photo. “Keep the largest person only” leaves one.",
}


def remark_on(doubt: Doubt) -> str | None:
    """A sentence for a person who looks at the matte anyway: only what such a person may not expect is worth one."""
    return next((REMARKS[word] for word in doubt.words if word in REMARKS), None)


def doubt_of(alpha: NDArray[np.float32], trimap: NDArray[np.uint8]) -> Doubt:
    """Of a matte: alpha (H, W) in [0, 1], trimap (H, W). It is looked at with 512 px, whatever its size."""
    alpha, trimap = _shrunk(alpha, cv2.INTER_AREA), _shrunk(trimap, cv2.INTER_NEAREST)
    person = (alpha > _PERSON).astype(np.uint8)
    if np.count_nonzero(person) < _NOBODY * person.size:
        return Doubt(1.0, (NOBODY,))
    area = max(1, np.count_nonzero(alpha > _SEEN[0]))
    parts = {
        "haze": min(1.0, _haze(alpha, person) / area / _FULL),
        "trimap and alpha disagree": min(1.0, _quarrel(alpha, trimap) / area / _FULL),
        SEVERAL: _company(person),
    }
    sound = np.prod([1 - part for part in parts.values()])
    return Doubt(round(float(1 - sound), 4), tuple(word for word, part in parts.items() if part >= _WORTH_A_WORD))


def _shrunk(plane: NDArray, interpolation: int) -> NDArray:
    scale = _LONGER_SIDE_PX / max(plane.shape)
    if scale >= 1:
        return plane
    size = max(1, round(plane.shape[1] * scale)), max(1, round(plane.shape[0] * scale))
    return cv2.resize(plane, size, interpolation=interpolation)


def _haze(alpha: NDArray[np.float32], person: NDArray[np.uint8]) -> int:
    _, _, width, height = cv2.boundingRect(person)
    reach_px = max(2.0, _HAIR_WIDTH * max(width, height))
    # Distances to the outline from both of its sides; the frame is no outline.
    outside = cv2.distanceTransform(1 - person, cv2.DIST_L2, 5)
    inside = cv2.distanceTransform(person, cv2.DIST_L2, 5) if not person.all() else np.full_like(outside, np.inf)
    soft = (alpha > _SEEN[0]) & (alpha < _SEEN[1])
    return int(np.count_nonzero(soft & (np.maximum(outside, inside) > reach_px)))


def _quarrel(alpha: NDArray[np.float32], trimap: NDArray[np.uint8]) -> int:
    sure_foreground, sure_background = trimap == FOREGROUND, trimap == BACKGROUND
    return int(np.count_nonzero((sure_foreground & (alpha < _SEEN[1])) | (sure_background & (alpha > _SEEN[0]))))


def _company(person: NDArray[np.uint8]) -> float:
    _, _, statistics, _ = cv2.connectedComponentsWithStats(person)
    areas = np.sort(statistics[1:, cv2.CC_STAT_AREA])[::-1]
    if len(areas) < 2 or areas[1] < _COMPANY * areas[0]:
        return 0.0
    return float(areas[1] / areas[0])

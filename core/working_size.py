"""How much a matte may cost: at which size the network sees a photo, and from how near the detail network its outline.

Measured with the models of 29 November 2026, whose own size is 352 px, on the 60 composites with true alphas; cost is
a whole matte's, 0.8 megapixels on two Zen 4 cores, against `balanced`:

    256 px                          SAD 5.48   MAD .0131   Grad 7.39   0.29
    256 px, twice as near    fast   SAD 3.99   MAD .0105   Grad 5.55   0.56
    352 px                          SAD 4.44   MAD .0109   Grad 6.64   0.51
    352 px, twice        balanced   SAD 3.16   MAD .0088   Grad 4.69   1
    352 px, three times      best   SAD 2.88   MAD .0085   Grad 4.42   2.1
    320 px, 3.3 times               SAD 3.15   MAD .0088   Grad 4.74
    384 px, 2.75 times              SAD 2.96   MAD .0088   Grad 4.22

Larger than its own size a model does worse. The mean with the photo's mirror image, which `best` was before there was a
detail network, is worse under it (SAD 3.75 instead of 3.38 with the model before): it blurs what that is told.

The shorter side follows the photo, in steps of the network's stride: up to a dozen shapes for each orientation, so an
engine that prepares itself for shapes has soon met all of them. Coarser steps would cost up to a fifth in padding.
"""

from enum import StrEnum
from typing import NamedTuple, NoReturn

from core.architecture import STRIDE
from core.detail import CLOSEST

FAST = 0.75
NEARER = 2.0
"""How much nearer than the whole photo the outline is seen; `best` sees it from CLOSEST."""


class Quality(StrEnum):
    FAST = "fast"
    BALANCED = "balanced"
    BEST = "best"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise ValueError(f"'{value}' is no quality: use {', '.join(cls)}.")


class Effort(NamedTuple):
    size_px: int
    """The longer side at which the network sees the whole photo."""
    closest: float
    """How many times nearer the detail network sees the outline, at most; 1 is not at all."""


def effort(quality: Quality | str, size_px: int) -> Effort:
    """What a quality, or its name, means for a model whose own size is `size_px`. Raises ValueError for other words."""
    quality = Quality(quality)
    if quality is Quality.FAST:
        return Effort(max(STRIDE, round(size_px * FAST / STRIDE) * STRIDE), NEARER)
    return Effort(size_px, CLOSEST if quality is Quality.BEST else NEARER)

"""Full-resolution detail: the detail network along the outline, and alpha brought up along the photo's edges."""

from core.detail.refine import (
    CLOSEST,
    TILES_AT_ONCE,
    DetailNetwork,
    go_on,
    looked_over,
    refine_detail,
    tell_share,
    unheard,
)

__all__ = [
    "CLOSEST",
    "TILES_AT_ONCE",
    "DetailNetwork",
    "go_on",
    "looked_over",
    "refine_detail",
    "tell_share",
    "unheard",
]

"""Colours of curves: apart from each other, and readable on the panels of both themes."""

from matting_studio.qt.theme import Colours

_ON_DARK = ("#4eb0f5", "#f2a65a", "#7bd88f", "#d794f0", "#f0706a", "#e0d264", "#5fd6cf", "#b0b7c3")
_ON_LIGHT = ("#1567a9", "#b45309", "#1c7a45", "#8436ab", "#bd2a24", "#75660a", "#0d7670", "#555d6b")


def curve_colour(place: int, colours: Colours) -> str:
    """The colour of the run at a place; they begin again after the eighth."""
    chosen = _ON_DARK if colours.dark else _ON_LIGHT
    return chosen[place % len(chosen)]

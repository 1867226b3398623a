"""What a person chose for a cut-out besides its edits: refinement, colours, background, crop.

Plain frozen values: they compare, they undo, and they are written into project files and journals as they are.
Lengths are in pixels of the photo, so that a preview at screen resolution scales them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from matting_studio.app.possible_path import PossiblePath

Unit = Annotated[float, Field(ge=0, le=1)]
Colour = tuple[Unit, Unit, Unit]
"""sRGB in [0, 1]."""


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Refinement(Choice):
    """How the matte itself is adjusted."""

    edge_shift_px: float = Field(0.0, ge=-50, le=50, description="Moves the outline out (positive) or in.")
    feather_px: float = Field(0.0, ge=0, le=100, description="Softens the outline.")
    black_point: Unit = Field(0.0, description="Alpha up to which a pixel counts as background.")
    white_point: Unit = Field(1.0, description="Alpha from which a pixel counts as foreground.")
    keep_largest: bool = Field(False, description="Keeps the largest person only.")


class Placement(Choice):
    """Where a background picture lies."""

    fit: Literal["fill", "fit", "tile"] = "fill"
    zoom: float = Field(1.0, gt=0, le=20, description="Its size, against what `fit` gives.")
    shift_x: float = Field(0.0, ge=-2, le=2, description="In widths of the photo, to the right.")
    shift_y: float = Field(0.0, ge=-2, le=2, description="In heights of the photo, downwards.")


class Transparent(Choice):
    kind: Literal["transparent"] = "transparent"


class Plain(Choice):
    kind: Literal["colour"] = "colour"
    colour: Colour = (1.0, 1.0, 1.0)


class Gradient(Choice):
    kind: Literal["gradient"] = "gradient"
    start: Colour = (0.93, 0.94, 0.96)
    end: Colour = (0.62, 0.66, 0.72)
    angle_degrees: float = Field(90.0, ge=-360, le=360, description="Direction from start to end; 90 is downwards.")


class Picture(Choice):
    kind: Literal["picture"] = "picture"
    path: PossiblePath
    placement: Placement = Placement()


class Blurred(Choice):
    """The photo's own background, out of focus."""

    kind: Literal["blurred"] = "blurred"
    radius_px: float = Field(24.0, ge=0, le=500)


Background = Annotated[Transparent | Plain | Gradient | Picture | Blurred, Field(discriminator="kind")]


class Shadow(Choice):
    """A soft shadow that the person throws on the background."""

    opacity: Unit = 0.35
    blur_px: float = Field(30.0, ge=0, le=500)
    shift_x_px: float = Field(12.0, ge=-500, le=500)
    shift_y_px: float = Field(18.0, ge=-500, le=500)


class Crop(Choice):
    """What of the photo is exported."""

    kind: Literal["none", "person", "ratio"] = "none"
    margin: float = Field(0.05, ge=0, le=1, description="Around the person, in heights of the person.")
    ratio: float = Field(35 / 45, gt=0, description="Width over height, for `ratio`; 35 × 45 mm is an ID photo.")


class Look(Choice):
    """All of it."""

    refinement: Refinement = Refinement()
    decontaminate: Unit = Field(1.0, description="How far the old background's colour is taken out of the edges.")
    background: Background = Transparent()
    shadow: Shadow | None = None
    light_wrap: Unit = Field(0.0, description="How much of the new background's light falls on the person's edges.")
    colour_match: Unit = Field(0.0, description="How far the person takes on the new background's colours.")
    crop: Crop = Crop()

"""What the canvas shows of a document: any part of it, in any mode, at the resolution of the screen."""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.backdrop import Part
from core.composite import blurred_backdrop, composite
from core.errors import ImageReadError
from core.foreground import estimate_foreground
from core.image_io import Photo, as_float, to_bit_depth
from core.light import ColourStatistics
from core.refinement import largest_person
from core.shadow import darken, with_shadow
from matting_studio.app.crop import crop_box, cropped
from matting_studio.app.develop import (
    Layers,
    colours_to_match,
    decontaminated,
    enlarged,
    laid,
    painted,
    reach_px,
    read_background,
    refined,
    thrown,
    thrown_around,
    wrapping_light,
)
from matting_studio.app.document import Snapshot
from matting_studio.app.edits import Box
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Background, Blurred, Picture, Transparent
from matting_studio.app.pyramid import Pyramid, halved, last_level, overview_level
from matting_studio.app.view import Frame, View, ViewMode

_Screen = NDArray[np.uint8]  # (h, w, 3) RGB, or (h, w, 4) RGBA with premultiplied colours
_Rgb = NDArray[np.float32]  # (h, w, 3) in [0, 1]
_T = TypeVar("_T")

_MARGIN_SHARE = 8  # an eighth of what is seen is worked out around it: the view may move so far for nothing
_RED = (0.93, 0.15, 0.18)
_RED_OPACITY = 0.6
_LEAST_BLUR_PX = 4  # a blur of this radius hides the overview's pixels


@dataclass(frozen=True)
class _Place:
    """Where it is worked: a region of a level, and the wider one whose matte has an effect on it."""

    level: int
    region: Box
    wide: Box

    @property
    def scale(self) -> float:
        return 0.5**self.level


@dataclass(frozen=True, eq=False)
class _Plane:
    """Values that equal nothing but themselves: what was made from them is as old as they are."""

    values: NDArray[Any]


class _Kept:
    """The last value of each name, and the key it was made for."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[Hashable, Any]] = {}

    def get(self, name: Hashable, key: Hashable, make: Callable[[], _T]) -> _T:
        entry = self._entries.get(name)
        if entry is None or entry[0] != key:
            entry = key, make()
            self._entries[name] = entry
        value: _T = entry[1]
        return value

    def last(self, name: Hashable) -> Any:
        entry = self._entries.get(name)
        return None if entry is None else entry[1]

    @property
    def values(self) -> list[Any]:
        return [value for _key, value in self._entries.values()]


class Renderer:
    """Renders one document, on one thread; keeps what it may need again.

    Two scales are worked at: the level of the photo's pyramid that fits the screen, of which the visible region is
    worked out with a margin, and the overview, for what depends on the whole photo. Foreground colours are kept as long
    as the matte's values stay the same, whatever the document's revision: most changes are changes of the look.
    """

    def __init__(self) -> None:
        self._photo: Photo | None = None
        self._image = Pyramid(np.empty((0, 0, 3), np.uint8))
        self._opacity: Pyramid | None = None
        self._kept = _Kept()
        self._background_file: Fingerprint | None = None
        """The background picture's file as it was when this rendering began: whoever edits it sees it anew, all of it
        at once."""

    def render(self, snapshot: Snapshot, view: View) -> _Screen:
        """What `view` shows of a document, of `view.size`: (h, w, 3) RGB, sRGB; a picture that may be transparent is
        (h, w, 4) RGBA with premultiplied colours.

        All modes show the photo until its matte is there. Of one photo and revision there is one matte only.

        Raises:
            ValueError: the box is empty or leaves the photo.
            ImageReadError: the background picture cannot be read.
        """
        self._take(snapshot)
        height, width = snapshot.photo.image.shape[:2]
        if view.box.empty or view.box.overlap(Box(0, 0, height, width)) != view.box:
            raise ValueError(f"A view shows a part of the photo; {view.box} is none of {width} × {height} px.")
        level = min(view.level, last_level(height, width))
        if snapshot.alpha is None or snapshot.trimap is None or view.mode is ViewMode.ORIGINAL:
            return _to_screen(self._image.level(level), self._whole(level), level, view)
        if view.mode is ViewMode.TRIMAP:
            seen = cv2.resize(snapshot.trimap[view.box.slices], view.size[::-1], interpolation=cv2.INTER_NEAREST)
            return cv2.cvtColor(seen, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
        place = self._place(snapshot, level, self._region(level, view))
        picture = self._picture(snapshot, place, view.mode)
        return _to_screen(picture, place.region, level, view)

    def show(self, snapshot: Snapshot, view: View) -> tuple[_Screen, Frame | None, str | None]:
        """What `render` and `frame` give; where the background picture cannot be read, without a background, and with
        what was wrong.

        So what a background that is gone has left on a screen does not stay there.
        """
        try:
            return self.render(snapshot, view), self.frame(snapshot, view.mode), None
        except ImageReadError as error:
            bare = replace(snapshot, look=snapshot.look.model_copy(update={"background": Transparent()}))
            return self.render(bare, view), self.frame(bare, view.mode), str(error)

    def frame(self, snapshot: Snapshot, mode: ViewMode) -> Frame | None:
        """What of the photo is exported; None where all of it is, or there is no matte yet.

        Raises ImageReadError where the background picture cannot be read.
        """
        crop = snapshot.look.crop
        if snapshot.alpha is None or crop.kind == "none":
            return None
        self._take(snapshot)
        whole = self._whole(self._overview)
        alpha = self._refined(snapshot, self._place(snapshot, self._overview, whole))
        box = self._kept.get("crop", (alpha, crop), lambda: crop_box(crop, alpha.values))
        ground = None
        if mode.shows_result and box.overlap(whole) != box:
            ground = self._ground(snapshot, box, alpha, mode)
        size = 2**self._overview
        in_photo = Box(box.top * size, box.left * size, box.bottom * size, box.right * size)
        return Frame(crop, in_photo, ground)

    @property
    def held_bytes(self) -> int:
        """What is kept beside the photo itself, which is its document's."""
        pyramids = [self._image] if self._opacity is None else [self._image, self._opacity]
        kept = [level for pyramid in pyramids for level in pyramid.levels]
        kept += [array for value in self._kept.values for array in _arrays_of(value)]
        owners = {id(owner): owner.nbytes for owner in map(_owner, kept)}
        for array in _arrays_of(self._photo):
            owners.pop(id(_owner(array)), None)
        return sum(owners.values())

    def _take(self, snapshot: Snapshot) -> None:
        background, photo = snapshot.look.background, snapshot.photo
        self._background_file = Fingerprint.of(background.path) if isinstance(background, Picture) else None
        if photo is not self._photo:
            self._photo = photo
            self._image = Pyramid(to_bit_depth(photo.image, 8))
            self._opacity = None if photo.alpha is None else Pyramid(photo.alpha)
            self._kept = _Kept()

    # Where

    def _whole(self, level: int) -> Box:
        height, width = self._image.level(0).shape[:2]
        return Box(0, 0, height >> level, width >> level)

    @property
    def _overview(self) -> int:
        return overview_level(*self._image.level(0).shape[:2])

    def _region(self, level: int, view: View) -> Box:
        """The region that is worked on: the one before, as long as it holds all that is seen."""
        whole = self._whole(level)
        if level >= self._overview:
            return whole
        size = 2**level
        # One pixel more on each side, for interpolation.
        seen = Box(
            view.box.top // size, view.box.left // size, -(-view.box.bottom // size), -(-view.box.right // size)
        ).grown(1, whole.bottom, whole.right)
        before: Box | None = self._kept.last(("region", level))
        if before is not None and seen.overlap(before) == seen:
            return before
        margin = max(seen.bottom - seen.top, seen.right - seen.left) // _MARGIN_SHARE
        return self._kept.get(("region", level), seen, lambda: seen.grown(margin, whole.bottom, whole.right))

    def _place(self, snapshot: Snapshot, level: int, region: Box) -> _Place:
        whole = self._whole(level)
        reach = math.ceil(reach_px(snapshot.look) * 0.5**level)
        return _Place(level, region, region.grown(reach, whole.bottom, whole.right))

    def _overview_place(self) -> _Place:
        whole = self._whole(self._overview)
        return _Place(self._overview, whole, whole)

    def _part(self, place: _Place) -> Part:
        height, width = self._image.level(0).shape[:2]
        box = place.region
        return Part(height, width, place.scale, box.top, box.left, box.bottom - box.top, box.right - box.left)

    # What: from the matte to the layers

    def _matte(self, snapshot: Snapshot, place: _Place, box: Box) -> _Plane:
        """The matte as the network and the brush left it, on the region of a place or on the wider one."""
        level = place.level
        name = "matte" if box == place.region else "wide matte"

        def read() -> _Plane:
            assert snapshot.alpha is not None
            size = 2**level
            crop = snapshot.alpha[box.top * size : box.bottom * size, box.left * size : box.right * size]
            values = halved(crop, level) if level else crop.copy()  # the document's own array goes on changing
            before: _Plane | None = self._kept.last((name, level))
            return before if before is not None and np.array_equal(before.values, values) else _Plane(values)

        return self._kept.get((name, level), (snapshot.revision, box), read)

    def _refined(self, snapshot: Snapshot, place: _Place) -> _Plane:
        """The alpha of the wide region after all that the look does to it."""
        matte = self._matte(snapshot, place, place.wide)
        refinement = snapshot.look.refinement
        person = self._person(snapshot) if refinement.keep_largest else None

        def make() -> _Plane:
            alpha = self._thinned(matte.values, place.level, place.wide)
            if person is not None:
                scale = 0.5 ** (self._overview - place.level)
                alpha = alpha * enlarged(person.values, scale, place.wide, smooth=False)
            return _Plane(refined(alpha, refinement, place.scale))

        return self._kept.get(("refined", place.level), (matte, place.wide, refinement, person), make)

    def _thinned(self, alpha: NDArray[np.float32], level: int, box: Box) -> NDArray[np.float32]:
        """Times the opacity that the photo had before."""
        return alpha if self._opacity is None else alpha * self._opacity.level(level)[box.slices]

    def _person(self, snapshot: Snapshot) -> _Plane:
        """1 where the largest person is, 0 elsewhere, on the overview."""
        place = self._overview_place()
        matte = self._matte(snapshot, place, place.wide)
        return self._kept.get(
            "person",
            matte,
            lambda: _Plane(largest_person(self._thinned(matte.values, place.level, place.wide)).astype(np.float32)),
        )

    def _foreground(self, snapshot: Snapshot, place: _Place) -> _Plane:
        matte = self._matte(snapshot, place, place.region)
        return self._kept.get(
            ("foreground", place.level),
            (matte, place.region),
            lambda: _Plane(as_float(estimate_foreground(self._photo_part(place), matte.values))),
        )

    def _ground(self, snapshot: Snapshot, box: Box, alpha: _Plane, mode: ViewMode) -> _Screen:
        """The new background with the shadow on it, in a box on the overview that leaves the photo.

        Alpha, where the shadow falls from, is that of the whole photo.
        """
        background, shadow = snapshot.look.background, snapshot.look.shadow
        if mode is ViewMode.CUTOUT:
            background = Transparent()

        def make() -> _Screen:
            thrown_there = np.zeros((box.bottom - box.top, box.right - box.left), np.float32)
            if shadow is not None:
                thrown_there = thrown_around(shadow, alpha.values, 0.5**self._overview, box)
            opacity = 0.0 if shadow is None else shadow.opacity
            if isinstance(background, Transparent):
                return _premultiplied(np.zeros((*thrown_there.shape, 3), np.float32), opacity * thrown_there)
            if isinstance(background, Blurred):
                blurred = self._blurred(snapshot, self._overview_place(), background.radius_px)
                backdrop = cropped(blurred, box, border=cv2.BORDER_REPLICATE)
            else:
                backdrop = self._backdrop(snapshot, _Place(self._overview, box, box), background)
            return _eight_bit(darken(backdrop, thrown_there, opacity))

        shadow_of = None if shadow is None else alpha
        blurred_without = None
        if isinstance(background, Blurred):
            blurred_without = self._matte(snapshot, self._overview_place(), self._whole(self._overview))
        key = background, self._background_file, shadow, box, shadow_of, blurred_without
        return self._kept.get(("ground", mode), key, make)

    def _photo_part(self, place: _Place) -> NDArray[np.uint8]:
        return self._image.level(place.level)[place.region.slices].astype(np.uint8, copy=False)

    def _backdrop(self, snapshot: Snapshot, place: _Place, background: Background) -> _Rgb:
        match background:
            case Blurred(radius_px=radius_px):
                overview = self._overview_place()
                if place.level >= overview.level or radius_px * overview.scale < _LEAST_BLUR_PX:
                    return self._blurred(snapshot, place, radius_px)
                small = self._blurred(snapshot, overview, radius_px)
                return enlarged(small, overview.scale / place.scale, place.region, smooth=True)
            case Picture():
                key = background.path, self._background_file
                photo = self._kept.get("background", key, lambda: read_background(background))
                return painted(background, self._part(place), photo.image)
            case _:
                return painted(background, self._part(place), None)

    def _blurred(self, snapshot: Snapshot, place: _Place, radius_px: float) -> _Rgb:
        matte = self._matte(snapshot, place, place.region)
        return self._kept.get(
            ("blurred", place.level),
            (matte, place.region, radius_px),
            lambda: blurred_backdrop(as_float(self._photo_part(place)), matte.values, radius_px * place.scale),
        )

    def _whole_backdrop(self, snapshot: Snapshot) -> tuple[_Plane, _Plane, _Plane]:
        """Alpha, foreground and new background of the whole photo, on the overview."""
        place = self._place(snapshot, self._overview, self._whole(self._overview))
        background = snapshot.look.background
        foreground = self._foreground(snapshot, place)
        backdrop = self._kept.get(
            "whole backdrop",
            (foreground, background, self._background_file),
            lambda: _Plane(self._backdrop(snapshot, place, background)),
        )
        return self._refined(snapshot, place), foreground, backdrop

    def _colours(self, snapshot: Snapshot) -> tuple[ColourStatistics, ColourStatistics] | None:
        """Those of the person and of its new background, all over the photo, where they are to be matched."""
        if snapshot.look.colour_match == 0:
            return None
        alpha, foreground, backdrop = self._whole_backdrop(snapshot)
        return self._kept.get(
            "colours",
            (alpha, foreground, backdrop),
            lambda: colours_to_match(foreground.values, alpha.values, backdrop.values),
        )

    def _light(self, snapshot: Snapshot, place: _Place) -> _Rgb | None:
        """What falls from the new background on the person, where that is wanted."""
        if snapshot.look.light_wrap == 0:
            return None
        alpha, _, backdrop = self._whole_backdrop(snapshot)
        light: NDArray[np.float32] = self._kept.get(
            "light", (alpha, backdrop), lambda: wrapping_light(alpha.values, backdrop.values)
        )
        scale = 0.5 ** (self._overview - place.level)
        return light if scale == 1 else enlarged(light, scale, place.region, smooth=True)

    # What: the picture of a mode

    def _picture(self, snapshot: Snapshot, place: _Place, mode: ViewMode) -> NDArray[np.uint8]:
        """RGB of the region, or RGBA with premultiplied colours where it is transparent."""
        return self._kept.get(
            ("picture", place.level),
            (mode, snapshot.revision, snapshot.look, self._background_file, place),
            lambda: self._paint(snapshot, place, mode),
        )

    def _paint(self, snapshot: Snapshot, place: _Place, mode: ViewMode) -> NDArray[np.uint8]:
        look = snapshot.look
        wide = self._refined(snapshot, place).values
        inner = place.region.within(place.wide)
        alpha = np.ascontiguousarray(wide[inner])
        if mode is ViewMode.ALPHA:
            return cv2.cvtColor(_eight_bit(alpha), cv2.COLOR_GRAY2RGB)
        image = as_float(np.ascontiguousarray(self._photo_part(place)))
        if mode is ViewMode.OVERLAY:
            return _eight_bit(composite(image, 1 - _RED_OPACITY * (1 - alpha), _RED))
        foreground = decontaminated(image, self._foreground(snapshot, place).values, look.decontaminate)
        shadow = None
        if look.shadow is not None:
            shadow = np.ascontiguousarray(thrown(look.shadow, wide, place.scale)[inner])
        if mode is ViewMode.CUTOUT or isinstance(look.background, Transparent):
            if look.shadow is not None and shadow is not None:
                foreground, alpha = with_shadow(foreground, alpha, shadow, look.shadow.opacity)
            return _premultiplied(foreground, alpha)
        backdrop = self._backdrop(snapshot, place, look.background)
        layers = Layers(foreground, alpha, shadow, self._light(snapshot, place), backdrop)
        return _eight_bit(laid(layers, look, self._colours(snapshot)))


def _arrays_of(value: object) -> list[NDArray[Any]]:
    match value:
        case np.ndarray():
            return [value]
        case _Plane(values=values):
            return [values]
        case Photo(image=image, pixels=pixels, alpha=alpha):
            return [array for array in (image, pixels, alpha) if array is not None]
        case _:
            return []  # boxes and colours


def _owner(array: NDArray[Any]) -> NDArray[Any]:
    """The array that holds the memory that another one shows a part of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _eight_bit(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    return cv2.convertScaleAbs(picture, alpha=255).astype(np.uint8, copy=False)


def _premultiplied(foreground: _Rgb, alpha: NDArray[np.float32]) -> NDArray[np.uint8]:
    """RGBA whose colours are weakened by alpha: such pictures may be scaled."""
    colours = _eight_bit(foreground * cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB))
    return np.dstack([colours, _eight_bit(alpha)])


def _to_screen(picture: NDArray[np.uint8], box: Box, level: int, view: View) -> _Screen:
    """A part of a level, `box` in the level's pixels, brought to the view."""
    height, width = view.size
    step_x, step_y = (view.box.right - view.box.left) / width, (view.box.bottom - view.box.top) / height
    size = 2**level
    if step_x == step_y == size == 1:
        return picture[view.box.within(box)].copy()
    mapping = np.array(
        [
            [step_x / size, 0, (view.box.left + step_x / 2) / size - box.left - 0.5],
            [0, step_y / size, (view.box.top + step_y / 2) / size - box.top - 0.5],
        ]
    )
    return cv2.warpAffine(
        picture,
        mapping,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)

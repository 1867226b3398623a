"""A sheet of mattes to look at: a row for each photo, with its trimap, its alpha and its cut-out on a strong colour.

python tools/contact_sheet.py PHOTO… -o sheet.png [--model MODEL] [--size PX] [--cell PX] [--hair]
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import Box
from core.composite import composite
from core.foreground import estimate_foreground
from core.green_screen import network_picture
from core.image_io import as_float, read_photo, write_image
from core.predictor import Matte, MattingPredictor

STRONG_COLOUR = (0.05, 0.75, 0.25)
GAP_PX = 6


def panels(image: NDArray[np.float32], matte: Matte) -> list[NDArray[np.float32]]:
    """Photo, trimap, alpha and cut-out, each (H, W, 3)."""
    cutout = composite(estimate_foreground(image, matte.alpha), matte.alpha, STRONG_COLOUR)
    return [image, grey(matte.trimap / np.float32(255)), grey(matte.alpha), cutout]


def grey(plane: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.repeat(plane[..., None], 3, axis=2).astype(np.float32)


def hair_window(matte: Matte, side: int) -> Box:
    """A window of the photo's own pixels, as full of transition in its upper part as can be found."""
    height, width = matte.alpha.shape
    transition = ((matte.alpha > 0.05) & (matte.alpha < 0.95)).astype(np.float32)
    transition[height * 2 // 3 :] = 0
    h, w = min(side, height), min(side, width)
    density = cv2.boxFilter(transition, -1, (w, h), normalize=False, borderType=cv2.BORDER_CONSTANT)
    inner = density[h // 2 : height - h + h // 2 + 1, w // 2 : width - w + w // 2 + 1]
    top, left = np.unravel_index(int(inner.argmax()), inner.shape)
    return slice(int(top), int(top) + h), slice(int(left), int(left) + w)


def fitted(panel: NDArray[np.float32], cell: int) -> NDArray[np.float32]:
    height, width = panel.shape[:2]
    scale = min(cell / height, cell / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(panel, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    sheet = np.ones((cell + GAP_PX, cell + GAP_PX, 3), dtype=np.float32)
    sheet[: size[1], : size[0]] = small
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--size", type=int, help="working size in px")
    parser.add_argument("--cell", type=int, default=360, help="side of a panel in px")
    parser.add_argument("--hair", action="store_true", help="show the hair at the photo's own pixels")
    arguments = parser.parse_args()
    predictor = MattingPredictor.from_checkpoint(arguments.model, size_px=arguments.size)
    rows = []
    for path in arguments.photos:
        photo = read_photo(path)
        matte = predictor.predict(network_picture(photo))
        row = panels(as_float(photo.image), matte)
        if arguments.hair:
            window = hair_window(matte, arguments.cell)
            row = [panel[window] for panel in row]
        rows.append(np.concatenate([fitted(panel, arguments.cell) for panel in row], axis=1))
    write_image(arguments.output, np.concatenate(rows, axis=0))


if __name__ == "__main__":
    main()

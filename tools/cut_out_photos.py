"""Photos with known alphas made into cut-outs, which a training can place in other scenes and far away:

    python tools/cut_out_photos.py PHOTOS OUTPUT --only 'ccp*'

PHOTOS is a data set as a training takes it (image/ and alpha/, P3M-10k …). OUTPUT gets an RGBA picture of each, with
straight alpha and the colours of the foreground alone; what is there already is kept.
"""

import argparse
from fnmatch import fnmatch
from pathlib import Path

from core.foreground import estimate_foreground
from core.image_io import write_image
from core.training.datasets import Pair, find_pairs
from core.training.layers import unit
from core.training.reading import read_colour, read_grey


def cut_out(pair: Pair, output: Path) -> None:
    image, alpha = read_colour(pair.image), read_grey(pair.alpha)
    write_image(output, estimate_foreground(image, unit(alpha)), alpha=alpha)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--only", default="*", help="pattern of the photos' names")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for pair in find_pairs(asked.photos):
        output = asked.output / f"{pair.image.stem}.png"
        if fnmatch(pair.image.name, asked.only) and not output.exists():
            cut_out(pair, output)


if __name__ == "__main__":
    main()

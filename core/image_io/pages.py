"""Files that hold more pictures than one: the first is the photo, and whoever gave the file is told."""

import pillow_heif
from PIL import ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

_SUBFILE_TYPE = 254
_REDUCED, _MASK = 1, 4  # bits of it (TIFF 6.0): a page's thumbnail or its transparency is no page


def left_out(image: ImageFile.ImageFile | pillow_heif.HeifFile) -> tuple[str, ...]:
    """A sentence where an opened file holds more than its first picture; the file stands elsewhere afterwards.

    A JPEG's other pictures are previews and maps of light. Raises what Pillow does where the rest is damaged.
    """
    if isinstance(image, pillow_heif.HeifFile):
        return ("It holds several pictures: the main one was taken.",) if len(image) > 1 else ()
    if isinstance(image, TiffImageFile):
        return ("It has several pages: the first was taken.",) if _has_another_page(image) else ()
    if isinstance(image, AvifImageFile | GifImageFile | PngImageFile | WebPImageFile) and image.is_animated:
        return ("It is an animation: its first picture was taken.",)
    return ()


def _has_another_page(image: TiffImageFile) -> bool:
    page = 0
    while True:
        page += 1
        try:
            image.seek(page)
        except EOFError:
            return False
        if not image.tag_v2.get(_SUBFILE_TYPE, 0) & (_REDUCED | _MASK):
            return True

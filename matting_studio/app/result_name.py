"""What a photo's results are called where nobody says otherwise."""

from pathlib import Path

from matting_studio.app.export_request import ExportKind
from matting_studio.app.short_names import fitted


def result_stem(photo: str, what: ExportKind, suffix: str, number: int = 1) -> str:
    """After the photo, as far as that fits into a name together with the kind and the ending, which is not in it.

    `number` tells results of one photo and kind apart; the first has none.
    """
    kind = f"-{what}" if number == 1 else f"-{what}-{number}"
    return fitted(Path(photo).stem, f"{kind}{suffix}").removesuffix(suffix)

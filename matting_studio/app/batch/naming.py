"""What results are called: by a template, every name once, none too long for a file system.

Templates are text with fields in braces:

    {stem}     the photo's name without its ending
    {suffix}   its ending without the dot
    {folder}   the folder that it lies in; nothing for the uppermost
    {what}     cutout, alpha, trimap, foreground or composite

A slash makes folders. The sub-folders of the input are mirrored in any case.
"""

import itertools
import os
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from matting_studio.app.batch.journal import FOLDER
from matting_studio.app.batch.recipe import Recipe, RecipeError
from matting_studio.app.export_request import ExportKind
from matting_studio.app.short_names import LONGEST_NAME_BYTES, shortened

FIELDS = ("stem", "suffix", "folder", "what")

_ATTEMPTS = 1000
_ODD_LETTERS = ':*?"<>|'

Names = Mapping[ExportKind, str]
"""Paths within the output folder, with slashes."""


@dataclass(frozen=True)
class Naming:
    names: Mapping[str, Names]
    """By the photo's name."""
    notices: tuple[str, ...]
    """Sentences about photos whose results are not called as the template says."""


def check_template(recipe: Recipe) -> None:
    """Raises RecipeError with a sentence where the template makes no names."""
    template = recipe.template
    if not template.strip():
        raise RecipeError("The template is empty, so results would have no names: write one, such as {stem}-{what}.")
    try:
        parts = [part for part in string.Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        raise RecipeError(f"The template {template} cannot be understood: {error}.") from error
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    for _, field, form, conversion in parts:
        if field not in FIELDS:
            raise RecipeError(f"The template {template} has the unknown field {{{field}}}: there are {known}.")
        if form or conversion:
            # Shortened stems would meet in one name whatever number is added to them.
            raise RecipeError(f"The template {template} wants {{{field}}} in another form: write {known} as they are.")
    odd = sorted(set(_ODD_LETTERS) & set(template))
    if odd:
        letters = " ".join(odd)
        raise RecipeError(f"The template {template} has {letters} in it, which Windows takes in no name: leave it out.")
    fields = {field for _, field, _, _ in parts}
    if "stem" not in fields:
        raise RecipeError(f"The template {template} would give all photos of a folder one name: put {{stem}} into it.")
    if "what" not in fields and len(recipe.what) > 1:
        raise RecipeError(f"The template {template} would give all results of a photo one name: put {{what}} into it.")
    if template.rpartition("/")[2].replace("{folder}", "").strip() == "":
        raise RecipeError(
            f"The template {template} would leave files without a name: put something after its last slash, such as "
            "{stem}."
        )
    # The uppermost photos lie in no folder, which makes .. of {folder}.. for them.
    for sample in (template.replace("{folder}", "folder"), template.replace("{folder}", "").lstrip("/")):
        path = PurePosixPath(sample)
        if "\\" in sample or "\0" in sample or path.is_absolute() or ".." in path.parts or path.name == "":
            raise RecipeError(f"The template {template} leads out of the output folder: use names and slashes only.")
        if FOLDER in path.parts:
            raise RecipeError(f"The template {template} leads into {FOLDER}, where the journal lies: use another name.")


def name_results(photos: Sequence[str], recipe: Recipe, taken: Iterable[str], earlier: Mapping[str, Names]) -> Naming:
    """A name for every result, so that no two are the same, on systems that take a and A for one letter as well.

    Where photos would meet in one name, as a.jpg and a.png, the first of them has it and the others get their ending
    into theirs. Who had a name in an earlier run keeps it, so names do not change when photos come to a folder.

    Args:
        photos: their names, in order.
        recipe: its kinds, ending and template.
        taken: paths within the output folder that no result may have, such as those of the photos themselves.
        earlier: names that results had before.

    Raises RecipeError.
    """
    check_template(recipe)
    used = {_key(path) for path in taken}
    names: dict[str, Names] = {}
    for photo in photos:
        before = earlier.get(photo, {})
        if not before:
            continue
        for candidate in itertools.islice(_candidates(photo, recipe), _ATTEMPTS):
            if any(before.get(what) == path for what, path in candidate.items()) and _is_free(candidate, used):
                names[photo] = candidate
                used.update(map(_key, candidate.values()))
                break
    notices: list[str] = []
    for photo in photos:
        if photo not in names:
            names[photo] = next(each for each in _candidates(photo, recipe) if _is_free(each, used))
            used.update(map(_key, names[photo].values()))
        if names[photo] != next(_candidates(photo, recipe)):
            written = ", ".join(names[photo].values())
            notices.append(f"{photo}: its first choice of name is another's, so it becomes {written}.")
    return Naming(names, tuple(notices))


def _candidates(photo: str, recipe: Recipe) -> Iterator[Names]:
    """As the template says; with the photo's ending; and that with numbers."""
    path = PurePosixPath(photo)
    ending = path.suffix.removeprefix(".").lower()
    stems = itertools.chain(
        (path.stem, f"{path.stem}_{ending}"), (f"{path.stem}_{ending}_{number}" for number in itertools.count(2))
    )
    for stem in stems:
        yield {what: _formatted(path, stem, what, recipe) for what in recipe.what}


def _formatted(path: PurePosixPath, stem: str, what: ExportKind, recipe: Recipe) -> str:
    fields = {"suffix": path.suffix.removeprefix("."), "folder": path.parent.name, "what": what.value}
    relative = recipe.template.format(stem=stem, **fields).lstrip("/") + recipe.suffix
    excess_bytes = max(len(os.fsencode(part)) for part in relative.split("/")) - LONGEST_NAME_BYTES
    if excess_bytes > 0:
        try:
            stem = shortened(stem, excess_bytes)
        except ValueError as error:
            raise RecipeError(
                f"The template {recipe.template} makes names that are too long for {path.name}."
            ) from error
        relative = recipe.template.format(stem=stem, **fields).lstrip("/") + recipe.suffix
    return str(path.parent / relative)


def _is_free(names: Names, used: set[str]) -> bool:
    return not any(_key(path) in used for path in names.values())


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()

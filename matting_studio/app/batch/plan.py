"""What is to be done, found out before anything is: names, what is there already, what stands in the way."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matting_studio.app.batch.journal import Entry, History
from matting_studio.app.batch.naming import name_results
from matting_studio.app.batch.recipe import Recipe
from matting_studio.app.batch.scan import Item
from matting_studio.app.batch.shard import Shard, share
from matting_studio.app.export_request import ExportKind
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Picture

TO_REPLACE = "have files replaced"
_NAMED = 3  # of the files that are kept


@dataclass(frozen=True)
class Wanted:
    """A result that there should be."""

    what: ExportKind
    path: str
    """Within the output folder, with slashes."""
    settings: str
    """What `Recipe.settings` says."""
    there: Fingerprint | None
    """The file that was in its place when this was planned."""


@dataclass(frozen=True, eq=False)
class Task:
    """One photo, and what is to be made of it."""

    item: Item
    to_make: tuple[Wanted, ...]
    done: tuple[Wanted, ...]
    """There, and made from the same photo with the same model and settings."""
    kept: tuple[Wanted, ...]
    """Not made, since a file is in the way that no batch made, or made of another photo."""
    last: Entry | None
    """What became of the photo in an earlier run."""

    @property
    def name(self) -> str:
        return self.item.name


@dataclass(frozen=True, eq=False)
class Plan:
    output: Path
    recipe: Recipe
    model: str
    """What `model_key` says."""
    tasks: tuple[Task, ...]
    overwrite: bool
    """Whether files are replaced that no batch made, or made of other photos."""
    to_replace: str
    """How somebody asks for that, as in "add --overwrite"."""
    notices: tuple[str, ...]
    """Sentences about what may surprise."""

    @property
    def to_do(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.to_make)

    def only(self, names: Collection[str]) -> "Plan":
        """Of these photos alone."""
        return replace(self, tasks=tuple(task for task in self.tasks if task.name in names))


def make_plan(
    items: Sequence[Item],
    recipe: Recipe,
    output: Path,
    history: History,
    model: str,
    *,
    overwrite: bool = False,
    to_replace: str = TO_REPLACE,
    shard: Shard | None = None,
) -> Plan:
    """Decide about every photo.

    Args:
        items: all photos, those of other shards too, so that all agree about names.
        recipe: what is made of each.
        output: the folder for the results.
        history: what its journals say.
        model: what `model_key` says.
        overwrite: whether files are replaced that no batch made, or made of other photos.
        to_replace: how somebody asks for that, in the words of the place where it is asked for.
        shard: the part of the photos that this run works on; None for all.

    Raises RecipeError.
    """
    recipe.check()
    photos = [item.name for item in items]
    earlier = {photo: history.paths_of(photo) for photo in photos}
    naming = name_results(photos, recipe, _inputs_within(items, recipe, output), earlier)
    tasks = []
    foreign: list[str] = []
    of_others: list[str] = []
    for item in share(items, shard):
        to_make, done, in_the_way = [], [], []
        for what, path in naming.names[item.name].items():
            file = Fingerprint.of(output / path)
            wanted = Wanted(what, path, recipe.settings(what, item.look, item.edits), file)
            if file is None:
                to_make.append(wanted)
            elif _is_made(wanted, item, file, model, history):
                done.append(wanted)
            elif overwrite:
                to_make.append(wanted)
            elif not history.is_ours(path, file):
                in_the_way.append(wanted)
                foreign.append(path)
            elif (maker := history.maker(path)) is not None and not _is_of(maker[0], item):
                in_the_way.append(wanted)
                of_others.append(path)
            else:
                to_make.append(wanted)
        last = history.last(item.name)
        if last is not None and not _is_of(last, item):
            last = None
        tasks.append(Task(item, tuple(to_make), tuple(done), tuple(in_the_way), last))
    notices = naming.notices
    if foreign:
        notices += (
            f"Files are there already that no batch made, and are kept: {_few(foreign)}. To have them made anew, "
            f"{to_replace}.",
        )
    if of_others:
        notices += (
            f"Results of other photos of the same names are there already, and are kept: {_few(of_others)}. Choose "
            f"another output folder, or {to_replace}.",
        )
    return Plan(output, recipe, model, tuple(tasks), overwrite, to_replace, notices)


def _is_made(wanted: Wanted, item: Item, file: Fingerprint, model: str, history: History) -> bool:
    maker = history.maker(wanted.path)
    if maker is None:
        return False
    entry, result = maker
    return (
        (entry.photo, entry.model) == (item.name, model)
        and (result.settings, result.file) == (wanted.settings, file)
        and entry.source is not None
        and entry.source.is_still(item.path)
    )


def _is_of(entry: Entry, item: Item) -> bool:
    """Whether an entry is about this very photo, and not about one of the same name in another folder.

    One that was moved or renamed is known by its contents.
    """
    if entry.photo == item.name and entry.folder in ("", item.folder):
        return True
    return entry.source is not None and entry.source.is_still(item.path)


def _few(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(paths[:_NAMED]) + more


def _inputs_within(items: Sequence[Item], recipe: Recipe, output: Path) -> list[str]:
    """Photos and background pictures that lie in the output folder: no result may take their place."""
    resolved = output.resolve()
    looks = (recipe.look, *(item.look for item in items if item.look is not None))
    backgrounds = {look.background.path for look in looks if isinstance(look.background, Picture)}
    folders: dict[Path, Path] = {}
    within = []
    for path in (*(item.path for item in items), *backgrounds):
        parent = path.parent
        if parent not in folders:
            folders[parent] = parent.resolve()
        places = [folders[parent] / path.name]
        if path.is_symlink():
            places.append(Path(os.path.realpath(path)))  # also of a link to itself
        within += [place.relative_to(resolved).as_posix() for place in places if place.is_relative_to(resolved)]
    return within

"""What is to be done, found out before anything is: names, what is there already, what stands in the way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matting_studio.app.batch.journal import Entry, History
from matting_studio.app.batch.naming import name_results
from matting_studio.app.batch.recipe import Recipe
from matting_studio.app.batch.scan import Item
from matting_studio.app.batch.shard import Shard
from matting_studio.app.export_request import ExportKind
from matting_studio.app.fingerprint import Fingerprint

_NAMED = 3  # of the files that are kept


@dataclass(frozen=True)
class Wanted:
    """A result that there should be."""

    what: ExportKind
    path: str
    """Within the output folder, with slashes."""
    settings: str
    """What `Recipe.settings` says."""


@dataclass(frozen=True, eq=False)
class Task:
    """One photo, and what is to be made of it."""

    item: Item
    to_make: tuple[Wanted, ...]
    done: tuple[Wanted, ...]
    """There, and made from the same photo with the same model and settings."""
    kept: tuple[Wanted, ...]
    """Not made, since a file is in the way that no batch made."""
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
    shard: Shard | None = None,
) -> Plan:
    """Decide about every photo.

    Args:
        items: all photos, those of other shards too, so that all agree about names.
        recipe: what is made of each.
        output: the folder for the results.
        history: what its journals say.
        model: what `model_key` says.
        overwrite: whether files that no batch made are replaced.
        shard: the part of the photos that this run works on; None for all.

    Raises RecipeError.
    """
    recipe.check()
    photos = [item.name for item in items]
    earlier = {photo: history.paths_of(photo) for photo in photos}
    naming = name_results(photos, recipe, _inputs_within(items, output), earlier)
    tasks = []
    kept: list[str] = []
    for item in items if shard is None else shard.of(items):
        to_make, done, in_the_way = [], [], []
        for what, path in naming.names[item.name].items():
            wanted = Wanted(what, path, recipe.settings(what, item.look, item.edits))
            file = Fingerprint.of(output / path)
            if file is None:
                to_make.append(wanted)
            elif _is_made(wanted, item, file, model, history):
                done.append(wanted)
            elif overwrite or history.is_ours(path, file):
                to_make.append(wanted)
            else:
                in_the_way.append(wanted)
        kept += [wanted.path for wanted in in_the_way]
        tasks.append(Task(item, tuple(to_make), tuple(done), tuple(in_the_way), history.last(item.name)))
    notices = naming.notices
    if kept:
        more = f" and {len(kept) - _NAMED} more" if len(kept) > _NAMED else ""
        names = ", ".join(kept[:_NAMED]) + more
        notices += (
            f"Files are there already that no batch made, and are kept: {names}. Have files replaced (--overwrite) to "
            "make them anew.",
        )
    return Plan(output, recipe, model, tuple(tasks), notices)


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


def _inputs_within(items: Sequence[Item], output: Path) -> list[str]:
    """Photos that lie in the output folder: no result may take their place."""
    resolved = output.resolve()
    folders: dict[Path, Path] = {}
    within = []
    for item in items:
        parent = item.path.parent
        if parent not in folders:
            folders[parent] = parent.resolve()
        if folders[parent].is_relative_to(resolved):
            within.append((folders[parent].relative_to(resolved) / item.path.name).as_posix())
    return within

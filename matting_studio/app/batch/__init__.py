"""Many photos, one recipe: planned before anything is done, resumed after any end, memory flat.

found = find_photos(photos, recursive=True, output=output)
with Workplace(output) as place:
    plan = make_plan(found.items, recipe, output, place.history, model_key(shipped_model(), None))
    run = BatchRun(plan, place, MattingPredictor.from_checkpoint)
    run.start()
    run.wait()
"""

from matting_studio.app.batch.fingerprint import model_key
from matting_studio.app.batch.plan import Plan, Task, make_plan
from matting_studio.app.batch.recipe import Recipe, RecipeError
from matting_studio.app.batch.report import is_report, write_report
from matting_studio.app.batch.rows import Event, Progress, Row, RowChanged, RowState, RunState, StateChanged
from matting_studio.app.batch.run import BatchRun
from matting_studio.app.batch.scan import Found, Item, find_photos, items_from_files
from matting_studio.app.batch.shard import Shard
from matting_studio.app.batch.workplace import Workplace, WorkplaceError

__all__ = [
    "BatchRun",
    "Event",
    "Found",
    "Item",
    "Plan",
    "Progress",
    "Recipe",
    "RecipeError",
    "Row",
    "RowChanged",
    "RowState",
    "RunState",
    "Shard",
    "StateChanged",
    "Task",
    "Workplace",
    "WorkplaceError",
    "find_photos",
    "is_report",
    "items_from_files",
    "make_plan",
    "model_key",
    "write_report",
]

"""All that can be done in the window, as a table of data."""

from dataclasses import dataclass
from enum import Flag, auto

from matting_studio.app.edits import Brush
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.theme import ThemeChoice


class Need(Flag):
    """What must be there before an action makes sense."""

    NOTHING = 0
    DOCUMENT = auto()
    PHOTO = auto()
    MATTE = auto()
    NEIGHBOUR = auto()
    UNDO = auto()
    REDO = auto()
    EDITS = auto()
    LOOK = auto()
    """Settings of the photo that are not the defaults."""
    ACTIVITY = auto()
    UNMATTED = auto()
    """A photo whose matting failed or was cancelled."""


@dataclass(frozen=True)
class Spec:
    """One row of the table."""

    id: str
    text: str
    menu: str
    handler: str
    """Name of the method of `Commands` that does it."""
    arguments: tuple[object, ...] = ()
    """What the handler is called with."""
    keys: tuple[str, ...] = ()
    icon: str | None = None
    need: Need = Need.NOTHING
    group: str | None = None
    """Actions of one group exclude each other, and one of them is checked."""
    separated: bool = False
    """Whether a line stands before it in its menu."""


MENUS = ("File", "Edit", "View", "Brush", "Photo", "Train", "Help")

_MODES = tuple(
    Spec(f"mode.{mode}", text, "View", "show_mode", (mode,), (str(number),), mode.value, Need.PHOTO, "mode")
    for number, (mode, text) in enumerate(
        (
            (CanvasMode.ORIGINAL, "Original"),
            (CanvasMode.TRIMAP, "Trimap"),
            (CanvasMode.ALPHA, "Alpha"),
            (CanvasMode.CUTOUT, "Cut-out"),
            (CanvasMode.COMPOSITE, "Composite"),
            (CanvasMode.OVERLAY, "Overlay"),
            (CanvasMode.SPLIT, "Split"),
        ),
        start=1,
    )
)

_THEMES = tuple(
    Spec(f"theme.{choice}", text, "View", "choose_theme", (choice,), group="theme", separated=number == 0)
    for number, (choice, text) in enumerate(
        (
            (ThemeChoice.SYSTEM, "Theme of the system"),
            (ThemeChoice.DARK, "Dark theme"),
            (ThemeChoice.LIGHT, "Light theme"),
        )
    )
)

_TOOLS = (
    Spec("tool.pan", "Move the photo", "Brush", "choose_tool", (None,), ("V", "Esc"), "pan", group="tool"),
    *(
        Spec(f"tool.{brush}", text, "Brush", "choose_tool", (brush,), (key,), f"brush_{brush}", Need.MATTE, "tool")
        for brush, text, key in (
            (Brush.FOREGROUND, "Paint foreground", "F"),
            (Brush.BACKGROUND, "Paint background", "B"),
            (Brush.UNKNOWN, "Paint unknown: solved again", "U"),
            (Brush.RESTORE, "Restore what the network said", "R"),
        )
    ),
)

SPECS: tuple[Spec, ...] = (
    Spec("open", "Open photos…", "File", "open_photos", keys=("Ctrl+O",), icon="open"),
    Spec("open_folder", "Open folder…", "File", "open_folder", keys=("Ctrl+Shift+O",), icon="folder"),
    Spec("open_sample", "Open the sample portrait", "File", "open_sample", icon="person"),
    Spec("save", "Save project", "File", "save_project", keys=("Ctrl+S",), icon="save", need=Need.PHOTO,
         separated=True),
    Spec("save_as", "Save project as…", "File", "save_project_as", keys=("Ctrl+Shift+S",), need=Need.PHOTO),
    Spec("save_whole", "Save project with its photo as…", "File", "save_whole_project_as", need=Need.PHOTO),
    Spec("export", "Quick export", "File", "quick_export", keys=("Ctrl+E",), icon="export", need=Need.MATTE,
         separated=True),
    Spec("export_as", "Export…", "File", "show_export", keys=("Ctrl+Shift+E",), icon="export", need=Need.MATTE),
    Spec("batch", "Batch: many photos at once…", "File", "show_batch", keys=("Ctrl+B",), icon="batch"),
    Spec("close", "Close photo", "File", "close_photo", keys=("Ctrl+W",), icon="close", need=Need.DOCUMENT,
         separated=True),
    Spec("close_all", "Close all photos", "File", "close_all_photos", keys=("Ctrl+Shift+W",), need=Need.DOCUMENT),
    Spec("quit", "Quit", "File", "quit", keys=("Ctrl+Q",), separated=True),

    Spec("undo", "Undo", "Edit", "undo", keys=("Ctrl+Z",), icon="undo", need=Need.UNDO),
    Spec("redo", "Redo", "Edit", "redo", keys=("Ctrl+Shift+Z", "Ctrl+Y"), icon="redo", need=Need.REDO),
    Spec("copy", "Copy the cut-out", "Edit", "copy_cutout", keys=("Ctrl+C",), icon="copy", need=Need.MATTE,
         separated=True),
    Spec("paste", "Paste a picture", "Edit", "paste", keys=("Ctrl+V",), icon="paste"),
    Spec("reset_edits", "Remove all brush strokes", "Edit", "reset_edits", icon="reset", need=Need.EDITS,
         separated=True),
    Spec("reset_look", "Reset all settings of the photo", "Edit", "reset_look", need=Need.LOOK),

    *_MODES,
    Spec("fit", "Fit to window", "View", "fit", keys=("Ctrl+F",), icon="fit", need=Need.PHOTO, separated=True),
    Spec("actual_size", "100 %", "View", "actual_size", keys=("Ctrl+0",), icon="actual_size", need=Need.PHOTO),
    Spec("zoom_in", "Zoom in", "View", "zoom_in", keys=("Ctrl++", "Ctrl+="), icon="zoom_in", need=Need.PHOTO),
    Spec("zoom_out", "Zoom out", "View", "zoom_out", keys=("Ctrl+-",), icon="zoom_out", need=Need.PHOTO),
    Spec("compare_before", "Compare with the original…", "View", "compare_with_original", icon="compare",
         need=Need.MATTE, separated=True),
    Spec("compare_model", "Compare with another model…", "View", "compare_with_model", icon="compare", need=Need.MATTE),
    *_THEMES,
    Spec("full_screen", "Full screen", "View", "toggle_full_screen", keys=("F11",), separated=True),

    *_TOOLS,
    Spec("brush_smaller", "Smaller brush", "Brush", "brush_smaller", keys=("[",), separated=True),
    Spec("brush_larger", "Larger brush", "Brush", "brush_larger", keys=("]",)),
    Spec("brush_swap", "Swap foreground and background", "Brush", "swap_brush", keys=("X",), icon="swap",
         need=Need.MATTE),

    Spec("previous", "Previous photo", "Photo", "previous_photo", keys=("A",), icon="previous", need=Need.NEIGHBOUR),
    Spec("next", "Next photo", "Photo", "next_photo", keys=("D",), icon="next", need=Need.NEIGHBOUR),
    Spec("cancel", "Cancel the running work", "Photo", "cancel", keys=("Ctrl+.",), icon="cancel", need=Need.ACTIVITY,
         separated=True),
    Spec("matte_again", "Matte again", "Photo", "matte_again", icon="matting", need=Need.UNMATTED),
    Spec("choose_model", "Choose a model…", "Photo", "choose_model", icon="model", separated=True),
    Spec("shipped_model", "Use the model that came with the program", "Photo", "use_shipped_model"),

    Spec("training", "Training…", "Train", "show_training", keys=("Ctrl+T",), icon="train"),
    Spec("learn", "Learn from my corrections", "Train", "learn_from_corrections", keys=("Ctrl+L",), icon="learn",
         need=Need.EDITS, separated=True),
    Spec("fine_tune", "Fine-tune on my photos…", "Train", "fine_tune_on_own_photos"),

    Spec("palette", "Find a command…", "Help", "show_palette", keys=("Ctrl+K",), icon="palette"),
    Spec("shortcuts", "Keyboard shortcuts", "Help", "show_shortcuts", keys=("F1", "?"), icon="keyboard"),
    Spec("about", "About and diagnostics", "Help", "show_about", icon="about", separated=True),
)  # fmt: skip

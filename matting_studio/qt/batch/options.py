"""What a batch is asked to do: photos, results, and the look of those that have none of their own."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from matting_studio.app.batch import Recipe
from matting_studio.app.batch.naming import name_results
from matting_studio.app.batch.recipe import DEFAULT_TEMPLATE, RecipeError
from matting_studio.app.export_request import ExportKind
from matting_studio.app.look import Look, Transparent
from matting_studio.app.settings import BatchSettings
from matting_studio.qt.batch.folder_line import FolderLine
from matting_studio.qt.batch.order import REPLACE_FILES
from matting_studio.qt.export_dialog import FORMATS
from matting_studio.qt.inspector.background import BackgroundSection
from matting_studio.qt.inspector.colours import ColoursSection
from matting_studio.qt.inspector.crop import CropSection
from matting_studio.qt.inspector.refine import RefineSection
from matting_studio.qt.inspector.section import InspectorSection
from matting_studio.qt.memory_limit_box import MemoryLimitBox
from matting_studio.qt.room import for_font
from matting_studio.qt.spoken import name_choice
from matting_studio.qt.wheel import leave_wheel_to_area

WIDTH_PX = 376
LARGEST_PX = 30_000
KINDS = (
    (ExportKind.CUTOUT, "Cut-out", "The person with transparency"),
    (ExportKind.COMPOSITE, "Composite", "The person before the new background"),
    (ExportKind.ALPHA, "Alpha", "How much of each pixel is the person"),
    (ExportKind.TRIMAP, "Trimap", "Background, unknown and foreground"),
    (ExportKind.FOREGROUND, "Foreground", "The person's colours without transparency"),
)


class BatchOptions(QScrollArea):
    changed = Signal()
    """What is to be done."""
    look_moved = Signal(object)
    """A Look to preview while a control moves, or None to go back."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setProperty("side", "left")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is inside takes it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(for_font(WIDTH_PX))
        self._look = Look()
        self._silent = False
        self._proposed: Path | None = None
        """Where results go as long as nobody has chosen another folder."""
        self.from_folder, self.from_strip = _choice("A folder"), _choice("Open photos")
        self.input = FolderLine("Folder with photos", "Drop a folder here")
        self.recursive = QCheckBox("With its sub-folders")
        self.output = FolderLine("Folder for the results", "Drop a folder here")
        self.overwrite = QCheckBox(REPLACE_FILES)
        self.overwrite.setToolTip("Files that a batch made are replaced in any case where settings have changed.")
        self.what = {kind: QCheckBox(text) for kind, text, _ in KINDS}
        for kind, _, tip in KINDS:
            self.what[kind].setToolTip(tip)
        self.format = QComboBox()
        self.format.setAccessibleName("Format")
        self.format.addItems([text for _, text in FORMATS])
        self.max_size = QSpinBox()
        self.max_size.setAccessibleName("Largest size")
        self.max_size.setRange(0, LARGEST_PX)
        self.max_size.setSingleStep(256)
        self.max_size.setSpecialValueText("As the photo")
        self.max_size.setSuffix(" px")
        self.max_size.setKeyboardTracking(False)
        self.max_size.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.max_size.setToolTip("Results are scaled down so that their longer side has at most so many pixels.")
        leave_wheel_to_area(self.format, self.max_size)
        self.template = QLineEdit(DEFAULT_TEMPLATE)
        self.template.setAccessibleName("Names")
        self.template.setToolTip(
            "{stem} is the photo's name, {what} the kind of result, {suffix} the photo's ending, "
            "{folder} the folder that it lies in; a slash makes folders."
        )
        self.example = _quiet("")
        self.refine, self.colours = RefineSection(), ColoursSection()
        self.background, self.crop = BackgroundSection(), CropSection()
        self._of_look = (self.background, self.crop, self.refine, self.colours)
        self.memory = MemoryLimitBox()
        name_choice(self.memory, "Memory")  # no label stands beside it here
        self.own_looks = _quiet("Each photo keeps the settings and the strokes that it has in the studio.")
        self.own_looks.setContentsMargins(16, 16, 16, 16)
        self._lay_out()
        self._connect()
        self._adapt()

    @property
    def takes_open_photos(self) -> bool:
        return self.from_strip.isChecked()

    def settings(self) -> BatchSettings:
        """What is chosen now."""
        template = self.template.text().strip()
        return BatchSettings(
            input_folder=self.input.folder,
            output_folder=self.output.folder,
            recursive=self.recursive.isChecked(),
            what=tuple(kind for kind, box in self.what.items() if box.isChecked()),
            suffix=FORMATS[self.format.currentIndex()][0],
            template=None if template == DEFAULT_TEMPLATE else template,
            max_size_px=self.max_size.value() or None,
            overwrite=self.overwrite.isChecked(),
            look=self._look,
        )

    def recipe(self, look: Look | None = None) -> Recipe:
        """What is made of each photo; with another look, while that is only looked at."""
        chosen = self.settings()
        return Recipe(
            what=chosen.what,
            suffix=chosen.suffix,
            look=Look() if self.takes_open_photos else look or chosen.look,
            max_size_px=chosen.max_size_px,
            template=DEFAULT_TEMPLATE if chosen.template is None else chosen.template,
        )

    def problem(self, open_photos: int) -> str | None:
        """Why nothing can be begun like this, as far as it is seen without asking a disk."""
        chosen = self.settings()
        if self.takes_open_photos:
            if open_photos == 0:
                return "No photo is open in the studio. Open some, or choose a folder."
        elif chosen.input_folder is None:
            return "Choose the folder with the photos, or drop it here."
        elif ExportKind.COMPOSITE in chosen.what and isinstance(chosen.look.background, Transparent):
            return "A composite needs something behind the person: choose a background, or leave composites out."
        if chosen.output_folder is None:
            return "Choose a folder for the results, or drop it onto its line."
        return None

    def show_settings(self, settings: BatchSettings) -> None:
        self._silent = True
        self.input.set_folder(settings.input_folder)
        self.output.set_folder(settings.output_folder)
        self._proposed = _beside(settings.input_folder)
        self.recursive.setChecked(settings.recursive)
        self.overwrite.setChecked(settings.overwrite)
        for kind, box in self.what.items():
            box.setChecked(kind in settings.what)
        self.format.setCurrentIndex([suffix for suffix, _ in FORMATS].index(settings.suffix))
        self.max_size.setValue(settings.max_size_px or 0)
        self.template.setText(DEFAULT_TEMPLATE if settings.template is None else settings.template)
        self._show_look(settings.look)
        self._silent = False
        self._tell()

    def take_folder(self, folder: Path) -> None:
        """Take the photos of a folder, with results beside it unless somewhere else was chosen."""
        self.from_folder.setChecked(True)
        self.input.set_folder(folder)
        if self.output.folder is None:
            self.output.set_folder(_beside(folder))

    def offer_open_photos(self, count: int) -> None:
        self.from_strip.setText(f"Open photos ({count})")
        self.from_strip.setEnabled(count > 0)
        if count == 0 and self.takes_open_photos:
            self.from_folder.setChecked(True)

    def settle(self) -> None:
        """Take at once what a control would take in a moment."""
        for section in self._of_look:
            section.settle()

    # The parts

    def _lay_out(self) -> None:
        photos, results = InspectorSection("Photos", "original"), InspectorSection("Results", "export")
        memory = InspectorSection("Memory", "devices")
        for section in (photos, results, memory):
            section.reset_button.hide()
        source = QHBoxLayout()
        source.setSpacing(4)
        group = QButtonGroup(self)
        for button in (self.from_folder, self.from_strip):
            group.addButton(button)
            source.addWidget(button)
        self.from_folder.setChecked(True)
        photos.body.addLayout(source)
        photos.body.addWidget(self.input)
        photos.body.addWidget(self.recursive)
        kinds = QGridLayout()
        kinds.setHorizontalSpacing(8)
        kinds.setVerticalSpacing(4)
        for index, box in enumerate(self.what.values()):
            kinds.addWidget(box, index // 3, index % 3)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (text, control) in enumerate(
            (("Format", self.format), ("Largest size", self.max_size), ("Names", self.template))
        ):
            label = QLabel(text)
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        grid.addWidget(self.example, 3, 1)
        results.body.addWidget(self.output)
        results.body.addLayout(kinds)
        results.body.addLayout(grid)
        results.body.addWidget(self.overwrite)
        memory.body.addWidget(self.memory)
        content = QWidget()
        content.setObjectName("inspector_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (photos, results, *self._of_look):
            column.addWidget(part)
        column.addWidget(self.own_looks)
        column.addWidget(memory)
        column.addStretch()
        self.setWidget(content)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def _connect(self) -> None:
        self.from_strip.toggled.connect(self._tell)
        self.input.changed.connect(self._propose)
        self.input.changed.connect(self._tell)
        self.output.changed.connect(self._tell)
        for box in (self.recursive, self.overwrite, *self.what.values()):
            box.toggled.connect(self._tell)
        self.format.currentIndexChanged.connect(self._tell)
        self.max_size.valueChanged.connect(self._tell)
        self.template.textChanged.connect(self._tell)
        for section in self._of_look:
            section.previewed.connect(self.look_moved)
            section.committed.connect(self._take_look)

    def _propose(self) -> None:
        """Results that went to a proposed folder go to the one that fits the photos now."""
        proposed = _beside(self.input.folder)
        if proposed is None:
            return  # the line is being written anew
        follows = self._proposed is not None and self.output.folder == self._proposed
        self._proposed = proposed
        if follows:
            self.output.set_folder(proposed)

    def _take_look(self, look: Look, _name: str) -> None:
        self._show_look(look)
        self._tell()

    def _show_look(self, look: Look) -> None:
        self._look = look
        for section in self._of_look:
            section.set_look(look)

    def _tell(self) -> None:
        self._adapt()
        if not self._silent:
            self.changed.emit()

    def _adapt(self) -> None:
        own = self.takes_open_photos
        self.input.setVisible(not own)
        self.recursive.setVisible(not own)
        for section in self._of_look:
            section.setVisible(not own)
        self.own_looks.setVisible(own)
        self.example.setText(_example(self.recipe()))


def _beside(folder: Path | None) -> Path | None:
    """Where results go unless somebody chooses; None where there is nothing beside the folder."""
    return None if folder is None or not folder.name else folder.with_name(f"{folder.name}-cutouts")


def _example(recipe: Recipe) -> str:
    """What the first result of a photo is called; nothing where it can have no name, and the window's head says why."""
    if not recipe.what:
        recipe = replace(recipe, what=(ExportKind.CUTOUT,))
    folder, photo = "team/", "team/anna.jpg"
    try:
        names = name_results([photo], recipe, taken=(), earlier={}).names[photo]
    except RecipeError:
        return ""
    return f"For example {names[recipe.what[0]].removeprefix(folder)}"


def _choice(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    button.setProperty("choice", True)
    button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
    return button


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("quiet", True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label

"""Every setting of a run as a form, made from the configuration model: what is added there appears here."""

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.training.config import (
    AugmentationConfig,
    CutoutsConfig,
    DataConfig,
    LossConfig,
    NetworkConfig,
    PhotosConfig,
    RunConfig,
    ScheduleConfig,
    Settings,
    TrainingConfig,
    ValidationConfig,
)
from matting_studio.app.training.setting import complaint_about, settings_of
from matting_studio.qt.icons import dress
from matting_studio.qt.tab_order import follow
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.folding_group import FoldingGroup
from matting_studio.qt.training.setting_row import SettingRow
from matting_studio.qt.training.stages_editor import StagesEditor

SOURCES = ("cutouts", "photos", "validation")
_CHOSEN_ELSEWHERE = {"network": ("base",), "run": ("device", "processes"), "data": SOURCES}
"""Settings that the page's other parts ask for."""
_GROUPS: tuple[tuple[str, type[Settings], str, str], ...] = (
    ("schedule", ScheduleConfig, "Schedule", "How long, on what sizes, and how fast is learnt."),
    ("loss", LossConfig, "Losses", "Weight of each loss; 0 switches it off."),
    ("augmentation", AugmentationConfig, "Augmentation",
     "How crops are made; lengths are relative to the crop, so that they fit every crop size."),
    ("network", NetworkConfig, "Network", "The network itself, and where its weights come from."),
    ("run", RunConfig, "Checkpoints and validation", "What is kept and measured meanwhile."),
    ("data", DataConfig, "Preparing crops", "What draws the crops."),
)  # fmt: skip
_OPEN = "schedule"
_FOLDER_FIELDS = ("folder", "foregrounds", "backgrounds")

Source = CutoutsConfig | PhotosConfig | ValidationConfig


class SettingsForm(QScrollArea):
    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("training_form")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls to what is focused in it
        self._rows: dict[str, list[SettingRow]] = {}
        self._source_rows: list[tuple[str, Source, list[SettingRow]]] = []
        self._groups: dict[str, FoldingGroup] = {}
        content = QWidget()
        content.setObjectName("inspector_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for name, model, title, sentence in _GROUPS:
            group = self._groups[name] = FoldingGroup(theme, title, sentence)
            rows = self._rows[name] = [
                self._row_of(setting) for setting in settings_of(model, _CHOSEN_ELSEWHERE.get(name, ()))
            ]
            for row in rows:
                group.body.addWidget(row)
            group.fold(name != _OPEN)
            column.addWidget(group)
        self._sources = self._groups["sources"] = FoldingGroup(
            theme, "Data sets", "How much of each set is drawn, and how far its alphas are to trust."
        )
        self._sources.fold(True)
        column.insertWidget(1, self._sources)
        column.addStretch()
        self.setWidget(content)

    # What is asked of it

    def show_preset(self, preset: TrainingConfig) -> None:
        """Show a preset's settings; resetting comes back to them. Announces nothing."""
        for name, rows in self._rows.items():
            group = getattr(preset, name)
            for row in rows:
                row.show_preset(getattr(group, row.setting.name))
        self.show_sources(preset.data)
        self._note_changes()

    def show_sources(self, data: DataConfig) -> None:
        """Show the settings of these data sets; what somebody changed on those that stay is kept."""
        changed = {
            (_identity(source), row.setting.name): row.value
            for _, source, rows in self._source_rows
            for row in rows
            if row.is_changed and row.problem is None
        }
        self._clear_sources()
        for kind in SOURCES:
            for source in getattr(data, kind):
                self._add_source(kind, source, changed)
        self._sources.setVisible(bool(self._source_rows))
        above = self._groups[_OPEN]
        follow(above.title, [above, self._sources])
        self._note_changes()
        dress(self._sources, self._theme.colours, self.devicePixelRatioF())

    def problem(self) -> str | None:
        """The first setting that cannot be used, and why; or why they cannot be used together."""
        for row in self._all_rows():
            if row.problem:
                return f"{row.setting.title}: {row.problem}"
        return next((sentence for _, sentence in self._problems_of_groups()), None)

    def values(self, group: str) -> dict[str, Any]:
        """The settings of a group, without those that are asked for elsewhere."""
        return {row.setting.name: row.value for row in self._rows[group]}

    def sources(self) -> dict[str, list[Source]]:
        """The data sets by kind, with their settings."""
        found: dict[str, list[Source]] = {kind: [] for kind in SOURCES}
        for kind, source, rows in self._source_rows:
            found[kind].append(source.model_copy(update={row.setting.name: row.value for row in rows}))
        return found

    def row(self, group: str, name: str) -> SettingRow:
        return next(row for row in self._rows[group] if row.setting.name == name)

    def group(self, name: str) -> FoldingGroup:
        return self._groups[name]

    def show_first_problem(self) -> None:
        """Unfold and scroll to the first setting that cannot be used, or to those that cannot be used together."""
        for group in self._groups.values():
            for row in group.findChildren(SettingRow):
                if row.problem is not None:
                    group.fold(False)
                    self.ensureWidgetVisible(row)
                    row.editor.setFocus()
                    return
        for group, _ in self._problems_of_groups():
            group.fold(False)
            self.ensureWidgetVisible(group)
            return

    # The parts

    def _row_of(self, setting: Any) -> SettingRow:
        if setting.name != "stages":
            row = SettingRow(setting)
        else:
            stages = StagesEditor()
            row = SettingRow(setting, stages)
            stages.lines_changed.connect(lambda: dress(stages, self._theme.colours, self.devicePixelRatioF()))
        row.changed.connect(self._tell)
        return row

    def _add_source(self, kind: str, source: Source, changed: dict[tuple[object, str], Any]) -> None:
        head = QLabel(source_title(source))
        head.setProperty("title", True)
        head.setContentsMargins(0, 8, 0, 0)
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setToolTip(source_places(source))
        self._sources.body.addWidget(head)
        rows = [self._row_of(setting) for setting in settings_of(type(source), _FOLDER_FIELDS)]
        for row in rows:
            name = row.setting.name
            row.show_preset(getattr(source, name))
            if (_identity(source), name) in changed:
                row.show_value(changed[_identity(source), name])
            self._sources.body.addWidget(row)
        self._source_rows.append((kind, source, rows))

    def _clear_sources(self) -> None:
        self._source_rows = []
        body = self._sources.body
        while body.count() > 1:  # the sentence stays
            body.takeAt(1).widget().deleteLater()

    def _problems_of_groups(self) -> Iterator[tuple[FoldingGroup, str]]:
        """Groups whose settings cannot be used together, such as shares of 0 throughout, and why."""
        for name, model, _, _ in _GROUPS:
            shares = name == "data"
            sentence = complaint_about(model, {**self.values(name), **(self.sources() if shares else {})})
            if sentence is not None:
                yield self._sources if shares else self._groups[name], sentence

    def _all_rows(self) -> list[SettingRow]:
        groups: Sequence[Sequence[SettingRow]] = (
            self._rows[_OPEN],
            *(rows for _, _, rows in self._source_rows),
            *(rows for name, rows in self._rows.items() if name != _OPEN),
        )
        return [row for rows in groups for row in rows]

    def _tell(self) -> None:
        self._note_changes()
        self.changed.emit()

    def _note_changes(self) -> None:
        for name, group in self._groups.items():
            rows = self._rows.get(name) or [row for _, _, rows in self._source_rows for row in rows]
            wrong = sum(row.problem is not None for row in rows)
            changed = sum(row.is_changed for row in rows)
            group.note(f"{wrong} cannot be used" if wrong else f"{changed} changed" if changed else "")


def source_title(source: Source) -> str:
    """What a person calls a data set."""
    match source:
        case ValidationConfig():
            return f"{source.name} (validation)"
        case PhotosConfig():
            return source.folder.name or str(source.folder)
        case CutoutsConfig():
            return f"{source.foregrounds.name} over {source.backgrounds.name}"


def source_places(source: Source) -> str:
    """Where it lies, a line for each folder."""
    if isinstance(source, CutoutsConfig):
        return f"{source.foregrounds}\n{source.backgrounds}"
    return str(source.folder)


def _identity(source: Source) -> tuple[object, ...]:
    """What a data set is known by, whatever its settings are."""
    return (type(source), *(getattr(source, name) for name in _FOLDER_FIELDS if hasattr(source, name)))

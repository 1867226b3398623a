"""A run is set up: what to train, on which data, from which model, on which device, with which settings."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from core.errors import MattingError
from core.training.config import DataConfig, NetworkConfig, RunConfig, TrainingConfig
from core.training.run import RunFolder
from matting_studio.app.settings import TrainingSettings
from matting_studio.app.training import launching, own_data, presets
from matting_studio.app.training.presets import Preset
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.data_check import DataCheck
from matting_studio.qt.training.doctor_view import DoctorView
from matting_studio.qt.training.estimate import Estimate
from matting_studio.qt.training.examiner import Examiner, Folders, Understood
from matting_studio.qt.training.program_question import ProgramQuestion
from matting_studio.qt.training.runner import Runner
from matting_studio.qt.training.settings_form import SettingsForm
from matting_studio.qt.training.setup_column import SetupColumn
from matting_studio.qt.training.start_bar import StartBar

PRESETS: dict[str, Callable[[DataConfig], Preset]] = {
    "fine_tune": presets.fine_tune,
    "quick_try": presets.quick_try,
    "from_scratch": presets.from_scratch,
}
_NO_DATA = "Add a folder with photos and their alphas first."


class NewRunPage(QWidget):
    started = Signal(object)
    """The Path of the run's folder."""
    settings_changed = Signal(object)
    """TrainingSettings to be remembered."""
    message = Signal(str, str)
    """Severity and a sentence."""

    def __init__(self, runner: Runner, theme: Theme, settings: TrainingSettings, own_folder: Path) -> None:
        """`own_folder` is the data set of the photos that were corrected in the studio."""
        super().__init__()
        self._runner, self._own_folder = runner, own_folder
        self._own = DataConfig()
        """The data sets that somebody pointed at."""
        self._own_count: own_data.Count | None = None
        self._misunderstood: str | None = None
        self._named_by_hand = False
        self.examiner = Examiner(self)
        self.estimate = Estimate(self)
        self._devices = ProgramQuestion(self)
        texts = [(name, preset.title, preset.sentence) for name, preset in self._presets(DataConfig()).items()]
        self.setup = SetupColumn(theme, texts)
        self.doctor, self.form = DoctorView(theme), SettingsForm(theme)
        self.check = DataCheck(self.examiner, self.doctor, self)
        self.start_bar = StartBar()
        self.check_button, self.settings_button = _tab("Check of the data"), _tab("All settings")
        self._lay_out()
        self._connect()
        self._restore(settings)

    def _lay_out(self) -> None:
        self._right = QStackedWidget()
        tabs = QHBoxLayout()
        tabs.setContentsMargins(16, 12, 16, 12)
        tabs.setSpacing(4)
        group = QButtonGroup(self)
        for button, page in ((self.check_button, self.doctor), (self.settings_button, self.form)):
            group.addButton(button)
            tabs.addWidget(button)
            self._right.addWidget(page)
            button.clicked.connect(lambda _checked, page=page: self._right.setCurrentWidget(page))
        tabs.addStretch()
        self.check_button.setChecked(True)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(tabs)
        right.addWidget(self._right, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.setup)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(self.start_bar)

    def _connect(self) -> None:
        setup, examiner, bar, estimate = self.setup, self.examiner, self.start_bar, self.estimate
        setup.preset.chosen.connect(self._apply_preset)
        setup.data.changed.connect(self._look_into_folders)
        setup.data.own_photos_wanted.connect(self.add_own_photos)
        setup.base.changed.connect(self._look_at_base)
        setup.device.changed.connect(self._review)
        setup.device.prepare_wanted.connect(self._prepare)
        examiner.understood.connect(self._take_data)
        examiner.not_understood.connect(self._refuse_data)
        examiner.width_known.connect(self._take_width)
        examiner.base_refused.connect(self._refuse_base)
        self.check.changed.connect(self._review)
        self.form.changed.connect(self._review)
        self.doctor.again_wanted.connect(self._look_again)
        self.doctor.opened.connect(self._open)
        self.doctor.folder_wanted.connect(setup.data.training.browse)
        bar.start_wanted.connect(self._start)
        bar.estimate_wanted.connect(self._estimate)
        bar.problem_wanted.connect(self._show_problem)
        bar.name.textEdited.connect(self._note_name)
        estimate.began.connect(bar.show_estimating)
        estimate.known.connect(bar.show_estimate)
        estimate.failed.connect(lambda sentence: self.message.emit("error", sentence))
        self._devices.answered.connect(self._take_devices)
        self._runner.runs_changed.connect(self._show_runs)

    def _restore(self, settings: TrainingSettings) -> None:
        self.setup.data.show_folders(Folders(settings.training_folders, settings.validation_folders))
        self.setup.device.show_choice(settings.device, 1)
        self.setup.preset.show_preset(settings.preset if settings.preset in PRESETS else next(iter(PRESETS)))
        self._apply_preset()

    # What is chosen

    def config(self) -> TrainingConfig:
        """The run as it is set up now."""
        form, device = self.form, self.setup.device
        return TrainingConfig(
            data=DataConfig(**form.sources(), **form.values("data")),
            network=NetworkConfig(base=self.setup.base.base, **form.values("network")),
            augmentation=form.values("augmentation"),
            loss=form.values("loss"),
            schedule=form.values("schedule"),
            run=RunConfig(device=device.chosen, processes=device.processes.value(), **form.values("run")),
        )

    def problem(self) -> str | None:
        """Why nothing can be started as it is set up now."""
        if not self.setup.data.training.folders:
            return _NO_DATA
        return self._misunderstood or self.form.problem() or self.setup.base.problem or self.check.problem

    def add_own_photos(self) -> None:
        """Learn from the photos that were corrected in the studio."""
        self.setup.data.training.add(self._own_folder)

    def fine_tune_on_own_photos(self) -> None:
        """Set up a fine-tune on the photos that were corrected in the studio, and on nothing else of one's own."""
        self.setup.data.show_folders(Folders((self._own_folder,)))
        self.setup.preset.show_preset("fine_tune")
        self._apply_preset()

    def wake(self) -> None:
        """The page is looked at: see what has changed meanwhile."""
        self.take_own_photos(own_data.count(self._own_folder))
        if not self.setup.device.is_known and not self._devices.is_open:
            self._devices.ask(launching.info_command())
        self._look_again()
        self._show_runs()

    @Slot(object)
    def take_own_photos(self, count: own_data.Count) -> None:
        """There are so many corrected photos now."""
        if count != self._own_count:
            self._own_count = count
            self.setup.data.offer_own_photos(count.training + count.validation)
            if self._own_folder in self.setup.data.training.folders:
                self.check.forget()
                self._look_into_folders()

    def shutdown(self, timeout_seconds: float) -> bool:
        ended = [part.shutdown(timeout_seconds) for part in (self.examiner, self.estimate, self._devices)]
        return all(ended)

    # Presets and data

    @Slot()
    def _apply_preset(self) -> None:
        """Take all settings from the preset."""
        config = self._presets(self._own)[self.setup.preset.name].config
        self.form.show_preset(config)
        self.setup.base.show_base(config.network.base)
        if not self._named_by_hand:
            self.start_bar.name.setText(f"{self.setup.preset.name.replace('_', '-')} {date.today().isoformat()}")
        self._look_at_base()
        self._look_into_folders()

    def _presets(self, own: DataConfig) -> dict[str, Preset]:
        return {name: make(own) for name, make in PRESETS.items()}

    @Slot()
    def _look_into_folders(self) -> None:
        folders = self.setup.data.folders()
        if folders.training:
            self._misunderstood = "The folders are being looked into."
            self.examiner.understand(folders)
        else:
            self._misunderstood = None
            self.setup.data.tell("")
            self.check.forget()
        self._review()

    @Slot()
    def _look_again(self) -> None:
        """Folders that were not understood may have been mended meanwhile."""
        if self._misunderstood is not None:
            self._look_into_folders()

    @Slot(object)
    def _take_data(self, understood: Understood) -> None:
        self._own, self._misunderstood = understood.data, None
        self.setup.data.tell(f"Found: {understood.layout}.")
        data = self._presets(self._own)[self.setup.preset.name].config.data
        self.form.show_sources(data)
        self.check.check(data)
        self._review()

    def _largest_crop_px(self) -> int:
        return max(stage.crop_px for stage in self.form.row("schedule", "stages").value)

    @Slot(str)
    def _refuse_data(self, sentence: str) -> None:
        self._misunderstood = sentence
        self.setup.data.tell(sentence, wrong=True)
        self.check.forget(sentence)
        self._review()

    # Base model and devices

    @Slot()
    def _look_at_base(self) -> None:
        base = self.setup.base.base
        self.form.row("network", "width").setEnabled(base is None)
        if base is not None:
            self.examiner.look_at_base(base)
        self._review()

    @Slot(object, object)
    def _take_width(self, base: Path, width: float | None) -> None:
        if base == self.setup.base.base:
            self.setup.base.tell(None)
            if width is not None:
                self.form.row("network", "width").show_value(width)
            self._review()

    @Slot(object, str)
    def _refuse_base(self, base: Path, sentence: str) -> None:
        if base == self.setup.base.base:
            self.setup.base.tell(sentence)
            self._review()

    @Slot(object)
    def _take_devices(self, answer: dict[str, dict[str, str]]) -> None:
        self.setup.device.show_devices(answer["devices"])

    @Slot()
    def _show_runs(self) -> None:
        models = [(run.name, RunFolder(run.folder).best_model) for run in self._runner.runs() if run.best is not None]
        self.setup.base.show_runs(models)
        self.start_bar.show_queue(self._runner.is_training)

    # Before the start

    @Slot()
    def _review(self) -> None:
        """See whether a training could start."""
        self.check.crop_px = self._largest_crop_px()
        problem = self.problem()
        self.start_bar.show_problem(problem, can_show=problem is not None and problem == self.form.problem())
        self.estimate.review(self.config() if problem is None else None)
        folders, device = self.setup.data.folders(), self.setup.device
        self.settings_changed.emit(
            TrainingSettings(
                preset=self.setup.preset.name,
                training_folders=folders.training,
                validation_folders=folders.validation,
                device=device.chosen,
            )
        )

    @Slot()
    def _show_problem(self) -> None:
        self.settings_button.click()
        self.form.show_first_problem()

    @Slot()
    def _note_name(self) -> None:
        self._named_by_hand = bool(self.start_bar.name.text().strip())

    @Slot()
    def _estimate(self) -> None:
        try:
            self.estimate.ask(self.config())
        except OSError as error:
            self.message.emit("error", f"The configuration cannot be written ({error.strerror or error}).")

    @Slot()
    def _start(self) -> None:
        if self.problem() is None:
            self._make(self._runner.start)

    @Slot(int)
    def _prepare(self, machines: int) -> None:
        """Make the run's folder, and copy the command that trains it under torchrun."""
        problem = self.problem()
        if problem is not None:
            self.message.emit("warning", problem)
            return
        folder = self._make(self._runner.prepare)
        if folder is not None:
            command = launching.torchrun_command(folder, self.setup.device.processes.value(), machines)
            QGuiApplication.clipboard().setText(launching.as_typed(command))
            where = "on each of the machines, HOST being the first one's name" if machines > 1 else "in a terminal"
            self.message.emit("info", f"The run {folder.name} is prepared. The command is copied: type it {where}.")

    def _make(self, begin: Callable[[TrainingConfig, str, int], Path]) -> Path | None:
        name = self.start_bar.name.text().strip() or self.setup.preset.name
        self.estimate.forget()  # it would take the device away from the run
        try:
            folder = begin(self.config(), name, self.setup.device.processes.value())
        except MattingError as error:
            self.message.emit("error", str(error))
            return None
        self._named_by_hand = False
        self.started.emit(folder)
        return folder

    @Slot(object)
    def _open(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.message.emit("warning", f"No program opens {path}. Look for it in your file manager.")


def _tab(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    button.setProperty("choice", True)
    button.setMinimumWidth(144)
    return button

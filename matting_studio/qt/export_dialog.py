"""What is exported, how, and where to; remembers what was chosen."""

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.image_io import BitDepth
from matting_studio.app.crop import crop_box
from matting_studio.app.document import Document
from matting_studio.app.edits import Box
from matting_studio.app.export import refusal
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.reach import as_typed, is_folder
from matting_studio.app.result_name import result_stem
from matting_studio.app.settings import ExportSettings
from matting_studio.qt.icons import name_icon
from matting_studio.qt.inspector.slider import InspectorSlider
from matting_studio.qt.restyle import restyle
from matting_studio.qt.sentence_label import SentenceLabel

KINDS = (
    (ExportKind.CUTOUT, "Cut-out with transparency"),
    (ExportKind.COMPOSITE, "Composite with the new background"),
    (ExportKind.ALPHA, "Alpha"),
    (ExportKind.TRIMAP, "Trimap"),
    (ExportKind.FOREGROUND, "Foreground colours without transparency"),
)
FORMATS = ((".png", "PNG"), (".tif", "TIFF"), (".webp", "WebP"), (".jpg", "JPEG"))
DEPTHS: tuple[tuple[BitDepth | None, str], ...] = ((None, "As the photo has it"), (8, "8 bit"), (16, "16 bit"))
AS_JPEG = (ExportKind.COMPOSITE, ExportKind.FOREGROUND, ExportKind.ALPHA)
CROPS = {"none": "Crop (none is set)", "person": "Crop around the person", "ratio": "Crop to the chosen ratio"}


class ExportDialog(QDialog):
    wanted = Signal(object)
    """An ExportRequest."""

    def __init__(
        self,
        parent: QWidget,
        document: Document,
        settings: ExportSettings,
        folder: Path,
        open_photos: Sequence[Path] = (),
    ) -> None:
        """`open_photos` are others that no result may replace."""
        super().__init__(parent)
        self._open_photos = open_photos
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self._document = document
        self._png_compression = settings.png_compression
        self._named = False
        self.what = _combo("What", [text for _, text in KINDS])
        self.format = _combo("Format", [text for _, text in FORMATS])
        self.depth = _combo("Bit depth", [text for _, text in DEPTHS])
        self.jpeg_quality, self.webp_quality = (
            InspectorSlider("Quality", 1, 95, tip="More is larger and better.") for _ in range(2)
        )
        self.lossless = QCheckBox("Lossless")
        self.crop = QCheckBox(CROPS[document.look.crop.kind])
        self.folder, self.name = QLineEdit(str(folder)), QLineEdit()
        self.folder.setAccessibleName("Folder")
        self.name.setAccessibleName("Name")
        browse = QPushButton("Choose…")
        browse.clicked.connect(self._browse)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        place.addWidget(browse)
        self.summary = SentenceLabel()
        self.summary.setProperty("quiet", True)
        self.summary.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.export_button, cancel = QPushButton("Export"), QPushButton("Cancel")
        self.export_button.setProperty("accent", True)
        self.export_button.setDefault(True)
        name_icon(self.export_button, "export", "on_accent")
        self.export_button.clicked.connect(self._export)
        cancel.clicked.connect(self.reject)

        self._lay_out(place, cancel)
        self._restore(settings)
        for combo in (self.what, self.format, self.depth):
            combo.currentIndexChanged.connect(self._adapt)
        for box in (self.lossless, self.crop):
            box.toggled.connect(self._adapt)
        for slider in (self.jpeg_quality, self.webp_quality):
            slider.moved.connect(self._adapt)
        self.folder.textChanged.connect(self._adapt)
        self.name.textEdited.connect(self._rename)
        self._adapt()

    def _lay_out(self, place: QHBoxLayout, cancel: QPushButton) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows = (
            ("What", self.what), ("Format", self.format), ("Bit depth", self.depth), ("", self.lossless),
            ("", self.webp_quality), ("", self.jpeg_quality), ("", self.crop), ("Folder", place), ("Name", self.name),
        )  # fmt: skip
        for row, (text, control) in enumerate(rows):
            if isinstance(control, QWidget):
                grid.addWidget(control, row, 1)
            else:
                grid.addLayout(control, row, 1)
            if text:  # an empty label would keep the room of a row that is hidden
                label = QLabel(text)
                grid.addWidget(label, row, 0)
                if isinstance(control, QWidget):
                    label.setBuddy(control)  # a combo's own name is not what screen readers say
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addWidget(self.summary)
        column.addStretch()  # what the rows of another format leave free
        column.addLayout(buttons)

    def request(self) -> ExportRequest:
        """What is chosen now; also what this format has no use for, so that it is remembered for the others."""
        settings = ExportSettings(
            what=self._kind,
            suffix=self._suffix,
            bit_depth=DEPTHS[self.depth.currentIndex()][0],
            png_compression=self._png_compression,
            jpeg_quality=round(self.jpeg_quality.value),
            webp_quality=None if self.lossless.isChecked() else round(self.webp_quality.value),
            crop=self.crop.isChecked(),
        )
        return settings.request(as_typed(self.folder.text()), self.name.text().strip())

    @property
    def _kind(self) -> ExportKind:
        return KINDS[self.what.currentIndex()][0]

    @property
    def _suffix(self) -> str:
        return FORMATS[self.format.currentIndex()][0]

    def _restore(self, settings: ExportSettings) -> None:
        self.what.setCurrentIndex([kind for kind, _ in KINDS].index(settings.what))
        suffixes = [suffix for suffix, _ in FORMATS]
        suffix = {".jpeg": ".jpg", ".tiff": ".tif"}.get(settings.suffix, settings.suffix)
        self.format.setCurrentIndex(suffixes.index(suffix))
        self.depth.setCurrentIndex([depth for depth, _ in DEPTHS].index(settings.bit_depth))
        self.lossless.setChecked(settings.webp_quality is None)
        self.jpeg_quality.set_value(settings.jpeg_quality)
        self.webp_quality.set_value(settings.webp_quality or settings.jpeg_quality)
        self.crop.setChecked(settings.crop)

    def _adapt(self) -> None:
        """Offer what fits together, propose a name, and say what will be written."""
        jpeg = self.format.findText("JPEG")
        self.format.model().item(jpeg).setEnabled(self._kind in AS_JPEG)
        if self.format.currentIndex() == jpeg and self._kind not in AS_JPEG:
            self.format.setCurrentIndex(0)
            return
        deep = self._suffix in (".png", ".tif") and self._kind is not ExportKind.TRIMAP
        self.depth.setEnabled(deep)
        self.lossless.setVisible(self._suffix == ".webp")
        self.webp_quality.setVisible(self._suffix == ".webp" and not self.lossless.isChecked())
        self.jpeg_quality.setVisible(self._suffix == ".jpg")
        self.crop.setEnabled(self._document.look.crop.kind != "none")
        if not self._named:
            self.name.setText(result_stem(self._document.name, self._kind, self._suffix))
        self._summarise()

    def _rename(self) -> None:
        self._named = True
        self._summarise()

    def _summarise(self) -> None:
        name, folder = self.name.text().strip(), as_typed(self.folder.text())
        photo = self._document.photo
        assert photo is not None
        try:
            fault = self._no_place(name, folder) or refusal(
                photo, self._document.look, self.request(), self._open_photos
            )
            sentence = fault or self._promise(folder / f"{name}{self._suffix}")
        except OSError as error:
            fault = sentence = f"No file can have this name ({error.strerror or error}). Give it another one."
        self.summary.setText(sentence)
        restyle(self.summary, quiet=fault is None, wrong=fault is not None)
        self.export_button.setEnabled(fault is None)

    def _no_place(self, name: str, folder: Path) -> str | None:
        """Why no file can be there."""
        if not name or "/" in name or "\\" in name:
            return "Give the file a name, without slashes."
        if not self.folder.text().strip():
            return "Choose a folder."
        if not is_folder(folder):
            return f"There is no folder {folder}. Choose another one."
        if not os.access(folder, os.W_OK):
            return f"Nothing may be written to {folder}. Choose another folder."
        return None

    def _promise(self, path: Path) -> str:
        """What will be written."""
        photo, alpha = self._document.photo, self._document.alpha
        assert photo is not None
        assert alpha is not None
        height, width, _ = photo.image.shape
        size = f"{width} × {height} px"
        if self.crop.isChecked() and self.crop.isEnabled():
            # The matte is refined before it is cropped, which may move the box by some pixels.
            box = crop_box(self._document.look.crop, alpha)
            inside = box.overlap(Box(0, 0, height, width)) == box
            where = f" of {size}" if inside else f", partly beyond the photo's {size}"
            size = f"About {box.right - box.left} × {box.bottom - box.top} px{where}"
        chosen = DEPTHS[self.depth.currentIndex()][0] or photo.bit_depth
        depth = chosen if self.depth.isEnabled() else 8
        replaced = " There is such a file already: it will be replaced." if path.exists() else ""
        return f"{size}, {depth} bit, as {path.name}.{replaced}"

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Choose a folder", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _export(self) -> None:
        for slider in (self.jpeg_quality, self.webp_quality):
            slider.settle()  # a button takes the keys from a box that is being typed in, but not on a Mac
        self.wanted.emit(self.request())
        self.accept()


def _combo(name: str, texts: list[str]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.addItems(texts)
    return combo

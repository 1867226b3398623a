"""Each fault of a data set is found, with its file and its severity; a sound one has none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from generated_data import person as made_person
from generated_data import photo, write, write_cutouts
from PIL import Image

from core.training.config import DataConfig
from core.training.doctor import Finding, Kind, Report, Role, SetSummary, Severity, examine


def write_photos(folder: Path, seeds: range) -> Path:
    """Photos with alphas that no other seed has; returns their root."""
    for name in ("image", "alpha"):
        (folder / name).mkdir(parents=True)
    for seed in seeds:
        image, alpha = photo(seed)
        write(folder / "image" / f"{seed}.jpg", image[..., ::-1])
        write(folder / "alpha" / f"{seed}.png", alpha)
    return folder


@pytest.fixture
def training(tmp_path: Path) -> Path:
    return write_photos(tmp_path / "photos", range(4))


@pytest.fixture
def data(tmp_path: Path, training: Path) -> DataConfig:
    """Four photos to train on and two others to measure with."""
    held_back = write_photos(tmp_path / "held_back", range(10, 12))
    return parsed(photos=[{"folder": training}], validation=[{"name": "held back", "folder": held_back}])


def parsed(**values: Any) -> DataConfig:
    return DataConfig.model_validate(values)


def examined(data: DataConfig, crop_px: int | None = None) -> Report:
    report = examine(data, crop_px=crop_px)
    assert report is not None
    return report


def only_finding(data: DataConfig) -> Finding:
    (finding,) = examined(data).findings
    return finding


def names(finding: Finding) -> list[str]:
    return [path.name for path in finding.files]


def test_a_sound_data_set_has_no_findings_and_a_line_per_set(data: DataConfig, training: Path) -> None:
    report = examined(data)
    assert report.findings == ()
    assert not report.blocks
    size = (96, 96)
    assert report.sets == (
        SetSummary(str(training), Role.TRAINING, "photos with alphas", 4, size, size, size),
        SetSummary("held back", Role.VALIDATION, "photos with alphas", 2, size, size, size),
    )


def test_sizes_are_smallest_median_and_largest_by_area(data: DataConfig, training: Path) -> None:
    for seed, size in ((0, (50, 40)), (1, (60, 200)), (2, (70, 80))):
        for path in (training / "image" / f"{seed}.jpg", training / "alpha" / f"{seed}.png"):
            write(path, cv2.resize(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), size))
    (summary, _) = examined(data).sets
    assert (summary.smallest, summary.median, summary.largest) == ((50, 40), (96, 96), (60, 200))


def test_photos_without_alpha_block(data: DataConfig, training: Path) -> None:
    (training / "alpha" / "1.png").unlink()
    finding = only_finding(data)
    assert (finding.severity, finding.kind, names(finding)) == (Severity.ERROR, Kind.MISSING_ALPHA, ["1.jpg"])
    assert examined(data).blocks
    assert examined(data).sets[0].pairs == 3


def test_alphas_without_photo_are_a_warning(data: DataConfig, training: Path) -> None:
    (training / "image" / "1.jpg").unlink()
    finding = only_finding(data)
    assert (finding.severity, finding.kind, names(finding)) == (Severity.WARNING, Kind.MISSING_IMAGE, ["1.png"])
    assert not examined(data).blocks


def test_two_files_of_one_name_are_a_guess(data: DataConfig, training: Path) -> None:
    write(training / "alpha" / "1.jpg", photo(1)[1])
    finding = only_finding(data)
    assert (finding.kind, names(finding)) == (Kind.AMBIGUOUS, ["1.jpg", "1.png"])


def test_photos_that_training_cannot_read_are_named_and_leftovers_are_not(data: DataConfig, training: Path) -> None:
    for name in ("phone.HEIC", "Thumbs.db", "._0.jpg"):
        (training / "image" / name).write_bytes(b"something")
    finding = only_finding(data)
    assert (finding.kind, names(finding)) == (Kind.NOT_READ, ["phone.HEIC"])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def no_picture(path: Path) -> None:
    path.write_text("<html>404 Not Found</html>")


@pytest.mark.parametrize("spoil", [cut_short, empty, no_picture])
@pytest.mark.parametrize("name", ["image/2.jpg", "alpha/2.png"])
def test_damaged_files_block(data: DataConfig, training: Path, name: str, spoil: Callable[[Path], None]) -> None:
    spoil(training / name)
    finding = only_finding(data)
    assert (finding.severity, finding.kind) == (Severity.ERROR, Kind.UNREADABLE)
    assert finding.files == (training / name,)
    assert finding.details == ("is damaged, cut short or no picture",)


def test_an_alpha_of_floats_is_unreadable_as_it_is_to_training(data: DataConfig, training: Path) -> None:
    (training / "alpha" / "2.png").unlink()
    Image.fromarray(photo(2)[1].astype(np.float32) / 255).save(training / "alpha" / "2.tif")
    finding = only_finding(data)
    assert finding.kind is Kind.UNREADABLE
    assert finding.details == ("holds 32-bit floats, which training does not read; save it with 8 or 16 bits",)


def test_sizes_that_differ_block_and_both_are_told(data: DataConfig, training: Path) -> None:
    write(training / "alpha" / "3.png", cv2.resize(photo(3)[1], (96, 64)))
    finding = only_finding(data)
    assert (finding.severity, finding.kind, names(finding)) == (Severity.ERROR, Kind.SIZE_DIFFERS, ["3.png"])
    assert finding.details == ("96 × 64 px, and 3.jpg is 96 × 96 px",)


def test_layers_and_trimaps_are_looked_at_too(data: DataConfig, training: Path) -> None:
    for name in ("fg", "bg", "trimap"):
        (training / name).mkdir()
    write(training / "fg" / "0.jpg", photo(0)[0])
    write(training / "bg" / "0.jpg", photo(0)[0][:50])
    (training / "trimap" / "0.png").write_bytes(b"nothing")
    found = {finding.kind: names(finding) for finding in examined(data).findings}
    assert found == {Kind.UNREADABLE: ["0.png"], Kind.SIZE_DIFFERS: ["0.jpg"]}


@pytest.mark.parametrize("size", [(90, 60), (1000, 700), (1002, 1001)])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_photo_counts_as_its_camera_turned_it(
    data: DataConfig, training: Path, size: tuple[int, int], is_turned: bool
) -> None:
    image, alpha = (cv2.resize(picture, size) for picture in photo(1))
    exif = Image.Exif()
    exif[0x0112] = 6 if is_turned else 1  # orientation: a quarter turn
    Image.fromarray(image).save(training / "image" / "1.jpg", exif=exif)
    write(training / "alpha" / "1.png", cv2.rotate(alpha, cv2.ROTATE_90_CLOCKWISE) if is_turned else alpha)
    assert examined(data).findings == ()


def hard(levels: np.ndarray) -> np.ndarray:
    return np.where(levels > 127, 255, 0).astype(np.uint8)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (hard, Kind.BINARY),
        (lambda levels: levels // 255, Kind.EMPTY),  # a mask that says 1 for a person
        (np.zeros_like, Kind.EMPTY),
        (lambda levels: np.full_like(levels, 255), Kind.FULL),
        (lambda levels: np.dstack([levels, levels, levels // 2]), Kind.NOT_GREY),
    ],
)
def test_alphas_that_are_none_block(
    data: DataConfig, training: Path, spoil: Callable[[np.ndarray], np.ndarray], kind: Kind
) -> None:
    write(training / "alpha" / "2.png", spoil(photo(2)[1]))
    finding = only_finding(data)
    assert (finding.severity, finding.kind, names(finding)) == (Severity.ERROR, kind, ["2.png"])


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda levels: levels // 2, Kind.FAINT),
        (lambda levels: levels.astype(np.uint16) * 257, Kind.SIXTEEN_BITS),
    ],
)
def test_alphas_that_are_odd_are_warned_of(
    data: DataConfig, training: Path, spoil: Callable[[np.ndarray], np.ndarray], kind: Kind
) -> None:
    cv2.imwrite(str(training / "alpha" / "2.png"), spoil(photo(2)[1]))
    finding = only_finding(data)
    assert (finding.severity, finding.kind, names(finding)) == (Severity.WARNING, kind, ["2.png"])


def test_a_hard_mask_is_binary_as_jpeg_too(data: DataConfig, training: Path) -> None:
    (training / "alpha" / "2.png").unlink()
    Image.fromarray(hard(photo(2)[1])).save(training / "alpha" / "2.jpg", quality=85)
    assert only_finding(data).kind is Kind.BINARY


@pytest.mark.parametrize("mode", ["P", "RGB", "LA", "RGBA"])
def test_grey_in_other_kinds_of_files_is_grey(data: DataConfig, training: Path, mode: str) -> None:
    Image.fromarray(photo(2)[1]).convert(mode).save(training / "alpha" / "2.png")
    assert examined(data).findings == ()


def test_one_binary_alpha_of_many_is_a_warning(data: DataConfig, training: Path) -> None:
    soft = (training / "alpha" / "0.png").read_bytes()
    for i in range(100):
        image = np.full((32, 32, 3), i, np.uint8)  # plain colours look like nothing in particular
        write(training / "image" / f"more{i}.png", cv2.resize(image, (96, 96)))
        (training / "alpha" / f"more{i}.png").write_bytes(soft)
    write(training / "alpha" / "2.png", hard(photo(2)[1]))
    finding = only_finding(data)
    assert (finding.severity, finding.kind, names(finding)) == (Severity.WARNING, Kind.BINARY, ["2.png"])


def test_cutouts_need_an_alpha_channel_with_something_in_it(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path, count=4)
    assert [f.kind for f in examined(parsed(cutouts=[folders])).findings] == [Kind.NO_VALIDATION]
    write(Path(folders["foregrounds"]) / "0.png", made_person(0)[..., :3])
    write(
        Path(folders["foregrounds"]) / "1.png", np.dstack([made_person(1)[..., :3], np.full((96, 96), 255, np.uint8)])
    )
    found = {finding.kind: names(finding) for finding in examined(parsed(cutouts=[folders])).findings}
    assert found == {Kind.NO_ALPHA_CHANNEL: ["0.png"], Kind.FULL: ["1.png"], Kind.NO_VALIDATION: []}


def test_backgrounds_shared_by_two_folders_of_cutouts_are_one_set(tmp_path: Path) -> None:
    one, other = write_cutouts(tmp_path / "one"), write_cutouts(tmp_path / "other")
    for seed in range(3):
        (Path(other["foregrounds"]) / f"{seed}.png").rename(Path(other["foregrounds"]) / f"{seed}b.png")
        write(Path(other["foregrounds"]) / f"{seed}b.png", made_person(20 + seed))
    other["backgrounds"] = one["backgrounds"]
    report = examined(parsed(cutouts=[one, other]))
    assert [chosen.layout for chosen in report.sets] == ["cut-outs", "backgrounds", "cut-outs"]
    assert [finding.kind for finding in report.findings] == [Kind.NO_VALIDATION]


def test_photos_smaller_than_a_crop_are_warned_of(data: DataConfig) -> None:
    assert examined(data, crop_px=96).findings == ()
    (finding,) = examined(data, crop_px=97).findings
    assert (finding.severity, finding.kind) == (Severity.WARNING, Kind.SMALL)
    assert names(finding) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert finding.details[0] == "96 × 96 px"


def scenery(seed: int) -> np.ndarray:
    """A photo with more in it than the ovals have: (240, 320, 3)."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(noise, (320, 240), interpolation=cv2.INTER_CUBIC)


def put_photo(root: Path, name: str, image: np.ndarray, quality: int = 95) -> Path:
    path = root / "image" / name
    Image.fromarray(image).save(path, quality=quality)
    alpha = cv2.resize(photo(0)[1], (image.shape[1], image.shape[0]))
    write(root / "alpha" / f"{path.stem}.png", alpha)
    return path


def test_a_photo_in_training_and_validation_blocks_whatever_its_size_and_format(
    data: DataConfig, training: Path, tmp_path: Path
) -> None:
    trained = put_photo(training, "same.png", scenery(0))
    put_photo(training, "other.png", scenery(1))
    held_back = [
        put_photo(tmp_path / "held_back", "small.jpg", cv2.resize(scenery(0), (160, 120)), quality=50),
        put_photo(tmp_path / "held_back", "large.webp", cv2.resize(scenery(0), (800, 600)), quality=70),
    ]
    put_photo(tmp_path / "held_back", "another.jpg", scenery(2))
    put_photo(tmp_path / "held_back", "mirrored.jpg", np.ascontiguousarray(scenery(1)[:, ::-1]))
    finding = only_finding(data)
    assert (finding.severity, finding.kind) == (Severity.ERROR, Kind.HELD_OUT_SEEN)
    assert sorted(finding.files) == sorted(held_back)
    assert set(finding.details) == {f"the same as {trained}"}


def test_the_same_person_before_the_same_wall_in_another_colour_is_another_photo(tmp_path: Path) -> None:
    # Studio portraits have like shapes and so like hashes: the colours tell them apart.
    root = write_photos(tmp_path, range(1))
    put_photo(root, "red.png", scenery(3))
    put_photo(root, "blue.png", np.ascontiguousarray(scenery(3)[..., ::-1]))
    assert Kind.REPEATED not in {finding.kind for finding in examined(parsed(photos=[{"folder": root}])).findings}


def test_a_photo_twice_in_training_is_a_warning(data: DataConfig, training: Path) -> None:
    first = put_photo(training, "a.png", scenery(0))
    put_photo(training, "b.jpg", scenery(0), quality=60)
    finding = only_finding(data)
    assert (finding.severity, finding.kind, names(finding)) == (Severity.WARNING, Kind.REPEATED, ["b.jpg"])
    assert finding.details == (f"the same as {first}",)


def test_folders_that_are_no_data_sets_are_findings(tmp_path: Path, data: DataConfig) -> None:
    (tmp_path / "nothing").mkdir()
    broken = data.model_copy(
        update={
            "photos": [*data.photos, *parsed(photos=[{"folder": tmp_path / "nothing"}]).photos],
            "cutouts": parsed(cutouts=[{"foregrounds": "missing", "backgrounds": "missing"}]).cutouts,
        }
    )
    findings = examined(broken).findings
    assert {finding.kind for finding in findings} == {Kind.NO_DATA_SET}
    assert [str(path) for finding in findings for path in finding.files] == [str(tmp_path / "nothing"), "missing"]


def test_nothing_to_train_on_is_an_error_and_comes_first(tmp_path: Path) -> None:
    report = examined(parsed())
    assert [finding.kind for finding in report.findings] == [Kind.NOTHING_TO_TRAIN, Kind.NO_VALIDATION]
    assert report.blocks


def test_progress_counts_every_file_once(data: DataConfig) -> None:
    heard: list[tuple[int, int]] = []
    examine(data, on_progress=lambda done, total: heard.append((done, total)))
    assert heard == [(done, 12) for done in range(13)]


def test_it_stops_when_asked_and_reports_nothing(data: DataConfig) -> None:
    heard: list[int] = []
    report = examine(data, on_progress=lambda done, total: heard.append(done), should_stop=lambda: len(heard) > 3)
    assert report is None
    assert heard == [0, 1, 2, 3]


def test_a_file_that_may_not_be_read_is_named(data: DataConfig, training: Path) -> None:
    (training / "image" / "0.jpg").unlink()
    (training / "image" / "0.jpg").mkdir()
    assert only_finding(data).details == ("cannot be read: Is a directory",)

"""What a crash left, opened: in the words of somebody who worked on a photo, and knows nothing of copies and their
names."""

from pathlib import Path

from matting_studio.app.places import pictures_folder
from matting_studio.app.project_file import NewerProjectError, PhotoMissingError, Project, ProjectError, read_project
from matting_studio.app.recovery import RecoveryError, RecoveryItem


def bring_back(item: RecoveryItem, photo_path: Path | None, backgrounds: Path) -> Project:
    """As `read_project`. Raises PhotoMissingError, ImageReadError, and RecoveryError for all else."""
    try:
        return read_project(item.path, photo_path, backgrounds, called=f"your work on {item.name}")
    except PhotoMissingError as error:
        # The copy lies where nobody keeps photos.
        raise PhotoMissingError(item.path, error.expected, str(error), elsewhere=pictures_folder()) from error
    except NewerProjectError as error:
        raise RecoveryError(
            f"Your work on {item.name} was kept by a newer version of Matting Studio. Update the program, then bring "
            "it back."
        ) from error
    except ProjectError as error:
        cause = error.__cause__
        if isinstance(cause, FileNotFoundError):
            # Only the program that crashed wrote there, and each that was started since offers what it left.
            raise RecoveryError(
                f"Your work on {item.name} is not kept any more: it was brought back or discarded in another window."
            ) from error
        if isinstance(cause, OSError):
            raise RecoveryError(
                f"Your work on {item.name} cannot be brought back now ({cause.strerror or cause}). It stays kept: see "
                "to that, then try again."
            ) from error
        raise RecoveryError(
            f"Your work on {item.name} cannot be brought back: what was kept of it is damaged. Discard it, then open "
            "the photo anew."
        ) from error

"""Why a training ended: what the libraries raise, as sentences with what to do."""

import contextlib
from collections.abc import Callable, Iterator

from core.causes import is_disk_full, with_causes
from core.errors import MattingError, TrainingError
from core.out_of_memory import is_out_of_memory
from core.training.run import RunFolder

_WORKER_GONE = ("exited unexpectedly", "is killed by signal")
_PROCESS_GONE = ("gloo/transport", "ncclRemoteError")
_LOST = (
    "Another process of this training ended, most often since memory ran out, or the connection to it broke: see what "
    "the log says, or lower crop_px or batch_size, then resume."
)


@contextlib.contextmanager
def explained(
    note: Callable[[str], None] = lambda reason: None, noted: Callable[[], str | None] = lambda: None
) -> Iterator[None]:
    """What the block raises is raised as a sentence, which `note` hears before; a defect stays what it is.

    Where another process has `noted` why it failed, that is the reason: of several that train together, the others fail
    since one is gone.
    """
    try:
        yield
    except Exception as error:
        told = explain(error)
        # Where nothing can be written, the note cannot be either: what is raised says why.
        with contextlib.suppress(OSError):
            first = noted()
            told = told if first is None else TrainingError(first)
            note(str(told or f"A defect of the program: {type(error).__name__}: {error}"))
        if told is None:
            raise
        raise told from error


def explain(error: Exception) -> MattingError | None:
    """The same error as a sentence that can be shown; None where it is a defect of the program."""
    # First: what a library says of a file that it could not write is no help.
    if is_disk_full(error):
        return TrainingError("The disk is full: make room, then resume.")
    if any(is_out_of_memory(each) for each in with_causes(error)):
        return TrainingError("Memory ran out: lower crop_px or batch_size of schedule.stages, then resume.")
    if isinstance(error, MattingError):
        return type(error)(sentence(error))
    ends_of_workers = [str(each) for each in with_causes(error) if tells_of_a_lost_worker(each)]
    if ends_of_workers:
        lacks_shared_memory = any("Bus error" in end for end in ends_of_workers)
        return TrainingError(
            "A process that prepares crops was killed since shared memory is full: make /dev/shm larger, that of a "
            "container with --shm-size, or set data.workers to 0, then resume."
            if lacks_shared_memory
            else "A process that prepares crops was killed, most often since memory ran out: lower data.workers, "
            "crop_px or batch_size, then resume."
        )
    if isinstance(error, OSError):
        return TrainingError(f"A file cannot be read or written: {last_line(error)}. See to it, then resume.")
    return TrainingError(_LOST) if tells_of_a_lost_process(error) else None


def note_for_others(run: RunFolder, reason: str) -> None:
    """Leave word in the run's folder why this process fails. Raises OSError.

    Not where it only lost another one: what that one failed of is the reason, or the end of the log tells more.
    """
    if reason != _LOST:
        run.note_failure(reason)


def tells_of_a_lost_worker(error: BaseException) -> bool:
    text = str(error)
    return isinstance(error, RuntimeError) and "DataLoader worker" in text and any(s in text for s in _WORKER_GONE)


def tells_of_a_lost_process(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _PROCESS_GONE)


def sentence(error: MattingError) -> str:
    return last_line(error).removeprefix(f"{type(error).__module__}.{type(error).__qualname__}: ")


def last_line(error: Exception) -> str:
    """What happened. From a worker process an error comes with its traceback as text, and ends with the message."""
    return str(error).rstrip().splitlines()[-1] if "Traceback" in str(error) else str(error)

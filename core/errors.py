"""Errors that are meant to be read: each message is a sentence that says what happened and what to do."""


class MattingError(Exception):
    """Base of every error that the program raises on purpose."""


class ImageReadError(MattingError):
    """A photo cannot be read: missing, truncated, foreign, or too large to be safe."""


class ImageWriteError(MattingError):
    """A picture cannot be written: no room, no permission, or a format that cannot hold it."""


class CheckpointError(MattingError):
    """A model file cannot be used: missing, truncated, unsafe, or of another architecture."""


class DeviceError(MattingError):
    """The device that was asked for is not there, or ran out of memory for good."""


class DatasetError(MattingError):
    """A data set cannot be trained or measured on."""


class ConfigError(MattingError):
    """A setting is unknown or has a value it cannot have."""


class TrainingError(MattingError):
    """Training cannot go on."""

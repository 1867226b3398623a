"""Which version of a package is installed."""

from importlib import metadata


def version(package: str) -> str | None:
    """None where it is not installed, as the program itself when it runs from its source folder."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None

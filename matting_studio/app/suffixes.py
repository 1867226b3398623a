"""Endings of the program's own files."""

PROJECT_SUFFIX = ".mstudio"

"""Endings of the program's own files."""

PROJECT_SUFFIX = ".mstudio"
MODEL_SUFFIXES = (".safetensors", ".pth", ".pt")

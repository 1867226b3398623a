"""`matting-studio info`: what a report of a fault should name."""

import argparse
import json
import platform
from typing import Any

import torch

from core.checkpoint import detail_weights, read_model, shipped_detail, shipped_model
from core.device import Device, available_devices, device_name, pick_device
from core.engine import openvino_compiled, torch_engine
from core.engine.choice import needs_pytorch
from core.errors import CheckpointError
from matting_studio.app.places import cache_folder, config_folder, log_folder
from matting_studio.cli.messages import DONE, tell
from matting_studio.cli.version import version

PACKAGES = ("matting-studio", "torch", "PySide6-Essentials", "openvino", "numpy", "opencv-python", "pillow")


def run(arguments: argparse.Namespace) -> int:
    device = pick_device()
    facts: dict[str, Any] = {
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "device": {
            "type": str(device),
            "name": device_name(device),
            **describe_engine(device),
            "threads": torch.get_num_threads(),
        },
        "devices": available_devices(),
        "model": describe_model(),
        "detail": describe_detail(),
        "folders": {"config": str(config_folder()), "cache": str(cache_folder()), "logs": str(log_folder())},
    }
    if arguments.json:
        print(json.dumps(facts))
        return DONE
    for title, group in facts.items():
        tell(title)
        for name, value in group.items():
            tell(f"  {name:20}{'not installed' if value is None else value}")
    return DONE


def describe_engine(device: Device) -> dict[str, str]:
    """What computes on a device, and in which precision."""
    if needs_pytorch(str(device)):
        precision = torch_engine.fastest_precision(device)
        return {"engine": "PyTorch", "precision": torch_engine.precision_name(precision)}
    return {"engine": "OpenVINO", "precision": openvino_compiled.fastest_precision()}


def describe_model() -> dict[str, Any]:
    """The shipped model, or why there is none."""
    path = shipped_model()
    try:
        model = read_model(path)
    except CheckpointError as error:
        return {"path": str(path), "error": str(error)}
    return {"path": str(path), **model.metadata, "width": model.width}


def describe_detail() -> dict[str, Any]:
    """The detail network, which is part of the program, or what is wrong with its file."""
    path = shipped_detail()
    try:
        weights = detail_weights()
    except CheckpointError as error:
        return {"path": str(path), "error": str(error)}
    return {"path": str(path), "weights": sum(values.size for values in weights.values())}

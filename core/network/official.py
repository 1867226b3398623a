"""Names of the official MTGINet release, translated into ours."""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

# Spectrally normalised convolutions are stored as NAME.module.weight_bar, .weight_u and .weight_v.
RAW, LEFT, RIGHT = ".module.weight_bar", ".module.weight_u", ".module.weight_v"

RENAMED = (
    (r"^module\.", ""),
    (r"^encoder\.layer_bottleneck\.", "encoder.layer4."),
    (r"^encoder\.shortcut\.", "encoder.rectify."),
    (r"\.(downsample|upsample)\.", ".shortcut."),
    (r"^aspp\.aspp1(_bn)?\.", r"context.point\1."),
    (r"^aspp\.aspp2(_bn)?\.", r"context.near\1."),
    (r"^aspp\.aspp3(_bn)?\.", r"context.middle\1."),
    (r"^aspp\.aspp4(_bn)?\.", r"context.far\1."),
    (r"^aspp\.aspp5(_bn)?\.", r"context.whole\1."),
    (r"^aspp\.conv2\.", "context.join."),
    (r"^aspp\.bn2\.", "context.join_bn."),
    (r"^(context\.\w+?)_bn\.", r"\1.bn."),
    (r"^(context\.\w+)\.(weight)$", r"\1.conv.\2"),
    (r"^conv_semantic\.layers\.0\.", "trimap_head."),
    (r"^decoder\.refine_OS", "decoder.head_os"),
)


def our_name(official_name: str) -> str:
    name = official_name
    for pattern, replacement in RENAMED:
        name = re.sub(pattern, replacement, name)
    return name


def is_official(state_dict: Mapping[str, Tensor]) -> bool:
    return any(name.endswith(RAW) for name in state_dict)


def translate(state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Official entries -> entries of `MTGINet`, in float32, with each spectral norm divided out.

    Raises ValueError where a raw weight lacks its singular vectors, or they do not fit it.
    """
    translated: dict[str, Tensor] = {}
    for name, tensor in state_dict.items():
        if name.endswith((LEFT, RIGHT)):
            continue
        if name.endswith(RAW):
            stem = name.removesuffix(RAW)
            translated[our_name(stem + ".weight")] = without_norm(state_dict, stem)
        else:
            translated[our_name(name)] = tensor.float() if tensor.is_floating_point() else tensor
    return translated


def without_norm(state_dict: Mapping[str, Tensor], stem: str) -> Tensor:
    """A weight with its spectral norm divided out, in float32: one stored in half precision would lose digits."""
    for part in (LEFT, RIGHT):
        if stem + part not in state_dict:
            raise ValueError(f"{stem + part} is missing")
    raw, left, right = (state_dict[stem + part] for part in (RAW, LEFT, RIGHT))
    if raw.ndim < 2 or left.shape != raw.shape[:1] or right.shape != (raw[0].numel(),):
        raise ValueError(f"{stem + RAW} has another shape than the singular vectors beside it")
    raw, left, right = (tensor.float() for tensor in (raw, left, right))
    return raw / torch.dot(left, torch.mv(raw.flatten(1), right))

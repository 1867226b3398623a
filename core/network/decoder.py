"""Decoder: from the context at H/32 gradually to the alpha at H, with an alpha at each scale on the way."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.network.blocks import ResidualBlock, UpsamplingBlock, doubling_conv

STAGE_BLOCKS = (2, 3, 3, 2)
SLOPE = 0.2


def upsampling_stage(in_channels: int, out_channels: int, blocks: int) -> nn.Sequential:
    first = UpsamplingBlock(in_channels, out_channels, nn.LeakyReLU(SLOPE))
    rest = (ResidualBlock(out_channels, out_channels, nn.LeakyReLU(SLOPE)) for _ in range(1, blocks))
    return nn.Sequential(first, *rest)


def alpha_head(in_channels: int, hidden_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, hidden_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(hidden_channels),
        nn.LeakyReLU(SLOPE),
        nn.Conv2d(hidden_channels, 1, 3, padding=1),
    )


def to_alpha(x: Tensor, size: Sequence[int]) -> Tensor:
    """Head output -> alpha in [0, 1] at `size` (height, width)."""
    if x.shape[2:] != torch.Size(size):
        x = F.interpolate(x, size=list(size), mode="bilinear", align_corners=False)
    return (torch.tanh(x) + 1) / 2


def dense(gradient: Tensor) -> Tensor:
    """A gradient whose channels lie side by side: one cut out of joined planes makes the norms behind it slow."""
    return gradient.contiguous(memory_format=torch.channels_last)


class Decoder(nn.Module):
    """Context (N, C, H/32, W/32), rectified skips and the images -> alphas (N, 1, H, W) of scales 1, 2, 4, 8."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        w2, w4, w8, w16, w32 = widths
        self.layer1 = upsampling_stage(w32, w16, STAGE_BLOCKS[0])
        self.layer2 = upsampling_stage(w16, w8, STAGE_BLOCKS[1])
        self.layer3 = upsampling_stage(w8, w4, STAGE_BLOCKS[2])
        self.layer4 = upsampling_stage(w4, w2, STAGE_BLOCKS[3])
        self.conv1, self.bn1 = doubling_conv(w2), nn.BatchNorm2d(w2)
        self.head_os1 = alpha_head(w2 + 3, w2)
        self.head_os2 = alpha_head(w2, w2)
        self.head_os4 = alpha_head(w4, w2)
        self.head_os8 = alpha_head(w8, w2)

    def features(self, context: Tensor, skips: list[Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Features at H, H/2, H/4 and H/8."""
        skip1, skip2, skip4, skip8, skip16 = skips
        x16 = self.layer1(context) + skip16
        x8 = self.layer2(x16) + skip8
        x4 = self.layer3(x8) + skip4
        x2 = self.layer4(x4) + skip2
        x1 = F.leaky_relu(self.bn1(self.conv1(x2)), SLOPE) + skip1
        return x1, x2, x4, x8

    def alpha(self, x1: Tensor, images: Tensor) -> Tensor:
        if x1.requires_grad:
            x1.register_hook(dense)  # type: ignore[no-untyped-call]
        # In the features' type: in mixed precision the images are float32, and would make all of the joined planes so.
        return to_alpha(self.head_os1(torch.cat([x1, images.to(x1.dtype)], dim=1)), images.shape[2:])

    def forward(self, context: Tensor, skips: list[Tensor], images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        size = images.shape[2:]
        x1, x2, x4, x8 = self.features(context, skips)
        return (
            self.alpha(x1, images),
            to_alpha(self.head_os2(x2), size),
            to_alpha(self.head_os4(x4), size),
            to_alpha(self.head_os8(x8), size),
        )

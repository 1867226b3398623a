"""Encoder: a ResNet-D of basic blocks, and the feature rectification (FRM) of its skip connections."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from core.network.blocks import ResidualBlock, conv3x3

STAGE_BLOCKS = (3, 4, 4, 2)


def residual_stage(in_channels: int, out_channels: int, blocks: int, stride: int) -> nn.Sequential:
    first = ResidualBlock(in_channels, out_channels, nn.ReLU(), stride)
    rest = (ResidualBlock(out_channels, out_channels, nn.ReLU()) for _ in range(1, blocks))
    return nn.Sequential(first, *rest)


def rectification(in_channels: int, out_channels: int) -> nn.Sequential:
    """FRM: twice 3x3, ReLU, norm; in this order, the norm comes last."""
    return nn.Sequential(
        conv3x3(in_channels, out_channels), nn.ReLU(), nn.BatchNorm2d(out_channels),
        conv3x3(out_channels, out_channels), nn.ReLU(), nn.BatchNorm2d(out_channels),
    )  # fmt: skip


class Encoder(nn.Module):
    """Images (N, 3, H, W) -> features at H/32, and rectified skips at H, H/2, H/4, H/8, H/16.

    `widths` are the channels at H/2, H/4, H/8, H/16 and H/32.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        w2, w4, w8, w16, w32 = widths
        self.conv1, self.bn1 = conv3x3(3, w2, stride=2), nn.BatchNorm2d(w2)
        self.conv2, self.bn2 = conv3x3(w2, w2), nn.BatchNorm2d(w2)
        self.conv3, self.bn3 = conv3x3(w2, w4, stride=2), nn.BatchNorm2d(w4)
        self.layer1 = residual_stage(w4, w4, STAGE_BLOCKS[0], stride=1)
        self.layer2 = residual_stage(w4, w8, STAGE_BLOCKS[1], stride=2)
        self.layer3 = residual_stage(w8, w16, STAGE_BLOCKS[2], stride=2)
        self.layer4 = residual_stage(w16, w32, STAGE_BLOCKS[3], stride=2)
        self.rectify = nn.ModuleList(
            [rectification(3, w2), *(rectification(width, width) for width in (w2, w4, w8, w16))]
        )

    def forward(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        x1 = F.relu(self.bn1(self.conv1(images)))
        x1 = F.relu(self.bn2(self.conv2(x1)))
        x2 = self.layer1(F.relu(self.bn3(self.conv3(x1))))
        x3 = self.layer2(x2)
        x4 = self.layer3(x3)
        skips = [rectify(x) for rectify, x in zip(self.rectify, (images, x1, x2, x3, x4), strict=True)]
        return self.layer4(x4), skips

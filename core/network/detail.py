"""The detail network: a picture and what is known of its alpha -> its alpha, strand by strand.

MTGINet says who is the person, at a size where hair is a blur. This one knows nothing of persons: it is told, and looks
for the outline near where it was told. So it is small (2.4 M weights, 38 GFLOP at 512 x 512, two fifths of MTGINet),
and works the same at any size and on any part of a photo. To refine a mask with the picture at hand, from coarse to
fine, is the idea of CascadePSP (Cheng et al., CVPR 2020); the published MTGINet has nothing of the kind.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTHS = (32, 64, 96, 128)
FINEST_WIDTH = 32
CERTAIN = 2.5
"""What the head starts from where alpha is known to be 1: (tanh + 1) / 2 of it is 0.993."""


class Convolution(nn.Sequential):
    """3x3, norm, ReLU."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Convolution(channels, channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.bn(self.conv(self.first(x))))


def residuals(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(Residual(channels) for _ in range(count)))


class Narrowing(nn.Sequential):
    """1x1, norm: features brought to a finer level's width before they are enlarged."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels))


class DetailNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        w2, w4, w8, w16 = WIDTHS
        self.down2 = nn.Sequential(Convolution(4, w2, stride=2), Convolution(w2, w2))
        self.down4 = nn.Sequential(Convolution(w2, w4, stride=2), Residual(w4))
        self.down8 = nn.Sequential(Convolution(w4, w8, stride=2), *residuals(w8, 2))
        self.down16 = nn.Sequential(Convolution(w8, w16, stride=2), *residuals(w16, 4))
        self.narrow8, self.up8 = Narrowing(w16, w8), residuals(w8, 2)
        self.narrow4, self.up4 = Narrowing(w8, w4), residuals(w4, 2)
        self.narrow2, self.up2 = Narrowing(w4, w2), residuals(w2, 2)
        self.narrow1 = Narrowing(w2, FINEST_WIDTH)
        self.up1 = nn.Sequential(Convolution(FINEST_WIDTH + 4, FINEST_WIDTH), Residual(FINEST_WIDTH))
        self.head = nn.Conv2d(FINEST_WIDTH, 1, 3, padding=1)

    def forward(self, images: Tensor, alpha: Tensor) -> Tensor:
        """(N, 3, H, W) ImageNet-normalised RGB and (N, 1, H, W) in [0, 1] -> (N, 1, H, W) in [0, 1].

        H and W are multiples of 16.
        """
        told = alpha * 2 - 1
        seen = torch.cat([images, told], dim=1)
        if images.is_contiguous(memory_format=torch.channels_last):  # a single channel has both layouts: cat is misled
            seen = seen.contiguous(memory_format=torch.channels_last)
        x2 = self.down2(seen)
        x4 = self.down4(x2)
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x = self.up8(F.relu(x8 + enlarged(self.narrow8(x16))))
        x = self.up4(F.relu(x4 + enlarged(self.narrow4(x))))
        x = self.up2(F.relu(x2 + enlarged(self.narrow2(x))))
        x = self.up1(torch.cat([enlarged(self.narrow1(x)), seen], dim=1))
        return (torch.tanh(self.head(x) + CERTAIN * told) + 1) / 2


def enlarged(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)

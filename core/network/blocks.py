"""The convolutions and residual blocks that encoder and decoder are built of."""

from torch import Tensor, nn


def conv3x3(in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)


def conv1x1(in_channels: int, out_channels: int) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, 1, bias=False)


def doubling_conv(channels: int) -> nn.ConvTranspose2d:
    """Transposed convolution that doubles height and width."""
    return nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1, bias=False)


class ResidualBlock(nn.Module):
    """3x3, norm, activation, 3x3, norm, plus the shortcut, activation; `stride` 2 halves height and width."""

    def __init__(self, in_channels: int, out_channels: int, activation: nn.Module, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = conv3x3(in_channels, out_channels, stride)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = conv3x3(out_channels, out_channels)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.activation = activation
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(2, stride), conv1x1(in_channels, out_channels), nn.BatchNorm2d(out_channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        out = self.activation(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.activation(out + self.shortcut(x))  # type: ignore[no-any-return]


class UpsamplingBlock(nn.Module):
    """A residual block that doubles height and width with a transposed convolution.

    The published shortcut enlarges, then convolves 1x1 and normalises. Repeating pixels commutes with both, so here it
    comes last, on a quarter of the pixels.
    """

    def __init__(self, in_channels: int, out_channels: int, activation: nn.Module) -> None:
        super().__init__()
        self.conv1 = doubling_conv(in_channels)
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv2 = conv3x3(in_channels, out_channels)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.activation = activation
        self.shortcut = nn.Sequential(
            nn.UpsamplingNearest2d(scale_factor=2), conv1x1(in_channels, out_channels), nn.BatchNorm2d(out_channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        out = self.activation(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        enlarge, conv, norm = self.shortcut
        return self.activation(out + enlarge(norm(conv(x))))  # type: ignore[no-any-return]

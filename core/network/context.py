"""Shape context aggregation (SCA): what is the person, seen from a wide neighbourhood."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ContextBranch(nn.Module):
    """One convolution of the pyramid with its norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int, dilation: int | None = None) -> None:
        super().__init__()
        if dilation is None:
            self.conv = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        else:
            self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=dilation, dilation=dilation, bias=False)
        self.bn = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class ShapeContext(nn.Module):
    """Atrous spatial pyramid: 1x1, three dilated 3x3 and the global average, joined by a 1x1; width is kept."""

    def __init__(self, channels: int, branch_channels: int) -> None:
        super().__init__()
        self.point = ContextBranch(channels, branch_channels)
        self.near = ContextBranch(channels, branch_channels, dilation=2)
        self.middle = ContextBranch(channels, branch_channels, dilation=4)
        self.far = ContextBranch(channels, branch_channels, dilation=8)
        self.whole = ContextBranch(channels, branch_channels)
        self.join = ContextBranch(5 * branch_channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        whole = self.whole(F.adaptive_avg_pool2d(x, 1)).expand(-1, -1, *x.shape[2:])
        branches = [self.point(x), self.near(x), self.middle(x), self.far(x), whole]
        return self.join(torch.cat(branches, dim=1))  # type: ignore[no-any-return]

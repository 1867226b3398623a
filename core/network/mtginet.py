"""The whole network: encoder, context, trimap head, decoder."""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from core.network.context import ShapeContext
from core.network.decoder import Decoder
from core.network.encoder import Encoder

STRIDE = 32
PUBLISHED_WIDTHS = (32, 64, 128, 256, 512)


class MattingOutput(NamedTuple):
    """What the network says of (N, 3, H, W) images; alphas are in [0, 1]."""

    trimap_logits: Tensor
    """(N, 3, H/16, W/16): background, unknown, foreground."""
    alpha: Tensor
    """(N, 1, H, W): the result."""
    alpha_os2: Tensor
    """(N, 1, H, W), from the features at H/2; this and the next two serve training alone."""
    alpha_os4: Tensor
    alpha_os8: Tensor


class MTGINet(nn.Module):
    """Multi-task gradual inference network.

    `width` scales all channels: 1.0 is the published network (29.6 M weights).
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        self.width = width
        widths = tuple(round(channels * width) for channels in PUBLISHED_WIDTHS)
        deepest = widths[-1]
        self.encoder = Encoder(widths)
        self.context = ShapeContext(deepest, deepest // 2)
        self.trimap_head = nn.Conv2d(deepest, 3, 3, padding=1)
        self.decoder = Decoder(widths)

    def forward(self, images: Tensor) -> MattingOutput:
        """(N, 3, H, W) float, ImageNet-normalised RGB, H and W multiples of 32.

        Raises ValueError where H or W is no multiple of 32.
        """
        trimap_logits, context, skips = self.understand(images)
        return MattingOutput(trimap_logits, *self.decoder(context, skips, images))

    def infer(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The trimap logits and the alpha of `forward`, without the heads that only training needs."""
        trimap_logits, context, skips = self.understand(images)
        finest, *_ = self.decoder.features(context, skips)
        return trimap_logits, self.decoder.alpha(finest, images)

    def understand(self, images: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Trimap logits, context at H/32, and the rectified skips."""
        height, width = images.shape[2:]
        if height % STRIDE or width % STRIDE:
            raise ValueError(f"Images of {height} x {width} do not fit: pad height and width to multiples of {STRIDE}.")
        features, skips = self.encoder(images)
        context = self.context(features)
        enlarged = F.interpolate(context, scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.trimap_head(enlarged), context, skips

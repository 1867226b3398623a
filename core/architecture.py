"""What a file with weights of MTGINet holds: names and shapes, known without PyTorch and without building the network.

Numbers and names are those of `core.network`; a test holds them together.
"""

STRIDE = 32
"""Heights and widths are multiples of it: the network halves them five times."""
WIDTHS = (32, 64, 128, 256, 512)
"""Channels at H/2 to H/32 of the published network."""
ENCODER_BLOCKS = (3, 4, 4, 2)
DECODER_BLOCKS = (2, 3, 3, 2)

DETAIL_STRIDE = 16
"""The same of the detail network."""
DETAIL_TILE_PX = 768
"""Longest side of what it is given at once. What is hardly larger is one tile: several would overlap, and see more in
all than the whole has."""
DETAIL_CERTAIN = 2.5
"""What the detail network's head starts from where alpha is known to be 1: (tanh + 1) / 2 of it is 0.993."""

Shapes = dict[str, tuple[int, ...]]


def entries(width: float) -> Shapes:
    """The shape of each entry, batch norm's counters left out, of the network with `width` times the channels."""
    widths = [round(channels * width) for channels in WIDTHS]
    deepest = widths[-1]
    shapes: Shapes = {}
    _encoder(shapes, widths)
    _context(shapes, deepest, deepest // 2)
    shapes["trimap_head.weight"], shapes["trimap_head.bias"] = (3, deepest, 3, 3), (3,)
    _decoder(shapes, widths)
    return shapes


def _encoder(shapes: Shapes, widths: list[int]) -> None:
    first, second = widths[0], widths[1]
    for number, (before, after) in enumerate([(3, first), (first, first), (first, second)], 1):
        shapes[f"encoder.conv{number}.weight"] = (after, before, 3, 3)
        _norm(shapes, f"encoder.bn{number}", after)
    channels = second
    for stage, (blocks, out) in enumerate(zip(ENCODER_BLOCKS, widths[1:], strict=True), 1):
        first_block = _residual if stage == 1 else _halving
        first_block(shapes, f"encoder.layer{stage}.0", channels, out)
        for block in range(1, blocks):
            _residual(shapes, f"encoder.layer{stage}.{block}", out, out)
        channels = out
    for number, (before, after) in enumerate([(3, first), *((channels, channels) for channels in widths[:-1])]):
        for place, inner in ((0, before), (3, after)):
            shapes[f"encoder.rectify.{number}.{place}.weight"] = (after, inner, 3, 3)
            _norm(shapes, f"encoder.rectify.{number}.{place + 2}", after)


def _context(shapes: Shapes, channels: int, branch: int) -> None:
    kernels = {"point": 1, "near": 3, "middle": 3, "far": 3, "whole": 1}
    for name, kernel in kernels.items():
        shapes[f"context.{name}.conv.weight"] = (branch, channels, kernel, kernel)
        _norm(shapes, f"context.{name}.bn", branch)
    shapes["context.join.conv.weight"] = (channels, len(kernels) * branch, 1, 1)
    _norm(shapes, "context.join.bn", channels)


def _decoder(shapes: Shapes, widths: list[int]) -> None:
    finest = widths[0]
    for stage, (blocks, before, after) in enumerate(zip(DECODER_BLOCKS, widths[:0:-1], widths[-2::-1], strict=True), 1):
        _doubling(shapes, f"decoder.layer{stage}.0", before, after)
        for block in range(1, blocks):
            _residual(shapes, f"decoder.layer{stage}.{block}", after, after)
    shapes["decoder.conv1.weight"] = (finest, finest, 4, 4)
    _norm(shapes, "decoder.bn1", finest)
    for scale, channels in ((1, finest + 3), (2, finest), (4, widths[1]), (8, widths[2])):
        head = f"decoder.head_os{scale}"
        shapes[f"{head}.0.weight"] = (finest, channels, 3, 3)
        _norm(shapes, f"{head}.1", finest)
        shapes[f"{head}.3.weight"], shapes[f"{head}.3.bias"] = (1, finest, 3, 3), (1,)


def _residual(shapes: Shapes, name: str, before: int, after: int) -> None:
    shapes[f"{name}.conv1.weight"], shapes[f"{name}.conv2.weight"] = (after, before, 3, 3), (after, after, 3, 3)
    _norm(shapes, f"{name}.bn1", after)
    _norm(shapes, f"{name}.bn2", after)


def _halving(shapes: Shapes, name: str, before: int, after: int) -> None:
    _residual(shapes, name, before, after)
    _shortcut(shapes, name, before, after)


def _doubling(shapes: Shapes, name: str, before: int, after: int) -> None:
    shapes[f"{name}.conv1.weight"], shapes[f"{name}.conv2.weight"] = (before, before, 4, 4), (after, before, 3, 3)
    _norm(shapes, f"{name}.bn1", before)
    _norm(shapes, f"{name}.bn2", after)
    _shortcut(shapes, name, before, after)


def _shortcut(shapes: Shapes, name: str, before: int, after: int) -> None:
    shapes[f"{name}.shortcut.1.weight"] = (after, before, 1, 1)
    _norm(shapes, f"{name}.shortcut.2", after)


def _norm(shapes: Shapes, name: str, channels: int) -> None:
    for part in ("weight", "bias", "running_mean", "running_var"):
        shapes[f"{name}.{part}"] = (channels,)

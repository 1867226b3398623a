"""What is known of the network without PyTorch is what the network is."""

import pytest
import torch

from core.architecture import STRIDE, entries
from core.network import MTGINet, mtginet


@pytest.mark.parametrize("width", [1.0, 0.125, 0.37])
def test_entries_and_shapes_are_those_of_the_network(width: float) -> None:
    with torch.device("meta"):
        state = MTGINet(width).state_dict()
    assert entries(width) == {name: tuple(t.shape) for name, t in state.items() if "num_batches_tracked" not in name}


def test_the_stride_is_that_of_the_network() -> None:
    assert mtginet.STRIDE == STRIDE

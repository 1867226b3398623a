"""The mean of models' weights."""

import numpy as np
import pytest

from core.checkpoint import ModelFile
from core.errors import CheckpointError
from core.model_mean import mean_of_models


def model(value: float, width: float = 1.0, **metadata: str) -> ModelFile:
    return ModelFile({"layer": np.full((2, 3), value, dtype=np.float32)}, width, metadata)


def test_the_mean_is_in_proportion_to_the_parts() -> None:
    mean = mean_of_models([model(1.0), model(5.0)], [3, 1])

    assert mean.weights["layer"].dtype == np.float32
    np.testing.assert_allclose(mean.weights["layer"], 2.0)


def test_it_recommends_the_first_models_working_size() -> None:
    mean = mean_of_models([model(1.0, size_px="352"), model(2.0, size_px="512")], [1, 1])

    assert mean.metadata["size_px"] == "352"


def test_networks_of_different_widths_have_no_mean() -> None:
    with pytest.raises(CheckpointError, match=r"different widths have no mean \(1, 0.5\)"):
        mean_of_models([model(1.0), model(1.0, width=0.5)], [1, 1])


@pytest.mark.parametrize("parts", [[1], [1, 1, 1], [1, 0], [1, -1], [1, float("nan")], [1, float("inf")]])
def test_each_model_needs_a_part(parts: list[float]) -> None:
    with pytest.raises(ValueError, match="needs a part above 0"):
        mean_of_models([model(1.0), model(2.0)], parts)

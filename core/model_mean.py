"""The mean of several models' weights.

Models that went on from one another keep what they learned apart when their weights are averaged, and forget less of
what came before than the last of them (model soups, Wortsman et al. 2022, arXiv:2203.05482). Of networks that were
trained from different beginnings the mean is no network that works.
"""

from collections.abc import Sequence

import numpy as np

from core.checkpoint import ModelFile, Weights
from core.errors import CheckpointError


def mean_of_models(models: Sequence[ModelFile], parts: Sequence[float]) -> ModelFile:
    """The mean of the weights, in proportion to `parts`; it recommends the first model's working size.

    Raises as `mean_of_weights`, and CheckpointError where the models differ in width.
    """
    if any(model.width != models[0].width for model in models):
        widths = ", ".join(f"{model.width:g}" for model in models)
        raise CheckpointError(f"Networks of different widths have no mean ({widths}): choose models of one width.")
    weights = mean_of_weights([model.weights for model in models], parts)
    first = models[0]
    metadata = {"source": "mean of models"}
    if "size_px" in first.metadata:
        metadata["size_px"] = first.metadata["size_px"]
    return ModelFile(weights, first.width, metadata)


def mean_of_weights(all_weights: Sequence[Weights], parts: Sequence[float]) -> Weights:
    """The mean of weights of one and the same network, float32, in proportion to `parts`.

    Raises ValueError where there is not one part above 0 for each.
    """
    if not all_weights or len(all_weights) != len(parts) or not all(0 < part < np.inf for part in parts):
        raise ValueError(f"Each model needs a part above 0: {len(all_weights)} models, {list(parts)}.")
    shares = np.divide(parts, np.sum(parts), dtype=np.float64)
    return {
        name: sum(share * weights[name] for share, weights in zip(shares, all_weights, strict=True)).astype(np.float32)
        for name in all_weights[0]
    }

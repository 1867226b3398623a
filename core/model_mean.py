"""The mean of several models' weights.

Models that went on from one another keep what they learned apart when their weights are averaged, and forget less of
what came before than the last of them (model soups, Wortsman et al. 2022, arXiv:2203.05482). Of networks that were
trained from different beginnings the mean is no network that works.
"""

from collections.abc import Sequence

import numpy as np

from core.checkpoint import ModelFile
from core.errors import CheckpointError


def mean_of_models(models: Sequence[ModelFile], parts: Sequence[float]) -> ModelFile:
    """The mean of the weights, in proportion to `parts`; it recommends the first model's working size.

    Raises CheckpointError where the models differ in width, ValueError where there is not one part above 0 for each.
    """
    if not models or len(models) != len(parts) or not all(0 < part < np.inf for part in parts):
        raise ValueError(f"Each model needs a part above 0: {len(models)} models, {list(parts)}.")
    first = models[0]
    if any(model.width != first.width for model in models):
        widths = ", ".join(f"{model.width:g}" for model in models)
        raise CheckpointError(f"Networks of different widths have no mean ({widths}): choose models of one width.")
    shares = np.divide(parts, np.sum(parts), dtype=np.float64)
    weights = {
        name: sum(share * model.weights[name] for share, model in zip(shares, models, strict=True)).astype(np.float32)
        for name in first.weights
    }
    metadata = {"source": "mean of models"}
    if "size_px" in first.metadata:
        metadata["size_px"] = first.metadata["size_px"]
    return ModelFile(weights, first.width, metadata)

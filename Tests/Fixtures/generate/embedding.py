"""Golden values for what needs no labels: the contrastive loss from PyTorch, exact t-SNE from scikit-learn.

    python embedding.py     writes ../Golden/embedding.json

The points are the first 60 test signals of the default dataset, in single precision.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
import torch
from derivatives import listed
from mnist1d.data import get_dataset_args, make_dataset
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"


def nt_xent(z, temperature):
    """SimCLR's loss, example by example: rows i and i + n are two views."""
    n = len(z) // 2
    cosines = F.cosine_similarity(z[:, None], z[None], dim=2) / temperature
    losses = []
    for i in range(2 * n):
        partner = (i + n) % (2 * n)
        others = torch.cat([cosines[i, :i], cosines[i, i + 1 :]])
        losses.append(torch.logsumexp(others, 0) - cosines[i, partner])
    return torch.stack(losses).mean()


def contrastive(examples, dimensions, temperature):
    z = torch.randn(2 * examples, dimensions, dtype=torch.float32).double().requires_grad_()
    loss = nt_xent(z, temperature)
    (gradient,) = torch.autograd.grad(loss, z)
    return {
        "temperature": temperature,
        "input": listed(z),
        "loss": loss.item(),
        "gradient": listed(gradient),
    }


def tsne(x, perplexity):
    distances = pairwise_distances(x, metric="sqeuclidean")
    affinities = _joint_probabilities(distances, perplexity, 0)
    start = (1e-2 * np.random.RandomState(0).randn(len(x), 2)).astype("float32")
    model = TSNE(perplexity=perplexity, method="exact", init=start, max_iter=1000, learning_rate="auto")
    model.fit(x)
    return {
        "perplexity": perplexity,
        "affinities": [float(f"{p:.8g}") for p in affinities],
        "start": start.flatten().tolist(),
        "divergence": float(model.kl_divergence_),
    }


def classifiers(raw):
    neighbors = KNeighborsClassifier(n_neighbors=10).fit(raw["x"], raw["y"])
    probe = make_pipeline(StandardScaler(), LogisticRegression(tol=1e-8, max_iter=10000))
    probe.fit(raw["x"], raw["y"])
    return {
        "neighbors": 100 * neighbors.score(raw["x_test"], raw["y_test"]),
        "probe": 100 * probe.score(raw["x_test"], raw["y_test"]),
    }


def main():
    torch.manual_seed(42)
    raw = make_dataset(get_dataset_args())
    x = raw["x_test"][:60].astype("float32")
    result = {
        "sklearn": sklearn.__version__,
        "torch": torch.__version__,
        "contrastive": [contrastive(4, 5, 0.5), contrastive(1, 3, 1.0), contrastive(9, 2, 0.1)],
        "tsne": tsne(x, 10.0),
        "classifiers": classifiers(raw),
    }
    (GOLDEN / "embedding.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

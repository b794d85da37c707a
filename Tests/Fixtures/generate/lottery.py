"""Golden masks of lottery tickets, from PyTorch with the draws of the MNIST-1D authors' search.

    python lottery.py      writes ../Golden/lottery.json and ../Golden/ticket.safetensors

A mask is given by the SHA-256 of its bits, weights before biases and layer after layer, as numpy.packbits packs them.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from networks import MLP, data
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune

GOLDEN = Path(__file__).parent.parent / "Golden"
LAYERS = ("linear1", "linear2", "linear3")


def layers(model):
    """The parameters of each layer as one vector."""
    return [torch.cat([p.detach().flatten() for p in getattr(model, name).parameters()]) for name in LAYERS]


def mask(scores, sparsity):
    """Zeros for the int(sparsity · n) lowest of a layer's scores."""
    ones = torch.ones_like(scores)
    ones[torch.sort(scores, stable=True)[1][: int(sparsity * len(scores))]] = 0
    return ones


def bits(masks):
    return np.packbits(torch.cat(masks).numpy().astype(np.uint8))


def digest(masks):
    return hashlib.sha256(bits(masks).tobytes()).hexdigest()


def pruned_at_random(hidden, seed, rounds, schedule):
    """Initial weights, then noise for one layer after another, anew for every sparsity."""
    torch.manual_seed(seed)
    sizes = [len(vector) for vector in layers(MLP(hidden))]
    return [digest([mask(torch.rand(n), schedule[k]) for n in sizes]) for k in range(rounds)]


def pruned_by_magnitude(hidden, seed, sparsities):
    torch.manual_seed(seed)
    vectors = layers(MLP(hidden))
    return [{"sparsity": s, "sha256": digest([mask(v.abs(), s) for v in vectors])} for s in sparsities]


def first_pruning(hidden, seed, steps, sparsity, x, y):
    """The mask after a short training, where no score lies so near the cut that a rounding could decide."""
    torch.manual_seed(seed)
    model = MLP(hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    for step in range(steps):
        start = step * 100 % len(x)
        loss = nn.functional.cross_entropy(model(x[start : start + 100]), y[start : start + 100])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scores = [vector.abs() for vector in layers(model)]
    for vector in scores:
        ordered, cut = torch.sort(vector)[0], int(sparsity * len(vector))
        assert ordered[cut] - ordered[cut - 1] > 1e-5, "a rounding could change this mask"
    return {
        "hidden": hidden, "seed": seed, "steps": steps, "sparsity": sparsity,
        "sha256": digest([mask(vector, sparsity) for vector in scores]),
    }  # fmt: skip


def equal_scores():
    """Few different values, so that most cuts fall between equal ones."""
    generator = torch.Generator().manual_seed(5)
    scores = torch.randint(-1, 2, (12,), generator=generator).float() * 0.5
    return {"scores": scores.tolist(), "masks": [mask(scores, k / 12).tolist() for k in range(13)]}


def ticket(x):
    """A pruned network as PyTorch saves it, and its scores on the first eight test signals."""
    torch.manual_seed(7)
    model = MLP(17)
    for layer in (getattr(model, name) for name in LAYERS):
        flat = mask(torch.cat([layer.weight.detach().flatten(), layer.bias.detach()]).abs(), 0.6)
        prune.custom_from_mask(layer, "weight", flat[: layer.weight.numel()].reshape(layer.weight.shape))
        prune.custom_from_mask(layer, "bias", flat[-layer.bias.numel() :])
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, GOLDEN / "ticket.safetensors")
    return model(x[:8]).detach().flatten().tolist()


def main():
    torch.set_num_threads(1)
    x, y, x_test = data()
    schedule = np.linspace(0, 1.0, 100)
    result = {
        "torch": torch.__version__,
        "prunedCounts": [[int(s * n) for n in (20_500, 250_500, 5010)] for s in schedule],
        "random": pruned_at_random(500, 42, 3, schedule),
        "magnitude": pruned_by_magnitude(500, 43, [float(schedule[k]) for k in (1, 50, 91, 99)]),
        "firstPruning": first_pruning(20, 42, 10, float(schedule[50]), x, y),
        "equalScores": equal_scores(),
        "ticketScores": ticket(x_test),
    }
    (GOLDEN / "lottery.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

"""Gradients of the learning-rate study's outer objective, from PyTorch with create_graph=True.

    python metalearn_lr.py        writes ../Golden/metalearn_lr.json
"""

import json
from pathlib import Path

import torch
from mnist1d.data import get_dataset_args, make_dataset
from torch import nn
from torch.nn.functional import cross_entropy

GOLDEN = Path(__file__).parent.parent / "Golden"
BATCH = 50


def weights(dtype):
    torch.manual_seed(42)
    layers = [nn.Linear(40, 50), nn.Linear(50, 10)]
    return [p.detach().to(dtype) for layer in layers for p in layer.parameters()]


def scores(w, x):
    return torch.tanh(x @ w[0].T + w[1]) @ w[2].T + w[3]


def train(start, rates, x, y, steps):
    """The mean of the losses before each update; `rates` holds one number or one per step."""
    w = [p.requires_grad_() for p in start]
    losses = []
    for step in range(steps):
        rows = slice(step * BATCH % len(x), step * BATCH % len(x) + BATCH)
        loss = cross_entropy(scores(w, x[rows]), y[rows])
        losses.append(loss)
        slopes = torch.autograd.grad(loss, w, create_graph=True)
        rate = rates[step] if len(rates) > 1 else rates[0]
        w = [p - rate * g for p, g in zip(w, slopes)]
    return torch.stack(losses).mean(), losses[-1]


def case(data, dtype, rate, steps, schedule):
    x, y = torch.tensor(data["x"], dtype=torch.float32).to(dtype), torch.tensor(data["y"])
    start = weights(dtype)
    rates = torch.full((steps if schedule else 1,), rate, dtype=dtype, requires_grad=True)
    objective, final = train(start, rates, x, y, steps)
    slopes = torch.autograd.grad(objective, [rates, *start], materialize_grads=True)
    return {
        "objective": objective.item(),
        "final": final.item(),
        "rates": slopes[0].tolist(),
        "norms": [slope.norm().item() for slope in slopes[1:]],
        "bias": slopes[4].tolist(),
    }


def main():
    data = make_dataset(get_dataset_args())
    cases = []
    for steps in [1, 10, 100, 200]:
        for rate in [0.15, 0.62]:
            for schedule in [False, True] if steps == 10 else [False]:
                cases.append(
                    {
                        "steps": steps,
                        "rate": rate,
                        "float32": case(data, torch.float32, rate, steps, schedule),
                        "float64": case(data, torch.float64, rate, steps, schedule),
                    }
                )
    (GOLDEN / "metalearn_lr.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()

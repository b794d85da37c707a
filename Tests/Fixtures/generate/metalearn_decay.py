"""Derivatives of a held-out loss with respect to the logarithms of learning rates and weight decays, from PyTorch.

    python metalearn_decay.py        writes ../Golden/metalearn_decay.json
"""

import json

import torch
from metalearn_lr import BATCH, GOLDEN, scores, weights
from mnist1d.data import get_dataset_args, make_dataset
from torch.nn.functional import cross_entropy

TRAINING, HELD_OUT = slice(0, 1000), slice(1000, 1500)


def train(w, log_rates, log_decays, x, y, steps):
    """The weights after some steps of SGD with weight decay; one rate and decay, or one for each of two layers."""
    rates, decays = log_rates.exp(), log_decays.exp()
    for step in range(steps):
        rows = slice(step * BATCH % len(x), step * BATCH % len(x) + BATCH)
        slopes = torch.autograd.grad(cross_entropy(scores(w, x[rows]), y[rows]), w, create_graph=True)
        layers = [place // 2 % len(rates) for place in range(4)]
        w = [p - rates[n] * (g + decays[n] * p) for p, g, n in zip(w, slopes, layers)]
    return w


def case(data, dtype, rate, decay, steps, layers):
    x, y = torch.tensor(data["x"], dtype=torch.float32).to(dtype), torch.tensor(data["y"])
    start = [p.requires_grad_() for p in weights(dtype)]
    logs = [torch.full((layers,), n, dtype=dtype).log().requires_grad_() for n in [rate, decay]]
    w = train(start, *logs, x[TRAINING], y[TRAINING], steps)
    loss = cross_entropy(scores(w, x[HELD_OUT]), y[HELD_OUT])
    rates, decays = torch.autograd.grad(loss, logs)
    return {"loss": loss.item(), "rates": rates.tolist(), "decays": decays.tolist()}


def main():
    data = make_dataset(get_dataset_args())
    cases = []
    for steps in [1, 10, 100, 1000]:
        for layers in [1, 2]:
            setting = {"steps": steps, "layers": layers, "rate": 0.3, "decay": 0.01}
            values = case(data, torch.float64, 0.3, 0.01, steps, layers)
            cases.append(setting | values)
    (GOLDEN / "metalearn_decay.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Golden values for the published recipe of contrastive learning: first views and first losses, from PyTorch.

    python contrastive.py     writes ../Golden/contrastive.json

Settings: the authors' notebook on self-supervised learning (7878d96), cells 6 to 18, with the seed 42.
"""

import json
from pathlib import Path

import numpy as np
import torch
from mnist1d.data import get_dataset_args, make_dataset
from torch import nn
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"
STEPS = 8


def view(signals):
    """Signals without mean and slope, rotated by up to 9 points, with another slope and offset."""
    count, length = signals.shape
    t = torch.arange(length) - (length - 1) / 2
    slopes = (signals * t).sum(1, keepdim=True) / (t**2).sum()
    level = signals - signals.mean(1, keepdim=True) - slopes * t
    shifts = np.random.randint(0, 10, size=(count,))
    rotated = torch.stack([torch.roll(row, int(shift)) for row, shift in zip(level, shifts)])
    slopes = torch.normal(0, 0.04, size=(count, 1))
    offsets = torch.normal(0, 0.3, size=(count, 1))
    return rotated + slopes * t + offsets


class Network(nn.Module):
    def __init__(self, head):
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv1d(1, 25, 5, stride=2, padding=1), nn.ReLU(),
            nn.Conv1d(25, 25, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv1d(25, 25, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(),
        )
        self.head = nn.ModuleList(nn.Linear(a, b) for a, b in zip([125] + head, head))

    def forward(self, x):
        h = self.convolutions(x[:, None])
        for index, linear in enumerate(self.head):
            h = linear(h) if index == len(self.head) - 1 else linear(h).relu()
        return h


def first_steps(signals, head):
    np.random.seed(42)
    torch.manual_seed(42)
    network = Network(head)
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    order = np.random.permutation(len(signals))
    views, losses = [], []
    for step in range(STEPS):
        batch = signals[order[step * 100 : (step + 1) * 100]]
        pair = [view(batch), view(batch)]
        views.append(pair)
        queries, keys = (F.normalize(network(v)) for v in pair)
        loss = F.cross_entropy(queries @ keys.T / 0.5, torch.arange(len(batch)))
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return views, losses


def main():
    signals = torch.tensor(make_dataset(get_dataset_args())["x"], dtype=torch.float32)
    runs = {name: first_steps(signals, head) for name, head in [
        ("self-supervised", [125, 16]), ("no-head", []), ("deep-head", [125, 125, 125, 16]),
    ]}
    views = runs["self-supervised"][0]
    result = {
        "torch": torch.__version__,
        # The last two signals of the first batch and of the last one here, in both views.
        "views": [[float(f"{x:.7g}") for x in v[-2:].flatten()] for pair in (views[0], views[-1]) for v in pair],
        "losses": {name: losses for name, (_, losses) in runs.items()},
    }
    (GOLDEN / "contrastive.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

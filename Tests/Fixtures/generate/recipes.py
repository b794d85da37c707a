"""Golden losses of whole trainings, from PyTorch: shuffled batches, optimizer, schedule, clipping and smoothed labels
together.

    python recipes.py       writes ../Golden/recipes.json
"""

import json
import warnings
from pathlib import Path

import torch
from torch import nn
from torch.optim import lr_scheduler as schedulers
from torch.utils.data import DataLoader, TensorDataset

GOLDEN = Path(__file__).parent.parent / "Golden"
warnings.filterwarnings("ignore", category=UserWarning)
STEPS = 30


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1, self.linear2, self.linear3 = nn.Linear(40, 100), nn.Linear(100, 100), nn.Linear(100, 10)

    def forward(self, x):
        h = self.linear1(x).relu()
        return self.linear3(h + self.linear2(h).relu())


RECIPES = {
    "sgd": (
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda o: schedulers.StepLR(o, step_size=10, gamma=0.5),
        nn.CrossEntropyLoss(label_smoothing=0.1),
        0.5,
    ),
    "rmsprop": (
        lambda p: torch.optim.RMSprop(p, lr=0.001),
        lambda o: schedulers.CosineAnnealingLR(o, T_max=STEPS),
        nn.CrossEntropyLoss(),
        None,
    ),
    "adamw": (
        lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
        lambda o: schedulers.PolynomialLR(o, total_iters=STEPS, power=1),
        nn.CrossEntropyLoss(label_smoothing=0.3),
        None,
    ),
}


def examples(count, seed):
    generator = torch.Generator().manual_seed(seed)
    return TensorDataset(torch.randn(count, 40, generator=generator), torch.arange(count) % 10)


def losses(make, schedule, criterion, clip):
    torch.manual_seed(1)
    network = Network()
    loader = DataLoader(examples(110, 2), batch_size=20, shuffle=True)
    optimizer = make(network.parameters())
    scheduler, result = schedule(optimizer), []
    while len(result) < STEPS:
        for x, y in loader:
            if len(result) == STEPS:
                break
            optimizer.zero_grad()
            loss = criterion(network(x), y)
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(network.parameters(), clip)
            optimizer.step()
            scheduler.step()
            result.append(float(f"{loss.item():.7g}"))
    return result


def main():
    result = {"torch": torch.__version__} | {name: losses(*recipe) for name, recipe in RECIPES.items()}
    (GOLDEN / "recipes.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()

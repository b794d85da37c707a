"""Golden values for the networks, the optimizers and the training loop, from PyTorch.

    python networks.py        writes ../Golden/networks.json and ../Golden/<model>.safetensors
"""

import json
from pathlib import Path

import numpy as np
import torch
from derivatives import digest
from mnist1d.data import get_dataset_args, make_dataset
from safetensors.torch import save_file
from torch import nn

GOLDEN = Path(__file__).parent.parent / "Golden"


class Logistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(40, 10)

    def forward(self, x):
        return self.linear(x)


class MLP(nn.Module):
    def __init__(self, hidden=100):
        super().__init__()
        self.linear1 = nn.Linear(40, hidden)
        self.linear2 = nn.Linear(hidden, hidden)
        self.linear3 = nn.Linear(hidden, 10)

    def forward(self, x):
        h = self.linear1(x).relu()
        h = h + self.linear2(h).relu()
        return self.linear3(h)


class CNN(nn.Module):
    def __init__(self, channels=25):
        super().__init__()
        self.conv1 = nn.Conv1d(1, channels, 5, stride=2, padding=1)
        self.conv2 = nn.Conv1d(channels, channels, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(channels, channels, 3, stride=2, padding=1)
        self.linear = nn.Linear(5 * channels, 10)

    def forward(self, x):
        h = self.conv1(x.view(-1, 1, 40)).relu()
        h = self.conv3(self.conv2(h).relu()).relu()
        return self.linear(h.view(h.shape[0], -1))


class GRU(nn.Module):
    def __init__(self, hidden=6):
        super().__init__()
        self.gru = nn.GRU(1, hidden, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(40 * 2 * hidden, 10)

    def forward(self, x):
        h, _ = self.gru(x.view(-1, 40, 1))
        return self.linear(h.reshape(h.shape[0], -1))


MODELS = {"logistic": Logistic, "mlp": MLP, "cnn": CNN, "gru": GRU}


def data():
    raw = make_dataset(get_dataset_args())
    return (
        torch.tensor(raw["x"], dtype=torch.float32),
        torch.tensor(raw["y"]),
        torch.tensor(raw["x_test"], dtype=torch.float32),
    )


def trajectory(name, x, y, steps=50):
    torch.manual_seed(42)
    model = MODELS[name]()
    initial = {key: digest(value) for key, value in model.named_parameters()}
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for step in range(steps):
        start = step * 100 % len(x)
        loss = nn.functional.cross_entropy(model(x[start : start + 100]), y[start : start + 100])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {
        "parameterCount": sum(p.numel() for p in model.parameters()),
        "initial": initial,
        "losses": losses,
    }


def saved(name, x):
    """Weights of a small network of each kind, and its scores on the first eight test signals."""
    torch.manual_seed(7)
    model = {"mlp": lambda: MLP(17), "cnn": lambda: CNN(5)}.get(name, MODELS[name])()
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, GOLDEN / f"{name}.safetensors")
    return model(x[:8]).detach().flatten().tolist()


def optimizers():
    """Ten steps of each optimizer on Σ (w - t)⁴, from the same start."""
    torch.manual_seed(3)
    start, target = torch.randn(19), torch.randn(19)
    makers = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.02),
        "sgd-momentum-decay": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9),
        "rmsprop-decay": lambda p: torch.optim.RMSprop(p, lr=0.01, weight_decay=0.1),
        "adam": lambda p: torch.optim.Adam(p, lr=0.05),
        "adam-decay": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
    }
    results = {}
    for name, make in makers.items():
        w = start.clone().requires_grad_()
        optimizer = make([w])
        steps = []
        for _ in range(10):
            optimizer.zero_grad()
            ((w - target) ** 4).sum().backward()
            optimizer.step()
            steps.append(w.detach().tolist())
        results[name] = steps
    return {"start": start.tolist(), "target": target.tolist(), "trajectories": results}


def main():
    x, y, x_test = data()
    result = {
        "torch": torch.__version__,
        "models": {name: trajectory(name, x, y) for name in MODELS},
        "scores": {name: saved(name, x_test) for name in MODELS},
        "optimizers": optimizers(),
    }
    (GOLDEN / "networks.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

"""Golden values of convolutions and pooling over planes in first and second order, and of the networks for images, from
PyTorch.

    python planes.py       writes ../Golden/planes.json
"""

import json
from pathlib import Path

import torch
from derivatives import digest, listed, single, two_orders
from torch import nn
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"
STEPS = 12

POOLINGS = {
    "max": F.max_pool2d,
    "average": F.avg_pool2d,
    "l2": lambda x, window, stride: F.lp_pool2d(x, 2.0, window, stride),
}


def convolution(batch, inputs, size, outputs, kernel, stride, padding, groups=1, relu=False):
    def function(leaves):
        y = F.conv2d(*leaves, stride=stride, padding=padding, groups=groups)
        return y.relu() if relu else y

    shapes = [(batch, inputs, *size), (outputs, inputs // groups, *kernel), (outputs,)]
    derivatives = two_orders(function, [single(shape) for shape in shapes])
    return {"stride": stride, "padding": padding, "groups": groups, "relu": relu, "derivatives": derivatives}


def pooling(kind, batch, channels, size, window, stride):
    derivatives = two_orders(
        lambda leaves: POOLINGS[kind](leaves[0], window, stride), [single((batch, channels, *size))]
    )
    return {"kind": kind, "window": window, "stride": stride, "derivatives": derivatives}


def kinks(kind):
    """The gradient at ties and in windows of zeros."""
    x = torch.tensor([[[[0.0, 0, 1, 2, -1, -1], [0, 0, 2, 1, -2, -1]]]], requires_grad=True)
    y = POOLINGS[kind](x, 2, 2)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return {"kind": kind, "input": listed(x), "output": listed(y), "gradient": listed(gradient)}


class Logistic(nn.Module):
    def __init__(self, channels, height, width):
        super().__init__()
        self.linear = nn.Linear(channels * height * width, 10)

    def forward(self, x):
        return self.linear(x.flatten(1))


class MLP(nn.Module):
    def __init__(self, channels, height, width):
        super().__init__()
        self.linear1 = nn.Linear(channels * height * width, 100)
        self.linear2 = nn.Linear(100, 100)
        self.linear3 = nn.Linear(100, 10)

    def forward(self, x):
        h = self.linear1(x.flatten(1)).relu()
        return self.linear3(h + self.linear2(h).relu())


class CNN(nn.Module):
    def __init__(self, channels, height, width):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 25, 5, stride=2, padding=1)
        self.conv2 = nn.Conv2d(25, 25, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(25, 25, 3, stride=2, padding=1)
        sides = []
        for side in (height, width):
            for kernel in (5, 3, 3):
                side = (side + 2 - kernel) // 2 + 1
            sides.append(side)
        self.linear = nn.Linear(25 * sides[0] * sides[1], 10)

    def forward(self, x):
        h = self.conv2(self.conv1(x).relu()).relu()
        return self.linear(self.conv3(h).relu().flatten(1))


class GRU(nn.Module):
    def __init__(self, channels, height, width):
        super().__init__()
        self.gru = nn.GRU(channels * width, 6, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * 6 * height, 10)

    def forward(self, x):
        rows = x.transpose(1, 2).flatten(2)  # [batch, height, channels · width]
        return self.linear(self.gru(rows)[0].flatten(1))


NETWORKS = {"logistic": Logistic, "mlp": MLP, "cnn": CNN, "gru": GRU}


def network(name, channels, height, width):
    images = torch.randn(60, channels, height, width, generator=torch.Generator().manual_seed(2))
    labels = torch.arange(60) % 10
    torch.manual_seed(42)
    model = NETWORKS[name](channels, height, width)
    initial = [[key, digest(value)] for key, value in model.named_parameters()]
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=1e-2), []
    for step in range(STEPS):
        batch = slice(20 * step % 60, 20 * step % 60 + 20)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(float(f"{loss.item():.7g}"))
    return {
        "name": name,
        "image": [channels, height, width],
        "parameters": sum(p.numel() for p in model.parameters()),
        "initial": initial,
        "losses": losses,
    }


def main():
    networks = [
        network(name, *image) for name in NETWORKS for image in [(1, 28, 28), (3, 5, 4)]
    ]
    torch.manual_seed(42)
    torch.set_default_dtype(torch.float64)
    result = {
        "torch": torch.__version__,
        "convolutions": [
            convolution(1, 1, (1, 1), 1, (1, 1), (1, 1), (0, 0)),
            convolution(3, 2, (5, 7), 3, (3, 2), (2, 2), (1, 1)),
            convolution(2, 4, (4, 5), 2, (2, 2), (2, 1), (0, 1), groups=2, relu=True),
            convolution(2, 3, (4, 3), 3, (3, 3), (1, 1), (1, 1), groups=3),
            convolution(16, 1, (3, 4), 2, (3, 3), (1, 1), (2, 2), relu=True),
            convolution(3, 2, (1, 5), 2, (2, 3), (1, 1), (2, 2)),
            convolution(100, 1, (2, 2), 2, (2, 2), (1, 1), (0, 0), relu=True),
        ],
        "poolings": [
            pooling(kind, *shape)
            for kind in POOLINGS
            for shape in [
                (3, 2, (4, 5), (2, 2), (2, 2)),
                (17, 1, (3, 3), (2, 3), (1, 1)),
                (2, 2, (5, 4), (1, 3), (2, 1)),
            ]
        ],
        "kinks": [kinks("max"), kinks("l2")],
        "networks": networks,
    }
    (GOLDEN / "planes.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

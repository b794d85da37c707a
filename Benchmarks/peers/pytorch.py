"""Training steps in eager PyTorch, with the fused optimizer, which is the fastest of its three.

python pytorch.py DATA.npz WEIGHTS.npz THREADS     also leaves the initial weights for the peers
"""

import sys
from pathlib import Path

import numpy as np
import torch
from peer import LEARNING_RATE, LOSSES, SUBJECTS, inputs, serve, training_data
from torch import nn
from torch.nn.utils import prune

# The networks besides the paper's are those whose losses the tests hold ours against.
sys.path.append(str(Path(__file__).parents[2] / "Tests" / "Fixtures" / "generate"))
from named_networks import TCN, ResNet, Transformer  # noqa: E402
from planes import CNN as CNN2D  # noqa: E402


class Logistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(40, 10)

    def forward(self, x):
        return self.linear(x)


class MLP(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.linear1 = nn.Linear(40, hidden)
        self.linear2 = nn.Linear(hidden, hidden)
        self.linear3 = nn.Linear(hidden, 10)

    def forward(self, x):
        h = self.linear1(x).relu()
        h = h + self.linear2(h).relu()
        return self.linear3(h)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 25, 5, stride=2, padding=1)
        self.conv2 = nn.Conv1d(25, 25, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(25, 25, 3, stride=2, padding=1)
        self.linear = nn.Linear(125, 10)

    def forward(self, x):
        h = self.conv1(x.view(-1, 1, 40)).relu()
        h = self.conv3(self.conv2(h).relu()).relu()
        return self.linear(h.view(h.shape[0], -1))


class GRU(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 6, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(480, 10)

    def forward(self, x):
        h, _ = self.gru(x.view(-1, 40, 1))
        return self.linear(h.reshape(h.shape[0], -1))


class ImageCNN(CNN2D):
    def __init__(self, side):
        super().__init__(1, side, side)
        self.side = side

    def forward(self, x):
        return super().forward(x.view(-1, 1, self.side, self.side))


def network(name):
    torch.manual_seed(42)
    subject = SUBJECTS[name]
    match subject.model:
        case "logistic":
            return Logistic()
        case "mlp":
            model = MLP(subject.hidden)
            return pruned(model, subject.sparsity) if subject.sparsity else model
        case "cnn":
            return CNN()
        case "gru":
            return GRU()
        case "resnet":
            return ResNet()
        case "tcn":
            return TCN()
        case "transformer":
            return Transformer()
        case "cnn-2d":
            return ImageCNN(subject.side)


def pruned(model, sparsity):
    """Prunes each layer by uniform noise, weights and biases together; PyTorch then masks them in every forward pass."""
    for layer in model.children():
        size, n = layer.weight.numel(), layer.weight.numel() + layer.bias.numel()
        mask = torch.ones(n)
        mask[torch.sort(torch.rand(n), stable=True)[1][: int(sparsity * n)]] = 0
        prune.custom_from_mask(layer, "weight", mask[:size].reshape(layer.weight.shape))
        prune.custom_from_mask(layer, "bias", mask[size:])
    return model


class Training:
    def __init__(self, name, x, y):
        self.name, self.x, self.y = name, inputs(SUBJECTS[name], x), y
        self.batch = SUBJECTS[name].batch
        self.start()
        self.first_losses = [self.step() for _ in range(LOSSES)]

    def start(self):
        self.model = network(self.name)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE, fused=True)
        self.position = 0

    def restart(self):
        self.start()
        self.run(LOSSES)

    def step(self):
        end = self.position + self.batch
        x, y = self.x[self.position : end], self.y[self.position : end]
        self.position = end % len(self.x)
        loss = nn.functional.cross_entropy(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def run(self, steps):
        for _ in range(steps):
            self.step()
        return steps


def main(data, weights, threads):
    torch.set_num_threads(int(threads))
    x, y = map(torch.from_numpy, training_data(data))
    parameters = {
        f"{name}/{key}": value.detach().numpy() for name in SUBJECTS for key, value in network(name).named_parameters()
    }
    np.savez(weights, **parameters)
    serve(lambda name: Training(name, x, y))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Outer steps of the metalearning studies in eager PyTorch: the graph of an unrolled training, kept whole.

python metalearn_pytorch.py DATA.npz WEIGHTS.npz THREADS     also leaves the initial weights for the peers
"""

import sys

import numpy as np
import torch
from peer import LOSSES, OUTER, serve, training_data
from torch import nn
from torch.nn import functional as F


def parameters(seed, *sizes):
    """The weights and biases of linear layers, as `torch.manual_seed` gives them."""
    torch.manual_seed(seed)
    layers = [nn.Linear(inputs, outputs) for inputs, outputs in sizes]
    return [p for layer in layers for p in layer.parameters()]


def initial(name):
    """What the outer step differentiates, and where the inner training starts."""
    if name == "metalearn-lr":
        return [torch.tensor([0.62], requires_grad=True)], parameters(42, (40, 50), (50, 10))
    return parameters(0, (1, 100), (100, 1)), parameters(1, (40, 128), (128, 10))


def gradient_descent(meta, w, x, y):
    losses = []
    for x, y in zip(x, y):
        loss = F.cross_entropy(F.linear(torch.tanh(F.linear(x, *w[:2])), *w[2:]), y)
        losses.append(loss)
        w = [p - meta[0] * g for p, g in zip(w, torch.autograd.grad(loss, w, create_graph=True))]
    return torch.stack(losses)


def rmsprop(meta, w, x, y):
    squares, losses = [torch.ones_like(p) for p in w], []
    for x, y in zip(x, y):
        z = F.linear(x, *w[:2])
        m = F.linear(torch.tanh(F.linear(z.reshape(-1, 1), *meta[:2])), *meta[2:])
        loss = F.cross_entropy(F.linear(F.elu(z) + 0.2 * m.reshape(z.shape), *w[2:]), y)
        losses.append(loss)
        slopes = torch.autograd.grad(loss, w, create_graph=True)
        squares = [0.4 * v + 0.6 * g * g for v, g in zip(squares, slopes)]
        w = [p - 0.01 * g / (torch.sqrt(v) + 1e-8) for p, g, v in zip(w, slopes, squares)]
    return torch.stack(losses)


class OuterStep:
    def __init__(self, name, x, y):
        steps, batch = OUTER[name]
        rows = np.arange(steps * batch) % len(x)
        self.x, self.y = x[rows].reshape(steps, batch, -1), y[rows].reshape(steps, batch)
        self.meta, self.start = initial(name)
        self.train = gradient_descent if name == "metalearn-lr" else rmsprop
        self.first_losses = self.step()[:LOSSES].tolist()

    def step(self):
        losses = self.train(self.meta, self.start, self.x, self.y)
        torch.autograd.grad(losses.mean(), self.meta)
        return losses.detach()

    def restart(self):
        pass

    def run(self, steps):
        for _ in range(steps):
            self.step()
        return steps


def main(data, weights, threads):
    torch.set_num_threads(int(threads))
    x, y = map(torch.from_numpy, training_data(data))
    arrays = {
        f"{name}/{part}/{index}": p.detach().numpy()
        for name in OUTER
        for part, parameters in zip(("meta", "start"), initial(name))
        for index, p in enumerate(parameters)
    }
    np.savez(weights, **arrays)
    serve(lambda name: OuterStep(name, x, y))


if __name__ == "__main__":
    main(*sys.argv[1:])

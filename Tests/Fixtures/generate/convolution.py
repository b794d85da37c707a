"""Golden values of convolutions and pooling in first and second order, from PyTorch.

    python convolution.py       writes ../Golden/convolution.json
"""

import json
from pathlib import Path

import torch
from derivatives import listed, single, two_orders
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"

POOLINGS = {
    "max": F.max_pool1d,
    "average": F.avg_pool1d,
    "l2": lambda x, width, stride: F.lp_pool1d(x, 2.0, width, stride),
}


def convolution(batch, inputs, length, outputs, kernel, stride, padding, relu):
    def function(leaves):
        y = F.conv1d(*leaves, stride=stride, padding=padding)
        return y.relu() if relu else y

    shapes = [(batch, inputs, length), (outputs, inputs, kernel), (outputs,)]
    derivatives = two_orders(function, [single(shape) for shape in shapes])
    return {"stride": stride, "padding": padding, "relu": relu, "derivatives": derivatives}


def pooling(kind, batch, channels, length, width, stride):
    derivatives = two_orders(
        lambda leaves: POOLINGS[kind](leaves[0], width, stride), [single((batch, channels, length))]
    )
    return {"kind": kind, "width": width, "stride": stride, "derivatives": derivatives}


def kinks(kind):
    """The gradient at ties and in windows of zeros."""
    x = torch.tensor([[[0.0, 0, 1, 1, -1, -1, 0, 2]]], requires_grad=True)
    y = POOLINGS[kind](x, 2, 2)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return {"kind": kind, "input": listed(x), "output": listed(y), "gradient": listed(gradient)}


def main():
    torch.manual_seed(42)
    torch.set_default_dtype(torch.float64)
    result = {
        "torch": torch.__version__,
        "convolutions": [
            convolution(3, 2, 7, 3, 3, 2, 1, False),
            convolution(1, 1, 1, 1, 1, 1, 0, False),
            convolution(2, 3, 5, 2, 2, 1, 2, True),
            convolution(17, 1, 8, 2, 5, 2, 1, True),
            convolution(2, 2, 9, 2, 3, 4, 0, True),
        ],
        "poolings": [
            pooling(kind, *shape)
            for kind in POOLINGS
            for shape in [(3, 2, 7, 2, 2), (17, 1, 6, 3, 2), (2, 2, 5, 1, 2)]
        ],
        "kinks": [kinks("max"), kinks("l2")],
    }
    (GOLDEN / "convolution.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

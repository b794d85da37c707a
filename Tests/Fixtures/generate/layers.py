"""Golden values for the layers: the bits of PyTorch's default initialisation, and values and derivatives in training and in
evaluation.

    python layers.py       writes ../Golden/layers.json and ../Golden/batch_norm.safetensors
"""

import json
from pathlib import Path

import torch
from derivatives import digest, listed, single, two_orders
from safetensors.torch import save_file
from torch import nn
from torch.func import functional_call

GOLDEN = Path(__file__).parent.parent / "Golden"


class First(nn.Module):
    """The sequences of a recurrent layer, without its last states."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class SelfAttention(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x, x, x)[0]


# What makes a layer, and the shape of what it is applied to.
LAYERS = {
    "linear without bias": (lambda: nn.Linear(5, 3, bias=False), [4, 5]),
    "batch norm": (lambda: nn.BatchNorm1d(5), [7, 5]),
    "batch norm of positions": (lambda: nn.BatchNorm1d(3), [4, 3, 6]),
    "layer norm": (lambda: nn.LayerNorm(6), [2, 3, 6]),
    "convolution with dilation": (lambda: nn.Conv1d(3, 4, 3, dilation=2, padding=2), [2, 3, 11]),
    "convolution with dilation and uneven padding": (
        lambda: nn.Conv1d(2, 3, 3, dilation=3, padding=2), [2, 2, 8]),
    "convolution with dilation and stride": (
        lambda: nn.Conv1d(2, 3, 2, dilation=3, padding=1, stride=2), [2, 2, 10]),
    "convolution in groups": (
        lambda: nn.Conv1d(4, 6, 3, groups=2, padding=1, stride=2), [3, 4, 7]),
    "convolution by channel": (
        lambda: nn.Conv1d(3, 3, 3, groups=3, padding=1, bias=False), [2, 3, 6]),
    "convolution with dilation in groups": (
        lambda: nn.Conv1d(4, 2, 3, groups=2, dilation=2, padding=4, bias=False), [2, 4, 6]),
    "convolution with replicated ends": (
        lambda: nn.Conv1d(2, 3, 4, padding=3, stride=2, padding_mode="replicate"), [2, 2, 7]),
    "recurrence in two directions and two layers": (
        lambda: First(nn.GRU(2, 3, num_layers=2, bidirectional=True, batch_first=True)), [2, 4, 2]),
    "recurrence in one direction": (lambda: First(nn.GRU(2, 4, batch_first=True)), [3, 4, 2]),
    "memory in one direction": (lambda: First(nn.LSTM(2, 4, batch_first=True)), [3, 4, 2]),
    "memory in two directions and two layers": (
        lambda: First(nn.LSTM(2, 3, num_layers=2, bidirectional=True, batch_first=True)), [2, 4, 2]),
    "gelu": (lambda: nn.GELU(approximate="tanh"), [3, 5]),
    "attention": (lambda: SelfAttention(nn.MultiheadAttention(6, 2, batch_first=True)), [2, 4, 6]),
}


def bare(name):
    return name.removeprefix("layer.")


def layer(make, shape):
    torch.manual_seed(42)
    module = make()
    initial = {bare(name): digest(value) for name, value in module.named_parameters()}
    order = [bare(name) for name in module.state_dict()]
    # Ones and zeros would hide faults.
    torch.manual_seed(7)
    names = [name for name, _ in module.named_parameters()]
    module = module.double()
    parameters = [single(value.shape, 0.5) for _, value in module.named_parameters()]
    x = single(shape)
    result = {"initial": [[name, value] for name, value in initial.items()], "names": order}

    def apply(inputs):
        return functional_call(module, dict(zip(names, inputs[1:])), inputs[0])

    result["training"] = two_orders(apply, [x, *parameters])
    if list(module.buffers()):
        # What is remembered after three batches, from the start, and what comes of it in evaluation.
        module = make().double()
        for name, value in zip(names, parameters):
            module.get_parameter(name).data.copy_(value)
        batches = [single(shape) for _ in range(3)]
        for batch in batches:
            module(batch)
        result["batches"] = [listed(batch) for batch in batches]
        result["states"] = [listed(value) for value in module.buffers()]
        module.eval()
        result["evaluation"] = two_orders(apply, [x, *parameters])
    return result


def dropout(probability, count):
    torch.manual_seed(42)
    result = nn.Dropout(probability)(torch.ones(count))
    return {
        "probability": probability,
        "count": count,
        "digest": digest(result),
        "kept": int((result != 0).sum()),
        "next": torch.rand(1).item(),
    }


def initializations():
    functions = {
        "kaiming uniform": nn.init.kaiming_uniform_,
        "kaiming normal": nn.init.kaiming_normal_,
        "kaiming normal by outputs": lambda w: nn.init.kaiming_normal_(w, mode="fan_out"),
        "xavier uniform": nn.init.xavier_uniform_,
        "xavier normal": nn.init.xavier_normal_,
        "normal": lambda w: nn.init.normal_(w, 0.5, 0.02),
    }
    result = []
    for name, function in functions.items():
        for shape in ([3, 2], [7, 5], [4, 3, 5]):
            torch.manual_seed(42)
            tensor = torch.empty(shape)
            function(tensor)
            result.append({"name": name, "shape": shape, "digest": digest(tensor)})
    orthogonal = []
    for shape in ([4, 4], [3, 6], [7, 5], [4, 3, 2]):
        torch.manual_seed(42)
        tensor = torch.empty(shape)
        nn.init.orthogonal_(tensor, gain=1.5)
        orthogonal.append(listed(tensor))
    return {"digests": result, "orthogonal": orthogonal}


def trained():
    """A file of weights with what a layer remembers, and what its network makes of an input."""
    torch.manual_seed(42)
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        network(torch.randn(8, 4)).square().mean().backward()
        optimizer.step()
    save_file(network.state_dict(), GOLDEN / "batch_norm.safetensors")
    x = torch.randn(3, 4)
    return {"x": listed(x), "output": listed(network.eval()(x))}


def training():
    """The losses of a training whose layers draw and remember, and all tensors after it."""
    random = torch.Generator().manual_seed(7)
    x = torch.randn(30, 6, generator=random)
    y = torch.randint(0, 3, (30,), generator=random)
    torch.manual_seed(42)
    # Before a normalisation a bias has no gradient but roundings, which Adam would make steps of.
    network = nn.Sequential(
        nn.Linear(6, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for step in range(25):
        rows = slice(step % 3 * 10, step % 3 * 10 + 10)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    accuracy = (network.eval()(x).argmax(1) == y).float().mean().item()
    tensors = [listed(value.float()) for value in network.state_dict().values()]
    return {"losses": losses, "tensors": tensors, "accuracy": accuracy}


def main():
    torch.manual_seed(42)
    embedding = nn.Embedding(7, 5)
    result = {
        "torch": torch.__version__,
        "layers": {name: layer(*entry) for name, entry in LAYERS.items()},
        "dropout": [
            dropout(probability, count)
            for probability in (0.1, 0.5, 0.75)
            for count in (1, 5, 15, 16, 17, 40, 1000)
        ],
        "embedding": digest(embedding.weight),
        "initializations": initializations(),
        "trained": trained(),
        "training": training(),
    }
    (GOLDEN / "layers.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

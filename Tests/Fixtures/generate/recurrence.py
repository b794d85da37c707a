"""Golden values of the gated recurrent unit and the softmax cross-entropy in first and second order, from PyTorch.

    python recurrence.py        writes ../Golden/recurrence.json
"""

import json
from pathlib import Path

import torch
from derivatives import single, two_orders
from torch import nn

GOLDEN = Path(__file__).parent.parent / "Golden"


def gru(batch, time, inputs, hidden, bidirectional):
    """The inputs are x, the initial state, and the parameters in PyTorch's order."""
    module = nn.GRU(inputs, hidden, batch_first=True, bidirectional=bidirectional).double()
    names = [name for name, _ in module.named_parameters()]
    directions = 2 if bidirectional else 1

    def function(leaves):
        parameters = dict(zip(names, leaves[2:]))
        return torch.func.functional_call(module, parameters, (leaves[0], leaves[1]))[0]

    values = [single((batch, time, inputs)), single((directions, batch, hidden), 0.5)]
    values += [single(p.shape, 0.5) for p in module.parameters()]
    return two_orders(function, values)


def cross_entropy():
    scores, labels = single((7, 10), 3.0), torch.randint(10, (7,))
    result = two_orders(lambda leaves: nn.functional.cross_entropy(leaves[0], labels), [scores])
    return {"labels": labels.tolist(), "derivatives": result}


def main():
    torch.manual_seed(42)
    torch.set_default_dtype(torch.float64)
    result = {
        "torch": torch.__version__,
        "gru": [gru(3, 5, 2, 3, True), gru(2, 4, 1, 4, False)],
        "crossEntropy": cross_entropy(),
    }
    (GOLDEN / "recurrence.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

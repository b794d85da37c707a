"""Checks that weights saved by `mnist1d train --save` give the same scores in the printed PyTorch module.

    mnist1d generate --output data.npz
    mnist1d train --model mlp --save mlp.safetensors
    mnist1d evaluate --model mlp --weights mlp.safetensors --json > mlp.json
    mnist1d export-torch --model mlp > mlp.py
    python check_weights.py mlp data.npz mlp.safetensors mlp.json mlp.py
"""

import json
import runpy
import sys

import numpy as np
import torch
from safetensors.torch import load_file

name, data, weights, scores, module = sys.argv[1:]
arrays = np.load(data)
x = torch.tensor(arrays["x_test"], dtype=torch.float32)
y = torch.tensor(arrays["y_test"])
(kind,) = [
    value for value in runpy.run_path(module).values()
    if isinstance(value, type) and issubclass(value, torch.nn.Module)
]
model = kind()
model.load_state_dict(load_file(weights))
with torch.no_grad():
    output = model(x)
    loss = torch.nn.functional.cross_entropy(output, y).item()
accuracy = 100 * (output.argmax(1) == y).float().mean().item()
ours = json.load(open(scores))
print(f"{name}: loss {loss} here, {ours['test_loss']} there; accuracy {accuracy}, {ours['test_accuracy']}")
assert abs(loss - ours["test_loss"]) < 1e-5 * max(1, loss)
assert abs(accuracy - ours["test_accuracy"]) < 1e-3

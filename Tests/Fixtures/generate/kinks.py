"""Golden derivatives at kinks and where functions saturate, to third order, from PyTorch in single precision; and what JAX
says where it differs.

    python kinks.py       writes ../Golden/kinks.json

Every case is a function of one number, so that ties, windows and masks are all made from x itself.
"""

import json
import math
from pathlib import Path

import jax
import torch
from jax import numpy as jnp
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"

KINKS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e-30, -1e-30]
FAR = KINKS + [20.0, -20.0, 88.0, -88.0, 100.0, -100.0, 1e4, -1e4]
SIDES = [1.0, -1.0, 2.0, 0.0, 0.5]


def rows(torch_function, jax_function, points=KINKS):
    return {"points": points, "torch": torch_function, "jax": jax_function}


def torch_window(x):
    return torch.stack([x, x * x, x * x * x])


def jax_window(x):
    return jnp.stack([x, x * x, x * x * x])


CASES = {
    "relu": rows(torch.relu, jax.nn.relu, FAR),
    "relu(-x)": rows(lambda x: torch.relu(-x), lambda x: jax.nn.relu(-x), FAR),
    "relu squared": rows(lambda x: torch.relu(x) ** 2, lambda x: jax.nn.relu(x) ** 2),
    "elu": rows(F.elu, jax.nn.elu, FAR),
    "elu of elu": rows(lambda x: F.elu(F.elu(x)), lambda x: jax.nn.elu(jax.nn.elu(x))),
    "x times elu": rows(lambda x: x * F.elu(x), lambda x: x * jax.nn.elu(x)),
    "swish": rows(lambda x: x * torch.sigmoid(x), lambda x: x * jax.nn.sigmoid(x), FAR),
    "sigmoid": rows(torch.sigmoid, jax.nn.sigmoid, FAR),
    "tanh": rows(torch.tanh, jnp.tanh, FAR),
    # Both leave the tails out: PyTorch's softplus is x itself above 20, and the differences are below 3e-9.
    "softplus": rows(F.softplus, lambda x: jnp.logaddexp(x, 0.0), FAR),
    "log-sigmoid": rows(F.logsigmoid, lambda x: -jnp.logaddexp(-x, 0.0), FAR),
    "exp": rows(torch.exp, jnp.exp, FAR),
    "expm1": rows(torch.expm1, jnp.expm1, FAR),
    "log": rows(torch.log, jnp.log, [0.0, 1.0, 2.0, 1e4]),
    "log1p": rows(torch.log1p, jnp.log1p, [-1.0, 0.0, -0.0, 1e4]),
    "abs": rows(torch.abs, jnp.abs, FAR),
    "x times abs": rows(lambda x: x * torch.abs(x), lambda x: x * jnp.abs(x)),
    "abs squared": rows(lambda x: torch.abs(x) ** 2, lambda x: jnp.abs(x) ** 2),
    "sign times x": rows(lambda x: torch.sign(x) * x, lambda x: jnp.sign(x) * x),
    "sqrt": rows(torch.sqrt, jnp.sqrt, [0.0, 1.0, 4.0, 1e4]),
    "sqrt of square": rows(lambda x: torch.sqrt(x * x), lambda x: jnp.sqrt(x * x)),
    "sqrt of abs": rows(lambda x: torch.sqrt(torch.abs(x)), lambda x: jnp.sqrt(jnp.abs(x))),
    "x over abs": rows(lambda x: x / torch.abs(x), lambda x: x / jnp.abs(x)),
    "reciprocal": rows(lambda x: 1 / x, lambda x: 1 / x, [0.0, -0.0, 1.0, 1e4]),
    "maximum with 0": rows(
        lambda x: torch.maximum(x, torch.zeros_like(x)), lambda x: jnp.maximum(x, 0.0), FAR),
    "minimum with 0": rows(
        lambda x: torch.minimum(x, torch.zeros_like(x)), lambda x: jnp.minimum(x, 0.0), FAR),
    "maximum of powers": rows(
        lambda x: torch.maximum(torch.maximum(x, x * x), x * x * x),
        lambda x: jnp.maximum(jnp.maximum(x, x * x), x * x * x), SIDES),
    "minimum of powers": rows(
        lambda x: torch.minimum(torch.minimum(x, x * x), x * x * x),
        lambda x: jnp.minimum(jnp.minimum(x, x * x), x * x * x), SIDES),
    "clipped": rows(
        lambda x: torch.maximum(-torch.ones_like(x), torch.minimum(torch.ones_like(x), x * x * x)),
        lambda x: jnp.maximum(-1.0, jnp.minimum(1.0, x * x * x)), SIDES),
    "masked infinity": rows(
        lambda x: torch.minimum(torch.exp(x), torch.ones_like(x)),
        lambda x: jnp.minimum(jnp.exp(x), 1.0), [-1.0, 0.0, 1.0, 1e4]),
    "greatest of an axis": rows(
        lambda x: torch.amax(torch_window(x), 0), lambda x: jnp.max(jax_window(x), 0), SIDES),
    "max pooling": rows(
        lambda x: F.max_pool1d(torch_window(x).reshape(1, 1, 3), 3).reshape([]),
        lambda x: jax_window(x)[jnp.argmax(jax_window(x))], SIDES),
    "average pooling": rows(
        lambda x: F.avg_pool1d(torch_window(x).reshape(1, 1, 3), 3).reshape([]),
        lambda x: jnp.mean(jax_window(x)), SIDES),
    # At a window of zeros PyTorch's and JAX's are undefined.
    "l2 pooling": rows(
        lambda x: torch.sqrt((torch_window(x) ** 2).sum()),
        lambda x: jnp.sqrt((jax_window(x) ** 2).sum()), [1.0, -1.0, 2.0, 0.5]),
    "log-softmax of far scores": rows(
        lambda x: F.log_softmax(torch.stack([x, 0 * x]), 0)[0],
        lambda x: jax.nn.log_softmax(jnp.stack([x, 0 * x]))[0], FAR),
    "cross-entropy of far scores": rows(
        lambda x: F.cross_entropy(torch.stack([x, 0 * x]).reshape(1, 2), torch.tensor([0])),
        lambda x: -jax.nn.log_softmax(jnp.stack([x, 0 * x]))[0], FAR),
}


def by_torch(function, point):
    x = torch.tensor(point, dtype=torch.float32, requires_grad=True)
    value = function(x)
    row = [value.item()]
    for _ in range(3):
        if value.requires_grad:
            (value,) = torch.autograd.grad(value, x, create_graph=True, materialize_grads=True)
        else:
            value = torch.zeros(())
        row.append(value.item())
    return row


def by_jax(function, point):
    row = []
    for _ in range(4):
        row.append(float(function(jnp.float32(point))))
        function = jax.grad(function)
    return row


def close(a, b):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or abs(a - b) <= 2e-6 * max(1, abs(a), abs(b))


def listed(numbers):
    # JSON has no word for them.
    return [f"{v:.9g}" for v in numbers]


def main():
    cases = []
    for name, case in CASES.items():
        found = [by_torch(case["torch"], p) for p in case["points"]]
        others = [by_jax(case["jax"], p) for p in case["points"]]
        differing = [
            {"point": f"{p:.9g}", "values": listed(b)}
            for p, a, b in zip(case["points"], found, others)
            if not all(map(close, a, b))
        ]
        cases.append({
            "name": name, "points": listed(case["points"]), "values": [listed(r) for r in found],
            "jax": differing,
        })
    result = {"torch": torch.__version__, "jax": jax.__version__, "cases": cases}
    text = json.dumps(result, separators=(",", ":")).replace('{"name"', '\n{"name"')
    (GOLDEN / "kinks.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

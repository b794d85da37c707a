"""Golden meta-gradients of the learned activation function through unrolled RMSProp, from PyTorch.

    python metalearn_activation.py      writes ../Golden/metalearn_activation.json

For each number of inner steps, the gradient of the mean inner loss with respect to the activation network, in double
precision; and how far PyTorch's own single precision is from it, relative to the largest component. All random numbers
are those of torch.manual_seed, which the tests reproduce bit for bit.

The gradient is not a continuous function of the weights: elu's second derivative jumps at 0, so every hidden unit that
changes sides on one example moves it by a fixed amount, up to 6e-4 of its largest component. And RMSProp divides a small
gradient, with the rounding in it, by its own size. With a fifth of these examples, 200 steps and initial weights changed
by half a unit in the last place, double precision itself moves by 4e-5 to 1e-3, by four units up to 3e-3; single
precision can do no better there than these. With the number of examples below it is smooth enough for a test.
"""

import json
from pathlib import Path

import torch
from mnist1d.data import get_dataset_args, make_dataset
from torch import nn
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"
EXAMPLES, HIDDEN, UNITS, BATCH = 5000, 128, 100, 100


def initial(seed, steps):
    """The inner network's parameters and the noise of all steps, drawn in this order."""
    torch.manual_seed(seed)
    layers = [nn.Linear(40, HIDDEN), nn.Linear(HIDDEN, 10)]
    noise = [torch.empty(steps, n).uniform_(-0.1, 0.1) for n in (HIDDEN, UNITS)]
    return [p.detach() for layer in layers for p in (layer.weight, layer.bias)], noise


def activation_network(seed):
    torch.manual_seed(seed)
    layers = [nn.Linear(1, UNITS), nn.Linear(UNITS, 1)]
    return [p.detach() for layer in layers for p in (layer.weight, layer.bias)]


def inner_step(state, network, x, y, noise, activation_noise):
    """One step of RMSProp, written out; returns the loss before it and the new state."""
    parameters, squares = state[:4], state[4:]
    w1, b1, w2, b2 = parameters
    f1, o1, f2, o2 = network
    z = F.linear(x, w1, b1)
    m = F.linear(torch.tanh(F.linear(z.reshape(-1, 1), f1, o1)) + activation_noise, f2, o2)
    h = F.elu(z) + 0.2 * m.reshape(z.shape) + noise
    loss = F.cross_entropy(F.linear(h, w2, b2), y)
    gradients = torch.autograd.grad(loss, parameters, create_graph=True)
    squares = [0.4 * v + 0.6 * g * g for v, g in zip(squares, gradients)]
    parameters = [
        p - 0.01 * g / (torch.sqrt(v) + 1e-8) for p, g, v in zip(parameters, gradients, squares)
    ]
    return loss, list(parameters) + squares


def meta_gradient(dtype, steps, network, parameters, noise, x, y):
    """The mean inner loss and its gradient; the unrolled graph is walked back step by step, each step made anew."""
    def arguments(step):
        first = step * BATCH % len(x)
        return (x[first : first + BATCH].to(dtype), y[first : first + BATCH],
                noise[0][step].to(dtype), noise[1][step].to(dtype))

    def leaves(tensors):
        return [t.detach().to(dtype).requires_grad_() for t in tensors]

    states, losses = [leaves(parameters + [torch.ones_like(p) for p in parameters])], []
    for step in range(steps):
        loss, state = inner_step(states[-1], leaves(network), *arguments(step))
        losses.append(loss.item())
        states.append(leaves(state))
    upstream = [torch.zeros_like(s) for s in states[-1]]
    total = [torch.zeros_like(p, dtype=dtype) for p in network]
    for step in reversed(range(steps)):
        state, own = states[step], leaves(network)
        loss, following = inner_step(state, own, *arguments(step))
        gradients = torch.autograd.grad(
            [loss / steps] + following, state + own, [torch.ones_like(loss), *upstream], materialize_grads=True)
        upstream = gradients[:8]
        total = [t + g for t, g in zip(total, gradients[8:])]
    return sum(losses) / steps, torch.cat([t.reshape(-1) for t in total]).double()


def main():
    torch.set_num_threads(1)
    arguments = get_dataset_args()
    arguments.num_samples = EXAMPLES
    data = make_dataset(arguments)
    x, y = torch.tensor(data["x"], dtype=torch.float32), torch.tensor(data["y"])
    cases = []
    for steps in (1, 10, 50, 100, 200):
        parameters, noise = initial(1, steps)
        network = activation_network(0)
        objective, exact = meta_gradient(torch.float64, steps, network, parameters, noise, x, y)
        _, single = meta_gradient(torch.float32, steps, network, parameters, noise, x, y)
        deviation = ((single - exact).abs().max() / exact.abs().max()).item()
        print(steps, objective, exact.abs().max().item(), deviation, flush=True)
        cases.append({
            "steps": steps,
            "objective": objective,
            "gradient": [float(f"{g:.9g}") for g in exact.tolist()],
            "singlePrecisionDeviation": float(f"{deviation:.3g}"),
        })
    result = {"torch": torch.__version__, "examples": EXAMPLES, "cases": cases}
    path = GOLDEN / "metalearn_activation.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

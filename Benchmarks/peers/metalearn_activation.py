"""One inner step of metalearn-activation, forward and backward, here and in PyTorch and JAX, in one run.

    python metalearn_activation.py MNIST1D      with the built command, such as .build/release/mnist1d

Prints milliseconds per inner step on one thread each. A step is one of an unrolled training by RMSProp that is then
differentiated with respect to the activation function: PyTorch keeps the graph (`create_graph=True`), JAX makes each
step anew (`jax.checkpoint` inside a compiled scan), and the command makes segments of about √steps anew. Each starts
from random weights of its own, which does not change the work. Processor time is taken, not that on the wall; the
three take turns, and the best of each one's rounds counts, so that a busy machine disturbs them little and alike.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch.nn import functional as F

STEPS = {"eager PyTorch": 20, "JAX, checkpointed scan": 100, "mnist1d": 100}
ROUNDS = 3
SHAPES = [(128, 40), (128,), (10, 128), (10,)]
NETWORK = [(100, 1), (100,), (1, 100), (1,)]
random = np.random.default_rng(0)


def weights(shapes):
    return [random.uniform(-0.1, 0.1, shape).astype(np.float32) for shape in shapes]


def batches(steps):
    x = random.standard_normal((steps, 100, 40)).astype(np.float32)
    return x, random.integers(0, 10, (steps, 100))


def pytorch(steps):
    torch.set_num_threads(1)
    x, y = map(torch.tensor, batches(steps))
    network = [torch.tensor(p, requires_grad=True) for p in weights(NETWORK)]
    initial = [torch.tensor(p, requires_grad=True) for p in weights(SHAPES)]

    def once():
        f1, o1, f2, o2 = network
        parameters, squares, losses = initial, [torch.ones_like(p) for p in initial], []
        for step in range(steps):
            z = F.linear(x[step], *parameters[:2])
            m = F.linear(torch.tanh(F.linear(z.reshape(-1, 1), f1, o1)), f2, o2)
            h = F.elu(z) + 0.2 * m.reshape(z.shape)
            loss = F.cross_entropy(F.linear(h, *parameters[2:]), y[step])
            gradients = torch.autograd.grad(loss, parameters, create_graph=True)
            squares = [0.4 * v + 0.6 * g * g for v, g in zip(squares, gradients)]
            parameters = [
                p - 0.01 * g / (torch.sqrt(v) + 1e-8) for p, g, v in zip(parameters, gradients, squares)
            ]
            losses.append(loss)
        torch.autograd.grad(torch.stack(losses).mean(), network)

    return once


def in_jax(steps):
    x, y = map(jnp.asarray, batches(steps))
    network, initial = weights(NETWORK), weights(SHAPES)

    def loss(parameters, network, x, y):
        w1, b1, w2, b2 = parameters
        f1, o1, f2, o2 = network
        z = x @ w1.T + b1
        m = (jnp.tanh(z.reshape(-1, 1) @ f1.T + o1) @ f2.T + o2).reshape(z.shape)
        scores = (jax.nn.elu(z) + 0.2 * m) @ w2.T + b2
        return -jnp.take_along_axis(jax.nn.log_softmax(scores), y[:, None], 1).mean()

    @jax.jit
    def meta_gradient(network):
        @jax.checkpoint
        def step(state, batch):
            parameters, squares = state
            value, gradients = jax.value_and_grad(loss)(parameters, network, *batch)
            squares = [0.4 * v + 0.6 * g * g for v, g in zip(squares, gradients)]
            parameters = [
                p - 0.01 * g / (jnp.sqrt(v) + 1e-8) for p, g, v in zip(parameters, gradients, squares)
            ]
            return (parameters, squares), value

        start = (initial, [jnp.ones_like(p) for p in initial])
        return jax.lax.scan(step, start, (x, y))[1].mean()

    gradient = jax.jit(jax.grad(meta_gradient))
    return lambda: jax.block_until_ready(gradient(network))


def command(path, steps):
    """The time of `steps` inner steps: that of a run of three outer steps less that of one, over two."""
    def seconds(outer_steps):
        with tempfile.TemporaryDirectory() as folder:
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            subprocess.run(
                [path, "reproduce", "metalearn-activation", f"outer-steps={outer_steps}", f"inner-steps={steps}",
                 f"objective-steps={steps}", "baselines=relu", "dataset.num-samples=1000", "noise=0",
                 "test-examples=1", "--jobs", "1", "--threads", "1", "--output", folder],
                check=True, capture_output=True)
            return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before

    return lambda: (seconds(3) - seconds(1)) / 2


def timed(once):
    start = time.process_time()
    once()
    return time.process_time() - start


def main():
    torch_once, jax_once = pytorch(STEPS["eager PyTorch"]), in_jax(STEPS["JAX, checkpointed scan"])
    ours = command(sys.argv[1], STEPS["mnist1d"])
    rounds = {
        "eager PyTorch": lambda: timed(torch_once),
        "JAX, checkpointed scan": lambda: timed(jax_once),
        "mnist1d": ours,
    }
    jax_once()
    best = {name: float("inf") for name in rounds}
    for _ in range(ROUNDS):
        for name, measure in rounds.items():
            best[name] = min(best[name], 1e3 * measure() / STEPS[name])
    for name, milliseconds in best.items():
        print(f"{name:24}{milliseconds:8.2f} ms per inner step   {milliseconds / best['mnist1d']:6.1f} ×")


if __name__ == "__main__":
    main()

"""Outer steps of the metalearning studies in JAX: the gradient of a compiled scan over the inner steps.

python metalearn_jax.py DATA.npz WEIGHTS.npz     with the initial weights that metalearn_pytorch.py leaves

Each inner step of the activation function's training is made anew on the way back (`jax.checkpoint`): what it would keep
is elements × units. For the learning rate's that would only cost time.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from peer import LOSSES, OUTER, serve, training_data


def linear(weight, bias, x):
    return x @ weight.T + bias


def cross_entropy(scores, y):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(scores), y[:, None], axis=1))


def gradient_descent(meta, start, x, y):
    def loss(w, x, y):
        return cross_entropy(linear(*w[2:], jnp.tanh(linear(*w[:2], x))), y)

    def step(w, batch):
        value, slopes = jax.value_and_grad(loss)(w, *batch)
        return [p - meta[0] * g for p, g in zip(w, slopes)], value

    return lax.scan(step, start, (x, y))[1]


def rmsprop(meta, start, x, y):
    def loss(w, meta, x, y):
        z = linear(*w[:2], x)
        m = linear(*meta[2:], jnp.tanh(linear(*meta[:2], z.reshape(-1, 1)))).reshape(z.shape)
        return cross_entropy(linear(*w[2:], jax.nn.elu(z) + 0.2 * m), y)

    @jax.checkpoint
    def step(state, batch):
        w, squares = state
        value, slopes = jax.value_and_grad(loss)(w, meta, *batch)
        squares = [0.4 * v + 0.6 * g * g for v, g in zip(squares, slopes)]
        w = [p - 0.01 * g / (jnp.sqrt(v) + 1e-8) for p, g, v in zip(w, slopes, squares)]
        return (w, squares), value

    return lax.scan(step, (start, [jnp.ones_like(p) for p in start]), (x, y))[1]


class OuterStep:
    def __init__(self, name, weights, x, y):
        steps, batch = OUTER[name]
        rows = np.arange(steps * batch) % len(x)
        x, y = jnp.asarray(x[rows].reshape(steps, batch, -1)), jnp.asarray(y[rows].reshape(steps, batch))
        self.meta, start = (
            [jnp.asarray(weights[key]) for key in weights.files if key.startswith(f"{name}/{part}/")]
            for part in ("meta", "start")
        )
        train = gradient_descent if name == "metalearn-lr" else rmsprop

        def objective(meta):
            losses = train(meta, start, x, y)
            return losses.mean(), losses

        self.call = jax.jit(jax.grad(objective, has_aux=True))
        self.first_losses = np.asarray(self.call(self.meta)[1])[:LOSSES]

    def restart(self):
        pass

    def run(self, steps):
        for _ in range(steps):
            jax.block_until_ready(self.call(self.meta))
        return steps


def main(data, weights):
    x, y = training_data(data)
    serve(lambda name: OuterStep(name, np.load(weights), x, y.astype(np.int32)))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Training steps in JAX: a compiled scan over steps, the optimizer written out.

python jax_scan.py DATA.npz WEIGHTS.npz     with the initial weights that pytorch.py leaves

The convolutional networks are there twice: `cnn` by the library's convolution, `cnn-patches` by patches × matrix; the
one for images also with the channels last.
"""

import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from peer import LEARNING_RATE, LOSSES, SUBJECTS, inputs, serve, training_data

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def linear(w, name, x):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def logistic(w, x):
    return linear(w, "linear", x)


def mlp(w, x):
    h = jax.nn.relu(linear(w, "linear1", x))
    h = h + jax.nn.relu(linear(w, "linear2", h))
    return linear(w, "linear3", h)


def convolution(w, name, x, stride=1, padding=(0, 0), dilation=1):
    """[batch, channels, length], with a bias where there is one."""
    y = lax.conv_general_dilated(
        x, w[name + ".weight"], (stride,), [padding], rhs_dilation=(dilation,), dimension_numbers=("NCH", "OIH", "NCH")
    )
    return y + w[name + ".bias"][:, None] if name + ".bias" in w else y


def patches_product(w, name, x, stride=1, padding=(0, 0), dilation=1):
    """As `convolution`, [batch, length, channels], the taps of each output position side by side."""
    kernel = w[name + ".weight"]
    channels_out, channels_in, taps = kernel.shape
    x = jnp.pad(x, ((0, 0), padding, (0, 0)))
    span = x.shape[1] - (taps - 1) * dilation
    patches = [x[:, k * dilation : k * dilation + span : stride] for k in range(taps)]
    matrix = kernel.transpose(2, 1, 0).reshape(taps * channels_in, channels_out)
    y = jnp.concatenate(patches, axis=2) @ matrix
    return y + w[name + ".bias"] if name + ".bias" in w else y


def cnn(w, x):
    h = x[:, None, :]
    for name in ("conv1", "conv2", "conv3"):
        h = jax.nn.relu(convolution(w, name, h, 2, (1, 1)))
    return linear(w, "linear", h.reshape(h.shape[0], -1))


def cnn_patches(w, x):
    h = x[:, :, None]
    for name in ("conv1", "conv2", "conv3"):
        h = jax.nn.relu(patches_product(w, name, h, 2, (1, 1)))
    return linear(w, "linear", h.transpose(0, 2, 1).reshape(h.shape[0], -1))


def cnn_2d(w, x):
    h = x.reshape(-1, 1, 28, 28)
    for name in ("conv1", "conv2", "conv3"):
        kernel = w[name + ".weight"]
        y = lax.conv_general_dilated(h, kernel, (2, 2), [(1, 1), (1, 1)], dimension_numbers=("NCHW", "OIHW", "NCHW"))
        h = jax.nn.relu(y + w[name + ".bias"][:, None, None])
    return linear(w, "linear", h.reshape(h.shape[0], -1))


def cnn_2d_channels_last(w, x):
    """The layout that XLA's convolutions on the CPU are written for."""
    h = x.reshape(-1, 28, 28, 1)
    for name in ("conv1", "conv2", "conv3"):
        kernel = w[name + ".weight"].transpose(2, 3, 1, 0)
        y = lax.conv_general_dilated(h, kernel, (2, 2), [(1, 1), (1, 1)], dimension_numbers=("NHWC", "HWIO", "NHWC"))
        h = jax.nn.relu(y + w[name + ".bias"])
    return linear(w, "linear", h.transpose(0, 3, 1, 2).reshape(h.shape[0], -1))


def cnn_2d_patches(w, x):
    """As `cnn_2d_channels_last`, the taps of each output position side by side."""
    h = x.reshape(-1, 28, 28, 1)
    for name in ("conv1", "conv2", "conv3"):
        kernel = w[name + ".weight"]
        channels_out, channels_in, rows, columns = kernel.shape
        h = jnp.pad(h, ((0, 0), (1, 1), (1, 1), (0, 0)))
        down, across = h.shape[1] - rows + 1, h.shape[2] - columns + 1
        patches = [h[:, k : k + down : 2, l : l + across : 2] for k in range(rows) for l in range(columns)]
        matrix = kernel.transpose(2, 3, 1, 0).reshape(rows * columns * channels_in, channels_out)
        h = jax.nn.relu(jnp.concatenate(patches, axis=3) @ matrix + w[name + ".bias"])
    return linear(w, "linear", h.transpose(0, 3, 1, 2).reshape(h.shape[0], -1))


def gru(w, x):
    """Both directions in one scan, batch last, the inputs' share of the gates computed before it: the fastest
    of several forms."""

    def both(name):
        return jnp.stack([w[f"gru.{name}_l0"], w[f"gru.{name}_l0_reverse"]])

    signals = jnp.stack([x.T, x.T[::-1]], axis=1)[:, :, None]  # [time, direction, 1, batch]
    inputs = both("weight_ih") * signals + both("bias_ih")[..., None]
    recurrent, bias = both("weight_hh"), both("bias_hh")[..., None]

    def step(h, at):
        ir, iz, i_n = jnp.split(at, 3, axis=1)
        hr, hz, hn = jnp.split(recurrent @ h + bias, 3, axis=1)
        r, z = jax.nn.sigmoid(ir + hr), jax.nn.sigmoid(iz + hz)
        n = jnp.tanh(i_n + r * hn)
        h = (1 - z) * n + z * h
        return h, h

    _, states = lax.scan(step, jnp.zeros((2, recurrent.shape[-1], x.shape[0])), inputs)
    states = jnp.concatenate([states[:, 0], states[::-1, 1]], axis=1)  # [time, features, batch]
    return linear(w, "linear", states.reshape(-1, x.shape[0]).T)


def batch_norm(w, name, x, axes=(0, 2)):
    """As in training, without the running statistics, which a loss does not need."""
    mean = x.mean(axes, keepdims=True)
    variance = jnp.square(x - mean).mean(axes, keepdims=True)
    scale, shift = (w[f"{name}.{part}"].reshape(mean.shape[1:]) for part in ("weight", "bias"))
    return (x - mean) * lax.rsqrt(variance + 1e-5) * scale + shift


def resnet(w, x, patches=False):
    convolved, axes = (patches_product, (0, 1)) if patches else (convolution, (0, 2))
    x = x[:, :, None] if patches else x[:, None]
    norm = partial(batch_norm, w, axes=axes)
    h = jax.nn.relu(norm("norm", convolved(w, "conv", x, padding=(1, 1))))
    for block in range(3):
        stride, name = (1 if block == 0 else 2), f"blocks.{block}."
        y = jax.nn.relu(norm(name + "norm1", convolved(w, name + "conv1", h, stride, (1, 1))))
        y = norm(name + "norm2", convolved(w, name + "conv2", y, padding=(1, 1)))
        h = jax.nn.relu(y + (h if stride == 1 else convolved(w, name + "projection", h, stride)))
    return linear(w, "linear", h.mean(axes[1]))


def tcn(w, x, patches=False):
    convolved = patches_product if patches else convolution
    h = x[:, :, None] if patches else x[:, None]
    for block in range(4):
        dilation, name = 1 << block, f"blocks.{block}."
        y = jax.nn.relu(convolved(w, name + "conv1", h, padding=(2 * dilation, 0), dilation=dilation))
        y = jax.nn.relu(convolved(w, name + "conv2", y, padding=(2 * dilation, 0), dilation=dilation))
        h = jax.nn.relu(y + (convolved(w, name + "projection", h) if block == 0 else h))
    return linear(w, "linear", h[:, -1] if patches else h[:, :, -1])


def layer_norm(w, name, x):
    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * w[name + ".weight"] + w[name + ".bias"]


def attention(w, name, x, heads=4):
    batch, places, features = x.shape
    projected = x @ w[name + ".in_proj_weight"].T + w[name + ".in_proj_bias"]
    q, k, v = jnp.moveaxis(projected.reshape(batch, places, 3, heads, features // heads), (2, 3), (0, 2))
    weights = jax.nn.softmax(q @ k.swapaxes(2, 3) / (features // heads) ** 0.5)
    return linear(w, name + ".out_proj", (weights @ v).swapaxes(1, 2).reshape(x.shape))


def transformer(w, x):
    h = linear(w, "embedding", x.reshape(x.shape[0], 10, 4)) + w["positions"]
    for block in range(2):
        name = f"blocks.{block}."
        h = h + attention(w, name + "self_attn", layer_norm(w, name + "norm1", h))
        inner = jax.nn.gelu(linear(w, name + "linear1", layer_norm(w, name + "norm2", h)), approximate=False)
        h = h + linear(w, name + "linear2", inner)
    return linear(w, "linear", layer_norm(w, "norm", h).mean(1))


MODELS = {
    "logistic": logistic,
    "mlp": mlp,
    "cnn": cnn,
    "cnn-patches": cnn_patches,
    "gru": gru,
    "resnet": resnet,
    "resnet-patches": partial(resnet, patches=True),
    "tcn": tcn,
    "tcn-patches": partial(tcn, patches=True),
    "transformer": transformer,
    "cnn-2d": cnn_2d,
    "cnn-2d-channels-last": cnn_2d_channels_last,
    "cnn-2d-patches": cnn_2d_patches,
}


def cross_entropy(model, w, x, y):
    scores = jax.nn.log_softmax(model(w, x))
    return -jnp.mean(jnp.take_along_axis(scores, y[:, None], axis=1))


def train(model, count, batches, state):
    """`count` steps, of which the losses are returned."""
    x, y = batches

    def step(state, _):
        w, m, v, n = state
        at = n % x.shape[0]
        loss, g = jax.value_and_grad(partial(cross_entropy, model))(w, x[at], y[at])
        n = n + 1
        rate = LEARNING_RATE / (1 - BETA1**n)
        correction = jnp.sqrt(1 - BETA2**n)
        m = jax.tree.map(lambda m, g: m + (1 - BETA1) * (g - m), m, g)
        v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, g)
        w = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) / correction + EPSILON), w, m, v)
        return (w, m, v, n), loss

    return lax.scan(step, state, length=count)


class Training:
    def __init__(self, name, weights, x, y):
        plain = name.removesuffix("-patches").removesuffix("-channels-last")
        subject = SUBJECTS[plain]
        model = MODELS[name if name in MODELS else subject.model]
        x = inputs(subject, x)
        self.batches = (
            jnp.asarray(x.reshape(-1, subject.batch, x.shape[1])), jnp.asarray(y.reshape(-1, subject.batch)))
        # So many steps a call that the call does not count.
        self.count = {"logistic": 400, "mlp": 50}.get(name, 5)
        self.call = jax.jit(partial(train, model, self.count))
        w = {key.split("/")[1]: jnp.asarray(value) for key, value in weights.items() if key.startswith(plain + "/")}
        zeros = jax.tree.map(jnp.zeros_like, w)
        self.start = (w, zeros, zeros, jnp.int32(0))
        self.restart()
        self.first_losses = np.asarray(self.call(self.batches, self.start)[1])[:LOSSES]

    def restart(self):
        self.state = self.start
        self.run(1)

    def run(self, steps):
        calls = -(-steps // self.count)
        for _ in range(calls):
            self.state, losses = self.call(self.batches, self.state)
        losses.block_until_ready()
        return calls * self.count


def main(data, weights):
    x, y = training_data(data)
    serve(lambda name: Training(name, np.load(weights), x, y.astype(np.int32)))


if __name__ == "__main__":
    main(*sys.argv[1:])

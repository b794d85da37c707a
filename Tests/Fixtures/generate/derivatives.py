"""What the golden files of differentiable operators have in common."""

import hashlib

import torch


def single(shape, scale=1.0):
    """Random numbers that single precision holds exactly, for a computation in double precision."""
    return (torch.randn(shape) * scale).float().double()


def digest(tensor):
    """The SHA-256 of a tensor's single-precision bits."""
    return hashlib.sha256(tensor.detach().numpy().astype("<f4").tobytes()).hexdigest()


def listed(tensor):
    return {"shape": list(tensor.shape), "elements": [float(f"{v:.9g}") for v in tensor.flatten().tolist()]}


def two_orders(function, inputs):
    """Outputs; the gradients of Σ upstream · output; and those of Σ vector · gradient."""
    leaves = [x.clone().requires_grad_() for x in inputs]
    output = function(leaves)
    upstream = single(output.shape)
    gradients = torch.autograd.grad((output * upstream).sum(), leaves, create_graph=True)
    vectors = [single(x.shape) for x in inputs]
    product = sum((g * v).sum() for g, v in zip(gradients, vectors))
    second = torch.autograd.grad(product, leaves, materialize_grads=True)
    return {
        "inputs": [listed(x) for x in inputs],
        "upstream": listed(upstream),
        "output": listed(output),
        "gradients": [listed(g) for g in gradients],
        "vectors": [listed(v) for v in vectors],
        "secondGradients": [listed(g) for g in second],
    }

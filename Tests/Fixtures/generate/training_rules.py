"""Golden values for what a training is made of besides its network, from PyTorch: optimizers, schedules of the learning
rate, and clipping.

    python training_rules.py       writes ../Golden/training_rules.json
"""

import json
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler as schedulers

GOLDEN = Path(__file__).parent.parent / "Golden"
# PolynomialLR warns of the order of its calls.
warnings.filterwarnings("ignore", category=UserWarning)

OPTIMIZERS = {
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True),
    "nesterov-decay": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.8, nesterov=True, weight_decay=0.1),
    "dampened": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, dampening=0.5, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05),
    "adamw-decay": lambda p: torch.optim.AdamW(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.3),
}

SCHEDULES = {
    "step-decay": lambda o: schedulers.StepLR(o, step_size=4, gamma=0.3),
    "linear": lambda o: schedulers.PolynomialLR(o, total_iters=20, power=1),
    "cosine": lambda o: schedulers.CosineAnnealingLR(o, T_max=24, eta_min=0.003),
    "warm-up": lambda o: schedulers.SequentialLR(
        o,
        [schedulers.LinearLR(o, start_factor=0.1, total_iters=5), schedulers.CosineAnnealingLR(o, T_max=19)],
        milestones=[5],
    ),
}

CLIPPINGS = {
    "norm": lambda p: torch.nn.utils.clip_grad_norm_(p, 0.7),
    "value": lambda p: torch.nn.utils.clip_grad_value_(p, 0.2),
}


def rounded(tensor):
    """The elements with nine digits, which tell floats apart."""
    return [float(f"{value:.9g}") for value in tensor.tolist()]


def trajectory(make, clip=None):
    """Ten steps on Σ (w - t)⁴, with two parameters."""
    torch.manual_seed(3)
    w, target = [torch.randn(7), torch.randn(12)], [torch.randn(7), torch.randn(12)]
    start = [rounded(p) for p in w]
    for p in w:
        p.requires_grad_()
    optimizer, steps = make(w), []
    for _ in range(10):
        optimizer.zero_grad()
        sum(((p - t) ** 4).sum() for p, t in zip(w, target)).backward()
        if clip:
            clip(w)
        optimizer.step()
        steps.append([rounded(p) for p in w])
    return {"start": start, "target": [rounded(t) for t in target], "steps": steps}


def rates(make):
    """The rates of 24 steps and the one after them."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler, result = make(optimizer), []
    for _ in range(25):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return result


def main():
    result = {
        "torch": torch.__version__,
        "optimizers": {name: trajectory(make) for name, make in OPTIMIZERS.items()},
        "schedules": {name: rates(make) for name, make in SCHEDULES.items()},
        "clippings": {
            name: trajectory(lambda p: torch.optim.SGD(p, lr=0.02), clip) for name, clip in CLIPPINGS.items()
        },
    }
    (GOLDEN / "training_rules.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

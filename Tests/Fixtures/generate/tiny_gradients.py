"""Golden steps of PyTorch's optimizers with tiny gradients and tiny epsilons, in single and in double precision.

    python tiny_gradients.py       writes ../Golden/tiny_gradients.json
"""

import json
from pathlib import Path

import torch

GOLDEN = Path(__file__).parent.parent / "Golden"
START = [0.5, -2.0, 0.0, 1e-20]
DIRECTION = [1.0, -0.5, 2.0, 1.0]
STEPS = 8
# What is written down, of the steps counted from 0.
WRITTEN = [0, 2, 5, 7]
OPTIMIZERS = {
    "adam": lambda p, **k: torch.optim.Adam(p, lr=0.1, foreach=False, **k),
    "rmsprop": lambda p, **k: torch.optim.RMSprop(p, lr=0.1, foreach=False, **k),
    "sgd": lambda p, eps, **k: torch.optim.SGD(p, lr=0.1, momentum=0.9, foreach=False, **k),
}


def trajectory(make, size, epsilon, decay, precision):
    p = torch.tensor(START, dtype=torch.float32).to(precision).requires_grad_()
    optimizer = make([p], eps=epsilon, weight_decay=decay)
    rows = []
    for step in range(STEPS):
        # The last two steps have none, so that moments decay.
        factor = size * (step % 3 + 1) if step < STEPS - 2 else 0.0
        p.grad = (torch.tensor(DIRECTION, dtype=torch.float64) * factor).float().to(precision)
        optimizer.step()
        if step in WRITTEN:
            rows.append([f"{v:.9g}" for v in p.tolist()])
    return rows


def after_fifty(make, epsilon, precision):
    """From -1.9 at a learning rate of 0.01 along a gradient that stays 1e-17."""
    p = torch.tensor([-1.9], dtype=precision, requires_grad=True)
    optimizer = make([p], eps=epsilon)
    optimizer.param_groups[0]["lr"] = 0.01
    for _ in range(50):
        p.grad = torch.tensor([1e-17], dtype=torch.float32).to(precision)
        optimizer.step()
    return f"{p.item():.9g}"


def main():
    runs = []
    for name, make in OPTIMIZERS.items():
        for epsilon in [0.0] if name == "sgd" else [1e-8, 1e-12, 1e-16, 1e-20, 1e-30, 0.0]:
            for size in [1e-3, 1e-8, 1e-15, 1e-17, 1e-18, 1e-19, 1e-20, 1e-25, 1e-30, 1e-36, 1e-40]:
                for decay in [0.0, 1e-2] if size == 1e-17 else [0.0]:
                    runs.append({
                        "optimizer": name, "epsilon": epsilon, "size": f"{size:.9g}", "decay": decay,
                        "parameters": trajectory(make, size, epsilon, decay, torch.float32),
                        "exact": trajectory(make, size, epsilon, decay, torch.float64),
                    })
    fifty = [
        {"optimizer": name, "epsilon": epsilon,
         "parameter": after_fifty(OPTIMIZERS[name], epsilon, torch.float32),
         "exact": after_fifty(OPTIMIZERS[name], epsilon, torch.float64)}
        for name in ["adam", "rmsprop"] for epsilon in [0.0, 1e-20]
    ]
    result = {"torch": torch.__version__, "written": WRITTEN, "fifty": fifty, "start": [f"{v:.9g}" for v in START],
              "direction": DIRECTION, "runs": runs}
    text = json.dumps(result, separators=(",", ":")).replace('{"optimizer"', '\n{"optimizer"')
    (GOLDEN / "tiny_gradients.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

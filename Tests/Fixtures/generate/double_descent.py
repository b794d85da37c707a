"""Golden values for the study of double descent: noisy labels from NumPy, and the first epochs of training from PyTorch.

    python double_descent.py        writes ../Golden/double_descent.json

The noise is that of the authors' notebook. A small network of each kind is trained with each loss for two epochs, on
the study's 4000 training examples with noisy labels, in the order of a shuffling DataLoader.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from mnist1d.data import get_dataset_args, make_dataset
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

GOLDEN = Path(__file__).parent.parent / "Golden"
SEED, EPOCHS, NOISE = 42, 2, 0.15


def dataset():
    arguments = get_dataset_args()
    arguments.num_samples, arguments.train_split = 16_000, 0.25
    return make_dataset(arguments)


def noisy(labels, seed):
    random = np.random.RandomState(seed)
    labels = labels.copy()
    for i in range(len(labels)):
        if random.random_sample() < NOISE:
            labels[i] = random.randint(0, 10)
    return labels


def mlp(hidden):
    return nn.Sequential(
        nn.Linear(40, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 10))  # fmt: skip


def cnn(channels):
    return nn.Sequential(
        nn.Unflatten(1, (1, 40)),
        nn.Conv1d(1, channels, 5, stride=2, padding=1), nn.ReLU(),
        nn.Conv1d(channels, channels, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv1d(channels, channels, 3, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(5 * channels, 10))  # fmt: skip


def squared_error(scores, labels):
    return nn.functional.mse_loss(scores, nn.functional.one_hot(labels, 10).float())


MODELS = {"mlp": (mlp, 21), "cnn": (cnn, 6)}
LOSSES = {"nll": (nn.functional.cross_entropy, 1e-2), "mse": (squared_error, 1e-1)}


def trajectory(model, loss, x, y):
    (make, size), (objective, rate) = MODELS[model], LOSSES[loss]
    torch.manual_seed(SEED)
    network = make(size)
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9)
    loader = DataLoader(TensorDataset(x, y), batch_size=100, shuffle=True)
    losses = []
    for _ in range(EPOCHS):
        for inputs, labels in loader:
            optimizer.zero_grad()
            value = objective(network(inputs), labels)
            value.backward()
            optimizer.step()
            losses.append(value.item())
    return {"model": model, "size": size, "loss": loss, "losses": losses}


def main():
    data = dataset()
    noise = []
    for seed in (0, SEED, 2**32 - 1):
        labels = noisy(data["y"], seed)
        noise.append({
            "seed": seed, "first": labels[:40].tolist(), "replaced": int((labels != data["y"]).sum()),
            "sha256": hashlib.sha256(labels.astype("<i8").tobytes()).hexdigest()})  # fmt: skip
    x = torch.tensor(data["x"], dtype=torch.float32)
    y = torch.tensor(noisy(data["y"], SEED), dtype=torch.int64)
    result = {
        "numpy": np.__version__,
        "torch": torch.__version__,
        "noise": noise,
        "trajectories": [trajectory(model, loss, x, y) for model in MODELS for loss in LOSSES],
    }
    (GOLDEN / "double_descent.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

"""Ten epochs of the double-descent study, here and in eager PyTorch: processor time, and the ratio.

    python double_descent.py MNIST1D      with the built command, such as .build/release/mnist1d

An MLP of 100 hidden units and a CNN of 30 channels learn the study's 4000 examples by SGD with momentum, in batches of
100 from a shuffling DataLoader, from the same initial weights and in the same order on both sides, on one thread each.
So that nothing but epochs is compared, the command's time is that of eleven epochs less that of one, and PyTorch's
starts after one. The two take turns, and the best of each one's rounds counts. Before that, the test errors after
ten epochs are compared: if they are further apart than two roundings can bring them, the work is not the same.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

EPOCHS, ROUNDS, SEED = 10, 3, 42
SUBJECTS = {"MLP of 100 hidden units": ("mlp", 100), "CNN of 30 channels": ("cnn", 30)}


def network(model, size):
    torch.manual_seed(SEED)
    if model == "mlp":
        return nn.Sequential(
            nn.Linear(40, size), nn.ReLU(), nn.Linear(size, size), nn.ReLU(), nn.Linear(size, 10))  # fmt: skip
    return nn.Sequential(
        nn.Unflatten(1, (1, 40)),
        nn.Conv1d(1, size, 5, stride=2, padding=1), nn.ReLU(),
        nn.Conv1d(size, size, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv1d(size, size, 3, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(5 * size, 10))  # fmt: skip


class Training:
    """The notebook's training loop."""

    def __init__(self, model, size, x, y):
        self.network = network(model, size)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=1e-2, momentum=0.9)
        self.loader = DataLoader(TensorDataset(x, y), batch_size=100, shuffle=True)

    def run(self, epochs):
        for _ in range(epochs):
            for inputs, labels in self.loader:
                self.optimizer.zero_grad()
                loss = nn.functional.cross_entropy(self.network(inputs), labels)
                loss.backward()
                self.optimizer.step()

    @torch.no_grad()
    def error(self, x, y):
        return 100 * (self.network(x).argmax(1) != y).float().mean().item()


def command(path, model, size, epochs):
    """Processor seconds and final test error of one trial."""
    sizes = f"{'widths' if model == 'mlp' else 'channels'}={size}"
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [path, "reproduce", "double-descent", f"models={model}", "losses=nll", sizes, f"seeds={SEED}", "noise=0",
             f"epochs={epochs}", f"eval-every={epochs}", "--jobs", "1", "--threads", "1", "--output", folder],
            check=True, capture_output=True)  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        [store] = Path(folder).glob("*/*/trials.jsonl")
        trial = json.loads(store.read_text().splitlines()[-1])
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, trial["measurement"]["testError"][-1]


def dataset(path):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.npz"
        subprocess.run(
            [path, "generate", "--num-samples", "16000", "--train-split", "0.25", "--output", file],
            check=True, capture_output=True)  # fmt: skip
        data = dict(np.load(file))
    return [torch.tensor(data[key], dtype=torch.float32 if key[0] == "x" else torch.int64)
            for key in ("x", "y", "x_test", "y_test")]  # fmt: skip


def main(path):
    torch.set_num_threads(1)
    x, y, x_test, y_test = dataset(path)
    totals = {"mnist1d": 0, "PyTorch": 0}
    for name, (model, size) in SUBJECTS.items():
        training = Training(model, size, x, y)
        training.run(EPOCHS)
        theirs, (_, ours) = training.error(x_test, y_test), command(path, model, size, EPOCHS)
        if abs(theirs - ours) > 1:
            sys.exit(f"{name}: not the same work, the test error is {ours:.2f} % here and {theirs:.2f} % in PyTorch")
        best = {"mnist1d": float("inf"), "PyTorch": float("inf")}
        for _ in range(ROUNDS):
            long, short = command(path, model, size, 1 + EPOCHS)[0], command(path, model, size, 1)[0]
            best["mnist1d"] = min(best["mnist1d"], long - short)
            training = Training(model, size, x, y)
            training.run(1)
            start = time.process_time()
            training.run(EPOCHS)
            best["PyTorch"] = min(best["PyTorch"], time.process_time() - start)
        report(name, best)
        totals = {tool: totals[tool] + best[tool] for tool in totals}
    report("both", totals)


def report(name, seconds):
    print(
        f"{name:24}{1e3 * seconds['mnist1d']:8.1f} ms here{1e3 * seconds['PyTorch']:10.1f} ms in PyTorch"
        f"{seconds['PyTorch'] / seconds['mnist1d']:8.1f} ×", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])

"""What the peers have in common: the work's settings, and how they are asked to do it.

A peer is a process that answers each line of JSON on its standard input with one on its standard output:

    {"prepare": "mlp"}    the losses of the first steps, by which we know that it is the same work
    {"measure": "mlp"}    the microseconds of one step
"""

import json
import sys
import time
from statistics import median
from typing import NamedTuple

import numpy as np

LEARNING_RATE = 1e-2
LOSSES = 5  # how many first losses are compared


class Subject(NamedTuple):
    model: str
    hidden: int = 100
    batch: int = 100
    sparsity: float = 0
    side: int = 0  # of images, where the network reads these


SUBJECTS = {
    "logistic": Subject("logistic"),
    "mlp": Subject("mlp"),
    "cnn": Subject("cnn"),
    "gru": Subject("gru"),
    "resnet": Subject("resnet"),
    "tcn": Subject("tcn"),
    "transformer": Subject("transformer"),
    "cnn-2d": Subject("cnn-2d", side=28),
    "mlp-500": Subject("mlp", hidden=500),
    "mlp-500-batch-500": Subject("mlp", hidden=500, batch=500),
    "lottery-500": Subject("mlp", hidden=500, sparsity=0.92),
}

# The studies that differentiate a whole training: how many inner steps, on batches of how many examples.
OUTER = {"metalearn-lr": (200, 50), "metalearn-activation": (50, 100)}


def training_data(path):
    data = np.load(path)
    return data["x"].astype(np.float32), data["y"]


def inputs(subject, signals):
    """The signals, or images of so many of a signal's points by its last ones, the products of both."""
    side = subject.side
    if not side:
        return signals
    return (signals[:, :side, None] * signals[:, None, -side:]).reshape(len(signals), side * side)


def serve(make):
    """Answers until the input ends. `make(name)` gives `first_losses`, `restart()`, which also warms up, and
    `run(steps)`, which returns how many steps it took: at least so many."""
    stopwatches = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            work = make(request["prepare"])
            stopwatches[request["prepare"]] = Stopwatch(work)
            answer = {"first_losses": [float(loss) for loss in work.first_losses]}
        else:
            answer = {"microseconds": stopwatches[request["measure"]].microseconds()}
        print(json.dumps(answer), flush=True)


class Stopwatch:
    """Times work as `mnist1d benchmark` does: the median of some samples, each from the start."""

    SAMPLES, SECONDS = 5, 0.02

    def __init__(self, work):
        self.work, self.steps = work, 1
        while True:
            elapsed, taken = self.sample()
            if elapsed >= self.SECONDS:
                break
            self.steps = max(taken + 1, int(taken * min(2, 1.05 * self.SECONDS / elapsed)))

    def sample(self):
        self.work.restart()
        start = time.perf_counter()
        taken = self.work.run(self.steps)
        return time.perf_counter() - start, taken

    def microseconds(self):
        # What takes seconds needs no second sample.
        samples = [self.sample()]
        while len(samples) < self.SAMPLES and samples[0][0] < 1:
            samples.append(self.sample())
        return median(elapsed / taken for elapsed, taken in samples) * 1e6

"""Reads what mnist1d writes for TensorBoard with TensorBoard's own reader, and holds every value against the JSON
Lines that the same command wrote.

    MNIST1D=.build/release/mnist1d python Tests/Fixtures/generate/check_tensorboard.py
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

MNIST1D = os.environ.get("MNIST1D", ".build/release/mnist1d")


def mnist1d(*arguments, folder):
    command = [pathlib.Path(MNIST1D).resolve(), *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def curves(folder):
    """All scalars of a folder, by name, as TensorBoard sees them."""
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    return {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def single(pairs):
    return [(step, float(np.float32(value))) for step, value in pairs]


def check_training(folder):
    mnist1d(
        *"train --model mlp --steps 50 --eval-every 20 --validation 400".split(),
        *"--tensorboard logs --metrics metrics.jsonl".split(), folder=folder,
    )  # fmt: skip
    lines = [json.loads(line) for line in open(folder / "metrics.jsonl")]
    found = curves(folder / "logs")
    names = {
        "loss/batch": "train_loss", "loss/test": "test_loss", "loss/validation": "validation_loss",
        "accuracy/train": "train_accuracy", "accuracy/test": "test_accuracy",
        "accuracy/validation": "validation_accuracy",
    }  # fmt: skip
    assert set(found) == set(names) | {"loss/train"}, set(found)
    for tag, key in names.items():
        expected = single((line["step"], line[key]) for line in lines if key in line)
        assert found[tag] == expected, (tag, found[tag], expected)
    return sum(map(len, found.values()))


def check_study(folder):
    mnist1d(
        *"reproduce baselines models=logistic,mlp columns=ordered seeds=0,1 steps=40".split(),
        *"eval-every=10 dataset.num-samples=100".split(), folder=folder,
    )  # fmt: skip
    (run,) = (folder / "runs/baselines").iterdir()
    mnist1d("export", run, "--tensorboard", "study", folder=folder)
    count = 0
    seen = set()
    for line in open(run / "export/curves.jsonl"):
        curve = json.loads(line)
        name = ",".join(f"{key}={value}" for key, value in curve["trial"].items())
        found = curves(folder / "study" / name)[curve["curve"]]
        assert found == single(zip(curve["steps"], curve["values"])), (name, curve["curve"])
        seen.add(name)
        count += len(found)
    assert len(seen) == 8, seen
    return count


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    counts = check_training(folder), check_study(folder)
    print(f"TensorBoard reads {counts[0]} values of a training and {counts[1]} of a study, all as they were written")
    sys.exit(0)

"""Writes ../Golden/random_streams.json: what NumPy's RandomState and PyTorch's generator draw.

    python random_streams.py

Every entry holds the first values and the SHA-256 of all values as little-endian bytes
(float64 or int64 from NumPy, float32 or int64 from PyTorch). Behind NumPy's normal variates are logarithms that are
rounded correctly; those from the C library must agree with them to some units in the last place. The PyTorch part needs a
processor with AVX2: float32 kernels without fused multiply-add give other bits.
"""

import hashlib
import json
import pathlib

import correctly_rounded
import numpy as np
import torch
from torch.utils.data import DataLoader

SEEDS = [0, 1, 42, 12345, 2**32 - 1]
SIZES = [1, 2, 15, 16, 17, 31, 32, 100, 1000]
MILLION = 1_000_000


def digest(array):
    array = np.ascontiguousarray(array)
    return hashlib.sha256(array.astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest()


def entry(array, **labels):
    array = np.asarray(array)
    first = [float(v) if array.dtype.kind == "f" else int(v) for v in array.ravel()[:4]]
    return {**labels, "count": int(array.size), "first": first, "sha256": digest(array)}


def normals(state, plain):
    """A generator of normal variates beside the unchanged one; what both draw may differ in the last places alone."""
    variates = correctly_rounded.NormalVariates(state)

    def agreed(values, reference):
        assert np.all(np.abs(values - reference) <= 2 * np.spacing(np.abs(reference) + 2))
        return values

    return (
        lambda count: agreed(variates.standard_normal(count), plain.standard_normal(count)),
        lambda mean, deviation, count: agreed(
            variates.normal(mean, deviation, count), plain.normal(mean, deviation, count)),
    )


def numpy_streams():
    entries = []
    for seed in SEEDS:
        for count in SIZES + ([MILLION] if seed == 42 else []):
            state = lambda: np.random.RandomState(seed)
            standard_normal = normals(state(), state())[0](count)
            normal = normals(state(), state())[1](0.3, 1.7, count)
            entries += [
                entry(state().random_sample(count), method="random_sample", seed=seed),
                entry(standard_normal, method="standard_normal", seed=seed),
                entry(state().uniform(-0.3, 1.7, count), method="uniform", seed=seed),
                entry(normal, method="normal", seed=seed),
            ]
        for bound in [1, 2, 48, 64, 65, 2**32 - 1, 2**32, 2**40 + 1]:
            state = np.random.RandomState(seed)
            values = np.array([state.choice(bound) for _ in range(100)], dtype=np.int64)
            entries.append(entry(values, method="choice", seed=seed, bound=bound))
        for count in [1, 2, 10, 40, 5000]:
            state = np.random.RandomState(seed)
            twice = np.concatenate([state.permutation(count), state.permutation(count)])
            entries.append(entry(twice, method="permutation_twice", seed=seed))
        # The cached normal survives every other kind of draw, and a shuffle of rows.
        state = np.random.RandomState(seed)
        variates = correctly_rounded.NormalVariates(state)
        array = np.arange(7)
        mixed = []
        for _ in range(50):
            mixed += [*variates.standard_normal(1), state.rand(), float(state.choice(48))]
            mixed += [*variates.standard_normal(3)]
            state.shuffle(array)
            mixed += [float(v) for v in array]
        entries.append(entry(np.array(mixed), method="mixed", seed=seed))
    return entries


def torch_streams():
    entries = []
    for seed in SEEDS + [2**32 + 7, 2**64 - 1]:
        def generator():
            return torch.Generator().manual_seed(seed if seed < 2**63 else seed - 2**64)

        label = str(seed)
        for count in SIZES + ([MILLION] if seed == 42 else []):
            empty = lambda: torch.empty(count)
            entries += [
                entry(empty().uniform_(0, 1, generator=generator()), method="unit", seed=label),
                entry(empty().uniform_(-0.158, 0.158, generator=generator()), method="uniform", seed=label),
                entry(empty().normal_(0, 1, generator=generator()), method="standard_normal", seed=label),
                entry(empty().normal_(0.3, 1.7, generator=generator()), method="normal", seed=label),
            ]
        if seed == 42:
            # Below 16 numbers at once PyTorch computes in double precision, with the C library's log1p, sine and cosine.
            g = generator()
            few = torch.cat([torch.empty(15).normal_(generator=g) for _ in range(10_000)])
            entries.append(entry(few, method="standard_normal_by_15", seed=label))
        for bound in [1, 2, 10, 4000, 2**28 - 1, 2**28, 2**32, 2**62]:
            values = torch.randint(-3, bound - 3, (100,), generator=generator())
            entries.append(entry(values, method="randint", seed=label, bound=bound))
        for count in [0, 1, 2, 10, 4000]:
            g = generator()
            twice = torch.cat([torch.randperm(count, generator=g), torch.randperm(count, generator=g)])
            entries.append(entry(twice, method="randperm_twice", seed=label))
        # One stream in which everything alternates; the second variate of a pair is kept across calls.
        g = generator()
        mixed = []
        for round in range(20):
            mixed += [
                torch.empty(3).normal_(0.1, 2, generator=g), torch.empty(5).uniform_(-1, 1, generator=g),
                torch.empty(33).normal_(-1, 0.5, generator=g), torch.randint(0, 10, (2,), generator=g).float(),
                torch.empty(round).normal_(generator=g), torch.randperm(6, generator=g).float(),
            ]
        entries.append(entry(torch.cat(mixed), method="mixed", seed=label))
        # Several epochs in a row in one stream, with other draws between them.
        for count, batch in [(1, 1), (10, 3), (64, 16), (4000, 100)]:
            torch.manual_seed(seed if seed < 2**63 else seed - 2**64)
            data = list(range(count))
            loader = DataLoader(data, batch_size=batch, shuffle=True)
            epochs = []
            for _ in range(4):
                epochs += [torch.cat(list(loader)), torch.randint(0, 1000, (1,))]
            entries.append(entry(torch.cat(epochs), method="loader_default", seed=label, bound=count))
            g = generator()
            loader = DataLoader(data, batch_size=batch, shuffle=True, generator=g)
            epochs = []
            for _ in range(4):
                epochs += [torch.cat(list(loader)), torch.randint(0, 1000, (1,), generator=g)]
            entries.append(entry(torch.cat(epochs), method="loader_generator", seed=label, bound=count))
    return entries


if __name__ == "__main__":
    assert torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512"), "AVX2 is needed"
    golden = pathlib.Path(__file__).parent.parent / "Golden" / "random_streams.json"
    sections = {"numpy": numpy_streams(), "torch": torch_streams()}
    lines = [
        f' "{name}": [\n' + ",\n".join("  " + json.dumps(e) for e in entries) + "\n ]"
        for name, entries in sections.items()
    ]
    golden.write_text("{\n" + ",\n".join(lines) + "\n}\n")

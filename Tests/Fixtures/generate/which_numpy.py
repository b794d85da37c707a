"""Counts where the reference's values depend on NumPy and the C library.

    python which_numpy.py OURS.npz [PUBLISHED.pkl]

OURS.npz is what `mnist1d generate --output OURS.npz` writes, PUBLISHED.pkl the authors' file. The reference runs here
twice, as it is and with NumPy's kernels for AVX-512 switched off (they are used only on processors that have it).
"""

import os
import pickle
import subprocess
import sys
from itertools import combinations

import numpy as np
from mnist1d.data import get_dataset_args, make_dataset


def signals(dataset):
    return np.concatenate([dataset["x"], dataset["x_test"]])


def reference(disabled=""):
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled}
    return np.frombuffer(subprocess.check_output([sys.executable, __file__], env=environment)).reshape(-1, 40)


def main():
    if len(sys.argv) == 1:
        sys.stdout.buffer.write(signals(make_dataset(get_dataset_args())).tobytes())
        return
    values = {"ours": signals(np.load(sys.argv[1])), "NumPy": reference(), "without AVX-512": reference("X86_V4")}
    if len(sys.argv) > 2:
        with open(sys.argv[2], "rb") as file:
            values["published"] = signals(pickle.load(file))
    for (a, x), (b, y) in combinations(values.items(), 2):
        single = np.count_nonzero(x.astype(np.float32) != y.astype(np.float32))
        print(f"{a} / {b}: {np.count_nonzero(x != y)} of {x.size} differ, by at most {np.abs(x - y).max():.2g}; in single precision {single}")


if __name__ == "__main__":
    main()

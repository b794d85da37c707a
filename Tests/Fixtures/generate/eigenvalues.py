"""Prints the largest eigenvalues that Tests/TensorsTests/EigenvalueTests.swift holds the Lanczos method against.

    python eigenvalues.py
"""

import numpy as np


def matrix(count):
    i, j = np.indices((count, count))
    return ((7 * np.minimum(i, j) + 3 * np.maximum(i, j)) * 37 % 129 - 64) / 64


for count in (5, 60, 200):
    print(count, repr(float(np.linalg.eigvalsh(matrix(count))[-1])))

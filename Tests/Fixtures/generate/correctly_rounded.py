"""Elementary functions rounded correctly, and NumPy's normal variates made from them.

NumPy takes the logarithm behind a normal variate from the C library, whose last place differs from one platform to
another. The golden files hold what the reference makes with every logarithm and exponential rounded correctly instead,
which is the same everywhere. To be imported before NumPy: on AVX-512 its own `exp` moves weights of the Gaussian filter.
"""

import contextlib
import math
import os
import sys

assert "numpy" not in sys.modules, "to be imported before NumPy"
os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL AVX512_SPR"

import mpmath
import numpy as np
from mpmath import libmp

# Of 53 + 140 bits no double's logarithm leaves a rounding open; mpmath's own error is a few units of the last one.
PRECISION = 200


def _rounded(function):
    def value(x):
        sign, mantissa, exponent, _ = function(libmp.from_float(float(x)), PRECISION, libmp.round_nearest)
        # Python's conversions and quotients of integers are rounded correctly, subnormal ones too.
        try:
            result = float(mantissa << exponent) if exponent >= 0 else mantissa / (1 << -exponent)
        except OverflowError:
            result = math.inf
        return -result if sign else result

    return value


log, exp = _rounded(libmp.mpf_log), _rounded(libmp.mpf_exp)
sin, cos = _rounded(libmp.mpf_sin), _rounded(libmp.mpf_cos)


class NormalVariates:
    """`standard_normal` and `normal` of a RandomState, which gives the uniform numbers: `legacy_gauss` of NumPy."""

    def __init__(self, random):
        self.random, self.cached = random, None

    def pairs(self, count):
        """Draws as many candidates as pairs are missing, all of which would be drawn one by one too."""
        accepted = np.empty((0, 2))
        while len(accepted) < count:
            points = 2 * self.random.random_sample((count - len(accepted), 2)) - 1
            squares = points[:, 0] * points[:, 0] + points[:, 1] * points[:, 1]
            accepted = np.concatenate([accepted, points[(squares < 1) & (squares != 0)]])
        squares = accepted[:, 0] * accepted[:, 0] + accepted[:, 1] * accepted[:, 1]
        factors = np.sqrt(-2 * np.array([log(r) for r in squares]) / squares)
        return np.stack([factors * accepted[:, 1], factors * accepted[:, 0]], axis=1)

    def standard_normal(self, count):
        head = [] if self.cached is None or count == 0 else [self.cached]
        missing = count - len(head)
        if head:
            self.cached = None
        drawn = self.pairs((missing + 1) // 2).ravel() if missing else np.empty(0)
        if missing % 2:
            self.cached, drawn = drawn[-1], drawn[:-1]
        return np.concatenate([head, drawn])

    def normal(self, mean, deviation, count):
        return mean + deviation * self.standard_normal(count)


@contextlib.contextmanager
def in_numpy():
    """Replaces `numpy.random.randn` and `numpy.exp` while the reference implementation runs."""
    randn, seed, exponential = np.random.randn, np.random.seed, np.exp
    variates = NormalVariates(np.random)

    def seeded(value):
        variates.cached = None
        seed(value)

    np.random.seed = seeded
    np.random.randn = lambda *shape: variates.standard_normal(int(np.prod(shape))).reshape(shape)
    np.exp = lambda x: np.vectorize(exp, otypes=[float])(x)
    try:
        yield
    finally:
        np.random.randn, np.random.seed, np.exp = randn, seed, exponential

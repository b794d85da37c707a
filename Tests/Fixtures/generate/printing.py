"""How NumPy prints arrays of single precision.

    python printing.py       writes ../Golden/printing.json

An array is given by its shape and the bits of its elements, which are repeated in turn to fill it.
"""

import json
from pathlib import Path

import numpy

GOLDEN = Path(__file__).parent.parent / "Golden"

CASES = [
    ([], [1.5]),
    ([], [-0.0]),
    ([], [1e-5]),
    ([], [0.0001]),
    ([], [999999]),
    ([], [1e6]),
    ([], [16777216]),
    ([], [numpy.nan]),
    ([], [-numpy.inf]),
    ([], [3.4028235e38]),
    ([0], [0]),
    ([3, 0], [0]),
    ([1], [0.1]),
    ([3], [1, 2, 3]),
    ([3], [-1, 2.5, 0]),
    ([2], [-0.0, 0.5]),
    ([2], [1.1, 0.1234567]),
    ([2], [0.00012345678, 0.1]),
    ([1], [0.0001]),
    ([2], [0.0001, 0.09]),
    ([2], [0.00009999, 1]),
    ([2], [1000, 1]),
    ([2], [1001, 1]),
    ([2], [123456.789, 234.5]),
    ([2], [999999, 1000]),
    ([2], [1000000, 1000]),
    ([4], [1.1754944e-38, 1.1, 0.3, 2e10]),
    ([2], [1e-45, 3e38]),
    ([3], [0.3, -2e7, 0]),
    ([2], [-1e-7, 0.1]),
    ([2], [numpy.nan, 1.25]),
    ([2], [numpy.inf, -numpy.inf]),
    ([2], [numpy.nan, numpy.nan]),
    ([3], [numpy.inf, 1e-6, -3]),
    ([3], [-numpy.inf, 1, 2]),
    ([3], [-numpy.inf, 100, 2000]),
    ([2, 2], [numpy.nan, 1.25, -numpy.inf, 1000.5]),
    ([2, 3], [1, 2, 3, 4, 5, 6]),
    ([2, 3, 2], [0.5, -1, 10]),
    ([2, 2, 2, 2], [1, 2, 3.25]),
    ([1, 1, 1, 1], [7]),
    ([3, 1], [1e-9, 1, -1]),
    ([30], [0.1, -0.25, 0.3333333]),
    ([2, 25], [0.1, -0.25, 0.3333333, 12.5]),
    ([2, 2, 21], [1.5e-5, -0.25]),
    ([1000], [0, 1, 2, 3, 4, 5, 6]),
    ([1001], [0, 1, 2, 3, 4, 5, 6]),
    ([1003], [0, 1, 2, 3, -400, 5, 6e7, 0]),
    ([40, 40], [1, 2.5, -3, 4]),
    ([7, 300], [0.125, 2, 3]),
    ([500, 3], [0.125, -20, 3]),
    ([11, 2, 60], [1, 2, 3]),
    ([3, 20, 20], [1, -2, 3, 0.001]),
    ([7, 7, 7, 7], [1, 2, 3, 4, 5]),
    ([300, 7, 1], [1, 2, 0.3, 4, 5]),
]


def main():
    generator = numpy.random.default_rng(1)
    cases = list(CASES)
    for spread in [0, 1, 2, 5, 20]:
        for shape in [[5], [3, 4]]:
            count = int(numpy.prod(shape))
            exponents = numpy.exp(generator.normal(size=count) * spread)
            cases.append((shape, list(generator.normal(size=count) * exponents)))
    rows = []
    for shape, elements in cases:
        array = numpy.resize(numpy.array(elements, numpy.float32), shape)
        bits = [int(bits) for bits in numpy.array(elements, numpy.float32).view(numpy.uint32)]
        rows.append({"shape": shape, "bits": bits, "text": str(array)})
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    (GOLDEN / "printing.json").write_text(text)


if __name__ == "__main__":
    main()

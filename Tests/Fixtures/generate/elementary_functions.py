"""Writes ../Golden/elementary_functions.json: correctly rounded logarithms, exponentials, sines and cosines.

    python elementary_functions.py

`hard` holds arguments whose values lie next to the midpoint of two doubles, and ones at the ends of the range, each with
its value as bit patterns. Sources: V. Lefèvre and J.-M. Muller, "Worst cases for correct rounding of the elementary
functions in double precision" (ARITH-15, 2001), and V. Lefèvre's list for the sine; the others are the hardest among
some hundred thousand random ones. `streams` holds the SHA-256 of the values at arguments that a RandomState draws, as
`arguments` says.
"""

import hashlib
import json
import math
import pathlib
import struct

import correctly_rounded
import numpy as np
from mpmath import libmp

FUNCTIONS = {name: getattr(correctly_rounded, name) for name in ("log", "exp", "sin", "cos")}

# Published worst cases.
HARD = {
    "log": """0x1.62a88613629b6p+678 0x1.0000000000001p0 0x2.0012ecb039c9cp0 0x6.46a37fd503fdcp0 0x7.78dfecc7f57fp0
        0x9.588ccf24bb9c8p0 0xa.af87550d97e4p0 0xc.76f2496cb039p0 0x11.1867637cbd03p0 0x13.d9d7d597a9ddp0
        0x17.f3825778aaafp0 0x1ac.50b409c8aeep0 0x1.de7cd6751029ap16""",
    "exp": """-0x1.cc37ef7de7501p0 -0x1.22e24fa3d5cf9p-1 -0x1.dc2b5df1f7d3dp-1 -0x1.290ea09e36479p-3
        -0x1.a2fefefd580dfp-13 -0x1.ed318efb627eap-27 -0x1.4bd46601ae1efp-31 -0x1.1000000000242p-42
        -0x1.2000000000288p-42 -0x1.8000000000012p-48 -0x1.0000000000001p-51 0x1.fffffffffffffp-53
        0x1.fffffffffffe0p-48 0x1.7ffe7ffee0024p-32 0x1.80017ffedffdcp-32 0x1.9e9cbbfd6080bp-31 0x1.d7a7d893609e5p-26
        0x1.ba07d73250de7p-14 0x1.d77fd13d27fffp-11 0x1.6a4d1af9cc989p-8 0x1.accfbe46b4ef0p-1 0x1.aca7ae8da5a7bp0
        0x1.d6336a88077aap0 0x2.85dc78fb8928cp0 0x1.76e7e5d7b6eacp3 0x1.a8ead058bc6b8p3 0x1.1d5c2daebe367p4
        0x1.c44ce0d716a1ap4 0x6.0f52f37aecfd0p0""",
    "sin": """0x1.e0000000001c2p-20 0x1.598bae9e632f6p-7 0x1.9283586503fep-5 0x1.d7bdcd778049fp-5 0x1.a202b3fb84788p-4
        0x1.d037cb27ee6dfp-3 0x1.d5064e6fe82c5p-3 0x1.fe767739d0f6dp-2 0x1.d98c4c612718dp-1 0x1.921fb54442d18p-0
        0x1.6756745770a51p+1 0x1.005023d32fee5p+1 0x1.00874a5f9fc33p-13 0x1.0192deafac33fp+0 0x1.04394261cffa6p-1
        0x1.043e268ba402ap+1 0x1.184a0aa58191dp-24 0x1.4a49eec4b3521p-9 0x1.5bfca0aa697edp-3 0x1.6f623e27cdb79p-1""",
    "cos": """0x1.8000000000009p-23 0x1.8000000000024p-22 0x1.2000000000f30p-18 0x1.06b505550e6b2p-9 0x1.97ccd3d2c438fp-6
        0x1.549ec0c0c5afap-5 0x1.16e534ee36580p-4 0x1.efeef61d39ac2p-3 0x1.feb1f7920e248p-2 0x1.7cb7648526f99p-1
        0x1.c65a170474549p-1 0x1.6b8a6273d7c21p+0""",
}

PI = math.pi
ENDS = {
    "log": [0.0, -0.0, -1.0, -math.inf, math.inf, math.nan, 1.0, 5e-324, 2.0**-1022, 2.0**-1022 - 5e-324, 2.0**-1030 * 3,
            1.7976931348623157e308, 1 - 2.0**-53, 1 + 2.0**-52, 0.5, 2.0, 2.0**0.5, 0.5**0.5, math.e, 2.0**-53],
    "exp": [0.0, -0.0, 5e-324, -5e-324, 1.0, -1.0, math.inf, -math.inf, math.nan, 709.782712893384, 709.7827128933841, 710.0,
            1e300, -1e300, -708.3964185322641, -708.3964185322642, -744.4400719213812, -745.1332191019411, -745.1332191019412,
            -745.2, -746.0, 2.0**-53, -(2.0**-53), -(2.0**-54), math.nextafter(-(2.0**-54), -1), 2.0**-54, -32.0, 0.125],
    "sin": [0.0, 5e-324, 2.0**-1022, 2.0**-27, 2.0**-26, 2.0**-53 * 2 * PI, PI, 2 * PI, PI / 2, 3 * PI / 2, PI / 4, 1.0, 6.9, 7.0],
}
ENDS["cos"] = ENDS["sin"]
# The neighbours of multiples of π / 128, where the tables' intervals begin and sines and cosines are small.
for multiple in range(0, 257, 8):
    for near in (math.nextafter(multiple * PI / 128, 0), math.nextafter(multiple * PI / 128, 7)):
        ENDS["sin"].append(near)


def value(name, x):
    """The correctly rounded value, limits and all."""
    if name == "log":
        if not x > 0 or x == math.inf:
            return x if x != x or x > 0 else -math.inf if x == 0 else math.nan
    if name == "exp":
        if x != x:
            return x
        if x > 710 or x < -746:
            return math.inf if x > 0 else 0.0
    return FUNCTIONS[name](x)


def bits(x):
    return "nan" if x != x else struct.pack(">d", x).hex()


def hardness(name, x):
    """How far, in units of the last place, the exact value is from the midpoint of two doubles."""
    exact = getattr(libmp, "mpf_" + name)(libmp.from_float(x), correctly_rounded.PRECISION, "n")
    sign, mantissa, exponent, count = exact
    if count <= 53:
        return 1.0
    below = count - 53
    return abs((mantissa & ((1 << below) - 1)) / (1 << below) - 0.5)


def arguments(name, seed, count):
    """What `ElementaryFunctionsTests` draws: u, v uniform in 0 ..< 1 in turn."""
    pairs = np.random.RandomState(seed).random_sample((count, 2))
    for u, v in pairs:
        scale = math.ldexp(1.0, -int(v * 60))
        if name == "log":
            yield u  # What a normal variate asks for.
            yield 1 + (u - 0.5) * scale
            yield math.ldexp(0.5 + u / 2, int(v * 2096) - 1073)
        elif name == "exp":
            yield -40 * u
            yield 1460 * u - 747
            yield (u - 0.5) * scale
        else:
            yield 2 * PI * u
            yield 2 * PI * u * scale


if __name__ == "__main__":
    golden = {"hard": {}, "streams": []}
    for name, seed in (("log", 1), ("exp", 2), ("sin", 3), ("cos", 3)):
        drawn = list(arguments(name, seed + 100, 40_000))
        hardest = sorted((x for x in drawn if x > 0 or name == "exp"), key=lambda x: hardness(name, x))[:40]
        cases = [float.fromhex(x) for x in HARD[name].split()] + ENDS[name] + hardest
        golden["hard"][name] = [[bits(x), bits(value(name, x))] for x in cases]
        for count in (2_000, 40_000):
            values = [value(name, x) for x in arguments(name, seed, count)]
            digest = hashlib.sha256(np.array(values, dtype="<f8").tobytes()).hexdigest()
            golden["streams"].append({"function": name, "seed": seed, "count": count, "sha256": digest})
    lines = [f'  "{name}": {json.dumps(cases)}' for name, cases in golden["hard"].items()]
    streams = ["  " + json.dumps(entry) for entry in golden["streams"]]
    path = pathlib.Path(__file__).parent.parent / "Golden" / "elementary_functions.json"
    path.write_text(
        '{\n "hard": {\n' + ",\n".join(lines) + '\n },\n "streams": [\n' + ",\n".join(streams) + "\n ]\n}\n")

"""Writes the golden files of DataFormats into ../Golden/formats, with the real libraries.

Files named written.* have the exact bytes that our writers give. They are made here by NumPy,
zipfile, pickle and safetensors, and loaded again by them, so equal bytes mean that these
libraries read what we write.
"""

import io
import json
import pickle
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from mnist1d.data import get_dataset_args, make_dataset

OUT = Path(__file__).resolve().parent.parent / "Golden" / "formats"
warnings.simplefilter("ignore", DeprecationWarning)


def bits(array):
    """An array as the tests expect it: shape, type and little-endian row-major bytes."""
    array = np.asarray(array)
    content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
    return {"shape": list(array.shape), "type": array.dtype.name, "hex": content.hex()}


def write_json(name, value):
    (OUT / name).write_text(json.dumps(value, indent=1) + "\n")


def same(left, right):
    left, right = np.asarray(left), np.asarray(right)
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


# --- Arrays of every type that is written

f8 = np.array([[0.1, -0.0, 5e-324], [1.7976931348623157e308, -np.pi, 1 / 3]])
arrays = {
    "f8": f8,
    "f4": np.array([0.1, 1e-45, 3.4028235e38, -2.5], np.float32),
    "i8": np.array([[[-(2**63)], [2**63 - 1]]]),
    "i4": np.array([-(2**31), 2**31 - 1, 7], np.int32),
    "u1": np.array([0, 1, 255], np.uint8),
    "b1": np.array([True, False, True]),
    "scalar": np.array(2.5),
    "empty": np.zeros((3, 0, 2)),
    "größe": np.arange(3),
}
write_json("arrays.json", {name: bits(array) for name, array in arrays.items()})

np.savez(OUT / "numpy.npz", **arrays)
np.savez_compressed(OUT / "numpy_compressed.npz", **arrays, long=np.arange(700) % 9)


class Unseekable(io.RawIOBase):
    """A pipe, after which zipfile puts checksums and sizes behind the data."""

    def __init__(self):
        self.content = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.content += bytes(data)
        return len(data)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


pipe = Unseekable()
with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, array in arrays.items():
        archive.writestr(zipfile.ZipInfo(name + ".npy"), npy(array))
(OUT / "streamed.npz").write_bytes(pipe.content)


def written_npz(arrays):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            info = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, npy(array))
    file.seek(0)
    loaded = np.load(file)
    assert loaded.files == list(arrays)
    assert all(same(loaded[name], array) for name, array in arrays.items())
    return file.getvalue()


(OUT / "written.npz").write_bytes(written_npz(arrays))

# --- Arrays that are widened or rearranged on reading

foreign = {
    "big endian f8": (np.array([0.1, -2.0], ">f8"), np.float64),
    "big endian i2": (np.array([-2, 258], ">i2"), np.int32),
    "float16": (np.array([1 / 3, 6e-8, -np.inf, 65504, -0.0], np.float16), np.float32),
    "int8": (np.array([-128, 127], np.int8), np.int32),
    "int16": (np.array([-32768, 32767], np.int16), np.int32),
    "uint16": (np.array([65535], np.uint16), np.int32),
    "uint32": (np.array([2**32 - 1], np.uint32), np.int64),
    "uint64": (np.array([2**63 - 1], np.uint64), np.int64),
    "column-major": (np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)), np.float64),
    "column-major, big endian": (np.asfortranarray(np.arange(6).reshape(2, 3).astype(">i4")), np.int32),
}
np.savez(OUT / "foreign.npz", **{name: array for name, (array, _) in foreign.items()})
write_json("foreign.json", {name: bits(array.astype(to)) for name, (array, to) in foreign.items()})

for version in (2, 3):
    with open(OUT / f"version{version}.npy", "wb") as file:
        np.lib.format.write_array(file, f8, version=(version, 0))

deflated = {}
text = b"".join(b"%d squared is %d, " % (i, i * i) for i in range(60))
random = np.random.RandomState(1).bytes(300)
for name, plain, level, strategy in [
    ("nothing", b"", 9, zlib.Z_DEFAULT_STRATEGY),
    ("stored", random, 0, zlib.Z_DEFAULT_STRATEGY),
    ("fixed", text, 9, zlib.Z_FIXED),
    ("dynamic", text * 3, 9, zlib.Z_DEFAULT_STRATEGY),
    ("huffman only", text, 9, zlib.Z_HUFFMAN_ONLY),
    ("run lengths", b"\0" * 5000 + b"ab" * 300, 6, zlib.Z_RLE),
    ("incompressible", random, 9, zlib.Z_DEFAULT_STRATEGY),
]:
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    deflated[name] = {
        "plain": plain.hex(),
        "deflated": (deflate.compress(plain) + deflate.flush()).hex(),
    }
write_json("deflate.json", deflated)

# --- A small dataset of the reference implementation

args = get_dataset_args()
args.num_samples, args.final_seq_length = 20, 5
dataset = make_dataset(args)
templates = dataset["templates"]
flat = {name: dataset[name] for name in ("x", "x_test", "y", "y_test", "t")}
flat |= {"templates_" + name: templates[name] for name in ("x", "t", "y")}
write_json("dataset.json", {name: bits(array) for name, array in flat.items()})
(OUT / "dataset.npz").write_bytes(written_npz(flat))

rows = [["split", "label"] + [f"x{i}" for i in range(5)]]
rows += [["train", str(y)] + [repr(float(v)) for v in x] for x, y in zip(dataset["x"], dataset["y"])]
rows += [["test", str(y)] + [repr(float(v)) for v in x] for x, y in zip(dataset["x_test"], dataset["y_test"])]
(OUT / "dataset.csv").write_text("".join(",".join(row) + "\n" for row in rows))

# --- Pickles

whichmodule = pickle.whichmodule


def dumps(value, protocol, numpy1=False, memo=True):
    """Pickles with NumPy's module names of version 1 or 2, and with or without a memo."""
    file = io.BytesIO()
    if numpy1:
        pickle.whichmodule = lambda *found: whichmodule(*found).replace("numpy._core", "numpy.core")
    pickler = pickle._Pickler(file, protocol)
    pickler.fast = not memo
    pickler.dump(value)
    pickle.whichmodule = whichmodule
    return file.getvalue()


def same_dataset(left, right):
    names = ("x", "x_test", "y", "y_test", "t")
    return all(same(left[n], right[n]) for n in names) and all(
        same(left["templates"][n], right["templates"][n]) for n in "xty"
    )


for protocol in (2, 3, 4, 5):
    (OUT / f"dataset_protocol{protocol}.pkl").write_bytes(pickle.dumps(dataset, protocol))
    (OUT / f"dataset_protocol{protocol}_numpy1.pkl").write_bytes(dumps(dataset, protocol, numpy1=True))

written = dumps(dataset, 3, numpy1=True, memo=False)
assert same_dataset(pickle.loads(written), dataset)
(OUT / "written_dataset.pkl").write_bytes(written)

plain = {
    "none": None,
    "truths": [True, False],
    "integers": [0, 255, 256, 65535, 65536, -1, -129, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)],
    "float": 0.1,
    "texts": ["", "größe", "x" * 300],
    "bytes": [b"", b"\xff\0", b"y" * 300],
    "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
    "lists": [[], [[]], [None]],
    "nested": {"one": {"two": {}}},
}
written = dumps(plain, 3, memo=False)
assert pickle.loads(written) == plain
(OUT / "written_values.pkl").write_bytes(written)

shared = np.arange(3)
numpy_values = {
    "scalars": [np.float64(0.1), np.float32(0.1), np.int64(-7), np.bool_(True)],
    "empty": np.zeros((0, 3)),
    "big endian": np.array([0.1], ">f8"),
    "column-major": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "twice": [shared, shared],
    "truths": np.array([True, False]),
}
for protocol in (2, 3, 4, 5):
    (OUT / f"values_protocol{protocol}.pkl").write_bytes(pickle.dumps(plain, protocol))
    (OUT / f"numpy_protocol{protocol}.pkl").write_bytes(pickle.dumps(numpy_values, protocol))


class Call:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


cycle = []
cycle.append(cycle)
deep = []
for _ in range(200):
    deep = [deep]
refused = {
    "os.system": (Call(__import__("os").system, "true"), "posix.system"),
    "eval": (Call(eval, "1"), "builtins.eval"),
    "getattr": (Call(getattr, "a", "upper"), "builtins.getattr"),
    "a set": ({1, 2}, "operation 0x8f"),
    "objects": (np.array([None, "a"]), "dtype 'O8'"),
    "texts": (np.array(["a"]), "dtype 'U1'"),
    "complex": (np.array([1j]), "dtype 'c16'"),
    "structured": (np.zeros(2, [("a", "f4")]), "dtype 'V4'"),
    "a long integer": (2**63, "64 bits"),
    "a key": ({1: 2}, "key"),
    "a cycle": (cycle, "deep"),
    "deep nesting": (deep, "deep"),
    "a dtype": (np.dtype("f8"), "dtype as a value"),
    "a type": (np.ndarray, "numpy.ndarray"),
}
write_json(
    "refused_pickles.json",
    {
        name: {"hex": pickle.dumps(value, 4).hex(), "reason": reason}
        for name, (value, reason) in refused.items()
    },
)

# What no dataset needs, beside what it needs: NumPy writes it, and readers leave it alone.
small = {"x": np.array([[0.5, 1.0]]), "y": np.array([3]), "x_test": np.array([[-4.0, 5.0]]), "y_test": np.array([4])}
extras = {
    "texts": np.array(["a", "größe"]),
    "raw texts": np.array([b"a", b"bc"]),
    "objects": np.array([None, "a", {"b": [1]}], dtype=object),
    "dates": np.array(["2020-01-01", "2021-02-03"], dtype="M8[ns]"),
    "times": np.array([1, 2], dtype="m8[s]"),
    "complex": np.array([[1j], [2]]),
    "records": np.zeros(2, [("a", "f4"), ("b", "U2")]),
    "long": np.array([0.5], dtype=np.longdouble),
    "one text": np.str_("a"),
    "one complex": np.complex64(1j),
    "one date": np.datetime64("2020-01-01"),
}
archive = io.BytesIO()
np.savez(archive, **small, **extras)
write_json(
    "extra_entries.json",
    {f"protocol {version}": pickle.dumps({**extras, **small}, version).hex() for version in range(6)}
    | {"npz": archive.getvalue().hex(), "wanted": pickle.dumps({**small, "x": extras["objects"]}, 4).hex()},
)

# --- safetensors

metadata = {"model": 'mlp "small"\n\x01 größe'}
content = safetensors.numpy.save(arrays, metadata)
loaded = safetensors.numpy.load(content)
assert all(same(loaded[name], array) for name, array in arrays.items())
(OUT / "written.safetensors").write_bytes(content)

halves = torch.tensor([1 / 3, -2.0, 1e-8])
safetensors.torch.save_file(
    {"bfloat16": halves.bfloat16(), "float16": halves.half(), "int16": torch.tensor([-3], dtype=torch.int16)},
    OUT / "halves.safetensors",
)
write_json(
    "halves.json",
    {
        "bfloat16": bits(halves.bfloat16().float().numpy()),
        "float16": bits(halves.half().float().numpy()),
        "int16": bits(np.array([-3], np.int32)),
    },
)


def refused_safetensors(header, content=b""):
    """A file that the reference implementation refuses too."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    file = struct.pack("<Q", len(text)) + text + content
    try:
        safetensors.numpy.load(file)
    except Exception:
        return file.hex()
    raise AssertionError(header)


def tensor(start, end, shape=(2,), dtype="U8"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


write_json(
    "refused_safetensors.json",
    {
        "a hole": refused_safetensors({"a": tensor(0, 2), "b": tensor(3, 5)}, b"12345"),
        "a hole at the start": refused_safetensors({"a": tensor(1, 3)}, b"123"),
        "an overlap": refused_safetensors({"a": tensor(0, 2), "b": tensor(1, 3)}, b"123"),
        "too few bytes": refused_safetensors({"a": tensor(0, 2)}, b"1"),
        "trailing bytes": refused_safetensors({"a": tensor(0, 2)}, b"123"),
        "offsets backwards": refused_safetensors({"a": tensor(2, 0)}, b"12"),
        "a wrong size": refused_safetensors({"a": tensor(0, 2, (3,))}, b"12"),
        "an overflowing shape": refused_safetensors({"a": tensor(0, 0, (2**40, 2**40))}),
        "a negative size": refused_safetensors({"a": tensor(0, 2, (-2,))}, b"12"),
        "an unknown dtype": refused_safetensors({"a": tensor(0, 2, dtype="U9")}, b"12"),
        "no offsets": refused_safetensors({"a": {"dtype": "U8", "shape": []}}),
        "metadata with a number": refused_safetensors({"__metadata__": {"a": 1}}),
        "no object": refused_safetensors(b"[]"),
        "no JSON": refused_safetensors(b"{'a': 1}"),
        "no UTF-8": refused_safetensors(b'{"\xff": 1}'),
    },
)

"""Writes ../Golden/formats/variants.json: one small dataset in the many ways that NumPy, pandas and zipfile may write it.

Every file holds the same signals and labels, so the tests read each and compare with the values given here.
"""

import base64
import collections
import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

OUT = Path(__file__).resolve().parent.parent / "Golden" / "formats"
random = np.random.RandomState(0)
# Values that float16 and whole numbers hold, too, so that every variant has the same.
data = {
    "x": random.randint(-9, 9, (3, 2)).astype(float),
    "y": np.array([0, 12, 9]),
    "x_test": random.randint(-9, 9, (2, 2)).astype(float),
    "y_test": np.array([3, 0]),
    "t": np.array([-1.0, 1.0]),
}
files = {}


def changed(**arrays):
    return {name: arrays.get(name, array) for name, array in data.items()}


def npz(arrays, save=np.savez):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def archive(parts, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archived:
        for name, content in parts:
            archived.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def entries(*left_out):
    return [(name + ".npy", npy(array)) for name, array in data.items() if name not in left_out]


def spelt(descr, shape, array):
    """An array whose header is spelt in a way that NumPy reads and no longer writes."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    content = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + array.tobytes()
    assert np.array_equal(np.load(io.BytesIO(content)), array)
    return content


# --- Archives

plain = npz(data)
without_times = {name: array for name, array in data.items() if name != "t"}
files["npz: no times"] = npz(without_times)
files["npz: arrays of any kind beside them"] = npz(
    data
    | {
        "text": np.array(["a"]),
        "bytes": np.array([b"a"]),
        "objects": np.array([None], object),
        "dates": np.array(["2020-01-01"], "M8[D]"),
        "complex": np.array([1j]),
        "records": np.zeros(1, [("a", "f4"), ("b", "U3", (2,))]),
        "long double": np.zeros(1, "g"),
    }
)
files["npz: float labels and single precision"] = npz(
    changed(x=data["x"].astype("f4"), y=data["y"].astype(float), y_test=data["y_test"].astype("f4"))
)
files["npz: half precision and bytes"] = npz(changed(x=data["x"].astype("f2"), y=data["y"].astype("u1")))
files["npz: big-endian"] = npz({name: array.astype(array.dtype.newbyteorder(">")) for name, array in data.items()})
files["npz: column-major whole numbers"] = npz(changed(x=np.asfortranarray(data["x"].astype("i2"))))
files["npz: a channel axis"] = npz(changed(x=data["x"][:, None, :], y=data["y"][:, None]))
files["npz: bytes behind it"] = plain + b"<!-- from a mirror -->\n"
files["npz: bytes before it"] = b"#!/bin/sh\n" + plain
files["npz: what macOS adds"] = archive(
    [("data/", b""), ("__MACOSX/._x.npy", b"\0\5\x16\7"), ("._y.npy", b"\0"), ("readme.txt", b"hello")] + entries()
)
files["npz: in a folder"] = archive([("d/", b"")] + [("d/" + name, content) for name, content in entries()])
for descr, shape in [
    ("'<d'", "(3L, 2L)"), ("'float64'", "(3, 2)"), ("'=f8'", "(3, 2,)"), ("'d'", "(3, 2)"), ("u'<f8'", "(3, 2)"),
]:
    files[f"npz: {descr} {shape}"] = archive([("x.npy", spelt(descr, shape, data["x"]))] + entries("x"))
files["npz: '|u1' (3L,)"] = archive([("y.npy", spelt("'|u1'", "(3L,)", data["y"].astype("u1")))] + entries("y"))
file = io.BytesIO(plain)
with zipfile.ZipFile(file, "a", zipfile.ZIP_BZIP2) as archived:
    archived.writestr(zipfile.ZipInfo("other.npy"), npy(np.zeros(3)), zipfile.ZIP_BZIP2)
files["npz: an entry that cannot be unpacked beside them"] = file.getvalue()
file = io.BytesIO()
with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archived:
    for name, content in entries():
        with archived.open(zipfile.ZipInfo(name), "w", force_zip64=True) as part:
            part.write(content)
    archived.comment = b"made PK\5\6 so"
files["npz: zip64 sizes and a comment"] = file.getvalue()
limits = zipfile.ZIP_FILECOUNT_LIMIT, zipfile.ZIP64_LIMIT
zipfile.ZIP_FILECOUNT_LIMIT, zipfile.ZIP64_LIMIT = 2, 10
files["npz: a zip64 directory"] = npz(data)
zipfile.ZIP_FILECOUNT_LIMIT, zipfile.ZIP64_LIMIT = limits
files["npz: bytes around a zip64 directory"] = b"before" + files["npz: a zip64 directory"] + b"behind"

# --- Pickles

for protocol in (0, 1, 2, 5):
    value = data | {"raw": bytearray(b"a\xff"), "none": bytearray()}
    files[f"pkl: protocol {protocol} with a bytearray"] = pickle.dumps(value, protocol)
owned = {name: np.frombuffer(bytearray(array.tobytes()), array.dtype).reshape(array.shape) for name, array in data.items()}
files["pkl: arrays in bytearrays"] = pickle.dumps(owned, 5)
files["pkl: an ordered dictionary, no times"] = pickle.dumps(collections.OrderedDict(without_times), 2)

# --- Tables

columns = ["split", "label", "x0", "x1"]
rows = [["train", int(y), *x] for y, x in zip(data["y"], data["x"])]
rows += [["test", int(y), *x] for y, x in zip(data["y_test"], data["x_test"])]
frame = pd.DataFrame(rows, columns=columns)
text = frame.to_csv(index=False)
files["csv: pandas"] = text
files["csv: pandas with its index"] = frame.to_csv()
files["csv: float labels"] = frame.astype({"label": float}).to_csv(index=False)
old = pd.concat([frame, pd.DataFrame([["t", None, *data["t"]]], columns=columns)])
files["csv: a row of times, after pandas"] = pd.read_csv(io.StringIO(old.to_csv(index=False))).to_csv()
files["csv: all quoted"] = frame.to_csv(index=False, quoting=1)
files["csv: columns backwards"] = frame[columns[::-1]].to_csv(index=False)
files["csv: no last line end"] = text.rstrip("\n")
files["csv: CRLF"] = text.replace("\n", "\r\n")
files["csv: CR"] = text.replace("\n", "\r")
files["csv: a byte order mark"] = "\ufeff" + text
files["csv: semicolons"] = text.replace(",", ";")
files["csv: tabs"] = text.replace(",", "\t")
files["csv: blanks"] = text.replace(",", " , ")
files["csv: decimal commas"] = text.replace(",", ";").replace(".", ",")
files["csv: empty lines"] = "\n\n" + text.replace("\n", "\n\n") + " \n,,,\n"
files["csv: a comment"] = "# from the laboratory, twice\n" + text
files["csv: a spreadsheet's note"] = "sep=;\r\n" + text.replace(",", ";").replace("\n", "\r\n")
files["csv: capitals"] = text.replace("split,label", "Split,Label")

content = {
    name: base64.b64encode(file.encode() if isinstance(file, str) else file).decode() for name, file in files.items()
}
values = {name: array.flatten().tolist() for name, array in data.items()}
(OUT / "variants.json").write_text(json.dumps({"values": values, "files": content}, indent=1) + "\n")

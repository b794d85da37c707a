"""Writes ../Golden/formats/images.json: drawn images in gzip's and MNIST's formats, and digests of datasets of them."""

import gzip
import hashlib
import json
import struct
import zlib
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "Golden" / "formats"


def pixels(count, start=0):
    return bytes(((i * i * 7 + i) >> 3) & 255 for i in range(start, start + count))


def labels(count, start=0):
    return bytes(i * 3 % 10 for i in range(start, start + count))


def digest(*parts):
    """Of (count, channels, height, width) and the bytes of each part."""
    hash = hashlib.sha256()
    for count, channels, height, width, start in parts:
        hash.update(b"%d %d %d %d\n" % (count, channels, height, width))
        hash.update(pixels(count * channels * height * width, start))
        hash.update(labels(count, start))
    return hash.hexdigest()


# --- gzip: every field that a header may have

text = b"".join(b"%d squared is %d, " % (i, i * i) for i in range(60))
deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
body = deflate.compress(text) + deflate.flush() + struct.pack("<II", zlib.crc32(text), len(text))


def member(extra=None, name=None, comment=None, checksum=False):
    flags = 2 * checksum + 4 * (extra is not None) + 8 * (name is not None) + 16 * (comment is not None)
    header = struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, flags, 0, 2, 3)
    if extra is not None:
        header += struct.pack("<H", len(extra)) + extra
    for field in (name, comment):
        if field is not None:
            header += field + b"\0"
    if checksum:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    return header + body


members = {
    "plain": gzip.compress(text, mtime=0),
    "extra": member(extra=b"RA\x03\0abc"),
    "name": member(name=b"train-images-idx3-ubyte"),
    "comment": member(comment=b"drawn"),
    "checksum": member(checksum=True),
    "everything": member(b"", b"", b"drawn", True),
    "two members": member() + member(name=b"again"),
    "three members, one empty": member() + gzip.compress(b"", mtime=0) + member(),
}
for packed in members.values():
    assert gzip.decompress(packed) in (text, text + text)

# --- IDX: 5 images of 6×4 and as many labels, 3 of each to test with

images = {
    "train-images-idx3-ubyte": struct.pack(">IIII", 0x803, 5, 6, 4) + pixels(5 * 24),
    "train-labels-idx1-ubyte": struct.pack(">II", 0x801, 5) + labels(5),
    "t10k-images-idx3-ubyte": struct.pack(">IIII", 0x803, 3, 6, 4) + pixels(3 * 24, 100),
    "t10k-labels-idx1-ubyte": struct.pack(">II", 0x801, 3) + labels(3, 100),
}

golden = {
    "text": text.hex(),
    "gzip": {name: packed.hex() for name, packed in members.items()},
    "idx": {name: content.hex() for name, content in images.items()},
    "packed": {name: gzip.compress(content, mtime=0).hex() for name, content in images.items()},
    "mnist": digest((5, 1, 6, 4, 0), (3, 1, 6, 4, 100)),
    # Ten images for training, two in each batch, and three.
    "cifar10": digest((10, 3, 32, 32, 0), (3, 3, 32, 32, 100)),
}
(OUT / "images.json").write_text(json.dumps(golden, indent=1) + "\n")

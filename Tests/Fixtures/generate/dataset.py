"""Writes ../Golden/dataset.json: digests of what the package mnist1d makes of many settings,
and of each of its transformations, with every logarithm and exponential rounded correctly.

    python dataset.py

In single precision the unchanged package must give the same.
"""

import hashlib
import json
import pathlib

import correctly_rounded
import numpy as np
from mnist1d.data import get_dataset_args, get_templates, make_dataset
from mnist1d.transform import corr_noise_like, iid_noise_like, interpolate, pad, shear, translate
from mnist1d.utils import ObjectView
from scipy.ndimage import gaussian_filter

FIELDS = ["x", "y", "x_test", "y_test", "t"]

CONFIGURATIONS = [
    {},
    *[{"num_samples": 1000, "seed": seed} for seed in (0, 1, 43, 12345, 2**32 - 1)],
    *[{"num_samples": n} for n in (10, 11, 19, 100, 999, 10_000)],
    {"num_samples": 16_000, "train_split": 0.25},
    *[{"num_samples": 500, "train_split": s} for s in (0.0, 1.0, 0.3, 0.999, 1 / 3)],
    *[{"num_samples": 500, "max_translation": k} for k in (1, 2, 48, 64, 65, 72, 73, 200)],
    *[{"num_samples": 500, "padding": p} for p in ([0, 0], [0, 60], [36, 36], [60, 60], [5, 101])],
    *[{"num_samples": 500, "template_len": n} for n in (1, 2, 5, 13, 40)],
    *[{"num_samples": 500, "final_seq_length": n} for n in (1, 2, 3, 39, 41, 72, 73, 200)],
    *[{"num_samples": 500, k: 0.0}
      for k in ("scale_coeff", "corr_noise_scale", "iid_noise_scale", "shear_scale")],
    {"num_samples": 500, "scale_coeff": 0.0, "corr_noise_scale": 0.0, "iid_noise_scale": 0.0,
     "shear_scale": 0.0},
    {"num_samples": 500, "scale_coeff": 3.0, "corr_noise_scale": 1.5, "iid_noise_scale": 0.7,
     "shear_scale": -2.0},
    {"num_samples": 500, "shuffle_seq": True},
    {"shuffle_seq": True, "seed": 7},
    # Signals shorter than the filter's kernel, and ones of odd and of hardly any length.
    {"num_samples": 100, "template_len": 2, "padding": [0, 1], "max_translation": 3},
    {"num_samples": 100, "template_len": 3, "padding": [0, 4], "max_translation": 9},
    {"num_samples": 130, "template_len": 1, "padding": [0, 0], "max_translation": 2,
     "final_seq_length": 1},
    {"num_samples": 300, "template_len": 11, "padding": [3, 14], "max_translation": 7,
     "final_seq_length": 17, "shuffle_seq": True, "seed": 99},
]

WAVES = {
    "x": np.array([[0, 1, 0, -1, 0.5], [0.25, 0, 0, 3, -2], [1, 1, 1, 1, 1]], dtype=float),
    "t": np.array([-2.0, -1.0, 0.0, 1.5, 2.0]),
    "y": np.array([5, 0, 7]),
}


def digest(array):
    kind = "<f8" if array.dtype.kind == "f" else "<i8"
    return hashlib.sha256(np.ascontiguousarray(array).astype(kind).tobytes()).hexdigest()


def dataset_entry(settings, template=None):
    arguments = {**get_dataset_args(as_dict=True), **settings}
    with correctly_rounded.in_numpy():
        data = make_dataset(ObjectView(arguments), template=template)
    plain = make_dataset(ObjectView(arguments), template=template)
    for field in FIELDS:
        single = [np.asarray(d[field]).astype(np.float32) for d in (data, plain)]
        assert np.array_equal(*single), f"{field} of {settings} depends on the C library"
    return {
        "settings": settings,
        "sha256": {field: digest(data[field]) for field in FIELDS},
        "sha256_float32": {
            field: hashlib.sha256(np.ascontiguousarray(data[field]).astype("<f4").tobytes()).hexdigest()
            for field in ("x", "x_test", "t")
        },
        "first": [float(v) for v in (data["x"] if len(data["x"]) else data["x_test"])[0][:3]],
    }


def transform_entries():
    signal = (np.arange(37) * 7 % 19 - 9) * 0.375
    entries = []

    def add(name, function, **arguments):
        def draws():
            np.random.seed(5)
            return np.concatenate([function(), function(), function()])

        with correctly_rounded.in_numpy():
            result = draws()
        assert np.array_equal(result.astype(np.float32), draws().astype(np.float32)), name
        entries.append({"name": name, **arguments, "count": len(result), "sha256": digest(result)})

    for low, high in [(0, 0), (3, 9), (36, 60)]:
        add("pad", lambda: pad(signal, (low, high)), bounds=[low, high])
    for count in [1, 2, 10, 37, 72, 500]:
        add("interpolate", lambda: interpolate(signal, count), bounds=[count])
    for limit in [1, 20, 64]:
        add("translate", lambda: translate(signal, limit), bounds=[limit])
    for scale in [0.0, 0.75, 10.0]:
        add("shear", lambda: shear(signal, scale), scale=scale)
        add("scale", lambda: signal * (1 + scale * (np.random.rand() - 0.5)), scale=scale)
        add("correlated_noise", lambda: corr_noise_like(signal, scale), scale=scale)
        add("white_noise", lambda: iid_noise_like(signal, scale), scale=scale)
    for sigma in [0.0, 1e-16, 0.1, 0.13, 0.5, 1.0, 2.0, 2.5, 3.7, 10.0, 40.0]:
        add("gaussian_filter", lambda: gaussian_filter(signal, sigma), scale=sigma)
    for count in [1, 2, 7, 16, 17]:
        add("gaussian_filter_short", lambda: gaussian_filter(signal[:count], 2.0), bounds=[count])
    return entries


if __name__ == "__main__":
    templates = get_templates()
    golden = {
        "templates": {key: digest(templates[key]) for key in ("x", "t", "y")},
        "waves": dataset_entry({"num_samples": 400}, WAVES),
    }
    lines = [f' "{key}": {json.dumps(value)}' for key, value in golden.items()]
    for key, entries in [
        ("configurations", [dataset_entry(settings) for settings in CONFIGURATIONS]),
        ("transforms", transform_entries()),
    ]:
        lines.append(f' "{key}": [\n' + ",\n".join("  " + json.dumps(e) for e in entries) + "\n ]")
    path = pathlib.Path(__file__).parent.parent / "Golden" / "dataset.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")

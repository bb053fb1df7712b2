"""A .safetensors file written by the format's own implementation, and what it holds.

Made with safetensors 0.8.0, numpy 2.4.6. `python3 make.py` writes beside itself sample.safetensors
and sample.json:

  {"safetensors", "metadata": {...}, "tensors": {name: {"dtype", "shape", "values": [...]}}}

`python3 make.py FILE.safetensors` prints what Python reads in another file.
"""

import json
import pathlib
import sys

import numpy
import safetensors
import safetensors.numpy

HERE = pathlib.Path(__file__).resolve().parent


def described(tensors):
    return {
        name: {
            "dtype": str(tensor.dtype), "shape": list(tensor.shape),
            "values": [value.item() for value in tensor.reshape(-1)],
        }
        for name, tensor in sorted(tensors.items())
    }


if len(sys.argv) == 2:
    with safetensors.safe_open(sys.argv[1], "np") as file:
        print(json.dumps(file.metadata()))
    print(json.dumps(described(safetensors.numpy.load_file(sys.argv[1])), indent=1))
    sys.exit()

random = numpy.random.RandomState(20240229)
tensors = {
    "1.weight": random.randn(3, 4).astype("float32"),
    "1.bias": numpy.array([0.0, -0.0, 1e-45, 3.4028234663852886e38], dtype="float32"),
    "2.num_batches_tracked": numpy.array(9_007_199_254_740_991, dtype="int64"),
    "2.running_mean": numpy.array([-1.5], dtype="float32"),
    "counts": numpy.array([[-(2 ** 63)], [2 ** 63 - 1]], dtype="int64"),
    "empty": numpy.zeros((0, 5), dtype="float32"),
    "also empty": numpy.zeros((2, 0), dtype="int64"),
    "Größe \"中\" 🙂\n\\": numpy.array([0.1, 0.2], dtype="float32"),
    "double": numpy.array([0.1, 1e300]),
    "half": numpy.array([0.5, 65504.0], dtype="float16"),
    "bytes": numpy.arange(5, dtype="uint8"),
    "flags": numpy.array([True, False, True]),
    "complex": numpy.array([1 + 2j], dtype="complex64"),
}
metadata = {"format": "pt", "note": "a \"quoted\" word"}
path = HERE / "sample.safetensors"
safetensors.numpy.save_file(tensors, path, metadata=metadata)
del tensors["complex"]
(HERE / "sample.json").write_text(json.dumps({
    "safetensors": safetensors.__version__, "metadata": metadata, "tensors": described(tensors),
}, indent=1) + "\n")

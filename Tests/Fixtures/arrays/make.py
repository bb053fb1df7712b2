"""Arrays as NumPy and safetensors write them, and what they hold.

Made with NumPy 2.4.6, safetensors 0.8.0. `python3 make.py` writes beside itself:

  types.npz            every type of number in both byte orders, stored
  compressed.npz       the same, deflated
  types.safetensors    every type of number that safetensors has
  version1.npy to version3.npy, fortran.npy, scalar.npy, empty.npy
  refused.npz          types that hold no numbers, objects among them
  refused.safetensors  8-bit floats and complex numbers
  images.npz           the same three images in many orders of their axes
  medmnist.npz         named and shaped as MedMNIST's files are
  keras.npz            named and shaped as Keras's mnist.npz, with pixels from 0 to 1 and nothing to test on
  expected.json        for each array its shape, its type, its bytes (C order, little endian) and its values
                       as 32-bit floats, both in hexadecimal

All values come from the seed.
"""

import json
import pathlib
import warnings

import numpy
import safetensors

HERE = pathlib.Path(__file__).resolve().parent
random = numpy.random.default_rng(20261129)
expected = {}


def save_tensors(file, tensors, metadata=None):
    """Tensors as (type, shape, bytes), so that types that NumPy lacks can be written too."""
    arrays = {name: numpy.frombuffer(data, "u1") for name, (_, _, data) in tensors.items()}
    specs = {
        name: safetensors.TensorSpec(
            dtype=dtype, shape=shape, data_ptr=arrays[name].ctypes.data, data_len=len(data))
        for name, (dtype, shape, data) in tensors.items()
    }
    (HERE / file).write_bytes(bytes(safetensors.serialize(specs, metadata)))


def note(file, name, array):
    little = array.astype(array.dtype.newbyteorder("<"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        floats = array.astype("<f4")
    expected.setdefault(file, {})[name] = {
        "shape": list(array.shape),
        "type": array.dtype.name,
        "bytes": little.tobytes().hex(),
        "floats": floats.tobytes().hex(),
    }


types = {"bool": numpy.array([[True, False, True], [False, False, True]])}
for kind in ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]:
    info = numpy.iinfo(kind)
    for order in "<>":
        values = [[info.min, info.max, 0], [1, 100, info.max // 3]]
        types[("big_" if order == ">" else "little_") + kind] = numpy.array(values, order + kind)
for kind in ["f2", "f4", "f8"]:
    info = numpy.finfo(kind)
    for order in "<>":
        values = [[0.1, -2.5, float(info.max)], [float(info.smallest_subnormal), 0, float("inf")]]
        types[("big_" if order == ">" else "little_") + kind] = numpy.array(values, order + kind)
types["cube/fortran"] = numpy.asfortranarray(random.integers(0, 1000, (4, 3, 2)).astype(">i4"))
numpy.savez(HERE / "types.npz", **types)
numpy.savez_compressed(HERE / "compressed.npz", **types)
for name, array in types.items():
    note("types.npz", name, array)
    note("compressed.npz", name, array)

tensors = {
    name: array.astype(array.dtype.newbyteorder("<"))
    for name, array in types.items()
    if not name.startswith("big_") and name != "cube/fortran"
}
wide = numpy.array([1.0, -2.5, 3.0e38, 0.0], "<f4")
serialized = {
    name: (array.dtype.name, list(array.shape), array.tobytes())
    for name, array in tensors.items()
}
brains = (wide.view("<u4") >> 16).astype("<u2")
serialized["brains"] = ("bfloat16", [4], brains.tobytes())
serialized["scalar"] = ("float32", [], wide[:1].tobytes())
save_tensors("types.safetensors", serialized, {"format": "np", "note": "{}"})
for name, array in tensors.items():
    note("types.safetensors", name, array)
note("types.safetensors", "scalar", wide[0])
expected["types.safetensors"]["brains"] = {
    "shape": [4],
    "type": "bfloat16",
    "bytes": brains.tobytes().hex(),
    "floats": (brains.astype("<u4") << 16).tobytes().hex(),
}
save_tensors("refused.safetensors", {
    "small": ("float8_e4m3fn", [2], b"\0\1"),
    "complex": ("complex64", [1], bytes(8)),
    "good": ("uint8", [2], b"\2\3"),
})

matrix = random.standard_normal((5, 3)).astype("<f4")
for version in [(1, 0), (2, 0), (3, 0)]:
    name = f"version{version[0]}.npy"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with open(HERE / name, "wb") as file:
            numpy.lib.format.write_array(file, matrix, version=version)
    note(name, name[:-4], matrix)
single = {
    "fortran": numpy.asfortranarray(random.standard_normal((300, 7))),
    "scalar": numpy.array(7, "<i8"),
    "empty": numpy.zeros((3, 0), "<f8"),
}
for name, array in single.items():
    numpy.save(HERE / f"{name}.npy", array)
    note(f"{name}.npy", name, array)

numpy.savez(
    HERE / "refused.npz", allow_pickle=True,
    objects=numpy.array([{"a": 1}, None], object),
    complex=numpy.array([1 + 2j]),
    strings=numpy.array(["cat", "dog"]),
    bytes=numpy.array([b"cat"]),
    records=numpy.zeros(2, [("it's", "<i4"), ("y", "<f8", (2,))]),
    times=numpy.array(["2024-02-29"], "M8[D]"),
    raw=numpy.zeros(2, "V2"),
    long=numpy.zeros(2, numpy.longdouble),
    good=numpy.arange(3, dtype="u1"),
)

# Three images of 2 channels, 4 rows, 5 columns, as [N, C, H, W].
planar = random.integers(0, 256, (3, 2, 4, 5)).astype("u1")
images = {}
for axes in ["NCHW", "NHWC", "CHWN", "HWCN", "WHNC", "CNWH"]:
    images[axes] = numpy.ascontiguousarray(planar.transpose(["NCHW".index(a) for a in axes]))
    images[axes + "_fortran"] = numpy.asfortranarray(images[axes])
for axes in ["NHW", "HWN", "WNH"]:
    images[axes] = numpy.ascontiguousarray(planar[:, 0].transpose(["NHW".index(a) for a in axes]))
    images[axes + "_fortran"] = numpy.asfortranarray(images[axes])
images["bool_NHWC"] = images["NHWC"] > 127
images["float_NHWC"] = images["NHWC"].astype("f4") / 255
images["big_NHWC"] = (images["NHWC"].astype(">u2")) * 257
numpy.savez(HERE / "images.npz", **images)
expected["images.npz"] = {
    "planar": {"shape": [3, 2, 4, 5], "type": "uint8", "bytes": planar.tobytes().hex(),
               "floats": ""}
}

medical = {}
for split, count in [("train", 6), ("val", 2), ("test", 3)]:
    medical[f"{split}_images"] = random.integers(0, 256, (count, 4, 5, 3)).astype("u1")
    medical[f"{split}_labels"] = random.integers(0, 3, (count, 1)).astype("u1")
numpy.savez_compressed(HERE / "medmnist.npz", **medical)
for name, array in medical.items():
    note("medmnist.npz", name, array)

# Class 1 is bright.
pixels = numpy.random.default_rng(20261130).integers(0, 128, (20, 4, 3))
classes = numpy.arange(20) % 2
drawings = (pixels + 127 * classes[:, None, None]).astype("f4") / 255
numpy.savez(HERE / "keras.npz", x_train=drawings, y_train=classes)
note("keras.npz", "x_train", drawings)
note("keras.npz", "y_train", classes)

(HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")

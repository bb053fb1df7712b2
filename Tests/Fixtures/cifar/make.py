"""Writes batches.json: pickled CIFAR batches of two images, in base64, as Python 2 and Python 3 write them, and what
they hold. The published files are Python 2's: its text is written as bytes, which Python 3 no longer does, so
that pickler is imitated here and the result is read back with Python 3.

Run: python make.py (with NumPy)
"""

import base64
import io
import json
import pathlib
import pickle
import struct

import numpy


class Python2Pickler(pickle._Pickler):
    """Writes str and bytes as protocol 2 of Python 2 wrote str."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, value):
        data = value.encode("latin1") if isinstance(value, str) else value
        if len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + struct.pack("<B", len(data)) + data)
        else:
            self.write(pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(value)

    dispatch[str] = save_string
    dispatch[bytes] = save_string


def python2(value):
    file = io.BytesIO()
    Python2Pickler(file, protocol=2).dump(value)
    # The module had another name then.
    return file.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def main():
    generator = numpy.random.default_rng(0)
    # Two grey levels a plane, so that the file is small, and no two planes alike.
    data = numpy.repeat(generator.integers(0, 256, (2, 48), dtype=numpy.uint8), 64, axis=1)
    batch = {
        "batch_label": "training batch 1 of 1",
        "fine_labels": [19, 99],
        "coarse_labels": [11, 0],
        "data": data,
        "filenames": ["a.png", "b.png"],
    }
    columns = dict(batch, data=numpy.asfortranarray(data))
    cases = {"python2": python2(batch), "python2-columns": python2(columns)}
    for protocol in (2, 3, 4):
        cases[f"python3-{protocol}"] = pickle.dumps(batch, protocol)
    cases["python3-2-columns"] = pickle.dumps(columns, 2)
    for name, case in cases.items():
        read = pickle.loads(case, encoding="latin1")
        assert (read["data"] == data).all() and read["fine_labels"] == [19, 99], name
    golden = {
        "pixels": base64.b64encode(data.tobytes()).decode(),
        "fine": batch["fine_labels"],
        "coarse": batch["coarse_labels"],
        "files": {name: base64.b64encode(case).decode() for name, case in cases.items()},
    }
    path = pathlib.Path(__file__).with_name("batches.json")
    path.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()

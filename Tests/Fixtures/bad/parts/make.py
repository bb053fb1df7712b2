"""Writes other.safetensors: the state dict of a linear layer for 28x28 images and five classes."""

import json
import pathlib
import struct

TENSORS = {"1.weight": [5, 784], "1.bias": [5], "extra": [1]}

header, offset = {}, 0
for name, shape in TENSORS.items():
    size = 4
    for side in shape:
        size *= side
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
    offset += size
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
path = pathlib.Path(__file__).with_name("other.safetensors")
path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(offset))

"""State dicts as torch.save writes them, each beside the same tensors in .safetensors.

Made with torch 2.13.0, safetensors 0.8.0. `python3 make.py` writes NAME.pth and NAME.safetensors
beside itself:

  types        every type of element, zip form
  legacy       the same, in the form from before PyTorch 1.6
  views        offsets, transposed and expanded strides, shared storages, empty tensors
  views-legacy the same, in the older form
  protocol4    a later protocol of pickle
  protocol5    the latest
  model        state_dict() of a small nn.Sequential, with the versions of its layers
  checkpoint   the same under 'state_dict', beside an optimizer's state
  parameters   a dict of nn.Parameter
  python2      the older form with the operations of Python 2's pickle
  empty        no tensors
  large        two hundred small tensors

widened.safetensors holds the values of types as 32-bit floats and 64-bit whole numbers.
code.pth, module.pth, script.pt and list.pth hold what must be refused. All values come from the seed.
"""

import collections
import pathlib
import pickle
import struct

import safetensors.torch
import torch

HERE = pathlib.Path(__file__).resolve().parent
torch.manual_seed(20240229)


def save(name, value, tensors, **options):
    torch.save(value, HERE / f"{name}.pth", **options)
    reference = {key: tensor.detach().clone().contiguous() for key, tensor in tensors.items()}
    safetensors.torch.save_file(reference, HERE / f"{name}.safetensors")


special = [0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, float("inf"), float("-inf"), float("nan"), 0.1]
types = collections.OrderedDict(
    float32=torch.tensor(special + [1e-45, 3.4028234663852886e38]),
    float16=torch.tensor(special, dtype=torch.float16),
    halves=torch.arange(0, 65536, 17, dtype=torch.int32).to(torch.uint16).view(torch.float16),
    bfloat16=torch.tensor(special, dtype=torch.bfloat16),
    float64=torch.tensor(special + [1e300, 5e-324, 1 + 2 ** -24, 1 + 3 * 2 ** -24],
                         dtype=torch.float64),
    int64=torch.tensor([0, -1, 2 ** 63 - 1, -(2 ** 63)]),
    int32=torch.tensor([0, -1, 2 ** 31 - 1, -(2 ** 31)], dtype=torch.int32),
    int16=torch.tensor([0, -1, 2 ** 15 - 1, -(2 ** 15)], dtype=torch.int16),
    int8=torch.tensor([0, -1, 127, -128], dtype=torch.int8),
    uint8=torch.tensor([0, 1, 127, 255], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
    num_batches_tracked=torch.tensor(9_007_199_254_740_993),
    scalar=torch.tensor(1.5),
)
types["Größe \"中\" 🙂\n\\"] = torch.randn(2, 2)
save("types", types, types)
wide = {
    name: (tensor.float() if tensor.is_floating_point() else tensor.long()).contiguous()
    for name, tensor in types.items() if name != "bool"
}
safetensors.torch.save_file(wide, HERE / "widened.safetensors")
save("legacy", types, types, _use_new_zipfile_serialization=False)

base = torch.randn(6, 8)
cube = torch.randn(3, 4, 5)
shared = torch.arange(10, dtype=torch.int64)
views = {
    "base": base,
    "row": base[2],
    "column": base[:, 3],
    "transposed": base.t(),
    "part": base[1:5:2, 2:8:3],
    "permuted": cube.permute(2, 0, 1),
    "channels_last": torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
    "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
    "one_many_times": torch.tensor(7.0).expand(4, 2),
    "shared": shared,
    "end": shared[7:],
    "counter": shared[3],
    "windows": shared.float().unfold(0, 4, 2),
    "empty": torch.zeros(0, 3),
    "empty_end": base[6:, 2:],
    "ones": torch.randn(1, 5, 1).transpose(0, 2),
}
save("views", views, views)
save("views-legacy", views, views, _use_new_zipfile_serialization=False)
save("protocol4", views, views, pickle_protocol=4)
save("protocol5", views, views, pickle_protocol=5)

model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Flatten(), torch.nn.Linear(12, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
model(torch.randn(5, 1, 4, 4)).square().sum().backward()
optimizer.step()
state = model.state_dict()
save("model", state, state)
save("checkpoint", {
    "epoch": 3, "best": 0.5, "arch": "small", "state_dict": state, "optimizer": optimizer.state_dict(),
    "losses": [1.0, 0.5], "mean": torch.tensor(0.5), "done": False, "nothing": None,
    "big": 2 ** 70, "history": (1, 2, 3, 4),
}, state)
parameters = dict(model.named_parameters())
save("parameters", parameters, parameters)
save("empty", collections.OrderedDict(), {})
many = {f"layer.{index:04}.weight": torch.randn(2) for index in range(200)}
save("large", many, many)

# As Python 2 wrote it: byte strings, and an OrderedDict made from a list of pairs.
weight = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def short(text):
    return b"U" + bytes([len(text)]) + text.encode()


def tensor(key, shape, strides):
    numbers = lambda values: b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"
    return (
        b"ctorch._utils\n_rebuild_tensor\n((" + short("storage") + b"ctorch.cuda\nFloatStorage\n"
        + short(key) + short("cuda:0") + b"K\x06NtQK\x00" + numbers(shape) + numbers(strides) + b"tR")


body = b"\x80\x02ccollections\nOrderedDict\n(](" + b"".join(
    b"](" + short(name) + value + b"e" for name, value in [
        ("weight", b"ctorch._utils\n_rebuild_parameter\n(" + tensor("94", (2, 3), (3, 1))
         + b"\x88ccollections\nOrderedDict\n)RtR"),
        ("turned", tensor("94", (3, 2), (1, 3)))]) + b"etR."
system = {"little_endian": True, "protocol_version": 1001}
(HERE / "python2.pth").write_bytes(
    pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps(system, 2) + body
    + b"\x80\x02](" + short("94") + b"e." + struct.pack("<q6f", 6, 1, 2, 3, 4, 5, 6))
loaded = torch.load(HERE / "python2.pth", map_location="cpu", encoding="latin1", weights_only=False)
assert torch.equal(loaded["turned"], weight.t()) and isinstance(loaded, collections.OrderedDict)
safetensors.torch.save_file(
    {name: value.detach().clone().contiguous() for name, value in loaded.items()},
    HERE / "python2.safetensors")


class Code:
    def __reduce__(self):
        import os
        return os.system, ("echo executed > executed",)


torch.save({"weight": weight, "code": Code()}, HERE / "code.pth")
torch.save(torch.nn.Sequential(torch.nn.Linear(2, 1)), HERE / "module.pth")
torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 1))).save(str(HERE / "script.pt"))
torch.save([weight], HERE / "list.pth")
for path in HERE.glob("*.safetensors"):
    path.chmod(0o644)

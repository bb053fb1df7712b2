"""Checkpoints as people save them: one small network in each, beside whatever else they put in.

Made with torch 2.13.0, numpy 2.4.6, safetensors 0.8.0. `python3 make_habits.py` writes habits/NAME.pth,
habits/reference.safetensors with the network's tensors, and habits/habits.json, which says for each file

  torch      "weights_only" if torch.load(weights_only=True) reads it, "pickle" if only
             torch.load(weights_only=False) does, "no" if neither does
  refused    words of the error, where no state dict can be had from it
  key        of the state dict that is to be found; "" for the whole file
  prefix     that is to be removed from the names

All values are multiples of 1/4 up to 2, which every floating-point type holds exactly.
"""

import argparse
import collections
import contextlib
import copy
import dataclasses
import datetime
import decimal
import enum
import fractions
import io
import json
import logging
import lzma
import pathlib
import pickle
import random
import re
import shutil
import types
import uuid
import warnings
import zipfile

import numpy as np
import safetensors.torch
import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent / "habits"
shutil.rmtree(HERE, ignore_errors=True)
HERE.mkdir()
warnings.simplefilter("ignore")
torch.manual_seed(0)


def values(*shape):
    return torch.randint(-8, 9, shape).float() / 4


net = nn.Sequential(nn.Flatten(), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
with torch.no_grad():
    for parameter in net.parameters():
        parameter.copy_(values(*parameter.shape))
state = net.state_dict()
plain = dict(state)
other = {name: tensor + 1 for name, tensor in state.items()}
reference = {name: tensor.clone() for name, tensor in state.items()}
safetensors.torch.save_file(reference, HERE / "reference.safetensors")
facts = []


def fact(name, refused=None, key="", prefix=""):
    path = HERE / name
    outcome = "no"
    for mode, safe in (("weights_only", True), ("pickle", False)):
        with contextlib.suppress(Exception):
            torch.load(path, map_location="cpu", weights_only=safe)
            outcome = mode
            break
    facts.append({"file": name, "torch": outcome}
                 | ({"refused": refused} if refused else {"key": key, "prefix": prefix}))


def save(name, value, key="", prefix="", refused=None, **options):
    torch.save(value, HERE / f"{name}.pth", **options)
    fact(f"{name}.pth", refused, key, prefix)


def prefixed(prefix, state=plain):
    return {prefix + name: tensor for name, tensor in state.items()}


# How it is written.
for protocol in (2, 3, 4, 5):
    save(f"protocol{protocol}", state, pickle_protocol=protocol)
    save(f"legacy{protocol}", state, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
stream = io.BytesIO()
torch.save(state, stream)
(HERE / "from_memory.pth").write_bytes(stream.getvalue())
fact("from_memory.pth")
save("a name.with dots v1.2", state)


class Pipe(io.RawIOBase):
    """A file in which nothing can be sought, so that sizes follow the contents."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def repacked(name, method, folders=False, swap=False, streamed=False):
    """The same entries, put into a zip file by another program."""
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as source, open(HERE / name, "wb") as file, \
            zipfile.ZipFile(Pipe(file) if streamed else file, "w", method) as target:
        if folders:
            for folder in ("archive/", "archive/data/"):
                target.writestr(zipfile.ZipInfo(folder, (2024, 1, 1, 0, 0, 0)), b"")
        for entry in source.infolist():
            contents = source.read(entry)
            if swap and entry.filename.endswith("/byteorder"):
                contents = b"big"
            if swap and "/data/" in entry.filename:
                contents = np.frombuffer(contents, "<f4").astype(">f4").tobytes()
            info = zipfile.ZipInfo(entry.filename, (2024, 1, 1, 0, 0, 0))
            target.writestr(info, contents, method)
    fact(name)


repacked("deflated.pth", zipfile.ZIP_DEFLATED)
repacked("deflated_with_folders.pth", zipfile.ZIP_DEFLATED, folders=True)
repacked("stored_anew.pth", zipfile.ZIP_STORED)
repacked("deflated_into_a_pipe.pth", zipfile.ZIP_DEFLATED, streamed=True)
repacked("big_endian.pth", zipfile.ZIP_STORED, swap=True)
repacked("big_endian_deflated.pth", zipfile.ZIP_DEFLATED, swap=True)

# Types and views.
for name in ("float16", "bfloat16", "float64", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz",
             "float8_e5m2fnuz"):
    save(name, {key: tensor.to(getattr(torch, name)) for key, tensor in state.items()})
save("mixed_types", {"1.weight": plain["1.weight"].half(), "1.bias": plain["1.bias"].double(),
                     "3.weight": plain["3.weight"].bfloat16(), "3.bias": plain["3.bias"]})
save("legacy_bfloat16", {key: tensor.bfloat16() for key, tensor in state.items()},
     _use_new_zipfile_serialization=False)
save("other_types_beside", {"model": state, "extra": {
    "int8": torch.ones(2, dtype=torch.int8), "bool": torch.ones(2, dtype=torch.bool),
    "complex": torch.ones(2, dtype=torch.complex64), "uint16": torch.ones(2, dtype=torch.uint16),
    "complex128": torch.ones(1, dtype=torch.complex128), "empty": torch.zeros(0, 3),
    "scalar": torch.tensor(1.5), "half": torch.ones(1).half()}}, key="model")
flat = torch.cat([tensor.reshape(-1) for tensor in state.values()])
views, position = {}, 0
for name, tensor in state.items():
    views[name] = flat[position:position + tensor.numel()].view(tensor.shape)
    position += tensor.numel()
save("one_storage", views)
save("legacy_one_storage", views, _use_new_zipfile_serialization=False)
save("transposed", {name: tensor.t().contiguous().t() for name, tensor in state.items()})
save("strided", {name: torch.stack([tensor, tensor], -1)[..., 1] for name, tensor in state.items()})
save("storage_beside", {"state_dict": state, "storage": torch.ones(2).untyped_storage()},
     key="state_dict")

# Parameters and tensors that carry something.
save("parameters", dict(net.named_parameters()))
save("parameter_list", collections.OrderedDict(net.named_parameters()))
carrying = copy.deepcopy(dict(net.named_parameters()))
for parameter in carrying.values():
    parameter.tag = "body"
save("parameters_with_attributes", carrying)
hooked = copy.deepcopy(dict(net.named_parameters()))
hooked["1.weight"].register_hook(print)
save("parameter_with_hook", hooked)
frozen = copy.deepcopy(net).requires_grad_(False)
save("frozen", dict(frozen.named_parameters()))
save("buffers", {name: nn.Buffer(tensor) for name, tensor in state.items()})
marked = {name: tensor.clone() for name, tensor in state.items()}
for tensor in marked.values():
    tensor.source = "here"
save("tensors_with_attributes", marked)


class Tagged(torch.Tensor):
    pass


save("subclass", {name: tensor.as_subclass(Tagged) for name, tensor in state.items()})

# Containers.
save("dict", plain)
save("ordered_dict", collections.OrderedDict(plain))
default = collections.defaultdict(int)
default.update(plain)
save("default_dict", default)


class Config(dict):
    def __getattr__(self, name):
        return self[name]


save("dict_subclass", Config(model=Config(plain)), key="model")
save("pair", (state, {"epoch": 3}), key="0")
save("list_with_state", [{"epoch": 3}, state], key="1")
save("by_fold", {0: state, 1: {"other": torch.ones(2)}}, key="0")
save("list_of_models", {"models": [{"other": torch.ones(2)}, state]}, key="models.1")

# Prefixes.
for prefix in ("module.", "_orig_mod.", "model.", "net.", "backbone.", "encoder.", "student.",
               "teacher.", "resnet.", "classifier.", "module._orig_mod.", "_orig_mod.module.",
               "model.model.", "module.backbone.net.", "anything_else."):
    save("prefix_" + prefix.replace(".", "_").strip("_"), prefixed(prefix), prefix=prefix)
save("data_parallel", nn.DataParallel(net).state_dict(), prefix="module.")
save("averaged", torch.optim.swa_utils.AveragedModel(net).state_dict(), prefix="module.")
save("wrapped_inside", {"1._fsdp_wrapped_module.weight": plain["1.weight"],
                        "1._fsdp_wrapped_module.bias": plain["1.bias"],
                        "3._checkpoint_wrapped_module.weight": plain["3.weight"],
                        "3._checkpoint_wrapped_module.bias": plain["3.bias"]})
save("compiled_inside", {"1._orig_mod.weight": plain["1.weight"], "1._orig_mod.bias": plain["1.bias"],
                         "3.weight": plain["3.weight"], "3.bias": plain["3.bias"]})
save("two_prefixes", {"body.1.weight": plain["1.weight"], "body.1.bias": plain["1.bias"],
                      "head.3.weight": plain["3.weight"], "head.3.bias": plain["3.bias"]},
     prefix="body. head.")
save("two_names_of_one_module", prefixed("model.") | prefixed("alias."), prefix="model.")
save("criterion_beside", prefixed("model.") | {"criterion.weight": torch.ones(2)}, prefix="model.")
save("copy_beside", plain | prefixed("ema.", other))
save("student_and_teacher", prefixed("student.") | prefixed("teacher.", other),
     refused="prefix")
save("moco", {"state_dict": prefixed("module.encoder_q.") | prefixed("module.encoder_k.", other)},
     refused="prefix")

# Keys.
for key in ("state_dict", "model_state_dict", "model", "net", "network", "params", "params_ema",
            "ema", "weights", "module", "generator", "model_state", "encoder"):
    save("key_" + key, {key: state, "epoch": 3}, key=key)
save("nested", {"checkpoint": {"model": state}}, key="checkpoint.model")
save("nested_twice", {"a": {"b": {"c": state}}}, key="a.b.c")
save("params_and_ema", {"params": state, "params_ema": other}, refused="key")
save("ema_and_net", {"ema": {"model": other}, "net": state}, refused="key")
save("generator_and_discriminator", {
    "netG": state, "netD": nn.Linear(5, 1).state_dict()}, key="netG")

optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
net(torch.ones(2, 3)).sum().backward()
optimizer.step()
net.load_state_dict(reference)
sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
net(torch.ones(2, 3)).sum().backward()
sgd.step()
net.load_state_dict(reference)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, 10)
by_name = {name: torch.zeros_like(tensor) for name, tensor in state.items()}
save("optimizer_adam", {"model": state, "optimizer": optimizer.state_dict()}, key="model")
save("optimizer_sgd", {"net": state, "optimizer": sgd.state_dict(),
                       "scheduler": schedule.state_dict()}, key="net")
save("optimizer_alone", optimizer.state_dict(), refused="optimizer")
save("optimizer_by_name", {"params": state, "opt_state": {"m": by_name, "v": by_name}}, key="params")
save("averages_by_name", {"params": state, "exp_avg": by_name, "exp_avg_sq": by_name}, key="params")
save("optimizer_object", {"model": state, "optimizer": sgd}, key="model")

# Frameworks.
save("lightning", {
    "epoch": 3, "global_step": 100, "pytorch-lightning_version": "2.5.0",
    "state_dict": collections.OrderedDict(prefixed("model.")), "loops": {"fit_loop": {"state_dict": {}}},
    "callbacks": {"EarlyStopping": {"best_score": torch.tensor(0.5), "patience": 3}},
    "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [schedule.state_dict()],
    "hparams_name": "kwargs", "hyper_parameters": Config(lr=0.1, path=pathlib.PurePosixPath("/a"))},
    key="state_dict", prefix="model.")
save("timm", {"epoch": 3, "arch": "net", "state_dict": state, "optimizer": sgd.state_dict(),
              "version": 2, "args": argparse.Namespace(lr=0.1, model="net"), "amp_scaler": {"scale": 1.0},
              "state_dict_ema": other, "metric": 0.9}, key="state_dict")
save("torchvision", {"model": state, "optimizer": sgd.state_dict(), "lr_scheduler": schedule.state_dict(),
                     "epoch": 3, "args": argparse.Namespace(device="cuda"), "model_ema": other | {
                         "n_averaged": torch.tensor(5)}}, key="model")
save("mmcv", {"meta": {"epoch": 3, "CLASSES": ("a", "b"), "env_info": "x", "time": datetime.datetime.now()},
              "state_dict": collections.OrderedDict(prefixed("backbone.")),
              "optimizer": sgd.state_dict()}, key="state_dict", prefix="backbone.")
save("detectron2", {"model": prefixed("backbone.bottom_up."), "__author__": "someone",
                    "matching_heuristics": True, "iteration": 90000}, key="model",
     prefix="backbone.bottom_up.")
save("deepspeed", {"module": prefixed("_orig_mod."), "buffer_names": [], "optimizer": None,
                   "lr_scheduler": None, "sparse_tensor_module_names": set(), "skipped_steps": 0,
                   "global_steps": 7, "dp_world_size": 8, "mp_world_size": 1}, key="module",
     prefix="_orig_mod.")
save("fastai", {"model": state, "opt": optimizer.state_dict()}, key="model")
save("segment_anything", {"model": prefixed("image_encoder."), "config": types.SimpleNamespace(depth=2)},
     key="model", prefix="image_encoder.")
save("vae", {"state_dict": prefixed("first_stage_model.encoder.") | {"betas": torch.ones(4)}},
     key="state_dict", prefix="first_stage_model.encoder.")
save("ultralytics", {"epoch": -1, "best_fitness": None, "model": net, "ema": None, "updates": None,
                     "optimizer": None, "train_args": {"imgsz": 640}, "date": "2024-01-01"},
     refused="state_dict")
save("whole_module", net, refused="state_dict")
save("whole_module_legacy", net, refused="state_dict", _use_new_zipfile_serialization=False)
save("training_arguments", argparse.Namespace(lr=0.1), refused="argparse.Namespace")

# What else lies in a checkpoint.
class Phase(enum.Enum):
    TRAIN = 1


@dataclasses.dataclass
class Arguments:
    lr: float = 0.1
    path: pathlib.Path = pathlib.PurePosixPath("/data")


@dataclasses.dataclass(slots=True)
class Slots:
    lr: float = 0.1


Point = collections.namedtuple("Point", "x y")
generator = torch.Generator().manual_seed(1)
quantized = torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)
channels = torch.quantize_per_channel(torch.ones(2, 2), torch.ones(2), torch.zeros(2), 0, torch.qint8)
for name, value in {
    "numpy_scalar": np.float32(0.5), "numpy_double": np.float64(0.5), "numpy_int": np.int64(3),
    "numpy_bool": np.bool_(True), "numpy_array": np.arange(6.0).reshape(2, 3),
    "numpy_fortran": np.asfortranarray(np.ones((2, 3))), "numpy_strings": np.array(["a", "bc"]),
    "numpy_objects": np.array([{"a": 1}, None], dtype=object), "numpy_dtype": np.dtype("float32"),
    "numpy_random": np.random.RandomState(0).get_state(), "numpy_generator": np.random.default_rng(0),
    "python_random": random.Random(0).getstate(), "torch_random": torch.get_rng_state()[:64],
    "generator_state": generator.get_state()[:64], "namespace": argparse.Namespace(lr=0.1, name="a"),
    "path": pathlib.PurePosixPath("/data/a"), "posix_path": pathlib.PosixPath("/data"),
    "size": torch.Size([1, 2]), "dtype": torch.float16, "device": torch.device("cuda:0"),
    "layout": torch.strided,
    "set": {1, 2}, "frozen_set": frozenset({"a"}), "counter": collections.Counter("aab"),
    "default_dict_of_lists": collections.defaultdict(list, {"loss": [0.5]}),
    "deque": collections.deque([1.0, 2.0], maxlen=5), "datetime": datetime.datetime(2024, 1, 2, 3),
    "date": datetime.date(2024, 1, 2), "timedelta": datetime.timedelta(seconds=3),
    "timezone": datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc),
    "decimal": decimal.Decimal("0.1"), "fraction": fractions.Fraction(1, 3),
    "uuid": uuid.UUID(int=5), "enum": Phase.TRAIN, "dataclass": Arguments(), "slots": Slots(),
    "named_tuple": Point(1, 2), "simple_namespace": types.SimpleNamespace(lr=0.1),
    "bytes": b"\x00\xff\x80", "bytearray": bytearray(b"abc"), "complex": 1 + 2j,
    "big_number": 2 ** 100, "negative_big_number": -2 ** 70, "range": range(3), "slice": slice(1, 2),
    "pattern": re.compile("a+"), "logger": logging.getLogger("train"), "function": json.dumps,
    "class": nn.Linear, "method": "text".upper, "ellipsis": ..., "not_implemented": NotImplemented,
    "module_inside": nn.Linear(2, 2), "loss": nn.CrossEntropyLoss(), "long_text": "x" * 70_000,
    "unicode": "Größe 中 🙂", "nested": {"a": [({"b": {1, 2}}, None)]}, "tuple_keys": {(1, 2): 3},
    "float_special": [float("nan"), float("inf"), -0.0], "none_key": {None: 1, 2.5: 2},
    "sparse": torch.eye(2).to_sparse(), "sparse_csr": torch.eye(2).to_sparse_csr(),
    "quantized": quantized, "quantized_by_channel": channels, "meta": torch.empty(2, device="meta"),
    "negated": torch.view_as_complex(torch.ones(2, 2)).conj().imag,
    "conjugated": torch.view_as_complex(torch.ones(2, 2)).conj(), "scaler": torch.amp.GradScaler("cpu").state_dict(),
    "history": {"loss": [0.5] * 50, "lr": [1e-3] * 50},
}.items():
    save("with_" + name, {"model": state, "what": value, "epoch": 3}, key="model")
    if name in ("numpy_scalar", "namespace", "set", "path", "enum", "quantized", "sparse", "none_key"):
        save("among_" + name, plain | {"what": value})
for protocol in (3, 4, 5):
    save(f"everything{protocol}", {
        "what": [np.float32(1), argparse.Namespace(a=1), {1, 2}, frozenset({3}), b"abc", bytearray(b"d"),
                 Arguments(), Phase.TRAIN, datetime.datetime(2024, 1, 1), "x" * 300, b"y" * 300, 2 ** 80,
                 pathlib.PurePosixPath("/a/b"), np.arange(5)], "net": state},
        key="net", pickle_protocol=protocol)
save("legacy_everything", {"args": argparse.Namespace(a=1), "np": np.arange(3), "net": state,
                           "optimizer": sgd.state_dict()}, key="net", _use_new_zipfile_serialization=False)

# Names beside those of layers.
save("extra_state", plain | {"1._extra_state": None, "_extra_state": {"a": 1}})
save("profiled", plain | {"total_ops": torch.zeros(1, dtype=torch.float64), "1.total_ops": torch.zeros(1),
                          "1.total_params": torch.zeros(1), "total_params": torch.zeros(1)})
save("flat_with_epoch", plain | {"epoch": 3, "best": 0.9})

# What is no state dict.
save("list", [plain["1.weight"]], refused="list")
save("one_tensor", plain["1.weight"], refused="tensor")
save("number", 3, refused="number")
save("arrays", {name: tensor.numpy() for name, tensor in state.items()}, refused="numpy")
(HERE / "pickled.pkl").write_bytes(pickle.dumps(state))
fact("pickled.pkl", refused="torch.save")
with lzma.open(HERE / "packed.pth.xz", "wb") as target:
    torch.save(state, target)
fact("packed.pth.xz", refused="xz")
with zipfile.ZipFile(HERE / "zipped.zip", "w") as archive:
    archive.writestr(zipfile.ZipInfo("model.pth", (2024, 1, 1, 0, 0, 0)), stream.getvalue())
fact("zipped.zip", refused="unpack")
np.savez(HERE / "arrays.npz", **{name: tensor.numpy() for name, tensor in state.items()})
fact("arrays.npz", refused="NumPy")
np.save(HERE / "array.npy", state["1.weight"].numpy())
fact("array.npy", refused="NumPy")
torch.jit.script(net).save(str(HERE / "script.pt"))
fact("script.pt", refused="TorchScript")
torch.export.save(torch.export.export(nn.Linear(3, 2), (torch.zeros(1, 3),)), HERE / "exported.pt2")
fact("exported.pt2", refused="torch.export")

# .safetensors
safetensors.torch.save_file(reference, HERE / "with_metadata.safetensors", {"format": "pt"})
fact("with_metadata.safetensors")
whole = (HERE / "reference.safetensors").read_bytes()
header = json.loads(whole[8:8 + int.from_bytes(whole[:8], "little")])
text = json.dumps({"__metadata__": None} | header).encode()
(HERE / "null_metadata.safetensors").write_bytes(
    len(text).to_bytes(8, "little") + text + whole[8 + int.from_bytes(whole[:8], "little"):])
fact("null_metadata.safetensors")
safetensors.torch.save_file(
    {"module." + name: tensor.to(torch.float8_e4m3fn) for name, tensor in reference.items()},
    HERE / "float8.safetensors")
fact("float8.safetensors", prefix="module.")

# Several files with an index.
for folder, suffix in (("sharded", "safetensors"), ("sharded_bin", "bin")):
    (HERE / folder).mkdir()
    names = list(reference)
    parts = {f"model-0000{part + 1}-of-00002.{suffix}": names[2 * part:2 * part + 2] for part in (0, 1)}
    for file, members in parts.items():
        tensors = {"model." + name: reference[name] for name in members}
        if suffix == "bin":
            torch.save(tensors, HERE / folder / file)
        else:
            safetensors.torch.save_file(tensors, HERE / folder / file)
    index = {"metadata": {"total_size": 104, "notes": [None, True, {"a": -1.5e3}]},
             "weight_map": {"model." + name: file for file, members in parts.items() for name in members}}
    (HERE / folder / f"model.{suffix}.index.json").write_text(json.dumps(index, indent=2))
    fact(f"{folder}/model.{suffix}.index.json", prefix="model.")

(HERE / "habits.json").write_text(json.dumps(facts, indent=1) + "\n")
for path in HERE.rglob("*"):
    path.chmod(0o755 if path.is_dir() else 0o644)
read = [entry for entry in facts if "refused" not in entry]
print(len(facts), "files,", sum(entry["torch"] == "weights_only" for entry in facts), "read by weights_only,",
      sum(entry["torch"] == "pickle" for entry in facts), "by pickle only;", len(read), "to be read")

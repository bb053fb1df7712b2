"""How fast an exported model is in ONNX Runtime, beside torch.onnx.export's files of the same weights.

usage: onnx_speed.py --runner PROGRAM [--threads N] [--rounds N] [--models NAME …]
needs torch, torchvision, safetensors and onnxruntime; with onnxscript, the exporter of torch.export is compared too

The files take turns, one batch each, so that what else the machine does slows all of them. A ratio below 1 means that
runner's file is faster than the fastest of the others.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnxruntime
import torch

import common
import exports

MODELS = {"sequential": 28, "resnet18": 224, "mobilenet_v2": 224, "mobilenet_v3_large": 224, "vit_b_16": 224}


def layers(name):
    """The model in PyTorch, with ten classes."""
    if name == "sequential":
        nn = torch.nn
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(),
            nn.Linear(64, 10))
    return getattr(common.torchvision().models, name)(weights=None, num_classes=10)


SEQUENTIAL = """
data: {dataset: digits, limit: {train: 16, test: 8}, split: {validation: 0}, transforms: [to_tensor], batch_size: 8}
model: [flatten, linear: 128, relu, dropout: 0.2, linear: 64, relu, linear: 10]
train: {epochs: 1}
"""


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def files(options, folder, name, size):
    """runner's file and torch's, by the names of the exporters, and the shape of an example."""
    from safetensors.torch import load_file

    path = os.path.join(folder, f"{name}.yaml")
    with open(path, "w") as file:
        file.write(SEQUENTIAL if name == "sequential" else exports.experiment(name, size, 8))
    trained = json.loads(run(options.runner, path, "-q", "--json", "--runs-dir", os.path.join(folder, "runs")))
    made = {"runner": os.path.join(folder, f"{name}.onnx")}
    run(options.runner, "export", trained["run"], "onnx", "--input", "tensor", "-o", made["runner"])
    weights = os.path.join(folder, f"{name}.safetensors")
    run(options.runner, "export", trained["run"], "safetensors", "-o", weights)
    model = layers(name)
    model.load_state_dict(load_file(weights), strict=False)
    model.eval()
    shape = [1, size, size] if name == "sequential" else [3, size, size]
    example = torch.zeros(2, *shape)
    made["torch.jit"] = os.path.join(folder, f"{name}.jit.onnx")
    torch.onnx.export(
        model, (example,), made["torch.jit"], dynamo=False, opset_version=17, input_names=["x"],
        output_names=["y"], dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}})
    try:
        import onnxscript  # noqa: F401
    except ImportError:
        return made, shape
    made["torch.export"] = os.path.join(folder, f"{name}.export.onnx")
    torch.onnx.export(
        model, (example,), made["torch.export"], dynamo=True, input_names=["x"], output_names=["y"],
        dynamic_shapes=({0: torch.export.Dim("batch")},), verbose=False)
    return made, shape


def measure(made, shape, batch, options):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.log_severity_level = 3
    sessions = {
        name: onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        for name, path in made.items()}
    x = np.random.default_rng(0).random([batch, *shape], np.float32)
    outputs = {}
    for name, session in sessions.items():
        # runner's outputs are the probabilities and the scores.
        outputs[name] = session.get_outputs()[-1].name
    answers = {
        name: session.run([outputs[name]], {session.get_inputs()[0].name: x})[0]
        for name, session in sessions.items()}
    times = {name: [] for name in sessions}
    for _ in range(options.rounds):
        for name, session in sessions.items():
            feed = {session.get_inputs()[0].name: x}
            begin = time.perf_counter()
            session.run([outputs[name]], feed)
            times[name].append(time.perf_counter() - begin)
    largest = np.abs(answers["runner"]).max()
    difference = max(np.abs(answers[name] - answers["runner"]).max() for name in answers) / largest
    return {name: statistics.median(values) for name, values in times.items()}, difference


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--models", nargs="*", default=list(MODELS))
    options = parser.parse_args()
    options.runner = os.path.abspath(options.runner)
    with tempfile.TemporaryDirectory() as folder:
        for name in options.models:
            made, shape = files(options, folder, name, MODELS[name])
            for batch in (1, 16):
                times, difference = measure(made, shape, batch, options)
                best = min(value for key, value in times.items() if key != "runner")
                text = ", ".join(f"{key} {1000 * value:.3f} ms" for key, value in times.items())
                print(
                    f"{name}, batch {batch}: {text}; ratio {times['runner'] / best:.3f}, "
                    f"scores within {difference:.1e}", flush=True)


if __name__ == "__main__":
    main()

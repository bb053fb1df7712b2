"""How fast an exported model is in ONNX Runtime, beside torch.onnx.export's files of the same weights.

usage: onnx_speed.py --runner PROGRAM [--threads N …] [--batches N …] [--seconds S] [--models NAME …]
needs torch, safetensors, onnx and onnxruntime; with onnxscript, the exporter of torch.export is compared too

The module is the one of `runner export RUN pytorch`, with the outputs of runner's file (probabilities and scores, for
masks the classes, too), so that all files compute the same. They take turns, one batch each and in changing order, so
that what else the machine does slows all of them. With one thread the processor's time is measured, with more the time
that passes. A ratio is the median over the rounds of this file's time by the other's in the same round, with the
interval that holds the middle half. A ratio below 1 means that runner's file is faster. "best" is the other file with
the smaller median time.
"""

import argparse
import importlib.util
import os
import statistics
import sys
import tempfile
import time
import warnings

import numpy as np
import onnxruntime
import torch

import exports

DIGITS = "dataset: digits, limit: {train: 64, test: 8}, split: {validation: 0}, batch_size: 8"
# The layers, the channels and the size of the images, and how the run's data get these.
MODELS = {
    "sequential": (
        "[flatten, linear: 128, relu, dropout: 0.2, linear: 64, relu, linear: 10]", 1, 28),
    "simple_cnn": ("simple_cnn", 1, 28),
    "resnet18": ("resnet18", 3, 224),
    "mobilenet_v2": ("mobilenet_v2", 3, 224),
    "mobilenet_v3_large": ("mobilenet_v3_large", 3, 224),
    "convnext_tiny": ("convnext_tiny", 3, 64),
    "vit_tiny": ("vit_tiny", 3, 32),
    "vit_b_16": ("vit_b_16", 3, 224),
    "unet": ("unet", 3, 96),
    "deeplabv3_resnet50": ("deeplabv3_resnet50", 3, 96),
}
MASKS = {"unet", "deeplabv3_resnet50"}


def experiment(name, folder):
    layers, channels, size = MODELS[name]
    if name in MASKS:
        import export_cases

        data = os.path.join(folder, "camvid")
        if not os.path.exists(data):
            export_cases.camvid(os.path.join(os.environ["RUNNER_DATA"], "camvid-small.zip"), data, 8)
        return export_cases.masks(layers, data).replace("[48, 64]", f"[{size}, {size}]")
    transforms = "to_tensor" if size == 28 else f"grayscale: {channels}, resize: [{size}, {size}], to_tensor"
    return f"data: {{{DIGITS}, transforms: [{transforms}]}}\nmodel: {layers}\ntrain: {{epochs: 1}}\nseed: 1\n"


def module(folder):
    """The module of an exported folder, with its weights."""
    from safetensors.torch import load_file

    spec = importlib.util.spec_from_file_location("exported_model", os.path.join(folder, "model.py"))
    source = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(source)
    model = source.Model()
    model.load_state_dict(load_file(os.path.join(folder, "weights.safetensors")))
    return model.eval()


class Outputs(torch.nn.Module):
    """A module with the outputs of runner's file, so that all files do the same work."""

    def __init__(self, model, is_mask):
        super().__init__()
        self.model, self.is_mask = model, is_mask

    def forward(self, x):
        scores = self.model(x)
        found = [scores.softmax(1), scores]
        return [scores.argmax(1).to(torch.uint8), *found] if self.is_mask else found


def files(options, folder, name):
    """The files by the names of their exporters, and the shape of an example."""
    run = exports.trained(options, folder, name, experiment(name, folder))
    made = {"runner": os.path.join(folder, f"{name}.onnx")}
    exports.exported(options, run, made["runner"], "--input", "tensor")
    target = os.path.join(folder, f"{name}.pytorch")
    exports.run([options.runner, "export", run, "pytorch", "-o", target])
    model = Outputs(module(target), name in MASKS).eval()
    _, channels, size = MODELS[name]
    shape = [channels, size, size]
    example = torch.zeros(2, *shape)
    outputs = (["classes"] if name in MASKS else []) + ["probabilities", "scores"]
    names = {"input_names": ["x"], "output_names": outputs}
    axes = {key: {0: "batch"} for key in ["x", *outputs]}
    made["torch.jit"] = os.path.join(folder, f"{name}.jit.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (example,), made["torch.jit"], dynamo=False, opset_version=17,
            dynamic_axes=axes, **names)
        try:
            import onnxscript  # noqa: F401
        except ImportError:
            return made, shape
        made["torch.export"] = os.path.join(folder, f"{name}.export.onnx")
        torch.onnx.export(
            model, (example,), made["torch.export"], dynamo=True, verbose=False,
            dynamic_shapes=({0: torch.export.Dim("batch")},), **names)
    return made, shape


def measure(made, shape, batch, threads, seconds):
    """The times of each file in turn, and the largest difference relative to the largest score."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.log_severity_level = 3
    sessions = {
        name: onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        for name, path in made.items()}
    x = np.random.default_rng(0).random([batch, *shape], np.float32)
    # The last output is the scores.
    calls = {
        name: ([output.name for output in session.get_outputs()], {session.get_inputs()[0].name: x})
        for name, session in sessions.items()}
    answers = {name: session.run(*calls[name])[-1] for name, session in sessions.items()}
    times = {name: [] for name in sessions}
    # What one thread computes does not depend on what else the machine does; several threads wait for each other.
    clock = time.process_time if threads == 1 else time.perf_counter
    order, turn, start = list(sessions), 0, clock()
    while clock() - start < seconds or turn < 9:
        for name in order:
            # The first run after another file finds cold caches, so that the second is timed.
            if batch < 8:
                sessions[name].run(*calls[name])
            begin = clock()
            sessions[name].run(*calls[name])
            times[name].append(clock() - begin)
        turn += 1
        order = order[1:] + order[:1]
        if turn % 3 == 0:
            order.reverse()
    largest = np.abs(answers["runner"]).max()
    return times, max(np.abs(answers[name] - answers["runner"]).max() for name in answers) / largest


def ratios(times, name):
    """The quartiles of the ratios to another file."""
    return statistics.quantiles([own / other for own, other in zip(times["runner"], times[name])], n=4)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--batches", type=int, nargs="*", default=[1, 64])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--models", nargs="*", default=list(MODELS))
    parser.add_argument("--keep", help="a folder that the files are left in")
    options = parser.parse_args()
    options.runner = os.path.abspath(options.runner)
    print(exports.versions(options) + f", torch {torch.__version__}\n")
    others = ["torch.jit", "torch.export"]
    print("| model | batch | threads | runner, ms | torch.jit | torch.export | ratio to the best | scores within |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in options.models:
            made, shape = files(options, options.keep or folder, name)
            for threads in options.threads:
                for batch in options.batches:
                    times, difference = measure(made, shape, batch, threads, options.seconds)
                    middle = {key: statistics.median(values) for key, values in times.items()}
                    best = min(others, key=lambda key: middle.get(key, float("inf")))
                    low, ratio, high = ratios(times, best)
                    cells = [f"{1000 * middle[key]:.3g}" if key in middle else "" for key in ["runner", *others]]
                    image = f"{name}, {'×'.join(map(str, shape))}"
                    print(
                        f"| {image} | {batch} | {threads} | {' | '.join(cells)} | {ratio:.2f} ({low:.2f} to {high:.2f}) "
                        f"| {difference:.1e} |", flush=True)


if __name__ == "__main__":
    main()

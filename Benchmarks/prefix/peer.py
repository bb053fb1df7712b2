"""The frozen layers of a ResNet-18 or another model, and one training step of the whole, against PyTorch; the former
also against ONNX Runtime and OpenVINO, where Python has them.

    peer.py PROGRAM [--model resnet18] [--size 224] [--batch 32] [--threads 2] [--rounds 15] [--train] [--clock wall|cpu]

PROGRAM is the built prefix-benchmark. It and PyTorch take turns in one run, and only the ratios of the
medians are worth quoting. `--clock cpu` with `--threads 1` counts processor time, for machines on which
others work. Before anything is timed, the outputs are compared.
"""

import argparse
import copy
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import torch

warnings.filterwarnings("ignore")
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import common  # noqa: E402  (it lies in the folder above)

torchvision = common.torchvision()

GEMM = 2048
# The operations of an image of 224×224, without the head.
FLOPS = {"resnet18": 3.628e9, "resnet50": 8.174e9, "mobilenet_v2": 0.599e9}
LAST = torch.channels_last


def make_model(name):
    """A model with weights and statistics that keep values in a natural range."""
    torch.manual_seed(1)
    model = torchvision.models.get_model(name, num_classes=10)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return model


def copy_of(model, head):
    duplicate = copy.deepcopy(model)
    if not head:
        setattr(duplicate, "fc" if hasattr(duplicate, "fc") else "classifier", torch.nn.Identity())
    return duplicate


class Ours:
    """The runner's program, which waits for a line and answers with its seconds."""

    def __init__(self, options, mode, weights):
        numbers = [str(n) for n in (options.size, options.batch, options.threads)]
        self.process = subprocess.Popen(
            [options.program, mode, options.model, str(weights), *numbers],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.column = 1 if options.clock == "cpu" else 0

    def __call__(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            raise SystemExit("the program ended early")
        return float(answer[self.column])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(function, clock):
    def run():
        start = clock()
        function()
        return clock() - start
    return run


def prefix_contestants(options, folder, model, ours, clock):
    ours(f"write {folder}")
    shape = (options.batch, 3, options.size, options.size)
    images = torch.frombuffer(bytearray((folder / "images.bin").read_bytes()), dtype=torch.float32)
    images = images.reshape(shape)
    features = torch.frombuffer(
        bytearray((folder / "features.bin").read_bytes()), dtype=torch.float32)
    eager = copy_of(model, head=False).eval()
    last = copy_of(model, head=False).eval().to(memory_format=LAST)
    images_last = images.contiguous(memory_format=LAST)
    frozen = torch.jit.optimize_for_inference(torch.jit.trace(eager, images))
    expected = eager(images)
    difference = (features.reshape(expected.shape) - expected).abs().max().item()
    print(f"largest difference from eager: {difference:.2e} of {expected.abs().max().item():.1f}")
    # Of ResNet-50, whose values reach 574 here, a part of the largest one.
    if difference > max(1e-4, 1e-6 * expected.abs().max().item()):
        raise SystemExit("the outputs differ")
    a, b = torch.randn(GEMM, GEMM), torch.randn(GEMM, GEMM)
    return {
        "runner": lambda: ours("layers"),
        "runner, from bytes": lambda: ours("pass"),
        "eager NCHW": timed(lambda: eager(images), clock),
        "eager channels-last": timed(lambda: last(images_last), clock),
        "TorchScript frozen": timed(lambda: frozen(images), clock),
        **exported_contestants(options, folder, model, images, clock),
        "GEMM": timed(lambda: a @ b, clock),
    }


def exported_contestants(options, folder, model, images, clock):
    """ONNX Runtime and OpenVINO on PyTorch's export of the same layers; empty where a package is missing."""
    path = str(folder / "prefix.onnx")
    found = {}
    try:
        import onnxruntime
        torch.onnx.export(copy_of(model, head=False).eval(), (images,), path, dynamo=False)
    except ImportError as error:
        print(f"without ONNX Runtime and OpenVINO: {error}")
        return found
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(path, settings, ["CPUExecutionProvider"])
    values = {session.get_inputs()[0].name: images.numpy()}
    found["ONNX Runtime"] = timed(lambda: session.run(None, values), clock)
    try:
        import openvino
    except ImportError as error:
        print(f"without OpenVINO: {error}")
        return found
    compiled = openvino.compile_model(path, "CPU", {
        "INFERENCE_NUM_THREADS": options.threads, "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "THROUGHPUT" if options.threads == 1 else "LATENCY"})
    request = compiled.create_infer_request()
    array = images.numpy()
    found["OpenVINO"] = timed(lambda: request.infer([array]), clock)
    return found


def train_contestants(options, model, ours, clock):
    count = 10 * options.batch
    pixels = torch.randint(0, 256, (count, 3, options.size, options.size), dtype=torch.uint8)
    labels = torch.arange(count) % 10
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)

    def stepper(memory):
        net = copy_of(model, head=True).train().to(memory_format=memory)
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-4, fused=True)
        place = [0]

        def step():
            index = torch.arange(place[0], place[0] + options.batch) % count
            place[0] += options.batch
            images = pixels[index].float().div_(255).sub_(mean).div_(std)
            images = images.contiguous(memory_format=memory)
            optimizer.zero_grad()
            scores = net(images)
            loss = torch.nn.functional.cross_entropy(scores, labels[index])
            loss.backward()
            optimizer.step()
            loss.item(), (scores.argmax(1) == labels[index]).sum().item()
        return timed(step, clock)

    return {
        "runner": lambda: ours("step"),
        "NCHW, fused Adam": stepper(torch.contiguous_format),
        "channels-last, fused Adam": stepper(LAST),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--model", choices=list(FLOPS), default="resnet18")
    for name, value in (("size", 224), ("batch", 32), ("threads", 2), ("rounds", 15)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    clock = time.process_time if options.clock == "cpu" else time.perf_counter
    model = make_model(options.model)
    with tempfile.TemporaryDirectory() as name, torch.set_grad_enabled(options.train):
        folder = pathlib.Path(name)
        torch.save(model.state_dict(), folder / "weights.pth")
        ours = Ours(options, "train" if options.train else "prefix", folder / "weights.pth")
        if options.train:
            contestants = train_contestants(options, model, ours, clock)
        else:
            contestants = prefix_contestants(options, folder, model, ours, clock)
        for _ in range(2):
            for run in contestants.values():
                run()
        seconds = {name: [] for name in contestants}
        for _ in range(options.rounds):
            for name, run in contestants.items():
                run()  # Whoever was first would meet caches and threads as the one before it left them.
                seconds[name].append(run())
        ours.close()
    report(options, seconds)


def report(options, seconds):
    gemm = seconds.pop("GEMM", None)
    flops = FLOPS[options.model] * (options.size / 224) ** 2
    first = statistics.median(seconds["runner"])
    print(f"\n{options.model} at {options.size}, batch {options.batch}, {options.threads} threads, "
          f"{options.clock} time, {options.rounds} rounds")
    print("| | ms an image | best | GFLOP/s | against runner | in each round |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, values in seconds.items():
        median = statistics.median(values)
        paired = statistics.median(t / o for t, o in zip(values, seconds["runner"]))
        speed = "" if options.train else f"{flops * options.batch / median / 1e9:.0f}"
        print(f"| {name} | {median / options.batch * 1e3:.2f} | "
              f"{min(values) / options.batch * 1e3:.2f} | {speed} | {median / first:.2f} × | "
              f"{paired:.2f} × |")
    if gemm:
        peak = 2 * GEMM ** 3 / statistics.median(gemm)
        share = flops * options.batch / first / peak
        best = flops * options.batch / min(seconds["runner"]) * min(gemm) / (2 * GEMM ** 3)
        print(f"\nGEMM {peak / 1e9:.0f} GFLOP/s; runner {share:.0%} of it, best against best {best:.0%}")


main()

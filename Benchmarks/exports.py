"""Answers of exported models by ONNX Runtime beside those of `runner predict`, for the models that ship with runner.

Every model is trained for a few steps on real data (`export_cases.py`), exported with its transforms, passed to
`onnx.checker` and compared by `runner export` itself, which writes what it found into the file's certificate: the
examples in batches of 1, 7 and 64.

usage: exports.py --runner PROGRAM [--python PROGRAM] [--examples N] [--models NAME …]
needs onnx, onnxruntime and Pillow, and the data in RUNNER_DATA

Scores of masks are not among the answers of `runner predict`, so only the classes of their pixels are compared.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import export_cases


def processor():
    """The processor's name and its widest vectors."""
    try:
        with open("/proc/cpuinfo") as file:
            text = file.read()
    except OSError:
        import platform

        return platform.machine()
    name = re.search(r"model name\s*:\s*(.*)", text)
    flags = text.split("flags", 1)[-1].split("\n", 1)[0].split()
    widest = next((flag for flag in ("avx512_vnni", "avx512f", "avx2") if flag in flags), "")
    return f"{name.group(1).strip() if name else 'unknown'} {widest}".strip()


def versions(options):
    import onnx
    import onnxruntime

    return (
        f"{datetime.date.today()}, {processor()}, runner {run([options.runner, '--version']).strip()}, "
        f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}")


def trained(options, folder, name, text):
    """The directory of a new run."""
    path = os.path.join(folder, f"{re.sub('[^a-z0-9]+', '_', name)}.yaml")
    with open(path, "w") as file:
        file.write(text)
    runs = os.path.join(folder, "runs")
    return json.loads(run([options.runner, path, "--quiet", "--json", "--runs-dir", runs]))["run"]


def run(arguments):
    """What a program prints."""
    result = subprocess.run(arguments, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(first(result.stderr))
    return result.stdout


def first(text):
    return (text.strip().splitlines() or ["no message"])[0]


def exported(options, directory, target, *more):
    """The certificate of a run's exported model."""
    result = subprocess.run(
        [options.runner, "export", directory, "onnx", "-o", target, "--python", options.python, *more],
        capture_output=True, text=True)
    if not os.path.exists(f"{target}.certificate.json"):
        raise RuntimeError(first(result.stderr))
    with open(f"{target}.certificate.json") as file:
        return json.load(file)


def compare(options, folder, name, text):
    """The certificate's comparison."""
    import onnx

    with tempfile.TemporaryDirectory(dir=folder) as own:
        target = os.path.join(own, "model.onnx")
        certificate = exported(options, trained(options, own, name, text), target)
        onnx.checker.check_model(target, full_check=True)
        if not certificate["compared"]:
            raise RuntimeError(certificate["reason"])
        return certificate["comparison"]


def row(found):
    def number(value):
        return "–" if value is None else f"{value:.1e}"

    decisions, same = found["decisions"], found["same_decisions"]
    pixels = found.get("largest_difference_pixels")
    difference, relative = found["largest_difference"], found["largest_relative_difference"]
    edges = f"; edges {number(pixels)} pixels" if pixels is not None else ""
    return [
        f"{found['examples']:,}", number(difference) + edges, number(relative),
        f"{same:,} of {decisions:,}" if decisions else "–"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--models", nargs="*")
    options = parser.parse_args()
    options.runner = os.path.abspath(options.runner)
    print(versions(options) + "\n")
    print("| model | data | examples | largest difference | relative to the largest score | same decisions | s |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        data = os.environ.get("RUNNER_DATA", "")
        for name, size, text in export_cases.cases(data, folder, options.examples, options.models):
            begin = time.perf_counter()
            try:
                cells = row(compare(options, folder, name, text))
            except Exception as problem:  # One model's problem is not the others'.
                failed += 1
                cells = [f"{type(problem).__name__}: {first(str(problem))}", "", "", ""]
            seconds = time.perf_counter() - begin
            print(f"| {' | '.join([name, size, *cells, f'{seconds:.0f}'])} |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

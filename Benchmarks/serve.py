"""`runner serve` beside a service written the usual way: FastAPI, uvicorn and PyTorch, one process each, in turn.

usage: serve.py --runner PATH [--model sequential|resnet18] [--clients 64] [--seconds 60] [--rounds 1]

The model is trained for a moment first (MNIST and the shipped experiment, or resnet18 on pictures of CamVid of 500×375);
both services load its weights. wrk sends a picture (PNG or JPEG) in each request on as many connections as there are
clients, one thread each, and compares every answer with that of `runner predict`: probabilities within 1e-4. Requests a
second, the 50th and 99th percentile of the time, wrong answers; the ratio is taken within a round.
"""

import argparse
import glob
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

import common
from PIL import Image

PORT = 8377
RESNET = """
name: resnet18
seed: 1
data:
  dataset: {image_folder: pictures}
  transforms:
    - resize: 256
    - center_crop: 224
    - to_tensor
    - normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}
  batch_size: 8
model: resnet18
optimizer: {adam: {lr: 1e-4}}
train: {max_steps: 2}
"""
# A picture a request; every thread begins elsewhere.
SCRIPT = """
local number = 0
local threads = {{}}
function setup(thread)
  thread:set("first", number)
  number = number + 1
  table.insert(threads, thread)
end
function init(arguments)
  expected = {{}}
  requests = {{}}
  for line in io.lines("{folder}/expected.txt") do
    local values = {{}}
    for value in line:gmatch("%S+") do table.insert(values, tonumber(value)) end
    table.insert(expected, values)
    local file = io.open("{folder}/inputs/" .. #expected, "rb")
    wrk.headers["Content-Type"] = "{type}"
    table.insert(requests, wrk.format("POST", "/predict", nil, file:read("*a")))
    file:close()
  end
  place, wrong, right, others = first % #requests, 0, 0, 0
end
function request()
  place = place % #requests + 1
  return requests[place]
end
function response(status, headers, body)
  if status ~= 200 then others = others + 1 return end
  local list = body:match('"probabilities":%[([^%]]*)%]')
  local values, count, good = expected[place], 0, list ~= nil
  for text in (list or ""):gmatch("[^,]+") do
    count = count + 1
    local value = tonumber(text)
    if not value or not values[count] or math.abs(value - values[count]) > 1e-4 then good = false end
  end
  if good and count == #values then right = right + 1 else wrong = wrong + 1 end
end
function done(summary, latency, all)
  local sums = {{right = 0, wrong = 0, others = 0}}
  for _, thread in ipairs(threads) do
    for name in pairs(sums) do sums[name] = sums[name] + thread:get(name) end
  end
  io.write(string.format('RESULT {{"rate": %f, "p50": %f, "p99": %f, "right": %d, "wrong": %d, "others": %d, "errors": %d}}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    sums.right, sums.wrong, sums.others,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""
PEER = '''
import io
import sys

import torch
from fastapi import FastAPI, Request
from PIL import Image
from safetensors.torch import load_file

sys.path.insert(0, {benchmarks!r})
import common

vision = common.torchvision()
transforms = vision.transforms
if {name!r} == "sequential":
    model = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(128, 64),
        torch.nn.ReLU(), torch.nn.Linear(64, 10))
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])
    mode = "L"
else:
    model = vision.models.resnet18(num_classes={classes})
    transform = transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    mode = "RGB"
weights = load_file({weights!r})
model.load_state_dict(dict(zip(model.state_dict(), weights.values())) if {name!r} == "sequential" else weights)
model.eval()
app = FastAPI()


@app.post("/predict")
async def predict(request: Request):
    image = Image.open(io.BytesIO(await request.body())).convert(mode)
    with torch.inference_mode():
        probabilities = model(transform(image).unsqueeze(0)).softmax(1)[0]
    return {{"predicted": int(probabilities.argmax()), "probabilities": probabilities.tolist()}}
'''


def prepare(name, runner, work, count=64):
    """Trains a run and writes the pictures to send; their type, and the answers of `runner predict`."""
    os.makedirs(f"{work}/inputs")
    environment = {**os.environ, "RUNNER_CACHE": f"{work}/cache"}
    if name == "sequential":
        kind = "image/png"
        images, _ = common.mnist("t10k")
        for number in range(count):
            Image.fromarray(images[number]).save(f"{work}/inputs/{number + 1}", "PNG")
        command = [runner, os.path.abspath("experiments/sequential.yaml"), "train.epochs=1", "-q"]
    else:
        kind = "image/jpeg"
        with zipfile.ZipFile(os.path.join(os.environ["RUNNER_DATA"], "camvid-small.zip")) as archive:
            names = sorted(n for n in archive.namelist() if "/images/" in n and n.endswith(".jpg"))
            for number in range(count):
                picture = Image.open(io.BytesIO(archive.read(names[number % len(names)]))).convert("RGB").resize((500, 375))
                picture.save(f"{work}/inputs/{number + 1}", "JPEG", quality=90)
                folder = f"{work}/pictures/{'ab'[number % 2]}"
                os.makedirs(folder, exist_ok=True)
                picture.save(f"{folder}/{number}.jpg", quality=90)
        with open(f"{work}/resnet18.yaml", "w") as file:
            file.write(RESNET)
        command = [runner, "resnet18.yaml", "-q"]
    subprocess.run(command, cwd=work, check=True, env=environment, stdout=subprocess.DEVNULL)
    output = subprocess.run(
        [runner, "predict", "latest", "--json"] + [f"inputs/{number + 1}" for number in range(count)], cwd=work, check=True,
        env=environment, capture_output=True, text=True).stdout
    with open(f"{work}/expected.txt", "w") as file:
        for line in output.splitlines():
            file.write(" ".join(repr(value) for value in json.loads(line)["probabilities"]) + "\n")
    with open(f"{work}/script.lua", "w") as file:
        file.write(SCRIPT.format(folder=work, type=kind))
    (run,) = glob.glob(f"{work}/runs/*-*")
    classes = len(json.loads(output.splitlines()[0])["probabilities"])
    with open(f"{work}/peer.py", "w") as file:
        file.write(PEER.format(
            benchmarks=os.path.dirname(os.path.abspath(__file__)), name=name, classes=classes,
            weights=f"{run}/weights/best.safetensors"))


def wait(path):
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the service does not start")


def measure(command, path, work, clients, seconds):
    service = subprocess.Popen(command, cwd=work, stdout=subprocess.DEVNULL, env={**os.environ, "RUNNER_CACHE": f"{work}/cache"})
    try:
        wait(path)
        wrk = ["wrk", f"-t{clients}", f"-c{clients}", "--timeout", "30s", "-s", f"{work}/script.lua", f"http://127.0.0.1:{PORT}"]
        subprocess.run([*wrk, "-d3s"], check=True, capture_output=True)
        output = subprocess.run([*wrk, f"-d{seconds}s"], check=True, capture_output=True, text=True).stdout
        return json.loads(re.search(r"^RESULT (.*)$", output, re.M)[1])
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", default=".build/release/runner")
    parser.add_argument("--model", choices=["sequential", "resnet18"])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    runner = os.path.abspath(arguments.runner)
    failed = False
    for name in [arguments.model] if arguments.model else ["sequential", "resnet18"]:
        with tempfile.TemporaryDirectory() as work:
            prepare(name, runner, work)
            services = {
                "runner serve": ([runner, "serve", "latest", "--port", str(PORT)], "/health"),
                "FastAPI": (
                    [sys.executable, "-m", "uvicorn", "peer:app", "--port", str(PORT), "--log-level", "warning"], "/docs"),
            }
            for number in range(arguments.rounds):
                rates = {}
                for service, (command, path) in services.items():
                    found = measure(command, path, work, arguments.clients, arguments.seconds)
                    rates[service] = found["rate"]
                    failed |= bool(found["wrong"] or found["others"] or found["errors"])
                    print(
                        f"{name}, {arguments.clients} clients, {service}: {found['rate']:.0f} requests/s, "
                        f"p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms, {found['right']:,} right, "
                        f"{found['wrong']} wrong, {found['others']} of other status, {found['errors']} errors", flush=True)
                print(f"{name}: {rates['runner serve'] / rates['FastAPI']:.2f} times the requests of FastAPI", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

# `make run` and `make test` are all a new machine needs; both install what is missing first.
SWIFT_BUILD = swift build --explicit-target-dependency-import-check error
EXPERIMENT ?= experiments/sequential.yaml
PREFIX ?= /usr/local
PYTHON ?= python3
SOURCES := Package.swift $(shell find Sources -type f)
LIBTORCH_DIR := $(if $(LIBTORCH),$(LIBTORCH),.deps/libtorch)
BINARIES := .build/release/runner .build/release/runner-worker .build/release/runner-serve

.PHONY: run build bench bench-quick bench-sequential bench-digits bench-data bench-tasks bench-steps bench-cifar10 bench-prefix bench-embedding bench-onnx bench-serve test test-debug test-fuzz test-serve test-models test-crash test-slurm test-onnx test-pytorch test-mlflow test-croissant test-docs test-schema ctorch gpu-bundle gpu-check gpu-bench lint format setup install dist test-dist clean

run: build
	@.build/release/runner $(EXPERIMENT)

build: setup $(BINARIES)

$(BINARIES) &: $(SOURCES)
	@RUNNER_STATIC=1 $(SWIFT_BUILD) --quiet -c release --product runner
	@RUNNER_STATIC=1 $(SWIFT_BUILD) --quiet -c release --product runner-worker
	@RUNNER_STATIC=1 $(SWIFT_BUILD) --quiet -c release --product runner-serve
	@touch $(BINARIES)

setup:
	@scripts/setup-debian
	@scripts/setup-libtorch

# What ships is what is tested: optimised code, where a handle that was released too early shows.
test: lint setup
	@scripts/run-tests -c release

# The same without optimisation: faster to build again after a change, and with the checks of debug mode.
test-debug: setup
	@scripts/run-tests

# Sweeps on a real Slurm that lives for these tests alone, on loopback; needs root.
SLURM_FOLDER ?= /tmp/runner-slurm
test-slurm: setup
	@scripts/setup-debian slurm-wlm munge
	@scripts/slurm-loopback start $(SLURM_FOLDER) || \
	  { scripts/slurm-loopback stop $(SLURM_FOLDER); exit 2; }
	@SLURM_CONF=$(SLURM_FOLDER)/slurm.conf RUNNER_SLURM=$(SLURM_FOLDER) \
	  scripts/run-tests -c release --filter SlurmTests; code=$$?; \
	  scripts/slurm-loopback stop $(SLURM_FOLDER); rm -rf $(SLURM_FOLDER); exit $$code

# Ten million damaged files for every reader, or RUNNER_FUZZ of them from number RUNNER_FUZZ_FIRST on. The last
# input lies in TMPDIR if the process crashes; memory is faster than a disk.
test-fuzz: setup
	RUNNER_FUZZ=$${RUNNER_FUZZ:-10000000} TMPDIR=$${TMPDIR:-/dev/shm} \
	  scripts/run-tests -c release --filter '^FuzzTests\.'

# Every model against torchvision's, also those of more than 12 million parameters.
test-models: setup
	RUNNER_MODELS=all scripts/run-tests -c release --filter '^ModelsTests\.'

# Two hundred runs killed at random moments, two hundred trials of a sweep that is killed as well, and
# every file operation failing with every error.
test-crash: setup
	RUNNER_CRASHES=$${RUNNER_CRASHES:-200} RUNNER_FAULTS=$${RUNNER_FAULTS:-all} \
	  RUNNER_SWEEP_TRIALS=$${RUNNER_SWEEP_TRIALS:-200} \
	  scripts/run-tests -c release --filter CrashTests

# Every layer, every model and the transforms as ONNX files in onnxruntime, then the answers of whole runs;
# $(PYTHON) has to have onnx and onnxruntime.
test-onnx: build
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  RUNNER_ONNX=$$folder scripts/run-tests -c release --filter '^ExportTests\.' && \
	  $(PYTHON) scripts/run-onnx $$folder && \
	  scripts/test-exports .build/release/runner $(PYTHON)

# Runs every layer, model and format of the exports for PyTorch, which $(PYTHON) has to have with torchvision and
# safetensors; with timm, what it loads, too.
test-pytorch: build
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  RUNNER_PYTORCH=$$folder scripts/run-tests -c release --filter '^PyTorchExportTests\.' && \
	  $(PYTHON) scripts/run-pytorch $$folder && \
	  scripts/test-pytorch .build/release/runner $(PYTHON)

# A run, five folds and a sweep sent to an MLflow server on loopback; $(PYTHON) has to have mlflow.
test-mlflow: build
	$(PYTHON) scripts/test-mlflow .build/release/runner

# Data sets of runs as Croissant, validated and read by mlcroissant, which $(PYTHON) has to have with Pillow.
test-croissant: build
	$(PYTHON) scripts/test-croissant .build/release/runner

# The JSON Schema against the experiments that ship, those of the tests and the documentation and the templates, as YAML
# 1.1 and 1.2 readers see them; $(PYTHON) has to have jsonschema, PyYAML and ruamel.yaml.
test-schema: build
	$(PYTHON) scripts/test-schema .build/release/runner

# Dead links in the documentation, then every command in it, on MNIST and penguins.csv below RUNNER_DATA.
test-docs: build
	scripts/check-docs
	$(PYTHON) scripts/test-docs .build/release

# All comparisons with other programs, which take some hours.
bench: bench-sequential bench-digits bench-steps bench-cifar10 bench-prefix bench-data bench-tasks bench-onnx \
  bench-serve bench-embedding

# A few of them in four minutes, which must not have fallen by more than 10%.
bench-quick: build
	$(PYTHON) Benchmarks/quick.py --runner .build/release/runner

# Against PyTorch, which $(PYTHON) has to have with torchvision and scikit-learn.
bench-sequential: build
	$(PYTHON) Benchmarks/bench.py
	$(PYTHON) Benchmarks/transfer.py

# LeNet-5 and simple_cnn on MNIST against PyTorch, whole processes over five seeds.
bench-digits: build
	$(PYTHON) Benchmarks/digits.py --runner .build/release/runner

# Loading of JPEG files against torchvision, then losses and accuracies against PyTorch's on the same files.
bench-data: build
	$(PYTHON) Benchmarks/pictures.py --runner .build/release/runner
	$(PYTHON) Benchmarks/photos.py --runner .build/release/runner
	$(PYTHON) Benchmarks/cifar.py --runner .build/release/runner --archive $${RUNNER_DATA:?}/cifar10-jpeg.zip

# Segmentation against PyTorch and detection against torchvision, over three seeds.
bench-tasks: build
	$(PYTHON) Benchmarks/segmentation.py --runner .build/release/runner
	$(PYTHON) Benchmarks/detection.py --runner .build/release/runner

# Training steps of convolutional models against PyTorch's, on pictures of cifar10-jpeg.zip below RUNNER_DATA.
bench-steps: build
	$(PYTHON) Benchmarks/steps.py --runner .build/release/runner

# experiments/cifar10.yaml and the same recipe in PyTorch, which take about 40 minutes.
bench-cifar10: build
	$(PYTHON) Benchmarks/resnet9.py --runner .build/release/runner --archive $${RUNNER_DATA:?}/cifar10-jpeg.zip

# Against PyTorch, which $(PYTHON) has to have with torchvision: inference, then training.
bench-prefix: setup
	$(SWIFT_BUILD) -c release --product prefix-benchmark
	for model in resnet18 resnet50 mobilenet_v2; do \
	  $(PYTHON) Benchmarks/prefix/peer.py .build/release/prefix-benchmark --model $$model --batch 16 --rounds 5 || exit 1; \
	done
	$(PYTHON) Benchmarks/prefix/peer.py .build/release/prefix-benchmark --train --size 64
	$(PYTHON) Benchmarks/prefix/peer.py .build/release/prefix-benchmark --train --rounds 5

# Principal components and t-SNE against scikit-learn, which $(PYTHON) has to have, on MNIST below RUNNER_DATA.
bench-embedding: setup
	$(SWIFT_BUILD) -c release --product embedding-benchmark
	$(PYTHON) Benchmarks/embedding/peer.py .build/release/embedding-benchmark $${RUNNER_DATA:?}/mnist

# Exported models of every family beside `runner predict`, then their speed beside torch.onnx.export's files.
bench-onnx: build
	$(PYTHON) Benchmarks/exports.py --runner .build/release/runner
	$(PYTHON) Benchmarks/onnx_speed.py --runner .build/release/runner

# `runner serve` against FastAPI, uvicorn and PyTorch with wrk as the client, every answer compared with `runner
# predict`; $(PYTHON) has to have fastapi, uvicorn, python-multipart, torch, torchvision, pillow and safetensors.
bench-serve: build
	$(PYTHON) Benchmarks/serve.py --runner .build/release/runner

# A hundred thousand malformed requests over raw sockets to a service; $(PYTHON) needs nothing else.
test-serve: build
	$(PYTHON) scripts/fuzz-serve --runner .build/release/runner --count $${RUNNER_FUZZ:-100000}

# The C interface to LibTorch as a shared library, with a C++ compiler alone: `make ctorch LIBTORCH=DIR`.
ctorch:
	scripts/build-ctorch $(LIBTORCH_DIR) build/ctorch

# A package for a machine with a GPU and without Swift (docs/gpu.md).
gpu-bundle: setup
	scripts/gpu-bundle

# All that can only be checked on a device, which is `cuda` unless DEVICE names another.
DEVICE ?= cuda
gpu-check: build
	RUNNER_STATIC=1 $(SWIFT_BUILD) --quiet -c release --product device-check
	$(PYTHON) scripts/gpu-check --programs .build/release --device $(DEVICE)

# Training steps against PyTorch's on the same device; $(PYTHON) has to have torch, torchvision and numpy.
gpu-bench: build
	$(PYTHON) scripts/gpu-bench --programs .build/release --device $(DEVICE)

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

install: build
	@scripts/install-files .build/release $(LIBTORCH_DIR) $(DESTDIR)$(PREFIX)

# A tarball that runs without Swift; test-dist tries it in a Debian with nothing else, which needs root (docs/install.md).
dist: build
	@scripts/setup-debian patchelf
	@scripts/dist .build/release $(LIBTORCH_DIR) build

test-dist: dist
	@scripts/setup-debian debootstrap
	@scripts/test-dist build/runner-$$(.build/release/runner --version)-$$(uname -m)-linux.tar.gz build/test-dist.txt

clean:
	rm -rf .build

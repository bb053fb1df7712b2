"""Principal components and t-SNE beside scikit-learn's, on digits of MNIST's test set.

    python Benchmarks/embedding/peer.py PROGRAM MNIST_FOLDER [--points 2000] [--threads N] [--rounds 3]

PROGRAM is embedding-benchmark; `make bench-embedding` builds it. Fails if the Kullback-Leibler divergence is more than
2% above scikit-learn's, whose own divergence of the same components is computed in the same run.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("mnist")
parser.add_argument("--points", type=int, default=2000)
parser.add_argument("--components", type=int, default=50)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)

import numpy
import sklearn
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

with gzip.open(os.path.join(options.mnist, "t10k-images-idx3-ubyte.gz")) as file:
    images = numpy.frombuffer(file.read()[16:], numpy.uint8).reshape(-1, 784)
points = (images[: options.points] / 255.0).astype(numpy.float32)

own, theirs = [], []
with tempfile.NamedTemporaryFile() as file:
    points.tofile(file.name)
    for _ in range(options.rounds):
        text = subprocess.run(
            [options.program, file.name, "784", str(options.components), str(options.threads)],
            check=True, capture_output=True, text=True,
        ).stdout
        own.append(json.loads(text))
        start = time.perf_counter()
        pca = PCA(options.components, svd_solver="full").fit(points.astype(float))
        scores = pca.transform(points.astype(float))
        middle = time.perf_counter()
        tsne = TSNE(random_state=0, n_jobs=options.threads).fit(scores)
        end = time.perf_counter()
        theirs.append({
            "pca_seconds": middle - start, "tsne_seconds": end - middle, "kl_divergence": float(tsne.kl_divergence_),
            "trustworthiness": float(trustworthiness(scores, tsne.embedding_, n_neighbors=10)),
            "variances": pca.explained_variance_,
        })


def median(results, key):
    return float(numpy.median([result[key] for result in results]))


print(f"{options.points} points, {options.components} components, {options.threads} threads, scikit-learn {sklearn.__version__}")
for key, digits in [("pca_seconds", 3), ("tsne_seconds", 2), ("kl_divergence", 4), ("trustworthiness", 4)]:
    a, b = median(own, key), median(theirs, key)
    print(f"{key:16} runner {a:.{digits}f}  scikit-learn {b:.{digits}f}  ratio {a / b:.3f}")
worst = float(numpy.abs(numpy.array(own[0]["variances"]) / theirs[0]["variances"] - 1).max())
print(f"variances differ by at most {worst:.1e}")
if any(result["map"] != own[0]["map"] for result in own):
    sys.exit("the maps of equal points differ")
if worst > 1e-6:
    sys.exit("the principal components differ")
if median(own, "kl_divergence") > 1.02 * median(theirs, "kl_divergence"):
    sys.exit("the divergence is more than 2% above scikit-learn's")

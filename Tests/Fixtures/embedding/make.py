"""Goldens of principal components, t-SNE and the quality of maps, from scikit-learn.

    python Tests/Fixtures/embedding/make.py MNIST_FOLDER

writes embedding.json and points.bin beside itself: 300 digits of MNIST's test set as 16 principal components, rounded
to float32. MNIST_FOLDER holds t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz.
"""

import gzip
import json
import os
import sys

import numpy
import sklearn
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors

folder = os.path.dirname(os.path.abspath(__file__))


def idx(name, header):
    with gzip.open(os.path.join(sys.argv[1], name)) as file:
        return numpy.frombuffer(file.read()[header:], numpy.uint8)


images = idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:300] / 255.0
labels = idx("t10k-labels-idx1-ubyte.gz", 8)[:300].astype(int)
points = PCA(16, svd_solver="full").fit_transform(images).astype(numpy.float32)
points.tofile(os.path.join(folder, "points.bin"))
wide = points.astype(float)

pca = PCA(3, svd_solver="full").fit(wide)
scores = pca.transform(wide)
near = NearestNeighbors(n_neighbors=10).fit(wide).kneighbors(return_distance=False)
golden = {
    "scikit_learn": sklearn.__version__,
    "labels": labels.tolist(),
    "pca": {
        "variances": pca.explained_variance_.tolist(),
        "total": float(wide.var(axis=0, ddof=1).sum()),
        "first_scores": scores[:3].tolist(),
    },
    "neighbours": near[:5].tolist(),
    "purity": float((labels[near] == labels[:, None]).mean()),
    "silhouette": float(silhouette_score(wide, labels)),
    "trustworthiness": float(trustworthiness(wide, scores[:, :2], n_neighbors=7)),
    "tsne": {},
}
for method in ["exact", "barnes_hut"]:
    tsne = TSNE(method=method, random_state=0).fit(wide)
    golden["tsne"][method] = {
        "kl_divergence": float(tsne.kl_divergence_),
        "trustworthiness": float(trustworthiness(wide, tsne.embedding_, n_neighbors=7)),
    }
few = TSNE(method="exact", random_state=0, perplexity=5).fit(wide[:40])
golden["tsne"]["few"] = {"points": 40, "perplexity": 5, "kl_divergence": float(few.kl_divergence_)}
with open(os.path.join(folder, "embedding.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
print(json.dumps(golden["tsne"]), golden["purity"], golden["silhouette"], golden["trustworthiness"])

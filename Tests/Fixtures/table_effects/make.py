"""Goldens of permutation importance and partial dependence, from scikit-learn.

    python Tests/Fixtures/table_effects/make.py

writes table_effects.json beside itself: a table with numbers, categories and a missing-free boolean, models whose
weights are in the file, and what scikit-learn says about them. Permutations are those of the program's own
generator, which the test hands in, so only their definition is compared: scores of permuted tables are computed
by scikit-learn for the permutations in the file.
"""

import json
import os
import warnings

import numpy
import sklearn
from scipy.stats import spearmanr
from scipy.stats.contingency import association
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.inspection import partial_dependence
from sklearn.metrics import accuracy_score, root_mean_squared_error

warnings.filterwarnings("ignore")
folder = os.path.dirname(os.path.abspath(__file__))
random = numpy.random.default_rng(3)
rows = 150
# Column 0 has many values, 1 few, 2 is a category of three, 3 follows column 0.
size = random.gamma(3.0, 2.0, rows).astype(numpy.float32)
grade = random.integers(1, 8, rows).astype(numpy.float32)
kind = random.integers(0, 3, rows)
copy = (size + 0.3 * random.standard_normal(rows)).astype(numpy.float32)
table = numpy.column_stack([size, grade, kind, copy]).astype(float)
mean, deviation = table.mean(0), table.std(0)


def encode(table):
    """Numbers standardised, the category one-hot: six numbers a row."""
    table = numpy.asarray(table, float)
    scaled = (table - mean) / deviation
    onehot = (table[:, 2:3] == numpy.arange(3)).astype(float)
    return numpy.column_stack([scaled[:, 0], scaled[:, 1], onehot, scaled[:, 3]])


weights = random.standard_normal((6, 3)).round(3)
bias = random.standard_normal(3).round(3)


class Softmax(ClassifierMixin, BaseEstimator):
    def fit(self, x=None, y=None):
        self.classes_ = numpy.arange(3)
        self.fitted_ = True
        return self

    def predict_proba(self, x):
        scores = encode(x) @ weights + bias
        scores = numpy.exp(scores - scores.max(1, keepdims=True))
        return scores / scores.sum(1, keepdims=True)

    def predict(self, x):
        return self.predict_proba(x).argmax(1)


class Linear(RegressorMixin, BaseEstimator):
    def fit(self, x=None, y=None):
        self.fitted_ = True
        return self

    def predict(self, x):
        return encode(x) @ weights[:, 0] + bias[0]


classifier, regressor = Softmax().fit(), Linear().fit()
classes = numpy.where(random.random(rows) < 0.25, random.integers(0, 3, rows), classifier.predict(table))
numbers = (regressor.predict(table) + 0.5 * random.standard_normal(rows)).astype(numpy.float32)
orders = [random.permutation(rows).tolist() for _ in range(2)]


def importances(model, truth, score, sign):
    base = score(truth, model.predict(table))
    result = []
    for column in range(4):
        drops = []
        for order in orders:
            permuted = table.copy()
            permuted[:, column] = table[order, column]
            drops.append(sign * (base - score(truth, model.predict(permuted))))
        result.append(drops)
    return float(base), numpy.array(result).tolist()


def dependences(model):
    result = []
    for column in range(4):
        found = partial_dependence(
            model, table, [column], kind="both", method="brute", categorical_features=[2] if column == 2 else None,
        )
        individual = found["individual"]
        result.append({
            "grid": found["grid_values"][0].tolist(),
            "average": found["average"].tolist(),
            "individual": individual[:, :2].tolist(),
        })
    return result


def ratio(values, categories):
    ranks = numpy.argsort(numpy.argsort(values, kind="stable")).astype(float)
    total = ((ranks - ranks.mean()) ** 2).sum()
    between = sum((categories == c).sum() * (ranks[categories == c].mean() - ranks.mean()) ** 2 for c in range(3))
    return float((between / total) ** 0.5)


accuracy, accuracy_drops = importances(classifier, classes, accuracy_score, 1)
rmse, rmse_drops = importances(regressor, numbers, root_mean_squared_error, -1)
golden = {
    "scikit_learn": sklearn.__version__,
    "table": table.T.tolist(),
    "mean": mean.tolist(),
    "deviation": deviation.tolist(),
    "weights": weights.tolist(),
    "bias": bias.tolist(),
    "classes": classes.tolist(),
    "numbers": numbers.tolist(),
    "orders": orders,
    "accuracy": accuracy,
    "accuracy_drops": accuracy_drops,
    "rmse": rmse,
    "rmse_drops": rmse_drops,
    "classifier": dependences(classifier),
    "regressor": dependences(regressor),
    "spearman": float(spearmanr(size, copy).statistic),
    "cramer": float(association(numpy.array([[((kind == a) & (grade == b)).sum() for b in range(1, 8)] for a in range(3)]))),
    "ratio": ratio(size, kind),
}
with open(os.path.join(folder, "table_effects.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
print(accuracy, rmse, golden["spearman"], golden["cramer"], golden["ratio"], [len(d["grid"]) for d in golden["classifier"]])

"""Writes calibration.json: calibration errors of labels and the spread of residuals by scikit-learn and NumPy.

    python make.py            needs numpy and scikit-learn
"""
import json
import pathlib

import numpy
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LinearRegression

random = numpy.random.default_rng(7)
count, bins = 240, 15

# Logits in quarters: exact in any format.
logits = numpy.round(random.normal(0, 2, (count, 3)) * 4) / 4
probabilities = 1 / (1 + numpy.exp(-logits))
has = random.random((count, 3)) < probabilities ** [1, 0.5, 2]


def error(outcomes, values):
    """The mean gap, weighted by the examples of each bin."""
    share, mean = calibration_curve(outcomes, values, n_bins=bins, strategy="uniform")
    # The bins of calibration_curve, without the empty ones.
    places = numpy.searchsorted(numpy.linspace(0, 1, bins + 1)[1:-1], values)
    sizes = numpy.bincount(places, minlength=bins)
    return float(numpy.abs(share - mean) @ sizes[sizes > 0] / len(values))


targets = numpy.round(random.normal(10, 4, count) * 8) / 8
predictions = numpy.round((0.8 * targets + 1 + random.normal(0, 1, count)) * 8) / 8
errors = predictions - targets
magnitudes = numpy.sort(numpy.abs(errors))
result = {
    "labels": {
        "logits": logits.tolist(), "has": has.astype(int).tolist(),
        "errors": [error(has[:, label], probabilities[:, label]) for label in range(3)],
        "frequencies": has.mean(0).tolist(), "means": probabilities.mean(0).tolist(),
    },
    "numbers": {
        "targets": targets.tolist(), "predictions": predictions.tolist(), "bias": errors.mean(),
        "deviation": errors.std(ddof=1),
        "slope": LinearRegression().fit(predictions[:, None], targets).coef_[0],
        "widths": {
            str(share): magnitudes[int(numpy.ceil(round(share * (count + 1), 9))) - 1] for share in [0.5, 0.9, 0.95]},
    },
}
path = pathlib.Path(__file__).parent / "calibration.json"
path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(path.stat().st_size, "bytes;", result["labels"]["errors"], result["numbers"]["widths"])

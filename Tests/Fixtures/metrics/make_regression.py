"""Golden measures of regression on 100 random cases, computed by scikit-learn.

Made with scikit-learn 1.9.1, numpy 2.4.6. `python3 make_regression.py` writes regression.json beside
itself: {"cases": [{"targets", "outputs", "mse", "mae", "r2"}]}, r2 null where scikit-learn answers NaN
(one example).
"""

import json
import math
import pathlib
import warnings

import numpy
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

HERE = pathlib.Path(__file__).resolve().parent
random = numpy.random.RandomState(20240301)
warnings.simplefilter("ignore")
items = []
for case in range(100):
    count = 1 if case < 5 else int(random.randint(2, 41))
    targets = random.randn(count).round(3) * 10.0 ** random.randint(-3, 4)
    outputs = targets + random.randn(count).round(3) * random.choice([0, 0.1, 1, 10])
    if case % 10 == 9:
        targets = numpy.full(count, 2.5)
        outputs = targets if case % 20 == 9 else outputs
    r2 = float(r2_score(targets, outputs))
    items.append({
        "targets": targets.tolist(), "outputs": outputs.tolist(),
        "mse": float(mean_squared_error(targets, outputs)),
        "mae": float(mean_absolute_error(targets, outputs)), "r2": None if math.isnan(r2) else r2,
    })
(HERE / "regression.json").write_text(
    '{"cases":[\n' + ",\n".join(json.dumps(item) for item in items) + "\n]}\n")
print(len(items), "cases", (HERE / "regression.json").stat().st_size, "bytes")

"""Writes tables.json, which has what pandas 3.1.1 reads from tricky files and what scikit-learn 1.9.1 makes
of penguins, and penguins.csv, an excerpt of the Palmer penguins (CC0).

Run: python make.py PATH/TO/penguins.csv
"""

import csv
import io
import json
import pathlib
import sys

import numpy
import pandas
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).parent

FILES = [
    "a,b\n1,2\n3,4\n",
    "a,b\r\n1,2\r\n3,4\r\n",
    "a,b\r1,2\r3,4\r",
    "a,b\n1,2\n3,4",
    "\ufeffa,b\n1,2\n",
    '"a","b"\n"1,5","2\n3"\n',
    'a,b\n"say ""yes""",""\n"""","x"\n',
    'a,b\r\n"one\r\ntwo",x\r\n',
    "a,b\n\n1,2\n\n\n3,4\n\n",
    "a,b\nNA,x\nN/A,NaN\nnull,None\n,y\n-nan,<NA>\n#N/A,n/a\n",
    "a,b\nna,Nan\nNONE,Null\n",
    "name,größe\nJosé,ß\n東京,🐧\n",
    "a,b\n1, x\n2,  y z\n",
    'a,b\n x, "p,q"\n',
    "a;b\n1,5;2\n3;4,25\n",
    "a\tb\nx y\tz\n",
    "a|b|c\n1|2|3\n|5|\n",
    "a,b\n5'6\",x\"y\n",
    "one\n1\n2\n",
    'a,b\n"",1\n',
]

NUMBERS = [
    "0", "-0", "1", "+7", "-3.25", ".5", "5.", "1e-3", "1E+5", "2.5e10", "0.1", "0.30000000000000004",
    "16777217", "123456789", "9007199254740993", "123456789012345678901234567890", "1e-45", "1.17549435e-38",
    "3.4028234e38", "0.000000000000000000000000000001", "179.76931348623157", "2.2250738585072014e-30",
    "8.5899345e9", "1e22", "1e23", "4.35", "33554433.5", "0.0000001", "1e-400", "00.5",
    "1.00000000000000000000000000000000001", "7205759403792793199999e-5",
]

NUMERIC = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
CATEGORIES = ["island", "sex"]


def read(text):
    delimiter = next(
        d for d in "\t;|," if d in text.split("\n")[0].split("\r")[0] or d == ",")
    frame = pandas.read_csv(
        io.BytesIO(text.encode()), dtype=str, sep=delimiter, skipinitialspace=True, encoding="utf-8")
    rows = [
        [None if pandas.isna(value) else value for value in row]
        for row in frame.itertuples(index=False)
    ]
    return {"text": text, "delimiter": delimiter, "names": list(frame.columns), "rows": rows}


def number(text):
    with numpy.errstate(over="ignore", under="ignore"):
        return {"text": text, "double": float(text), "bits": int(numpy.float32(float(text)).view("u4"))}


def encode(frame, rows, shown, strategy, category_strategy, standardize):
    # The values that a table keeps are 32-bit floats.
    numbers = frame[NUMERIC].to_numpy("float32").astype("float64")
    imputer = SimpleImputer(strategy=strategy).fit(numbers[rows])
    scaler = StandardScaler().fit(imputer.transform(numbers[rows]))
    filled = imputer.transform(numbers[shown])
    parts = [scaler.transform(filled) if standardize else filled]
    names = list(NUMERIC)
    unseen = {}
    for column in CATEGORIES:
        values = frame[[column]].to_numpy(object)
        values = numpy.where(pandas.isna(values), None, values)
        kind = {"mode": "most_frequent", "own_category": "constant"}[category_strategy]
        fill = SimpleImputer(
            strategy=kind, missing_values=None,
            fill_value="missing" if kind == "constant" else None).fit(values[rows])
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        one_hot.fit(fill.transform(values[rows]))
        whole = set(frame[column].dropna())
        if kind == "constant" and frame[column].isna().any():
            whole.add("missing")
        whole = sorted(whole, key=str.encode)
        seen = list(one_hot.categories_[0])
        block = numpy.zeros((len(shown), len(whole)))
        encoded = one_hot.transform(fill.transform(values[shown]))
        for index, name in enumerate(seen):
            block[:, whole.index(name)] = encoded[:, index]
        parts.append(block)
        names += [f"{column}={name}" for name in whole]
        unseen[column] = [name for name in whole if name not in seen]
    return {
        "numbers": {"most_frequent": "mode"}.get(strategy, strategy), "categories": category_strategy,
        "standardize": standardize, "rows": rows, "shown": shown, "names": names,
        "fill": imputer.statistics_.tolist(), "mean": scaler.mean_.tolist(),
        "deviation": scaler.scale_.tolist(), "unseen": unseen,
        "encoded": numpy.concatenate(parts, 1).tolist(),
    }


def excerpt(path):
    rows = list(csv.reader(open(path)))
    kept = rows[:13] + rows[150:160] + rows[177:181] + rows[216:220] + rows[270:274] + rows[300:305]
    text = "".join(",".join(row) + "\n" for row in kept)
    (HERE / "penguins.csv").write_text(text)
    return pandas.read_csv(io.StringIO(text))


def cases(frame, step):
    everything = list(range(len(frame)))
    shown = everything[::step]
    some = [row for row in everything if row % 3 != 0]
    few = [row for row in everything if frame["island"][row] != "Torgersen" and row % 2 == 0]
    return [
        encode(frame, rows, shown, *how)
        for rows, how in [
            (everything, ("mean", "mode", True)),
            (some, ("median", "own_category", True)),
            (few, ("most_frequent", "own_category", False)),
            (few, ("mean", "mode", True)),
        ]
    ]


def main():
    path = sys.argv[1]
    goldens = {
        "files": [read(text) for text in FILES],
        "numbers": [number(text) for text in NUMBERS],
        "excerpt": cases(excerpt(path), 3),
        "penguins": cases(pandas.read_csv(path), 97),
    }
    (HERE / "tables.json").write_text(json.dumps(goldens, ensure_ascii=False) + "\n")


main()

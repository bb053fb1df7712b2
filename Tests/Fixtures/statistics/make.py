"""Writes distributions.json: probabilities and quantiles of SciPy 1.17.1, and tests.json: what SciPy
and statsmodels 0.15.0 make of small samples.

Every probability is checked against mpmath at 40 digits where that is quick; where SciPy has fewer than
11 digits right, mpmath's value stands.

Run: python make.py
"""

import json
import pathlib

import mpmath
import numpy
from scipy import special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

mpmath.mp.dps = 40
DEGREES = [0.5, 1, 1.5, 2, 3, 4, 5, 7.25, 10, 30, 99, 100.5, 1e3, 1e4, 1e5, 1e6]
TINY = [10.0**-n for n in [1, 2, 3, 5, 8, 12, 16, 20, 40, 80, 150, 200, 250, 300]]
PLACES = sorted(TINY + [0.2, 0.25, 0.3, 0.4, 0.49, 0.4999999, 0.5, 0.500001, 0.6, 0.75, 0.9, 0.99])
replaced = 0
checked = 0


def agreed(value, exact):
    """SciPy's value, or mpmath's where that is known and another."""
    global replaced, checked
    value = float(value)
    if exact is None:
        return value
    checked += 1
    exact = mpmath.mpf(exact)
    if exact != 0 and abs((mpmath.mpf(value) - exact) / exact) > 1e-11:
        replaced += 1
        return float(exact)
    return value


def usable(value):
    return numpy.isfinite(value) and abs(value) > 1e-300 and abs(value) < 1e300


def gamma_q(a, x):
    return mpmath.gammainc(a, x, mpmath.inf, regularized=True)


def gamma_p(a, x):
    return mpmath.gammainc(a, 0, x, regularized=True)


def beta_i(a, b, x):
    return mpmath.betainc(a, b, 0, x, regularized=True)


def t_sf(df, t):
    df, t = mpmath.mpf(df), mpmath.mpf(t)
    return beta_i(df / 2, mpmath.mpf(1) / 2, df / (df + t * t)) / 2


def distributions():
    rows = []

    def add(name, arguments, value):
        if usable(value):
            rows.append([name, [float(a) for a in arguments], value])

    for df in DEGREES:
        is_quick = df <= 1000
        for t in [1e-8, 1e-3, 0.1, 0.5, 1, 1.7, 2, 2.5, 3, 5, 8, 12, 20, 30, 37, 50, 100, 1e4, 1e10, 1e60, 1e140]:
            exact = t_sf(df, t) if is_quick and t < 1e50 else None
            add("t.sf", [df, t], agreed(stats.t.sf(t, df), exact))
            add("t.cdf", [df, t], agreed(stats.t.cdf(t, df), None if exact is None else 1 - exact))
        for p in PLACES:
            t = float(stats.t.ppf(p, df))
            # A quantile is right where the probability there is right.
            if usable(t) and is_quick and abs(t) < 1e50:
                there = t_sf(df, -t) if t < 0 else 1 - t_sf(df, t)
                # Near the median the distance to it is what has to be right.
                if abs(there - mpmath.mpf(p)) > 1e-12 * min(p, abs(p - 0.5)):
                    continue
            elif usable(t) and abs(stats.t.cdf(t, df) / p - 1) > 1e-12:
                continue
            add("t.ppf", [df, p], t)
        for ratio in [1e-20, 1e-5, 0.1, 0.5, 0.9, 0.99, 1, 1.01, 1.1, 1.5, 2, 5, 20, 100, 600]:
            x = df * ratio
            exact = gamma_q(mpmath.mpf(df) / 2, mpmath.mpf(x) / 2) if is_quick else None
            add("chi2.sf", [df, x], agreed(stats.chi2.sf(x, df), exact))
            exact = gamma_p(mpmath.mpf(df) / 2, mpmath.mpf(x) / 2) if is_quick else None
            add("chi2.cdf", [df, x], agreed(stats.chi2.cdf(x, df), exact))
        for p in PLACES:
            x = float(stats.chi2.ppf(p, df))
            if usable(x) and is_quick:
                there = gamma_p(mpmath.mpf(df) / 2, mpmath.mpf(x) / 2)
                if abs(there / mpmath.mpf(p) - 1) > 1e-12:
                    continue
            add("chi2.ppf", [df, p], x)

    for p in PLACES + [0.999999, 1 - 1e-12]:
        add("normal.ppf", [p], float(stats.norm.ppf(p)))
    for z in [-37, -30, -8, -5, -2, -1, -0.1, 0, 0.3, 1.96, 4, 9]:
        add("normal.cdf", [z], agreed(stats.norm.cdf(z), mpmath.ncdf(z)))

    shapes = [0.3, 0.5, 1, 2.5, 10, 47, 200, 1000.5]
    for a in shapes:
        for b in shapes:
            for x in [1e-30, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999]:
                exact = beta_i(mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(x)) if a * b < 1e4 else None
                add("beta", [a, b, x], agreed(special.betainc(a, b, x), exact))
    for a in shapes:
        for x in [1e-10, 0.01, 0.5, 1, 3, 10, 50, 180, 220, 900, 1100]:
            exact = gamma_p(mpmath.mpf(a), mpmath.mpf(x))
            add("gamma.p", [a, x], agreed(special.gammainc(a, x), exact))
            exact = gamma_q(mpmath.mpf(a), mpmath.mpf(x))
            add("gamma.q", [a, x], agreed(special.gammaincc(a, x), exact))

    for n in [1, 2, 5, 10, 24, 32, 100, 1000, 10_000]:
        for p in [0.5, 0.1, 0.9, 0.01]:
            for share in [0, 0.05, 0.1, 0.3, 0.5, 0.7, 0.95]:
                k = int(n * share)
                lower = upper = None
                if n <= 1000:
                    q = mpmath.mpf(p)
                    terms = [
                        mpmath.binomial(n, i) * q**i * (1 - q) ** (n - i) for i in range(n + 1)
                    ]
                    lower, upper = mpmath.fsum(terms[: k + 1]), mpmath.fsum(terms[k + 1 :])
                add("binomial.cdf", [n, p, k], agreed(stats.binom.cdf(k, n, p), lower))
                add("binomial.sf", [n, p, k], agreed(stats.binom.sf(k, n, p), upper))
    return rows


def tests():
    generator = numpy.random.default_rng(0)
    result = {"mcnemar": [], "summary": [], "holm": [], "resampled": []}
    pairs = [(22, 10), (10, 22), (1, 0), (0, 1), (5, 0), (12, 12), (3, 20), (13, 12), (12, 13)]
    pairs += [(100, 60), (500, 400), (2000, 1000), (30, 0), (300, 0)]
    pairs += [tuple(int(n) for n in generator.integers(0, 60, 2)) for _ in range(40)]
    for b, c in pairs:
        if b + c == 0:
            continue
        table = [[50, b], [c, 50]]
        exact = mcnemar(table, exact=True)
        square = mcnemar(table, exact=False, correction=True)
        row = {"b": b, "c": c, "exact": float(exact.pvalue)}
        # At b = c statsmodels corrects 0 to 1; R and this program leave it 0.
        if b != c:
            row |= {"statistic": float(square.statistic), "chi2": float(square.pvalue)}
        result["mcnemar"].append(row)

    for count in [2, 3, 5, 10, 25, 100]:
        values = generator.normal(0.9, 0.02, count)
        low, high = stats.t.interval(
            0.95, count - 1, loc=values.mean(), scale=values.std(ddof=1) / count**0.5
        )
        result["summary"].append(
            {
                "values": values.tolist(), "mean": float(values.mean()),
                "sd": float(values.std(ddof=1)), "low": float(low), "high": float(high),
            }
        )
        for ratio in [0.25, 1 / 9, 1.0]:
            values = generator.normal(0.005, 0.02, count)
            error = ((1 / count + ratio) * values.var(ddof=1)) ** 0.5
            t = values.mean() / error
            low, high = stats.t.interval(0.95, count - 1, loc=values.mean(), scale=error)
            result["resampled"].append(
                {
                    "values": values.tolist(), "ratio": ratio, "t": float(t),
                    "p": float(2 * stats.t.sf(abs(t), count - 1)),
                    "low": float(low), "high": float(high),
                }
            )

    for count in [1, 2, 3, 10, 30]:
        values = generator.uniform(0, 1, count) ** 3
        if count == 10:
            values[3] = values[7]
        result["holm"].append(
            {"p": values.tolist(), "adjusted": multipletests(values, method="holm")[1].tolist()}
        )
    return result


def main():
    folder = pathlib.Path(__file__).parent
    rows = ",\n".join(json.dumps(row) for row in distributions())
    (folder / "distributions.json").write_text(f"[\n{rows}\n]\n")
    sections = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        for name, rows in tests().items()
    )
    (folder / "tests.json").write_text("{\n" + sections + "\n}\n")
    print(f"{checked} values checked, {replaced} of them replaced")


if __name__ == "__main__":
    main()

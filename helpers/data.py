"""The small data sets of the course: drawn with a seed, and measured."""

import csv
from pathlib import Path

import numpy as np

from helpers.arguments import checked


@checked
def make_line(w=0.3, b=0.5, size=100, noise=0.01, seed=0):
    """Points around the line y = w x + b: x and y as float64 arrays of shape (size,).

    x is drawn evenly from 0 to 1. Each y is off the line by a random amount, drawn evenly from -noise to +noise. The
    mean of its square, the variance of that uniform distribution, is noise**2 / 3: about the smallest loss of any line.
    """
    random = np.random.default_rng(seed)
    x = random.uniform(0, 1, size)
    y = w * x + b + noise * random.uniform(-1, 1, size)
    return x, y


def mystery_line():
    """The points of the blind game, as `make_line` makes them. Play first: their line is in no cell of a notebook."""
    return make_line(w=0.9, b=-0.1, noise=0.05, seed=7)


def penguins():
    """The 333 penguins of known sex as columns: float64 arrays of four measurements, lists of species and of sex.

    Source: Gorman, Williams and Fraser (2014), PLoS ONE 9(3), e90081; inst/extdata/penguins.csv in the repository
    github.com/allisonhorst/palmerpenguins, licence CC0 1.0, without the islands and two rows without measurements.
    SHA-256 of the file: fefe4889025c10b3ab5aa9f5dbe118e7792dd1a4f851aa4f42bb31a26c5f8726.
    """
    with Path(__file__).with_name("penguins.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sex"]]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return columns | {name: np.array(columns[name], float) for name in columns if name.endswith(("_mm", "_g"))}

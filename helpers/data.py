"""The small data sets of the course, drawn with a seed."""

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

"""Answers to the exercises of notebook 00."""

import numpy as np

from helpers import make_line

X, Y = make_line(noise=0.05)
Y_HAT = 0.2 * X + 0.6
ERROR = Y_HAT - Y

TRUTHS = {
    "loss_of_a_guess": (ERROR**2).mean(),
}
RIGHT = {}
WRONG = {
    "loss_of_a_guess": {
        "the first line of this notebook": ((-0.8 * X + 1.2 - Y) ** 2).mean(),
        "slope and intercept exchanged": ((0.6 * X + 0.2 - Y) ** 2).mean(),
        "a square of y alone": (Y_HAT - Y**2).mean(),
        "the predictions, one": Y_HAT,
        "the errors, one": ERROR,
        "the squares, one": ERROR**2,
        "plain mean of the errors": ERROR.mean(),
        "square of the mean error": ERROR.mean() ** 2,
        "sum over all points": (ERROR**2).sum(),
        "mean distance": np.abs(ERROR).mean(),
        "square root of the loss": np.sqrt((ERROR**2).mean()),
        "is not the right number": (ERROR**2).mean() * 1.01,
        "should be one number": ERROR[:50],
    },
}

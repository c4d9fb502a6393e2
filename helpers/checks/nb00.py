"""The exercise of notebook 00."""

import torch

from helpers.data import make_line
from helpers.judge import Exercise, exercise


@exercise
def loss_of_a_guess():
    """Notebook 00: the mean squared error of w = 0.2, b = 0.6 on the course's 100 points with noise 0.05."""
    x, y = map(torch.as_tensor, make_line(noise=0.05))
    y_hat = 0.2 * x + 0.6
    error = y_hat - y
    return Exercise(
        (error**2).mean(),
        {
            "the loss of the first line of this notebook: yours has w = 0.2, b = 0.6": (
                (1.2 - 0.8 * x - y) ** 2
            ).mean(),
            "slope and intercept exchanged: 0.2 is the slope, and x is multiplied with it": (
                ((0.6 * x + 0.2 - y) ** 2).mean()
            ),
            "a square of y alone: the difference needs brackets before it is squared": (y_hat - y**2).mean(),
            "the predictions, one number for each point: the error, its square and the mean are still to come": y_hat,
            "the errors, one number for each point: the squares and their mean are still to come": error,
            "the squares, one number for each point: the mean is still to come": error**2,
            "the plain mean of the errors: positive and negative errors cancel. Square each error first": error.mean(),
            "the square of the mean error: square each error first, then take the mean": error.mean() ** 2,
            "the sum over all points: take the mean, so that the number of points does not matter": (error**2).sum(),
            "the mean distance: square the errors instead of dropping their signs": error.abs().mean(),
            "the square root of the loss: the mean squared error itself has no root": (error**2).mean().sqrt(),
        },
    )

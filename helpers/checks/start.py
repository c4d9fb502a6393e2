"""The checks of notebook 00. Each computes the truth from numbers of its own, never from the learner's variables."""

import torch

from helpers.data import make_line
from helpers.judge import exercise, judge


@exercise("00")
def loss_of_a_guess(answer):
    """Notebook 00: the mean squared error of w = 0.2, b = 0.6 on the course's 100 points with noise 0.05."""
    x, y = map(torch.as_tensor, make_line(noise=0.05))
    error = 0.2 * x + 0.6 - y
    return judge(
        answer,
        (error**2).mean(),
        (error.mean(), "the plain mean of the errors: positive and negative errors cancel. Square each error first"),
        (error.mean() ** 2, "the square of the mean error: square each error first, then take the mean"),
        ((error**2).sum(), "the sum over all points: take the mean, so that the number of points does not matter"),
        (error.abs().mean(), "the mean distance: square the errors instead of dropping their signs"),
        ((error**2).mean().sqrt(), "the square root of the loss: the mean squared error itself has no root"),
    )

"""The exercise of notebook 00."""

import torch

from helpers.judge import Exercise, exercise


@exercise
def loss_of_two_apps():
    """Notebook 00: the mean squared errors of two forecasts over six days; the first is off by 1.5 every day."""
    actual = torch.tensor([11.0, 14.0, 9.0, 12.0, 15.0, 13.0])
    cold = actual - 1.5
    wild = actual + torch.tensor([0.0, 0.5, 0.0, 0.0, -5.5, 0.0])
    apps = torch.stack([cold, wild])
    error = apps - actual
    right = (error**2).mean(dim=1)
    return Exercise(
        right,
        {
            "the two losses exchanged: `cold` comes first": right.flip(0),
            "the loss of one app: put both into `answer`": (*right,),
            "the mean errors, in which too cold and too warm cancel: square each error first": error.mean(dim=1),
            "the square of the mean error: square each error first, then take the mean": error.mean(dim=1) ** 2,
            "the mean distance: square the errors instead of dropping their signs": error.abs().mean(dim=1),
            "the square root of the loss: the mean squared error itself has no root": right.sqrt(),
            "the sums of the squares: take the mean, so that the number of days doesn't matter": (error**2).sum(dim=1),
            "the sums divided by 100: there were 100 points, and there are six days": (error**2).sum(dim=1) / 100,
            "a square of `actual` alone: put brackets around the difference": (apps - actual**2).mean(dim=1),
            "a difference of squares: subtract first, then square": (apps**2 - actual**2).mean(dim=1),
            "the squares, one for each day: take the mean of each app": error**2,
            "the errors, one for each day: square them, then take the mean of each app": error,
            "one mean over both apps: each has a loss of its own": right.mean(),
            "one app compared with the other: compare each with `actual`": ((cold - wild) ** 2).mean(),
        },
        names=("the loss of cold", "the loss of wild"),
    )

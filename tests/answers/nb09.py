"""Answers to the exercises of notebook 09."""

import numpy as np
import torch
from torch.nn import functional


def loss_of(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean()


TRUTHS = {"four_runs": np.array([4, 1, 3, 2])}
RIGHT = {
    "fair_loss": [
        loss_of,
        lambda y_hat, y: ((y_hat.flatten() - y.flatten()) ** 2).mean(),
        lambda y_hat, y: functional.mse_loss(y_hat, y.view_as(y_hat)),
        lambda y_hat, y: (y_hat.squeeze() - y.squeeze()).square().sum().reshape(1, 1) / len(y),
    ],
}
WRONG = {
    "fair_loss": {
        "has no grad_fn": torch.no_grad()(loss_of),
        "fits only the one": lambda y_hat, y: 3 * loss_of(y_hat, y) / len(y),
    },
    "four_runs": {"look at A (yours: 2) and D (yours: 4).": [2, 1, 3, 4]},
}

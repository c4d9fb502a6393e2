"""Answers to the exercises of notebook 06."""

import numpy as np
import torch
from torch.nn import functional

from answers import Several


def loss_of(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean()


TRUTHS = {
    "four_patients": np.array([4, 1, 2, 3]),
}
RIGHT = {
    "fair_loss": [
        lambda y_hat, y: ((y_hat - y.reshape(y_hat.shape)) ** 2).mean(),
        lambda y_hat, y: ((y_hat.flatten() - y.flatten()) ** 2).mean(),
        lambda y_hat, y: functional.mse_loss(y_hat, y.view_as(y_hat)),
    ],
}
WRONG = {
    "fair_loss": {
        "hand over the function itself": torch.tensor(2 / 3),
        "gives nothing back": lambda y_hat, y: None,
        "your function stops with TypeError": lambda y_hat: y_hat,
        "your function changes y,": lambda y_hat, y: ((y_hat - y.mul_(2).reshape(y_hat.shape)) ** 2).mean(),
        "all pairs: when y_hat is a column and y is flat": lambda y_hat, y: ((y_hat - y) ** 2).mean(),
        "all pairs: when both are columns": lambda y_hat, y: ((y_hat - y[:, None]) ** 2).mean(),
        "all pairs: when y_hat and y are both flat": lambda y_hat, y: ((y_hat - y.reshape(-1, 1)) ** 2).mean(),
        "all pairs: when y_hat is flat and y is a column": lambda y_hat, y: (
            (y_hat - (y if y_hat.ndim == y.ndim or y_hat.ndim == 1 else y[:, None])) ** 2
        ).mean(),
        "the sum: take the mean": lambda y_hat, y: ((y_hat - y.reshape(y_hat.shape)) ** 2).sum(),
        "the mean distance": lambda y_hat, y: (y_hat - y.reshape(y_hat.shape)).abs().mean(),
        "three squares": lambda y_hat, y: (y_hat - y.reshape(y_hat.shape)) ** 2,
        "it has no grad_fn": Several(
            (
                lambda y_hat, y: loss_of(y_hat, y).detach(),
                lambda y_hat, y: loss_of(y_hat, y).item(),
                lambda y_hat, y: np.square(y_hat.detach().numpy().ravel() - y.numpy().ravel()).mean(),
                torch.no_grad()(lambda y_hat, y: loss_of(y_hat, y)),
            )
        ),
        "should be one number, and yours is of the shape (3,)": lambda y_hat, y: y_hat,
        "nothing but zeros": lambda y_hat, y: ((y_hat - y_hat) ** 2).mean(),
        "wrong sign": lambda y_hat, y: -((y_hat - y.reshape(y_hat.shape)) ** 2).mean(),
        "half the mean": lambda y_hat, y: ((y_hat - y.reshape(y_hat.shape)) ** 2).mean() / 2,
        "root of the mean": lambda y_hat, y: ((y_hat - y.reshape(y_hat.shape)) ** 2).mean().sqrt(),
        "is not the right number": lambda y_hat, y: ((y_hat - y.reshape(y_hat.shape)) ** 2).mean() * 5,
        "plain mean of the errors": lambda y_hat, y: (y_hat - y.reshape(y_hat.shape)).mean(),
    },
    "four_patients": {
        "A and D exchanged": [3, 1, 2, 4],
        "B and C exchanged": [4, 2, 1, 3],
        "patients of the illnesses": [2, 3, 4, 1],
        "look at A and C.": [2, 1, 4, 3],
        "this list has a part that is text": ["four", "one", "two", "three"],
        "parts of different shapes": [4, 1, [2, 3]],
        "should be of the shape (4,), and yours is of the shape (3,)": [4, 1, 2],
    },
}

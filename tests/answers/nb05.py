"""Answers to the exercises of notebook 05."""

import numpy as np
import torch

from helpers import descent

WITH_MOMENTUM = np.linalg.eigvalsh([[7.0, 2.0], [2.0, 4.0]])


def sum_on_paper(x):
    """The larger root of the characteristic polynomial of the Hessian."""
    trace, determinant = 2 * (x @ x + len(x)), 4 * (len(x) * x @ x - x.sum() ** 2)
    return 4 / (trace + (trace**2 - 4 * determinant).sqrt())


def sum_by_columns(x):
    columns = np.stack([x.numpy(), np.ones(len(x))], axis=1)
    return 1 / np.linalg.norm(columns, 2) ** 2  # the largest singular value


def floor(rate, batch):
    """The mean square of the distance with noise of mean square 1 in the gradient of one point, step after step."""
    distance = 0.0
    for _ in range(200):
        distance = (1 - rate * 2) ** 2 * distance + rate**2 / batch
    return distance


TRUTHS = {
    "largest_rate": 1 / np.linalg.norm([[2.5, 1.0], [1.0, 4.0]], 2),
    "momentum_limit": 3.6 / WITH_MOMENTUM[1],
    "batch_for_the_same_floor": floor(0.4, 1) / floor(0.2, 6),
}
RIGHT = {
    "best_rate": [
        lambda hessian: 2 / (torch.linalg.norm(hessian, 2) + torch.linalg.norm(hessian, -2)),
        lambda hessian: [2 / (max(values) + min(values)) for values in [np.linalg.eigvalsh(hessian)]],
        lambda hessian: 2 / torch.linalg.svdvals(hessian.double())[[0, -1]].sum(),
    ],
    "limit_of_the_sum": [
        sum_on_paper,
        sum_by_columns,
        lambda x: descent.stability_limit(descent.curvature(x, 0 * x)) / len(x),
    ],
    "chosen_rate": [2 / 11, 0.1512, 0.1848, torch.tensor([[0.17]], requires_grad=True)],
}
WRONG = {
    "chosen_rate": {
        "across the valley by -1.5, so": 0.25,
        "the limit itself": 2 / np.float32(10),
        "each step multiplies it by -0.9.": 0.19,
        "0.00101 of the distance": 0.1511,
        "0.00136 of the distance": 0.1855,
        "each step multiplies it by 0.9.": 1 / 10,
        "uphill": -2 / 11,
        "a step of length 0": 0,
        "one number": [2 / 11, 0.17],
    },
}

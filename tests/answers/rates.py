"""Answers to the exercises of notebook 05."""

import numpy as np
import torch

from answers import Several
from helpers import descent

CURVATURES = np.linalg.eigvalsh([[5.0, 2.0], [2.0, 8.0]])
WITH_MOMENTUM = np.linalg.eigvalsh([[7.0, 2.0], [2.0, 4.0]])


def eigenvalues(hessian):
    return torch.linalg.eigvalsh(hessian)


def smallest_and_largest(values):
    return min(values) + max(values)


def ends_found_by_search(hessian):
    """The rate with the smallest of all largest factors, among very many."""
    rates = torch.linspace(0.1, 0.4, 300_001)
    factors = (1 - rates[:, None] * eigenvalues(hessian)).abs().max(dim=1).values
    return rates[factors.argmin()]


def shifts_the_data(hessian):
    values = eigenvalues(hessian)
    hessian -= 1
    return 2 / smallest_and_largest(values)


def means(x):
    return torch.tensor([[(x * x).mean(), x.mean()], [x.mean(), 1.0]])


def largest(hessian):
    return eigenvalues(hessian).max()


def sum_by_autograd(x):
    def loss(parameters):
        return ((parameters[0] * x + parameters[1]) ** 2).sum()

    return 2 / largest(torch.autograd.functional.hessian(loss, torch.zeros(2)))


def sum_by_columns(x):
    columns = np.stack([x.numpy(), np.ones(len(x))], axis=1)
    return 1 / np.linalg.norm(columns, 2) ** 2  # the largest singular value


def sum_with_a_corner_forgotten(x):
    return 2 / largest(2 * torch.tensor([[(x * x).sum(), x.sum()], [x.sum(), 1.0]]))


def centres_in_place(x):
    x -= x.mean()
    return sum_by_autograd(x)


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
        lambda hessian: 2 / smallest_and_largest(eigenvalues(hessian)),
        lambda hessian: float(2 / smallest_and_largest(np.linalg.eigvals(hessian.numpy()))),
        lambda hessian: [2 / smallest_and_largest(torch.linalg.svdvals(hessian.double())).item()],
        ends_found_by_search,
    ],
    "limit_of_the_sum": [
        sum_by_autograd,
        sum_by_columns,
        lambda x: 1 / (len(x) * largest(means(x))),
        lambda x: descent.stability_limit(descent.curvature(x, 0 * x)) / len(x),
        lambda x: [2 / eigenvalues(2 * len(x) * means(x).double())[-1].item()],
    ],
    "chosen_rate": [
        2 / 11,
        0.1512,
        0.1848,
        torch.tensor(0.17, requires_grad=True),
        [np.float32(0.16)],
        np.array([[0.18]]),
    ],
}
WRONG = {
    "largest_rate": {
        "*smallest* curvature": 2 / CURVATURES[0],
        "half of it": 1 / CURVATURES[1],
        "the sum of the curvatures": 2 / CURVATURES.sum(),
        "the determinant": 2 / CURVATURES.prod(),
        "the four numbers of the table": 2 / 17,
        "a number on the diagonal": Several((2 / 5, 2 / 8)),
        "largest curvature itself": CURVATURES[1],
        "limits of both directions": 2 / CURVATURES,
        "0.22 is the right number, rounded": 0.22,
        "0.2217 is not the right number": 0.2217,
        "should be one number, and yours is of the shape (2,)": CURVATURES,
    },
    "best_rate": {
        "the limit, 2 / lambda_max": lambda hessian: 2 / largest(hessian),
        "the flat one waits longer": lambda hessian: 1 / largest(hessian),
        "the sum of all curvatures": lambda hessian: 2 / eigenvalues(hessian).sum(),
        "the first two curvatures": lambda hessian: 2 / eigenvalues(hessian)[:2].sum(),
        "numbers from the diagonal": lambda hessian: 2 / smallest_and_largest(hessian.diagonal()),
        "half of it": lambda hessian: 1 / smallest_and_largest(eigenvalues(hessian)),
        "the *difference*": lambda hessian: 2 / (largest(hessian) - min(eigenvalues(hessian))),
        "upside down": lambda hessian: smallest_and_largest(eigenvalues(hessian)) / 2,
        "the factor rho": lambda hessian: (largest(hessian) - 2) / (largest(hessian) + 2),
        "the right size with the wrong sign": lambda hessian: -2 / smallest_and_largest(eigenvalues(hessian)),
        "the same for every hessian": lambda hessian: 0.7181,
        "changes hessian": shifts_the_data,
        "stops with IndexError": lambda hessian: 2 / (eigenvalues(hessian)[0] + eigenvalues(hessian)[2]),
        "fits only the one": lambda hessian: 2 / (2 + largest(hessian)),
        "twice of it": lambda hessian: 4 / smallest_and_largest(eigenvalues(hessian)),
        "the limit of each direction": lambda hessian: 2 / eigenvalues(hessian),
        "the rate is still to come": eigenvalues,
        "should be one number, and yours is of the shape (3, 3)": lambda hessian: hessian,
        "gives nothing back": lambda hessian: None,
        "hand over the function itself": 2 / 7,
    },
    "limit_of_the_sum": {
        "the limit for the mean": lambda x: 1 / largest(means(x)),
        "multiplied by the number of points": lambda x: len(x) / largest(means(x)),
        "divided twice": lambda x: 1 / largest(means(x)) / len(x) ** 2,
        "the 100 points of the notebook": lambda x: 1 / largest(means(x)) / 100,
        "twice of it": lambda x: 2 / largest(len(x) * means(x)),
        "half of it": lambda x: sum_by_autograd(x) / 2,
        "largest curvature itself": lambda x: largest(2 * len(x) * means(x)),
        "the sum of the two curvatures": lambda x: 1 / eigenvalues(len(x) * means(x)).sum(),
        "*smallest* curvature": lambda x: 1 / min(eigenvalues(len(x) * means(x))),
        "a number on the diagonal": lambda x: 1 / (x * x).sum(),
        "one entry forgotten": sum_with_a_corner_forgotten,
        "the limit is still to come": lambda x: 2 * len(x) * means(x),
        "the Hessian of the *mean*": lambda x: 2 * means(x),
        "the table as it was given": means,
        "wrong sign": lambda x: -sum_by_autograd(x),
        "the same for every x": lambda x: 0.007558,
        "changes x": centres_in_place,
        "fits only the one": lambda x: 1 / largest(means(x)) / 5,
        "the limit of each direction": lambda x: 1 / eigenvalues(len(x) * means(x)),
        "should be one number, and yours is of the shape (5,)": lambda x: x,
        "hand over the function itself": sum_by_columns(torch.tensor([-1.0, 0.0, 2.0, 3.0, 6.0])),
    },
    "momentum_limit": {
        "the limit without momentum": 2 / WITH_MOMENTUM[1],
        "1 - beta where 1 + beta belongs": 0.4 / WITH_MOMENTUM[1],
        "beta alone:": 1.6 / WITH_MOMENTUM[1],
        "divided by 1 + beta": 2 / 1.8 / WITH_MOMENTUM[1],
        "divided by 1 - beta": 2 / 0.2 / WITH_MOMENTUM[1],
        "*smallest* curvature": 3.6 / WITH_MOMENTUM[0],
        "half of it": 1.8 / WITH_MOMENTUM[1],
        "a number on the diagonal": 3.6 / 7,
        "the sum of the two curvatures": 3.6 / WITH_MOMENTUM.sum(),
        "limits of both directions": 3.6 / WITH_MOMENTUM,
        "the part above the line": 3.6,
        "the largest curvature itself": WITH_MOMENTUM[1],
        "is not the right number": 0.451,
        "should be one number, and yours is of the shape (2,)": WITH_MOMENTUM,
    },
    "batch_for_the_same_floor": {
        "the batch as it was": 6,
        "half the batch": 3,
        "twice the rate, twice the batch": 12,
        "the square of the rates": 24,
        "the factor by which the batch has to grow": floor(0.4, 1) / floor(0.2, 1),
        "upside down": 6 * floor(0.2, 1) / floor(0.4, 1),
        "the bracket without the curvature": 6 * 2 * (2 - 0.2) / (2 - 0.4),
        "the bracket on the wrong side": 6 * 2 * (2 - 0.8) / (2 - 0.4),
        "a square root": 6 * np.sqrt(2),
        "a ceiling lifts it": 17,
        "a floor cuts it": 15,
        "is not the right number": 19,
        "nothing but zeros": 0,
    },
    "chosen_rate": {
        "across the valley by -1.5, so": 0.25,
        "across the valley by -19, so": 2.0,
        "the limit itself": 2 / np.float32(10),
        "each step multiplies it by -0.9.": 0.19,
        "0.00101 of the distance": 0.1511,
        "0.00136 of the distance": 0.1855,
        "each step multiplies it by 0.9.": 1 / 10,
        "0.473 of the distance": 0.01,
        "uphill": -2 / 11,
        "a step of length 0": 0,
        "one number": [2 / 11, 0.17],
        "this is text": "2/11",
        "not finite": np.nan,
    },
}

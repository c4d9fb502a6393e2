"""Answers to the exercises of notebook 02."""

import numpy as np
import torch
from torch.nn import functional


def curve_by_mean(x, y, w, b):
    error = w * x**2 + b - y
    return 2 * (error * x**2).mean(), 2 * error.mean()


def curve_by_matrix(x, y, w, b):
    """The layer's matrix product, with a column of squares and one of ones, in NumPy."""
    columns = np.stack([np.asarray(x) ** 2, np.ones(len(x))], axis=1)
    return 2 / len(x) * columns.T @ (columns @ np.array([w, b]) - np.asarray(y))


def curve_by_autograd(x, y, w, b):
    leaves = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    functional.mse_loss(leaves[0] * x**2 + leaves[1], y).backward()
    return leaves.grad


def slopes(x, y, w, b):
    """The gradients as tensors, by backward."""
    w, b = (torch.tensor(float(p), requires_grad=True) for p in (w, b))
    functional.mse_loss(w * x + b, y).backward()
    return w.grad, b.grad


def arrow(*args):
    of_w, of_b = slopes(*args)
    return -of_w.item(), -of_b.item()


def arrow_of_a_leaf(x, y, w, b):
    """Both numbers in one tensor."""
    line = torch.tensor([w, b], dtype=x.dtype, requires_grad=True)
    ((torch.stack([x, torch.ones_like(x)], dim=1) @ line - y) ** 2).mean().backward()
    return (-line.grad).tolist()


def arrow_by_formula(x, y, w, b):
    error = w * x + b - y
    return -2 * (error * x).mean().item(), -2 * error.mean().item()


def arrow_of_results(x, y, w, b):
    """Not leaves, so their .grad stays None."""
    w, b = (torch.tensor(p, requires_grad=True) * 1 for p in (w, b))
    ((w * x + b - y) ** 2).mean().backward()
    return w.grad, b.grad


TRUTHS = {"nudge_for_a_fall": np.linalg.solve([[-0.3047]], [-0.006])[0]}
RIGHT = {
    "nudge_for_a_fall": [6 / 304.7, 0.0197],
    "curve_gradient": [curve_by_mean, curve_by_matrix, curve_by_autograd],
    "downhill_arrow": [arrow, arrow_of_a_leaf, arrow_by_formula],
}
WRONG = {
    "curve_gradient": {
        "look at the gradient of b (yours: 0).": lambda *args: (curve_by_mean(*args)[0], 0.0),
        "Take the mean over the points": lambda x, y, w, b: ((w * x**2 + b - y) * x**2, w * x**2 + b - y),
    },
    "downhill_arrow": {
        "a gradient is None": arrow_of_results,
        "made of tensors": lambda *args: [-slope for slope in slopes(*args)],
    },
}

"""Answers to the exercises of notebook 02."""

import numpy as np
import torch
from torch.nn import functional

from helpers.checks.layer import make_layer

X, Y, LINEAR = make_layer()
WEIGHT_GRADIENT, BIAS_GRADIENT = torch.autograd.grad(functional.mse_loss(LINEAR(X), Y), [LINEAR.weight, LINEAR.bias])


def grad_of_three_calls():
    v = torch.tensor(3.0, requires_grad=True)
    (7 * v).backward()
    v.grad = None
    (v**2).backward()
    (0.5 * v).backward()
    return v.grad.item()


def by_mean(x, y, w, b):
    """The formula for the line, from a mean."""
    error = w * x + b - y
    return 2 * (error * x).mean(), 2 * error.mean()


def by_matrix(x, y, w, b):
    """The formula for the line, as the layer's matrix product with a column of ones, in NumPy."""
    columns = np.stack([np.asarray(x), np.ones(len(x))], axis=1)
    return 2 / len(x) * columns.T @ (columns @ np.array([w, b]) - np.asarray(y))


def by_own_leaves(x, y, w, b):
    """Autograd, with leaves of its own."""
    leaves = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    ((leaves[0] * x + leaves[1] - y) ** 2).mean().backward()
    return leaves.grad


def in_other_shapes(function):
    def reshaped(*args):
        of_w, of_b = function(*args)
        return of_w.reshape(1, 1), of_b.reshape(1)

    return reshaped


def line_loss(x, y, w, b):
    return ((w * x + b - y) ** 2).mean()


def reset_first(x, y, w, b):
    w.grad = b.grad = None
    line_loss(x, y, w, b).backward()
    return w.grad, b.grad


def reset_afterwards(x, y, w, b):
    functional.mse_loss(w * x + b, y).backward()
    gradients = torch.stack([w.grad, b.grad])
    w.grad = b.grad = None
    return gradients


def reset_to_zero(x, y, w, b):
    torch.optim.SGD([w, b], lr=0.1).zero_grad(set_to_none=False)
    line_loss(x, y, w, b).backward(retain_graph=True)
    return [w.grad.item(), b.grad.item()]


def both(loss_at, w, h):
    up, down = loss_at(w + h), loss_at(w - h)
    return (up - down) / (2 * h)


TRUTHS = {
    "announced_change": -0.05 * WEIGHT_GRADIENT[0, 2],
    "bias_gradient": BIAS_GRADIENT,
    "grad_after_calls": np.array(grad_of_three_calls()),
}
RIGHT = {
    "bias_gradient": [BIAS_GRADIENT.round(decimals=3)],
    "two_sided_slope": [
        both,
        lambda loss_at, w, h: loss_at(w + h) / (2 * h) - loss_at(w - h) / h / 2,
        lambda loss_at, w, h: np.float32(both(loss_at, w, h)),
        lambda loss_at, w, h: both(loss_at, torch.tensor([w], requires_grad=True), torch.tensor(h)),
        lambda loss_at, w, h: np.diff([loss_at(w - h), loss_at(w + h)]) / (2 * h),
    ],
    "gradient_by_autograd": [
        reset_first,
        reset_afterwards,
        reset_to_zero,
        lambda x, y, w, b: torch.autograd.grad(line_loss(x, y, w, b), [w, b], create_graph=True),
        by_mean,
        in_other_shapes(reset_first),
    ],
    "gradient_by_formula": [by_mean, by_matrix, by_own_leaves, in_other_shapes(by_mean)],
}
WRONG = {
    "announced_change": {"0.0147 is not the right number": 0.0147},
    "two_sided_slope": {
        "fits only the one": lambda loss_at, w, h: both(loss_at, abs(w), h),
        "the same for every loss_at": lambda loss_at, w, h: -0.0679,
    },
    "gradient_by_autograd": {
        "a gradient is None": lambda *args: (reset_first(*args)[0], None),
        "look at the gradient of b (yours: 0).": lambda *args: (reset_first(*args)[0], 0.0),
    },
    "gradient_by_formula": {
        "look at the gradient of w (yours: 0).": lambda *args: (0.0, by_mean(*args)[1]),
        "Take the mean over the points": lambda x, y, w, b: ((w * x + b - y) * x, w * x + b - y),
    },
}

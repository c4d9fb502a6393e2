"""Answers to the exercises of notebook 05."""

import numpy as np
import torch

from answers import Args, Several
from helpers import make_line

X, Y = make_line(w=1.5, b=-2.0, size=60, noise=0.1, seed=6)
X = X + 3
W, B = np.polyfit(X, Y, 1)
ALONG = np.linalg.svd(np.stack([X, np.ones(60)], axis=1))[2][-1]  # the valley: the flattest direction of the loss


def counted_on_a_scale(hessian, share):
    """The size of the error falls by log(rho) in each step, read off 1,000 steps along the flattest direction."""
    low, high = np.linalg.svd(hessian.numpy(), compute_uv=False)[[-1, 0]]
    sizes = np.log10(np.abs(np.cumprod(np.full(1000, 1 - 2 / (low + high) * low))))
    return np.interp(-np.log10(share), -sizes, np.arange(1, 1001))


@np.errstate(all="ignore")  # some diverge
def descent(rate, steps, shift=0.0, scale=1.0):
    """Slope and intercept, for x as given, of a descent from (0, 0) on x shifted and scaled: each step is a matrix."""
    table = np.stack([(X - shift) / scale, np.ones(60)], axis=1)
    away = np.linalg.matrix_power(np.eye(2) - rate * 2 * table.T @ table / 60, steps)
    best = np.linalg.lstsq(table, Y)[0]
    w, b = (best - away @ best).tolist()
    return Args((w / scale, b - w / scale * shift))


TRUTHS = {"limit_from_a_factor": 0.3 * (-1 - 1) / (-0.5 - 1)}  # the factor falls from 1 in proportion to the rate
RIGHT = {
    "steps_at_the_best_rate": [
        lambda hessian, share: np.log10(share) / np.log10(np.tanh(np.log(np.linalg.cond(hessian)) / 2)),
        lambda hessian, share: torch.tensor(share).log() / (1 - 2 / (1 + torch.linalg.cond(hessian))).log(),
        counted_on_a_scale,
    ],
    "line_in_a_long_valley": [
        Args((W, B)),
        descent(2 / (2 + 2 * X.var()), 100, shift=X.mean()),
        descent(0.5, 1, shift=X.mean(), scale=X.std()),
        Args((torch.tensor([W + 0.06 * ALONG[0]], requires_grad=True), np.float32(B + 0.06 * ALONG[1]))),
    ],
}
WRONG = {
    "steps_at_the_best_rate": {
        "wrong sign": lambda hessian, share: -counted_on_a_scale(hessian, share),
        "right for one argument, and wrong for another": lambda hessian, share: counted_on_a_scale(hessian, 0.01),
    },
    "line_in_a_long_valley": {
        "the intercept for the moved x": Args((W, Y.mean())),
        "in the wrong direction": Args((W, Y.mean() + W * X.mean())),
        "moved by the mean of x": Args((W, Y.mean() - X.mean())),
        "moved by 3 times the slope": Args((W, Y.mean() - 3 * W)),
        "before they were shifted": Several([Args((1.5, -2.0)), Args(np.polyfit(X - 3, Y, 1))]),
        "that make_line began with": Args((1.5, -6.5)),
        "exchanged": Args((B, W)),
        "a loss in place of": Several([Args((W, 0.0033)), Args((0.0033, B))]),
        "a scaled x": Args((W * X.std(), Y.mean())),
        "still where they started": Args((0, 0)),
        "a larger loss than it began with": Several([descent(0.08, 100), descent(0.08, 10**5), Args((9.0, 9.0))]),
        "hasn't arrived": Several([descent(0.03, 100), descent(0.07, 100), descent(0.1, 100, shift=X.mean())]),
        "the slope is right": Args((W, B + 0.3)),
        "still far from the best one": descent(0.0748, 100),
        "w and b should be one number each": Args(([W, W], B)),
    },
}

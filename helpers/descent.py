"""Gradient descent on the line, recorded: many learning rates at once, each a run that autograd really made."""

from dataclasses import dataclass

import numpy as np
import torch

from helpers import arguments

DIVERGED = 1000
"""A run counts as diverged once its loss is above this many times its first loss: a rule that misses a slow one."""


@dataclass(frozen=True)
class Descent:
    """Recorded runs, one for each learning rate; row n of w, b and loss is what n steps have made of the start."""

    learning_rates: np.ndarray  # (rates,)
    w: np.ndarray  # (steps + 1, rates)
    b: np.ndarray  # (steps + 1, rates)
    loss: np.ndarray  # (steps + 1, rates)

    @property
    def diverged_at(self):
        """For each rate the first step whose loss is not finite or above `DIVERGED` times the first, or -1."""
        gone = ~(self.loss <= DIVERGED * self.loss[0])
        return np.where(gone.any(axis=0), gone.argmax(axis=0), -1)


def descend(x, y, learning_rates, *, w, b, steps):
    """Run the five lines of the training loop for every learning rate at once.

    Built by hand in notebook 03 (with an optimizer) and 04 (without). Here w and b hold one number for each rate, and
    the losses are added before `backward`: no loss depends on another run's w and b, so that every run gets its own
    gradient.

    Args:
        x, y: the points, shape (size,).
        learning_rates: shape (rates,), each above 0.
        w, b: the start, the same for every run.
        steps: number of steps, at least 1.

    Returns:
        Descent, in float64. A run that diverges may end in numbers that are not finite; nothing is raised.

    Raises:
        TypeError, ValueError: an argument is not numbers, has the wrong shape, or is not finite or too small.
    """
    x, y = arguments.points(x, y)
    rates = arguments.vector("learning_rates", learning_rates)
    if not (rates > 0).all():
        raise ValueError(f"learning_rates must all be above 0, not {rates.min().item()!r}")
    steps = arguments.count("steps", steps)
    w = torch.full_like(rates, arguments.number("w", w), requires_grad=True)
    b = torch.full_like(rates, arguments.number("b", b), requires_grad=True)

    record = np.empty((3, steps + 1, len(rates)))
    for step in range(steps + 1):
        y_hat = w[:, None] * x + b[:, None]
        loss = ((y_hat - y) ** 2).mean(dim=1)
        record[:, step] = w.detach(), b.detach(), loss.detach()
        loss.sum().backward()
        with torch.no_grad():
            w -= rates * w.grad
            b -= rates * b.grad
        w.grad = b.grad = None
    return Descent(rates.numpy(), *record)


def best_line(x, y):
    """Slope and intercept with the smallest mean squared error, by least squares: no search.

    Source: the normal equations, centred and solved on paper. (`torch.linalg.lstsq` gives other last bits from call to
    call, which move pixels of the pictures.)

    Args:
        x, y: the points, shape (size,), at least two of them with different x.

    Returns:
        w, b: two floats.
    """
    x, y = arguments.points(x, y)
    if (x == x[0]).all():
        raise ValueError(f"x must hold at least two different numbers, or no line is the best one, not {x.tolist()!r}")
    away = x - x.mean()
    w = (away * (y - y.mean())).sum() / (away**2).sum()
    return w.item(), (y.mean() - w * x.mean()).item()


def loss_grid(x, y, w, b):
    """The mean squared error of every pair (w, b) on a grid.

    Built by hand in notebook 01.

    Args:
        x, y: the points, shape (size,).
        w, b: slopes of shape (columns,) and intercepts of shape (rows,).

    Returns:
        float64 array of shape (rows, columns).
    """
    x, y = arguments.points(x, y)
    w, b = arguments.vector("w", w), arguments.vector("b", b)
    y_hat = w[None, :, None] * x + b[:, None, None]
    return ((y_hat - y) ** 2).mean(dim=-1).numpy()

"""Gradient descent on the line, recorded: many runs at once, the lanes, each of which autograd really made."""

import statistics
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from helpers.arguments import checked, curve, finite, shown

DIVERGED = 1000  # so many times its first loss is the loss of a run that has diverged: a rule that misses a slow one

recorded = torch.inference_mode(False)  # which also turns on the recording, in whatever mode the caller is


@dataclass(frozen=True)
class Descent:
    """Recorded runs, one a lane; row n of w, b and loss is what n steps have made of the start."""

    w: np.ndarray  # (steps + 1, lanes)
    b: np.ndarray  # (steps + 1, lanes)
    loss: np.ndarray  # (steps + 1, lanes)

    @property
    def diverged_at(self):
        """For each lane the first step whose loss is not finite or above `DIVERGED` times the first, or -1."""
        gone = ~(self.loss <= DIVERGED * self.loss[0])
        return np.where(gone.any(axis=0), gone.argmax(axis=0), -1)


@checked(y=finite, w=finite, b=finite, momentum=partial(finite, at_least=0, at_most=1))
@recorded
def descend(x, y, learning_rates, *, w, b, steps, momentum=0.0):
    """Run the five lines of the training loop in many lanes at once, one for every learning rate.

    Built by hand in notebooks 03 and 04. The losses of all lanes are added before `backward`: none depends on another
    lane's w and b, so every lane gets its own gradient.

    Args:
        y: shape (size,), or (lanes, size), where each lane has its own.
        w, b: the start; one number for all lanes, or one for each, shape (lanes,).
        momentum: one number for all lanes, or one for each. As in torch.optim.SGD, the velocity is
            momentum * velocity + gradient, and a step is the learning rate times the velocity.

    Returns: a Descent, in float64. A run that diverges may end in numbers that are not finite; nothing is raised.
    """
    lanes = len(learning_rates)
    if y.shape not in (x.shape, (lanes, len(x))):
        raise ValueError(f"y must have the shape {x.shape} or {(lanes, len(x))}, not {y.shape}")
    x, y, rates = map(torch.from_numpy, (x, y, learning_rates))
    for name, value in (("w", w), ("b", b), ("momentum", momentum)):
        if np.shape(value) not in ((), (lanes,)):
            raise ValueError(f"{name} must be one number or {lanes} numbers, not {shown(value.tolist())}")
    w, b, momentum = (torch.from_numpy(np.broadcast_to(value, lanes).astype(float)) for value in (w, b, momentum))
    line = torch.stack([w, b]).requires_grad_()
    velocity, record = 0.0, np.empty((steps + 1, 3, lanes))
    for row in record:
        w, b = line
        y_hat = w[:, None] * x + b[:, None]
        loss = ((y_hat - y) ** 2).mean(dim=1)
        row[:] = *line.detach(), loss.detach()
        loss.sum().backward()
        with torch.no_grad():
            velocity = momentum * velocity + line.grad
            line -= rates * velocity
        line.grad = None
    return Descent(*record.swapaxes(0, 1))


@checked
def best_line(x, y):
    """Slope and intercept with the least mean squared error, as two floats, by least squares; two x must differ."""
    if np.ptp(x) < 1e-50:  # no float tells them apart once they are squared
        raise ValueError(f"x must hold at least two different numbers, not {shown(x.tolist())}")
    return tuple(statistics.linear_regression(x.tolist(), y.tolist()))


@checked(w=curve, b=curve)
def loss_grid(x, y, w, b):
    """The mean squared error of every pair of slopes w, shape (columns,), and intercepts b, shape (rows,).

    Returns a float64 array of shape (rows, columns). Built by hand in notebook 01.
    """
    x, y, w, b = map(torch.from_numpy, (x, y, w, b))
    y_hat = w[None, :, None] * x + b[:, None, None]
    return ((y_hat - y) ** 2).mean(dim=-1).numpy()


@checked
@recorded
def curvature(x, y):
    """The Hessian of the mean squared error over (w, b), by autograd: how the two slopes of the loss change.

    The loss is a parabola in w and b, so that the Hessian, a float64 tensor of shape (2, 2), is the same everywhere.
    Built by hand in notebook 05.
    """
    x, y = map(torch.from_numpy, (x, y))
    return torch.autograd.functional.hessian(lambda line: ((line[0] * x + line[1] - y) ** 2).mean(), x.new_zeros(2))


@checked(hessian=partial(curve, ndim=2, called="a table, such as curvature() returns"))
def stability_limit(hessian, momentum=0.0):
    """The learning rate above which gradient descent on a parabola diverges: 2 (1 + momentum) / lambda_max.

    Source: lambda_max is the largest eigenvalue of the Hessian, which must be above 0. With momentum, a root of the
    polynomial z**2 - (1 + momentum - rate * lambda_max) z + momentum leaves the unit circle there (Polyak 1964).
    """
    symmetric = hessian.shape == hessian.T.shape and np.allclose(hessian, hessian.T, atol=0)
    steepest = np.linalg.eigvalsh(hessian)[-1].item() if symmetric else 0.0
    if not steepest > 1e-100:
        raise ValueError(f"hessian must be symmetric, with an eigenvalue above 0, not {shown(hessian.tolist())}")
    return 2 * (1 + momentum) / steepest

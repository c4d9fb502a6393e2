"""Gradient descent on the line, recorded: many runs at once, the lanes, each of which autograd really made."""

from dataclasses import dataclass

import numpy as np
import torch

from helpers import arguments
from helpers.arguments import checked, number_or_array

LANES_AT_ONCE = 1024
"""As many runs lie in the processor's own memory together, which makes all of them twice as fast."""

DIVERGED = 1000
"""A run counts as diverged once its loss is above this many times its first loss: a rule that misses a slow one."""

recorded = torch.inference_mode(False)  # which also turns on the recording, in whatever mode the caller is


@dataclass(frozen=True)
class Descent:
    """Recorded runs, one a lane; row n of w, b and loss is what n steps have made of the start."""

    learning_rates: np.ndarray  # (lanes,)
    w: np.ndarray  # (steps + 1, lanes)
    b: np.ndarray  # (steps + 1, lanes)
    loss: np.ndarray  # (steps + 1, lanes)

    @property
    def diverged_at(self):
        """For each lane the first step whose loss is not finite or above `DIVERGED` times the first, or -1."""
        gone = ~(self.loss <= DIVERGED * self.loss[0])
        return np.where(gone.any(axis=0), gone.argmax(axis=0), -1)


@checked(y=arguments.finite, w=number_or_array, b=number_or_array)
@recorded
def descend(x, y, learning_rates, *, w, b, steps, momentum=0.0):
    """Run the five lines of the training loop in many lanes at once, one for every learning rate.

    Built by hand in notebook 03 (with an optimizer) and 04 (without). Here w and b hold one number for each lane, and
    the losses are added before `backward`: no loss depends on another lane's w and b, so that every lane gets its own
    gradient.

    Args:
        x, y: the points, shape (size,); or y of shape (lanes, size), where each lane has its own.
        learning_rates: shape (lanes,), each above 0.
        w, b: the start; one number for all lanes, or one for each, shape (lanes,).
        steps: number of steps, at least 1.
        momentum: from 0 to 1; one number for all lanes, or one for each. As in torch.optim.SGD, the velocity is
            momentum * velocity + gradient, and a step is the learning rate times the velocity.

    Returns:
        Descent, in float64. A run that diverges may end in numbers that are not finite; nothing is raised.
    """
    x, y, rates = _tensors(x, y, learning_rates)
    lanes = len(rates)
    if y.shape not in (x.shape, (lanes, len(x))):
        raise ValueError(f"y must have the shape {(len(x),)} or {(lanes, len(x))}, not {tuple(y.shape)}")
    arguments.room(steps=steps, learning_rates=lanes)
    arguments.room(x=len(x), learning_rates=lanes)
    w, b, momentum = _in_each_lane("learning_rates", lanes, w=w, b=b, momentum=momentum)
    record = np.empty((3, steps + 1, lanes))
    for begin in range(0, lanes, LANES_AT_ONCE):
        some = slice(begin, begin + LANES_AT_ONCE)
        start = (values[some].clone().requires_grad_() for values in (w, b))
        _descend(x, y[some] if y.ndim > 1 else y, rates[some], *start, momentum[some], record[..., some])
    return Descent(rates.numpy(), *record)


def _descend(x, y, rates, w, b, momentum, record):
    """The loop itself: fill the record, shape (3, steps + 1, lanes), with w, b and the loss of every step."""
    velocity_w, velocity_b = torch.zeros_like(rates), torch.zeros_like(rates)
    for row in record.transpose(1, 0, 2):
        y_hat = w[:, None] * x + b[:, None]
        loss = ((y_hat - y) ** 2).mean(dim=1)
        row[:] = w.detach(), b.detach(), loss.detach()
        loss.sum().backward()
        with torch.no_grad():
            velocity_w = momentum * velocity_w + w.grad
            velocity_b = momentum * velocity_b + b.grad
            w -= rates * velocity_w
            b -= rates * velocity_b
        w.grad = b.grad = None


def _tensors(*values):
    """Arrays, tensors and lists as float64 tensors."""
    return [torch.as_tensor(value, dtype=torch.float64, device="cpu") for value in values]


def _in_each_lane(of, lanes, **values):
    """Tensors with a number for each lane: the argument, or the single number that it is in all of them."""
    for name, value in zip(values, _tensors(*values.values()), strict=True):
        if value.shape not in ((), (lanes,)):
            found = arguments.shown(value.tolist())
            raise ValueError(f"{name} must be one number or one for each of {of}, not {found}")
        yield value.expand(lanes)


@checked
def best_line(x, y):
    """Slope and intercept with the smallest mean squared error, by least squares: no search.

    Source: the normal equations, centred and solved on paper. (`torch.linalg.lstsq` gives other last bits from call to
    call, which move pixels of the pictures.)

    Args:
        x, y: the points, shape (size,), at least two of them with different x.

    Returns:
        w, b: two floats.
    """
    x, y = _tensors(x, y)
    away = x - x.mean()
    spread = (away**2).sum()
    if (x == x[0]).all() or spread < 1e-100:  # no float tells them apart once they are squared
        found, why = arguments.shown(x.tolist()), "where all points have one x, every slope fits equally well"
        raise ValueError(f"x must hold at least two different numbers, not {found}: {why}")
    w = (away * (y - y.mean())).sum() / spread
    return w.item(), (y.mean() - w * x.mean()).item()


@checked(w=arguments.array, b=arguments.array)
def loss_grid(x, y, w, b):
    """The mean squared error of every pair (w, b) on a grid.

    Built by hand in notebook 01.

    Args:
        x, y: the points, shape (size,).
        w, b: slopes of shape (columns,) and intercepts of shape (rows,).

    Returns:
        float64 array of shape (rows, columns).
    """
    x, y, w, b = _tensors(x, y, w, b)
    arguments.room(w=len(w), b=len(b), x=len(x))
    y_hat = w[None, :, None] * x + b[:, None, None]
    return ((y_hat - y) ** 2).mean(dim=-1).numpy()


@checked
@recorded
def curvature(x, y):
    """The Hessian of the mean squared error over (w, b), by autograd: how the two slopes of the loss change.

    The loss is a parabola in w and b, so that the Hessian is the same everywhere. Built by hand in notebook 05.

    Returns:
        float64 tensor of shape (2, 2).
    """
    x, y = _tensors(x, y)

    def loss(parameters):
        return ((parameters[0] * x + parameters[1] - y) ** 2).mean()

    return torch.autograd.functional.hessian(loss, x.new_zeros(2))


@checked
def stability_limit(hessian, momentum=0.0):
    """The learning rate above which gradient descent on a parabola diverges: 2 (1 + momentum) / lambda_max.

    Source: lambda_max is the largest eigenvalue of the Hessian. With momentum, a root of the polynomial
    z**2 - (1 + momentum - rate * lambda_max) z + momentum leaves the unit circle there (Polyak 1964).

    Args:
        hessian: symmetric tensor of shape (n, n), with a largest eigenvalue above 0.
        momentum: from 0 to 1.
    """
    (hessian,) = _tensors(hessian)
    found = arguments.shown(hessian.tolist())
    if hessian.ndim != 2 or hessian.shape != hessian.T.shape or not torch.allclose(hessian, hessian.T, atol=0):
        raise ValueError(f"hessian must be a symmetric table, of a shape such as (2, 2), not {found}")
    steepest = torch.linalg.eigvalsh(hessian)[-1].item()
    if not steepest > 1e-100:
        why = "only a loss that bends upwards has a limit"
        raise ValueError(f"hessian must have an eigenvalue above 0, not {found}: {why}")
    return 2 * (1 + momentum) / steepest


@checked
@recorded
def noisy_descent(values, learning_rate, batch_size, *, start, steps, runs, seed=0):
    """Many runs of gradient descent on the mean of (b - value)**2, each step on a random handful of the values.

    The gradient of a handful is that of all values plus noise. Handfuls are drawn with replacement.
    Built by hand in notebook 05.

    Args:
        values: shape (size,).
        learning_rate: above 0; one number for all runs, or one for each, shape (runs,).
        batch_size: how many values each step sees, at least 1.
        start: b at the start of every run.
        steps, runs: at least 1.
        seed: the same seed draws the same handfuls.

    Returns:
        b after each step, the start first: float64 array of shape (steps + 1, runs).
    """
    (values,) = _tensors(values)
    (learning_rate,) = _in_each_lane("the runs", runs, learning_rate=learning_rate)
    arguments.room(runs=runs, batch_size=batch_size)
    arguments.room(runs=runs, steps=steps)
    generator = torch.Generator().manual_seed(seed)
    b = values.new_full((runs,), start, requires_grad=True)
    record = np.empty((steps + 1, runs))
    for row in record:
        row[:] = b.detach()
        handful = values[torch.randint(len(values), (runs, batch_size), generator=generator, device="cpu")]
        loss = ((b[:, None] - handful) ** 2).mean(dim=1)
        loss.sum().backward()
        with torch.no_grad():
            b -= learning_rate * b.grad
        b.grad = None
    return record

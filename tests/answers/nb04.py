"""Answers to the exercises of notebook 04."""

import itertools

import numpy as np
import torch

from answers import Args, Several
from helpers import make_line

X, Y = make_line(w=-0.7, b=0.2, size=50, noise=0.2, seed=3)
W, B = np.polyfit(X, Y, 1)
NOISE = np.sqrt(0.0192 / np.mean(np.linspace(-1, 1, 10_001) ** 2))  # the mean square of an even spread, measured


def mean_square(x, y, w, b):
    return ((w * x + b - y) ** 2).mean()


def by_optimizer(x, y, w, b, learning_rate, least):
    """It measures once a round, before the step, and starts from a loss that any first step would improve."""
    optimizer, before = torch.optim.SGD([w, b], lr=learning_rate), float("inf")
    for steps in itertools.count():
        optimizer.zero_grad(set_to_none=False)
        loss = mean_square(x, y, w, b)
        if before - loss < least:
            return torch.tensor([steps])
        before = loss.item()
        loss.backward()
        optimizer.step()


def by_formula(x, y, w, b, learning_rate, least):
    steps, before, now = 0, torch.inf, mean_square(x, y, w, b)
    while steps == 0 or before - now >= least:
        error, before = (w * x + b - y).detach(), now
        w.data -= learning_rate * 2 * (error * x).mean()
        b.data -= learning_rate * 2 * error.mean()
        steps, now = steps + 1, mean_square(x, y, w, b)
    return float(steps)


def by_recursion(x, y, w, b, learning_rate, least):
    before = mean_square(x, y, w, b)
    slopes = torch.autograd.grad(before, (w, b))
    with torch.no_grad():
        for parameter, slope in zip((w, b), slopes, strict=True):
            parameter.sub_(learning_rate * slope)
    is_last = before - mean_square(x, y, w, b) < least
    return 1 if is_last else 1 + by_recursion(x, y, w, b, learning_rate, least)


def whole_descent(change, steps=1000):
    """Where the loop of the solution ends, whose step adds the gradient times a number."""
    x, y = map(torch.as_tensor, (X, Y))
    line = [torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in "wb"]
    for _ in range(steps):
        slopes = torch.autograd.grad(mean_square(x, y, *line), line)
        line = [(old + change * slope).detach().requires_grad_() for old, slope in zip(line, slopes, strict=True)]
    return line


def endless(x, y, w, b, learning_rate, least):
    while True:
        mean_square(x, y, w, b).backward()


TRUTHS = {"noise_from_the_floor": NOISE}
RIGHT = {
    "noise_from_the_floor": [NOISE, 0.23, 0.25],
    "train_until_flat": [by_optimizer, by_formula, by_recursion],
    "own_descent": [
        Args((float(W), float(B))),
        Args((torch.tensor(W), torch.tensor([B]).requires_grad_())),
        Args((np.float32(W + 0.019), np.float32(B - 0.019))),
        Args(whole_descent(-0.3)),
    ],
}
WRONG = {
    "noise_from_the_floor": {"is not the right number": 0.26},
    "train_until_flat": {
        "look at the number of steps": lambda *run: by_formula(*run) + 2,
        "look at w (yours": lambda x, y, w, b, *rest: [by_formula(x, y, w, b, *rest), w.data.add_(1)][0],
        "the steps it took": Several([lambda x, y, w, b, *rest: (w, b), lambda *run: (by_formula(*run), 0.1)]),
        "no end in sight after 300 steps": endless,
        "What is None there?": lambda x, y, w, b, learning_rate, least: w.sub_(learning_rate * w.grad),
    },
    "own_descent": {
        "in another order": Args((B, W)),
        "the line of the lesson": Args((0.3, 0.5)),
        "still where they started": Args((0.0, 0.0)),
        "wrong sign": Args((-W, -B)),
        "the line that make_line began with": Args((-0.7, 0.2)),
        "near and hasn't arrived": Args(whole_descent(-0.1, steps=200)),
        "still far away": Args(whole_descent(-0.01, steps=100)),
        "a larger loss than it began with": Several([Args(whole_descent(0.3)), Args((float("nan"), B))]),
        "w and b should be one number each": Args(([W, W], B)),
    },
}

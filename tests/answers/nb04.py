"""Answers to the exercises of notebook 04."""

import numpy as np
import torch

from answers import Args
from helpers import graph, make_line

X, Y = make_line(w=-0.7, b=0.2, size=50, noise=0.2, seed=3)
W, B = np.polyfit(X, Y, 1)
NOISE = np.sqrt(0.0192 / np.mean(np.linspace(-1, 1, 10_001) ** 2))  # the mean square of an even spread, measured


def updated(w, b, learning_rate):
    with torch.no_grad():
        w -= learning_rate * w.grad
        b -= learning_rate * b.grad
    return w, b


def updated_by_optimizer(w, b, learning_rate):
    torch.optim.SGD([w, b], lr=learning_rate).step()
    return w, b


def loop(update, retains=False, enough=0):
    def walk(x, y, w, b, learning_rate, steps):
        for _ in range(steps):
            if retains:
                w.retain_grad()
                b.retain_grad()
            loss = ((w * x + b - y) ** 2).mean()
            if loss < enough:
                break
            loss.backward()
            w, b = update(w, b, learning_rate)
            w.grad = b.grad = None
        return w, b

    return walk


def loop_with_optimizer(x, y, w, b, learning_rate, steps):
    optimizer = torch.optim.SGD([w, b], lr=learning_rate)
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=False)
        ((w * x + b - y) ** 2).mean().backward()
        optimizer.step()
    return w, b


def loop_by_formula(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        error = (w * x + b - y).detach()
        w.data -= learning_rate * 2 * (error * x).mean()
        b.data -= learning_rate * 2 * error.mean()
    return w, b


def rebound(w, b, learning_rate):
    return w - learning_rate * w.grad, b - learning_rate * b.grad


def nodes_at_step_60():
    """Counted, after w was rebound in each of 60 steps and b was not."""

    def half_rebound(w, b, learning_rate):
        torch.optim.SGD([b], lr=learning_rate).step()
        return w - learning_rate * w.grad, b

    x, w, b = torch.ones(5), *(torch.ones(1, requires_grad=True) for _ in "wb")
    w, b = loop(half_rebound, retains=True)(x, x, w, b, 0.1, 60)
    return graph.count_nodes(((w * x + b - x) ** 2).mean())


def whole_descent(change, steps=1000):
    """Where the loop of the solution ends, whose step adds the gradient times a number."""
    w, b = (torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in "wb")
    return loop(updated)(torch.as_tensor(X), torch.as_tensor(Y), w, b, -change, steps)


TRUTHS = {"half_rebound": np.array(nodes_at_step_60()), "noise_from_the_floor": NOISE}
RIGHT = {
    "update_in_place": [
        updated,
        updated_by_optimizer,
        torch.no_grad()(lambda w, b, rate: (w.sub_(rate * w.grad), b.sub_(rate * b.grad))),
    ],
    "loop_of_five_words": [loop(updated), loop_with_optimizer, loop_by_formula],
    "noise_from_the_floor": [NOISE, 0.23, 0.25],
    "own_descent": [
        Args((float(W), float(B))),
        Args((torch.tensor(W), torch.tensor([B]).requires_grad_())),
        Args((np.float32(W + 0.019), np.float32(B - 0.019))),
        Args(whole_descent(-0.3)),
    ],
}
WRONG = {
    "update_in_place": {
        "two things, w and b": lambda *given: (*updated(*given), given[0].grad),
        "should be one number each": lambda w, b, learning_rate: (torch.cat(updated(w, b, learning_rate)), b),
        "look at w (yours: 1.38) and b (yours: -0.22).": lambda w, b, rate: updated(w, b, 2 * rate),
    },
    "loop_of_five_words": {
        "which makes new tensors": loop(rebound, retains=True),
        "stops too early": loop(updated, enough=0.00005),
        "two things, w and b": lambda *given: loop(updated)(*given)[0],
    },
    "noise_from_the_floor": {"is not the right number": 0.26},
    "own_descent": {
        "in another order": Args((B, W)),
        "the line of the lesson": Args((0.3, 0.5)),
        "still where they started": Args((0.0, 0.0)),
        "wrong sign": Args((-W, -B)),
        "the line that make_line began with": Args((-0.7, 0.2)),
        "near and hasn't arrived": Args(whole_descent(-0.1, steps=200)),
        "still far away": Args(whole_descent(-0.01, steps=100)),
        "a larger loss than it began with": Args(whole_descent(0.3)),
        "w and b should be one number each": Args(([W, W], B)),
    },
}

"""Checks of the exercises: each prints one verdict and never raises.

The truth is computed here, from numbers of its own, and never from the learner's variables. A wrong answer is compared
with the answers that known mistakes lead to, so that the verdict can say which mistake it looks like.
"""

import torch
from torch import nn

from helpers import arguments, descent
from helpers.data import make_line

CLOSE = {"rtol": 1e-3, "atol": 1e-5}
"""How far an answer may be from the truth: enough for float32, too little for any of the known mistakes."""


def loss_of_a_guess(answer):
    """Notebook 00: the mean squared error of w = 0.2, b = 0.6 on the course's 100 points with noise 0.05."""
    x, y = map(torch.as_tensor, make_line(noise=0.05))
    error = 0.2 * x + 0.6 - y
    _judge(
        answer,
        (error**2).mean(),
        (error.mean(), "the plain mean of the errors: positive and negative errors cancel. Square each error first"),
        (error.mean() ** 2, "the square of the mean error: square each error first, then take the mean"),
        ((error**2).sum(), "the sum over all points: take the mean, so that the number of points does not matter"),
        (error.abs().mean(), "the mean distance: square the errors instead of dropping their signs"),
        ((error**2).mean().sqrt(), "the square root of the loss: the mean squared error itself has no root"),
    )


def layer_output(answer):
    """Notebook 01: x @ weight.T + bias for two rows of three numbers and a layer with two outputs."""
    x = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    weight = torch.tensor([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]])
    bias = torch.tensor([0.1, -0.2])
    product = x @ weight.T
    _judge(
        answer,
        product + bias,
        (product, "the product without the bias"),
        (product - bias, "the bias subtracted: it is added"),
        (
            product + bias[:, None],
            "the bias added down the columns: it has one number for each output, so it goes along each row",
        ),
        ((product + bias).T, "the right numbers with rows and columns exchanged: one row for each row of x"),
        (weight @ x.T + bias, "the product the other way round: one row for each row of x, so x stands first"),
    )


def bias_gradient(answer):
    """Notebook 02: the gradient of the mean squared error with respect to the bias of the seeded 3-to-2 layer."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        x, y, linear = torch.randn(10, 3), torch.randn(10, 2), nn.Linear(3, 2)
    error = (linear(x) - y).detach()
    truth = 2 / 20 * error.sum(dim=0)
    _judge(
        answer,
        truth,
        (-truth, "the right size with the wrong sign: the error is y_hat - y, not y - y_hat"),
        (truth / 2, "half of it: the derivative of a square brings a factor of 2"),
        (truth * 2, "twice of it: the mean goes over all 20 numbers, not over the 10 rows"),
        (truth * 10, "the plain sum of the errors: the factor 2/20 is missing"),
        (truth * 20, "the sum: the loss is a mean, so divide by the 20 numbers it goes over"),
        (truth.flip(0), "the two entries exchanged"),
        (truth.sum(), "one number for both: each output has a bias of its own, so sum over the rows only, with dim=0"),
        (
            2 / 20 * error,
            "not summed yet: every row adds its error to the same two biases, so sum over the rows, with dim=0",
        ),
        (2 / 20 * error.sum(dim=1), "summed over the outputs: sum over the rows, with dim=0"),
    )


def step_by_hand(answer):
    """Notebook 03: the weight after one step of plain gradient descent."""
    weight, gradient, learning_rate = torch.tensor([0.5, -1.0]), torch.tensor([2.0, -4.0]), 0.1
    _judge(
        answer,
        weight - learning_rate * gradient,
        (weight + learning_rate * gradient, "a step uphill: the gradient points uphill, so subtract it"),
        (weight - gradient, "the step without the learning rate"),
        (learning_rate * gradient, "the length of the step: subtract it from the weight"),
        (-learning_rate * gradient, "the step alone: add it to the weight"),
        (learning_rate * (weight - gradient), "the learning rate times everything: it belongs to the gradient only"),
        (weight, "the weight as it was: nothing has moved"),
    )


def own_descent(w, b):
    """Notebook 04: w and b that the learner's own loop has found for 50 points around y = -0.7 x + 0.2."""
    x, y = make_line(w=-0.7, b=0.2, size=50, noise=0.01, seed=1)
    best = torch.tensor(descent.best_line(x, y))
    if any(value is ... or value is None for value in (w, b)):
        answer = ...
    else:
        try:
            answer = torch.stack([arguments.numbers(name, value).reshape(()) for name, value in (("w", w), ("b", b))])
        except Exception:
            print("Not yet: w and b should be one number each.")
            return
    _judge(
        answer,
        best,
        (best.flip(0), "w and b exchanged"),
        (torch.tensor([0.3, 0.5]), "the line of the lesson: this exercise has other points"),
        (torch.zeros(2), "still where they started: does each step change w and b?"),
        (-best, "the right size with the wrong sign: is the error y_hat - y, and do you subtract the gradient?"),
        close={"rtol": 0, "atol": 0.02},
    )


def largest_rate(answer):
    """Notebook 05: 2 / lambda_max for the Hessian [[3, 1], [1, 3]], whose eigenvalues are 2 and 4."""
    _judge(
        answer,
        torch.tensor(2 / 4),
        (torch.tensor(2 / 2), "2 divided by the *smallest* curvature: the steepest direction breaks first"),
        (torch.tensor(1 / 4), "half of it: at 1 / lambda_max a step arrives at once, and the limit lies at twice that"),
        (torch.tensor(2 / 6), "the fastest rate, 2 / (lambda_min + lambda_max): the question is for the largest"),
        (torch.tensor(2 / 3), "2 divided by a number on the diagonal: the curvatures are the eigenvalues"),
        (torch.tensor(4.0), "the largest curvature itself: the limit is 2 divided by it"),
        (torch.tensor([1.0, 0.5]), "the limits of both directions: one rate serves both, so the smaller counts"),
    )


def _judge(answer, truth, *mistakes, close=CLOSE):
    """Print the verdict on an answer; `mistakes` are pairs: the answer a mistake leads to, and what to say of it."""
    if answer is ... or answer is None:
        print("Not answered yet: replace the three dots, run the cell, then run this one again.")
        return
    try:
        answer = arguments.numbers("answer", answer)
    except Exception:  # whatever an answer is, a check does not raise
        print(f"Not yet: the answer should be numbers, and this is of the type {type(answer).__name__}.")
        return
    if not answer.isfinite().all():
        print("Not yet: the answer holds numbers that are not finite (nan or inf).")
    elif _equal(answer, truth, close):
        print("Right.")
    else:
        for value, sentence in mistakes:
            if _equal(answer, value, close):
                print(f"Not yet. This looks like {sentence}{'' if sentence.endswith('?') else '.'}")
                return
        print(f"Not yet: {_where(answer, truth, close)}.")


def _equal(answer, value, close):
    """Whether two tensors are the same numbers, whatever axes of length one either has."""
    answer, value = answer.squeeze(), value.detach().to(torch.float64).squeeze()
    return answer.shape == value.shape and torch.allclose(answer, value, **close)


def _where(answer, truth, close):
    answer, truth = answer.squeeze(), truth.detach().to(torch.float64).squeeze()
    if answer.shape != truth.shape:
        return f"the answer should have the shape {tuple(truth.shape)}, and yours has {tuple(answer.shape)}"
    if answer.ndim == 0:
        return f"{answer.item():.4f} is not the number"
    wrong = ~torch.isclose(answer, truth, **close)
    return f"look at the entries {', '.join(str(entry) for entry in wrong.nonzero().tolist())}"

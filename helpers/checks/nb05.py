"""The exercises of notebook 05."""

import math

import torch
from torch.linalg import eigvalsh

from helpers.checks.nb04 import DIVERGED, line_of
from helpers.data import make_line
from helpers.descent import best_line
from helpers.judge import RIGHT, Exercise, Verdict, exercise, mistake


@exercise
def limit_from_a_factor():
    """Notebook 05: 2 / lambda, where a step at the rate 0.3 multiplies the distance by 1 - 0.3 lambda = -0.5."""
    curvature = (1 + 0.5) / 0.3
    return Exercise(
        2 / curvature,
        {
            "a factor of 0.5: here it's -0.5, so each step jumps to the other side": (2 * 0.3 / (1 - 0.5), 0.5 / 0.3),
            "a limit at which the factor is 0: there a step arrives at once. Which factor does the limit have?": (
                1 / curvature
            ),
            "the curvature, which is right so far: the limit is still to come": curvature,
            "2 divided by the learning rate: it's divided by the curvature": 2 / 0.3,
            "2 divided by the factor: it's divided by the curvature": 2 / 0.5,
            "a factor that grows in proportion to the rate: it's 1 minus the rate times the curvature": 0.3 / 0.5,
            "the rate times the factor: work out the curvature first": 0.3 * 0.5,
            "the rate times the curvature, which is right so far: divide by the rate to get the curvature": 1.5,
            "2 divided by the rate times the curvature: it's divided by the curvature alone": 2 / 1.5,
            "a curvature that is multiplied by the rate where it should be divided": (2 / (1.5 * 0.3), 1.5 * 0.3),
            "the rate you train with: with a factor of -0.5 there's room above it": 0.3,
        },
    )


@exercise
def steps_at_the_best_rate():
    """Notebook 05: log(share) / log(rho), for bowls with three, two and four directions."""

    def by_factor(rho):
        """The steps for the factor that `rho` makes of the curvatures."""
        return lambda hessian, share: math.log(share) / math.log(rho(eigvalsh(hessian)))

    def of_condition(condition):
        """The best factor for the condition number that `condition` makes of the curvatures."""
        return lambda curvatures: (condition(curvatures) - 1) / (condition(curvatures) + 1)

    def whole(rounded):
        return lambda hessian, share: rounded(right(hessian, share))

    def kappa(curvatures):
        return curvatures[-1] / curvatures[0]

    best = of_condition(kappa)
    upside_down = of_condition(lambda curvatures: curvatures[0] / curvatures[-1])
    right = by_factor(best)

    def for_two(hessian, share):
        low, high = eigvalsh(hessian)
        return math.log(share) / math.log((high - low) / (high + low))

    def for_two_in_a_list(hessian, share):
        low, high = eigvalsh(hessian).tolist()
        return math.log(share) / math.log((high - low) / (high + low))

    return Exercise(
        right,
        {
            "two directions only: there may be more, of which the flattest and the steepest count": (
                for_two,
                for_two_in_a_list,
            ),
            "the first two curvatures: the steepest direction is the last": by_factor(
                of_condition(lambda c: c[1] / c[0])
            ),
            "the sum of all curvatures: the best rate takes the smallest and the largest alone": by_factor(
                lambda curvatures: (1 - 2 / curvatures.sum() * curvatures).abs().max()
            ),
            "numbers from the diagonal: the curvatures are the eigenvalues": lambda hessian, share: (
                math.log(share) / math.log(best(hessian.diagonal().sort().values))
            ),
            "the logarithm of a negative number: is the larger curvature above the line in kappa, and is it kappa - 1 "
            "in rho?": (by_factor(upside_down), lambda h, share: math.log(share) / upside_down(eigvalsh(h)).log()),
            "a rate at the limit, 2 / lambda_max: there the steepest direction never comes nearer": by_factor(
                lambda curvatures: (1 - 2 / kappa(curvatures)).abs()
            ),
            "the rate 1 / lambda_max: the best one lies between that and the limit": by_factor(
                lambda curvatures: 1 - 1 / kappa(curvatures)
            ),
            "the steps for the loss: it shrinks by rho squared, and the question is for the distance": (
                lambda hessian, share: right(hessian, share) / 2
            ),
            "a number rounded to whole steps: leave it as it comes out": (whole(math.ceil), whole(math.floor)),
            "two different logarithms: take the same for the share and for rho": (
                lambda hessian, share: math.log10(share) / math.log(best(eigvalsh(hessian))),
                lambda hessian, share: math.log(share) / math.log10(best(eigvalsh(hessian))),
            ),
            "the fraction upside down: the logarithm of the share stands above the line": (
                lambda hessian, share: 1 / right(hessian, share)
            ),
            "a share and a rho without logarithms: the number of steps is an exponent": (
                lambda hessian, share: share / best(eigvalsh(hessian)),
                lambda hessian, share: best(eigvalsh(hessian)) ** share,
            ),
            "a fixed share of 0.0001: use the one that your function gets": lambda hessian, share: right(hessian, 1e-4),
            "the condition number, which is right so far: the number of steps is still to come": (
                lambda hessian, share: kappa(eigvalsh(hessian))
            ),
            "the factor rho, which is right so far: the number of steps is still to come": (
                lambda hessian, share: best(eigvalsh(hessian))
            ),
            "the best rate: the question is for the number of steps": (
                lambda hessian, share: 2 / eigvalsh(hessian)[[0, -1]].sum()
            ),
        },
        lambda: [
            (torch.tensor([[3.0, 1, 0], [1, 3, 0], [0, 0, 5]], dtype=torch.float64), 0.01),
            (torch.tensor([[5.0, 4], [4, 5]], dtype=torch.float64), 0.2),
            (torch.tensor([[5.5, 0, 4.5, 0], [0, 6, 0, 1], [4.5, 0, 5.5, 0], [0, 1, 0, 6]], dtype=torch.float64), 1e-3),
        ],
    )


@exercise
def line_in_a_long_valley(w, b):
    """Notebook 05: a line through 60 points near x = 3.5 whose loss is within 1 % of the smallest."""
    w, b = line_of(w, b).tolist()
    x, y = map(torch.as_tensor, make_line(w=1.5, b=-2.0, size=60, noise=0.1, seed=6))
    x = x + 3
    (w_best, b_best), x_mean, y_mean = best_line(x, y), x.mean().item(), y.mean().item()

    def loss(w, b):
        return ((w * x + b - y) ** 2).mean().item()

    def near(w_other, b_other, distance=0.02):
        return abs(w - w_other) < distance and abs(b - b_other) < distance

    if near(1.5, 1.5 * -3 - 2, 1e-6):
        return mistake(
            "the line that make_line began with, moved along with the points: noise has moved the best line a little. "
            "If you have rounded, hand over the numbers themselves"
        )
    if loss(w, b) < 1.01 * loss(w_best, b_best):
        return RIGHT
    looks = {
        "still where they started: does each step change the line?": near(0, 0, 1e-6),
        "the intercept for the moved x: move it back, for the x as given": near(w_best, y_mean),
        "an intercept moved in the wrong direction: w (x - m) + b is which line in x?": (
            near(w_best, y_mean + w_best * x_mean)
        ),
        "an intercept moved by the mean of x: the slope comes into it as well": near(w_best, y_mean - x_mean),
        "an intercept moved by 3 times the slope: by how much did you move x?": near(w_best, y_mean - w_best * 3),
        "the line through the points before they were shifted: x_far is larger by 3": (
            near(w_best, b_best + w_best * 3) or near(1.5, -2, 1e-6)
        ),
        "slope and intercept exchanged: the slope comes first": near(b_best, w_best),
        "a loss in place of the slope or the intercept": (
            near(w_best, loss(w_best, b_best)) or near(loss(w_best, b_best), b_best)
        ),
        "the line for a scaled x: divide the slope by what you divided x by, and then move the intercept": (
            near(w_best * x.std().item(), y_mean)
        ),
    }
    for sentence, is_so in looks.items():
        if is_so:
            return mistake(sentence)
    if not loss(w, b) <= loss(0, 0):
        return DIVERGED
    if abs(w * x_mean + b - y_mean) < 0.15:
        return mistake(
            "a descent that hasn't arrived: its line goes through the middle of the points with another slope. Did you "
            "move the data, and does the rate suit the curvatures that they have then?"
        )
    if abs(w - w_best) < 0.05:
        return Verdict("wrong", "the slope is right, and the intercept isn't. Is it for the x as given?")
    return Verdict("wrong", "this line is still far from the best one. Which data make the valley shorter?")

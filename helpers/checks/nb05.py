"""The exercises of notebook 05."""

import math

import torch
from torch.linalg import eigvalsh

from helpers.descent import curvature
from helpers.judge import RIGHT, Exercise, Verdict, as_numbers, error, exercise, mistake

DIAGONAL = "2 divided by a number on the diagonal: the curvatures are the eigenvalues"


def limit(hessian):
    return 2 / eigvalsh(hessian)[-1]


@exercise
def largest_rate():
    """Notebook 05: 2 / lambda_max for the Hessian [[5, 2], [2, 8]], whose eigenvalues are 4 and 9."""
    return Exercise(
        2 / 9,
        {
            "2 divided by the *smallest* curvature: the steepest direction breaks first": 2 / 4,
            "half of it: at 1 / lambda_max a step arrives at once, and the limit lies at twice that": 1 / 9,
            "2 divided by the sum of the curvatures: the steepest direction alone sets the limit": 2 / (4 + 9),
            "2 divided by the determinant: that is the product of the curvatures, and the limit asks for one": 2 / 36,
            "2 divided by the sum of the four numbers of the table: the curvatures are the eigenvalues": 2 / 17,
            DIAGONAL: (2 / 5, 2 / 8),
            "the largest curvature itself: the limit is 2 divided by it": 9,
            "the limits of both directions: one rate serves both, so the smaller counts": [2 / 4, 2 / 9],
        },
    )


@exercise
def best_rate():
    """Notebook 05: 2 / (lambda_min + lambda_max) of a Hessian with the curvatures 2, 4 and 5, and of another."""

    def both_ends(hessian):
        return eigvalsh(hessian)[0] + eigvalsh(hessian)[-1]

    def shrinking_factor(hessian):
        return 1 - 2 * eigvalsh(hessian)[0] / both_ends(hessian)

    return Exercise(
        lambda hessian: 2 / both_ends(hessian),
        {
            "the limit, 2 / lambda_max: there the steepest direction never comes nearer": limit,
            "1 / lambda_max: the steepest direction arrives at once, but the flat one crawls": lambda h: limit(h) / 2,
            "2 divided by the sum of all curvatures, and here there are three": lambda hessian: 2 / hessian.trace(),
            "2 divided by the first two curvatures: the largest is the last": lambda h: 2 / eigvalsh(h)[:2].sum(),
            "numbers from the diagonal: the curvatures are the eigenvalues": lambda h: 2 / (h[0, 0] + h[-1, -1]),
            "half of it: look at the number above the line": lambda hessian: 1 / both_ends(hessian),
            "twice of it: 2 is divided by the sum of the two, not by their mean": lambda h: 4 / both_ends(h),
            "the limit of each direction: one rate has to serve them all": lambda hessian: 2 / eigvalsh(hessian),
            "the curvatures, which are right so far: the rate is still to come": eigvalsh,
            "the factor rho by which a step shrinks the distance: the question is for the rate": shrinking_factor,
        },
        lambda: [
            (torch.tensor([[3.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 5.0]]),),
            (torch.tensor([[5.0, 4.0], [4.0, 5.0]]),),
        ],
    )


@exercise
def limit_of_the_sum():
    """Notebook 05: 2 / lambda_max for the sum of the squared errors of the line, for five points and for three."""

    def of_mean(x):
        return curvature(x, x)  # which does not depend on y

    def of_sum(x):
        return len(x) * of_mean(x)

    return Exercise(
        lambda x: limit(of_sum(x)),
        {
            "the limit for the mean: the sum bends the bowl N times as strongly": lambda x: limit(of_mean(x)),
            "multiplied by N: a steeper bowl has a *lower* limit": lambda x: len(x) * limit(of_mean(x)),
            "twice of it: squaring brings a factor of 2 into the Hessian": lambda x: 2 * limit(of_sum(x)),
            "half of it: the Hessian has one factor of 2, and the limit another": lambda x: limit(of_sum(x)) / 2,
            "the largest curvature itself: the limit is 2 divided by it": lambda x: eigvalsh(of_sum(x)).max(),
            "2 divided by the *smallest* curvature: the steepest breaks first": lambda x: 2 / eigvalsh(of_sum(x)).min(),
            DIAGONAL: lambda x: 2 / of_sum(x).max(),
            "the limits of both directions: the smaller counts": lambda x: 2 / eigvalsh(of_sum(x)),
            "the Hessian of the *mean*: that of the sum is N times that, and the limit comes after it": of_mean,
            "the table as it was given: what makes it the Hessian of the sum?": lambda x: of_mean(x) / 2,
            "the Hessian of the sum, which is right so far: the limit is still to come": of_sum,
        },
        lambda: [(torch.tensor([-1.0, 0.0, 2.0, 3.0, 6.0]),), (torch.tensor([0.5, 1.0, 3.0]),)],
    )


@exercise
def momentum_limit():
    """Notebook 05: 2 (1 + beta) / lambda_max for [[7, 2], [2, 4]], whose eigenvalues are 3 and 8, and beta = 0.8."""
    return Exercise(
        2 * 1.8 / 8,
        {
            "the limit without momentum: it moves outwards by the factor 1 + beta": 2 / 8,
            "1 - beta where 1 + beta belongs: momentum allows longer steps, not shorter ones": 2 * 0.2 / 8,
            "beta alone: the factor is 1 + beta, so that without momentum it is 1": 2 * 0.8 / 8,
            "divided by 1 + beta: momentum allows longer steps, so multiply": 2 / (8 * 1.8),
            "divided by 1 - beta: that is how the velocity adds up along the valley, not the zigzag": 2 / (8 * 0.2),
            "the *smallest* curvature below the line: the steepest direction breaks first": 2 * 1.8 / 3,
            "the part above the line: it is divided by the largest curvature": 2 * 1.8,
            "half of it: above the line stands 2 (1 + beta)": 1.8 / 8,
            "a number on the diagonal below the line: the curvatures are the eigenvalues": 2 * 1.8 / 7,
            "the limits of both directions: one rate serves both, so the smaller counts": [2 * 1.8 / 3, 2 * 1.8 / 8],
        },
    )


@exercise
def batch_for_the_same_floor():
    """Notebook 05: the batch at rate 0.4 with the floor of a batch of 6 at rate 0.2, for the curvature 2."""
    batch, old, new, curvature = 6, 0.2, 0.4, 2

    def floor(rate):
        return rate / (2 - rate * curvature)

    return Exercise(
        batch * floor(new) / floor(old),
        {
            "the batch as it was: a longer step throws farther, so the batch has to grow": batch,
            "twice the rate, twice the batch. That is the rule of thumb for small rates; here the bracket below the "
            "line, 2 - lr * lambda, changes too": batch * new / old,
            "the square of the rates: lr^2 is in one step's noise, and D has one lr left": batch * (new / old) ** 2,
            "the factor by which the batch has to grow: what does it make of the 6?": floor(new) / floor(old),
            "the fraction upside down: a smaller batch would shake even more": batch * floor(old) / floor(new),
            "the bracket without the curvature: it is 2 - lr * lambda, and lambda is 2": (
                batch * (new / (2 - new)) / (old / (2 - old))
            ),
            "a rounding slip: the result is a hair above or below a whole number, so take round()": (17, 15),
            "a square root: sigma^2 itself, not its root, is what a batch divides": batch * (new / old) ** 0.5,
        },
    )


@exercise
def chosen_rate(answer):
    """Notebook 05: any rate that brings a descent on a bowl with the curvatures 1 and 10 home within 40 steps.

    It is run from (1, 0), half across the valley and half along it, which leaves the same part of the distance as the
    notebook's (2, 0); home is a thousandth of it, rounded as the verdict shows it: nobody is refused with "0.001" left.
    """
    rate, steps, home = as_numbers(answer), 40, 1.005e-3
    if rate.ndim:
        return error("one rate serves both directions, so the answer should be one number")
    hessian = torch.tensor([[5.5, 4.5], [4.5, 5.5]], dtype=torch.float64)
    along, across = 1 - rate, 1 - rate * 10
    if rate < 0:
        return error("with a negative rate every step goes uphill, away from the lowest point")
    if rate == 0:
        return mistake("a step of length 0: with this rate nothing moves")
    if math.isclose(rate, 2 / 10, rel_tol=1e-5):
        return mistake("the limit itself: across the valley the path jumps to and fro for ever and comes no nearer")
    if rate > 2 / 10:
        return Verdict(
            "wrong",
            f"Not yet: it diverges. Each step multiplies the distance across the valley by {across:.6g}, so it grows. "
            "At which rate would that be -1?",
        )
    place = torch.tensor([1.0, 0.0], dtype=torch.float64)
    for _ in range(steps):
        place = place - rate * hessian @ place
    left = place.norm()
    if left <= home:
        return RIGHT
    what, where, factor = "crawls", "Along", f"{along:.4g}"
    if abs(across) > abs(along):
        what, where, factor = "zigzags", "Across", f"{across:.4g}"
    return Verdict(
        "wrong",
        f"Not yet: it {what}, and after {steps} steps {left:.3g} of the distance is left. {where} the valley each step "
        f"multiplies it by {factor}. Would a larger or a smaller rate bring that nearer to 0?",
    )

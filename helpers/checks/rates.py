"""The checks of notebook 05. Each computes the truth from numbers of its own, never from the learner's variables."""

import math

import torch

from helpers.descent import curvature, stability_limit
from helpers.judge import RIGHT, Verdict, as_numbers, exercise, judge, looks_like, result_of


@exercise("05")
def largest_rate(answer):
    """Notebook 05: 2 / lambda_max for the Hessian [[5, 2], [2, 8]], whose eigenvalues are 4 and 9."""
    return judge(
        answer,
        2 / 9,
        (2 / 4, "2 divided by the *smallest* curvature: the steepest direction breaks first"),
        (1 / 9, "half of it: at 1 / lambda_max a step arrives at once, and the limit lies at twice that"),
        (2 / 13, "2 divided by the sum of the curvatures: the steepest direction alone sets the limit"),
        (2 / 36, "2 divided by the determinant: that is the product of the curvatures, and the limit asks for one"),
        (2 / 17, "2 divided by the sum of the four numbers of the table: the curvatures are the eigenvalues"),
        (2 / 5, "2 divided by a number on the diagonal: the curvatures are the eigenvalues"),
        (2 / 8, "2 divided by a number on the diagonal: the curvatures are the eigenvalues"),
        (9, "the largest curvature itself: the limit is 2 divided by it"),
        ([2 / 4, 2 / 9], "the limits of both directions: one rate serves both, so the smaller counts"),
    )


@exercise("05")
def best_rate(function):
    """Notebook 05: 2 / (lambda_min + lambda_max) of a Hessian with the curvatures 2, 4 and 5, and of another."""
    first, truth = torch.tensor([[3.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 5.0]]), 2 / (2 + 5)
    second, other_truth = torch.tensor([[5.0, 4.0], [4.0, 5.0]]), 2 / (1 + 9)
    rate, other = _two_results(function, "hessian", first, second)
    verdict = judge(
        rate,
        truth,
        (2 / 5, "the limit, 2 / lambda_max: there the steepest direction never comes nearer"),
        (1 / 5, "1 / lambda_max: the steepest direction arrives at once, and the flat one waits longer than it has to"),
        (2 / 11, "2 divided by the sum of all curvatures: with two of them that is the same, and here there are three"),
        (2 / 6, "2 divided by the sum of the first two curvatures: the largest is the last one"),
        (2 / 8, "numbers from the diagonal: the curvatures are the eigenvalues"),
        (1 / 7, "half of it: look at the number above the line"),
        (2 / 3, "2 divided by the *difference* of the two curvatures"),
        (7 / 2, "the fraction upside down"),
        (4 / 7, "twice of it: 2 is divided by the sum of the two curvatures, not by their mean"),
        ([2 / 2, 2 / 4, 2 / 5], "the limit of each direction: one rate has to serve them all"),
        ([2, 4, 5], "the curvatures, which are right so far: the rate is still to come"),
        (3 / 7, "the factor rho by which a step shrinks the distance: the question is for the rate"),
    )
    return _for_both(verdict, judge(other, other_truth))


@exercise("05")
def limit_of_the_sum(function):
    """Notebook 05: 2 / lambda_max for the sum of the squared errors of the line, for five points and for three."""
    first, second = torch.tensor([-1.0, 0.0, 2.0, 3.0, 6.0]), torch.tensor([0.5, 1.0, 3.0])
    size, mean = len(first), curvature(first, first)  # which does not depend on y
    of_the_mean, truth = stability_limit(mean), stability_limit(size * mean)
    forgotten = size * mean
    forgotten[1, 1] = mean[1, 1]
    limit, other = _two_results(function, "x", first, second)
    verdict = judge(
        limit,
        truth,
        (of_the_mean, "the limit for the mean: the sum bends the bowl as many times more strongly as there are points"),
        (of_the_mean * size, "multiplied by the number of points: a steeper bowl has a *lower* limit"),
        (of_the_mean / size**2, "divided twice by the number of points"),
        (of_the_mean / 100, "divided by the 100 points of the notebook: this x has a length of its own"),
        (truth * 2, "twice of it: the derivative of a square brings a factor of 2 into the Hessian"),
        (truth / 2, "half of it: the Hessian has one factor of 2, and above the line of the limit stands another"),
        (2 / truth, "the largest curvature itself: the limit is 2 divided by it"),
        (
            2 / torch.linalg.eigvalsh(size * mean).min(),
            "2 divided by the *smallest* curvature: the steepest direction breaks first",
        ),
        (
            2 / (size * mean).trace(),
            "the sum of the two curvatures below the line: that is for the best rate, and a limit asks for one of them",
        ),
        (2 / (size * mean).max(), "2 divided by a number on the diagonal: the curvatures are the eigenvalues"),
        (
            stability_limit(forgotten),
            "a sum with one entry forgotten: the 1 in the corner is a mean too, so it grows with N",
        ),
        (
            2 / torch.linalg.eigvalsh(size * mean),
            "the limit of each direction: one rate has to serve both, so the smaller counts",
        ),
        (mean, "the Hessian of the *mean*: that of the sum is N times that, and the limit comes after it"),
        (mean / 2, "the table as it was given: what makes it the Hessian of the sum?"),
        (size * mean, "the Hessian of the sum, which is right so far: the limit is still to come"),
    )
    return _for_both(verdict, judge(other, stability_limit(len(second) * curvature(second, second))))


@exercise("05")
def momentum_limit(answer):
    """Notebook 05: 2 (1 + beta) / lambda_max for [[7, 2], [2, 4]], whose eigenvalues are 3 and 8, and beta = 0.8."""
    truth = 2 * (1 + 0.8) / 8
    return judge(
        answer,
        truth,
        (2 / 8, "the limit without momentum: it moves outwards by the factor 1 + beta"),
        (2 * (1 - 0.8) / 8, "1 - beta where 1 + beta belongs: momentum allows longer steps, not shorter ones"),
        (2 * 0.8 / 8, "beta alone: the factor is 1 + beta, so that without momentum it is 1"),
        (2 / (8 * 1.8), "divided by 1 + beta: momentum allows longer steps, so multiply"),
        (
            2 / (8 * 0.2),
            "divided by 1 - beta: by that factor the velocity adds up along the valley. The limit is about the zigzag",
        ),
        (2 * 1.8 / 3, "the *smallest* curvature below the line: the steepest direction breaks first"),
        (2 * 1.8, "the part above the line: it is divided by the largest curvature"),
        (8, "the largest curvature itself: it stands below the line"),
        (truth / 2, "half of it: above the line stands 2 (1 + beta)"),
        (2 * 1.8 / 7, "a number on the diagonal below the line: the curvatures are the eigenvalues"),
        (
            2 * 1.8 / 11,
            "the sum of the two curvatures below the line: that is for the best rate, and a limit asks for one of them",
        ),
        ([1.2, 0.45], "the limits of both directions: one rate serves both, so the smaller counts"),
    )


@exercise("05")
def batch_for_the_same_floor(answer):
    """Notebook 05: the batch at rate 0.4 with the floor of a batch of 6 at rate 0.2, for the curvature 2."""
    batch, old, new, curvature = 6, 0.2, 0.4, 2

    def floor(rate):
        return rate / (2 - rate * curvature)

    return judge(
        answer,
        batch * floor(new) / floor(old),
        (batch, "the batch as it was: a longer step throws farther, so the batch has to grow"),
        (batch / 2, "half the batch, as if a longer step shook less: it throws farther, so the batch has to grow"),
        (
            batch * new / old,
            "twice the rate, twice the batch. That is the rule of thumb for small rates; here the bracket below the "
            "line, 2 - lr * lambda, changes too",
        ),
        (batch * (new / old) ** 2, "the square of the rates: lr^2 stands in the noise of one step, D has one lr left"),
        (floor(new) / floor(old), "the factor by which the batch has to grow: what does it make of the 6?"),
        (batch * floor(old) / floor(new), "the fraction upside down: a smaller batch would shake even more"),
        (
            batch * (new / (2 - new)) / (old / (2 - old)),
            "the bracket without the curvature: it is 2 - lr * lambda, and lambda is 2",
        ),
        (batch * 1.5, "the bracket on the wrong side: 2 - lr * lambda stands below the line"),
        (17, "a rounding slip: the computed number is a hair above a whole one, and a ceiling lifts it: take round()"),
        (15, "a rounding slip: the computed number is a hair below a whole one, and a floor cuts it: take round()"),
        (batch * (new / old) ** 0.5, "a square root: sigma^2 itself, not its root, is what a batch divides"),
    )


@exercise("05")
def chosen_rate(answer):
    """Notebook 05: any rate that brings a descent on a bowl with the curvatures 1 and 10 home within 40 steps.

    It is run from (1, 0), half across the valley and half along it, which leaves the same part of the distance as the
    notebook's (2, 0); home is a thousandth of it, rounded as the verdict shows it: nobody is refused with "0.001" left.
    """
    rate, steps, home = as_numbers(answer), 40, 1.005e-3
    if rate.ndim:
        raise Verdict("Not yet: one rate serves both directions, so the answer should be one number.")
    hessian = torch.tensor([[5.5, 4.5], [4.5, 5.5]], dtype=torch.float64)
    along, across = 1 - rate, 1 - rate * 10
    if rate < 0:
        return "Not yet: with a negative rate every step goes uphill, away from the lowest point."
    if rate == 0:
        return looks_like("a step of length 0: with this rate nothing moves")
    if math.isclose(rate, 2 / 10, rel_tol=1e-5):
        return looks_like("the limit itself: across the valley the path jumps to and fro for ever and comes no nearer")
    if rate > 2 / 10:
        return (
            f"Not yet: it diverges. Each step multiplies the distance across the valley by {across:.6g}, so it grows. "
            "At which rate would that be -1?"
        )
    place = torch.tensor([1.0, 0.0], dtype=torch.float64)
    for _ in range(steps):
        place = place - rate * hessian @ place
    left = place.norm()
    if left <= home:
        return RIGHT
    which_way = "Would a larger or a smaller rate bring that nearer to 0?"
    if abs(across) > abs(along):
        return (
            f"Not yet: it zigzags, and after {steps} steps {left:.3g} of the distance is left. "
            f"Across the valley each step multiplies it by {across:.4g}. {which_way}"
        )
    return (
        f"Not yet: it crawls, and after {steps} steps {left:.3g} of the distance is left. "
        f"Along the valley each step multiplies it by {along:.4g}. {which_way}"
    )


def _two_results(function, name, first, second):
    """What the function makes of two arguments, as numbers; a verdict if it makes the same of both."""
    one, other = (as_numbers(result_of(function, given, untouched=((name, given),))) for given in (first, second))
    if torch.equal(one, other):
        raise Verdict(f"Not yet: your function gives the same for every {name}. Does it use its argument?")
    return one, other


def _for_both(verdict, other):
    if verdict == RIGHT and other != RIGHT:
        return "Not yet: right for one argument, and wrong for another. Is there a number in it that fits only the one?"
    return verdict

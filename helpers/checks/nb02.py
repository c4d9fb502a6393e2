"""The exercises of notebook 02."""

import torch

from helpers.checks.layer import make_layer
from helpers.data import make_line
from helpers.judge import Exercise, as_numbers, error, exercise

NAMES = ("the gradient of w", "the gradient of b")


def layer():
    """The seeded 3-to-2 layer of the notebook, without its graph: x, the error of each output, and the bias."""
    x, y, linear = make_layer()
    return x, (linear(x) - y).detach(), linear.bias.detach()


def points(seed, size=8):
    """A few points with large noise, so that some lie above a line and some below."""
    return map(torch.as_tensor, make_line(w=-0.7, b=0.9, size=size, noise=0.4, seed=seed))


def line_loss(x, y, w, b):
    return ((w * x + b - y) ** 2).mean()


def by_formula(x, error):
    return torch.stack([2 * (error * x).mean(), 2 * error.mean()])


def line_gradient(x, y, w, b):
    """The gradient of `line_loss` for w and b."""
    return by_formula(x, w * x + b - y)


def pair(result, *args):
    """What comes back, if it can be a gradient of w and another of b; raises the verdict if it can't."""
    parts = result if isinstance(result, tuple | list) else []
    if any(part is None for part in parts):
        raise error("a gradient is None. Is backward called, after the reset? Is the loss made of this w and this b?")
    if any(as_numbers(part).ndim for part in parts):
        raise error("w and b have one gradient each, over all points. Take the mean over the points")
    return result


BOTH_ROADS = {
    "the two exchanged: w first, then b": lambda *args: line_gradient(*args).flip(0),
    "one gradient alone: w and b have one each": (
        lambda *args: line_gradient(*args)[0],
        lambda *args: line_gradient(*args)[1],
    ),
    "w and b themselves: return their gradients": lambda x, y, w, b: (w, b),
    "the loss itself: return its two gradients, one for w and one for b": line_loss,
    "the sum over the points: the loss is a mean, so divide by N": lambda *args: len(args[0]) * line_gradient(*args),
    "the gradient for x_line and y_line: use the x and y that your function gets": lambda x, y, w, b: line_gradient(
        *map(torch.as_tensor, make_line(noise=0.05)), w, b
    ),
}
"""Mistakes with the gradient of the line, by autograd or by the formula."""


@exercise
def announced_change():
    """Notebook 02: what the gradient announces for the loss when weight[0, 2] of the seeded layer falls by 0.05."""
    x, error, _ = layer()
    gradient = 2 / 20 * error.T @ x
    slope, nudge = gradient[0, 2], -0.05
    change = slope * nudge
    others = torch.cat([gradient[0, :2], gradient[1]])
    return Exercise(
        change,
        {
            "the change for a weight that grows: this one falls, so the nudge is negative": -change,
            "the gradient itself, the change for a whole unit: multiply it by the nudge": slope,
            "the worked example: you have another entry and another nudge": gradient[1, 0] * 0.02,
            "the nudge: multiply it by the rate": nudge,
            "what the loss really does, its bend included: the question is what the gradient announces": (
                change + nudge**2 * (x[:, 2] ** 2).mean() / 2
            ),
            "a product with another entry: row 0, column 2, counted from 0": (*others * nudge, *-others * nudge),
        },
        close={"rtol": 0.02, "atol": 0},
    )


@exercise
def two_sided_slope():
    """Notebook 02: (loss_at(w + h) - loss_at(w - h)) / (2 h), for two losses that are no parabolas."""

    def right(loss_at, w, h):
        return (loss_at(w + h) - loss_at(w - h)) / (2 * h)

    return Exercise(
        right,
        {
            "a nudge up alone, with the bend in it: go down by h as well": lambda f, w, h: (f(w + h) - f(w)) / h,
            "a nudge down alone, with the bend in it: go up by h as well": lambda f, w, h: (f(w) - f(w - h)) / h,
            "twice the slope: how far apart are the two nudges?": lambda f, w, h: (f(w + h) - f(w - h)) / h,
            "too few brackets: put them around the difference and around 2 * h": (
                lambda f, w, h: (f(w + h) - f(w - h)) / 2 * h,
                lambda f, w, h: f(w + h) - f(w - h) / (2 * h),
                lambda f, w, h: f(w + h) - f(w - h) / 2 * h,
            ),
            "half the change: divide by h too, for a change per unit": lambda f, w, h: (f(w + h) - f(w - h)) / 2,
            "the change of the loss: divide it by the distance between the nudges": lambda f, w, h: f(w + h) - f(w - h),
            "one nudge of 2 h upwards: go up by h and down by h": lambda f, w, h: (f(w + 2 * h) - f(w)) / (2 * h),
            "the exact slope, or a tiny nudge: use the h that your function gets": lambda f, w, h: right(f, w, 1e-6),
        },
        lambda: [(lambda w: w**3 + 2 * w**2 + 5, 1.5, 0.25), (lambda w: 2 * w**3 - w**2 + 1, -1.0, 0.4)],
    )


@exercise
def bias_gradient():
    """Notebook 02: the gradient of the mean squared error with respect to the bias of the seeded 3-to-2 layer."""
    x, error, bias = layer()
    right = 2 / 20 * error.sum(dim=0)
    return Exercise(
        right,
        {
            "half of it: the derivative of a square brings a factor of 2": right / 2,
            "twice of it: the mean goes over all 20 numbers, not over the 10 rows": 2 * right,
            "a sum: the loss is a mean of 20 squares, so the factor is 2/20": (20 * right, 10 * right),
            "one number for both: each output has its own bias, so use dim=0": (right.sum(), error.mean()),
            "not summed yet: every row adds its error to the same two biases, so use dim=0": 2 / 20 * error,
            "summed over the outputs: sum over the rows, with dim=0": 2 / 20 * error.sum(dim=1),
            "the gradient of the weight: that one multiplies x, and the bias multiplies 1": 2 / 20 * error.T @ x,
            "the bias itself: the question is for its gradient": bias,
        },
        close={"rtol": 1e-3, "atol": 5e-4},
    )


@exercise
def grad_after_calls():
    """Notebook 02: v.grad at v = 3 after backward of 7 v, a reset, and backward of v squared and of v / 2."""
    v = 3.0
    first, second, third = 7.0, 2 * v, 0.5
    return Exercise(
        second + third,
        {
            "the sum of all three: the reset has thrown the first away": first + second + third,
            "the last gradient alone: backward adds to what is there, and the reset came earlier": third,
            "the second gradient alone: a third call comes after it": second,
            "the first gradient: the reset has thrown it away": first,
            "the first and the last: the reset throws away what came before it, not after": first + third,
            "a reset at the end: it comes before the last two calls, and they fill .grad again": 0.0,
            "a sum of values: .grad collects rates. How fast does each loss grow with v?": (
                v**2 + 0.5 * v,
                7 * v + v**2 + 0.5 * v,
            ),
            "9 and 0.5: 9 is the value of v squared; its rate is another number": v**2 + third,
            "the rate of v squared as 2, or as v: it depends on v, and has a factor of 2": (2 + third, v + third),
            "the worked example: you have 7 v and a reset": second + 4,
        },
    )


@exercise
def gradient_by_autograd():
    """Notebook 02: the gradient of the line's mean squared error, by autograd; then again for other points."""

    def calls():
        w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.6, 0.2))
        return [(*points(seed), w, b) for seed in (2, 3)]

    def walk(x, y, w, b, reset=()):
        for parameter in reset:
            parameter.grad = None
        line_loss(x, y, w, b).backward()
        return w.grad, b.grad

    return Exercise(
        lambda x, y, w, b: walk(x, y, w, b, reset=(w, b)),
        {
            "an old gradient left in .grad: the second call added its own to it": walk,
            "an old gradient of b: the reset clears that of w only": lambda x, y, w, b: walk(x, y, w, b, reset=[w]),
            "an old gradient of w: the reset clears that of b only": lambda x, y, w, b: walk(x, y, w, b, reset=[b]),
            "the answer of the first call: the second has other points, so reset and walk each time": (
                lambda x, y, w, b: walk(x, y, w, b) if w.grad is None else (w.grad, b.grad)
            ),
            "zero_ on a gradient that is still None, as in the first call. Which reset works there?": (
                lambda x, y, w, b: [parameter.grad.zero_() for parameter in (w, b)]
            ),
            "zeros. Does zero_ wipe out what you return? Reset before backward": (
                lambda *args: [gradient.zero_() for gradient in walk(*args)]
            ),
            "a loss without a graph: make it from w and b themselves, not detached and not under no_grad": (
                lambda x, y, w, b: walk(x, y, w.detach(), b.detach())
            ),
            "the gradient of the predictions: square the errors first": (
                lambda x, y, w, b: torch.autograd.grad((w * x + b).mean(), [w, b])
            ),
            **BOTH_ROADS,
        },
        calls,
        pair,
        names=NAMES,
    )


@exercise
def gradient_by_formula():
    """Notebook 02: the gradient of the line's mean squared error: 2 / N times the sums of e x and e."""
    right = line_gradient
    return Exercise(
        right,
        {
            "half of it: the rate of a square has a factor of 2": lambda *args: right(*args) / 2,
            "plain sums: the factor 2 and the division by N are missing": lambda *args: right(*args) / 2 * len(args[0]),
            "a division by 100: divide by the number of these points": lambda *args: right(*args) * len(args[0]) / 100,
            "the same for both: what does w multiply in w * x + b?": lambda *args: right(*args)[[1, 1]],
            "the same for both: what does b multiply in w * x + b?": lambda *args: right(*args)[[0, 0]],
            "the error times w itself: w multiplies x": lambda x, y, w, b: by_formula(w, w * x + b - y),
            "the mean error times the mean x: multiply point by point, then take the mean": (
                lambda x, y, w, b: by_formula(x.mean(), w * x + b - y)
            ),
            "the error squared: the rate of a square is 2 e": lambda x, y, w, b: by_formula(x, (w * x + b - y) ** 2),
            "y - w * x + b, which adds b: the error is w * x + b - y": lambda x, y, w, b: by_formula(x, y - w * x + b),
            "a prediction without b: y_hat is w * x + b": lambda x, y, w, b: right(x, y, w, 0),
            "y_hat in the place of the error: subtract y": lambda x, y, w, b: right(x, 0, w, b),
            **BOTH_ROADS,
        },
        lambda: [(*points(seed=2), 0.6, 0.2), (*points(seed=3, size=5), -0.4, 1.1)],
        pair,
        names=NAMES,
    )

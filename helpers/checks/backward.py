"""The checks of notebook 02. Each computes the truth from numbers of its own, never from the learner's variables."""

import torch

from helpers.data import make_layer, make_line
from helpers.judge import RIGHT, Verdict, as_numbers, exercise, judge, result_of

INSTEAD = {
    "no attribute 'zero_'": "Not yet: at the first call .grad is None, and None has no zero_. Which reset works there?",
    "nothing back": (
        "Not yet: None comes back. Is there a return, with the two gradients after it? backward itself returns "
        "nothing, and a loss keeps no gradient: look in w.grad and b.grad."
    ),
    "does not require grad": (
        "Not yet: there is nothing to walk back through. Is the loss made of w and b as they are, not detached?"
    ),
    "your function changes w": "Not yet: your function moves w. It should only ask: no step here.",
    "your function changes b": "Not yet: your function moves b. It should only ask: no step here.",
}
"""What to say instead of the verdicts in which these words stand."""
NAMES = ("the gradient of w", "the gradient of b")


def _layer():
    """The seeded 3-to-2 layer of the notebook, without its graph: x, the error of each output, and the bias."""
    x, y, linear = make_layer()
    return x, (linear(x) - y).detach(), linear.bias.detach()


def _points(seed=2):
    """A few points with large noise, so that some lie above a line and some below."""
    return map(torch.as_tensor, make_line(w=-0.7, b=0.9, size=8, noise=0.4, seed=seed))


def _line_gradient(x, y, w, b):
    """The gradient of the line's mean squared error, by the formula."""
    return _by_formula(x, (w * x + b - y).detach())


def _by_formula(x, error):
    return torch.stack([2 * (error * x).mean(), 2 * error.mean()])


def _pair(result):
    """What should be the pair (gradient of w, gradient of b), ready to be judged."""
    parts = result if isinstance(result, tuple | list) else []
    if any(part is not None and as_numbers(part).ndim for part in parts):
        raise Verdict("Not yet: w and b have one gradient each, over all points. Take the mean over the points.")
    return as_numbers(result)


@exercise("02")
def announced_change(answer):
    """Notebook 02: what the gradient announces for the loss when weight[0, 2] of the seeded layer falls by 0.05."""
    x, error, _ = _layer()
    gradient, loss = 2 / 20 * error.T @ x, (error**2).mean()
    slope, nudge = gradient[0, 2], -0.05
    change = slope * nudge
    real = change + nudge**2 * (x[:, 2] ** 2).mean() / 2
    others = gradient.flatten()  # that of the question itself is met above
    return judge(
        answer,
        change,
        (-change, "the change for a weight that grows: this one falls, so the nudge has a minus of its own"),
        (slope, "the gradient itself, the change for a whole unit: multiply it by the nudge"),
        (-slope, "the gradient without its sign and without the nudge: keep the one, multiply by the other"),
        (slope / nudge, "the gradient divided by the nudge: a rate is multiplied by it"),
        (0.02, "the right number, rounded too far: keep three places after the point"),
        (gradient[1, 0] * 0.02, "the worked one: the other entry and the other nudge are yours"),
        (nudge, "the nudge: multiply it by the rate"),
        (loss, "a whole loss: the question is by how much it changes"),
        (real, "what the loss really does, its bend included: the question is what the gradient announces"),
        *((entry * nudge, "the right product with another entry: row 0, column 2, counted from 0") for entry in others),
        *((-entry * nudge, "a product with another entry: row 0, column 2, counted from 0") for entry in others),
        close={"rtol": 0.02, "atol": 0},
    )


@exercise("02")
def two_sided_slope(function):
    """Notebook 02: (loss_at(w + h) - loss_at(w - h)) / (2 h), for a loss that is no parabola, at two places."""

    def loss_at(w):
        return w**3 + 2 * w**2 + 5

    def at_both(quotient):
        return [quotient(w, h) for w, h in ((1.5, 0.25), (-1.0, 0.4))]

    def found(w, h):
        number = as_numbers(result_of(function, loss_at, w, h))
        if number.ndim:
            raise Verdict("Not yet: your function should give back one number.")
        return number

    def difference(w, h):
        return loss_at(w + h) - loss_at(w - h)

    one, other = answers = at_both(found)
    return judge(
        answers,
        at_both(lambda w, h: difference(w, h) / (2 * h)),
        (
            at_both(lambda w, h: (loss_at(w + h) - loss_at(w)) / h),
            "the nudge up only: the bend is still in it. Take the second loss at the place below w",
        ),
        (at_both(lambda w, h: (loss_at(w) - loss_at(w - h)) / h), "the nudge down only: the bend is still in it"),
        (at_both(lambda w, h: difference(w, h) / h), "twice the slope: how far are the two nudges apart?"),
        (at_both(lambda w, h: difference(w, h) / 2 * h), "/ 2 * h, which multiplies by h: put 2 * h into brackets"),
        (
            at_both(lambda w, h: difference(w, h) / 2),
            "half the change: divide by h as well, for a rate is a change per unit",
        ),
        (at_both(difference), "the change of the loss: divide it by the distance of the two nudges"),
        (at_both(lambda w, h: -difference(w, h) / (2 * h)), "the wrong sign: the loss above w comes first"),
        (
            at_both(lambda w, h: (loss_at(w + h) + loss_at(w - h)) / (2 * h)),
            "the sum of the two losses: what counts is their difference",
        ),
        (
            at_both(lambda w, h: loss_at(w + h) - loss_at(w - h) / (2 * h)),
            "a division of the second loss only: put the difference into brackets",
        ),
        (
            at_both(lambda w, h: loss_at(w + h) - loss_at(w - h) / 2 * h),
            "two pairs of brackets missing: one around the difference, one around 2 * h",
        ),
        (
            at_both(lambda w, h: (loss_at(w + 2 * h) - loss_at(w)) / (2 * h)),
            "both nudges upwards, one of 2 h and one of 0: one goes up by h, and one down",
        ),
        (
            at_both(lambda w, h: difference(w, h / 2) / h),
            "a central difference with half the nudge: go up by h and down by h",
        ),
        (
            at_both(lambda w, h: (loss_at(h) - loss_at(-h)) / (2 * h)),
            "nudges around 0: they should start from the place w",
        ),
        (
            at_both(lambda w, h: 3 * w**2 + 4 * w),
            "the exact slope: right, but the question is for the quotient with this h",
        ),
        (
            answers[:1] * 2,
            "one number for every place, or another loss: use the loss_at and the w that your function is given",
        ),
        names=(f"w = 1.5 with h = 0.25 (yours is {one:.4f})", f"w = -1 with h = 0.4 (yours is {other:.4f})"),
    )


@exercise("02")
def bias_gradient(answer):
    """Notebook 02: the gradient of the mean squared error with respect to the bias of the seeded 3-to-2 layer."""
    x, error, bias = _layer()
    truth = 2 / 20 * error.sum(dim=0)
    return judge(
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
        (error.mean(), "the mean of all errors: each output has a bias of its own, so keep the two apart, with dim=0"),
        (2 / 20 * error.T @ x, "the gradient of the weight: that one multiplies x, and the bias multiplies 1"),
        (bias, "the bias itself: the question is for its gradient"),
        close={"rtol": 1e-3, "atol": 5e-4},
    )


@exercise("02")
def grad_after_calls(answer):
    """Notebook 02: v.grad at v = 3 after backward of 7 v, a reset, and backward of v squared and of v / 2."""
    v = 3.0
    first, second, third = 7.0, 2 * v, 0.5
    return judge(
        answer,
        second + third,
        (first + second + third, "the sum of all three: the reset has thrown the first away"),
        (third, "the last gradient alone: backward adds to what is there, and the reset came earlier"),
        (second, "the second gradient alone: a third call comes after it"),
        (first, "the first gradient: the reset has thrown it away"),
        (first + third, "the first and the last: the reset throws away what came before it, not after"),
        (0.0, "a reset at the end: it stands before the last two calls, and they fill .grad again"),
        (v**2 + 0.5 * v, "the sum of two values: .grad collects rates, so ask how fast each loss grows with v"),
        (7 * v + v**2 + 0.5 * v, "the sum of three values: .grad collects rates, and the reset counts"),
        (v**2 + third, "9 and 0.5: 9 is the value of v squared; its rate is another number"),
        (first + v**2 + third, "two slips: the reset, and 9, which is the value of v squared and not its rate"),
        (2 + third, "2 and 0.5: the rate of v squared depends on where v is"),
        (v + third, "3 and 0.5: the rate of v squared has a factor of 2"),
        (second * third, "a product: rates multiply along one chain, and these are separate losses"),
        (second - third, "a difference: backward adds"),
        (second + 4, "the worked one: the lines with 7 v and a reset are yours"),
    )


@exercise("02")
def gradient_by_autograd(function):
    """Notebook 02: the gradient of the line's mean squared error, by autograd; then again for other points."""
    x, y = _points()
    x_line, y_line = map(torch.as_tensor, make_line(noise=0.05))
    w = torch.tensor(0.6, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
    truth = _line_gradient(x, y, w, b)
    loss, parameters = ((w * x + b - y) ** 2).mean().detach(), torch.stack([w, b]).detach()

    def found(x, y):
        untouched = (("x", x), ("y", y), ("w", w), ("b", b))
        try:
            result = result_of(function, x, y, w, b, untouched=untouched)
        except Verdict as verdict:
            told = [better for words, better in INSTEAD.items() if words in str(verdict)]
            raise Verdict(told[0] if told else str(verdict)) from verdict
        if isinstance(result, tuple | list) and any(part is None for part in result):
            raise Verdict(
                "Not yet: a gradient is None. Is backward called, and does the reset come before it? "
                "Or does the loss come from another w and b? line_loss uses those of the notebook."
            )
        return _pair(result)

    first = judge(
        found(x, y),
        truth,
        (2 * truth, "twice the gradient. Is backward called twice? Once is enough"),
        (-truth, "the wrong sign: hand back what .grad holds, uphill as it is"),
        (truth.flip(0), "the two exchanged: w first, then b"),
        (truth[0], "the gradient of w alone: b has one, too"),
        (truth[1], "the gradient of b alone: w has one, too"),
        (parameters, "w and b themselves: their gradients are in .grad"),
        (loss, "the loss itself: ask for its gradient, which backward leaves in w.grad and b.grad"),
        (truth * len(x), "the gradient of the sum of squares: the loss is their mean"),
        (torch.zeros(2), "zeros: does zero_ wipe out what you hand back? The reset belongs before backward"),
        (torch.stack([x.mean(), x.new_ones(())]), "the gradient of the predictions: square the errors first"),
        (_line_gradient(x_line, y_line, w, b), "x_line and y_line: use the x and y that your function is given"),
        names=NAMES,
    )
    if first != RIGHT:
        return first
    x, y = _points(seed=3)
    other = _line_gradient(x, y, w, b)
    return judge(
        found(x, y),
        other,
        (truth + other, "an old gradient left in .grad: the first call was right, and the second added its own to it"),
        (other + truth * torch.tensor([0, 1]), "an old gradient of b: the reset has cleared that of w only"),
        (other + truth * torch.tensor([1, 0]), "an old gradient of w: the reset has cleared that of b only"),
        (truth, "the answer of the first call: the second has other points, so reset and walk each time"),
        names=NAMES,
    )


@exercise("02")
def gradient_by_formula(function):
    """Notebook 02: the gradient of the line's mean squared error: 2 / N times the sums of e x and e."""
    x, y = _points()
    w, b = 0.6, 0.2
    error = w * x + b - y

    truth, size = _by_formula(x, error), len(x)
    x_line, y_line = map(torch.as_tensor, make_line(noise=0.05))
    times_w, times_b = 2 * (error * w).mean(), 2 * (error * b).mean()
    return judge(
        _pair(result_of(function, x, y, w, b, untouched=(("x", x), ("y", y)))),
        truth,
        (truth / 2, "half of it: the rate of a square brings a factor of 2"),
        ([truth[0], truth[1] / 2], "half of it for b: the factor 2 belongs to both"),
        ([truth[0] / 2, truth[1]], "half of it for w: the factor 2 belongs to both"),
        (truth * size, "the sum over the points: the loss is a mean, so divide by their number"),
        (truth * size / 2, "plain sums: the factor 2 and the division by N are missing"),
        (truth * size / 100, "a division by 100: these are other points, so divide by their own number"),
        (-truth, "the wrong sign: the error is y_hat - y, the prediction first"),
        (truth.flip(0), "the two exchanged: w first, then b"),
        ([truth[1], truth[1]], "the same for both: what does w multiply in w * x + b?"),
        ([truth[0], truth[0]], "the same for both: what does b multiply in w * x + b?"),
        (truth[0], "the gradient of w alone: b has one, too"),
        (truth[1], "the gradient of b alone: w has one, too"),
        ([times_w, times_b], "the error times the parameter itself: w multiplies x, and b multiplies 1"),
        ([times_w, truth[1]], "the error times w itself: w multiplies x"),
        ([truth[0], times_b], "the error times b itself: b multiplies 1"),
        (
            [2 * error.mean() * x.mean(), truth[1]],
            "the mean error times the mean x: multiply point by point, and take the mean afterwards",
        ),
        (_by_formula(x, error**2), "the error squared: the rate of a square is 2 e"),
        (_by_formula(x, error.abs()), "errors without their signs: keep them"),
        (
            _by_formula(x, y - w * x + b),
            "y - w * x + b, where b is added and not subtracted: the error is w * x + b - y",
        ),
        (_by_formula(x, error - b), "a prediction without b: y_hat is w * x + b"),
        (_by_formula(x, y), "y in the place of the error: the error is y_hat - y"),
        (_by_formula(x, error + y), "y_hat in the place of the error: subtract y"),
        ((error**2).mean(), "the loss itself: the question is for its two rates"),
        ([w, b], "w and b themselves: the question is for the rates of the loss"),
        (_line_gradient(x_line, y_line, w, b), "x_line and y_line: use the x and y that the function is given"),
        names=NAMES,
    )

"""Answers to the exercises of notebook 02."""

import numpy as np
import torch

from answers import Several
from helpers import make_line

LINE_X, LINE_Y = map(torch.as_tensor, make_line(noise=0.05))


def seeded_layer():
    """Autograd's own gradients, the loss, and the error they come from; the random numbers of the tests are left."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        x, y, linear = torch.randn(10, 3), torch.randn(10, 2), torch.nn.Linear(3, 2)
    y_hat = linear(x)
    loss = ((y_hat - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        linear.weight[0, 2] -= 0.05
        lowered = ((linear(x) - y) ** 2).mean()
    found = linear.bias.grad.numpy(), linear.weight.grad.numpy(), (y_hat - y).detach().numpy()
    return *found, linear.bias.detach().numpy(), loss.item(), (lowered - loss).item()


BIAS_GRADIENT, WEIGHT_GRADIENT, LAYER_ERROR, BIAS, LOSS, REAL_CHANGE = seeded_layer()
SLOPE = WEIGHT_GRADIENT[0, 2]


def grad_of_three_calls():
    v = torch.tensor(3.0, requires_grad=True)
    (7 * v).backward()
    v.grad = None
    (v**2).backward()
    (0.5 * v).backward()
    return v.grad.item()


def by_mean(x, y, w, b):
    """The formula for the line, from a mean."""
    error = w * x + b - y
    return 2 * (error * x).mean(), 2 * error.mean()


def times_parameter(x, y, w, b):
    """The error times the parameter, in place of what the parameter multiplies."""
    error = w * x + b - y
    return 2 * (error * w).mean(), 2 * (error * b).mean()


def by_matrix(x, y, w, b):
    """The formula for the line, as the layer's matrix product with a column of ones, in NumPy."""
    columns = np.stack([np.asarray(x), np.ones(len(x))], axis=1)
    return 2 / len(x) * columns.T @ (columns @ np.array([w, b]) - np.asarray(y))


def by_points(x, y, w, b):
    """The formula for the line, point by point, in plain Python; it gives a list."""
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    of_w = sum(2 * (w * one + b - other) * one for one, other in points) / len(points)
    return [of_w, sum(2 * (w * one + b - other) for one, other in points) / len(points)]


def by_nudges(x, y, w, b, h=1e-5):
    """The gradient of the line by central differences: no formula at all."""

    def loss(w, b):
        return ((w * x + b - y) ** 2).mean().item()

    return (loss(w + h, b) - loss(w - h, b)) / (2 * h), (loss(w, b + h) - loss(w, b - h)) / (2 * h)


def by_own_leaves(x, y, w, b):
    """Autograd, with leaves of its own."""
    leaves = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    ((leaves[0] * x + leaves[1] - y) ** 2).mean().backward()
    return leaves.grad


def of_other_shapes(of_w, of_b):
    return of_w.reshape(1, 1), of_b.reshape(1)


def line_loss(x, y, w, b):
    return ((w * x + b - y) ** 2).mean()


def reset_first(x, y, w, b):
    w.grad = b.grad = None
    line_loss(x, y, w, b).backward()
    return w.grad, b.grad


def reset_afterwards(x, y, w, b):
    torch.nn.functional.mse_loss(w * x + b, y).backward()
    gradients = torch.stack([w.grad, b.grad])
    w.grad = b.grad = None
    return gradients


def reset_to_zero(x, y, w, b):
    torch.optim.SGD([w, b], lr=0.1).zero_grad(set_to_none=False)
    line_loss(x, y, w, b).backward(retain_graph=True)
    return [w.grad.item(), b.grad.item()]


def without_grad(x, y, w, b):
    return torch.autograd.grad(line_loss(x, y, w, b), [w, b], create_graph=True)


def no_reset(x, y, w, b):
    line_loss(x, y, w, b).backward()
    return w.grad, b.grad


def walked_twice(x, y, w, b):
    w.grad = b.grad = None
    line_loss(x, y, w, b).backward()
    line_loss(x, y, w, b).backward()
    return w.grad, b.grad


def walked_once(x, y, w, b):
    if w.grad is None:
        line_loss(x, y, w, b).backward()
    return w.grad, b.grad


def zero_at_once(x, y, w, b):
    w.grad.zero_(), b.grad.zero_()
    return no_reset(x, y, w, b)


def half_a_reset(x, y, one, other, swapped=False):
    one.grad = None
    return no_reset(x, y, *((other, one) if swapped else (one, other)))


def wiped(x, y, w, b):
    line_loss(x, y, w, b).backward()
    found = w.grad, b.grad
    w.grad.zero_(), b.grad.zero_()
    return found


def reset_too_late(x, y, w, b):
    line_loss(x, y, w, b).backward()
    w.grad = b.grad = None
    return w.grad, b.grad


def a_step_too_many(x, y, w, b):
    gradients = reset_first(x, y, w, b)
    with torch.no_grad():
        w -= 0.1 * w.grad
    return gradients


def detached(x, y, w, b):
    line_loss(x, y, w.detach(), b.detach()).backward()
    return w.grad, b.grad


def of_sum(x, y, w, b):
    return torch.autograd.grad(((w * x + b - y) ** 2).sum(), [w, b])


def of_predictions(x, y, w, b):
    return torch.autograd.grad((w * x + b).mean(), [w, b])


def up_only(loss_at, w, h):
    return (loss_at(w + h) - loss_at(w)) / h


def both(loss_at, w, h):
    up, down = loss_at(w + h), loss_at(w - h)
    return (up - down) / (2 * h)


TRUTHS = {
    "announced_change": np.array(-0.05 * SLOPE),
    "bias_gradient": BIAS_GRADIENT,
    "grad_after_calls": np.array(grad_of_three_calls()),
}
RIGHT = {
    "bias_gradient": [BIAS_GRADIENT.round(3)],
    "two_sided_slope": [
        both,
        lambda loss_at, w, h: loss_at(w + h) / (2 * h) - loss_at(w - h) / h / 2,
        lambda loss_at, w, h: (up_only(loss_at, w, h) + up_only(loss_at, w, -h)) / 2,
        lambda loss_at, w, h: np.float32(both(loss_at, w, h)),
        lambda loss_at, w, h: both(loss_at, torch.tensor([w], requires_grad=True), torch.tensor(h)),
        lambda loss_at, w, h: np.diff([loss_at(w - h), loss_at(w + h)]) / (2 * h),
    ],
    "gradient_by_autograd": [
        reset_first,
        reset_afterwards,
        reset_to_zero,
        without_grad,
        lambda x, y, w, b: by_mean(x, y, w, b),
        lambda x, y, w, b: by_nudges(x, y, w.detach(), b.detach()),
        lambda *given: of_other_shapes(*reset_first(*given)),
    ],
    "gradient_by_formula": [
        by_mean,
        by_matrix,
        by_points,
        by_nudges,
        by_own_leaves,
        lambda *given: of_other_shapes(*by_mean(*given)),
    ],
}
WRONG = {
    "announced_change": {
        "a weight that grows": 0.05 * SLOPE,
        "the gradient itself": SLOPE,
        "the gradient without its sign": -SLOPE,
        "divided by the nudge": SLOPE / -0.05,
        "like the nudge: multiply": -0.05,
        "rounded too far": 0.02,
        "the worked one": 0.011,
        "a whole loss": Several((LOSS - 0.05 * SLOPE, LOSS + 0.05 * SLOPE)),
        "its bend included": REAL_CHANGE,
        "the right product with another entry": WEIGHT_GRADIENT[1, 0] * -0.05,
        "like a product with another entry": WEIGHT_GRADIENT[1, 2] * 0.05,
        "0.0147 is not the right number": 0.0147,
        "should be one number": WEIGHT_GRADIENT * -0.05,
    },
    "two_sided_slope": {
        "nudge up only": up_only,
        "nudge down only": lambda loss_at, w, h: up_only(loss_at, w, -h),
        "twice the slope": lambda loss_at, w, h: 2 * both(loss_at, w, h),
        "which multiplies by h": lambda loss_at, w, h: (loss_at(w + h) - loss_at(w - h)) / 2 * h,
        "half the change": lambda loss_at, w, h: (loss_at(w + h) - loss_at(w - h)) / 2,
        "like the change of the loss": lambda loss_at, w, h: loss_at(w + h) - loss_at(w - h),
        "wrong sign": lambda loss_at, w, h: both(loss_at, w, -h) * -1,
        "the sum of the two losses": lambda loss_at, w, h: (loss_at(w + h) + loss_at(w - h)) / (2 * h),
        "division of the second loss only": lambda loss_at, w, h: loss_at(w + h) - loss_at(w - h) / (2 * h),
        "two pairs of brackets": lambda loss_at, w, h: loss_at(w + h) - loss_at(w - h) / 2 * h,
        "both nudges upwards": lambda loss_at, w, h: both(loss_at, w + h, h),
        "nudges around 0": lambda loss_at, w, h: both(loss_at, 0, h),
        "the exact slope": lambda loss_at, w, h: both(loss_at, w, 1e-6),
        "half the nudge": lambda loss_at, w, h: both(loss_at, w, h / 2),
        "(yours is 12.8750) and w = -1 with h = 0.4 (yours is 6.0000).": lambda loss_at, w, h: loss_at(w),
        "look at w = -1 with h = 0.4 (yours is 7.1600).": lambda loss_at, w, h: both(loss_at, abs(w), h),
        "one number for every place": lambda loss_at, w, h: both(lambda at: (at - 1) ** 2, 0, h),
        "should give back one number": lambda loss_at, w, h: (loss_at(w + h), loss_at(w - h)),
        "gives nothing back": lambda loss_at, w, h: None,
        "stops with TypeError": lambda loss_at: both(loss_at, 1.5, 0.25),
        "without brackets": both(lambda w: w, 1.5, 0.25),
    },
    "bias_gradient": {
        "wrong sign": -BIAS_GRADIENT,
        "half of it": BIAS_GRADIENT / 2,
        "twice of it": LAYER_ERROR.sum(axis=0) * 2 / 10,
        "plain sum of the errors": LAYER_ERROR.sum(axis=0),
        "the sum:": LAYER_ERROR.sum(axis=0) * 2,
        "entries exchanged": BIAS_GRADIENT[::-1],
        "one number for both": BIAS_GRADIENT.sum(),
        "not summed yet": LAYER_ERROR * 2 / 20,
        "over the outputs": LAYER_ERROR.sum(axis=1) * 2 / 20,
        "the mean of all errors": LAYER_ERROR.mean(),
        "the gradient of the weight": WEIGHT_GRADIENT,
        "the bias itself": BIAS,
        "look at the entries [0], [1].": BIAS_GRADIENT + 1,
    },
    "grad_after_calls": {
        "the sum of all three": 13.5,
        "the last gradient alone": 0.5,
        "the second gradient alone": 6,
        "like the first gradient": 7,
        "the first and the last": 7.5,
        "a reset at the end": 0,
        "the sum of two values": 10.5,
        "the sum of three values": 31.5,
        "9 and 0.5": 9.5,
        "two slips": 16.5,
        "2 and 0.5": 2.5,
        "3 and 0.5": 3.5,
        "like a product": 3,
        "like a difference": 5.5,
        "the worked one": 10,
        "8 is not the right number": 8,
        "wrong sign": -6.5,
        "should be one number": [6, 6.5],
    },
    "gradient_by_autograd": {
        "an old gradient left in .grad": no_reset,
        "twice the gradient": Several((walked_twice, lambda *given: [2 * part for part in by_mean(*given)])),
        "the answer of the first call": walked_once,
        "x_line and y_line": lambda x, y, w, b: reset_first(LINE_X, LINE_Y, w, b),
        "does zero_ wipe out": wiped,
        "a gradient is None": Several((reset_too_late, lambda *given: (reset_first(*given)[0], None))),
        "your function moves w": a_step_too_many,
        "your function moves b": lambda x, y, w, b: (w.detach(), b.detach().sub_(0.1)),
        "your function changes y": lambda x, y, w, b: by_mean(x, y.sub_(b.detach()), w, 0),
        "nothing to walk back through": detached,
        "None has no zero_": zero_at_once,
        "that of w only": half_a_reset,
        "that of b only": lambda x, y, w, b: half_a_reset(x, y, b, w, swapped=True),
        "wrong sign": lambda x, y, w, b: [-part for part in by_mean(x, y, w, b)],
        "the two exchanged": lambda x, y, w, b: reset_first(x, y, w, b)[::-1],
        "gradient of w alone": lambda x, y, w, b: reset_first(x, y, w, b)[0],
        "gradient of b alone": lambda x, y, w, b: reset_first(x, y, w, b)[1],
        "w and b themselves": lambda x, y, w, b: (w, b),
        "the loss itself": line_loss,
        "the sum of squares": of_sum,
        "square the errors first": of_predictions,
        "None comes back": lambda x, y, w, b: line_loss(x, y, w, b).backward(),
        "round brackets missing": lambda x, y, w, b: ((w * x + b - y) ** 2).mean * 2,
        "is the function item itself": lambda x, y, w, b: (w.item, b.item),
        "^ isn't a power": lambda x, y, w, b: ((w * x + b - y) ^ 2).mean().backward(),
        "implicitly created only for scalar outputs": lambda x, y, w, b: (w * x + b - y).backward(),
        "look at the gradient of b.": lambda x, y, w, b: (reset_first(x, y, w, b)[0], 0.0),
    },
    "gradient_by_formula": {
        "half of it: the rate": lambda *given: [part / 2 for part in by_mean(*given)],
        "half of it for w": lambda *given: (by_mean(*given)[0] / 2, by_mean(*given)[1]),
        "half of it for b": lambda *given: (by_mean(*given)[0], by_mean(*given)[1] / 2),
        "the error is w * x + b - y": lambda x, y, w, b: by_mean(x, -y, -w, b),
        "the sum over the points": lambda *given: [part * 8 for part in by_mean(*given)],
        "plain sums": lambda *given: [part * 4 for part in by_mean(*given)],
        "wrong sign": lambda *given: [-part for part in by_mean(*given)],
        "the two exchanged": lambda *given: by_mean(*given)[::-1],
        "what does w multiply": lambda *given: (by_mean(*given)[1], by_mean(*given)[1]),
        "what does b multiply": lambda *given: (by_mean(*given)[0], by_mean(*given)[0]),
        "gradient of w alone": lambda *given: by_mean(*given)[0],
        "gradient of b alone": lambda *given: by_mean(*given)[1],
        "mean error times the mean x": lambda x, *given: (by_mean(x, *given)[1] * x.mean(), by_mean(x, *given)[1]),
        "the error squared": lambda x, y, w, b: (
            2 * ((w * x + b - y) ** 2 * x).mean(),
            2 * ((w * x + b - y) ** 2).mean(),
        ),
        "errors without their signs": lambda x, y, w, b: (
            2 * ((w * x + b - y).abs() * x).mean(),
            2 * (w * x + b - y).abs().mean(),
        ),
        "a prediction without b": lambda x, y, w, b: by_mean(x, y, w, 0),
        "y in the place of the error": lambda x, y, w, b: by_mean(x, -y, 0, 0),
        "division by 100": lambda *given: [part * 8 / 100 for part in by_mean(*given)],
        "y_hat in the place": lambda x, y, w, b: by_mean(x, 0 * y, w, b),
        "the loss itself": line_loss,
        "w and b themselves": lambda x, y, w, b: (w, b),
        "x_line and y_line": lambda x, y, w, b: by_mean(LINE_X, LINE_Y, w, b),
        "Take the mean over the points": lambda x, y, w, b: (2 * (w * x + b - y) * x, 2 * (w * x + b - y)),
        "the parameter itself": lambda *given: times_parameter(*given),
        "the error times w itself": lambda *given: (times_parameter(*given)[0], by_mean(*given)[1]),
        "the error times b itself": lambda *given: (by_mean(*given)[0], times_parameter(*given)[1]),
        "look at the gradient of w.": lambda *given: (0.0, by_mean(*given)[1]),
        "look at the gradient of w and the gradient of b.": lambda *given: (1.0, 2.0),
        "your function changes x": lambda x, *given: by_mean(x.mul_(2), *given),
        "^ isn't a power": Several((lambda x, y, w, b: (w * x + b - y) ^ 2, lambda x, y, w, b: (w**2) ^ 2)),
    },
}

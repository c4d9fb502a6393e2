"""The exercises of notebook 02."""

import torch

from helpers.data import make_line
from helpers.descent import best_line
from helpers.judge import Exercise, as_numbers, error, exercise


def points(**data):
    """The notebook's points, or others, as tensors."""
    return tuple(map(torch.as_tensor, make_line(**{"noise": 0.05} | data)))


def calls():
    """Two lines, each with a few points and large noise, so that some points lie above it and some below."""
    scattered = {"w": -0.7, "b": 0.9, "noise": 0.4}
    return [
        (*points(size=8, seed=2, **scattered), 0.6, 0.2),
        (*points(size=5, seed=3, **scattered), -0.4, 1.1),
    ]


def by_sentence(factor, error):
    """The gradients of w, which multiplies the factor, and of b."""
    return torch.stack([2 * (error * factor).mean(), 2 * error.mean()])


def mistakes_of_two(right):
    """Mistakes with the pair of numbers that the right function makes of points and a line."""
    return {
        "the two exchanged: w first, then b": lambda *args: right(*args).flip(0),
        "one number alone: there is one for w and one for b": (
            lambda *args: right(*args)[0],
            lambda *args: right(*args)[1],
        ),
        "w and b themselves: return what the loss does with them": lambda x, y, w, b: (w, b),
        "half of it: the rate of a square has a factor of 2": lambda *args: right(*args) / 2,
        "the sum over the points: the loss is a mean, so divide by their number": (
            lambda x, *others: len(x) * right(x, *others)
        ),
        "a division by 100: divide by the number of these points": lambda x, *others: len(x) * right(x, *others) / 100,
        "the answer for x_line and y_line: use the x and y that your function gets": (
            lambda x, y, w, b: right(*points(), w, b)
        ),
    }


def two(result, *args):
    """What comes back, if it can be a number for w and another for b; raises the verdict if it can't."""
    parts = result if isinstance(result, tuple | list) else []
    if any(part is None for part in parts):
        raise error("a gradient is None. Is backward called? Is the loss made of this w and this b?")
    if any(as_numbers(part).ndim for part in parts):
        raise error("w and b have one number each, over all points. Take the mean over the points")
    return result


@exercise
def nudge_for_a_fall():
    """Notebook 02: the nudge for a weight with the gradient -0.3047 after which the loss should be lower by 0.006."""
    change, gradient, weight = -0.006, -0.3047, 0.1081  # the weight as notebook 01 prints it
    nudge = change / gradient
    return Exercise(
        nudge,
        {
            "a nudge the wrong way: the gradient is negative, so the loss falls when the weight grows": -nudge,
            "the product of the two: change = gradient times nudge, so which one do you divide by?": (
                change * gradient,
                -change * gradient,
            ),
            "the fraction upside down: the change stands above the line": (1 / nudge, -1 / nudge),
            "the change of the loss itself: how large a nudge causes it?": (change, -change),
            "the gradient itself: it's the change for a nudge of 1": (gradient, -gradient),
            "the change for a nudge of 0.01: here the change is known, and the nudge isn't": (
                0.01 * gradient,
                -0.01 * gradient,
            ),
            "the gradient of weight[0, 0]: you may move weight[0, 2]": (change / -0.0679, change / 0.0679),
            "the weight after the nudge: the question is for the nudge": weight + nudge,
            "a fall of 0.06: look at the zeros": 10 * nudge,
        },
    )


@exercise
def curve_gradient():
    """Notebook 02: the gradient of the mean squared error of w x**2 + b, for eight points and for five."""

    def error_of(x, y, w, b):
        return w * x**2 + b - y

    def right(x, y, w, b):
        return by_sentence(x**2, error_of(x, y, w, b))

    mistakes = {
        "the gradient of a line: here the model has x squared, twice": (
            lambda x, y, w, b: by_sentence(x, w * x + b - y)
        ),
        "the error times x: what does w multiply in this model?": lambda x, *others: by_sentence(
            x, error_of(x, *others)
        ),
        "the error of a line: here y_hat is w * x**2 + b": lambda x, y, w, b: by_sentence(x**2, w * x + b - y),
        "the error times 2 x: x doesn't change here, so its square stays as it is": (
            lambda x, *others: by_sentence(2 * x, error_of(x, *others))
        ),
        "the rate for x, which is 2 w x: learning changes w": (
            lambda x, y, w, b: by_sentence(2 * w * x, error_of(x, y, w, b))
        ),
        "a square of w * x: only x is squared": lambda x, y, w, b: by_sentence(x**2, (w * x) ** 2 + b - y),
        "the error times w: w multiplies x squared": lambda x, y, w, b: by_sentence(w, error_of(x, y, w, b)),
        "the same for both: what does w multiply?": lambda *args: right(*args)[[1, 1]],
        "the same for both: b multiplies 1": lambda *args: right(*args)[[0, 0]],
        "the mean error times the mean of x squared: multiply point by point, then take the mean": (
            lambda x, *others: by_sentence((x**2).mean(), error_of(x, *others))
        ),
        "the error squared: the rate of a square has the error itself": (
            lambda x, *others: by_sentence(x**2, error_of(x, *others) ** 2)
        ),
        "truth minus prediction: the error is the other way round": lambda *args: -right(*args),
        "y - w * x**2 + b, which adds b: the error is prediction minus truth": (
            lambda x, y, w, b: by_sentence(x**2, y - w * x**2 + b)
        ),
        "a prediction without b: y_hat is w * x**2 + b": lambda x, y, w, b: right(x, y, w, 0),
        "y_hat in the place of the error: subtract y": lambda x, y, w, b: right(x, 0, w, b),
        "the loss itself: return its two gradients": lambda *args: (error_of(*args) ** 2).mean(),
    }
    names = ("the gradient of w", "the gradient of b")
    return Exercise(right, mistakes | mistakes_of_two(right), calls, two, names=names)


@exercise
def downhill_arrow():
    """Notebook 02: minus the gradient of the line's mean squared error, as two plain numbers."""

    def loss_of(x, y, w, b):
        return ((w * x + b - y) ** 2).mean()

    def arrow(x, y, w, b):
        return -by_sentence(x, w * x + b - y)

    def right(x, y, w, b):
        return arrow(x, y, w, b).tolist()

    def plain(result, *args):
        """The two numbers; raises the verdict where they are right, but tensors."""
        numbers = as_numbers(two(result))
        tensors = [part for part in (result, *result) if isinstance(part, torch.Tensor)] if numbers.ndim else []
        if tensors and torch.allclose(numbers, arrow(*args), rtol=1e-3):
            raise error("the arrow is right, but made of tensors. Which call makes a plain number of a tensor?")
        return numbers

    def arrow_without_reset():
        """The function with two tensors outside of it, which keep their gradients from call to call."""
        parameters = torch.zeros(2, dtype=torch.float64, requires_grad=True)

        def from_parameters(x, y, w, b):
            parameters.data[:] = torch.tensor([w, b])
            loss_of(x, y, *parameters).backward()
            return (-parameters.grad).tolist()

        return from_parameters

    def for_mean_error(x, y, w, b):
        return torch.stack([-x.mean(), -torch.ones(())])

    mistakes = {
        "the arrow uphill, which is the gradient: turn it round": lambda *args: -arrow(*args),
        "an arrow with one number turned round and the other not": (
            lambda *args: arrow(*args) * torch.tensor([1, -1]),
            lambda *args: arrow(*args) * torch.tensor([-1, 1]),
        ),
        "gradients that add up from call to call: make new tensors inside the function": arrow_without_reset(),
        "the arrow times a learning rate: return it in its full length": (
            lambda *args: 0.1 * arrow(*args),
            lambda *args: 0.01 * arrow(*args),
        ),
        "an arrow of length 1: its length should say how steep it is": lambda *args: arrow(*args) / arrow(*args).norm(),
        "the place where the arrow ends: return the arrow, which begins at (w, b)": (
            lambda x, y, w, b: arrow(x, y, w, b) + torch.tensor([w, b])
        ),
        "an arrow to the lowest point: backward knows the slope at (w, b), and nothing else": (
            lambda x, y, w, b: torch.tensor(best_line(x, y)) - torch.tensor([w, b])
        ),
        "the arrow for the mean error: square the errors first": for_mean_error,
        "a loss without a record: make tensors that require a gradient, and compute the loss from them": (
            lambda *args: loss_of(*args).backward()
        ),
        "a .grad that is still None. Is backward called, with its brackets? Is it the .grad of a tensor that you made "
        "yourself, and not of a result?": (
            lambda x, y, w, b: -torch.tensor(w, requires_grad=True).grad,
            lambda x, y, w, b: torch.tensor(w, requires_grad=True).grad.item(),
        ),
        "the loss itself: return the arrow, one number along w and one along b": loss_of,
    }
    names = ("how far along w", "how far along b")
    return Exercise(right, mistakes | mistakes_of_two(arrow), calls, plain, names=names)

"""The checks of notebook 04. Each computes the truth from numbers of its own, never from the learner's variables."""

import math
import warnings

import torch

from helpers import descent
from helpers.data import make_line
from helpers.judge import RIGHT, Verdict, as_numbers, exercise, judge, looks_like, result_of

RECORDED = "a change that autograd was asked to record, which it refuses for a leaf: which block stops the recording?"
DIVERGED = (
    "a run that ends with a larger loss than it began with. Does each step subtract the gradient, and does every "
    "round end with the reset? If so, take a smaller learning rate"
)


@exercise("04")
def update_in_place(function):
    """Notebook 04: w -= learning_rate * w.grad, and the same for b, under no_grad."""
    for start, slopes, rate in (((1.5, -0.4), (2.0, -3.0), 0.03), ((-0.7, 0.9), (-1.2, 0.6), 0.5)):
        w, b = _leaves(*start)
        w.grad, b.grad = (torch.tensor([slope], dtype=w.dtype) for slope in slopes)
        old, gradient = torch.tensor(start), torch.tensor(slopes)
        result = _called(function, w, b, rate)
        found = _pair(result)
        verdict = judge(
            torch.stack(found),
            old - rate * gradient,
            (old, "the parameters as they were: nothing has moved"),
            (old + rate * gradient, "a step uphill: the gradient points uphill, so subtract it"),
            (old - gradient, "the step without the learning rate"),
            (old - 0.1 * gradient, "a learning rate of 0.1: take the one that the function is given"),
            (old - rate * gradient.flip(0), "each parameter moved by the gradient of the other"),
            ((old - rate * gradient).flip(0), "w and b exchanged: w comes first"),
            (old - rate * gradient * torch.tensor([1, 0]), "b forgotten: it takes its step, too"),
            (old - rate * gradient * torch.tensor([0, 1]), "w forgotten: it takes its step, too"),
            (-rate * gradient, "the step alone: add it to the parameters"),
            (rate * gradient, "the length of the step: subtract it from the parameters"),
            names="wb",
        )
        if verdict == RIGHT:
            verdict = _in_place(w, b, result, found)
        if verdict != RIGHT:
            return verdict
        if any(p.grad is None or p.grad.item() != slope for p, slope in zip((w, b), slopes, strict=True)):
            return (
                "Not yet: both move as they should, but the gradients are gone or changed. A step reads .grad and "
                "leaves it as it is; dropping it is the work of another word, reset."
            )
    return RIGHT


@exercise("04")
def loop_of_five_words(function):
    """Notebook 04: gradient descent by the formula of notebook 02, beside the loop that lacks step and reset."""
    for start, rate, steps, noise in (((-0.2, 0.6), 0.2, 12, 0.02), ((0.9, -0.3), 0.4, 5, 0.02), ((0, 0), 0.4, 150, 0)):
        x, y = map(torch.as_tensor, make_line(w=0.8, b=-0.3, size=20, noise=noise, seed=4))
        w, b = _leaves(*start)
        reached = {"w": 0, "b": 0}
        for name, parameter in {"w": w, "b": b}.items():
            parameter.register_hook(_counter(reached, name))
        try:
            result = _called(function, x, y, w, b, rate, steps, untouched=(("x", x), ("y", y)))
        except Verdict as told:
            raise Verdict(_why_it_stops(str(told), **reached)) from told
        found = _pair(result)
        walk = {"x": x, "y": y, "start": start, "rate": rate}
        verdict = judge(
            torch.stack(found),
            _by_formula(**walk, steps=steps),
            (torch.tensor(start), "the start: nothing has moved. Which word moves the parameters?"),
            (_by_formula(**walk, steps=1), "one step only: does the return stand inside the loop?"),
            (
                _by_formula(**walk, steps=steps, keeps=(1, 1)),
                "a loop that forgets the reset: each gradient is added to all that came before it. "
                "Drop both at the end of every round",
            ),
            (
                _by_formula(**{**walk, "rate": rate * steps}, steps=1),
                "one step with the gradients of all rounds added up: do step and reset stand inside the loop?",
            ),
            (_by_formula(**walk, steps=steps, keeps=(0, 1)), "a loop that resets w.grad and forgets b.grad"),
            (_by_formula(**walk, steps=steps, keeps=(1, 0)), "a loop that resets b.grad and forgets w.grad"),
            (_by_formula(**walk, steps=steps, moves=(1, 0)), "a loop that moves w and leaves b where it is"),
            (_by_formula(**walk, steps=steps, moves=(0, 1)), "a loop that moves b and leaves w where it is"),
            (_by_formula(**walk, steps=steps, moves=(-1, -1)), "a walk uphill: subtract the gradients"),
            (_by_formula(**{**walk, "rate": 1.0}, steps=steps), "steps without the learning rate"),
            (_by_formula(**{**walk, "rate": 0.1}, steps=steps), "a learning rate of 0.1: take the one that is given"),
            (_by_formula(**walk, steps=steps).flip(0), "w and b exchanged: w comes first"),
            names="wb",
        )
        if verdict == RIGHT:
            verdict = _in_place(w, b, result, found)
        if verdict.startswith("Not yet: look") and 1 < reached["w"] < steps:
            return looks_like("a loop that stops before its time: it should take as many steps as it is given")
        if verdict != RIGHT:
            return verdict
    return RIGHT


@exercise("04")
def half_rebound(answer):
    """Notebook 04: the nodes of the graph at step 60 when w is rebound, which adds one each time, and b is not."""
    return judge(
        answer,
        60 + 7,
        (2 * 60 + 7, "the graph in which both are rebound: here only w is, so what does b add?"),
        (7, "the graph in which nothing is rebound: w still is"),
        (60, "the growth alone: the first graph has nodes, too"),
        (2 * 60, "the growth of the graph in which both are rebound, and without the first graph"),
        (59 + 7, "the graph at step 59: the first graph belongs to step 0"),
        (61 + 7, "the graph at step 61: the first graph belongs to step 0"),
        (60 * 7, "7 nodes for each step: a step adds only what its rebinding records"),
        (60 * 7 + 7, "7 nodes for each step: a step adds only what its rebinding records"),
        (sum(n + 7 for n in range(60)), "all 60 graphs together: the question is for one, at step 60"),
    )


@exercise("04")
def noise_from_the_floor(answer):
    """Notebook 04: the noise n whose mean square, n**2 / 3, is a loss of 0.0192."""
    floor = 0.0192
    return judge(
        answer,
        math.sqrt(3 * floor),
        (3 * floor, "the square of the noise: take the root"),
        (
            math.sqrt(floor),
            "the root of the loss: that is how far a point lies off in the mean (root mean square). "
            "The noise is the largest distance, and there is a 3 in the formula",
        ),
        (math.sqrt(floor / 3), "the 3 on the wrong side: the loss is the square divided by 3, so multiply first"),
        (floor / 3, "a third of the loss: the formula has to be solved for the noise"),
        (floor, "the loss itself"),
        (floor**2 / 3, "the formula with the loss in the place of the noise: the loss is what comes out of it"),
        (2 * math.sqrt(3 * floor), "the whole width, from below the line to above it: noise counts to one side"),
        (-math.sqrt(3 * floor), "the other root, with the wrong sign: noise is a distance"),
        (0.05, "the noise of the lesson: these are other points"),
        close={"rtol": 0.051, "atol": 0},
    )


@exercise("04")
def own_descent(w, b):
    """Notebook 04: w and b that the learner's own loop has found for 50 points around y = -0.7 x + 0.2."""
    x, y = map(torch.as_tensor, make_line(w=-0.7, b=0.2, size=50, noise=0.2, seed=3))
    best = torch.tensor(descent.best_line(x, y), dtype=x.dtype)
    try:
        found = [as_numbers(value) for value in (w, b)]
    except Verdict as told:
        raise Verdict(looks_like(DIVERGED) if "not finite" in str(told) else str(told)) from told
    if any(value.ndim for value in found):
        raise Verdict("Not yet: w and b should be one number each.")
    found = torch.stack(found)
    verdict = judge(
        found,
        best,
        (torch.tensor([-0.7, 0.2]), "the line that make_line began with: noise has moved the best line a little"),
        (best.flip(0), "w and b exchanged"),
        (torch.tensor([0.3, 0.5]), "the line of the lesson: this exercise has other points"),
        (torch.zeros(2), "still where they started: does each step change w and b?"),
        (-best, "the right size with the wrong sign: is the error y_hat - y, and do you subtract the gradient?"),
        close={"rtol": 0, "atol": 0.02},
    )
    if not verdict.startswith("Not yet: look"):
        return verdict
    if ((found[0] * x + found[1] - y) ** 2).mean() > (y**2).mean():  # the loss at 0, where the run began
        return looks_like(DIVERGED)
    if (found - best).abs().max() < 0.25:
        return looks_like("a loop that is near and has not arrived: more steps? Does every round end with the reset?")
    return (
        "Not yet: w_found and b_found are still far away. More steps, or a larger learning rate? "
        "Does every round end with the reset?"
    )


def _leaves(w, b):
    """Two parameters of shape (1,), in float64."""
    return [torch.tensor([value], dtype=torch.float64, requires_grad=True) for value in (w, b)]


def _called(function, *given, untouched=()):
    """What the learner's function gives back; PyTorch's warning about a gradient of no leaf is left to the verdict."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return result_of(function, *given, untouched=untouched)
    except Verdict as told:
        if "in-place operation" in str(told):
            raise Verdict(looks_like(RECORDED)) from told
        raise


def _pair(result):
    """The two numbers that a function gave back."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Verdict("Not yet: your function should give back two things, w and b.")
    found = [as_numbers(value) for value in result]
    if any(value.ndim for value in found):
        raise Verdict("Not yet: w and b should be one number each.")
    return found


def _counter(counts, name):
    """A hook that counts how often backward reaches a parameter."""

    def count(gradient):
        counts[name] += 1

    return count


def _in_place(w, b, result, found):
    """The verdict on right numbers: are they in the tensors that were handed over, and do these come back?"""
    for name, parameter, value in zip("wb", (w, b), found, strict=True):
        if abs(parameter.item() - value.item()) > 1e-9:
            return looks_like(
                f"rebinding: the numbers are right, but stand in a new tensor, and the {name} that was handed over "
                "has not moved. Which way of writing the update changes the tensor itself?"
            )
        if not (parameter.is_leaf and parameter.requires_grad):
            return looks_like(f"the end of learning: {name} requires no gradient any more")
    if not (result[0] is w and result[1] is b):
        return (
            "Not yet: both move as they should. Let the return give back w and b themselves, not copies or plain "
            "numbers: a loop goes on with what comes back."
        )
    return RIGHT


def _why_it_stops(told, w, b):
    """A more telling verdict on a loop that ends in an error; w and b are how often backward has reached the two."""
    if "NoneType" in told and w == b == 0:
        return looks_like(
            "a step or a reset before any gradient has arrived. Does backward come first, from a loss that is made of "
            "w and b as they are?"
        )
    if "NoneType" in told and 0 in (w, b):
        name = "w" if w == 0 else "b"
        return looks_like(f"a loss that does not lead back to {name}: predict w * x + b, with both as they are")
    if "NoneType" in told and w == b == 1:
        if "zero_" in told:
            return looks_like("rebinding: after the step w or b is a new tensor, without a .grad that could be zeroed")
        return looks_like("a reset before the step: the gradients are gone when the step needs them")
    if "NoneType" in told:  # a tensor made under no_grad leaves its old one out of reach, a recorded one does not
        name = "w" if w < b else "b" if b < w else "w or b"
        return looks_like(f"rebinding: after the first step {name} is a new tensor, whose .grad backward does not fill")
    if "does not require grad" in told and w > 0:
        return looks_like(
            "a step after which w and b require no gradient. Is it w = w - ... under no_grad? That makes a new tensor: "
            "change w itself, with -="
        )
    if "does not require grad" in told:
        return looks_like(
            "a loss that was not recorded. Is it made of w and b as they are? Only the step belongs under no_grad"
        )
    return told


def _by_formula(x, y, start, rate, steps, keeps=(0, 0), moves=(1, 1)):
    """Where gradient descent arrives, without autograd; of each parameter: is its gradient kept, does it move?"""
    place, keeps, moves = map(x.new_tensor, (start, keeps, moves))
    slopes = 0 * place
    for _ in range(steps):
        error = place[0] * x + place[1] - y
        slopes = keeps * slopes + torch.stack([2 * (error * x).mean(), 2 * error.mean()])
        place = place - moves * rate * slopes
    return place

"""The exercises of notebook 04."""

import math

import torch

from helpers.data import make_line
from helpers.descent import best_line
from helpers.judge import Exercise, Verdict, as_numbers, error, exercise, mistake


def parameters(*values):
    """Parameters of shape (1,), in float64, that count in `reached` how often backward reaches them."""
    made = [torch.tensor([value], dtype=torch.float64, requires_grad=True) for value in values]
    for parameter in made:
        parameter.reached = 0
        parameter.register_hook(lambda gradient, p=parameter: setattr(p, "reached", p.reached + 1))
    return made


def one_each(*answers):
    """w and b as two numbers."""
    values = [as_numbers(answer) for answer in answers]
    if any(value.ndim for value in values):
        raise error("w and b should be one number each")
    return [value.item() for value in values]


def pair(result, w, b):
    """The numbers in the w and b that come back, by the names in `PAIR`."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise error("your function should give back two things, w and b")
    themselves = sum(part is parameter for part, parameter in zip(result, (w, b), strict=True))
    return [*one_each(*result), themselves, w.requires_grad + b.requires_grad]


PAIR = ("w", "b", "how many tensors come back that went in", "how many still require a gradient")


# ---- Updates, as a learner would write them: they move w and b by one step and return them ----


def recorded(w, b, learning_rate):
    w -= learning_rate * w.grad
    b -= learning_rate * b.grad
    return w, b


update = torch.no_grad()(recorded)


def rebound(w, b, learning_rate):
    return w - learning_rate * w.grad, b - learning_rate * b.grad


def moved_by(change):
    """The update that adds to each parameter what `change` makes of it and of the learning rate."""

    @torch.no_grad()
    def move(w, b, learning_rate):
        w += change(w, learning_rate)
        b += change(b, learning_rate)
        return w, b

    return move


@torch.no_grad()
def w_alone(w, b, learning_rate):
    w -= learning_rate * w.grad
    return w, b


UPDATES = {
    "parameters that haven't moved: is there a step, and does it have gradients?": moved_by(lambda p, rate: 0),
    "steps uphill: the gradient points uphill, so subtract it": moved_by(lambda p, rate: rate * p.grad),
    "steps without the learning rate": moved_by(lambda p, rate: -p.grad),
    "a learning rate of 0.1: use the one that your function gets": moved_by(lambda p, rate: -0.1 * p.grad),
    "steps of w alone: b has to move, too": w_alone,
    "a step that autograd records: it won't let you change a leaf then. Which block turns the recording off?": recorded,
}
"""The wrong ones that are wrong in a loop as well."""
REBOUND = "rebinding or a copy, which makes new tensors: change w and b themselves, as -= does, and return them"
EXCHANGED = "w and b exchanged: w comes first"


def drop(*parameters):
    for parameter in parameters:
        parameter.grad = None


def zero(*parameters):
    for parameter in parameters:
        parameter.grad.zero_()


@exercise
def update_in_place():
    """Notebook 04: w -= learning_rate * w.grad, and the same for b, under no_grad."""

    def call(start, slopes, rate):
        w, b = parameters(*start)
        w.grad, b.grad = (torch.tensor([slope], dtype=w.dtype) for slope in slopes)
        return w, b, rate

    def update_and_reset(w, b, learning_rate):
        update(w, b, learning_rate)
        drop(w, b)
        return w, b

    return Exercise(
        update,
        {
            **UPDATES,
            EXCHANGED: lambda *given: update(*given)[::-1],
            "a reset: both move as they should, but a step leaves .grad as it is": update_and_reset,
            REBOUND: rebound,
        },
        lambda: [call((1.5, -0.4), (2.0, -3.0), 0.03), call((-0.7, 0.9), (-1.2, 0.6), 0.5)],
        result=lambda result, w, b, learning_rate: pair(result, w, b),
        left=lambda w, b, learning_rate: [w.grad, b.grad],
        moves=("w", "b"),
        names=(*PAIR, "w.grad", "b.grad"),
    )


@exercise
def loop_of_five_words():
    """Notebook 04: the loop of the five words, on points without noise: no limit of the loss should stop it."""

    def call(w, b, rate, steps):
        x, y = map(torch.as_tensor, make_line(w=0.8, b=-0.3, size=20, noise=0, seed=4))
        return x, y, *parameters(w, b), rate, steps

    def arrived(result, x, y, w, b, learning_rate, steps):
        if 1 < w.reached < steps:
            raise mistake("a loop that stops too early: it should take as many steps as you ask for")
        w.reached = b.reached = steps  # a loop that comes to its end is judged by where it has arrived
        return pair(result, w, b)

    def loop(update, reset=drop):
        def walk(x, y, w, b, learning_rate, steps):
            for _ in range(steps):
                ((w * x + b - y) ** 2).mean().backward()
                w, b = update(w, b, learning_rate)
                reset(w, b)
            return w, b

        return walk

    def update_after_reset(w, b, learning_rate):
        drop(w, b)
        return update(w, b, learning_rate)

    def update_after_loop(x, y, w, b, learning_rate, steps):
        for _ in range(steps):
            ((w * x + b - y) ** 2).mean().backward()
        return update(w, b, learning_rate)

    right = loop(update)
    return Exercise(
        right,
        {sentence: loop(wrong) for sentence, wrong in UPDATES.items()}
        | {
            EXCHANGED: lambda *given: right(*given)[::-1],
            "one step only: does the return stand inside the loop?": lambda *given: right(*given[:-1], 1),
            "one step with all gradients added up: do step and reset stand inside the loop?": update_after_loop,
            "a loop without a reset: each gradient adds to all before it": loop(update, reset=lambda w, b: None),
            "a loop that resets one gradient and forgets the other: drop both each round": (
                loop(update, reset=lambda w, b: drop(w)),
                loop(update, reset=lambda w, b: drop(b)),
            ),
            "a reset before the step, which needs the gradients": loop(update_after_reset),
            "a step or a reset before any gradient: backward comes first": (
                lambda x, y, w, b, rate, steps: update(w, b, rate),
                lambda x, y, w, b, rate, steps: zero(w, b),
            ),
            "a loss that isn't recorded: only the step belongs under no_grad": torch.no_grad()(right),
            REBOUND: (
                loop(rebound),
                loop(rebound, reset=zero),
                loop(torch.no_grad()(rebound)),
                lambda *given: [parameter.clone() for parameter in right(*given)],
            ),
        },
        lambda: [call(-0.2, 0.6, 0.2, 12), call(0.9, 0.3, 0.4, 5), call(0.6, -0.3, 0.6, 60)],
        result=arrived,
        left=lambda x, y, w, b, learning_rate, steps: [w.reached, b.reached],
        moves=("w", "b"),
        names=PAIR,
    )


@exercise
def half_rebound():
    """Notebook 04: the nodes of the graph at step 60 when w is rebound, which adds one each time, and b is not."""
    return Exercise(
        60 + 7,
        {
            "the graph in which both are rebound: here only w is, so what does b add?": 2 * 60 + 7,
            "the graph in which nothing is rebound: w still is": 7,
            "the growth alone: the first graph has nodes, too": 60,
            "the graph one step off: the first graph belongs to step 0": (59 + 7, 61 + 7),
            "7 nodes for each step: a step adds only what its rebinding records": (60 * 7, 60 * 7 + 7),
            "all 60 graphs together: the question is for the one at step 60": sum(n + 7 for n in range(60)),
        },
    )


@exercise
def noise_from_the_floor():
    """Notebook 04: the noise n whose mean square, n**2 / 3, is a loss of 0.0192."""
    floor = 0.0192
    noise = math.sqrt(3 * floor)
    return Exercise(
        noise,
        {
            "the square of the noise: take the root": 3 * floor,
            "the root of the loss, which is how far points lie off on average (root mean square). The noise is the "
            "largest distance, and there is a 3 in the formula": math.sqrt(floor),
            "the 3 on the wrong side: the loss is the square divided by 3, so multiply first": math.sqrt(floor / 3),
            "the loss itself": floor,
            "the formula with the loss in place of the noise: the loss is what comes out of it": floor**2 / 3,
            "the whole width, from below the line to above it: noise counts to one side": 2 * noise,
            "the noise of the lesson: these are other points": 0.05,
        },
        close={"rtol": 0.051, "atol": 0},
    )


@exercise
def own_descent(w, b):
    """Notebook 04: w and b that the learner's own loop has found for 50 points around y = -0.7 x + 0.2."""
    diverged = mistake(
        "a run that ends with a larger loss than it began with. Does each step subtract the gradient, and does every "
        "round end with the reset? If so, use a smaller learning rate"
    )
    answers = [torch.as_tensor(answer) for answer in (w, b) if isinstance(answer, float | torch.Tensor)]
    if not all(answer.isfinite().all() for answer in answers):
        return diverged
    x, y = map(torch.as_tensor, make_line(w=-0.7, b=0.2, size=50, noise=0.2, seed=3))
    best, (w, b) = torch.tensor(best_line(x, y)), one_each(w, b)
    verdict = Exercise(
        best,
        {
            "the line that make_line began with: noise has moved the best line a little": [-0.7, 0.2],
            "the line of the lesson: this exercise has other points": [0.3, 0.5],
            "still where they started: does each step change w and b?": [0, 0],
        },
        close={"rtol": 0, "atol": 0.02},
    ).verdict([w, b])
    if verdict.kind != "wrong":
        return verdict
    if ((w * x + b - y) ** 2).mean() > (y**2).mean():  # the loss at 0, where the run began
        return diverged
    if abs(w - best[0]) < 0.25 and abs(b - best[1]) < 0.25:
        return mistake("a loop that is near and hasn't arrived: more steps? Does every round end with the reset?")
    return Verdict(
        "wrong",
        "Not yet: w_found and b_found are still far away. More steps, or a larger learning rate? "
        "Does every round end with the reset?",
    )

"""The exercises of notebook 04."""

import math

import torch

from helpers.data import make_line
from helpers.descent import best_line
from helpers.judge import Exercise, Verdict, as_numbers, error, exercise, mistake

DIVERGED = mistake(
    "a run that ends with a larger loss than it began with. Does each step subtract the gradient, and does every "
    "round end with the reset? If so, use a smaller learning rate"
)


def line_of(w, b):
    """w and b as a tensor of two numbers; raises the verdict if they aren't, or if a run has diverged."""
    answers = [torch.as_tensor(answer) for answer in (w, b) if isinstance(answer, float | torch.Tensor)]
    if not all(answer.isfinite().all() for answer in answers):
        raise DIVERGED
    values = [as_numbers(answer) for answer in (w, b)]
    if any(value.ndim for value in values):
        raise error("w and b should be one number each")
    return torch.stack(values)


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


def drop(*parameters):
    for parameter in parameters:
        parameter.grad = None


def parameters(*values):
    """Parameters of shape (1,), in float64; a loop that comes back to them without end is stopped by an error."""
    steps = 300
    rounds = iter(range(steps))

    def stop(gradient):
        if next(rounds, None) is None:
            raise TimeoutError(f"no end in sight after {steps} steps. Which two losses does it compare?")

    made = [torch.tensor([value], dtype=torch.float64, requires_grad=True) for value in values]
    made[0].register_hook(stop)
    return made


@exercise
def train_until_flat():
    """Notebook 04: the steps of a descent up to the first one that improves the loss by less than `least`.

    The runs: one that stops early, one that goes far, one that starts at the best line, and one that diverges.
    """
    x, y = map(torch.as_tensor, make_line(w=0.8, b=-0.3, size=20, noise=0.1, seed=4))
    runs = [((0.3, 0.6), 0.06, 0.011), ((0.9, 0.3), 0.4, 2e-5), (best_line(x, y), 0.3, 1e-4), ((-0.4, 0.35), 0.8, 1e-4)]

    def until(is_flat, update=update, reset=drop, answer=lambda losses: len(losses) - 1):
        """The loop that ends when `is_flat` says so of all losses, that of the start included, and of `least`."""

        def train(x, y, w, b, learning_rate, least):
            losses = [((w * x + b - y) ** 2).mean()]
            while True:
                losses[-1].backward()
                w, b = update(w, b, learning_rate)
                reset(w, b)
                losses.append(((w * x + b - y) ** 2).mean())
                if is_flat(losses, least):
                    return answer(losses)

        return train

    def flat(losses, least):
        return losses[-2] - losses[-1] < least

    def flat_before(losses, least):
        return len(losses) > 2 and flat(losses[:-1], least)

    def counted(steps, x, y, w, b, learning_rate, least):
        drop(w, b)  # a loop that comes to its end may leave the last gradients
        if as_numbers(steps).ndim:
            raise error("your function should give back one number, the steps it took; w and b move in place")
        return steps

    right = until(flat)
    return Exercise(
        right,
        {sentence: until(flat, wrong) for sentence, wrong in UPDATES.items()}
        | {
            "a count without the last step: it was taken, so it counts": until(flat, answer=lambda ls: len(ls) - 2),
            "a count that is too large by one: the loss at the start belongs to no step": until(flat, answer=len),
            "one step too many: judge a step by the loss after it, before you take the next one": (
                until(flat_before),
                until(flat_before, answer=lambda losses: len(losses) - 2),
            ),
            "a stop after the first step: is the loss measured again after the step, is the comparison the right way "
            "round, and does the return stand inside its if?": until(lambda losses, least: True),
            "a comparison with the loss at the start: compare with the round before": until(
                lambda losses, least: losses[0] - losses[-1] < least
            ),
            "a stop at a loss below least: it's the improvement that has to be below it": until(
                lambda losses, least: losses[-1] < least
            ),
            "an improvement divided by the loss: here the plain difference counts": until(
                lambda losses, least: losses[-2] - losses[-1] < least * losses[-2]
            ),
            "a run that diverges and never stops, as with abs(): a loss that grows hasn't improved": until(
                lambda losses, least: (losses[-2] - losses[-1]).abs() < least
            ),
            "the loss after return: the question is for the number of steps": until(flat, answer=lambda ls: ls[-1]),
            "a loop without a reset: each gradient adds to all before it": until(flat, reset=lambda w, b: None),
            "a loop that resets one gradient and forgets the other: drop both each round": (
                until(flat, reset=lambda w, b: drop(w)),
                until(flat, reset=lambda w, b: drop(b)),
            ),
            "the sum of the squared errors: the loss is their mean": until(
                lambda losses, least: flat(losses, least / len(x)), moved_by(lambda p, rate: -len(x) * rate * p.grad)
            ),
            "a loss that isn't recorded: only the step belongs under no_grad": torch.no_grad()(right),
            "rebinding or a copy, which makes new tensors: change w and b themselves, as -= does": (
                until(flat, rebound),
                until(flat, torch.no_grad()(rebound)),
                until(flat, lambda *step: [parameter.detach().requires_grad_() for parameter in rebound(*step)]),
            ),
        },
        lambda: [(x, y, *parameters(*start), *settings) for start, *settings in runs],
        result=counted,
        left=lambda x, y, w, b, *settings: [w.item(), b.item(), w.grad is None],
        moves=("w", "b"),
        names=("the number of steps", "w", "b", "w.grad"),
    )


@exercise
def own_descent(w, b):
    """Notebook 04: w and b that the learner's own loop has found for 50 points around y = -0.7 x + 0.2."""
    line = line_of(w, b)
    x, y = map(torch.as_tensor, make_line(w=-0.7, b=0.2, size=50, noise=0.2, seed=3))
    best = torch.tensor(best_line(x, y))
    verdict = Exercise(
        best,
        {
            "the line that make_line began with: noise has moved the best line a little": [-0.7, 0.2],
            "the line of the lesson: this exercise has other points": [0.3, 0.5],
            "still where they started: does each step change w and b?": [0, 0],
        },
        close={"rtol": 0, "atol": 0.02},
    ).verdict(line)
    if verdict.kind != "wrong":
        return verdict
    if ((line[0] * x + line[1] - y) ** 2).mean() > (y**2).mean():  # the loss at 0, where the run began
        return DIVERGED
    if ((line - best).abs() < 0.25).all():
        return mistake("a loop that is near and hasn't arrived: more steps? Does every round end with the reset?")
    return Verdict(
        "wrong",
        "w_found and b_found are still far away. More steps, or a larger learning rate? "
        "Does every round end with the reset?",
    )

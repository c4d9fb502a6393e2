"""The exercises of notebook 04."""

import math
from functools import partial

import torch

from helpers.data import make_line
from helpers.descent import best_line
from helpers.judge import AnyOf, Code, Numbers, Verdict, as_numbers, error, exercise, mistake, number


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


def pair(result, *parameters):
    """The numbers in the two things that should come back, by the names in `PAIR`."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise error("your function should give back two things, w and b")
    values = one_each(*result)
    distance = sum(abs(value - p.item()) for value, p in zip(values, parameters, strict=True))
    same = sum(part is p for part, p in zip(result, parameters, strict=True))
    return [*values, distance, same, sum(p.requires_grad for p in parameters)]


PAIR = ("w", "b", "their distance from the arguments", "how many are the arguments themselves", "how many can learn")

# ---- Words of the loop: functions of w, b, the learning rate and, in the loop, the points, that give w and b back ----


def each(for_w, for_b=None):
    """The word that does this with w and that with b, or the same with both."""
    return lambda w, b, rate, *points: (for_w(w, rate), (for_b or for_w)(b, rate))


def kept(p, rate):
    return p


def either(change, other=kept):
    """The words that make this change to both parameters, or to only one of them."""
    return each(change), each(change, other), each(other, change)


def loop(*words):
    def walk(x, y, w, b, learning_rate, steps):
        for _ in range(steps):
            for word in words:
                w, b = word(w, b, learning_rate, x, y)
        return w, b

    return walk


def backward(w, b, rate, x, y, of_w=lambda w: w, of_b=lambda b: b):
    """The word backward, from a loss made of what `of_w` and `of_b` make of the parameters."""
    ((of_w(w) * x + of_b(b) - y) ** 2).mean().backward()
    return w, b


def renewed(p, rate):
    return p - rate * p.grad


def in_place(new):
    """Writes what `new` computes into the parameter itself."""
    return torch.no_grad()(lambda p, rate: p.copy_(new(p, rate)))


def dropped(p, rate):
    p.grad = None
    return p


def zeroed(p, rate):
    p.grad.zero_()
    return p


moved = in_place(renewed)
step, recorded, reset = each(moved), each(lambda p, rate: p.sub_(rate * p.grad)), each(dropped)
RECORDED = "a step that autograd records: it won't let you change a leaf then. Which block turns the recording off?"
REBOUND = "rebinding: the right numbers in a new tensor. The w or b that went in hasn't moved: change the tensor itself"
CHANGES = {
    "parameters that haven't moved: is there a step, and does it have gradients?": (kept,),
    "steps uphill: the gradient points uphill, so subtract it": (lambda p, rate: p + rate * p.grad,),
    "steps without the learning rate": (lambda p, rate: p - p.grad,),
    "a learning rate of 0.1: use the one that your function gets": (lambda p, rate: p - 0.1 * p.grad,),
    "the step alone: add it to the parameter": (lambda p, rate: -rate * p.grad,),
    "the length of the step: subtract it from the parameter": (lambda p, rate: rate * p.grad,),
    "steps of w alone: b has to move, too": (renewed, kept),
    "steps of b alone: w has to move, too": (kept, renewed),
}
"""What a wrong step makes of both parameters, or of w and of b."""
ENDS = {
    "w and b exchanged: w comes first": (lambda w, b, *more: (b, w),),
    "copies: return w and b themselves, for the next step goes on with them": either(lambda p, rate: p.clone()),
    "the end of learning: w or b no longer requires a gradient": either(lambda p, rate: p.requires_grad_(False)),
}
"""What goes wrong after the right step, or the right loop."""


def after(function, ends):
    return AnyOf(lambda *given, end=end: end(*function(*given), 0) for end in ends)


@exercise
def update_in_place():
    """Notebook 04: w -= learning_rate * w.grad, and the same for b, under no_grad."""

    def call(start, slopes, rate):
        w, b = parameters(*start)
        w.grad, b.grad = (torch.tensor([slope], dtype=w.dtype) for slope in slopes)
        return w, b, rate

    @torch.no_grad()
    def right(w, b, learning_rate):
        w -= learning_rate * w.grad
        b -= learning_rate * b.grad
        return w, b

    @torch.no_grad()
    def crossed(w, b, learning_rate):
        w -= learning_rate * b.grad
        b -= learning_rate * w.grad
        return w, b

    return Code(
        right,
        {sentence: AnyOf((each(*map(in_place, new)), each(*new))) for sentence, new in CHANGES.items()}
        | {sentence: after(right, ends) for sentence, ends in ENDS.items()}
        | {
            "each parameter moved by the gradient of the other": crossed,
            "a reset: both move as they should, but a step leaves .grad as it is": (
                after(right, (*either(dropped), *either(zeroed)))
            ),
            REBOUND: AnyOf(either(renewed, moved)),
            RECORDED: recorded,
        },
        lambda: [call((1.5, -0.4), (2.0, -3.0), 0.03), call((-0.7, 0.9), (-1.2, 0.6), 0.5)],
        result=lambda result, w, b, learning_rate: pair(result, w, b),
        left=lambda w, b, learning_rate: [number(w.grad), number(b.grad)],
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

    def stopped(new):
        """The loops whose error names the factors of the step, in their order."""
        step = each(in_place(new))
        quiet = torch.no_grad()(new)
        return {
            "a step before any gradient. Does backward come first, from a loss of w and b?": loop(step, backward),
            "a reset before the step, which needs the gradients": loop(backward, reset, step),
            "a loss that doesn't lead back to w: predict w * x + b": loop(partial(backward, of_w=lost), step),
            "a loss that doesn't lead back to b: predict w * x + b": loop(partial(backward, of_b=lost), step),
            "rebinding: w or b is a new tensor, and backward doesn't fill its .grad": loop(backward, each(new)),
            "a step that cuts w off from backward. Is it rebound?": loop(backward, each(quiet, moved), reset),
            "a step that cuts b off from backward. Is it rebound?": loop(backward, each(moved, quiet), reset),
        }

    right, lost = loop(backward, step, reset), torch.Tensor.detach
    errors, others = stopped(renewed), stopped(lambda p, rate: p - p.grad * rate)
    rebinding = either(lambda p, rate: renewed(p, rate).detach().requires_grad_(), moved)
    return Code(
        right,
        {sentence: loop(backward, each(*map(in_place, new)), reset) for sentence, new in CHANGES.items()}
        | {sentence: after(right, ends) for sentence, ends in ENDS.items()}
        | {sentence: AnyOf((code, others[sentence])) for sentence, code in errors.items()}
        | {
            "one step only: does the return stand inside the loop?": lambda *given: right(*given[:-1], 1),
            "one step with the gradients of all rounds added up: do step and reset stand inside the loop?": (
                lambda *given: step(*loop(backward)(*given), given[-2])
            ),
            "a loop without a reset: each gradient adds to all before it. Drop both each round": loop(backward, step),
            "a loop that resets w.grad and forgets b.grad": loop(backward, step, each(dropped, kept)),
            "a loop that resets b.grad and forgets w.grad": loop(backward, step, each(kept, dropped)),
            "a reset before any gradient: backward comes first": loop(each(zeroed), backward, step),
            "rebinding: a new tensor has no .grad to zero": loop(backward, each(renewed), each(zeroed)),
            "a step after which w and b require no gradient. Is it w = w - ... under no_grad? That makes a new tensor: "
            "change w itself, with -=": loop(backward, each(torch.no_grad()(renewed))),
            "a loss that wasn't recorded. Is it made of w and b as they are? Only the step belongs under no_grad": (
                loop(partial(backward, of_w=lost, of_b=lost), step)
            ),
            REBOUND: AnyOf(loop(backward, word, reset) for word in rebinding),
            RECORDED: loop(backward, recorded),
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
    return Numbers(
        60 + 7,
        {
            "the graph in which both are rebound: here only w is, so what does b add?": 2 * 60 + 7,
            "the graph in which nothing is rebound: w still is": 7,
            "the growth alone: the first graph has nodes, too": 60,
            "the growth with both rebound, and without the first graph": 2 * 60,
            "the graph at step 59: the first graph belongs to step 0": 59 + 7,
            "the graph at step 61: the first graph belongs to step 0": 61 + 7,
            "7 nodes for each step: a step adds only what its rebinding records": AnyOf((60 * 7, 60 * 7 + 7)),
            "all 60 graphs together: the question is for the one at step 60": sum(n + 7 for n in range(60)),
        },
    )


@exercise
def noise_from_the_floor():
    """Notebook 04: the noise n whose mean square, n**2 / 3, is a loss of 0.0192."""
    floor = 0.0192
    noise = math.sqrt(3 * floor)
    return Numbers(
        noise,
        {
            "the square of the noise: take the root": 3 * floor,
            "the root of the loss, which is how far points lie off on average (root mean square). The noise is the "
            "largest distance, and there is a 3 in the formula": math.sqrt(floor),
            "the 3 on the wrong side: the loss is the square divided by 3, so multiply first": math.sqrt(floor / 3),
            "a third of the loss: solve the formula for the noise": floor / 3,
            "the loss itself": floor,
            "the formula with the loss in place of the noise: the loss is what comes out of it": floor**2 / 3,
            "the whole width, from below the line to above it: noise counts to one side": 2 * noise,
            "the other root, with the wrong sign: noise is a distance": -noise,
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
    verdict = Numbers(
        best,
        {
            "the line that make_line began with: noise has moved the best line a little": [-0.7, 0.2],
            "w and b exchanged": best.flip(0),
            "the line of the lesson: this exercise has other points": [0.3, 0.5],
            "still where they started: does each step change w and b?": [0, 0],
            "the right size with the wrong sign: is the error y_hat - y, and do you subtract the gradient?": -best,
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

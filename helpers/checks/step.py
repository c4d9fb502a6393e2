"""The checks of notebook 03. Each computes the truth from numbers of its own, never from the learner's variables."""

import torch
from torch.nn import functional

from helpers.data import make_layer
from helpers.judge import NOTHING, RIGHT, UNANSWERED, Verdict, as_numbers, exercise, judge, looks_like, result_of

LINES = {
    "A": "optimizer.step()",
    "B": "loss = loss_function(y_hat, y)",
    "C": "optimizer.zero_grad()",
    "D": "y_hat = model(x)",
    "E": "loss.backward()",
}
"""The five lines of the loop, under the letters of `order_of_the_lines`."""


@exercise("03")
def step_by_hand(answer):
    """Notebook 03: the weight after one step of plain gradient descent."""
    weight, gradient, learning_rate = torch.tensor([0.5, -1.0]), torch.tensor([2.0, -4.0]), 0.1
    return judge(
        answer,
        weight - learning_rate * gradient,
        (weight + learning_rate * gradient, "a step uphill: the gradient points uphill, so subtract it"),
        (weight - gradient, "the step without the learning rate"),
        (learning_rate * gradient, "the length of the step: subtract it from the weight"),
        (-learning_rate * gradient, "the step alone: add it to the weight"),
        (learning_rate * (weight - gradient), "the learning rate times everything: it belongs to the gradient only"),
        (weight, "the weight as it was: nothing has moved"),
        names=("the first number", "the second number"),
    )


@exercise("03")
def step_in_place(function):
    """Notebook 03: p -= lr * p.grad for each parameter of a list; the third has no gradient and is passed over."""
    generator = torch.Generator().manual_seed(3)
    parameters = [torch.randn(size, generator=generator) for size in ((2, 3), (2,), (4,), (3,))]
    gradients = [torch.randn(size, generator=generator) for size in ((2, 3), (2,), (4,), (3,))]
    gradients[2] = None
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.requires_grad_().grad = None if gradient is None else gradient.clone()
    slope = torch.cat([gradients[0].flatten(), gradients[1], torch.zeros(4), gradients[3]])
    for learning_rate in (0.04, 0.3):
        start = _flat(parameters)
        result = result_of(function, list(parameters), learning_rate)
        if not all(_same(parameter.grad, own) for parameter, own in zip(parameters, gradients, strict=True)):
            return (
                "Not yet: your function changes the gradients. A step reads .grad and leaves it as it is; it is the "
                "parameter that moves."
            )
        verdict = _judge_a_move(_flat(parameters), start, slope, learning_rate)
        if verdict != RIGHT:
            return verdict
    if not all(parameter.requires_grad for parameter in parameters):
        return looks_like(
            "the end of learning: the parameters move as they should, but now one of them requires no gradient any "
            "more, and the next backward would pass it over. Let no_grad alone keep the move from being recorded"
        )
    if not isinstance(result, list | tuple) or list(map(id, result)) != list(map(id, parameters)):
        return "Not yet: the parameters move as they should. Let the return give back the list itself."
    return RIGHT


def _judge_a_move(moved, start, slope, learning_rate):
    """The verdict on one call: where the parameters are, where they were, and the gradients, all in one row."""
    truth = start - learning_rate * slope
    verdict = judge(
        moved,
        truth,
        (
            start,
            "parameters that have not moved. Are the three dots in the loop still there? Or does a line such as "
            "parameter = parameter - ... make a new tensor and leave the old one as it was? Change it in place",
        ),
        (start + learning_rate * slope, "a step uphill: the gradient points uphill, so subtract it"),
        (start - slope, "a step without the learning rate"),
        (start - 0.1 * slope, "a rate of 0.1 whatever is handed in: use learning_rate"),
        (start - 0.01 * slope, "a rate of 0.01 whatever is handed in: use learning_rate"),
        (torch.where(slope != 0, slope, start), "the gradient in place of the parameter: subtract the step from it"),
        (
            torch.where(slope != 0, learning_rate * slope, start),
            "the length of the step in place of the parameter: subtract it from the value that is there",
        ),
        (
            torch.where(slope != 0, -learning_rate * slope, start),
            "the step itself in place of the parameter: add it to the value that is there",
        ),
        (
            torch.where(slope != 0, learning_rate * (start - slope), start),
            "the learning rate times everything: it belongs to the gradient only",
        ),
        (
            torch.cat([truth[:6], start[6:]]),
            "a step of the first parameter only: does the return stand inside the loop?",
        ),
        (torch.cat([truth[:12], start[12:]]), "a step that leaves out the last parameter: it has a gradient, too"),
        (torch.cat([start[:6], truth[6:]]), "a step that leaves out the first parameter: it has a gradient, too"),
        (start - 2 * learning_rate * slope, "a step twice as long: subtract learning_rate * parameter.grad once"),
    )
    if verdict != RIGHT and "looks like" not in verdict:
        return "Not yet: after one call the parameters are not where the subtraction of the lesson puts them."
    return verdict


@exercise("03")
def order_of_the_lines(order):
    """Notebook 03: the five lines of the loop in an order that trains as the order of the course does."""
    letters = _letters(order)
    path, right = _path(letters), _path("DBEAC")
    if path == "B":
        return looks_like(
            "loss before predict: in the first round there is no y_hat that it could measure (or, in a notebook, an "
            "old one from an earlier cell, which is worse)"
        )
    if path == "E":
        return looks_like("backward before loss: in the first round there is no loss yet that it could go back from")
    if torch.allclose(path, right):
        return RIGHT
    if not path.diff(dim=0).any():
        if letters.index("E") < letters.index("A"):
            return looks_like(
                "reset between backward and step: the gradients are wiped before the step has read them, so nothing "
                "ever moves"
            )
        return looks_like(
            "step before backward, with reset on the way round to the next step: what backward writes is wiped before "
            "any step has read it, so nothing ever moves"
        )
    if torch.allclose(path[1:], right[:-1]):
        return looks_like(
            "step before backward: in the first round it finds no gradient, and the loop stays one round behind. The "
            "loss does fall, but here the first round should count"
        )
    return looks_like(
        "step between predict and backward: in the first round it finds no gradient, and later the weights move on "
        "after predict, so each gradient belongs to a place that they have left"
    )


def _letters(order):
    """The letters of an order that is written in any form; raises the verdict unless they are A to E, each once."""
    if order is ... or order is None:
        raise Verdict(UNANSWERED if order is ... else NOTHING)
    known = isinstance(order, list | tuple) and all(isinstance(item, str) for item in order)
    if not known and not isinstance(order, str):
        raise Verdict('Not yet: write the five letters in a row, between quotation marks, as in "ABCDE".')
    letters = [sign for sign in "".join(order).upper() if sign.isalpha()]
    strange = [letter for letter in letters if letter not in LINES]
    if strange and not strange[0].isascii():
        raise Verdict(
            f"Not yet: this {strange[0]} belongs to another alphabet, even if it looks the same. "
            "Switch your keyboard to English, and type the five letters again."
        )
    if strange:
        raise Verdict(f"Not yet: the lines are A to E, and there is no line {strange[0]}. Write the five letters only.")
    missing = [letter for letter in LINES if letter not in letters]
    twice = [letter for letter in LINES if letters.count(letter) > 1]
    if len(missing) == len(LINES):
        raise Verdict("Not yet: there are no letters in it. Each line has one, from A to E.")
    if twice:
        raise Verdict(
            f"Not yet: {_named(twice, 'stands', 'stand')} there more than once. A round needs each line once."
        )
    if missing:
        raise Verdict(f"Not yet: {_named(missing, 'is', 'are')} missing. A round needs all five lines.")
    return "".join(letters)


def _named(letters, one, several):
    return f"line {letters[0]} {one}" if len(letters) == 1 else f"lines {' and '.join(letters)} {several}"


def _path(order, rounds=4, **changes):
    """The weights after each round of the lines in this order, or the letter of the line at which the first one stops.

    The lines run as they stand in the notebook.
    """
    model, optimizer, loss_function, x, y = _problem(**changes)
    names = {"model": model, "optimizer": optimizer, "loss_function": loss_function, "x": x, "y": y}
    path = [_flat(model.parameters())]
    for _ in range(rounds):
        for letter in order:
            try:
                exec(LINES[letter], names)
            except NameError:
                return letter
        path.append(_flat(model.parameters()))
    return torch.stack(path)


@exercise("03")
def weight_after_two_steps(answer):
    """Notebook 03: v = 0.6 v + g and w = w - lr v, twice, for the loss w ** 2 from w = 2 with learning rate 0.1."""

    def two_steps(momentum=0.6, learning_rate=0.1, kept=1.0, nesterov=False):
        w, velocity = 2.0, 0.0
        for _ in range(2):
            gradient = 2 * w
            velocity = momentum * velocity + kept * gradient
            w -= learning_rate * (gradient + momentum * velocity if nesterov else velocity)
        return w

    w, velocity = 2 - 0.1 * 4, 0.6 * 4 + 2 * 1.6
    return judge(
        answer,
        two_steps(),
        (two_steps(momentum=0), "two steps of plain SGD: the second step has lost the velocity of the first"),
        (w, "one step: there is a second, and it begins with a velocity"),
        (w - 0.1 * 0.6 * 4, "a second step with the old velocity alone: add the new gradient to it"),
        (w - 0.1 * (0.6 * 4 + 4), "a second step with the old gradient: measure it again at the new weight"),
        (two_steps(momentum=1), "momentum 1.0: of the old velocity only 0.6 is kept"),
        (two_steps(momentum=0.9), "momentum 0.9, the usual one: here it is 0.6"),
        (two_steps(momentum=0.1, learning_rate=0.6), "the two exchanged: 0.1 is the learning rate, 0.6 the momentum"),
        (two_steps(kept=0.4), "a gradient that counts for 0.4: in PyTorch's rule it is added whole"),
        (two_steps(kept=0.5), "w taken for its own gradient: the gradient of w ** 2 is 2 w, which is 4 at the start"),
        (two_steps(nesterov=True), "Nesterov's momentum: here the weight moves by the velocity alone"),
        (two_steps(kept=0.6), "momentum times everything: it belongs to the old velocity only"),
        (two_steps(learning_rate=-0.1), "two steps uphill: subtract the learning rate times the velocity"),
        (2 - 0.1 * velocity, "the second step taken from the start: it begins where the first one ended"),
        (w - velocity, "a second step without the learning rate"),
        (velocity, "the velocity after two steps: the question is for the weight"),
        (2.0, "the weight as it was: nothing has moved"),
    )


@exercise("03")
def one_round(function):
    """Notebook 03: one round of the loop, called four times in a row; it returns the loss as a plain number."""
    model, optimizer, _, x, y = given = _problem()
    events = []
    model.weight.register_post_accumulate_grad_hook(lambda *_: events.append("backward"))
    optimizer.register_step_pre_hook(lambda *_: events.append("step"))
    path, losses = [_flat(model.parameters())], []
    for _ in range(4):
        data = (("x", x), ("y", y))
        losses.append(result_of(function, *given, untouched=data))
        path.append(_flat(model.parameters()))
        if torch.equal(path[0], path[1]):
            return _why_nothing_moves(events)
    path, right = torch.stack(path), _path("DBEAC")
    if torch.allclose(path, _path("DBEA")):
        return looks_like(
            "a round without reset: the first call is right, and from the second on the gradients add up, which is "
            "momentum 1.0"
        )
    if torch.allclose(path, _path("DBEAAC")):
        return looks_like(_why_twice_as_far(events))
    for rate in (0.1, 0.01):
        if torch.allclose(path, _path("DBEAC", learning_rate=rate)):
            return looks_like(f"a learning rate of {rate:g}: use the optimizer that your function is given")
    if torch.allclose(path, _path("DBEAC", loss_function=functional.mse_loss)):
        return looks_like("a mean squared error of your own: use the loss_function that your function is given")
    calls = [number for number in range(1, 5) if not torch.allclose(path[number], right[number])]
    if calls:
        return f"Not yet: after call {calls[0]} in a row the weights are not those that the five lines lead to."
    verdict = _judge_losses(losses)
    if verdict == RIGHT and torch.Tensor in map(type, losses):
        return (
            "Not yet: the round is right, and so is the loss. But it is still a tensor: make it a plain number "
            "by .item()."
        )
    return verdict


def _why_twice_as_far(events):
    if events.count("step") == 2 * events.count("backward"):
        return "two steps for one backward: the second one walks by an old reading"
    if events.count("backward") == 2 * events.count("step"):
        return "two backwards for one step: their gradients add up, so call it once"
    return "a step twice as long: let backward start from the loss as it is, and let optimizer.step() do the rest"


def _why_nothing_moves(events):
    if "backward" not in events:
        return looks_like(
            "a round in which no gradient reaches the model. Is backward called, on a loss that was recorded and not "
            "cut off by no_grad or detach?"
        )
    if "step" not in events:
        return looks_like(
            "a backward that no step follows: the gradients are there, and the model has not moved. Is "
            "optimizer.step() there, and does it have its brackets?"
        )
    if events[0] == "step":
        return looks_like("step before backward: in the first round it finds no gradient, so nothing moves")
    return looks_like("reset before step: the gradients are wiped before any step has read them, so nothing moves")


def _judge_losses(losses):
    losses = torch.stack([as_numbers(loss) for loss in losses])
    if losses.ndim > 1:
        return "Not yet: the weights move as they should. Give back the loss, which is one number."
    model, optimizer, loss_function, x, y = _problem()
    truth = []
    for _ in range(5):
        loss = loss_function(model(x), y)  # predict, loss
        truth.append(loss.item())
        loss.backward()  # backward
        optimizer.step()  # step
        optimizer.zero_grad()  # reset
    if judge(losses, truth[1:]) == RIGHT:
        return looks_like("a loss that is measured again after the step: give back the one that backward began with")
    if judge(losses, truth[:-1]) != RIGHT:
        return "Not yet: the weights move as they should, but what comes back is not the loss of this round."
    return RIGHT


# ---- For several checks ----


def _problem(learning_rate=0.17, loss_function=functional.smooth_l1_loss):
    """A small seeded problem, made anew: model, optimizer, loss_function, x, y.

    The rate and the loss are none that the course uses, so a function that brings its own ends elsewhere.
    """
    x, y, model = make_layer(size=8, seed=1)
    return model, torch.optim.SGD(model.parameters(), lr=learning_rate), loss_function, x, y


def _flat(parameters):
    """The numbers of several tensors in one row."""
    return torch.cat([parameter.detach().flatten() for parameter in parameters])


def _same(gradient, other):
    return gradient is other is None or (gradient is not None and other is not None and torch.equal(gradient, other))

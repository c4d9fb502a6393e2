"""The exercises of notebook 03."""

import torch
from torch.nn import functional

from helpers.checks.layer import make_layer
from helpers.judge import Exercise, as_numbers, error, exercise

LINES = {
    "A": "optimizer.step()",
    "B": "loss = loss_function(y_hat, y)",
    "C": "optimizer.zero_grad()",
    "D": "y_hat = model(x)",
    "E": "loss.backward()",
}
"""The five lines of the loop, under the letters of `order_of_the_lines`."""


@exercise
def step_by_hand():
    """Notebook 03: the weight after one step of plain gradient descent."""
    weight, gradient, learning_rate = torch.tensor([0.5, -1.0]), torch.tensor([2.0, -4.0]), 0.1
    return Exercise(
        weight - learning_rate * gradient,
        {
            "a step uphill: the gradient points uphill, so subtract it": weight + learning_rate * gradient,
            "the step without the learning rate": weight - gradient,
            "the length of the step: subtract it from the weight": learning_rate * gradient,
            "the step alone: add it to the weight": -learning_rate * gradient,
            "the learning rate times everything: only the gradient is multiplied": learning_rate * (weight - gradient),
            "the weight before the step: nothing has moved": weight,
        },
        names=("the first number", "the second number"),
    )


@exercise
def step_in_place():
    """Notebook 03: p -= lr * p.grad for each parameter of a list; the third has no gradient and is skipped."""

    def calls():
        starts = [[0.7, -1.2]], [0.4, 1.6], [1.5, -0.3], [[-0.9], [2.1]]
        slopes = [[2.0, -0.5]], [-3.0, 0.4], None, [[1.3], [0.8]]
        parameters = [torch.tensor(start, requires_grad=True) for start in starts]
        for parameter, slope in zip(parameters, slopes, strict=True):
            parameter.grad = None if slope is None else torch.tensor(slope)
        return [(parameters, 0.04), (parameters, 0.3)]

    def each(change, part=slice(None)):
        """The function that makes this change to each parameter with a gradient."""

        @torch.no_grad()
        def move(parameters, learning_rate):
            for parameter in parameters[part]:
                if parameter.grad is not None:
                    change(parameter, learning_rate)
            return parameters

        return move

    def step(parameter, learning_rate):
        return parameter.sub_(learning_rate * parameter.grad)

    def copies(parameters):
        return [parameter.clone() for parameter in parameters]

    def comes_back(result, parameters, learning_rate):
        return float(isinstance(result, list | tuple) and list(map(id, result)) == list(map(id, parameters)))

    def left(parameters, learning_rate):
        numbers = []
        for parameter in parameters:
            gradient = [None, None] if parameter.grad is None else parameter.grad.flatten().tolist()
            numbers += [*parameter.flatten().tolist(), *gradient, parameter.requires_grad]
        return numbers

    return Exercise(
        each(step),
        {
            "parameters that haven't moved. Are the three dots still in the loop? Or does parameter = parameter - ... "
            "make a new tensor? -= changes the old one": (lambda ps, lr: ps, lambda ps, lr: copies(ps)),
            "a step uphill: the gradient points uphill, so subtract it": each(lambda p, lr: p.add_(lr * p.grad)),
            "a step without the learning rate": each(lambda p, lr: p.sub_(p.grad)),
            "a fixed learning rate of 0.1 or 0.01: use learning_rate": (
                each(lambda p, lr: p.sub_(0.1 * p.grad)),
                each(lambda p, lr: p.sub_(0.01 * p.grad)),
            ),
            "a step of the first parameter only: is the return inside the loop?": each(step, slice(1)),
            "a step that leaves out the last parameter: it has a gradient, too": each(step, slice(-1)),
            "a step that changes .grad or drops it: leave it as it is": (
                each(lambda p, lr: p.sub_(p.grad.mul_(lr))),
                each(lambda p, lr: setattr(step(p, lr), "grad", None)),
            ),
            "a step that autograd tries to record: use torch.no_grad()": lambda ps, lr: [step(p, lr) for p in ps],
            "a step where .grad is None: keep the if": torch.no_grad()(lambda ps, lr: [step(p, lr) for p in ps]),
            "the right step, but not the list itself after return": lambda ps, lr: copies(each(step)(ps, lr)),
        },
        calls,
        result=comes_back,
        left=left,
        moves=("parameters",),
        names=(
            "whether the list itself comes back",
            *(f"parameters[{i}]{part}" for i in range(4) for part in ("", "", ".grad", ".grad", ".requires_grad")),
        ),
    )


@exercise
def order_of_the_lines(order):
    """Notebook 03: the five lines of the loop in an order that trains as the order of the course does."""
    entry = Exercise(
        rounds("DBEAC"),
        {
            "loss before predict: the first round has no y_hat, or an old one from an earlier cell": rounds("BDEAC"),
            "backward before loss: the first round has no loss yet": rounds("DEBAC"),
            "reset between backward and the next step, which then has no gradient: nothing ever moves": rounds("DBECA"),
            "step before backward: the first step has no gradient, and the loop is one round behind": rounds("ACDBE"),
            "step between predict and backward: the gradient belongs to the weights before that step": rounds("DBACE"),
        },
        lambda: [problem()],
        moves=("model", "optimizer"),
    )
    return entry.verdict(rounds(letters_of(order)))


def letters_of(order):
    """The letters of an order in any form; raises the verdict unless they are A to E, each of them once."""
    if order is ... or order is None:
        as_numbers(order)  # raises the verdict on no answer
    parts = [order] if isinstance(order, str) else order
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise error('write the five letters in a row, between quotation marks, as in "ABCDE"')
    letters = [sign for sign in "".join(parts).upper() if sign.isalpha()]
    for letter in letters:
        if not letter.isascii():
            raise error(
                f"this {letter} isn't an English letter, even if it looks like one. Switch your keyboard to English"
            )
        if letter not in LINES:
            raise error(f"the lines are A to E, and there is no line {letter}. Write the five letters only")
    twice = [letter for letter in LINES if letters.count(letter) > 1]
    missing = [letter for letter in LINES if letter not in letters]
    if twice:
        raise error(f"you use {' and '.join(twice)} more than once. A round needs each line once")
    if missing:
        raise error(f"you leave out {' and '.join(missing)}. A round needs all five lines")
    return letters


@exercise
def weight_after_two_steps():
    """Notebook 03: v = 0.6 v + g and w = w - lr v, twice, for the loss w ** 2 from w = 2 with learning rate 0.1."""

    def two_steps(momentum=0.6, kept=1.0):
        w, velocity = 2.0, 0.0
        for _ in range(2):
            gradient = 2 * w
            velocity = momentum * velocity + kept * gradient
            w -= 0.1 * velocity
        return w

    w, velocity = 2 - 0.1 * 4, 0.6 * 4 + 2 * 1.6
    return Exercise(
        two_steps(),
        {
            "two steps of plain SGD: the second step has lost the velocity of the first": two_steps(momentum=0),
            "one step: there is a second, and it begins with a velocity": w,
            "a second step with the old velocity alone: add the new gradient to it": w - 0.1 * 0.6 * 4,
            "a second step with the old gradient: compute it again at the new weight": w - 0.1 * (0.6 * 4 + 4),
            "momentum 1.0: only 0.6 of the old velocity is kept": two_steps(momentum=1),
            "momentum 0.9, the usual value: here it is 0.6": two_steps(momentum=0.9),
            "a gradient that counts for 0.4: PyTorch's rule adds all of it": two_steps(kept=0.4),
            "w as its own gradient: the gradient of w ** 2 is 2 w, which is 4 at the start": two_steps(kept=0.5),
            "the velocity after two steps: the question is for the weight": velocity,
            "the weight before the steps: nothing has moved": 2.0,
        },
    )


@exercise
def one_round():
    """Notebook 03: one round of the loop, called four times in a row; it returns the loss as a plain number."""
    places = rounds("DBEAC")(*problem())

    def calls():
        model, optimizer, *others = problem()
        model.weight.register_post_accumulate_grad_hook(lambda *_: model.events.append("backward"))
        optimizer.register_step_pre_hook(lambda *_: model.events.append("step"))
        for call in range(1, 5):
            model.call, model.events = call, []
            yield model, optimizer, *others

    def left(model, *others):
        """The weights, and what was called if they are still at the start: a right round may do without these calls."""
        events = model.events if torch.equal(flat(model), places[0]) else []
        return [*flat(model), "backward" in events, "step" in events, events[:1] == ["step"]]

    def loss_of(result, model, *others):
        if not torch.allclose(flat(model), places[model.call]):
            raise error(f"after call {model.call} in a row the weights are not those that the five lines lead to")
        loss = as_numbers(result)
        if loss.ndim:
            raise error("return the loss, which is one number")
        if isinstance(result, torch.Tensor):
            raise error("you return a tensor. Make it a plain number with .item()")
        return loss

    def own(learning_rate=0.17, loss_function=functional.smooth_l1_loss):
        """The round with an optimizer and a loss of its own."""
        return lambda model, optimizer, other, x, y: lines("DBEAC")(
            model, torch.optim.SGD(model.parameters(), lr=learning_rate), loss_function, x, y
        )

    return Exercise(
        lines("DBEAC"),
        {
            "a round without reset: from the second call on the gradients add up, as with momentum 1.0": lines("DBEA"),
            "a round in which no gradient reaches the model: is backward called? no_grad and detach cut it off": (
                (lines("DBAC"), lines("DB"))
            ),
            "a backward without a step. Is optimizer.step() there, with its brackets?": lines("DBEC"),
            "step before backward: the first step has no gradient, so nothing moves": lines("DBAEC"),
            "reset before step: it wipes the gradients before a step has read them, so nothing moves": lines("DBECA"),
            "a step twice as long: call backward once, on the loss as it is, and then step once": lines("DBEAAC"),
            "two backwards in one round: call backward once": lines("DBEEAC"),
            "a learning rate of 0.1 or 0.01: use the optimizer that comes in": (own(0.1), own(0.01)),
            "a mean squared error: use the loss_function that comes in": own(loss_function=functional.mse_loss),
            "a loss computed again after the step: return the one that backward started from": lines("DBEACDB"),
        },
        calls,
        result=loss_of,
        left=left,
        moves=("model", "optimizer"),
        names=("the loss that comes back",),
    )


# ---- For several exercises ----


def problem():
    """A small seeded problem, made anew: model, optimizer, loss_function, x, y.

    The course uses neither this rate nor this loss, so a function that brings its own ends elsewhere.
    """
    x, y, model = make_layer(size=8, seed=1)
    return model, torch.optim.SGD(model.parameters(), lr=0.17), functional.smooth_l1_loss, x, y


def lines(letters):
    """The round that a learner would write with the lines in this order."""

    def train_once(model, optimizer, loss_function, x, y):
        names = {"model": model, "optimizer": optimizer, "loss_function": loss_function, "x": x, "y": y}
        for letter in letters:
            exec(LINES[letter], names)
        return names["loss"].item()

    return train_once


def rounds(letters):
    """Four rounds of the lines in this order: a function that returns the weights before them and after each."""

    def train(model, optimizer, loss_function, x, y):
        path = [flat(model)]
        for _ in range(4):
            lines(letters)(model, optimizer, loss_function, x, y)
            path.append(flat(model))
        return torch.stack(path)

    return train


def flat(model):
    """The parameters of a model in one row."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])

"""Answers to the exercises of notebook 03."""

import numpy as np
import torch

from answers import Several


def two_steps_of_sgd(steps=2, **options):
    """torch.optim's own weight on the bowl w ** 2, from 2."""
    w = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], **{"lr": 0.1, "momentum": 0.6} | options)
    for _ in range(steps):
        (w**2).backward()
        optimizer.step()
        optimizer.zero_grad()
    return w.item()


def each(change, *, returns="list"):
    """A function that does the same with each parameter that has a gradient."""

    def move(parameters, learning_rate):
        with torch.no_grad():
            for parameter in parameters:
                if parameter.grad is not None:
                    change(parameter, learning_rate)
        copies = [parameter.clone() for parameter in parameters]
        known = {"list": parameters, "copies": copies, "three dots": ..., "the last": parameters[-1], "nothing": None}
        return known[returns]

    return move


def subtract(parameter, learning_rate):
    parameter -= learning_rate * parameter.grad


def rebind(parameter, learning_rate):
    parameter = parameter - learning_rate * parameter.grad


def change_the_gradient(parameter, learning_rate):
    parameter.grad *= -learning_rate
    parameter += parameter.grad


def reset_as_well(parameter, learning_rate):
    parameter -= learning_rate * parameter.grad
    parameter.grad = None


def return_inside_the_loop(parameters, learning_rate):
    with torch.no_grad():
        for parameter in parameters:
            parameter -= learning_rate * parameter.grad
            return parameters


def leaving_out_the_last(parameters, learning_rate):
    each(subtract)(parameters[:-1], learning_rate)
    return parameters


def leaving_out_the_first(parameters, learning_rate):
    each(subtract)(parameters[1:], learning_rate)
    return parameters


def recorded(parameters, learning_rate):
    for parameter in parameters:
        parameter -= learning_rate * parameter.grad
    return parameters


def detach_for_good(parameter, learning_rate):
    parameter.detach_().sub_(learning_rate * parameter.grad)


def detach_for_a_moment(parameter, learning_rate):
    parameter.requires_grad_(False).sub_(learning_rate * parameter.grad).requires_grad_()


def without_asking_for_none(parameters, learning_rate):
    with torch.no_grad():
        for parameter in parameters:
            parameter -= learning_rate * parameter.grad
    return parameters


def by_an_optimizer(parameters, learning_rate):
    torch.optim.SGD(parameters, lr=learning_rate).step()
    return tuple(parameters)


def lines(words, gives="loss"):
    """A round of the five words in the order that they stand in, as a learner would write it."""

    def round_of(model, optimizer, loss_function, x, y):
        for word in words.split():
            if word == "predict":
                y_hat = model(x)
            elif word == "loss":
                loss = loss_function(y_hat, y)
            elif word == "backward":
                loss.backward()
            elif word == "step":
                optimizer.step()
            elif word == "reset":
                optimizer.zero_grad()
        returned = {
            "loss": lambda: loss.item(),
            "tensor": lambda: loss,
            "y_hat": lambda: y_hat,
            "nothing": lambda: None,
        }
        returned |= {"again": lambda: loss_function(model(x), y), "model": lambda: model}
        returned |= {"root": lambda: loss.item() ** 0.5, "losses of the examples": lambda: (y_hat - y).mean(dim=1)}
        return ... if gives == "three dots" else returned[gives]()

    return round_of


def round_by_hand(model, optimizer, loss_function, x, y):
    loss = loss_function(model(x), y)
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
        parameter.data -= optimizer.param_groups[0]["lr"] * gradient
    return loss.detach().numpy()


def round_with(rate):
    """A round that subtracts the gradients by itself, times what `rate` makes of the optimizer."""

    def round_of(model, optimizer, loss_function, x, y):
        loss = loss_function(model(x), y)
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= rate(optimizer) * parameter.grad
        optimizer.zero_grad()
        return loss.item()

    return round_of


def round_by_its_own_optimizer(model, optimizer, loss_function, x, y):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return lines("predict loss backward step reset")(model, optimizer, loss_function, x, y)


def round_with_its_own_loss(model, optimizer, loss_function, x, y):
    return lines("predict loss backward step reset")(model, optimizer, torch.nn.MSELoss(), x, y)


def round_that_goes_back_twice(model, optimizer, loss_function, x, y):
    loss = loss_function(model(x), y)
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def round_that_cuts_the_loss(model, optimizer, loss_function, x, y):
    with torch.no_grad():
        loss = loss_function(model(x), y)
    loss.requires_grad_().backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def round_that_shifts_x(model, optimizer, loss_function, x, y):
    x += 1
    return lines("predict loss backward step reset")(model, optimizer, loss_function, x, y)


def round_that_changes_the_rate(model, optimizer, loss_function, x, y):
    result = lines("predict loss backward step reset")(model, optimizer, loss_function, x, y)
    optimizer.param_groups[0]["lr"] = 0.01
    return result


TRUTHS = {
    "step_by_hand": np.array([0.3, -0.6]),
    "weight_after_two_steps": np.array(two_steps_of_sgd()),
}
RIGHT = {
    "step_in_place": [
        each(subtract),
        each(lambda p, rate: p.add_(p.grad, alpha=-rate)),
        each(lambda p, rate: p.copy_(p - rate * p.grad)),
        each(lambda p, rate: p.data.__isub__(rate * p.grad)),
        each(detach_for_a_moment),
        by_an_optimizer,
    ],
    "order_of_the_lines": [
        "DBEAC",
        "c d b e a",
        ["D", "C", "B", "E", "A"],
        ("d", "b", "c", "e", "a"),
        "D, B, E, A, C.",
        " D -> B -> E -> A -> C\n",
        ["DBE", "AC"],
        "1. D 2. B 3. E 4. A 5. C",
        "1) D\n2) B\n3) E\n4) A\n5) C",
    ],
    "one_round": [
        lines("predict loss backward step reset"),
        lines("reset predict loss backward step"),
        lines("predict loss reset backward step"),
        round_by_hand,
    ],
}
WRONG = {
    "step_by_hand": {
        "uphill": [0.7, -1.4],
        "without the learning rate": [-1.5, 3.0],
        "length of the step": [0.2, -0.4],
        "step alone": [-0.2, 0.4],
        "times everything": [-0.15, 0.3],
        "nothing has moved": [0.5, -1.0],
        "look at the second number.": [0.3, 0.6],
        "of the shape (2,), and yours is one number": 0.3,
    },
    "step_in_place": {
        "have not moved": each(rebind),
        "give back the list itself": Several(each(subtract, returns=what) for what in ("the last", "copies")),
        "uphill": each(lambda p, rate: p.add_(rate * p.grad)),
        "without the learning rate": each(lambda p, rate: p.sub_(p.grad)),
        "a rate of 0.1 whatever": each(lambda p, rate: p.sub_(0.1 * p.grad)),
        "a rate of 0.01 whatever": each(lambda p, rate: p.sub_(0.01 * p.grad)),
        "the gradient in place of": each(lambda p, rate: p.copy_(p.grad)),
        "the length of the step": each(lambda p, rate: p.copy_(rate * p.grad)),
        "itself in place of": each(lambda p, rate: p.copy_(-rate * p.grad)),
        "times everything": each(lambda p, rate: p.copy_(rate * (p - p.grad))),
        "first parameter only": return_inside_the_loop,
        "a step twice as long": Several(
            (
                each(lambda p, rate: [subtract(p, rate), subtract(p, rate)]),
                each(lambda p, rate: p.sub_(2 * rate * p.grad)),
            )
        ),
        "leaves out the last": leaving_out_the_last,
        "leaves out the first": leaving_out_the_first,
        "are not where the subtraction": each(lambda p, rate: p.sub_(0.05 * p.grad)),
        "changes the gradients": each(change_the_gradient),
        "requires no gradient any more": each(detach_for_good),
        "a leaf Variable that requires grad": recorded,
        "and 'NoneType'": without_asking_for_none,
        "replace the three dots after return": each(subtract, returns="three dots"),
        "gives nothing back": each(subtract, returns="nothing"),
    },
    "order_of_the_lines": {
        "loss before predict": "BDEAC",
        "backward before loss": "DEBAC",
        "reset between backward and step": "DBECA",
        "reset on the way round": "DBAEC",
        "one round behind": "ACDBE",
        "step between predict and backward": "DBACE",
        "line C is missing": "DBEA",
        "lines A and C are missing": ["D", "B", "E"],
        "line E stands there more than once": "DBEEAC",
        "lines A and C stand there more than once": "DBEACAC",
        "there is no line F": "DBEAF",
        "belongs to another alphabet": "DBE\N{CYRILLIC CAPITAL LETTER A}C",
        "there are no letters": Several((" ", "42135")),
        "between quotation marks": Several((42135, ["D", 2, "E", "A", "C"])),
    },
    "weight_after_two_steps": {
        "plain SGD": two_steps_of_sgd(momentum=0.0),
        "one step: there is a second": two_steps_of_sgd(steps=1),
        "old velocity alone": 1.6 - 0.1 * 0.6 * 4,
        "old gradient: measure": 1.6 - 0.1 * (0.6 * 4 + 4),
        "momentum 1.0": two_steps_of_sgd(momentum=1.0),
        "momentum 0.9": two_steps_of_sgd(momentum=0.9),
        "the two exchanged": two_steps_of_sgd(lr=0.6, momentum=0.1),
        "counts for 0.4": 2 - 0.1 * 0.4 * 4 - 0.1 * (0.6 * 0.4 * 4 + 0.4 * 2 * 1.84),
        "taken for its own gradient": 1.8 - 0.1 * (0.6 * 2 + 1.8),
        "Nesterov": two_steps_of_sgd(nesterov=True),
        "times everything": 1.76 - 0.1 * 0.6 * (2.4 + 3.52),
        "uphill": two_steps_of_sgd(maximize=True),
        "taken from the start": 2 - 0.1 * 5.6,
        "without the learning rate": 1.6 - 5.6,
        "the velocity after two steps": 5.6,
        "nothing has moved": 2.0,
        "is not the right number": 1.05,
        "should be one number": [1.6, 1.04],
    },
    "one_round": {
        "without reset": lines("predict loss backward step"),
        "that no step follows": lines("predict loss backward reset"),
        "step before backward": lines("predict loss step backward reset"),
        "reset before step": lines("predict loss backward reset step"),
        "no gradient reaches the model": Several((lines("predict loss step reset"), round_that_cuts_the_loss)),
        "two steps for one backward": lines("predict loss backward step step reset"),
        "two backwards for one step": round_that_goes_back_twice,
        "let optimizer.step() do the rest": round_with(lambda optimizer: 2 * optimizer.param_groups[0]["lr"]),
        "a learning rate of 0.1:": Several((round_with(lambda optimizer: 0.1), round_by_its_own_optimizer)),
        "a learning rate of 0.01:": round_with(lambda optimizer: 0.01),
        "a mean squared error of your own": round_with_its_own_loss,
        "stops with UnboundLocalError": lines("loss predict backward step reset"),
        "a second time": lines("predict loss backward backward step reset"),
        "measured again": lines("predict loss backward step reset", gives="again"),
        "one number": Several(
            lines("predict loss backward step reset", gives=what) for what in ("y_hat", "losses of the examples")
        ),
        "of the type Linear": lines("predict loss backward step reset", gives="model"),
        "still a tensor": lines("reset predict loss backward step", gives="tensor"),
        "not the loss of this round": lines("predict loss backward step reset", gives="root"),
        "gives nothing back": lines("predict loss backward step reset", gives="nothing"),
        "replace the three dots after return": lines("predict loss backward step reset", gives="three dots"),
        "changes x": round_that_shifts_x,
        "after call 1 in a row": lines("predict loss backward step step step reset"),
        "after call 2 in a row": round_that_changes_the_rate,
    },
}

"""Answers to the exercises of notebook 03."""

import numpy as np
import torch


def two_steps_of_sgd():
    """torch.optim's own weight on the bowl w ** 2, from 2."""
    w = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.6)
    for _ in range(2):
        (w**2).backward()
        optimizer.step()
        optimizer.zero_grad()
    return w.item()


def each(change):
    """A function that does the same with each parameter that has a gradient."""

    def move(parameters, learning_rate):
        with torch.no_grad():
            for parameter in parameters:
                if parameter.grad is not None:
                    change(parameter, learning_rate)
        return parameters

    return move


def subtract(parameter, learning_rate):
    parameter -= learning_rate * parameter.grad


def by_an_optimizer(parameters, learning_rate):
    torch.optim.SGD(parameters, lr=learning_rate).step()
    return tuple(parameters)


def new_tensors_in_the_list(parameters, learning_rate):
    parameters[:] = [p if p.grad is None else (p - learning_rate * p.grad).detach() for p in parameters]
    return parameters


def round_of(words="backward step reset", gives=lambda loss, y_hat: loss.item()):
    """A round with these words after predict and loss."""

    def train_once(model, optimizer, loss_function, x, y):
        y_hat = model(x)
        loss = loss_function(y_hat, y)
        for word in words.split():
            {"backward": loss.backward, "step": optimizer.step, "reset": optimizer.zero_grad}[word]()
        return gives(loss, y_hat)

    return train_once


def round_by_hand(model, optimizer, loss_function, x, y):
    loss = loss_function(model(x), y)
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
        parameter.data -= optimizer.param_groups[0]["lr"] * gradient
    return loss.detach().numpy()


def round_that_changes_the_rate(model, optimizer, loss_function, x, y):
    loss = round_of()(model, optimizer, loss_function, x, y)
    optimizer.param_groups[0]["lr"] = 0.01
    return loss


TRUTHS = {
    "step_by_hand": np.array([0.3, -0.6]),
    "weight_after_two_steps": np.array(two_steps_of_sgd()),
}
RIGHT = {
    "step_in_place": [
        each(subtract),
        each(lambda p, rate: p.copy_(p - rate * p.grad)),
        each(lambda p, rate: p.data.__isub__(rate * p.grad)),
        each(lambda p, rate: p.requires_grad_(False).sub_(rate * p.grad).requires_grad_()),
        by_an_optimizer,
    ],
    "order_of_the_lines": [
        "DBEAC",
        "c d b e a",
        ["D", "C", "B", "E", "A"],
        "D, B, E, A, C.",
        " D -> B -> E -> A -> C\n",
        ["DBE", "AC"],
        "1. D 2. B 3. E 4. A 5. C",
        "1) D\n2) B\n3) E\n4) A\n5) C",
    ],
    "one_round": [round_of(), round_of("reset backward step"), round_by_hand],
}
WRONG = {
    "step_in_place": {
        "look at parameters[0] (yours: 0.6)": each(lambda p, rate: p.sub_(0.05 * p.grad)),
        "parameters[0].grad (yours: nan)": new_tensors_in_the_list,
    },
    "order_of_the_lines": {
        "loss before predict": "BDEAC",
        "backward before loss": "DEBAC",
        "reset between backward and the next step": "DBAEC",
        "one round behind": "ACDBE",
        "step between predict and backward": "DACBE",
        "leave out A and C": ["D", "B", "E"],
        "you use E more than once": "DBEEAC",
        "there is no line F": "DBEAF",
        "isn't an English letter": "DBE\N{CYRILLIC CAPITAL LETTER A}C",
        "leave out A and B and C and D and E": "42135",
        "between quotation marks": ["D", 2, "E", "A", "C"],
    },
    "one_round": {
        "return the loss, which is one number": round_of(gives=lambda loss, y_hat: y_hat),
        "you return a tensor": round_of(gives=lambda loss, y_hat: loss),
        "look at the loss that comes back": round_of(gives=lambda loss, y_hat: loss.item() ** 0.5),
        "after call 1 in a row": round_of("backward step step step reset"),
        "after call 2 in a row": round_that_changes_the_rate,
    },
}

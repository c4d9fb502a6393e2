"""Answers to the exercises of notebook 03."""

from functools import partial

import numpy as np
import torch
from torch import nn

from answers import Args, Several
from helpers import make_line


def each(change):
    """A function that does the same with each parameter that has a gradient."""

    def move(parameters, learning_rate):
        with torch.no_grad():
            for parameter in parameters:
                if parameter.grad is not None:
                    change(parameter, learning_rate)
        return parameters

    return move


def by_an_optimizer(parameters, learning_rate):
    torch.optim.SGD(parameters, lr=learning_rate).step()
    return tuple(parameters)


X, Y = (torch.as_tensor(values, dtype=torch.float32)[:, None] for values in make_line(noise=0.05))
STEP = each(lambda p, rate: p.sub_(rate * p.grad))


def line(seed=0):
    with torch.random.fork_rng(devices=[]):  # the random numbers of the tests are left alone
        torch.manual_seed(seed)
        return nn.Linear(1, 1)


def run(
    words="predict loss backward step reset",
    model=None,
    rate=0.2,
    steps=200,
    optimizer=torch.optim.SGD,
    x=X,
    y=Y,
    loss_function=nn.functional.mse_loss,
    keep=torch.Tensor.item,
    trained=None,
    losses=None,
    parts=1,
    goal=0,
):
    """What a loop with these words leaves: the model and the losses.

    trained: the model that the optimizer holds, if it's another one. losses: a list that holds some already. parts: in
    so many the points are taken, one a step. goal: the first loss below it ends the loop, before its step.
    """
    model, losses = model or line(), [] if losses is None else losses
    optimizer = optimizer((trained or model).parameters(), lr=rate)
    for step in range(steps):
        part = slice(step % parts, None, parts)
        for word in words.split():
            match word:
                case "predict":
                    y_hat = model(x[part])
                case "loss":
                    loss = loss_function(y_hat, y[part])
                    losses.append(keep(loss))
                    if loss < goal:
                        return Args((model, losses))
                case "backward":
                    loss.backward()
                case "step":
                    optimizer.step()
                case "reset":
                    optimizer.zero_grad()
    return Args((model, losses))


SGD = torch.optim.SGD
GOOD = run()
RESET_EARLY = "predict loss backward reset step"
NO_RESET = "predict loss backward step"
RESET_FIRST = "reset predict loss backward step"

TRUTHS = {"gradient_behind_a_step": np.array([2.0, -4.0])}  # worked out on paper
RIGHT = {
    "gradient_behind_a_step": [[(0.5 - 0.3) / 0.1, (-1 + 0.6) / 0.1]],
    "step_all": [STEP, each(lambda p, rate: p.data.__isub__(rate * p.grad)), by_an_optimizer],
    "own_loop": [
        GOOD,
        run(RESET_FIRST, rate=0.7, steps=60),
        run(optimizer=partial(SGD, momentum=0.9), steps=300),
        run(RESET_FIRST, rate=0.05, optimizer=torch.optim.Adam, steps=300),
        run(rate=0.5, goal=0.001),
        run(rate=0.1, steps=300, parts=5),
        run(model=line().double(), x=X.double(), y=Y.double()),
        Args((GOOD[0], np.array(GOOD[1]))),
    ],
}
WRONG = {
    "step_all": {
        "look at parameters[0] (yours: 0.6)": each(lambda p, rate: p.sub_(0.05 * p.grad)),
        "nothing back": lambda parameters, rate: STEP(parameters, rate) and None,
    },
    "own_loop": {
        "a loss that never changes": Several([run(RESET_EARLY), run("predict loss"), run("predict loss step reset")]),
        "doesn't move own_model": Several([run(trained=line(1)), run("predict loss backward")]),
        "as it does without a reset": Several(run(NO_RESET, rate=rate, steps=100) for rate in (0.01, 0.1, 0.5)),
        "a run that diverges": Several([run(rate=0.85), run(rate=50.0), run(optimizer=partial(SGD, maximize=True))]),
        "hasn't arrived": Several([run(rate=rate, steps=steps) for rate in (0.001, 0.01, 0.1) for steps in (10, 60)]),
        "compared with every y": run(y=Y[:, 0], loss_function=lambda y_hat, y: (y_hat - y).square().mean(), steps=300),
        "a list of tensors": Several([run(keep=lambda loss: loss), run(keep=torch.Tensor.detach)]),
        "one loss alone": Several([Args((GOOD[0], GOOD[1][-1:])), Args((GOOD[0], GOOD[1][-1]))]),
        "an empty list": Args((GOOD[0], [])),
        "the losses of another model": Args((line(1), GOOD[1])),
        "a run of 500 steps": run(rate=0.05, steps=500),
        "where another one ended": run(model=run()[0]),
        "two runs in one list": run(losses=run(steps=100, rate=0.5)[1], steps=100, rate=0.5),
        "another loss": run(loss_function=nn.functional.l1_loss, rate=0.01, steps=300),
        "the two exchanged": Args(GOOD[::-1]),
        "should be a model": Args((nn.Linear, GOOD[1])),
        "can't take x_column": Args((nn.Linear(100, 100), GOOD[1])),
        "one number of each row": Args((nn.Linear(1, 100), GOOD[1])),
        "one for each step": Args((GOOD[0], [GOOD[1], GOOD[1]])),
        "must hold numbers": Args((GOOD[0], [f"{loss:.4f}" for loss in GOOD[1]])),
    },
}

"""Answers to the exercises of notebook 04."""

import numpy as np
import torch

from answers import Args, Several
from helpers import graph, make_line

X, Y = make_line(w=-0.7, b=0.2, size=50, noise=0.2, seed=3)
W, B = np.polyfit(X, Y, 1)
NOISE = np.sqrt(0.0192 / np.mean(np.linspace(-1, 1, 10_001) ** 2))  # the mean square of an even spread, measured

# ---- One update ----


def updated(w, b, learning_rate):
    with torch.no_grad():
        w -= learning_rate * w.grad
        b -= learning_rate * b.grad
    return w, b


def updated_by_method(w, b, learning_rate):
    with torch.no_grad():
        for parameter in (w, b):
            parameter.sub_(learning_rate * parameter.grad)
    return [w, b]


def updated_by_optimizer(w, b, learning_rate):
    torch.optim.SGD([w, b], lr=learning_rate).step()
    return w, b


def updated_detached(w, b, learning_rate):
    for parameter in (w, b):
        parameter.detach()[:] -= learning_rate * parameter.grad
    return w, b


def copies(w, b, learning_rate):
    updated(w, b, learning_rate)
    return w.clone(), b.clone()


def copy_of_b(w, b, learning_rate):
    updated(w, b, learning_rate)
    return w, b.clone()


def recorded(w, b, learning_rate):
    w -= learning_rate * w.grad
    b -= learning_rate * b.grad
    return w, b


def uphill(w, b, learning_rate):
    return updated(w, b, -learning_rate)


def without_rate(w, b, learning_rate):
    return updated(w, b, 1.0)


def with_the_rate_of_the_lesson(w, b, learning_rate):
    return updated(w, b, 0.1)


def only(moves_w, moves_b):
    def update(w, b, learning_rate):
        with torch.no_grad():
            w -= moves_w * learning_rate * w.grad
            b -= moves_b * learning_rate * b.grad
        return w, b

    return update


def crossed(w, b, learning_rate):
    with torch.no_grad():
        w -= learning_rate * b.grad
        b -= learning_rate * w.grad
    return w, b


def rebound(w, b, learning_rate):
    w = w - learning_rate * w.grad
    b = b - learning_rate * b.grad
    return w, b


def half_in_place(w, b, learning_rate):
    with torch.no_grad():
        w -= learning_rate * w.grad
        b = b - learning_rate * b.grad
    return w, b


def switched_off(w, b, learning_rate):
    w.requires_grad_(False)
    b.requires_grad_(False)
    return updated(w, b, learning_rate)


def gradients_dropped(w, b, learning_rate):
    updated(w, b, learning_rate)
    w.grad = b.grad = None
    return w, b


def gradient_of_b_zeroed(w, b, learning_rate):
    updated(w, b, learning_rate)
    b.grad.zero_()
    return w, b


# ---- The loop ----


def loop(update=updated, reset="wb", loss_of=lambda error: (error**2).mean(), retains=False):
    def walk(x, y, w, b, learning_rate, steps):
        for _ in range(steps):
            if retains:
                w.retain_grad()
                b.retain_grad()
            loss_of(w * x + b - y).backward()
            w, b = update(w, b, learning_rate)
            if "w" in reset:
                w.grad = None
            if "b" in reset:
                b.grad = None
        return w, b

    return walk


def loop_with_zeros(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for parameter in (w, b):
                parameter -= learning_rate * parameter.grad
                parameter.grad.zero_()
    return w, b


def loop_with_optimizer(x, y, w, b, learning_rate, steps):
    optimizer = torch.optim.SGD([w, b], lr=learning_rate)
    for _ in range(steps):
        optimizer.zero_grad()
        ((w * x + b - y) ** 2).mean().backward()
        optimizer.step()
    return w, b


def loop_that_returns_numbers(x, y, w, b, learning_rate, steps):
    loop()(x, y, w, b, learning_rate, steps)
    return w.item(), b.item()


def step_before_backward(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        updated(w, b, learning_rate)
        ((w * x + b - y) ** 2).mean().backward()
    return w, b


def loop_by_formula(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        error = (w * x + b - y).detach()
        w.data -= learning_rate * 2 * (error * x).mean()
        b.data -= learning_rate * 2 * error.mean()
    return w, b


def reset_before_the_step(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        ((w * x + b - y) ** 2).mean().backward()
        w.grad = b.grad = None
        updated(w, b, learning_rate)
    return w, b


def no_step(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        ((w * x + b - y) ** 2).mean().backward()
        w.grad = b.grad = None
    return w, b


def rounds(number):
    def walk(x, y, w, b, learning_rate, steps):
        return loop()(x, y, w, b, learning_rate, number)

    return walk


def step_after_the_loop(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        ((w * x + b - y) ** 2).mean().backward()
    return updated(w, b, learning_rate)


def stopped_early(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        if loss < 0.00005:
            break
        loss.backward()
        updated(w, b, learning_rate)
        w.grad = b.grad = None
    return w, b


def without(name):
    """A loop whose loss is made of a copy of one parameter."""

    def walk(x, y, w, b, learning_rate, steps):
        for _ in range(steps):
            y_hat = w.detach() * x + b if name == "w" else w * x + b.detach()
            ((y_hat - y) ** 2).mean().backward()
            updated(w, b, learning_rate)
            w.grad = b.grad = None
        return w, b

    return walk


def loss_of_its_own_leaf(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean().detach().requires_grad_()
        loss.backward()
        updated(w, b, learning_rate)
    return w, b


def loss_under_no_grad(x, y, w, b, learning_rate, steps):
    with torch.no_grad():
        return loop()(x, y, w, b, learning_rate, steps)


def moved_data(x, y, w, b, learning_rate, steps):
    y += 0.1
    return loop()(x, y, w, b, learning_rate, steps)


def rebound_under_no_grad(w, b, learning_rate):
    with torch.no_grad():
        return w - learning_rate * w.grad, b - learning_rate * b.grad


def new_leaves(w, b, learning_rate):
    return [parameter.detach().requires_grad_() for parameter in rebound(w, b, learning_rate)]


def rebound_and_zeroed(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        ((w * x + b - y) ** 2).mean().backward()
        w, b = rebound(w, b, learning_rate)
        w.grad.zero_()
        b.grad.zero_()
    return w, b


def half_rebound(rebinds_w, recorded):
    """One parameter is rebound, on the record or under no_grad, and the other is changed in place."""

    def update(w, b, learning_rate):
        with torch.set_grad_enabled(recorded):
            new = (w - learning_rate * w.grad) if rebinds_w else (b - learning_rate * b.grad)
        with torch.no_grad():
            if rebinds_w:
                b -= learning_rate * b.grad
            else:
                w -= learning_rate * w.grad
        return (new, b) if rebinds_w else (w, new)

    return update


def nodes_at_step_60():
    """Counted, after w was rebound in each of 60 steps and b was not."""
    x, w, b = torch.ones(5), *(torch.ones(1, requires_grad=True) for _ in "wb")
    w, b = loop(half_rebound(rebinds_w=True, recorded=True), retains=True)(x, x, w, b, 0.1, 60)
    return graph.count_nodes(((w * x + b - x) ** 2).mean())


def whole_descent(change, steps=1000):
    """Where the loop of the solution ends, whose step adds the gradient times a number."""
    w, b = (torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in "wb")
    return loop(updated)(torch.as_tensor(X), torch.as_tensor(Y), w, b, -change, steps)


TRUTHS = {
    "half_rebound": np.array(nodes_at_step_60()),
    "noise_from_the_floor": NOISE,
}
RIGHT = {
    "update_in_place": [updated, updated_by_method, updated_by_optimizer, updated_detached],
    "loop_of_five_words": [loop(), loop_with_zeros, loop_with_optimizer, loop_by_formula],
    "noise_from_the_floor": [NOISE, 0.23, 0.25],
    "own_descent": [
        Args((float(W), float(B))),
        Args((torch.tensor(W), torch.tensor([B]).requires_grad_())),
        Args((np.float32(W + 0.019), np.float32(B - 0.019))),
        Args(whole_descent(-0.3)),
    ],
}
WRONG = {
    "update_in_place": {
        "autograd was asked to record": recorded,
        "nothing has moved": lambda w, b, learning_rate: (w, b),
        "step uphill": uphill,
        "without the learning rate": without_rate,
        "a learning rate of 0.1": with_the_rate_of_the_lesson,
        "the gradient of the other": crossed,
        "w and b exchanged": lambda w, b, learning_rate: updated(w, b, learning_rate)[::-1],
        "b forgotten": only(1, 0),
        "w forgotten": only(0, 1),
        "step alone": lambda w, b, learning_rate: (-learning_rate * w.grad, -learning_rate * b.grad),
        "length of the step": lambda w, b, learning_rate: (learning_rate * w.grad, learning_rate * b.grad),
        "the w that was handed over has not moved": rebound,
        "the b that was handed over has not moved": half_in_place,
        "requires no gradient any more": switched_off,
        "the gradients are gone or changed": Several((gradients_dropped, gradient_of_b_zeroed)),
        "w and b themselves": Several((copies, copy_of_b)),
        "two things, w and b": Several(
            (lambda *given: updated(*given)[0], lambda *given: (*updated(*given), given[0].grad))
        ),
        "should be one number each": lambda w, b, learning_rate: (torch.cat(updated(w, b, learning_rate)), b),
        "gives nothing back": lambda w, b, learning_rate: updated(w, b, learning_rate) and None,
        "look at w and b.": only(2, 2),
    },
    "loop_of_five_words": {
        "autograd was asked to record": loop(recorded),
        "nothing has moved": no_step,
        "one step only": rounds(1),
        "gradients of all rounds": step_after_the_loop,
        "forgets the reset": loop(reset=""),
        "forgets b.grad": loop(reset="w"),
        "forgets w.grad": loop(reset="b"),
        "leaves b where it is": loop(only(1, 0)),
        "leaves w where it is": loop(only(0, 1)),
        "uphill": loop(uphill),
        "without the learning rate": loop(without_rate),
        "a learning rate of 0.1": loop(with_the_rate_of_the_lesson),
        "w and b exchanged": lambda *given: loop()(*given)[::-1],
        "reset before the step": reset_before_the_step,
        "after the first step w or b is": loop(half_rebound(rebinds_w=False, recorded=True)),
        "after the first step w is": loop(half_rebound(rebinds_w=True, recorded=False)),
        "after the first step b is": loop(half_rebound(rebinds_w=False, recorded=False)),
        "could be zeroed": rebound_and_zeroed,
        "before any gradient has arrived": Several((step_before_backward, loss_of_its_own_leaf)),
        "w and b themselves": loop_that_returns_numbers,
        "the w that was handed over has not moved": loop(rebound, retains=True),
        "w and b require no gradient": Several((loop(rebound_under_no_grad), loop(switched_off))),
        "a loss that was not recorded": loss_under_no_grad,
        "does not lead back to w": without("w"),
        "does not lead back to b": without("b"),
        "stops before its time": Several((stopped_early, rounds(2))),
        "changes y": moved_data,
        "two things, w and b": lambda *given: loop()(*given)[0],
        "look at w and b.": Several(
            loop(update, loss_of=lambda error: (error**2).sum()) for update in (updated, new_leaves)
        ),
    },
    "half_rebound": {
        "both are rebound: here only w is": 127,
        "nothing is rebound": 7,
        "the growth alone": 60,
        "without the first graph": 120,
        "step 59": 66,
        "step 61": 68,
        "7 nodes for each step": Several((420, 427)),
        "all 60 graphs together": 2190,
        "65 is not the right number": 65,
        "61 is not the right number": 61,
        "should be one number": list(range(7, 68)),
    },
    "noise_from_the_floor": {
        "the square of the noise": 0.0576,
        "the root of the loss": np.sqrt(0.0192),
        "the 3 on the wrong side": 0.08,
        "a third of the loss": 0.0064,
        "the loss itself": 0.0192,
        "the loss in the place of the noise": 0.0192**2 / 3,
        "the whole width": 0.48,
        "wrong sign": -0.24,
        "the noise of the lesson": 0.05,
        "is not the right number": 0.26,
        "complex numbers": (-0.0192 * 3) ** 0.5,
    },
    "own_descent": {
        "w and b exchanged": Args((B, W)),
        "the line of the lesson": Args((0.3, 0.5)),
        "still where they started": Args((0.0, 0.0)),
        "wrong sign": Args((-W, -B)),
        "the line that make_line began with": Args((-0.7, 0.2)),
        "near and has not arrived": Several((Args((W + 0.021, B + 0.01)), Args(whole_descent(-0.1, steps=200)))),
        "still far away": Several((Args((W + 0.3, B)), Args(whole_descent(-0.01, steps=100)))),
        "a larger loss than it began with": Several(
            (
                *(Args(pair) for pair in ((1e58, -1e58), (W + 0.5, B), (W, np.nan))),
                *(Args(whole_descent(change, steps)) for change in (0.3, -1.0) for steps in (2, 9, 1000)),
            )
        ),
        "w and b should be one number each": Args(([W, W], B)),
    },
}

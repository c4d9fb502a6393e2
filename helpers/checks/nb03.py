"""The exercises of notebook 03."""

import math

import torch
from torch import nn
from torch.nn import functional

from helpers.data import make_line
from helpers.judge import RIGHT, Exercise, as_numbers, error, exercise, mistake


@exercise
def gradient_behind_a_step():
    """Notebook 03: the gradient with which plain SGD took the weights [0.5, -1.0] to [0.3, -0.6] at the rate 0.1."""
    before, after, learning_rate = torch.tensor([0.5, -1.0]), torch.tensor([0.3, -0.6]), 0.1
    move = after - before
    right = -move / learning_rate
    return Exercise(
        right,
        {
            "the gradient with its sign turned: a step goes against the gradient": -right,
            "the way back: divide it by the learning rate": -move,
            "the move: it is minus the learning rate times the gradient": move,
            "the move times the learning rate: divide by it instead": (move * learning_rate, -move * learning_rate),
            "a division of one of the weights alone: subtract first, in brackets": (
                before - after / learning_rate,
                after - before / learning_rate,
            ),
            "the weights before the step, divided by the learning rate: how far did they move?": before / learning_rate,
            "the weights after the step, divided by the learning rate: how far did they move?": after / learning_rate,
            "sizes without their signs: which weight has grown?": right.abs(),
            "a learning rate of 0.01: here it's 0.1": 10 * right,
            "one number alone: each weight has its own gradient": (*right,),
            "the two exchanged: the order is that of the weights": right.flip(0),
        },
        names=("the gradient of the first weight", "the gradient of the second weight"),
    )


@exercise
def step_all():
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

    def renewed(parameters, learning_rate):
        for place, parameter in enumerate(parameters):
            if parameter.grad is not None:
                parameters[place] = parameter - learning_rate * parameter.grad
        return parameters

    def comes_back(result, parameters, learning_rate):
        return float(isinstance(result, list | tuple) and list(map(id, result)) == list(map(id, parameters)))

    def left(parameters, learning_rate):
        numbers = []
        for parameter in parameters:
            slopes = parameter.grad if parameter.is_leaf else None  # only leaves have one
            gradient = [None, None] if slopes is None else slopes.flatten().tolist()
            numbers += [*parameter.flatten().tolist(), *gradient, parameter.requires_grad and parameter.is_leaf]
        return numbers

    return Exercise(
        each(step),
        {
            "parameters that haven't moved: parameter = parameter - ... makes a new tensor, -= changes the old one": (
                lambda ps, lr: ps,
                lambda ps, lr: copies(ps),
            ),
            "new tensors in the list: the model keeps the old ones, so change these in place": (
                renewed,
                torch.no_grad()(renewed),
            ),
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
            "a step where .grad is None: skip such a parameter": torch.no_grad()(
                lambda ps, lr: [step(p, lr) for p in ps]
            ),
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


DIVERGED = "a run that diverges: does each step go downhill? If so, use a smaller learning rate"


@exercise
def own_loop(own_model, own_losses):
    """Notebook 03: a model that the learner's own loop has trained on the line, and the loss of each of its steps."""
    if isinstance(own_losses, nn.Module):
        return mistake("the two exchanged: the model comes first, then its losses")
    y, y_hat = predicted(own_model)
    losses, now = kept(own_losses), functional.mse_loss(y_hat, y).item()
    first, last = losses[0].item(), losses[-1].item()
    misses, fits, is_still = not now < 0.001, now / 2 < last < 2 * now, (losses == first).all()
    left = sum((p.grad**2).sum().item() for p in own_model.parameters() if p.grad is not None)
    piles_up = left > 100 * last  # the square of a single gradient is a few times the loss
    is_of_all_pairs = math.isclose(last, ((y_hat - y.T) ** 2).mean(), rel_tol=0.05)
    stands = losses[-2] < 1.0005 * last
    restarts = (losses[2:] > 10 * losses[1:-1]) & (losses[1:-1] > 0.9 * losses[:-2])  # jumps from where it was level
    looks = {
        "an optimizer that doesn't move own_model, whose gradients pile up: whose parameters does it hold, and is step "
        "called, with its brackets?": is_still and piles_up,
        "a loss that never changes: is there a step, and does it find the gradients that backward has left?": (
            is_still and misses
        ),
        "a loss that swings and doesn't settle, as it does without a reset: does every round have one? If so, use a "
        "smaller learning rate": piles_up or (misses and turns(losses) > 2),
        "a run that begins where another one ended: make a new model in the same cell": (
            not misses and first < 1.1 * last
        ),
        DIVERGED: last > first,
        "predictions that are each compared with every y, which makes the line level: is your y a column?": (
            misses and is_of_all_pairs and (stands or not fits)
        ),
        f"the losses of another model: the last one is {last:.4f}, and own_model has {now:.4f}. Did you train "
        "own_model itself, and is it still that one?": misses and not fits,
        f"a run that hasn't arrived: the loss is {now:.4f} now. Use a larger learning rate, or more steps if you took "
        "fewer than 300": misses,
        "another loss, which doesn't fall below 0.001: use the mean of the squared errors": not fits,
        "two runs in one list: make a new list in the same cell, before the loop": restarts.any(),
    }
    return next((mistake(sentence) for sentence, is_so in looks.items() if is_so), RIGHT)


def turns(losses):
    """How often the losses begin to rise or to fall again; changes of less than a thousandth don't count."""
    signs = losses.diff()[losses.diff().abs() > 1e-3 * losses[:-1]].sign()
    return (signs.diff() != 0).sum()


def predicted(model):
    """The y_column of the notebook, and what the model makes of x_column; raises the verdict if it can't."""
    if model is ... or model is None:
        as_numbers(model)  # raises the verdict on no answer
    if not isinstance(model, nn.Module):
        raise error("own_model should be a model, such as a layer of torch.nn")
    dtype = next((parameter.dtype for parameter in model.parameters()), torch.float32)
    x, y = (torch.as_tensor(values, dtype=dtype)[:, None] for values in make_line(noise=0.05))
    try:
        with torch.no_grad():
            y_hat = model(x)
    except Exception as problem:
        raise error(
            "own_model can't take x_column: a point has one number that goes in, and one comes out"
        ) from problem
    if getattr(y_hat, "shape", None) != y.shape:
        raise error("own_model should make one number of each row of x_column")
    return y, y_hat


def kept(losses):
    """The losses of at least two steps; raises the verdict on others."""
    if isinstance(losses, list | tuple):
        if any(isinstance(loss, torch.Tensor) for loss in losses):
            raise mistake("a list of tensors, each of which keeps its record: make plain numbers of them")
        if any(isinstance(loss, float) and not math.isfinite(loss) for loss in losses):
            raise mistake(DIVERGED)
    numbers = as_numbers(losses)
    if not numbers.numel():
        raise mistake("an empty list: append the loss inside the loop")
    if not numbers.ndim:
        raise mistake("one loss alone: make the list before the loop, and append to it inside")
    if numbers.ndim > 1:
        raise error("own_losses should be a list of numbers, one for each step")
    if len(numbers) > 300:
        raise mistake(
            f"a run of {len(numbers)} steps: 300 are enough with a larger learning rate. If you took fewer, does the "
            "cell make a new list each time?"
        )
    return numbers

"""Other ways to a gradient: central differences; and a comparison of the learner's own autograd with PyTorch."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from helpers import arguments
from helpers.arguments import checked, each, shown


def _nudgeable(name, value):
    """The argument, a tensor whose entries can be changed one at a time: an expanded one repeats its numbers."""
    floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    if not floating or value.is_sparse or value.is_meta or not value.is_contiguous():
        raise TypeError(f"{name} must be a contiguous floating point tensor, such as torch.ones(2), not {shown(value)}")
    return value


@checked(parameter=_nudgeable, h=partial(arguments.number, above=0, at_most=1))
def central_difference(function, parameter, h=None):
    """The gradient of `function()` for `parameter`, in its shape and dtype, without any calculus.

    Nudges one entry after the other up and down by h, in place, and puts it back: (f(p + h) - f(p - h)) / (2 h). The
    error of this quotient shrinks with h squared until rounding, which grows with 1 / h, takes over. With the default
    h a slope near 1 of a loss near 1 is off by about 0.00001 in float32. Built by hand in notebook 02.

    Args:
        function: takes nothing, returns the loss as one number; it must read `parameter` at each call.
        parameter: a floating point tensor of any shape; unchanged afterwards, for graphs recorded earlier too.
        h: by default the cube root of the precision: 6e-6 in float64, 0.005 in float32, where the two errors are about
            equal, times the entry where that is larger than 1, and divided by the distance as it was rounded (Press et
            al., Numerical Recipes, 5.7).
    """
    slopes = torch.empty_like(parameter, requires_grad=False)
    numbers = parameter.data  # unlike `parameter`, keeps no count of changes, and all of them are taken back

    def loss_at(entry, value):
        numbers[entry] = value
        return parameter.new_tensor(arguments.outcome("what function returns", function()))

    with torch.no_grad():
        for entry in np.ndindex(parameter.shape):
            here = numbers[entry].clone()
            nudge = h or torch.finfo(here.dtype).eps ** (1 / 3) * max(1, abs(here.item()))
            above, below = here + nudge, here - nudge
            try:
                rise = loss_at(entry, above) - loss_at(entry, below)
            finally:
                numbers[entry] = here
            slopes[entry] = rise / (2 * h if h else above - below)
    return slopes


own_code = partial(arguments.instance, kind=Callable, called="a function")


@checked(calculation=own_code, number=own_code, backward=own_code, start=partial(each, check=arguments.finite, least=1))
def compare(calculation, number, backward, **start):
    """Run a calculation with your numbers and with PyTorch's, and name the first value or gradient that differs.

    Values are compared in their order, then gradients backward, to 1e-12. Built by hand in notebook 06.

    Args:
        calculation: gets what is made of `start`, by name; returns its last result, or several by name: locals().
        number: makes one of your numbers, with .data and .grad, from a float.
        backward: walks back from your last result, and may return a dict of what has arrived at each number.
        start: floats, or lists of them.
    """
    leaf = partial(torch.tensor, dtype=torch.float64, requires_grad=True)
    yours, theirs = (_run(calculation, make, start) for make in (number, leaf))
    tensors = {name: item for name, item in theirs.items() if getattr(item, "requires_grad", False)}
    if (last := [*theirs][-1]) not in tensors:
        raise TypeError(f"calculation must turn PyTorch's tensors into a tensor, not into {shown(theirs[last])}")
    for what, own, right in _numbers(yours, tensors, backward):
        own = arguments.outcome(f"{what}, of what number makes,", own)
        if not math.isclose(own, right, rel_tol=1e-12, abs_tol=1e-12):
            return f"first difference: {what} is {own}, PyTorch's is {right}"
    return f"{len(tensors)} values and their gradients match PyTorch's to 1e-12"


def _run(calculation, number, start):
    """All numbers of a calculation by name, the last result at the end."""
    named = {}

    def make(name, values):
        if isinstance(values, list):
            return [make(f"{name}[{place}]", value) for place, value in enumerate(values)]
        return named.setdefault(name, number(values))

    result = calculation(**{name: make(name, values.tolist()) for name, values in start.items()})
    return named | (result if isinstance(result, dict) else {"result": result})


def _numbers(yours, tensors, backward):
    """What is compared: what it is, and the two numbers."""
    for name, tensor in tensors.items():
        yield f"the value of {name}", getattr(yours[name], "data", None), tensor.item()
    arrived = backward(yours[name])
    slopes = torch.autograd.grad(tensor, [*tensors.values()], materialize_grads=True)
    for (name, tensor), slope in reversed([*zip(tensors.items(), slopes, strict=True)]):
        is_kept = tensor.is_leaf or not isinstance(arrived, dict)
        own = getattr(yours[name], "grad", None) if is_kept else arrived.get(yours[name], 0.0)
        yield f"the gradient of {name}", own, slope.item()

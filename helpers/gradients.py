"""Other ways to a gradient: central differences, and a table that sets several ways to the same numbers in columns."""

import math
from itertools import product

import numpy as np
import torch

from helpers import arguments
from helpers.arguments import checked


def _nudgeable(name, value):
    """The argument, a tensor whose entries can be changed one at a time: an expanded one repeats its numbers."""
    floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    if not floating or value.is_sparse or value.is_meta or not value.is_contiguous():
        called = "a contiguous floating point tensor, such as torch.tensor([1.0, 2.0])"
        raise TypeError(f"{name} must be {called}, not {arguments.shown(value)}")
    return value


@checked(parameter=_nudgeable)
def central_difference(function, parameter, h=None):
    """The gradient of `function()` with respect to `parameter`, without any calculus.

    Nudges one entry after the other up and down by h, in place, and puts it back: (f(p + h) - f(p - h)) / (2 h). The
    error of this quotient shrinks with h squared until rounding, which grows with 1 / h, takes over. With the default
    h a slope near 1 of a loss near 1 is off by about 0.00001 in float32. Built by hand in notebook 02.

    Args:
        function: takes nothing, returns the loss as a tensor of one number; it must read `parameter` at each call.
        parameter: a floating point tensor of any shape; unchanged afterwards, for graphs recorded earlier too.
        h: the nudge, above 0 and at most 1; by default the cube root of the precision: 6e-6 in float64, 0.005 in
            float32, where the two errors are about equal, times the entry where that is larger than 1, and divided by
            the distance as it was rounded (Press et al., Numerical Recipes, 5.7).

    Returns:
        A tensor of the parameter's shape and dtype.
    """
    slopes = torch.empty_like(parameter, requires_grad=False)
    numbers = parameter.data  # unlike `parameter`, keeps no count of changes, and all of them are taken back
    with torch.no_grad(), arguments.door(is_open=False):
        for entry in product(*map(range, parameter.shape)):
            here = numbers[entry].clone()
            nudge = h or torch.finfo(here.dtype).eps ** (1 / 3) * max(1, abs(here.item()))
            above, below = here + nudge, here - nudge
            try:
                numbers[entry] = above
                up = _loss(function)
                numbers[entry] = below
                down = _loss(function)
            finally:
                numbers[entry] = here
            slopes[entry] = (up - down) / (2 * h if h else above - below)
    return slopes


def _loss(function):
    loss = function()
    if not isinstance(loss, torch.Tensor) or not loss.is_floating_point():
        raise TypeError(f"function must return a floating point tensor, not {arguments.shown(loss)}")
    if loss.numel() != 1:
        raise ValueError(f"function must return one number, not a tensor of shape {tuple(loss.shape)}")
    arguments.outcome("what function returns", loss.squeeze())
    return loss.clone().squeeze()  # a copy, for it may be the parameter itself


@checked
def side_by_side(tolerance=1e-5, **ways):
    """A table of several tensors that should be equal: one row an entry, one column a way, and the verdict last.

    Args:
        tolerance: how far the ways may differ and still count as equal.
        ways: two tensors or more of the same shape, each under the name that heads its column.

    Returns:
        str, with four decimals; the last line says whether all agree within the tolerance, or where they differ most.
    """
    shape, *others = shapes = [tuple(way.shape) for way in ways.values()]
    if others != [shape] * len(others) or not 0 < math.prod(shape) <= 1000:
        found = dict(zip(ways, shapes, strict=True))
        raise ValueError(f"{', '.join(ways)} must have one shape, with 1 to 1,000 numbers, not {found}")
    entries = [str(list(entry)) for entry in product(*map(range, shape))]
    values = torch.stack([way.flatten() for way in ways.values()], dim=1)
    rows = [[f"{value:.4f}" for value in row] for row in values.tolist()]
    first = max(8, *map(len, entries))
    width = max(12, *(2 + len(cell) for row in [ways, *rows] for cell in row))
    lines = zip(["entry", *entries], [ways, *rows], strict=True)
    table = [f"{entry:<{first}}" + "".join(f"{cell:>{width}}" for cell in row) for entry, row in lines]
    return "\n".join([*table, _verdict(entries, values, tolerance)])


def _verdict(entries, values, tolerance):
    """Where the rows of a table differ most, or that all agree; two infinities with one sign agree, too."""
    low, high = values.aminmax(dim=1)
    spread = torch.where(low == high, 0, high - low)  # inf - inf is no number
    worst = spread.argmax().item()  # or the first nan, if there is one
    if spread[worst].isnan():
        return f"nothing can be said of {entries[worst]}: a nan is in that row"
    if spread[worst] <= tolerance:
        return f"all agree within {np.format_float_positional(tolerance, trim='-')}"
    return f"they differ most at {entries[worst]}, by {spread[worst]:.2g}"

"""Witnesses for a gradient: central differences, and a table that sets several ways to the same numbers in columns."""

import inspect
import math
from itertools import product

import numpy as np
import torch

from helpers import arguments

FLOATS = torch.float64, torch.float32, torch.bfloat16, torch.float16
"""The floating point types in which PyTorch can add."""


def central_difference(function, parameter, h=None):
    """The gradient of `function()` with respect to `parameter`, without any calculus.

    Nudges one entry after the other up and down by h, in place, and puts it back: (f(p + h) - f(p - h)) / (2 h). The
    error of this quotient shrinks with h squared until rounding, which grows with 1 / h, takes over. With the h that
    is chosen here a slope near 1 of a loss near 1 is off by about 0.00001 in float32. Built by hand in notebook 02.

    Args:
        function: takes nothing, returns the loss as a tensor of one number; it must read `parameter` at each call.
        parameter: a floating point tensor of any shape; unchanged afterwards, for graphs recorded earlier too.
        h: the nudge, above 0 and at most 1; if none is given, the cube root of the precision: 6e-6 in float64, 0.005
            in float32, where the two errors are about equal, times the entry where that is larger than 1, and divided
            by the distance as it was rounded (Press et al., Numerical Recipes, 5.7).

    Returns:
        A tensor of the parameter's shape and dtype.
    """
    if not callable(function):
        told = arguments.shown(function)
        raise TypeError(f"function must be a function without arguments, such as lambda: loss(w), not {told}")
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        raise TypeError(f"function must be one that is called without arguments: {error}") from error
    except ValueError:  # some that are built in do not tell
        pass
    if not isinstance(parameter, torch.Tensor) or parameter.dtype not in FLOATS:
        told = arguments.shown(parameter)
        raise TypeError(f"parameter must be a floating point tensor, such as torch.tensor([1.0, 2.0]), not {told}")
    if not _can_be_nudged(parameter):
        told = f"such as parameter.clone(), not {arguments.shown(parameter)}"
        raise TypeError(f"parameter must be a tensor with a number of its own at each place, {told}")
    h = None if h is None else arguments.number("h", h, above=0, at_most=1)
    slopes = torch.empty_like(parameter, requires_grad=False)
    numbers = parameter.data  # unlike `parameter`, keeps no count of changes, and all of them are taken back
    with torch.no_grad():
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


def _can_be_nudged(parameter):
    """Whether each entry has a place in memory that can be written to, and shares it with no other."""
    if parameter.layout != torch.strided or parameter.is_meta or parameter.is_inference():
        return False
    reached = 0
    for stride, size in sorted(zip(parameter.stride(), parameter.shape, strict=True)):
        if size > 1 and stride <= reached:  # a step along this axis stays among the places of the axes before
            return False
        reached += stride * (size - 1)
    return True


def _loss(function):
    loss = function()
    if not isinstance(loss, torch.Tensor) or not loss.is_floating_point():
        raise TypeError(f"function must return a tensor, not {arguments.shown(loss)}")
    if loss.numel() != 1:
        raise ValueError(f"function must return one number, not a tensor of shape {tuple(loss.shape)}")
    loss = loss.to_dense().clone().squeeze()  # a copy, for it may be the parameter itself
    arguments.number("what function returns", loss)
    return loss


def side_by_side(tolerance=1e-5, **ways):
    """A table of several tensors that should be equal: one row an entry, one column a way, and the verdict last.

    Args:
        tolerance: how far the ways may differ and still count as equal.
        ways: two tensors or more of the same shape, each under the name that heads its column.

    Returns:
        str, with four decimals; the last line says whether all agree within the tolerance, or where they differ most.
    """
    tolerance = arguments.number("tolerance", tolerance, at_least=0)
    if len(ways) < 2:
        raise ValueError(f"there must be at least two tensors to compare, each under a name, not {len(ways)}")
    ways = {name: arguments.numbers(name, arguments.tensor(name, way)) for name, way in ways.items()}
    shapes = {name: tuple(way.shape) for name, way in ways.items()}
    if len(set(shapes.values())) > 1:
        raise ValueError(f"the tensors must have the same shape, not {shapes}")
    shape = next(iter(shapes.values()))
    if math.prod(shape) > 1000:
        raise ValueError(f"{', '.join(ways)} must have at most 1,000 numbers each to be read, not the shape {shape}")
    if not math.prod(shape):
        raise ValueError(f"{', '.join(ways)} must have at least one number each, not the shape {shape}")
    entries = [str(list(entry)) for entry in product(*map(range, shape))]
    values = torch.stack([way.flatten() for way in ways.values()], dim=1)
    rows = [["entry", *ways]]
    for entry, row in zip(entries, values.tolist(), strict=True):
        rows.append([entry, *(f"{value:.4f}" for value in row)])
    first = max(8, *(len(row[0]) for row in rows))
    width = max(12, *(2 + len(cell) for row in rows for cell in row[1:]))
    lines = [f"{entry:<{first}}" + "".join(f"{cell:>{width}}" for cell in cells) for entry, *cells in rows]
    return "\n".join([*lines, _verdict(entries, values, tolerance)])


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

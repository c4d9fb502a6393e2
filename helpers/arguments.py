"""Checks of arguments: an error that names the argument, the value it had, and what would be right."""

import math
from numbers import Integral, Real

import numpy as np
import torch


def number(name, value, *, above=None, at_least=None):
    """The argument as a float; `TypeError` if it is no number, `ValueError` if it is NaN, infinite or too small."""
    if isinstance(value, torch.Tensor) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {value!r}")
    try:
        result = float(value)
    except OverflowError:  # an int that no float can hold
        result = math.inf
    if not math.isfinite(result):
        raise ValueError(f"{name} must be a finite number, not {value!r}")
    if above is not None and value <= above:
        raise ValueError(f"{name} must be above {above}, not {value!r}")
    if at_least is not None and value < at_least:
        raise ValueError(f"{name} must be at least {at_least}, not {value!r}")
    return result


def count(name, value, *, at_least=1):
    """The argument as an int; `TypeError` if it is no whole number, `ValueError` if it is too small."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < at_least:
        raise ValueError(f"{name} must be at least {at_least}, not {value!r}")
    return int(value)


def numbers(name, value):
    """The argument as a new float64 tensor of any shape, cut from any graph; `TypeError` if it is no real numbers."""
    try:
        if isinstance(value, np.ndarray):
            value = value.copy()  # `as_tensor` refuses a reversed array and warns about a read-only one
        if isinstance(value, list | tuple):  # a tensor in a list warns, too, if it requires a gradient
            value = [item.detach() if isinstance(item, torch.Tensor) else item for item in value]
        typed = isinstance(value, np.ndarray | torch.Tensor)
        tensor = torch.as_tensor(value, dtype=None if typed else torch.float64)  # Python's floats keep all their digits
        if tensor.is_complex():
            raise TypeError("complex numbers")
        return tensor.detach().to_dense().to("cpu", torch.float64, copy=True)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise TypeError(f"{name} must hold numbers, not {value!r}") from error


def vector(name, value):
    """The argument as `numbers` of shape (size,); `ValueError` if it is empty, not flat or not finite."""
    tensor = numbers(name, value)
    if tensor.ndim != 1 or len(tensor) == 0:
        raise ValueError(f"{name} must have one dimension and at least one number, not the shape {tuple(tensor.shape)}")
    if not tensor.isfinite().all():
        raise ValueError(f"{name} must hold finite numbers only, not {value!r}")
    return tensor


def points(x, y):
    """The two arguments `x` and `y` as vectors of one size."""
    x, y = vector("x", x), vector("y", y)
    if len(x) != len(y):
        raise ValueError(f"x and y must have the same size, not {len(x)} and {len(y)}")
    return x, y


def pair(name, value):
    """The argument, a slope and an intercept, as two finite floats."""
    try:
        w, b = value
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be a pair of numbers (w, b), not {value!r}") from error
    return number(f"w of {name}", w), number(f"b of {name}", b)


def pairs(name, value):
    """The argument as a list of pairs, at least one."""
    found = [pair(f"{name}[{place}]", one) for place, one in enumerate(value)]
    if not found:
        raise ValueError(f"{name} must hold at least one pair (w, b), not {value!r}")
    return found


def curves(value, least, most):
    """Named vectors as NumPy arrays, each under its name in words; `ValueError` if they are too few or too many."""
    if not least <= len(value) <= most:
        raise ValueError(f"there must be {least} to {most} curves, not {len(value)}: {list(value)}")
    return {name.replace("_", " "): vector(name, curve).numpy() for name, curve in value.items()}

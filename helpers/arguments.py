"""Checks of arguments: an error that names the argument, the value it had, and what would be right."""

import math
from numbers import Integral, Real

import torch


def number(name, value, *, above=None, at_least=None):
    """The argument as a finite float; `TypeError` if it is no number, `ValueError` if it is NaN, infinite or too small."""
    if isinstance(value, torch.Tensor) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, not {value!r}")
    if above is not None and value <= above:
        raise ValueError(f"{name} must be above {above}, not {value!r}")
    if at_least is not None and value < at_least:
        raise ValueError(f"{name} must be at least {at_least}, not {value!r}")
    return float(value)


def count(name, value, *, at_least=1):
    """The argument as an int of at least `at_least`; `TypeError` if it is no whole number, `ValueError` if it is too small."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < at_least:
        raise ValueError(f"{name} must be at least {at_least}, not {value!r}")
    return int(value)


def vector(name, value):
    """The argument as a new float64 tensor of shape (size,), cut from any graph; `ValueError` if it is empty, not flat or not finite."""
    try:
        tensor = torch.as_tensor(value).detach().to(torch.float64, copy=True)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{name} must hold numbers, not {value!r}") from error
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

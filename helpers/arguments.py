"""Checks of arguments, one table by name: an error names the argument, the value it had, and what would be right.

A check takes the name and the value, and returns it as the functions use it; `@checked` puts it at their door.
"""

import functools
import inspect
from collections.abc import Callable
from functools import partial
from math import inf, prod

import numpy as np
import torch

LARGEST = 10_000  # in data and parameters: of larger numbers no map could show the steps of 0.002 in the loss
HIGHEST = 1e50  # of a recorded curve, for one that diverges is worth looking at, too
MOST = 1_000_000  # of points or steps, for instance
FEW = 9  # panels, lines or numbers in a row, to be told apart


def shown(value):
    """The value as an error shows it: its repr, cut where it is long."""
    if isinstance(value, torch.Tensor | np.ndarray) and prod(value.shape) > 12:
        return f"{'a tensor' if isinstance(value, torch.Tensor) else 'an array'} of shape {tuple(value.shape)}"
    if inspect.isroutine(value):  # its repr holds an address, which differs from machine to machine
        return f"the function {value.__name__} itself (are the brackets missing?)"
    try:
        text = repr(value)
    except Exception:  # a repr of the learner's own may do anything
        return f"something of the type {type(value).__name__}"
    return text if len(text) <= 420 else f"{text[:420]} ..."


def numbers(name, value):
    """The argument as a new float64 tensor of any shape, outside of any graph."""
    try:
        with torch.no_grad():  # else NumPy refuses a list of tensors that require a gradient
            plain = np.array(value.tolist() if isinstance(value, torch.Tensor) else value)
        return torch.from_numpy(plain.astype(np.float64, casting="same_kind"))
    except Exception as error:  # whatever its own methods raise
        raise TypeError(f"{name} must hold numbers, not {shown(value)}") from error


def array(
    name, value, ndim=1, row=None, called="numbers of shape (size,)", above=-inf, at_least=-LARGEST, at_most=LARGEST
):
    """The argument as a new float64 NumPy array; ndim None: with any number of axes, row None: of any length."""
    array = numbers(name, value).numpy()
    if ndim is not None and (array.ndim != ndim or row not in (None, array.shape[-1])):
        raise ValueError(f"{name} must be {called}, not {shown(value)}")
    if not 0 < array.size <= MOST:
        raise ValueError(f"{name} must hold from 1 to {MOST:,} numbers, not {array.size:,}")
    limits = {
        "finite": np.isfinite(array),
        f"above {above:,}": array > above,
        f"at least {at_least:,}": array >= at_least,
        f"at most {at_most:,}": array <= at_most,
    }
    for limit, holds in limits.items():
        if not holds.all():
            raise ValueError(f"{name} must be {limit}, not {shown(array[~holds][0].item() if array.ndim else value)}")
    return array


def number(name, value, whole=False, **limits):
    """The argument, a number or a tensor of one number, as a float, or as an int where it has to be whole."""
    array = finite(name, value, **limits)
    if array.size > 1 or (whole and array % 1):
        raise ValueError(f"{name} must be a {'whole ' * whole}number, not {shown(value)}")
    return int(array.item()) if whole else array.item()


def each(name, value, check, least=0, most=FEW):
    """Arguments under names of the caller's choice, such as **curves: each as the check returns it."""
    if not least <= len(instance(name, value, dict, "a dictionary")) <= most:
        raise ValueError(f"there must be {least} to {most} {name}, each under a name, not {shown(list(value))}")
    return {own: check(own, item) for own, item in value.items()}


def instance(name, value, kind, called):
    """The argument as it is, of a certain type."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {called}, not {shown(value)}")
    return value


def choice(name, value, choices):
    """The argument, one of certain strings."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {shown(list(choices))}, not {shown(value)}")
    return value


text = partial(instance, kind=str, called="a string")
flag = partial(instance, kind=bool, called="True or False")
tensor = partial(instance, kind=torch.Tensor, called="a torch tensor")
count = partial(number, whole=True, at_least=1, at_most=MOST)
finite = partial(array, ndim=None)
curve = partial(array, at_least=-HIGHEST, at_most=HIGHEST)
outcome = partial(number, at_least=-HIGHEST, at_most=HIGHEST)
pair = partial(array, row=2, called="a pair of numbers (w, b)")
pairs = partial(array, ndim=2, row=2, called="a list of pairs (w, b)")


def same_size(**sized):
    """`ValueError` if the arguments, each under its name, do not hold equally many numbers."""
    sizes = [prod(np.shape(values)[-1:]) for values in sized.values()]
    if len(set(sizes)) > 1:
        raise ValueError(f"{' and '.join(sized)} must have the same size, not {' and '.join(map(str, sizes))}")


TABLE = {
    **dict.fromkeys(["x", "y", "values"], array),  # points, ...: shape (size,)
    **dict.fromkeys(["w", "b"], number),  # slope and intercept
    **dict.fromkeys(["lines", "places", "arrows"], pairs),  # (w, b), or steps along them
    **dict.fromkeys(["size", "steps"], count),  # of points and of steps
    "truth": pair,  # (w, b) of the line around which the points were drawn
    "noise": partial(number, at_least=0),  # how far values may be off
    "seed": partial(count, at_least=0),  # the same seed draws the same numbers
    "learning_rates": partial(array, above=0),  # one for each lane, shape (lanes,)
    "momentum": partial(number, at_least=0, at_most=1),  # the share of the velocity that the next step keeps
    "goal": partial(number, above=0),  # a loss
    "function": partial(instance, kind=Callable, called="a function without arguments, such as lambda: loss(w)"),
    "title": text,  # of a picture
    **dict.fromkeys(["blind", "arrow"], flag),  # whether the data are hidden, and the gradient is shown
}


def checked(function=None, **own):
    """Decorator: every argument goes through the check of its name, in the table or here; a default is left alone.

    Of *words each is checked; **curves come to their check as a dictionary. x and y must have the same size.
    """
    if function is None:
        return partial(checked, **own)
    signature = inspect.signature(function)
    checks = {name: (TABLE | own)[name] for name in signature.parameters}  # a KeyError: nothing goes unchecked

    @functools.wraps(function)
    def guarded(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            parameter, check = signature.parameters[name], partial(checks[name], name)
            if parameter.kind is parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(map(check, value))
            elif value is not parameter.default:
                bound.arguments[name] = check(value)
        if {"x", "y"} <= bound.arguments.keys():
            same_size(x=bound.arguments["x"], y=bound.arguments["y"])
        return function(*bound.args, **bound.kwargs)

    return guarded

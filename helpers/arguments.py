"""Checks of arguments, one table by name: an error names the argument, the value it had, and what would be right.

`@checked` puts the checks at the door of a public function. A check takes the name and the value of an argument, and
returns the value in the form in which the functions use it.
"""

import contextlib
import functools
import inspect
import math
import reprlib
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from numbers import Integral, Real

import numpy as np
import torch

LARGEST = 10_000  # in data and parameters: of larger numbers no map could show the steps of 0.002 in the loss
HIGHEST = 1e50  # of a recorded curve, for one that diverges is worth looking at, too
MOST = 1_000_000  # of points or steps, for instance
ROOM = 50_000_000  # numbers in a table: 0.4 GB in float64
FEW = 9  # panels, lines or numbers in a row, to be told apart
LONGEST = 420  # characters of a value that are shown

_short = reprlib.Repr()
_short.maxlist = _short.maxtuple = _short.maxset = 12
_short.maxlong = _short.maxstring = _short.maxother = LONGEST


def shown(value):
    """The value as an error shows it: its repr, cut where it is long."""
    if isinstance(value, torch.Tensor | np.ndarray) and math.prod(value.shape) > _short.maxlist:
        return f"{'a tensor' if isinstance(value, torch.Tensor) else 'an array'} of shape {tuple(value.shape)}"
    if inspect.isroutine(value):  # its repr holds an address, which differs from machine to machine
        return f"the function {value.__name__} itself (are the brackets missing?)"
    try:
        text = _short.repr(value)
    except Exception:  # a repr of the learner's own may do anything
        return f"something of the type {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def number(name, value, above=None, at_least=-LARGEST, at_most=LARGEST, whole=False):
    """The argument as a float, or, where it has to be a whole number, as an int."""
    with contextlib.suppress(Exception):  # a tensor or an array without axes, but on "meta" there is no number in it
        value = value.item() if value.ndim == 0 else value
    if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):  # True is an Integral
        what = shown(value)
        if getattr(value, "shape", None) == (1,):
            what += " of the shape (1,): .item() makes a number of it"
        elif isinstance(value, float) and value.is_integer():
            what += f" (write {value:.0f})"
        raise TypeError(f"{name} must be a {'whole ' * whole}number, not {what}")
    if not -math.inf < value < math.inf:
        raise ValueError(f"{name} must be a finite number, not {shown(value)}")
    _within(name, value, value, above, at_least, at_most)
    return int(value) if whole else float(value)


def _within(name, low, high, above, at_least, at_most):
    """`ValueError` if the lowest or the highest value of an argument is out of its limits."""
    if above is not None and low <= above:
        raise ValueError(f"{name} must be above {above:,}, not {shown(low)}")
    if low < at_least:
        raise ValueError(f"{name} must be at least {at_least:,}, not {shown(low)}")
    if high > at_most:
        raise ValueError(f"{name} must be at most {at_most:,}, not {shown(high)}")


def numbers(name, value):
    """The argument as a new float64 tensor of any shape, outside of any graph."""
    try:
        found = np.array(_plain(value))
        if found.dtype.kind not in "biuf":
            raise TypeError("no real numbers")
        return torch.from_numpy(found.astype(np.float64))
    except Exception as error:  # whatever its own methods raise
        what = f"not {shown(value)}"
        for place, item in enumerate(value if isinstance(value, list | tuple) else ()):
            if not isinstance(item, Real | list | tuple | torch.Tensor | np.ndarray):
                what = f"but entry [{place}] is {shown(item)}"
                break
        raise TypeError(f"{name} must hold numbers, {what}") from error


def _plain(value):
    """Tensors as lists, for NumPy refuses those that require a gradient."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.tolist() if isinstance(value, torch.Tensor) else value


def finite(name, value, above=None, at_least=-LARGEST, at_most=LARGEST):
    """The argument as `numbers`, at least one of them, all within the limits."""
    found = numbers(name, value)
    if not 0 < found.numel() <= MOST:
        raise ValueError(f"{name} must hold from 1 to {MOST:,} numbers, not {found.numel():,}")
    if not found.isfinite().all():
        entry = (~found.isfinite()).nonzero()[0].tolist()
        raise ValueError(f"{name} must hold finite numbers only, but entry {entry} is {found[tuple(entry)].item()}")
    _within(name, found.min().item(), found.max().item(), above, at_least, at_most)
    return found


def array(name, value, **limits):
    """The argument as a new float64 NumPy array of shape (size,), finite and within the limits."""
    found = finite(name, value, **limits).numpy()
    if found.ndim == 0:
        raise ValueError(f"{name} must be a list or a tensor of numbers, not a single number, {shown(value)}")
    if found.ndim > 1:
        raise ValueError(f"{name} must have one dimension, a shape such as ({found.size},), not {found.shape}")
    return found


def number_or_array(name, value, **limits):
    """The argument as a float where it is a single number, or else as an `array`."""
    single = not isinstance(value, list | tuple) and getattr(value, "ndim", 0) == 0
    return (number if single else array)(name, value, **limits)


def pair(name, value, **limits):
    """The argument, a slope and an intercept, as a tuple of two floats."""
    found = finite(name, value, **limits)
    if found.shape != (2,):
        raise ValueError(f"{name} must be a pair of numbers (w, b), not {shown(value)}")
    return tuple(found.tolist())


def pairs(name, value, most=MOST):
    """The argument, a list of pairs (w, b), as a list of tuples."""
    found = finite(name, value)
    if found.shape[1:] != (2,) or len(found) > most:
        raise ValueError(f"{name} must be a list of at most {most:,} pairs (w, b), not {shown(value)}")
    return [tuple(place) for place in found.tolist()]


def each(name, value, check, least=0, most=FEW):
    """Arguments under names of the caller's choice, such as **curves: each as the check returns it."""
    if not least <= len(value) <= most:
        many = f"{least} to {most}" if least < most else most
        raise ValueError(f"there must be {many} {name}, each under a name, as in loss=losses, not {shown(list(value))}")
    return {own: check(own, item) for own, item in value.items()}


def instance(name, value, kind, called):
    """The argument as it is, of a certain type."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {called}, not {shown(value)}")
    return value


count = partial(number, whole=True, at_least=1, at_most=MOST)
curve = partial(array, at_least=-HIGHEST, at_most=HIGHEST)
outcome = partial(number, at_least=-HIGHEST, at_most=HIGHEST)
text = partial(instance, kind=str, called="a string")
flag = partial(instance, kind=bool, called="True or False")
tensor = partial(instance, kind=torch.Tensor, called="a torch tensor")


def line(name, value):
    """The argument, a string in one line that can be drawn."""
    if not text(name, value).isprintable():
        raise ValueError(f"{name} must hold printable characters in one line, not {shown(value)}")
    return value


def choice(name, value, choices):
    """The argument, one of certain strings."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {shown(list(choices))}, not {shown(value)}")
    return value


def same_size(**sized):
    """`ValueError` if the arguments, each under its name, do not hold equally many numbers."""
    sizes = [math.prod(np.shape(values)[-1:]) for values in sized.values()]
    if len(set(sizes)) > 1:
        raise ValueError(f"{' and '.join(sized)} must have the same size, not {' and '.join(map(str, sizes))}")


def room(**sizes):
    """`ValueError` if a table with axes of these sizes, each under its argument's name, would be too large."""
    if math.prod(sizes.values()) > ROOM:
        found = " and ".join(f"{name} = {size:,}" for name, size in sizes.items())
        raise ValueError(f"{' and '.join(sizes)} must make a table of at most {ROOM:,} numbers, not {found}")


TABLE = {
    **dict.fromkeys(["x", "y", "y_hat", "values", "slopes"], array),
    **dict.fromkeys(["w", "b", "start"], number),
    **dict.fromkeys(["size", "steps", "runs", "batch_size"], count),
    **dict.fromkeys(["lines", "places", "gradients"], partial(pairs, most=FEW)),
    **dict.fromkeys(["weight", "bias"], finite),
    **dict.fromkeys(["noise", "tolerance"], partial(number, at_least=0)),
    **dict.fromkeys(["goal", "length"], partial(number, above=0)),
    "h": partial(number, above=0, at_most=1),
    "learning_rate": partial(number_or_array, above=0),
    "learning_rates": partial(array, above=0),
    "momentum": partial(number_or_array, at_least=0, at_most=1),
    "hessian": partial(finite, at_least=-HIGHEST, at_most=HIGHEST),
    "truth": pair,
    "draws": partial(count, at_least=2),
    "seed": partial(count, at_least=0, at_most=2**63 - 1),
    "blind": flag,
    "title": line,
    "tensor": tensor,
    "function": partial(instance, kind=Callable, called="a function without arguments, such as lambda: loss(w)"),
    "loss": partial(array, at_least=0, at_most=HIGHEST),
    "curves": partial(each, check=partial(array, at_least=0, at_most=HIGHEST), least=1, most=3),
    "nodes": partial(each, check=partial(array, at_most=HIGHEST), least=1, most=2),
    "errors": partial(each, check=partial(array, above=0), least=2, most=2),
    "ways": partial(each, check=numbers, least=2),
}
"""The check of each argument, by the name that it has in every function."""

_inside = ContextVar("inside", default=False)


@contextlib.contextmanager
def door(is_open):
    """Whether checked functions take their arguments as they are: inside one of them what they get has been checked.

    Where a checked function calls the learner's own code, it closes the door again.
    """
    before = _inside.set(is_open)
    try:
        yield
    finally:
        _inside.reset(before)


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
        if _inside.get():
            return function(*args, **kwargs)
        bound = signature.bind(*args, **kwargs)
        for name, parameter in signature.parameters.items():
            value = bound.arguments.get(name, {} if parameter.kind is parameter.VAR_KEYWORD else parameter.default)
            if parameter.kind is parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(checks[name](name, item) for item in bound.arguments.get(name, ()))
            elif value is not parameter.default:
                bound.arguments[name] = checks[name](name, value)
        if {"x", "y"} <= bound.arguments.keys():
            same_size(x=bound.arguments["x"], y=bound.arguments["y"])
        with door(is_open=True):
            return function(*bound.args, **bound.kwargs)

    return guarded

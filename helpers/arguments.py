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

LARGEST = 10_000
"""The largest number in data and parameters: of larger ones no map could show the steps of 0.002 in the loss."""

HIGHEST = 1e50
"""As high a recorded curve may rise, for one that diverges is worth looking at, too."""

MOST = 1_000_000
"""The largest count, of points or steps for instance."""

ROOM = 50_000_000
"""How many numbers a table may hold: 0.4 GB in float64."""

FEW = 9
"""As many panels, lines or numbers in a row can be told apart."""

LONGEST = 420
"""At most so many characters of a value are shown."""


# ---- How a value is shown ----


class _Short(reprlib.Repr):
    """A repr that is cut where it is long, and names what is no plain value."""

    def repr1(self, x, level):
        if isinstance(x, torch.Tensor | np.ndarray) and math.prod(x.shape) > self.maxlist:
            return f"{'a tensor' if isinstance(x, torch.Tensor) else 'an array'} of shape {tuple(x.shape)}"
        if inspect.isroutine(x):  # its repr holds an address, which differs from machine to machine
            return f"the function {x.__name__} itself (are the brackets missing?)"
        return super().repr1(x, level)

    repr_dict = reprlib.Repr.repr_instance  # in its own order, not sorted


_SHORT = _Short()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = 12
_SHORT.maxlong = _SHORT.maxstring = _SHORT.maxother = LONGEST


def shown(value):
    """The value as an error shows it: its repr, cut where it is long."""
    try:
        text = _SHORT.repr(value)
    except Exception:  # a repr of the learner's own may do anything
        return f"something of the type {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


# ---- The kinds of checks ----


def anything(name, value):
    """The argument as it is."""
    return value


def number(name, value, above=None, at_least=-LARGEST, at_most=LARGEST):
    """The argument as a float."""
    value = _single(name, value, Real, "a number")
    if not -math.inf < value < math.inf:
        raise ValueError(f"{name} must be a finite number, not {shown(value)}")
    _within(name, value, value, above, at_least, at_most)
    return float(value)


def count(name, value, at_least=1, at_most=MOST):
    """The argument as an int."""
    value = _single(name, value, Integral, "a whole number")
    _within(name, value, value, None, at_least, at_most)
    return int(value)


def _single(name, value, kind, called):
    """The argument as a number of Python or NumPy, taken out of a tensor or an array without axes."""
    with contextlib.suppress(Exception):  # anything else has no axes, and a tensor on "meta" has no number
        value = value.item() if value.ndim == 0 else value
    if isinstance(value, bool) or not isinstance(value, kind):  # True counts as a whole number
        way_out = ""
        if getattr(value, "shape", None) == (1,):
            way_out = " of the shape (1,): .item() makes a number of it"
        elif isinstance(value, float) and value.is_integer():
            way_out = f" (write {value:.0f})"
        raise TypeError(f"{name} must be {called}, not {shown(value)}{way_out}")
    return value


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


curve = partial(array, at_least=-HIGHEST, at_most=HIGHEST)
outcome = partial(number, at_least=-HIGHEST, at_most=HIGHEST)


def pair(name, value, largest=LARGEST):
    """The argument, a slope and an intercept, as a tuple of two floats."""
    found = array(name, value, at_least=-largest, at_most=largest)
    if len(found) != 2:
        raise ValueError(f"{name} must be a pair of numbers (w, b), not {shown(value)}")
    return tuple(found.tolist())


def pairs(name, value, most=MOST, largest=LARGEST):
    """The argument, a list of pairs (w, b), as a list of tuples."""
    value = list(value) if type(value).__name__ == "dict_values" else value  # until pictures are converted
    if not isinstance(value, list | tuple | np.ndarray | torch.Tensor):
        raise TypeError(f"{name} must be a list of pairs (w, b), not {shown(value)}")
    if not 0 < len(value) <= most:
        raise ValueError(f"{name} must hold from 1 to {most:,} pairs (w, b), not {shown(value)}")
    return [pair(f"{name}[{place}]", item) for place, item in enumerate(value)]


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


# ---- What only several arguments together can break ----


def same_size(**sized):
    """`ValueError` if the arguments, each under its name, do not hold equally many numbers."""
    sizes = [np.shape(values)[-1] for values in sized.values()]
    if len(set(sizes)) > 1:
        names, found = (f"{', '.join(all_but_last)} and {last}" for *all_but_last, last in (sized, map(str, sizes)))
        raise ValueError(f"{names} must have the same size, not {found}")


def room(**sizes):
    """`ValueError` if a table with axes of these sizes, each under its argument's name, would be too large."""
    if math.prod(sizes.values()) > ROOM:
        found = " and ".join(f"{name} = {size:,}" for name, size in sizes.items())
        raise ValueError(f"{' and '.join(sizes)} must make a table of at most {ROOM:,} numbers, not {found}")


# ---- The door ----

TABLE = {
    "b": number,
    "batch_size": count,
    "bias": finite,
    "blind": flag,
    "curves": partial(each, check=partial(array, at_least=0, at_most=HIGHEST), least=1, most=3),
    "draws": partial(count, at_least=2, at_most=1000),
    "errors": partial(each, check=partial(array, above=0), least=2, most=2),
    "function": partial(instance, kind=Callable, called="a function without arguments, such as lambda: loss(w)"),
    "goal": partial(number, above=0),
    "gradients": partial(pairs, most=FEW),
    "h": partial(number, above=0, at_most=1),
    "hessian": partial(finite, at_least=-HIGHEST, at_most=HIGHEST),
    "learning_rate": partial(number_or_array, above=0),
    "learning_rates": partial(array, above=0),
    "length": partial(number, above=0),
    "lines": partial(pairs, most=FEW),
    "loss": partial(array, at_least=0, at_most=HIGHEST),
    "momentum": partial(number_or_array, at_least=0, at_most=1),
    "nodes": partial(each, check=partial(array, at_most=HIGHEST), least=1, most=2),
    "noise": partial(number, at_least=0),
    "places": partial(pairs, most=FEW),
    "runs": count,
    "seed": partial(count, at_least=0, at_most=2**63 - 1),
    "size": count,
    "slopes": array,
    "start": number,
    "steps": count,
    "tensor": tensor,
    "title": line,
    "tolerance": partial(number, at_least=0),
    "truth": pair,
    "values": array,
    "w": number,
    "ways": partial(each, check=numbers, least=2),
    "weight": finite,
    "x": array,
    "y": array,
    "y_hat": array,
}
"""The check of each argument, by the name that it has in every function."""

_inside = ContextVar("inside", default=False)


@contextlib.contextmanager
def door(is_open):
    """Whether the functions called from here take their arguments as they are.

    Inside a checked function the doors stand open, since what it hands on has been checked. Where it calls the
    learner's own code they are closed again.
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
        for name, value in bound.arguments.items():
            parameter = signature.parameters[name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(checks[name](name, item) for item in value)
            elif value is not parameter.default:
                bound.arguments[name] = checks[name](name, value)
        if {"x", "y"} <= bound.arguments.keys():
            same_size(x=bound.arguments["x"], y=bound.arguments["y"])
        with door(is_open=True):
            return function(*bound.args, **bound.kwargs)

    return guarded


# ---- Old names, until their callers are converted: pictures, labs, predictions, show ----


def vector(name, value, **limits):
    return torch.from_numpy(array(name, value, **limits))


def points(x, y, largest=LARGEST):
    x, y = (vector(name, value, at_least=-largest, at_most=largest) for name, value in (("x", x), ("y", y)))
    same_size(x=x, y=y)
    return x, y


def curves(value, least, most, **limits):
    check = partial(array, **{"at_least": -HIGHEST, "at_most": HIGHEST, **limits})
    return {name.replace("_", " "): found for name, found in each("curves", value, check, least, most).items()}


def one_of(name, known, value):
    return choice(name, value, known)


def a(name, kind, value, source):
    return instance(name, value, kind, f"a {kind.__name__}, as {source} it")

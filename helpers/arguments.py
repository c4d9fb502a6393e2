"""Checks of arguments: an error that names the argument, the value it had, and what would be right."""

import contextlib
import inspect
import math
import reprlib
from itertools import islice
from numbers import Integral, Real

import numpy as np
import torch

LARGEST = 1e50
"""No number of the course comes near. Up to here a line's errors and their squares are numbers, too, and not inf."""

MOST = 1_000_000
"""The largest count, of points or steps for instance."""

ROOM = 50_000_000
"""How many numbers a table may hold: 0.4 GB in float64."""

LARGEST_SEED = 2**63 - 1

LONGEST = 420
"""So many signs of a value are shown at most."""


class _Short(reprlib.Repr):
    """A repr that is cut where it is long, and says of what is no plain value what it is."""

    def repr1(self, x, level):
        if isinstance(x, torch.Tensor | np.ndarray) and math.prod(x.shape) > self.maxlist:
            return f"{'a tensor' if isinstance(x, torch.Tensor) else 'an array'} of shape {tuple(x.shape)}"
        if inspect.isroutine(x):  # its repr holds an address, which is another on each machine
            return f"the function {x.__name__} itself (are the brackets missing?)"
        return super().repr1(x, level)

    repr_dict = reprlib.Repr.repr_instance  # in its own order, not sorted


_SHORT = _Short()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = 12
_SHORT.maxlong = _SHORT.maxstring = _SHORT.maxother = LONGEST


def shown(value):
    """The value as an error shows it: its repr, cut where it is long."""
    try:
        told = _SHORT.repr(value)
    except Exception:  # a repr of the learner's own may do anything
        return f"something of the type {type(value).__name__}"
    return told if len(told) <= LONGEST else f"{told[:LONGEST]} ..."


def number(name, value, *, above=None, at_least=-LARGEST, at_most=LARGEST):
    """The argument as a float; `TypeError` if it is no number, `ValueError` if it is NaN, or too small or too large."""
    value = _single(name, value, Real, "a number")
    try:
        result = float(value)
    except OverflowError:  # an int that no float can hold
        result = math.inf
    if not math.isfinite(result):
        raise ValueError(f"{name} must be a finite number, not {shown(value)}")
    if above is not None and result <= above:
        raise ValueError(f"{name} must be above {above}, not {shown(value)}")
    _within(name, result, at_least, at_most, value)
    return result


def count(name, value, *, at_least=1, at_most=MOST):
    """The argument as an int; `TypeError` if it is no whole number, `ValueError` if it is too small or too large."""
    value = _single(name, value, Integral, "a whole number")
    _within(name, int(value), at_least, at_most, value)
    return int(value)


def _single(name, value, kind, called):
    """The argument as one number of Python or NumPy, a tensor or an array without axes unpacked."""
    if isinstance(value, torch.Tensor | np.ndarray) and value.ndim == 0:
        with contextlib.suppress(RuntimeError, ValueError):  # on the device "meta" it has none, for instance
            value = value.item()
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, kind):  # both count as whole numbers
        raise TypeError(f"{name} must be {called}, not {shown(value)}{_way_out(value)}")
    return value


def _way_out(value):
    """What makes a number, or a whole one, of a value that nearly is one."""
    if getattr(value, "shape", None) == (1,):
        return " of the shape (1,): .item() makes a number of it"
    if isinstance(value, float) and value.is_integer() and abs(value) <= MOST:
        return f" (write {value:.0f})"
    return ""


def _within(name, result, at_least, at_most, value):
    if result < at_least:
        raise ValueError(f"{name} must be at least {at_least:,}, not {shown(value)}")
    if result > at_most:
        raise ValueError(f"{name} must be at most {at_most:,}, not {shown(value)}")


def seed(value):
    """The argument `seed` as an int from 0 that NumPy and PyTorch can start from."""
    return count("seed", value, at_least=0, at_most=LARGEST_SEED)


def room(**sizes):
    """`ValueError` if a table with axes of these sizes, each under its argument's name, would be too large."""
    if math.prod(sizes.values()) > ROOM:
        told = " and ".join(f"{name} = {size:,}" for name, size in sizes.items())
        raise ValueError(f"{' and '.join(sizes)} must make a table of at most {ROOM:,} numbers, not {told}")


def text(name, value):
    """The argument as a string; `TypeError` if it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {shown(value)}")
    return value


def line(name, value):
    """The argument as one line of `text`; `ValueError` if it holds what cannot be drawn."""
    if not text(name, value).isprintable():
        raise ValueError(f"{name} must hold printable signs in one line, not {shown(value)}")
    return value


def one_of(name, known, value):
    """The argument, one of the strings that are known; `ValueError` if it is none of them."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be one of {shown(known)}, not {shown(value)}")
    return value


def flag(name, value):
    """The argument as a bool; `TypeError` if it is neither True nor False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {shown(value)}")
    return value


def a(name, kind, value, source):
    """The argument, of a class of our own; `TypeError` if it is something else."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a {kind.__name__}, as {source} it, not {shown(value)}")
    return value


def tensor(name, value):
    """The argument as it is; `TypeError` if it is no tensor."""
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} must be a torch tensor, not {shown(value)}")
    return value


def numbers(name, value):
    """The argument as a new float64 tensor of any shape, cut from any graph; `TypeError` if it is no real numbers."""
    try:
        value = _plain(value)
        if isinstance(value, np.ndarray | np.generic):  # `as_tensor` refuses some, and warns about others
            if value.dtype.kind not in "biuf" or np.ma.is_masked(value):
                raise TypeError("no real numbers")
            with np.errstate(over="ignore"):  # a longer float than ours
                return torch.from_numpy(np.array(value, dtype=np.float64))
        dtype = None if isinstance(value, torch.Tensor) else torch.float64  # Python's floats keep all their digits
        found = torch.as_tensor(value, dtype=dtype, device="cpu")
        if found.is_complex():
            raise TypeError("complex numbers")
        return found.detach().to_dense().to(torch.float64, copy=True)
    except Exception as error:  # whatever its own methods raise
        raise TypeError(f"{name} must hold numbers, {_no_number(value)}") from error


def _no_number(value):
    """The first entry of a list that is no number; if it has none such, the whole value."""
    for place, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if not isinstance(item, Real | list | tuple | torch.Tensor | np.ndarray):
            return f"but entry [{place}] is {shown(item)}"
    return f"not {shown(value)}"


def _plain(value):
    """Lists of tensors and arrays as lists of numbers: in a list PyTorch warns about both, or is slow."""
    if isinstance(value, bytes | bytearray | memoryview | np.void):  # PyTorch takes them for lists of small numbers
        raise TypeError("raw bytes")
    if not isinstance(value, list | tuple):
        return value
    return [_plain(item.tolist() if isinstance(item, torch.Tensor | np.ndarray) else item) for item in value]


def vector(name, value, *, above=None, at_least=-LARGEST, at_most=LARGEST):
    """The argument as `numbers` of shape (size,); `ValueError` if it is empty, not flat, or out of its limits."""
    found = numbers(name, value)
    if found.ndim == 0:
        raise ValueError(f"{name} must be a list or a tensor of numbers, not a single number, {shown(value)}")
    if found.numel() == 0:
        raise ValueError(f"{name} must hold at least one number, not {shown(value)}")
    if found.ndim > 1:
        told = f"a shape such as ({found.numel()},), not {tuple(found.shape)}"
        raise ValueError(f"{name} must have one dimension, {told}")
    finite(name, found)
    low, high = found.min().item(), found.max().item()
    if above is not None and low <= above:
        raise ValueError(f"{name} must hold numbers above {above} only, not {low!r}")
    if low < at_least:
        raise ValueError(f"{name} must be at least {at_least:,}, not {low!r}")
    if high > at_most:
        raise ValueError(f"{name} must be at most {at_most:,}, not {high!r}")
    if len(found) > MOST:
        raise ValueError(f"{name} must hold at most {MOST:,} numbers, not {len(found):,}")
    return found


def finite(name, found):
    """`ValueError` if a tensor holds what is not finite: the first of it, with its place."""
    if not found.isfinite().all():
        entry = (~found.isfinite()).nonzero()[0].tolist()
        raise ValueError(f"{name} must hold finite numbers only, but entry {entry} is {found[tuple(entry)].item()}")


def points(x, y, largest=LARGEST):
    """The two arguments `x` and `y` as vectors of one size."""
    x, y = (vector(name, value, at_least=-largest, at_most=largest) for name, value in (("x", x), ("y", y)))
    if len(x) != len(y):
        raise ValueError(f"x and y must have the same size, not {len(x)} and {len(y)}")
    return x, y


def pair(name, value, largest=LARGEST):
    """The argument, a slope and an intercept, as two finite floats."""
    try:
        w, b = _ordered(value)
    except Exception as error:  # whatever its own methods raise
        raise TypeError(f"{name} must be a pair of numbers (w, b), not {shown(value)}") from error
    return tuple(
        number(f"{part} of {name}", own, at_least=-largest, at_most=largest)
        for part, own in zip("wb", (w, b), strict=True)
    )


def pairs(name, value, most=MOST, largest=LARGEST):
    """The argument as a list of pairs, at least one."""
    try:
        found = list(islice(_ordered(value), most + 1))
    except Exception as error:  # whatever its own methods raise
        raise TypeError(f"{name} must be a list of pairs (w, b), not {shown(value)}") from error
    if not found:
        raise ValueError(f"{name} must hold at least one pair (w, b), not {shown(value)}")
    if len(found) > most:
        raise ValueError(f"{name} must hold at most {most:,} pairs (w, b), not {shown(value)}")
    return [pair(f"{name}[{place}]", one, largest) for place, one in enumerate(found)]


def _ordered(value):
    """An iterator; `TypeError` for what has no order, and for a dictionary, whose keys are no values."""
    if isinstance(value, dict | set | frozenset):
        raise TypeError("no order")
    return iter(value)


def curves(value, least, most, **limits):
    """Named vectors as NumPy arrays, each under its name in words; `ValueError` if they are too few or too many."""
    if not least <= len(value) <= most:
        many = f"{least} to {most}" if least < most else f"{most}"
        told = f"each under a name, as in loss=losses, not {shown(list(value))}"
        raise ValueError(f"there must be {many} curves, {told}")
    return {name.replace("_", " "): vector(name, curve, **limits).numpy() for name, curve in value.items()}

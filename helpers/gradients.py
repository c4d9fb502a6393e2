"""Another way to a gradient: central differences."""

from functools import partial

import numpy as np
import torch

from helpers import arguments
from helpers.arguments import checked, shown


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

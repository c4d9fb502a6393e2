"""Values that nobody should pass, and values that are right in an odd form: what the property tests draw from."""

import math
from fractions import Fraction

import numpy as np
import torch
from hypothesis import strategies as st

DTYPES = [torch.uint8, torch.int8, torch.int16, torch.int64, torch.float16, torch.bfloat16, torch.float32]
DTYPES += [torch.float64, torch.bool, torch.complex64]


class Mischief(Exception):  # noqa: N818
    """Raised by a hostile value itself."""


class Spiteful:
    """An object all of whose methods raise."""

    def _refuse(self, *args, **kwargs):
        raise Mischief("no")

    __repr__ = __str__ = __len__ = __iter__ = __getitem__ = __float__ = __int__ = __index__ = __bool__ = _refuse
    __eq__ = __lt__ = __gt__ = __hash__ = __array__ = __call__ = _refuse


INSIDE_ITSELF = [1.0]
INSIDE_ITSELF.append(INSIDE_ITSELF)
READ_ONLY = np.arange(3.0)
READ_ONLY.flags.writeable = False

NEVER = [None, ..., object(), Spiteful(), Spiteful, len, torch.nn.Linear, torch.nn.PReLU(), torch.Generator()]
NEVER += [b"0.5", set(), {1.0, 2.0}, {}, {"w": 1.0, "b": 2.0}, {0.5: 0.1, 0.25: 0.2}, [], (), INSIDE_ITSELF]
NEVER += [[[1.0], [2.0, 3.0]], [1.0, None], ["1.0", "2.0"], [Spiteful()] * 2, [torch.ones(2), torch.ones(3)]]
NEVER += [math.nan, [0.1, math.nan, 0.2], math.inf, -math.inf, 10**400, -(10**5000), [10**400, 1], 1 + 2j, [1j, 2.0]]
NEVER += [np.array(["1", "2", "3"]), np.array([None, 1.0], dtype=object), np.array(["2026-01-01"], "datetime64[D]")]
NEVER += [np.ones(3, dtype=np.complex64), np.array([1.0, -np.inf, 2.0]), np.zeros((2, 0, 2))]
NEVER += [np.broadcast_to(np.zeros(1), (3_000_000,)), torch.full((3,), math.nan), torch.arange(3.0).to_sparse()]
NEVER += [torch.ones(3, device="meta"), torch.ones((), device="meta"), torch.optim.SGD([torch.ones(1)])]
NEVER += [lambda *given: None, lambda *given: math.nan, lambda *given: Spiteful(), lambda *given: torch.ones(3)]
"""Values that are wrong for every argument, or for all but one kind of them."""

ODD = [True, np.True_, "0.5", "", "x" * 10**6, -0.0, 0, -1, 2**63, 10**12, 1e-320, 1e308, -1e308, 1e9]
ODD += [Fraction(1, 3), np.float16(0.5), np.int8(3), np.uint64(2**64 - 1), range(3), (0.1, 0.2), (5e3, -5e3)]
ODD += [(1e308, 1e308), (1e-320, -1e-320), [0.1, -0.2], [(0.1, 0.2), (0.3, 0.4)], [1, 2, 3], [-1.0, -2.0, -3.0]]
ODD += [[1e308, -1e308, 0.0], [5e3, -5e3, 0.0], [0.0, 1e-320, 2e-320], [9e3, 9e3 + 1e-9, 9e3], [0.0] * 3]
ODD += [[torch.tensor(1.0, requires_grad=True), np.float32(2), 3], [np.ones(3)] * 3, np.array(3), np.array([0.25])]
ODD += [np.arange(3, dtype=">f8"), np.arange(6.0)[::-2], np.array([True, False, True]), READ_ONLY]
ODD += [np.array([[0.0, 1e5], [0.0, 0.0]]), torch.ones(3, 1), torch.zeros(1).expand(3), torch.zeros(2, 3, 4, 5)]
ODD += [torch.ones(3, requires_grad=True), (torch.ones(3, requires_grad=True) * 2).sum(), torch.eye(2) * 1e-320]
ODD += [torch.eye(3, dtype=torch.float64) * 1e30, torch.tensor([[1.0, 5.0], [0.0, 1.0]])]
ODD += [lambda *given: 0.0, lambda *given: given[0], lambda *given: torch.zeros((), requires_grad=True)]
ODD += [torch.ones(shape).to(dtype) for dtype in DTYPES for shape in [(), (3,)]]
"""Values that are right for some argument, in an odd form or of an odd size."""


def one_of(values):
    return st.integers(0, len(values) - 1).map(values.__getitem__)


never = one_of(NEVER)
numbers = st.floats(-2, 2)
lists = st.lists(numbers, min_size=2, max_size=3)
odd = st.one_of(one_of(ODD), numbers, lists, st.integers(-3, 6), st.text(max_size=3))
either = st.one_of(never, odd)


def kept(value):
    """What must not change in a value: the numbers of a tensor, its gradient, an array or a list."""
    if isinstance(value, torch.Tensor):
        numbers = None if value.is_meta or value.is_sparse else repr(value.tolist())
        return value._version, value.requires_grad, value.dtype, numbers, value.is_leaf and kept(value.grad)
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes() if value.size < 10_000 else None
    if isinstance(value, list | tuple):
        return [id(item) if item is value else kept(item) for item in value]
    return [(key, kept(item)) for key, item in value.items()] if isinstance(value, dict) else None

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


def inside_itself():
    value = [1.0]
    value.append(value)
    return value


def read_only(array):
    array.flags.writeable = False
    return array


NEVER = [
    *(lambda value=value: value for value in (None, ..., NotImplemented, b"0.5", Spiteful, len, torch.nn.Linear)),
    *(lambda value=value: value for value in (math.nan, math.inf, -math.inf, 10**400, -(10**5000), 1 + 2j)),
    *(object, Spiteful, dict, set, list, tuple, inside_itself, torch.nn.PReLU, torch.Generator),
    lambda: {"w": 1.0, "b": 2.0},
    lambda: {0.5: 0.1, 0.25: 0.2},
    lambda: {1.0, 2.0},
    lambda: [[1.0], [2.0, 3.0]],
    lambda: [1.0, None],
    lambda: ["1.0", "2.0"],
    lambda: [Spiteful(), Spiteful()],
    lambda: [torch.ones(2), torch.ones(3)],
    lambda: iter([Spiteful()]),
    lambda: [10**400, 1],
    lambda: [1j, 2.0, 3.0],
    lambda: np.array(["1", "2", "3"]),
    lambda: np.array([None, 1.0, Spiteful], dtype=object),
    lambda: np.array(["2026-01-01"] * 3, dtype="datetime64[D]"),
    lambda: np.ones(3, dtype=np.complex64),
    lambda: np.array([1.0, -np.inf, 2.0]),
    lambda: np.zeros((2, 0, 2)),
    lambda: np.broadcast_to(np.zeros(1), (3_000_000,)),
    lambda: torch.full((3,), math.nan),
    lambda: torch.ones(3, device="meta"),
    lambda: torch.ones((), device="meta"),
    lambda: torch.arange(3.0).to_sparse(),
    lambda: torch.optim.SGD([torch.ones(1)]),
    lambda: lambda *given: None,
    lambda: lambda *given: math.nan,
    lambda: lambda *given: torch.full((), math.nan),
    lambda: lambda *given: torch.ones(3, requires_grad=True),
    lambda: lambda *given: torch.ones((), device="meta"),
    lambda: lambda *given: torch.ones((), dtype=torch.complex64),
    lambda: lambda *given: Spiteful(),
]
"""Each makes a value that is wrong for every argument, or for all but one kind of them."""

ODD = [
    *(lambda value=value: value for value in (True, np.True_, "0.5", "", "x" * 10**6, -0.0, 0, -1, 2**63, 10**12)),
    *(lambda value=value: value for value in (1e-320, 1e308, -1e308, 1e9, Fraction(1, 3), Fraction(10**400, 3))),
    *(lambda value=value: value for value in (np.float16(0.5), np.int8(3), np.uint64(2**64 - 1), range(3))),
    *(lambda value=value: value for value in ((0.1, 0.2), (1e308, 1e308), (1e-320, -1e-320), (5e3, -5e3))),
    lambda: np.array(3),
    lambda: np.array([0.25]),
    lambda: [0.1, -0.2],
    lambda: [(0.1, 0.2), (0.3, 0.4)],
    lambda: [1, 2, 3],
    lambda: [1e308, -1e308, 0.0],
    lambda: [5e3, -5e3, 0.0],
    lambda: [0.0, 1e-320, 2e-320],
    lambda: [9e3, 9e3 + 1e-9, 9e3],
    lambda: [0.0, 0.0, 0.0],
    lambda: [-1.0, -2.0, -3.0],
    lambda: [torch.tensor(1.0, requires_grad=True), np.float32(2), 3],
    lambda: [np.ones(3)] * 3,
    lambda: np.arange(3, dtype=">f8"),
    lambda: np.arange(6.0)[::-2],
    lambda: np.array([True, False, True]),
    lambda: read_only(np.arange(3.0)),
    lambda: np.array([[0.0, 1e5], [0.0, 0.0]]),
    lambda: torch.ones(3, 1),
    lambda: torch.zeros(1).expand(3),
    lambda: torch.ones(3, requires_grad=True),
    lambda: torch.tensor(2.0, requires_grad=True),
    lambda: (torch.ones(3, requires_grad=True) * 2).sum(),
    lambda: torch.eye(2) * 1e-320,
    lambda: torch.eye(3, dtype=torch.float64) * 1e30,
    lambda: torch.tensor([[1.0, 5.0], [0.0, 1.0]]),
    lambda: torch.zeros(2, 3, 4, 5),
    lambda: torch.nn.Parameter(torch.ones(3)),
    lambda: lambda *given: 0.0,
    lambda: lambda *given: given[0],
    lambda: lambda *given: torch.zeros((), requires_grad=True),
    *(lambda dtype=dtype: torch.ones(3).to(dtype) for dtype in DTYPES),
    *(lambda dtype=dtype: torch.ones(()).to(dtype) for dtype in DTYPES),
]
"""Each makes a value that is right for some argument, in an odd form or of an odd size."""

never = st.sampled_from(NEVER).map(lambda make: make())
odd = st.one_of(
    st.sampled_from(ODD).map(lambda make: make()),
    st.floats(-2, 2),
    st.integers(-3, 6),
    st.lists(st.floats(-2, 2), min_size=2, max_size=3),
    st.text(max_size=3),
)
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

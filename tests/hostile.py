"""Values that nobody should hand over, and values that are right in an odd form: what the property tests draw from."""

import copy
import math
from fractions import Fraction

import numpy as np
import torch
from hypothesis import strategies as st

DTYPES = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.uint32, torch.uint64]
DTYPES += [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e4m3fn, torch.float8_e5m2]
DTYPES += [torch.bool, torch.complex64, torch.complex128]


class Mischief(Exception):  # noqa: N818
    """Raised by a hostile value itself."""


class Spiteful:
    """An object all of whose methods raise."""

    def _refuse(self, *args, **kwargs):
        raise Mischief("no")

    __repr__ = __str__ = __len__ = __iter__ = __getitem__ = __float__ = __int__ = __index__ = __bool__ = _refuse
    __eq__ = __lt__ = __gt__ = __hash__ = __array__ = __call__ = _refuse


def raising(*given):
    raise Mischief("no")


def inside_itself():
    value = [1.0]
    value.append(value)
    return value


def read_only(array):
    array.flags.writeable = False
    return array


def non_leaf():
    return torch.ones(3, requires_grad=True) * 2


NEVER = [
    lambda: None,
    lambda: ...,
    lambda: NotImplemented,
    lambda: b"0.5",
    lambda: bytearray(b"abc"),
    lambda: memoryview(b"abc"),
    object,
    Spiteful,
    lambda: Spiteful,
    dict,
    lambda: {"w": 1.0, "b": 2.0},
    lambda: {0.5: 0.1, 0.25: 0.2},
    set,
    lambda: {1.0, 2.0},
    lambda: frozenset((1.0, 2.0)),
    list,
    tuple,
    inside_itself,
    lambda: [[1.0], [2.0, 3.0]],
    lambda: [1.0, None],
    lambda: ["1.0", "2.0"],
    lambda: [Spiteful(), Spiteful()],
    lambda: [torch.ones(2), torch.ones(3)],
    lambda: (item for item in ()),
    lambda: iter([Spiteful()]),
    lambda: math.nan,
    lambda: math.inf,
    lambda: -math.inf,
    lambda: 10**400,
    lambda: -(10**400),
    lambda: 10**5000,
    lambda: [10**400, 1],
    lambda: 1 + 2j,
    lambda: [1j, 2.0, 3.0],
    lambda: np.array(["1", "2", "3"]),
    lambda: np.array([None, 1.0, Spiteful], dtype=object),
    lambda: np.array(["2026-01-01"] * 3, dtype="datetime64[D]"),
    lambda: np.timedelta64(3, "s"),
    lambda: np.array([(1, 2.0)] * 3, dtype=[("a", int), ("b", float)]),
    lambda: np.void(b"abc"),
    lambda: np.ones(3, dtype=np.complex64),
    lambda: np.full(3, np.nan),
    lambda: np.array([1.0, -np.inf, 2.0]),
    lambda: np.zeros((0, 3)),
    lambda: np.zeros((2, 0, 2)),
    lambda: np.zeros((1,) * 32),
    lambda: np.broadcast_to(np.zeros(1), (3_000_000,)),
    lambda: torch.zeros(0),
    lambda: torch.full((3,), math.nan),
    lambda: torch.ones(3, device="meta"),
    lambda: torch.ones((), device="meta"),
    lambda: torch.ones(3, dtype=torch.complex64),
    lambda: torch.device("meta"),
    lambda: torch.float32,
    lambda: torch.nn.PReLU(),
    lambda: torch.nn.Linear,
    lambda: torch.optim.SGD([torch.ones(1)]),
    lambda: torch.Generator(),
    lambda: len,
    lambda: float,
    lambda: int,
    lambda: Exception("no"),
    lambda: raising,
    lambda: lambda *given: None,
    lambda: lambda *given: math.nan,
    lambda: lambda *given: "a word",
    lambda: lambda *given: torch.full((), math.nan),
    lambda: lambda *given: torch.ones(3, requires_grad=True),
    lambda: lambda *given: torch.ones((), device="meta"),
    lambda: lambda *given: torch.ones((), dtype=torch.complex64),
    lambda: lambda *given: torch.ones(()).to_sparse(),
    lambda: lambda *given: (None, Spiteful()),
    lambda: lambda *given: Spiteful(),
    lambda: lambda *, keyword: 0,
]
"""Each makes a value that is wrong for every argument, or for all but one kind of them."""

ODD = [
    lambda: True,
    lambda: np.True_,
    lambda: "cuda:7",
    lambda: "0.5",
    lambda: "",
    lambda: "x" * 10**6,
    lambda: -0.0,
    lambda: 0,
    lambda: -1,
    lambda: 1e-320,
    lambda: 1e308,
    lambda: -1e308,
    lambda: 1e49,
    lambda: 2**63,
    lambda: 10**12,
    lambda: Fraction(1, 3),
    lambda: Fraction(10**400, 3),
    lambda: np.float16(0.5),
    lambda: np.longdouble(0.5),
    lambda: np.longdouble("1e4000"),
    lambda: np.int8(3),
    lambda: np.uint64(2**64 - 1),
    lambda: np.array(3),
    lambda: np.array([0.25]),
    lambda: (0.1, 0.2),
    lambda: (1e308, 1e308),
    lambda: (1e-320, -1e-320),
    lambda: [0.1, -0.2],
    lambda: iter((0.1, 0.2)),
    lambda: [(0.1, 0.2), (0.3, 0.4)],
    lambda: ((item, 1.0) for item in range(3)),
    lambda: range(3),
    lambda: range(10**12),
    lambda: [1, 2, 3],
    lambda: [1e308, -1e308, 0.0],
    lambda: [1e49, -1e49, 0.0],
    lambda: [0.0, 1e-320, 2e-320],
    lambda: [1e9, 1e9 + 1, 1e9 - 1],
    lambda: [0.0, 0.0, 0.0],
    lambda: [-1.0, -2.0, -3.0],
    lambda: [torch.tensor(1.0, requires_grad=True), np.float32(2), 3],
    lambda: [np.ones(3)] * 3,
    lambda: np.arange(3, dtype=np.int8),
    lambda: np.arange(3, dtype=np.float16),
    lambda: np.arange(3, dtype=">f8"),
    lambda: np.arange(3.0)[::-1],
    lambda: np.arange(6.0)[::2],
    lambda: np.array([True, False, True]),
    lambda: read_only(np.arange(3.0)),
    lambda: np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0]),
    lambda: np.eye(3),
    lambda: np.array([[0.0, 1e5], [0.0, 0.0]]),
    lambda: np.broadcast_to(np.arange(3.0)[:, None], (3, 4)),
    lambda: torch.arange(3.0),
    lambda: torch.ones(3, 1),
    lambda: torch.zeros(1).expand(3),
    lambda: torch.ones(3, requires_grad=True),
    lambda: torch.tensor(2.0, requires_grad=True),
    lambda: torch.arange(3.0).to_sparse(),
    lambda: torch.eye(2).to_sparse(),
    lambda: torch.eye(2) * 1e-320,
    lambda: torch.eye(3, dtype=torch.float64) * 1e300,
    lambda: torch.tensor([[1.0, 5.0], [0.0, 1.0]]),
    lambda: torch.zeros(2, 3, 4, 5),
    lambda: torch.nn.Parameter(torch.ones(3)),
    non_leaf,
    lambda: non_leaf().sum(),
    lambda: torch.arange(3.0)[::2],
    lambda: lambda *given: 0.0,
    lambda: lambda *given: ...,
    lambda: lambda *given: given[0],
    lambda: lambda *given: given,
    lambda: lambda *given: torch.zeros((), requires_grad=True),
    *(lambda dtype=dtype: torch.ones(3).to(dtype) for dtype in DTYPES),
    *(lambda dtype=dtype: torch.ones(()).to(dtype) for dtype in DTYPES),
]
"""Each makes a value that is right for some argument, in an odd form or of an odd size."""


def makers(makers):
    return st.sampled_from(makers).map(lambda make: make())


never = st.one_of(makers(NEVER), st.text(max_size=4).map(lambda word: {word}))
odd = st.one_of(
    makers(ODD),
    makers(ODD),
    st.floats(),
    st.floats(-2, 2),
    st.integers(-3, 6),
    st.lists(st.floats(-2, 2), min_size=2, max_size=3),
    st.text(max_size=3),
)
either = st.one_of(never, odd)
mostly_never = st.sampled_from([never] * 9 + [odd] + [never] * 10).flatmap(lambda values: values)
"""For functions that take long where they take a value at all."""


def kept(value):
    """What must not change in a value: a copy of its numbers, of what a list holds, of a gradient."""
    if isinstance(value, torch.Tensor):
        grad = value.grad if value.is_leaf else None
        return value._version, value.requires_grad, value.dtype, value.shape, _bits(value), kept(grad)
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.flags.writeable, value.tobytes() if value.size < 10_000 else None
    if isinstance(value, torch.nn.Module):
        return [kept(parameter) for parameter in value.parameters()]
    if isinstance(value, list | tuple):
        return [id(item) if item is value else kept(item) for item in value]
    if isinstance(value, dict):
        return [(kept(key), kept(item)) for key, item in value.items()]
    return copy.copy(value) if isinstance(value, set | bytearray) else None


def _bits(tensor):
    if tensor.is_meta:
        return None
    dense = tensor.detach().to_dense() if tensor.layout != torch.strided else tensor.detach()
    return dense.contiguous().flatten().view(torch.uint8).numpy().tobytes()

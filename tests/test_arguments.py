"""The checks of arguments: good values come back converted, bad ones raise an error that names argument and value."""

import math

import numpy as np
import pytest
import torch

from helpers import arguments

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.int64(3), torch.tensor(3.0, requires_grad=True)])
def test_number_gives_a_plain_float(value):
    result = arguments.number("noise", value)
    assert type(result) is float
    assert result == 3


@pytest.mark.parametrize(
    ("value", "limits", "error"),
    [
        ("0.1", {}, TypeError),
        (None, {}, TypeError),
        (True, {}, TypeError),
        (1j, {}, TypeError),
        ([1.0], {}, TypeError),
        (torch.ones(1), {}, TypeError),
        (NAN, {}, ValueError),
        (-INF, {}, ValueError),
        (10**400, {}, ValueError),
        (0, {"above": 0}, ValueError),
        (-0.1, {"at_least": 0}, ValueError),
    ],
)
def test_number_refuses(value, limits, error):
    with pytest.raises(error) as raised:
        arguments.number("noise", value, **limits)
    assert str(raised.value).startswith("noise must be ")
    assert str(raised.value).endswith(f"not {value!r}")


def test_limits_of_a_number_are_met_exactly():
    assert arguments.number("noise", 0, at_least=0) == 0
    assert arguments.number("h", 1e-300, above=0) == 1e-300


@pytest.mark.parametrize("value", [1, np.int64(1)])
def test_count_gives_a_plain_int(value):
    result = arguments.count("size", value)
    assert type(result) is int
    assert result == 1


@pytest.mark.parametrize(
    ("value", "error"),
    [("3", TypeError), (3.0, TypeError), (True, TypeError), (NAN, TypeError), (0, ValueError), (-1, ValueError)],
)
def test_count_refuses(value, error):
    with pytest.raises(error) as raised:
        arguments.count("size", value)
    assert str(raised.value).startswith("size must be ")
    assert str(raised.value).endswith(f"not {value!r}")


def read_only(values):
    array = np.array(values)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "value",
    [
        [1, 2],
        (1.0, 2.0),
        range(1, 3),
        np.array([1, 2], dtype=np.int16),
        np.array([2.0, 1.0])[::-1],
        read_only([1.0, 2.0]),
        torch.tensor([1.0, 2.0], requires_grad=True) * 1,
        torch.tensor([1, 2]).to_sparse(),
    ],
)
def test_vector_gives_float64_outside_of_any_graph(value):
    result = arguments.vector("x", value)
    assert result.dtype == torch.float64
    assert not result.requires_grad
    assert result.tolist() == [1, 2]


def test_vector_is_a_copy():
    x = np.ones(3)
    arguments.vector("x", x)[0] = 7
    assert x.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("abc", TypeError),
        (None, TypeError),
        (["a"], TypeError),
        ([10**400], TypeError),
        ([[1], [2, 3]], TypeError),
        ([1j], TypeError),
        (torch.tensor([1j]), TypeError),
        ({"a": 1}, TypeError),
        (np.array([None]), TypeError),
        (torch.ones(2, device="meta"), TypeError),
        ([1.0, NAN], ValueError),
        ([INF], ValueError),
    ],
)
def test_vector_refuses(value, error):
    with pytest.raises(error) as raised:
        arguments.vector("x", value)
    assert str(raised.value).startswith("x must hold ")
    assert str(raised.value).endswith(f"not {value!r}")


@pytest.mark.parametrize(("value", "shape"), [(1.0, "()"), ([], "(0,)"), ([[1.0, 2.0]], "(1, 2)")])
def test_vector_refuses_other_shapes(value, shape):
    with pytest.raises(ValueError, match=r"^x must have one dimension") as raised:
        arguments.vector("x", value)
    assert str(raised.value).endswith(f"not the shape {shape}")


def test_points_are_two_vectors_of_one_size():
    x, y = arguments.points([1, 2], np.array([3, 4]))
    assert (x.tolist(), y.tolist()) == ([1, 2], [3, 4])
    with pytest.raises(ValueError, match="x and y must have the same size, not 2 and 3"):
        arguments.points([1, 2], [1, 2, 3])
    with pytest.raises(TypeError, match="y must hold numbers, not 'ab'"):
        arguments.points([1, 2], "ab")

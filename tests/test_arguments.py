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
        (torch.ones(2), {}, TypeError),
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
    [("3", TypeError), (3.5, TypeError), (True, TypeError), (NAN, TypeError), (0, ValueError), (-1, ValueError)],
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


@pytest.mark.parametrize("x", [np.ones(3), torch.ones(3, dtype=torch.float64), [1, 1, 1]])
def test_vector_is_a_copy(x):
    arguments.vector("x", x)[0] = 7
    assert list(x) == [1, 1, 1]


@pytest.mark.filterwarnings("ignore")
def test_complex_numbers_are_refused_where_warnings_are_no_errors_too():
    with pytest.raises(TypeError, match="x must hold numbers"):
        arguments.numbers("x", torch.tensor([1j]))


def test_what_no_float_can_hold_is_not_finite():
    with pytest.raises(ValueError, match="x must hold finite numbers only"):
        arguments.vector("x", np.array([np.finfo(np.longdouble).max]))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("abc", TypeError),
        (None, TypeError),
        ([10**400], TypeError),
        ([[1], [2, 3]], TypeError),
        (torch.tensor([1j]), TypeError),
        ({"a": 1}, TypeError),
        (np.array([None]), TypeError),
        (torch.ones(2, device="meta"), TypeError),
        ([], ValueError),
        (np.zeros((0, 3)), ValueError),
    ],
)
def test_vector_refuses(value, error):
    with pytest.raises(error) as raised:
        arguments.vector("x", value)
    assert str(raised.value).startswith("x must hold ")
    assert str(raised.value).endswith(f"not {value!r}")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([0.5] * 200 + [NAN, INF], "x must hold finite numbers only, but entry [200] is nan"),
        (np.array([INF]), "x must hold finite numbers only, but entry [0] is inf"),
        ([0.5] * 20 + [None, "a"], "x must hold numbers, but entry [20] is None"),
        ((1, 2.0, [3.0], torch.ones(1), np.ones(1), "a"), "x must hold numbers, but entry [5] is 'a'"),
        ([1j], "x must hold numbers, but entry [0] is 1j"),
        (1.0, "x must be a list or a tensor of numbers, not a single number, 1.0"),
        ([[1.0], [2.0], [3.0]], "x must have one dimension, a shape such as (3,), not (3, 1)"),
        (torch.zeros(1, 2, 2), "x must have one dimension, a shape such as (4,), not (1, 2, 2)"),
    ],
)
def test_vector_says_what_is_wrong(value, told):
    with pytest.raises((TypeError, ValueError)) as raised:
        arguments.vector("x", value)
    assert str(raised.value) == told


def test_what_is_not_finite_in_a_table_is_told_with_its_place():
    arguments.finite("x", torch.ones(2, 2))
    with pytest.raises(ValueError, match=r"^x must hold finite numbers only, but entry \[1, 0\] is -inf$"):
        arguments.finite("x", torch.tensor([[1.0, 2.0], [-INF, NAN]]))


@pytest.mark.parametrize(
    ("check", "value", "told"),
    [
        (arguments.number, torch.ones(1), "tensor([1.]) of the shape (1,): .item() makes a number of it"),
        (arguments.count, np.ones(1), "array([1.]) of the shape (1,): .item() makes a number of it"),
        (arguments.count, 100.0, "100.0 (write 100)"),
        (arguments.count, torch.tensor(3.0), "3.0 (write 3)"),
        (arguments.count, 1e6, "1000000.0 (write 1000000)"),
        (arguments.count, -1e6, "-1000000.0 (write -1000000)"),
        (arguments.count, 1e6 + 1, "1000001.0"),
        (arguments.count, len, "the function len itself (are the brackets missing?)"),
    ],
)
def test_what_nearly_is_a_number_is_told_the_way(check, value, told):
    with pytest.raises(TypeError) as raised:
        check("w", value)
    assert str(raised.value).endswith(f" number, not {told}")


def test_points_are_two_vectors_of_one_size():
    x, y = arguments.points([1, 2], np.array([3, 4]))
    assert (x.tolist(), y.tolist()) == ([1, 2], [3, 4])
    with pytest.raises(ValueError, match="x and y must have the same size, not 2 and 3"):
        arguments.points([1, 2], [1, 2, 3])
    with pytest.raises(TypeError, match="y must hold numbers, not 'ab'"):
        arguments.points([1, 2], "ab")


# ---- How large, and how it is shown ----


@pytest.mark.parametrize(
    ("call", "largest", "too_large"),
    [
        (lambda value: arguments.number("w", value), 1e50, 1.1e50),
        (lambda value: arguments.number("w", value), -1e50, -1.1e50),
        (lambda value: arguments.number("w", value, at_most=2), 2, 2.1),
        (lambda value: arguments.count("size", value), 1_000_000, 1_000_001),
        (lambda value: arguments.count("size", value, at_most=3), 3, 4),
        (lambda value: arguments.seed(value), 2**63 - 1, 2**63),
        (lambda value: arguments.seed(value), 0, -1),
        (lambda value: arguments.room(steps=value), 50_000_000, 50_000_001),
        (lambda value: arguments.room(steps=value, rates=5_000), 10_000, 10_001),
        (lambda value: arguments.vector("x", [value]), 1e50, 1.1e50),
        (lambda value: arguments.vector("x", [0, value]), -1e50, -1.1e50),
        (lambda value: arguments.vector("x", [value, 0], at_least=-2, at_most=0), -2, -2.1),
        (lambda value: arguments.vector("x", [5, value], above=2), 2.1, 2),
        (lambda value: arguments.vector("x", np.zeros(value)), 1_000_000, 1_000_001),
        (lambda value: arguments.vector("x", [0, value]), 1e50, 1.1e50),
        (lambda value: arguments.points([1], [value]), 1e50, 1.1e50),
        (lambda value: arguments.points([1], [value]), -1e50, -1.1e50),
        (lambda value: arguments.points([value], [1], largest=9), -9, -9.1),
        (lambda value: arguments.points([1], [value], largest=9), 9, 9.1),
        (lambda value: arguments.pair("truth", (0, value)), 1e50, 1.1e50),
        (lambda value: arguments.pair("truth", (value, 0), largest=9), -9, 9.1),
        (lambda value: arguments.pairs("lines", [(0, value)], largest=9), 9, -9.1),
        (lambda value: arguments.pairs("lines", [(0, 0)] * value, most=3), 3, 4),
        (lambda value: arguments.curves({"a": [1]} if value else {}, 1, 2), 1, 0),
        (lambda value: arguments.curves({str(name): [1] for name in range(value)}, 1, 2), 2, 3),
        (lambda value: arguments.curves({"a": [value]}, 1, 2, at_most=5), 5, 6),
    ],
)
def test_limits_are_met_exactly(call, largest, too_large):
    call(largest)
    with pytest.raises(ValueError, match=r" (must|curves)\b"):
        call(too_large)


def test_what_is_too_large_is_told_with_its_limit():
    with pytest.raises(ValueError, match=r"^w must be at most 5, not 6$"):
        arguments.number("w", 6, at_most=5)
    with pytest.raises(ValueError, match=r"^x must be at least 1,000, not -2\.0$"):
        arguments.vector("x", [3, -2], at_least=1000)
    with pytest.raises(ValueError, match=r"^x must be at most 1,000, not 1001\.0$"):
        arguments.vector("x", [3, 1001], at_most=1000)
    with pytest.raises(ValueError, match=r"^x must hold numbers above 0 only, not -2\.0$"):
        arguments.vector("x", [3, -2], above=0)
    with pytest.raises(ValueError, match=r"^size must be at most 1,000,000, not 1000001$"):
        arguments.count("size", 1_000_001)
    with pytest.raises(ValueError, match=r"^w must be at least 1,000, not 3$"):
        arguments.number("w", 3, at_least=1000)
    with pytest.raises(
        ValueError, match=r"^steps and rates must make .* 50,000,000 .*, not steps = 10,001 and rates = 5,000$"
    ):
        arguments.room(steps=10_001, rates=5_000)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([0] * 12, str([0] * 12)),
        ([0] * 13, f"[{'0, ' * 12}...]"),
        ((0,) * 13, f"({'0, ' * 12}...)"),
        (["a" * 416], f"['{'a' * 416}']"),
        (["a" * 417], f"['{'a' * 417}' ..."),
        (np.ones(12), repr(np.ones(12))),
        (np.ones(13), "an array of shape (13,)"),
        (torch.ones(100, 2), "a tensor of shape (100, 2)"),
        ([torch.ones(13)], "[a tensor of shape (13,)]"),
        ({"w": 1, "b": 2}, "{'w': 1, 'b': 2}"),
        (read_only, "the function read_only itself (are the brackets missing?)"),
        (float, "<class 'float'>"),
        (type("list", (), {})(), "something of the type list"),  # called so, but without a length
    ],
)
def test_a_value_is_shown_in_short(value, told):
    assert arguments.shown(value) == told


def test_a_long_word_is_cut_in_its_middle():
    told = arguments.shown("a" * 1000)
    assert len(told) == 420
    assert "..." in told


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: arguments.text("key", 3), "key must be a string, not 3"),
        (lambda: arguments.line("key", "a\nb"), r"key must hold printable signs in one line, not 'a\nb'"),
        (lambda: arguments.one_of("key", ["a", "b"], "c"), "key must be one of ['a', 'b'], not 'c'"),
        (lambda: arguments.one_of("key", ["a", "b"], ["a"]), "key must be one of ['a', 'b'], not ['a']"),
        (lambda: arguments.flag("blind", 1), "blind must be True or False, not 1"),
        (lambda: arguments.a("node", int, "a", "trace() finds"), "node must be a int, as trace() finds it, not 'a'"),
        (lambda: arguments.tensor("w", [1.0]), "w must be a torch tensor, not [1.0]"),
        (lambda: arguments.pair("truth", {1: 2, 3: 4}), "truth must be a pair of numbers (w, b), not {1: 2, 3: 4}"),
        (lambda: arguments.pair("truth", (1, 2, 3)), "truth must be a pair of numbers (w, b), not (1, 2, 3)"),
        (lambda: arguments.pair("truth", (1, "a")), "b of truth must be a number, not 'a'"),
        (
            lambda: arguments.curves({}, 1, 3),
            "there must be 1 to 3 curves, each under a name, as in loss=losses, not []",
        ),
        (
            lambda: arguments.curves({"a": [1]}, 2, 2),
            "there must be 2 curves, each under a name, as in loss=losses, not ['a']",
        ),
        (lambda: arguments.pairs("lines", 3), "lines must be a list of pairs (w, b), not 3"),
        (lambda: arguments.pairs("lines", {(1, 2)}), "lines must be a list of pairs (w, b), not {(1, 2)}"),
        (lambda: arguments.pairs("lines", []), "lines must hold at least one pair (w, b), not []"),
        (lambda: arguments.pairs("lines", [(1, 2), 3]), "lines[1] must be a pair of numbers (w, b), not 3"),
        (lambda: arguments.count("size", np.timedelta64(3)), "size must be a whole number, not np.timedelta64(3)"),
        (lambda: arguments.numbers("x", b"12"), "x must hold numbers, not b'12'"),
        (lambda: arguments.numbers("x", bytearray(b"12")), "x must hold numbers, not bytearray(b'12')"),
        (lambda: arguments.numbers("x", [b"1"]), "x must hold numbers, "),
        (lambda: arguments.numbers("x", [[np.array(b"1")]]), "x must hold numbers, "),
        (lambda: arguments.numbers("x", np.ma.masked_array([1.0, 2.0], [0, 1])), "x must hold numbers, not masked_arr"),
        (lambda: arguments.numbers("x", np.array(["2020-01-01"], "datetime64[D]")), "x must hold numbers, not array(["),
    ],
)
def test_each_refusal_names_the_argument(call, told):
    with pytest.raises((TypeError, ValueError)) as raised:
        call()
    assert str(raised.value).startswith(told)


def test_lists_are_numbers_on_every_default_device():
    with torch.device("meta"):
        assert arguments.numbers("x", [1, 2]).tolist() == [1, 2]


def test_what_is_right_comes_back():
    assert arguments.text("key", "a") == "a"
    assert arguments.line("key", "a b") == "a b"
    assert arguments.one_of("key", ["a", "b"], "b") == "b"
    assert arguments.flag("blind", False) is False
    assert arguments.a("node", int, 3, "nobody finds") == 3
    assert arguments.seed(7) == 7
    assert arguments.pair("truth", np.array([1, 2])) == (1.0, 2.0)
    assert arguments.pairs("lines", iter([(1, 2), [3, 4]])) == [(1.0, 2.0), (3.0, 4.0)]
    assert {name: curve.tolist() for name, curve in arguments.curves({"my_loss": [1, 2]}, 1, 3).items()} == {
        "my loss": [1, 2]
    }
    assert arguments.count("size", torch.tensor(3)) == 3
    w = torch.ones(1)
    assert arguments.tensor("w", w) is w
    assert arguments.numbers("x", [[torch.ones(2), np.zeros(2)]]).tolist() == [[[1, 1], [0, 0]]]
    assert arguments.numbers("x", np.array([0.1], dtype=np.longdouble)).tolist() == [0.1]
    assert arguments.numbers("x", np.finfo(np.longdouble).max).item() > 1e308

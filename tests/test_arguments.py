"""The kinds of checks, each with one message in full, and the door. Hostile values stand in `hostile`."""

import inspect
import math

import numpy as np
import pytest
import torch

from helpers import arguments, descent, gradients, labs, make_line, pictures
from helpers.arguments import checked

X, Y = make_line(size=5)


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.int64(3), torch.tensor(3.0, requires_grad=True)])
def test_number_is_a_plain_float(value):
    result = arguments.number("noise", value)
    assert type(result) is float
    assert result == 3


@pytest.mark.parametrize("value", [3, np.int64(3), np.array(3), torch.tensor(3)])
def test_count_is_a_plain_int(value):
    result = arguments.count("size", value)
    assert type(result) is int
    assert result == 3


@pytest.mark.parametrize(
    "value",
    [
        [1, 2],
        (1.0, 2.0),
        range(1, 3),
        np.array([1, 2], dtype=np.int16),
        np.array([2.0, 1.0])[::-1],
        torch.tensor([1.0, 2.0], requires_grad=True) * 1,
        torch.tensor([1, 2], dtype=torch.bfloat16),
        [torch.tensor(1.0, requires_grad=True), np.float32(2)],
    ],
)
def test_array_is_a_copy_in_float64(value):
    before = list(value)
    result = arguments.array("x", value)
    assert result.dtype == np.float64
    assert result.tolist() == [1, 2]
    result[0] = 7
    assert list(value) == before


def test_numbers_keep_their_shape_on_every_default_device():
    rows = [[torch.ones(2), np.zeros(2)]]
    with torch.device("meta"):
        assert arguments.numbers("x", rows).tolist() == [[[1, 1], [0, 0]]]
    assert arguments.numbers("x", [math.inf]).tolist() == [math.inf]  # which a check of its own refuses


def test_other_kinds_give_back_what_is_right():
    assert arguments.pair("truth", np.array([1, 2])) == (1.0, 2.0)
    assert arguments.pairs("lines", [(1, 2), [3, 4]]) == [(1.0, 2.0), (3.0, 4.0)]
    assert arguments.number_or_array("rate", 0.5) == 0.5
    assert arguments.number_or_array("rate", [0.5]).tolist() == [0.5]
    assert arguments.each("curves", {"a": 1}, arguments.number) == {"a": 1.0}
    assert arguments.line("title", "a b") == "a b"
    assert arguments.choice("key", "b", ["a", "b"]) == "b"
    assert arguments.flag("blind", False) is False
    assert arguments.tensor("w", weight := torch.ones(1)) is weight


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("number", "0.1", "v must be a number, not '0.1'"),
        ("number", True, "v must be a number, not True"),
        ("number", math.nan, "v must be a finite number, not nan"),
        ("number", 10_001, "v must be at most 10,000, not 10001"),
        ("number", -10_001, "v must be at least -10,000, not -10001"),
        (
            "number",
            torch.ones(1),
            "v must be a number, not tensor([1.]) of the shape (1,): .item() makes a number of it",
        ),
        ("count", 100.0, "v must be a whole number, not 100.0 (write 100)"),
        ("count", len, "v must be a whole number, not the function len itself (are the brackets missing?)"),
        ("count", 0, "v must be at least 1, not 0"),
        ("numbers", "abc", "v must hold numbers, not 'abc'"),
        ("numbers", [0.5] * 20 + [None, "a"], "v must hold numbers, but entry [20] is None"),
        ("numbers", torch.tensor([1j]), "v must hold numbers, not tensor([0.+1.j])"),
        ("finite", [[1, 2], [math.nan, 3]], "v must hold finite numbers only, but entry [1, 0] is nan"),
        ("finite", [], "v must hold from 1 to 1,000,000 numbers, not 0"),
        ("array", 1.0, "v must be a list or a tensor of numbers, not a single number, 1.0"),
        ("array", [[1.0], [2.0]], "v must have one dimension, a shape such as (2,), not (2, 1)"),
        ("array", [3, 10_001], "v must be at most 10,000, not 10001.0"),
        ("pair", (1, 2, 3), "v must be a pair of numbers (w, b), not (1, 2, 3)"),
        ("pairs", [1, 2], "v must be a list of at most 1,000,000 pairs (w, b), not [1, 2]"),
        ("text", 3, "v must be a string, not 3"),
        ("line", "a\nb", r"v must hold printable characters in one line, not 'a\nb'"),
        ("flag", 1, "v must be True or False, not 1"),
        ("tensor", [1.0], "v must be a torch tensor, not [1.0]"),
    ],
)
def test_error_names_argument_value_and_what_would_be_right(kind, value, message):
    with pytest.raises((TypeError, ValueError)) as raised:
        getattr(arguments, kind)("v", value)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: arguments.number("h", 0, above=0), "h must be above 0, not 0"),
        (lambda: arguments.choice("key", "c", ["a", "b"]), "key must be one of ['a', 'b'], not 'c'"),
        (lambda: arguments.same_size(w=[1], b=[1, 2]), "w and b must have the same size, not 1 and 2"),
        (
            lambda: arguments.each("curves", {}, arguments.curve, 1, 3),
            "there must be 1 to 3 curves, each under a name, as in loss=losses, not []",
        ),
        (
            lambda: arguments.room(steps=10_001, rates=5_000),
            "steps and rates must make a table of at most 50,000,000 numbers, not steps = 10,001 and rates = 5,000",
        ),
    ],
)
def test_error_of_a_check_with_limits_says_the_limit(call, message):
    with pytest.raises(ValueError) as raised:
        call()
    assert str(raised.value) == message


def test_limits_themselves_are_allowed():
    assert arguments.number("w", 10_000) == 10_000
    assert arguments.number("h", 1e-300, above=0) == 1e-300
    assert arguments.count("size", 1_000_000) == 1_000_000
    assert arguments.array("x", np.zeros(1_000_000)).size == 1_000_000
    assert len(arguments.pairs("lines", [(0, -10_000)] * 3, most=3)) == 3
    arguments.room(steps=10_000, rates=5_000)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([0] * 12, str([0] * 12)),
        ([0] * 13, f"[{'0, ' * 12}...]"),
        (["a" * 417], f"['{'a' * 417}' ..."),
        (np.ones(12), repr(np.ones(12))),
        (np.ones(13), "an array of shape (13,)"),
        (torch.ones(100, 2), "a tensor of shape (100, 2)"),
        (float, "<class 'float'>"),
        (type("list", (), {})(), "something of the type list"),  # called so, but without a length
    ],
)
def test_long_value_is_shown_in_short(value, text):
    assert arguments.shown(value) == text


# ---- The door ----


@checked(other=arguments.text)
def function(x, y, size=None, *blind, other=None, **curves):
    """A docstring."""
    return x, y, size, blind, other, curves


def test_each_argument_goes_through_the_check_of_its_name():
    x, y, size, blind, other, curves = function([1], [2], np.int64(3), True, False, other="a", loss=[4])
    assert (x.tolist(), y.tolist(), type(size), blind, other) == ([1], [2], int, (True, False), "a")
    assert curves["loss"].tolist() == [4]
    with pytest.raises(TypeError, match=r"^blind must be True or False, not 1$"):
        function([1], [2], 3, True, 1, loss=[4])
    with pytest.raises(ValueError, match=r"^loss must be at least 0, not -1"):
        function([1], [2], loss=[-1])
    with pytest.raises(ValueError, match=r"^x and y must have the same size, not 1 and 2$"):
        function([1], [2, 3], loss=[4])


def test_default_needs_no_check():
    assert function([1], [2], None, loss=[4])[2] is None


def test_checked_function_looks_like_itself():
    assert (function.__name__, function.__doc__) == ("function", "A docstring.")
    assert list(inspect.signature(function).parameters) == ["x", "y", "size", "blind", "other", "curves"]


def test_name_without_a_check_is_an_error_at_once():
    with pytest.raises(KeyError, match="unheard"):
        checked(lambda unheard: None)


@pytest.mark.parametrize("call", [pictures.bowl, labs.learning_rate])
def test_each_value_is_checked_once(call, monkeypatch):
    names, finite = [], arguments.finite

    def counted(name, value, **limits):
        names.append(name)
        return finite(name, value, **limits)

    monkeypatch.setattr(arguments, "finite", counted)
    call(X, Y, (0.3, 0.5))
    assert names == ["x", "y", "truth"]


def test_door_is_closed_again_after_a_call_and_after_an_error():
    for x in (X, X[:1] * 0):
        try:
            descent.best_line(x, Y[: len(x)])
        except ValueError as error:
            assert "two different numbers" in str(error)
        with pytest.raises(TypeError, match="x must hold numbers, not 'ab'"):
            descent.best_line("ab", Y)


def test_door_is_closed_for_the_learners_own_function():
    with pytest.raises(TypeError, match="x must hold numbers, not 'ab'"):
        gradients.central_difference(lambda: descent.best_line("ab", Y), torch.ones(1))

"""The kinds of checks, each with one message in full, and the door. Hostile values stand in `hostile`."""

import inspect
import math
from functools import partial

import numpy as np
import pytest
import torch

from helpers import arguments
from helpers.arguments import checked


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.array(3), torch.tensor([3.0], requires_grad=True)])
def test_number_is_a_plain_float_and_a_count_a_plain_int(value):
    number, count = arguments.number("noise", value), arguments.count("size", value)
    assert (type(number), number, type(count), count) == (float, 3, int, 3)


FORMS = [range(1, 3), np.array([2.0, 1.0])[::-1], torch.tensor([1, 2], dtype=torch.bfloat16)]
FORMS += [torch.tensor([1.0, 2.0], requires_grad=True) * 1, [torch.tensor(1.0, requires_grad=True), np.float32(2)]]


@pytest.mark.parametrize("value", FORMS)
def test_array_is_a_copy_in_float64(value):
    before = list(value)
    result = arguments.array("x", value)
    assert (result.dtype, result.tolist()) == (np.float64, [1, 2])
    result[0] = 7
    assert list(value) == before


def test_numbers_keep_their_shape_on_every_default_device():
    rows = [[torch.ones(2), np.zeros(2)]]
    with torch.device("meta"):
        assert arguments.numbers("x", rows).tolist() == [[[1, 1], [0, 0]]]
    assert arguments.numbers("x", [math.inf]).tolist() == [math.inf]  # which a check of its own refuses


@pytest.mark.parametrize(
    ("check", "value", "message"),
    [
        (arguments.number, "0.1", "v must hold numbers, not '0.1'"),
        (arguments.number, [1, 2], "v must be a number, not [1, 2]"),
        (arguments.number, math.nan, "v must be finite, not nan"),
        (arguments.number, 10_001, "v must be at most 10,000, not 10001"),
        (arguments.number, -10_001, "v must be at least -10,000, not -10001"),
        (partial(arguments.number, above=0), 0, "v must be above 0, not 0"),
        (arguments.count, 1.5, "v must be a whole number, not 1.5"),
        (arguments.count, len, "v must hold numbers, not the function len itself (are the brackets missing?)"),
        (arguments.numbers, [1.0, None], "v must hold numbers, not [1.0, None]"),
        (arguments.numbers, torch.tensor([1j]), "v must hold numbers, not tensor([0.+1.j])"),
        (arguments.array, [], "v must hold from 1 to 1,000,000 numbers, not 0"),
        (arguments.array, 1.0, "v must be numbers of shape (size,), not 1.0"),
        (arguments.pair, (1, 2, 3), "v must be a pair of numbers (w, b), not (1, 2, 3)"),
        (arguments.pairs, [1, 2], "v must be a list of pairs (w, b), not [1, 2]"),
        (arguments.text, 3, "v must be a string, not 3"),
        (arguments.tensor, [1.0], "v must be a torch tensor, not [1.0]"),
        (partial(arguments.choice, choices=["a", "b"]), "c", "v must be one of ['a', 'b'], not 'c'"),
        (partial(arguments.each, check=None, least=2), {}, "there must be 2 to 9 v, each under a name, not []"),
    ],
)
def test_error_names_argument_value_and_what_would_be_right(check, value, message):
    with pytest.raises((TypeError, ValueError)) as raised:
        check("v", value)
    assert str(raised.value) == message


def test_limits_themselves_are_allowed():
    assert arguments.number("w", 10_000) == 10_000
    assert arguments.number("h", 1e-300, above=0) == 1e-300
    assert arguments.count("size", 1_000_000) == 1_000_000
    assert arguments.array("x", np.full(1_000_000, -10_000)).size == 1_000_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["a" * 416], f"['{'a' * 416}']"),
        (["a" * 417], f"['{'a' * 417}' ..."),
        (np.ones(12), repr(np.ones(12))),
        (np.ones(13), "an array of shape (13,)"),
        (torch.ones(100, 2), "a tensor of shape (100, 2)"),
        ([10**5000], "something of the type list"),
    ],
)
def test_long_value_is_shown_in_short(value, text):
    assert arguments.shown(value) == text


# ---- The door ----


@checked(other=arguments.text, curves=partial(arguments.each, check=arguments.curve))
def function(x, y, size=None, *title, other=None, **curves):
    """A docstring."""
    return x, y, size, title, other, curves


def test_each_argument_goes_through_the_check_of_its_name():
    x, y, size, title, other, curves = function([1], [2], np.int64(3), "b", "c", other="a", loss=[4])
    assert (x.tolist(), y.tolist(), type(size), title, other) == ([1], [2], int, ("b", "c"), "a")
    assert curves["loss"].tolist() == [4]
    for call, message in [
        (lambda: function([1], [2], 3, "b", 1), "title must be a string, not 1"),
        (lambda: function([1], [2], loss=4), "loss must be numbers of shape (size,), not 4"),
        (lambda: function([1], [2, 3]), "x and y must have the same size, not 1 and 2"),
    ]:
        with pytest.raises((TypeError, ValueError)) as raised:
            call()
        assert str(raised.value) == message


def test_checked_function_looks_like_itself_and_its_defaults_need_no_check():
    assert (function.__name__, function.__doc__) == ("function", "A docstring.")
    assert list(inspect.signature(function).parameters) == ["x", "y", "size", "title", "other", "curves"]
    assert function([1], [2], None)[2:] == (None, (), None, {})


def test_name_without_a_check_is_an_error_at_once():
    with pytest.raises(KeyError, match="unheard"):
        checked(lambda unheard: None)

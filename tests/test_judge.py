"""What the judge says of numbers, of a function and of what it makes of its calls; the counting of exercises."""

import functools
import math

import numpy as np
import pytest
import torch

from helpers import judge, record

COMPLEX = (
    "Not yet: these are complex numbers. Is it a root of something negative? "
    "For the eigenvalues of a symmetric table, use torch.linalg.eigvalsh."
)
COMPUTES_WITH_NONE = "Not yet: your function computes with None. Is it a .grad before backward, or after the reset?"
TABLE = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]])
ZEROS = "Not yet. This looks like nothing but zeros: has the answer been computed, or only prepared?"
ROUNDED = "Not yet. This looks like the right numbers, rounded: hand over the expressions themselves."


@pytest.fixture
def counted(monkeypatch):
    """Exercises of our own; those of the course are put back."""
    monkeypatch.setattr(judge, "EXERCISES", {})
    monkeypatch.setattr(record, "exercises", {})
    return judge.EXERCISES


@pytest.mark.parametrize(
    ("answer", "right", "kind", "sentence"),
    [
        (TABLE, TABLE, "right", "Right."),
        (
            TABLE.T,
            TABLE,
            "mistake",
            "Not yet. This looks like the right numbers with rows and columns exchanged (transposed).",
        ),
        (-TABLE, TABLE, "mistake", "Not yet. This looks like the right size with the wrong sign."),
        (TABLE * 0, TABLE, "mistake", ZEROS),
        (0.0, 0.5, "mistake", ZEROS),
        ([3.0, 1.0, 2.0], [1.0, 2.0, 3.0], "mistake", "Not yet. This looks like the right numbers in another order."),
        ([0.33, 0.67], [1 / 3, 2 / 3], "mistake", ROUNDED),
        (7.0, 5.0, "mistake", "Not yet. This looks like seven."),
        (8.0, 5.0, "mistake", "Not yet. This looks like eight or nine."),
        (9.0, 5.0, "mistake", "Not yet. This looks like eight or nine."),
        (TABLE + 1, TABLE * 0, "wrong", "Not yet: none of the numbers is right yet."),
        ([2.0, 2.0], [1.0, 1.0], "wrong", "Not yet: look at the entries [0], [1]."),
        ([1.0, 2.0, 3.0], [1.0, 2.5, 3.0], "wrong", "Not yet: look at the entries [1]."),
        ([1.0009, 2.01], [1.0, 2.0], "wrong", "Not yet: look at the entries [1]."),
        ([0.000009, 2.1], [0.0, 2.0], "wrong", "Not yet: look at the entries [1]."),
        (0.25, 0.0, "wrong", "Not yet: 0.25 is not the right number."),
        (0.33, 1 / 3, "wrong", "Not yet: 0.33 is the right number, rounded. Hand over the expression itself."),
        (0.3, 1 / 3, "wrong", "Not yet: 0.3 is not the right number."),
        (0.0123, 0.0123456, "wrong", "Not yet: 0.0123 is the right number, rounded. Hand over the expression itself."),
        (61, 67, "wrong", "Not yet: 61 is not the right number."),
        ([1.0, 2.0], 3.0, "error", "Not yet: the answer should be one number, and yours is of the shape (2,)."),
        (3.0, [[1.0, 2.0]] * 2, "error", "Not yet: the answer should be of the shape (2, 2), and yours is one number."),
    ],
)
def test_verdict_on_numbers(answer, right, kind, sentence):
    verdict = judge.Numbers(right, {"seven": 7.0, "eight or nine": judge.AnyOf(8.0, 9.0)}).verdict(answer)
    assert (verdict.kind, verdict.sentence) == (kind, sentence)


def test_wrong_entries_are_called_by_their_names():
    verdict = judge.Numbers([1.0, 2.0, 4.0], {}, names="wbv").verdict([1.0, 3.0, 3.5])
    assert verdict.sentence == "Not yet: look at b (yours: 3) and v (yours: 3.5)."
    assert verdict.entries == [[1], [2]]


def test_how_close_is_right_can_be_said():
    assert judge.Numbers([1.0, 2.0], {}, {"rtol": 0.2}).verdict([1.0, 2.2]) is judge.RIGHT
    assert judge.Numbers([1.0, 2.0], {}, {"rtol": 0.15}).verdict([1.2, 2.2]).entries == [[0]]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (..., judge.UNANSWERED.sentence),
        (None, judge.NOTHING),
        ([1.0, ...], "Not yet: one place still holds the three dots."),
        ((..., 1.0), "Not yet: one place still holds the three dots."),
        ([[1.0], [[...]]], "Not yet: one place still holds the three dots."),
        (1 + 1j, COMPLEX),
        ([1.0, 1j], COMPLEX),
        (
            [1.0, "a"],
            "Not yet: the answer should be numbers, and this list has a part that is text: "
            "leave out the quotation marks.",
        ),
        (
            (1.0, len),
            "Not yet: the answer should be numbers, and this tuple has a part that is the function len itself "
            "(are the brackets missing?).",
        ),
        (
            [1.0, [2.0, 3.0]],
            "Not yet: the answer should be numbers, and this list holds something else, or parts of different shapes.",
        ),
        ({}, "Not yet: the answer should be numbers, and this is of the type dict."),
        ("a", "Not yet: the answer should be numbers, and this is text: leave out the quotation marks."),
        (
            len,
            "Not yet: the answer should be numbers, and this is the function len itself (are the brackets missing?).",
        ),
        ([1.0, math.nan], "Not yet: the answer holds numbers that are not finite (nan or inf)."),
        (
            torch.tensor([1.0, 2.0 + 1j]),
            COMPLEX,
        ),
        (
            np.array([1j, 2.0]),
            COMPLEX,
        ),
    ],
)
def test_answer_that_is_no_numbers(answer, verdict):
    with pytest.raises(judge.Verdict) as raised:
        judge.as_numbers(answer)
    assert str(raised.value) == verdict


@pytest.mark.parametrize(
    "answer",
    [
        [1.0, 2.0],
        [torch.tensor(1.0, requires_grad=True), np.float64(2)],
        [torch.tensor([1.0]), np.array([2.0])],
        (torch.tensor([[1.0]]), np.array([2.0])),
        [torch.tensor([1.0]), 2.0],
        torch.tensor([1.0, 2.0], dtype=torch.complex64),
        np.array([[1 + 0j], [2 + 0j]]),
        [1 + 0j, torch.tensor(2 + 0j)],
        (np.complex64(1), np.array(2 + 0j)),
    ],
)
def test_numbers_may_come_in_any_wrapping(answer):
    numbers = judge.as_numbers(answer)
    assert numbers.tolist() == [1, 2]
    assert numbers.dtype == torch.float64


def returned(value, moves=None, by=1.0):
    """A function of a learner's that moves one of its arguments and returns a value."""

    def function(*given):
        if moves is not None:
            with torch.no_grad():
                moves(given).add_(by)
        return value

    return function


def unfinished(moves):
    """A function with the three dots still after its return, which has moved one of its arguments."""

    def function(*given):
        returned(None, moves)(*given)
        return ...

    return function


def stopping(error):
    def function(*given):
        raise error

    return function


@pytest.mark.parametrize(
    ("function", "verdict"),
    [
        (..., judge.UNANSWERED.sentence),
        (None, "Not answered yet: this is None. Hand over the function itself, by its name and without brackets."),
        (3.0, "Not yet: hand over the function itself, by its name and without brackets."),
        (float, "Not yet: hand over the function itself, by its name and without brackets."),
        (stopping(ValueError("too bad.\nmore")), "Not yet: your function stops with ValueError: too bad."),
        (
            stopping(NameError("name 'lr' is not defined")),
            "Not yet: your function stops with NameError: name 'lr' is not defined. "
            "Is that one of the names in the brackets after def? Or did you skip the cell that makes it?",
        ),
        (lambda *given: given[0] ^ 2, "Not yet: ^ isn't a power in Python. Write ** in your function."),
        (lambda *given: 1.5 ^ 2, "Not yet: ^ isn't a power in Python. Write ** in your function."),
        (lambda *given: 0.1 * given[0].grad, COMPUTES_WITH_NONE),
        (lambda *given: given[0].grad * 0.1, COMPUTES_WITH_NONE),
        (
            lambda *given: 2 * given[0].mean,
            "Not yet: your function stops with TypeError: unsupported operand type(s) for *: 'int' and "
            "'builtin_function_or_method'. Are round brackets missing after a name, as in mean()?",
        ),
        (
            lambda *given: given[0] * ...,
            "Not yet: your function stops with TypeError: unsupported operand type(s) for *: 'Tensor' and 'ellipsis'. "
            "Three dots are still in it, or in an earlier function that it calls.",
        ),
        (stopping(UnboundLocalError("why")), "Not yet: your function stops with UnboundLocalError: why."),
        (stopping(ValueError()), "Not yet: your function stops with ValueError: no message."),
        (stopping(SystemExit(1)), "Not yet: your function stops with SystemExit: 1."),
        (returned(1.0, lambda given: given[0]), "Not yet: your function changes x, which others still need."),
        (
            returned(None),
            "Not yet: your function gives nothing back (None). Is there a return, with the result after it? "
            "A call such as loss.backward() or print(...) has no result.",
        ),
        (lambda *given: ..., judge.UNANSWERED.sentence),
        (torch.no_grad()(lambda *given: ...), judge.UNANSWERED.sentence),
        (functools.partial(lambda *given: ...), judge.UNANSWERED.sentence),
        (unfinished(lambda given: given[1][0]), judge.BEGUN),
        (unfinished(lambda given: given[1][1][0]), judge.BEGUN),
        (unfinished(lambda given: given[2].bias), judge.BEGUN),
        (returned(...), judge.ELSEWHERE),
        (returned(..., lambda given: given[1][0]), judge.ELSEWHERE),
    ],
)
def test_verdict_on_function_that_makes_nothing(function, verdict):
    x = torch.ones(2)
    given = x, [torch.zeros(1), (torch.zeros(1, requires_grad=True),)], torch.nn.Linear(1, 1), "a word"
    with pytest.raises(judge.Verdict) as raised:
        judge.result_of(function, given, {"x": x})
    assert str(raised.value) == verdict


def test_function_may_change_what_is_not_fixed_and_nan_is_no_change():
    x = torch.tensor([math.nan, math.inf, 1.0])
    assert judge.result_of(lambda x: 5.0, (x,), {"x": x}) == 5
    assert judge.result_of(returned(5.0, lambda given: given[0]), (x,), {}) == 5
    with pytest.raises(judge.Verdict, match="changes x"):
        judge.result_of(lambda x: x.resize_(2), (x,), {"x": x})


def test_interrupt_is_no_verdict():
    with pytest.raises(KeyboardInterrupt):
        judge.result_of(stopping(KeyboardInterrupt()), (), {})


def code(calls=((1.0,), (2.0,)), **more):
    """An exercise: twice x; its known mistakes are the square and a message."""
    mistakes = {"the square": lambda x: x**2, "a list times a list": lambda x: [x] * [x]}
    return judge.Code(lambda x: 2 * x, mistakes, lambda: [(torch.tensor(x),) for (x,) in calls], **more)


@pytest.mark.parametrize(
    ("function", "kind", "sentence"),
    [
        (lambda x: x + x, "right", "Right."),
        (lambda x: x * x, "mistake", "Not yet. This looks like the square."),
        (lambda x: [1] * [2], "mistake", "Not yet. This looks like a list times a list."),
        (lambda x: 2.0, "error", "Not yet: your function gives the same for every x. Does it use its argument?"),
        (
            lambda x: x + 1,
            "error",
            "Not yet: right for one argument, and wrong for another. Is there a number in it that fits only the one?",
        ),
        (lambda x: x + 2, "wrong", "Not yet: 3 is not the right number."),
        (
            lambda x: "two",
            "error",
            "Not yet: the answer should be numbers, and this is text: leave out the quotation marks.",
        ),
        (lambda x: x.add_(1), "error", "Not yet: your function changes x, which others still need."),
    ],
)
def test_verdict_on_code(function, kind, sentence):
    verdict = code().verdict(function)
    assert (verdict.kind, verdict.sentence) == (kind, sentence)


def test_what_a_call_leaves_behind_counts():
    exercise = code([(1.0,)], left=lambda x: x.flatten().tolist(), moves=("x",), names=("the result", "x itself"))
    assert exercise.verdict(lambda x: 2 * x) is judge.RIGHT
    assert str(exercise.verdict(lambda x: x.mul_(2))) == "Not yet: look at x itself (yours: 2)."


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_exercise_is_checked_in_the_usual_mode_and_leaves_that_of_the_notebook(mode, counted, capsys):
    @judge.exercise
    def slope():
        return judge.Code(lambda w: 2 * w, {}, lambda: [(torch.tensor(3.0, requires_grad=True),)])

    def by_autograd(w):
        (w**2).backward()
        torch.set_grad_enabled(False)
        return w.grad

    with mode():
        slope(by_autograd)
        assert not torch.is_grad_enabled()
        assert torch.is_inference_mode_enabled() == (mode is torch.inference_mode)
    slope(by_autograd)
    assert torch.is_grad_enabled()
    assert capsys.readouterr().out == "Right.\nRight.\n"


def test_exercise_prints_its_verdict_and_counts(counted, capsys):
    @judge.exercise
    def doubled():
        """Twice as much."""
        return judge.Numbers(2.0, {})

    @judge.exercise
    def broken(answer):
        if answer == "early":
            raise judge.error("too early")
        return answer.nothing

    assert list(*counted.values()) == ["doubled", "broken"]
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Twice as much.")
    doubled(2)
    broken("early")
    assert record.exercises == {"doubled": True, "broken": False}
    doubled(3)
    broken(1)
    assert record.exercises == {"doubled": False, "broken": False}
    assert capsys.readouterr().out == (
        "Right.\nNot yet: too early.\nNot yet: 3 is not the right number.\n"
        "Not yet: this check stopped with AttributeError. If you have overwritten a name\n"
        "such as torch.sum, restart the kernel and run the cells again.\n"
    )


def test_long_verdict_is_broken_between_words_only(counted, capsys):
    @judge.exercise
    def long(answer):
        raise judge.Verdict("wrong", answer)

    lines = [f"{'a' * 40} {'b' * 41}", "c" * 40, "d" * 42, "e-" * 20, "f" * 90]
    long(" ".join(lines))
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize("answers", [(), (1,), (1, 2, 3)])
def test_exercise_says_what_belongs_into_its_brackets(answers, counted, capsys):
    @judge.exercise
    def both(w, b):
        return judge.RIGHT

    both(*answers)
    sentence = f"Not yet: call this check as both(w, b), with 2 in the brackets and not {len(answers)}.\n"
    assert capsys.readouterr().out == sentence
    assert record.exercises == {"both": False}

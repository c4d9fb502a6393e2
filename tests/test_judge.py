"""What the judge says of numbers, of a function and of what it makes of its calls; the counting of exercises."""

import math
import re

import pytest
import torch

from helpers import judge
from helpers.judge import RIGHT, error, mistake

TABLE = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]])
ZEROS = mistake("nothing but zeros: has the answer been computed, or only prepared?")
ONLY_ONE = error("right for one argument, and wrong for another. Is there a number in it that fits only the one?")
ROUNDED = mistake("the right answer, rounded: hand over the expression itself")


def wrong(sentence):
    return judge.Verdict("wrong", sentence)


def same(verdict, other):
    return (verdict.kind, str(verdict)) == (other.kind, str(other))


@pytest.fixture
def counted(monkeypatch):
    """Exercises of our own; those of the course are put back."""
    monkeypatch.setattr(judge, "EXERCISES", {})
    return judge.EXERCISES


@pytest.mark.parametrize(
    ("answer", "right", "verdict"),
    [
        (TABLE.T, TABLE, mistake("the right numbers with rows and columns exchanged (transposed)")),
        (-TABLE, TABLE, mistake("the right size with the wrong sign")),
        (TABLE * 0, TABLE, ZEROS),
        ([3.0, 1.0, 2.0], [1.0, 2.0, 3.0], mistake("the right numbers in another order")),
        ([0.33, 0.67], [1 / 3, 2 / 3], ROUNDED),
        (7.0, 5.0, mistake("seven")),
        (9.0, 5.0, mistake("eight or nine")),
        (TABLE + 1, TABLE * 0, wrong("none of the numbers is right yet")),
        ([2.0, 2.0], [1.0, 1.0], wrong("look at the entries [0], [1]")),
        ([1.0009, 2.01], [1.0, 2.0], wrong("look at the entries [1]")),
        ([0.000009, 2.1], [0.0, 2.0], wrong("look at the entries [1]")),
        (0.3, 1 / 3, wrong("0.3 is not the right number")),
        ([1.0, 2.0], 3.0, error("the answer should be one number, and yours is of the shape (2,)")),
        (3.0, [[1.0, 2.0]] * 2, error("the answer should be of the shape (2, 2), and yours is one number")),
    ],
)
def test_verdict_on_numbers(answer, right, verdict):
    exercise = judge.Exercise(right, {"seven": 7.0, "eight or nine": (8.0, 9.0)})
    assert same(exercise.verdict(answer), verdict)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (..., "Not answered yet: replace the three dots"),
        (None, "Not answered yet: this is None, which is what a function without a return gives, and .grad before"),
        ([1.0, ...], "the answer must hold numbers, not [1.0, Ellipsis]. Are there dots left?"),
        (1 + 1j, "the answer must hold numbers, not "),
        (torch.tensor([1.0, 2.0 + 1j]), "the answer must hold numbers, not "),
        ("a", "the answer must hold numbers, not 'a'. Leave out the quotation marks."),
        ([1.0, "a"], "the answer must hold numbers, not [1.0, 'a']."),
        ([1.0, len], "the answer must hold numbers, not [1.0, <built-in function len>]."),
        ([1.0, math.nan], "the answer holds numbers that are not finite (nan or inf)."),
    ],
)
def test_answer_that_is_no_numbers(answer, sentence):
    with pytest.raises(judge.Verdict, match=re.escape(sentence)):
        judge.as_numbers(answer)


def returned(value, moves=None):
    """A function of a learner's that moves one of its arguments and returns a value."""

    def function(*given):
        if moves is not None:
            with torch.no_grad():
                moves(given).add_(1)
        return value

    return function


def unfinished(moves):
    """A function with the three dots still after its return, which has moved one of its arguments."""
    return lambda *given: returned(None, moves)(*given) or ...


def stopping(error):
    def function(*given):
        raise error

    return function


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (..., "Not answered yet: replace the three dots"),
        (None, "Not answered yet: hand over the function itself"),
        (float, "Not answered yet: hand over the function itself"),
        (stopping(ValueError("too bad.\nmore")), "your function stops with ValueError: too bad."),
        (stopping(ValueError()), "your function stops with ValueError: no message."),
        (stopping(SystemExit(1)), "your function stops with SystemExit: 1."),
        (lambda *given: lr, "NameError: name 'lr' is not defined. Is that one of"),  # noqa: F821
        (lambda *given: given[0] ^ 2, "In Python, a power is written with **, not with ^."),
        (lambda *given: 1.5 ^ 2, "In Python, a power is written with **, not with ^."),
        (lambda *given: 0.1 * given[0].grad, "What is None there? Perhaps a .grad"),
        (lambda *given: given[0].grad * 0.1, "What is None there? Perhaps a .grad"),
        (lambda *given: 2 * given[0].mean, "and 'builtin_function_or_method'. Are round brackets missing"),
        (lambda *given: given[0] * ..., "'Tensor' and 'ellipsis'. Three dots are still in it"),
        (returned(1.0, lambda given: given[0]), "your function changes x, which others still need."),
        (lambda *given: given[0].resize_(1), "your function changes x, which others still need."),
        (returned(None), "Not answered yet: your function gives nothing back (None)."),
        (lambda *given: ..., "Not answered yet: replace the three dots"),
        (torch.no_grad()(lambda *given: ...), "Not answered yet: replace the three dots"),
        (unfinished(lambda given: given[1][1][0]), "Not answered yet: replace the three dots"),
    ],
)
def test_verdict_on_function_that_makes_nothing(function, sentence):
    tensors = [torch.zeros(1), (torch.zeros(1, requires_grad=True),)]
    given = {"x": torch.ones(2), "tensors": tensors, "word": "a word"}
    with pytest.raises(judge.Verdict, match=re.escape(sentence)):
        judge.result_of(function, given, moves=("tensors",))


def test_function_may_change_what_it_should_move_and_nan_is_no_change():
    given = {"x": torch.tensor([math.nan, math.inf, 1.0])}
    assert judge.result_of(lambda x: 5.0, given) == 5
    assert judge.result_of(returned(5.0, lambda given: given[0]), given, moves=("x",)) == 5


def test_interrupt_is_no_verdict():
    with pytest.raises(KeyboardInterrupt):
        judge.result_of(stopping(KeyboardInterrupt()), {})


def code(calls=((1.0,), (2.0,)), **more):
    """An exercise: twice x; its known mistakes are the square and a message."""
    mistakes = {"the square": lambda x: x**2, "a list times a list": lambda x: [x] * [x]}
    return judge.Exercise(lambda x: 2 * x, mistakes, lambda: [(torch.tensor(x),) for (x,) in calls], **more)


@pytest.mark.parametrize(
    ("function", "verdict"),
    [
        (lambda x: x + x, RIGHT),
        (lambda x: x * x, mistake("the square")),
        (lambda x: [1] * [2], mistake("a list times a list")),
        (lambda x: 2.0, error("your function gives the same for every x. Does it use its argument?")),
        (lambda x: x + 1, ONLY_ONE),
        (lambda x: x + 2, wrong("3 is not the right number")),
        (lambda x: "two", error("the answer must hold numbers, not 'two'. Leave out the quotation marks")),
        (lambda x: x.add_(1), error("your function changes x, which others still need")),
    ],
)
def test_verdict_on_code(function, verdict):
    assert same(code().verdict(function), verdict)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_exercise_is_checked_in_the_usual_mode_and_leaves_that_of_the_notebook(mode, counted, capsys):
    @judge.exercise
    def slope():
        return judge.Exercise(lambda w: 2 * w, {}, lambda: [(torch.tensor(3.0, requires_grad=True),)])

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
        return judge.Exercise(2.0, {})

    @judge.exercise
    def broken(answer):
        if answer == "early":
            raise judge.error("too early")
        return answer.nothing

    assert list(*counted.values()) == ["doubled", "broken"]
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Twice as much.")
    doubled(2)
    broken("early")
    assert (doubled.passed, broken.passed) == (True, False)
    doubled(3)
    broken(1)
    assert not doubled.passed
    assert capsys.readouterr().out == (
        "Right.\nNot yet: too early.\nNot yet: 3 is not the right number.\n"
        "Not yet: this check stopped with AttributeError. If you have overwritten a name\n"
        "such as torch.sum, restart the kernel and run the cells again.\n"
    )


@pytest.mark.parametrize("answers", [(), (1,), (1, 2, 3)])
def test_exercise_says_what_belongs_into_its_brackets(answers, counted, capsys):
    @judge.exercise
    def both(w, b):
        return judge.RIGHT

    both(*answers)
    sentence = f"Not yet: call this check as both(w, b), not with {len(answers)} answers.\n"
    assert capsys.readouterr().out == sentence
    assert not both.passed

"""What the judge says of an answer, sentence by sentence, and of a learner's function; the counting of exercises."""

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
TABLE = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]])


@pytest.fixture
def counted(monkeypatch):
    """Exercises of our own; those of the course are put back."""
    monkeypatch.setattr(judge, "EXERCISES", {})
    monkeypatch.setattr(record, "exercises", {})
    return judge.EXERCISES


@pytest.mark.parametrize(
    ("answer", "truth", "verdict"),
    [
        (TABLE, TABLE, "Right."),
        (TABLE.T, TABLE, "Not yet. This looks like the right numbers with rows and columns exchanged (transposed)."),
        (-TABLE, TABLE, "Not yet. This looks like the right size with the wrong sign."),
        (
            TABLE * 0,
            TABLE,
            "Not yet. This looks like nothing but zeros: has the answer been computed, or only prepared?",
        ),
        (TABLE + 1, TABLE * 0, "Not yet: none of the numbers is right yet."),
        ([2.0, 2.0, 3.0], [1.0, 1.0, 1.0], "Not yet: none of the numbers is right yet."),
        ([2.0, 2.0], [1.0, 1.0], "Not yet: look at the entries [0], [1]."),
        ([2.0, 2.0, 3.0], [1.0, 1.0, 3.0], "Not yet: look at the entries [0], [1]."),
        ([1.0, 2.0, 3.0], [1.0, 2.5, 3.0], "Not yet: look at the entries [1]."),
        ([1.0, 2.0], 3.0, "Not yet: the answer should be one number, and yours is of the shape (2,)."),
        (3.0, [[1.0, 2.0], [3.0, 4.0]], "Not yet: the answer should be of the shape (2, 2), and yours is one number."),
        (0.0, 0.5, "Not yet. This looks like nothing but zeros: has the answer been computed, or only prepared?"),
        ([], 0.5, "Not yet: the answer should be one number, and yours is of the shape (0,)."),
        (0.25, 0.0, "Not yet: 0.25 is not the right number."),
        (
            0.33,
            1 / 3,
            "Not yet: 0.33 is the right number, rounded. Hand over the expression itself.",
        ),
        (0.33333, 1 / 3 + 0.005, "Not yet: 0.33333 is not the right number."),
        (0.3, 1 / 3, "Not yet: 0.3 is not the right number."),
        (0.33334, 1 / 3 + 0.02, "Not yet: 0.33334 is not the right number."),
        (0.0123, 0.0123456, "Not yet: 0.0123 is the right number, rounded. Hand over the expression itself."),
        (61, 67, "Not yet: 61 is not the right number."),
        (7.0, 5.0, "Not yet. This looks like seven."),
    ],
)
def test_the_verdict_on_numbers(answer, truth, verdict):
    assert judge.judge(answer, truth, (7.0, "seven"), (7.0, "another seven")) == verdict


def test_entries_with_names_are_called_by_them():
    assert judge.judge([1.0, 3.0, 3.0], [1.0, 2.0, 4.0], names="wbv") == "Not yet: look at b and v."
    assert judge.judge([2.0, 3.0], [1.0, 2.0], names=("this", "that")) == "Not yet: look at this and that."


def test_how_close_is_right_can_be_said():
    assert judge.judge([1.0, 2.2], [1.0, 2.0], close={"rtol": 0.2}) == "Right."
    assert judge.judge([1.2, 2.2], [1.0, 2.0], close={"rtol": 0.15}) == "Not yet: look at the entries [0]."
    assert judge.judge([1.0009, 2.0], [1.0, 2.0]) == "Right."
    assert judge.judge([1.0012, 2.0], [1.0, 2.0]) == "Not yet: look at the entries [0]."
    assert judge.judge([0.000009, 2.0], [0.0, 2.0]) == "Right."
    assert judge.judge([0.000012, 2.0], [0.0, 2.0]) == "Not yet: look at the entries [0]."


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (..., judge.UNANSWERED),
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
def test_what_is_no_answer_yet(answer, verdict):
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
def test_numbers_in_any_wrapping(answer):
    numbers = judge.as_numbers(answer)
    assert numbers.tolist() == [1, 2]
    assert numbers.dtype == torch.float64


def test_one_complex_number_may_be_real():
    assert judge.as_numbers(torch.tensor(0.5 + 0j).item()).item() == 0.5


def test_a_sentence_is_closed_once():
    assert [judge.closed(words) for words in ("so", "so.", "so?")] == ["so.", "so.", "so?"]


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
        (..., judge.UNANSWERED),
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
        (lambda *given: ..., judge.UNANSWERED),
        (torch.no_grad()(lambda *given: ...), judge.UNANSWERED),
        (functools.partial(lambda *given: ...), judge.UNANSWERED),
        (unfinished(lambda given: given[1][0]), judge.BEGUN),
        (unfinished(lambda given: given[1][1][0]), judge.BEGUN),
        (unfinished(lambda given: given[2].bias), judge.BEGUN),
        (returned(...), judge.ELSEWHERE),
        (returned(..., lambda given: given[1][0]), judge.ELSEWHERE),
    ],
)
def test_the_verdict_on_a_function_that_makes_nothing(function, verdict):
    x = torch.ones(2)
    given = x, [torch.zeros(1), (torch.zeros(1, requires_grad=True),)], torch.nn.Linear(1, 1), "a word"
    with pytest.raises(judge.Verdict) as raised:
        judge.result_of(function, *given, untouched=[("x", x)])
    assert str(raised.value) == verdict


def test_a_function_gets_its_arguments_and_its_result_is_handed_on():
    assert judge.result_of(lambda *given: given, 1, "two") == (1, "two")
    x = torch.ones(2)
    assert judge.result_of(returned(5.0, lambda given: given[0]), x) == 5


def test_what_is_no_number_has_not_been_changed():
    x = torch.tensor([math.nan, math.inf, 1.0])
    assert judge.result_of(lambda given: 5.0, x, untouched=[("x", x)]) == 5
    with pytest.raises(judge.Verdict, match="changes x"):
        judge.result_of(lambda given: given.resize_(2), x, untouched=[("x", x)])


def test_to_interrupt_a_function_is_no_verdict():
    with pytest.raises(KeyboardInterrupt):
        judge.result_of(stopping(KeyboardInterrupt()), 1)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_an_exercise_is_checked_in_the_usual_mode_and_leaves_that_of_the_notebook(mode, counted, capsys):
    @judge.exercise("42")
    def slope(function):
        return judge.judge(judge.result_of(function, torch.tensor(3.0, requires_grad=True)), 6.0)

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


def test_an_exercise_prints_its_verdict_and_counts(counted, capsys):
    @judge.exercise("42")
    def doubled(answer):
        """Twice as much."""
        if answer == "early":
            raise judge.Verdict("Not yet: too early.")
        return judge.judge(answer, 2.0)

    @judge.exercise("42")
    def broken(answer):
        return answer.nothing

    @judge.exercise("42")
    def left(answer):
        raise SystemExit

    assert counted == {"42": ["doubled", "broken", "left"]}
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Twice as much.")
    for answer, verdict, passed in (
        (2, "Right.", True),
        (3, "Not yet: 3 is not", False),
        ("early", "Not yet: too", False),
    ):
        assert doubled(answer) is None
        assert capsys.readouterr().out.startswith(verdict)
        assert record.exercises == {"doubled": passed}
    broken(1)
    assert capsys.readouterr().out == (
        "Not yet: this check stopped with AttributeError. If you have overwritten a name\n"
        "such as torch.sum, restart the kernel and run the cells again.\n"
    )
    assert record.exercises["broken"] is False
    left(1)
    assert capsys.readouterr().out.startswith("Not yet: this check stopped with SystemExit.")


def test_a_long_verdict_is_broken_between_words_only(counted, capsys):
    @judge.exercise("42")
    def long(answer):
        raise judge.Verdict(answer)

    lines = [f"{'a' * 40} {'b' * 41}", "c" * 40, "d" * 42, "e-" * 20, "f" * 90]
    long(" ".join(lines))
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize("answers", [(), (1,), (1, 2, 3)])
def test_an_exercise_says_what_belongs_into_its_brackets(answers, counted, capsys):
    @judge.exercise("42")
    def both(w, b):
        return judge.RIGHT

    both(*answers)
    wanted = f"Not yet: call this check as both(w, b), with 2 in the brackets and not {len(answers)}.\n"
    assert capsys.readouterr().out == wanted
    assert record.exercises == {"both": False}


def test_bad_arguments_are_named():
    with pytest.raises(TypeError, match="notebook must be a string, not 3"):
        judge.exercise(3)
    with pytest.raises(TypeError, match="sentence must be a string, not 3"):
        judge.looks_like(3)
    with pytest.raises(TypeError, match="truth must hold numbers, not 'a'"):
        judge.judge(1.0, "a")

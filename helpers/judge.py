"""Judges answers: what an exercise is, and the machinery that prints one verdict, counts it, and never raises.

A wrong answer is compared with what known mistakes lead to, so that the verdict can say which mistake it looks like.
"""

import functools
import inspect
import math
import textwrap
import warnings
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from helpers import arguments, record

NOTHING = "Not answered yet: this is None, which is what a function without a return gives, and .grad before backward."
BEGUN = "Not yet: something moves already. Now replace the three dots after return as well."
ELSEWHERE = (
    "Not answered yet: your function gives back three dots, and they aren't its own. Does it call an earlier function "
    "that you haven't written yet?"
)
POINTERS = {
    "ellipsis": "Three dots are still in it, or in an earlier function that it calls.",
    "builtin_function_or_method": "Are round brackets missing after a name, as in mean()?",
    "is not defined": "Is that one of the names in the brackets after def? Or did you skip the cell that makes it?",
}
"""What to add to an error of the learner's function whose message holds these words."""
CLOSE = {"rtol": 1e-3, "atol": 1e-5}
"""How far an answer may be from the right one: enough for float32, too little for any of the known mistakes."""
UNCHANGED = {"rtol": 0, "atol": 0, "equal_nan": True}
WIDTH = 82
"""Characters in a line of a verdict: JupyterLab breaks longer ones, in the middle of a word."""

EXERCISES = {}
"""The checks of each notebook, by name."""


class Verdict(Exception):  # noqa: N818
    """What is said of an answer; it is returned, or raised to end a check at once.

    kind: "right", "unanswered", "mistake" (a known one), "error" (the answer can't be judged) or "wrong".
    entries: the places of the numbers that are wrong.
    """

    def __init__(self, kind, sentence, entries=()):
        super().__init__(sentence)
        self.kind, self.sentence, self.entries = kind, sentence, entries


RIGHT = Verdict("right", "Right.")
UNANSWERED = Verdict("unanswered", "Not answered yet: replace the three dots, run the cell, then run this one again.")


def mistake(sentence):
    """The verdict on a known mistake; the sentence goes on after "This looks like"."""
    return Verdict("mistake", closed(f"Not yet. This looks like {sentence}"))


def error(sentence):
    return Verdict("error", closed(f"Not yet: {sentence}"))


def closed(sentence):
    """With a full stop, where nothing closes the sentence yet."""
    return sentence if arguments.text("sentence", sentence).endswith((".", "?")) else sentence + "."


class AnyOf:
    """Several answers that one mistake leads to."""

    def __init__(self, *answers):
        self.answers = answers


def cases(mistakes):
    """Pairs of a sentence and an answer, one for each answer that a known mistake leads to."""
    for sentence, known in mistakes.items():
        for answer in known.answers if isinstance(known, AnyOf) else (known,):
            yield sentence, answer


def exercise(build):
    """Make a check of a function that returns an exercise, `Numbers` or `Code`, or judges the answers that it gets.

    The check prints one verdict, counts it, and never raises. Its notebook is the number at the end of its module.
    """
    signature = inspect.signature(build)
    judges = bool(signature.parameters)

    @functools.wraps(build)
    @torch.inference_mode(False)  # which also turns on the recording, in whatever mode the notebook was left
    def check(*answers):
        try:
            _counted(check, answers)
            verdict = build(*answers) if judges else build().verdict(*answers)
        except Verdict as early:
            verdict = early
        except (Exception, SystemExit) as problem:  # a check doesn't raise, whatever was answered or overwritten
            verdict = error(
                f"this check stopped with {type(problem).__name__}. If you have overwritten a name such as torch.sum, "
                "restart the kernel and run the cells again"
            )
        record.exercises[build.__name__] = verdict.kind == "right"
        print(textwrap.fill(verdict.sentence, WIDTH, break_long_words=False, break_on_hyphens=False))

    EXERCISES.setdefault(build.__module__[-2:], {})[build.__name__] = check
    check.entry = None if judges else build
    check.__signature__ = signature if judges else inspect.signature(lambda answer: None)
    return check


def _counted(check, answers):
    """Raises the verdict if a check gets too few answers, or too many."""
    signature = inspect.signature(check)
    if len(answers) != len(signature.parameters):
        number = f"{len(signature.parameters)} in the brackets and not {len(answers)}"
        raise error(f"call this check as {check.__name__}{signature}, with {number}")


@dataclass
class Numbers:
    """An exercise whose answer is numbers.

    right: the right numbers: a tensor or a number.
    mistakes: for each known mistake its sentence (see `mistake`) and the numbers it leads to.
    close: how close is right, as `torch.allclose` takes it.
    names: what the entries are called, where the learner knows them by a name.
    """

    right: Any
    mistakes: dict
    close: dict = None
    names: tuple = ()

    def verdict(self, answer):
        answer, right = as_numbers(answer), _flat(self.right)
        close = self.close or CLOSE
        if _equal(answer, right, close):
            return RIGHT
        for sentence, value in cases(self.mistakes):
            if _equal(answer, _flat(value), close):
                return mistake(sentence)
        return _unknown(answer, right, close, self.names)


@dataclass
class Code:
    """An exercise whose answer is a function, which is called and compared with the right one.

    right: the right function; its parameters have the names that the learner's have.
    mistakes: for each known mistake its sentence (see `mistake`) and the function that a learner would have written.
    calls: makes the arguments of each call anew, a list of tuples.
    result: the numbers in what comes back, from that and the arguments; as it is, if there is none.
    left: the numbers that a call leaves behind, from its arguments; only needed where a function changes them.
    moves: the names of the arguments that it may change.
    names: what all these numbers are called.
    """

    right: Any
    mistakes: dict
    calls: Any
    result: Any = None
    left: Any = None
    moves: tuple = ()
    names: tuple = ()

    def verdict(self, function):
        answers, rights = self.outcomes(function), self.outcomes(self.right)
        for place, (answer, right) in enumerate(zip(answers, rights, strict=False)):
            if answer.equals(right):
                continue
            for sentence, code in cases(self.mistakes):
                known = self.outcomes(code, place + 1)
                if len(known) == place + 1 and answer.equals(known[-1]):
                    return mistake(sentence)
            if answer.problem:
                return answer.problem
            return self._unknown(answers, rights, place)
        return RIGHT

    def outcomes(self, function, most=None):
        """What a function makes of each call, or of so many at most, up to the first that can't be judged."""
        outcomes = []
        for given in islice(self.calls(), most):
            outcomes.append(self._outcome(function, given))
            if outcomes[-1].problem:
                break
        return outcomes

    def _outcome(self, function, given):
        numbers, problem = torch.zeros(0), None
        fixed = {name: value for name, value in zip(self._parameters, given, strict=True) if name not in self.moves}
        try:
            result = result_of(function, given, fixed)
            numbers = as_numbers(self.result(result, *given) if self.result else result)
        except Verdict as verdict:
            problem = verdict
        if self.left:
            left = torch.as_tensor(self.left(*given), dtype=torch.float64)
            numbers = torch.cat([numbers.flatten(), left])
        return Outcome(numbers, problem)

    @property
    def _parameters(self):
        return list(inspect.signature(self.right).parameters)

    def _unknown(self, answers, rights, place):
        """The verdict on a result that no known mistake leads to."""
        if len(rights) > 1 and not self.left:
            if all(answer.equals(answers[0]) for answer in answers):
                return error(f"your function gives the same for every {self._parameters[0]}. Does it use its argument?")
            if place:
                return error(
                    "right for one argument, and wrong for another. Is there a number in it that fits only the one?"
                )
        return _unknown(answers[place].numbers, rights[place].numbers, CLOSE, self.names)


@dataclass
class Outcome:
    """What came of one call: numbers, and the verdict that says why there are no others."""

    numbers: torch.Tensor
    problem: Verdict | None

    def equals(self, other):
        sentences = [outcome.problem and outcome.problem.sentence for outcome in (self, other)]
        return sentences[0] == sentences[1] and _equal(self.numbers, other.numbers, {**CLOSE, "equal_nan": True})


def _unknown(answer, right, close, names):
    """The verdict on numbers to which none of the known mistakes of an exercise leads, but perhaps a general one."""
    if right.ndim == 2 and _equal(answer, right.T, close):
        return mistake("the right numbers with rows and columns exchanged (transposed)")
    if _equal(answer, -right, close):
        return mistake("the right size with the wrong sign")
    if right.any() and answer.numel() and not answer.any():
        return mistake("nothing but zeros: has the answer been computed, or only prepared?")
    if answer.shape != right.shape:
        return error(f"the answer should be {_form(right)}, and yours is {_form(answer)}")
    if right.ndim == 1 and not names and _equal(answer.sort().values, right.sort().values, close):
        return mistake("the right numbers in another order")
    rounded = any(torch.allclose(answer, right.round(decimals=places)) for places in range(2, 5))
    if answer.ndim == 0:
        what = "the right number, rounded. Hand over the expression itself" if rounded else "not the right number"
        return Verdict("wrong", closed(f"Not yet: {answer.item():.6g} is {what}"), [()])
    if rounded:
        return mistake("the right numbers, rounded: hand over the expressions themselves")
    wrong = ~torch.isclose(answer, right, **close, equal_nan=True)
    entries = wrong.nonzero().tolist()
    if names:
        sentence = f"look at {_listed(f'{names[place]} (yours: {answer[place].item():.4g})' for (place,) in entries)}"
    elif wrong.all() and wrong.numel() > 2:
        sentence = "none of the numbers is right yet"
    else:
        sentence = f"look at the entries {', '.join(map(str, entries))}"
    return Verdict("wrong", closed(f"Not yet: {sentence}"), entries)


def _listed(names):
    """Names in a sentence: "a, b and c"."""
    *names, last = names
    return f"{', '.join(names)} and {last}" if names else last


def _form(tensor):
    return f"of the shape {tuple(tensor.shape)}" if tensor.ndim else "one number"


def _flat(value):
    return arguments.numbers("value", value).squeeze()


def _equal(answer, value, close):
    return answer.shape == value.shape and torch.allclose(answer, value, **close)


# ---- From what a learner hands over to numbers ----


def as_numbers(answer):
    """The answer as a float64 tensor without axes of length 1; raises the verdict if it is none."""
    if answer is ...:
        raise UNANSWERED
    if answer is None:
        raise Verdict("unanswered", NOTHING)
    try:
        tensor = arguments.numbers("answer", _real(answer))
    except Verdict:
        raise
    except Exception as problem:
        raise error(f"the answer should be numbers, and this {_kind(answer)}") from problem
    if not tensor.isfinite().all():
        raise error("the answer holds numbers that are not finite (nan or inf)")
    return tensor.squeeze()


def _kind(answer):
    """What can be said of an answer that isn't numbers."""
    if isinstance(answer, str):
        return "is text: leave out the quotation marks"
    if inspect.isroutine(answer):
        return f"is {arguments.shown(answer)}"
    kind = type(answer).__name__
    if not isinstance(answer, list | tuple):
        return f"is of the type {kind}"
    for part in answer:
        if isinstance(part, str) or inspect.isroutine(part):
            return f"{kind} has a part that {_kind(part)}"
    return f"{kind} holds something else, or parts of different shapes"


def _real(answer):
    """The answer, or each entry of a list, without axes of length 1, and imaginary parts if all are 0.

    Raises the verdict on three dots.
    """
    if isinstance(answer, list | tuple):
        return [_real(part) for part in answer]
    if answer is ...:
        raise error("one place still holds the three dots")
    if isinstance(answer, complex):
        answer = np.complex128(answer)
    if answer.is_complex() if isinstance(answer, torch.Tensor) else np.iscomplexobj(answer):
        if answer.imag.any():
            raise error(
                "these are complex numbers. Is it a root of something negative? "
                "For the eigenvalues of a symmetric table, use torch.linalg.eigvalsh"
            )
        answer = answer.real
    return answer.squeeze() if isinstance(answer, torch.Tensor | np.ndarray) else answer


def result_of(function, given, fixed):
    """What the learner's function makes of its arguments; raises the verdict if it makes nothing.

    Args:
        function: the learner's.
        given: its arguments.
        fixed: those among them that it has no business to change, by name.
    """
    if function is ...:
        raise UNANSWERED
    if function is None:
        raise Verdict(
            "unanswered",
            "Not answered yet: this is None. Hand over the function itself, by its name and without brackets.",
        )
    if not callable(function) or isinstance(function, type):
        raise error("hand over the function itself, by its name and without brackets")
    before, copies = {name: _copy([value]) for name, value in fixed.items()}, _copy(given)
    try:
        with warnings.catch_warnings(action="ignore"):  # the verdict says what there is to say
            result = function(*given)
    except (Exception, SystemExit) as problem:
        raise _stopped(problem) from problem
    for name, copy in before.items():
        if _moved([fixed[name]], copy):
            raise error(f"your function changes {name}, which others still need")
    if result is ...:
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code and ... not in code.co_consts:
            raise Verdict("unanswered", ELSEWHERE)
        raise error(BEGUN.removeprefix("Not yet: ")) if _moved(given, copies) else UNANSWERED
    if result is None:
        raise Verdict(
            "unanswered",
            "Not yet: your function gives nothing back (None). Is there a return, with the result after it? "
            "A call such as loss.backward() or print(...) has no result.",
        )
    return result


def _stopped(problem):
    """The verdict on a function that ends in an error."""
    message = (str(problem).strip() or "no message").splitlines()[0].rstrip(".")
    if "xor" in message or "for ^" in message:
        return error("^ isn't a power in Python. Write ** in your function")
    if "operand" in message and "NoneType" in message:  # in whatever order the operands stand
        return error("your function computes with None. Is it a .grad before backward, or after the reset?")
    pointer = next((f". {pointer}" for words, pointer in POINTERS.items() if words in message), "")
    return error(f"your function stops with {type(problem).__name__}: {message}{pointer}")


def _copy(given):
    return [tensor.clone() for tensor in _tensors(given)]


def _moved(given, copies):
    return any(not _equal(tensor, copy, UNCHANGED) for tensor, copy in zip(_tensors(given), copies, strict=True))


def _tensors(given):
    """All tensors among the arguments of a function, those in lists and models included."""
    for value in given:
        if isinstance(value, torch.Tensor):
            yield value.detach()
        elif isinstance(value, torch.nn.Module):
            yield from _tensors(value.parameters())
        elif isinstance(value, list | tuple):
            yield from _tensors(value)


def number(value):
    """A number for what a call leaves behind: nan for None."""
    return math.nan if value is None else float(value)

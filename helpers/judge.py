"""Judges answers: what an exercise is, and the machinery that prints one verdict, counts it, and never raises.

A wrong answer is compared with what known mistakes lead to, so that the verdict can say which mistake it looks like.
"""

import functools
import inspect
import math
import textwrap
import warnings
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import torch

from helpers import arguments

POINTERS = {  # what to add to an error of the learner's function whose message holds these words
    "ellipsis": "Three dots are still in it, or in an earlier function that it calls.",
    **dict.fromkeys(("xor", "for ^"), "In Python, a power is written with **, not with ^."),
    "NoneType": "What is None there? Perhaps a .grad, before backward or after the reset?",
    "builtin_function_or_method": "Are round brackets missing after a name, as in mean()?",
    "is not defined": "Is that one of the names in the brackets after def? Or did you skip the cell that makes it?",
}
UNCHANGED = {"rtol": 0, "atol": 0, "equal_nan": True}
WIDTH = 82  # characters in a line of a verdict: JupyterLab breaks longer ones, in the middle of a word
EXERCISES = {}  # the checks of each notebook, by name
OPENINGS = {"right": "", "unanswered": "Not answered yet: ", "mistake": "Not yet. This looks like "}  # else "Not yet: "


class Verdict(Exception):  # noqa: N818
    """What is said of an answer; it is returned, or raised to end a check at once.

    kind: "right", "unanswered", "mistake" (a known one), "error" (the answer can't be judged) or "wrong".
    sentence: what follows the opening of its kind.
    """

    def __init__(self, kind, sentence):
        super().__init__(OPENINGS.get(kind, "Not yet: ") + closed(sentence))
        self.kind = kind


def closed(sentence):
    """With a full stop, where nothing closes the sentence yet."""
    return sentence if arguments.text("sentence", sentence).endswith((".", "?")) else sentence + "."


unanswered, mistake, error = (functools.partial(Verdict, kind) for kind in ("unanswered", "mistake", "error"))
RIGHT = Verdict("right", "Right.")
UNANSWERED = unanswered("replace the three dots, run the cell, then run this one again")


def cases(mistakes):
    """Pairs of a sentence and an answer, one for each answer that a known mistake leads to: several are a tuple."""
    for sentence, answers in mistakes.items():
        yield from ((sentence, answer) for answer in (answers if isinstance(answers, tuple) else (answers,)))


def exercise(build):
    """Make a check of a function that returns an `Exercise`, or judges the answers that it gets.

    The check prints one verdict, counts it, and never raises. Its notebook is the number at the end of its module.
    """
    is_entry = not inspect.signature(build).parameters
    judge = (lambda answer: build().verdict(answer)) if is_entry else build
    signature = inspect.signature(judge)

    @functools.wraps(build)
    @torch.inference_mode(False)  # which also turns on the recording, in whatever mode the notebook was left
    def check(*answers):
        try:
            if len(answers) != len(signature.parameters):
                raise error(f"call this check as {build.__name__}{signature}, not with {len(answers)} answers")
            verdict = judge(*answers)
        except Verdict as early:
            verdict = early
        except (Exception, SystemExit) as problem:  # a check doesn't raise, whatever was answered or overwritten
            verdict = error(
                f"this check stopped with {type(problem).__name__}. If you have overwritten a name such as torch.sum, "
                "restart the kernel and run the cells again"
            )
        check.passed = verdict.kind == "right"
        print(textwrap.fill(str(verdict), WIDTH, break_long_words=False, break_on_hyphens=False))

    EXERCISES.setdefault(build.__module__[-2:], {})[build.__name__] = check
    check.passed, check.entry = False, build if is_entry else None
    check.__signature__ = signature
    return check


@dataclass
class Exercise:
    """An exercise whose answer is numbers or, with `calls`, a function or class: it is compared with the right one."""

    right: Any  # the right numbers, or function; the parameters of that have the names that the learner's have
    mistakes: dict  # by the sentence on each known mistake (see `OPENINGS`), what a learner would have answered
    calls: Any = None  # makes the arguments of each call anew, a list of tuples
    result: Any = None  # makes numbers of what comes back from a call, given that and the arguments
    left: Any = None  # lists the numbers (or None) that a call leaves behind, given the arguments that it may change
    moves: tuple = ()  # the names of these
    names: tuple = ()  # what all these numbers are called
    close: dict = field(default_factory=lambda: {"rtol": 1e-3, "atol": 1e-5})  # float32, and no known mistake

    def verdict(self, answer):
        answers, rights = list(self._outcomes(answer)), self._outcomes(self.right)
        for place, (own, right) in enumerate(zip(answers, rights, strict=False)):
            if self._alike(own, right):
                continue
            if own[1] and own[1].kind == "unanswered":  # no known mistake, so none of them has to run
                return own[1]
            for sentence, other in cases(self.mistakes):
                known = next(islice(self._outcomes(other), place, None), None)
                if known and self._alike(own, known):
                    return mistake(sentence)
            return own[1] or self._unseen(answers, place) or _general(own[0], right[0], self.close, self.names)
        return RIGHT

    def _outcomes(self, answer):
        """Yields numbers, and the verdict that says why there are no others: of each call up to the first such one."""
        if not self.calls:
            yield as_numbers(answer), None
            return
        for given in self.calls():
            numbers, problem = torch.zeros(0), None
            try:
                bound = inspect.signature(self.right).bind(*given).arguments
                result = result_of(answer, bound, self.moves, "class" if isinstance(self.right, type) else "function")
                numbers = as_numbers(self.result(result, *given) if self.result else result)
            except Verdict as verdict:
                problem = verdict
            if self.left:
                left = [math.nan if number is None else float(number) for number in self.left(*given)]
                numbers = torch.cat([numbers.flatten(), torch.tensor(left, dtype=torch.float64)])
            yield numbers, problem
            if problem:
                return

    def _alike(self, one, other):
        return str(one[1]) == str(other[1]) and _equal(one[0], other[0], {**self.close, "equal_nan": True})

    def _unseen(self, answers, place):
        """The verdict on a function that doesn't see how the calls differ, or None."""
        if self.left:
            return None
        if len(answers) > 1 and all(self._alike(answer, answers[0]) for answer in answers):
            argument = next(iter(inspect.signature(self.right).parameters))
            return error(f"your function gives the same for every {argument}. Does it use its argument?")
        fits = "right for one argument, and wrong for another. Is there a number in it that fits only the one?"
        return error(fits) if place else None


def _general(answer, right, close, names):
    """The verdict on numbers to which none of the known mistakes of an exercise leads, but perhaps a general one."""
    if right.ndim == 2 and _equal(answer, right.T, close):
        return mistake("the right numbers with rows and columns exchanged (transposed)")
    if _equal(answer, -right, close):
        return mistake("the right size with the wrong sign")
    if right.any() and answer.numel() and not answer.any():
        return mistake("nothing but zeros: has the answer been computed, or only prepared?")
    if answer.shape != right.shape:
        forms = (f"of the shape {tuple(part.shape)}" if part.ndim else "one number" for part in (right, answer))
        return error("the answer should be {}, and yours is {}".format(*forms))
    if right.ndim == 1 and not names and _equal(answer.sort().values, right.sort().values, close):
        return mistake("the right numbers in another order")
    if any(torch.allclose(answer, right.round(decimals=places)) for places in range(2, 5)):
        return mistake("the right answer, rounded: hand over the expression itself")
    entries = (~torch.isclose(answer, right, **close, equal_nan=True)).nonzero().tolist()
    if answer.ndim == 0:
        sentence = f"{answer.item():.6g} is not the right number"
    elif names:
        sentence = "look at " + " and ".join(f"{names[i]} (yours: {answer[i].item():.4g})" for (i,) in entries)
    elif len(entries) == right.numel() > 2:
        sentence = "none of the numbers is right yet"
    else:
        sentence = f"look at the entries {', '.join(map(str, entries))}"
    return Verdict("wrong", sentence)


def _equal(answer, value, close):
    return answer.shape == value.shape and torch.allclose(answer, value, **close)


# ---- From what a learner hands over to numbers ----


def as_numbers(answer):
    """The answer as a float64 tensor without axes of length 1; raises the verdict if it is none."""
    if answer is ...:
        raise UNANSWERED
    if answer is None:
        raise unanswered("this is None, which is what a function without a return gives, and .grad before backward")
    try:
        tensor = arguments.numbers("answer", _real(answer))
    except Exception as problem:  # whatever its own methods raise
        shown = arguments.shown(answer)
        hint = ". Leave out the quotation marks" if isinstance(answer, str) else ""
        hint = ". Are there dots left?" if "Ellipsis" in shown else hint
        raise error(f"the answer must hold numbers, not {shown}{hint}") from problem
    if not tensor.isfinite().all():
        raise error("the answer holds numbers that are not finite (nan or inf)")
    return tensor.squeeze()


def _real(answer):
    """The answer, or each entry of a list, without axes of length 1 and imaginary parts of 0."""
    if isinstance(answer, list | tuple):
        return [_real(part) for part in answer]
    if isinstance(answer, torch.Tensor | np.ndarray | np.generic | complex):
        answer = np.real_if_close(np.squeeze(answer.tolist() if isinstance(answer, torch.Tensor) else answer))
    return answer


def result_of(function, given, moves=(), kind="function"):
    """What the learner's function makes of its arguments, `given` by name; raises the verdict if it makes nothing.

    moves: the names of those that it may change.
    """
    if function is ...:
        raise UNANSWERED
    if not callable(function) or isinstance(function, type) > (kind == "class"):
        raise unanswered(f"hand over the {kind} itself, by its name and without brackets")
    before = {name: _state(value) for name, value in given.items() if name not in moves}
    try:
        with warnings.catch_warnings(action="ignore"):  # the verdict says what there is to say
            result = function(*given.values())
    except (Exception, SystemExit) as problem:
        message = (str(problem).strip() or "no message").splitlines()[0].rstrip(".")
        pointer = next((f". {pointer}" for words, pointer in POINTERS.items() if words in message), "")
        raise error(f"your function stops with {type(problem).__name__}: {message}{pointer}") from problem
    changed = [name for name, state in before.items() if not _equal(_state(given[name]), state, UNCHANGED)]
    if changed:
        raise error(f"your function changes {changed[0]}, which others still need")
    if result is ...:
        raise UNANSWERED
    if result is None:
        raise unanswered(
            "your function gives nothing back (None). Is there a return, with the result after it? "
            "A call such as loss.backward() or print(...) has no result"
        )
    return result


def _state(value):
    """The numbers of all tensors in an argument, those of a list or a model included, in one row."""
    if isinstance(value, torch.nn.Module):
        value = list(value.parameters())
    if isinstance(value, list | tuple):
        return torch.cat([torch.zeros(0), *map(_state, value)])
    return value.detach().flatten().clone() if isinstance(value, torch.Tensor) else torch.zeros(0)

"""Judges answers: the machinery of the checks, which print one verdict, count it, and never raise.

A wrong answer is compared with the answers that known mistakes lead to, so that the verdict can say which mistake it
looks like.
"""

import functools
import inspect
import textwrap

import numpy as np
import torch

from helpers import arguments, record

RIGHT = "Right."
UNANSWERED = "Not answered yet: replace the three dots, run the cell, then run this one again."
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
"""How far an answer may be from the truth: enough for float32, too little for any of the known mistakes."""
WIDTH = 82
"""Signs in a line of a verdict: JupyterLab breaks longer ones, in the middle of a word."""
UNCHANGED = {"rtol": 0, "atol": 0, "equal_nan": True}

EXERCISES = {}
"""The names of the exercises of each notebook."""


class Verdict(Exception):  # noqa: N818
    """A verdict that ends a check at once."""


def exercise(notebook):
    """Make a check of a function that returns a verdict or raises one: it prints the verdict and counts it."""
    arguments.text("notebook", notebook)

    def make(function):
        EXERCISES.setdefault(notebook, []).append(function.__name__)

        @functools.wraps(function)
        @torch.inference_mode(False)  # which also turns on the recording, in whatever mode the notebook was left
        def check(*answers):
            try:
                _counted(function, answers)
                verdict = function(*answers)
            except Verdict as early:
                verdict = str(early)
            except (Exception, SystemExit) as error:  # a check does not raise, whatever was answered or overwritten
                verdict = (
                    f"Not yet: this check stopped with {type(error).__name__}. If you have overwritten a name such as "
                    "torch.sum, restart the kernel and run the cells again."
                )
            record.exercises[function.__name__] = verdict == RIGHT
            print(textwrap.fill(verdict, WIDTH, break_long_words=False, break_on_hyphens=False))

        return check

    return make


def _counted(check, answers):
    """Raises the verdict if a check gets too few answers, or too many."""
    wanted = inspect.signature(check)
    if len(answers) != len(wanted.parameters):
        number = f"{len(wanted.parameters)} in the brackets and not {len(answers)}"
        raise Verdict(f"Not yet: call this check as {check.__name__}{wanted}, with {number}.")


def judge(answer, truth, *mistakes, close=CLOSE, names=()):
    """The verdict on an answer that is numbers.

    Args:
        answer: numbers in any form: tensor, array, list, float; any dtype; axes of length 1 do not matter.
        truth: tensor or number.
        mistakes: pairs: the answer that a mistake leads to, and what to say of it after "This looks like".
        close: how close is right, as torch.allclose takes it.
        names: what the entries are called, where the learner knows them by a name.
    """
    answer, truth = as_numbers(answer), _flat("truth", truth)
    if _equal(answer, truth, close):
        return RIGHT
    for value, sentence in mistakes:
        if _equal(answer, _flat("the answer of a mistake", value), close):
            return looks_like(sentence)
    if truth.ndim == 2 and _equal(answer, truth.T, close):
        return looks_like("the right numbers with rows and columns exchanged (transposed)")
    if _equal(answer, -truth, close):
        return looks_like("the right size with the wrong sign")
    if truth.any() and answer.numel() and not answer.any():
        return looks_like("nothing but zeros: has the answer been computed, or only prepared?")
    return closed(f"Not yet: {_where(answer, truth, close, names)}")


def looks_like(sentence):
    return closed(f"Not yet. This looks like {arguments.text('sentence', sentence)}")


def closed(sentence):
    """With a full stop, where nothing closes the sentence yet."""
    return sentence if arguments.text("sentence", sentence).endswith((".", "?")) else sentence + "."


def as_numbers(answer):
    """The answer as a float64 tensor without axes of length 1; raises the verdict if it is none."""
    if answer is ...:
        raise Verdict(UNANSWERED)
    if answer is None:
        raise Verdict(NOTHING)
    try:
        tensor = arguments.numbers("answer", _real(answer))
    except Verdict:
        raise
    except Exception as error:
        raise Verdict(f"Not yet: the answer should be numbers, and this {_kind(answer)}.") from error
    if not tensor.isfinite().all():
        raise Verdict("Not yet: the answer holds numbers that are not finite (nan or inf).")
    return tensor.squeeze()


def _kind(answer):
    """What may be said of an answer that is no numbers."""
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
        raise Verdict("Not yet: one place still holds the three dots.")
    if isinstance(answer, complex):
        answer = np.complex128(answer)
    if answer.is_complex() if isinstance(answer, torch.Tensor) else np.iscomplexobj(answer):
        if answer.imag.any():
            raise Verdict(
                "Not yet: these are complex numbers. Is it a root of something negative? "
                "For the eigenvalues of a symmetric table, use torch.linalg.eigvalsh."
            )
        answer = answer.real
    return answer.squeeze() if isinstance(answer, torch.Tensor | np.ndarray) else answer


def result_of(function, *given, untouched=()):
    """What the learner's function makes of its arguments; raises the verdict if it makes nothing.

    Args:
        function: the learner's.
        given: its arguments.
        untouched: pairs of a name and a tensor among them that the function has no business to change.
    """
    if function is ...:
        raise Verdict(UNANSWERED)
    if function is None:
        raise Verdict(
            "Not answered yet: this is None. Hand over the function itself, by its name and without brackets."
        )
    if not callable(function) or isinstance(function, type):
        raise Verdict("Not yet: hand over the function itself, by its name and without brackets.")
    before = [(name, tensor, tensor.detach().clone()) for name, tensor in untouched]
    copies = [tensor.detach().clone() for tensor in _tensors(given)]
    try:
        result = function(*given)
    except (Exception, SystemExit) as error:
        told = (str(error).strip() or "no message").splitlines()[0].rstrip(".")
        if "xor" in told or "for ^" in told:
            raise Verdict("Not yet: ^ isn't a power in Python. Write ** in your function.") from error
        pointer = next((f" {pointer}" for words, pointer in POINTERS.items() if words in told), "")
        raise Verdict(f"Not yet: your function stops with {type(error).__name__}: {told}.{pointer}") from error
    for name, tensor, copy in before:
        if not _equal(tensor.detach(), copy, UNCHANGED):
            raise Verdict(f"Not yet: your function changes {name}, which others still need.")
    if result is ...:
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code and ... not in code.co_consts:
            raise Verdict(ELSEWHERE)
        moved = any(not _equal(tensor, copy, UNCHANGED) for tensor, copy in zip(_tensors(given), copies, strict=True))
        raise Verdict(BEGUN if moved else UNANSWERED)
    if result is None:
        raise Verdict(
            "Not yet: your function gives nothing back (None). Is there a return, with the result after it? "
            "A call such as loss.backward() or print(...) has no result."
        )
    return result


def _tensors(given):
    """All tensors among the arguments of a function, those in lists and models included."""
    for one in given:
        if isinstance(one, torch.Tensor):
            yield one.detach()
        elif isinstance(one, torch.nn.Module):
            yield from _tensors(one.parameters())
        elif isinstance(one, list | tuple):
            yield from _tensors(one)


def _flat(name, value):
    return arguments.numbers(name, value).squeeze()


def _equal(answer, value, close):
    return answer.shape == value.shape and torch.allclose(answer, value, **close)


def _where(answer, truth, close, names):
    if answer.shape != truth.shape:
        wanted, given = _form(truth), _form(answer)
        return f"the answer should be {wanted}, and yours is {given}"
    if answer.ndim == 0:
        rounded = any(torch.isclose(answer, truth.round(decimals=places)) for places in range(2, 5))
        verdict = "the right number, rounded. Hand over the expression itself" if rounded else "not the right number"
        return f"{answer.item():.6g} is {verdict}"
    wrong = ~torch.isclose(answer, truth, **close)
    if wrong.all() and wrong.numel() > 2:
        return "none of the numbers is right yet"
    if names:
        return f"look at {' and '.join(name for name, odd in zip(names, wrong, strict=True) if odd)}"
    return f"look at the entries {', '.join(str(entry) for entry in wrong.nonzero().tolist())}"


def _form(tensor):
    return f"of the shape {tuple(tensor.shape)}" if tensor.ndim else "one number"

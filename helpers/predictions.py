"""Predictions: a question before a cell runs, and after it what was predicted, what happened, and the idea behind it.

The questions stand in `questions`, a file for each notebook; the notebook repeats them in its text, for readers without
a kernel. What is stored with a notebook never depends on the learner's answers.
"""

import math
import tomllib
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import anywidget
import torch
import traitlets

from helpers import arguments, drawing, judge, record
from helpers.judge import closed

HERE = Path(__file__).parent
LETTERS = "ABCDEFGH"
CLOSED = "The answer is known now. To predict anew, run this cell again."
NO_NUMBER = "That isn't a number yet. Write it like 0.25, 0,25 or 1/4."
COUNTED = "Predictions right and exercises passed are counted in this kernel; nothing is stored or sent."


class Question:
    """One question of `questions`: a choice among options, or a number.

    An option has a `text`, the `value` that makes it the right one, and the `idea` behind it where it is wrong. A
    question for a number has a tolerance, relative or `absolute`, and `ideas`: numbers that a known idea leads to.
    """

    def __init__(self, key, notebook, question, options=(), tolerance=0.0, absolute=0.0, ideas=()):
        self.key, self.notebook, self.question, self.options, self.ideas = key, notebook, question, options, ideas
        self._close = {"rel_tol": tolerance, "abs_tol": absolute}

    @cached_property
    def texts(self):
        """The options as they are shown."""
        return [f"{letter}. {option['text']}" for letter, option in zip(LETTERS, self.options, strict=False)]

    def happened(self, value):
        """What happened, as the learner would have said it."""
        if not self.options:
            return f"{value:.4g}"
        return next((text for option, text in self._pairs if _same(option["value"], value)), str(value))

    def is_right(self, answer, value):
        if self.options:
            return answer == self.happened(value)
        return (number := _number(answer)) is not None and math.isclose(number, value, **self._close)

    def idea(self, answer):
        """What to say of a wrong answer; empty if nothing is known of it."""
        if self.options:
            return next((option.get("idea", "") for option, text in self._pairs if text == answer), "")
        ideas = () if (number := _number(answer)) is None else self.ideas
        return next((idea["idea"] for idea in ideas if math.isclose(number, idea["value"], rel_tol=0.02)), "")

    @property
    def _pairs(self):
        return zip(self.options, self.texts, strict=True)


def _same(expected, value):
    if not isinstance(expected, bool | str) and isinstance(value, int | float) and not isinstance(value, bool):
        return math.isclose(expected, value, rel_tol=0.01, abs_tol=1e-9)
    return type(expected) is type(value) and expected == value


def _number(answer):
    """The number that a learner has typed, with a point or a comma, or as a fraction; None if it is none."""
    with suppress(ValueError, ZeroDivisionError, OverflowError):
        top, *bottom = answer.replace("\N{MINUS SIGN}", "-").replace(",", ".").split("/")
        number = float(top) / math.prod(map(float, bottom))
        return number if math.isfinite(number) and len(bottom) < 2 else None
    return None


def _read(path):
    tables = tomllib.loads(path.read_text("utf-8"))
    return {key: Question(key, path.stem, **table) for key, table in tables.items()}


QUESTIONS = {key: question for path in sorted(HERE.glob("questions/*.toml")) for key, question in _read(path).items()}


class Card(anywidget.AnyWidget):
    """A few words in the page, and above them, where something is asked, a form."""

    _esm = "".join((HERE / name).read_text("utf-8") for name in ("page.js", "card.js"))
    _css = drawing.CSS + (HERE / "card.css").read_text("utf-8")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    closed = traitlets.Bool(False).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, stored, **traits):
        """`stored` is the sentence for readers without a kernel, and for nbval: the same whatever is answered."""
        super().__init__(**traits)
        self._stored = stored

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/plain": self._stored}, metadata


_open = {}


def ask(key):
    """Ask a question before the next cell shows the answer. An earlier answer in this kernel is kept."""
    question = _question(key)
    stored = " ".join([f"Your prediction: {question.question}", *question.texts])
    card = Card(stored, question=question.question, options=question.texts, answer=record.answers.get(key, ""))
    card.observe(lambda change: _answered(question, change), "answer")
    _open[key] = card
    return card


def _answered(question, change):
    """Keep an answer, and say how a number was read, or that it is none."""
    record.answers[question.key] = change.new
    if not question.options:
        change.owner.text = _reading(change.new)


def _reading(answer):
    number = _number(answer)
    if not answer.strip() or (number is not None and answer.strip() == f"{number:g}"):
        return ""
    return NO_NUMBER if number is None else f"Read as {number:.6g}."


def tell(key, happened):
    """Say what was predicted, what happened, and for a wrong answer the idea that leads there.

    Args:
        key: of the question.
        happened: what the notebook has computed: a number, a bool, a string, None (which the option "None" stands for),
            or a tensor of one number.
    """
    question = _question(key)
    value = _plain(happened)
    if not question.options:
        value = arguments.outcome("happened", None if happened is None else value)
    elif isinstance(value, int):  # which can be too large for a float
        arguments.outcome("happened", int(value))
    if key in _open:
        _open[key].closed = True
        _open[key].text = CLOSED
    answer = record.answers.get(key, "")
    right = record.predictions[key] = question.is_right(answer, value) if answer.strip() else None
    outcome = question.happened(value)
    ideas = [f"If you thought {text}: {option['idea']}." for option, text in question._pairs if option.get("idea")]
    stored = " ".join([f"What happened: {closed(outcome)}", *ideas])
    return Card(stored, text=_verdict(question, answer, right, outcome))


def closing(notebook):
    """The closing line of a notebook: predictions right and exercises passed, in this kernel."""
    known = sorted({question.notebook for question in QUESTIONS.values()} | set(judge.EXERCISES))
    arguments.choice("notebook", notebook, known)
    questions = [key for key, question in QUESTIONS.items() if question.notebook == notebook]
    names = judge.EXERCISES.get(notebook, [])
    right = sum(record.predictions.get(key) is True for key in questions)
    made = sum(record.predictions.get(key) is not None for key in questions)
    passed = sum(record.exercises.get(name, False) for name in names)
    text = (
        f"Predictions: {right} right of {made} made, out of {len(questions)}. "
        f"Exercises: {passed} of {len(names)} passed. Counted in this kernel; nothing is stored or sent."
    )
    return Card(COUNTED, text=text)


def _verdict(question, answer, right, outcome):
    happened = f"What happened: {closed(outcome)}"
    if not answer.strip():
        return f"No prediction was made. {happened}"
    if not question.options and _number(answer) is None:
        return f"You wrote {closed(answer)} {NO_NUMBER} {happened}"
    predicted = f"You predicted: {closed(answer)}"
    if right:
        return f"{predicted} Right." if answer == outcome else f"{predicted} {happened} Right."
    idea = question.idea(answer)
    return f"{predicted} {happened}" + (f" The idea behind your answer: {closed(idea)}" if idea else "")


def _plain(value):
    """A tensor or NumPy number as Python's own, and None as the string that an option can name."""
    if value is None:
        return "None"
    plain = value
    if isinstance(value, torch.Tensor) or hasattr(value, "dtype"):
        with suppress(Exception):  # several numbers, or none on this device
            plain = value.item()
    if not isinstance(plain, bool | int | float | str):
        told = arguments.shown(value)
        raise TypeError(f"happened must be one number, a bool, a string or None, not {told}")
    return plain


def _question(key):
    return QUESTIONS[arguments.choice("key", key, sorted(QUESTIONS))]

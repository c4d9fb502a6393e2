"""Predictions: a question before a cell runs, and after it what was predicted, what happened, and the idea behind it.

The questions stand in `checks`. What is stored with a notebook never depends on the answers of the learner.
"""

import html
import math
import re
import tomllib
from contextlib import suppress
from pathlib import Path

import anywidget
import traitlets

from helpers import arguments, drawing, judge

HERE = Path(__file__).parent
KNOWN = {"rel_tol": 0.02, "abs_tol": 1e-9}  # how close a number is to one that is known
NO_NUMBER = "That isn't a number yet. Write it like 0.25, 0,25 or 1/4."


class Question:
    """One question of a notebook: a choice among options, or a number; and what the learner has answered so far.

    An option has a `text`, the `value` that makes it the right one, and the `idea` behind it where it is wrong. A
    question for a number has a tolerance, relative or `absolute`, and `ideas`: numbers that a known idea leads to.
    """

    def __init__(self, notebook, question, options=(), tolerance=0.0, absolute=0.0, ideas=()):
        self.notebook, self.question, self.ideas = notebook, question, ideas
        self.options = {f"{'ABCDEFG'[place]}. {option['text']}": option for place, option in enumerate(options)}
        self.close = KNOWN if options else {"rel_tol": tolerance, "abs_tol": absolute}
        self.card, self.answer, self.is_right = None, "", None

    def predicted(self):
        """The value of the answer; a number may have a point or a comma, or be a fraction. NaN if it is none."""
        if self.answer in self.options:
            return self.options[self.answer]["value"]
        top, slash, bottom = self.answer.replace("\N{MINUS SIGN}", "-").replace(",", ".").partition("/")
        with suppress(ValueError, ZeroDivisionError):
            return float(top) / float(bottom if slash else 1)
        return math.nan

    def reading(self):
        """How a typed number is read, or that it is none; empty where there is nothing to say."""
        if self.options or not self.answer.strip():
            return ""
        number = self.predicted()
        read = "" if self.answer.strip() == f"{number:g}" else f"Read as {number:.6g}."
        return read if math.isfinite(number) else NO_NUMBER

    def happened(self, value):
        """What happened, as the learner would have said it."""
        texts = (text for text, option in self.options.items() if _same(option["value"], value))
        return next(texts, f"{value:.4g}" if isinstance(value, float) else str(value))

    def verdict(self, value, outcome):
        """What is said of the answer once the value is known, and its outcome in words."""
        predicted, answer, happened = self.predicted(), judge.closed(self.answer), f"What happened: {outcome}"
        self.is_right = _same(predicted, value, **self.close) if self.answer.strip() else None
        if self.is_right is None:
            return f"No prediction was made. {happened}"
        if self.is_right:
            return f"You predicted: {answer} {'' if answer == outcome else f'{happened} '}Right."
        if not self.options and not math.isfinite(predicted):
            return f"You wrote {answer} {NO_NUMBER} {happened}"
        known = [*self.options.values(), *self.ideas]
        ideas = (wrong["idea"] for wrong in known if "idea" in wrong and _same(predicted, wrong["value"]))
        behind = "".join(f" The idea behind your answer: {judge.closed(idea)}" for idea in ideas)
        return f"You predicted: {answer} {happened}{behind}"


def _same(expected, value, rel_tol=KNOWN["rel_tol"], abs_tol=KNOWN["abs_tol"]):
    if isinstance(expected, bool | str) or isinstance(value, bool | str):
        return type(expected) is type(value) and expected == value
    return math.isclose(expected, value, rel_tol=rel_tol, abs_tol=abs_tol)


QUESTIONS = {
    key: Question(path.stem.removeprefix("nb"), **table)
    for path in sorted(HERE.glob("checks/*.toml"))
    for key, table in tomllib.loads(path.read_text("utf-8")).items()
}


class Card(anywidget.AnyWidget):
    """A few words in the page, and above them, where something is asked, a form."""

    _esm = "".join((HERE / name).read_text("utf-8") for name in ("page.js", "card.js"))
    _css = drawing.CSS + (HERE / "card.css").read_text("utf-8")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    closed = traitlets.Bool(False).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, heading, *lines, **traits):
        """The heading, a sentence and a list are stored for readers without a kernel, and for nbval."""
        super().__init__(**traits)
        sentence, *items = (re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(line, quote=False)) for line in lines)
        page = [f"<p><strong>{heading}:</strong> {sentence}</p>"]
        page += ["<ul>", *(f"<li>{item}</li>" for item in items), "</ul>"] if items else []
        self._stored = {"text/html": "\n".join(page), "text/plain": f"{heading}: " + "\n".join(lines)}

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, **self._stored}, metadata


def ask(key):
    """Ask a question before the next cell shows the answer. An earlier answer in this kernel is kept."""
    question = QUESTIONS[arguments.choice("key", key, sorted(QUESTIONS))]
    text, options = question.question, list(question.options)
    answer = {"question": text, "options": options, "answer": question.answer}
    card = question.card = Card("Your prediction", text, *options, **answer)

    def keep(change):
        question.answer = change.new
        card.text = question.reading()

    card.observe(keep, "answer")
    return card


def tell(key, happened):
    """Say what was predicted, what happened, and for a wrong answer the idea that leads there.

    happened: what the notebook computed: a number or a tensor of one, a bool, a string, or None (option "None").
    """
    question = QUESTIONS[arguments.choice("key", key, sorted(QUESTIONS))]
    with suppress(Exception):  # a tensor or an array of one number, and on this device
        happened = happened.item()
    value = "None" if happened is None else happened
    if not (question.options and isinstance(value, bool | str)):
        value = arguments.outcome("happened", happened)
    if question.card:
        question.card.closed = True
        question.card.text = "The answer is known now. To predict anew, run this cell again."
    outcome = judge.closed(question.happened(value))
    wrong = [(text, option["idea"]) for text, option in question.options.items() if "idea" in option]
    ideas = [f"If you chose {text}: {judge.closed(idea)}" for text, idea in wrong]
    return Card("What happened", outcome, *ideas, text=question.verdict(value, outcome))


def closing(notebook):
    """The closing line of a notebook: predictions right and exercises passed, in this kernel."""
    arguments.choice("notebook", notebook, sorted({question.notebook for question in QUESTIONS.values()}))
    right = [question.is_right for question in QUESTIONS.values() if question.notebook == notebook]
    passed = [check.passed for check in judge.EXERCISES.get(notebook, {}).values()]
    text = (
        f"Predictions: {right.count(True)} right of {len(right) - right.count(None)} made, out of {len(right)}. "
        f"Exercises: {passed.count(True)} of {len(passed)} passed. Counted in this kernel; nothing is stored or sent."
    )
    return Card("Counted in this kernel", "predictions right, exercises passed; nothing is stored or sent.", text=text)

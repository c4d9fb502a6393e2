"""Predictions: a question before a cell runs, and after it what was predicted, what happened, and the idea behind it.

The questions stand in `checks`, a file for each notebook, and nowhere else. What is stored with a notebook, for readers
without a kernel, never depends on the learner's answers.
"""

import html
import math
import re
import tomllib
from contextlib import suppress
from pathlib import Path

import anywidget
import traitlets

from helpers import arguments, drawing, judge, record

HERE = Path(__file__).parent
NO_NUMBER = "That isn't a number yet. Write it like 0.25, 0,25 or 1/4."
_open = {}


class Question:
    """One question of a notebook: a choice among options, or a number.

    An option has a `text`, the `value` that makes it the right one, and the `idea` behind it where it is wrong. A
    question for a number has a tolerance, relative or `absolute`, and `ideas`: numbers that a known idea leads to.
    """

    def __init__(self, key, notebook, question, options=(), tolerance=0.0, absolute=0.0, ideas=()):
        self.key, self.notebook, self.question, self.ideas = key, notebook, question, ideas
        self.options = {f"{'ABCDEFG'[place]}. {option['text']}": option for place, option in enumerate(options)}
        self.close = {} if options else {"rel_tol": tolerance, "abs_tol": absolute}

    def read(self, answer):
        """The value an answer stands for; a number may have a point or a comma, or be a fraction. NaN if it is none."""
        if answer in self.options:
            return self.options[answer]["value"]
        top, slash, bottom = answer.replace("\N{MINUS SIGN}", "-").replace(",", ".").partition("/")
        with suppress(ValueError, ZeroDivisionError):
            return float(top) / float(bottom if slash else 1)
        return math.nan

    def idea(self, answer):
        """What to say of a wrong answer; empty if nothing is known of it."""
        known, value = [*self.options.values(), *self.ideas], self.read(answer)
        return next((wrong["idea"] for wrong in known if "idea" in wrong and _same(value, wrong["value"])), "")

    def happened(self, value):
        """What happened, as the learner would have said it."""
        texts = (text for text, option in self.options.items() if _same(option["value"], value))
        return next(texts, f"{value:.4g}" if isinstance(value, float) else str(value))


def _same(expected, value, rel_tol=0.02, abs_tol=1e-9):
    if isinstance(expected, bool | str) or isinstance(value, bool | str):
        return type(expected) is type(value) and expected == value
    return math.isclose(expected, value, rel_tol=rel_tol, abs_tol=abs_tol)


QUESTIONS = {
    key: Question(key, path.stem.removeprefix("nb"), **table)
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
    card = Card("Your prediction", text, *options, question=text, options=options, answer=record.answers.get(key, ""))

    def keep(change):
        record.answers[key] = change.new
        card.text = "" if options else _reading(change.new, question.read(change.new))

    card.observe(keep, "answer")
    _open[key] = card
    return card


def _reading(answer, number):
    """How a typed number was read, or that it is none; empty where there is nothing to say."""
    if not math.isfinite(number):
        return NO_NUMBER if answer.strip() else ""
    return "" if answer.strip() == f"{number:g}" else f"Read as {number:.6g}."


def tell(key, happened):
    """Say what was predicted, what happened, and for a wrong answer the idea that leads there.

    Args:
        happened: what the notebook computed: a number or a tensor of one, a bool, a string, or None (option "None").
    """
    question = QUESTIONS[arguments.choice("key", key, sorted(QUESTIONS))]
    value = _plain(happened) if question.options else arguments.outcome("happened", happened)
    if key in _open:
        _open[key].closed, _open[key].text = True, "The answer is known now. To predict anew, run this cell again."
    answer = record.answers.get(key, "")
    right = record.predictions[key] = _same(question.read(answer), value, **question.close) if answer.strip() else None
    outcome = judge.closed(question.happened(value))
    wrong = [(text, option["idea"]) for text, option in question.options.items() if "idea" in option]
    ideas = [f"If you thought {text}: {judge.closed(idea)}" for text, idea in wrong]
    return Card("What happened", outcome, *ideas, text=_verdict(question, answer, right, outcome))


def _plain(value):
    """What happened as the options have it: a bool, a string, or a number as a float."""
    with suppress(Exception):  # a tensor or an array of one number, and on this device
        value = value.item()
    value = "None" if value is None else value
    return value if isinstance(value, bool | str) else arguments.outcome("happened", value)


def _verdict(question, answer, right, outcome):
    predicted, happened, judged = f"You predicted: {judge.closed(answer)}", f" What happened: {outcome}", ""
    if not answer.strip():
        predicted = "No prediction was made."
    elif not question.options and not math.isfinite(question.read(answer)):
        predicted = f"You wrote {judge.closed(answer)} {NO_NUMBER}"
    elif right:
        happened = "" if judge.closed(answer) == outcome else happened
        judged = " Right."
    elif idea := question.idea(answer):
        judged = f" The idea behind your answer: {judge.closed(idea)}"
    return predicted + happened + judged


def closing(notebook):
    """The closing line of a notebook: predictions right and exercises passed, in this kernel."""
    arguments.choice("notebook", notebook, sorted({question.notebook for question in QUESTIONS.values()}))
    right = [record.predictions.get(key) for key, question in QUESTIONS.items() if question.notebook == notebook]
    passed = [record.exercises.get(name) for name in judge.EXERCISES.get(notebook, [])]
    text = (
        f"Predictions: {right.count(True)} right of {len(right) - right.count(None)} made, out of {len(right)}. "
        f"Exercises: {passed.count(True)} of {len(passed)} passed. Counted in this kernel; nothing is stored or sent."
    )
    return Card("Counted in this kernel", "predictions right, exercises passed; nothing is stored or sent.", text=text)

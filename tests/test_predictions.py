"""Predictions: what is asked, kept and said; nothing stored with a notebook depends on the answers of a learner."""

import numpy as np
import pytest
import torch

from helpers import checks, judge, predictions
from helpers.predictions import QUESTIONS, Question

OPTIONS = [
    {"text": "nothing", "value": "None", "idea": "it is made later"},
    {"text": "yes", "value": True, "idea": "a reason"},
    {"text": "`three`", "value": 3},
    {"text": "a half", "value": 0.5, "idea": "another reason?"},
]


@pytest.fixture(autouse=True)
def questions(monkeypatch):
    """Questions of our own, two of them in one notebook, and nothing answered yet."""
    ideas = [{"value": 88.0, "idea": "the uncentred ones"}]
    own = {
        "choice": Question("99", "What is `w.grad`, if < 0?", OPTIONS),
        "number": Question("99", "How many?", tolerance=0.2, ideas=ideas),
        "elsewhere": Question("98", "And here?"),
    }
    monkeypatch.setattr(predictions, "QUESTIONS", own)
    return own


def choose(letter):
    card = predictions.ask("choice")
    card.answer = next(option for option in card.options if option.startswith(letter))


HAPPENED = {"A": [None], "B": [True, np.True_], "C": [3, 3.02, torch.tensor([[3.0]])], "D": [np.float32(0.5)]}


@pytest.mark.parametrize(("letter", "values"), HAPPENED.items())
def test_option_with_the_value_that_happened_is_right(letter, values, questions):
    choose(letter)
    for happened in values:
        assert predictions.tell("choice", happened).text.endswith("Right.")
        assert questions["choice"].is_right


@pytest.mark.parametrize("happened", [1, False, "yes", 7.5])
def test_outcome_that_is_no_option_is_shown_as_it_is(happened):
    choose("B")
    text = predictions.tell("choice", happened).text
    assert text.startswith(f"You predicted: B. yes. What happened: {happened}. The idea")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("50", "You predicted: 50. Right."),
        ("59", "You predicted: 59. What happened: 50. Right."),
        ("88", "You predicted: 88. What happened: 50. The idea behind your answer: the uncentred ones."),
        ("39", "You predicted: 39. What happened: 50."),
        ("50,0", "You predicted: 50,0. What happened: 50. Right."),
        ("nan", f"You wrote nan. {predictions.NO_NUMBER} What happened: 50."),
        (" ", "No prediction was made. What happened: 50."),
    ],
)
def test_verdict_on_a_number(answer, text):
    predictions.ask("number").answer = answer
    assert predictions.tell("number", torch.tensor(50)).text == text


def test_number_is_right_within_its_tolerance(questions):
    for close, right, wrong in [({}, 50, 50.001), ({"tolerance": 0.1}, 45.1, 43), ({"absolute": 3.0}, 47.1, 46.9)]:
        questions["number"] = Question("99", "How many?", **close)
        for answer in (right, wrong):
            predictions.ask("number").answer = str(answer)
            predictions.tell("number", 50.0)
            assert questions["number"].is_right is (answer == right)


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        *((typed, "") for typed in ("3", "  ", "-0.25")),
        ("3,0", "Read as 3."),
        (" .5 ", "Read as 0.5."),
        ("\N{MINUS SIGN}1 / 4", "Read as -0.25."),
        *((typed, predictions.NO_NUMBER) for typed in ("three", "nan", "1/", "/2", "1/0", "1/2/3", "1,000.5", "1e999")),
    ],
)
def test_typed_number_is_read_as_people_write_it_and_kept(typed, reading):
    card = predictions.ask("number")
    card.answer = typed
    assert (card.text, predictions.ask("number").answer) == (reading, typed)


def stored():
    cards = predictions.ask("choice"), predictions.tell("choice", 3), predictions.closing("99")
    return [(card._repr_mimebundle_()[0]["text/plain"], card._repr_mimebundle_()[0]["text/html"]) for card in cards]


def test_what_is_stored_is_the_same_whatever_is_answered_and_reads_as_it_is_written():
    before = stored()
    choose("B")
    assert stored() == before
    question = "<p><strong>Your prediction:</strong> What is <code>w.grad</code>, if &lt; 0?</p>"
    assert before[0][1].startswith(f"{question}\n<ul>\n<li>A. nothing</li>\n")


def test_closing_line_counts(monkeypatch, capsys):
    monkeypatch.setitem(judge.EXERCISES, "99", judge.EXERCISES["03"])
    choose("C")
    predictions.tell("choice", 3)
    predictions.ask("number").answer = "7"
    predictions.tell("number", 3)
    checks.gradient_behind_a_step([2, -4])
    assert predictions.closing("99").text == (
        "Predictions: 1 right of 2 made, out of 2. Exercises: 1 of 3 passed. "
        "Counted in this kernel; nothing is stored or sent."
    )


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_question_can_be_answered(key):
    question = QUESTIONS[key]
    assert question.question.endswith("?")
    if question.options:
        assert len({str(option["value"]) for option in question.options.values()}) == len(question.options) >= 2
        assert [question.happened(option["value"]) for option in question.options.values()] == list(question.options)
        assert sum("idea" not in option for option in question.options.values()) == 1, "each wrong one says its idea"
    else:
        assert question.ideas

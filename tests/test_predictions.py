"""Predictions: what is asked, kept and said; nothing stored with a notebook depends on the answers of a learner."""

import numpy as np
import pytest
import torch

from helpers import checks, judge, predictions, record
from helpers.predictions import QUESTIONS, Question

CHOICE = Question(
    "choice",
    "99",
    "What is `w.grad`?",
    options=[
        {"text": "nothing", "value": "None", "idea": "it is made later"},
        {"text": "yes", "value": True, "idea": "a reason"},
        {"text": "three", "value": 3},
        {"text": "a half", "value": 0.5, "idea": "another reason?"},
    ],
)
ELSEWHERE = Question("elsewhere", "98", "And here?", options=CHOICE.options)
NUMBER = Question("number", "99", "How many?", tolerance=0.2, ideas=[{"value": 88.0, "idea": "the uncentred ones"}])


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Questions of our own, two of them in one notebook, and nothing answered yet."""
    monkeypatch.setattr(predictions, "QUESTIONS", {"choice": CHOICE, "number": NUMBER, "elsewhere": ELSEWHERE})
    monkeypatch.setattr(predictions, "_open", {})
    for kept in ("answers", "predictions", "exercises"):
        monkeypatch.setattr(record, kept, {})


def stored(card):
    return card._repr_mimebundle_()[0]["text/plain"]


def test_the_page_gets_the_question_and_its_answer_comes_back():
    card = predictions.ask("choice")
    state = card.get_state()
    assert state["question"] == "What is `w.grad`?"
    assert state["options"] == ["A. nothing", "B. yes", "C. three", "D. a half"]
    assert state["closed"] is False
    card.set_state({"answer": "B. yes"})
    assert record.answers == {"choice": "B. yes"}
    predictions.tell("choice", 3)
    state = card.get_state()
    assert state["closed"] is True
    assert "run this cell again" in state["text"]


@pytest.mark.parametrize(
    ("happened", "letter"),
    [
        (None, "A"),
        (True, "B"),
        (np.True_, "B"),
        (3, "C"),
        (3.02, "C"),
        (torch.tensor([[3.0]], requires_grad=True), "C"),
        (np.float32(0.5), "D"),
    ],
)
def test_the_option_that_happened(happened, letter):
    card = predictions.ask("choice")
    card.answer = next(option for option in card.options if option.startswith(letter))
    assert predictions.tell("choice", happened).text.endswith("Right.")
    assert record.predictions == {"choice": True}


@pytest.mark.parametrize("happened", [1, False, "yes", 7.5, "nonsense"])
def test_what_is_none_of_the_options_is_said_as_it_is(happened):
    predictions.ask("choice").answer = "C. three"
    assert predictions.tell("choice", happened).text == f"You predicted: C. three. What happened: {happened}."
    assert record.predictions == {"choice": False}


def test_a_wrong_choice_is_told_its_idea():
    predictions.ask("choice").answer = "D. a half"
    told = predictions.tell("choice", 3).text
    assert told == ("You predicted: D. a half. What happened: C. three. The idea behind your answer: another reason?")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("50", "You predicted: 50. Right."),
        ("59", "You predicted: 59. What happened: 50. Right."),
        ("41", "You predicted: 41. What happened: 50. Right."),
        ("88", "You predicted: 88. What happened: 50. The idea behind your answer: the uncentred ones."),
        ("39", "You predicted: 39. What happened: 50."),
        ("50,0", "You predicted: 50,0. What happened: 50. Right."),
        ("100/2", "You predicted: 100/2. What happened: 50. Right."),
        ("nan", f"You wrote nan. {predictions.NO_NUMBER} What happened: 50."),
        ("many", f"You wrote many. {predictions.NO_NUMBER} What happened: 50."),
        (" ", "No prediction was made. What happened: 50."),
        ("", "No prediction was made. What happened: 50."),
    ],
)
def test_a_number(answer, told):
    predictions.ask("number").answer = answer
    assert predictions.tell("number", torch.tensor(50)).text == told


@pytest.mark.parametrize(
    ("close", "right", "wrong"),
    [
        ({}, [50.0], [50.001, 51.0]),
        ({"tolerance": 0.1}, [45.1, 54.9], [43.0, 56.0]),
        ({"absolute": 3.0}, [47.1, 52.9], [46.9, 53.1]),
    ],
)
def test_how_close_a_number_has_to_be(close, right, wrong):
    question = Question("number", "99", "How many?", **close)
    assert all(question.is_right(str(answer), 50.0) for answer in right)
    assert not any(question.is_right(str(answer), 50.0) for answer in wrong)


@pytest.mark.parametrize(
    ("typed", "number", "said"),
    [
        ("3", 3, ""),
        ("3,0", 3, "Read as 3."),
        ("0,5", 0.5, "Read as 0.5."),
        (" .5 ", 0.5, "Read as 0.5."),
        ("1/2", 0.5, "Read as 0.5."),
        ("\N{MINUS SIGN}1 / 4", -0.25, "Read as -0.25."),
        ("1e-3", 0.001, "Read as 0.001."),
        *((typed, None, predictions.NO_NUMBER) for typed in ("three", "1/", "/2", "1/0", "1/2/3", "1,000.5", "1e999")),
        ("  ", None, ""),
    ],
)
def test_a_typed_number_is_read_as_people_write_it_and_nothing_is_lost(typed, number, said):
    assert predictions._number(typed) == number
    card = predictions.ask("number")
    card.answer = typed
    assert (card.text, card.answer) == (said, typed)
    assert predictions.ask("number").answer == typed, "it is still there when the cell runs again"


def test_without_an_answer_the_outcome_is_told():
    predictions.ask("choice")
    assert predictions.tell("choice", 3).text == "No prediction was made. What happened: C. three."
    assert record.predictions == {"choice": None}
    assert predictions.tell("number", 5.0).text.startswith("No prediction"), "even where nothing was asked"


def test_an_answer_is_kept_when_the_cell_runs_again_and_closed_once_the_outcome_is_known():
    first = predictions.ask("choice")
    first.answer = "B. yes"
    again = predictions.ask("choice")
    assert again.answer == "B. yes" and not again.closed
    predictions.tell("choice", 3)
    assert again.closed and "run this cell again" in again.text


def test_what_is_stored_does_not_depend_on_the_answer():
    alone = [
        stored(predictions.ask("choice")),
        stored(predictions.tell("choice", 3)),
        stored(predictions.closing("99")),
    ]
    predictions.ask("choice").answer = "B. yes"
    after = [
        stored(predictions.ask("choice")),
        stored(predictions.tell("choice", 3)),
        stored(predictions.closing("99")),
    ]
    assert after == alone
    assert alone[0] == "Your prediction: What is `w.grad`? A. nothing B. yes C. three D. a half"
    assert alone[1].startswith(
        "What happened: C. three. If you thought A. nothing: it is made later. If you thought B."
    )


def test_the_closing_line_counts(monkeypatch, capsys):
    monkeypatch.setattr(judge, "EXERCISES", {"99": ["step_by_hand", "other"]})
    assert predictions.closing("99").text == (
        "Predictions: 0 right of 0 made, out of 2. Exercises: 0 of 2 passed. "
        "Counted in this kernel; nothing is stored or sent."
    )
    predictions.ask("choice").answer = "C. three"
    predictions.ask("number").answer = "7"
    predictions.tell("choice", 3)
    assert predictions.closing("99").text.startswith("Predictions: 1 right of 1 made, out of 2.")
    predictions.tell("number", 3)
    checks.step_by_hand([0.3, -0.6])
    assert predictions.closing("99").text.startswith(
        "Predictions: 1 right of 2 made, out of 2. Exercises: 1 of 2 passed."
    )


@pytest.mark.parametrize(
    ("key", "happened", "told"),
    [
        ("choice", [1], "happened must be one number, a bool, a string or None, not [1]"),
        ("choice", torch.ones(2), "happened must be one number, a bool, a string or None, not tensor([1., 1.])"),
        ("number", "many", "happened must be a number, not 'many'"),
        ("number", None, "happened must be a number, not None"),
    ],
)
def test_what_cannot_have_happened_is_named(key, happened, told):
    with pytest.raises(TypeError) as raised:
        predictions.tell(key, happened)
    assert str(raised.value) == told


@pytest.mark.parametrize("call", [predictions.ask, lambda key: predictions.tell(key, 1), predictions.closing])
def test_an_unknown_name_is_named(call):
    with pytest.raises(ValueError, match="happened must be a finite number"):
        predictions.tell("choice", 10**400)
    with pytest.raises(ValueError, match=r"must be one of .* not 'nothing'"):
        call("nothing")


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_question_can_be_answered(key):
    question = QUESTIONS[key]
    assert question.question.endswith("?")
    if question.options:
        assert 2 <= len(question.options) <= 5
        assert len(set(question.texts)) == len(question.options)
        assert len({str(option["value"]) for option in question.options}) == len(question.options)
        right = [option for option in question.options if "idea" not in option]
        assert len(right) == 1, "every wrong option says which idea leads there"
        assert question.is_right(question.happened(right[0]["value"]), right[0]["value"])
    else:
        assert question.ideas
    for said in [*question.options, *question.ideas]:
        assert "idea" not in said or not said["idea"].endswith(".")

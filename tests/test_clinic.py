"""The last notebook is a place to look things up: each case is short, runs alone, and is in the index."""

import re

import pytest
import torch
from torch import nn

import notebooks
from helpers import make_line

COURSE = notebooks.find()
CLINIC = COURSE[-1]
LESSON = "When nothing complains"
HEADINGS = [text for level, text in CLINIC.headings if level == 3][:-2]  # the last two are of every notebook
TAUGHT = [text for level, text in notebooks.headings(CLINIC.section(LESSON)) if level == 3]
CASES = [text for text in HEADINGS if text not in TAUGHT]
INDEX = notebooks.markdown(CLINIC.section("Look it up"))
MESSAGES = re.findall(r"^\| `([^`]+)` \| (?:\*(GPU|older):\* )?\[.+\]\(#(.+)\) \|$", INDEX, re.MULTILINE)
"""A message, on which machines it's printed where that's not everywhere, and the anchor of its case."""


def code(heading):
    return [cell for cell in CLINIC.section(heading) if cell.cell_type == "code"]


def printed(heading):
    return "".join(notebooks.printed(cell.outputs) for cell in code(heading))


@pytest.mark.parametrize("case", CASES)
def test_case_runs_alone_right_after_the_first_cell(case):
    names = {"__name__": "__main__"}
    notebooks.execute(CLINIC.code_cells[0].source, names)
    names["show"] = lambda picture: None
    assert "".join(notebooks.execute(cell.source, names) for cell in code(case)) == printed(case) != ""


@pytest.mark.parametrize("case", CASES)
def test_case_has_one_cell_that_provokes_it_one_with_the_cure_and_few_words(case):
    assert len(code(case)) <= 2
    assert len(notebooks.markdown(CLINIC.section(case)).split()) <= 120


@pytest.mark.parametrize("heading", HEADINGS)
def test_index_leads_to_every_case(heading):
    assert f"(#{heading.replace(' ', '-')})" in INDEX


@pytest.mark.parametrize(("message", "anchor"), [(message, anchor) for message, only, anchor in MESSAGES if not only])
def test_case_of_a_message_prints_it(message, anchor):
    (case,) = [heading for heading in HEADINGS if heading.replace(" ", "-") == anchor]
    assert re.search(".+".join(map(re.escape, message.split(" ... "))), printed(case))


def test_messages_stand_in_the_order_of_the_alphabet():
    messages = [message.lower().strip("'") for message, _, _ in MESSAGES]
    assert messages == sorted(messages)


def test_every_lesson_links_to_the_clinic():
    assert [lesson for lesson in COURSE[1:-1] if f"({CLINIC.path.name}#" not in lesson.markdown] == []


def losses_with(mistake):
    """The losses of a model that is trained with one of the five mistakes of the task, at the steps it names."""
    x, y = (torch.as_tensor(values)[:, None] for values in make_line(noise=0.05))
    model = nn.Linear(1, 1, dtype=torch.float64)
    nn.init.constant_(model.weight, -0.6).requires_grad_(mistake != "the slope is frozen")
    nn.init.constant_(model.bias, 1.0)
    rates = {"the learning rate is 12% above the limit": 0.85, "the learning rate is ten times too small": 0.01}
    optimizer = torch.optim.SGD(model.parameters(), lr=rates.get(mistake, 0.1))
    target = y[:, 0] if mistake.startswith("the target is flat") else y
    losses = []
    for _ in range(21):
        loss = ((model(x) - target) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if mistake != "the reset is missing":
            optimizer.zero_grad()
    return losses[::4]


def test_four_runs_have_the_mistakes_of_the_solution():
    task, logs, *_ = CLINIC.section("four runs")
    mistakes = re.findall(r"\*\*\d\*\* (.+?)[,.]$", task.source, re.MULTILINE)
    runs = [eval(line) for line in re.findall(r"^[A-D] = (.+)$", logs.source, re.MULTILINE)]
    (solution,) = [exercise.solution for exercise in CLINIC.exercises if "answer = [" in exercise.solution]
    for losses, number in zip(runs, eval(solution.removeprefix("answer = ")), strict=True):
        assert losses_with(mistakes[number - 1]) == pytest.approx(losses, abs=5e-5)

"""The clinic holds every question that learners ask most, under a heading of its own and in its index."""

import re

import pytest
import torch
from torch import nn

import notebooks
from helpers import make_line

COURSE = notebooks.find()
CLINIC = COURSE[-1]
CASES = [
    ("A reset is forgotten", "no reset is momentum 1.0: True"),
    ("A graph is walked twice", "Trying to backward through the graph a second time"),
    ("A loss is told to require a gradient", "element 0 of tensors does not require grad and does not have a grad_fn"),
    ("There is more than one output", "grad can be implicitly created only for scalar outputs"),
    ("There is more than one output", "[1.0, 0.0] [2.0, 0.0]"),
    ("A parameter is moved while autograd records", "a leaf Variable that requires grad is being used in an in-place"),
    ("A parameter is moved while autograd records", "a view of a leaf Variable that requires grad is being used in"),
    ("A parameter is replaced by its update", "unsupported operand type(s) for *: 'float' and 'NoneType'"),
    ("After a reset there is None", "'NoneType' object has no attribute 'zero_'"),
    ("After a reset there is None", "after zero_grad(): None"),
    ("A result is changed before backward", "variables needed for gradient computation has been modified"),
    ("A gradient is looked for in a result", "The .grad attribute of a Tensor that is not a leaf Tensor is being"),
    ("eval is not no_grad", "eval:    recorded True"),
    ("Numbers are changed through data", "gradient: tensor(1.)"),
    ("NumPy wants a recorded tensor", "Can't call numpy() on Tensor that requires grad."),
    ("The losses of an epoch are added up", "behind total: 501"),
    ("NumPy brings float64 and a layer has float32", "must have the same dtype, but got Double and Float"),
    ("A column meets a flat tensor", "Using a target size (torch.Size([100]))"),
    ("The optimizer holds another model", "old optimizer: 10.5841 -> 10.5841"),
    ("The learning rate is too large", "inf nan"),
    ("A loss is made with argmax or round", "through round: [[0.0, 0.0, 0.0]]"),
    ("A nudge disagrees with autograd", "quotient 0.0000, autograd 0.1491"),
    ("Whole numbers ask for a gradient", "Only Tensors of floating point and complex dtype can require gradients"),
    ("The optimizer gets a result", "can't optimize a non-leaf Tensor"),
    ("The optimizer gets nothing", "optimizer got an empty parameter list"),
    ("The scheduler goes first", "Detected call of `lr_scheduler.step()` before"),
    ("A tensor is made from a tensor", "To copy construct from a tensor"),
]
"""The heading of a case, and what one of its cells prints that learners search for."""


def section(heading):
    """The cells under a heading of the third level, up to the next heading."""
    headings = [re.findall(r"^##+ (.+)$", cell.source, re.M) for cell in CLINIC.cells]
    (start,) = [place for place, texts in enumerate(headings) if heading in texts]
    return CLINIC.cells[start : next(place for place, texts in enumerate(headings) if texts and place > start)]


def printed(heading):
    return "".join(notebooks.printed(cell.outputs) for cell in section(heading) if cell.cell_type == "code")


@pytest.mark.parametrize(("heading", "said"), CASES)
def test_case_runs_and_prints_what_learners_search_for(heading, said):
    assert said in printed(heading)


def test_every_case_prints_something_and_is_in_the_index():
    (index,) = [cell.source for cell in CLINIC.cells if cell.source.startswith("## Find your case")]
    cases = [text for level, text in CLINIC.headings if level == 3][:-2]  # the last two are of every notebook
    assert [case for case in cases if f"(#{case.replace(' ', '-')})" not in index or not printed(case)] == []


def test_every_lesson_links_to_the_clinic():
    assert [lesson for lesson in COURSE[1:-1] if f"({CLINIC.path.name}#" not in lesson.markdown] == []


def log_of(illness):
    """The losses of a model that is trained with one of the four illnesses of the task, at the steps it names."""
    x, y = (torch.as_tensor(values)[:, None] for values in make_line(noise=0.05))
    model, another = (nn.Linear(1, 1, dtype=torch.float64) for _ in range(2))
    nn.init.constant_(model.weight, -0.3)
    nn.init.constant_(model.bias, 0.2)
    held = another if illness == "the optimizer holds another model" else model
    optimizer = torch.optim.SGD(held.parameters(), lr=0.8 if illness == "the learning rate is too large" else 0.1)
    targets = y[:, 0] if illness == "a column meets a flat tensor" else y
    log = []
    for _ in range(401):
        loss = ((model(x) - targets) ** 2).mean()
        loss.backward()
        optimizer.step()
        log.append(loss.item())
        if illness != "a reset is forgotten":
            optimizer.zero_grad()
    return [log[step] for step in (0, 20, 100, 200, 400)]


def test_four_patients_have_the_illnesses_of_the_solution():
    task, logs, *_ = section("Four patients")
    illnesses = re.findall(r"\*\*\d\*\* (.+?)[,.]", task.source)
    patients = [eval(line) for line in re.findall(r"^[A-D] = (.+)$", logs.source, re.M)]
    (solution,) = [one.solution for one in CLINIC.exercises if "answer = [" in one.solution]
    for log, illness in zip(patients, eval(solution.removeprefix("answer = ")), strict=True):
        assert log_of(illnesses[illness - 1]) == pytest.approx(log, rel=5e-4, abs=5e-5)

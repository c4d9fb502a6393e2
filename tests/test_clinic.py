"""The clinic holds every question that learners ask most, under a heading of its own and in its index."""

import re

import pytest
import torch
from torch import nn

import notebooks
from helpers import make_line

COURSE = notebooks.find()
CLINIC = COURSE[-1]
QUESTIONS = {
    "why zero_grad, and where": ("A reset is forgotten", "no reset is momentum 1.0: True"),
    "how backward and step are connected": ("Only grad connects backward and step", ""),
    "backward a second time": ("A graph is walked twice", "Trying to backward through the graph a second time"),
    "no road to a parameter": (
        "A loss is told to require a gradient",
        "element 0 of tensors does not require grad and does not have a grad_fn",
    ),
    "scalar outputs": (
        "There is more than one output",
        "grad can be implicitly created only for scalar outputs",
    ),
    "the gradient argument": ("There is more than one output", "[1.0, 0.0] [2.0, 0.0]"),
    "a leaf in place": (
        "A parameter is moved while autograd records",
        "a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "a view of a leaf in place": (
        "A parameter is moved while autograd records",
        "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "a rebound parameter": (
        "A parameter is replaced by its update",
        "unsupported operand type(s) for *: 'float' and 'NoneType'",
    ),
    "zero_ of None": ("After a reset there is None", "'NoneType' object has no attribute 'zero_'"),
    "modified in place": (
        "A result is changed before backward",
        "one of the variables needed for gradient computation has been modified by an inplace operation",
    ),
    "the grad of a non-leaf": (
        "A gradient is looked for in a result",
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed",
    ),
    "detach or no_grad": ("detach cuts a tensor and no_grad a region", ""),
    "eval or no_grad": ("eval is not no_grad", "eval:    recorded True"),
    "data or detach": ("Numbers are changed through data", "gradient: tensor(1.)"),
    "numpy of a recorded tensor": ("NumPy wants a recorded tensor", "Can't call numpy() on Tensor that requires grad."),
    "memory grows": ("The losses of an epoch are added up", "behind total: 501"),
    "Double and Float": (
        "NumPy brings float64 and a layer has float32",
        "mat1 and mat2 must have the same dtype, but got Double and Float",
    ),
    "a target of another size": ("A column meets a flat tensor", "Using a target size (torch.Size([100]))"),
    "the loss remains the same": ("The optimizer holds another model", "old optimizer: 10.5841 -> 10.5841"),
    "inf and nan": ("The learning rate is too large", "inf nan"),
    "is SGD stochastic": ("Nothing in SGD is drawn at random", ""),
    "the formula of momentum": ("The learning rate stands outside the momentum", ""),
    "sum, mean and accumulation": ("Portions need a division", ""),
    "Adam trained long": ("Adam does not slow down by itself", ""),
    "argmax and rounding": ("A loss is made with argmax or round", "through round: [[0.0, 0.0, 0.0]]"),
    "is autograd wrong": ("A nudge disagrees with autograd", "quotient 0.0000, autograd 0.1491"),
    "integers": (
        "Whole numbers ask for a gradient",
        "Only Tensors of floating point and complex dtype can require gradients",
    ),
    "a non-leaf for the optimizer": ("The optimizer gets a result", "can't optimize a non-leaf Tensor"),
    "no parameters": ("The optimizer gets nothing", "optimizer got an empty parameter list"),
    "the scheduler first": ("The scheduler goes first", "Detected call of `lr_scheduler.step()` before"),
    "a tensor from a tensor": ("A tensor is made from a tensor", "To copy construct from a tensor"),
    "zero_grad leaves None": ("After a reset there is None", "after zero_grad(): None"),
}


def section(heading):
    """The cells under a heading of the third level, up to the next heading."""
    (start,) = [place for place, cell in enumerate(CLINIC.cells) if re.search(rf"^### {heading}$", cell.source, re.M)]
    following = (place for place, cell in enumerate(CLINIC.cells) if re.search(r"^##+ ", cell.source, re.M))
    return CLINIC.cells[start : next(place for place in following if place > start)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_its_case(question):
    heading, said = QUESTIONS[question]
    assert (3, heading) in CLINIC.headings
    assert said in "".join(notebooks.printed(cell.get("outputs", [])) for cell in section(heading))
    assert any(cell.cell_type == "code" for cell in section(heading)), "a case that runs"


@pytest.mark.parametrize("heading", [text for level, text in CLINIC.headings if level == 3][:-2])
def test_every_case_can_be_found_in_the_index(heading):
    (index,) = [cell.source for cell in CLINIC.cells if cell.source.startswith("## Find your case")]
    assert f"(#{heading.replace(' ', '-')})" in index


@pytest.mark.parametrize("notebook", COURSE[1:-1], ids=repr)
def test_the_lessons_send_learners_to_the_clinic(notebook):
    assert f"({CLINIC.path.name}#" in notebook.markdown


def log_of(illness):
    """The losses of a model that is trained with one of the four illnesses of the task, at the steps it names."""
    x, y = (torch.as_tensor(values)[:, None] for values in make_line(noise=0.05))
    model, another = (nn.Linear(1, 1, dtype=torch.float64) for _ in range(2))
    with torch.no_grad():
        model.weight.fill_(-0.3)
        model.bias.fill_(0.2)
    rate = 0.8 if illness == "the learning rate is too large" else 0.1
    held = another if illness == "the optimizer holds another model" else model
    optimizer = torch.optim.SGD(held.parameters(), lr=rate)
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


def test_the_four_patients_have_the_illnesses_that_the_solution_says():
    task, logs, *_ = section("Four patients")
    illnesses = [words.replace("\n", " ") for words in re.findall(r"\*\*\d\*\* (.+?)[,.]", task.source)]
    patients = [eval(line) for line in re.findall(r"^[A-D] = (.+)$", logs.source, re.M)]
    (exercise,) = [one for one in CLINIC.exercises if "answer = [" in one.solution]
    for log, illness in zip(patients, eval(exercise.solution.removeprefix("answer = ")), strict=True):
        assert log_of(illnesses[illness - 1]) == pytest.approx(log, rel=5e-4, abs=5e-5), illness

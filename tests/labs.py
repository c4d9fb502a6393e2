"""The labs of the course as the tests see them: found in the notebooks, so that a new one needs no line."""

import ast
import contextlib
import io
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

import helpers
import notebooks
from helpers import sliders

LAB = re.compile(r"\bsliders\.(\w+)\(")


@dataclass(frozen=True)
class Find:
    """A place where a notebook makes a live figure, the first of them is number 0."""

    notebook: str
    number: int
    function: str

    def __str__(self):
        return f"{self.notebook}, {self.number} {self.function}"

    def lab(self):
        """The live figure that the notebook makes there: one for all tests, put back to its start."""
        lab = walk(self.notebook)[self.number]
        lab.position = lab.visited[0]
        return lab


def find():
    return [
        Find(str(notebook), number, function)
        for notebook in notebooks.find()
        for number, function in enumerate(LAB.findall(notebook.code))
    ]


def cells(name):
    """The code of a notebook's cells that make a live figure, and of those before them that they need."""
    (notebook,) = (notebook for notebook in notebooks.find() if str(notebook) == name)
    needed, found = set(), []
    for cell in reversed(notebook.code_cells):
        made, used = names(cell.source)
        if made & needed or LAB.search(cell.source):
            needed |= used
            found.append(cell.source)
    return found[::-1]


def names(source):
    """The names that code gives something to, and those that it uses."""
    made, used = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.alias):
            made.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.FunctionDef):
            made.add(node.name)
    return made, used


@cache
def walk(name):
    """All live figures that a notebook makes, in their order: the cells that lead to them run here."""
    made, live_figure, space = [], sliders.LiveFigure, {"__name__": "__main__"}

    def keep(*args, **kwargs):
        made.append(live_figure(*args, **kwargs))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(helpers, "show", lambda picture: None)
        patch.setattr(sliders, "LiveFigure", keep)
        for source in cells(name):
            exec(compile(source, name, "exec"), space)
    return made


def lookups(lab):
    """The numbers of the sliders that choose among the tables; those that retrain have new tables made."""
    return [number for number, slider in enumerate(lab.sliders) if not slider["retrains"]]


def played(lab):
    """The number of the slider that moves through the steps of a run, or None."""
    return next((number for number, slider in enumerate(lab.sliders) if slider["plays"]), None)


def values(lab, position):
    """What the sliders say at a position, by name."""
    return {slider["name"]: float(slider["texts"][at]) for slider, at in zip(lab.sliders, position, strict=True)}


def place(lab, position, without=None):
    """The row of the read-outs for a position of the sliders; without the slider that is played, that of the tables."""
    numbers = [number for number in lookups(lab) if number != without]
    return np.ravel_multi_index([position[number] for number in numbers], sizes(lab, numbers)) if numbers else 0


def sizes(lab, numbers):
    return [len(lab.sliders[number]["texts"]) for number in numbers]


def row(lab, position):
    """The row of the tables and of the notches."""
    return place(lab, position, without=played(lab))


def points(lab, actor, position):
    """Where an actor has to be drawn at a position, without its trail: shape (points, 2)."""
    rows = np.prod(sizes(lab, [number for number in lookups(lab) if number != played(lab)]), dtype=int)
    found = np.frombuffer(actor["table"], np.float32).reshape(rows, actor["points"], 2)[row(lab, position)]
    step = 0 if played(lab) is None else position[played(lab)]
    if actor["grows"]:
        return found[: step + 1]
    return found[step * actor["each"] : (step + 1) * actor["each"]] if actor["each"] else found


def readout(lab, position):
    return lab.scene["readouts"][place(lab, position)]

"""Every notebook as learners run it: each cell twice in a row with the exercises solved, then all again as stored.

nbval runs each notebook in a kernel of its own, and sees of a picture its sentence alone. Here the cells run in this
process: twice in a row without drawing, then with pictures, which are compared. The labs have tests of their own.
"""

import base64
import subprocess
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

import course_labs
import helpers
import notebooks
from helpers import labs
from helpers.live_figure import LiveFigure

COURSE = notebooks.find()


@pytest.fixture(scope="module", params=COURSE, ids=repr)
def run(request):
    """A notebook whose cells have run twice in a row, with the exercises solved: what they printed, by position."""
    notebook, names = request.param, {"__name__": "__main__"}
    solutions = {exercise.stub: exercise.solution for exercise in notebook.exercises}
    sources = {place: cell.source for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    with pytest.MonkeyPatch.context() as nothing_drawn:
        nothing_drawn.setattr(helpers, "show", lambda picture: None)
        nothing_drawn.setattr(helpers, "pictures", MagicMock())
        nothing_drawn.setattr(subprocess, "Popen", MagicMock())  # in 08, which takes long: nothing is printed here
        for name in course_labs.LAB.findall(notebook.code):
            game = MagicMock(visited=[[]])
            game.__class__ = LiveFigure
            nothing_drawn.setattr(labs, name, MagicMock(return_value=game))
        solved = {place: solutions.get(place, source) for place, source in sources.items()}
        twice = {place: [notebooks.execute(source, names) for _ in range(2)] for place, source in solved.items()}
    return SimpleNamespace(notebook=notebook, names=names, sources=sources, twice=twice)


def test_each_cell_runs_twice_in_a_row(run):
    assert [text for pair in run.twice.values() for text in pair if "Error in\n" in text] == []


def test_each_solution_is_right(run):
    verdicts = [run.twice[exercise.check] for exercise in run.notebook.exercises]
    assert verdicts == [["Right.\n"] * 2] * len(verdicts)


def test_each_check_says_at_first_that_there_is_no_answer(run):
    verdicts = [notebooks.printed(run.notebook.cells[exercise.check].outputs) for exercise in run.notebook.exercises]
    assert [verdict for verdict in verdicts if not verdict.startswith("Not answered yet")] == []


def test_second_run_in_one_kernel_prints_and_draws_what_is_stored(run, monkeypatch):
    """The learner's style is odd here: a picture that looks otherwise than stored may have taken something from it."""
    for place, source in run.sources.items():
        if course_labs.LAB.match(source):
            continue  # test_labs compares what it shows
        cell, drawn = run.notebook.cells[place], []
        run.names["show"] = lambda picture, drawn=drawn: drawn.append(picture.png())
        monkeypatch.setattr(helpers, "show", run.names["show"])
        with notebooks.odd_style():
            printed = notebooks.execute(source, run.names)
        assert notebooks.sanitized(printed) == notebooks.sanitized(notebooks.printed(cell.outputs)), source
        if not course_labs.LAB.search(source):
            stored = [base64.b64decode(data["image/png"]) for data in notebooks.pictures(cell.outputs)]
            assert len(drawn) == len(stored), source
            for old, new in zip(stored, drawn, strict=True) if notebooks.SAME_PIXELS else ():
                notebooks.assert_same_pixels(old, new)

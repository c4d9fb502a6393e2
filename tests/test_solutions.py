"""Every notebook as learners run it: each cell twice in a row with the exercises solved, then all again as stored.

nbval runs each notebook in a kernel of its own, and sees of a picture its sentence alone. Here the cells run in this
process: twice in a row without drawing, which takes a quarter of the time, then with pictures, which are compared.
"""

import base64
import contextlib
import io
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

import course_labs
import helpers
import notebooks
from helpers import labs

COURSE = notebooks.find()


@contextlib.contextmanager
def nothing_drawn():
    """Cells that run in this block draw no picture and make no live figure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(helpers, "show", lambda picture: None)
        patch.setattr(helpers, "pictures", MagicMock())
        patch.setattr(labs, "LiveFigure", MagicMock())
        yield


@pytest.fixture(scope="module", params=COURSE, ids=repr)
def run(request):
    """What each cell printed twice in a row, by its position, with the exercises solved."""
    notebook, names = request.param, {"__name__": "__main__"}
    solutions = {exercise.stub: exercise.solution for exercise in notebook.exercises}
    sources = {place: cell.source for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    with nothing_drawn():
        solved = {place: solutions.get(place, source) for place, source in sources.items()}
        twice = {place: (execute(source, names), execute(source, names)) for place, source in solved.items()}
    return SimpleNamespace(notebook=notebook, names=names, sources=sources, twice=twice)


def execute(source, names):
    """What a cell prints; an error is printed too, so that each test can look at its own part."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            exec(compile(source, "cell", "exec"), names)
        except Exception as error:
            print(f"Error in\n{source}\n{error!r}")
    return out.getvalue()


def errors(texts):
    return [text for text in texts if "Error in\n" in text]


def test_each_cell_runs_twice_in_a_row(run):
    assert errors(text for pair in run.twice.values() for text in pair) == []


def test_each_solution_is_right(run):
    verdicts = [run.twice[exercise.check] for exercise in run.notebook.exercises]
    assert verdicts == [("Right.\n", "Right.\n")] * len(verdicts)
    assert verdicts


def test_a_second_run_in_one_kernel_prints_and_draws_what_is_stored(run):
    printed, drawn = {}, {place: [] for place in run.sources}
    with pytest.MonkeyPatch.context() as patch:
        for place, source in run.sources.items():
            patch.setattr(helpers, "show", lambda picture, here=drawn[place]: here.append(picture.png()))
            run.names["show"] = helpers.show
            printed[place] = notebooks.sanitized(execute(source, run.names))
    assert errors(printed.values()) == []
    cells = {place: run.notebook.cells[place] for place in run.sources}
    assert printed == {place: notebooks.sanitized(notebooks.printed(cell.outputs)) for place, cell in cells.items()}
    for place, cell in cells.items():
        if not course_labs.LAB.search(cell.source):  # test_labs compares these
            stored = [base64.b64decode(data["image/png"]) for data in notebooks.pictures(cell.outputs)]
            assert len(drawn[place]) == len(stored)
            if notebooks.SAME_PIXELS:
                for old, new in zip(stored, drawn[place], strict=True):
                    notebooks.assert_same_pixels(old, new)


@pytest.mark.parametrize("notebook", COURSE, ids=repr)
def test_each_check_says_at_first_that_there_is_no_answer(notebook):
    verdicts = [notebooks.printed(notebook.cells[exercise.check].outputs) for exercise in notebook.exercises]
    assert all(verdict.startswith("Not answered yet") for verdict in verdicts), verdicts

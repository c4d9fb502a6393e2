"""Every notebook as learners run it: each cell twice in a row with the exercises solved, then all again as stored.

nbval runs each notebook in a kernel of its own and draws its pictures. Here the cells run in this process and draw
none, nor live figures, which takes a quarter of the time.
"""

import contextlib
import io
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

import helpers
import notebooks
from helpers import labs

COURSE = notebooks.find()


@contextlib.contextmanager
def nothing_drawn():
    """Cells that run in this block draw no picture and make no live figure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(helpers, "show", lambda picture: None)
        patch.setattr(helpers, "figures", MagicMock())
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


def test_a_second_run_in_one_kernel_prints_what_is_stored(run):
    with nothing_drawn():
        again = {place: execute(source, run.names) for place, source in run.sources.items()}
    assert errors(again.values()) == []
    stored = {place: notebooks.printed(run.notebook.cells[place].outputs) for place in again}
    assert {place: notebooks.sanitized(text) for place, text in again.items()} == {
        place: notebooks.sanitized(text) for place, text in stored.items()
    }


@pytest.mark.parametrize("notebook", COURSE, ids=repr)
def test_each_check_says_at_first_that_there_is_no_answer(notebook):
    verdicts = [notebooks.printed(notebook.cells[exercise.check].outputs) for exercise in notebook.exercises]
    assert all(verdict.startswith("Not answered yet") for verdict in verdicts), verdicts

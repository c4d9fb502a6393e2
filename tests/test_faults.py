"""The tests are tested: each fault of `faults`, planted in a copy of its notebook, is caught by what `make test` runs.

Here each meets the very test that is to catch it, in this process, but for nbval, which runs one notebook with many
faults in cells of their own. `make thorough` plants each by itself in a copy of the course and runs the tests there.
"""

import copy
import shutil

import nbformat
import pytest
from nbformat.validator import NotebookValidationError

import notebooks
import test_notebooks
import test_prose
import test_solutions
from faults import FAULTS

pytestmark = pytest.mark.thorough  # they test the tests
NBVAL = [fault for fault in FAULTS if fault.caught_by == "nbval"]
REST = [fault for fault in FAULTS if fault.caught_by != "nbval"]
RULES = [test_notebooks, test_prose]


def test_there_are_enough_kinds_and_places():
    assert len(set(map(str, FAULTS))) == len(FAULTS) >= 40
    assert {fault.notebook for fault in FAULTS} == {str(notebook)[:2] for notebook in notebooks.find()}


def replay(notebook):
    """What test_solutions demands of a run: each cell prints what is stored. Up to the first that does not."""
    names = {"__name__": "__main__"}
    with test_solutions.nothing_drawn():
        for cell in notebook.code_cells:
            said = test_solutions.execute(cell.source, names)
            assert notebooks.sanitized(said) == notebooks.sanitized(notebooks.printed(cell.outputs))


def solutions(notebook):
    """What test_solutions demands of the exercises: their checks are content. Up to the first that is not."""
    names, solved = {"__name__": "__main__"}, {exercise.stub: exercise.solution for exercise in notebook.exercises}
    verdicts = [exercise.check for exercise in notebook.exercises]
    with test_solutions.nothing_drawn():
        for place, cell in enumerate(notebook.cells[: verdicts[-1] + 1]):
            if cell.cell_type == "code":
                said = test_solutions.execute(solved.get(place, cell.source), names)
                assert place not in verdicts or said == "Right.\n"


CATCHERS = {"replay": replay, "solutions": solutions}
CATCHERS |= {name: getattr(rules, name) for rules in RULES for name in dir(rules) if name.startswith("test_")}


@pytest.mark.parametrize("fault", REST, ids=str)
def test_a_planted_fault_is_caught(fault):
    with pytest.raises((AssertionError, SyntaxError, NotebookValidationError)):
        CATCHERS[fault.caught_by](fault.in_copy())


@pytest.mark.parametrize("catch", [replay, solutions])
def test_without_a_fault_nothing_is_caught(catch):
    for notebook in notebooks.find()[:3]:
        catch(notebook)


def test_faults_in_stored_outputs_are_caught_by_nbval_each_in_its_cell(tmp_path):
    (name,) = {fault.notebook for fault in NBVAL}
    (sound,) = (notebook for notebook in notebooks.find() if str(notebook).startswith(name))
    faulty = copy.deepcopy(sound.node)
    for fault in NBVAL:
        fault.plant(faulty)
    nbformat.write(faulty, tmp_path / sound.path.name)
    pairs = enumerate(zip(sound.code_cells, notebooks.Notebook(tmp_path / sound.path.name).code_cells, strict=True))
    expected = [f"Cell {place}" for place, (before, after) in pairs if before != after]
    assert len(expected) == len(NBVAL)
    _, failed, _ = notebooks.tested(tmp_path / sound.path.name)
    assert failed == expected


@pytest.fixture(scope="module")
def copy_of_the_course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "course"
    shutil.copytree(notebooks.ROOT, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return folder


@pytest.mark.thorough
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_that_is_planted_by_itself_is_caught_by_the_whole(fault, copy_of_the_course):
    faulty = fault.in_copy()
    place = copy_of_the_course / "notebooks" / faulty.path.name
    nbformat.write(faulty.node, place)
    files = ["tests/test_notebooks.py", "tests/test_prose.py", "tests/test_solutions.py", place]
    try:
        _, failed, _ = notebooks.tested(*files, "-k", str(faulty), "-x", course=copy_of_the_course)
        assert failed
    finally:
        shutil.copy(faulty.path, place)

"""Every way in which a learner runs a notebook gives what is stored, or says what to do.

Fresh is what nbval does in every `make test`. That each cell can run twice in a row, test_solutions shows (where one
takes a step, it prints other numbers then, as it should). Here is the rest: after a restart in the middle; and, as
`make thorough`, whatever takes a whole run of the course.
"""

import contextlib
import copy
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

import notebooks

COURSE = notebooks.find()


# ---- After a restart, from the middle on ----


def in_a_new_kernel(sources):
    """What cells show, or the text of the error in which they end, when they run one after the other."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    node = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(node, kernel_name="python3", allow_errors=True).execute()
    return [[notebooks.texts(output) or output.traceback for output in cell.outputs] for cell in cells]


def guidance(name, cell, line):
    return (
        f"`{name}` has no value here (Cell In[{cell}], line {line}).\n"
        "Has the cell that makes it run? If not, choose Run All Above Selected Cell in the\n"
        f"menu Run, then run this cell again. If it has, `{name}` is spelled otherwise there."
    )


@pytest.fixture(scope="module")
def after_a_restart():
    """Checks, sliders and questions of all notebooks in a kernel where nothing ran, then again after the imports."""
    sources = [cell.source for notebook in COURSE for cell in notebook.code_cells]
    sources = [source for source in sources if re.search(r"\b(?:checks\.|labs\.|predictions\.ask)\w*\(", source)]
    imports = "import torch\nfrom torch import nn\nfrom helpers import *"
    shown = in_a_new_kernel([*sources, imports, *sources])
    assert shown[len(sources)] == []
    return sources, shown[: len(sources)], shown[len(sources) + 1 :]


def test_where_nothing_has_run_every_check_slider_and_question_says_what_to_do(after_a_restart):
    sources, shown, _ = after_a_restart
    for cell, (source, outputs) in enumerate(zip(sources, shown, strict=True), start=1):
        name, line = re.search(r"`(\w+)` has no value .*, line (\d+)", str(outputs)).groups()
        assert outputs[-1] == [guidance(name, cell, line)], source
        assert re.search(rf"\b{name}\b", source.splitlines()[int(line) - 1])


def test_where_only_the_imports_have_run_they_work_or_say_what_to_do(after_a_restart):
    sources, _, shown = after_a_restart
    ended = {source: outputs[-1] for source, outputs in zip(sources, shown, strict=True) if outputs}
    lost = {source: last for source, last in ended.items() if "has no value here" in str(last)}
    assert {source: last for source, last in ended.items() if "Traceback" in str(last)} == {}
    assert len(lost) >= len(COURSE), "stubs have not run, nor have the data been drawn"
    assert any(source not in lost for source in sources), "a question needs nothing but its import"


def test_only_a_cell_of_the_learner_gets_the_advice():
    shown = in_a_new_kernel(
        [
            "def later():\n    return missing\nlater()",
            "1 / 0",
            "def late():\n    print(it)\n    it = 1\nlate()",
            "namespace = {}\nexec('def deep():\\n    return gone', namespace)\nnamespace['deep']()",
            "exec('gone')",
            "def elsewhere():\n    # one\n    return missing",
            "elsewhere()",
            "try:\n    missing\nexcept NameError as problem:\n    print(problem)",
            "raise NameError('made by hand')",
            "def outer():\n    def inner():\n        return late\n    inner()\n    late = 1\nouter()",
            "missing",
            "%tb",
        ]
    )
    assert shown[0] == [[guidance("missing", 1, 2)]]
    assert shown[6] == [[guidance("missing", 6, 3)]], "the place where it is missing, not the cell that ran"
    kinds = (
        "ZeroDivisionError",
        "UnboundLocalError",
        "NameError",
        "NameError",
        "made by hand",
        "free variable",
        "NameError",
    )
    for outputs, kind in zip([*shown[1:5], *shown[8:10], shown[11]], kinds, strict=True):
        assert "has no value here" not in str(outputs)
        assert "Traceback" in str(outputs) and kind in str(outputs)
    assert shown[7] == [["name 'missing' is not defined\n"]]


# ---- Whole runs of the course ----


def doubled(node):
    """A notebook that goes through all its cells a second time in the same kernel."""
    node.cells += copy.deepcopy(node.cells)


@contextlib.contextmanager
def both_cores_busy():
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count())]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


WAYS = {
    "with one thread": {"environment": {"OMP_NUM_THREADS": "1"}},
    "with two threads": {"environment": {"OMP_NUM_THREADS": "2"}},
    "all at once": {"options": [f"--numprocesses={len(COURSE)}"]},
    "under load": {"around": both_cores_busy},
    "twice in one kernel": {"change": doubled},
}


@pytest.mark.thorough
@pytest.mark.parametrize("way", WAYS)
def test_the_outputs_are_those_that_are_stored(way, tmp_path):
    settings, expected = WAYS[way], 0
    for notebook in COURSE:
        node = copy.deepcopy(notebook.node)
        settings.get("change", lambda node: None)(node)
        for count, cell in enumerate(node.cells):
            cell.id = f"cell-{count}"  # a copy needs another
        cells = [cell for cell in node.cells if cell.cell_type == "code"]
        for count, cell in enumerate(cells, start=1):
            cell.execution_count = count
        expected += len(cells)
        nbformat.write(node, tmp_path / notebook.path.name)
    with settings.get("around", contextlib.nullcontext)():
        passed, _, said = notebooks.tested(tmp_path, *settings.get("options", []), **settings.get("environment", {}))
    assert passed == expected, said

"""After a restart in the middle of a notebook, a cell that lacks a name says what to do."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

import notebooks

COURSE = notebooks.find()


def in_a_new_kernel(*sources):
    """What each cell shows, when they run one after the other in a kernel; the last text may be that of an error."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3", allow_errors=True).execute()
    return [
        [text for out in cell.outputs for text in notebooks.texts(out) or ["\n".join(out.traceback)]] for cell in cells
    ]


def advice(name, cell, line):
    return (
        f"`{name}` has no value here (Cell In[{cell}], line {line}).\n"
        "Has the cell that makes it run? If not, choose Run All Above Selected Cell in the\n"
        f"menu Run, then run this cell again. If it has, `{name}` is spelled otherwise there."
    )


@pytest.fixture(scope="module")
def after_a_restart():
    """Checks, labs and questions of all notebooks in a kernel where nothing has run, then again after the imports."""
    sources = [cell.source for notebook in COURSE for cell in notebook.code_cells]
    sources = [source for source in sources if re.search(r"\b(?:checks\.|labs\.|predictions\.ask)\w*\(", source)]
    imports = "import torch\nfrom torch import nn\nfrom helpers import *"
    shown = in_a_new_kernel(*sources, imports, *sources)
    return sources, shown[: len(sources)], shown[len(sources) + 1 :]


def test_where_nothing_has_run_checks_labs_and_questions_say_what_to_do(after_a_restart):
    sources, shown, _ = after_a_restart
    for cell, (source, texts) in enumerate(zip(sources, shown, strict=True), start=1):
        name, line = re.search(r"`(\w+)` has no value .*, line (\d+)", texts[-1]).groups()
        assert texts[-1] == advice(name, cell, line), source
        assert re.search(rf"\b{name}\b", source.splitlines()[int(line) - 1])


def test_where_only_the_imports_have_run_they_work_or_say_what_to_do(after_a_restart):
    sources, _, shown = after_a_restart
    assert [source for source, texts in zip(sources, shown, strict=True) if "Traceback" in str(texts)] == []
    helped = sum("has no value here" in str(texts) for texts in shown)
    assert len(COURSE) <= helped < len(sources), "stubs have not run, but questions need no more than the imports"


def test_only_a_cell_of_the_learner_gets_the_advice():
    advised = {
        "def later():\n    return missing\nlater()": advice("missing", 1, 2),
        "def elsewhere():\n    # one\n    return missing": None,
        "elsewhere()": advice("missing", 2, 3),  # where the name is missing, not where the function is called
    }
    as_ever = {
        "1 / 0": "ZeroDivisionError",
        "def late():\n    print(it)\n    it = 1\nlate()": "UnboundLocalError",
        "exec('gone')": "name 'gone' is not defined",
        "raise NameError('made by hand')": "made by hand",
        "def outer():\n    def inner():\n        return late\n    inner()\n    late = 1\nouter()": "free variable",
        "missing": "`missing` has no value here",
        "%tb": "name 'missing' is not defined",
    }
    shown = in_a_new_kernel(*advised, *as_ever)
    assert shown[: len(advised)] == [[text] if text else [] for text in advised.values()]
    for (text,), said in zip(shown[len(advised) :], as_ever.values(), strict=True):
        assert said in text and ("Traceback" in text) != ("has no value here" in text)

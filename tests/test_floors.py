"""The floors of the package: a module imports only from floors below it, and only floor 4 knows a slider."""

import ast
from pathlib import Path

import pytest

HELPERS = Path(__file__).parent.parent / "helpers"
FLOORS = {
    "arguments": 0,
    "data": 1,
    "gradients": 1,
    "graph": 1,
    "descent": 1,
    "record": 1,
    "drawing": 2,
    "judge": 2,
    "pictures": 3,
    "checks": 3,
    "predictions": 3,
    "live_figure": 4,
    "labs": 5,
}
FROM_FLOOR = {"matplotlib": 2, "PIL": 2, "IPython": 2, "ipywidgets": 3, "anywidget": 3, "traitlets": 3}


def imports(source):
    """The dotted names that a source imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "helpers" if node.level else node.module
            if node.level and node.module:
                origin += f".{node.module}"
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def too_high(source, floor):
    """What a source imports although it stands on the same floor or above."""
    wrong = []
    for name in imports(source):
        package, *rest = name.split(".")
        if package == "helpers":
            if FLOORS[rest[0]] >= floor:
                wrong.append(name)
        elif FROM_FLOOR.get(package, 0) > floor:
            wrong.append(name)
    return wrong


MODULES = [path.relative_to(HELPERS) for path in HELPERS.glob("**/*.py") if path.name != "__init__.py"]


def floor(module):
    """The modules of a package stand on its floor."""
    return FLOORS[module.with_suffix("").parts[0]]


def test_every_module_has_a_floor():
    assert {module.with_suffix("").parts[0] for module in MODULES} == set(FLOORS)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_imports_only_from_below(module):
    assert too_high((HELPERS / module).read_text(encoding="utf-8"), floor(module)) == []


@pytest.mark.parametrize(
    ("source", "floor", "wrong"),
    [
        ("from helpers import arguments, drawing", 1, ["helpers.drawing"]),
        ("import helpers.labs", 2, ["helpers.labs"]),
        ("from helpers.graph import trace", 1, ["helpers.graph.trace"]),
        ("from .pictures import bowl", 3, ["helpers.pictures.bowl"]),
        ("from . import checks", 3, ["helpers.checks"]),
        ("def late():\n    import matplotlib.pyplot", 1, ["matplotlib.pyplot"]),
        ("import anywidget, torch", 2, ["anywidget"]),
        ("from helpers.drawing import Picture\nimport numpy", 3, []),
    ],
)
def test_the_rule_itself(source, floor, wrong):
    assert too_high(source, floor) == wrong

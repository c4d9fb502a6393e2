"""The floors of the package: a module imports only from floors below its own."""

import ast
from pathlib import Path

import pytest

HELPERS = Path(__file__).parent.parent / "helpers"
FLOORS = [
    ["arguments"],
    ["data", "gradients", "graph", "descent", "messages", "matplotlib", "PIL", "IPython"],
    ["drawing", "judge", "anywidget", "traitlets"],
    ["pictures", "checks", "predictions"],
    ["live_figure"],
    ["labs"],
]
"""From the ground up: modules, and packages that no module on their floor or below it may import."""
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names}
MODULES = [path for path in HELPERS.rglob("*.py") if path.name != "__init__.py"]


def floor(path):
    """The modules of a subpackage stand on its floor."""
    return FLOOR[path.relative_to(HELPERS).with_suffix("").parts[0]]


def imported(source):
    """The packages and the modules of `helpers` that a source imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name helpers"
            names = [f"{node.module}.{name}" for name in names]
        yield from (name.removeprefix("helpers.").split(".")[0] for name in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(HELPERS).as_posix())
def test_module_imports_only_from_floors_below(path):
    names = imported(path.read_text(encoding="utf-8"))
    assert [name for name in names if FLOOR.get(name, -1) >= floor(path) and name != path.parent.name] == []

"""The faults that `make mutants` plants, how it chooses the tests that face them, and the list of what no test sees."""

import ast
import importlib.util
import itertools
import tomllib

import pytest

import mutants
import mutations
from helpers import data

SURVIVORS = tomllib.loads(mutants.REASONS.read_text("utf-8"))


def planted(code):
    return [one.change for one in mutations.mutants("helpers.toy", code)]


@pytest.mark.parametrize(
    "code, changes",
    [
        ("z = a < b", ["comparison: z = a < b → z = a <= b"]),
        ("z = a is b", ["comparison: z = a is b → z = a is not b"]),
        ("z = a + b", ["operator: z = a + b → z = a - b"]),
        ("a -= b", ["operator: a -= b → a += b", "left out: a -= b → pass"]),
        ("z = a and b", ["operator: z = a and b → z = a or b"]),
        ("z = not a", ["sign: z = not a → z = a"]),
        ("z = 2, 2.5", ["number: z = (2, 2.5) → z = (3, 2.5)", "number: z = (2, 2.5) → z = (2, 3.5)"]),
        ("z = 1e50", ["number: z = 1e+50 → z = 2e+50"]),
        ("z: 1 = True", ["truth: z: 1 = True → z: 1 = False"]),
        ("if a:\n    b = c", ["condition: if a: → if True:", "condition: if a: → if False:"]),
        ("for a in b:\n    c = d", ["loop: for a in b: → for a in []:"]),
        ("def f(a):\n    return a", ["return: return a → return None"]),
        ("@a\ndef f():\n    'text'", ["left out: @a def f(): → def f():"]),
        ("z = f(a, b=c)", ["left out: z = f(a, b=c) → z = f(a)"]),
        ("z = f(b=1)", ["number: z = f(b=1) → z = f(b=2)"]),
        ("f(a)", ["left out: f(a) → pass"]),
        ("raise a", ["left out: raise a → pass"]),
        ("a = f(a)", ["left out: a = f(a) → pass"]),
        ("a.b = c", ["left out: a.b = c → pass"]),
        ("z = [a for a in b if c]", ["left out: z = [a for a in b if c] → z = [a for a in b]"]),
        ("z = a.min", ["name: z = a.min → z = a.max"]),
        ("z = 1\nz = 1", ["number: z = 1 → z = 2", "number: z = 1 → z = 2 (2)"]),
        ("'text'\nimport a\nz = 'text', None", []),
    ],
)
def test_each_kind_of_fault(code, changes):
    assert planted(code) == changes


def test_a_long_statement_is_shown_in_part():
    (change,) = planted(f"z = f({'a' * 80}, b + c)")
    assert change == "operator: b + c → b - c"


def test_a_mutant_is_loaded_in_place_of_its_file():
    code = mutations.source("helpers.data").read_text("utf-8")
    fault = next(one for one in mutations.mutants("helpers.data", code) if " → y = w * x - b" in one.change)
    finder = mutants.Planted("helpers.data", fault.planted())
    spec = finder.find_spec("helpers.data")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.make_line()[1] == pytest.approx(data.make_line()[1] - 1)
    assert finder.find_spec("helpers.judge") is None
    assert ast.dump(fault.tree) == ast.dump(ast.parse(code))


def test_a_mutant_faces_the_tests_of_its_module_that_reach_its_lines():
    fault = mutations.Mutant("helpers.drawing", "drawing", "", range(3, 5), None, None, None)
    one, two, other, stranger = "drawing.py::one", "drawing.py::two", "labs.py::one", "data.py::one"
    one, two, other, stranger = seconds = [f"tests/test_{test}" for test in (one, two, other, stranger)]
    path = str(mutations.source("helpers.drawing"))
    for by_line, expected in [
        ({"2": [one], "4": [two]}, [two]),
        ({"3": [other, stranger], "4": [one]}, [one, other]),
        ({"3": ["tests/test_drawing.py"]}, [one, two]),  # such as by a fixture for all tests of the file
        ({"4": [""], "9": [one]}, [one, two, other]),  # by the import
        ({"2": [one]}, []),
    ]:
        assert mutants.tests_of(fault, seconds, {path: by_line}) == expected


def test_quick_tests_come_first_and_all_have_time_enough():
    seconds = {"a.py::slow": 5.0, "a.py::quick": 0.5, "b.py::one": 1.0, "b.py::two": 0.1}
    allowed = mutants.limits(["a.py::slow", "a.py::quick", "b.py::one"], seconds)
    assert list(allowed) == ["a.py::quick", "b.py::one", "a.py::slow"]
    assert all(limit > 3 * seconds[test] for test, limit in allowed.items())


def test_every_listed_survivor_is_a_fault_and_has_its_reason():
    listed = {(where, change): reason for where, reasons in SURVIVORS.items() for change, reason in reasons.items()}
    modules = [
        name for name in mutations.modules() if any(f"helpers.{where}.".startswith(f"{name}.") for where in SURVIVORS)
    ]
    codes = [mutations.source(name).read_text("utf-8") for name in modules]
    faults = itertools.chain(*map(mutations.mutants, modules, codes))
    assert listed.keys() <= {(one.where, one.change) for one in faults}
    assert [name for name, reason in listed.items() if len(reason.split()) < 4] == []

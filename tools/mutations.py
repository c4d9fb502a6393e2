"""The small faults that `make mutants` plants: one for each place and kind, of the kinds that the literature knows.

Sentences are left alone: nbval compares them.
"""

import ast
import copy
import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

OTHER = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult},
    **{ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.MatMult: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd},
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "argmin": "argmax", "argmax": "argmin"}


@dataclass
class Mutant:
    """One fault: a node of a module's tree and what is put in its place; `where` and `change` are its name."""

    module: str
    where: str
    change: str
    lines: range
    tree: ast.Module
    old: ast.AST
    new: ast.AST

    def planted(self):
        return swapped(self.tree, self.old, self.new)

    def __str__(self):
        return f"{source(self.module).relative_to(ROOT)}:{self.lines[0]}  {self.change}"


def faults(node):
    """Pairs of a name and a replacement for one node: each is a fault of its own."""
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                yield "comparison", but(node, ops=[*ops[:place], OTHER[type(op)](), *ops[place + 1 :]])
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp():
            yield "operator", but(node, op=OTHER[type(node.op)]())
        case ast.UnaryOp():
            yield "sign", node.operand
        case ast.Constant(value=bool(value)):
            yield "truth", ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield "number", ast.Constant(value + 1 if value + 1 != value else 2 * value)  # a large float stays itself
        case ast.If() | ast.IfExp():
            yield from (("condition", but(node, test=ast.Constant(forced))) for forced in (True, False))
        case ast.For():
            yield "loop", but(node, iter=ast.List([], ast.Load()))
        case ast.Return(value=ast.expr()):
            yield "return", ast.Return(ast.Constant(None))
        case ast.Name(id=name) if name in NAMES:
            yield "name", but(node, id=NAMES[name])
        case ast.Attribute(attr=name) if name in NAMES:
            yield "name", but(node, attr=NAMES[name])
    for field in ("keywords", "ifs", "decorator_list"):
        several = getattr(node, field, ())
        for left_out in itertools.filterfalse(is_number, several):
            yield "left out", but(node, **{field: [one for one in several if one is not left_out]})
    if can_be_missing(node):
        yield "left out", ast.Pass()


def is_number(node):
    """An argument that is a number, or True or False, and has its fault already."""
    return isinstance(node, ast.keyword) and isinstance(getattr(node.value, "value", None), int | float)


def can_be_missing(node):
    """A statement without which the code can run: no docstring, and no assignment that first makes a name."""
    if isinstance(node, ast.Assign):
        made = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        return made <= {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)


def but(node, **changed):
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **changed}), node)


def swapped(tree, old, new):
    """A copy of a tree with one of its nodes exchanged."""
    return copy.deepcopy(tree, {id(old): new})


def mutants(module, code):
    """All mutants of a module. Those of a function that read the same are numbered, so that each has a name to keep."""
    tree, seen = ast.parse(code), Counter()
    for node, scope, around in places(tree, module.removeprefix("helpers.")):
        for fault, new in faults(node):
            shown = next(part for part in around if part is node or len(head(part)) <= 80)
            change = f"{fault}: {head(shown)} → {head(swapped(shown, node, new))}"
            seen[scope, change] += 1
            number = f" ({seen[scope, change]})" if seen[scope, change] > 1 else ""
            yield Mutant(module, scope, change + number, lines(around[0]), tree, node, new)


def places(node, scope, around=()):
    """Every node that is run, the name of the function it stands in, and the nodes around it from its statement on."""
    around = (node,) if isinstance(node, ast.stmt) else (*around, node)
    yield node, scope, around
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        scope = f"{scope}.{node.name}"
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and field not in ("annotation", "returns"):
                yield from places(child, scope, around)


def head(node):
    """The code of a node in one line; of a statement with a body what stands before it."""
    return " ".join(ast.unparse(node).splitlines()[: 1 + len(getattr(node, "decorator_list", ()))])


def lines(statement):
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if body else statement.end_lineno
    return range(statement.lineno, max(end, statement.lineno) + 1)


def source(module):
    return ROOT / (module.replace(".", "/") + ".py")


def modules():
    paths = (path.relative_to(ROOT).with_suffix("") for path in sorted((ROOT / "helpers").rglob("*.py")))
    return [".".join(path.parts) for path in paths if path.name != "__init__"]

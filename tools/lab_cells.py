"""The live figures of a notebook, made by its own cells in this process: for the tests, bench.py and the book."""

import ast
import contextlib
import io
import re
from unittest import mock

from ipywidgets import Widget

from helpers.live_figure import LiveFigure

LAB = re.compile(r"\blabs\.(?!moves\b)([a-z]\w*)\(")


def needed(sources):
    """Of the sources of cells, those that make a live figure, and those before them that they need."""
    names, kept = set(), []
    for source in reversed(sources):
        made, used = names_in(source)
        if made & names or LAB.search(source):
            names |= used
            kept.append(source)
    return kept[::-1]


def names_in(source):
    """The names that code gives something to, or changes a part of, and those that it uses."""
    made, used = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            made.add(node.value.id)
        elif isinstance(node, ast.alias):
            made.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
    return made, used


def run(sources):
    """Run those of the cells that live figures need. Returns all that they make, in their order."""
    widgets, space = [], {"__name__": "__main__"}
    Widget.on_widget_constructed(widgets.append)
    try:
        with mock.patch("helpers.show"), contextlib.redirect_stdout(io.StringIO()):
            for source in needed(sources):
                exec(compile(source, "cell", "exec"), space)
    finally:
        Widget.on_widget_constructed(None)
    return [widget for widget in widgets if isinstance(widget, LiveFigure)]

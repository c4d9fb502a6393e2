"""Prose and output agree: every number in the words of a notebook was printed, or says from where it is known.

A number is held if it stands in an output, or as a literal in the code, of the cells that its words speak of: those
under the same heading, or under the one above it. A number of one or two digits stands in many places by chance, so it
is held only by the cells next to it. Numbers in brackets, a shape or a place, are held together. What is known from
elsewhere stands in known_numbers.toml, with its source.
"""

import ast
import io
import math
import re
import tokenize
import tomllib
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import pytest
import torch

import notebooks
from helpers import descent, labs, make_line, predictions

COURSE = notebooks.find()
KNOWN = tomllib.loads((notebooks.ROOT / "tests" / "known_numbers.toml").read_text(encoding="utf-8"))
each = pytest.mark.parametrize("notebook", COURSE, ids=repr)

DIGITS = r"[+-]?(?!0\d)\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?: ?%)?"
NUMBER = rf"(?<![\w.^]){DIGITS}(?!\w|\.\d)"  # no part of a name or a version, and no exponent of a formula
GROUP = rf"[(\[]{DIGITS}(?:,|(?:, {DIGITS})+)[)\]]|\[{DIGITS}\]"
CLAIM = re.compile(f"{GROUP}|{NUMBER}")
PYTHON = re.compile(r"^```python\n(.+?)^```", re.DOTALL | re.MULTILINE)
NUMBERED = (r"^(\d)\. ", r"(?<!\S)\((\d)\) ", r"\*\*(\d)\*\*", r"\bGoal (\d):")
NO_CLAIM = re.compile(
    r"^\| `[^`]+` \||\[[^]]*\]\(#[^)]*\)|\]\([^)]*\)|<[^>]+>"  # an index (test_clinic.py), targets of links, and tags
    f"|{'|'.join(NUMBERED)}"
    r"|\d+ minutes|takes \d+ more",
    re.MULTILINE,
)


class Piece(NamedTuple):
    """What one cell says and shows under one heading."""

    trail: tuple  # the headings above it, from the title on
    place: int
    prose: str
    shown: frozenset


class Claim(NamedTuple):
    """A number that stands in the prose, or several in brackets."""

    piece: Piece
    start: int
    end: int

    @property
    def words(self):
        return self.piece.prose[self.start : self.end]

    @property
    def value(self):
        return value(self.words)

    @property
    def is_short(self):
        """Whether it has so few digits that it stands in many places by chance."""
        return isinstance(self.value, Decimal) and len(re.findall(r"\d", self.words)) <= 2

    def __str__(self):
        return f"cell {self.piece.place}: {self.piece.prose[max(0, self.start - 40) : self.end + 20]}"


# ---- Numbers in texts and in code ----


def value(words):
    """The number, or the tuple of several in brackets. A percentage is the hundredth part of what it says."""
    if words[0] in "([":
        return tuple(value(part) for part in re.findall(DIGITS, words))
    number = Decimal(words.rstrip(" %").replace(",", ""))
    return number.scaleb(-2) if "%" in words else number


def numbers(text):
    """Every number in a text, and every group of numbers in brackets."""
    return {value(found) for pattern in (NUMBER, CLAIM) for found in re.findall(pattern, text)}


def literals(code):
    """Every number that is written in code, and every group in brackets; not what comments and strings say."""
    tree = ast.parse(code)
    found = {value(words) for words in re.findall(GROUP, ast.unparse(tree))}
    for node in ast.walk(tree):
        minus = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        number = getattr(node.operand if minus else node, "value", None)
        if type(number) in (int, float):
            found.add(Decimal(repr(number)) * (-1 if minus else 1))
    return found


def comments(code):
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return "\n".join(token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT)


# ---- A notebook in pieces ----


@cache
def pieces(notebook):
    found, trail = [], ()
    for place, cell in enumerate(notebook.cells):
        is_code = cell.cell_type == "code"
        code = cell.source if is_code else "\n".join(PYTHON.findall(cell.source))
        shown = literals(code) | (printed(cell) if is_code else set())
        words = asked(code) if is_code else notebooks.FENCE.sub("", cell.source)
        parts = re.split(r"^(#+) (.+)$", f"{words}\n{comments(code)}", flags=re.MULTILINE)
        for marks, heading, text in zip(["", *parts[1::3]], ["", *parts[2::3]], parts[::3], strict=True):
            trail = (*trail[: len(marks) - 1], heading) if marks else trail
            found.append(Piece(trail, place, " ".join(NO_CLAIM.sub(" ", text).split()), frozenset(shown)))
    return found


def printed(cell):
    """The numbers of what a cell shows. A question is prose, and so are the ideas behind an answer."""
    if "predictions.ask(" in cell.source:
        return set()
    return set().union(*(numbers(notebooks.said(output).split("\nIf you chose ")[0]) for output in cell.outputs))


def asked(code):
    """The question that a cell asks, or what the cell that answers it says about wrong answers."""
    words = [predictions.QUESTIONS[key].question for key in re.findall(r"predictions\.ask\(\"(\w+)\"", code)]
    told = [predictions.QUESTIONS[key] for key in re.findall(r"predictions\.tell\(\"(\w+)\"", code)]
    wrong = [entry for question in told for entry in (*question.options.values(), *question.ideas)]
    return "\n".join([*words, *(entry.get("idea", "") for entry in wrong)])


def claims(piece):
    return [Claim(piece, *found.span()) for found in CLAIM.finditer(piece.prose)]


def is_held(claim, notebook):
    """Whether the number stands in one of the cells that its words speak of."""
    trail, place = claim.piece.trail, claim.piece.place
    around = [piece for piece in pieces(notebook) if piece.trail in (trail, trail[:-1])]
    if claim.is_short:
        words = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "markdown" and at != place]
        first, last = max([-1, *filter(place.__gt__, words)]), min([*filter(place.__lt__, words), math.inf])
        around = [piece for piece in around if first < piece.place < last]
    return any(claim.value in piece.shown for piece in around)


# ---- What is known from elsewhere ----


def known(notebook, *kinds):
    """Pairs of words and their source, of these kinds or of all."""
    for kind in kinds or ("computed", "printed", "stated"):
        for key, entry in KNOWN[str(notebook)[:2]].get(kind, {}).items():
            yield from [(key, entry)] if kind == "computed" else [(words, key) for words in entry]


def places(words, notebook):
    """For each place where these words stand, the claims in them."""
    for piece in pieces(notebook):
        for found in re.finditer(re.escape(words), piece.prose):
            inside = [one for one in claims(piece) if found.start() <= one.start and one.end <= found.end()]
            if inside:
                yield inside


@cache
def lab(steps=200, w=-0.3, b=0.2, noise=0.05):
    """The last loss of each position of the slider that the labs have for the learning rate."""
    run = descent.descend(*make_line(noise=noise), labs.lines.RATES, w=w, b=b, steps=steps)
    return dict(zip(labs.lines.RATES, run.loss[-1].tolist(), strict=True))


def float32(number):
    return torch.tensor(number, dtype=torch.float32).item()


def flat(values):
    return [part for one in values for part in (one if isinstance(one, tuple) else [one])]


@each
def test_every_number_in_the_prose_is_shown_or_known(notebook):
    elsewhere = {claim for words, _ in known(notebook) for inside in places(words, notebook) for claim in inside}
    found = [claim for piece in pieces(notebook) for claim in claims(piece)]
    assert len(found) > 25
    assert [str(claim) for claim in found if claim not in elsewhere and not is_held(claim, notebook)] == []


@each
def test_what_is_known_from_elsewhere_is_needed(notebook):
    for words, _ in known(notebook):
        meant = [claim for inside in places(words, notebook) for claim in inside]
        assert not all(is_held(claim, notebook) for claim in meant), words


@each
def test_what_is_computed_comes_out(notebook):
    shown = {abs(part) for piece in pieces(notebook) for part in flat(piece.shown)}
    for words, expression in known(notebook, "computed"):
        long = {abs(part) for part in flat(literals(f"({expression})")) if len(part.normalize().as_tuple().digits) > 2}
        assert long <= shown, f"{expression}: not shown in the notebook"
        computed = eval(f"({expression},)", {**vars(math), "lab": lab, "float32": float32})
        for inside in places(words, notebook):
            for written, exact in zip(flat(claim.value for claim in inside), computed, strict=True):
                last_digit = 10.0 ** written.as_tuple().exponent
                assert abs(float(written) - exact) <= 0.5001 * last_digit, f"{words}: {exact}"


@each
def test_what_is_printed_elsewhere_stands_there(notebook):
    for words, source in known(notebook, "printed"):
        (book,) = [book for book in COURSE if str(book)[:2] == source[:2]]
        shown = [piece.shown for piece in pieces(book) if piece.trail and piece.trail[-1].startswith(source[3:])]
        for inside in places(words, notebook):
            for claim in inside:
                assert any(claim.value in one for one in shown), f"{claim} in {source}"

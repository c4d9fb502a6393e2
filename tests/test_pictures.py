"""Every picture: the numbers on its axes are those it was given, the alt sentence says them, no text is cut off.

What a notebook draws is compared with what it stores (test_solutions.py); `tests/pictures` holds edges that none draws.
After a change on purpose: `pytest --update-pictures tests/test_pictures.py`, and look at what has changed.
"""

import inspect
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
import torch
from matplotlib.colors import same_color

import notebooks
from helpers import descent, drawing, graph, make_line, pictures

TRUTH = (0.3, 0.5)
X, Y = make_line(noise=0.05)
BEST = np.polyfit(X, Y, 1)
RUN = descent.descend(X, Y, [0.01, 0.1, 0.7, 0.85], w=-0.3, b=0.2, steps=60)
PLACES = [(-0.3, 0.2), (0.9, 0.8), (1.0, 0.1)]
LINES = [(0, 0.4), (-0.5, 0.9), (0.8, 0.3)]


def mean_squared_error(w, b):
    return ((w * X + b - Y) ** 2).mean()


def gradient(w, b):
    error = w * X + b - Y
    return 2 * (error * X).mean(), 2 * error.mean()


def layer():
    torch.manual_seed(0)
    return torch.randn(10, 3), torch.randn(2, 3), torch.randn(2)


def traces():
    x, weight, bias = layer()
    weight.requires_grad_(), bias.requires_grad_()
    loss = ((x @ weight.T + bias) ** 2).mean()
    before = graph.trace(loss, x=x, weight=weight, bias=bias)
    loss.backward()
    return before, graph.trace(loss, weight=weight, bias=bias)


@dataclass(eq=False)
class Value:
    """A number with its record, as notebook 06 has it."""

    data: float
    inputs: tuple = ()


def squared_sum(x=2.0, y=-0.5):
    """The record of (x + y) ** 2, and what arrives at each number: the sum is used twice."""
    x, y, total = Value(x), Value(y), Value(x + y)
    total.inputs, slope = [(x, 1.0), (y, 1.0)], 2 * total.data
    square = Value(total.data**2, [(total, total.data)] * 2)
    return ("A title", square, {x: slope, y: slope, total: slope, square: 1.0}), {"x": x, "y": y, "total": total}


LANE = {"w": RUN.w[:, 1], "b": RUN.b[:, 1]}
GRAPHS = "autograd_graph", "autograd_graph after backward"
EXAMPLES = {
    "guesses": ((X, Y, LINES), {}),
    "data_and_line": ((X, Y, TRUTH), {}),
    "bowl": ((X, Y, TRUTH), {}),
    "way_on_map": (("A title", X, Y, [(-0.7, 1.0), (0.1, 1.0), (0.1, 0.6)]), {}),
    "lines_and_places": ((X, Y), dict(zip("ABC", LINES, strict=True))),
    "arrows_on_map": (("A title", X, Y, TRUTH, PLACES, [gradient(*place) for place in PLACES]), {}),
    "curves": (("A title",), {"one_way": RUN.loss[:, 1], "another": RUN.loss[:40, 2] * 2}),
    "five_words": (("loss", "reset"), {}),
    "layer_shapes": (layer(), {}),
    "autograd_graph": (("Before backward", traces()[0]), {}),
    "record": squared_sum(),
}
EDGES = {
    "autograd_graph after backward": (("After backward", traces()[1]), {}),
    "curves with a goal": (("A title", "w and b", TRUTH), LANE),
    "curves with notes": (("A title", "w and b", TRUTH, {"first": (0, 0.2), "last": (60, 0.5)}), LANE),
    "curves to one end": (("A title", "angle"), {"a": [0, 1], "b": [1, 0.99], "c": [0.5, 1]}),
    "curves of nothing": (("A title",), {"loss": [0.0, 0.0]}),
    "curves over numbers": (("A title",), {"xlabel": "slope w, say", "x": [-0.7, 0, 1], "loss": [0.4, 0.1, 0.2]}),
}
"""Pictures that look otherwise with other arguments, as no notebook has them."""


@cache
def drawn(name):
    """The picture of an example, drawn once for all tests, which only read it; its layout would move if drawn again."""
    args, kwargs = {**EXAMPLES, **EDGES}[name]
    picture = getattr(pictures, name.split()[0])(*args, **kwargs)
    picture.drawn = picture.png()
    return picture


# ---- What holds for every picture ----

every_picture = pytest.mark.parametrize("name", EXAMPLES)


def test_every_picture_has_an_example():
    functions = {name for name, value in vars(pictures).items() if hasattr(value, "__wrapped__")}
    assert functions - {"partial"} == set(EXAMPLES)
    assert all(inspect.getdoc(getattr(pictures, name)) for name in functions)


@pytest.mark.parametrize("name", EDGES)
def test_edge_looks_and_sounds_as_when_it_was_last_looked_at(name, request):
    picture = drawn(name)
    stored = notebooks.ROOT / "tests" / "pictures" / f"{name.replace(' ', '_')}.png"
    if request.config.getoption("--update-pictures"):
        stored.write_bytes(picture.drawn)
        stored.with_suffix(".txt").write_text(f"{picture.alt}\n", "utf-8")
    assert stored.with_suffix(".txt").read_text("utf-8") == f"{picture.alt}\n"
    if notebooks.SAME_PIXELS:
        notebooks.assert_same_pixels(stored.read_bytes(), picture.drawn)


@every_picture
@drawing.styled
def test_nothing_is_cut_off_at_the_border(name):
    picture = drawn(name)
    for ax in picture.axes:
        low, high = ax.get_tightbbox(picture.canvas.get_renderer()).get_points()
        assert (low >= 0).all() and (high <= picture.bbox.size).all(), ax


@every_picture
def test_every_axis_is_named(name):
    shared = {"guesses"}  # where only the first of a row has the name of its height
    for place, ax in enumerate(ax for ax in drawn(name).axes if ax.axison):
        assert ax.get_xlabel() and (ax.get_ylabel() or (place and name in shared))


# ---- What the sentences say, and what is drawn ----


def numbers_in_words():
    """For each picture the numbers that its sentence has to say, computed here once more."""
    loss = RUN.loss[:, 1]
    x, weight, bias = layer()
    best = f"w = {BEST[0]:.2f}, b = {BEST[1]:.2f}"
    return {
        "guesses": ["100 points", *(f"w = {w}, b = {b}: loss {mean_squared_error(w, b):.4f}" for w, b in LINES)],
        "data_and_line": ["w = 0.3, b = 0.5", f"at most {np.abs(0.3 * X + 0.5 - Y).max():.4f} away"],
        "bowl": [best],
        "way_on_map": [best, "a path from w = -0.7, b = 1 to w = 0.1, b = 0.6, moves: 2."],
        "lines_and_places": [f"w = {w}, b = {b}, loss {mean_squared_error(w, b):.4f}" for w, b in LINES],
        "arrows_on_map": ["({2:.2f}, {3:.2f}) from w = {0:g}, b = {1:g}".format(*at, *gradient(*at)) for at in PLACES],
        "curves": [
            "A title: loss over 60 steps.",
            f"one way: {loss[-1]:.3g} at the end, {loss[0]:.3g} at step 0, from {loss[-1]:.3g} to {loss[0]:.3g}; ",
        ],
        "five_words": [
            "highlighted: loss; highlighted: reset.",
            *(f"{word} ({' '.join(code.split())})" for word, code in pictures.WORDS.items()),
        ],
        "layer_shapes": [f"first number is {(x[0] @ weight[0] + bias[0]).item():.2f}.", "x (10, 3)"],
        "autograd_graph": [*map(str, traces()[0])],
        "autograd_graph after backward": [*map(str, traces()[1])],
        "record": ["x: value 2, gradient 3; total: value 1.5, gradient 1.5 + 1.5 = 3; 2.25: value 2.25, gradient 1."],
    }


@every_picture
def test_sentence_says_the_numbers(name):
    assert [words for words in numbers_in_words()[name] if words not in drawn(name).alt] == []


@pytest.mark.parametrize(
    ("name", "panel", "color", "curves"),
    [
        *(("guesses", panel, drawing.LINE, [([0, 1], [b, w + b])]) for panel, (w, b) in enumerate(LINES)),
        ("data_and_line", 0, drawing.DATA, [(X, Y)]),
        ("data_and_line", 0, drawing.TRUTH, [([0, 1], [0.5, 0.8])]),
        ("way_on_map", 0, drawing.PATH, [([-0.7, 0.1, 0.1], [1.0, 1.0, 0.6])]),
        ("lines_and_places", 1, drawing.LINE, [([w], [b]) for w, b in LINES]),
        ("arrows_on_map", 0, drawing.PATH, [([w], [b]) for w, b in PLACES]),
        ("curves", 0, drawing.LOSS, [(range(61), RUN.loss[:, 1])]),
        ("curves", 0, drawing.LINE, [(range(40), RUN.loss[:40, 2] * 2)]),
        ("curves with a goal", 0, drawing.TRUTH, [([0, 1], [height, height]) for height in TRUTH]),
        ("curves over numbers", 0, drawing.LOSS, [([-0.7, 0, 1], [0.4, 0.1, 0.2])]),
    ],
)
def test_curves_are_drawn_through_their_numbers(name, panel, color, curves):
    lines = [line for line in drawn(name).axes[panel].lines if same_color(line.get_color(), color)]
    for line, curve in zip(lines, curves, strict=True):
        assert np.allclose(line.get_data(), curve)


def test_arrows_are_a_quarter_as_long_as_they_are_and_their_tips_are_labelled():
    arrows = [gradient(*place) for place in PLACES]
    ends = [(text.xyann, text.xy) for text in drawn("arrows_on_map").axes[0].texts if text.arrow_patch]
    assert np.allclose(
        ends, [(at, np.array(at) + np.array(arrow) / 4) for at, arrow in zip(PLACES, arrows, strict=True)]
    )
    named = pictures.arrows_on_map("A title", X, Y, TRUTH, PLACES[:1] * 3, arrows, "ABC")
    tips = {text.get_text(): text.xy for text in named.axes[0].texts if text.get_text() in ("A", "B", "C")}
    assert np.allclose([*tips.values()], np.array(PLACES[0]) + np.array(arrows) / 4)
    assert "A ({:.2f}, {:.2f}) from w = -0.3, b = 0.2; B (".format(*arrows[0]) in named.alt
    assert len(named.axes[0].collections) == 1 + len(drawn("way_on_map").axes[0].collections), "one piece of contour"


def test_tables_write_out_their_numbers_and_mark_those_that_belong_together():
    x, weight, bias = layer()
    texts = [text for text in drawn("layer_shapes").axes[0].texts if text.get_text().lstrip("-")[1:2] == "."]
    tables = [x, weight.T, bias, torch.nn.functional.linear(x, weight, bias)]
    assert [text.get_text() for text in texts] == [f"{number:.2f}" for table in tables for number in table.ravel()]
    bold = [text.get_text() for text in texts if text.get_fontweight() == "bold"]
    assert bold == [f"{number:.2f}" for number in (*x[0], *weight[0], bias[0], tables[3][0, 0])]


def test_loss_has_a_logarithmic_axis_and_all_else_a_linear_one():
    scales = [drawn(name).axes[0].get_yscale() for name in EXAMPLES | EDGES if "curves" in name]
    assert scales == ["log"] + ["linear"] * 5


@pytest.mark.parametrize("name", ["curves", "curves with a goal", "curves to one end"])
def test_curves_differ_in_colour_and_dash_and_no_label_covers_another(name):
    ax = drawn(name).axes[0]
    curves = [line for line in ax.lines if line.get_marker() != "o" and line.get_color() != drawing.TRUTH]
    for looks in ({line.get_color() for line in curves}, {str(line._dash_pattern) for line in curves}):
        assert len(looks) == len(curves)
    boxes = [text.get_window_extent(drawn(name).canvas.get_renderer()) for text in ax.texts]
    assert len(boxes) == len(curves)
    assert not any(box.overlaps(other) for place, box in enumerate(boxes) for other in boxes[:place])
    assert all(box.x0 > ax.bbox.x1 for box in boxes)


def test_note_stands_under_its_dot_inside_the_panel():
    ax = drawn("curves with notes").axes[0]
    dots = [line.get_data() for line in ax.lines if line.get_marker() == "o"]
    assert np.allclose(np.squeeze(dots), [(0, 0.2), (60, 0.5)])
    notes = [text for text in ax.texts if text.get_text() in ("first", "last")]
    for text, dot in zip(notes, dots, strict=True):
        low, high = text.get_window_extent(drawn("curves with notes").canvas.get_renderer()).get_points()
        assert (low > ax.bbox.p0).all() and (high < ax.bbox.p1).all()
        assert high[1] < ax.transData.transform(np.squeeze(dot))[1]


def test_graph_shows_its_data_its_gradients_and_what_it_saved():
    before, after = ([text.get_text() for text in drawn(name).axes[0].texts] for name in GRAPHS)
    assert {"weight (2, 3)\ngrad: None", "x (10, 3)\ndata", "saved: x", "saved: input (10, 2)", "loss"} < {*before}
    assert {"weight (2, 3)\ngrad: filled", "saved: input (freed)"} < {*after} and "x (10, 3)\ndata" not in after


def test_arrows_of_a_graph_run_from_left_to_right_to_the_loss():
    for ax in (drawn(name).axes[0] for name in GRAPHS):
        arrows = [text for text in ax.texts if not text.get_text() and hasattr(text, "xyann")]
        assert len(arrows) > 6 and all(arrow.xyann[0] < arrow.xy[0] <= ax.get_xlim()[1] for arrow in arrows)


def test_record_has_a_wire_with_its_rate_for_each_use():
    texts = drawn("record").axes[0].texts
    assert [text.get_text() for text in texts if "rate" in text.get_text()] == ["rate 1.5"] * 2 + ["rate 1"] * 2
    bends = [text.arrowprops["connectionstyle"] for text in texts if getattr(text, "arrowprops", None)]
    assert len(bends) == 4 and len({*bends}) == 3, "the two wires of the sum bend apart"


def test_record_that_is_too_long_or_none_is_refused():
    chain = Value(1.0)
    for _ in range(31):
        chain = Value(1.0, [(chain, 1.0)])
    for last in (chain, 3.0):
        with pytest.raises(TypeError, match="last must be a Value with at most 30 wires behind it, not "):
            pictures.record("A title", last, {})

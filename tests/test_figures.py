"""Every picture: the numbers on its axes are those it was given, the alt sentence tells them, no text is cut off."""

import copy
import inspect
import math
from functools import cache

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import same_color
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from helpers import descent, figures, graph, make_line
from helpers.show import png
from notebooks import assert_same_pixels, kept, pixels_of_the_lock

TRUTH = (0.3, 0.5)
X, Y = make_line(noise=0.05)
BEST = np.polyfit(X, Y, 1)
FLOOR = ((BEST[0] * X + BEST[1] - Y) ** 2).mean()
RUN = descent.descend(X, Y, [0.01, 0.1, 0.7, 0.85], w=-0.3, b=0.2, steps=60)
PLACES = [(-0.3, 0.2), (0.9, 0.8), (1.0, 0.1)]
LINES = [(0, 0.4), (-0.5, 0.9), (0.8, 0.3)]
H = np.logspace(-10, 0, 21)


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
    before = graph.trace(loss, weight=weight, bias=bias)
    loss.backward()
    return {"before_backward": before, "after_backward": graph.trace(loss, weight=weight, bias=bias)}


DOWN = {"float32": [1.0, 0.9, 0.8], "float64": [0.3, 0.2, 0.1]}
LANE = {"w": RUN.w[:, 1], "b": RUN.b[:, 1]}
EXAMPLES = {
    "guesses": ((X, Y, LINES), {}),
    "data_and_line": ((X, Y, TRUTH), {}),
    "bowl": ((X, Y, TRUTH), {}),
    "way_on_map": ((X, Y, [(-0.8, 1.2), (0.1, 1.2), (0.1, 0.6)]), {}),
    "lines_and_places": ((X, Y, dict(zip("ABC", LINES, strict=True))), {}),
    "uphill": ((X, Y, PLACES, [gradient(*place) for place in PLACES], TRUTH), {}),
    "three_panels": ((X, Y, TRUTH), {**LANE, "loss": RUN.loss[:, 1]}),
    "losses": (("A title",), {"one_way": RUN.loss[:, 1], "another": RUN.loss[:40, 2] * 2}),
    "parameters": ((RUN.w[:, 1], RUN.b[:, 1], TRUTH), {}),
    "four_rates": ((X, Y, RUN, 50, TRUTH), {}),
    "orbit": (("A title",), {"with_reset": 0.3 * 0.9 ** np.arange(60), "without": np.cos(np.arange(60) / 9)}),
    "difference_errors": ((H,), {"float32": H**2 + 1e-7 / H, "float64": H**2 + 1e-16 / H}),
    "growth": ((), {"rebinding": 2 * np.arange(1, 31) + 5, "in_place": np.full(30, 7)}),
    "five_words": (("loss", "reset"), {}),
    "every_pair": (([1.0, 2.0, 2.5], [1.0, 2.2, 3.0]), {}),
    "slopes_on_a_parabola": (([1.0, 0.5], [2.0, 1.0]), {}),
    "layer_shapes": (layer(), {}),
    "autograd_graphs": ((), traces()),
}


FACTORS = [torch.tensor([1.0, 2.0], requires_grad=True) for _ in range(2)]
PRODUCT = (FACTORS[0] * FACTORS[1]).sum()
OTHERS = [torch.tensor(2.0, requires_grad=True) for _ in range(2)]
BRANCHES = graph.trace(PRODUCT + OTHERS[0] * OTHERS[1], u=FACTORS[0], v=FACTORS[1], p=OTHERS[0], q=OTHERS[1])
ABOVE = descent.descend(X, Y, [0.1], w=1.2, b=0.9, steps=60)
MORE = {
    "losses alone": (("A title",), {"loss": RUN.loss[:, 1]}),
    "losses below": (("A title",), {"lower": RUN.loss[:, 1], "higher": RUN.loss[:, 1] * 2}),
    "parameters above": ((1 - RUN.w[:, 1], 1 - RUN.b[:, 1], TRUTH), {}),
    "three_panels from above": ((X, Y, TRUTH), {name: getattr(ABOVE, name)[:, 0] for name in ("w", "b", "loss")}),
    "every_pair of two": (([0.5, -3.0], [4.0, 1.5]), {}),
    "orbit of three": (("A title",), {name: np.cos(np.arange(60) / 9 + at) for at, name in enumerate("abc")}),
    "growth alone": ((), {"nodes": 3 * np.arange(5) + 2}),
    "losses down to nothing": (("A title",), {"loss": [1.0, 0.1, 0.0]}),
    "guesses alone": ((X, Y, LINES[1:2]), {}),
    "autograd_graphs of two factors": ((), {"a_product": graph.trace(PRODUCT, u=FACTORS[0], v=FACTORS[1])}),
    "way_on_map in one move": ((X, Y, [(0.8, 0.1), (0.4, 0.3)]), {}),
    "way_on_map still": ((X, Y, [(1.4, 0.1)]), {}),
    "losses of nothing": (("A title",), {"loss": [0.0, 0.0]}),
    "losses of three": (("A title",), {"a": RUN.loss[:, 0], "b": RUN.loss[:, 1], "c": RUN.loss[:30, 2] / 2}),
    "three_panels level": ((X, 0 * X, (0, 0)), {"w": [0.0] * 2, "b": [0.0] * 2, "loss": [0.0] * 2}),
    "five_words unmarked": ((), {}),
    "orbit alone": (("A title",), {"weight": np.linspace(-0.4, 0.2, 9)}),
    "autograd_graphs of two heights": ((), {"a_sum": BRANCHES, "a_product": graph.trace(OTHERS[0] * OTHERS[1])}),
    "slopes_on_a_parabola at one place": (([-0.2], [-0.4]), {}),
    "layer_shapes of one row": (([[0.5, -1.0]], [[2.0, 1.0]], [0.25]), {}),
}
"""Pictures that look otherwise with other arguments."""


def make(name, *changed, **named):
    """The picture of an example, with other arguments where they are given."""
    args, kwargs = {**EXAMPLES, **MORE}[name]
    made = getattr(figures, name.split()[0])(*(changed or args), **{**kwargs, **named})
    return made[0] if isinstance(made, tuple) else made


@cache
def example(name):
    """The picture of an example, drawn once for all tests, which only read it, and its PNG."""
    picture = make(name)
    return picture, png(picture)


def drawn(name):
    return example(name)[0]


def all_texts(picture):
    return [text.get_text() for ax in picture.axes for text in ax.texts]


def lines(ax, color):
    """The (x, y) data of each plotted line of a colour."""
    return [tuple(map(np.asarray, line.get_data())) for line in ax.lines if same_color(line.get_color(), color)]


def arrows(ax):
    """The points of each arrow's outline, its start first."""
    paths = [patch.get_path() for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    return [path.vertices[path.codes != path.CLOSEPOLY] for path in paths]


def assert_points(ax):
    ((x, y),) = lines(ax, figures.DATA)
    assert np.array_equal(x, X)
    assert np.array_equal(y, Y)


def assert_line(data, w, b):
    assert data[0].tolist() == [0, 1]
    assert data[1] == pytest.approx([b, w + b])


def assert_floor(ax):
    """The dotted line at the smallest loss that any line can have."""
    ((_, floor),) = lines(ax, figures.TRUTH)
    assert list(floor) == pytest.approx([FLOOR] * 2)
    assert f"the best line: {FLOOR:.2g}" in [text.get_text() for text in ax.texts]


# ---- What holds for every picture ----

every_picture = pytest.mark.parametrize("name", EXAMPLES)


def test_every_picture_has_an_example():
    pictures = {
        name for name, value in vars(figures).items() if inspect.isfunction(value) and hasattr(value, "__wrapped__")
    }
    assert pictures == set(EXAMPLES)


@every_picture
def test_it_is_a_picture_with_a_sentence(name):
    picture = drawn(name)
    assert isinstance(picture, figures.Picture)
    assert picture.alt.endswith(".")
    assert "nan" not in picture.alt
    assert "array(" not in picture.alt
    assert "tensor(" not in picture.alt


every_look = pytest.mark.parametrize("name", MORE)
"""What no notebook draws; the others are compared with what is stored there."""


@every_look
@pixels_of_the_lock
def test_it_looks_as_it_did_when_somebody_looked_at_it(name):
    _, new = example(name)
    assert_same_pixels(kept(name, "png", new), new)


@every_look
def test_it_says_what_it_did_when_somebody_read_it(name):
    sentence = f"{drawn(name).alt}\n".encode()
    assert sentence == kept(name, "txt", sentence)


@figures.styled
def extents(picture):
    """Each text with the box that it fills, in pixels of the file."""
    found = []
    renderer = picture.canvas.get_renderer()
    for ax in picture.axes:
        for text in (*ax.texts, ax.title, ax._left_title, ax._right_title):
            if text.get_text() and text.get_visible():
                found.append((text.get_text(), text.get_window_extent(renderer)))
        for axis in (ax.xaxis, ax.yaxis):
            if ax.axison and (box := axis.get_tightbbox(renderer)) is not None:
                found.append((f"{axis.get_label_text()} and its ticks", box))
    return found


@every_picture
def test_no_text_is_cut_off_at_the_border(name):
    picture = drawn(name)
    found = extents(picture)
    assert found
    for text, box in found:
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= picture.bbox.width and box.y1 <= picture.bbox.height, text


@every_picture
def test_every_axis_is_named(name):
    axes = [ax for ax in drawn(name).axes if ax.axison]
    assert all(ax.get_xlabel() for ax in axes)
    shared = {"guesses", "four_rates"}  # where only the first of a row has the name
    assert all(ax.get_ylabel() for ax in (axes[:1] if name in shared else axes))


@every_picture
def test_nothing_else_is_changed(name):
    arguments = copy.deepcopy(EXAMPLES[name])
    settings = {key: value for key, value in matplotlib.rcParams.items() if key != "backend"}
    make(name)
    assert settings.items() <= matplotlib.rcParams.items()
    assert same(arguments, EXAMPLES[name])


def same(one, other):
    if isinstance(one, tuple | list):
        return all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, np.ndarray | torch.Tensor):
        return bool((one == other).all())
    if isinstance(one, descent.Descent):
        return same(list(vars(one).values()), list(vars(other).values()))
    return one == other


@pytest.mark.parametrize("name", [name for name, (args, _) in EXAMPLES.items() if args and args[0] is X])
def test_points_may_be_a_tensor_and_a_list(name):
    assert make(name, torch.as_tensor(X), Y.tolist(), *EXAMPLES[name][0][2:]).alt == drawn(name).alt


@pytest.mark.parametrize(
    ("name", "changed", "named", "error", "told"),
    [
        ("guesses", ("ab", Y, LINES), {}, TypeError, "x must hold numbers, not 'ab'"),
        ("data_and_line", (X, Y[:3], TRUTH), {}, ValueError, "x and y must have the same size, not 100 and 3"),
        ("data_and_line", (X, Y[:, None], TRUTH), {}, ValueError, "y must have one dimension"),
        ("bowl", ([1.0, math.nan], [1, 2], TRUTH), {}, ValueError, "x must hold finite numbers only, but entry [1]"),
        ("bowl", ([1.0, 1.0], [1, 2], TRUTH), {}, ValueError, "x must hold at least two different numbers"),
        ("way_on_map", (X, None, PLACES), {}, TypeError, "y must hold numbers, not None"),
        ("lines_and_places", (X, [], {}), {}, ValueError, "y must hold at least one number, not []"),
        ("uphill", (X, "y", PLACES, PLACES, TRUTH), {}, TypeError, "y must hold numbers, not 'y'"),
        ("three_panels", (), {"w": "abc"}, TypeError, "w must hold numbers, not 'abc'"),
        (
            "three_panels",
            (),
            {"loss": [1.0, math.inf]},
            ValueError,
            "loss must hold finite numbers only, but entry [1] is inf",
        ),
        ("losses", (), {"one_way": []}, ValueError, "one_way must hold at least one number, not []"),
        ("parameters", ([math.nan], [1.0], TRUTH), {}, ValueError, "w must hold finite numbers only, but entry [0]"),
        ("four_rates", (None, Y, RUN, 5, TRUTH), {}, TypeError, "x must hold numbers, not None"),
        ("orbit", (), {"with_reset": 3.0}, ValueError, "with_reset must be a list or a tensor of numbers, not a"),
        ("difference_errors", ("h",), {}, TypeError, "h must hold numbers, not 'h'"),
        ("growth", (), {"rebinding": [[1]]}, ValueError, "rebinding must have one dimension"),
        ("data_and_line", (X, Y, "ab"), {}, TypeError, "w of truth must be a number, not 'a'"),
        ("bowl", (X, Y, (math.nan, 1)), {}, ValueError, "w of truth must be a finite number, not nan"),
        ("parameters", ([1.0], [1.0], (1,)), {}, TypeError, "truth must be a pair of numbers (w, b), not (1,)"),
        ("guesses", (X, Y, []), {}, ValueError, "lines must hold at least one pair (w, b), not []"),
        ("lines_and_places", (X, Y, [(1, 2)]), {}, TypeError, "places must be a dictionary"),
        ("three_panels", (), {"w": [1.0]}, ValueError, "w, b and loss must have the same size, not 1"),
        ("losses", (), {name: [1.0, 2.0] for name in "abcd"}, ValueError, "there must be 1 to 3 curves, each under"),
        ("four_rates", (X, Y, "run", 5, TRUTH), {}, TypeError, "run must be a Descent, as descend() returns it"),
        ("four_rates", (X, Y, RUN, 10**6, TRUTH), {}, ValueError, "steps must be at most 60, the steps of the run"),
        ("five_words", ("losss",), {}, ValueError, "opened must be one of ['predict', 'loss', 'backward',"),
        ("every_pair", ([1.0, 2.0], [1.0]), {}, ValueError, "y_hat and y must have the same size, not 2 and 1"),
        ("every_pair", ("ab", [1.0]), {}, TypeError, "y_hat must hold numbers, not 'ab'"),
        ("slopes_on_a_parabola", ([1.0], [1.0, 2.0]), {}, ValueError, "places and slopes must have the same size"),
        ("layer_shapes", ([[1.0]], [[1.0, 2.0]], [1.0]), {}, ValueError, "x, weight and bias must have the shapes"),
        ("uphill", (X, Y, PLACES, PLACES[:1], TRUTH), {}, ValueError, "places and gradients must have the same size"),
        ("uphill", (X, Y, PLACES, PLACES, TRUTH, 0), {}, ValueError, "length must be above 0, not 0"),
        ("parameters", ([1.0, 2.0], [1.0], TRUTH), {}, ValueError, "w and b must have the same size, not 2 and 1"),
        ("difference_errors", ([1.0, 2.0],), {}, ValueError, "h, float32 and float64 must have the same size, not 2"),
        ("difference_errors", (H[::-1],), {}, ValueError, "h must hold rising numbers, not ["),
        ("guesses", ([1e5, 1], [1, 2], LINES), {}, ValueError, "x must be at most 10,000.0, not 100000.0"),
        ("guesses", (X, Y, LINES * 4), {}, ValueError, "lines must hold at most 9 pairs (w, b), not"),
        (
            "way_on_map",
            ([0, 1e-9], [0, 1], PLACES),
            {},
            ValueError,
            "x must lie further apart: the best line, w = 1e+09",
        ),
        ("lines_and_places", (X, Y, {1: (0, 1)}), {}, TypeError, "a name in places must be a string, not 1"),
        ("losses", ("two\nlines",), {}, ValueError, "title must hold printable signs in one line, not"),
        ("losses", (), {"one_way": [-1.0]}, ValueError, "one_way must be at least 0, not -1.0"),
        ("orbit", (1,), {}, TypeError, "title must be a string, not 1"),
        (
            "four_rates",
            (X, Y, descent.descend(X, Y, [0.1], w=0, b=0, steps=1), 1, TRUTH),
            {},
            ValueError,
            "run must have",
        ),
        ("guesses", (X, Y, [(0, 2e4)]), {}, ValueError, "b of lines[0] must be at most 10"),
        ("data_and_line", (X, Y, (0, 2e4)), {}, ValueError, "b of truth must be at most 10"),
        ("lines_and_places", (X, Y, {"A": (0, 1, 2)}), {}, TypeError, "places[0] must be a pair of numbers (w, b)"),
        ("uphill", (X, Y, PLACES, PLACES, TRUTH, 2e4), {}, ValueError, "length must be at most 10"),
        ("orbit", (), {name: [1.0] for name in "abcd"}, ValueError, "there must be 1 to 3 curves"),
        ("growth", (), {name: [1.0] for name in "abc"}, ValueError, "there must be 1 to 2 curves"),
        ("difference_errors", (), {"float16": H}, ValueError, "there must be 2 curves"),
        ("difference_errors", ([1.0, 2.0, 2.0],), DOWN, ValueError, "h must hold rising numbers, not [1.0, 2.0, 2.0]"),
        ("difference_errors", ([1.0, 3.0, 2.0],), DOWN, ValueError, "h must hold rising numbers, not [1.0, 3.0, 2.0]"),
        ("layer_shapes", (torch.ones(19, 3), *layer()[1:]), {}, ValueError, "x must have at most 18 numbers in a row"),
        ("layer_shapes", (layer()[0] / 0, *layer()[1:]), {}, ValueError, "x must hold finite numbers only, but"),
        ("autograd_graphs", (), {"after_backward": "x"}, TypeError, "graphs must be graphs, as graph.trace()"),
    ],
)
def test_bad_input_is_named(name, changed, named, error, told):
    with pytest.raises(error) as raised:
        make(name, *changed, **named)
    assert str(raised.value).startswith(told)


@pytest.mark.parametrize("name", ["bowl", "lines_and_places", "uphill", "three_panels", "four_rates"])
def test_no_map_is_drawn_around_a_line_that_is_too_steep(name):
    with pytest.raises(ValueError, match="x must lie further apart"):
        make(name, [0, 1e-9], [0, 1], *EXAMPLES[name][0][2:])


def chain(length):
    """A graph of so many nodes in a row: two of a leaf and its multiple, the others of a sum each."""
    leaf = torch.tensor(1.0, requires_grad=True)
    value = 2 * leaf
    for _ in range(length - 2):
        value = value + 1
    return graph.trace(value, v=leaf)


@pytest.mark.parametrize(
    ("name", "most", "one_more", "told"),
    [
        (
            "every_pair",
            ([1.0] * 9, [1.0] * 9),
            ([1.0] * 10, [1.0] * 10),
            "y_hat and y must hold at most 9 numbers to be read",
        ),
        (
            "layer_shapes",
            (torch.ones(18, 18), *map(torch.ones, ((1, 18), 1))),
            (torch.ones(19, 18),),
            "x must have at most 18 numbers in a row",
        ),
        ("guesses", (X, Y, LINES * 3), (X, Y, [*LINES * 3, (0, 0)]), "lines must hold at most 9 pairs (w, b), not"),
        ("four_rates", (X, Y, RUN, 60, TRUTH), (X, Y, RUN, 61, TRUTH), "steps must be at most 60"),
    ],
)
def test_as_many_as_can_be_read_are_drawn_and_no_more(name, most, one_more, told):
    assert make(name, *most).alt
    with pytest.raises(ValueError) as raised:
        make(name, *one_more, *most[len(one_more) :])
    assert str(raised.value).startswith(told)


def test_a_graph_of_fifty_nodes_is_drawn_and_no_larger_one():
    assert figures.autograd_graphs(chain=chain(50)).alt
    with pytest.raises(ValueError, match="at most 50 nodes to be read, not 51"):
        figures.autograd_graphs(chain=chain(50), longer=chain(51))


# ---- The map ----


def test_each_contour_of_the_map_runs_at_its_own_loss():
    _, (ax,) = figures.panels(4, "map")
    contours = figures.draw_map(ax, X, Y, TRUTH)
    inside = 0
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        for w, b in path.vertices:
            assert mean_squared_error(w, b) == pytest.approx(level, rel=0.05)
            inside += 1
    assert inside > 500
    assert ax.get_xlim() == pytest.approx((BEST[0] - 1, BEST[0] + 1))
    assert ax.get_ylim() == pytest.approx((BEST[1] - 0.65, BEST[1] + 0.65))
    ((star_w, star_b),) = lines(ax, figures.TRUTH)
    assert (star_w.item(), star_b.item()) == TRUTH
    assert [text.get_text() for text in ax.texts] == ["(0.3, 0.5)"]


def test_light_is_low_on_the_map():
    picture, (ax,) = figures.panels(4, "map")
    figures.draw_map(ax, X, Y)
    canvas = FigureCanvasAgg(picture)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=-1)

    def brightness(w, b):
        column, row = ax.transData.transform((w, b)).astype(int)
        return np.median(pixels[-row - 3 : -row + 3, column - 3 : column + 3])

    assert brightness(*BEST) > brightness(BEST[0] + 0.4, BEST[1]) > brightness(BEST[0] + 0.9, BEST[1] + 0.6)


# ---- One picture after the other ----


def test_guesses():
    picture = drawn("guesses")
    assert f"{len(X)} points" in picture.alt
    for ax, (w, b) in zip(picture.axes, LINES, strict=True):
        assert_points(ax)
        assert_line(lines(ax, figures.LINE)[0], w, b)
        (sticks,) = (item for item in ax.collections if isinstance(item, LineCollection))
        ends = np.array(sticks.get_segments())
        assert np.array_equal(ends[:, 0], np.stack([X, Y], axis=1))
        assert ends[:, 1] == pytest.approx(np.stack([X, w * X + b], axis=1))
        loss = mean_squared_error(w, b)
        assert ax.get_title("left") == f"w = {w}, b = {b}"
        assert ax.get_xlabel() == f"loss {loss:.4f}"
        assert f"w = {w}, b = {b}: loss {loss:.4f}" in picture.alt


def test_data_and_line():
    picture = drawn("data_and_line")
    (ax,) = picture.axes
    assert_points(ax)
    assert_line(lines(ax, figures.TRUTH)[0], *TRUTH)
    assert ax.lines[1].get_linestyle() == ":"
    assert all_texts(picture) == ["dotted: the truth, 0.3 x + 0.5"]
    assert "100 points along the dotted line y = 0.3 x + 0.5" in picture.alt
    assert f"x from {X.min():.2f} to {X.max():.2f}" in picture.alt
    assert f"further than {np.abs(0.3 * X + 0.5 - Y).max():.4f} from" in picture.alt


def test_bowl():
    picture = drawn("bowl")
    surface, ax = picture.axes
    assert surface.xaxis.get_data_interval() == pytest.approx([BEST[0] - 1, BEST[0] + 1], abs=0.05)
    assert surface.yaxis.get_data_interval() == pytest.approx([BEST[1] - 0.65, BEST[1] + 0.65], abs=0.05)
    assert surface.zaxis.get_data_interval()[0] == pytest.approx(mean_squared_error(*BEST), abs=1e-3)
    assert surface.zaxis.get_data_interval()[1] == pytest.approx(
        mean_squared_error(BEST[0] + 1, BEST[1] + 0.65), rel=0.01
    )
    assert [surface.get_xlabel(), surface.get_ylabel(), surface.get_zlabel()] == ["slope w", "intercept b", "loss"]
    assert f"w = {BEST[0]:.2f}, b = {BEST[1]:.2f}" in picture.alt
    assert ax.get_xlim() == pytest.approx((BEST[0] - 1, BEST[0] + 1))


def test_way_on_map():
    picture = drawn("way_on_map")
    (ax,) = picture.axes
    ((w, b),) = lines(ax, figures.PATH)
    assert list(zip(w, b, strict=True)) == [(-0.8, 1.2), (0.1, 1.2), (0.1, 0.6)]
    ((best_w, best_b),) = lines(ax, figures.TRUTH)
    assert [best_w.item(), best_b.item()] == pytest.approx(BEST)
    assert "starts at w = -0.8, b = 1.2: 2 moves to w = 0.1, b = 0.6." in picture.alt
    assert f"lowest at w = {BEST[0]:.2f}, b = {BEST[1]:.2f}" in picture.alt
    assert "no move so far" in make("way_on_map", X, Y, [(0, 0)]).alt
    assert "2 moves to w = 0.4, b = 0.3." in make("way_on_map", X, Y, [(0.8, 0.1), (0.2, 0.9), (0.4, 0.3)]).alt


def test_lines_and_places():
    picture = drawn("lines_and_places")
    left, right = picture.axes
    assert_points(left)
    guessed, dots = lines(left, figures.LINE), lines(right, figures.LINE)
    for (w, b), line, (dot_w, dot_b), name in zip(LINES, guessed, dots, "ABC", strict=True):
        assert_line(line, w, b)
        assert (dot_w.item(), dot_b.item()) == (w, b)
        assert f"{name}: w = {w}, b = {b}, loss {mean_squared_error(w, b):.4f}" in picture.alt
        assert all(name in [text.get_text() for text in ax.texts] for ax in (left, right))


def test_heights_written_on_the_contours_are_their_losses():
    picture = drawn("lines_and_places")
    right = picture.axes[1]
    heights = [text for text in right.texts if text.get_text().replace(".", "").isdigit()]
    assert len(heights) >= 5
    for text in heights:
        assert mean_squared_error(*text.get_position()) == pytest.approx(float(text.get_text()), rel=0.1)


def test_uphill():
    picture = drawn("uphill")
    (ax,) = picture.axes
    assert ax.get_aspect() == 1
    for (w, b), outline in zip(PLACES, arrows(ax), strict=True):
        dw, db = gradient(w, b)
        assert outline[0] == pytest.approx([w, b])
        tip = [w + 0.12 * dw, b + 0.12 * db]
        assert np.hypot(*(outline - tip).T).min() < 0.01
        assert f"at w = {w}, b = {b} it is ({dw:.2f}, {db:.2f})".replace("1.0,", "1,") in picture.alt
    assert [(w.item(), b.item()) for w, b in lines(ax, figures.PATH)] == PLACES
    assert "gradient" in all_texts(picture)


def test_three_panels():
    picture = drawn("three_panels")
    left, middle, right = picture.axes
    w, b, loss = LANE["w"], LANE["b"], RUN.loss[:, 1]
    assert_points(left)
    first, last = lines(left, figures.LINE)
    assert_line(first, w[0], b[0])
    assert_line(last, w[-1], b[-1])
    ((path_w, path_b),) = lines(middle, figures.PATH)
    assert np.array_equal([path_w, path_b], [w, b])
    ((step, height),) = lines(right, figures.LOSS)
    assert np.array_equal(step, np.arange(61))
    assert np.array_equal(height, loss)
    assert_floor(right)
    assert right.get_yscale() == "log"
    assert {"step 0", "step 60", "start", "loss"} <= set(all_texts(picture))
    assert "from w = -0.30, b = 0.20 into the data" in picture.alt
    assert f"ends at w = {w[-1]:.2f}, b = {b[-1]:.2f}." in picture.alt
    assert f"falls from {loss[0]:.2g} at step 0 to {loss[-1]:.2g} at step 60." in picture.alt


def test_losses():
    picture = drawn("losses")
    (ax,) = picture.axes
    curves = RUN.loss[:, 1], RUN.loss[:40, 2] * 2
    for (step, height), curve in zip(lines(ax, figures.LOSS), curves, strict=True):
        assert np.array_equal(step, np.arange(len(curve)))
        assert np.array_equal(height, curve)
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in ax.lines}) == 2
    assert ax.get_yscale() == "log"
    assert ax.get_title("left") == "A title"
    assert all_texts(picture) == ["one way", "another"]
    assert f"one way: from {curves[0][0]:.3g} at step 0 to {curves[0][-1]:.3g} at step 60" in picture.alt
    assert f"another: from {curves[1][0]:.3g} at step 0 to {curves[1][-1]:.3g} at step 39" in picture.alt


def test_the_labels_of_losses_stand_where_the_curves_are_apart():
    high, low = np.full(100, 3.0), np.where(np.arange(100) < 60, 2.0, 0.01)
    (ax,) = figures.losses("A title", high=high, low=low).axes
    above, below = ax.texts
    assert above.xy[0] >= 60 and above.xy[1] == 3.0
    assert below.xy[0] >= 60 and below.xy[1] == 0.01
    assert {text.get_va() for text in ax.texts} == {"bottom"}, "each has room above it"
    (ax,) = figures.losses("A title", high=high, low=high / 2).axes
    assert [text.get_va() for text in ax.texts] == ["bottom", "top"]
    (ax,) = figures.losses("A title", high=2 * high, between=high, low=high / 2).axes
    assert [text.get_va() for text in ax.texts] == ["bottom", "top", "top"]
    (ax,) = figures.losses("A title", short=[3.0] * 10 + [0.01], long=np.ones(100)).axes
    assert [text.get_va() for text in ax.texts] == ["bottom", "bottom"], "a curve that has ended counts as it ended"


@pytest.mark.parametrize("others", [{}, {"other": [0.5]}])
def test_the_label_of_a_loss_of_one_step_stands_there(others):
    (ax,) = figures.losses("A title", loss=[0.3], **others).axes
    assert ax.texts[0].xy == (0, 0.3)


@pytest.mark.parametrize(("w", "side"), [(0.1, "left"), (0.95, "right")])
def test_the_label_of_a_start_stays_inside_its_panel(w, side):
    _, (ax,) = figures.panels(3, "A title")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    figures.mark_start(ax, (w, 0.5))
    assert [text.get_ha() for text in ax.texts] == [side]


def test_parameters():
    picture = drawn("parameters")
    for ax, name, curve, true in zip(picture.axes, "wb", LANE.values(), TRUTH, strict=True):
        ((step, height),) = lines(ax, figures.PATH)
        assert np.array_equal(step, np.arange(61))
        assert np.array_equal(height, curve)
        ((_, level),) = lines(ax, figures.TRUTH)
        assert list(level) == [true] * 2
        assert [text.get_text() for text in ax.texts] == [f"true {name} = {true}"]
        assert f"{name} goes from {curve[0]:.2f} to {curve[-1]:.2f}, its true value is {true}" in picture.alt
    assert "over 60 steps" in picture.alt
    assert "w goes from 0.00 to 5.00" in make("parameters", [0.0, 1.0, 5.0], [1.0, 2.0, 7.0], TRUTH).alt


def test_four_rates():
    picture = drawn("four_rates")
    for lane, (ax, rate) in enumerate(zip(picture.axes, [0.01, 0.1, 0.7, 0.85], strict=True)):
        last, end = 50, f"loss {RUN.loss[50, lane]:.2g} after 50 steps"
        if rate == 0.85:
            last, end = 7, f"diverged at step {RUN.diverged_at[lane]}"  # its first jumps say it all
        ((w, b),) = lines(ax, figures.PATH)
        assert np.array_equal([w, b], [RUN.w[: last + 1, lane], RUN.b[: last + 1, lane]])
        assert ax.get_title("left") == f"learning rate {rate}"
        assert ax.get_xlabel() == f"slope w\n{end}"
        assert f"learning rate {rate}: {end}" in picture.alt


def test_four_rates_tells_only_what_it_draws():
    gone = RUN.diverged_at[-1]
    assert f"diverged at step {gone}" in make("four_rates", X, Y, RUN, gone, TRUTH).alt
    assert "diverged" not in make("four_rates", X, Y, RUN, gone - 1, TRUTH).alt


def test_four_rates_survives_infinite_numbers():
    run = descent.descend(X, Y, [0.1, 1e3, 1e5, 1e6], w=0, b=0, steps=200)
    assert not np.isfinite(run.w).all()
    picture = make("four_rates", X, Y, run, 200, TRUTH)
    assert len(png(picture)) > 0
    assert picture.alt.count("diverged at step") == 3


def test_orbit():
    picture = drawn("orbit")
    (ax,) = picture.axes
    for line, (name, curve) in zip(ax.lines, EXAMPLES["orbit"][1].items(), strict=True):
        assert np.array_equal(line.get_ydata(), curve)
        name = name.replace("_", " ")
        assert f"{name}: between {curve.min():.2f} and {curve.max():.2f}, at the end {curve[-1]:.2f}" in picture.alt
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["with reset", "without"]


def test_difference_errors():
    picture = drawn("difference_errors")
    (ax,) = picture.axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    texts = all_texts(picture)
    for (name, error), color in zip(
        EXAMPLES["difference_errors"][1].items(), (figures.LINE, figures.PATH), strict=True
    ):
        ((h, height),) = lines(ax, color)
        assert np.array_equal([h, height], [H, error])
        best = f"near h = {H[error.argmin()]:.0e}"
        assert f"best {best}" in texts
        assert name in texts
        assert f"{name}: smallest {best}" in picture.alt


def test_growth():
    picture = drawn("growth")
    (ax,) = picture.axes
    for line, curve in zip(ax.lines, EXAMPLES["growth"][1].values(), strict=True):
        assert np.array_equal(line.get_ydata(), curve)
    assert all_texts(picture) == ["rebinding: 65 nodes", "in place: 7 nodes"]
    assert "rebinding: from 7 nodes at step 0 to 65 at step 29; in place: from 7 nodes at step 0 to 7 at" in picture.alt


def test_five_words():
    picture = drawn("five_words")
    assert [word for word in all_texts(picture) if word in figures.WORDS] == [
        "predict",
        "loss",
        "backward",
        "step",
        "reset",
    ]
    boxes = [box for box in picture.axes[0].patches if isinstance(box, FancyBboxPatch)]
    marked = [same_color(box.get_edgecolor(), figures.LINE) for box in boxes]
    assert marked == [False, True, False, False, True]
    assert picture.alt.endswith("Marked: loss, reset.")
    assert "Marked" not in figures.five_words().alt
    for word, code in figures.WORDS.items():
        assert f"{word} ({code})" in picture.alt


def test_every_pair():
    y_hat, y = map(np.array, EXAMPLES["every_pair"][0])
    picture = drawn("every_pair")
    (ax,) = picture.axes
    squares = (y_hat[:, None] - y) ** 2
    differences = [text for text in ax.texts if text.get_text()[0] in "+-"]
    assert [text.get_text() for text in differences] == [f"{a - b:+.1f}" for a in y_hat for b in y]
    bold = [text.get_text() for text in differences if text.get_fontweight() == "bold"]
    assert bold == [f"{a - b:+.1f}" for a, b in zip(y_hat, y, strict=True)]
    boxes = [box for box in ax.patches if isinstance(box, Rectangle)]
    marked = [box.get_xy() for box in boxes if same_color(box.get_edgecolor(), figures.LINE)]
    assert (len(boxes), marked) == (9, [(0, -1), (1, -2), (2, -3)])
    for told in (f"{np.trace(squares) / 3:.2f}", f"{squares.mean():.2f}"):
        assert any(text.endswith(told) or f"{told}\n" in text for text in all_texts(picture))
        assert f"squares is {told}." in picture.alt


def test_slopes_on_a_parabola():
    picture = drawn("slopes_on_a_parabola")
    (ax,) = picture.axes
    ((v, loss),) = lines(ax, figures.LOSS)
    assert np.array_equal(loss, v**2)
    for (x, y), place, slope in zip(lines(ax, figures.GRADIENT), *EXAMPLES["slopes_on_a_parabola"][0], strict=True):
        assert np.diff(y) / np.diff(x) == pytest.approx(slope)
        assert np.interp(place, x, y) == pytest.approx(place**2)
        assert f"at {place:g}: slope {slope:g}" in all_texts(picture)
        assert f"{slope:g} at v = {place:g}" in picture.alt


def test_layer_shapes():
    x, weight, bias = EXAMPLES["layer_shapes"][0]
    picture = drawn("layer_shapes")
    (ax,) = picture.axes
    y_hat = torch.nn.functional.linear(x, weight, bias)
    tables = [x, weight.T, bias[None], y_hat]
    numbers = [text for text in ax.texts if text.get_text().lstrip("-").replace(".", "").isdigit()]
    assert [text.get_text() for text in numbers] == [f"{number:.2f}" for table in tables for number in table.ravel()]
    bold = [text.get_text() for text in numbers if text.get_fontweight() == "bold"]
    assert bold == [f"{number:.2f}" for number in (*x[0], *weight[0], bias[0], y_hat[0, 0])]
    assert sum(isinstance(patch, Rectangle) for patch in ax.patches) == sum(table.numel() for table in tables)
    for shape in ("x\n(10, 3)", "weight.T\n(3, 2)", "bias\n(2,)", "y_hat\n(10, 2)"):
        assert shape in all_texts(picture)
    for shape in ("x of shape (10, 3)", "weight of shape (2, 3)", "shape (2,)", "y_hat of shape (10, 2)"):
        assert shape in picture.alt
    assert f"Its first number, {y_hat[0, 0]:.2f}," in picture.alt


def test_autograd_graphs():
    picture = drawn("autograd_graphs")
    for ax, (name, traced) in zip(picture.axes, EXAMPLES["autograd_graphs"][1].items(), strict=True):
        name = name.replace("_", " ")
        assert ax.get_title("left") == name
        texts = [text.get_text() for text in ax.texts]
        for node in traced.nodes:
            assert (node.name if node.shape is None else f"{node.name} {node.shape}") in texts
            assert graph.describe(node) in picture.alt
        filled = name == "after backward"
        assert texts.count("grad: filled") == (2 if filled else 0)
        assert texts.count("grad: None") == (0 if filled else 2)
        assert ("saved self freed" in texts) == filled
        assert ("saved self (10, 2)" in texts) == (not filled)
        assert sum(isinstance(patch, FancyBboxPatch) for patch in ax.patches) == 2
        assert len(arrows(ax)) == len(traced.edges)
        for start, end in traced.edges:
            assert f"{traced.nodes[start].name} to {traced.nodes[end].name}" in picture.alt
        assert all(outline[0, 0] > outline[1:, 0].min() for outline in arrows(ax))  # backward walks to the left


# ---- What no sentence says ----


def test_the_circle_has_an_arrow_for_each_word():
    assert len(arrows(drawn("five_words").axes[0])) == len(figures.WORDS)


def test_the_way_stays_on_the_map():
    (ax,) = drawn("way_on_map").axes
    ((w, b),) = lines(ax, figures.PATH)
    for values, (low, high) in ((w, ax.get_xlim()), (b, ax.get_ylim())):
        assert low < values.min() and values.max() < high


def test_the_true_value_is_written_where_the_curve_is_not():
    for ax, curve, true in zip(drawn("parameters").axes, LANE.values(), TRUTH, strict=False):
        assert (ax.texts[0].xyann[1] < 0) == (curve.mean() > true)


@pytest.mark.parametrize("w", [(0.5, -1.0, 2.0), (-0.5, 1.0, -3.0), (0.0, 4.0, 0.1)])
@pytest.mark.parametrize("b", [(0.65, 0.2, 0.6), (-1.0, 3.0, 2.0)])
def test_the_lines_of_a_run_and_the_points_stay_in_their_panel(w, b):
    picture = make("three_panels", w=w, b=b, loss=[3.0, 2.0, 1.0])
    left = picture.axes[0]
    (start,) = (text for text in left.texts if text.get_text() == "step 0")
    assert start.xy[1] == max(b[0], w[0] + b[0]), "the higher end of its line"
    ends = [b[0], w[0] + b[0], b[-1], w[-1] + b[-1], *Y]
    span = max(ends) - min(ends)
    assert left.get_ylim() == pytest.approx((min(ends) - 0.1 * span, max(ends) + 0.35 * span)), "and room for labels"
    assert f"ends at w = {w[-1]:.2f}, b = {b[-1]:.2f}." in picture.alt


def test_pictures_are_white_and_write_out_their_numbers_and_dollars():
    with matplotlib.rc_context({"figure.facecolor": "black"}):
        picture = make("parameters", [100.001, 100.002], [1.0, 2.0], (100.001, 1))
    assert len(png(picture)) > 0
    assert same_color(picture.get_facecolor(), "white")
    assert picture.axes[0].yaxis.get_offset_text().get_text() == "", "no + 1e2 at the top of the axis"
    title = figures.losses("from $1 to $2", loss=[1.0]).axes[0]._left_title
    assert (title.get_text(), title.get_parse_math()) == ("from $1 to $2", False)


def test_the_rows_of_a_layer_are_counted_where_there_is_more_than_one():
    rows = {n: all_texts(make("layer_shapes", torch.ones(n, 2), torch.ones(1, 2), torch.ones(1))) for n in (1, 2)}
    told = {n: [text for text in texts if "same numbers" in text] for n, texts in rows.items()}
    assert told == {1: [], 2: ["the same numbers\nfor all 2 rows"]}


def test_a_short_run_that_diverges_is_drawn_whole():
    run = descent.descend(X, Y, [1e3] * 4, w=0, b=0, steps=9)
    ax = make("four_rates", X, Y, run, 5, TRUTH).axes[0]
    assert len(lines(ax, figures.PATH)[0][0]) == 6

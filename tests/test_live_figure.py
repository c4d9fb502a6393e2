"""The live figure: what is sent to the page says for every position where matplotlib would draw, and in words.

What is sent is read by `course_labs.Page`, which shares no line with what writes it.
"""

import io
import math

import numpy as np
import pytest
from helpers.show import png
from PIL import Image

from course_labs import Page
from helpers import figures
from helpers.live_figure import FAR, Actor, LiveFigure, Numbers, Scene, Slider, Tables


def place(ax, x, y):
    """Where matplotlib draws points, in pixels of the page from its top left corner."""
    places = np.stack(np.broadcast_arrays(x, y), axis=-1)
    inches = ax.transData.transform(places.reshape(-1, 2)).reshape(places.shape) / ax.figure.dpi
    return np.array([0, ax.figure.get_figheight() * 100]) + inches * 100 * [1, -1]


@pytest.fixture
def stage():
    """A picture with two panels: both axes linear, and one logarithmic upwards."""
    picture, axes = figures.panels(3.1, "linear", "logarithmic", layout="none")
    axes[0].set(xlim=(0, 10), ylim=(0, 10))
    axes[1].set(xlim=(0, 10), ylim=(1e-3, 10), yscale="log")
    picture.alt = "A toy."
    return picture, *axes


SLIDERS = [Slider("first", (0.0, 1.0, 2.0), 1.0), Slider("my last", (0.0, 10.0), -3)]


def seen(stage, actor, sliders=SLIDERS):
    """What the page sees of an actor."""
    return Page(LiveFigure(Scene(stage[0], [actor], ["told"], {}), sliders))


@pytest.fixture
def lab(stage):
    x, y = np.arange(3.0)[:, None, None], np.array([0.0, 10.0])[None, :, None]
    actor = Actor("dot", stage[1], x, y, figures.LINE, dots=5)
    words = {"x": Numbers(x[..., 0], decimals=1), "y": Numbers(y[..., 0], digits=2)}
    which = np.array([[0, 0], [0, 0], [0, 1]])
    scene = Scene(
        stage[0], [actor], ["{x} and {y}", "the end"], words, which, mark=np.array([[0.25, 0.75]]), counts_moves=True
    )
    return LiveFigure(scene, SLIDERS)


# ---- Sliders ----


@pytest.mark.parametrize(("value", "position"), [(-9, 0), (0.04, 0), (0.06, 1), (0.1, 1), (7, 2)])
def test_nearest_position_of_a_value(value, position):
    slider = Slider("learning rate", (0.0, 0.1, 0.2), 0.1)
    assert slider.nearest(value) == position
    assert slider.key == "learning_rate"


@pytest.mark.parametrize(("value", "share"), [(-1, 0), (0, 0), (0.5, 0.25), (1, 0.5), (5.5, 0.75), (10, 1), (99, 1)])
def test_share_of_the_way_along_a_slider(value, share):
    assert Slider("uneven", (0, 1, 10), 0).share(value) == pytest.approx(share)


def test_page_is_told_about_the_sliders(lab):
    plain = {"plays": False, "marked": False, "unit": ""}
    first, last = lab.scene["sliders"]
    assert first == {**plain, "name": "first", "texts": ["0", "1", "2"], "start": 1}
    assert last == {**plain, "name": "my last", "texts": ["0", "10"], "start": 0}
    step = Slider("step", (-0.0, 1), 9, plays=True, marked=True, unit="points").to_page()
    assert step == {**first, "name": "step", "texts": ["0", "1"], "plays": True, "marked": True, "unit": "points"}
    assert lab.scene["counts_moves"]
    assert lab.scene["size"] == [900, 310]
    assert {"scene", "position", "visited", "_esm", "_css"} <= set(lab.keys)


# ---- Actors ----


@pytest.mark.parametrize("panel", [1, 2])
def test_actor_stands_where_matplotlib_draws(stage, panel):
    x, y = np.linspace(0, 10, 7)[None, None], np.linspace(0.01, 9, 3)[:, None, None] * np.ones(7)
    page = seen(stage, Actor("a", stage[panel], x, y, "black", 1))
    for first in range(3):
        wanted = place(stage[panel], x[0, 0], y[first, 0])
        assert page.points("a", [first, 1]) == pytest.approx(wanted, abs=1 / 16 + 1e-6)


def test_line_runs_through_its_present_point(stage):
    w, b = np.array([[0.1, 0.5], [-0.3, 0.0], [2, 2]]), np.array([[5.0, 1.0], [9.0, 9.5], [0.25, 4.0]])
    numbers = [Numbers(values[:, None, :], decimals=2) for values in (w, b)]
    step = Slider("step", (0, 1), 0, plays=True)
    actor = Actor("line", stage[1], *numbers, "black", 1, line=(0, 3))
    page = seen(stage, actor, [SLIDERS[0], step])
    for at in np.ndindex(3, 2):
        wanted = place(stage[1], [0, 3], [b[at], b[at] + 3 * w[at]])
        assert page.points("line", at) == pytest.approx(wanted, abs=0.06)


def test_growing_actor_shows_the_run_so_far(stage):
    x = np.arange(4.0)[None, None]
    page = seen(
        stage, Actor("a", stage[1], x, x**2, "black", 1, grows=True), [SLIDERS[0], Slider("step", range(4), 0, True)]
    )
    for step in range(4):
        assert page.points("a", [0, step]) == pytest.approx(
            place(stage[1], x[0, 0], x[0, 0] ** 2)[: step + 1], abs=0.07
        )


def test_drawn_actor_and_sent_actor_are_at_the_same_pixels(stage):
    x, y = np.array([2.0, 7.0, 7.0])[:, None, None], np.array([3.0, 9.0])[None, :, None]
    actor = Actor("a", stage[1], x, y, "#ff0000", dots=9)
    page = seen(stage, actor)
    actor.draw([1, 1])
    image = np.asarray(Image.open(io.BytesIO(png(stage[0]))).convert("RGB")).astype(int)
    rows, columns = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 60))
    drawn = np.array([columns.mean(), rows.mean()]) / figures.SHARPNESS
    assert drawn == pytest.approx(page.points("a", [1, 1])[0], abs=0.7)
    assert np.ptp(columns) / figures.SHARPNESS == pytest.approx(9, abs=1.5)


def test_panel_and_stride_are_those_of_the_axes(stage):
    actor = Actor("a", stage[1], np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), "black", 1, trail=5, stride=2).to_page(
        Tables()
    )
    x, y, width, height = actor["panel"]
    assert place(stage[1], 0, 10) == pytest.approx([x, y], abs=0.01)
    assert place(stage[1], 10, 0) == pytest.approx([x + width, y + height], abs=0.01)
    assert actor["stride"] == pytest.approx(place(stage[1], 2, 0)[0] - place(stage[1], 0, 0)[0])


@pytest.mark.parametrize("size", [1e3, 1e8, 1e155, 1e300])
def test_far_points_are_pulled_in_but_keep_their_direction(stage, size):
    directions = np.array([(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 2)])
    x, y = np.moveaxis(5 + size * directions, -1, 0)[:, None, None]
    found = seen(stage, Actor("a", stage[1], x, y, "black", 1)).points("a", [0, 0])
    for away, direction in zip(found - place(stage[1], 5, 5), directions, strict=True):
        one = place(stage[1], *(5 + direction)) - place(stage[1], 5, 5)
        assert np.hypot(*away) == pytest.approx(FAR, rel=1e-3)
        assert away / FAR == pytest.approx(one / np.hypot(*one), abs=1e-3)


def test_actor_keeps_its_last_finite_place(stage):
    y = np.array([5.0, 6.0, math.nan, math.inf, -math.inf, 7.0])[None, None]
    for x in (np.full((1, 1, 6), 5.0), np.full((1, 1, 1), 5.0)):
        found = seen(stage, Actor("a", stage[1], x, y, "black", 1)).points("a", [0, 0])
        assert found[[2, 3, 4]] == pytest.approx(found[[1, 1, 1]])
        assert found[5] == pytest.approx(place(stage[1], 5, 7), abs=0.07)


@pytest.mark.parametrize("y", [math.nan, 0.0, 1e-300])
def test_what_has_no_place_is_below_its_panel(stage, y):
    x, y = np.full((1, 1, 2), 5.0), np.full((1, 1, 2), y)
    found = seen(stage, Actor("a", stage[2], x, y, "black", 1)).points("a", [0, 0])
    assert (found[:, 1] > place(stage[2], 0, 1e-3)[1]).all()


def test_tables_that_say_the_same_are_sent_once(stage):
    tables, table = Tables(), np.arange(6).reshape(3, 1, 2)
    first = tables.add(table)
    assert first == {"start": 0, "strides": [2, 0], "length": 2}
    assert tables.add(table.reshape(1, 3, 2)) == {"start": 0, "strides": [0, 2], "length": 2}
    assert tables.add(table + 1)["start"] == 6


# ---- Words ----


def told(stage, *values, **how):
    """The values as the page writes them, which is as the kernel does."""
    numbers = Numbers(np.array(values), **how)
    lab = LiveFigure(Scene(stage[0], [], ["{a}"], {"a": numbers}), [Slider("a", range(len(values)), 0)])
    page = Page(lab)
    words = [page.readout([at]) for at in range(len(values))]
    assert words == [numbers.text([at]) for at in range(len(values))]
    return words


def test_decimals_are_those_of_python(stage):
    values = np.random.default_rng(0).normal(0, 3, 500)
    assert told(stage, *values, decimals=2) == [f"{round(value, 2) + 0.0:.2f}" for value in values]
    assert told(stage, 0.0, 3.0, 200.0, -1.0, decimals=0) == ["0", "3", "200", "-1"]


def test_digits_are_those_of_python(stage):
    values = 10 ** np.random.default_rng(0).uniform(-40, 9, 500)
    for digits in (2, 3):
        assert told(stage, *values, digits=digits) == [f"{value:.{digits}g}" for value in values]
    assert told(stage, 0.0, 9.96, 1.0, 99.6, 4e-299, digits=2) == ["0", "10", "1", "1e+02", "4e-299"]


def test_sentence_and_mark_follow_the_sliders(lab):
    page = Page(lab)
    assert [page.readout(at) for at in np.ndindex(3, 2)] == [
        "0.0 and 0",
        "0.0 and 10",
        "1.0 and 0",
        "1.0 and 10",
        "2.0 and 0",
        "the end",
    ]
    assert [page.mark([at, 1]) for at in range(3)] == [0.75] * 3
    assert page.mark([1, 0]) == 0.25


# ---- From a cell ----


def test_value_says_and_sets_the_sliders(lab):
    assert lab.value == {"first": 1.0, "my_last": 0.0}
    lab.value = {"first": 1.7}
    assert lab.value == {"first": 2.0, "my_last": 0.0}
    lab.value = {"my_last": 99}
    assert lab.position == [2, 1]


@pytest.mark.parametrize(
    ("value", "error", "told"),
    [
        ({"speed": 1}, ValueError, "value must name sliders of this figure, ['first', 'my_last'], not ['speed']"),
        ({"first": "fast"}, TypeError, "first must be a number, not 'fast'"),
        ({"my_last": math.nan}, ValueError, "my last must be a finite number, not nan"),
        ({"first": None}, TypeError, "first must be a number, not None"),
        ("fast", TypeError, "value must be a dictionary of slider names and values, not 'fast'"),
    ],
)
def test_bad_values_are_named_and_change_nothing(lab, value, error, told):
    with pytest.raises(error) as raised:
        lab.value = value
    assert str(raised.value) == told
    assert lab.position == [1, 0]


def test_tried_lists_the_values_at_which_a_slider_was_let_go(lab):
    assert lab.visited == [[1, 0]]
    lab.visited = [[1, 0], [2, 1]]  # as the page does it
    assert lab.tried == [{"first": 1.0, "my_last": 0.0}, {"first": 2.0, "my_last": 10.0}]


def test_reader_without_a_kernel_gets_the_start_as_a_picture_and_in_words(lab):
    forms, _ = lab._repr_mimebundle_()
    assert forms["text/plain"] == "A toy. At first 1, my last 0: 1.0 and 0."
    assert lab.scene["alt"] == "A toy."

"""The live figure: what is sent to the page says for every position where matplotlib would draw, and in words.

What is sent is read by `course_labs.Page`, which shares no line with what writes it.
"""

import math

import numpy as np
import pytest

from course_labs import Page
from helpers import drawing
from helpers.live_figure import FAR, Actor, LiveFigure, Slider, Tables


def place(ax, x, y):
    """Where matplotlib draws points, in pixels of the page from its top left corner."""
    places = np.stack(np.broadcast_arrays(x, y), axis=-1)
    inches = ax.transData.transform(places.reshape(-1, 2)).reshape(places.shape) / ax.figure.dpi
    return np.array([0, ax.figure.get_figheight() * 100]) + inches * 100 * [1, -1]


@pytest.fixture
def stage():
    """A picture with two panels: both axes linear, and one logarithmic upwards."""
    picture, axes = drawing.panels(3.1, "linear", "logarithmic", layout="none")
    axes[0].set(xlim=(0, 10), ylim=(0, 10))
    axes[1].set(xlim=(0, 10), ylim=(1e-3, 10), yscale="log")
    return picture.saying("A toy."), *axes


SLIDERS = [Slider("first", (0.0, 1.0, 4.0), 1.0), Slider("my last", (0.0, 10.0), -3)]


def page_of(stage, actor, sliders=SLIDERS):
    return Page(LiveFigure(stage[0], [actor], sliders, ["words"], {}))


def test_panel_and_stride_are_those_of_the_axes(stage):
    zero = np.zeros((1, 1, 1))
    actor = Actor("a", stage[1], zero, zero, "black", 1, trail=5, stride=2).to_page(Tables())
    x, y, width, height = actor["panel"]
    assert place(stage[1], 0, 10) == pytest.approx([x, y], abs=0.01)
    assert place(stage[1], 10, 0) == pytest.approx([x + width, y + height], abs=0.01)
    assert actor["stride"] == pytest.approx(place(stage[1], 2, 0)[0] - place(stage[1], 0, 0)[0])


@pytest.mark.parametrize("size", [1e5, 1e155, 1e300])
def test_far_points_are_pulled_in_but_keep_their_direction(stage, size):
    directions = np.array([(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 2)])
    x, y = np.moveaxis(5 + size * directions, -1, 0)[:, None, None]
    points = page_of(stage, Actor("a", stage[1], x, y, "black", 1)).points("a", [0, 0])
    for away, direction in zip(points - place(stage[1], 5, 5), directions, strict=True):
        near = place(stage[1], *(5 + direction)) - place(stage[1], 5, 5)
        assert away / FAR == pytest.approx(near / np.hypot(*near), abs=1e-3)


def test_actor_keeps_its_last_finite_place(stage):
    y = np.array([5.0, 6.0, math.nan, math.inf, -math.inf, 7.0])[None, None]
    for x in (np.full((1, 1, 6), 5.0), np.full((1, 1, 1), 5.0)):
        points = page_of(stage, Actor("a", stage[1], x, y, "black", 1)).points("a", [0, 0])
        assert points[[2, 3, 4]] == pytest.approx(points[[1, 1, 1]])
        assert points[5] == pytest.approx(place(stage[1], 5, 7), abs=0.07)


@pytest.mark.parametrize("y", [math.nan, 0.0, 1e-300])
def test_number_without_a_place_is_below_its_panel(stage, y):
    x, y = np.full((1, 1, 2), 5.0), np.full((1, 1, 2), y)
    points = page_of(stage, Actor("a", stage[2], x, y, "black", 1)).points("a", [0, 0])
    assert (points[:, 1] > place(stage[2], 0, 1e-3)[1]).all()


@pytest.mark.parametrize("form", ["z.0f", "z.2f", ".2g", ".3g"])
def test_numbers_are_written_as_python_writes_them(stage, form):
    random = np.random.default_rng(0)
    values = [*random.normal(0, 3, 500), *10 ** random.uniform(-40, 9, 500), 0.0, 9.96, 99.6, 200.0, -1.0, 4e-299]
    slider = Slider("a", range(len(values)), 0)
    page = Page(LiveFigure(stage[0], [], [slider], [f"{{a:{form}}}"], {"a": np.array(values)[:, None]}))
    assert [page.readout([at]) for at in range(len(values))] == [f"{value:{form}}" for value in values]

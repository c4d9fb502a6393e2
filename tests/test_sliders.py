"""The live figure, seen from the kernel: its tables hold what a plain loop makes, where matplotlib would draw it."""

import base64
import io
import math
import re

import numpy as np
import pytest
import torch
from PIL import Image

import labs
import notebooks
from helpers import figures, make_line, sliders
from helpers.show import png
from helpers.sliders import FAR, RATES, STEPS, Actor, LiveFigure, Scene, Slider

TRUTH = (0.3, 0.5)
START = (-0.3, 0.2)
X, Y = make_line(noise=0.05)
GOAL = 0.0015


def plain_run(x, y, rate, start=START, steps=STEPS):
    """w, b and the loss at every step, by the loop that notebook 04 writes."""
    x, y = torch.as_tensor(x), torch.as_tensor(y)
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start)
    rows = []
    for _ in range(steps + 1):
        loss = ((w * x + b - y) ** 2).mean()
        rows.append((w.item(), b.item(), loss.item()))
        loss.backward()
        with torch.no_grad():
            w -= rate * w.grad
            b -= rate * b.grad
        w.grad = b.grad = None
    return np.array(rows).T


def page(ax, x, y):
    """Where matplotlib draws points, in pixels of the page from its top left corner."""
    places = np.stack(np.broadcast_arrays(x, y), axis=-1)
    inches = ax.transData.transform(places.reshape(-1, 2)).reshape(places.shape) / ax.figure.dpi
    return np.array([0, ax.figure.get_figheight() * 100]) + inches * 100 * [1, -1]


def tables(lab):
    """The table of each actor, by name: shape (positions, points, 2)."""
    return {
        actor["name"]: np.frombuffer(actor["table"], np.float32).reshape(-1, actor["points"], 2)
        for actor in lab.scene["actors"]
    }


def actors(lab):
    return {actor["name"]: actor for actor in lab.scene["actors"]}


@pytest.fixture(scope="module")
def rate_lab():
    return sliders.learning_rate(X, Y, TRUTH)


@pytest.fixture(scope="module")
def hand_lab():
    return sliders.hand_fit(X, Y, GOAL)


@pytest.fixture(scope="module")
def noise_lab():
    return sliders.learning_rate_and_noise()


@pytest.fixture(scope="module")
def stage():
    """Two panels with simple axes: linear, and logarithmic upwards."""
    _, axes = figures.stage("linear", "logarithmic", "unused")
    axes[0].set(xlim=(0, 10), ylim=(0, 10))
    axes[1].set(xlim=(0, 10), ylim=(1e-3, 10), yscale="log")
    return axes


class Toy:
    """A live figure whose middle slider retrains; `calls` says for which values it was built."""

    def __init__(self):
        self.calls = []
        look = Slider("first", (0.0, 1.0, 2.0), 1.0), Slider("my noise", (0.0, 0.5, 1.0), 0.4, retrains=True)
        self.lab = LiveFigure(self.build, [*look, Slider("last", (0.0, 10.0), 0.0)], counts_moves=True)

    def build(self, **values):
        self.calls.append(values)
        picture, axes = figures.stage("a", "b", "c")
        axes[0].set(xlim=(0, 10), ylim=(0, 10))
        picture.alt = "A toy."
        x, y = np.arange(3.0)[:, None, None], np.array([0.0, 10.0])[None, :, None]
        actor = Actor("dot", axes[0], x + values["my_noise"], y, figures.LINE, dots=True)
        return Scene(picture, [actor], [f"{first}-{last}" for first in range(3) for last in (0, 10)])


@pytest.fixture
def toy():
    return Toy()


# ---- Sliders and actors ----


def test_the_learning_rates():
    assert len(RATES) == 80
    assert 0.1 in RATES
    assert list(RATES) == sorted(set(RATES))
    assert np.diff(np.log10(RATES)) == pytest.approx(1 / 30, abs=0.03)


@pytest.mark.parametrize(("value", "position"), [(-9, 0), (0.04, 0), (0.06, 1), (0.1, 1), (7, 2)])
def test_the_nearest_position(value, position):
    slider = Slider("learning rate", (0.0, 0.1, 0.2), 0.1)
    assert slider.nearest(value) == position
    assert slider.key == "learning_rate"


@pytest.mark.parametrize(("value", "share"), [(-1, 0), (0, 0), (0.5, 0.25), (1, 0.5), (7, 0.8), (10, 1), (99, 1)])
def test_the_share_of_the_way_along_a_slider(value, share):
    assert Slider("uneven", (0, 1, 10), 0).share(value) == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("panel", [0, 1])
def test_an_actor_stands_where_matplotlib_draws(stage, panel):
    x, y = np.linspace(0, 10, 7), np.linspace(0.01, 9, 5)[:, None] * np.ones(7)
    table = Actor("a", stage[panel], x, y, "black").table()
    assert table.shape == (5, 7, 2)
    assert table.dtype == np.float32
    assert table == pytest.approx(page(stage[panel], x, y), abs=0.01)


def test_a_drawn_actor_and_its_table_are_at_the_same_pixels():
    picture, (ax, *_) = figures.stage("a", "b", "c")
    ax.set(xlim=(0, 10), ylim=(0, 10))
    actor = Actor("a", ax, np.array([[2.0], [7.0]]), np.array([[3.0], [9.0]]), "#ff0000", width=9, dots=True)
    actor.draw((1,))
    image = np.asarray(Image.open(io.BytesIO(png(picture))).convert("RGB")).astype(int)
    rows, columns = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 60))
    x, y = actor.table()[1, 0]
    assert columns.mean() / figures.SHARPNESS == pytest.approx(x, abs=0.7)
    assert rows.mean() / figures.SHARPNESS == pytest.approx(y, abs=0.7)
    assert np.ptp(columns) / figures.SHARPNESS == pytest.approx(9, abs=1.5)


def test_the_panel_is_the_rectangle_of_the_axes(stage):
    x, y, width, height = Actor("a", stage[0], np.zeros(1), np.zeros(1), "black").to_page()["panel"]
    assert page(stage[0], 0, 10) == pytest.approx([x, y], abs=0.01)
    assert page(stage[0], 10, 0) == pytest.approx([x + width, y + height], abs=0.01)


def test_a_stride_is_measured_along_x(stage):
    told = Actor("a", stage[0], np.zeros(1), np.zeros(1), "black", trail=5, stride=2).to_page()
    assert (told["trail"], told["width"]) == (5, 2)
    assert told["stride"] == pytest.approx(page(stage[0], 2, 0)[0] - page(stage[0], 0, 0)[0])


@pytest.mark.parametrize("size", [1e3, 1e8, 1e155, 1e300])
def test_far_points_are_pulled_in_but_keep_their_direction(stage, size):
    directions = np.array([(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 2)])
    x, y = np.moveaxis(5 + size * directions, -1, 0)
    table = Actor("a", stage[0], x, y, "black").table().astype(float)
    for away, direction in zip(table - page(stage[0], 5, 5), directions, strict=True):
        one = page(stage[0], *(5 + direction)) - page(stage[0], 5, 5)
        assert np.hypot(*away) == pytest.approx(FAR, rel=1e-3)
        assert away / FAR == pytest.approx(one / np.hypot(*one), abs=1e-3)


def test_numbers_that_are_none_leave_an_actor_where_it_was(stage):
    y = np.array([5.0, 6.0, math.nan, math.inf, -math.inf, 7.0])
    table = Actor("a", stage[0], np.full(6, 5.0), y, "black").table()
    assert table[[2, 3, 4]] == pytest.approx(table[[1, 1, 1]])
    assert table[5] == pytest.approx(page(stage[0], 5, 7), abs=0.01)


def test_a_place_of_which_one_number_is_none_is_no_place(stage):
    table = Actor("a", stage[0], np.array([5.0, math.nan]), np.array([5.0, 6.0]), "black").table()
    assert table[1] == pytest.approx(table[0])
    table = Actor("a", stage[0], np.array([5.0, 6.0]), np.array([5.0, math.nan]), "black").table()
    assert table[1] == pytest.approx(table[0])


def test_each_position_stays_at_its_own_last_place(stage):
    y = np.array([[1.0, math.nan, 2.0], [3.0, 4.0, math.inf], [5.0, math.nan, math.nan]])
    table = Actor("a", stage[0], np.full(3, 5.0), y, "black").table()
    filled = np.array([[1.0, 1.0, 2.0], [3.0, 4.0, 4.0], [5.0, 5.0, 5.0]])
    assert table == pytest.approx(page(stage[0], np.full(3, 5.0), filled), abs=0.01)


def test_without_any_number_an_actor_is_below_its_panel(stage):
    table = Actor("a", stage[0], np.full(2, math.nan), np.full(2, math.nan), "black").table()
    assert (table[:, 1] > page(stage[0], 0, 0)[1]).all()
    assert table[:, 0] == pytest.approx(page(stage[0], 5, 0)[0], abs=0.01)


@pytest.mark.parametrize("loss", [0.0, 1e-300])
def test_a_loss_of_nothing_is_below_the_logarithmic_panel(stage, loss):
    table = Actor("a", stage[1], np.array([1.0, 2.0]), np.array([1.0, loss]), "black").table()
    assert np.isfinite(table).all()
    assert table[1, 1] > page(stage[1], 0, 1e-3)[1]


# ---- The mechanism ----


def test_value_says_and_sets_the_sliders(toy):
    assert toy.lab.value == {"first": 1.0, "my_noise": 0.5, "last": 0.0}
    toy.lab.value = {"first": 1.7, "last": 99}
    assert toy.lab.value == {"first": 2.0, "my_noise": 0.5, "last": 10.0}
    assert toy.lab.position == [2, 1, 1]


@pytest.mark.parametrize(
    ("value", "error", "told"),
    [
        (
            {"speed": 1},
            ValueError,
            "value must name sliders of this figure, ['first', 'my_noise', 'last'], not ['speed']",
        ),
        ({"first": "fast"}, TypeError, "first must be a number, not 'fast'"),
        ({"my_noise": math.nan}, ValueError, "my noise must be a finite number, not nan"),
        ({"first": None}, TypeError, "first must be a number, not None"),
    ],
)
def test_bad_values_are_named_and_change_nothing(toy, value, error, told):
    with pytest.raises(error) as raised:
        toy.lab.value = value
    assert str(raised.value) == told
    assert toy.lab.position == [1, 1, 0]


def test_only_a_slider_that_retrains_makes_the_kernel_build(toy):
    assert toy.calls == [{"my_noise": 0.5}]
    before = toy.lab.scene
    toy.lab.value = {"first": 2, "last": 10}
    assert toy.lab.scene is before
    toy.lab.value = {"my_noise": 1}
    assert toy.calls == [{"my_noise": 0.5}, {"my_noise": 1.0}]
    assert toy.lab.scene is not before
    assert toy.lab.scene["trained"] == [0, 2, 0]
    toy.lab.value = {"my_noise": 0.9}
    assert len(toy.calls) == 2


def test_tables_and_readouts_are_in_the_order_of_the_sliders_that_look_up(toy):
    toy.lab.value = {"my_noise": 0}
    _, (ax, *_) = figures.stage("a", "b", "c")
    ax.set(xlim=(0, 10), ylim=(0, 10))
    for place, readout in enumerate(toy.lab.scene["readouts"]):
        first, last = map(int, readout.split("-"))
        assert tables(toy.lab)["dot"][place, 0] == pytest.approx(page(ax, first, last), abs=0.01)


def test_what_was_tried(toy):
    assert toy.lab.visited == [[1, 1, 0]]
    toy.lab.visited = [[1, 1, 0], [2, 0, 1]]  # as the page does it when a slider is let go
    assert toy.lab.tried == [
        {"first": 1.0, "my_noise": 0.5, "last": 0.0},
        {"first": 2.0, "my_noise": 0.0, "last": 10.0},
    ]


def test_the_page_shares_what_it_shows_and_what_it_sets(toy):
    assert not LiveFigure(toy.build, [Slider("my noise", (0.0, 0.5, 1.0), 0.4, retrains=True)]).counts_moves
    shared = {"scene", "sliders", "position", "visited", "handled", "counts_moves", "_esm", "_css"}
    assert shared <= set(toy.lab.keys)


def test_the_page_is_told_about_the_sliders(toy):
    plain = {"retrains": False, "plays": False, "notched": False, "unit": ""}
    first, noise, _ = toy.lab.sliders
    assert first == {**plain, "name": "first", "texts": ["0", "1", "2"], "start": 1}
    assert noise == {**plain, "name": "my noise", "texts": ["0", "0.5", "1"], "start": 1, "retrains": True}
    step = Slider("step", (0, 1), 9, plays=True, notched=True, unit="points").to_page()
    assert step == {
        "name": "step",
        "texts": ["0", "1"],
        "start": 1,
        "retrains": False,
        "plays": True,
        "notched": True,
        "unit": "points",
    }
    assert toy.lab.counts_moves
    assert toy.lab.scene["size"] == [900, 310]
    assert toy.lab.scene["alt"] == "A toy."


# ---- The labs ----


@pytest.mark.parametrize("position", [0, 46, 66, 70, 72, 79])
def test_every_learning_rate_shows_the_run_of_a_plain_loop(rate_lab, position):
    w, b, loss = plain_run(X, Y, RATES[position])
    _, (left, middle, right) = figures.empty_panels(X, Y, TRUTH, START, STEPS)
    wanted = {
        "line": page(left, np.array([0, 1]), np.array([b[-1], w[-1] + b[-1]])),
        "path": page(middle, w, b),
        "steps": page(middle, w, b),
        "loss": page(right, np.arange(STEPS + 1), loss),
    }
    found = tables(rate_lab)
    assert set(found) == set(wanted)
    for name, places in wanted.items():
        near = np.abs(places).max(axis=-1) < FAR / 2
        assert found[name].shape == (len(RATES), *places.shape)
        assert near.any() or name == "line"  # the last line of a run that diverged is far away
        assert found[name][position, near] == pytest.approx(places[near], abs=0.01)


def test_every_number_of_every_lab_is_finite_and_in_reach(rate_lab, hand_lab):
    for lab in (rate_lab, hand_lab):
        for table in tables(lab).values():
            assert np.isfinite(table).all()
            assert np.abs(table).max() <= FAR + 900


def test_the_readout_of_every_learning_rate(rate_lab):
    readouts = rate_lab.scene["readouts"]
    assert len(readouts) == len(RATES)
    for position in (0, 46, 70, 79):
        w, b, loss = plain_run(X, Y, RATES[position])
        gone = next((step for step, value in enumerate(loss) if not value <= 1000 * loss[0]), None)
        if gone is None:
            told = f"after 200 steps: loss {loss[-1]:.2g}, w = {w[-1]:.2f}, b = {b[-1]:.2f}"
        else:
            told = f"diverged at step {gone}: the loss is more than 1,000 times the first"
        assert readouts[position] == told
    assert ["diverged" in readout for readout in readouts] == sorted("diverged" in readout for readout in readouts)


def test_runs_begin_where_they_are_told_to():
    start = 0.5, -0.5
    lab = sliders.learning_rate(X, Y, TRUTH, *start)
    _, (_, middle, _) = figures.empty_panels(X, Y, TRUTH, start, STEPS)
    assert tables(lab)["path"][:, 0] == pytest.approx(np.tile(page(middle, *start), (len(RATES), 1)), abs=0.01)
    assert "from w = 0.5, b = -0.5" in lab.scene["alt"]


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_retraining_shows_the_runs_on_the_new_data(noise_lab, noise):
    old = noise_lab.scene
    noise_lab.value = {"noise": noise, "learning_rate": 0.1}
    assert noise_lab.value == {"noise": noise, "learning_rate": 0.1}
    assert noise_lab.scene["trained"] == [0, round(noise / 0.01)]
    assert noise_lab.scene["stage"] != old["stage"]
    x, y = make_line(noise=noise)
    picture, (_, middle, right) = figures.empty_panels(x, y, TRUTH, START, STEPS)
    assert noise_lab.scene["stage"] == png(picture)
    w, b, loss = plain_run(x, y, 0.1)
    found, lane = tables(noise_lab), RATES.index(0.1)
    assert found["loss"][lane] == pytest.approx(page(right, np.arange(STEPS + 1), loss), abs=0.01)
    assert found["path"][lane] == pytest.approx(page(middle, w, b), abs=0.01)


def test_every_place_of_the_hand_fit(hand_lab):
    slopes, intercepts = ([float(text) for text in slider["texts"]] for slider in hand_lab.sliders)
    grid = np.array([[((w * X + b - Y) ** 2).mean() for b in intercepts] for w in slopes])
    _, (left, middle, right) = figures.dark_panels(X, Y, slopes, intercepts, grid, GOAL, False)
    found = tables(hand_lab)
    readouts = hand_lab.scene["readouts"]
    assert len(readouts) == len(slopes) * len(intercepts)
    for place in range(0, len(readouts), 37):
        w, b = slopes[place // len(intercepts)], intercepts[place % len(intercepts)]
        loss = ((w * X + b - Y) ** 2).mean()
        verdict = f"below the goal of {GOAL}: done" if loss < GOAL else f"goal: below {GOAL}"
        assert readouts[place] == f"loss {loss:.4f} · {verdict}"
        assert found["line"][place] == pytest.approx(page(left, np.array([0, 1]), np.array([b, w + b])), abs=0.01)
        assert found["here"][place] == pytest.approx(page(middle, [w], [b]), abs=0.01)
        assert found["way"][place] == pytest.approx(page(middle, [w], [b]), abs=0.01)
        assert found["loss"][place] == pytest.approx(page(right, np.array([0, 40]), loss), abs=0.01)
        assert found["losses"][place] == pytest.approx(page(right, [1], [loss]), abs=0.01)
    assert actors(hand_lab)["losses"]["stride"] == pytest.approx(page(right, 1, 1)[0] - page(right, 0, 1)[0])
    assert actors(hand_lab)["losses"]["trail"] == 40


def test_the_goal_of_the_hand_fit_can_be_reached(hand_lab):
    done = [readout for readout in hand_lab.scene["readouts"] if readout.endswith("done")]
    assert 0 < len(done) < 30
    assert not hand_lab.scene["readouts"][0].endswith("done")


def test_whoever_plays_blind_sees_no_line():
    lab = sliders.hand_fit(X, Y, GOAL, blind=True)
    assert set(tables(lab)) == {"way", "here", "loss", "losses"}
    assert "hidden" in lab.scene["alt"]


@pytest.mark.parametrize(
    ("lab", "told"),
    [
        ("hand_lab", "At slope w -0.8, intercept b 1.2: loss 0.1257 "),
        ("rate_lab", "At learning rate 0.01: after 200 steps: loss 0.0069,"),
        ("noise_lab", "At learning rate 0.1, noise 0.01: after 200 steps: loss 6.9e-05,"),
    ],
)
def test_without_a_kernel_there_is_a_picture_of_the_start_and_a_sentence(request, lab, told):
    lab = request.getfixturevalue(lab)
    forms, _ = lab._repr_mimebundle_()
    assert set(forms) == {"text/html", "image/png", "text/plain", "application/vnd.jupyter.widget-view+json"}
    assert forms["text/plain"].startswith(lab.scene["alt"] + " " + told)
    assert forms["text/plain"].endswith(".")
    assert f'alt="{forms["text/plain"]}"' in forms["text/html"]
    picture = base64.b64decode(forms["image/png"])
    assert Image.open(io.BytesIO(picture)).size == (1440, 496)
    assert picture != lab.scene["stage"]  # the actors are on it
    assert lab._repr_mimebundle_()[0] == forms


def test_the_picture_without_a_kernel_has_the_line_where_the_table_has_it(rate_lab):
    picture = base64.b64decode(rate_lab._repr_mimebundle_()[0]["image/png"])
    image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    blue = np.array([int(part, 16) for part in re.findall("..", figures.LINE[1:])])
    x, y = tables(rate_lab)["line"][rate_lab.sliders[0]["start"]].mean(axis=0) * figures.SHARPNESS
    around = image[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3]
    assert np.abs(around - blue).sum(axis=-1).min() < 40


@pytest.mark.parametrize(
    ("lab", "error", "told"),
    [
        (lambda: sliders.hand_fit("x", Y, GOAL), TypeError, "x must hold numbers, not 'x'"),
        (lambda: sliders.hand_fit(X, Y[:3], GOAL), ValueError, "x and y must have the same size, not 100 and 3"),
        (lambda: sliders.hand_fit(X, Y, 0), ValueError, "goal must be above 0, not 0"),
        (lambda: sliders.hand_fit(X, Y, "low"), TypeError, "goal must be a number, not 'low'"),
        (lambda: sliders.learning_rate(X, [math.nan] * 100, TRUTH), ValueError, "y must hold finite numbers only"),
        (lambda: sliders.learning_rate(X, Y, TRUTH, w="a"), TypeError, "w must be a number, not 'a'"),
        (lambda: sliders.learning_rate_and_noise(b=math.nan), ValueError, "b must be a finite number, not nan"),
        (lambda: sliders.learning_rate_and_noise(truth=("a", 1)), TypeError, "w of truth must be a number, not 'a'"),
        (lambda: sliders.hand_fit([0, 2e4], [0, 1], GOAL), ValueError, "x must be at most 10"),
        (lambda: sliders.hand_fit(X, Y, GOAL, blind=1), TypeError, "blind must be True or False, not 1"),
        (lambda: sliders.learning_rate_and_noise(truth=(0, 2e4)), ValueError, "b of truth must be at most 10"),
        (lambda: sliders.explore(X, Y, TRUTH, w=-0.61), ValueError, "w must be at least -0.6, not -0.61"),
        (lambda: sliders.explore(X, Y, TRUTH, w=1.21), ValueError, "w must be at most 1.2, not 1.21"),
        (lambda: sliders.explore(X, Y, TRUTH, b=-0.11), ValueError, "b must be at least -0.1, not -0.11"),
        (lambda: sliders.explore(X, Y, TRUTH, b=1.11), ValueError, "b must be at most 1.1, not 1.11"),
        (lambda: sliders.explore(X, Y, TRUTH, steps=1001), ValueError, "steps must be at most 1"),
        (lambda: sliders.momentum(X, Y, TRUTH, steps=1001), ValueError, "steps must be at most 1"),
        (lambda: sliders.data_and_answer(truth=(0, 2e4)), ValueError, "b of truth must be at most 10"),
        (lambda: sliders.data_and_answer(draws=1), ValueError, "draws must be at least 2, not 1"),
        (lambda: sliders.data_and_answer(draws=1001), ValueError, "draws must be at most 1"),
        (lambda: sliders.handfuls([0, 2e4]), ValueError, "values must be at most 10"),
        (lambda: sliders.handfuls([0, -2e4]), ValueError, "values must be at least -10"),
        (lambda: sliders.handfuls([1, 1]), ValueError, "values must hold at least two different numbers"),
        (lambda: sliders.handfuls(Y, runs=1001), ValueError, "runs must be at most 1"),
        (lambda: sliders.handfuls(Y, steps=1001), ValueError, "steps must be at most 1"),
    ],
)
def test_bad_input_is_named(lab, error, told):
    with pytest.raises(error) as raised:
        lab()
    assert str(raised.value).startswith(told)


# ---- Every lab of the course ----

FOUND = labs.find()
STILL = ("hand_fit", "learning_rate", "momentum", "data_and_answer", "handfuls")  # they never train again
NOTCHED = [one for one in FOUND if one.function in ("explore", "momentum")]
each_lab = pytest.mark.parametrize("found", FOUND, ids=str)
each_notched = pytest.mark.parametrize("found", NOTCHED, ids=str)


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.fixture
def lab(found):
    """A lab as its notebook makes it."""
    return found.lab()


def settings(lab, random, number):
    """Random positions of the sliders that look up; the others stay where they are."""
    drawn = random.integers(0, labs.sizes(lab, range(len(lab.sliders))), (number, len(lab.sliders)))
    stay = [slider["retrains"] for slider in lab.sliders]
    return np.where(stay, lab.position, drawn).tolist()


def assert_everything_is_there(lab, random, number):
    for actor in lab.scene["actors"]:
        assert np.isfinite(np.frombuffer(actor["table"], np.float32)).all(), actor["name"]
    words = lab.scene["readouts"]
    assert len(words) == np.prod(labs.sizes(lab, labs.lookups(lab)))
    for position in settings(lab, random, number):
        told = labs.readout(lab, position)
        assert isinstance(told, str) and told.strip()
        assert "nan" not in told and "inf" not in told
        for actor in lab.scene["actors"]:
            where = labs.points(lab, actor, position)
            assert where.shape[0] > 0 and where.shape[1:] == (2,)
            assert np.abs(where).max() <= FAR + 900


@each_lab
def test_any_setting_of_a_lab_has_places_and_words(lab, random):
    assert_everything_is_there(lab, random, 2000)


@pytest.mark.parametrize("found", [one for one in FOUND if one.function not in STILL], ids=str)
def test_any_setting_of_a_lab_that_trains_again_has_places_and_words(lab, random, monkeypatch):
    monkeypatch.setattr(sliders.show, "png", lambda stage: b"")  # what takes longest, and is the same in all settings
    retrained = [slider["retrains"] for slider in lab.sliders]
    assert any(retrained)
    for _ in range(10):
        drawn = random.integers(0, labs.sizes(lab, range(len(lab.sliders))))
        lab.position = np.where(retrained, drawn, lab.position).tolist()
        assert lab.scene["trained"] == np.where(retrained, drawn, 0).tolist()
        assert_everything_is_there(lab, random, 200)


@each_lab
def test_every_lab_opens_with_the_picture_and_the_words_that_its_notebook_stores(found, lab):
    assert len(labs.walk(found.notebook)) == len([one for one in FOUND if one.notebook == found.notebook])
    said = ", ".join(f"{name} {value:g}" for name, value in labs.values(lab, lab.position).items())
    forms, _ = lab._repr_mimebundle_()
    assert forms["text/plain"] == f"{lab.scene['alt']} At {said}: {labs.readout(lab, lab.position)}."
    assert base64.b64decode(forms["image/png"]) != lab.scene["stage"]
    (notebook,) = (notebook for notebook in notebooks.find() if str(notebook) == found.notebook)
    (stored,) = (data["image/png"] for data in notebook.pictures if data["text/plain"] == forms["text/plain"])
    if notebooks.SAME_PIXELS:
        notebooks.assert_same_pixels(*map(base64.b64decode, (stored, forms["image/png"])))


def told(found, lab):
    """A lab in a few lines: its sliders, its actors and their places' mean and spread, its first and last words."""
    yield str(found)
    yield from (" ".join(map(str, slider.values())) for slider in lab.sliders)
    for actor in lab.scene["actors"]:
        looks = {key: value for key, value in actor.items() if key not in ("table", "panel", "stride")}
        places = np.frombuffer(actor["table"], np.float32).reshape(-1, 2)
        where = " ".join(f"{number:.1f}" for number in (*places.mean(axis=0), *places.std(axis=0)))
        yield f"{' '.join(map(str, looks.values()))} stride {actor['stride']:.1f} around {where}"
    yield f"{len(lab.scene['readouts'])} words, from: {lab.scene['readouts'][0]}, to: {lab.scene['readouts'][-1]}"


@each_lab
@notebooks.pixels_of_the_lock
def test_a_lab_is_as_it_was_when_somebody_looked_at_it(found, lab):
    new = "".join(f"{line}\n" for line in told(found, lab)).encode()
    assert new == notebooks.kept(f"lab {found}", "txt", new)


@each_lab
def test_a_lab_has_a_notch_where_it_has_a_notched_slider_and_nowhere_else(found, lab):
    notched = [slider for slider in lab.sliders if slider["notched"]]
    assert len(notched) == (found in NOTCHED)
    tables = labs.sizes(lab, [number for number in labs.lookups(lab) if number != labs.played(lab)])
    assert len(lab.scene["notches"]) == (np.prod(tables) if notched else 0)


def limit_of(lab, position):
    """The limit of the learning rate by the formula, with the momentum of a position if there is any."""
    hessian = 2 * np.array([[(X * X).mean(), X.mean()], [X.mean(), 1]])
    return 2 * (1 + labs.values(lab, position).get("momentum", 0)) / np.linalg.eigvalsh(hessian).max()


@each_notched
def test_the_notch_is_at_the_limit(lab, random):
    (rates,) = ([float(text) for text in slider["texts"]] for slider in lab.sliders if slider["notched"])
    for position in settings(lab, random, 200):
        notch = lab.scene["notches"][labs.row(lab, position)]
        assert 0 < notch < 1
        assert np.interp(notch, np.linspace(0, 1, len(rates)), rates) == pytest.approx(limit_of(lab, position))


@each_notched
def test_no_run_below_the_notch_diverges_and_those_far_above_say_that_they_do(lab, random):
    seen = set()
    for position in settings(lab, random, 2000):
        if labs.played(lab) is not None:
            position[labs.played(lab)] = len(lab.sliders[labs.played(lab)]["texts"]) - 1
        share, told = labs.values(lab, position)["learning rate"] / limit_of(lab, position), labs.readout(lab, position)
        if share < 1 or share > 1.2:
            assert ("diverged at step" in told) == (share > 1.2), told
            seen.add(share > 1.2)
    assert seen == {False, True}


# ---- A run that is played, and a start that is dragged ----

explored = pytest.mark.parametrize("found", [one for one in FOUND if one.function == "explore"], ids=str)


@explored
@pytest.mark.parametrize("rate", [0.01, 0.5, 1.3])
def test_at_each_step_the_actors_show_the_run_so_far(lab, rate):
    lab.value = {"learning_rate": rate}
    rate, steps = lab.value["learning_rate"], len(lab.sliders[-1]["texts"]) - 1
    w, b, loss = plain_run(X, Y, rate, steps=steps)
    _, (left, middle, right) = figures.empty_panels(X, Y, TRUTH, START, steps)
    for step in {0, 1, 7, steps, *np.flatnonzero(~(loss <= 1000 * loss[0]))[:1].tolist()}:
        so_far = slice(step + 1)
        wanted = {
            "line": page(left, np.array([0, 1]), np.array([b[step], w[step] + b[step]])),
            "path": page(middle, w[so_far], b[so_far]),
            "steps": page(middle, w[so_far], b[so_far]),
            "loss": page(right, np.arange(step + 1), loss[so_far]),
        }
        position = [*lab.position[:-1], step]
        for name, places in wanted.items():
            found = labs.points(lab, actors(lab)[name], position)
            near = np.abs(places).max(axis=-1) < FAR / 2
            assert found.shape == places.shape
            assert found[near] == pytest.approx(places[near], abs=0.01)
        gone = np.flatnonzero(~(loss[so_far] <= 1000 * loss[0]))
        told = f"after {step} steps: loss {loss[step]:.2g}, w = {w[step]:.2f}, b = {b[step]:.2f}"
        if len(gone):
            told = f"diverged at step {gone[0]}: the loss is more than 1,000 times the first"
        assert labs.readout(lab, position) == told


@explored
@pytest.mark.parametrize("start", [(-0.6, 1.1), (1.2, -0.1), (0.3, 0.5)])
def test_the_runs_begin_at_the_handle(lab, start):
    lab.value = {"start_w": start[0], "start_b": start[1], "learning_rate": 0.1}
    assert (lab.value["start_w"], lab.value["start_b"]) == start
    w, b, _ = plain_run(X, Y, 0.1, start, steps=100)
    _, (_, middle, _) = figures.empty_panels(X, Y, TRUTH, start, 100)
    path = labs.points(lab, actors(lab)["path"], [*lab.position[:-1], 100])
    assert path == pytest.approx(page(middle, w, b), abs=0.01)
    across, up = lab.scene["handle"]["places"]
    assert [across[lab.position[1]], up[lab.position[2]]] == pytest.approx(path[0], abs=0.01)


@explored
def test_the_handle_can_stand_where_the_map_has_the_values_of_its_sliders(lab):
    assert lab.handled == [1, 2]
    slopes, intercepts = ([float(text) for text in lab.sliders[number]["texts"]] for number in lab.handled)
    _, (_, middle, _) = figures.empty_panels(X, Y, TRUTH, START, 100)
    across, up = lab.scene["handle"]["places"]
    assert across == pytest.approx([page(middle, w, intercepts[0])[0] for w in slopes], abs=0.01)
    assert up == pytest.approx([page(middle, slopes[0], b)[1] for b in intercepts], abs=0.01)
    x, y, width, height = actors(lab)["path"]["panel"]
    assert all(x < place < x + width for place in across)
    assert all(y < place < y + height for place in up)


@each_lab
def test_only_a_lab_with_two_sliders_for_it_has_a_handle(lab):
    assert (lab.scene["handle"] == {}) == (lab.handled == [])


# ---- The numbers of notebook 05 ----


@pytest.mark.parametrize("found", [one for one in FOUND if one.function == "momentum"], ids=str)
@pytest.mark.parametrize(("rate", "momentum"), [(0.1, 0.0), (0.1, 0.9), (0.9, 0.5)])
def test_the_momentum_lab_shows_the_run_of_torch_optim(lab, rate, momentum):
    lab.value = {"learning_rate": rate, "momentum": momentum}
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in START)
    optimizer = torch.optim.SGD([w, b], lr=lab.value["learning_rate"], momentum=lab.value["momentum"])
    record = []
    for _ in range(121):
        record.append((w.item(), b.item()))
        optimizer.zero_grad()
        ((w * torch.as_tensor(X) + b - torch.as_tensor(Y)) ** 2).mean().backward()
        optimizer.step()
    _, (_, middle, _) = figures.empty_panels(X, Y, TRUTH, START, 120)
    found = labs.points(lab, actors(lab)["path"], lab.position)
    assert found == pytest.approx(page(middle, *np.array(record).T), abs=0.01)
    assert labs.readout(lab, lab.position).startswith(f"limit {limit_of(lab, lab.position):.3f} · after 120 steps: ")


@pytest.mark.parametrize("found", [one for one in FOUND if one.function == "data_and_answer"], ids=str)
def test_the_spread_of_the_answers_is_that_of_their_dots(lab, random):
    """The dots of the middle panel, read back from their pixels, spread as the read-out and the formula say."""
    _, (_, middle, _) = figures.answer_panels(TRUTH, (10, 500), np.ones(2), 100)
    to_data = middle.transData.inverted()
    size = np.array([0, middle.figure.get_figheight() * middle.figure.dpi])
    for position in settings(lab, random, 20):
        chosen = labs.values(lab, position)
        dots = labs.points(lab, actors(lab)["answers"], position).astype(float)
        w, b = to_data.transform(size + dots * [1, -1] * middle.figure.dpi / figures.PIXELS_PER_INCH).T
        predicted = 2 * chosen["noise"] / chosen["size"] ** 0.5
        told = labs.readout(lab, position)
        assert told.startswith(f"spread of w over 100 draws: predicted {predicted:.4f}, measured ")
        assert float(told.rsplit(" ", 1)[1]) == pytest.approx(w.std(), abs=1e-4)
        assert len(dots) == 100
        assert np.corrcoef(w, b)[0, 1] < -0.7


@pytest.mark.parametrize("found", [one for one in FOUND if one.function == "handfuls"], ids=str)
def test_the_measured_floor_is_near_the_one_predicted(lab):
    w, b = np.polyfit(X, Y, 1)
    variance = (Y - w * X - b).var()
    for readout, (batch, rate) in zip(
        lab.scene["readouts"], np.ndindex(*labs.sizes(lab, labs.lookups(lab))), strict=True
    ):
        batch, rate = labs.values(lab, [batch, rate]).values()
        predicted, measured = map(float, re.findall(r"\d\.\d\de-\d\d", readout))
        assert predicted == pytest.approx(rate * 4 * variance / batch / (2 * (2 - rate * 2)), rel=0.005)
        assert measured == pytest.approx(predicted, rel=0.25)


def test_what_a_learner_leaves_out(hand_lab):
    assert hand_lab.counts_moves
    assert "the true line y = 0.3 x + 0.5" in sliders.data_and_answer(draws=2).scene["alt"]


def test_runs_that_end_in_no_numbers_are_shown_all_the_same(random):
    lab = sliders.explore(100 * X, Y, TRUTH)
    assert_everything_is_there(lab, random, 200)


def test_a_stage_that_serves_every_scene_keeps_its_own_sentence():
    lab = sliders.explore(*make_line(noise=0.05), (0.3, 0.5))
    alone = lab.scene["alt"]
    lab._repr_mimebundle_()
    lab.value = {"start_w": 0.5}
    assert lab.scene["alt"] == alone

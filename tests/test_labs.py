"""Every lab of the course, as its notebook makes it: each position shows a run that a plain loop makes, too."""

import base64
from functools import cache

import numpy as np
import pytest
import torch

import notebooks
from course_labs import find, walk
from helpers import descent, figures, labs, make_line
from helpers.live_figure import FAR
from test_live_figure import place

TRUTH = (0.3, 0.5)
START = (-0.3, 0.2)
X, Y = make_line(noise=0.05)
FOUND = find()
RUNS = [one for one in FOUND if one.function in ("learning_rate", "learning_rate_and_noise", "explore", "momentum")]
each_lab = pytest.mark.parametrize("found", FOUND, ids=str)
each_run = pytest.mark.parametrize("found", RUNS, ids=str)


def only(function):
    return pytest.mark.parametrize("found", [one for one in FOUND if one.function == function], ids=str)


@pytest.fixture
def page(found):
    return found.page()


@cache
def panels(found):
    """The axes of a lab's stage, on which matplotlib can say where data lie."""
    return found.lab()._scene.stage.axes


def settings(page, number=30):
    """Positions drawn at random, always the same ones."""
    return np.random.default_rng(0).integers(0, page.sizes, (number, len(page.sizes))).tolist()


def data_of(page, position):
    noise = page.values(position).get("noise")
    return (X, Y) if noise is None else make_line(*TRUTH, noise=noise)


def plain_run(page, position):
    """w, b and the loss at every step for a position, by the loop that notebook 04 writes, with torch's momentum."""
    return _plain_run(page, (*position[:-1], 0))


@cache
def _plain_run(page, position):
    x, y = map(torch.as_tensor, data_of(page, position))
    chosen = page.values(position)
    start = chosen.get("start w", START[0]), chosen.get("start b", START[1])
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start)
    velocity_w = velocity_b = 0
    rows = []
    for _ in range(page.sizes[page.steps]):
        loss = ((w * x + b - y) ** 2).mean()
        rows.append((w.item(), b.item(), loss.item()))
        loss.backward()
        with torch.no_grad():
            velocity_w = chosen.get("momentum", 0) * velocity_w + w.grad
            velocity_b = chosen.get("momentum", 0) * velocity_b + b.grad
            w -= chosen["learning rate"] * velocity_w
            b -= chosen["learning rate"] * velocity_b
        w.grad = b.grad = None
    return np.array(rows).T


def limit_of(page, position):
    """The limit of the learning rate by the formula, with the momentum of a position if there is any."""
    x, _ = data_of(page, position)
    hessian = 2 * np.array([[(x * x).mean(), x.mean()], [x.mean(), 1]])
    return 2 * (1 + page.values(position).get("momentum", 0)) / np.linalg.eigvalsh(hessian).max()


# ---- Every lab ----


@each_lab
def test_any_setting_has_places_and_words(page):
    for position in settings(page, 2000):
        readout = page.readout(position)
        assert readout.strip() and not any(word in readout for word in ("nan", "inf", "{"))
        for actor in page.scene["actors"]:
            where = page.points(actor, position)
            assert where.shape[0] > 0 and where.shape[1:] == (2,)
            assert np.isfinite(where).all()


@each_lab
def test_lab_opens_with_the_picture_and_the_words_that_its_notebook_stores(found, page):
    assert len(walk(found.notebook)) == len([one for one in FOUND if one.notebook == found.notebook])
    said = [f"{name} {value:g}" for name, value in page.values(page.start).items() if name != "step"]
    forms, _ = found.lab()._repr_mimebundle_()
    assert forms["text/plain"] == f"{page.scene['alt']} At {', '.join(said)}: {page.readout(page.start)}."
    (notebook,) = (notebook for notebook in notebooks.find() if str(notebook) == found.notebook)
    (stored,) = (data["image/png"] for data in notebook.pictures if data["text/plain"] == forms["text/plain"])
    if notebooks.SAME_PIXELS:
        notebooks.assert_same_pixels(*map(base64.b64decode, (stored, forms["image/png"])))


@each_lab
def test_lab_is_small_on_the_wire(found):
    scene = found.lab().scene
    assert len(scene["tables"]) + len(scene["stage"]) < 600_000


@each_lab
def test_lab_that_shows_a_run_can_be_played(page):
    assert (page.steps is None) == (page.scene["counts_moves"] or "size" in page.values(page.start))
    assert page.steps in (None, len(page.sizes) - 1)


# ---- Runs on the three panels ----


@pytest.fixture
def made(found, monkeypatch):
    """What `descend` records while the lab is made, one lane for each position but that of the step."""
    recorded = []
    descend = descent.descend
    monkeypatch.setattr(
        labs.descent, "descend", lambda *args, **kwargs: recorded.append(descend(*args, **kwargs)) or recorded[-1]
    )
    monkeypatch.setattr(labs, "LiveFigure", lambda *args, **kwargs: None)
    x, y = map(torch.as_tensor, (X, Y))
    getattr(labs, found.function)(*([TRUTH] if found.function == "learning_rate_and_noise" else [x, y, TRUTH]))
    return recorded[0]


@each_run
def test_lanes_are_single_runs_bit_for_bit(page, made):
    shape = page.sizes[:-1]
    for position in [*settings(page), [0] * len(page.sizes), [size - 1 for size in page.sizes]]:
        lane = np.ravel_multi_index(position[:-1], shape)
        for many, one in zip((made.w, made.b, made.loss), plain_run(page, position), strict=True):
            assert many[:, lane].tobytes() == one.tobytes()
    assert made.w.shape == (page.sizes[-1], np.prod(shape))


@each_run
def test_lanes_are_the_closed_form(page, made):
    """Without momentum n steps multiply the way to the lowest point by (1 - rate * Hessian) to the power of n."""
    for position in settings(page):
        x, y = data_of(page, position)
        chosen = page.values(position)
        if chosen.get("momentum"):
            position[1] = 0
        lane = np.ravel_multi_index(position[:-1], page.sizes[:-1])
        best = np.polyfit(x, y, 1)
        hessian = 2 * np.array([[(x * x).mean(), x.mean()], [x.mean(), 1]])
        factor = np.eye(2) - chosen["learning rate"] * hessian
        for step in (1, 7, page.sizes[-1] - 1):
            away = np.linalg.matrix_power(factor, step) @ ([made.w[0, lane], made.b[0, lane]] - best)
            assert [made.w[step, lane], made.b[step, lane]] == pytest.approx(best + away, rel=1e-9, abs=1e-9)


@each_run
def test_each_position_shows_the_run_of_a_plain_loop(found, page):
    left, middle, right = panels(found)
    for position in settings(page):
        w, b, loss = plain_run(page, position)
        step = position[-1]
        so_far = slice(step + 1)
        wanted = {
            "line": place(left, np.array([0, 1]), np.array([b[step], w[step] + b[step]])),
            "path": place(middle, w[so_far], b[so_far]),
            "loss": place(right, np.arange(step + 1), np.maximum(loss[so_far], 1e-300)),
        }
        for name, places in wanted.items():
            found_places = page.points(name, position)
            assert found_places.shape == places.shape
            near = np.abs(places).max(axis=-1) < FAR / 2
            assert found_places[near] == pytest.approx(places[near], abs=0.2)


@each_run
def test_readout_tells_the_run(page):
    for position in settings(page):
        w, b, loss = plain_run(page, position)
        step = position[-1]
        gone = np.flatnonzero(~(loss[: step + 1] <= 1000 * loss[0]))
        told = f"step {step}: loss {loss[step]:.2g}, w = {w[step]:.2f}, b = {b[step]:.2f}".replace("-0.00", "0.00")
        if len(gone):
            told = f"diverged at step {gone[0]}: the loss is more than 1,000 times the first"
        assert told in page.readout(position)


@each_run
def test_mark_is_at_the_limit(page):
    marked = [slider for slider in page.sliders if slider["marked"]]
    assert (page.scene["mark"] is None) == (marked == [])
    for slider in marked:
        rates = np.array(slider["texts"], float)
        for position in settings(page, 200):
            at = page.mark(position) * (len(rates) - 1)
            assert np.interp(at, np.arange(len(rates)), rates) == pytest.approx(limit_of(page, position), rel=1e-3)


@each_run
def test_no_run_below_the_limit_diverges_and_those_far_above_do(page):
    seen = set()
    for position in settings(page, 2000):
        position[-1] = page.sizes[-1] - 1
        share = page.values(position)["learning rate"] / limit_of(page, position)
        if share < 1 or share > 1.2:
            assert ("diverged at step" in page.readout(position)) == (share > 1.2)
            seen.add(share > 1.2)
    assert seen == {False, True}


# ---- Notebook 04: what moves with the noise ----


@only("learning_rate_and_noise")
def test_data_map_lowest_point_and_floor_move_with_the_noise(found, page):
    left, middle, right = panels(found)
    for noise in range(0, page.sizes[1], 2):  # more than ten positions
        position = [page.start[0], noise, page.start[2]]
        x, y = make_line(*TRUTH, noise=page.values(position)["noise"])
        best = np.polyfit(x, y, 1)
        floor = ((best[0] * x + best[1] - y) ** 2).mean()
        assert page.points("data", position) == pytest.approx(place(left, x, y), abs=0.07)
        ring = page.points("lowest", position)[:-1]
        assert ring.mean(axis=0) == pytest.approx(place(middle, *best), abs=0.07)
        if noise:
            level = place(right, np.array([0, 200]), floor)
            assert page.points("floor", position) == pytest.approx(level, abs=0.07)
            assert page.readout(position).endswith(f" · best line: {floor:.2g}")
        else:
            assert page.points("floor", position)[0, 1] > place(right, 0, 1e-5)[1]
            assert page.readout(position).endswith(" · best line: 0")
        size = middle.figure.get_size_inches() * [0, figures.PIXELS_PER_INCH]
        contours = [actor for actor in page.scene["actors"] if actor["name"] == "contour"]
        for rise, contour in zip(0.002 * 2.2 ** np.arange(8, -1, -1), contours, strict=True):
            pixels = (size + page.points(contour, position) * [1, -1]) * middle.figure.dpi / figures.PIXELS_PER_INCH
            for w, b in middle.transData.inverted().transform(pixels)[::15]:
                assert ((w * x + b - y) ** 2).mean() - floor == pytest.approx(rise, rel=0.02, abs=1e-4)


# ---- Notebook 00 ----

GOAL = 0.002
GAMES = make_line(noise=0.05), make_line(w=0.9, b=-0.1, noise=0.05, seed=7)


@only("hand_fit")
def test_hand_fit_shows_the_line_its_place_and_its_loss(found, page):
    left, middle, right = panels(found)
    x, y = GAMES[found.number]
    for position in settings(page):
        w, b = page.values(position).values()
        loss = ((w * x + b - y) ** 2).mean()
        assert page.points("here", position) == pytest.approx(place(middle, [w], [b]), abs=0.07)
        assert (page.points("way", position) == page.points("here", position)).all()
        told = f"below the goal of {GOAL}: done" if loss < GOAL else f"goal: below {GOAL}"
        assert page.readout(position) == f"loss {loss:.4f} · {told}"
        level = place(right, np.array([0, 40, 1]), loss)
        assert page.points("loss", position) == pytest.approx(level[:2], abs=0.07)
        assert page.points("losses", position) == pytest.approx(level[2:], abs=0.07)
        if found.number == 0:
            assert page.points("line", position) == pytest.approx(place(left, np.array([0, 1]), [b, w + b]), abs=0.07)
        else:
            assert "line" not in [actor["name"] for actor in page.scene["actors"]]


# ---- Notebook 05: two kinds of noise ----


@only("data_and_answer")
def test_spread_of_the_answers_is_that_of_their_dots(found, page):
    """The dots of the middle panel, read back from their pixels, spread as the read-out and the formula say."""
    left, middle, right = panels(found)
    size = middle.figure.get_size_inches() * [0, figures.PIXELS_PER_INCH]
    for position in settings(page):
        chosen = page.values(position)
        pixels = (size + page.points("answers", position) * [1, -1]) * middle.figure.dpi / figures.PIXELS_PER_INCH
        w, b = middle.transData.inverted().transform(pixels).T
        predicted = 2 * chosen["noise"] / chosen["size"] ** 0.5
        assert page.readout(position).startswith(f"spread of w over 100 draws: predicted {predicted:.4f}, measured ")
        measured = float(page.word("measured", position))
        assert measured == pytest.approx(w.std(), abs=2e-4)
        assert len(w) == 100 and np.corrcoef(w, b)[0, 1] < -0.7
        line = page.points("line", position)
        assert line == pytest.approx(place(left, np.array([0, 1]), [b[0], w[0] + b[0]]), abs=0.3)
        assert page.points("measured", position) == pytest.approx(place(right, [chosen["size"]], [measured]), abs=1)
        formula = place(
            right, np.array([10, 20, 50, 100, 200, 500]), 2 * chosen["noise"] / np.sqrt([10, 20, 50, 100, 200, 500])
        )
        assert page.points("predicted", position) == pytest.approx(formula, abs=0.07)
        pixels = (size + page.points("data", position) * [1, -1]) * middle.figure.dpi / figures.PIXELS_PER_INCH
        x, y = left.transData.inverted().transform(pixels)[: int(chosen["size"])].T
        assert np.polyfit(x, y, 1) == pytest.approx([w[0], b[0]], abs=0.01)


@only("handfuls")
def test_measured_floor_is_near_the_one_predicted(found, page):
    left, right = panels(found)
    w, b = np.polyfit(X, Y, 1)
    variance, best = (Y - w * X - b).var(), (Y - w * X).mean()
    for at in np.ndindex(*page.sizes[:-1]):
        position = [*at, page.sizes[-1] - 1]
        batch, rate, _ = page.values(position).values()
        floor = rate * 4 * variance / batch / (2 * (2 - rate * 2))
        predicted, measured = (float(page.word(name, position)) for name in ("predicted", "measured"))
        assert page.readout(position) == f"floor: predicted {predicted:.3g}, measured {measured:.3g}"
        assert predicted == pytest.approx(floor, rel=0.005)
        assert measured == pytest.approx(predicted, rel=0.25)
        level = place(right, np.array([0, 100]), floor)
        assert page.points("floor", position) == pytest.approx(level, abs=0.1)
        for name, sign in (("above", 1), ("below", -1)):
            assert page.points(name, position) == pytest.approx(
                place(left, np.array([0, 100]), best + sign * floor**0.5), abs=0.1
            )
        assert page.points("b", position)[0] == pytest.approx(place(left, 0, best), abs=0.1)
        away = page.points("away", position)[51:, 1].mean()
        assert away == pytest.approx(level[0, 1], abs=10)


# ---- The stages ----


def texts(found):
    """All that is written into the panels of a lab's stage."""
    return [text.get_text() for ax in panels(found) for text in ax.texts]


@each_run
def test_stage_of_a_run_says_what_is_where(found, page):
    alt, written = page.scene["alt"], texts(found)
    assert "100 points with the true line y = 0.3 x + 0.5" in alt
    assert "dotted: the truth, 0.3 x + 0.5" in written
    dragged = found.function == "explore"
    assert ("start" in written, "from w = -0.3, b = 0.2;" in alt) == (not dragged, not dragged)
    assert (page.scene["handle"] is not None) == dragged
    assert f"the loss over {page.sizes[-1] - 1} steps." in alt
    if found.function == "learning_rate_and_noise":
        assert {"ring: the lowest point", "dotted: the best line"} <= set(written)
    else:
        assert "the best line: 0.00084" in written


@only("hand_fit")
def test_stage_of_the_game_hides_the_map_and_blind_the_data_too(found, page):
    left, middle, _ = panels(found)
    blind = found.number == 1
    assert ("hidden" in texts(found)) == ("hidden" in page.scene["alt"]) == blind
    assert [len(line.get_xdata()) for line in left.lines if line.get_color() == figures.DATA] == [100] * (not blind)
    assert not middle.collections
    assert f"goal: below {GOAL}" in texts(found) and f"the goal of {GOAL}" in page.scene["alt"]


@only("explore")
def test_handle_can_stand_where_the_map_has_the_values_of_its_sliders(found, page):
    handle, (_, middle, _) = page.scene["handle"], panels(found)
    assert handle["moves"] == [1, 2]
    slopes, intercepts = ([float(text) for text in page.sliders[number]["texts"]] for number in handle["moves"])
    across, up = handle["places"]
    assert across == pytest.approx(place(middle, slopes, intercepts[0])[:, 0], abs=0.01)
    assert up == pytest.approx(place(middle, slopes[0], intercepts)[:, 1], abs=0.01)
    x, y, width, height = page.actor("path")["panel"]
    assert all(x < at < x + width for at in across) and all(y < at < y + height for at in up)
    for position in settings(page):
        start = [across[position[1]], up[position[2]]]
        assert page.points("path", position)[0] == pytest.approx(start, abs=0.1)


def test_no_floor_is_drawn_where_it_is_out_of_sight():
    (right,) = labs.learning_rate(*make_line(noise=0), TRUTH)._scene.stage.axes[2:]
    assert not right.texts


# ---- What an author may do ----


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (lambda: labs.learning_rate(X, Y[:-1], TRUTH), ValueError, "x and y must have the same size, not 100 and 99"),
        (lambda: labs.learning_rate(X, Y, TRUTH, w="a"), TypeError, "w must be a number, not 'a'"),
        (lambda: labs.learning_rate(X, Y, TRUTH, w=11), ValueError, "w must be at most 10, not 11"),
        (lambda: labs.learning_rate_and_noise(b=np.nan), ValueError, "b must be a finite number, not nan"),
        (lambda: labs.learning_rate_and_noise(truth=("a", 1)), TypeError, "w of truth must be a number, not 'a'"),
        (lambda: labs.hand_fit([0, 2e4], [0, 1], GOAL), ValueError, "x must be at most 30"),
        (lambda: labs.hand_fit(X, Y, GOAL, blind=1), TypeError, "blind must be True or False, not 1"),
        (lambda: labs.explore(X, Y, TRUTH, w=-0.61), ValueError, "w must be at least -0.6, not -0.61"),
        (lambda: labs.explore(X, Y, TRUTH, b=1.11), ValueError, "b must be at most 1.1, not 1.11"),
        (lambda: labs.explore(X, Y, TRUTH, steps=1001), ValueError, "steps must be at most 1"),
        (lambda: labs.momentum(X, Y, TRUTH, steps=1001), ValueError, "steps must be at most 1"),
        (lambda: labs.data_and_answer(truth=(0, 2e4)), ValueError, "b of truth must be at most 10"),
        (lambda: labs.data_and_answer(draws=1), ValueError, "draws must be at least 2, not 1"),
        (lambda: labs.handfuls([0, 2e4]), ValueError, "values must be at most 10"),
        (lambda: labs.handfuls([1, 1]), ValueError, "values must hold at least two different numbers"),
        (lambda: labs.handfuls(Y, steps=1001), ValueError, "steps must be at most 1"),
    ],
)
def test_bad_input_is_named(make, error, told):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value).startswith(told)

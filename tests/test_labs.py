"""Every lab of the course, as its notebook makes it: each position shows what plain code makes, too."""

import base64

import numpy as np
import pytest
import torch

import notebooks
from course_labs import Page, find, walk
from helpers import drawing, labs, make_line
from helpers.labs.lines import MOVES
from helpers.live_figure import FAR
from test_live_figure import place

TRUTH = (0.3, 0.5)
X, Y = make_line(noise=0.05)
CURVATURES, WAYS = np.linalg.eigh(2 * np.array([[(X * X).mean(), X.mean()], [X.mean(), 1]]))
GOAL = 0.002
FOUND = find()
each_lab = pytest.mark.parametrize("found", FOUND, ids=str)


def only(*functions):
    return pytest.mark.parametrize("found", [lab for lab in FOUND if lab.function in functions], ids=str)


each_run = only("learning_rate", "learning_rate_and_noise", "explore")


@pytest.fixture
def page(found):
    return found.page()


def data_at(ax, pixels):
    """The numbers that lie at places of the page."""
    height = ax.figure.get_size_inches() * [0, drawing.PIXELS_PER_INCH]
    dots = (height + pixels * [1, -1]) * ax.figure.dpi / drawing.PIXELS_PER_INCH
    return ax.transData.inverted().transform(dots).T


def settings(page, number=30):
    """Positions drawn at random, always the same ones."""
    return np.random.default_rng(0).integers(0, page.sizes, (number, len(page.sizes))).tolist()


def data_of(page, position):
    noise = page.values(position).get("noise")
    return (X, Y) if noise is None else make_line(*TRUTH, noise=noise)


def plain_run(page, position):
    """w, b and the loss at every step for a position, by the loop that notebook 04 writes."""
    x, y = map(torch.as_tensor, data_of(page, position))
    chosen = page.values(position)
    start = chosen.get("start w", -0.3), chosen.get("start b", 0.2)
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start)
    rows = []
    for _ in range(page.sizes[page.steps]):
        loss = ((w * x + b - y) ** 2).mean()
        rows.append((w.item(), b.item(), loss.item()))
        loss.backward()
        with torch.no_grad():
            w -= chosen["learning rate"] * w.grad
            b -= chosen["learning rate"] * b.grad
        w.grad = b.grad = None
    return np.array(rows).T


# ---- Every lab ----


@each_lab
def test_lab_is_small_on_the_wire_and_any_setting_has_places_and_words(page):
    assert len(page.scene["tables"]) + len(page.scene["stage"]) < 600_000
    for position in settings(page, 500):
        readout = page.readout(position)
        assert readout.strip() and not any(word in readout for word in ("nan", "inf", "{"))
        for actor in page.scene["actors"]:
            points = page.points(actor, position)
            assert points.size and np.isfinite(points).all()


@each_lab
def test_lab_opens_with_the_picture_and_the_words_that_its_notebook_stores(found, page):
    assert len(walk(found.notebook)) == len([lab for lab in FOUND if lab.notebook == found.notebook])
    still = [slider for slider in page.sliders if not slider["plays"]]
    chosen = [f"{slider['name']} {slider['texts'][slider['start']]}" for slider in still]
    forms, _ = found.lab()._repr_mimebundle_()
    labels = ", ".join(words for _, words, _ in page.words(page.start))
    assert forms["text/plain"] == f"{page.scene['alt']} At {', '.join(chosen)}: {page.readout(page.start)}." + (
        f" Labels: {labels}." * bool(labels)
    )
    pictures = notebooks.named(found.notebook).pictures
    (stored,) = (data["image/png"] for data in pictures if data["text/plain"] == forms["text/plain"])
    if notebooks.SAME_PIXELS:
        notebooks.assert_same_pixels(*map(base64.b64decode, (stored, forms["image/png"])))


@each_lab
def test_picture_has_each_actor_where_the_page_has_it(found, page):
    for ax in found.lab().stage.axes:
        left = ax.bbox.x0 / ax.figure.dpi * drawing.PIXELS_PER_INCH
        actors = [actor for actor in page.scene["actors"] if actor["panel"][0] == pytest.approx(left)]
        for actor, line in zip(actors, ax.lines[-len(actors) :], strict=True):
            assert place(ax, *line.get_data()) == pytest.approx(page.points(actor, page.start), abs=0.2)


# ---- Runs on the three panels ----


@each_run
def test_each_position_shows_and_says_the_run_of_a_plain_loop(found, page):
    left, middle, right = found.lab().stage.axes
    for position in settings(page):
        w, b, loss = (values[: position[-1] + 1] for values in plain_run(page, position))
        expected = {
            "line": place(left, np.array([0, 1]), np.array([b[-1], w[-1] + b[-1]])),
            "path": place(middle, w, b),
            "loss": place(right, np.arange(len(loss)), np.maximum(loss, 1e-300)),
        }
        for name, places in expected.items():
            near = np.abs(places).max(axis=-1) < FAR / 2
            assert page.points(name, position)[near] == pytest.approx(places[near], abs=0.2)
        gone = np.flatnonzero(~(loss <= 1000 * loss[0]))
        words = f"step {position[-1]}: loss {loss[-1]:.2g}, w = {w[-1]:.2f}, b = {b[-1]:.2f}".replace("-0.00", "0.00")
        if len(gone):
            words = f"diverged at step {gone[0]}: the loss is more than 1,000 times the first"
        assert words in page.readout(position)
        rates = np.array(page.sliders[0]["texts"], float)
        at = np.array(page.marks(position)) * (len(rates) - 1)
        limits = [2 / CURVATURES[-1]] if found.function == "explore" else []
        assert np.interp(at, np.arange(len(rates)), rates) == pytest.approx(limits, rel=1e-3)


@only("learning_rate_and_noise")
def test_data_map_lowest_point_and_floor_move_with_the_noise(found, page):
    left, middle, right = found.lab().stage.axes
    for noise in range(0, page.sizes[1], 4):
        position = [page.start[0], noise, page.start[2]]
        x, y = data_of(page, position)
        best = np.polyfit(x, y, 1)
        floor = ((best[0] * x + best[1] - y) ** 2).mean()
        assert page.points("data", position) == pytest.approx(place(left, x, y), abs=0.07)
        assert page.points("lowest", position)[:-1].mean(axis=0) == pytest.approx(place(middle, *best), abs=0.07)
        if noise:
            assert page.points("floor", position) == pytest.approx(place(right, np.array([0, 200]), floor), abs=0.07)
        assert page.readout(position).endswith(f" · best line: {floor:.2g}" if noise else " · best line: 0")
        contours = [actor for actor in page.scene["actors"] if actor["name"] == "contour"]
        for rise, contour in zip([1000, *0.002 * 2.2 ** np.arange(8, -1, -1)], contours, strict=True):
            for w, b in data_at(middle, page.points(contour, position)).T[::15]:
                assert ((w * x + b - y) ** 2).mean() - floor == pytest.approx(rise, rel=0.02, abs=1e-4)


@only("explore")
def test_handle_can_stand_where_the_map_has_the_values_of_its_sliders(found, page):
    handle, (_, middle, _) = page.scene["handle"], found.lab().stage.axes
    slopes, intercepts = ([float(text) for text in page.sliders[number]["texts"]] for number in (1, 2))
    assert handle["moves"] == [1, 2]
    assert handle["places"][0] == pytest.approx(place(middle, slopes, 0)[:, 0], abs=0.01)
    assert handle["places"][1] == pytest.approx(place(middle, 0, intercepts)[:, 1], abs=0.01)


@pytest.mark.parametrize("w", [-1, 8])
def test_panels_hold_falling_and_steep_lines(w):
    line = np.array([0, 1]), np.array([0.5, w + 0.5])
    low, high = labs.learning_rate(X, w * X + 0.5, (w, 0.5)).stage.axes[0].get_ylim()
    assert low < min(line[1]) and max(line[1]) < high


def test_line_that_is_too_steep_for_the_page_is_refused():
    with pytest.raises(ValueError, match="truth must be at most 20, not 21"):
        labs.learning_rate(X, Y, (21, 0))
    with pytest.raises(ValueError, match="x and y must have a best line, w and b within 20 of 0"):
        labs.explore(X, 100 * X, TRUTH)


def test_no_floor_is_drawn_where_it_is_out_of_sight():
    assert not labs.learning_rate(*make_line(noise=0), TRUTH).stage.axes[2].texts


@only("learning_rate")
def test_regime_on_the_map_is_what_the_run_does(found, page):
    """Across the valley every step of a zigzag lands on the other side; no other run that stays does."""
    best = np.polyfit(X, Y, 1)
    floor = ((best[0] * X + best[1] - Y) ** 2).mean()
    seen = []
    for rate in range(page.sizes[0]):
        w, b, loss = plain_run(page, [rate, page.sizes[1] - 1])
        side = WAYS[:, -1] @ (np.array([w, b]).T - best)[:6].T
        crosses = (side[1:] * side[:-1] < 0).all()
        ended = "crawl" if loss[-1] > 1.2 * floor + 1e-5 else "glide"
        seen.append("diverge" if not loss[-1] < loss[0] else "zigzag" if crosses else ended)
        ((_, words, _),) = page.words([rate, 7])
        assert words.startswith(f"{seen[-1]}: ")
    assert list(dict.fromkeys(seen)) == ["crawl", "glide", "zigzag", "diverge"]
    assert seen[page.start[0]] == "zigzag"


# ---- The two directions of the bowl: notebook 05 ----


def test_bars_are_the_distances_along_the_eigenvectors_and_shrink_by_their_own_factors():
    lab = labs.two_directions(X, Y, TRUTH)
    page, (left, right) = Page(lab), lab.stage.axes
    best = np.polyfit(X, Y, 1)
    for position in [page.start, *settings(page, 10), [size - 1 for size in page.sizes]]:
        w, b, _ = plain_run(page, position)
        rate, step = page.values(position)["learning rate"], position[-1]
        away = np.array([w, b]).T - best
        foot = best + away[step] @ WAYS[:, 0] * WAYS[:, 0]
        corners = place(left, *np.transpose([best, foot, best + away[step]]))
        near = np.abs(corners).max() < 5_000  # far away, places are pulled in
        assert not near or page.points("path", position) == pytest.approx(place(left, w, b)[: step + 1], abs=0.2)
        for number, name in enumerate(["along", "across"]):
            share = away[step] @ WAYS[:, number] / (away[0] @ WAYS[:, number])
            factor = 1 - rate * CURVATURES[number]
            assert share == pytest.approx(factor**step, rel=1e-4, abs=1e-6)
            bar = data_at(right, page.points(f"{name} bar", position))[0]
            assert bar == pytest.approx(np.clip(share, -1.1, 1.1) * np.array([0, 1, 1, 0]), abs=0.002)
            assert f"{name} {round(share, 3):z.2g} (times {factor:z.2f} a step)" in page.readout(position)
            assert f"times {factor:z.2f} a step" in [words for _, words, _ in page.words(position)]
            assert not near or page.points(name, position) == pytest.approx(corners[number : number + 2], abs=0.2)
    assert [text.get_text() for text in left.texts][-2:] == ["along, λ = 0.14", "across, λ = 2.65"]
    assert left.bbox.width / left.bbox.height == pytest.approx(2.2 / 1.5)
    rates = np.array(page.sliders[0]["texts"], float)
    at = np.interp(page.marks(page.start), np.linspace(0, 1, len(rates)), rates)
    assert at == pytest.approx(2 / CURVATURES[1], rel=1e-3)


# ---- A nudge, and the numbers in a graph: notebook 02 ----


def test_secant_and_quotient_are_those_of_the_losses_and_the_slope_that_of_the_parabola():
    lab = labs.nudge(X, Y)
    page, (left, right) = Page(lab), lab.stage.axes
    w, b, slope = -0.3, 0.5, 2 * (X * (-0.3 * X + 0.5 - Y)).mean()
    low, high = left.get_ylim()
    for position in np.ndindex(*page.sizes):
        (h,) = page.values(position).values()
        here, there = ((u * X + b - Y) @ (u * X + b - Y) / len(X) for u in (w, w + h))
        quotient = slope + h * (X * X).mean()  # the loss is a parabola
        ends = left.get_xlim()
        secant = place(left, ends, here + quotient * (ends - np.array(w)))
        assert page.points("secant", position) == pytest.approx(secant, abs=0.2)
        assert page.points("nudged", position) == pytest.approx(place(left, [w + h], [there]), abs=0.1)
        assert page.points("quotient", position) == pytest.approx(place(right, [h], [quotient]), abs=0.1)
        assert ends[0] < w + h < ends[1] and low < there < high and low < here < high, "both points can be seen"
        numbers = f"quotient {quotient:+.4f}, slope {slope:+.4f}, difference {quotient - slope:+.4f}"
        assert page.readout(position) == f"nudge {h:.2f}: {numbers}"
        assert [words for _, words, _ in page.words(position)] == ["w + h", f"secant: slope {quotient:.2f}"]
    assert page.values(page.start) == {"nudge h": 1}
    assert [text.get_text() for text in left.texts][:2] == ["w", f"tangent: slope {slope:.2f}"]


def test_graph_fills_with_right_numbers_forward_and_right_rates_backward():
    page, (x, y, b) = Page(labs.numbers_in_the_graph()), (2, 1, 1)
    assert page.values(page.start) == {"slope w": 1.5, "step": 10}
    for position in np.ndindex(*page.sizes):
        w, step = page.values(position).values()
        error = w * x + b - y
        made = {"w x": w * x, "y_hat": w * x + b, "error": error, "loss": error**2}
        rates = {"loss": 1, **dict.fromkeys(["error", "y_hat", "w x", "b"], 2 * error), "w": 2 * error * x}
        made |= {f"rate at {name}": rate for name, rate in rates.items()}
        written = {name: text for name, text, _ in page.words(position)}
        assert [float(written.pop(name)) for name in "wxby"] == [w, x, b, y]
        assert list(written) == list(made), "in the order of the steps"
        for number, (name, text) in enumerate(written.items(), start=1):
            assert (text != "") == (number <= step)
            assert text.startswith("←") == (name.startswith("rate") and text != "")
            sides = text.removeprefix("← ").replace("·", "*").replace("²", "**2").split(" = ")
            for side in filter(None, sides):
                assert eval(side) == pytest.approx(made[name], rel=1e-3), "four digits"
        last = list(written.values())[int(step) - 1].removeprefix("← ")
        assert page.readout(position).endswith(f" = {last}")
        assert page.readout(position).startswith("forward" if step <= 4 else "backward")


# ---- The game: notebooks 00 and 02 ----


@pytest.mark.parametrize("shown", [{}, {"blind": True}, {"arrow": True}, {"blind": True, "arrow": True}])
def test_game_shows_the_line_its_place_its_loss_and_its_gradient(shown):
    game = labs.hand_fit(X, Y, GOAL, **shown)
    page, (left, middle, right) = Page(game), game.stage.axes
    names = [actor["name"] for actor in page.scene["actors"]]
    assert ("line" in names) == (drawing.DATA in [line.get_color() for line in left.lines]) == ("blind" not in shown)
    assert ("arrow" in names) == ("arrow downhill" in game.stage.alt) == ("arrow" in shown)
    for position in settings(page):
        w, b = page.values(position).values()
        error = w * X + b - Y
        loss, dw, db = (error**2).mean(), 2 * (error * X).mean(), 2 * error.mean()
        slopes = f"w.grad {dw:.2f} · b.grad {db:.2f} · " if "arrow" in shown else ""
        ending = f"below the goal of {GOAL}: done" if loss < GOAL else f"goal: below {GOAL}"
        assert page.readout(position) == f"loss {loss:.4f} · {slopes}{ending}".replace("-0.00", "0.00")
        for name in ("here", "way"):
            assert page.points(name, position) == pytest.approx(place(middle, [w], [b]), abs=0.07)
        assert page.points("losses", position) == pytest.approx(place(right, [1], loss), abs=0.07)
        if "blind" not in shown:
            assert page.points("line", position) == pytest.approx(place(left, np.array([0, 1]), [b, w + b]), abs=0.07)
        if "arrow" in shown:
            start, *_, tip, _, _ = page.points("arrow", position)
            part = min(1 / 4, 0.5 / np.hypot(dw, db))  # far away the arrow is half a unit long
            ends = place(middle, np.array([w, w - part * dw]), np.array([b, b - part * db]))
            assert [start, tip] == pytest.approx(ends, abs=0.07)


@pytest.fixture
def play(tmp_path, monkeypatch):
    """A function that makes a game with a number of moves, as the page counts them, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(drawing.Picture, "png", lambda stage: b"")

    def play(number=0):
        game = labs.hand_fit(X, Y, GOAL)
        game.visited = [*game.visited, *([at, 0] for at in range(number))]
        return game

    return play


def test_moves_are_printed_and_kept_from_notebook_to_notebook(play, capsys):
    for name, number, printed in [
        ("without_arrow", 0, "without arrow   not played yet\n"),
        ("without_arrow", 23, "without arrow   23 moves\n"),
        ("with_arrow", 0, "without arrow   23 moves\nwith arrow      not played yet\n"),
        ("with_arrow", 1, "without arrow   23 moves\nwith arrow      1 move\n"),
        ("without_arrow", 0, "without arrow   23 moves\nwith arrow      1 move\n"),
    ]:
        labs.moves(**{name: play(number)})
        assert MOVES.exists() == ("23" in printed), "where nothing was played, nothing is written"
        assert capsys.readouterr().out == printed


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", None])
def test_file_of_moves_that_cannot_be_read_or_written_raises_nothing(play, capsys, text):
    if text is None:
        MOVES.mkdir()  # which nobody can write a file over
    else:
        MOVES.write_bytes(text)
    labs.moves(blind=play(), seeing=play(7))
    assert capsys.readouterr().out == "seeing   7 moves\nblind    not played yet\n"

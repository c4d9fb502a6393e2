"""The live figure and the labs made from it: pictures that move with the hand.

A picture is drawn once, the stage. The few things that move, the actors, get their place for every slider position from
Python, computed with the axes' own transforms; the page (live_figure.js) only looks them up, so that no drag waits for
the kernel. Every position shows a run that autograd really made in this kernel. A slider that changes the data makes
the kernel train again and send new tables.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from helpers import arguments, descent, figures, show
from helpers.data import make_line

FAR = 5000
"""Actors are drawn at most this many pixels from the middle of their panel: outside, in the right direction, finite."""

STEPS = 200
MOST_STEPS = 1000
"""As many are trained in a second or two, and sent to the page in a few megabytes."""
RATES = tuple(float(f"{0.1 * 10 ** (k / 30):.2g}") for k in range(-46, 34))
"""80 learning rates, evenly spaced in their logarithm, from 0.0029 to 1.3; 0.1 is one of them."""


@dataclass(frozen=True)
class Slider:
    """One slider: its name, its values and where it starts.

    Moving one that `retrains` makes the kernel train again; one that `plays` moves through the steps of a run, and gets
    a button that does so by itself; one that is `notched` has a mark where the scene says.
    """

    name: str
    values: tuple
    start: float
    retrains: bool = False
    plays: bool = False
    notched: bool = False
    unit: str = ""

    @property
    def key(self):
        """The name as Python writes it: learning_rate."""
        return self.name.replace(" ", "_")

    def nearest(self, value):
        """The position whose value is nearest to the one given."""
        return int(np.abs(np.array(self.values) - arguments.number(self.name, value)).argmin())

    def to_page(self):
        return {
            "name": self.name,
            "texts": [f"{value + 0.0:g}" for value in self.values],  # -0.0 is 0
            "start": self.nearest(self.start),
            "retrains": self.retrains,
            "plays": self.plays,
            "notched": self.notched,
            "unit": self.unit,
        }

    def share(self, value):
        """How far along the slider a value lies, from 0 to 1."""
        return float(np.interp(arguments.number(self.name, value), self.values, np.linspace(0, 1, len(self.values))))


@dataclass(frozen=True)
class Actor:
    """A thing that moves: a polyline, or dots, in one panel.

    x and y have one axis for each slider that does not retrain, in the sliders' order, and a last one for the points;
    they are broadcast against each other. A trail shows the first point at up to that many last moves, each `stride`
    further along x. In a run that is played, an actor that grows shows its points up to the present step, and one with
    `each` that many points for every step.
    """

    name: str
    ax: object
    x: np.ndarray
    y: np.ndarray
    color: str
    width: float = 2
    dots: bool = False
    trail: int = 0
    stride: float = 0
    grows: bool = False
    each: int = 0

    def table(self):
        """Where the actor stands on the page, in pixels from the top left corner: float32, shape (..., points, 2)."""
        places = np.stack(np.broadcast_arrays(self.x, self.y), axis=-1).astype(float)
        shape = places.shape
        pixels = self.ax.transData.transform(places.reshape(-1, 2)).reshape(shape) * self._scale
        pixels[..., 1] = self.ax.figure.get_figheight() * figures.PIXELS_PER_INCH - pixels[..., 1]
        return _within_reach(pixels, *self._panel()).astype(np.float32)

    def to_page(self):
        table = self.table()
        x, y, width, height = self._panel()
        step = self.ax.transData.transform([(self.stride, 0), (0, 0)])[:, 0] * self._scale
        return {
            "name": self.name,
            "panel": [x, y, width, height],
            "color": self.color,
            "width": self.width,
            "dots": self.dots,
            "trail": self.trail,
            "stride": float(step[0] - step[1]),
            "grows": self.grows,
            "each": self.each,
            "points": table.shape[-2],
            "table": table.tobytes(),
        }

    def draw(self, position):
        """Draw the actor into its panel with matplotlib, as it stands at one position and the last step of a run."""
        x, y = (np.broadcast_arrays(self.x, self.y)[axis][position][-self.each :] for axis in (0, 1))
        style = (
            {"marker": "o", "markersize": self.width * 0.72, "linestyle": ""}
            if self.dots
            else {"linewidth": self.width * 0.72}
        )
        self.ax.plot(x, y, color=self.color, zorder=6, scalex=False, scaley=False, **style)

    @property
    def _scale(self):
        return figures.PIXELS_PER_INCH / self.ax.figure.dpi

    def _panel(self):
        box = self.ax.bbox
        top = self.ax.figure.get_figheight() * figures.PIXELS_PER_INCH - box.y1 * self._scale
        return [box.x0 * self._scale, top, box.width * self._scale, box.height * self._scale]


def _within_reach(pixels, x, y, width, height):
    """Pull far points towards the middle of the panel, which keeps their direction.

    A point that is no number stays at the last one that was.
    """
    middle = np.array([x + width / 2, y + height / 2])
    away = pixels - middle
    lost = ~np.isfinite(away).all(axis=-1)
    last = np.maximum.accumulate(np.where(lost, 0, np.arange(away.shape[-2])), axis=-1)
    away = np.take_along_axis(away, last[..., None], axis=-2)
    away = np.where(np.isfinite(away), away, [0, FAR])  # not even the first point is a number: below the panel
    distance = np.hypot(away[..., :1], away[..., 1:])
    return middle + away * np.minimum(1, FAR / np.maximum(distance, 1))


@dataclass(frozen=True)
class Scene:
    """A stage with its actors, and for each position the sentence that is read out, in the order of the tables.

    Where a run is played there is a sentence for each of its steps. `notches` says for each position how far along its
    slider the mark lies; `handle` is a panel on which two sliders can be moved by dragging.
    """

    stage: figures.Picture
    actors: list
    readouts: list
    notches: list = ()
    handle: object = None


class LiveFigure(anywidget.AnyWidget):
    """A picture with sliders under it.

    `value` is what the sliders say, by name, and can be set: `lab.value = {"learning_rate": 0.5}`. `tried` is a list of
    the values at which a slider was let go, the start first.
    """

    _esm = "".join(Path(__file__).with_name(name).read_text("utf-8") for name in ("page.js", "live_figure.js"))
    _css = Path(__file__).with_name("live_figure.css").read_text("utf-8")

    scene = traitlets.Dict().tag(sync=True)
    sliders = traitlets.List().tag(sync=True)
    position = traitlets.List(traitlets.Int()).tag(sync=True)
    visited = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    handled = traitlets.List(traitlets.Int()).tag(sync=True)
    counts_moves = traitlets.Bool(False).tag(sync=True)

    def __init__(self, build, sliders, *, handled=(), counts_moves=False):
        """Raise the first scene.

        Args:
            build: makes a Scene; it is given the values of the sliders that retrain, by name.
            sliders: the Slider objects, in the order of the actors' first axes; one that plays comes last.
            handled: the numbers of the two sliders that the handle moves, across and up, if there is one.
            counts_moves: whether the read-out says how often a slider was let go at a new place.
        """
        self._build, self._sliders, self._handled = build, sliders, list(handled)
        self._drawn = None, b""  # the last stage and its PNG
        start = [slider.nearest(slider.start) for slider in sliders]
        self._opening = self._rehearse(start)
        super().__init__(
            sliders=[slider.to_page() for slider in sliders],
            position=start,
            visited=[start],
            handled=self._handled,
            counts_moves=counts_moves,
            scene=self._to_page(self._opening, start),
        )
        self.observe(self._retrain, "position")

    @property
    def value(self):
        return self._values(self.position)

    @value.setter
    def value(self, value):
        if not isinstance(value, dict):
            raise TypeError(f"value must be a dictionary of slider names and values, not {arguments.shown(value)}")
        names = [slider.key for slider in self._sliders]
        if unknown := [name for name in value if name not in names]:
            raise ValueError(f"value must name sliders of this figure, {names}, not {arguments.shown(unknown)}")
        self.position = [
            slider.nearest(value[slider.key]) if slider.key in value else place
            for slider, place in zip(self._sliders, self.position, strict=True)
        ]

    @property
    def tried(self):
        return [self._values(position) for position in self.visited]

    def _values(self, position):
        return {slider.key: slider.values[place] for slider, place in zip(self._sliders, position, strict=True)}

    def _retrain(self, change):
        if self._trained(change.new) != self.scene["trained"]:
            self.scene = self._to_page(self._rehearse(change.new), change.new)

    def _trained(self, position):
        return [place if slider.retrains else 0 for slider, place in zip(self._sliders, position, strict=True)]

    def _rehearse(self, position):
        values = self._values(position)
        return self._build(**{slider.key: values[slider.key] for slider in self._sliders if slider.retrains})

    def _to_page(self, scene, position):
        if scene.stage is not self._drawn[0]:
            self._drawn = scene.stage, show.png(scene.stage)
        return {
            "stage": self._drawn[1],
            "size": [round(inches * figures.PIXELS_PER_INCH) for inches in scene.stage.get_size_inches()],
            "alt": scene.stage.alt,
            "actors": [actor.to_page() for actor in scene.actors],
            "readouts": scene.readouts,
            "notches": list(scene.notches),
            "handle": self._handle(scene),
            "trained": self._trained(position),
        }

    def _handle(self, scene):
        """What the handle is called, and where across and down the picture each value of its two sliders lies."""
        if scene.handle is None:
            return {}
        across, up = (np.array(self._sliders[number].values) for number in self._handled)
        corner = Actor("", scene.handle, across, np.full(len(across), up[0]), "").table()[:, 0]
        side = Actor("", scene.handle, np.full(len(up), across[0]), up, "").table()[:, 1]
        return {"name": "start of the descent", "places": [corner.tolist(), side.tolist()]}

    @cached_property
    def _opening_bundle(self):
        """The starting picture, actors and all, for readers without a kernel."""
        lookups = [slider for slider in self._sliders if not slider.retrains]
        position = tuple(slider.nearest(slider.start) for slider in lookups)
        in_tables = position[:-1] if lookups[-1].plays else position
        for actor in self._opening.actors:
            actor.draw(in_tables)
        stage = self._opening.stage
        place = np.ravel_multi_index(position, [len(slider.values) for slider in lookups])
        settings = ", ".join(f"{slider.name} {slider.start:g}" for slider in self._sliders)
        alone, stage.alt = stage.alt, f"{stage.alt} At {settings}: {self._opening.readouts[place]}."
        bundle = show.bundle(stage)
        stage.alt = alone  # a stage that serves later scenes too speaks for itself again
        return bundle

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, **self._opening_bundle}, metadata


# ---- The labs ----


def hand_fit(x, y, goal, blind=False):
    """Notebook 00: the learner is the optimizer, in search of a loss below the goal; blind, by that number alone."""
    slopes = np.round(np.arange(-1, 1.51, 0.05), 2)
    intercepts = np.round(np.arange(-0.5, 1.51, 0.05), 2)
    loss = descent.loss_grid(x, y, slopes, intercepts).T[:, :, None]
    w, b, ends = slopes[:, None, None], intercepts[None, :, None], np.array([0, 1])

    def build():
        stage, (left, middle, right) = figures.dark_panels(x, y, slopes, intercepts, loss, goal, blind)
        actors = [
            Actor("way", middle, w, b, figures.PATH, 1.5, trail=200),
            Actor("here", middle, w, b, figures.PATH, 9, dots=True),
            Actor("loss", right, np.array([0, 40]), loss, figures.LOSS, 2),
            Actor("losses", right, np.array([1]), loss, figures.LOSS_TEXT, 2, trail=40, stride=1),
        ]
        if not blind:
            actors.append(Actor("line", left, ends, w * ends + b, figures.LINE, 3))
        goals = {True: f"below the goal of {goal:g}: done", False: f"goal: below {goal:g}"}
        return Scene(stage, actors, [f"loss {value:.4f} · {goals[bool(value < goal)]}" for value in loss.flat])

    sliders = [Slider("slope w", tuple(slopes.tolist()), -0.8), Slider("intercept b", tuple(intercepts.tolist()), 1.2)]
    return LiveFigure(build, sliders, counts_moves=True)


def learning_rate(x, y, truth, w=-0.3, b=0.2):
    """Notebook 03: one slider for the learning rate of gradient descent on the line, from the start (w, b)."""
    return LiveFigure(lambda: _descent_scene(x, y, truth, w, b), [Slider("learning rate", RATES, 0.01)])


def learning_rate_and_noise(truth=(0.3, 0.5), w=-0.3, b=0.2):
    """Notebook 04: the learning rate by look-up, and the noise of the data, for which the kernel trains anew."""
    truth = arguments.pair("truth", truth)

    def build(noise):
        x, y = make_line(*truth, noise=noise)
        return _descent_scene(x, y, truth, w, b)

    noises = tuple(float(noise) for noise in np.round(np.arange(0, 0.201, 0.01), 2))
    return LiveFigure(build, [Slider("learning rate", RATES, 0.1), Slider("noise", noises, 0.01, retrains=True)])


def explore(x, y, truth, w=-0.3, b=0.2, steps=100):
    """Notebook 05: the learning rate with its limit, a start to be dragged across the map, and a run to be played."""
    steps = arguments.count("steps", steps, at_most=MOST_STEPS)
    rate = Slider("learning rate", RATES, 0.1, notched=True)
    grid = {"w": np.round(np.arange(-0.6, 1.201, 0.05), 2), "b": np.round(np.arange(-0.1, 1.101, 0.05), 2)}
    for name, at in (("w", w), ("b", b)):
        arguments.number(name, at, at_least=grid[name][0].item(), at_most=grid[name][-1].item())
    stage = figures.empty_panels(x, y, truth, None, steps)  # the handle shows the start, so that one stage serves all
    limit = descent.stability_limit(descent.curvature(x, y))
    starts = [
        Slider(f"start {name}", tuple(grid[name].tolist()), at, retrains=True) for name, at in (("w", w), ("b", b))
    ]

    def build(start_w, start_b):
        run = descent.descend(x, y, RATES, w=start_w, b=start_b, steps=steps)
        scene = _run_scene(stage, run, (len(RATES),), played=True)
        return replace(scene, notches=[rate.share(limit)] * len(RATES), handle=scene.stage.axes[1])

    step = Slider("step", tuple(range(steps + 1)), steps, plays=True)
    return LiveFigure(build, [rate, *starts, step], handled=[1, 2])


def momentum(x, y, truth, w=-0.3, b=0.2, steps=120):
    """Notebook 05: the learning rate and the momentum, with the limit that moves along."""
    steps = arguments.count("steps", steps, at_most=MOST_STEPS)
    stage = figures.empty_panels(x, y, truth, _start(w, b), steps)
    rates = Slider(
        "learning rate", tuple(float(f"{rate:.2g}") for rate in np.geomspace(0.01, 1.8, 28)), 0.1, notched=True
    )
    betas = Slider("momentum", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95), 0.0)
    lanes = np.array([(rate, beta) for rate in rates.values for beta in betas.values])
    hessian = descent.curvature(x, y)

    def build():
        run = descent.descend(x, y, lanes[:, 0], w=w, b=b, steps=steps, momentum=lanes[:, 1])
        scene = _run_scene(stage, run, (len(rates.values), len(betas.values)))
        limits = [descent.stability_limit(hessian, beta) for beta in betas.values] * len(rates.values)
        readouts = [f"limit {limit:.3f} · {told}" for limit, told in zip(limits, scene.readouts, strict=True)]
        return replace(scene, readouts=readouts, notches=[rates.share(limit) for limit in limits])

    return LiveFigure(build, [rates, betas])


def data_and_answer(truth=(0.3, 0.5), draws=100):
    """Notebook 05: how far the noise and the size of the data move the best line, over many draws of the data."""
    draws = arguments.count("draws", draws, at_least=2, at_most=MOST_STEPS)
    noises = Slider("noise", tuple(float(noise) for noise in np.round(np.arange(0.01, 0.201, 0.01), 2)), 0.1)
    sizes = Slider("size", (10, 20, 50, 100, 200, 500), 20, unit="points")
    random = np.random.default_rng(0)
    off, clouds = [], []
    for size in sizes.values:  # the answer is off by the noise times a number that depends on the draw alone
        x = random.uniform(0, 1, (draws, size))
        e = random.uniform(-1, 1, (draws, size))
        centred = x - x.mean(axis=1, keepdims=True)
        slope = (centred * e).sum(axis=1) / (centred**2).sum(axis=1)
        off.append((slope, e.mean(axis=1) - slope * x.mean(axis=1)))
        clouds.append(np.pad(np.stack([x[0], e[0]]), ((0, 0), (0, sizes.values[-1] - size)), mode="wrap"))
    off, clouds = np.array(off), np.array(clouds)  # (sizes, 2, draws), (sizes, 2, most points)
    noise = np.array(noises.values)[:, None, None]
    spread = noise[..., 0] * off[:, 0].std(axis=1)
    predicted = 2 * noise[..., 0] / np.sqrt(sizes.values)

    def build():
        stage, (left, middle, right) = figures.answer_panels(truth, sizes.values, predicted, draws)
        x, ends = clouds[:, 0], np.array([0.0, 1.0])
        w, b = truth[0] + noise * off[:, 0], truth[1] + noise * off[:, 1]
        actors = [
            Actor("data", left, x[None], truth[0] * x + truth[1] + noise * clouds[:, 1], figures.DATA, 4, dots=True),
            Actor("line", left, ends, b[..., :1] + w[..., :1] * ends, figures.LINE, 3),
            Actor("answers", middle, w, b, figures.LINE, 4, dots=True),
            Actor(
                "predicted",
                right,
                np.array(sizes.values),
                predicted[:, None, :] + 0 * spread[..., None],
                figures.TRUTH,
                1.5,
            ),
            Actor("measured", right, np.array(sizes.values)[:, None], spread[..., None], figures.LINE, 9, dots=True),
        ]
        readouts = [
            f"spread of w over {draws} draws: predicted {one:.4f}, measured {other:.4f}"
            for one, other in zip(predicted.flat, spread.flat, strict=True)
        ]
        return Scene(stage, actors, readouts)

    return LiveFigure(build, [noises, sizes])


def handfuls(values, runs=60, steps=100):
    """Notebook 05: the noise of small batches, and the floor that it leaves, beside the one predicted.

    Only b is trained, on the mean of (b - value)**2, from the lowest point itself.
    """
    values = arguments.vector("values", values, at_least=-figures.FARTHEST, at_most=figures.FARTHEST).numpy()
    if np.ptp(values) < 1e-50:
        raise ValueError(f"values must hold at least two different numbers, not {arguments.shown(values.tolist())}")
    runs = arguments.count("runs", runs, at_most=MOST_STEPS)
    steps = arguments.count("steps", steps, at_most=MOST_STEPS)
    batches = Slider("batch size", (1, 2, 4, 8, 16, 32), 1, unit="points")
    rates = Slider("learning rate", (0.05, 0.1, 0.2, 0.4, 0.6, 0.8), 0.2)
    best, curvature = values.mean(), 2.0
    shape = len(batches.values), len(rates.values)
    b = np.empty((*shape, steps + 1, runs))
    floor = np.empty(shape)
    for i, batch in enumerate(batches.values):
        sigma_squared = 4 * values.var() / batch
        for j, rate in enumerate(rates.values):
            b[i, j] = descent.noisy_descent(values, rate, batch, start=best, steps=steps, runs=runs)
            floor[i, j] = rate * sigma_squared / (curvature * (2 - rate * curvature))
    away = ((b - best) ** 2).mean(axis=-1)
    measured = away[..., steps // 2 :].mean(axis=-1)

    def build():
        stage, (left, right) = figures.shaken_panels(best, b, steps)
        width = np.sqrt(floor)[..., None]
        across = np.array([0, steps])
        actors = [
            Actor("b", left, np.arange(steps + 1), b[..., 0], figures.PATH, 1.5),
            Actor("above", left, across, best + width + 0 * across, figures.TRUTH, 1.2),
            Actor("below", left, across, best - width + 0 * across, figures.TRUTH, 1.2),
            Actor("away", right, np.arange(1, steps + 1), away[..., 1:], figures.LOSS, 2),
            Actor("floor", right, across, floor[..., None] + 0 * across, figures.TRUTH, 1.5),
        ]
        readouts = [
            f"floor: predicted {one:.2e}, measured {other:.2e}"
            for one, other in zip(floor.flat, measured.flat, strict=True)
        ]
        return Scene(stage, actors, readouts)

    return LiveFigure(build, [batches, rates])


def _descent_scene(x, y, truth, w, b):
    """The three panels of the thread with a run for each of the 80 learning rates."""
    stage = figures.empty_panels(x, y, truth, _start(w, b), STEPS)
    run = descent.descend(x, y, RATES, w=w, b=b, steps=STEPS)
    return _run_scene(stage, run, (len(RATES),))


def _start(w, b):
    return arguments.number("w", w), arguments.number("b", b)


def _run_scene(stage, run, shape, played=False):
    """The three panels with a recorded run for each position of the sliders; `shape` says how many each of them has."""
    picture, (left, middle, right) = stage
    steps = len(run.loss) - 1
    w, b, loss = (record.T.reshape(*shape, steps + 1) for record in (run.w, run.b, run.loss))
    shown = slice(None) if played else slice(-1, None)  # the line after every step, or after the last
    with np.errstate(all="ignore"):  # where a run diverged
        line = (b[..., shown, None] + w[..., shown, None] * np.array([0, 1])).reshape(*shape, -1)
    actors = [
        Actor("line", left, np.resize([0, 1], line.shape[-1]), line, figures.LINE, 3, each=2 if played else 0),
        Actor("path", middle, w, b, figures.PATH, 1.5, grows=played),
        Actor("steps", middle, w, b, figures.PATH, 4, dots=True, grows=played),
        Actor("loss", right, np.arange(steps + 1), loss, figures.LOSS, 3, grows=played),
    ]
    told = range(steps + 1) if played else [steps]
    return Scene(picture, actors, [_tell(run, lane, step) for lane in range(len(run.learning_rates)) for step in told])


def _tell(run, lane, step):
    gone = run.diverged_at[lane]
    if 0 <= gone <= step:
        return f"diverged at step {gone}: the loss is more than {descent.DIVERGED:,} times the first"
    loss, w, b = run.loss[step, lane], run.w[step, lane], run.b[step, lane]
    return f"after {step} steps: loss {loss:.2g}, w = {w:.2f}, b = {b:.2f}"

"""The live figure and the labs made from it: pictures that move with the hand.

A picture is drawn once, the stage. The few things that move, the actors, get their place for every slider position from
Python, computed with the axes' own transforms; the page (live_figure.js) only looks them up, so that no drag waits for
the kernel. Every position shows a run that autograd really made in this kernel. A slider that changes the data makes
the kernel train again and send new tables.
"""

from dataclasses import dataclass
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
RATES = tuple(float(f"{0.1 * 10 ** (k / 30):.2g}") for k in range(-46, 34))
"""80 learning rates, evenly spaced in their logarithm, from 0.0029 to 1.3; 0.1 is one of them."""


@dataclass(frozen=True)
class Slider:
    """One slider: its name, its values, where it starts, and whether moving it makes the kernel train again."""

    name: str
    values: tuple
    start: float
    retrains: bool = False

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
            "texts": [f"{value:g}" for value in self.values],
            "start": self.nearest(self.start),
            "retrains": self.retrains,
        }


@dataclass(frozen=True)
class Actor:
    """A thing that moves: a polyline, or dots, in one panel.

    x and y have one axis for each slider that does not retrain, in the sliders' order, and a last one for the points;
    they are broadcast against each other. A trail shows the first point at up to that many last moves, each `stride`
    further along x.
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

    def table(self):
        """Where the actor stands on the page, in pixels from the top left corner: float32, shape (..., points, 2)."""
        places = np.stack(np.broadcast_arrays(self.x, self.y), axis=-1).astype(float)
        shape = places.shape
        with np.errstate(all="ignore"):  # runs that diverge can hold inf and nan, and a loss of 0 has no logarithm
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
            "points": table.shape[-2],
            "table": table.tobytes(),
        }

    def draw(self, position):
        """Draw the actor into its panel with matplotlib, as it stands at one position: for readers without a kernel."""
        x, y = (np.broadcast_arrays(self.x, self.y)[axis][position] for axis in (0, 1))
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
    """A stage with its actors, and for each position the sentence that is read out, in the order of the tables."""

    stage: figures.Picture
    actors: list
    readouts: list


class LiveFigure(anywidget.AnyWidget):
    """A picture with sliders under it.

    `value` is what the sliders say, by name, and can be set: `lab.value = {"learning_rate": 0.5}`. `tried` is a list of
    the values at which a slider was let go, the start first.
    """

    _esm = Path(__file__).with_name("live_figure.js")
    _css = Path(__file__).with_name("live_figure.css")

    scene = traitlets.Dict().tag(sync=True)
    sliders = traitlets.List().tag(sync=True)
    position = traitlets.List(traitlets.Int()).tag(sync=True)
    visited = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    counts_moves = traitlets.Bool(False).tag(sync=True)

    def __init__(self, build, sliders, *, counts_moves=False):
        """Raise the first scene.

        Args:
            build: makes a Scene; it is given the values of the sliders that retrain, by name.
            sliders: the Slider objects, in the order of the actors' first axes.
            counts_moves: whether the read-out says how often a slider was let go at a new place.
        """
        self._build, self._sliders = build, sliders
        start = [slider.nearest(slider.start) for slider in sliders]
        self._opening = self._rehearse(start)
        super().__init__(
            sliders=[slider.to_page() for slider in sliders],
            position=start,
            visited=[start],
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
            raise TypeError(f"value must be a dictionary of slider names and values, not {value!r}")
        names = [slider.key for slider in self._sliders]
        if unknown := set(value) - set(names):
            raise ValueError(f"value must name sliders of this figure, {names}, not {sorted(unknown)}")
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
        return {
            "stage": show.png(scene.stage),
            "size": [round(inches * figures.PIXELS_PER_INCH) for inches in scene.stage.get_size_inches()],
            "alt": scene.stage.alt,
            "actors": [actor.to_page() for actor in scene.actors],
            "readouts": scene.readouts,
            "trained": self._trained(position),
        }

    @cached_property
    def _opening_bundle(self):
        """The starting picture, actors and all, for readers without a kernel."""
        lookups = [slider for slider in self._sliders if not slider.retrains]
        position = tuple(slider.nearest(slider.start) for slider in lookups)
        for actor in self._opening.actors:
            actor.draw(position)
        stage = self._opening.stage
        place = np.ravel_multi_index(position, [len(slider.values) for slider in lookups])
        settings = ", ".join(f"{slider.name} {slider.start:g}" for slider in self._sliders)
        stage.alt = f"{stage.alt} At {settings}: {self._opening.readouts[place]}."
        return show.bundle(stage)

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, **self._opening_bundle}, metadata


# ---- The labs ----


def hand_fit(x, y, goal, blind=False):
    """Notebook 00: the learner is the optimizer, in search of a loss below the goal; blind, by that number alone."""
    x, y = (values.numpy() for values in arguments.points(x, y))
    goal = arguments.number("goal", goal, above=0)
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

    def build(noise):
        x, y = make_line(*truth, noise=noise)
        return _descent_scene(x, y, truth, w, b)

    noises = tuple(float(noise) for noise in np.round(np.arange(0, 0.201, 0.01), 2))
    return LiveFigure(build, [Slider("learning rate", RATES, 0.1), Slider("noise", noises, 0.01, retrains=True)])


def _descent_scene(x, y, truth, w, b):
    """The three panels of the thread with a run for each of the 80 learning rates."""
    run = descent.descend(x, y, RATES, w=w, b=b, steps=STEPS)
    stage, (left, middle, right) = figures.empty_panels(x, y, truth, (w, b), STEPS)
    end_w, end_b = run.w[-1, :, None], run.b[-1, :, None]
    with np.errstate(all="ignore"):  # where a run diverged
        line = end_b + end_w * np.array([0, 1])
    actors = [
        Actor("line", left, np.array([0, 1]), line, figures.LINE, 3),
        Actor("path", middle, run.w.T, run.b.T, figures.PATH, 1.5),
        Actor("steps", middle, run.w.T, run.b.T, figures.PATH, 4, dots=True),
        Actor("loss", right, np.arange(STEPS + 1), run.loss.T, figures.LOSS, 3),
    ]
    readouts = [
        f"diverged at step {gone}: the loss is more than {descent.DIVERGED:,} times the first"
        if gone >= 0
        else f"after {STEPS} steps: loss {loss:.2g}, w = {slope:.2f}, b = {intercept:.2f}"
        for gone, loss, slope, intercept in zip(run.diverged_at, run.loss[-1], run.w[-1], run.b[-1], strict=True)
    ]
    return Scene(stage, actors, readouts)

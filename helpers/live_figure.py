"""The live figure: a picture that moves with the hand, and asks nobody.

A picture is drawn once, the stage. The few things that move, the actors, have a place for every position of the
sliders, computed here with the axes' own transforms. All places are sent once, as whole numbers, compressed; the page
(live_figure.js) looks them up, with a kernel behind it or without.
"""

import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from helpers import arguments, drawing

FAR = 4000
"""Actors are drawn at most this many pixels from the middle of their panel: outside, in the right direction, finite."""

PARTS = 20
"""Into so many parts the last decimal is cut, and no part holds two numbers that round differently, but for a tie."""


@dataclass(frozen=True)
class Slider:
    """One slider: its name, its values and where it starts.

    One that `plays` moves through the steps of a run, and gets a button that does so by itself; one that is `marked`
    has a mark where the scene says.
    """

    name: str
    values: tuple
    start: float
    plays: bool = False
    marked: bool = False
    unit: str = ""

    @property
    def key(self):
        """The name as Python writes it: learning_rate."""
        return self.name.replace(" ", "_")

    def nearest(self, value):
        """The position whose value is nearest to the one given."""
        return int(np.abs(np.array(self.values) - arguments.number(self.name, value)).argmin())

    def share(self, value):
        """How far along the slider a value lies, from 0 to 1."""
        return np.interp(value, self.values, np.linspace(0, 1, len(self.values)))

    def to_page(self):
        texts = [f"{value + 0.0:g}" for value in self.values]  # -0.0 is 0
        own = {"name": self.name, "unit": self.unit, "plays": self.plays, "marked": self.marked}
        return {**own, "texts": texts, "start": self.nearest(self.start)}


class Numbers:
    """Numbers that the page writes out, one for each position: with so many `decimals`, or so many `digits` that count.

    values: at least 0 where digits are given; an axis for each slider, of size 1 where the slider changes nothing.
    """

    def __init__(self, values, decimals=None, digits=None):
        self.values, self.decimals, self.digits = np.asarray(values, float), decimals, digits

    @cached_property
    def whole(self):
        """As they are sent: the number of the part in which each lies, or its power of ten before its digits."""
        if self.digits is None:
            return np.floor(self.values / self.unit).astype(np.int32)
        values = np.where((self.values > 1e-300) & np.isfinite(self.values), self.values, 1)
        power = np.floor(np.log10(values)).astype(int)
        counted = np.rint(values / 10.0 ** (power - self.digits + 1)).astype(int)
        full = counted == 10**self.digits  # 9.96 with two digits is 10
        counted, power = np.where(full, counted // 10, counted), power + full
        return np.where(self.values <= 1e-300, 0, power * 10**self.digits + counted).astype(np.int32)

    @property
    def unit(self):
        """The width of a part."""
        return 10.0**-self.decimals / PARTS

    def text(self, position):
        """A number as the page writes it, which is as Python does."""
        value = at(self.values, position)
        if self.digits is None:
            return f"{round(value, self.decimals) + 0.0:.{self.decimals}f}"
        return f"{value:.{self.digits}g}"

    def to_page(self, tables):
        how = {"digits": self.digits} if self.digits else {"decimals": self.decimals, "unit": self.unit}
        return {"table": tables.add(self.whole[..., None]), **how}


def at(values, position):
    """What stands in a table for a position of the sliders."""
    return values[tuple(min(place, size - 1) for place, size in zip(position, values.shape, strict=False))]


class Tables:
    """Everything that is looked up, as one row of whole numbers; what stands there already is not added again."""

    def __init__(self):
        self._parts, self._places, self._size = [], {}, 0

    def add(self, table):
        """Where a table lies, how far a step of each slider leads there, and how many numbers stand together."""
        table = np.ascontiguousarray(table, np.int32)
        key = table.tobytes()
        if key not in self._places:
            self._places[key] = self._size
            self._parts.append(table.ravel())
            self._size += table.size
        steps = np.cumprod((1, *table.shape[:0:-1]))[::-1].tolist()
        strides = [0 if size == 1 else step for size, step in zip(table.shape, steps, strict=True)]
        return {"start": self._places[key], "strides": strides[:-1], "length": table.shape[-1]}

    def packed(self):
        """Differences, the sign in the lowest bit; the first bytes of all, then the second ones ...; zlib over that."""
        away = np.diff(np.concatenate(self._parts), prepend=np.int32(0))
        coded = ((away << 1) ^ (away >> 31)).astype("<i4")
        return zlib.compress(coded.view(np.uint8).reshape(-1, 4).T.tobytes())


@dataclass(frozen=True)
class Actor:
    """A thing that moves in one panel: a polyline, `width` pixels wide, around what it fills, with `dots` as wide.

    x and y have an axis for each slider, of size 1 where the slider changes nothing, and a last one for the points.
    An actor that `grows` shows its points up to the present step of a run; one that is a `line` shows the line
    y = w x + b between these two x, where its present point is (w, b). A trail shows the first point at up to that many
    last moves, each `stride` further along x. What lies on the `ground` shades the stage, and hides nothing of it.
    """

    name: str
    ax: object
    x: object  # an array, or Numbers where the page writes them, too
    y: object
    color: str
    width: float = 0
    dots: float = 0
    fill: str = ""
    dotted: bool = False
    grows: bool = False
    line: tuple = ()
    trail: int = 0
    stride: float = 0
    ground: bool = False

    def to_page(self, tables):
        x, y, maps = self._written() if isinstance(self.x, Numbers) else self._in_pixels()
        size = max(x.shape[-1], y.shape[-1])
        x, y = (np.broadcast_to(values, (*values.shape[:-1], size)) for values in (x, y))
        (begin, end), _ = on_page(self.ax, [0, self.stride], [])
        looks = ("name", "color", "width", "dots", "fill", "dotted", "grows", "trail", "ground")
        own = {"panel": _panel(self.ax), "now": bool(self.line), "stride": float(end - begin), "maps": maps}
        return {**{look: getattr(self, look) for look in looks}, **own, "x": tables.add(x), "y": tables.add(y)}

    def _in_pixels(self):
        """Eighths of a pixel, and the factors with which the page makes places of them."""
        left, top, width, height = _panel(self.ax)
        places = within_reach(*on_page(self.ax, self.x, self.y), (left + width / 2, top + height / 2), FAR)
        return *(np.rint(8 * values) for values in places), [[1 / 8, 0, 0, 0, 1 / 8, 0]]

    def _written(self):
        """The numbers that the page writes, and the factors that make places of the middle of their parts."""
        (left, right), (low, high) = np.array(on_page(self.ax, [0, 1], [0, 1])).tolist()
        u, v, w = (right - left) * self.x.unit, (high - low) * self.y.unit, (high - low) * self.x.unit
        maps = [[u, 0, left + u / 2, 0, v, low + v / 2]]
        if self.line:
            maps = [[0, 0, left + (right - left) * x, w * x, v, low + (w * x + v) / 2] for x in self.line]
        return self.x.whole, self.y.whole, maps

    def draw(self, position):
        """Draw the actor into its panel with matplotlib, as it stands at one position and the last step of a run."""
        x, y = (getattr(values, "values", values) for values in (self.x, self.y))
        x, y = np.broadcast_arrays(*(at(np.asarray(values), position) for values in (x, y)))
        if self.line:
            x, y = np.array(self.line), y[-1] + x[-1] * np.array(self.line)
        if self.fill:
            self.ax.fill(x, y, color=self.fill, zorder=0, linewidth=0)
        points = 72 / drawing.PIXELS_PER_INCH
        dots = {"marker": "o", "markersize": self.dots * points, "markeredgewidth": 0} if self.dots else {}
        line = (":" if self.dotted else "-") if self.width else ""
        style = {"linestyle": line, "linewidth": self.width * points, "color": self.color, **dots}
        self.ax.plot(x, y, **style, zorder=1 if self.ground else 6, scalex=False, scaley=False)


def on_page(ax, x, y):
    """Where data lie in the page: for each x so many pixels from the left, for each y so many from the top."""
    x, y = (np.asarray(values, float) for values in (x, y))
    across = ax.transData.transform(np.stack([x.ravel(), np.ones(x.size)], axis=-1))[:, 0]
    up = ax.transData.transform(np.stack([np.ones(y.size), y.ravel()], axis=-1))[:, 1]
    scale = drawing.PIXELS_PER_INCH / ax.figure.dpi
    return scale * across.reshape(x.shape), scale * (ax.figure.bbox.height - up.reshape(y.shape))


def _panel(ax):
    """The rectangle of the axes in the page: left, top, width and height."""
    scale, box = drawing.PIXELS_PER_INCH / ax.figure.dpi, ax.bbox
    return [scale * part for part in (box.x0, ax.figure.bbox.height - box.y1, box.width, box.height)]


def within_reach(x, y, middle, reach):
    """Pull far points towards the middle, and leave one that is no number at the last one that was.

    Where x and y change together, this keeps the direction.
    """
    places = [values - centre for values, centre in zip((x, y), middle, strict=True)]
    near = []
    for together in [places] if x.shape == y.shape else [places[:1], places[1:]]:
        away = np.stack(together)
        lost = ~np.isfinite(away).all(axis=0)
        last = np.maximum.accumulate(np.where(lost, 0, np.arange(away.shape[-1])), axis=-1)
        away = np.take_along_axis(away, last[None], axis=-1)
        away = np.where(np.isfinite(away), away, reach)  # not even the first point is a number
        distance = np.abs(np.hypot.reduce(away, axis=0))
        near += list(away * np.minimum(1, reach / np.maximum(distance, reach / 2)))
    return [values + centre for values, centre in zip(near, middle, strict=True)]


@dataclass(frozen=True)
class Scene:
    """A stage with its actors, and the sentence that is read out.

    `sentences` have names in braces, of the `words`; `which` says for each position the one that holds. `mark` says how
    far along its slider the mark lies. `handle` is a panel on which the two sliders with the numbers `handled` can be
    moved, across and up, by dragging. `counts_moves`: the read-out says how often a slider was let go at a new place.
    """

    stage: drawing.Picture
    actors: list
    sentences: list
    words: dict
    which: np.ndarray = field(default_factory=lambda: np.zeros((), int))
    mark: np.ndarray = None
    handle: object = None
    handled: tuple = ()
    counts_moves: bool = False

    def readout(self, position):
        """The sentence for a position."""
        words = {name: numbers.text(position) for name, numbers in self.words.items()}
        return self.sentences[at(self.which, position)].format(**words)


class LiveFigure(anywidget.AnyWidget):
    """A picture with sliders under it.

    `value` is what the sliders say, by name, and can be set: `lab.value = {"learning_rate": 0.5}`. `tried` is a list of
    the values at which a slider was let go, the start first.
    """

    _esm = "".join(Path(__file__).with_name(name).read_text("utf-8") for name in ("page.js", "live_figure.js"))
    _css = drawing.CSS + Path(__file__).with_name("live_figure.css").read_text("utf-8")

    scene = traitlets.Dict().tag(sync=True)
    # Without an echo: one that a busy kernel sends late would take back what the hand has done since.
    position = traitlets.List(traitlets.Int()).tag(sync=True, echo_update=False)
    visited = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True, echo_update=False)

    def __init__(self, scene, sliders):
        """Draw the stage, and work out all tables: the sliders are in the order of their axes, one that plays last."""
        self._scene, self._sliders = scene, sliders
        start = [slider.nearest(slider.start) for slider in sliders]
        tables = Tables()
        sent = {
            "stage": scene.stage.png(),  # first, for only what is drawn has its limits, and with them its places
            "alt": scene.stage.alt,
            "size": [round(inches * drawing.PIXELS_PER_INCH) for inches in scene.stage.get_size_inches()],
            "sliders": [slider.to_page() for slider in sliders],
            "actors": [actor.to_page(tables) for actor in scene.actors],
            "sentences": scene.sentences,
            "words": {name: numbers.to_page(tables) for name, numbers in scene.words.items()},
            "which": tables.add(scene.which[..., None]),
            "mark": None if scene.mark is None else Numbers(scene.mark, decimals=4).to_page(tables),
            "handle": self._handle(),
            "counts_moves": scene.counts_moves,
            "tables": tables.packed(),  # last, when all have been added
        }
        super().__init__(position=start, visited=[start], scene=sent)

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

    def _handle(self):
        """Which sliders the handle moves, and where across and down the picture each value of theirs lies."""
        if self._scene.handle is None:
            return None
        places = on_page(self._scene.handle, *(self._sliders[number].values for number in self._scene.handled))
        moves = {"name": "start of the descent", "moves": list(self._scene.handled)}
        return {**moves, "places": [along.tolist() for along in places]}

    @cached_property
    @drawing.styled
    def _opening(self):
        """The starting picture, actors and all, for readers without a kernel."""
        scene, position = self._scene, self.visited[0]
        for actor in scene.actors:
            actor.draw(position)
        chosen = [(slider, at) for slider, at in zip(self._sliders, position, strict=True) if not slider.plays]
        settings = ", ".join(f"{slider.name} {slider.values[at]:g}" for slider, at in chosen)
        scene.stage.alt += f" At {settings}: {scene.readout(position)}."
        return scene.stage.bundle()

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, **self._opening}, metadata

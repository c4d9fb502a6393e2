"""The live figure: a picture that moves with the hand, and asks nobody.

A picture is drawn once, the stage. The few things that move, the actors, have a place for every position of the
sliders, computed here with the axes' own transforms. All places are sent once, as whole numbers, compressed; the page
(live_figure.js) looks them up, with a kernel behind it or without.

What stands at a position is a row of numbers: the points of an actor, or the steps of a run. All rows are an array with
an axis for each slider but the one that plays, of size 1 where the slider changes nothing, and a last one for the row;
or the one row alone. What is another thing at every step has an axis for the slider that plays, too.
"""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from helpers import drawing

FAR = 1_000_000  # pixels: no actor is drawn further away, so that its places are finite, in the right direction


class Tables:
    """Everything that is looked up, as one row of whole numbers; what stands there already is not added again."""

    def __init__(self):
        self._starts = {}

    def add(self, table):
        """Where a table lies, how far each slider leads there, and how long a row is."""
        table = np.ascontiguousarray(table, np.int32)
        start = self._starts.setdefault(table.tobytes(), sum(map(len, self._starts)) // table.itemsize)
        sizes = zip(table.shape[:-1], table.strides, strict=False)
        strides = [0 if size == 1 else stride // table.itemsize for size, stride in sizes]
        return {"start": start, "strides": strides, "length": table.shape[-1]}

    def add_texts(self, values, form=""):
        """Texts, or finite numbers in a form such as .2f: each different one once, and a table that says which."""
        if form:  # rounded first: few of them differ then
            decimals = int(form[-2])
            if form.endswith("g"):
                decimals = decimals - 1 - np.floor(np.log10(np.maximum(np.abs(values), 1e-300)))
            values = np.rint(values * 10.0**decimals) / 10.0**decimals
        different, which = np.unique(values, return_inverse=True)
        texts = [format(value, form) for value in different.tolist()]
        return {"texts": texts, "table": self.add(which.reshape(np.shape(values)))}

    def packed(self):
        """Differences, the sign in the lowest bit; the first bytes of all, then the second ones ...; zlib over that."""
        away = np.diff(np.frombuffer(b"".join(self._starts), np.int32), prepend=np.int32(0))
        coded = ((away << 1) ^ (away >> 31)).astype("<i4")
        return zlib.compress(coded.view(np.uint8).reshape(-1, 4).T.tobytes())


def row(values, position):
    """The row of an array for a position of the sliders."""
    values = np.asarray(values)
    return values[tuple(min(place, size - 1) for place, size in zip(position, values.shape[:-1], strict=False))]


def present(values, position):
    """The number of a row that holds at a position: that of its step, the last place, or the only one."""
    numbers = row(values, position)
    return numbers[min(position[-1], len(numbers) - 1)]


@dataclass(frozen=True)
class Slider:
    """One slider: its name, its values and where it starts.

    The one that is called "step" or "epoch" moves through a run, and gets a button that does so by itself. A `mark`
    stands at that value, which may depend on the position. The page shows the `names` of the values, if there are any.
    """

    name: str
    values: tuple
    start: float  # or, where that is none of the values, the nearest one
    mark: np.ndarray = None
    names: tuple = ()

    def to_page(self, tables):
        way = np.linspace(0, 1, len(self.values))
        return {
            "name": self.name,
            "plays": self.name in ("step", "epoch"),
            "texts": list(self.names) or [f"{value + 0.0:g}" for value in self.values],  # -0.0 is 0
            "start": int(np.abs(np.array(self.values) - self.start).argmin()),
            "mark": None if self.mark is None else tables.add_texts(np.interp(self.mark, self.values, way), ".4f"),
        }


@dataclass(frozen=True)
class Actor:
    """A thing that moves in one panel: a polyline, `width` pixels wide, around what it fills, with `dots` as wide.

    One that `grows` shows its points up to the present step of a run. One that is a `line` is the line y = w x + b from
    x = 0 to 1; its present point is (w, b), on the panel `line`. A trail shows the first point at up to that many last
    moves, each `stride` further along x. What lies on the `ground` shades the stage, and hides nothing of it. Its
    `words`, strings in rows as numbers are, stand centred on its last point; an empty one shows nothing.
    """

    name: str
    panel: object
    x: np.ndarray
    y: np.ndarray
    color: str
    width: float = 0
    dots: float = 0
    fill: str = ""
    dotted: bool = False
    grows: bool = False
    line: object = None
    trail: int = 0
    stride: float = 0
    ground: bool = False
    words: np.ndarray = None

    def to_page(self, tables):
        """Places in eighths of a pixel, and the matrices with which the page makes points of them."""
        maps = [np.diag([1 / 8, 1 / 8, 1])]
        if self.line:
            back = np.linalg.inv(_matrix(self.line)) @ maps[0]
            maps = [_matrix(self.panel) @ [[0, 0, x], [x, 1, 0], [0, 0, 1]] @ back for x in (0, 1)]
        (left, right), (low, high) = on_page(self.panel, self.panel.get_xlim(), self.panel.get_ylim())
        x, y = np.rint(8 * on_page(self.line or self.panel, self.x, self.y))
        return vars(self) | {
            "panel": [left, high, right - left, low - high],
            "line": self.line is not None,
            "stride": self.stride * _matrix(self.panel)[0, 0],
            "maps": [matrix[:2].ravel().tolist() for matrix in maps],
            "x": tables.add(x),
            "y": tables.add(y),
            "words": None if self.words is None else tables.add_texts(self.words),
        }

    def draw(self, position):
        """Draw the actor into its panel with matplotlib, as it stands at one position."""
        x, y = (row(values, position) for values in np.broadcast_arrays(self.x, self.y))
        if self.grows or self.line:
            x, y = x[: position[-1] + 1], y[: position[-1] + 1]
        if self.line:
            x, y = [0, 1], [y[-1], x[-1] + y[-1]]
        zorder = 0.5 if self.ground else 6
        if self.fill:
            self.panel.fill(x, y, color=self.fill, zorder=zorder, linewidth=0)
        point = 72 / drawing.PIXELS_PER_INCH
        line = {"linestyle": ":" if self.dotted else "-", "linewidth": self.width * point, "color": self.color}
        dots = {"marker": "o", "markersize": self.dots * point, "markeredgewidth": 0}
        self.panel.plot(x, y, **line, **dots, zorder=zorder, scalex=False, scaley=False)
        if self.words is not None:
            drawing.note(self.panel, present(self.words, position), (x[-1], y[-1]), color=self.color, ha="center")


def on_page(ax, x, y):
    """Where data lie in the page: pixels from the left and from the top, shape (2, ...).

    Far places are pulled in. One that is no number is where the last one was that is, or far away.
    """
    x, y = np.broadcast_arrays(x, y)
    across, up = ax.transData.transform(np.stack([x.ravel(), y.ravel()], axis=-1)).T.reshape(2, *x.shape)
    places = np.stack([across, ax.figure.bbox.height - up]) * drawing.PIXELS_PER_INCH / ax.figure.dpi
    known = np.isfinite(places).all(axis=0)
    last = np.maximum.accumulate(np.where(known, np.arange(x.shape[-1]), 0), axis=-1)
    places = np.take_along_axis(places, last[None], axis=-1)
    places = np.where(np.isfinite(places), places, FAR)
    return places / np.maximum(1, np.hypot(*places) / FAR)


def _matrix(ax):
    """The matrix that takes data (x, y, 1) on linear axes to the page."""
    (left, right), (low, high) = on_page(ax, [0, 1], [0, 1])
    return np.array([[right - left, 0, left], [0, high - low, low], [0, 0, 1]])


class LiveFigure(anywidget.AnyWidget):
    """A picture with sliders under it."""

    _esm = "".join(Path(__file__).with_name(name).read_text("utf-8") for name in ("page.js", "live_figure.js"))
    _css = drawing.CSS + Path(__file__).with_name("live_figure.css").read_text("utf-8")

    scene = traitlets.Dict().tag(sync=True)
    # Without an echo: one that a busy kernel sends late would take back what the hand has done since.
    position = traitlets.List(traitlets.Int()).tag(sync=True, echo_update=False)
    visited = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True, echo_update=False)

    def __init__(self, stage, actors, sliders, sentences, words, which=(0,), handle=None):
        """Work out all tables, for a `drawing.Picture`, actors in drawing order and sliders in the order of their axes.

        sentences: what is read out, with words in braces, each with its form, as in "loss {loss:.2g}".
        words: the finite numbers for these, by name.
        which: the number of the sentence that holds.
        handle: a panel in which a point can be dragged, across with the slider 1, and up with the slider 2.
        """
        self.stage, self._sliders = stage, sliders
        sent = {"stage": stage.png(), "alt": stage.alt}  # first, for only what is drawn has its limits
        if handle:
            across, down = on_page(handle, *np.ix_(*(slider.values for slider in sliders[1:3])))
            handle = {"moves": [1, 2], "places": [across[:, 0].tolist(), down[0].tolist()]}
        tables, word = Tables(), re.compile(r"{(\w+):([^}]+)}")
        sent |= {
            "size": [round(inches * drawing.PIXELS_PER_INCH) for inches in stage.get_size_inches()],
            "sliders": [slider.to_page(tables) for slider in sliders],
            "actors": [actor.to_page(tables) for actor in actors],
            "sentences": {"texts": [word.sub(r"{\1}", text) for text in sentences], "table": tables.add(which)},
            "words": {name: tables.add_texts(words[name], form) for name, form in word.findall(" ".join(sentences))},
            "handle": handle,
            "tables": tables.packed(),  # last, when all have been added
        }
        start = [slider["start"] for slider in sent["sliders"]]
        super().__init__(position=start, visited=[start], scene=sent)
        # The starting picture, actors and all, for readers without a kernel:
        for actor in actors:
            actor.draw(start)
        at = [(slider["name"], slider["texts"][slider["start"]]) for slider in sent["sliders"] if not slider["plays"]]
        at_start = {name: present(values, start) for name, values in words.items()}
        readout = sentences[int(present(which, start))].format(**at_start)
        stage.alt += f" At {', '.join(map(' '.join, at))}: {readout}."
        labels = [present(actor.words, start) for actor in actors if actor.words is not None]
        stage.alt += f" Labels: {', '.join(labels)}." * bool(labels)
        self._opening = stage.bundle()

    @property
    def tried(self):
        """The values at which a slider was let go, the start first: a list of dictionaries."""
        return [
            {slider.name: slider.values[place] for slider, place in zip(self._sliders, position, strict=True)}
            for position in self.visited
        ]

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, **self._opening}, metadata

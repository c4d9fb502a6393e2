"""The labs of the course as the tests see them: found in the notebooks, so that a new one needs no line."""

import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np

import lab_cells
import notebooks
from lab_cells import LAB


@dataclass(frozen=True)
class Find:
    """A place where a notebook makes a live figure, the first of them is number 0."""

    notebook: str
    number: int
    function: str

    def __str__(self):
        return f"{self.notebook}, {self.number} {self.function}"

    def lab(self):
        """The live figure that the notebook makes there: one for all tests, put back to its start."""
        lab = walk(self.notebook)[self.number]
        lab.position = lab.visited[0]
        return lab

    def page(self):
        return Page(self.lab())


def find():
    return [
        Find(str(notebook), number, function)
        for notebook in notebooks.find()
        for number, function in enumerate(LAB.findall(notebook.code))
    ]


def sources(name):
    return [cell.source for cell in notebooks.named(name).code_cells]


def cells(name):
    """The code of a notebook's cells that make a live figure, and of those before them that they need."""
    return lab_cells.needed(sources(name))


@cache
def walk(name):
    """All live figures that a notebook makes, in their order."""
    return lab_cells.run(sources(name))


class Page:
    """A lab as the page sees it: all that it shows at a position of the sliders, worked out from what is sent alone."""

    def __init__(self, lab):
        self.scene, self.start = lab.scene, list(lab.position)
        self.sliders = lab.scene["sliders"]
        planes = np.frombuffer(zlib.decompress(lab.scene["tables"]), np.uint8).reshape(4, -1).astype(np.uint32)
        coded = sum(plane << 8 * place for place, plane in enumerate(planes))
        away = np.where(coded % 2, -1 - (coded // 2).astype(np.int64), (coded // 2).astype(np.int64))
        self._numbers = np.cumsum(away)

    @property
    def sizes(self):
        return [len(slider["texts"]) for slider in self.sliders]

    @property
    def steps(self):
        """The number of the slider that moves through the steps of a run, or None."""
        return next((number for number, slider in enumerate(self.sliders) if slider["plays"]), None)

    def values(self, position):
        """What the sliders say, by name: numbers, or the place of a name."""
        chosen = [(one["name"], one["texts"][at], at) for one, at in zip(self.sliders, position, strict=True)]
        return {name: at if text.isidentifier() else float(text) for name, text, at in chosen}

    def row(self, table, position):
        at = table["start"] + sum(stride * place for stride, place in zip(table["strides"], position, strict=False))
        return self._numbers[at : at + table["length"]]

    def points(self, actor, position):
        """Where an actor is drawn, without its trail: shape (points, 2)."""
        if isinstance(actor, str):
            actor = next(other for other in self.scene["actors"] if other["name"] == actor)
        places = np.stack([self.row(actor[axis], position) for axis in "xy"])
        if actor["grows"] or actor["line"]:
            step = position[self.steps]
            places = places[:, step if actor["line"] else 0 : step + 1]
        maps = np.array(actor["maps"]).reshape(-1, 2, 3)
        return (maps[:, :, :2] @ places + maps[:, :, 2:]).transpose(2, 0, 1).reshape(-1, 2)

    def words(self, position):
        """The name, the words and their place of each actor that has words."""
        return [
            (actor["name"], self.text(actor["words"], position), self.points(actor, position)[-1])
            for actor in self.scene["actors"]
            if actor["words"]
        ]

    def text(self, texts, position):
        row = self.row(texts["table"], position)
        return texts["texts"][row[0 if len(row) == 1 else position[self.steps]]]

    def readout(self, position):
        words = {name: self.text(texts, position) for name, texts in self.scene["words"].items()}
        return self.text(self.scene["sentences"], position).format(**words)

    def marks(self, position):
        """How far along its slider each mark lies."""
        return [float(self.text(slider["mark"], position)) for slider in self.sliders if slider["mark"]]

"""The notebooks as the tests see them: cells, prose, code, outputs and exercises."""

import contextlib
import io
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import nbval.plugin
import numpy as np
from PIL import Image, ImageChops

from helpers import predictions
from lab_cells import LAB

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
NOT_PROSE = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`|<[^>]+>|!\[|\]\([^)]*\)", re.DOTALL)
RULES = list(nbval.plugin.get_sanitize_patterns((ROOT / "tests" / "sanitize.cfg").read_text(encoding="utf-8")))
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml")
ASKED = re.compile(r"^predictions\.ask\(\"(\w+)\"\)$", re.MULTILINE)
TASK = re.compile(r"^\*\*Your turn\.\*\*", re.MULTILINE)
TIME = (
    r"^\*\*Time\*\* about (?P<core>\d+) minutes(?: for \*(?P<lesson>.+)\*)?, exercises included"
    r"(?:; \*Going deeper\* takes (?P<deeper>\d+) more|(?(lesson); look up the rest when you need it))?\.$"
)
FOLDED = re.compile(r"<details>\s*<summary>(.+?)</summary>\n\n(.+?)\n\n</details>", re.DOTALL)


@dataclass(frozen=True)
class Exercise:
    """The positions of its stub and its check among the cells, and the code that replaces the stub."""

    stub: int
    check: int
    solution: str


class Notebook:
    def __init__(self, path):
        self.path = path

    def __repr__(self):
        return self.path.stem

    @property
    def code(self):
        return "\n\n".join(cell.source for cell in self.code_cells)

    @cached_property
    def node(self):
        return nbformat.read(self.path, as_version=4)

    @property
    def cells(self):
        return self.node.cells

    @property
    def code_cells(self):
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def parts(self):
        """The cells of the core and, where there is one, of *Going deeper*."""
        starts = [place for place, cell in enumerate(self.cells) if cell.source.startswith("## Going deeper")]
        return [self.cells[start:end] for start, end in pairwise([0, *starts, len(self.cells)])]

    def section(self, heading):
        """The cells under a heading, up to the next one of its level or above."""
        (start,) = [place for place, cell in enumerate(self.cells) if heading in dict(map(reversed, headings([cell])))]
        level = dict(map(reversed, headings([self.cells[start]])))[heading]
        ends = [place for place, cell in enumerate(self.cells) if any(other <= level for other, _ in headings([cell]))]
        return self.cells[start : next((place for place in ends if place > start), None)]

    @property
    def timed(self):
        """The cells whose minutes are printed: each part or, where most is to be looked up, the lesson alone."""
        return [self.section(self._time["lesson"])] if self._time["lesson"] else self.parts

    @property
    def markdown(self):
        return markdown(self.cells)

    @property
    def prose(self):
        """What is left of the Markdown without formulas, inline code, tags and targets of links: words to be read."""
        return NOT_PROSE.sub(" ", self.markdown)

    @property
    def headings(self):
        """Pairs of level and text."""
        return headings(self.cells)

    @property
    def title(self):
        return self.headings[0][1]

    @property
    def question(self):
        return re.search(r"^\*(.+)\*$", self.cells[0].source, re.MULTILINE).group(1)

    @property
    def minutes(self):
        """Those that are printed: of the core and, where there is one, of *Going deeper*."""
        return [int(part) for part in self._time.group("core", "deeper") if part]

    @property
    def _time(self):
        return re.search(TIME, self.cells[1].source, re.MULTILINE)

    @property
    def outputs(self):
        return [output for cell in self.code_cells for output in cell.outputs]

    @property
    def pictures(self):
        return pictures(self.outputs)

    @property
    def exercises(self):
        """Each is four cells after one another: the task, its stub, its check, and the folded hint and solution."""
        found = []
        for place, cell in enumerate(self.cells):
            if TASK.search(cell.source):
                stub, check, folded = self.cells[place + 1 : place + 4]
                assert "..." in stub.source, f"no stub after the task: {stub.source}"
                assert "checks." in check.source, f"no check after the stub: {check.source}"
                hint, solution = FOLDED.findall(folded.source)
                assert hint[0] == "Hint" and solution[0] == "Solution"
                code = re.search(r"^```python\n(.+?)\n```$", solution[1], re.DOTALL | re.MULTILINE)
                found.append(Exercise(place + 1, place + 2, code.group(1)))
        return found

    def happened(self, key):
        """What happened, as the stored answer to a question says it."""
        (cell,) = [cell for cell in self.code_cells if f'predictions.tell("{key}"' in cell.source]
        return said(cell.outputs[-1]).splitlines()[0].removeprefix("What happened: ")


def markdown(cells):
    """The text of the Markdown cells, without fenced code."""
    return FENCE.sub("", "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))


def headings(cells):
    return [(len(marks), text) for marks, text in re.findall(r"^(#+) (.+)$", markdown(cells), re.MULTILINE)]


def minutes(cells):
    """How long cells take: 100 words, 10 lines of code or a prediction a minute, a lab 3, an exercise 4."""
    text, code = markdown(cells), "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    questions = [predictions.QUESTIONS[key] for key in ASKED.findall(code)]
    read = [NOT_PROSE.sub(lambda found: found[0] if found[0].startswith("`") else " ", text)]
    read += [part for asked in questions for part in (asked.question, *asked.options)]
    words, lines = len(re.findall(r"\w\S*", " ".join(read))), len(re.findall(r"^.*\S", code, re.MULTILINE))
    tasks = len(questions) + 3 * len(LAB.findall(code)) + 4 * len(TASK.findall(text))
    return words / 100 + lines / 10 + tasks


def pictures(outputs):
    """The data of every output that holds an image."""
    found = [output.get("data", {}) for output in outputs]
    return [data for data in found if "image/png" in data or "<img" in data.get("text/html", "")]


def texts(output):
    """What an output says, as far as nbval compares it."""
    if output.output_type == "stream":
        return [output.text]
    return [text for mime, text in output.get("data", {}).items() if mime in TEXTS]


def said(output):
    """What an output prints, or what stands for it where nothing can be drawn."""
    return output.get("text") or output.get("data", {}).get("text/plain", "")


def printed(outputs):
    """What was printed, as one text."""
    return "".join(output.text for output in outputs if output.output_type == "stream")


def execute(source, names):
    """What a cell prints; an error is printed too, so that each test can look at its own part."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            exec(compile(source, "cell", "exec"), names)
        except Exception as error:
            print(f"Error in\n{source}\n{error!r}")
    return out.getvalue()


def made(number, heading, old="", new=""):
    """What the cells of a notebook before a heading make, where some code is replaced.

    What is only shown is left out, and so are the 2 million visits of 06, which begin with x = v.
    """
    notebook = named(number)
    names, end = {"__name__": "__main__"}, notebook.cells.index(notebook.section(heading)[0])
    for cell in notebook.cells[:end]:
        if cell.cell_type == "code" and not re.match(r"(labs|show|checks|predictions\.ask|x = v)\b", cell.source):
            printed = execute(cell.source.replace(old, new) if old else cell.source, names)
            assert "Error in\n" not in printed, printed
    return names


def sanitized(text):
    """A text as nbval compares it: without what the rules of the sanitizer take out."""
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text


LOCKED = re.search(r"^matplotlib==(.+)$", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
SAME_PIXELS = matplotlib.__version__ == LOCKED.group(1)


def assert_same_pixels(old, new):
    """Two PNGs, as bytes, look the same: in each square of 8 by 8 pixels, as a mean of each colour."""
    old, new = (Image.open(io.BytesIO(png)).convert("RGB") for png in (old, new))
    assert old.size == new.size
    furthest = np.asarray(ImageChops.difference(old, new).reduce(8)).max()
    assert furthest < 8, "another machine rounds a pixel otherwise; black letters in place of dark grey ones make 33"


@contextlib.contextmanager
def odd_style():
    """Matplotlib as a learner may have set it: xkcd's wobbly lines, dark, huge letters by LaTeX, a grid."""
    with matplotlib.rc_context():
        plt.xkcd()
        plt.style.use("dark_background")
        plt.rcParams.update({"text.usetex": True, "font.size": 30, "lines.linewidth": 9, "axes.grid": True})
        yield


def find():
    return [Notebook(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def named(beginning):
    """The notebook whose name begins like this."""
    (notebook,) = (notebook for notebook in find() if str(notebook).startswith(beginning))
    return notebook

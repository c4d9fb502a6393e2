"""Sphinx extension: makes pages that need no kernel of what the notebooks store.

MyST-NB gets each notebook from `read`: its pictures as files, and its labs and predictions as static/book.js brings
them to life. Every verdict on a prediction is worked out here.
"""

import base64
import copy
import hashlib
import html
import io
import json
import re
import shutil
from functools import cache
from pathlib import Path

import nbformat
from docutils.nodes import SkipNode
from latex2mathml.converter import convert
from PIL import Image
from sphinx.errors import ExtensionError

import lab_cells
from helpers import judge, predictions
from helpers.live_figure import LiveFigure

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
START = """<details class="start"><summary>Open this notebook in JupyterLab</summary>

1. Get the course as [Start](../README.md#start) says. It also says what to type on Windows.
2. <span id="in-jupyterlab">Open a terminal in the course's folder, and type</span> `make lab`.
3. In JupyterLab, open `{0}.ipynb` in the folder `my_notebooks`.

<a href="{0}.ipynb" download>Download this notebook</a>

</details>"""
NEEDS_PYTHON = (
    '<p class="needs-python">This cell needs Python: <a href="#in-jupyterlab">open this notebook in JupyterLab</a>.</p>'
)


def setup(app):
    app.connect("builder-inited", write_widgets)
    app.connect("source-read", read)
    app.connect("build-finished", finish)
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))


def write_widgets(app):
    """The widgets' own JavaScript as a classic script: a page on disk can't load a module."""
    static, widgets = Path(app.outdir, "_static"), (LiveFigure, predictions.Card)
    static.mkdir(parents=True, exist_ok=True)
    modules = [widget._esm.replace("export default {", f"widgets.{widget.__name__} = {{") for widget in widgets]
    script = "'use strict';\nconst widgets = {};\n" + "".join(f"{{\n{module}\n}}\n" for module in modules)
    (static / "widgets.js").write_text(script, encoding="utf-8")
    (static / "widgets.css").write_text("".join(widget._css for widget in widgets), encoding="utf-8")


def read(app, docname, content):
    """Replace what stands in a file by the source of its page."""
    page = Page(Path(app.outdir, "_static"), "../" * docname.count("/"))
    is_front = docname == app.config.root_doc
    content[0] = page.front(content[0]) if is_front else page.notebook(docname.split("/")[-1], content[0])


def finish(app, problem):
    """Add the front page under the name that servers look for, and the notebooks beside their pages."""
    if not problem:
        out = Path(app.outdir)
        shutil.copy(out / "README.html", out / "index.html")
        for path in NOTEBOOKS.glob("*.ipynb"):
            shutil.copy(path, out / "notebooks")


def formula(translator, node):
    """Write a formula as MathML, which needs no script; parts of it that stand far apart, as several that can wrap."""
    if node.tagname == "math":
        translator.body.append(mathml(node.astext(), "inline"))
    else:
        parts = re.split(r"(?:\\qquad\s*)+", node.astext())
        translator.body.append(f'<div class="formula">{"".join(mathml(part, "block") for part in parts)}</div>')
    raise SkipNode


def mathml(tex, display):
    """The MathML of a formula; a sign is told from a minus, and a slash stands close."""
    markup = convert(tex, display=display).replace("&#x0003D;</mo><mo>", '&#x0003D;</mo><mo form="prefix">')
    return markup.replace("<mo>&#x0002F;", '<mo lspace="0" rspace="0">&#x0002F;')


@cache
def labs(name):
    """The live figures that a notebook makes, by their alt sentences."""
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    return {lab.stage.alt: lab for lab in lab_cells.run([cell.source for cell in cells if cell.cell_type == "code"])}


class Page:
    """One page: the folder for its pictures and tables, and the way from the page up to the front."""

    def __init__(self, static, up):
        self.static, self.up = static, up

    def front(self, readme):
        """The README without what only contributors need; in place of its picture, the lab that it shows."""
        opening, *sections = re.split(r"\n(?=## )", readme)
        names = re.findall(r"\(notebooks/(\w+)\.ipynb\)", readme)
        (number,) = re.findall(r"!\[The lab of notebook (\d\d)", opening)
        name = next(name for name in names if name.startswith(number))
        data = next(iter(labs(name).values()))._repr_mimebundle_()[0]
        opening = re.sub(r"!\[.+\)", lambda picture: self.picture(name, data), opening)
        parts = {part.splitlines()[0]: part for part in sections}
        contents = ["```{toctree}", ":hidden:", *(f"notebooks/{name}" for name in names), "```"]
        return "\n".join([opening, parts["## The notebooks"], parts["## Start"], *contents])

    def notebook(self, name, content):
        """A notebook with outputs for the page, and with the way to JupyterLab after its opening."""
        notebook = nbformat.reads(content, as_version=4)
        notebook.metadata.pop("widgets", None)
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                if markup := self.markup(name, cell.source, output):
                    output.clear()
                    output.update(nbformat.v4.new_output("display_data", {"text/html": markup}))
        notebook.cells.insert(2, nbformat.v4.new_markdown_cell(START.format(name)))
        page = nbformat.writes(notebook)
        if page.count('<div class=\\"lab') < len(labs(name)):
            raise ExtensionError(f"{name} stores other labs than its cells make: run `make notebooks`")
        return page

    def markup(self, name, source, output):
        """The HTML in place of an output, or None if it can stay."""
        data = output.get("data", {})
        text, stored = data.get("text/plain", ""), data.get("text/html")
        if "image/png" in data:
            return self.picture(name, data)
        if output.get("text", "").startswith("Not answered yet") or text.startswith("Counted in this kernel"):
            return NEEDS_PYTHON
        for role, opening, about in (("ask", "Your prediction: ", form), ("tell", "What happened: ", verdicts)):
            if text.startswith(opening):
                (key,) = re.findall(rf'predictions\.{role}\("(\w+)"', source)
                said = json.dumps(about(predictions.QUESTIONS[key], text.splitlines()[0].removeprefix(opening)))
                return f'<div class="{role}" data-key="{key}" data-about="{html.escape(said)}">{stored}</div>'
        return None

    def picture(self, name, data):
        """A stored picture as a file; where a lab has opened like that, its tables come in a script of its own."""
        png = base64.b64decode(data["image/png"])
        file = f"{hashlib.sha256(png).hexdigest()[:12]}.png"
        (self.static / file).write_bytes(png)
        width, height = Image.open(io.BytesIO(png)).size
        alt, address = html.escape(data["text/plain"]), f"{self.up}_static/{file}"
        image = f'<img alt="{alt}" width="{width}" height="{height}" src="{address}">'
        lab = labs(name).get(data["text/plain"])
        if not lab:
            return image
        key = f"{name[:2]}-{list(labs(name).values()).index(lab)}"
        values = {"scene": lab.scene, "position": lab.position, "visited": lab.visited}
        script = json.dumps(values, default=lambda data: base64.b64encode(data).decode())
        (self.static / f"{key}.js").write_text(f'(window.labs ??= {{}})["{key}"] = {script};', encoding="utf-8")
        return f'<div class="lab" id="{key}">{image}<script defer src="{self.up}_static/{key}.js"></script></div>'


# ---- Predictions ----


def form(question, _):
    """What the page needs to ask a question."""
    form = {"question": question.question, "options": list(question.options), "answer": "", "closed": False, "text": ""}
    return form | {"noNumber": predictions.NO_NUMBER}


def verdicts(question, happened):
    """What is said of an answer: of exact texts; of numbers close to known ones; of other numbers, and of no number.

    "{answer}" stands for the answer in those of numbers, which may be written in many ways.
    """
    question = copy.copy(question)
    values = [option["value"] for text, option in question.options.items() if judge.closed(text) == happened]
    value = values[0] if values else float(happened.rstrip("."))

    def said(answer):
        question.answer = answer
        return question.verdict(value, happened)

    def template(answer):
        return said(answer).replace(answer, "{answer}")

    exact = {answer: said(answer) for answer in ["", *question.options, happened.rstrip(".")]}
    if question.options:
        return {"exact": exact}
    known = [(value, question.close), *((idea["value"], predictions.KNOWN) for idea in question.ideas)]
    close = [[number, *tolerance.values(), template(f"{number!r}/1")] for number, tolerance in known]
    return {"exact": exact, "close": close, "other": template("1e99"), "none": template("{answer}")}

"""Write every notebook as a page to be read or printed without Jupyter: `make pages`."""

import re
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

ROOT = Path(__file__).parent.parent


def page(notebook):
    """The HTML of a notebook, with links to the other pages."""
    exporter = HTMLExporter(template_name="pages", extra_template_basedirs=[str(ROOT / "tools")])
    title = re.match("# (.+)", notebook.cells[0].source).group(1)
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title}})
    return re.sub(r'href="(\w+)\.ipynb', r'href="\1.html', html)


if __name__ == "__main__":
    pages = ROOT / "pages"
    pages.mkdir(exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        (pages / f"{path.stem}.html").write_text(page(nbformat.read(path, as_version=4)), encoding="utf-8")

"""Run every notebook anew, or those named, and store what they printed and drew: `make notebooks`.

What differs from run to run or from machine to machine is left out: times, widget ids, Python's version.
On an unchanged tree nothing changes.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}},
}
"""With `language_info`, all that JupyterLab would add when it opens a notebook: so that looking leaves no trace."""


def regenerate(path):
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, resources=resources, record_timing=False, coalesce_streams=True).execute()
    language = notebook.metadata.language_info  # the same on every machine: lab/ipython_kernel_config.py
    notebook.metadata = {**METADATA, "language_info": language}
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", []):
            # Without its kernel a trusted notebook would show "model not found" in place of the picture.
            output.get("data", {}).pop(WIDGET_VIEW, None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:] or sorted(NOTEBOOKS.glob("*.ipynb"))):
        print(path.name)
        regenerate(path)

"""The learner's own copy of the notebooks, `my_notebooks`, brought up to date at every start of JupyterLab.

A notebook counts as worked in once the source of a cell differs from what was handed out. Outputs don't count: they can
be computed again. The file `.course.json` in the copy holds, for each file name, the edition that was handed out.
"""

import hashlib
import json
import os

NO_NOTEBOOK = (OSError, ValueError, TypeError, KeyError)
"""What is raised for a file that cannot be read, is not JSON, or is JSON of another shape."""


def bring_up_to_date(root):
    """Hand out what is new in `notebooks`, print a sentence for each change, and return the name of the folder to open.

    A file that cannot be read or written stays as it is, and JupyterLab starts.
    """
    own, problem = root / "my_notebooks", ""
    is_new, record = not own.exists(), read_record(own)
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        try:
            sentence = hand_out(notebook, own, record)
            if sentence and not is_new:
                print(sentence)
        except NO_NOTEBOOK as error:
            problem = f"{notebook.name}: {error}"
    folder = own.name if os.access(own / "00_start_here.ipynb", os.R_OK) else "notebooks"
    if problem:
        print(f"my_notebooks is not up to date, and nothing in it is lost. JupyterLab opens {folder}. {problem}")
    elif is_new:
        print("The folder my_notebooks is your own copy of the notebooks. No new edition overwrites your work in it.")
    return folder


def hand_out(notebook, own, record):
    """Put a notebook of the course into the copy unless this edition was handed out before; say it in a sentence."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    edition, before = fingerprint(content), dict(record)
    names = [notebook.name]
    while (own / names[-1]).exists() or names[-1] in record:  # the last name is free
        number = f"_{len(names)}" if len(names) > 1 else ""
        names.append(f"{notebook.stem}_new_edition{number}.ipynb")
    present = {name: edition_in(own / name) for name in names}
    record |= {name: edition for name in names if present[name] == edition}
    name, sentence = destination(notebook.name, edition, present, record)
    if name:
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        write(own / name, content)
        record[name] = edition
    if record != before:
        write(own / ".course.json", record)
    return sentence


def destination(own_name, edition, present, record):
    """The file name for an edition and the sentence about it: the first file that has not been worked in.

    There is none if the edition was handed out before; so a new edition that the learner deleted does not come back.
    """
    if present[own_name] is None:
        return own_name, f"{own_name} was not in my_notebooks; now it is."
    if any(record.get(name) == edition for name in present if present[name] != "unreadable"):
        return None, ""
    name = next(name for name in present if present[name] == record.get(name))
    if present[name]:
        return name, f"{name} in my_notebooks is renewed: the course has a new edition, and you had changed no cell."
    return name, f"{own_name} in my_notebooks stays as you left it; the new edition is beside it: {name}"


def edition_in(path):
    """The edition that a file holds: None where there is no file, "unreadable" where it is no notebook."""
    try:
        return fingerprint(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
    except NO_NOTEBOOK:
        return "unreadable"


def fingerprint(content):
    """A hash of the sources. Blank cells are left out: Shift+Enter in the last cell adds one."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in content["cells"]]
    return hashlib.sha256(json.dumps([cell for cell in cells if cell[1].strip()]).encode()).hexdigest()


def read_record(own):
    """What was handed out. If that is not known, whatever differs from the course counts as worked in."""
    try:
        return dict(json.loads((own / ".course.json").read_text(encoding="utf-8")))
    except NO_NOTEBOOK:
        return {}


def write(path, content):
    """Write JSON as Jupyter does, all at once: the file is whole whenever it is read, and whatever fails."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)

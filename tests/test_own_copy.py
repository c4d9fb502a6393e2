"""The learner's own copy: new editions arrive in it, and nothing of the learner's is ever lost."""

import shutil
import subprocess
from pathlib import Path
from unittest.mock import patch

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import in_browser
import notebooks
from own_copy import bring_up_to_date

COURSE = notebooks.find()
START = "00_start_here.ipynb"


def write(path, *sources):
    """A notebook of these cells, as run: each has an output."""
    in_browser.write_notebook(path, sources)
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.update(execution_count=number, outputs=[nbformat.v4.new_output("stream", text="printed\n")])
    nbformat.write(notebook, path)


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


@pytest.fixture
def root(tmp_path):
    """A small course, started for the first time."""
    (tmp_path / "notebooks").mkdir()
    for name in (START, "01_next.ipynb"):
        write(tmp_path / "notebooks" / name, "first", "...")
    assert bring_up_to_date(tmp_path) == "my_notebooks"
    return tmp_path


@pytest.fixture
def own(root):
    return root / "my_notebooks"


@pytest.fixture
def start(root, capsys):
    """A function that starts JupyterLab once more: the sentences in the terminal."""
    capsys.readouterr()

    def start():
        bring_up_to_date(root)
        return capsys.readouterr().out.splitlines()

    return start


def state(folder):
    return {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in folder.iterdir()}


def test_copy_has_every_cell_and_no_output(tmp_path, capsys):
    shutil.copytree(notebooks.ROOT / "notebooks", tmp_path / "notebooks")
    bring_up_to_date(tmp_path)
    assert capsys.readouterr().out.startswith("The folder my_notebooks is your own copy")
    for notebook in COURSE:
        expected = notebook.node.copy()
        copied = nbformat.read(tmp_path / "my_notebooks" / notebook.path.name, as_version=4)
        nbformat.validate(copied)
        assert {output for cell in copied.cells for output in cell.get("outputs", [])} == set()
        assert {cell.execution_count for cell in copied.cells if cell.cell_type == "code"} == {None}
        assert copied.metadata == expected.metadata, "JupyterLab finds nothing to add"
        assert [(c.id, c.source) for c in copied.cells] == [(c.id, c.source) for c in expected.cells]


def test_nothing_happens_while_the_course_is_the_same(own, start):
    write(own / START, "first", "solved")
    before = state(own)
    assert start() == []
    assert state(own) == before


def test_notebook_without_work_is_renewed_even_if_it_was_run(root, own, start):
    write(own / START, "first", "...", "")  # Shift+Enter in the last cell has added a blank one
    write(root / "notebooks" / START, "first", "better", "...")
    assert start() == [
        f"{START} in my_notebooks is renewed: the course has a new edition, and you had changed no cell."
    ]
    assert sources(own / START) == ["first", "better", "..."]
    assert start() == []


def test_notebook_with_work_stays_and_each_new_edition_is_beside_it(root, own, start):
    new, newer = (own / f"00_start_here_new_edition{number}.ipynb" for number in ("", "_2"))
    write(own / START, "first", "solved")
    write(root / "notebooks" / START, "second", "...")
    stays = f"{START} in my_notebooks stays as you left it; the new edition is beside it:"
    assert start() == [f"{stays} {new.name}"]
    write(root / "notebooks" / START, "third", "...")
    (sentence,) = start()
    assert sentence.startswith(f"{new.name} in my_notebooks is renewed")
    write(new, "third", "solved again")
    write(root / "notebooks" / START, "fourth", "...")
    assert start() == [f"{stays} {newer.name}"]
    assert start() == []
    expected = {own / START: "solved", new: "solved again", newer: "..."}
    assert {path: sources(path)[1] for path in expected} == expected


def test_deleted_notebook_comes_back_and_a_deleted_new_edition_does_not(root, own, start):
    (own / "01_next.ipynb").unlink()
    assert start() == ["01_next.ipynb was not in my_notebooks; now it is."]
    write(own / START, "solved")
    write(root / "notebooks" / START, "second")
    start()
    (own / "00_start_here_new_edition.ipynb").unlink()
    assert start() == []


@pytest.mark.parametrize("text", [None, "", "{", "[3]", '{"00_start_here.ipynb": null}', "\ud800"])
def test_without_its_record_work_stays_and_the_rest_is_known_by_its_cells(root, own, start, text):
    record = own / ".course.json"
    record.unlink()
    if text is not None:
        record.write_bytes(text.encode("utf-8", "surrogatepass"))
    write(own / START, "solved")
    (sentence,) = start()
    assert sentence.startswith(f"{START} in my_notebooks stays as you left it")
    write(root / "notebooks" / "01_next.ipynb", "second")
    (sentence,) = start()
    assert sentence.startswith("01_next.ipynb in my_notebooks is renewed")
    assert sources(own / START) == ["solved"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"cells": [{}]}', b'{"worksheets": []}', None])
def test_unreadable_notebook_stays_and_a_readable_one_is_beside_it(own, start, content):
    (own / START).unlink()
    (own / START).mkdir() if content is None else (own / START).write_bytes(content)
    assert len(start()) == 1
    assert sources(own / "00_start_here_new_edition.ipynb") == ["first", "..."]
    assert start() == []
    assert content is None or (own / START).read_bytes() == content


def test_what_the_course_renames_or_never_had_stays(root, own, start):
    write(own / "01_next.ipynb", "solved")
    write(own / "02_mine.ipynb", "mine")
    (root / "notebooks" / "01_next.ipynb").rename(root / "notebooks" / "01_renamed.ipynb")
    write(root / "notebooks" / "02_mine.ipynb", "the course's, by chance")
    assert len(start()) == 2
    assert [sources(own / name) for name in ("01_next.ipynb", "02_mine.ipynb")] == [["solved"], ["mine"]]
    assert sources(own / "01_renamed.ipynb") == ["first", "..."]
    assert sources(own / "02_mine_new_edition.ipynb") == ["the course's, by chance"]


def test_folder_that_cannot_be_written_is_left_alone(root, own, start):
    for notebook in (root / "notebooks").iterdir():
        write(notebook, "second")
    before = state(own)
    with patch.object(Path, "replace", side_effect=PermissionError("read-only")):
        (sentence,) = start()
    assert sentence.startswith("my_notebooks is not up to date, and nothing in it is lost. JupyterLab opens my_noteb")
    assert state(own) == before


def test_where_no_copy_can_be_made_the_notebooks_themselves_open(root, own, capsys):
    shutil.rmtree(own)
    own.touch()
    capsys.readouterr()
    assert bring_up_to_date(root) == "notebooks"
    assert capsys.readouterr().out.count("\n") == 1


def test_broken_notebook_of_the_course_keeps_no_other_from_being_renewed(root, own, start):
    (root / "notebooks" / START).write_text("<<<<<<< HEAD")
    write(root / "notebooks" / "01_next.ipynb", "second")
    assert len(start()) == 2
    assert [sources(own / name) for name in (START, "01_next.ipynb")] == [["first", "..."], ["second"]]


NAMES = some.sampled_from(["00_a.ipynb", "00_a_new_edition.ipynb", "00_a_new_edition_2.ipynb", "mine.ipynb"])
STEPS = some.one_of(
    some.tuples(some.just("work"), NAMES),
    some.tuples(some.just("delete"), NAMES),
    some.tuples(some.just("rename"), NAMES, NAMES),
    some.tuples(some.just("break"), NAMES | some.just(".course.json")),
    some.tuples(some.just("course"), some.sampled_from("ABC")),
)


@settings(max_examples=50, deadline=None, database=None, derandomize=True)
@given(steps=some.lists(STEPS, max_size=12))
def test_whatever_learner_and_course_do_each_start_keeps_all_work(steps, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    own, course = root / "my_notebooks", root / "notebooks"
    course.mkdir()
    in_browser.write_notebook(course / "00_a.ipynb", ["A"])
    bring_up_to_date(root)
    for number, (action, *names) in enumerate(steps):
        paths = [own / name for name in names]
        if action == "course":
            in_browser.write_notebook(course / "00_a.ipynb", names)
        elif action == "work":
            in_browser.write_notebook(paths[0], [f"work {number}"])
        elif action == "break":
            paths[0].write_text(f"work {number}")
        elif action == "delete":
            paths[0].unlink(missing_ok=True)
        elif paths[0].exists():
            paths[0].replace(paths[1])
        work = {path: path.read_bytes() for path in own.glob("*.ipynb") if b"work" in path.read_bytes()}
        bring_up_to_date(root)
        assert {path: path.read_bytes() for path in work} == work
        once = {path: path.read_bytes() for path in own.glob("*.ipynb")}
        bring_up_to_date(root)
        assert {path: path.read_bytes() for path in own.glob("*.ipynb")} == once, "a second start has nothing to do"


# ---- In a browser ----


def git(folder, *command):
    author = ["-c", "user.name=author", "-c", "user.email=author@example.org"]
    return subprocess.run(["git", *author, *command], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def clone(course, tmp_path):
    """What a learner has cloned of the course as it is here."""
    shutil.copy(notebooks.ROOT / ".gitignore", course)
    git(course, "init", "--quiet")
    git(course, "add", ".gitignore", "notebooks", "lab")
    git(course, "commit", "--quiet", "--message=first edition")
    git(tmp_path, "clone", "--quiet", str(course), "clone")
    return tmp_path / "clone"


def test_after_git_pull_the_solution_is_there_and_so_is_every_new_edition(clone, course, offline, page):
    first, second = (notebook.path.name for notebook in COURSE[:2])
    exercise, own = COURSE[0].exercises[0], clone / "my_notebooks"
    with in_browser.jupyterlab(clone, **offline) as server:
        page.goto(f"{server.url}/?token={in_browser.TOKEN}")
        assert page.url == f"{server.url}/lab/tree/my_notebooks/{first}"
        page.locator(f"{in_browser.IN_FRONT} .jp-Cell").nth(exercise.stub).locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(exercise.solution)
        in_browser.save(page)
        page.goto("about:blank")
    worked_in = (own / first).read_bytes()
    for name in (first, second):
        notebook = nbformat.read(course / "notebooks" / name, as_version=4)
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell("The second edition has this."))
        nbformat.write(notebook, course / "notebooks" / name)
    git(course, "commit", "--quiet", "--all", "--message=second edition")
    git(clone, "pull", "--quiet")
    with in_browser.jupyterlab(clone, **offline):
        assert (own / first).read_bytes() == worked_in
    assert sources(own / first)[exercise.stub] == exercise.solution
    for name, edition in ((first, "00_start_here_new_edition.ipynb"), (second, second)):
        assert sources(own / edition) == sources(course / "notebooks" / name)
    untouched = {path.name: sources(path) for path in own.glob("*.ipynb") if path.name[:2] not in ("00", "01")}
    assert untouched == {notebook.path.name: sources(notebook.path) for notebook in COURSE[2:]}
    assert git(clone, "status", "--porcelain") == ""

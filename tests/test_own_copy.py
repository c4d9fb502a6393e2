"""The learner's own copy: new editions arrive in it, and nothing of the learner's is ever lost."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import in_browser
import notebooks
from in_browser import write_notebook as write
from own_copy import bring_up_to_date

COURSE = notebooks.find()
FIRST, BESIDE, THIRD = (f"00_start_here{ending}.ipynb" for ending in ("", "_new_edition", "_new_edition_2"))


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


@pytest.fixture
def lab(tmp_path, capsys):
    """A course of two notebooks after its first start; `start` starts once more, and gives what the terminal says."""
    lab = SimpleNamespace(root=tmp_path, course=tmp_path / "notebooks", own=tmp_path / "my_notebooks")
    lab.start = lambda: (bring_up_to_date(lab.root), capsys.readouterr().out)[1]
    lab.course.mkdir()
    for name in (FIRST, "01_next.ipynb"):
        write(lab.course / name, ["A"])
    assert lab.start().startswith("The folder my_notebooks is your own copy")
    return lab


def test_copy_has_every_cell_and_no_output(tmp_path):
    shutil.copytree(notebooks.ROOT / "notebooks", tmp_path / "notebooks")
    assert bring_up_to_date(tmp_path) == "my_notebooks"
    for notebook in COURSE:
        expected = nbformat.read(notebook.path, as_version=4)
        for cell in expected.cells:
            cell.update({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {})
        assert nbformat.read(tmp_path / "my_notebooks" / notebook.path.name, as_version=4) == expected


def test_new_edition_replaces_what_is_as_it_was_and_stands_beside_what_is_worked_in(lab):
    write(lab.own / FIRST, ["A", ""])  # Shift+Enter in the last cell has added one
    assert lab.start() == ""
    write(lab.course / FIRST, ["B"])
    assert lab.start().startswith(f"{FIRST} in my_notebooks is renewed")
    write(lab.own / FIRST, ["mine"])
    assert lab.start() == ""
    write(lab.course / FIRST, ["C"])
    assert lab.start() == f"{FIRST} in my_notebooks stays as you left it; the new edition is beside it: {BESIDE}\n"
    write(lab.course / FIRST, ["D"])
    assert lab.start().startswith(f"{BESIDE} in my_notebooks is renewed")
    write(lab.own / BESIDE, ["mine, too"])
    write(lab.course / FIRST, ["E"])
    assert lab.start().endswith(f"{THIRD}\n") and lab.start() == ""
    assert [sources(lab.own / name) for name in (FIRST, BESIDE, THIRD)] == [["mine"], ["mine, too"], ["E"]]


def test_deleted_notebook_comes_back_and_a_deleted_new_edition_does_not(lab):
    (lab.own / "01_next.ipynb").unlink()
    assert lab.start() == "01_next.ipynb was not in my_notebooks; now it is.\n"
    write(lab.own / FIRST, ["mine"])
    write(lab.course / FIRST, ["B"])
    assert BESIDE in lab.start()
    (lab.own / BESIDE).unlink()
    assert lab.start() == ""


@pytest.mark.parametrize("record", [b"", b"[3]", b'{"00_start_here.ipynb": null}', b"\xff"])
def test_without_a_record_work_stays_and_what_is_as_in_the_course_is_not_taken_for_work(lab, record):
    (lab.own / ".course.json").write_bytes(record)
    write(lab.own / FIRST, ["mine"])
    assert BESIDE in lab.start() and sources(lab.own / FIRST) == ["mine"]
    write(lab.course / "01_next.ipynb", ["B"])
    assert lab.start().startswith("01_next.ipynb in my_notebooks is renewed")


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"cells": [{}]}', b'{"worksheets": []}'])
def test_unreadable_notebook_stays_and_a_readable_one_is_beside_it(lab, content):
    (lab.own / FIRST).write_bytes(content)
    assert BESIDE in lab.start() and sources(lab.own / BESIDE) == ["A"]
    assert lab.start() == "" and (lab.own / FIRST).read_bytes() == content


def test_renamed_or_broken_notebook_of_the_course_costs_no_work_and_keeps_no_other_from_coming(lab):
    write(lab.own / "01_next.ipynb", ["mine"])
    (lab.course / "01_next.ipynb").rename(lab.course / "01_renamed.ipynb")
    (lab.course / FIRST).write_text("<<<<<<< HEAD")
    assert lab.start().count("\n") == 2
    names = (FIRST, "01_next.ipynb", "01_renamed.ipynb")
    assert [sources(lab.own / name) for name in names] == [["A"], ["mine"], ["A"]]


def test_folder_that_cannot_be_written_is_left_alone_and_jupyterlab_starts(lab):
    for path in lab.course.iterdir():
        write(path, ["B"])
    before = {path: path.read_bytes() for path in lab.own.iterdir()}
    with patch.object(Path, "replace", side_effect=PermissionError("read-only")):
        assert lab.start().startswith("my_notebooks is not up to date, and nothing in it is lost. JupyterLab opens my_")
    assert {path: path.read_bytes() for path in lab.own.iterdir()} == before
    shutil.rmtree(lab.own)
    lab.own.touch()
    assert bring_up_to_date(lab.root) == "notebooks"


FILES = some.sampled_from([FIRST, BESIDE, THIRD, "mine.ipynb", ".course.json"])
STEPS = some.tuples(some.sampled_from(["work", "break", "move", "delete", "new edition"]), FILES, FILES)


@settings(max_examples=50, deadline=None, database=None, derandomize=True)
@given(steps=some.lists(STEPS, max_size=12))
def test_whatever_learner_and_course_do_a_start_keeps_all_work_and_a_second_one_does_nothing(steps, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    (root / "notebooks").mkdir()
    for number, (action, name, other) in enumerate([("new edition", FIRST, FIRST), *steps]):
        path = root / "my_notebooks" / name
        if action == "new edition":
            write(root / "notebooks" / FIRST, [other])
        elif action == "work":
            write(path, [f"work {number}"])
        elif action == "break":
            path.write_text(f"work {number}")
        elif path.exists():
            path.replace(path.with_name(other)) if action == "move" else path.unlink()
        before, after, again = (start_and_read(root, starts) for starts in (0, 1, 1))
        assert {path: text for path, text in before.items() if b"work" in text}.items() <= after.items()
        assert again == after


def start_and_read(root, starts):
    for _ in range(starts):
        bring_up_to_date(root)
    return {path: path.read_bytes() for path in (root / "my_notebooks").glob("*.ipynb")}


def test_solution_saved_in_jupyterlab_is_there_after_an_update_and_so_is_every_new_edition(course, offline, page):
    own, exercise = course / "my_notebooks", COURSE[0].exercises[0]
    with in_browser.jupyterlab(course, **offline) as server:
        page.goto(f"{server.url}/?token={in_browser.TOKEN}")
        assert page.url == f"{server.url}/lab/tree/my_notebooks/{FIRST}"
        page.locator(".jp-Cell").nth(exercise.stub).locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(exercise.solution)
        in_browser.save(page)
        page.goto("about:blank")
    solved = (own / FIRST).read_bytes()
    for notebook in COURSE[:2]:
        write(course / "notebooks" / notebook.path.name, ["the second edition"])
    assert bring_up_to_date(course) == "my_notebooks"  # as at every start: the first one made the copy
    assert (own / FIRST).read_bytes() == solved
    assert sources(own / FIRST)[exercise.stub] == exercise.solution
    assert sources(own / BESIDE) == sources(own / COURSE[1].path.name) == ["the second edition"]

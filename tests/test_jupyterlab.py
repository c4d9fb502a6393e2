"""JupyterLab as `make lab` starts it, with the first notebook: as it opens, run and saved, and opened again."""

import subprocess
import sys

import psutil
import pytest
from playwright.sync_api import expect

import in_browser
import notebooks
from helpers.predictions import QUESTIONS
from in_browser import IN_FRONT, all_ran, choose, run_all, status

COURSE = notebooks.find()
CHOICE = next(question for question in QUESTIONS.values() if len(question.options) > 2)


@pytest.fixture(scope="module")
def page(server, page):
    """The page with JupyterLab as it opens."""
    page.goto(f"{server.url}/?token={in_browser.TOKEN}")
    page.landed = page.url
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    return page


# ---- The server ----


def test_it_opens_the_first_notebook(server, page):
    assert page.landed == f"{server.url}/lab/tree/notebooks/00_start_here.ipynb"


def test_it_opens_quietly(page):
    page.wait_for_load_state("networkidle")
    expect(page.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)


def test_a_stranger_gets_nothing(server):
    assert status(server.url + "/api/contents") == 403


def test_it_listens_to_this_machine_only(server):
    doors = psutil.Process(server.pid).net_connections("tcp")
    doors = {tuple(door.laddr) for door in doors if door.status == psutil.CONN_LISTEN}
    assert ("127.0.0.1", server.port) in doors
    assert {host for host, _ in doors} == {"127.0.0.1"}


# ---- Without running anything ----


def test_every_stored_picture_is_there_with_its_alt_text(page):
    for data in COURSE[0].pictures:
        image = page.get_by_role("img", name=data["text/plain"], exact=True)
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.naturalWidth") > 0
    expect(page.locator(".jp-OutputArea img")).to_have_count(len(COURSE[0].pictures))


# ---- A notebook that a learner has run, played with and saved ----


@pytest.fixture(scope="module")
def saved(course, page):
    """The path of the first notebook, run and then saved after its sliders were moved and a prediction was made."""
    path = course / "notebooks" / COURSE[0].path.name
    run_all(page)
    figure = page.locator(f"{IN_FRONT} .live-figure").first
    expect(figure).to_have_attribute("aria-busy", "false", timeout=60_000)
    for slider in figure.get_by_role("slider").all():
        slider.press("End")
    all_ran(page)
    for call in ("ask", "tell"):
        cell = page.locator(f"{IN_FRONT} .jp-CodeCell", has_text=f'predictions.{call}("{CHOICE.key}"')
        cell.locator(".jp-InputPrompt").click()
        page.keyboard.press("Control+Enter")
        all_ran(page)
        if call == "ask":
            cell.get_by_role("radio").first.check()
    expect(cell.get_by_role("status")).to_contain_text("You predicted: ")
    with page.expect_response(lambda response: response.request.method == "PUT" and path.name in response.url):
        choose(page, "File", "docmanager:save")
    return path


def test_what_jupyterlab_saved_passes_nbval(saved):
    notebook = notebooks.Notebook(saved)
    assert len(notebook.pictures) == len(COURSE[0].pictures), "it was saved with its outputs"
    assert notebook.node.metadata.widgets, "and with the state of its sliders"
    here = ["-p", "no:cacheprovider", "--numprocesses=0", f"--rootdir={notebooks.ROOT}", "-c", "pyproject.toml"]
    command = [sys.executable, "-m", "pytest", "-q", *here, str(saved)]
    run = subprocess.run(command, cwd=notebooks.ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    assert f"{len(notebook.code_cells)} passed" in run.stdout


def test_opened_again_with_nothing_run_the_picture_is_there_and_moves(saved, page, server):
    page.goto("about:blank")
    token = {"Authorization": f"token {in_browser.TOKEN}"}
    for session in page.request.get(f"{server.url}/api/sessions", headers=token).json():
        page.request.delete(f"{server.url}/api/sessions/{session['id']}", headers=token)
    page.goto(f"{server.url}/lab/tree/notebooks/{saved.name}")
    figure = page.locator(f"{IN_FRONT} .live-figure").first
    image = figure.get_by_role("img", name="Three panels")
    image.scroll_into_view_if_needed()
    assert image.evaluate("image => image.naturalWidth") > 0
    before = figure.locator(".live-figure-readout").text_content()
    figure.get_by_role("slider").first.press("Home")
    expect(figure.locator(".live-figure-readout")).not_to_have_text(before)


def test_the_next_link_opens_the_next_notebook(page):
    page.locator(IN_FRONT).get_by_role("link", name="Next:").first.click()
    expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current")).to_contain_text(f"{COURSE[1]}.ipynb")

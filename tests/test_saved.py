"""A notebook that a learner has run, played with and saved: it still passes nbval, and opens again with its picture."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

import notebooks
import test_browser

server, browser = test_browser.server, test_browser.browser  # fixtures
CELLS = "from helpers import sliders", "sliders.learning_rate_and_noise()"


@pytest.fixture(scope="module")
def saved(server, browser):
    """A page, and the path of a small notebook that was run there, and saved after both sliders had been moved."""
    path = Path(server.process.cwd(), "notebooks", "saved.ipynb")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=notebooks.find()[0].node.metadata), path)
    page = browser.new_page()
    page.goto(f"{server.url}/lab/tree/notebooks/{path.name}?token={test_browser.TOKEN}")
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS), timeout=40_000)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=40_000)
    choose(page, "Run", "runmenu:run-all")
    figure = page.locator(".live-figure")
    expect(figure).to_have_attribute("aria-busy", "false", timeout=60_000)
    for slider in figure.get_by_role("slider").all():
        slider.press("End")
        expect(figure).to_have_attribute("aria-busy", "false")
    with page.expect_response(lambda response: response.request.method == "PUT" and path.name in response.url):
        choose(page, "File", "docmanager:save")
    yield page, path
    page.close()


def choose(page, menu, command):
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(f".lm-Menu-item[data-command='{command}']").click()


def test_what_jupyterlab_saved_passes_nbval(saved):
    _, path = saved
    assert "<img alt=" in path.read_text(encoding="utf-8"), "it was saved with its output"
    here = ["-p", "no:cacheprovider", "--numprocesses=0", f"--rootdir={notebooks.ROOT}", "-c", "pyproject.toml"]
    command = [sys.executable, "-m", "pytest", "-q", *here, str(path)]
    run = subprocess.run(command, cwd=notebooks.ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    assert f"{len(CELLS)} passed" in run.stdout


def test_opened_again_with_nothing_run_the_picture_is_there_and_moves(saved, server):
    page, path = saved
    page.goto("about:blank")
    token = {"Authorization": f"token {test_browser.TOKEN}"}
    for session in page.request.get(f"{server.url}/api/sessions", headers=token).json():
        page.request.delete(f"{server.url}/api/sessions/{session['id']}", headers=token)
    page.goto(f"{server.url}/lab/tree/notebooks/{path.name}")
    image = page.locator(".live-figure").get_by_role("img", name="Three panels: 100 points")
    expect(image).to_be_visible(timeout=20_000)
    assert image.evaluate("image => image.naturalWidth") > 0
    before = page.locator(".live-figure-readout").text_content()
    page.locator(".live-figure").get_by_role("slider", name="learning rate").press("Home")
    expect(page.locator(".live-figure-readout")).not_to_have_text(before)

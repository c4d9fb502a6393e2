"""What the tests in a browser share: a copy of the course, JupyterLab that serves it, and a page. One for each file.

The network is off: neither the server, nor its kernels, nor the browser finds another machine.
"""

import os
import shutil
from urllib.parse import urlsplit

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: three processes at a time want no more threads than that

import pytest
from playwright.sync_api import Error

import in_browser
import notebooks


def pytest_addoption(parser):
    parser.addoption("--update-pictures", action="store_true", help="store what the pictures of tests/pictures are now")


def pytest_collection_modifyitems(items):
    """The tests in a browser take longest, and so come first."""
    items.sort(key=lambda item: {"server", "page"}.isdisjoint(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, so that nothing is written anywhere else."""
    course = tmp_path_factory.mktemp("course")
    for folder in ("notebooks", "lab"):
        shutil.copytree(notebooks.ROOT / folder, course / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return course


@pytest.fixture(scope="module")
def offline(course):
    """An environment without a network; what JupyterLab or a kernel asks of other machines goes into a file."""
    asked = course / "asked"
    asked.touch()
    path = os.pathsep.join(map(str, (notebooks.ROOT / "tests" / "offline", notebooks.ROOT)))
    return {"PYTHONPATH": path, "ASKED": str(asked)}


@pytest.fixture(scope="module")
def server(course, offline):
    """JupyterLab, which has no network."""
    with in_browser.jupyterlab(course, **offline) as server:
        yield server


@pytest.fixture(scope="module")
def browser():
    try:
        with in_browser.chromium() as browser:
            yield browser
    except Error:
        if os.environ.get("REQUIRE_BROWSER"):
            raise
        pytest.skip("There is no Chromium or Chrome on this machine: nothing is tested in a browser.")


@pytest.fixture(scope="module")
def page(browser):
    """An empty page, which keeps its errors and the hosts that it asks."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(20_000)
    page.errors, page.hosts = [], set()
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).hostname))
    yield page
    page.close()

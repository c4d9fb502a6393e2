"""JupyterLab in a real browser, as `make lab` starts it, and what a hand does there: for the tests and for bench.py."""

import contextlib
import importlib.resources
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import nbformat
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no other machine is there
]
AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
TOKEN = os.urandom(16).hex()
IN_FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"
expect.set_options(timeout=20_000)


@contextlib.contextmanager
def jupyterlab(folder, **environment):
    """Serve a folder, with a home folder that is empty: its `url`, `port` and process number, `pid`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    command = shlex.split(re.search(r"\$\(BIN\)/jupyter lab (.+)", makefile).group(1))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, Path(home, "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *command, "--no-browser", f"--port={port}"],
            cwd=folder,
            env={**os.environ, "HOME": home, "USERPROFILE": home, "JUPYTER_TOKEN": TOKEN, **environment},
            stdout=log,
            stderr=log,
        )
        try:
            deadline = time.monotonic() + 40
            while status(url + "/api") != 200 and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.1)
            if status(url + "/api") != 200:
                raise RuntimeError(Path(home, "log").read_text(encoding="utf-8"))
            yield SimpleNamespace(url=url, port=port, pid=process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def status(url):
    """The status that an address answers with, redirects followed; None if nobody answers."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except urllib.error.URLError:
        return None


@contextlib.contextmanager
def chromium():
    # Where none is on the path, as on macOS and Windows, playwright knows the places of Google Chrome.
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    which = {"executable_path": program} if program else {"channel": "chrome"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**which, args=FLAGS)
        yield browser
        browser.close()


def write_notebook(path, sources, **metadata):
    """A notebook of code cells, for the kernel of the course."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    cells = [nbformat.v4.new_code_cell(source, metadata=metadata) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def run_all(page):
    """Run all cells of the notebook in front, by the menu."""
    # Cells that are run before the kernel is there are silently left out.
    page.locator(f"{IN_FRONT} .jp-Cell").first.click()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    choose(page, "Run", "runmenu:run-all")


def all_ran(page):
    """Wait until the last cell has ended."""
    expect(page.locator(f"{IN_FRONT} .jp-InputPrompt", has_text="[*]")).to_have_count(0, timeout=60_000)


def save(page):
    """Save the notebook in front, by the menu, and wait until it is written."""
    with page.expect_response(lambda response: response.request.method == "PUT" and "/contents/" in response.url):
        choose(page, "File", "docmanager:save")


def choose(page, menu, command):
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(f".lm-Menu-item[data-command='{command}']").click()


def grave_faults(page, where):
    """What axe-core finds serious or critical in the parts of a page that a selector names: the rule and the place."""
    page.evaluate(AXE)
    # JupyterLab's body has no height and hides what overflows: axe would take all that is in it for hidden.
    page.add_style_tag(
        content="body { overflow: visible !important } .jp-Cell { content-visibility: visible !important }"
    )
    found = page.evaluate("where => axe.run(where, { resultTypes: ['violations'], preload: false })", where)
    assert "color-contrast" in [rule["id"] for rule in found["passes"]], "axe has seen the words"
    grave = [violation for violation in found["violations"] if violation["impact"] in ("serious", "critical")]
    return [(violation["id"], node["html"]) for violation in grave for node in violation["nodes"]]

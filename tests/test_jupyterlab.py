"""JupyterLab as `make lab` starts it, with the first notebook: as it opens, run and saved, and opened again."""

import contextlib
import http.client
import json
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

import in_browser
import notebooks
from helpers.predictions import QUESTIONS
from in_browser import IN_FRONT, all_ran, choose, run_all

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


def test_it_listens_to_this_machine_only(server):
    doors = psutil.Process(server.pid).net_connections("tcp")
    doors = {tuple(door.laddr) for door in doors if door.status == psutil.CONN_LISTEN}
    assert ("127.0.0.1", server.port) in doors
    assert {host for host, _ in doors} == {"127.0.0.1"}


# ---- Closed: what matters answers with the token alone ----

NOTEBOOK = f"notebooks/{COURSE[0].path.name}"
READ = [
    "/lab",
    f"/lab/tree/{NOTEBOOK}",
    "/lab/api/settings",
    "/lab/api/workspaces",
    f"/files/{NOTEBOOK}",
    f"/view/{NOTEBOOK}",
    f"/nbconvert/python/{NOTEBOOK}",
    f"/api/contents/{NOTEBOOK}",
    f"/api/contents/{NOTEBOOK}/checkpoints",
    "/api/kernels",
    "/api/kernels/KERNEL",
    "/api/kernelspecs",
    "/kernelspecs/python3/logo-64x64.png",
    "/api/sessions",
    "/api/terminals",
    "/api/status",
    "/api/me",
    "/api/config/notebook",
    "/api/spec.yaml",
    "/metrics",
    "/lsp/status",
]
SOCKETS = ["/api/kernels/KERNEL/channels", "/api/events/subscribe", "/terminals/websocket/TERMINAL"]
CHANGE = [
    ("PUT", "/api/contents/new.txt"),
    ("DELETE", f"/api/contents/{NOTEBOOK}"),
    ("POST", "/api/kernels"),
    ("POST", "/api/kernels/KERNEL/interrupt"),
    ("DELETE", "/api/kernels/KERNEL"),
    ("POST", "/api/sessions"),
    ("POST", "/api/terminals"),
    ("POST", "/api/shutdown"),
]
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "bm90aGluZyBzZWNyZXQhIQ==",
}
RIGHT = {"Authorization": f"token {in_browser.TOKEN}"}


@pytest.fixture(scope="module")
def ask(server, page):
    """A function that asks the server, and gives the status, and where it sends one to; the kernel is the page's."""

    def answer(method, path, headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response, b"" if response.status == 101 else response.read()

    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    names = {"KERNEL": json.loads(answer("GET", "/api/kernels", RIGHT)[1])[0]["id"]}
    names["TERMINAL"] = json.loads(answer("POST", "/api/terminals", RIGHT)[1])["name"]

    def ask(path, headers, method="GET"):
        path = re.sub("KERNEL|TERMINAL", lambda name: names[name.group()], path)
        response, _ = answer(method, path, headers)
        return response.status, response.getheader("Location", "").partition("?")[0]

    return ask


def test_whoever_has_the_token_is_let_in(ask):
    assert {path: ask(path, RIGHT) for path in READ} == dict.fromkeys(READ, (200, ""))
    assert {path: ask(path, RIGHT | UPGRADE) for path in SOCKETS} == dict.fromkeys(SOCKETS, (101, ""))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}], ids=str)
def test_a_stranger_gets_nothing(ask, headers):
    answers = [ask(path, headers) for path in READ] + [ask(path, headers | UPGRADE) for path in SOCKETS]
    answers += [ask(path, headers, method) for method, path in CHANGE]
    assert set(answers) == {(403, ""), (302, "/login")}
    assert ask(f"/api/contents/{NOTEBOOK}?token=wrong", headers) == (403, "")


def test_another_name_for_this_machine_gets_nothing_even_with_the_token(ask):
    headers = RIGHT | {"Host": "course.example"}
    assert {ask(path, headers) for path in READ} | {ask(path, headers | UPGRADE) for path in SOCKETS} == {(403, "")}


def test_another_site_in_the_learners_browser_gets_nothing(ask, page):
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    for path, headers, own, other in (
        (f"/api/contents/{NOTEBOOK}", {}, 200, 404),
        ("/api/kernels/KERNEL/channels", UPGRADE, 101, 403),
    ):
        assert ask(path, headers | {"Cookie": cookie})[0] == own
        assert ask(path, headers | {"Cookie": cookie, "Origin": "http://course.example"})[0] == other
    assert ask("/api/kernels", {"Cookie": cookie}, "POST")[0] == 403, "a change needs more than the cookie"


# ---- Offline ----


def test_the_network_is_off_in_the_server_and_in_its_kernels(server, page, tmp_path):
    """Else nothing would follow from what works here."""
    server = psutil.Process(server.pid)
    kernels = [child for child in server.children(recursive=True) if "ipykernel_launcher" in child.cmdline()]
    assert kernels
    asked = tmp_path / "asked"
    code = "import urllib.request; urllib.request.urlopen('http://course.example')"
    for process in (server, *kernels):
        environment = {**process.environ(), "ASKED": str(asked)}
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert "Name or service not known" in run.stderr
        assert asked.read_text(encoding="utf-8") == "socket.getaddrinfo course.example\n"
        asked.unlink()


# ---- Without running anything ----


def test_every_stored_picture_is_there_with_its_alt_text(page):
    for data in COURSE[0].pictures:
        image = page.get_by_role("img", name=data["text/plain"], exact=True)
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.naturalWidth") > 0
    expect(page.locator(".jp-OutputArea img")).to_have_count(len(COURSE[0].pictures))


SCROLL = """async (panel) => {
    for (const part of [0.25, 0.5, 0.75, 1, 0]) {
        panel.scrollTop = part * panel.scrollHeight;
        await new Promise((done) => setTimeout(done, 100));
    }
}"""


@pytest.mark.parametrize("opened", [COURSE[:2], pytest.param(COURSE, marks=pytest.mark.thorough)], ids=len)
def test_opening_notebooks_scrolling_through_them_and_closing_them_leaves_no_trace(page, course, opened):
    for notebook in opened:
        page.locator(".jp-DirListing-item", has_text=notebook.path.name).dblclick()
        expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current")).to_contain_text(notebook.path.name)
        page.locator(f"{IN_FRONT} .jp-WindowedPanel-outer").evaluate(SCROLL)
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    page.wait_for_timeout(3_000)  # a trace would come after the kernel has told of its language
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    for notebook in opened[1:]:
        page.locator(".lm-TabBar-tab", has_text=notebook.path.name).locator(".lm-TabBar-tabCloseIcon").click()
    expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab")).to_have_count(1)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert [one for one in COURSE if (course / "notebooks" / one.path.name).read_bytes() != one.path.read_bytes()] == []


# ---- A notebook that a learner has run, played with and saved ----


def faults(page):
    """What axe-core finds in all that the course writes and draws.

    The cells and menus around it are JupyterLab's, and so is the style of links, which underlines none in a text.
    """
    found = in_browser.grave_faults(page, f"{IN_FRONT} .jp-RenderedMarkdown, {IN_FRONT} .jp-OutputArea-output")
    return [fault for fault in found if fault[0] != "link-in-text-block"]


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
    return save(page, path)


def save(page, path):
    with page.expect_response(lambda response: response.request.method == "PUT" and path.name in response.url):
        choose(page, "File", "docmanager:save")
    return path


def test_axe_finds_nothing_serious_in_what_was_run(saved, page):
    assert faults(page) == []


@pytest.mark.thorough
def test_what_jupyterlab_saved_passes_nbval(saved):
    assert_passes_nbval(saved, COURSE[0])


def assert_passes_nbval(path, original):
    notebook = notebooks.Notebook(path)
    assert len(notebook.pictures) == len(original.pictures), "it was saved with its outputs"
    assert notebook.node.metadata.widgets, "and with the state of its sliders and predictions"
    assert path.stat().st_size < 2_000_000
    passed, _, said = notebooks.tested(path)
    assert passed == len(notebook.code_cells), said


def test_what_jupyterlab_saved_names_no_place_of_this_machine(saved):
    text = saved.read_text(encoding="utf-8")
    assert [place for place in (Path.home(), saved.parents[1]) if json.dumps(str(place))[1:-1] in text] == []


def test_the_next_link_opens_the_next_notebook(page):
    page.locator(IN_FRONT).get_by_role("link", name="Next:").first.click()
    expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current")).to_contain_text(f"{COURSE[1]}.ipynb")


@pytest.mark.thorough
@pytest.mark.parametrize("notebook", COURSE[1:], ids=repr)
def test_the_other_notebooks_pass_axe_and_what_was_saved_passes_nbval(notebook, page, server, course):
    page.goto(f"{server.url}/lab/tree/notebooks/{notebook.path.name}?reset")  # else the others open behind it
    run_all(page)
    all_ran(page)
    assert faults(page) == []
    assert_passes_nbval(save(page, course / "notebooks" / notebook.path.name), notebook)


def test_nothing_erred_and_nothing_asked_another_machine(server, page):
    assert page.errors == []
    assert page.hosts <= {"127.0.0.1", None}, "None is a picture that the page holds itself"
    assert server.asked.read_text(encoding="utf-8") == ""

"""The course as a learner meets it: JupyterLab in a real browser, every slider by keyboard and by mouse.

A copy of the course is served by the command of `make lab`. What the page draws is compared with the tables of the same
lab, built here, and for one learning rate with a run that is written out here.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest
import torch
from playwright.sync_api import Error, expect, sync_playwright

import notebooks
from helpers import figures, make_line, sliders

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
TOKEN = os.urandom(16).hex()
COURSE = notebooks.find()
expect.set_options(timeout=20_000)
LABS = {
    "00_start_here": lambda: sliders.hand_fit(*make_line(noise=0.05), goal=0.002),
    "00_start_here, blind": lambda: sliders.hand_fit(*make_line(0.9, -0.1, 100, 0.05, seed=7), goal=0.002, blind=True),
    "03_optimizer_step": lambda: sliders.learning_rate(*make_line(noise=0.05), (0.3, 0.5)),
    "04_descent_by_hand": lambda: sliders.learning_rate_and_noise(),
}
"""Every live figure of the course, in its order, under its notebook's name: the same lab made again."""
each_lab = pytest.mark.parametrize("name", LABS, scope="module")  # the scope puts the tests of one lab together


def test_every_live_figure_of_the_course_is_tested_here():
    course = [str(notebook) for notebook in COURSE for _ in re.findall(r"\bsliders\.\w+\(", notebook.code)]
    assert course == [name.split(",")[0] for name in LABS]


# ---- One server, one browser, one page ----


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab in a copy of the course, so that nothing is written anywhere else."""
    course, home = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("home")
    for folder in ("notebooks", "lab"):
        shutil.copytree(notebooks.ROOT / folder, course / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    makefile = (notebooks.ROOT / "Makefile").read_text(encoding="utf-8")
    command = shlex.split(re.search(r"\$\(BIN\)/jupyter lab (.+)", makefile).group(1))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *command, "--no-browser", f"--port={port}"],
            cwd=course,
            env={**os.environ, "HOME": str(home), "USERPROFILE": str(home), "JUPYTER_TOKEN": TOKEN},
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 40
    while status(url + "/api") != 200 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert status(url + "/api") == 200, (home / "log").read_text()
    yield SimpleNamespace(url=url, port=port, process=psutil.Process(process.pid))
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


@pytest.fixture(scope="module")
def browser():
    # Where none is on the path, as on macOS and Windows, playwright knows the places of Google Chrome.
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    which = {"executable_path": program} if program else {"channel": "chrome"}
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**which, args=FLAGS)
        except Error:
            if os.environ.get("REQUIRE_BROWSER"):
                raise
            pytest.skip("There is no Chromium or Chrome on this machine: nothing is tested in a browser.")
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(server, browser):
    """JupyterLab as it opens; the page keeps its errors and the hosts that it asked."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(20_000)
    page.errors, page.hosts = [], set()
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).hostname))
    page.goto(f"{server.url}/?token={TOKEN}")
    page.landed = page.url
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    yield page
    page.close()


def bring(page, name):
    """Open a notebook from the list of files, or bring it to the front; returns its panel."""
    assert page.locator(".jp-Dialog").all_inner_texts() == []
    tab = page.locator(".lm-DockPanel-tabBar .lm-mod-current")
    if f"{name}.ipynb" not in tab.text_content():
        page.locator(".jp-DirListing-item", has_text=f"{name}.ipynb").dblclick()
        expect(tab).to_contain_text(f"{name}.ipynb")
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


@pytest.fixture(scope="module")
def live(page):
    """A function that gives a live figure at its start, and the same lab, built here.

    First all notebooks that have one are run, at the same time, which is what takes longest.
    """
    families = defaultdict(list)
    for name in LABS:
        families[name.split(",")[0]].append(name)
    for notebook in families:
        bring(page, notebook).locator(".jp-Cell").first.click()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
    labs = {name: lab() for name, lab in LABS.items()}
    for notebook, family in families.items():
        panel = bring(page, notebook)
        expect(panel.locator(".live-figure[aria-busy=false]")).to_have_count(len(family), timeout=60_000)
        expect(panel.locator(".jp-InputPrompt", has_text="[*]")).to_have_count(0, timeout=60_000)

    def live(name):
        (notebook, family), *_ = ((notebook, family) for notebook, family in families.items() if name in family)
        figure = bring(page, notebook).locator(".live-figure").nth(family.index(name))
        figure.get_by_role("button", name="Start again").click()
        expect(figure).to_have_attribute("aria-busy", "false")
        return SimpleNamespace(figure=figure, lab=labs[name], page=page, visited=[list(labs[name].visited[0])])

    return live


# ---- The server ----


def test_it_opens_the_first_notebook(server, page):
    assert page.landed == f"{server.url}/lab/tree/notebooks/00_start_here.ipynb"


def test_it_opens_quietly(page):
    page.wait_for_load_state("networkidle")
    expect(page.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)


def test_a_stranger_gets_nothing(server):
    assert status(server.url + "/api/contents") == 403


def test_it_listens_to_this_machine_only(server):
    doors = {tuple(door.laddr) for door in server.process.net_connections("tcp") if door.status == psutil.CONN_LISTEN}
    assert ("127.0.0.1", server.port) in doors
    assert {host for host, _ in doors} == {"127.0.0.1"}


# ---- Without running anything ----


@pytest.mark.parametrize("notebook", COURSE, ids=repr)
def test_every_stored_picture_is_there_with_its_alt_text(page, notebook):
    panel = bring(page, notebook)
    for data in notebook.pictures:
        image = panel.get_by_role("img", name=data["text/plain"], exact=True)
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.naturalWidth") > 0
    expect(panel.locator(".jp-OutputArea img")).to_have_count(len(notebook.pictures))


def test_the_next_link_opens_the_next_notebook(page):
    panel = bring(page, COURSE[0])
    panel.get_by_role("link", name="Next:").first.click()
    expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current")).to_contain_text(f"{COURSE[1]}.ipynb")


# ---- Live figures ----


def read(figure):
    """All that the page shows of a live figure."""
    return SimpleNamespace(
        **figure.evaluate("""figure => {
            const all = (selector, get) => [...figure.querySelectorAll(selector)].map(get);
            const image = figure.querySelector("img"), overlay = figure.querySelector("svg");
            const box = (node) => {
                const { x, y, width, height } = node.getBoundingClientRect();
                return [x, y, width, height];
            };
            return {
                position: all("input", (input) => Number(input.value)),
                spoken: all("input", (input) => input.getAttribute("aria-valuetext")),
                written: all(".live-figure-value", (text) => text.textContent),
                readout: figure.querySelector(".live-figure-readout").textContent,
                busy: figure.getAttribute("aria-busy"),
                paths: Object.fromEntries(all("path", (path) => [path.dataset.name, path.getAttribute("d")])),
                alt: image.alt, pixels: image.naturalWidth, image: box(image), overlay: box(overlay),
                size: overlay.getAttribute("viewBox").split(" ").slice(2).map(Number),
            };
        }""")
    )


def place(lab, position):
    """The row of the tables for a position of the sliders; those that retrain have no part in it."""
    axes = [
        (at, len(slider["texts"])) for at, slider in zip(position, lab.sliders, strict=True) if not slider["retrains"]
    ]
    return np.ravel_multi_index(*zip(*axes, strict=True))


def points(path):
    return np.array(re.findall(r"-?\d+\.\d+", path), dtype=float).reshape(-1, 2)


def check(live, position):
    """The page shows this position: sliders, words, and every actor where the lab that was built here has it."""
    if position != live.visited[-1]:
        live.visited.append(position)
    live.lab.position = position
    scene, shown = live.lab.scene, read(live.figure)
    assert shown.position == position
    texts = [slider["texts"][at] for at, slider in zip(position, live.lab.sliders, strict=True)]
    assert shown.spoken == shown.written == texts
    moves = len(live.visited) - 1
    count = (f" · {moves} move" + "s" * (moves != 1)) * live.lab.counts_moves
    assert shown.readout == scene["readouts"][place(live.lab, position)] + count
    assert list(shown.paths) == [actor["name"] for actor in scene["actors"]]
    for actor in scene["actors"]:
        table = np.frombuffer(actor["table"], np.float32).reshape(-1, actor["points"], 2)
        expected = table[place(live.lab, position)]
        if actor["trail"]:
            trail = [table[place(live.lab, visited), 0] for visited in live.visited[-actor["trail"] :]]
            expected = np.array(trail) + np.outer(np.arange(len(trail)), [actor["stride"], 0])
        np.testing.assert_allclose(points(shown.paths[actor["name"]]), expected, atol=0.006, err_msg=actor["name"])
    return shown


@pytest.mark.parametrize("notebook", dict.fromkeys(name.split(",")[0] for name in LABS))
def test_a_notebook_with_sliders_runs_without_an_error(page, live, notebook):
    expect(bring(page, notebook).locator("[data-mime-type*=error], [data-mime-type*=stderr]")).to_have_count(0)


@each_lab
def test_a_live_figure_opens_as_its_lab_does(live, name):
    live = live(name)
    shown = check(live, live.visited[0])
    assert shown.alt == live.lab.scene["alt"]
    assert shown.pixels > 0
    assert shown.overlay == pytest.approx(shown.image, abs=1), "the actors must lie exactly over the stage"
    assert shown.image[2] / shown.image[3] == pytest.approx(shown.size[0] / shown.size[1], rel=0.01)


@each_lab
def test_each_slider_by_keyboard(live, name):
    live = live(name)
    position = live.visited[0]
    for number, slider in enumerate(live.lab.sliders):
        handle = live.figure.get_by_role("slider", name=slider["name"])
        handle.focus()
        there, last = slider["start"], len(slider["texts"]) - 1
        for key, target in (("ArrowRight", there + 1), ("ArrowLeft", there), ("Home", 0), ("End", last)):
            live.page.keyboard.press(key)
            expect(live.figure).to_have_attribute("aria-busy", "false")
            position = [*position[:number], target, *position[number + 1 :]]
            check(live, position)
        expect(handle).to_be_focused()


@each_lab
def test_each_slider_by_mouse(live, name):
    live = live(name)
    mouse = live.page.mouse
    for number, slider in enumerate(live.lab.sliders):
        handle = live.figure.get_by_role("slider", name=slider["name"])
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        for start, end in ((0.2, 0.8), (0.4, 0.4)):  # a drag, then a click on the track
            mouse.move(box["x"] + start * box["width"], box["y"] + box["height"] / 2)
            mouse.down()
            mouse.move(box["x"] + end * box["width"], box["y"] + box["height"] / 2, steps=4)
            mouse.up()
            expect(live.figure).to_have_attribute("aria-busy", "false")
            position = read(live.figure).position
            assert position[number] == pytest.approx(end * (len(slider["texts"]) - 1), rel=0.03, abs=1)
            check(live, position)


@each_lab
def test_start_again_brings_everything_back(live, name):
    live = live(name)
    sliders = live.figure.locator("input")
    for slider in sliders.all():
        slider.press("Home")
        expect(live.figure).to_have_attribute("aria-busy", "false")
    sliders.last.press("Tab")
    live.page.keyboard.press("Enter")
    expect(live.figure).to_have_attribute("aria-busy", "false")
    check(live, live.visited[0])


def test_the_readout_is_announced_once_the_hand_rests(live):
    live = live("00_start_here")
    live.figure.locator("input").first.press("End")
    expect(live.figure.get_by_role("status")).to_have_text(read(live.figure).readout)


def test_the_last_noise_wins_when_the_kernel_is_overtaken(live):
    live = live("04_descent_by_hand")
    live.figure.locator("input").nth(1).focus()
    rate, noise = live.visited[0]
    for _ in range(6):
        live.page.keyboard.press("ArrowRight")
    assert read(live.figure).readout == "training ..."
    expect(live.figure).to_have_attribute("aria-busy", "false")
    check(live, [rate, noise + 6])


def test_the_actors_show_a_run_that_autograd_makes(live):
    live = live("04_descent_by_hand")
    live.figure.locator("input").first.press("ArrowRight")
    rate = float(read(live.figure).written[0])
    x, y = map(torch.as_tensor, make_line(noise=0.01))
    w, b = (torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in (-0.3, 0.2))
    optimizer = torch.optim.SGD([w, b], lr=rate)
    record = []
    for _ in range(sliders.STEPS + 1):
        loss = ((w * x + b - y) ** 2).mean()
        record.append((w.item(), b.item(), loss.item()))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    w, b, loss = np.array(record).T
    stage, (left, middle, right) = figures.empty_panels(x, y, (0.3, 0.5), (-0.3, 0.2), sliders.STEPS)
    shown = read(live.figure)
    for actor, ax, places in (
        ("line", left, [(0, b[-1]), (1, w[-1] + b[-1])]),
        ("path", middle, np.stack([w, b], axis=1)),
        ("loss", right, np.stack([np.arange(len(loss)), loss], axis=1)),
    ):
        across, up = (ax.transData.transform(places) / stage.bbox.size).T
        expected = np.stack([across, 1 - up], axis=1) * shown.size
        np.testing.assert_allclose(points(shown.paths[actor]), expected, atol=0.01, err_msg=actor)


def test_an_older_scene_does_not_replace_a_newer_one_that_was_ready_before_it(browser):
    page = browser.new_page()
    source = (notebooks.ROOT / "helpers" / "live_figure.js").read_text(encoding="utf-8")
    script = """async (source) => {
        const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
        const empty = { stage: new Uint8Array(), size: [9, 9], actors: [], trained: [] };
        const scene = (alt) => ({ ...empty, alt, readouts: [alt] });
        const waits = [0, 200, 0]; // milliseconds until the picture of each scene is decoded
        HTMLImageElement.prototype.decode = () => new Promise((ready) => setTimeout(ready, waits.shift()));
        const state = { sliders: [], position: [], visited: [[]], counts_moves: false, scene: scene("first") };
        const listeners = {};
        const model = { get: (name) => state[name], on: (name, listener) => (listeners[name] = listener) };
        await module.default.render({ model, el: document.body });
        const raised = ["older", "newer"].map((alt) => {
            state.scene = scene(alt);
            return listeners["change:scene"]();
        });
        await Promise.all(raised);
    }"""
    page.evaluate(script, source)
    assert page.locator("img").get_attribute("alt") == "newer"
    assert page.locator(".live-figure-readout").text_content() == "newer"
    page.close()


def test_the_page_met_no_error_and_asked_no_other_machine(page, live):
    assert page.errors == []
    assert page.hosts == {"127.0.0.1", None}, "None is a picture that the page holds itself"

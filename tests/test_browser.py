"""The course as a learner meets it: JupyterLab as `make lab` starts it, in a real browser, by keyboard and by mouse.

First the notebooks as they open. Then all labs of the course and two predictions, in one notebook: what the page draws
is compared with what is sent of the same lab, read by itself. All tests share one JupyterLab and one page.
"""

import functools
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from playwright.sync_api import expect

import course_labs
import in_browser
import notebooks
from helpers.predictions import QUESTIONS
from in_browser import IN_FRONT, all_ran, run_all

COURSE = notebooks.find()
LABS = {str(found): found for found in course_labs.find()}
"""Every live figure of the course, in its order, by its name."""
HAND, NOISE, EXPLORE = (
    next(name for name in LABS if name.endswith(f" {function}"))
    for function in ("hand_fit", "learning_rate_and_noise", "explore")
)
CHOICE_KEY, CHOICE = next(item for item in QUESTIONS.items() if len(item[1].options) > 2)
NUMBER_KEY = next(key for key, question in QUESTIONS.items() if not question.options)
FIRST_CELLS = [
    "from helpers import predictions",
    f'predictions.ask("{CHOICE_KEY}")',
    f'predictions.tell("{CHOICE_KEY}", {next(iter(CHOICE.options.values()))["value"]!r})',
    f'predictions.ask("{NUMBER_KEY}")',
    f'predictions.tell("{NUMBER_KEY}", 100.0)',
    f'predictions.closing("{CHOICE.notebook}")',
    "import sitecustomize\nassert sitecustomize.refuse  # the network is off: tests/offline",
]
"""Cells before those of the labs: a choice, a number, and what was right."""
each_lab = pytest.mark.parametrize("name", LABS, scope="module")  # the scope puts the tests of one lab together


# ---- The notebooks as they open ----


@pytest.fixture(scope="module")
def opened(server, page):
    """The page with the first notebook as its authors stored it."""
    page.goto(f"{server.url}/lab/tree/notebooks/{COURSE[0].path.name}?token={in_browser.TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    return page


def test_first_notebook_opens_quietly_with_its_stored_pictures(opened):
    opened.wait_for_load_state("networkidle")
    expect(opened.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)
    for data in COURSE[0].pictures:
        image = opened.get_by_role("img", name=data["text/plain"], exact=True)
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.naturalWidth") > 0
    expect(opened.locator(".jp-OutputArea img")).to_have_count(len(COURSE[0].pictures))


def test_server_listens_to_this_machine_only(server):
    doors = psutil.Process(server.pid).net_connections("tcp")
    assert {door.laddr.ip for door in doors if door.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


@pytest.mark.parametrize("path", ["api/contents", "api/kernels", "api/terminals", "lsp/status", "metrics"])
def test_server_answers_nobody_without_the_token(server, path):
    address = f"{server.url}/{path}?token="
    assert [in_browser.status(address + token) for token in (in_browser.TOKEN, "wrong", "")] == [200, 403, 403]


SCROLL = """async (panel) => {
    for (const part of [0.25, 0.5, 0.75, 1, 0]) {
        panel.scrollTop = part * panel.scrollHeight;
        await new Promise((done) => setTimeout(done, 100));
    }
}"""


@pytest.mark.parametrize("some", [COURSE[:2], pytest.param(COURSE, marks=pytest.mark.thorough)], ids=len)
def test_notebooks_are_left_as_they_were_and_axe_finds_nothing_serious(opened, course, some):
    for notebook in some:
        opened.locator(".jp-DirListing-item", has_text=notebook.path.name).dblclick()
        expect(opened.locator(".lm-DockPanel-tabBar .lm-mod-current")).to_contain_text(notebook.path.name)
        opened.locator(f"{IN_FRONT} .jp-WindowedPanel-outer").evaluate(SCROLL)
        expect(opened.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        grave = in_browser.grave_faults(opened, f"{IN_FRONT} .jp-RenderedMarkdown, {IN_FRONT} .jp-OutputArea-output")
        assert [fault for fault in grave if fault[0] != "link-in-text-block"] == [], "that is JupyterLab's style"
    opened.wait_for_timeout(3_000)  # a trace would come after the kernel has told of its language
    expect(opened.locator(".jp-mod-dirty")).to_have_count(0)
    for notebook in some[1:]:
        tab = opened.locator(".lm-TabBar-tab", has_text=notebook.path.name)
        tab.locator(".lm-TabBar-tabCloseIcon").click()
    expect(opened.locator(".lm-DockPanel-tabBar .lm-TabBar-tab")).to_have_count(1)
    expect(opened.locator(".jp-Dialog")).to_have_count(0)
    assert [one for one in COURSE if (course / "notebooks" / one.path.name).read_bytes() != one.path.read_bytes()] == []


# ---- All labs of the course ----


@pytest.fixture(scope="module")
def live(page, course, server):
    """A function that gives a live figure at its start, and the same lab, as what is sent says that it looks."""
    with_labs = dict.fromkeys(lab.notebook for lab in LABS.values())
    sources = [*FIRST_CELLS, *(source for name in with_labs for source in course_labs.cells(name))]
    in_browser.write_notebook(course / "my_notebooks" / "labs.ipynb", sources)
    # In a workspace of its own, where no other notebook is open.
    page.goto(f"{server.url}/lab/workspaces/labs/tree/my_notebooks/labs.ipynb?token={in_browser.TOKEN}")
    run_all(page)
    made = {name: found.page() for name, found in LABS.items()}
    all_ran(page)
    expect(page.locator(".live-figure[aria-busy=false]")).to_have_count(len(LABS))
    expect(page.locator("[data-mime-type*=error], [data-mime-type*=stderr]")).to_have_count(0)
    return functools.partial(at_its_start, page, made)


def at_its_start(page, made, name):
    figure = page.locator(f"{IN_FRONT} .live-figure").nth(list(LABS).index(name))
    figure.get_by_role("button", name="Start again").click()
    return SimpleNamespace(figure=figure, lab=made[name], page=page, visited=[list(made[name].start)])


def read(figure):
    """All that the page shows of a live figure."""
    return SimpleNamespace(
        **figure.evaluate("""figure => {
            const all = (selector, get) => [...figure.querySelectorAll(selector)].map(get);
            const image = figure.querySelector("img");
            const box = (node) => {
                const { x, y, width, height } = node.getBoundingClientRect();
                return [x, y, width, height];
            };
            return {
                position: all("input", (input) => Number(input.value)),
                spoken: all("input", (input) => input.getAttribute("aria-valuetext")),
                written: all(".live-figure-value", (text) => text.textContent),
                readout: figure.querySelector(".live-figure-readout").textContent,
                marks: all(".live-figure-mark", (mark) => Number(mark.style.getPropertyValue("--share"))),
                handle: all(".live-figure-handle", box),
                unpainted: all("path", (path) => path).filter((path) => !path.isPointInStroke(path.getPointAtLength(0)))
                    .map((path) => path.dataset.name),
                paths: all("path", (path) => [path.dataset.name, path.getAttribute("d")]),
                words: all("svg text", (text) => [
                    text.dataset.name, text.textContent, text.getAttribute("x"), text.getAttribute("y"),
                ]),
                alt: image.alt, pixels: image.naturalWidth, image: box(image), overlays: all("svg", box),
                size: figure.querySelector("svg").getAttribute("viewBox").split(" ").slice(2).map(Number),
            };
        }""")
    )


def seat(lab, shown, at):
    """Where on the page the handle stands when its two sliders are at these positions."""
    x, y, width, height = shown.image
    across, up = (places[one] for places, one in zip(lab.scene["handle"]["places"], at, strict=True))
    return [x + across / shown.size[0] * width, y + up / shown.size[1] * height]


def drawn(live, position):
    """The name and the places of each path: those on the ground first, and a line before its dots."""
    for actor in sorted(live.lab.scene["actors"], key=lambda actor: not actor["ground"]):
        places = live.lab.points(actor, position)
        if actor["trail"]:
            trail = [live.lab.points(actor, visited)[0] for visited in live.visited[-actor["trail"] :]]
            places = np.array(trail) + np.outer(np.arange(len(trail)), [actor["stride"], 0])
        yield from [(actor["name"], places)] * (bool(actor["width"]) + bool(actor["dots"]))


def check(live, position):
    """The page shows this position: sliders, words, and every actor where what is sent says that it is."""
    if position != live.visited[-1]:
        live.visited.append(position)
    lab, shown = live.lab, read(live.figure)
    assert shown.position == position
    texts = [slider["texts"][at] for at, slider in zip(position, lab.sliders, strict=True)]
    assert shown.spoken == shown.written == texts
    moves = len(live.visited) - 1
    count = (f" · {moves} move" + "s" * (moves != 1)) * any(actor["trail"] for actor in lab.scene["actors"])
    assert shown.readout == lab.readout(position) + count
    assert shown.marks == lab.marks(position)
    assert shown.unpainted == []
    for (name, path), (wanted, places) in zip(shown.paths, drawn(live, position), strict=True):
        assert name == wanted
        numbers = np.array(re.findall(r"-?\d+\.\d+", path), dtype=float)
        np.testing.assert_allclose(numbers.reshape(-1, 2), places, atol=0.006, err_msg=name)
    for (*words, x, y), (*wanted, place) in zip(shown.words, lab.words(position), strict=True):
        assert words == wanted
        assert [float(x), float(y)] == pytest.approx(place, abs=0.006)
    assert len(shown.handle) == bool(lab.scene["handle"])
    for x, y, width, height in shown.handle:
        on_page = seat(lab, shown, [position[number] for number in lab.scene["handle"]["moves"]])
        assert [x + width / 2, y + height / 2] == pytest.approx(on_page, abs=0.6)
    return shown


@each_lab
def test_live_figure_opens_as_its_lab_does_follows_the_keyboard_and_goes_back_to_the_start(live, name):
    live = live(name)
    position = live.visited[0]
    shown = check(live, position)
    assert shown.alt == live.lab.scene["alt"]
    assert shown.pixels > 0
    for overlay in shown.overlays:
        assert overlay == pytest.approx(shown.image, abs=1), "the actors must lie exactly over the stage"
    assert shown.image[2] / shown.image[3] == pytest.approx(shown.size[0] / shown.size[1], rel=0.01)
    for number, slider in enumerate(live.lab.sliders):
        handle = live.figure.get_by_role("slider", name=slider["name"])
        handle.focus()
        last = len(slider["texts"]) - 1
        right = min(slider["start"] + 1, last)
        for key, target in [("ArrowRight", right), ("ArrowLeft", right - 1), ("Home", 0), ("End", last)]:
            live.page.keyboard.press(key)
            position = [*position[:number], target, *position[number + 1 :]]
            check(live, position)
        expect(handle).to_be_focused()
    live.figure.get_by_role("button", name="Start again").press("Enter")
    live.visited = live.visited[:1]
    check(live, live.visited[0])


FOCUSED = """figure => {
    const node = document.activeElement;
    const name = node.getAttribute("aria-label") ?? node.textContent;
    return figure.contains(node) ? [name, getComputedStyle(node).outlineStyle] : null;
}"""


@each_lab
def test_tab_key_reaches_everything_in_order_and_shows_where_it_is(live, name):
    live = live(name)
    live.figure.locator("button, input").first.focus()
    reached = []
    while focused := live.figure.evaluate(FOCUSED):
        reached.append(focused)
        live.page.keyboard.press("Tab")
    handle = ["start of the descent: drag it, or use the arrow keys"] * bool(live.lab.scene["handle"])
    play = ["Play"] * (live.lab.steps is not None)
    sliders = [one["name"] for one in live.lab.sliders]
    assert [name for name, _ in reached] == [*handle, *sliders, *play, "Start again"]
    assert "none" not in [outline for _, outline in reached]


def test_slider_that_rests_is_announced_and_leaves_ctrl_s_to_jupyterlab(live):
    live = live(HAND)
    live.figure.locator("input").first.press("End")
    expect(live.figure.get_by_role("status")).to_have_text(read(live.figure).readout)
    with live.page.expect_response(lambda response: response.request.method == "PUT"):
        live.page.keyboard.press("Control+s")


# ---- Predictions ----


@pytest.fixture
def again(page, live):
    """A function that runs one of the first cells again, and gives what it shows."""

    def again(number):
        cell = page.locator(f"{IN_FRONT} .jp-CodeCell").nth(number)
        cell.locator(".jp-InputPrompt").click()
        page.keyboard.press("Control+Enter")
        all_ran(page)
        return cell.locator(".prediction")

    return again


def test_choice_is_made_by_keyboard_and_compared_with_what_happened(page, again):
    form = again(1)
    options = form.get_by_role("radio")
    asked = f"Your prediction: {CHOICE.question}".replace("`", "")
    expect(form.get_by_role("group", name=asked, exact=True).locator("legend")).to_have_text(asked)
    expect(form.locator("label")).to_have_text([text.replace("`", "") for text in CHOICE.options])
    options.first.focus()
    for key, chosen in (("Space", 0), ("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        page.keyboard.press(key)
        expect(options.nth(chosen)).to_be_checked()
    second = list(CHOICE.options)[1].replace("`", "")
    expect(again(2).get_by_role("status")).to_contain_text(f"You predicted: {second}")
    expect(options.first).to_be_disabled()
    expect(form.get_by_role("status")).to_contain_text("run this cell again")


def test_number_is_typed_and_compared_with_what_happened(page, again):
    field = again(3).get_by_role("textbox", name="Your prediction, a number")
    field.focus()
    page.keyboard.type("200/2")
    expect(page.locator(".prediction").nth(2).get_by_role("status")).to_have_text("Read as 100.")
    page.keyboard.press("Control+Enter")  # runs the cell again: what was typed is not lost
    all_ran(page)
    expect(field).to_have_value("200/2")
    expect(again(4).get_by_role("status")).to_have_text("You predicted: 200/2. What happened: 100. Right.")
    expect(again(5).get_by_role("status")).to_contain_text("Counted in this kernel; nothing is stored or sent.")


# ---- A start that is dragged, a run that is played, a limit that is marked ----


def test_drag_of_the_handle_moves_two_sliders_and_the_last_place_wins(live):
    live = live(EXPLORE)
    mouse = live.page.mouse
    live.figure.locator("img").scroll_into_view_if_needed()
    rate, *_, step = live.visited[0]
    shown = read(live.figure)
    mouse.move(*seat(live.lab, shown, live.visited[0][1:3]))
    mouse.down()
    mouse.move(*seat(live.lab, shown, [8, 4]), steps=60)
    mouse.up()
    check(live, [rate, 8, 4, step])


def test_arrow_keys_move_the_handle(live):
    live = live(EXPLORE)
    handle = live.figure.get_by_role("button", name="start of the descent")
    handle.focus()
    rate, across, up, step = live.visited[0]
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowLeft", "ArrowDown", "Alt+ArrowUp"):
        live.page.keyboard.press(key)
    live.visited += [[]] * 5
    check(live, [rate, across + 1, up + 1, step])
    expect(handle).to_be_focused()


def player_of(live):
    return live.figure.locator("button", has_text=re.compile("^(Play|Pause)$"))


SPEED = """async (slider) => {
    const look = () => [Number(slider.value), performance.now()];
    const [from, began] = look();
    await new Promise((done) => setTimeout(done, 1_000));
    const [to, ended] = look();
    return (1_000 * (to - from)) / (ended - began);
}"""


def test_run_is_played_paused_and_played_to_its_end(live):
    live = live(EXPLORE)
    player, slider = player_of(live), live.figure.get_by_role("slider", name="step")
    *rest, last = live.visited[0]
    place = player.bounding_box()
    player.click()
    expect(player).to_have_text("Pause")
    assert player.bounding_box() == place
    assert slider.evaluate(SPEED) == pytest.approx(25, abs=4), "steps in a second"
    player.click()
    expect(player).to_have_text("Play")
    paused = read(live.figure).position
    assert paused[-1] < last
    live.page.wait_for_timeout(100)
    check(live, paused)
    for key in ("End", "PageDown"):  # so that the rest of the run is short
        slider.press(key)
    live.visited += [[*rest, last], [*rest, last - 10]]
    player.click()
    expect(slider).to_have_value(str(last))
    expect(player).to_have_text("Play")
    check(live, [*rest, last])


@pytest.mark.parametrize("role", ["slider", "button"])
def test_hand_on_a_slider_or_on_the_handle_stops_a_run(live, role):
    live = live(EXPLORE)
    player = player_of(live)
    player.click()
    expect(player).to_have_text("Pause")
    live.figure.get_by_role(role).first.press("ArrowRight")
    expect(player).to_have_text("Play")
    stopped = read(live.figure).position
    live.page.wait_for_timeout(200)
    assert read(live.figure).position == stopped


def test_click_at_the_mark_chooses_the_position_next_to_it(live):
    live = live(EXPLORE)
    slider, mark = live.figure.locator("input").first, live.figure.locator(".live-figure-mark")
    slider.scroll_into_view_if_needed()
    mark, track = mark.bounding_box(), slider.bounding_box()
    middle = track["y"] + track["height"] / 2
    assert mark["y"] < middle < mark["y"] + mark["height"], "it crosses its own track"
    live.page.mouse.click(mark["x"] + mark["width"] / 2, middle)
    expect(slider).to_be_focused()
    position = read(live.figure).position
    assert position[0] == round(live.lab.marks(position)[0] * (len(live.lab.sliders[0]["texts"]) - 1))


def run_in_a_new_cell(page, code):
    page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt").click()
    for key in ("Escape", "b", "Enter"):
        page.keyboard.press(key)
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")


def test_cell_knows_what_was_tried(live):
    live = live(HAND)
    live.figure.locator("input").first.press("ArrowRight")
    run_in_a_new_cell(live.page, "by_hand.tried")
    tried = "{'slope w': -0.7, 'intercept b': 1.05}, {'slope w': -0.65, 'intercept b': 1.05}"
    expect(live.page.locator(".jp-CodeCell").last).to_contain_text(f"[{tried}]")


def test_busy_kernel_takes_no_drag_back(live):
    live = live(NOISE)
    mouse = live.page.mouse
    run_in_a_new_cell(live.page, "import time; time.sleep(1.5)")
    rate, noise = (live.figure.get_by_role("slider").nth(number) for number in (0, 1))
    rate.press("Home")  # sent to the kernel, which answers later
    noise.scroll_into_view_if_needed()
    box = noise.bounding_box()
    mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2, steps=3)
    all_ran(live.page)
    live.page.wait_for_timeout(300)
    assert read(live.figure).position == [0, 20, 200]
    mouse.up()
    assert read(live.figure).position == [0, 20, 200]


# ---- Everybody can see and reach it ----


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_axe_finds_nothing_serious(live, page, again, theme):
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.get_by_text("Theme", exact=True).click()
    page.get_by_text(f"JupyterLab {theme}", exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {theme}")
    for cell in (1, 3):  # the questions, not yet answered
        again(cell)
    live(HAND)
    assert in_browser.grave_faults(page, ".live-figure, .prediction") == []


CROWDED = """figure => {
    const box = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getBoundingClientRect();
    };
    const meet = (a, b) => a.right > b.left && b.right > a.left && a.bottom > b.top && b.bottom > a.top;
    const right = figure.getBoundingClientRect().right + 1;
    const outside = [...figure.querySelectorAll("img, input, button, span, p:not([role])")]
        .filter((node) => box(node).right > right || node.getBoundingClientRect().right > right);
    const crowded = [...figure.querySelectorAll(".live-figure-row")].filter((row) => {
        const [label, value] = [row.firstChild, row.querySelector(".live-figure-value")].map(box);
        const track = row.querySelector("input").getBoundingClientRect();
        const wraps = label.height > 1.5 * value.height;
        return wraps || track.width < 40 || meet(label, track) || meet(track, value) || meet(label, value);
    });
    return [...outside, ...crowded].map((node) => `${node.tagName} ${node.className}: ${node.textContent}`);
}"""


@pytest.mark.parametrize("width", [1200, 600])  # a window of 600 pixels is also what one of 1200 has at a zoom of 200 %
def test_nothing_overlaps_or_sticks_out(live, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    for name in LABS:
        figure = live(name).figure
        assert figure.evaluate(CROWDED) == [], name
        for slider in figure.locator("input").all():
            slider.press("End")
        assert figure.evaluate(CROWDED) == [], name
    page.set_viewport_size({"width": 1200, "height": 900})


# ---- Without a kernel ----


def drag_each(live):
    """Drag each slider by mouse, from its start to the middle of its track and on to one end."""
    mouse, position = live.page.mouse, live.visited[0]
    live.figure.get_by_role("slider").last.scroll_into_view_if_needed()
    for number, slider in enumerate(live.lab.sliders):
        box = live.figure.get_by_role("slider").nth(number).bounding_box()
        y, last = box["y"] + box["height"] / 2, len(slider["texts"]) - 1
        mouse.move(box["x"] + 8 + (box["width"] - 16) * position[number] / last, y)
        mouse.down()
        mouse.move(box["x"] + box["width"] / 2, y)
        shown = read(live.figure)
        assert shown.position[number] == pytest.approx(last / 2, abs=1)
        assert shown.readout.startswith(live.lab.readout(shown.position))
        mouse.move(box["x"] + 3, y)
        mouse.up()
        position = [*position[:number], 0, *position[number + 1 :]]
        live.visited += [position] * (position != live.visited[-1])
    check(live, position)


def shut_down(page):
    """Shut down the kernel by the menu, and wait until the page knows."""
    in_browser.choose(page, "Kernel", "kernelmenu:shutdown")
    expect(page.locator(f"{IN_FRONT} .jp-Toolbar-kernelName")).to_have_text("No Kernel")


def test_sliders_move_once_the_kernel_is_shut_down(live, page):
    shut_down(page)
    drag_each(live(EXPLORE))


def test_every_slider_moves_in_a_notebook_that_was_saved_and_opened_again(live, page, course):
    saved = course / "my_notebooks" / "labs.ipynb"
    in_browser.save(page)
    assert str(course) not in saved.read_text(encoding="utf-8"), "it names no place of this machine"
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(f"{IN_FRONT} .live-figure[aria-busy=false]")).to_have_count(len(LABS))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    shut_down(page)
    for name in LABS:
        drag_each(live(name))


def test_nothing_erred_and_nothing_asked_another_machine(offline, page, live):
    of_jupyterlab = "Could not restore the debugger state"  # where a kernel is shut down while it asks for that
    assert [error for error in page.errors if not error.startswith(of_jupyterlab)] == []
    assert page.hosts <= {"127.0.0.1", None}, "None is a picture that the page holds itself"
    assert Path(offline["ASKED"]).read_text(encoding="utf-8") == ""

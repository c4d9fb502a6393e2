"""The book, built once: it says what the notebooks store, and its labs and predictions work from a folder on disk.

It is built from a copy of the notebooks in which one digit of an output is another.
"""

import html
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect

import course_labs
import in_browser
import notebooks
from helpers import predictions
from test_browser import check, drag_each

COURSE = notebooks.find()
LABS = course_labs.find()
ASKED = [(notebook, key) for notebook in COURSE for key in notebooks.ASKED.findall(notebook.code)]
A_NUMBER = next(asked for asked in ASKED if not predictions.QUESTIONS[asked[1]].options)
DIGIT = ("loss: 1.3083", "loss: 1.3084")  # in an output of 03, among others


def some(few, every):
    """A test for a few cases every day, and for every case in the thorough run."""
    rest = [case for case in every if case not in few]
    return [*few, *(pytest.param(case, marks=pytest.mark.thorough) for case in rest)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of the book, built by the command of the Makefile from a copy of the course."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(notebooks.ROOT / "README.md", course)
    for folder in ("book", "notebooks", "tools"):
        shutil.copytree(notebooks.ROOT / folder, course / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for path in (course / "notebooks").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace(*DIGIT), encoding="utf-8")
    command = re.search(r"\$\(BIN\)/python (-m sphinx .+)", (notebooks.ROOT / "Makefile").read_text("utf-8")).group(1)
    arguments = shlex.split(command.replace("$(VENV)", "."))
    built = subprocess.run([sys.executable, *arguments], cwd=course, capture_output=True, text=True, timeout=120)
    assert (built.returncode, built.stderr) == (0, "")
    return course / "site"


def address(notebook):
    return f"notebooks/{notebook}.html"


def pages(book):
    return {path: path.read_text(encoding="utf-8") for path in (book / "index.html", *book.glob("notebooks/*.html"))}


# ---- What the pages say ----


def words(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.mark.parametrize("notebook", COURSE, ids=repr)
def test_page_says_what_its_notebook_stores(book, notebook):
    page = (book / address(notebook)).read_text(encoding="utf-8")
    printed = [output.text.replace(*DIGIT) for output in notebook.outputs if output.output_type == "stream"]
    missing = [text for text in printed if re.sub(r"\s+", " ", text).strip() not in words(page)]
    assert [text for text in missing if not text.startswith("Not answered yet")] == []
    alts = [html.unescape(alt) for alt in re.findall(r'<img alt="([^"]*)"', page)]
    assert alts == [data["text/plain"] for data in notebook.pictures]
    assert "base64" not in page


def test_digit_changed_in_an_output_is_changed_in_the_page(book):
    page = words((book / "notebooks" / "03_optimizer_step.html").read_text(encoding="utf-8"))
    assert DIGIT[1] in page and DIGIT[0] not in page


def test_every_link_of_a_page_leads_to_a_place_in_the_book(book):
    texts = pages(book)
    assert len(texts) == len(COURSE) + 1
    for path, page in texts.items():
        for link in set(re.findall(r'(?:href|src)="([^"]+)"', page)) - {"#"}:
            file, _, anchor = unquote(html.unescape(link)).partition("#")
            if file.startswith("https:"):
                continue
            target = (path.parent / file.partition("?")[0]).resolve() if file else path
            assert target.is_file(), link
            assert not anchor or re.search(rf'\bid="{re.escape(anchor)}"', target.read_text(encoding="utf-8")), link


# ---- What the pages do ----


@pytest.fixture
def opened(book, page):
    """A function that opens a page of the book from disk. At the end, nothing has erred or asked another machine."""
    yield lambda name: page.goto(f"{book.as_uri()}/{name}") and page
    assert (page.errors, page.hosts) == ([], {None})


def at_its_start(page, lab):
    """The lab in an opened page as the tests of the browser know it."""
    made = lab.page()
    figure = page.locator(f"[id='{lab.notebook[:2]}-{lab.number}'] .live-figure[aria-busy=false]")
    return SimpleNamespace(figure=figure, lab=made, page=page, visited=[list(made.start)])


@pytest.mark.parametrize("lab", some(LABS[:1], LABS), ids=str)
def test_every_slider_of_a_lab_moves_without_a_kernel(opened, lab):
    live = at_its_start(opened(address(lab.notebook)), lab)
    expect(live.figure).to_be_visible()
    assert check(live, live.visited[0]).alt == lab.lab().scene["alt"]
    drag_each(live)


@pytest.mark.parametrize("asked", some([ASKED[0], A_NUMBER], ASKED), ids=lambda asked: asked[1])
def test_prediction_gets_the_verdict_of_the_kernel(opened, asked):
    notebook, key = asked
    page, question, happened = opened(address(notebook)), predictions.QUESTIONS[key], notebook.happened(key)
    form, outcome = (page.locator(f".{role}[data-key={key}]") for role in ("ask", "tell"))
    expect(outcome).to_contain_text("What happened:")
    known = [option["value"] for text, option in question.options.items() if f"{text}." == happened]
    value = known[0] if known else float(happened.rstrip("."))
    numbers = (
        []
        if known
        else [
            happened.rstrip("."),
            f"{10 * value}/10",
            "-4321,5",
            "a few",
            *(str(idea["value"]) for idea in question.ideas),
        ]
    )
    for answer in question.options or [*numbers, ""]:
        if answer in question.options:
            form.get_by_role("radio").nth(list(question.options).index(answer)).check()
        else:
            form.get_by_role("textbox").fill(answer)
        form.get_by_role("button", name="Answer").click()
        question.answer = answer
        expect(outcome.get_by_role("status")).to_have_text(question.verdict(value, happened).replace("`", ""))
    question.answer = ""


def test_text_after_a_question_can_wait_for_the_answer(opened):
    page = opened(address(COURSE[3]))
    ends = page.get_by_role("heading", name="You can now")
    expect(ends).to_be_visible()
    page.get_by_label("Hide what follows a question").check()
    for question in page.locator(".ask").all():
        expect(ends).to_be_hidden()
        question.get_by_role("button", name="Skip").press("Enter")
    expect(ends).to_be_visible()


def test_search_finds_a_word_of_the_course(opened):
    page = opened("search.html?q=retain_grad")
    expect(page.locator("#search-results li").first).to_be_visible()


# ---- Everybody can read it ----

CUT = """() => [...document.querySelectorAll("article :not(svg *)")]
    .filter((node) => !node.closest("[role=status]") && node.getBoundingClientRect().right > innerWidth + 1)
    .map((node) => node.outerHTML)"""
LOADED = "() => performance.getEntriesByType('resource').map(({ name }) => name)"


@pytest.mark.parametrize("name", some(["index.html"], ["index.html", *map(address, COURSE)]))
def test_page_is_small_accessible_and_fits_a_phone(opened, book, name):
    page = opened(name)
    expect(page.locator(".lab > img")).to_have_count(0)
    files = {
        Path(unquote(urlsplit(file).path)) for file in [page.url, *page.evaluate(LOADED)] if file.startswith("file:")
    }
    assert len(files) > 8
    assert sum(file.stat().st_size for file in files) < (1_500_000 if name == "index.html" else 6_000_000)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert in_browser.grave_faults(page, "body") == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(CUT) == []
    page.set_viewport_size({"width": 1200, "height": 900})


def test_slider_follows_a_finger(browser, book):
    page = browser.new_page(viewport={"width": 390, "height": 800}, has_touch=True)
    page.goto((book / "index.html").as_uri())
    slider = page.get_by_role("slider").first
    slider.scroll_into_view_if_needed()
    (x, y, width, height), last = slider.bounding_box().values(), int(slider.get_attribute("max"))
    touch = page.context.new_cdp_session(page)
    for kind, share in [
        ("touchStart", 0.5),
        *(("touchMove", 0.5 - step / 20) for step in range(1, 9)),
        ("touchEnd", None),
    ]:
        points = [] if share is None else [{"x": x + width * share, "y": y + height / 2}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert int(slider.input_value()) == pytest.approx(0.1 * last, abs=0.03 * last)
    page.close()

"""The book, built once: it says what the notebooks store, and from disk its labs move and its predictions answer.

It is built from a copy of the notebooks in which a digit of an output is another.
"""

import html
import re
import shlex
import shutil
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import unquote

import numpy as np
import pytest
from playwright.sync_api import expect

import course_labs
import in_browser
import notebooks
from helpers.predictions import QUESTIONS
from test_browser import check, drag_each

COURSE = notebooks.find()
PAGES = ["index.html", *(f"notebooks/{notebook}.html" for notebook in COURSE)]
LABS = {str(lab): lab for lab in course_labs.find()}
ASKED = {key: notebook for notebook in COURSE for key in notebooks.ASKED.findall(notebook.code)}
CHOICES = [key for key in ASKED if QUESTIONS[key].options]
NUMBERS = [key for key in ASKED if key not in CHOICES]
DIGIT = "loss: 1.3083", "loss: 1.3084"


def some(few, every):
    """A few cases every day, and all of them in the thorough run."""
    return [*few, *(pytest.param(case, marks=pytest.mark.thorough) for case in every if case not in few)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of the book, built by the command of the Makefile."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(notebooks.ROOT / "README.md", course)
    for folder in ("book", "notebooks", "tools"):
        shutil.copytree(notebooks.ROOT / folder, course / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for path in (course / "notebooks").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace(*DIGIT), encoding="utf-8")
    makefile = (notebooks.ROOT / "Makefile").read_text(encoding="utf-8")
    command = re.search(r"\$\(BIN\)/python (-m sphinx .+)", makefile).group(1).replace("$(VENV)", ".")
    built = subprocess.run([sys.executable, *shlex.split(command)], cwd=course, capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    return course / "site"


@pytest.fixture
def opened(book, page):
    """A function that opens a page of the book from disk; in the end nothing has erred or asked another machine."""
    yield lambda name: page.goto(f"{book.as_uri()}/{name}") and page
    assert (page.errors, page.hosts) == ([], {None})


# ---- What the pages say ----


@pytest.mark.parametrize("notebook", COURSE, ids=repr)
def test_page_says_what_its_notebook_stores_the_other_digit_included(book, notebook):
    page = (book / f"notebooks/{notebook}.html").read_text(encoding="utf-8")
    words = html.unescape(re.sub("<[^>]+>", "", page)).split()
    printed = [output.text.replace(*DIGIT) for output in notebook.outputs if output.output_type == "stream"]
    missing = [text for text in printed if " ".join(text.split()) not in " ".join(words)]
    assert {text.split(":")[0] for text in missing} <= {"Not answered yet"}
    shown = re.findall(r'<img alt="([^"]*)"', page)
    assert [html.unescape(alt) for alt in shown] == [data["text/plain"] for data in notebook.pictures]


def test_every_link_leads_to_a_place_in_the_book_and_no_page_is_large(book):
    texts = {path: path.read_text(encoding="utf-8") for path in map(book.joinpath, PAGES)}
    for path, page in texts.items():
        assert "data:image" not in page
        size = len(page)
        for kind, link in set(re.findall(r'(href|src)="([^"]+)"', page)):
            address, _, anchor = unquote(html.unescape(link)).partition("#")
            if not address.startswith("https:"):
                target = (path.parent / address.partition("?")[0]).resolve() if address else path
                assert target.is_file(), link
                assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), link
                size += target.stat().st_size * (kind == "src" or target.suffix == ".css")
        assert size < (1_500_000 if path.name == "index.html" else 6_000_000)


# ---- What the pages do ----


@pytest.mark.parametrize("name", some(list(LABS)[:1], LABS))
def test_every_slider_of_a_lab_moves(opened, name):
    page, lab = opened(f"notebooks/{LABS[name].notebook}.html"), LABS[name].page()
    figure = page.locator(f"[id='{name[:2]}-{LABS[name].number}'] .live-figure[aria-busy=false]")
    live = SimpleNamespace(figure=figure, lab=lab, page=page, visited=[list(lab.start)])
    check(live, lab.start)
    drag_each(live)


@pytest.mark.parametrize("key", some([CHOICES[0], NUMBERS[0]], ASKED))
def test_every_answer_gets_the_verdict_that_it_gets_in_jupyterlab(opened, key):
    page, question = opened(f"notebooks/{ASKED[key]}.html"), QUESTIONS[key]
    happened = ASKED[key].happened(key)
    form, outcome = (page.locator(f".{role}[data-key={key}]") for role in ("ask", "tell"))
    expect(outcome).to_contain_text("What happened:")
    known = [option["value"] for text, option in question.options.items() if f"{text}." == happened]
    value = known[0] if known else float(happened.rstrip("."))
    numbers = ["", "a few", "-4321,5", happened.rstrip("."), f"{10 * value}/10"] if not known else []
    for answer in [*question.options, *numbers, *(str(idea["value"]) for idea in question.ideas)]:
        if known:
            form.get_by_role("radio", name=answer.replace("`", ""), exact=True).check()
        else:
            form.get_by_role("textbox").fill(answer)
        form.get_by_role("button", name="Answer").click()
        question.answer = answer
        expect(outcome.get_by_role("status")).to_have_text(question.verdict(value, happened).replace("`", ""))
    question.answer = ""


def test_what_follows_a_question_can_wait_until_it_is_skipped(opened):
    page = opened(PAGES[-1])
    end = page.get_by_role("heading", name="You can now")
    page.get_by_label("Hide what follows a question").check()
    for question in page.locator(".ask").all():
        expect(end).to_be_hidden()
        question.get_by_role("button", name="Skip").press("Enter")
    expect(end).to_be_visible()


def test_search_finds_a_word_of_the_course(opened):
    expect(opened("search.html?q=retain_grad").locator("#search-results li").first).to_be_visible()


def test_slider_follows_a_finger(browser, book):
    page = browser.new_page(viewport={"width": 390, "height": 800}, has_touch=True)
    page.goto(f"{book.as_uri()}/index.html")
    slider = page.get_by_role("slider", name="step")
    slider.scroll_into_view_if_needed()
    x, y, width, height = slider.bounding_box().values()
    touch = page.context.new_cdp_session(page)
    for place in np.linspace(0.98, 0.5, 8):
        finger = {"x": x + place * width, "y": y + height / 2}
        kind = "touchStart" if place == 0.98 else "touchMove"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [finger]})
    assert int(slider.input_value()) == pytest.approx(100, abs=2)
    page.close()


CUT = """() => [...document.querySelectorAll("article :not(svg *, [role=status])")]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.outerHTML)"""


@pytest.mark.parametrize("name", some(PAGES[:1], PAGES))
def test_axe_finds_nothing_serious_and_nothing_is_cut_on_a_phone(opened, name):
    page = opened(name)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert in_browser.grave_faults(page, "body") == []
    for width in (390, 1200):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT) == []

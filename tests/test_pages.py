"""The pages that `make pages` writes: what a reader hears, sees and prints who has no Jupyter."""

import functools
import getpass
import html
import io
import re
import socket
import unicodedata
from pathlib import Path

import pypdf
import pytest

import in_browser
import notebooks
import pages

COURSE = notebooks.find()
PAPER = {"width": 698, "height": 1027}
"""A4 without its margins, in pixels of CSS."""
each = pytest.mark.parametrize("notebook", COURSE, ids=repr, scope="module")
pytestmark = pytest.mark.thorough
exported = functools.cache(lambda notebook: pages.page(notebook.node))


@pytest.fixture(scope="module")
def opened(notebook, page, tmp_path_factory):
    """The page of a notebook, in the browser."""
    file = tmp_path_factory.mktemp("pages") / f"{notebook}.html"
    file.write_text(exported(notebook), encoding="utf-8")
    page.emulate_media(media="null")  # neither screen nor paper by order
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(file.as_uri())
    return page


# ---- Read from top to bottom ----


@each
def test_a_page_says_its_language_and_its_title_and_has_no_script_but_that_of_formulas(notebook):
    page = exported(notebook)
    assert '<html lang="en">' in page
    assert f"<title>{html.escape(notebook.title)}</title>" in page
    sources = re.findall(r"<script[^>]*src=\"([^\"]*)", page)
    assert len(sources) == 1 and "mathjax" in sources[0]


READ = """() => [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6, img)")].map(node =>
    node.tagName === "IMG" ? [0, node.alt] : [Number(node.tagName[1]), node.textContent.replace("¶", "")])"""


@each
def test_headings_and_pictures_come_in_the_order_of_the_cells(notebook, opened):
    expected = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            titles = re.findall(r"^(#+) (.+)$", notebooks.FENCE.sub("", cell.source), re.MULTILINE)
            expected += [[len(marks), re.sub(r"`([^`]*)`|\*", r"\1", text)] for marks, text in titles]
        else:
            data = [output.get("data", {}) for output in cell.outputs]
            expected += [[0, one["text/plain"]] for one in data if "image/png" in one]
    assert opened.evaluate(READ) == expected
    assert expected[0] == [1, notebook.title]
    assert sum(level == 0 for level, _ in expected) == len(notebook.pictures)


@each
def test_every_alt_text_says_numbers(notebook):
    without = [data["text/plain"] for data in notebook.pictures if not re.search(r"\d", data["text/plain"])]
    assert without == []


@each
def test_a_link_to_a_notebook_leads_to_its_page(notebook):
    targets = re.findall(r'href="([^"#:]+)', exported(notebook))
    names = {f"{one}.html" for one in COURSE} | {"../README.md"}
    assert set(targets) <= names and targets


@each
def test_axe_finds_nothing_serious_in_a_page(opened):
    assert in_browser.grave_faults(opened, "main") == []


# ---- On paper ----


@pytest.fixture(scope="module")
def paper(opened):
    """What a printer would get."""
    return pypdf.PdfReader(io.BytesIO(opened.pdf(format="A4")))


TEXT = """() => {
    const main = document.querySelector("main").cloneNode(true);
    main.querySelectorAll("script, style, .anchor-link").forEach((node) => node.remove());
    main.querySelectorAll("ol").forEach((list) => [...list.children].forEach((item, at) => item.prepend(`${at + 1}.`)));
    return main.textContent;
}"""
CUT = """() => [...document.querySelectorAll("main *")]
    .filter((node) => node.checkVisibility() && getComputedStyle(node).display !== "inline")
    .filter((node) => node.scrollWidth > node.clientWidth + 1 || node.getBoundingClientRect().right > innerWidth)
    .map((node) => node.outerHTML.slice(0, 200))"""


@each
def test_no_letter_is_lost_on_paper(opened, paper):
    assert letters("\n".join(page.extract_text() for page in paper.pages)) == letters(opened.evaluate(TEXT))


def letters(text):
    """A text without spaces and ends of lines, and without ligatures."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@each
def test_every_picture_is_on_paper_and_none_on_two_sheets(notebook, paper):
    assert sum(len(page.images) for page in paper.pages) == len(notebook.pictures)


@each
def test_nothing_is_cut_off_at_the_edge_of_the_paper(opened):
    opened.emulate_media(media="print")
    opened.set_viewport_size(PAPER)
    assert opened.evaluate(CUT) == []


# ---- What outputs must not hold ----

ACTIVE = re.compile(r"<\s*(?:script|iframe|object|embed|link|meta|form)|<[^>]*\son\w+\s*=|javascript:", re.IGNORECASE)
FOREIGN = re.compile(r"<[^>]*\s(?:src|href)\s*=", re.IGNORECASE)
HELD = re.compile(r'src="data:image/png;base64,[^"]*"')


@each
def test_no_output_holds_a_script_or_asks_another_place(notebook):
    for text in stored(notebook):
        assert not ACTIVE.search(text), text
        assert not FOREIGN.search(text), text


@each
def test_no_output_holds_the_home_or_the_name_of_a_machine_or_a_user(notebook):
    user = getpass.getuser()
    private = [str(Path.home()), str(notebooks.ROOT), socket.gethostname()]
    private += [user] * (user not in notebook.prose.split())  # who is called as a word of the course gives nothing away
    for text in stored(notebook):
        assert [name for name in private if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)] == [], text


def stored(notebook):
    """Every text in the outputs of a notebook, without the pictures that it holds itself."""
    return [HELD.sub("", text) for output in notebook.outputs for text in notebooks.texts(output)]

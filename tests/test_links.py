"""Links of documents and notebooks lead somewhere, and notebooks and sections are called what they are called."""

import re

import pytest

import notebooks

COURSE = notebooks.find()
DOCUMENTS = sorted(notebooks.ROOT.glob("*.md"))
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
OTHER_LINK = re.compile(r".*(?:\]\(|\]\[|^\s*\[[^\]]+\]:|\b(?:href|src)\s*=|<a\b|https?:).*", re.MULTILINE)


def prose(path):
    """The words of a document or a notebook, without code."""
    text = path.read_text(encoding="utf-8") if path in DOCUMENTS else notebooks.Notebook(path).markdown
    return re.sub(r"`[^`\n]+`", "`code`", notebooks.FENCE.sub("", text))


def anchors(path):
    """Headings as links name them on GitHub; of a notebook only those that JupyterLab and a book name the same."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    names = [re.sub(r"[^\w -]", "", heading).lower() for heading in headings]
    same = [name for name, heading in zip(names, headings, strict=True) if path in DOCUMENTS or name == heading]
    return [name.replace(" ", "-") for name in same]


@pytest.mark.parametrize("path", [*DOCUMENTS, *(notebook.path for notebook in COURSE)], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    assert OTHER_LINK.findall(LINK.sub("", prose(path))) == [], "links of the one kind that is looked up here"
    for picture, words, target in LINK.findall(prose(path)):
        assert len(words.split()) >= (10 if picture else 1), target
        address, _, anchor = target.partition("#")
        if not address.startswith("https://"):
            file = (path.parent / address).resolve() if address else path
            assert file.is_file(), target
            assert not anchor or anchors(file).count(anchor) == 1, target


@pytest.mark.parametrize("notebook", COURSE, ids=repr)
def test_sections_that_the_opening_names_exist(notebook):
    named = re.findall(r"(?<!\*)\*([A-Z][^*→]+)\*(?!\*)", notebook.cells[1].source)
    assert [name for name in named if not any(text.startswith(name) for _, text in notebook.headings)] == []


def test_every_notebook_that_is_named_by_its_number_exists():
    files = [path for folder in ("helpers", "tools") for path in (notebooks.ROOT / folder).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in [*DOCUMENTS, *files]] + [book.markdown for book in COURSE]
    named = {number for text in texts for number in re.findall(r"(?i)\bnotebooks? \[?(\d\d)\b", text)}
    assert named <= {str(notebook)[:2] for notebook in COURSE}

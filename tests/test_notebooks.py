"""The form of every notebook: the anatomy that CONTRIBUTING.md describes, its code, its prose, its stored outputs."""

import ast
import html
import math
import re
from collections import Counter
from itertools import pairwise

import nbformat
import nbval.plugin
import pytest

import notebooks
from helpers import judge, predictions

COURSE = notebooks.find()
VERBS = {"Ask", "Be", "Build", "Find", "Measure", "Meet", "Predict", "Read", "See", "Take", "Train", "Watch", "Write"}
LONGEST = {"00": 45, "09": 30}  # minutes; 60 for the other notebooks
TWO_PROCESSES = "08_train_a_network"  # the one notebook that starts programs: its last section is about them
FIVE_WORDS = ["predict", "loss", "backward", "step", "reset"]
each = pytest.mark.parametrize("notebook", COURSE, ids=repr)


def bullets(text):
    return re.findall(r"^- ", text, re.MULTILINE)


# ---- Anatomy ----


def test_folder_holds_the_notebooks_in_order_and_nothing_else():
    files = [path.name for path in (notebooks.ROOT / "notebooks").iterdir() if not path.name.startswith(".")]
    assert sorted(files) == [notebook.path.name for notebook in COURSE]
    assert sorted({name[:3] for name in files if re.match(r"\d\d_", name)}) == [name[:3] for name in sorted(files)]


@each
def test_opening_has_title_question_promise_and_links(notebook):
    title, question, promise, links = re.split(r"\n+", notebook.cells[0].source)
    assert title == f"# {notebook.title}"
    assert re.match(r"\w+", notebook.title).group() in VERBS or title.endswith("?"), (
        "a verb or a question; a new verb goes into VERBS"
    )
    assert question == f"*{notebook.question}*"
    assert re.fullmatch(r"[A-Z].+\.", promise)
    expected = {"../README.md": "Course overview"}
    for first, second in pairwise(COURSE):
        expected |= {second.path.name: f"Next: {second.title}"} if notebook is first else {}
        expected |= {first.path.name: f"Previous: {first.title}"} if notebook is second else {}
    found = {target: name for name, target in re.findall(r"\[(.+?)\]\((.+?)\)", links)}
    assert found.keys() == expected.keys()
    assert all(expected[target].startswith(name) for target, name in found.items()), "titles may end at their colon"


@each
def test_opening_says_what_it_teaches_needs_and_takes(notebook):
    text = notebook.cells[1].source
    assert text.startswith("**You will**")
    assert len(bullets(text)) == 3
    assert re.search(r"^\*\*You need\*\* .+", text, re.MULTILINE)
    assert "A good place to pause is before *" in text or notebook.minutes[0] <= 45


@each
def test_time_is_what_reading_running_and_exercises_take(notebook):
    assert notebook.minutes == [5 * math.ceil(notebooks.minutes(part) / 5) for part in notebook.timed]
    assert notebook.minutes[0] <= LONGEST.get(str(notebook)[:2], 60)


@each
def test_end_has_its_sections_in_order_and_links_to_the_next_notebook(notebook):
    end = "\n\n".join(cell.source for cell in notebook.cells).split("\n## You can now\n")[1]
    can, rest = end.split("\n### Recall\n")
    recall, last = rest.split("\n### Common mistakes\n")
    mistakes, *deeper = last.split("\n## Going deeper\n")
    assert len(notebook.parts) == len([mistakes, *deeper]), "its heading begins a cell"
    assert len(bullets(can)) == len(bullets(notebook.cells[1].source))
    questions = notebooks.FOLDED.findall(recall)
    assert len(questions) >= 3
    assert all(question.endswith("?") or "? " in question for question, _ in questions)
    assert 3 <= len(bullets(mistakes)) <= 5
    following = COURSE[COURSE.index(notebook) + 1 :]
    assert f"({following[0].path.name if following else '../README.md'})" in last.splitlines()[-1]


@each
def test_headings_are_one_tree(notebook):
    levels = [level for level, _ in notebook.headings]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(following <= level + 1 <= 4 for level, following in pairwise(levels))


@each
def test_each_question_is_asked_once_and_answered_by_the_cells_below(notebook):
    calls = [re.findall(r"^predictions\.(ask|tell)\(\"(\w+)\"", cell.source, re.M) for cell in notebook.cells]
    asked = {call[0][1]: place for place, call in enumerate(calls) if call and call[0][0] == "ask"}
    assert len(asked) >= 2
    mine = [key for key, question in predictions.QUESTIONS.items() if question.notebook == str(notebook)[:2]]
    assert list(asked) == mine, "the file has them in the order of the notebook"
    for key, place in asked.items():
        assert notebook.cells[place].source == f'predictions.ask("{key}")'
        assert notebook.cells[place + 1].cell_type == "code"
        (answering,) = [at for at, call in enumerate(calls) if ("tell", key) in call]
        assert place < answering < place + 4


@each
def test_a_question_is_shown_where_it_is_asked_and_nowhere_else(notebook):
    prose = " ".join(notebook.markdown.split())
    for key, question in predictions.QUESTIONS.items():
        assert question.question not in prose
        for cell in notebook.code_cells:
            if cell.source == f'predictions.ask("{key}")':
                ((page, plain),) = map(notebooks.texts, cell.outputs)
                assert plain == "\n".join([f"Your prediction: {question.question}", *question.options])
                assert html.unescape(re.sub("<[^>]+>", "", page)).split() == plain.replace("`", "").split()


@each
def test_each_check_of_the_notebook_belongs_to_an_exercise(notebook):
    checks = [place for place, cell in enumerate(notebook.cells) if re.search(r"^checks\.", cell.source, re.M)]
    assert [exercise.check for exercise in notebook.exercises] == checks
    named = [re.search(r"checks\.(\w+)\(", notebook.cells[place].source).group(1) for place in checks]
    assert sorted(named) == sorted(judge.EXERCISES[str(notebook)[:2]])
    core = [place for place in checks if place < len(notebook.parts[0])]
    assert len(core) >= (3 if notebook in COURSE[1:6] else 1)


@each
def test_it_closes_with_what_was_right(notebook):
    (place,) = [at for at, cell in enumerate(notebook.cells) if "predictions.closing" in cell.source]
    assert notebook.cells[place].source == f'predictions.closing("{str(notebook)[:2]}")'
    assert notebook.cells[place - 1].source.startswith("## You can now")


# ---- Code ----


@each
def test_cells_are_short_and_plain_python(notebook):
    for cell in notebook.code_cells:
        assert 1 <= len(cell.source.splitlines()) <= 12, cell.source
        ast.parse(cell.source)  # magics and shell commands are no Python
        assert not re.search(r"\bpip\b|os\.system|get_ipython", cell.source)
        assert "subprocess" not in cell.source or repr(notebook) == TWO_PROCESSES
        assert not re.search(r";\s*(#.*)?$", cell.source, re.MULTILINE), "nbval doesn't know the silencing semicolon"
        assert list(nbval.plugin.find_comment_markers(cell.source)) == [], "it would exempt the cell from nbval"


@each
def test_prose_is_plain_and_has_ten_words_for_a_line_of_code(notebook):
    assert re.findall(r"\b(?:simply|just|obviously)\b|!", notebook.prose, re.IGNORECASE) == []
    cells = [cell for part in notebook.timed for cell in part]
    words = len(re.findall(r"[^\W\d_]{2,}", notebooks.NOT_PROSE.sub(" ", notebooks.markdown(cells))))
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    lines = [line for line in code.splitlines() if line.strip()]
    assert words >= 10 * len(lines), f"{words} words for {len(lines)} lines"


def test_no_two_notebooks_define_the_same_name():
    defined = {
        (node.name, str(notebook))
        for notebook in COURSE
        for node in ast.parse(notebook.code).body  # each class may have its own methods
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert [name for name, times in Counter(name for name, _ in defined).items() if times > 1] == []


@each
def test_loops_name_the_five_words_in_order(notebook):
    """A comment names a word, or several: `# predict, loss`."""
    solutions = [exercise.solution for exercise in notebook.exercises]
    for source in [*(cell.source for cell in notebook.code_cells), *solutions]:
        for loop in ast.walk(ast.parse(source)):
            if isinstance(loop, ast.For | ast.While):
                lines = "\n".join(source.splitlines()[loop.lineno - 1 : loop.end_lineno])
                comments = [words.split(", ") for words in re.findall(r"# ([\w, ]+)", lines)]
                words = [word for words in comments if set(words) <= set(FIVE_WORDS) for word in words]
                places = [FIVE_WORDS.index(word) for word in words]
                assert places == sorted(set(places)), f"{words} in\n{source}"


# ---- Stored outputs ----


@each
def test_notebook_was_run_from_top_to_bottom_and_stored_by_make_notebooks(notebook):
    nbformat.validate(notebook.node)
    assert notebook.path.stat().st_size < 1_000_000
    assert [cell.execution_count for cell in notebook.code_cells] == list(range(1, len(notebook.code_cells) + 1))
    assert notebook.node.metadata == COURSE[0].node.metadata, "which JupyterLab leaves alone: test_browser.py"
    assert [cell.metadata for cell in notebook.cells if cell.metadata] == [], "tags would exempt a cell from nbval"
    for output in notebook.outputs:
        assert output.output_type != "error" and output.get("name") != "stderr", output
        assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


@each
def test_every_picture_says_what_it_shows(notebook):
    assert notebook.pictures
    for data in notebook.pictures:
        alt, png = re.search(r'<img alt="([^"]*)".* src="data:image/png;base64,([^"]*)">', data["text/html"]).groups()
        assert html.unescape(alt) == data["text/plain"]
        assert png == data["image/png"].strip()
        assert len(alt.split()) >= 10 and re.search(r"\d", alt)


@each
def test_outputs_name_no_machine_time_or_other_place(notebook):
    path, address = r"(?:^|[\s'\"(])(?:~|/\w[\w.-]*)/\w|[A-Z]:\\|site-packages|\.py\b", r"0x[0-9a-f]{6,}"
    time = r"\d:\d\d\b|20\d\d-\d\d-\d\d|\d\s?(?:ms|µs|ns|s|seconds|minutes)\b"
    active = r"<\s*(?:script|iframe|object|embed|link|meta|form)|<[^>]*\s(?:on\w+|href|src)\s*=|javascript:"
    for output in notebook.outputs:
        for text in notebooks.texts(output):
            text = re.sub(r' src="data:image/png;base64,[^"]*"', "", text)
            assert not re.search(f"{path}|{address}|{time}|{active}", text, re.MULTILINE), text
            assert not re.search(r"\d\.\d{9}", text), "a number without a stated format"

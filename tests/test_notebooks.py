"""The form of every notebook: the anatomy that CONTRIBUTING.md describes, its code, its prose, its stored outputs."""

import ast
import html
import io
import re
import tokenize
from collections import defaultdict
from itertools import pairwise

import nbformat
import nbval.plugin
import pytest

import notebooks
from helpers import judge, predictions

COURSE = notebooks.find()
VERBS = {"Ask", "Be", "Build", "Find", "Measure", "Meet", "Predict", "Read", "See", "Take", "Train", "Watch", "Write"}
FIVE_WORDS = ["predict", "loss", "backward", "step", "reset"]
each = pytest.mark.parametrize("notebook", COURSE, ids=repr)


def markdown_cell_with(notebook, start):
    """The one Markdown cell that begins so."""
    (found,) = [cell for cell in notebook.cells if cell.cell_type == "markdown" and cell.source.startswith(start)]
    return found.source


def bullets(text):
    return re.findall(r"^- ", text, re.MULTILINE)


# ---- Anatomy ----


def test_there_are_notebooks_and_nothing_else_beside_them():
    files = [path for path in (notebooks.ROOT / "notebooks").iterdir() if not path.name.startswith(".")]
    assert sorted(files) == [notebook.path for notebook in COURSE]
    assert [notebook.path.name[:2] for notebook in COURSE] == [f"{number:02}" for number in range(len(COURSE))]
    assert COURSE


@each
def test_it_opens_with_title_question_promise_and_links(notebook):
    title, question, promise, links = re.split(r"\n+", notebook.cells[0].source)
    assert title == f"# {notebook.title}"
    first_word = re.match(r"\w+", notebook.title).group()
    assert first_word in VERBS or notebook.title.endswith("?"), "a verb or a question; a new verb goes into VERBS"
    assert question == f"*{notebook.question}*"
    assert re.fullmatch(r"[A-Z].+\.", promise)

    place = COURSE.index(notebook)
    neighbours = [("Previous", COURSE[place - 1])] if place else []
    neighbours += [("Next", other) for other in COURSE[place + 1 : place + 2]]
    expected = {f"{word}: {name}": file for word, other in neighbours for name, file in names(other)}
    found = dict(re.findall(r"\[(.+?)\]\((.+?)\)", links))
    assert found.pop("Course overview") == "../README.md"
    assert found.items() <= expected.items()
    assert list(found.values()) == [other.path.name for _, other in neighbours]


def names(notebook):
    """What a link to a notebook may call it: its title, or as much of it as stands before the colon."""
    return {(notebook.title, notebook.path.name), (notebook.title.split(":")[0], notebook.path.name)}


@each
def test_it_says_what_it_teaches_needs_and_takes(notebook):
    text = markdown_cell_with(notebook, "**You will**")
    assert len(bullets(text)) == 3
    assert re.search(r"^\*\*You need\*\* .+", text, re.MULTILINE)
    assert 20 <= notebook.minutes <= 40
    pauses = re.findall(r"A good place for a pause is before \*(.+?)\*\.?$", text, re.M)
    assert pauses or notebook.minutes <= 35
    assert all(any(heading.startswith(pause) for _, heading in notebook.headings) for pause in pauses)


@each
def test_it_ends_with_what_was_learnt_recall_mistakes_and_what_comes_next(notebook):
    end = "\n\n".join(cell.source for cell in notebook.cells).split("\n## You can now\n")[1]
    can, rest = end.split("\n### Recall\n")
    recall, mistakes = rest.split("\n### Common mistakes\n")
    assert len(bullets(can)) == len(bullets(markdown_cell_with(notebook, "**You will**")))
    questions = notebooks.FOLDED.findall(recall)
    assert len(questions) >= 3
    assert all(question.endswith("?") or "? " in question for question, _ in questions)
    assert 3 <= len(bullets(mistakes)) <= 5
    following = COURSE[COURSE.index(notebook) + 1 :]
    assert f"({following[0].path.name if following else '../README.md'})" in mistakes.splitlines()[-1]


@each
def test_its_headings_are_one_tree(notebook):
    levels = [level for level, _ in notebook.headings]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(following <= level + 1 for level, following in pairwise(levels))
    assert max(levels) <= 3


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
    for question in predictions.QUESTIONS.values():
        assert question.question not in prose
        for cell in notebook.code_cells:
            if cell.source == f'predictions.ask("{question.key}")':
                ((page, plain),) = map(notebooks.texts, cell.outputs)
                assert plain == "\n".join([f"Your prediction: {question.question}", *question.options])
                assert html.unescape(re.sub("<[^>]+>", "", page)).split() == plain.replace("`", "").split()


@each
def test_what_happened_is_one_of_the_options(notebook):
    for key in re.findall(r"^predictions\.tell\(\"(\w+)\"", notebook.code, re.M):
        (cell,) = [cell for cell in notebook.cells if f'predictions.tell("{key}"' in cell.source]
        happened = notebooks.texts(cell.outputs[-1])[1].splitlines()[0].removeprefix("What happened: ")
        options = predictions.QUESTIONS[key].options
        assert not options or any(happened == judge.closed(text) for text in options), "none of the options"


@each
def test_the_exercises_rise_and_are_counted(notebook):
    least = 5 if notebook in COURSE[1:6] else 1
    assert len(notebook.exercises) >= least
    checked = [notebook.cells[one.check].source for one in notebook.exercises]
    assert sorted(judge.EXERCISES[str(notebook)[:2]]) == sorted(
        re.search(r"checks\.(\w+)\(", source).group(1) for source in checked
    )


@each
def test_it_closes_with_what_was_right(notebook):
    (place,) = [at for at, cell in enumerate(notebook.cells) if "predictions.closing" in cell.source]
    assert notebook.cells[place].source == f'predictions.closing("{str(notebook)[:2]}")'
    assert notebook.cells[place - 1].source.startswith("## You can now")


@each
def test_every_check_belongs_to_an_exercise(notebook):
    checks = [place for place, cell in enumerate(notebook.cells) if re.search(r"^checks\.", cell.source, re.M)]
    assert [exercise.check for exercise in notebook.exercises] == checks
    assert checks


@each
def test_its_links_lead_somewhere(notebook):
    for target in re.findall(r"\]\(([^)\s]+)\)|href=\"([^\"]+)\"", notebook.markdown):
        address, _, anchor = "".join(target).partition("#")
        if not address.startswith("https://"):
            path = (notebook.path.parent / address).resolve() if address else notebook.path
            assert path.is_file(), target
            assert not anchor or anchor in anchors(path), target


def anchors(path):
    """The headings of a notebook as JupyterLab's links name them."""
    return {text.replace(" ", "-") for _, text in notebooks.Notebook(path).headings}


# ---- Code ----


@each
def test_its_cells_are_short(notebook):
    for cell in notebook.code_cells:
        assert 1 <= len(cell.source.splitlines()) <= 12, cell.source


@each
def test_it_has_ten_words_of_prose_for_a_line_of_code(notebook):
    words = len(re.findall(r"[^\W\d_]{2,}", notebook.prose))
    lines = [line for line in notebook.code.splitlines() if line.strip()]
    assert words >= 10 * len(lines), f"{words} words for {len(lines)} lines"


@each
def test_its_code_is_plain_python(notebook):
    for cell in notebook.code_cells:
        ast.parse(cell.source)  # magics and shell commands are no Python
        assert not re.search(r"\bpip\b|subprocess|os\.system|get_ipython", cell.source)
        assert not re.search(r";\s*(#.*)?$", cell.source, re.MULTILINE), (
            "nbval does not know the semicolon that silences"
        )


def test_nothing_is_defined_in_two_notebooks():
    homes = defaultdict(set)
    for notebook in COURSE:
        for node in ast.walk(ast.parse(notebook.code)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                homes[node.name].add(str(notebook))
    assert homes
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


@each
def test_its_loops_name_the_five_words_in_order(notebook):
    solutions = [exercise.solution for exercise in notebook.exercises]
    for source in [*(cell.source for cell in notebook.code_cells), *solutions]:
        for loop in ast.walk(ast.parse(source)):
            if isinstance(loop, ast.For | ast.While):
                words = [word for line, word in labels(source) if loop.lineno <= line <= loop.end_lineno]
                places = [FIVE_WORDS.index(word) for word in words]
                assert places == sorted(set(places)), f"{words} in\n{source}"


def labels(source):
    """Pairs of line number and word, for each of the five words that a comment names: `# predict, loss`."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            words = token.string.lstrip("# ").split(":")[0].split(", ")
            if set(words) <= set(FIVE_WORDS):
                yield from ((token.start[0], word) for word in words)


@each
def test_its_prose_is_plain(notebook):
    assert re.findall(r"\b(?:simply|just|obviously)\b|!", notebook.prose, re.IGNORECASE) == []


# ---- Stored outputs ----


@each
def test_it_was_run_from_top_to_bottom_and_kept_clean(notebook):
    nbformat.validate(notebook.node)
    assert notebook.path.stat().st_size < 1_000_000
    assert [cell.execution_count for cell in notebook.code_cells] == list(range(1, len(notebook.code_cells) + 1))
    assert notebook.node.metadata == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {
            "name": "python",
            "version": "3",
            "mimetype": "text/x-python",
            "codemirror_mode": {"name": "ipython", "version": 3},
            "pygments_lexer": "ipython3",
            "nbconvert_exporter": "python",
            "file_extension": ".py",
        },
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}},
    }, "else opening it in JupyterLab would change it"
    assert [cell.metadata for cell in notebook.cells if cell.metadata] == [], "tags would exempt a cell from nbval"
    for output in notebook.outputs:
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text
        assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


@each
def test_every_picture_says_what_it_shows(notebook):
    assert notebook.pictures
    for data in notebook.pictures:
        alts = [html.unescape(alt) for alt in re.findall(r'<img alt="([^"]*)"', data["text/html"])]
        assert alts == [data["text/plain"]]
        assert len(alts[0].split()) >= 10
        assert "image/png" in data


@each
def test_no_output_depends_on_machine_or_time(notebook):
    path, address = r"(?:^|[\s'\"(])(?:~|/\w[\w.-]*)/\w|[A-Z]:\\|site-packages|\.py\b", r"0x[0-9a-f]{6,}"
    time = r"\d:\d\d\b|20\d\d-\d\d-\d\d|\d\s?(?:ms|µs|ns|s|seconds|minutes)\b"
    for output in notebook.outputs:
        said = notebooks.printed([output]) + output.get("data", {}).get("text/plain", "")
        assert not re.search(f"{path}|{address}|{time}", said, re.MULTILINE), said


@each
def test_no_comment_exempts_a_cell_from_nbval(notebook):
    for cell in notebook.code_cells:
        assert list(nbval.plugin.find_comment_markers(cell.source)) == []


@each
def test_both_forms_of_a_picture_are_the_same_picture(notebook):
    for data in notebook.pictures:
        assert f"base64,{data['image/png'].strip()}" in data["text/html"]

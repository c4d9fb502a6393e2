"""One source for each fact: what the files of the repository say about each other must agree."""

import re
import runpy
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import notebooks

ROOT = notebooks.ROOT
COURSE = notebooks.find()
DOCUMENTS = ["README.md", "CONTRIBUTING.md"]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


# ---- Dependencies: ranges in pyproject.toml, repeated in environment.yml, exact versions in requirements.lock ----

PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
CONDA = yaml.safe_load(read("environment.yml"))["dependencies"]


def ranges(requirements):
    found = map(Requirement, requirements)
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in found}


def test_the_conda_environment_has_the_ranges_of_the_project():
    assert CONDA[-1] == {"pip": ["-e ."]}, "Binder and JupyterHub install helpers this way"
    conda = ranges(line for line in CONDA if isinstance(line, str))
    conda["torch"] = conda.pop("pytorch")
    assert conda.pop("pip") == SpecifierSet()
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert conda == ranges(PROJECT["dependencies"])


def test_the_lock_holds_every_dependency_within_its_range():
    lines = [line for line in read("requirements.lock").splitlines() if not line.startswith("#")]
    locked = ranges(lines)
    direct = ranges(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"])
    for name, allowed in direct.items():
        (exact,) = locked[name]
        assert exact.operator == "=="
        assert exact.version in allowed, name
    assert len(locked) == len(lines), "a package twice"


def test_every_range_has_both_ends():
    for name, allowed in ranges(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]).items():
        assert {end.operator for end in allowed} == {">=", "<"}, name


def test_the_lowest_versions_are_the_lower_ends_of_the_ranges(capsys):
    runpy.run_path(str(ROOT / "tools" / "lowest.py"))
    lowest = ranges(capsys.readouterr().out.split())
    allowed = ranges(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"])
    assert {name: {end.version for end in exact} for name, exact in lowest.items()} == {
        name: {end.version for end in ends if end.operator == ">="} for name, ends in allowed.items()
    }


@pytest.mark.parametrize("name", ranges(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]))
def test_contributing_gives_a_reason_for_each_dependency(name):
    table = re.findall(r"^\| ([\w, -]+) \| .+ \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    assert name in ", ".join(table).split(", ")


# ---- The sanitizer of nbval ----

RULES = notebooks.RULES


def test_nbval_reads_every_rule():
    names = re.findall(r"^\[(\w+)\]$", read("tests/sanitize.cfg"), re.MULTILINE)
    assert len(names) == len(set(names)) == len(list(RULES)) > 0


@pytest.mark.parametrize("rule", [pattern for pattern, _ in RULES])
def test_every_rule_is_needed_by_a_stored_output(rule):
    said = [text for notebook in COURSE for output in notebook.outputs for text in notebooks.texts(output)]
    assert any(re.search(rule, text) for text in said)


def test_the_rules_touch_nothing_but_pictures_and_versions():
    said = [
        (str(book), place, text)
        for book in COURSE
        for place, output in enumerate(book.outputs)
        for text in (notebooks.printed([output]), output.get("data", {}).get("text/plain", ""))
    ]
    touched = [(book, place) for book, place, text in said if any(re.search(rule, text) for rule, _ in RULES)]
    assert touched == [("00_start_here", 0)]


# ---- README, Makefile, CI ----


def test_the_table_of_notebooks_says_what_the_notebooks_say():
    rows = re.findall(r"^\| \[(.+?)\]\(notebooks/(.+?)\) \| (.+?) \| (\d+) \|$", read("README.md"), re.MULTILINE)
    assert rows == [(book.title, book.path.name, book.question, str(book.minutes)) for book in COURSE]


def targets():
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


def asked_of_make(text):
    return set(re.findall(r"\bmake ([a-z-]+)", text))


def test_the_readme_names_the_two_commands():
    blocks = "".join(re.findall(r"^```\n(.+?)^```", read("README.md"), re.DOTALL | re.MULTILINE))
    assert {"lab", "test"} <= asked_of_make(blocks) <= targets()


def test_ci_calls_the_command_of_the_readme():
    commands = [line for line in read(".ci/run").splitlines() if not line.startswith("#")]
    assert commands[-1] == "REQUIRE_BROWSER=1 make test"
    assert not re.search(r"\b(?:pip|python|pytest|ruff|jupyter)\b", "\n".join(commands))


def recipe(target):
    """The commands of a target as one would type them in an active environment."""
    lines = re.search(rf"^{target}:.*\n((?:\t.+\n)+)", read("Makefile"), re.MULTILINE).group(1).splitlines()
    return [line.strip().replace("$(BIN)/", "") for line in lines]


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").iterdir()), ids=lambda path: path.name)
def test_a_workflow_calls_make_or_where_there_is_none_what_make_would_call(path):
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    commands = [line for job in jobs.values() for step in job["steps"] for line in step.get("run", "").splitlines()]
    install = [r"(python -m )?pip install( --constraint requirements\.lock)? --editable \"\.\[test\]\""]
    plain = [re.escape(command) for target in ("lint", "test") for command in recipe(target)]
    made = [f"make {target}" for target in targets()]
    assert commands
    assert [line for line in commands if not any(re.fullmatch(known, line) for known in install + plain + made)] == []


def test_without_make_jupyterlab_is_started_as_make_starts_it():
    assert recipe("lab")[-1].removeprefix("@") in read("README.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_and_picture_of_a_document_exists_and_has_words(document):
    for bang, words, target in re.findall(r"(!?)\[(.*?)\]\(([^)]+)\)", read(document)):
        assert len(words.split()) >= (10 if bang else 1), target
        assert target.startswith("https://") or (ROOT / target.split("#")[0]).is_file(), target
    assert "<img" not in read(document), "pictures as Markdown, so that this test sees them"
    assert asked_of_make("".join(re.findall(r"`([^`]+)`", read(document)))) <= targets()


def test_no_file_holds_a_path_of_one_machine_or_a_package_index():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    here = re.compile(
        r"[\"'\s=(]/(?:work|root|tmp|farm|opt|home|Users)/\w|[A-Z]:\\[U]sers|[i]ndex-url[ =]\S*\w\.\w|/[s]imple/"
    )
    for name in filter(None, listed):
        try:
            text = read(name)
        except (UnicodeDecodeError, FileNotFoundError):  # a picture, or deleted and not yet committed
            continue
        assert not here.search(text), (name, here.search(text))
    assert "Makefile" in listed


@pytest.mark.thorough
def test_a_clone_stays_small():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tree = sum((ROOT / name).stat().st_size for name in listed.split("\0") if (ROOT / name).is_file())
    # What git sends when somebody clones; what lies in .git here may be packed badly, or in part not at all.
    sent = ["git", "pack-objects", "--revs", "--no-reuse-delta", "-q", "--stdout"]
    history = len(subprocess.run(sent, cwd=ROOT, input=b"HEAD\n", capture_output=True, check=True).stdout)
    assert 0 < tree < tree + history < 15_000_000

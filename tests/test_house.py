"""One source for each fact: what the files of the repository say about each other must agree."""

import itertools
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


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


# ---- Dependencies: ranges in pyproject.toml, repeated in environment.yml, exact versions in requirements.lock ----


def ranges(requirements):
    return {canonicalize_name(one.name): one.specifier for one in map(Requirement, requirements)}


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
DIRECT = ranges(sum(PROJECT["optional-dependencies"].values(), PROJECT["dependencies"]))


def test_conda_environment_has_the_ranges_of_the_project():
    *lines, pip = yaml.safe_load(read("environment.yml"))["dependencies"]
    assert pip == {"pip": ["-e ."]}, "Binder and JupyterHub install helpers this way"
    conda = ranges(lines)
    conda["torch"] = conda.pop("pytorch")
    assert conda.pop("pip") == SpecifierSet()
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert conda == ranges(PROJECT["dependencies"])


@pytest.mark.parametrize("name", DIRECT)
def test_dependency_has_a_range_a_version_in_the_lock_and_a_reason(name):
    assert {end.operator for end in DIRECT[name]} == {">=", "<"}
    (locked,) = re.findall(rf"(?mi)^{name.replace('-', '[-_]')}==(.+)$", read("requirements.lock"))
    assert locked in DIRECT[name]
    reasons = re.findall(r"^\| ([\w, -]+) \| .+ \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    assert name in ", ".join(reasons).split(", ")


def test_lowest_versions_are_the_lower_ends_of_the_ranges(capsys):
    runpy.run_path(str(ROOT / "tools" / "lowest.py"))
    lowest = {name: str(exact) for name, exact in ranges(capsys.readouterr().out.split()).items()}
    assert lowest == {name: f"=={end.version}" for name, ends in DIRECT.items() for end in ends if end.operator == ">="}


def test_nbval_reads_every_rule_and_the_rules_touch_only_pictures_and_versions():
    names = re.findall(r"^\[(\w+)\]$", read("tests/sanitize.cfg"), re.MULTILINE)
    assert names == ["picture", "versions"] and len(notebooks.RULES) == 2
    shown = [(str(book), at, notebooks.said(output)) for book in COURSE for at, output in enumerate(book.outputs)]
    touched = [(book, place) for book, place, text in shown if notebooks.sanitized(text) != text]
    assert touched == [("00_start_here", 0)], "and the text of a picture is its alt sentence"


# ---- README, Makefile, CI ----


def test_table_of_notebooks_says_what_the_notebooks_say():
    rows = re.findall(r"^\| \[(.+?)\]\(notebooks/(.+?)\) \| (.+?) \| ([\d +]+) \|$", read("README.md"), re.MULTILINE)
    said = [(book.title, book.path.name, book.question, " + ".join(map(str, book.minutes))) for book in COURSE]
    assert rows == said


def targets():
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


def recipe(target):
    """The commands of a target as one would type them in an active environment."""
    lines = re.search(rf"^{target}:.*\n((?:\t.+\n)+)", read("Makefile"), re.MULTILINE).group(1).splitlines()
    return [line.strip().removeprefix("@").replace("$(BIN)/", "") for line in lines]


def test_documents_name_commands_that_exist():
    readme = read("README.md")
    assert re.findall(r"^```\n(make .+)\n```$", readme, re.MULTILINE) == ["make lab", "make test"]
    assert recipe("lab")[-1] in readme, "where there is no make, JupyterLab is started as make starts it"
    assert set(re.findall(r"`make ([a-z-]+)", readme + read("CONTRIBUTING.md"))) <= targets()


def test_ci_calls_the_command_of_the_readme():
    commands = [line for line in read(".ci/run").splitlines() if not line.startswith("#")]
    assert commands[-1] == "REQUIRE_BROWSER=1 make test"
    assert not re.search(r"\b(?:pip|python|pytest|ruff|jupyter)\b", "\n".join(commands))


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").iterdir()), ids=lambda path: path.name)
def test_workflow_calls_make_or_what_make_would_call(path):
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    commands = {line for job in jobs.values() for step in job["steps"] for line in step.get("run", "").splitlines()}
    install = re.compile(
        r'(?:python -m )?pip install(?: --constraint requirements\.lock)? --editable "\.\[test,book\]"'
    )
    others = set(itertools.filterfalse(install.fullmatch, commands))
    assert others <= {*recipe("lint"), *recipe("test"), *(f"make {target}" for target in targets())}


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()]


def test_no_file_holds_a_path_of_one_machine_or_a_package_index():
    here = r"[\"'\s=(]/(?:work|root|tmp|farm|opt|home|Users)/\w|[A-Z]:\\[U]sers|[i]ndex-url[ =]\S*\w\.\w|/[s]imple/"
    texts = {path: path.read_text(encoding="utf-8") for path in tracked() if path.suffix != ".png"}
    assert ROOT / "Makefile" in texts
    assert {path: found[0] for path, text in texts.items() if (found := re.search(here, text))} == {}


def test_git_sees_nothing_of_the_learners_copy():
    names = ["my_notebooks/00_start_here.ipynb", "my_notebooks/.course.json", "moves.json", "notebooks/moves.json"]
    ignored = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True).stdout
    assert ignored.split() == names


@pytest.mark.thorough
def test_clone_stays_small():
    # What git sends when somebody clones; what lies in .git here may be packed badly, or in part not at all.
    sent = ["git", "pack-objects", "--revs", "--no-reuse-delta", "-q", "--stdout"]
    history = len(subprocess.run(sent, cwd=ROOT, input=b"HEAD\n", capture_output=True, check=True).stdout)
    assert sum(path.stat().st_size for path in tracked()) + history < 15_000_000

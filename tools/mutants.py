"""Mutation testing of `helpers`: `make mutants` plants one small fault at a time and asks whether a test sees it.

mutmut 3 skips whatever is decorated, which is most of this package, and cosmic-ray imports PyTorch anew for each fault.
Here one process imports all but `helpers` and the tests, and forks for each mutant, so it needs a POSIX system. The
child imports the mutated module (nothing is written into the tree) and runs the tests that reach the changed lines,
until one fails or takes far too long. Which those are is measured beforehand.

A survivor needs its reason in tests/survivors.toml. The table and all survivors are written to mutants.md as well.
"""

import argparse
import ast
import contextlib
import functools
import importlib.util
import itertools
import json
import os
import signal
import sys
import tempfile
import time
import tomllib
import warnings
from collections import Counter
from pathlib import Path

import coverage
import pytest
import torch

from mutations import ROOT, modules, mutants, source

REPORT, REASONS = ROOT / "mutants.md", ROOT / "tests" / "survivors.toml"
ENOUGH = 0.95
ALSO = {"figures": ["show", "sliders"], "judge": ["checks"], "show": ["figures"]}
"""A module has to be held by its own tests and the property tests; here are others that are made for it, too."""

OPTIONS = ["-x", "-q", "--assert=plain", "--tb=line", "-p", "no:cacheprovider", "-o", "addopts=", "-m", "not thorough"]


class Measure:
    """A pytest plugin: how long each test takes, and which lines of `helpers` it reaches.

    What a cache, a fixture for many tests or a file's import does counts as reached by every test of the file.
    """

    def __init__(self):
        self.coverage = coverage.Coverage(data_file=None, include=[str(ROOT / "helpers" / "*")])
        self.seconds, self.context = Counter(), ""
        functools.cache = self.cache

    def switch(self, context):
        self.context = context
        self.coverage.switch_context(context)

    @contextlib.contextmanager
    def for_the_file(self):
        before = self.context
        self.switch(file_of(before))
        yield
        self.switch(before)

    def cache(self, function):
        return functools.lru_cache(None)(functools.wraps(function)(self.for_the_file()(function)))

    def pytest_collectstart(self, collector):
        if isinstance(collector, pytest.Module):
            importlib.import_module("helpers")  # reached by all
            self.switch(collector.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        with contextlib.nullcontext() if fixturedef.scope == "function" else self.for_the_file():
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.switch(item.nodeid)

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] += report.duration


def measure(files):
    """Seconds by test, and tests by file and line. A child runs them all; what they import is then imported here."""
    file = Path(tempfile.mkdtemp()) / "measured.json"
    if os.fork() == 0:
        plugin = Measure()
        plugin.coverage.start()
        status = run_tests(files, plugin)
        plugin.coverage.stop()
        data = plugin.coverage.get_data()
        reached = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
        own = tuple(str(ROOT / folder) for folder in ("helpers", "tests", "tools"))
        others = [name for name, one in sys.modules.items() if not str(getattr(one, "__file__", "")).startswith(own)]
        file.write_text(json.dumps([plugin.seconds, reached, others]))
        os._exit(status)
    if os.wait()[1]:
        sys.exit("mutants: the tests must pass before there is a fault; run `make test`")
    seconds, reached, others = json.loads(file.read_text())
    with warnings.catch_warnings(action="ignore"):
        for name in others:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    return seconds, reached


def run_tests(files, plugin):
    """pytest in this process, without what other plugins and the usual options bring."""
    return pytest.main([*OPTIONS, *files], plugins=[plugin])


def files_of(module):
    """The test files that a module's mutants face, in this order."""
    name = module.split(".")[1]
    paths = [f"tests/test_{one}.py" for one in (name, *ALSO.get(name, ()), "properties")]
    return [path for path in paths if (ROOT / path).exists()]


def file_of(test):
    return test.partition("::")[0]


class Selection:
    """A pytest plugin that runs some tests in a given order, each with a limit in seconds that ends the process."""

    def __init__(self, limits):
        self.limits, self.order = limits, {test: place for place, test in enumerate(limits)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        items[:] = sorted((one for one in items if one.nodeid in self.order), key=lambda one: self.order[one.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item):
        signal.setitimer(signal.ITIMER_REAL, self.limits[item.nodeid])


def limits(tests, seconds):
    """For each test how long it may take, the quick ones first."""
    total = Counter()
    for test in tests:
        total[file_of(test)] += seconds[test]
    return {test: 10 + 5 * total[file_of(test)] for test in sorted(tests, key=seconds.get)}


def tests_of(mutant, seconds, reached):
    """Of the tests that a mutant faces those that reach its lines; where the import of `helpers` does, all of them."""
    by_line = reached.get(str(source(mutant.module)), {})
    contexts = set(itertools.chain(*(by_line.get(str(line), ()) for line in mutant.lines)))
    faced = [test for test in seconds if file_of(test) in files_of(mutant.module)]
    return [test for test in faced if contexts & {"", test, file_of(test)}]


class Planted(importlib.machinery.SourceFileLoader):
    """Finds and loads one module, from a tree in place of its file."""

    def __init__(self, module, tree):
        super().__init__(module, str(source(module)))
        self.tree = tree

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, name):
        return compile(ast.fix_missing_locations(self.tree), self.path, "exec")


def start(mutant, files, allowed):
    """The id of a child in which the tests run, file by file; it ends with 0 if the mutant survives."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        if mutant:
            sys.meta_path.insert(0, Planted(mutant.module, mutant.planted()))
        for file in files:
            if file in set(map(file_of, allowed)):
                signal.setitimer(signal.ITIMER_REAL, 60)  # for the import
                if run_tests([file], Selection(allowed)) not in (
                    pytest.ExitCode.OK,
                    pytest.ExitCode.NO_TESTS_COLLECTED,
                ):
                    os._exit(1)
        os._exit(0)
    return child


def survivors(chosen, processes):
    """The mutants that no test sees, as they are found. First all tests run in their new order without a fault."""
    files = sorted({file for mutant in chosen for file in files_of(mutant.module)})
    seconds, reached = measure(files)
    waiting, running = iter([None, *chosen]), {}
    while True:
        for mutant in itertools.islice(waiting, processes - len(running)):
            tests = tests_of(mutant, seconds, reached) if mutant else seconds
            faced = files_of(mutant.module) if mutant else files
            running[start(mutant, faced, limits(tests, seconds))] = mutant
        if not running:
            return
        child, status = os.wait()
        mutant = running.pop(child)
        if mutant is None and status:
            sys.exit("mutants: the tests fail in another order; find out why first")
        if mutant and not status:
            yield mutant


def report(chosen, survived, reasons):
    """A table by module, and the survivors as tests/survivors.toml holds them, each with its reason if it has one."""
    text = ["| module | mutants | killed | survived | score |", "|---|---|---|---|---|"]
    for module in [*dict.fromkeys(mutant.module for mutant in chosen), "helpers"]:
        made, left = (sum(f"{one.module}.".startswith(f"{module}.") for one in some) for some in (chosen, survived))
        text.append(f"| {module} | {made} | {made - left} | {left} | {1 - left / made:.1%} |")
    text += ["", "```toml"]
    for where in dict.fromkeys(mutant.where for mutant in survived):
        text.append(f"[{quoted(where)}]")
        for one in (mutant for mutant in survived if mutant.where == where):
            reason = reasons.get(where, {}).get(one.change, "")
            text.append(f"{quoted(one.change)} = {quoted(reason)}  # line {one.lines[0]}")
    return "\n".join([*text, "```", ""])


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def main():
    parser = argparse.ArgumentParser(description="Plant faults in helpers and see whether the tests notice.")
    parser.add_argument("modules", nargs="*", help="such as data or checks.step; all if there is none")
    parser.add_argument("--survivors", action="store_true", help="only those that survived the last run")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()

    os.chdir(ROOT)
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", EXAMPLES="25", MPLBACKEND="agg")
    torch.set_num_threads(1)
    named = [f"helpers.{name}" for name in options.modules] or modules()
    chosen = [mutant for module in named for mutant in mutants(module, source(module).read_text("utf-8"))]
    if options.survivors:
        last = tomllib.loads(REPORT.read_text("utf-8").split("```toml")[1].strip("`\n"))
        chosen = [mutant for mutant in chosen if mutant.change in last.get(mutant.where, {})]

    begun, survived = time.perf_counter(), []
    for mutant in survivors(chosen, options.processes):
        print("survived:", mutant, flush=True)
        survived.append(mutant)
    survived.sort(key=chosen.index)
    reasons = tomllib.loads(REASONS.read_text("utf-8"))
    written = report(chosen, survived, reasons)
    REPORT.write_text(written, "utf-8")
    print(written, f"{len(chosen)} mutants in {(time.perf_counter() - begun) / 60:.0f} minutes", sep="\n")

    for mutant in chosen:
        if mutant not in survived and mutant.change in reasons.get(mutant.where, {}):
            print("no longer survives, take it out of tests/survivors.toml:", mutant)
    unexplained = sum(not reasons.get(mutant.where, {}).get(mutant.change) for mutant in survived)
    print(f"{unexplained} of {len(survived)} survivors have no reason in tests/survivors.toml")
    too_many = not options.modules and not options.survivors and len(survived) > (1 - ENOUGH) * len(chosen)
    sys.exit(too_many or unexplained > 0)


if __name__ == "__main__":
    main()

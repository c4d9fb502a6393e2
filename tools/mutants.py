"""Mutation testing of `helpers`: `make mutants` plants one small fault at a time and asks whether a test sees it.

mutmut 3 skips whatever is decorated, which is most of this package, and cosmic-ray imports PyTorch anew for each fault.
Here processes fork for each mutant, so that this needs a POSIX system; nothing is written into the tree. The child runs
the tests that reach the changed lines, which are measured beforehand, until one fails or takes far too long.

First from a process in which the tests wait, collected: the child gives the functions of the module their mutated code.
What survives there, or is no code of a function, gets a second trial from a process that has imported neither `helpers`
nor the tests: the child imports the mutated module as it would any other.

A survivor needs its reason in tests/survivors.toml. The table and all survivors are written to mutants.md as well.
"""

import argparse
import ast
import contextlib
import functools
import gc
import importlib.util
import itertools
import json
import os
import signal
import sys
import tempfile
import time
import tomllib
import types
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import coverage
import pytest
import torch
from _pytest.runner import runtestprotocol

from mutations import ROOT, modules, mutants, source

REPORT, REASONS = ROOT / "mutants.md", ROOT / "tests" / "survivors.toml"
ENOUGH = 0.95
ALSO = {"drawing": ["pictures", "labs"], "live_figure": ["labs"], "judge": ["checks"]}
"""A module has to be held by its own tests and the property tests; here are others that are made for it, too."""

SURVIVED, KILLED, NO_FUNCTION = range(3)
"""How the trial of a mutant ends: no test failed, one did, or the mutant has no place in a function."""

OPTIONS = ["-x", "-q", "--assert=plain", "--tb=line", "-p", "no:cacheprovider", "-o", "addopts=", "-m", "not thorough"]


class Measure:
    """A pytest plugin: how long each test takes, and which lines of `helpers` it reaches.

    What a fixture for many tests or a file's import does counts as reached by every test of the file; what a cache
    keeps, by every test that asks for it.
    """

    def __init__(self):
        self.coverage = coverage.Coverage(data_file=None, include=[str(ROOT / "helpers" / "*")])
        self.seconds, self.context, self.kept = Counter(), "", defaultdict(set)
        functools.cache = self.cache

    def switch(self, context):
        self.context = context
        self.coverage.switch_context(context)

    @contextlib.contextmanager
    def within(self, context):
        before = self.context
        self.switch(context)
        yield
        self.switch(before)

    def cache(self, function):
        @functools.lru_cache(None)
        def once(*args):
            with self.within(f"{function.__name__}{args}"):
                return function(*args)

        @functools.wraps(function)
        def cached(*args):
            self.kept[f"{function.__name__}{args}"].add(self.context)
            return once(*args)

        return cached

    def pytest_collectstart(self, collector):
        if isinstance(collector, pytest.Module):
            importlib.import_module("helpers")  # reached by all
            self.switch(collector.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        with contextlib.nullcontext() if fixturedef.scope == "function" else self.within(file_of(self.context)):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.switch(item.nodeid)

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] += report.duration

    def reached(self):
        """The tests, or files, by file of `helpers` and line."""
        data = self.coverage.get_data()
        found = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
        return {
            path: {line: list(set().union(*map(self.askers, contexts))) for line, contexts in by_line.items()}
            for path, by_line in found.items()
        }

    def askers(self, context):
        """The context itself, or if it is that of a cache all that have asked for what it keeps."""
        return set().union(*map(self.askers, self.kept[context])) if context in self.kept else {context}


def measure(files):
    """Seconds by test, and tests by file and line. A child runs them all; what they import is then imported here."""
    file = Path(tempfile.mkdtemp()) / "measured.json"
    if os.fork() == 0:
        plugin = Measure()
        plugin.coverage.start()
        status = run_tests(files, plugin)
        plugin.coverage.stop()
        own = tuple(str(ROOT / folder) for folder in ("helpers", "tests", "tools"))
        others = [name for name, one in sys.modules.items() if not str(getattr(one, "__file__", "")).startswith(own)]
        file.write_text(json.dumps([plugin.seconds, plugin.reached(), others]))
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


def imported(mutant, files, allowed):
    """The second trial of a mutant: its module is imported, and the tests run file by file."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    sys.meta_path.insert(0, Planted(mutant.module, mutant.planted()))
    for file in files:
        if file in set(map(file_of, allowed)):
            signal.setitimer(signal.ITIMER_REAL, 60)  # for the import
            status = run_tests([file], Selection(allowed))
            if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                return KILLED
    return SURVIVED


class Nursery:
    """A pytest plugin: in place of running the collected tests, fork for each mutant and run those that it faces."""

    def __init__(self, trials, processes, file):
        self.trials, self.processes, self.file = trials, processes, file

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        items, known = {item.nodeid: item for item in session.items}, functions()
        gc.freeze()  # or each child would copy all that it looks at
        tried = in_turns(self.trials, lambda *trial: forked(self.try_out, items, known, *trial), self.processes)
        left = [place for place, status in tried if status in (SURVIVED, NO_FUNCTION)]
        self.file.write_text(json.dumps(left))
        return True

    @staticmethod
    def try_out(items, known, mutant, files, allowed):
        if mutant and not transplanted(mutant, known):
            return NO_FUNCTION
        tests = sorted(allowed, key=lambda test: files.index(file_of(test)))
        for test, following in itertools.pairwise([*tests, None]):
            signal.setitimer(signal.ITIMER_REAL, allowed[test])
            reports = runtestprotocol(items[test], log=False, nextitem=items.get(following))
            if any(report.failed for report in reports):
                return KILLED
        return SURVIVED


def functions():
    """Every function that there is, by the file of its code."""
    found = defaultdict(list)
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType:
            found[thing.__code__.co_filename].append(thing)
    return found


def transplanted(mutant, functions):
    """Give the functions of the mutant's module their new code; whether there is one whose code has changed."""
    path, done = str(source(mutant.module)), False
    waiting, codes = [compile(ast.fix_missing_locations(mutant.planted()), path, "exec")], {}
    for code in waiting:
        waiting += [one for one in code.co_consts if isinstance(one, types.CodeType)]
        codes[code.co_qualname, code.co_firstlineno] = code
    for function in functions[path]:
        old = function.__code__
        new = codes.get((old.co_qualname, old.co_firstlineno), old)
        if new != old and new.co_freevars == old.co_freevars:
            function.__code__, done = new, True
    return done


def forked(function, *args):
    """The id of a child that ends with what the function returns."""
    child = os.fork()
    if child == 0:
        status = KILLED
        try:
            status = function(*args)
        finally:
            os._exit(status)
    return child


def in_turns(trials, begin, processes):
    """Pairs of the place of a trial and the exit code of its child; so many children at a time."""
    waiting, running = iter(enumerate(trials)), {}
    for done in itertools.count():
        if done and done % 100 == 0:
            print(f"{done} of {len(trials)} trials", file=sys.__stdout__, flush=True)  # pytest has taken sys.stdout
        for place, trial in itertools.islice(waiting, processes - len(running)):
            running[begin(*trial)] = place
        if not running:
            return
        child, status = os.wait()
        yield running.pop(child), os.waitstatus_to_exitcode(status)


def survivors(chosen, processes):
    """The mutants that no test sees. First all tests run in their new order without a fault."""
    files = sorted({file for mutant in chosen for file in files_of(mutant.module)})
    seconds, reached = measure(files)
    trials = [(None, files, limits(seconds, seconds))]
    for mutant in chosen:
        trials.append((mutant, files_of(mutant.module), limits(tests_of(mutant, seconds, reached), seconds)))
    file = Path(tempfile.mkdtemp()) / "left.json"
    forked(run_tests, [*files, "--capture=sys"], Nursery(trials, processes, file))
    os.wait()
    left = [trials[place] for place in sorted(json.loads(file.read_text()))]
    if not left or left[0][0]:
        sys.exit("mutants: the tests fail in another order; find out why first")
    print(f"{len(left) - 1} of {len(chosen)} mutants are tried again, by a new import", flush=True)
    for place, status in in_turns(left[1:], lambda *trial: forked(imported, *trial), processes):
        if status == SURVIVED:
            yield left[1:][place][0]


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
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth fault: an estimate")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()

    os.chdir(ROOT)
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", EXAMPLES="25", MPLBACKEND="agg")
    torch.set_num_threads(1)
    named = [f"helpers.{name}" for name in options.modules] or modules()
    chosen = [mutant for module in named for mutant in mutants(module, source(module).read_text("utf-8"))]
    chosen = chosen[:: options.every]
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

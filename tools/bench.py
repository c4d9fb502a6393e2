"""Measure the course: `make bench` prints one table and writes it to bench.md. Compare only ratios across machines.

In one run, in a real browser and the JupyterLab that `make lab` starts: our slider, the usual `interact` and an empty
round trip to the kernel, in rounds that take turns. Then the loops of the course, the notebooks, the import.
"""

import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

import in_browser
from helpers import descent, make_line, sliders

ROOT = Path(__file__).parent.parent
ROUNDS, PRESSES, MOVES = 3, 12, 60

CELLS = {
    "setup": """
import ipywidgets, matplotlib.pyplot as plt
from helpers import descent, figures, make_line, sliders
x, y = make_line(noise=0.05)
truth, wide = (0.3, 0.5), ipywidgets.Layout(width="800px")
run = descent.descend(x, y, sliders.RATES, w=-0.3, b=0.2, steps=200)""",
    "ours": "sliders.learning_rate(x, y, truth)",
    "interact": """
def draw(lane):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9, 3.1), dpi=160, width_ratios=[1, 1.1, 1])
    figures.draw_data(left, x, y, truth)
    figures.draw_line(left, run.w[-1, lane], run.b[-1, lane])
    figures.draw_map(middle, x, y, truth)
    figures.mark_start(middle, (-0.3, 0.2))
    middle.plot(run.w[:, lane], run.b[:, lane], ".-")
    figures.draw_losses(right, 200, (1e-5, 20), figures.smallest_loss(x, y))
    right.plot(run.loss[:, lane])
    for ax, title in zip(figure.axes, ("The line after the last step", "The path across the map", "The loss")):
        ax.set_title(title)
    plt.show()
ipywidgets.interact(draw, lane=ipywidgets.IntSlider(0, 0, 79, layout=wide));""",
    "round trip": """
slider, label = ipywidgets.IntSlider(0, 0, 79, layout=wide), ipywidgets.Label("0")
slider.observe(lambda change: setattr(label, "value", str(change.new)), "value")
ipywidgets.VBox([slider, label])""",
    "retraining": "sliders.learning_rate_and_noise()",
}
"""The notebook of the measurement. interact draws the same picture, of runs made beforehand: it has only to draw."""

# ---- In the browser ----


@contextlib.contextmanager
def notebook_in_browser():
    """The page with every cell run, and the output of each way."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, in_browser.chromium() as browser:
        shutil.copytree(ROOT / "lab", Path(folder, "lab"))
        # What is out of view JupyterLab does not draw: only outputs are shown, so that all are in view.
        sources = [source.strip() for source in CELLS.values()]
        in_browser.write_notebook(Path(folder, "bench.ipynb"), sources, jupyter={"source_hidden": True})
        with in_browser.jupyterlab(folder) as server:
            page = browser.new_page(viewport={"width": 1300, "height": 1500})
            page.goto(f"{server.url}/lab/tree/bench.ipynb?token={in_browser.TOKEN}")
            in_browser.run_all(page)
            in_browser.all_ran(page)
            page.locator(".live-figure[aria-busy=false]").nth(1).wait_for()
            page.add_script_tag(path=Path(__file__).with_suffix(".js"))
            areas = page.locator(".jp-Cell-outputArea")
            yield page, {way: areas.nth(number) for number, way in enumerate(CELLS)}


def presses(page, output, way):
    """Milliseconds from each key press to the changed picture."""
    take_hold(output).press("Home")
    at_rest(output, way)
    found = []
    for _ in range(PRESSES):
        output.evaluate("(root, way) => arm(root, way)", way)
        page.keyboard.press("ArrowRight")
        found.append(page.evaluate("latency"))
        page.wait_for_timeout(100 + 30 * np.random.rand())
    return found


def drag(page, output, way):
    """A move at every frame for a second, and what was seen; right if the last picture is the one found at leisure."""
    handle = take_hold(output)
    handle.press("Home")
    first = at_rest(output, way)
    moves = 20 if way == "retraining" else MOVES  # a slider that retrains has no more
    output.evaluate("(root, way) => void film(root, way)", way)
    lasted = handle.evaluate("(handle, moves) => sweep(handle, moves)", moves) / 1000
    at_rest(output, way)
    seen = page.evaluate("(first) => cut(first)", first)
    handle.press("ArrowLeft")
    elsewhere = at_rest(output, way)
    handle.press("ArrowRight")
    right = at_rest(output, way) == seen["last"] != elsewhere
    return {**seen, "moves": moves, "lasted": lasted, "right": right}


def take_hold(output):
    handle = output.locator("input[type=range], [role=slider]").last
    handle.evaluate("node => node.setAttribute('data-lm-suppress-shortcuts', 'true')")  # arrow keys are JupyterLab's
    handle.scroll_into_view_if_needed()
    handle.focus()
    return handle


def at_rest(output, way):
    return output.evaluate("(root, way) => rest(root, way)", way)


def in_turns():
    """For each way the milliseconds of its key presses and what was seen in its drags."""
    times = {way: [] for way in ("ours", "interact", "round trip")}
    drags = {way: [] for way in (*times, "retraining")}
    with notebook_in_browser() as (page, outputs):
        for number in range(ROUNDS):
            print(f"Round {number + 1} of {ROUNDS} in the browser ...", flush=True)
            for way in times:
                times[way] += presses(page, outputs[way], way)
            for way in drags:
                drags[way].append(drag(page, outputs[way], way))
    return times, drags


def sliders_side_by_side():
    times, drags = in_turns()
    usual = statistics.median(times["interact"])
    for way, found in times.items():
        median, slow = np.percentile(found, [50, 95])
        row = [
            f"{way}: key press to picture",
            f"{median:.1f} ms, 95th percentile {slow:.1f} ms",
            f"{usual / median:.1f}",
        ]
        yield [*row, verdict("25 times, 25 ms", usual / median >= 25 and median <= 25) if way == "ours" else ""]
    for way, found in drags.items():
        shown, lasted, late = (statistics.median(one[name] for one in found) for name in ("shown", "lasted", "late"))
        blank, right = (sum(one[name] for one in found) for name in ("blank", "right"))
        moves, mine = found[0]["moves"], way in ("ours", "retraining")
        row = [f"{way}: shown in a drag", f"{shown:g} of {moves} positions in {lasted:.2f} s", f"{shown / moves:.2f}"]
        yield [*row, verdict("54", shown >= 54) if way == "ours" else ""]
        row = [f"{way}: blank frames; right at the end", f"{blank}; {right} of {ROUNDS} drags", ""]
        yield [*row, verdict("none; all", blank == 0 and right == ROUNDS) if mine else ""]
        row = [f"{way}: last move to last picture", f"{late:.0f} ms", ""]
        yield [*row, verdict("1 s", late <= 1000) if way == "retraining" else ""]


# ---- In the kernel ----


def seconds(*functions, rounds=3):
    """The median time of each, in rounds that take turns."""
    times = [[] for _ in functions]
    for _ in range(rounds):
        for function, found in zip(functions, times, strict=True):
            begin = time.perf_counter()
            function()
            found.append(time.perf_counter() - begin)
    return map(statistics.median, times)


X, Y = map(torch.as_tensor, make_line(noise=0.01))


def parameters():
    return [torch.zeros(1, dtype=X.dtype, requires_grad=True) for _ in range(2)]


def in_place(steps):
    """The loop of notebook 04."""
    w, b = parameters()
    for _ in range(steps):
        ((w * X + b - Y) ** 2).mean().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
        w.grad = b.grad = None


def growing(steps):
    """The loop of notebook 04 whose graph grows."""
    w, b = parameters()
    for _ in range(steps):
        w.retain_grad()
        b.retain_grad()
        ((w * X + b - Y) ** 2).mean().backward()
        w = w - 0.1 * w.grad
        b = b - 0.1 * b.grad


def with_modules(steps):
    """The loop that is written every day."""
    model, loss_function = nn.Linear(1, 1, dtype=X.dtype), nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        loss_function(model(X[:, None]), Y[:, None]).backward()
        optimizer.step()
        optimizer.zero_grad()


def loops():
    start = {"w": -0.3, "b": 0.2, "steps": sliders.STEPS}
    at_once, single = seconds(
        lambda: descent.descend(X, Y, sliders.RATES, **start),
        lambda: [descent.descend(X, Y, [rate], **start) for rate in sliders.RATES],
    )
    yield ["80 rates at once", f"{at_once:.3f} s, one by one {single:.3f} s", f"{single / at_once:.1f}", ""]
    for steps in (125, 250, 500, 1000):
        ours, other = seconds(lambda n=steps: in_place(n), lambda n=steps: growing(n))
        yield [f"in place, {steps} steps", f"{ours:.3f} s, growing graph {other:.3f} s", f"{other / ours:.1f}", ""]
    ours, other = seconds(lambda: in_place(1000), lambda: with_modules(1000), rounds=5)
    yield ["by hand, 1000 steps", f"{ours:.3f} s, nn and optim {other:.3f} s", f"{other / ours:.1f}", ""]


def notebooks():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        command = [sys.executable, "-m", "pytest", "-q", "--numprocesses=0", str(path)]
        (took,) = seconds(
            lambda c=command: subprocess.run(c, cwd=ROOT, stdout=subprocess.DEVNULL, check=True), rounds=1
        )
        yield [f"nbval: {path.stem}", f"{took:.1f} s", "", ""]


def imports():
    code = (
        "import time; a = time.perf_counter(); import torch, matplotlib.figure; b = time.perf_counter(); "
        "import helpers; print(b - a, time.perf_counter() - b)"
    )
    runs = [subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split() for _ in range(5)]
    theirs, ours = np.median(np.array(runs, float), axis=0)
    yield ["import helpers", f"{ours:.2f} s beyond torch and matplotlib, {theirs:.2f} s", f"{ours / theirs:.2f}", ""]


# ---- The table ----


def verdict(target, met):
    return f"{target}: {'met' if met else 'MISSED'}"


def main():
    rows = [["what", "measured", "ratio", "target"], ["---"] * 4]
    for part in (sliders_side_by_side, loops, notebooks, imports):
        rows += part()
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    print(table)
    (ROOT / "bench.md").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()

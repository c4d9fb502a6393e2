"""Measure the course: `make bench` prints one table and writes it to bench.md. Compare only ratios across machines.

In one run, in a real browser and the JupyterLab that `make lab` starts: every slider of every notebook, the usual
`interact` and an empty round trip to the kernel. Then the loops of the course, the notebooks, the import.
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

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # where the labs are found

import course_labs
import in_browser
from helpers import descent, labs, make_line

PRESSES, MOVES = 12, 60
IN_VIEW = {"jupyter": {"source_hidden": True}}
"""What is out of view JupyterLab does not draw: only outputs are shown."""

OTHERS = {
    "setup": """
import ipywidgets, matplotlib.pyplot as plt
from helpers import descent, drawing, labs, make_line
x, y = make_line(noise=0.05)
truth, wide = (0.3, 0.5), ipywidgets.Layout(width="800px")
run = descent.descend(x, y, labs.lines.RATES, w=-0.3, b=0.2, steps=200)""",
    "interact": """
def draw(lane):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9, 3.1), dpi=160, width_ratios=[1, 1.1, 1])
    drawing.draw_data(left, x, y, truth)
    w, b = run.w[-1, lane], run.b[-1, lane]
    left.plot([0, 1], [b, w + b])
    drawing.draw_map(middle, x, y, truth)
    drawing.mark_start(middle, (-0.3, 0.2))
    middle.plot(run.w[:, lane], run.b[:, lane], ".-")
    drawing.draw_losses(right, 200, (1e-5, 20), drawing.loss_of(x, y, *descent.best_line(x, y)))
    right.plot(run.loss[:, lane])
    for ax, title in zip(figure.axes, ("The line after the last step", "The path across the map", "The loss")):
        ax.set_title(title)
    plt.show()
ipywidgets.interact(draw, lane=ipywidgets.IntSlider(0, 0, 79, layout=wide));""",
    "round trip": """
slider, label = ipywidgets.IntSlider(0, 0, 79, layout=wide), ipywidgets.Label("0")
slider.observe(lambda change: setattr(label, "value", str(change.new)), "value")
ipywidgets.VBox([slider, label])""",
}
"""What our sliders are measured beside. interact draws the same picture, of runs made beforehand."""

# ---- In the browser ----


@contextlib.contextmanager
def opened(sources):
    """A page with a notebook of these cells, all run."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, in_browser.chromium() as browser:
        shutil.copytree(ROOT / "lab", Path(folder, "lab"))
        in_browser.write_notebook(Path(folder, "bench.ipynb"), [source.strip() for source in sources], **IN_VIEW)
        with in_browser.jupyterlab(folder) as server:
            page = browser.new_page(viewport={"width": 1300, "height": 1500})
            page.goto(f"{server.url}/lab/tree/bench.ipynb?token={in_browser.TOKEN}")
            in_browser.run_all(page)
            in_browser.all_ran(page)
            page.add_script_tag(path=Path(__file__).with_suffix(".js"))
            yield page


def live_after(page, cell):
    """Milliseconds from running a cell to its live figure."""
    page.wait_for_timeout(1_000)
    cell.locator(".jp-InputPrompt").click()
    cell.evaluate("root => arrive(root)")
    page.keyboard.press("Control+Enter")
    return page.evaluate("arrived")


def presses(page, output, handle, way):
    """Milliseconds from each key press to the changed picture."""
    take_hold(handle).press("Home")
    at_rest(output, way)
    found = []
    for number in range(PRESSES):
        output.evaluate("(root, way) => arm(root, way)", way)
        page.keyboard.press("ArrowRight" if number % 4 < 2 else "ArrowLeft")
        found.append(page.evaluate("latency"))
        page.wait_for_timeout(100 + 30 * np.random.rand())
    return found


def drag(page, output, handle, way):
    """A move at every frame for a second, and what was seen; right if the last picture is the one found at leisure."""
    take_hold(handle).press("Home")
    at_rest(output, way)
    output.evaluate("(root, way) => void film(root, way)", way)
    handle.evaluate("(handle, moves) => sweep(handle, moves)", MOVES)
    at_rest(output, way)
    seen = page.evaluate("cut()")
    there, back = (
        ("ArrowRight", "ArrowLeft")
        if handle.evaluate("node => node.value === node.min")
        else (
            "ArrowLeft",
            "ArrowRight",
        )
    )
    handle.press(there)
    elsewhere = at_rest(output, way)
    handle.press(back)
    return {**seen, "right": at_rest(output, way) == seen["last"] != elsewhere}


def take_hold(handle):
    handle.evaluate("node => node.setAttribute('data-lm-suppress-shortcuts', 'true')")  # arrow keys are JupyterLab's
    handle.scroll_into_view_if_needed()
    handle.focus()
    return handle


def at_rest(output, way):
    return output.evaluate("(root, way) => rest(root, way)", way)


def measured(page, output, handle, way, name, frame=None):
    """The row of a slider, and whether it is as it should be."""
    times, seen = presses(page, output, handle, way), drag(page, output, handle, way)
    median, slow = np.percentile(times, [50, 95])
    shown = f"{seen['shown']} of {MOVES}, {seen['blank']} blank, last {'right' if seen['right'] else 'WRONG'}"
    row = [name, f"{median:.1f} ms, 95th percentile {slow:.1f} ms", f"{shown}, {seen['late']:.0f} ms late"]
    if frame is None:
        return [*row, ""]
    met = median <= 1.5 * frame and seen["shown"] >= 54 and not seen["blank"] and seen["right"]
    return [*row, verdict("1.5 frames, 54, none, right", met)]


def every_slider():
    """Each lab of each notebook, which is found by walking them: when it is live, what is sent, and each slider."""
    yield ["slider", "key press to picture: median", "shown in a drag of a second", "target"]
    for name in dict.fromkeys(found.notebook for found in course_labs.find()):
        print(f"Notebook {name} ...", flush=True)
        sources = course_labs.cells(name)
        with opened(sources) as page:
            frame = page.evaluate("frames()")
            cells = page.locator(".jp-CodeCell")
            for found in (one for one in course_labs.find() if one.notebook == name):
                numbers = [number for number, source in enumerate(sources) if course_labs.LAB.search(source)]
                cell = cells.nth(numbers[found.number])
                live = statistics.median(live_after(page, cell) for _ in range(3))
                scene = found.lab().scene
                sent = f"{len(scene['tables']) / 1e6:.3f} MB of tables, {len(scene['stage']) / 1e6:.3f} MB of stage"
                small = len(scene["tables"]) + len(scene["stage"]) < 600_000
                met = verdict("2.0 s, 0.6 MB", live <= 2000 and small)
                yield [f"**{found}**", f"live after {live:.0f} ms", sent, met]
                for slider in cell.get_by_role("slider").all():
                    label = slider.get_attribute("aria-label")
                    yield measured(page, cell, slider, "ours", f"{label} (a frame: {frame:.1f} ms)", frame)
    with opened(OTHERS.values()) as page:
        for way, cell in zip(OTHERS, page.locator(".jp-CodeCell").all(), strict=True):
            if way != "setup":
                handle = cell.locator("input[type=range], [role=slider]").last
                yield measured(page, cell, handle, way, way)


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
    start = {"w": -0.3, "b": 0.2, "steps": labs.lines.STEPS}
    at_once, single = seconds(
        lambda: descent.descend(X, Y, labs.lines.RATES, **start),
        lambda: [descent.descend(X, Y, [rate], **start) for rate in labs.lines.RATES],
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
    rows = [["what", "measured", "ratio or drag", "target"], ["---"] * 4]
    for part in (every_slider, loops, notebooks, imports):
        rows += part()
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    print(table)
    (ROOT / "bench.md").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()

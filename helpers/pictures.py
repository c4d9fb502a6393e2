"""Every picture of the course: functions from data to a `Picture`, whose alt sentence has the numbers that it draws."""

from collections import Counter
from functools import partial

import numpy as np

from helpers import arguments, descent, drawing, graph
from helpers.arguments import each, instance
from helpers.drawing import BOLD, GRADIENT, GRADIENT_TEXT, INK, LINE, LOSS, LOSS_TEXT, PATH, TRUTH, drawn, note


def _line(w, b, digits="g"):
    """A line in words."""
    return f"w = {w:{digits}}, b = {b:{digits}}"


@drawn()
def guesses(x, y, lines):
    """The same points with one guessed line (w, b) in each panel; sticks show each point's error."""
    picture, axes = drawing.panels(2.9, *(_line(w, b) for w, b in lines), sharey=True)
    parts = []
    for ax, (w, b) in zip(axes, lines, strict=True):
        ax.vlines(x, y, w * x + b, color=LINE, alpha=0.3, linewidth=1)
        drawing.draw_data(ax, x, y)
        ax.plot([0, 1], [b, w + b], color=LINE)
        loss = f"loss {drawing.loss_of(x, y, w, b):.4f}"
        ax.set_xlabel(loss, color=LOSS_TEXT, **BOLD)
        ax.label_outer()
        parts.append(f"{_line(w, b)}: {loss}")
    return picture.saying(f"In each panel {len(x)} points, a line, and a stick from each point to the line.", parts)


@drawn()
def data_and_line(x, y, truth):
    """The points and the true line (w, b) they were drawn around."""
    picture, (ax,) = drawing.panels(3.2, f"{len(x)} points close to a line that you know and the model doesn't")
    drawing.draw_data(ax, x, y, truth)
    off = np.abs(truth[0] * x + truth[1] - y).max()
    return picture.saying(f"{len(x)} points around the dotted line {_line(*truth)}, at most {off:.4f} away.")


@drawn()
def bowl(x, y, truth):
    """The loss of every line (w, b) twice: as a surface, and as the map that the rest of the course uses."""
    best = drawing.lowest_place(x, y)
    picture = drawing.Picture(3.7)
    surface = picture.add_subplot(1, 2, 1, projection="3d", title="The losses of all lines form a bowl ...")
    w, b = (np.linspace(*ends, 41) for ends in drawing.map_limits(best))
    loss = descent.loss_grid(x, y, w, b)
    surface.plot_surface(*np.meshgrid(w, b), loss, color=LOSS, alpha=0.8)
    surface.set(xlabel="slope w", ylabel="intercept b", zlabel="loss", yticks=[0, 0.5, 1], zticks=[0, 0.5, 1])
    surface.set_box_aspect(None, zoom=0.88)
    ax = picture.add_subplot(1, 2, 2, title="... seen from above: light is low")
    contours = drawing.draw_map(ax, x, y, truth, lowest=True)
    surface.contour(*np.meshgrid(w, b), loss, contours.levels, colors=INK, linewidths=0.8)
    return picture.saying(f"The loss: a long bowl, and a map of its ellipses, lowest at {_line(*best, '.2f')}.")


@drawn(places=arguments.pairs)
def way_on_map(title, x, y, places):
    """The map of the loss, and the places (w, b) that were tried on it, or reached step by step, in order."""
    best = drawing.lowest_place(x, y)
    picture, (ax,) = drawing.panels(4, title)
    drawing.draw_map(ax, x, y, lowest=True)
    ax.plot(*places.T, ".-", color=PATH, linewidth=1.5, markersize=4)
    drawing.mark_start(ax, places[0])
    way = f"from {_line(*places[0], '.4g')} to {_line(*places[-1], '.4g')}, moves: {len(places) - 1}"
    return picture.saying(f"{title}: the map of the loss, lowest at {_line(*best, '.2f')}, and a path {way}.")


@drawn(places=partial(each, check=arguments.pair, least=1))
def lines_and_places(x, y, **places):
    """Some lines among the points, and the place (w, b) that each has on the map, whose contours say their heights."""
    titles = "Each line among the points ...", "... is one place on the map, and has one height"
    picture, (left, right) = drawing.panels(3.7, *titles, width_ratios=[1, 1.5])
    drawing.draw_data(left, x, y)
    contours = drawing.draw_map(right, x, y)
    right.clabel(contours, contours.levels[2:], fmt="%.2g", fontsize=9, colors=INK)
    parts = []
    for name, (w, b) in places.items():
        left.plot([0, 1], [b, w + b], color=LINE)
        note(left, name, (1, w + b), (5, 0), va="center", color=LINE, **BOLD)
        right.plot(w, b, "o", color=LINE, markersize=6)
        note(right, name, (w, b), (-12, 4), color=LINE, **BOLD)
        parts.append(f"{name}: {_line(w, b)}, loss {drawing.loss_of(x, y, w, b):.4f}")
    left.text(0.03, 0.98, "\n".join(parts), va="top", color=LINE, transform=left.transAxes)
    return picture.saying("Left, points and lines. Right, each line as a place on the map of the loss.", parts)


@drawn(names=arguments.text)
def arrows_on_map(title, x, y, truth, places, arrows, names=""):
    """The map of the loss with an arrow, drawn at a quarter of its length, from each place, on a piece of its contour.

    Arrows can start at the same place; `names` is a letter for each, which labels its tip.
    """
    arguments.same_size(places=places[:, 0], arrows=arrows[:, 0], names=list(names) or places[:, 0])
    picture, (ax,) = drawing.panels(4.6, title)
    drawing.draw_map(ax, x, y, truth, lowest=True)
    around = np.linspace(-0.12, 0.12, 25)
    for w, b in np.unique(places, axis=0):
        loss = descent.loss_grid(x, y, w + around, b + around)
        ax.contour(w + around, b + around, loss, [loss[12, 12]], colors=INK, linewidths=1.2)
        ax.plot(w, b, "o", color=PATH, markersize=5)
    parts = []
    for (w, b), (dw, db), name in zip(places, arrows, names or [""] * len(places), strict=True):
        tip, side = (w + dw / 4, b + db / 4), "left" if dw >= 0 else "right"
        drawing.draw_arrow(ax, (w, b), tip, GRADIENT, linewidth=1.8)
        note(ax, name, tip, (np.copysign(5, dw), 4 if db >= 0 else -10), ha=side, color=GRADIENT_TEXT, **BOLD)
        parts.append(f"{name} ({dw:.2f}, {db:.2f}) from {_line(w, b)}".lstrip())
    return picture.saying(f"The map of the loss with arrows, titled '{title}':", parts)


@drawn(
    ylabel=arguments.text,
    xlabel=arguments.text,
    dotted=arguments.array,
    notes=partial(each, check=partial(arguments.curve, row=2, called="a pair of numbers (step, height)")),
    curves=partial(each, check=arguments.curve, least=1, most=3),
)
def curves(title, ylabel="loss", dotted=(), notes=None, xlabel="step", x=None, **curves):
    """Up to three curves over the steps, and dotted lines at some heights; the axis of a loss or error is logarithmic.

    `notes` are places (step, height) by their texts, which stand under a dot there. What counts as a step is called
    `xlabel`, up to its comma. With x, the curves run over those numbers, and the axis is linear.
    """
    if x is not None:
        arguments.same_size(x=x, **curves)
    (picture, (ax,)), step_name = drawing.panels(3, title), xlabel.partition(",")[0]
    if notes := notes or {}:
        ax.margins(y=0.18)  # room for them
    heights = [*dotted, *(height for _, height in notes.values())]
    is_positive = max(curve.max() for curve in curves.values()) > 0 and min(heights, default=1) > 0
    is_logarithmic = x is None and ylabel.startswith(("loss", "error")) and is_positive
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if is_logarithmic else "linear")
    steps, labels, parts = np.arange(max(map(len, curves.values()))) if x is None else x, [], []
    over = f"{steps[-1]} {step_name}s" if x is None else f"{step_name} from {x[0]:g} to {x[-1]:g}"
    for name, curve in curves.items():
        labels.append(f"{name.replace('_', ' ')}: {curve[-1]:.3g}")
        limits = f"from {curve.min():.3g} to {curve.max():.3g}"
        parts.append(f"{labels[-1]} at the end, {curve[0]:.3g} at {step_name} {steps[0]:g}, {limits}")
    for height in dotted:
        ax.axhline(height, linestyle=":", color=TRUTH, linewidth=1.5)
        parts.append(f"dotted line at {height:g}")
    for text, (step, height) in notes.items():
        ax.plot(step, height, "o", color=INK, markersize=5, zorder=7)
        note(ax, text, (step, height), (0, -15), ha="left" if step < steps[-1] / 10 else "right")
        parts.append(f"{text}: {height:.3g} at {step_name} {step:g}")
    _draw_curves(ax, steps, curves.values(), labels, LOSS if ylabel == "loss" else PATH)
    return picture.saying(f"{title}: {ylabel} over {over}.", parts)


def _draw_curves(ax, steps, curves, labels, first):
    """Curves that differ in colour and dash, each with its label to the right of its end; no label covers another."""
    looks = (first, "-"), (LINE, (0, (5, 2))), (INK, (0, (1, 2)))
    for curve, (color, dash) in zip(curves, looks, strict=False):
        ax.plot(steps[: len(curve)], curve, color=color, linestyle=dash)
    ax.margins(x=0.01)
    ax.minorticks_off()
    ax.autoscale_view()
    heights = (ax.transScale + ax.transLimits).transform([(0, curve[-1]) for curve in curves])[:, 1]
    at = -1
    for height, label, (color, _) in sorted(zip(heights.clip(0, 1), labels, looks, strict=False)):
        at = max(at + 0.09, height)
        color = LOSS_TEXT if color == LOSS else color
        ax.text(1.01, at, label, va="center", color=color, transform=ax.transAxes, **BOLD)


WORDS = {
    "predict": "y_hat = w * x + b",
    "loss": "loss = ((y_hat - y)\n    ** 2).mean()",
    "backward": "loss.backward()",
    "step": "w -= learning_rate\n    * w.grad",
    "reset": "w.grad = None",
}


@drawn(opened=partial(arguments.choice, choices=WORDS))
def five_words(*opened):
    """The circle of the training loop; the words that a notebook opens up are marked."""
    picture, (ax,) = drawing.panels(1.6, "Round and round: the five words of a training loop")
    for place, (word, code) in enumerate(WORDS.items()):
        left = place * 1.8
        drawing.draw_box(ax, left, 0, 1.3, 0.42, word, word in opened, corner=0.06, fontsize=11)
        ax.text(left + 0.65, -0.14, code, ha="center", va="top", fontsize=9, family="monospace")
        if place:
            drawing.draw_arrow(ax, (left - 0.46, 0.21), (left - 0.04, 0.21), INK)
    drawing.draw_arrow(ax, (left + 0.65, 0.42), (0.65, 0.42), INK, connectionstyle="bar,fraction=0.035")
    ax.set_ylim(-0.55, 0.8)
    words = ", ".join(f"{word} ({' '.join(code.split())})" for word, code in WORDS.items())
    return picture.saying(f"A circle of five boxes: {words}.", [f"highlighted: {word}" for word in opened])


@drawn(**dict.fromkeys(["x", "weight", "bias"], arguments.finite))
def layer_shapes(x, weight, bias):
    """A linear layer as tables of numbers: x (n, inputs), weight (outputs, inputs), bias (outputs,)."""
    if x.ndim != 2 or bias.ndim != 1 or weight.shape != (*bias.shape, x.shape[1]):
        shapes = f"{x.shape}, {weight.shape}, {bias.shape}"
        raise ValueError(f"x, weight, bias must have shapes (n, inputs), (outputs, inputs), (outputs,), not {shapes}")
    title = "One output number: a row of x times a column of weight.T, plus one bias"
    picture, (ax,) = drawing.panels(3.7, title)
    y_hat = x @ weight.T + bias
    factors = ("x", x, (1, x.shape[1]), "@"), ("weight.T", weight.T, (x.shape[1], 1), "+")
    sums, left = (("bias, for every row", bias, (1, 1), "="), ("y_hat", y_hat, (1, 1), "")), 0
    for name, table, (rows, columns), sign in factors + sums:  # so many rows and columns of it are marked
        cells = np.atleast_2d(table)
        for (row, column), number in np.ndenumerate(cells):
            marked = row < rows and column < columns
            drawing.draw_box(ax, left + column, -row - 1, 1, 1, f"{number:.2f}", marked)
        ax.text(left + cells.shape[1] / 2, 0.2, f"{name}\n{table.shape}", ha="center", color=LINE, **BOLD)
        left += cells.shape[1] + 1.1
        ax.text(left - 0.55, -0.5, sign, ha="center", va="center", fontsize=13)
    ax.set_ylim(top=-0.25 * ax.get_ylim()[0])  # room for the names
    shapes = f"x {x.shape} @ weight.T {weight.T.shape} + bias {bias.shape} = y_hat {y_hat.shape}"
    return picture.saying(f"{title}: {shapes}, whose first number is {y_hat[0, 0]:.2f}.")


def _traced(name, value):
    """The argument, the nodes of a graph."""
    called = "nodes, as trace() returns them"
    return [instance(name, node, graph.Node, called) for node in instance(name, value, tuple, called)]


@drawn(traced=_traced)
def autograd_graph(title, traced):
    """The graph that `graph.trace` read from `grad_fn`.

    The arrows run as forward does, to the loss at the right; in each column operations stand above leaves and data.
    Leaves are blue round boxes, data grey ones, operations white square ones; under an operation stand the tensors that
    it has saved for backward.
    """
    picture, (ax,) = drawing.panels(2.4, title)
    width, height, places, low = 1.6, 0.62, {}, Counter()
    for number, node in sorted(enumerate(traced), key=lambda item: item[1].shape is not None):
        operation, leaf = node.shape is None, node.kind not in (None, "data")
        left, middle = places[number] = -1.97 * node.depth, low[node.depth]
        text = node.name if operation else f"{node.name} {node.shape}\n{node.kind}"
        look = {} if operation else {"corner": 0.08, "fill": drawing.HIDDEN}
        drawing.draw_box(ax, left, middle - height / 2, width, height, text, leaf, **look)
        saved = "\n".join(f"saved: {words}" for words in node.saved)
        ax.text(left + width / 2, middle - height / 2 - 0.06, saved, ha="center", va="top", color=PATH)
        low[node.depth] -= 0.85 + 0.26 * len(node.saved)
    edges = [(start, end) for end, node in enumerate(traced) for start in node.inputs]
    for start, end in edges:
        drawing.draw_arrow(ax, np.add(places[start], (width, 0)), places[end], INK)
    ax.set_xlim(right=width + 0.4)
    drawing.draw_arrow(ax, (width, 0), (width + 0.4, 0), INK)
    ax.text(width + 0.45, 0, "loss", va="center", color=LOSS_TEXT, **BOLD)
    arrows = [f"{traced[start].name} to {traced[end].name}" for start, end in edges]
    said = f"{title}: the graph behind the loss, its nodes, and the arrows between them."
    return picture.saying(said, [", ".join([*map(str, traced), *arrows])])


def _behind(name, value):
    """The argument, a `Value` of notebook 06, as all values behind it, each with the longest way to it."""
    depths, waiting = {}, [(value, 0)]
    for value, depth in waiting:
        if not hasattr(value, "inputs") or len(waiting) > 30:
            raise TypeError(f"{name} must be a Value with at most 30 wires behind it, not {arguments.shown(value)}")
        if depths.get(value, -1) < depth:
            depths[value] = depth
            waiting += [(earlier, depth + 1) for earlier, _ in value.inputs]
    return depths


@drawn(last=_behind, arrived=partial(instance, kind=dict, called="what backward returns"), values=lambda name, own: own)
def record(title, last, arrived, **values):
    """The record of a `Value` of notebook 06: a box for each value, its gradient below, and the rates on the wires."""
    picture, (ax,) = drawing.panels(2.5, title)
    names, places, low, parts = {id(value): name for name, value in values.items()}, {}, Counter(), []
    for value, depth in sorted(last.items(), key=lambda item: (item[1], not item[0].inputs)):  # leaves lowest
        name, left, middle = names.get(id(value), f"{value.data:g}"), -2 * depth, -low[depth]
        low[depth], places[value] = low[depth] + 1.2, (left, middle)
        uses = [(end, rate) for end in places for start, rate in end.inputs if start is value]
        terms = " + ".join(f"{arrived.get(end, 0.0) * rate:g}" for end, rate in uses)
        gradient = " = ".join(dict.fromkeys([terms or "1", f"{arrived.get(value, 0.0):g}"]))
        drawing.draw_box(ax, left, middle - 0.2, 1, 0.4, name, id(value) in names and not value.inputs, corner=0.08)
        ax.text(left + 0.5, middle + 0.26, f"value {value.data:g}", ha="center")
        ax.text(left + 0.5, middle - 0.26, f"gradient {gradient}", ha="center", va="top", color=GRADIENT_TEXT)
        for number, (end, rate) in enumerate(uses):
            ends = np.array([(left + 1, middle), places[end]])
            bend = 0.4 * (-1) ** number if uses.count((end, rate)) > 1 else 0
            drawing.draw_arrow(ax, *ends, INK, connectionstyle=f"arc3,rad={-bend}")
            side = ((6, -10), "left") if ends[0, 1] != ends[1, 1] else ((0, -13 if bend < 0 else 4), "center")
            note(ax, f"rate {rate:g}", np.add(ends.mean(axis=0), (0, bend / 2)), side[0], ha=side[1])
        parts.append(f"{name}: value {value.data:g}, gradient {gradient}")
    ax.set(xlim=(left - 0.1, 1.1), ylim=(0.7 - max(low.values()), 0.5))
    return picture.saying(f"{title}: a box for each value, with wires to what was computed from it.", parts[::-1])

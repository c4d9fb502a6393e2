"""Every picture of the course: functions from data to a `Picture`, a matplotlib figure that can say what it shows.

Each function writes its own alt sentence from the numbers that it draws.
"""

from functools import partial

import numpy as np

from helpers import arguments, descent, drawing, graph
from helpers.arguments import FEW, array, each, instance
from helpers.drawing import BOLD, CENTRE, GRADIENT, GRADIENT_TEXT, INK, LINE, LOSS, LOSS_TEXT, PATH, TRUTH, note, styled

DOTS, DASHES, LONG_DASHES = (0, (1, 2)), (0, (5, 2)), (0, (5, 3))


def drawn(**own):
    """Decorator of a picture: its arguments are checked, by their names or as here, and the style is the course's."""
    return lambda function: arguments.checked(styled(function), **own)


def _line(w, b, digits="g"):
    """A line in words."""
    return f"w = {w:{digits}}, b = {b:{digits}}"


def _with_looks(curves, *looks):
    """Of each curve its name in words, its numbers, and how it looks."""
    return zip((name.replace("_", " ") for name in curves), curves.values(), looks, strict=False)


def _pairs_by_name(name, value):
    """The argument, a dictionary of pairs (w, b)."""
    for own in instance(name, value, dict, "a dictionary of pairs (w, b)"):
        arguments.line(f"a name in {name}", own)
    return each(name, value, arguments.pair, least=1)


def _table(name, value):
    """The argument as a tensor that can be read when it is written out."""
    table = arguments.finite(name, value)
    if max(table.shape, default=0) > 2 * FEW:
        raise ValueError(f"{name} must have at most {2 * FEW} numbers in a row, not the shape {tuple(table.shape)}")
    return table


def _graph(name, value):
    """The argument, a traced graph that is small enough to be read."""
    nodes = instance(name, value, graph.Graph, "a graph, as graph.trace() returns it").nodes
    if len(nodes) > 50:
        raise ValueError(f"{name} must have at most 50 nodes to be read, not {len(nodes)}")
    return value


# ---- Pictures of the line ----


@drawn()
def guesses(x, y, lines):
    """The same points with one guessed line (w, b) in each panel; sticks show each point's error.

    Args:
        x, y: the points, shape (size,).
        lines: pairs (w, b), one for each panel.
    """
    titles = [_line(w, b) for w, b in lines]
    losses = [f"loss {drawing.loss_of(x, y, w, b):.4f}" for w, b in lines]
    picture, axes = drawing.panels(2.9, *titles, sharey=True)
    for ax, (w, b), loss in zip(axes, lines, losses, strict=True):
        ax.vlines(x, y, w * x + b, color=LINE, alpha=0.3, linewidth=1)
        drawing.draw_data(ax, x, y)
        drawing.draw_line(ax, w, b, color=LINE)
        ax.set_xlabel(loss, color=LOSS_TEXT, **BOLD)
        ax.label_outer()
    what = f"{len(x)} points and a guessed line in each panel, with a stick from each point to the line."
    return picture.saying(what, [f"{title}: {loss}" for title, loss in zip(titles, losses, strict=True)])


@drawn()
def data_and_line(x, y, truth):
    """The points and the true line (w, b) they were drawn around."""
    picture, (ax,) = drawing.panels(3.2, f"{len(x)} points around a line that you know, and the model does not")
    drawing.draw_data(ax, x, y, truth)
    off = np.abs(truth[0] * x + truth[1] - y).max()
    return picture.saying(
        f"{len(x)} points along the dotted line y = {truth[0]:g} x + {truth[1]:g}, x from {x.min():.2f} to "
        f"{x.max():.2f}; no point is further than {off:.4f} from the line."
    )


@drawn()
def bowl(x, y, truth):
    """The loss of every line (w, b) twice: as a surface, and as the map that the rest of the course uses."""
    best = drawing.lowest_place(x, y)
    picture = drawing.Picture(3.9)
    surface = picture.add_subplot(1, 2, 1, projection="3d", title="The losses of all lines form a bowl ...")
    w, b = (np.linspace(centre - half, centre + half, 41) for centre, half in zip(best, drawing.SPAN, strict=True))
    loss = descent.loss_grid(x, y, w, b)
    surface.plot_surface(*np.meshgrid(w, b), loss, color=LOSS, alpha=0.8)
    surface.set(xlabel="slope w", ylabel="intercept b", zlabel="loss", yticks=[0, 0.5, 1], zticks=[0, 0.5, 1])
    surface.view_init(elev=32)
    surface.set_box_aspect(None, zoom=0.88)
    ax = picture.add_subplot(1, 2, 2, title="... seen from above: light is low")
    contours = drawing.draw_map(ax, x, y, truth)
    surface.contour(*np.meshgrid(w, b), loss, contours.levels, colors=INK, linewidths=0.8)
    drawing.mark_lowest(ax, best)
    return picture.saying(
        "Left, the loss over slope w and intercept b as a surface: a long narrow bowl. Right, the same bowl from "
        f"above as a map with ellipses of equal loss around the lowest point {_line(*best, '.2f')}; they are long from "
        "top left to bottom right, where a larger slope and a smaller intercept make up for each other."
    )


@drawn(places=arguments.pairs)
def way_on_map(x, y, places):
    """The map of the loss, and the places (w, b) that were tried on it, in order."""
    places = np.array(places)
    best = drawing.lowest_place(x, y)
    picture, (ax,) = drawing.panels(4, "The map that you could not see, and your way")
    drawing.draw_map(ax, x, y, span=0.3 + np.abs(places - best).max(axis=0))
    drawing.mark_lowest(ax, best)
    ax.plot(*places.T, ".-", color=PATH, linewidth=1.5)
    drawing.mark_start(ax, places[0])
    moves = len(places) - 1
    way = f"{moves} move{'s' * (moves != 1)} to {_line(*places[-1])}" if moves else "no move so far"
    return picture.saying(
        f"The map of the loss, lowest at {_line(*best, '.2f')}, in a long valley from top left to bottom right. "
        f"Your way starts at {_line(*places[0])}: {way}."
    )


@drawn(places=_pairs_by_name)
def lines_and_places(x, y, places):
    """Some lines among the points, and the place (w, b) that each has on the map, whose contours say their heights.

    Args:
        x, y: the points, shape (size,).
        places: a dictionary of pairs (w, b), each under the letter that names it in both panels.
    """
    titles = "Each line among the points ...", "... is one place on the map, and has one height"
    picture, (left, right) = drawing.panels(3.9, *titles, width_ratios=[1, 1.4])
    drawing.draw_data(left, x, y)
    contours = drawing.draw_map(right, x, y)
    best, ray = np.array(drawing.lowest_place(x, y)), np.array(drawing.SPAN)  # along the ray the loss is a parabola
    floor, rise = drawing.loss_of(x, y, *best), drawing.loss_of(x, y, *best + ray)
    spots = [best - np.sqrt((level - floor) / (rise - floor)) * ray for level in contours.levels[2:]]
    right.clabel(contours, fmt="%.2g", fontsize=7.5, colors=INK, manual=spots)
    parts = []
    for name, (w, b) in places.items():
        drawing.draw_line(left, w, b, color=LINE)
        note(left, name, (1, w + b), (5, 0), va="center", color=LINE, **BOLD)
        right.plot(w, b, "o", color=LINE, markersize=6)
        note(right, name, (w, b), (6, 3), color=LINE, **BOLD)
        parts.append(f"{name}: {_line(w, b)}, loss {drawing.loss_of(x, y, w, b):.4f}")
    left.text(0.03, 0.98, "\n".join(parts), va="top", color=LINE, transform=left.transAxes)
    return picture.saying(
        f"Left, {len(x)} points and {len(places)} lines. Right, the same lines as {len(places)} places on the map of "
        f"the loss, with the height written on the contours, the lowest at {contours.levels[0]:.2g} and the "
        f"highest at {contours.levels[-1]:.2g}.",
        parts,
    )


@drawn(length=partial(arguments.number, above=0))
def uphill(x, y, places, gradients, truth, length=0.12):
    """The map of the loss with the gradient at some places, `length` times as long, each on a piece of its contour."""
    arguments.same_size(places=places, gradients=gradients)
    picture, (ax,) = drawing.panels(4.6, "At every place the gradient points uphill, straight across the contour")
    drawing.draw_map(ax, x, y, truth)
    ax.set_aspect("equal")
    around = np.linspace(-0.12, 0.12, 25)
    parts = []
    for (w, b), (dw, db) in zip(places, gradients, strict=True):
        loss = descent.loss_grid(x, y, w + around, b + around)
        ax.contour(w + around, b + around, loss, [loss[12, 12]], colors=INK, linewidths=1.2)
        ax.plot(w, b, "o", color=PATH, markersize=5)
        tip = w + length * dw, b + length * db
        drawing.draw_arrow(ax, (w, b), tip, GRADIENT)
        if not parts:
            note(ax, "gradient", tip, (6, -3), color=GRADIENT_TEXT)
        parts.append(f"at {_line(w, b)} it is ({dw:.2f}, {db:.2f})")
    return picture.saying(
        f"The map of the loss with {len(places)} gradient arrows, each at right angles to the piece of contour it "
        "stands on:",
        parts,
    )


# ---- Pictures of a run ----


@drawn(w=arguments.curve, b=arguments.curve)
def three_panels(x, y, truth, w, b, loss):
    """A recorded run: the line at some steps, its path on the map, and its loss.

    Args:
        x, y: the points, shape (size,).
        truth: the true (w, b).
        w, b, loss: what was recorded, one number for each step, step 0 first.
    """
    arguments.same_size(w=w, b=b, loss=loss)
    last = len(loss) - 1
    titles = "The line finds the data", "Its path across the map", "The loss falls"
    picture, (left, middle, right) = drawing.panels(3.1, *titles, width_ratios=[1, 1.1, 1])
    drawing.draw_data(left, x, y, truth)
    heights = [*y, b[0], w[0] + b[0], b[-1], w[-1] + b[-1]]
    low, high = min(heights), max(heights)
    span = high - low or 1
    left.set_ylim(low - 0.1 * span, high + 0.35 * span)  # room for the labels
    drawing.draw_line(left, w[0], b[0], color=LINE, alpha=0.4)
    drawing.draw_line(left, w[-1], b[-1], color=LINE)
    end, side = ((1, w[0] + b[0]), "right") if w[0] > 0 else ((0, b[0]), "left")  # the higher end
    note(left, "step 0", end, (0, 6), ha=side, color=LINE)
    note(left, f"step {last}", (1, w[-1] + b[-1]), (0, 9), ha="right", color=LINE, **BOLD)
    drawing.draw_map(middle, x, y, truth)
    middle.plot(w, b, ".-", color=PATH, linewidth=1.5, markersize=4)
    drawing.mark_start(middle, (w[0], b[0]))
    floor = drawing.loss_of(x, y, *drawing.lowest_place(x, y))
    drawing.draw_losses(right, last, drawing.limits(np.append(loss, floor), 4, 2), floor)
    right.plot(loss, color=LOSS)
    note(right, "loss", (0.3 * last, loss[round(0.3 * last)]), (6, 6), color=LOSS_TEXT, **BOLD)
    return picture.saying(
        f"Left, the line turns from {_line(w[0], b[0], '.2f')} into the data. Middle, its path on the map of the loss "
        f"ends at {_line(w[-1], b[-1], '.2f')}. Right, the loss falls from {loss[0]:.2g} at step 0 to {loss[-1]:.2g} "
        f"at step {last}."
    )


@drawn(curves=partial(each, check=partial(arguments.curve, at_least=0), least=1, most=3))
def losses(title, **curves):
    """The loss over the steps, one curve for each word, directly labelled; up to three, told apart by dashes too."""
    picture, (ax,) = drawing.panels(3, title)
    values = np.concatenate(list(curves.values()))
    drawing.draw_losses(ax, max(map(len, curves.values())) - 1, drawing.limits(values, 2, 2))
    parts = []
    for name, curve, dash in _with_looks(curves, "-", LONG_DASHES, DOTS):
        ax.plot(curve, linestyle=dash, color=LOSS)
        at, above = _free_place(curve, [other for other in curves.values() if other is not curve])
        # On the side on which a falling curve leaves room: to the right above it, to the left below it.
        offset, across, up = ((0, 5), "left", "bottom") if above else ((0, -5), "right", "top")
        note(ax, name, (at, curve[at]), offset, ha=across, va=up, color=LOSS_TEXT, **BOLD)
        parts.append(f"{name}: from {curve[0]:.3g} at step 0 to {curve[-1]:.3g} at step {len(curve) - 1}")
    return picture.saying("The loss over the steps, on a logarithmic scale.", parts)


def _free_place(curve, others):
    """The step at which a curve is farthest from the others, as factors go, and whether there is room above it."""
    steps = np.arange(round(0.15 * len(curve)), max(1, round(0.75 * len(curve))))
    if not others:
        return int(steps[-1]), True
    log, *logs = (np.log(np.maximum(losses, 1e-300)) for losses in (curve, *others))
    away = np.array([other[np.minimum(steps, len(other) - 1)] - log[steps] for other in logs])
    best = np.abs(away).min(axis=0).argmax()
    return int(steps[best]), not ((away[:, best] > 0) & (away[:, best] < np.log(4))).any()


@drawn(w=arguments.curve, b=arguments.curve)
def parameters(w, b, truth):
    """w and b over the steps, each with its true value as a dotted line."""
    arguments.same_size(w=w, b=b)
    picture, axes = drawing.panels(2.8, "The slope w over the steps", "The intercept b over the steps")
    parts = []
    for ax, name, label, values, true in zip(axes, "wb", ("slope w", "intercept b"), (w, b), truth, strict=True):
        ax.axhline(true, linestyle=":", color=TRUTH, linewidth=1.6)
        below = values.mean() > true  # the label goes to the side on which the curve is not
        note(ax, f"true {name} = {true:g}", (len(values) - 1, true), (0, -16 if below else 9), ha="right")
        ax.plot(values, color=PATH)
        ax.set(xlabel="step", ylabel=label)
        ax.margins(y=0.18)
        parts.append(f"{name} goes from {values[0]:.2f} to {values[-1]:.2f}, its true value is {true:g}")
    return picture.saying(f"Two curves over {len(w) - 1} steps:", parts)


@drawn(run=partial(instance, kind=descent.Descent, called="a Descent, as descend() returns it"))
def four_rates(x, y, run, steps, truth):
    """The paths of a `Descent` with four learning rates on the map of the loss, one panel a rate."""
    if len(run.learning_rates) != 4:
        raise ValueError(f"run must have four learning rates, not {len(run.learning_rates)}")
    if steps >= len(run.loss):
        raise ValueError(f"steps must be at most {len(run.loss) - 1}, the steps of the run, not {steps}")
    titles = [f"learning rate {rate:g}" for rate in run.learning_rates]
    picture, axes = drawing.panels(2.7, *titles, sharey=True)
    parts = []
    for lane, (ax, gone) in enumerate(zip(axes, run.diverged_at, strict=True)):
        diverged = 0 <= gone <= steps
        last = min(7, steps) if diverged else steps  # of a run that diverges the first jumps say it all
        w, b = run.w[: last + 1, lane], run.b[: last + 1, lane]
        drawing.draw_map(ax, x, y, truth)
        ax.plot(w, b, ".-", color=PATH, linewidth=1.2, markersize=4)
        drawing.mark_start(ax, (w[0], b[0]))
        end = f"diverged at step {gone}" if diverged else f"loss {run.loss[steps, lane]:.2g} after {steps} steps"
        ax.set(xlabel=f"slope w\n{end}", ylabel="" if lane else "intercept b")
        parts.append(f"{titles[lane]}: {end}")
    return picture.saying("Four maps of the loss with the path of gradient descent from the same start.", parts)


@drawn(values=partial(each, check=arguments.curve, least=1, most=3))
def orbit(title, **values):
    """One parameter over the steps under up to three treatments, on one axis."""
    picture, (ax,) = drawing.panels(3, title)
    parts = []
    for name, curve, (color, dash) in _with_looks(values, (PATH, "-"), (TRUTH, DOTS), (LINE, DASHES)):
        ax.plot(curve, color=color, linestyle=dash, label=name)
        parts.append(f"{name}: between {curve.min():.2f} and {curve.max():.2f}, at the end {curve[-1]:.2f}")
    ax.legend(loc="upper right", frameon=False, ncols=len(values))
    ax.set(xlabel="step", ylabel="weight[0, 0]")
    ax.margins(y=0.18)
    return picture.saying("One weight over the steps.", parts)


@drawn(h=partial(array, above=0), errors=partial(each, check=partial(array, above=0), least=1, most=2))
def difference_errors(h, **errors):
    """The error of the difference quotient over the nudge h, one curve a precision, both axes logarithmic.

    The best h is named: take the h whole decades apart, or rounding decides which of two neighbours it is.

    Args:
        h: the nudges, rising.
        errors: two curves, the one with the larger errors first.
    """
    arguments.same_size(h=h, **errors)
    if (np.diff(h) <= 0).any():
        raise ValueError(f"h must hold rising numbers, not {arguments.shown(h.tolist())}")
    picture, (ax,) = drawing.panels(3.4, "Neither large nor tiny: the best nudge lies in between")
    parts = []
    looks = (LINE, "o", (9, -5), "left"), (PATH, "s", (0, -9), "center")
    for name, error, (color, marker, offset, side) in _with_looks(errors, *looks):
        best = error.argmin()
        ax.plot(h, error, marker=marker, markersize=4, color=color)
        note(ax, name, (h[0], error[0]), (-6, 0), ha="right", va="center", color=color, **BOLD)
        note(ax, f"best near h = {h[best]:.0e}", (h[best], error[best]), offset, ha=side, va="top", color=color)
        parts.append(f"{name}: smallest near h = {h[best]:.0e}")
    ax.set(xscale="log", yscale="log", xlabel="nudge h", ylabel="error of the slope")
    ax.margins(x=0.12, y=0.2)
    return picture.saying(
        "The error of the difference quotient over the nudge h, a valley for each precision: from the right the "
        "error falls with h squared, then rounding takes over and it grows, in float32 until all slopes are 0 and "
        "the curve is level.",
        parts,
    )


@drawn(nodes=partial(each, check=arguments.curve, least=1, most=2))
def growth(**nodes):
    """The number of nodes that each step's backward walks through, one curve for each way of writing the update."""
    picture, (ax,) = drawing.panels(2.8, "How many nodes backward has to walk through at each step")
    parts = []
    for name, curve, (color, dash) in _with_looks(nodes, (GRADIENT, "-"), (LINE, DASHES)):
        ax.plot(curve, color=color, linestyle=dash)
        note(ax, f"{name}: {curve[-1]:.0f} nodes", (len(curve) - 1, curve[-1]), (0, 5), ha="right", **BOLD)
        parts.append(f"{name}: from {curve[0]:.0f} nodes at step 0 to {curve[-1]:.0f} at step {len(curve) - 1}")
    ax.set(xlabel="step", ylabel="nodes in the graph")
    ax.margins(y=0.15)
    return picture.saying("The size of the graph over the steps.", parts)


# ---- The loop ----

WORDS = {
    "predict": "y_hat = w * x + b",
    "loss": "((y_hat - y) ** 2).mean()",
    "backward": "loss.backward()",
    "step": "w -= learning_rate * w.grad",
    "reset": "w.grad = None",
}


@drawn(opened=partial(arguments.choice, choices=WORDS))
def five_words(*opened):
    """The circle of the training loop; the words that a notebook opens up are marked."""
    picture, (ax,) = drawing.panels(1.5, "Round and round: the five words of a training loop")
    marked = {"facecolor": drawing.MARKED_BOX, "edgecolor": LINE, "linewidth": 2}
    for place, (word, code) in enumerate(WORDS.items()):
        left = place * 1.8
        look = marked if word in opened else {"edgecolor": INK}
        drawing.draw_box(ax, left - 0.06, -0.06, 1.42, 0.54, corner=0.06, **look)
        ax.text(left + 0.65, 0.21, word, **CENTRE, **BOLD, fontsize=11)
        ax.text(left + 0.65, -0.14, code, ha="center", va="top", fontsize=7, family="monospace")
        if place < len(WORDS) - 1:
            drawing.draw_arrow(ax, (left + 1.4, 0.21), (left + 1.72, 0.21), INK)
    ax.plot([left + 0.65] * 2 + [0.65] * 2, [0.5, 0.72, 0.72, 0.6], color=INK, linewidth=1.4, solid_capstyle="butt")
    drawing.draw_arrow(ax, (0.65, 0.72), (0.65, 0.49), INK)
    ax.set(xlim=(-0.15, left + 1.45), ylim=(-0.3, 0.8))
    ax.axis("off")
    words = ", ".join(f"{word} ({code})" for word, code in WORDS.items())
    ending = f" Marked: {', '.join(opened)}." if opened else ""
    return picture.saying(f"Five boxes in a row, with an arrow from the last back to the first: {words}.{ending}")


@drawn()
def every_pair(y_hat, y):
    """The table of differences that a column of predictions makes with a flat tensor of targets; the diagonal marked.

    Args:
        y_hat, y: shape (size,), as many predictions as targets; few enough to be read.
    """
    arguments.same_size(y_hat=y_hat, y=y)
    size = len(y)
    if size > FEW:
        raise ValueError(f"y_hat and y must hold at most {FEW} numbers to be read, not {size}")
    title = f"{size} errors were wanted (blue), {size * size} came: every prediction meets every y"
    picture, (ax,) = drawing.panels(2.9, title)
    texts = [[f"{prediction - target:+.1f}" for target in y] for prediction in y_hat]
    diagonal = [(place, place) for place in range(size)]
    drawing.draw_table(ax, 0, texts, diagonal, {"edgecolor": LINE, "linewidth": 2, "zorder": 2})
    for place in range(size):
        ax.text(-0.15, -place - 0.5, f"y_hat {y_hat[place]:.1f}", ha="right", va="center", color=LINE, **BOLD)
        ax.text(place + 0.5, 0.12, f"y {y[place]:.1f}", ha="center", va="bottom", **BOLD)
    squares = (y_hat[:, None] - y) ** 2
    wanted, came = np.diagonal(squares).mean(), squares.mean()
    means = f"mean of the {size} squares: {wanted:.2f}\nmean of all {size * size} squares: {came:.2f}"
    ax.text(size + 0.3, -size / 2, means, va="center", color=LOSS_TEXT, **BOLD)
    ax.set(xlim=(-2, size + 4), ylim=(-size - 0.1, 0.6))
    ax.axis("off")
    return picture.saying(
        f"A table of {size} by {size} differences, a row for each prediction and a column for each y. On the diagonal "
        f"stand the {size} errors that were wanted, {', '.join(texts[row][column] for row, column in diagonal)}: the "
        f"mean of their squares is {wanted:.2f}. The mean of all {size * size} squares is {came:.2f}."
    )


@drawn(places=array)
def slopes_on_a_parabola(places, slopes):
    """The parabola v squared with a straight line through some of its places, as steep as the slope given for each."""
    arguments.same_size(places=places, slopes=slopes)
    picture, (ax,) = drawing.panels(3, "A slope belongs to the place where it was taken")
    v, around = np.linspace(-0.5, 1.6, 101), np.array([-0.3, 0.3])
    ax.plot(v, v**2, color=LOSS)
    note(ax, "loss", (1.6, 1.6**2), (-14, -4), ha="right", color=LOSS_TEXT, **BOLD)
    for place, slope in zip(places, slopes, strict=True):
        ax.plot(place, place**2, "o", color=PATH, markersize=6, zorder=6)
        ax.plot(place + around, place**2 + slope * around, color=GRADIENT, linewidth=2.4)
        label = f"at {place:g}: slope {slope:g}"
        note(ax, label, (place, place**2), (-10, 12), ha="right", color=GRADIENT_TEXT, **BOLD)
    ax.set(xlabel="v", ylabel="loss")
    what = "The loss v squared as a parabola over v, with a straight line as steep as the slope:"
    parts = [f"{slope:g} at v = {place:g}" for place, slope in zip(places, slopes, strict=True)]
    return picture.saying(what, parts, joint=", ")


# ---- Pictures of a layer and of a graph ----


@drawn(x=_table, weight=_table, bias=_table)
def layer_shapes(x, weight, bias):
    """A linear layer as tables of numbers: x @ weight.T + bias, with what makes the first output marked."""
    shapes = {name: tuple(table.shape) for name, table in (("x", x), ("weight", weight), ("bias", bias))}
    if list(map(len, shapes.values())) != [2, 2, 1] or shapes["weight"] != shapes["bias"] + shapes["x"][1:]:
        fitting = "(n, inputs), (outputs, inputs), (outputs,)"
        raise ValueError(f"x, weight and bias must have the shapes {fitting}, not {shapes}")
    picture, (ax,) = drawing.panels(3.7, "One output number: a row of x times a column of weight.T, plus one bias")
    y_hat = x @ weight.T + bias
    row, column = [(0, k) for k in range(x.shape[1])], [(k, 0) for k in range(x.shape[1])]
    parts = (
        ("x", x, row, "@"),
        ("weight.T", weight.T, column, "+"),
        ("bias", bias, row[:1], "="),
        ("y_hat", y_hat, row[:1], ""),
    )
    left = 0.0
    for name, table, marked, sign in parts:
        texts = np.vectorize("{:.2f}".format)(np.atleast_2d(table))
        drawing.draw_table(ax, left, texts, marked, fontsize=8)
        middle = left + texts.shape[1] / 2
        ax.text(middle, 0.3, f"{name}\n{tuple(table.shape)}", ha="center", va="bottom", color=LINE, **BOLD)
        left += texts.shape[1] + 0.2
        if sign:
            ax.text(left + 0.35, -0.5, sign, **CENTRE, fontsize=13)
            left += 0.9
    if len(x) > 1:
        note(ax, f"the same numbers\nfor all {len(x)} rows", (left - 4.2, -1.2), va="top", ha="center")
    ax.set(xlim=(-0.2, left), ylim=(-max(x.shape) - 0.2, 2.2))
    ax.axis("off")
    return picture.saying(
        f"A linear layer as tables: x of shape {tuple(x.shape)} times the weight of shape {tuple(weight.shape)} "
        f"turned on its side, plus the bias of shape {tuple(bias.shape)}, which is added to every row, gives y_hat "
        f"of shape {tuple(y_hat.shape)}. Its first number, {y_hat[0, 0]:.2f}, needs the first row of x, the first "
        "row of the weight and the first bias."
    )


BOX = (1.2, 0.62)  # width and height of a node of a drawn graph


@drawn(graphs=partial(each, check=_graph, least=1))
def autograd_graphs(**graphs):
    """The graphs that `graph.trace` read from `grad_fn`, one above the other, each under its name.

    Forward ran from left to right; the arrows point the way backward walks. Leaves are blue round boxes, operations
    grey square ones; saved tensors stand under the operation that keeps them, and say when they are freed.
    """
    rows = [_rows(traced) for traced in graphs.values()]
    heights = [0.6 + 0.75 * (max(places) + 1) for places in rows]
    picture = drawing.Picture(sum(heights))
    axes = picture.subplots(len(graphs), 1, squeeze=False, height_ratios=heights)[:, 0]
    parts = []
    for name, traced, (ax, places) in _with_looks(graphs, *zip(axes, rows, strict=True)):
        ax.set_title(name)
        _draw_graph(ax, traced, places)
        parts.append(f"{name}: {_in_words(traced)}")
    return picture.saying("The graph behind the loss, forward from left to right.", parts, joint=". ")


def _rows(traced):
    """The row of each node: every leaf gets a row of its own, operations stand in the first row of their inputs."""
    rows, free = [0] * len(traced.nodes), 0
    for place in sorted(range(len(rows)), key=lambda place: traced.nodes[place].depth, reverse=True):
        inputs = traced.nodes[place].inputs
        rows[place] = min((rows[following] for following in inputs), default=free)
        free += not inputs
    return rows


def _draw_graph(ax, traced, rows):
    width, height = BOX
    deepest = max(node.depth for node in traced.nodes)
    places = [((deepest - node.depth) * 1.6, -row * 1.15) for node, row in zip(traced.nodes, rows, strict=True)]
    for node, (left, low) in zip(traced.nodes, places, strict=True):
        middle = left + width / 2
        if node.shape is None:
            drawing.draw_box(ax, left, low, width, height, facecolor=drawing.OPERATION, edgecolor=INK)
            ax.text(middle, low + height / 2, node.name, **CENTRE, **BOLD)
            for line, saved in enumerate(node.saved):
                at = low - 0.08 - 0.2 * line
                ax.text(middle, at, f"saved {saved}", ha="center", va="top", fontsize=7.5, color=PATH)
        else:
            look = {"facecolor": drawing.MARKED_BOX, "edgecolor": LINE, "linewidth": 1.6}
            drawing.draw_box(ax, left, low, width, height, corner=0.08, **look)
            ax.text(middle, low + height * 0.68, f"{node.name} {node.shape}", **CENTRE, **BOLD, fontsize=8.5)
            grad, color = ("filled", GRADIENT_TEXT) if node.has_grad else ("None", INK)
            ax.text(middle, low + height * 0.3, f"grad: {grad}", **CENTRE, fontsize=8, color=color)
    for start, end in traced.edges:
        (left, low), (to_left, to_low) = places[start], places[end]
        tip = to_left + width, to_low + height / 2
        drawing.draw_arrow(ax, (left, low + height / 2), tip, GRADIENT, linewidth=1.3)
    left, low = places[0]
    ax.text(left + width + 0.12, low + height / 2, "loss", va="center", color=LOSS_TEXT, **BOLD)
    ax.set(xlim=(-0.1, left + width + 0.6), ylim=(min(y for _, y in places) - 0.3, height + 0.1))
    ax.axis("off")


def _in_words(traced):
    nodes = traced.nodes
    operations = [str(node) for node in reversed(nodes) if node.shape is None]
    leaves = [str(node) for node in nodes if node.shape is not None]
    arrows = [f"{nodes[start].name} to {nodes[end].name}" for start, end in traced.edges]
    return f"operations {', '.join(operations)}; leaves {', '.join(leaves)}; arrows {', '.join(arrows)}"

"""Every picture of the course: functions from data to a `Picture`, a matplotlib figure that can say what it shows.

Each function writes its own alt sentence from the numbers that it draws.
"""

import numpy as np

from helpers import arguments, descent, drawing, graph
from helpers.drawing import BOLD, CENTRE, GRADIENT, GRADIENT_TEXT, INK, LINE, LOSS, LOSS_TEXT, PATH, TRUTH, note, styled

FEW = 9
"""As many panels, lines or numbers in a row can be told apart."""

DOTS, DASHES, LONG_DASHES = (0, (1, 2)), (0, (5, 2)), (0, (5, 3))


def _points(x, y):
    return arguments.points(x, y, largest=drawing.FARTHEST)


def _pair(name, value):
    return arguments.pair(name, value, largest=drawing.FARTHEST)


def _pairs(name, value, most=FEW):
    return arguments.pairs(name, value, most, largest=drawing.FARTHEST)


def _same_size(**sized):
    """`ValueError` if the arguments, each under its name, hold not equally many numbers."""
    sizes = [len(values) for values in sized.values()]
    if len(set(sizes)) > 1:
        names, told = (f"{', '.join(all_but_last)} and {last}" for *all_but_last, last in (sized, map(str, sizes)))
        raise ValueError(f"{names} must have the same size, not {told}")


def _line(w, b, digits="g"):
    """A line in words."""
    return f"w = {w:{digits}}, b = {b:{digits}}"


def _each(texts):
    """What the alt sentence says of each thing: pairs of its name and a text."""
    return "; ".join(f"{name}: {text}" for name, text in texts)


# ---- Pictures of the line ----


@styled
def guesses(x, y, lines):
    """The same points with one guessed line (w, b) in each panel; sticks show each point's error.

    Args:
        x, y: the points, shape (size,).
        lines: pairs (w, b), one for each panel.
    """
    x, y = _points(x, y)
    lines = _pairs("lines", lines)
    titles = [_line(w, b) for w, b in lines]
    losses = [f"loss {((w * x + b - y) ** 2).mean():.4f}" for w, b in lines]
    picture, axes = drawing.panels(2.9, *titles, sharey=True)
    for ax, (w, b), loss in zip(axes, lines, losses, strict=True):
        ax.vlines(x, y, w * x + b, color=LINE, alpha=0.3, linewidth=1)
        drawing.draw_data(ax, x, y)
        drawing.draw_line(ax, w, b, color=LINE)
        ax.set_xlabel(loss, color=LOSS_TEXT, **BOLD)
    for ax in axes[1:]:
        ax.set_ylabel("")
    what = f"{len(x)} points and a guessed line in each panel, with a stick from each point to the line"
    return picture.saying(f"{what}. {_each(zip(titles, losses, strict=True))}.")


@styled
def data_and_line(x, y, truth):
    """The points and the true line (w, b) they were drawn around."""
    truth = _pair("truth", truth)
    x, y = _points(x, y)
    picture, (ax,) = drawing.panels(3.2, f"{len(x)} points around a line that you know, and the model does not")
    drawing.draw_data(ax, x, y, truth)
    off = (truth[0] * x + truth[1] - y).abs().max()
    return picture.saying(
        f"{len(x)} points along the dotted line y = {truth[0]:g} x + {truth[1]:g}, x from {x.min():.2f} to "
        f"{x.max():.2f}; no point is further than {off:.4f} from the line."
    )


@styled
def bowl(x, y, truth):
    """The loss of every line (w, b) twice: as a surface, and as the map that the rest of the course uses."""
    truth = _pair("truth", truth)
    x, y = _points(x, y)
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


@styled
def way_on_map(x, y, places):
    """The map of the loss, and the places (w, b) that were tried on it, in order."""
    places = np.array(_pairs("places", places, arguments.MOST))
    x, y = _points(x, y)
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


@styled
def lines_and_places(x, y, places):
    """Some lines among the points, and the place (w, b) that each has on the map, whose contours say their heights.

    Args:
        x, y: the points, shape (size,).
        places: a dictionary of pairs (w, b), each under the letter that names it in both panels.
    """
    x, y = _points(x, y)
    if not isinstance(places, dict):
        raise TypeError(f"places must be a dictionary of pairs (w, b), not {arguments.shown(places)}")
    names = [arguments.line("a name in places", name) for name in places]
    places = dict(zip(names, _pairs("places", places.values()), strict=True))
    titles = "Each line among the points ...", "... is one place on the map, and has one height"
    picture, (left, right) = drawing.panels(3.9, *titles, width_ratios=[1, 1.4])
    drawing.draw_data(left, x, y)
    contours = drawing.draw_map(right, x, y)
    best, ray = np.array(drawing.lowest_place(x, y)), np.array(drawing.SPAN)  # along the ray the loss is a parabola
    floor, rise = (descent.loss_grid(x, y, [w], [b]).item() for w, b in (best, best + ray))
    spots = [best - np.sqrt((level - floor) / (rise - floor)) * ray for level in contours.levels[2:]]
    right.clabel(contours, fmt="%.2g", fontsize=7.5, colors=INK, manual=spots)
    told = []
    for name, (w, b) in places.items():
        drawing.draw_line(left, w, b, color=LINE)
        note(left, name, (1, w + b), (5, 0), va="center", color=LINE, **BOLD)
        right.plot(w, b, "o", color=LINE, markersize=6)
        note(right, name, (w, b), (6, 3), color=LINE, **BOLD)
        told.append(f"{name}: {_line(w, b)}, loss {((w * x + b - y) ** 2).mean():.4f}")
    left.text(0.03, 0.98, "\n".join(told), va="top", color=LINE, transform=left.transAxes)
    return picture.saying(
        f"Left, {len(x)} points and {len(places)} lines. Right, the same lines as {len(places)} places on the map of "
        f"the loss, with the height written on the contours, the lowest at {contours.levels[0]:.2g} and the "
        f"highest at {contours.levels[-1]:.2g}. {'; '.join(told)}."
    )


@styled
def uphill(x, y, places, gradients, truth, length=0.12):
    """The map of the loss with the gradient at some places, `length` times as long, each on a piece of its contour."""
    places, gradients = _pairs("places", places), _pairs("gradients", gradients)
    _same_size(places=places, gradients=gradients)
    length = arguments.number("length", length, above=0, at_most=drawing.FARTHEST)
    truth = _pair("truth", truth)
    x, y = _points(x, y)
    picture, (ax,) = drawing.panels(4.6, "At every place the gradient points uphill, straight across the contour")
    drawing.draw_map(ax, x, y, truth)
    ax.set_aspect("equal")
    around = np.linspace(-0.12, 0.12, 25)
    told = []
    for (w, b), (dw, db) in zip(places, gradients, strict=True):
        loss = descent.loss_grid(x, y, w + around, b + around)
        ax.contour(w + around, b + around, loss, [loss[12, 12]], colors=INK, linewidths=1.2)
        ax.plot(w, b, "o", color=PATH, markersize=5)
        tip = w + length * dw, b + length * db
        drawing.draw_arrow(ax, (w, b), tip, GRADIENT)
        if not told:
            note(ax, "gradient", tip, (6, -3), color=GRADIENT_TEXT)
        told.append(f"at {_line(w, b)} it is ({dw:.2f}, {db:.2f})")
    return picture.saying(
        f"The map of the loss with {len(places)} gradient arrows, each at right angles to the piece of contour it "
        f"stands on: {'; '.join(told)}."
    )


# ---- Pictures of a run ----


@styled
def three_panels(x, y, truth, w, b, loss):
    """A recorded run: the line at some steps, its path on the map, and its loss.

    Args:
        x, y: the points, shape (size,).
        truth: the true (w, b).
        w, b, loss: what was recorded, one number for each step, step 0 first.
    """
    truth = _pair("truth", truth)
    x, y = _points(x, y)
    w, b = arguments.curves({"w": w, "b": b}, 2, 2).values()
    loss = arguments.vector("loss", loss, at_least=0).numpy()
    _same_size(w=w, b=b, loss=loss)
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
    floor = drawing.smallest_loss(x, y)
    drawing.draw_losses(right, last, drawing.limits(np.append(loss, floor), 4, 2), floor)
    right.plot(loss, color=LOSS)
    note(right, "loss", (0.3 * last, loss[round(0.3 * last)]), (6, 6), color=LOSS_TEXT, **BOLD)
    return picture.saying(
        f"Left, the line turns from {_line(w[0], b[0], '.2f')} into the data. Middle, its path on the map of the loss "
        f"ends at {_line(w[-1], b[-1], '.2f')}. Right, the loss falls from {loss[0]:.2g} at step 0 to {loss[-1]:.2g} "
        f"at step {last}."
    )


@styled
def losses(title, **curves):
    """The loss over the steps, one curve for each word, directly labelled; up to three, told apart by dashes too."""
    curves = arguments.curves(curves, 1, 3, at_least=0)
    picture, (ax,) = drawing.panels(3, arguments.line("title", title))
    values = np.concatenate(list(curves.values()))
    drawing.draw_losses(ax, max(map(len, curves.values())) - 1, drawing.limits(values, 2, 2))
    for (name, curve), dash in zip(curves.items(), ("-", LONG_DASHES, DOTS), strict=False):
        ax.plot(curve, linestyle=dash, color=LOSS)
        at, above = _free_place(curve, [other for other in curves.values() if other is not curve])
        # On the side on which a falling curve leaves room: to the right above it, to the left below it.
        offset, across, up = ((0, 5), "left", "bottom") if above else ((0, -5), "right", "top")
        note(ax, name, (at, curve[at]), offset, ha=across, va=up, color=LOSS_TEXT, **BOLD)
    ends = [f"from {curve[0]:.3g} at step 0 to {curve[-1]:.3g} at step {len(curve) - 1}" for curve in curves.values()]
    told = _each(zip(curves, ends, strict=True))
    return picture.saying(f"The loss over the steps, on a logarithmic scale. {told}.")


def _free_place(curve, others):
    """The step at which a curve is farthest from the others, as factors go, and whether there is room above it."""
    steps = np.arange(round(0.15 * len(curve)), max(1, round(0.75 * len(curve))))
    if not others:
        return int(steps[-1]), True
    log, *logs = (np.log(np.maximum(losses, 1e-300)) for losses in (curve, *others))
    away = np.array([other[np.minimum(steps, len(other) - 1)] - log[steps] for other in logs])
    best = np.abs(away).min(axis=0).argmax()
    return int(steps[best]), not ((away[:, best] > 0) & (away[:, best] < np.log(4))).any()


@styled
def parameters(w, b, truth):
    """w and b over the steps, each with its true value as a dotted line."""
    truth = _pair("truth", truth)
    w, b = arguments.curves({"w": w, "b": b}, 2, 2).values()
    _same_size(w=w, b=b)
    picture, axes = drawing.panels(2.8, "The slope w over the steps", "The intercept b over the steps")
    told = []
    for ax, name, label, values, true in zip(axes, "wb", ("slope w", "intercept b"), (w, b), truth, strict=True):
        ax.axhline(true, linestyle=":", color=TRUTH, linewidth=1.6)
        below = values.mean() > true  # the label goes to the side on which the curve is not
        note(ax, f"true {name} = {true:g}", (len(values) - 1, true), (0, -16 if below else 9), ha="right")
        ax.plot(values, color=PATH)
        drawing.frame_steps(ax, label, 0.18)
        told.append(f"{name} goes from {values[0]:.2f} to {values[-1]:.2f}, its true value is {true:g}")
    return picture.saying(f"Two curves over {len(w) - 1} steps: {'; '.join(told)}.")


@styled
def four_rates(x, y, run, steps, truth):
    """The paths of a `Descent` with four learning rates on the map of the loss, one panel a rate."""
    arguments.a("run", descent.Descent, run, "descend() returns")
    if len(run.learning_rates) != 4:
        raise ValueError(f"run must have four learning rates, not {len(run.learning_rates)}")
    if arguments.count("steps", steps) >= len(run.loss):
        raise ValueError(f"steps must be at most {len(run.loss) - 1}, the steps of the run, not {steps}")
    truth = _pair("truth", truth)
    x, y = _points(x, y)
    titles = [f"learning rate {rate:g}" for rate in run.learning_rates]
    picture, axes = drawing.panels(2.7, *titles, sharey=True)
    ends = []
    for lane, (ax, gone) in enumerate(zip(axes, run.diverged_at, strict=True)):
        diverged = 0 <= gone <= steps
        last = min(7, steps) if diverged else steps  # of a run that diverges the first jumps say it all
        w, b = run.w[: last + 1, lane], run.b[: last + 1, lane]
        drawing.draw_map(ax, x, y, truth)
        ax.plot(w, b, ".-", color=PATH, linewidth=1.2, markersize=4)
        drawing.mark_start(ax, (w[0], b[0]))
        ends.append(f"diverged at step {gone}" if diverged else f"loss {run.loss[steps, lane]:.2g} after {steps} steps")
        ax.set(xlabel=f"slope w\n{ends[-1]}", ylabel="" if lane else "intercept b")
    told = _each(zip(titles, ends, strict=True))
    return picture.saying(f"Four maps of the loss with the path of gradient descent from the same start. {told}.")


@styled
def orbit(title, **values):
    """One parameter over the steps under up to three treatments, on one axis."""
    values = arguments.curves(values, 1, 3)
    picture, (ax,) = drawing.panels(3, arguments.line("title", title))
    looks = (PATH, "-"), (TRUTH, DOTS), (LINE, DASHES)
    for (name, curve), (color, dash) in zip(values.items(), looks, strict=False):
        ax.plot(curve, color=color, linestyle=dash, label=name)
    ax.legend(loc="upper right", frameon=False, ncols=len(values))
    drawing.frame_steps(ax, "weight[0, 0]", 0.18)
    told = [f"between {min(curve):.2f} and {max(curve):.2f}, at the end {curve[-1]:.2f}" for curve in values.values()]
    return picture.saying(f"One weight over the steps. {_each(zip(values, told, strict=True))}.")


@styled
def difference_errors(h, **errors):
    """The error of the difference quotient over the nudge h, one curve a precision, both axes logarithmic.

    The best h is named: take the h whole decades apart, or rounding decides which of two neighbours it is.

    Args:
        h: the nudges, rising.
        errors: two curves, the one with the larger errors first.
    """
    h, errors = arguments.vector("h", h, above=0).numpy(), arguments.curves(errors, 2, 2, above=0)
    _same_size(h=h, **errors)
    if (np.diff(h) <= 0).any():
        raise ValueError(f"h must hold rising numbers, not {arguments.shown(h.tolist())}")
    picture, (ax,) = drawing.panels(3.4, "Neither large nor tiny: the best nudge lies in between")
    told = []
    looks = (LINE, "o", (9, -5), "left"), (PATH, "s", (0, -9), "center")
    for (name, error), (color, marker, offset, side) in zip(errors.items(), looks, strict=True):
        best = error.argmin()
        ax.plot(h, error, marker=marker, markersize=4, color=color)
        note(ax, name, (h[0], error[0]), (-6, 0), ha="right", va="center", color=color, **BOLD)
        note(ax, f"best near h = {h[best]:.0e}", (h[best], error[best]), offset, ha=side, va="top", color=color)
        told.append((name, f"smallest near h = {h[best]:.0e}"))
    ax.set(xscale="log", yscale="log", xlabel="nudge h", ylabel="error of the slope")
    ax.margins(x=0.12, y=0.2)
    return picture.saying(
        "The error of the difference quotient over the nudge h, a valley for each precision: from the right the "
        "error falls with h squared, then rounding takes over and it grows, in float32 until all slopes are 0 and "
        f"the curve is level. {_each(told)}."
    )


@styled
def growth(**nodes):
    """The number of nodes that each step's backward walks through, one curve for each way of writing the update."""
    nodes = arguments.curves(nodes, 1, 2)
    picture, (ax,) = drawing.panels(2.8, "How many nodes backward has to walk through at each step")
    told = []
    for (name, curve), look in zip(nodes.items(), ((GRADIENT, "-"), (LINE, DASHES)), strict=False):
        color, dash = look
        ax.plot(curve, color=color, linestyle=dash)
        note(ax, f"{name}: {curve[-1]:.0f} nodes", (len(curve) - 1, curve[-1]), (0, 5), ha="right", **BOLD)
        told.append((name, f"from {curve[0]:.0f} nodes at step 0 to {curve[-1]:.0f} at step {len(curve) - 1}"))
    drawing.frame_steps(ax, "nodes in the graph", 0.15)
    return picture.saying(f"The size of the graph over the steps. {_each(told)}.")


# ---- The loop ----

WORDS = {
    "predict": "y_hat = w * x + b",
    "loss": "((y_hat - y) ** 2).mean()",
    "backward": "loss.backward()",
    "step": "w -= learning_rate * w.grad",
    "reset": "w.grad = None",
}


@styled
def five_words(*opened):
    """The circle of the training loop; the words that a notebook opens up are marked."""
    for word in opened:
        arguments.one_of("opened", list(WORDS), word)
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
    told = ", ".join(f"{word} ({code})" for word, code in WORDS.items())
    ending = f" Marked: {', '.join(opened)}." if opened else ""
    return picture.saying(f"Five boxes in a row, with an arrow from the last back to the first: {told}.{ending}")


@styled
def every_pair(y_hat, y):
    """The table of differences that a column of predictions makes with a flat tensor of targets; the diagonal marked.

    Args:
        y_hat, y: shape (size,), as many predictions as targets; few enough to be read.
    """
    y_hat, y = (arguments.vector(name, values).numpy() for name, values in (("y_hat", y_hat), ("y", y)))
    _same_size(y_hat=y_hat, y=y)
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
    told = f"mean of the {size} squares: {wanted:.2f}\nmean of all {size * size} squares: {came:.2f}"
    ax.text(size + 0.3, -size / 2, told, va="center", color=LOSS_TEXT, **BOLD)
    ax.set(xlim=(-2, size + 4), ylim=(-size - 0.1, 0.6))
    ax.axis("off")
    return picture.saying(
        f"A table of {size} by {size} differences, a row for each prediction and a column for each y. On the diagonal "
        f"stand the {size} errors that were wanted, {', '.join(texts[row][column] for row, column in diagonal)}: the "
        f"mean of their squares is {wanted:.2f}. The mean of all {size * size} squares is {came:.2f}."
    )


@styled
def slopes_on_a_parabola(places, slopes):
    """The parabola v squared with a straight line through some of its places, as steep as the slope given for each."""
    places, slopes = (
        arguments.vector(name, values).numpy() for name, values in (("places", places), ("slopes", slopes))
    )
    _same_size(places=places, slopes=slopes)
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
    told = ", ".join(f"{slope:g} at v = {place:g}" for place, slope in zip(places, slopes, strict=True))
    return picture.saying(
        f"The loss v squared as a parabola over v, with a straight line as steep as the slope: {told}."
    )


# ---- Pictures of a layer and of a graph ----


@styled
def layer_shapes(x, weight, bias):
    """A linear layer as tables of numbers: x @ weight.T + bias, with what makes the first output marked."""
    tables = {"x": x, "weight": weight, "bias": bias}
    x, weight, bias = (arguments.numbers(name, table) for name, table in tables.items())
    shapes = {name: tuple(table.shape) for name, table in zip(tables, (x, weight, bias), strict=True)}
    if [len(shape) for shape in shapes.values()] != [2, 2, 1] or shapes["weight"] != shapes["bias"] + shapes["x"][1:]:
        raise ValueError(
            f"x, weight and bias must have the shapes (n, inputs), (outputs, inputs), (outputs,), not {shapes}"
        )
    for name, table in zip(tables, (x, weight, bias), strict=True):
        arguments.vector(name, table.flatten())  # some, and finite
        if max(table.shape) > 2 * FEW:
            raise ValueError(f"{name} must have at most {2 * FEW} numbers in a row, not the shape {shapes[name]}")
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


@styled
def autograd_graphs(**graphs):
    """The graphs that `graph.trace` read from `grad_fn`, one above the other, each under its name.

    Forward ran from left to right; the arrows point the way backward walks. Leaves are blue round boxes, operations
    grey square ones; saved tensors stand under the operation that keeps them, and say when they are freed.
    """
    if not graphs or not all(isinstance(traced, graph.Graph) for traced in graphs.values()):
        raise TypeError(f"graphs must be graphs, as graph.trace() returns them, not {arguments.shown(graphs)}")
    if (most := max(len(traced.nodes) for traced in graphs.values())) > 50:
        raise ValueError(f"graphs must have at most 50 nodes to be read, not {most}")
    rows = [_rows(traced) for traced in graphs.values()]
    heights = [0.6 + 0.75 * (max(places) + 1) for places in rows]
    picture = drawing.Picture(sum(heights))
    axes = picture.subplots(len(graphs), 1, squeeze=False, height_ratios=heights)[:, 0]
    told = []
    for ax, (name, traced), places in zip(axes, graphs.items(), rows, strict=True):
        ax.set_title(name.replace("_", " "))
        _draw_graph(ax, traced, places)
        told.append(f"{name.replace('_', ' ')}: {_in_words(traced)}")
    return picture.saying(f"The graph behind the loss, forward from left to right. {'. '.join(told)}.")


def _rows(traced):
    """The row of each node: every leaf gets a row of its own, operations stand in the first row of their inputs."""
    rows = [0] * len(traced.nodes)
    free = 0
    for place in sorted(range(len(traced.nodes)), key=lambda place: traced.nodes[place].depth, reverse=True):
        if inputs := traced.nodes[place].inputs:
            rows[place] = min(rows[following] for following in inputs)
        else:
            rows[place] = free
            free += 1
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
    operations = [graph.describe(node) for node in reversed(nodes) if node.shape is None]
    leaves = [graph.describe(node) for node in nodes if node.shape is not None]
    arrows = [f"{nodes[start].name} to {nodes[end].name}" for start, end in traced.edges]
    return f"operations {', '.join(operations)}; leaves {', '.join(leaves)}; arrows {', '.join(arrows)}"

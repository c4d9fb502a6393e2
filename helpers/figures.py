"""Every picture of the course: functions from data to a `Picture`, a matplotlib figure that can say what it shows.

Colours mean the same everywhere (Okabe and Ito's palette, darkened where text needs the contrast). Sizes are in inches;
one inch is 100 pixels of the page. Each function writes its own alt sentence from the numbers that it draws.
"""

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.patheffects import withStroke

from helpers import arguments, descent, graph

DATA = "#8c8c8c"
LINE = "#0072b2"
TRUTH = "#222222"
GRADIENT = "#d55e00"
GRADIENT_TEXT = "#b34e00"
PATH = "#7b3f9e"
LOSS = "#e69f00"
LOSS_TEXT = "#946200"
INK = "#333333"

PIXELS_PER_INCH = 100
"""Of the page; the file is `SHARPNESS` times as fine, for screens that are."""
SHARPNESS = 1.6
WIDTH = 9
GREYS = LinearSegmentedColormap.from_list("greys", ["#fdfdfd", "#b4b4b4"])
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.formatter.useoffset": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
}


class Picture(Figure):
    """A matplotlib figure with `alt`, the sentence that says what it shows."""

    alt = ""

    def __init__(self, height, layout="constrained"):
        super().__init__((WIDTH, height), PIXELS_PER_INCH * SHARPNESS, layout=layout, facecolor="white")


def panels(height, *titles, layout="constrained", **subplots):
    """A new picture with one panel for each title, side by side; further words go to matplotlib's `subplots`."""
    picture = Picture(height, layout)
    axes = picture.subplots(1, len(titles), squeeze=False, **subplots)[0]
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title, parse_math=False)  # a dollar is a dollar
    return picture, axes


PLAIN = {key: value for key, value in matplotlib.rcParamsDefault.items() if "backend" not in key}
styled = matplotlib.rc_context({**PLAIN, **STYLE})
"""Every picture starts here, whatever style, font or LaTeX the learner has set."""

FARTHEST = 1e4
"""No point and no line is drawn further away: of larger numbers no map could show the steps of 0.002 in the loss."""

SPAN = 1.0, 0.65
"""How far a map reaches from its middle, in w and in b."""

FEW = 9
"""As many panels, lines or numbers in a row can be told apart."""


def _points(x, y):
    """The points of a picture."""
    return arguments.points(x, y, largest=FARTHEST)


def points_with_map(x, y):
    """The points of a picture with a map, which has the best line in its middle."""
    x, y = _points(x, y)
    w, b = descent.best_line(x, y)
    if max(abs(w), abs(b)) > FARTHEST:
        raise ValueError(f"x must lie further apart: the best line, w = {w:g}, b = {b:g}, is too steep for a map")
    return x, y


def _pair(name, value):
    return arguments.pair(name, value, largest=FARTHEST)


def _pairs(name, value, most=FEW):
    return arguments.pairs(name, value, most, largest=FARTHEST)


def _same_size(**sized):
    """`ValueError` if the arguments, each under its name, hold not equally many numbers."""
    sizes = [len(values) for values in sized.values()]
    if len(set(sizes)) > 1:
        names, told = (f"{', '.join(all_but_last)} and {last}" for *all_but_last, last in (sized, map(str, sizes)))
        raise ValueError(f"{names} must have the same size, not {told}")


def limits(values, below, above):
    """The limits of a logarithmic axis for these numbers: so many times below the smallest, and above the largest."""
    values = values[values > 0]  # a loss of 0 has no place on it
    return (values.min() / below, values.max() * above) if len(values) else (1e-3, 1)


# ---- The three panels of the thread: the data and the line, the map of the loss, the loss over the steps. ----


def draw_data(ax, x, y, truth=None):
    """The points, and the true line (w, b) where it is given."""
    ax.plot(x, y, "o", color=DATA, markersize=3.5, alpha=0.8, markeredgewidth=0)
    frame_data(ax, truth)


def frame_data(ax, truth=None):
    """The axes of the points, and the true line (w, b) where it is given."""
    ax.set(xlabel="x", ylabel="y")
    if truth is not None:
        draw_line(ax, *truth, ":", color=TRUTH, linewidth=1.6, zorder=5)
        ax.text(0.03, 0.97, f"dotted: the truth, {truth[0]:g} x + {truth[1]:g}", va="top", transform=ax.transAxes)


def draw_line(ax, w, b, *style, **kwargs):
    """The line y = w x + b from x = 0 to 1."""
    ax.plot([0, 1], [b, w + b], *style, **kwargs)


RISES = 0.002 * 2.2 ** np.arange(9)
"""How far above the lowest loss the contours of a map lie."""
SHADES = [to_hex(shade) for shade in GREYS(np.linspace(0, 1, len(RISES) + 1))]
"""The shades between the contours, from the lowest place outwards."""
CONTOUR = "#8a8a8a"


def draw_map(ax, x, y, truth=None, span=SPAN):
    """The loss of every (w, b) around the best line, as a map: the lighter, the lower. Returns the contours."""
    best = descent.best_line(x, y)
    w, b = (np.linspace(centre - half, centre + half, 121) for centre, half in zip(best, span, strict=True))
    loss = np.maximum(descent.loss_grid(x, y, w, b), np.finfo(float).tiny)  # a loss of 0 has no logarithm
    levels = loss.min() + RISES
    ax.contourf(w, b, loss, [0, *levels], colors=SHADES, extend="max")
    contours = ax.contour(w, b, loss, levels, colors=CONTOUR, linewidths=0.6)
    frame_map(ax, best, truth, span)
    return contours


def frame_map(ax, centre, truth=None, span=SPAN):
    """The axes of a map, and the true (w, b) where it is given."""
    across, up = ((middle - half, middle + half) for middle, half in zip(centre, span, strict=True))
    ax.set(xlabel="slope w", ylabel="intercept b", xlim=across, ylim=up)
    if truth is not None:
        ax.plot(*truth, "*", color=TRUTH, markersize=10, markeredgewidth=0, zorder=5)
        note(ax, f"({truth[0]:g}, {truth[1]:g})", truth, (6, 5))


def draw_losses(ax, steps, limits, floor=None):
    """Empty axes for the loss over the steps, and the loss of the best line where it is given."""
    ax.set(xlabel="step", ylabel="loss", yscale="log", xlim=(-0.02 * max(steps, 1), max(steps, 1)), ylim=limits)
    ax.minorticks_off()
    if floor is not None and floor > limits[0]:
        ax.axhline(floor, linestyle=":", color=TRUTH, linewidth=1.5)
        note(ax, f"the best line: {floor:.2g}", (steps, floor), (0, -4), ha="right", va="top")


def smallest_loss(x, y):
    """The loss of the best line, which no other line can undercut."""
    w, b = descent.best_line(x, y)
    return descent.loss_grid(x, y, [w], [b]).item()


def draw_arrow(ax, start, end, color, **kwargs):
    """A straight arrow from start to end, in the data's coordinates."""
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, shrinkA=0, shrinkB=0, color=color, **kwargs)
    )


def note(ax, text, at, offset=(0, 0), **kwargs):
    """A direct label: text beside a point of the data, the offset in points, with a halo that keeps lines off it."""
    halo = [withStroke(linewidth=2.5, foreground="white", alpha=0.7)]
    ax.annotate(text, at, offset, textcoords="offset points", path_effects=halo, zorder=8, **kwargs)


def mark_start(ax, start):
    """Where a path on the map begins."""
    ax.plot(*start, "o", color="white", markeredgecolor=PATH, markeredgewidth=1.5, markersize=7)
    left, right = ax.get_xlim()
    offset, side = ((5, -12), "left") if start[0] < right - 0.2 * (right - left) else ((-5, -12), "right")
    note(ax, "start", start, offset, ha=side, color=PATH)


def mark_lowest(ax, best):
    """A small circle around the lowest point of a map."""
    ax.plot(*best, "o", color=TRUTH, markerfacecolor="none", markersize=9, zorder=6)
    note(ax, "lowest", best, (-7, -13), ha="right")


# ---- Pictures of the line ----


@styled
def guesses(x, y, lines):
    """The same points with one guessed line (w, b) in each panel; sticks show each point's error.

    Args:
        x, y: the points, shape (size,).
        lines: pairs (w, b), one for each panel.
    """
    x, y = (values.numpy() for values in _points(x, y))
    lines = _pairs("lines", lines)
    losses = [((w * x + b - y) ** 2).mean() for w, b in lines]
    titles = [f"w = {w:g}, b = {b:g}" for w, b in lines]
    picture, axes = panels(2.9, *titles, sharey=True)
    for ax, (w, b), loss in zip(axes, lines, losses, strict=True):
        ax.vlines(x, y, w * x + b, color=LINE, alpha=0.3, linewidth=1)
        draw_data(ax, x, y)
        draw_line(ax, w, b, color=LINE)
        ax.set_xlabel(f"loss {loss:.4f}", fontweight="bold", color=LOSS_TEXT)
    for ax in axes[1:]:
        ax.set_ylabel("")
    told = "; ".join(f"w = {w:g}, b = {b:g}: loss {loss:.4f}" for (w, b), loss in zip(lines, losses, strict=True))
    picture.alt = f"{len(x)} points and a guessed line in each panel, with a stick from each point to the line. {told}."
    return picture


@styled
def data_and_line(x, y, truth):
    """The points and the true line (w, b) they were drawn around."""
    truth = _pair("truth", truth)
    x, y = (values.numpy() for values in _points(x, y))
    picture, (ax,) = panels(3.2, f"{len(x)} points around a line that you know, and the model does not")
    draw_data(ax, x, y, truth)
    off = np.abs(truth[0] * x + truth[1] - y).max()
    picture.alt = (
        f"{len(x)} points along the dotted line y = {truth[0]:g} x + {truth[1]:g}, x from {x.min():.2f} to "
        f"{x.max():.2f}; no point is further than {off:.4f} from the line."
    )
    return picture


@styled
def bowl(x, y, truth):
    """The loss of every line (w, b) twice: as a surface, and as the map that the rest of the course uses."""
    truth = _pair("truth", truth)
    x, y = points_with_map(x, y)
    best = descent.best_line(x, y)
    picture = Picture(3.9)
    surface = picture.add_subplot(1, 2, 1, projection="3d")
    w, b = np.linspace(best[0] - 1, best[0] + 1, 41), np.linspace(best[1] - 0.65, best[1] + 0.65, 41)
    loss = descent.loss_grid(x, y, w, b)
    surface.plot_surface(*np.meshgrid(w, b), loss, color=LOSS, alpha=0.8)
    surface.set(xlabel="slope w", ylabel="intercept b", zlabel="loss", yticks=[0, 0.5, 1], zticks=[0, 0.5, 1])
    surface.set_title("The losses of all lines form a bowl ...")
    surface.view_init(elev=32)
    surface.set_box_aspect(None, zoom=0.88)
    ax = picture.add_subplot(1, 2, 2)
    ax.set_title("... seen from above: light is low")
    contours = draw_map(ax, x, y, truth)
    surface.contour(*np.meshgrid(w, b), loss, contours.levels, colors=INK, linewidths=0.8)
    mark_lowest(ax, best)
    picture.alt = (
        "Left, the loss over slope w and intercept b as a surface: a long narrow bowl. Right, the same bowl from "
        f"above as a map with ellipses of equal loss around the lowest point w = {best[0]:.2f}, b = {best[1]:.2f}; "
        "they are long from top left to bottom right, where a larger slope and a smaller intercept make up for each "
        "other."
    )
    return picture


@styled
def way_on_map(x, y, places):
    """The map of the loss, and the places (w, b) that were tried on it, in order."""
    places = _pairs("places", places, arguments.MOST)
    x, y = points_with_map(x, y)
    w, b = np.array(places).T
    best = descent.best_line(x, y)
    span = 0.3 + np.abs(np.array(places) - best).max(axis=0)
    picture, (ax,) = panels(4, "The map that you could not see, and your way")
    draw_map(ax, x, y, span=span)
    mark_lowest(ax, best)
    ax.plot(w, b, ".-", color=PATH, linewidth=1.5)
    mark_start(ax, places[0])
    moves = len(places) - 1
    way = f"{moves} move{'s' * (moves != 1)} to w = {w[-1]:g}, b = {b[-1]:g}" if moves else "no move so far"
    picture.alt = (
        f"The map of the loss, lowest at w = {best[0]:.2f}, b = {best[1]:.2f}, in a long valley from top left to "
        f"bottom right. Your way starts at w = {w[0]:g}, b = {b[0]:g}: {way}."
    )
    return picture


@styled
def lines_and_places(x, y, places):
    """Some lines among the points, and the place (w, b) that each has on the map, whose contours say their heights.

    Args:
        x, y: the points, shape (size,).
        places: a dictionary of pairs (w, b), each under the letter that names it in both panels.
    """
    x, y = points_with_map(x, y)
    if not isinstance(places, dict):
        raise TypeError(f"places must be a dictionary of pairs (w, b), not {arguments.shown(places)}")
    names = [arguments.line("a name in places", name) for name in places]
    places = dict(zip(names, _pairs("places", places.values()), strict=True))
    titles = "Each line among the points ...", "... is one place on the map, and has one height"
    picture, (left, right) = panels(3.9, *titles, width_ratios=[1, 1.4])
    draw_data(left, x, y)
    contours = draw_map(right, x, y)
    best, ray = np.array(descent.best_line(x, y)), np.array([1.0, 0.65])  # along the ray the loss is a parabola
    floor, rise = (descent.loss_grid(x, y, best[:1] + t * ray[:1], best[1:] + t * ray[1:]).item() for t in (0, 1))
    spots = [best - np.sqrt((level - floor) / (rise - floor)) * ray for level in contours.levels[2:]]
    right.clabel(contours, fmt="%.2g", fontsize=7.5, colors=INK, manual=spots)
    told = []
    for name, (w, b) in places.items():
        loss = ((w * x + b - y) ** 2).mean().item()
        draw_line(left, w, b, color=LINE)
        note(left, name, (1, w + b), (5, 0), va="center", color=LINE, fontweight="bold")
        right.plot(w, b, "o", color=LINE, markersize=6)
        note(right, name, (w, b), (6, 3), color=LINE, fontweight="bold")
        told.append(f"{name}: w = {w:g}, b = {b:g}, loss {loss:.4f}")
    left.text(0.03, 0.98, "\n".join(told), va="top", color=LINE, transform=left.transAxes)
    picture.alt = (
        f"Left, {len(x)} points and {len(places)} lines. Right, the same lines as {len(places)} places on the map of "
        f"the loss, with the height written on the contours, the lowest at {contours.levels[0]:.2g} and the "
        f"highest at {contours.levels[-1]:.2g}. {'; '.join(told)}."
    )
    return picture


@styled
def uphill(x, y, places, gradients, truth, length=0.12):
    """The map of the loss with the gradient at some places, `length` times as long, each on a piece of its contour."""
    places, gradients = _pairs("places", places), _pairs("gradients", gradients)
    _same_size(places=places, gradients=gradients)
    length = arguments.number("length", length, above=0, at_most=FARTHEST)
    truth = _pair("truth", truth)
    x, y = points_with_map(x, y)
    picture, (ax,) = panels(4.6, "At every place the gradient points uphill, straight across the contour")
    draw_map(ax, x, y, truth)
    ax.set_aspect("equal")
    around = np.linspace(-0.12, 0.12, 25)
    for (w, b), (dw, db) in zip(places, gradients, strict=True):
        loss = descent.loss_grid(x, y, w + around, b + around)
        ax.contour(w + around, b + around, loss, [loss[12, 12]], colors=INK, linewidths=1.2)
        ax.plot(w, b, "o", color=PATH, markersize=5)
        draw_arrow(ax, (w, b), (w + length * dw, b + length * db), GRADIENT)
    (w, b), (dw, db) = places[0], gradients[0]
    note(ax, "gradient", (w + length * dw, b + length * db), (6, -3), color=GRADIENT_TEXT)
    told = "; ".join(
        f"at w = {w:g}, b = {b:g} it is ({dw:.2f}, {db:.2f})"
        for (w, b), (dw, db) in zip(places, gradients, strict=True)
    )
    picture.alt = (
        f"The map of the loss with {len(places)} gradient arrows, each at right angles to the piece of contour it "
        f"stands on: {told}."
    )
    return picture


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
    x, y = (values.numpy() for values in points_with_map(x, y))
    w, b = arguments.curves({"w": w, "b": b}, 2, 2).values()
    loss = arguments.vector("loss", loss, at_least=0).numpy()
    _same_size(w=w, b=b, loss=loss)
    last = len(loss) - 1
    picture, (left, middle, right) = panels(
        3.1, "The line finds the data", "Its path across the map", "The loss falls", width_ratios=[1, 1.1, 1]
    )
    draw_data(left, x, y, truth)
    ends = np.array([b[0], w[0] + b[0], b[-1], w[-1] + b[-1]])
    low, high = min(y.min(), ends.min()), max(y.max(), ends.max())
    span = high - low or 1
    left.set_ylim(low - 0.1 * span, high + 0.35 * span)  # room for the labels
    draw_line(left, w[0], b[0], color=LINE, alpha=0.4)
    draw_line(left, w[-1], b[-1], color=LINE)
    end, side = ((1, w[0] + b[0]), "right") if w[0] > 0 else ((0, b[0]), "left")  # the higher end
    note(left, "step 0", end, (0, 6), ha=side, color=LINE)
    note(left, f"step {last}", (1, w[-1] + b[-1]), (0, 9), ha="right", color=LINE, fontweight="bold")
    draw_map(middle, x, y, truth)
    middle.plot(w, b, ".-", color=PATH, linewidth=1.5, markersize=4)
    mark_start(middle, (w[0], b[0]))
    floor = smallest_loss(x, y)
    draw_losses(right, last, limits(np.append(loss, floor), 4, 2), floor)
    right.plot(loss, color=LOSS)
    note(right, "loss", (0.3 * last, loss[round(0.3 * last)]), (6, 6), color=LOSS_TEXT, fontweight="bold")
    picture.alt = (
        f"Left, the line turns from w = {w[0]:.2f}, b = {b[0]:.2f} into the data. Middle, its path on the map of the "
        f"loss ends at w = {w[-1]:.2f}, b = {b[-1]:.2f}. Right, the loss falls from {loss[0]:.2g} at step 0 to "
        f"{loss[-1]:.2g} at step {last}."
    )
    return picture


@styled
def losses(title, **curves):
    """The loss over the steps, one curve for each word, directly labelled; up to three, told apart by dashes too."""
    curves = arguments.curves(curves, 1, 3, at_least=0)
    picture, (ax,) = panels(3, arguments.line("title", title))
    steps = max(map(len, curves.values())) - 1
    values = np.concatenate(list(curves.values()))
    draw_losses(ax, steps, limits(values, 2, 2))
    looks = ("-", (0, (5, 3)), (0, (1, 2)))
    for (name, curve), dash in zip(curves.items(), looks, strict=False):
        ax.plot(curve, linestyle=dash, color=LOSS)
        others = [other for other in curves.values() if other is not curve]
        at, above = _free_place(curve, others)
        # On the side on which a falling curve leaves room: to the right above it, to the left below it.
        place = (
            {"offset": (0, 5), "ha": "left", "va": "bottom"}
            if above
            else {"offset": (0, -5), "ha": "right", "va": "top"}
        )
        note(ax, name, (at, curve[at]), **place, color=LOSS_TEXT, fontweight="bold")
    told = "; ".join(
        f"{name}: from {c[0]:.3g} at step 0 to {c[-1]:.3g} at step {len(c) - 1}" for name, c in curves.items()
    )
    picture.alt = f"The loss over the steps, on a logarithmic scale. {told}."
    return picture


def _free_place(curve, others):
    """The step at which a curve is farthest from the others, as factors go, and whether there is room above it."""
    steps = np.arange(round(0.15 * len(curve)), max(1, round(0.75 * len(curve))))
    if not others:
        return int(steps[-1]), True
    logs = [np.log(np.maximum(one, 1e-300)) for one in (curve, *others)]
    away = np.array([other[np.minimum(steps, len(other) - 1)] - logs[0][steps] for other in logs[1:]])
    best = np.abs(away).min(axis=0).argmax()
    return int(steps[best]), not ((away[:, best] > 0) & (away[:, best] < np.log(4))).any()


@styled
def parameters(w, b, truth):
    """w and b over the steps, each with its true value as a dotted line."""
    truth = _pair("truth", truth)
    w, b = arguments.curves({"w": w, "b": b}, 2, 2).values()
    _same_size(w=w, b=b)
    picture, axes = panels(2.8, "The slope w over the steps", "The intercept b over the steps")
    told = []
    for ax, name, values, true in zip(axes, ("w", "b"), (w, b), truth, strict=True):
        ax.axhline(true, linestyle=":", color=TRUTH, linewidth=1.6)
        below = values.mean() > true  # the label goes to the side on which the curve is not
        note(ax, f"true {name} = {true:g}", (len(values) - 1, true), (0, -16 if below else 9), ha="right")
        ax.plot(values, color=PATH)
        ax.set(xlabel="step", ylabel={"w": "slope w", "b": "intercept b"}[name])
        ax.margins(y=0.18)
        told.append(f"{name} goes from {values[0]:.2f} to {values[-1]:.2f}, its true value is {true:g}")
    picture.alt = f"Two curves over {len(values) - 1} steps: {'; '.join(told)}."
    return picture


@styled
def four_rates(x, y, run, steps, truth):
    """The paths of a `Descent` with four learning rates on the map of the loss, one panel a rate."""
    arguments.a("run", descent.Descent, run, "descend() returns")
    if len(run.learning_rates) != 4:
        raise ValueError(f"run must have four learning rates, not {len(run.learning_rates)}")
    if arguments.count("steps", steps) >= len(run.loss):
        raise ValueError(f"steps must be at most {len(run.loss) - 1}, the steps of the run, not {steps}")
    truth = _pair("truth", truth)
    x, y = points_with_map(x, y)
    picture, axes = panels(2.7, *(f"learning rate {rate:g}" for rate in run.learning_rates), sharey=True)
    told = []
    for lane, ax in enumerate(axes):
        gone = run.diverged_at[lane]
        diverged = 0 <= gone <= steps
        shown = slice(
            0, min(8, steps + 1) if diverged else steps + 1
        )  # of a run that diverges the first jumps say it all
        draw_map(ax, x, y, truth)
        ax.plot(run.w[shown, lane], run.b[shown, lane], ".-", color=PATH, linewidth=1.2, markersize=4)
        mark_start(ax, (run.w[0, lane], run.b[0, lane]))
        ax.set_ylabel("intercept b" if lane == 0 else "")
        end = f"diverged at step {gone}" if diverged else f"loss {run.loss[steps, lane]:.2g} after {steps} steps"
        ax.set_xlabel(f"slope w\n{end}")
        told.append(f"learning rate {run.learning_rates[lane]:g}: {end}")
    picture.alt = f"Four maps of the loss with the path of gradient descent from the same start. {'; '.join(told)}."
    return picture


@styled
def orbit(title, **values):
    """One parameter over the steps under up to three treatments, on one axis."""
    values = arguments.curves(values, 1, 3)
    picture, (ax,) = panels(3, arguments.line("title", title))
    told = []
    looks = ((PATH, "-"), (TRUTH, (0, (1, 2))), (LINE, (0, (5, 2))))
    for (name, curve), (color, dash) in zip(values.items(), looks, strict=False):
        ax.plot(curve, color=color, linestyle=dash, label=name)
        told.append(f"{name}: between {curve.min():.2f} and {curve.max():.2f}, at the end {curve[-1]:.2f}")
    ax.legend(loc="upper right", frameon=False, ncols=len(values))
    ax.set(xlabel="step", ylabel="weight[0, 0]")
    ax.margins(y=0.18)
    picture.alt = f"One weight over the steps. {'; '.join(told)}."
    return picture


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
    picture, (ax,) = panels(3.4, "Neither large nor tiny: the best nudge lies in between")
    told = []
    for (name, error), color, marker in zip(errors.items(), (LINE, PATH), ("o", "s"), strict=True):
        best = error.argmin()
        ax.plot(h, error, marker=marker, markersize=4, color=color)
        note(ax, name, (h[0], error[0]), (-6, 0), ha="right", va="center", color=color, fontweight="bold")
        offset, side = ((9, -5), "left") if marker == "o" else ((0, -9), "center")
        note(ax, f"best near h = {h[best]:.0e}", (h[best], error[best]), offset, ha=side, va="top", color=color)
        told.append(f"{name}: smallest near h = {h[best]:.0e}")
    ax.set(xscale="log", yscale="log", xlabel="nudge h", ylabel="error of the slope")
    ax.margins(x=0.12, y=0.2)
    picture.alt = (
        "The error of the difference quotient over the nudge h, a valley for each precision: from the right the "
        "error falls with h squared, then rounding takes over and it grows, in float32 until all slopes are 0 and "
        f"the curve is level. {'; '.join(told)}."
    )
    return picture


@styled
def growth(**nodes):
    """The number of nodes that each step's backward walks through, one curve for each way of writing the update."""
    nodes = arguments.curves(nodes, 1, 2)
    picture, (ax,) = panels(2.8, "How many nodes backward has to walk through at each step")
    told = []
    for (name, curve), color, dash in zip(nodes.items(), (GRADIENT, LINE), ("-", (0, (5, 2))), strict=False):
        ax.plot(curve, color=color, linestyle=dash)
        note(ax, f"{name}: {curve[-1]:.0f} nodes", (len(curve) - 1, curve[-1]), (0, 5), ha="right", fontweight="bold")
        told.append(f"{name}: from {curve[0]:.0f} nodes at step 0 to {curve[-1]:.0f} at step {len(curve) - 1}")
    ax.set(xlabel="step", ylabel="nodes in the graph")
    ax.margins(y=0.15)
    picture.alt = f"The size of the graph over the steps. {'; '.join(told)}."
    return picture


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
    picture, (ax,) = panels(1.5, "Round and round: the five words of a training loop")
    for place, (word, code) in enumerate(WORDS.items()):
        left = place * 1.8
        mark = word in opened
        look = (
            {"facecolor": "#dcebf5", "edgecolor": LINE, "linewidth": 2}
            if mark
            else {"facecolor": "white", "edgecolor": INK}
        )
        ax.add_patch(FancyBboxPatch((left, 0), 1.3, 0.42, "round,pad=0.06", **look))
        ax.text(left + 0.65, 0.21, word, ha="center", va="center", fontsize=11, fontweight="bold")
        ax.text(left + 0.65, -0.14, code, ha="center", va="top", fontsize=7, family="monospace")
        if place < len(WORDS) - 1:
            draw_arrow(ax, (left + 1.4, 0.21), (left + 1.72, 0.21), INK)
    end = 1.8 * (len(WORDS) - 1) + 0.65
    ax.plot([end, end, 0.65, 0.65], [0.5, 0.72, 0.72, 0.6], color=INK, linewidth=1.4, solid_capstyle="butt")
    draw_arrow(ax, (0.65, 0.72), (0.65, 0.49), INK)
    ax.set(xlim=(-0.15, end + 0.8), ylim=(-0.3, 0.8))
    ax.axis("off")
    told = ", ".join(f"{word} ({code})" for word, code in WORDS.items())
    marked = f" Marked: {', '.join(opened)}." if opened else ""
    picture.alt = f"Five boxes in a row, with an arrow from the last back to the first: {told}.{marked}"
    return picture


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
    picture, (ax,) = panels(
        2.9, f"{size} errors were wanted (blue), {size * size} came: every prediction meets every y"
    )
    for row in range(size):
        ax.text(-0.15, -row - 0.5, f"y_hat {y_hat[row]:.1f}", ha="right", va="center", color=LINE, fontweight="bold")
        ax.text(row + 0.5, 0.12, f"y {y[row]:.1f}", ha="center", va="bottom", fontweight="bold")
        for column in range(size):
            wanted = row == column
            look = {"facecolor": "#cfe3f1" if wanted else "white", "edgecolor": LINE if wanted else "#9a9a9a"}
            ax.add_patch(Rectangle((column, -row - 1), 1, 1, **look, linewidth=2 if wanted else 1, zorder=1 + wanted))
            difference = f"{y_hat[row] - y[column]:+.1f}"
            weight = "bold" if wanted else "normal"
            ax.text(column + 0.5, -row - 0.5, difference, ha="center", va="center", fontweight=weight, zorder=3)
    squares = (y_hat[:, None] - y) ** 2
    wanted, came = np.diagonal(squares).mean(), squares.mean()
    told = f"mean of the {size} squares: {wanted:.2f}\nmean of all {size * size} squares: {came:.2f}"
    ax.text(size + 0.3, -size / 2, told, va="center", color=LOSS_TEXT, fontweight="bold")
    ax.set(xlim=(-2, size + 4), ylim=(-size - 0.1, 0.6))
    ax.axis("off")
    picture.alt = (
        f"A table of {size} by {size} differences, a row for each prediction and a column for each y. On the diagonal "
        f"stand the {size} errors that were wanted, {', '.join(f'{e:+.1f}' for e in y_hat - y)}: the mean of their "
        f"squares is {wanted:.2f}. The mean of all {size * size} squares is {came:.2f}."
    )
    return picture


@styled
def slopes_on_a_parabola(places, slopes):
    """The parabola v squared with a straight line through some of its places, as steep as the slope given for each."""
    places, slopes = (
        arguments.vector(name, values).numpy() for name, values in (("places", places), ("slopes", slopes))
    )
    _same_size(places=places, slopes=slopes)
    picture, (ax,) = panels(3, "A slope belongs to the place where it was taken")
    v = np.linspace(-0.5, 1.6, 101)
    ax.plot(v, v**2, color=LOSS)
    note(ax, "loss", (1.6, 1.6**2), (-14, -4), ha="right", color=LOSS_TEXT, fontweight="bold")
    around = np.array([-0.3, 0.3])
    for place, slope in zip(places, slopes, strict=True):
        ax.plot(place, place**2, "o", color=PATH, markersize=6, zorder=6)
        ax.plot(place + around, place**2 + slope * around, color=GRADIENT, linewidth=2.4)
        note(
            ax,
            f"at {place:g}: slope {slope:g}",
            (place, place**2),
            (-10, 12),
            ha="right",
            color=GRADIENT_TEXT,
            fontweight="bold",
        )
    ax.set(xlabel="v", ylabel="loss")
    told = ", ".join(f"{slope:g} at v = {place:g}" for place, slope in zip(places, slopes, strict=True))
    picture.alt = f"The loss v squared as a parabola over v, with a straight line as steep as the slope: {told}."
    return picture


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
    picture, (ax,) = panels(3.7, "One output number: a row of x times a column of weight.T, plus one bias")
    y_hat = x @ weight.T + bias
    parts = [
        ("x", x, [(0, k) for k in range(x.shape[1])]),
        ("@", None, None),
        ("weight.T", weight.T, [(k, 0) for k in range(x.shape[1])]),
        ("+", None, None),
        ("bias", bias[None], [(0, 0)]),
        ("=", None, None),
        ("y_hat", y_hat, [(0, 0)]),
    ]
    left = 0.0
    for name, table, marked in parts:
        if table is None:
            ax.text(left + 0.35, -0.5, name, ha="center", va="center", fontsize=13)
            left += 0.9
            continue
        rows, columns = table.shape
        for row in range(rows):
            for column in range(columns):
                mark = (row, column) in marked
                ax.add_patch(
                    Rectangle(
                        (left + column, -row - 1), 1, 1, facecolor="#cfe3f1" if mark else "white", edgecolor="#9a9a9a"
                    )
                )
                ax.text(
                    left + column + 0.5,
                    -row - 0.5,
                    f"{table[row, column]:.2f}",
                    ha="center",
                    va="center",
                    fontweight="bold" if mark else "normal",
                    fontsize=8,
                )
        shape = tuple(bias.shape) if name == "bias" else tuple(table.shape)
        ax.text(left + columns / 2, 0.3, f"{name}\n{shape}", ha="center", va="bottom", color=LINE, fontweight="bold")
        left += columns + 0.2
    if len(x) > 1:
        note(ax, f"the same numbers\nfor all {len(x)} rows", (left - 4.2, -1.2), va="top", ha="center")
    ax.set(xlim=(-0.2, left), ylim=(-max(x.shape) - 0.2, 2.2))
    ax.axis("off")
    picture.alt = (
        f"A linear layer as tables: x of shape {tuple(x.shape)} times the weight of shape {tuple(weight.shape)} "
        f"turned on its side, plus the bias of shape {tuple(bias.shape)}, which is added to every row, gives y_hat "
        f"of shape {tuple(y_hat.shape)}. Its first number, {y_hat[0, 0]:.2f}, needs the first row of x, the first "
        "row of the weight and the first bias."
    )
    return picture


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
    rows = {name: _rows(traced) for name, traced in graphs.items()}
    heights = [0.6 + 0.75 * (max(places) + 1) for places in rows.values()]
    picture = Picture(sum(heights))
    axes = picture.subplots(len(graphs), 1, squeeze=False, height_ratios=heights)[:, 0]
    for ax, (name, traced) in zip(axes, graphs.items(), strict=True):
        ax.set_title(name.replace("_", " "))
        _draw_graph(ax, traced, rows[name])
    told = ". ".join(f"{name.replace('_', ' ')}: {_tell(traced)}" for name, traced in graphs.items())
    picture.alt = f"The graph behind the loss, forward from left to right. {told}."
    return picture


def _rows(traced):
    """The row of each node: every leaf gets a row of its own, operations stand in the first row of their inputs."""
    rows = [0.0] * len(traced.nodes)
    free = 0
    for place in sorted(range(len(traced.nodes)), key=lambda place: traced.nodes[place].depth, reverse=True):
        inputs = traced.nodes[place].inputs
        if inputs:
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
            ax.add_patch(Rectangle((left, low), width, height, facecolor="#efefef", edgecolor=INK))
            ax.text(middle, low + height / 2, node.name, ha="center", va="center", fontweight="bold")
            for line, saved in enumerate(node.saved):
                ax.text(
                    middle, low - 0.08 - 0.2 * line, f"saved {saved}", ha="center", va="top", fontsize=7.5, color=PATH
                )
        else:
            round_box = FancyBboxPatch(
                (left + 0.08, low + 0.08),
                width - 0.16,
                height - 0.16,
                "round,pad=0.08",
                facecolor="#dcebf5",
                edgecolor=LINE,
                linewidth=1.6,
            )
            ax.add_patch(round_box)
            ax.text(
                middle,
                low + height * 0.68,
                f"{node.name} {node.shape}",
                ha="center",
                va="center",
                fontsize=8.5,
                fontweight="bold",
            )
            told, color = ("grad: filled", GRADIENT_TEXT) if node.has_grad else ("grad: None", INK)
            ax.text(middle, low + height * 0.3, told, ha="center", va="center", fontsize=8, color=color)
    for start, end in traced.edges:
        (left, low), (to_left, to_low) = places[start], places[end]
        draw_arrow(ax, (left, low + height / 2), (to_left + width, to_low + height / 2), GRADIENT, linewidth=1.3)
    left, low = places[0]
    ax.text(left + width + 0.12, low + height / 2, "loss", va="center", color=LOSS_TEXT, fontweight="bold")
    ax.set(xlim=(-0.1, left + width + 0.6), ylim=(min(y for _, y in places) - 0.3, height + 0.1))
    ax.axis("off")


def _tell(traced):
    nodes = traced.nodes
    operations = [graph.describe(node) for node in reversed(nodes) if node.shape is None]
    leaves = [graph.describe(node) for node in nodes if node.shape is not None]
    arrows = [f"{nodes[start].name} to {nodes[end].name}" for start, end in traced.edges]
    return f"operations {', '.join(operations)}; leaves {', '.join(leaves)}; arrows {', '.join(arrows)}"

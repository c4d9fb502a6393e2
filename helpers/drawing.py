"""How every picture looks: colours, sizes, and what pictures are drawn from. No other file knows a colour.

Colours mean the same everywhere (Okabe and Ito's palette, darkened where text needs the contrast). Sizes are in inches;
one inch is 100 pixels of the page.
"""

import base64
import html
import io
from functools import partial

import matplotlib
import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.patheffects import withStroke
from PIL import Image

from helpers import descent
from helpers.arguments import LARGEST, checked, instance

DATA = "#8c8c8c"
LINE = "#0072b2"
TRUTH = "#222222"
GRADIENT = "#d55e00"
GRADIENT_TEXT = "#b34e00"
PATH = "#7b3f9e"
LOSS = "#e69f00"
LOSS_TEXT = "#946200"
INK = "#333333"
EDGE = "#9a9a9a"
CONTOUR = "#8a8a8a"
HIDDEN = "#ececec"
MARKER = "#ffe59a"
REGION = "#d6e7f3"
ACROSS, ALONG = LINE, "#00735a"  # the two directions of the bowl
BOLD = {"fontweight": "bold"}

# The colours of the widgets in the page; it stands before their own CSS.
CSS = f".live-figure, .prediction {{ --line: {LINE}; --gradient: {GRADIENT}; --path: {PATH}; --edge: {EDGE}; }}\n"

RISES = 0.002 * 2.2 ** np.arange(9)  # how far above the lowest loss the contours of a map lie
SHADES = [to_hex((grey, grey, grey)) for grey in np.linspace(253, 180, len(RISES) + 1) / 255]
"""The shades between the contours, from the lowest place outwards."""
CENTRE, SPAN = (0.3, 0.5), (1.1, 0.75)  # the middle of every map, and how far it reaches from there, in w and in b

PIXELS_PER_INCH = 100  # of the page
SHARPNESS = 1.6  # the file is so many times as fine, for screens that are
STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    **dict.fromkeys(("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color"), INK),
}
defaults = {key: value for key, value in matplotlib.rcParamsDefault.items() if "backend" not in key}
styled = matplotlib.rc_context(defaults | STYLE)
"""Every picture starts here, whatever style, font or LaTeX the learner has set."""


def drawn(**own):
    """Decorator of a picture or a lab: its arguments are checked, by their names or as here, in the course's style."""
    return lambda function: checked(styled(function), **own)


class Picture(Figure):
    """A matplotlib figure with `alt`, the sentence that says what it shows."""

    def __init__(self, height, layout="constrained"):
        super().__init__((9, height), PIXELS_PER_INCH * SHARPNESS, layout=layout, facecolor="white")

    def saying(self, alt, parts=()):
        """This picture, with its sentence, which ends with the parts."""
        self.alt = f"{alt} {'; '.join(parts)}." if parts else alt
        return self

    def bundle(self):
        """The picture as HTML, as PNG, and as its sentence, for nbval: in JupyterLab a PNG alone has no alt text."""
        data = base64.b64encode(self.png()).decode()
        width = round(self.get_figwidth() * PIXELS_PER_INCH)
        markup = f'<img alt="{html.escape(self.alt)}" width="{width}" src="data:image/png;base64,{data}">'
        return {"text/html": markup, "image/png": data, "text/plain": self.alt}

    @styled
    def png(self):
        """The picture as the bytes of a PNG with a palette, a third of the size of one in full colour."""
        canvas, file = FigureCanvasAgg(self), io.BytesIO()
        canvas.draw()
        Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(128).save(file, "PNG")
        return file.getvalue()


@checked(picture=partial(instance, kind=Picture, called="a Picture, as the functions in helpers.pictures return it"))
def show(picture):
    """Display a picture with its alt sentence."""
    display(picture.bundle(), raw=True)


def panels(height, *titles, layout="constrained", **subplots):
    """A new picture with one panel for each title, side by side; further words go to matplotlib's `subplots`."""
    picture = Picture(height, layout)
    axes = picture.subplots(1, len(titles), squeeze=False, **subplots)[0]
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title, parse_math=False)  # a dollar is a dollar
    return picture, axes


def note(ax, text, at, offset=(0, 0), **kwargs):
    """A direct label: text beside a point of the data, the offset in points, with a halo that keeps lines off it."""
    halo = [withStroke(linewidth=2.5, foreground="white", alpha=0.7)]
    ax.annotate(text, at, offset, textcoords="offset points", path_effects=halo, zorder=8, **kwargs)


def draw_arrow(ax, start, end, color, **kwargs):
    """A straight arrow from start to end, in the data's coordinates."""
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0, "color": color}
    ax.annotate("", end, start, zorder=1, arrowprops=look | kwargs)


def draw_box(ax, left, low, width, height, text, marked=False, corner=0.0, fontsize=9, fill="white"):
    """A box with a text, blue and bold if it is marked, in a panel without axes; `corner` is the radius of a corner."""
    weight, look = "normal", {"facecolor": fill, "edgecolor": EDGE}
    if marked:
        weight, look = "bold", {"facecolor": REGION, "edgecolor": LINE, "linewidth": 1.6, "zorder": 2}
    ax.add_patch(FancyBboxPatch((left, low), width, height, f"round,pad=0,rounding_size={corner}", **look))
    ax.text(left + width / 2, low + height / 2, text, ha="center", va="center", fontsize=fontsize, fontweight=weight)
    ax.autoscale()
    ax.axis("off")


def draw_data(ax, x, y, truth=None):
    """The points, and the true line (w, b) where it is given."""
    ax.plot(x, y, "o", color=DATA, markersize=3.5, alpha=0.8, markeredgewidth=0)
    ax.set(xlabel="x", ylabel="y")
    if truth is not None:
        w, b = truth
        ax.plot([0, 1], [b, w + b], ":", color=TRUTH, linewidth=1.6, zorder=5)
        ax.text(0.03, 0.97, f"dotted: the truth, {w:g} x + {b:g}", va="top", transform=ax.transAxes)


def lowest_place(x, y, steepest=LARGEST):
    """The (w, b) of the best line; `ValueError` if it is too far away for a map."""
    w, b = descent.best_line(x, y)
    if max(abs(w), abs(b)) > steepest:
        raise ValueError(f"x and y must have a best line, w and b within {steepest:,} of 0, not w = {w:g}, b = {b:g}")
    return w, b


def map_limits(lowest):
    """The limits of a map in w and in b: the same for all, or around the lowest place if it lies outside."""
    inside = (np.abs(np.subtract(lowest, CENTRE)) < SPAN).all()
    centre = np.array(CENTRE if inside else lowest)
    return np.transpose([centre - SPAN, centre + SPAN])


def draw_map(ax, x, y, truth=None, lowest=False):
    """The loss of every (w, b), as a map: the lighter, the lower. Returns the contours."""
    best = lowest_place(x, y)
    limits = map_limits(best)
    w, b = (np.linspace(*ends, 121) for ends in limits)
    loss = np.maximum(descent.loss_grid(x, y, w, b), np.finfo(float).tiny)  # a loss of 0 has no logarithm
    levels = loss.min() + RISES
    ax.contourf(w, b, loss, [0, *levels], colors=SHADES, extend="max")
    contours = ax.contour(w, b, loss, levels, colors=CONTOUR, linewidths=0.6)
    frame_map(ax, limits, truth)
    if lowest:
        ax.plot(*best, "o", color=TRUTH, markerfacecolor="none", markersize=9, zorder=6)
        note(ax, "lowest", best, (-7, -13), ha="right")
    return contours


def frame_map(ax, limits, truth=None):
    """The axes of a map, and the true (w, b) where it is given. Equal scales keep right angles right."""
    across, up = limits
    ax.set(xlabel="slope w", ylabel="intercept b", xlim=across, ylim=up, aspect="equal", anchor="N")
    if truth is not None:
        ax.plot(*truth, "*", color=TRUTH, markersize=10, markeredgewidth=0, zorder=5)
        note(ax, f"({truth[0]:g}, {truth[1]:g})", truth, (6, 5))


def mark_start(ax, start):
    """Where a path on the map begins."""
    ax.plot(*start, "o", color="white", markeredgecolor=PATH, markeredgewidth=1.5, markersize=7)
    is_left, is_low = (at < np.mean(ends) for at, ends in zip(start, (ax.get_xlim(), ax.get_ylim()), strict=True))
    note(ax, "start", start, (5, -12 if is_low else 6), ha="left" if is_left else "right", color=PATH)


def limits(values, below, above):
    """The limits of a logarithmic axis for these numbers: so many times below the smallest, and above the largest."""
    values = values[values > 0]  # a loss of 0 has no place on it
    return (values.min() / below, values.max() * above) if len(values) else (1e-3, 1)


def loss_of(x, y, w, b):
    """The loss of a line."""
    return ((w * x + b - y) ** 2).mean()


def draw_losses(ax, steps, limits, floor=None):
    """Empty axes for the loss over the steps, and the loss of the best line where it is given."""
    ax.set(xlabel="step", ylabel="loss", yscale="log", xlim=(-0.02 * max(steps, 1), max(steps, 1)), ylim=limits)
    ax.minorticks_off()
    if floor is not None and floor > limits[0]:
        ax.axhline(floor, linestyle=":", color=TRUTH, linewidth=1.5)
        note(ax, f"the best line: {floor:.2g}", (steps, floor), (0, -4), ha="right", va="top")

"""The labs of the notebooks, each beside its stage: live figures whose every position is a run that autograd made."""

from functools import partial
from itertools import product

import numpy as np

from helpers import arguments, descent, drawing
from helpers.arguments import checked, count, number
from helpers.data import make_line
from helpers.live_figure import Actor, LiveFigure, Numbers, Scene, Slider, within_reach

STEPS = 200
FARTHEST = 1000
"""No further from the middle of the map is a place that the page knows."""
STEEPEST = 20
"""From a start at most 10 from 0 to lines up to here, no run comes near `FARTHEST` before it has diverged."""
RATES = tuple(float(f"{0.1 * 10 ** (k / 30):.2g}") for k in range(-46, 34))
"""80 learning rates, evenly spaced in their logarithm, from 0.0029 to 1.3; 0.1 is one of them."""
START_W, START_B = (tuple(np.round(np.arange(*ends, 0.15), 2).tolist()) for ends in ((-0.6, 1.201), (-0.1, 1.101)))
"""Where the handle of a start can stand."""
READOUTS = [
    "step {step}: loss {loss}, w = {w}, b = {b}",
    f"diverged at step {{gone}}: the loss is more than {descent.DIVERGED:,} times the first",
]
"""What the page says of a run, and of one that has diverged."""

true_line = partial(arguments.pair, at_least=-STEEPEST, at_most=STEEPEST)
start = partial(number, at_least=-10, at_most=10)
handle_w, handle_b = (partial(number, at_least=grid[0], at_most=grid[-1]) for grid in (START_W, START_B))
few = partial(count, at_most=300)  # as many steps are trained in a second or two


# ---- Notebook 00: the learner is the optimizer ----


@checked(**dict.fromkeys("xy", partial(arguments.array, at_least=-30, at_most=30)))
def hand_fit(x, y, goal, blind=False):
    """Two sliders in search of a loss below the goal; blind, by that number alone."""
    slopes = np.round(np.arange(-1, 1.51, 0.05), 2)
    intercepts = np.round(np.arange(-0.5, 1.51, 0.05), 2)
    loss = descent.loss_grid(x, y, slopes, intercepts).T
    w, b, ends = slopes[:, None, None], intercepts[None, :, None], np.array([[[0, 1]]])
    stage, (left, middle, right) = _dark_stage(x, y, slopes, intercepts, loss, goal, blind)
    actors = [
        Actor("way", middle, w, b, drawing.PATH, 1.5, trail=200),
        Actor("here", middle, w, b, drawing.PATH, dots=9),
        Actor("loss", right, np.array([[[0, 40]]]), loss[:, :, None], drawing.LOSS, 2),
        Actor("losses", right, np.array([[[1]]]), loss[:, :, None], drawing.LOSS_TEXT, 2, trail=40, stride=1),
    ]
    if not blind:
        actors.append(Actor("line", left, ends, w * ends + b, drawing.LINE, 3))
    readouts = [f"loss {{loss}} · goal: below {goal:g}", f"loss {{loss}} · below the goal of {goal:g}: done"]
    words, done = {"loss": Numbers(loss, decimals=4)}, (loss < goal).astype(int)
    sliders = [Slider("slope w", tuple(slopes.tolist()), -0.8), Slider("intercept b", tuple(intercepts.tolist()), 1.2)]
    return LiveFigure(Scene(stage, actors, readouts, words, done, counts_moves=True), sliders)


@drawing.styled
def _dark_stage(x, y, w, b, loss, goal, blind):
    """The three panels of the thread in the dark: the map is not drawn, and the loss is that of the moves."""
    picture, axes = _stage("The data and your line", "The places (w, b) you have tried", "The loss of your moves")
    left, middle, right = axes
    if blind:
        left.text(0.5, 0.5, "hidden", ha="center", va="center", transform=left.transAxes)
        left.set(xticks=[], yticks=[], facecolor=drawing.HIDDEN, title="The data are hidden")
    else:
        drawing.draw_data(left, x, y)
        left.set_ylim(-0.3, 1.5)
    drawing.frame_map(middle, ((w[0] + w[-1]) / 2, (b[0] + b[-1]) / 2), span=(1.35, 1.1))
    middle.set(yticks=[-0.5, 0, 0.5, 1, 1.5], facecolor=drawing.HIDDEN)
    right.set(xlabel="moves (the last 40)", ylabel="loss", yscale="log", xlim=(0, 41), xticks=[])
    right.set_ylim(drawing.limits(loss, 2, 2))
    right.minorticks_off()
    right.axhline(goal, linestyle=":", color=drawing.TRUTH, linewidth=1.5)
    drawing.note(right, f"goal: below {goal:g}", (41, goal), (0, -4), ha="right", va="top")
    seen = "an empty panel, because the data are hidden" if blind else f"{len(x)} points and your line"
    alt = (
        f"Three panels: {seen}; the places (w, b) that you have tried, on an empty grey map; the losses of your "
        f"moves, with the goal of {goal:g} as a dotted line."
    )
    return picture.saying(alt), axes


# ---- Notebooks 03 to 05: runs on the three panels of the thread ----


@checked(truth=true_line, w=start, b=start)
def learning_rate(x, y, truth, w=-0.3, b=0.2):
    """Notebook 03: one slider for the learning rate of gradient descent on the line, from the start (w, b)."""
    stage = _run_stage(x, y, truth, (w, b), STEPS)
    run = descent.descend(x, y, RATES, w=w, b=b, steps=STEPS)
    return _run_lab(stage, run, [Slider("learning rate", RATES, 0.01)])


@checked(truth=true_line, w=start, b=start)
def learning_rate_and_noise(truth=(0.3, 0.5), w=-0.3, b=0.2):
    """Notebook 04: the learning rate, and the noise of the data, with which points, map and floor move."""
    noises = Slider("noise", tuple(np.round(np.arange(0, 0.201, 0.01), 2).tolist()), 0.01)
    draws = [make_line(*truth, noise=noise) for noise in noises.values]
    x, y = draws[0][0], np.stack([y for _, y in draws])
    rates, draw = np.array(list(product(RATES, range(len(y))))).T
    run = descent.descend(x, y[draw.astype(int)], rates, w=w, b=b, steps=STEPS)
    best = np.array([descent.best_line(x, heights) for heights in y])
    floor = ((best[:, :1] * x + best[:, 1:] - y) ** 2).mean(axis=1)[None, :, None]
    floor[floor < 1e-20] = 0  # without noise nothing is left but rounding
    stage = _run_stage(x, None, truth, (w, b), STEPS)
    left, middle, right = stage[1]
    moving = [
        *_map(middle, descent.curvature(x, y[0]).numpy(), best),
        Actor("data", left, x[None, None], y[None, :, None], drawing.DATA, dots=4.9, ground=True),
        Actor("floor", right, np.array([[[[0, STEPS]]]]), floor[..., None], drawing.TRUTH, 2, dotted=True),
    ]
    words = {"floor": Numbers(floor, digits=2)}
    sliders = [Slider("learning rate", RATES, 0.1), noises]
    return _run_lab(stage, run, sliders, "{run} · best line: {floor}", words, moving)


@checked(truth=true_line, w=handle_w, b=handle_b, steps=few)
def explore(x, y, truth, w=-0.3, b=0.2, steps=100):
    """Notebook 05: the learning rate with its limit, and a start to be dragged across the map."""
    rate = Slider("learning rate", RATES[::2], 0.1, marked=True)
    starts = [Slider("start w", START_W, w), Slider("start b", START_B, b)]
    stage = _run_stage(x, y, truth, None, steps)  # the handle shows the start
    rates, from_w, from_b = np.array(list(product(rate.values, START_W, START_B))).T
    run = descent.descend(x, y, rates, w=from_w, b=from_b, steps=steps)
    limit = rate.share(descent.stability_limit(descent.curvature(x, y)))
    return _run_lab(stage, run, [rate, *starts], mark=np.array(limit), handle=stage[1][1], handled=(1, 2))


@checked(truth=true_line, w=start, b=start, steps=few)
def momentum(x, y, truth, w=-0.3, b=0.2, steps=120):
    """Notebook 05: the learning rate and the momentum, with the limit that moves along."""
    spaced = tuple(float(f"{rate:.2g}") for rate in np.geomspace(0.01, 1.8, 28))
    rate = Slider("learning rate", spaced, 0.1, marked=True)
    betas = Slider("momentum", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95), 0.0)
    stage = _run_stage(x, y, truth, (w, b), steps)
    rates, beta = np.array(list(product(rate.values, betas.values))).T
    run = descent.descend(x, y, rates, w=w, b=b, steps=steps, momentum=beta)
    hessian = descent.curvature(x, y)
    limits = np.array([[descent.stability_limit(hessian, beta) for beta in betas.values]])
    words = {"limit": Numbers(limits[..., None], decimals=3)}
    return _run_lab(stage, run, [rate, betas], "limit {limit} · {run}", words, mark=rate.share(limits))


def _run_lab(stage, run, sliders, readout="{run}", words=(), moving=(), **more):
    """The three panels with a recorded run for each position of the sliders, which is played."""
    picture, (left, middle, right) = stage
    shape = [len(slider.values) for slider in sliders]
    step = np.arange(len(run.loss)).reshape(*np.ones_like(shape), -1)
    w, b, loss = (record.T.reshape(*shape, -1) for record in (run.w, run.b, run.loss))
    w, b = within_reach(w, b, [np.mean(middle.get_xlim()), np.mean(middle.get_ylim())], FARTHEST)
    gone = run.diverged_at.reshape(*shape, 1)
    words = dict(words, loss=Numbers(loss, digits=2))
    for name, values, decimals in (("step", step, 0), ("gone", gone, 0), ("w", w, 2), ("b", b, 2)):
        words[name] = Numbers(values, decimals)
    places = [Numbers(values[..., None, :], decimals=2) for values in (w, b)]
    actors = [
        *moving,
        Actor("line", left, *places, drawing.LINE, 3, line=(0, 1)),
        Actor("path", middle, *places, drawing.PATH, 1.5, dots=4, grows=True),
        Actor("loss", right, step[..., None, :], loss[..., None, :], drawing.LOSS, 3, grows=True),
    ]
    sentences = [readout.replace("{run}", sentence) for sentence in READOUTS]
    which = ((gone >= 0) & (gone <= step)).astype(int)
    last = step.size - 1
    steps = Slider("step", tuple(range(last + 1)), last, plays=True)
    return LiveFigure(Scene(picture, actors, sentences, words, which, **more), [*sliders, steps])


@drawing.styled
def _run_stage(x, y, truth, start, steps):
    """The three panels without a run. Without a start a handle shows it, and without y the data are actors, too."""
    picture, axes = _stage("The line at this step", "The path across the map", "The loss")
    left, middle, right = axes
    left.set_ylim(_around(truth, 0.7, 0.4))
    if y is None:
        drawing.draw_data(left, [], [], truth)
        drawing.frame_map(middle, truth, truth)
        drawing.draw_losses(right, steps, (1e-5, 20))
        middle.text(0.03, 0.03, "ring: the lowest point", transform=middle.transAxes)
        right.text(0.97, 0.97, "dotted: the best line", ha="right", va="top", transform=right.transAxes)
    else:
        best = drawing.lowest_place(x, y, STEEPEST)
        drawing.draw_data(left, x, y, truth)
        drawing.draw_map(middle, x, y, truth)
        drawing.draw_losses(right, steps, (1e-5, 20), drawing.loss_of(x, y, *best))
    if start is not None:
        drawing.mark_start(middle, start)
    origin = "" if start is None else f" from w = {start[0]:g}, b = {start[1]:g}"
    alt = (
        f"Three panels: {len(x)} points with the true line y = {truth[0]:g} x + {truth[1]:g} and the line that "
        f"gradient descent has come to; its path on the map of the loss{origin}; the loss over {steps} steps."
    )
    return picture.saying(alt), axes


def _map(ax, hessian, best):
    """The map of the loss as actors that move with the data: its shades, its contours, and a ring at its lowest point.

    Around its lowest point the loss rises by d @ hessian @ d / 2, where d is (w, b) less that point.

    Args:
        hessian: shape (2, 2), the same for all data.
        best: the lowest points, shape (data, 2).
    """
    turn = np.linspace(0, 2 * np.pi, 121)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    curvatures, directions = np.linalg.eigh(hessian)
    ellipse = directions @ (circle / np.sqrt(curvatures / 2)[:, None])
    w, b = best.T[:, None, :, None, None]
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    corners = np.array([[left, right, right, left], [low, low, high, high]])[:, None, None, None]
    actors = [Actor("beyond", ax, *corners, drawing.CONTOUR, 0.8, fill=drawing.SHADES[-1], ground=True)]
    for rise, shade in zip(drawing.RISES[::-1], drawing.SHADES[-2::-1], strict=True):
        across, up = np.sqrt(rise) * ellipse
        actors.append(Actor("contour", ax, w + across, b + up, drawing.CONTOUR, 0.8, fill=shade, ground=True))
    across, up = circle * np.array([[(right - left) / 50], [(high - low) / 40]])
    return [*actors, Actor("lowest", ax, w + across, b + up, drawing.TRUTH, 1.4)]


# ---- Notebook 05: two kinds of noise ----


@checked(truth=true_line, draws=partial(count, at_least=2, at_most=300))
def data_and_answer(truth=(0.3, 0.5), draws=100):
    """How far the noise and the size of the data move the best line, over many draws of the data."""
    noises = Slider("noise", tuple(np.round(np.arange(0.01, 0.201, 0.01), 2).tolist()), 0.1)
    sizes = Slider("size", (10, 20, 50, 100, 200, 500), 20, unit="points")
    random = np.random.default_rng(0)
    off, clouds = [], []
    for size in sizes.values:  # the answer is off by the noise times a number that depends on the draw alone
        x = random.uniform(0, 1, (draws, size))
        e = random.uniform(-1, 1, (draws, size))
        centred = x - x.mean(axis=1, keepdims=True)
        slope = (centred * e).sum(axis=1) / (centred**2).sum(axis=1)
        off.append((slope, e.mean(axis=1) - slope * x.mean(axis=1)))
        clouds.append(np.pad(np.stack([x[0], e[0]]), ((0, 0), (0, sizes.values[-1] - size)), mode="wrap"))
    off, clouds = np.array(off), np.array(clouds)  # (sizes, 2, draws), (sizes, 2, most points)
    noise = np.array(noises.values)[:, None, None]
    spread = noise[..., 0] * off[:, 0].std(axis=1)
    predicted = 2 * noise[..., 0] / np.sqrt(sizes.values)
    stage, (left, middle, right) = _answer_stage(truth, sizes.values, predicted, draws)
    x, ends, size = clouds[:, 0], np.array([0.0, 1.0]), np.array(sizes.values)
    w, b = truth[0] + noise * off[:, 0], truth[1] + noise * off[:, 1]
    cloud = truth[0] * x + truth[1] + noise * clouds[:, 1]
    actors = [
        Actor("data", left, x[None], cloud, drawing.DATA, dots=4),
        Actor("line", left, ends[None, None], b[..., :1] + w[..., :1] * ends, drawing.LINE, 3),
        Actor("answers", middle, w, b, drawing.LINE, dots=4),
        Actor("predicted", right, size[None, None], predicted[:, None], drawing.TRUTH, 1.5),
        Actor("measured", right, size[None, :, None], spread[..., None], drawing.LINE, dots=9),
    ]
    readout = f"spread of w over {draws} draws: predicted {{predicted}}, measured {{measured}}"
    words = {"predicted": Numbers(predicted, decimals=4), "measured": Numbers(spread, decimals=4)}
    return LiveFigure(Scene(stage, actors, [readout], words), [noises, sizes])


@drawing.styled
def _answer_stage(truth, sizes, spreads, draws):
    """A draw of the data, the answers of many draws, and how far they spread."""
    picture, axes = _stage("One draw of the data", f"The best lines of {draws} draws", "How far they spread")
    left, middle, right = axes
    drawing.draw_line(left, *truth, ":", color=drawing.TRUTH, linewidth=1.6, zorder=5)
    left.set(xlabel="x", ylabel="y", ylim=_around(truth, 0.3, 0.3))
    middle.plot(*truth, "*", color=drawing.TRUTH, markersize=10, markeredgewidth=0, zorder=9)
    for line, at in zip((middle.axvline, middle.axhline), truth, strict=True):  # the dots can hide the star
        line(at, linestyle=":", color=drawing.TRUTH, linewidth=1)
    drawing.frame_map(middle, truth, span=(0.65, 0.36))
    right.set(xlabel="size", ylabel="spread of w", xscale="log", yscale="log", xticks=sizes, xticklabels=sizes)
    right.minorticks_off()
    right.set(xlim=(sizes[0] / 1.5, sizes[-1] * 1.5), ylim=(spreads.min() / 2, spreads.max() * 2))
    right.text(0.97, 0.95, "line: predicted\ndot: measured", ha="right", va="top", transform=right.transAxes)
    alt = (
        f"Three panels: one draw of the data with its best line, and the true line y = {truth[0]:g} x + {truth[1]:g} "
        f"dotted; the best lines of {draws} draws as dots around the truth, in a cloud from top left to bottom right; "
        f"the spread of w over the size of the data from {sizes[0]} to {sizes[-1]} points, predicted and measured."
    )
    return picture.saying(alt), axes


@checked(runs=few, steps=few)
def handfuls(values, runs=60, steps=100):
    """The noise of small batches, and the floor that it leaves, beside the one predicted.

    Only b is trained, on the mean of (b - value)**2, from the lowest point itself.
    """
    if np.ptp(values) < 1e-50:
        raise ValueError(f"values must hold at least two different numbers, not {arguments.shown(values.tolist())}")
    batches = Slider("batch size", (1, 2, 4, 8, 16, 32), 1, unit="points")
    rates = Slider("learning rate", (0.05, 0.1, 0.2, 0.4, 0.6, 0.8), 0.2)
    best, curvature, lanes = values.mean(), 2.0, runs * len(rates.values)
    rate = np.array(rates.values)
    each = {"start": best, "steps": steps, "runs": lanes}
    made = [descent.noisy_descent(values, np.repeat(rate, runs), batch, **each) for batch in batches.values]
    b = np.array(made).reshape(len(made), steps + 1, len(rate), runs).swapaxes(1, 2)
    sigma_squared = 4 * values.var() / np.array(batches.values)[:, None]
    floor = (rate * sigma_squared / (curvature * (2 - rate * curvature)))[..., None, None]
    away = ((b - best) ** 2).mean(axis=-1)[..., None, :]
    measured = away[..., steps // 2 :].mean(axis=-1)
    stage, (left, right) = _shaken_stage(best, b, steps)
    width, across, step = np.sqrt(floor), np.array([[[[0, steps]]]]), np.arange(steps + 1)[None, None, None]
    actors = [
        Actor("b", left, step, b[..., None, :, 0], drawing.PATH, 1.5, grows=True),
        Actor("above", left, across, best + width + 0 * across, drawing.TRUTH, 1.2),
        Actor("below", left, across, best - width + 0 * across, drawing.TRUTH, 1.2),
        Actor("away", right, step, away, drawing.LOSS, 2, grows=True),
        Actor("floor", right, across, floor + 0 * across, drawing.TRUTH, 1.5),
    ]
    words = {"predicted": Numbers(floor[..., 0], digits=3), "measured": Numbers(measured, digits=3)}
    scene = Scene(stage, actors, ["floor: predicted {predicted}, measured over the second half {measured}"], words)
    return LiveFigure(scene, [batches, rates, Slider("step", tuple(range(steps + 1)), steps, plays=True)])


@drawing.styled
def _shaken_stage(best, b, steps):
    """b over the steps of one run, and how far it is off, on average, over many."""
    picture, axes = drawing.panels(3.1, "One run, shaken by its batches", "How far off, on average", layout="none")
    picture.subplots_adjust(left=0.085, right=0.975, bottom=0.145, top=0.92, wspace=0.28)
    left, right = axes
    half = 1.1 * np.abs(b[..., 0] - best).max() or 1  # of the one run
    left.axhline(best, linestyle=":", color=drawing.TRUTH, linewidth=1.5)
    left.set(xlabel="step (thin lines: best b ± √(predicted floor))", ylabel="intercept b")
    left.set(xlim=(0, steps), ylim=(best - half, best + half))
    away = ((b - best) ** 2).mean(axis=-1)[..., 1:]
    right.set(xlabel="step", ylabel="mean of (b - best b)²", yscale="log", xlim=(0, steps))
    right.set_ylim(drawing.limits(away, 3, 5))
    right.minorticks_off()
    right.text(0.97, 0.95, "dark line: predicted floor", ha="right", va="top", transform=right.transAxes)
    alt = (
        f"Two panels over {steps} steps: the intercept b of one run, which starts at the best b, {best:.3f}, and is "
        f"shaken around it; and the mean over {b.shape[-1]} runs of its squared distance from there, with the "
        "predicted floor."
    )
    return picture.saying(alt), axes


def _around(line, below, above):
    """How far a panel reaches up, so that the line has so much room below and above it."""
    ends = line[1], line[0] + line[1]
    return min(ends) - below, max(ends) + above


def _stage(*titles):
    """A new picture with three panels."""
    picture, axes = drawing.panels(3.1, *titles, layout="none", width_ratios=[1, 1.1, 1])
    picture.subplots_adjust(left=0.066, right=0.975, bottom=0.145, top=0.92, wspace=0.33)
    return picture, axes

"""The labs of notebooks 00 to 05, which look for a line: every position is a run that autograd made."""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import torch

from helpers import arguments, descent, drawing
from helpers.arguments import checked, each, instance
from helpers.data import make_line
from helpers.drawing import drawn
from helpers.live_figure import Actor, LiveFigure, Slider


def grid(first, last, step):
    """Evenly spaced values of a slider."""
    return tuple(np.round(np.arange(first, last + step / 2, step), 2).tolist())


MOVES = Path("moves.json")
STEPS = 200
LOSSES = 1e-5, 20  # what the panel of a run's losses can show
REGIMES = "diverge: every step lands higher", "zigzag: each step crosses the valley", "crawl: tiny steps, not there yet"
STEEPEST = 20  # from starts at most 10 from 0 to such lines no run leaves the page's reach before it has diverged
RATES = tuple(float(f"{0.1 * 10 ** (k / 30):.2g}") for k in range(-46, 34))  # from 0.0029 to 1.3, evenly in the log
W, B = -0.3, 0.2  # where a run starts
BOUNDED = partial(arguments.array, at_least=-30, at_most=30)
true_line = partial(arguments.pair, at_least=-STEEPEST, at_most=STEEPEST)


@drawn(**dict.fromkeys("xy", BOUNDED))
def hand_fit(x, y, goal, blind=False, arrow=False):
    """Notebooks 00 and 02: two sliders in search of a loss below the goal; blind, by that number alone.

    With the arrow, a quarter of minus the gradient (far away, half a unit) points downhill from the present place.
    """
    sliders = [Slider("slope w", grid(-0.75, 1.35, 0.05), -0.7), Slider("intercept b", grid(-0.2, 1.2, 0.05), 1.05)]
    slopes, intercepts = np.meshgrid(*(slider.values for slider in sliders), indexing="ij")
    run = descent.descend(x, y, np.ones(slopes.size), w=slopes.ravel(), b=intercepts.ravel(), steps=1)
    (w, next_w), (b, next_b), (loss, _) = (part.reshape(2, *slopes.shape, 1) for part in (run.w, run.b, run.loss))
    dw, db = w - next_w, b - next_b  # a step with the learning rate 1 is minus the gradient
    outline = _arrow(w + 1j * b, -dw - 1j * db)
    title = "Arrow: minus the gradient, downhill" if arrow else "The places (w, b) you have tried"
    picture, (left, middle, right) = lab_panels("The data and your line", title, "Your loss, move by move")
    drawing.frame_map(middle, drawing.map_limits(drawing.CENTRE))
    middle.set_facecolor(drawing.HIDDEN)
    drawing.draw_losses(right, 40, drawing.limits(loss, 2, 2))
    right.set(xlabel="moves (the last 40)", xlim=(0, 41), xticks=[])
    right.axhline(goal, linestyle=":", color=drawing.TRUTH, linewidth=1.5)
    drawing.note(right, f"goal: below {goal:g}", (41, goal), (0, -4), ha="right", va="top")
    actors = [
        Actor("way", middle, w, b, drawing.PATH, 1.5, trail=200),
        *([Actor("arrow", middle, *outline, drawing.GRADIENT, 3, fill=drawing.GRADIENT)] if arrow else []),
        Actor("here", middle, w, b, drawing.PATH, dots=9),
        Actor("loss", right, [0, 40], loss, drawing.LOSS, 2),
        Actor("losses", right, 1, loss, drawing.LOSS_TEXT, 2, trail=40, stride=1),
    ]
    if blind:
        left.text(0.5, 0.5, "hidden", ha="center", va="center", transform=left.transAxes)
        left.set(xticks=[], yticks=[], facecolor=drawing.HIDDEN, title="The data are hidden")
    else:
        drawing.draw_data(left, x, y)
        left.set(ylim=(-0.3, 1.5), yticks=[0, 0.5, 1, 1.5])
        actors.append(Actor("line", left, [0, 1], w * [0, 1] + b, drawing.LINE, 3))
    seen = "the hidden data" if blind else f"{len(x)} points and your line"
    tried = "the places (w, b) you've tried, on a grey map" + ", and an arrow downhill" * arrow
    picture.saying(f"Three panels: {seen}; {tried}; the loss after each move.")
    readout = "loss {loss:.4f} · " + "w.grad {dw:z.2f} · b.grad {db:z.2f} · " * arrow
    sentences = [readout + f"goal: below {goal:g}", readout + f"below the goal of {goal:g}: done"]
    return LiveFigure(picture, actors, sliders, sentences, {"loss": loss, "dw": dw, "db": db}, loss < goal)


def _arrow(start, way):
    """The outline of an arrow, a quarter as long as its way, at most half a unit; places are numbers w + 1j * b."""
    length = np.minimum(np.abs(way) / 4, 0.5)
    head = np.minimum(length / 3, 0.08)
    outline = length * [0, 1, 1, 1, 1, 1] + head * [0, -1, -1 + 0.5j, 0, -1 - 0.5j, -1]
    places = start + way / np.maximum(np.abs(way), 1e-100) * outline
    return places.real, places.imag


@checked(games=partial(each, check=partial(instance, kind=LiveFigure, called="a game, as hand_fit() returns it")))
def moves(**games):
    """Notebooks 00 and 02: print how many moves each game took, the games of earlier calls first.

    Counts are kept in the file `MOVES`, beside the notebook. Where it can't be read or written, nothing is kept.
    """
    counts = {}
    with suppress(OSError, ValueError):
        counts = json.loads(MOVES.read_text("utf-8"))
    played = {name: len(game.visited) - 1 for name, game in games.items() if len(game.visited) > 1}
    if played:
        counts |= played
        with suppress(OSError):
            MOVES.write_text(json.dumps(counts), "utf-8")
    for name in counts | games:
        written = f"{counts[name]} move{'s' * (counts[name] != 1)}" if name in counts else "not played yet"
        print(f"{name.replace('_', ' '):{max(map(len, counts | games))}}   {written}")


@drawn()
def nudge(x, y):
    """Notebook 02: the secant through the loss at w and at w + h, and the tangent at w: the quotient and the slope.

    Every quotient (loss(w + h) - loss(w)) / h comes from forward passes, the slope from backward.
    """
    w, b = -0.3, 0.5
    nudges = [h for h in grid(-0.6, 1.2, 0.05) if h] + [-0.02, -0.01, 0.01, 0.02]
    sliders = [Slider("nudge h", sorted(nudges, reverse=True), 1.0)]
    h, ends = np.array(sliders[0].values)[:, None], np.array([-0.7, 1.3])
    run, places = descent.descend(x, y, np.ones(1), w=w, b=b, steps=1), np.linspace(*(w + ends), 101)
    loss, slope = run.loss[0].item(), (run.w[0] - run.w[1]).item()  # a step with the learning rate 1
    nudged, losses = (descent.loss_grid(x, y, at, np.array([b])).T for at in ((w + h)[:, 0], places))
    quotient = (nudged - loss) / h

    titles = "Shrink the nudge, and the secant turns into the tangent", "The quotient becomes the slope"
    picture, (left, right) = lab_panels(*titles, left=0.07, wspace=0.25, widths=(1.5, 1))
    unit = np.ptp(losses) / 20 or 1
    left.plot(places, losses, color=drawing.LOSS)
    left.plot(w + ends, loss + slope * ends, color=drawing.GRADIENT)
    left.plot(w, loss, "o", color=drawing.INK, markersize=6, zorder=7)
    left.set(xlabel="slope w", ylabel="loss", xlim=w + ends, ylim=(losses.min() - 6 * unit, losses.max() + unit))
    drawing.note(left, "w", (w, loss), (0, -15), ha="center")
    tangent, at = f"tangent: slope {slope:.2f}", (w + 0.3, loss + 0.3 * slope - 3 * unit)
    drawing.note(left, tangent, at, ha="right", color=drawing.GRADIENT_TEXT)
    right.plot(h, quotient, color=drawing.PATH, linewidth=1)
    right.axhline(slope, linestyle=":", color=drawing.GRADIENT, linewidth=1.5)
    right.plot(0, slope, "o", color="white", markeredgecolor=drawing.GRADIENT, markersize=7)
    drawing.note(right, f"slope: {slope:.2f}", (1.2, slope), (0, -4), ha="right", va="top", color=drawing.GRADIENT_TEXT)
    right.set(xlabel="nudge h", ylabel="quotient: (loss(w + h) - loss(w)) / h")
    picture.saying(
        f"Two panels: the loss over the slope w, a parabola, its tangent at w = {w:g} with the slope {slope:.2f}, and "
        "the secant through the losses at w and w + h; the quotient over h, a line that meets the slope at h = 0."
    )
    above = np.maximum(quotient, slope)
    below = loss - np.maximum(0.1 * above, 0.65 * above) - 2 * unit  # left of w, under both lines
    named = [[f"secant: slope {value:z.2f}"] for value in quotient[:, 0]]
    actors = [
        Actor("secant", left, w + ends, loss + quotient * ends, drawing.PATH, 2, dotted=True),
        Actor("nudged", left, w + h, nudged, drawing.PATH, dots=9),
        Actor("w + h", left, w + 0.85 * h + 0.1, nudged + 1.5 * unit, drawing.PATH, words=np.array("w + h", ndmin=2)),
        Actor("words", left, w - 0.37, below, drawing.PATH, words=named),
        Actor("quotient", right, h, quotient, drawing.PATH, dots=9),
    ]
    readout = "nudge {h:.2f}: quotient {quotient:+z.4f}, slope {slope:+z.4f}, difference {difference:+z.4f}"
    numbers = {"h": h, "quotient": quotient, "slope": np.array([[slope]]), "difference": quotient - slope}
    return LiveFigure(picture, actors, sliders, [readout], numbers)


BOXES = {"w": (0.65, 1.75), "x": (0.65, 0.7), "w x": (2.55, 0.7), "b": (2.55, 1.75), "y_hat": (4.45, 0.7)}
BOXES |= {"y": (4.45, 1.75), "error": (6.35, 0.7), "loss": (8.25, 0.7)}  # their middles, in hundreds of pixels
PASSES = (  # each step: the number, or the rate at one, that it computes; what happens; from where; in numbers
    ("w x", "times", ("w", "x"), "{w} · {x}"),
    ("y_hat", "plus", ("b", "w x"), "{w x} + {b}"),
    ("error", "minus", ("y", "y_hat"), "{y_hat} - {y}"),
    ("loss", "square", ("error",), "{error}²"),
    ("rate at loss", "start", ("loss",), "{rate at loss}"),
    ("rate at error", "square", ("loss",), "{rate at loss} · 2·{error}"),
    ("rate at y_hat", "minus", ("error",), "{rate at error} · 1"),
    ("rate at w x", "plus", ("y_hat",), "{rate at y_hat} · 1"),
    ("rate at b", "plus", ("y_hat",), "{rate at y_hat} · 1"),
    ("rate at w", "times", ("w x",), "{rate at w x} · {x}"),
)


@drawn()
def numbers_in_the_graph():
    """Notebook 02: one point's way forward to its loss, and backward to the rates at w and b, number by number."""
    sliders = [Slider("slope w", grid(-1, 2.5, 0.5), 1.5), Slider("step", range(1, len(PASSES) + 1), len(PASSES))]
    written, sentences = zip(*map(_equations, _two_passes(np.array(sliders[0].values))), strict=True)
    title = "Backward multiplies: each rate, below its box, is the rate before it times a local rate"
    picture, (ax,) = drawing.panels(2.4, title, layout="none")
    picture.subplots_adjust(0.02, 0, 0.98, 0.9)
    _draw_boxes(ax)
    picture.saying(
        "Boxes from left to right: w times x is w x, plus b is y_hat, minus y is error, its square is loss. Above each "
        "box stands its number, and below, but for the data x and y, the rate of the loss there."
    )
    ways = [(key.removeprefix("rate at "), sources) for key, _, sources, _ in PASSES]
    wires = [[*_wire(sources[0], name), *_wire(name, sources[-1])] for name, sources in ways]
    across, up = np.moveaxis(wires, -1, 0)[:, None]
    actors = [Actor("marked", ax, across, up, drawing.MARKER, 14, ground=True)]
    step = np.arange(len(PASSES))[:, None]
    for place, key in enumerate(written[0], start=len(PASSES) - len(written[0])):  # below 0: there from the start
        words = np.where(step >= place, [[[texts[key]]] for texts in written], "")
        rise, color = (0.27, drawing.INK) if key in BOXES else (-0.38, drawing.GRADIENT_TEXT)
        across, up = BOXES[key.removeprefix("rate at ")]
        actors.append(Actor(key, ax, [across], [up + rise], color, words=words))
    sentences, which = np.unique(sentences, return_inverse=True)
    return LiveFigure(picture, actors, sliders, sentences.tolist(), {}, which)


@descent.recorded
def _two_passes(w, x=2.0, y=1.0, b=1.0):
    """The numbers of one point's forward pass, and the rates of its backward: a dictionary for each slope w."""
    w, x, y, b = (torch.from_numpy(np.full(len(w), value)).requires_grad_() for value in (w, x, y, b))
    numbers = {"w": w, "x": x, "y": y, "b": b, "w x": w * x}
    numbers["y_hat"] = numbers["w x"] + b
    numbers["error"] = numbers["y_hat"] - y
    numbers["loss"] = numbers["error"] ** 2
    rates = torch.autograd.grad(numbers["loss"].sum(), numbers.values())
    names = [*numbers, *(f"rate at {name}" for name in numbers)]
    return [dict(zip(names, lane, strict=True)) for lane in torch.stack([*numbers.values(), *rates], dim=1).tolist()]


def _equations(numbers):
    """For each number its text, by name, and for each step its sentence: what it makes, of what, and in numbers."""
    plain = {name: f"{value + 0.0:.4g}" for name, value in numbers.items()}
    factors = {name: f"({text})" if text.startswith("-") else text for name, text in plain.items()}
    texts, sentences = {name: plain[name] for name in "wxby"}, []
    for key, operation, _, form in PASSES:
        sides = form.format(**dict(zip(plain, plain, strict=True))), form.format(**factors), plain[key]
        direction, sign = ("forward", "") if key in BOXES else ("backward", "← ")
        texts[key] = sign + " = ".join(dict.fromkeys(sides[1:]))  # each side once: the 1 that backward begins with
        sentences.append(f"{direction}, {operation}: {' = '.join(dict.fromkeys([key, *sides]))}")
    return texts, sentences


def _draw_boxes(ax):
    """The stage of the two passes: the boxes of the numbers, those of the operations, and the wires between them."""
    for name, operation, sources, _ in PASSES[:4]:
        across, up = BOXES[name]
        for source in sources:
            ax.plot(*np.transpose(_wire(source, name)[:3]), color=drawing.INK, linewidth=1, zorder=0.9)
        drawing.draw_arrow(ax, (across - 0.95, up), (across - 0.35, up), drawing.INK)
        drawing.draw_box(ax, across - 1.25, up - 0.2, 0.6, 0.4, operation)
    for name, (across, up) in BOXES.items():
        drawing.draw_box(ax, across - 0.35, up - 0.2, 0.7, 0.4, name, name in "wb", corner=0.08)
        if name in "xy":
            drawing.note(ax, "data", (across, up - 0.38), ha="center")
    ax.set(xlim=(0.18, 8.82), ylim=(0.1, 2.25))


def _wire(start, end):
    """The four corners of the way from box to box, across and up."""
    (left, low), (right, high) = BOXES[start], BOXES[end]
    middle, edge = (left + right) / 2, 0.35 * np.sign(right - left)
    return [(left + edge, low), (middle, low), (middle, high), (right - edge, high)]


@drawn(truth=true_line)
def learning_rate(x, y, truth):
    """Notebook 03: one slider for the learning rate of gradient descent on the line.

    The map names the regime of each run. It diverges if its loss does, or above a rate of 2 / lambda_max, where
    lambda_max is the largest eigenvalue of the Hessian. It zigzags above 1 / lambda_max: a step multiplies the distance
    across the valley by 1 - rate * lambda_max, which is negative there. Otherwise it crawls if its last loss is above
    1.2 times the lowest one by more than the panel's smallest loss, and glides if not.
    """
    rate, limit = np.array(RATES)[:, None], descent.stability_limit(descent.curvature(x, y))
    floor = drawing.loss_of(x, y, *descent.best_line(x, y))

    def regimes(loss, diverged):
        rules = diverged | (rate > limit), rate > limit / 2, loss > 1.2 * floor + LOSSES[0]
        return np.select(rules, REGIMES, "glide: down, then along the valley")

    return run_lab(x, y, truth, STEPS, [Slider("learning rate", RATES, 0.7)], regimes=regimes)


@drawn(truth=true_line)
def learning_rate_and_noise(truth):
    """Notebook 04: the learning rate, and the noise of the data, with which points, map and floor move."""
    sliders = [Slider("learning rate", RATES, 0.2), Slider("noise", grid(0, 0.2, 0.01), 0.1)]
    (x, *_), y = np.stack([make_line(*truth, noise=noise) for noise in sliders[1].values], axis=1)
    w_best, b_best = np.transpose([descent.best_line(x, heights) for heights in y])[:, None, :, None]
    floor = ((w_best * x + b_best - y) ** 2).mean(axis=-1, keepdims=True)
    floor[floor < 1e-20] = 0  # without noise nothing is left but rounding

    def moving(left, middle, right):
        yield from _moving_map(middle, w_best, b_best, descent.curvature(x, y[0]).numpy())
        yield Actor("data", left, x, y[None], drawing.DATA, dots=4.9, ground=True)
        yield Actor("floor", right, [0, STEPS], floor, drawing.TRUTH, 2, dotted=True)

    readouts, y_of_runs = ["{run} · best line: {floor:.2g}"], np.tile(y, (len(RATES), 1))
    return run_lab(x, y_of_runs, truth, STEPS, sliders, readouts, moving=moving, floor=floor)


@drawn(truth=true_line, **dict.fromkeys("xy", BOUNDED))
def two_directions(x, y, truth):
    """Notebook 05: a path split along the eigenvectors of the Hessian; a step multiplies a part by 1 - rate * lambda.

    The parts lead from the lowest point along the valley, then across it, to the path's place at the step. A bar shows
    each as a share of what it was at step 0, and stops at the edge of its panel.
    """
    hessian = descent.curvature(x, y)
    steps = 20  # more would drown what is left along the valley in the rounding of what grows across it
    curvatures, directions = (result.numpy() for result in torch.linalg.eigh(hessian))
    rate = Slider("learning rate", RATES[1::2], 0.7, mark=descent.stability_limit(hessian))
    run = descent.descend(x, y, rate.values, w=W, b=B, steps=steps)
    best, places = np.array(drawing.lowest_place(x, y, STEEPEST)), np.stack([run.w.T, run.b.T], axis=-1)
    parts = (places - best) @ directions  # (rates, steps + 1, 2): along the valley, and across it
    shares = parts / np.where(parts[0, 0], parts[0, 0], 1)  # a part that is 0 stays 0
    factors = 1 - np.outer(rate.values, curvatures)
    corners = np.broadcast_arrays(best, best + parts[..., :1] * directions[:, 0], places)
    w, b = np.moveaxis(np.stack(corners, axis=-1), 2, 0)

    titles = "The path, split along two directions", "A step multiplies a part by 1 - lr · λ"
    picture, (left, right) = lab_panels(*titles, height=3.4, wspace=0.32, widths=(1.13, 1))
    drawing.draw_map(left, x, y, truth, lowest=True)
    drawing.mark_start(left, (W, B))
    right.axvline(0, color=drawing.INK, linewidth=1)
    right.set(xlabel="part of the distance (1 at step 0)", xlim=(-1.1, 1.1), ylim=(-0.6, 1.75))
    right.set_yticks([0, 1], ["along", "across"])
    actors = [Actor("path", left, run.w.T, run.b.T, drawing.PATH, 1.5, dots=4, grows=True)]
    words, named = {"step": np.arange(steps + 1)}, []
    for number, (name, color) in enumerate({"along": drawing.ALONG, "across": drawing.ACROSS}.items()):
        direction, ends = directions[:, number] * np.copysign(1, directions[0, number]), slice(number, number + 2)
        named.append(f"{name}, λ = {curvatures[number]:.2f}")
        left.axline(best, best + direction, color=color, linestyle=":", linewidth=1.2)
        drawing.note(left, named[-1], best + 0.45 * direction, (6, 0), color=color)
        outline = shares[..., [number]].clip(-1.1, 1.1) * [0, 1, 1, 0], number + np.array([-0.2, -0.2, 0.2, 0.2])
        times = np.array([[f"times {factor:z.2f} a step"] for factor in factors[:, number]])
        actors += [
            Actor(name, left, w[..., ends], b[..., ends], color, 4, dotted=name == "along"),
            Actor(f"{name} bar", right, *outline, color, 1, fill=color),
            Actor(f"{name} factor", right, [0.55], [number + 0.35], color, words=times),
        ]
        words |= {name: shares[..., [number]].round(3), f"times_{name}": factors[:, None, [number]]}
    picture.saying(
        f"Two panels: the map of the loss, two directions through its lowest point ({'; '.join(named)}), and the path "
        f"of gradient descent from w = {W:g}, b = {B:g}; two bars, the distance that is left in each direction."
    )
    parts = [f"{name} {{{name}:z.2g}} (times {{times_{name}:z.2f}} a step)" for name in ("across", "along")]
    readout = f"step {{step:.0f}}: {', '.join(parts)}"
    return LiveFigure(picture, actors, [rate, Slider("step", range(steps + 1), 5)], [readout], words)


@drawn(truth=true_line)
def explore(x, y, truth):
    """Notebook 05: the learning rate with its limit, and a start to be dragged across the map."""
    rate = Slider("learning rate", RATES[::2], 0.63, mark=descent.stability_limit(descent.curvature(x, y)))
    sliders = [rate, Slider("start w", grid(-0.5, 1.3, 0.2), W), Slider("start b", grid(0, 1, 0.2), B)]
    return run_lab(x, y, truth, 100, sliders)


def run_lab(x, y, truth, steps, sliders, readouts=("{run}",), which=0, run=None, moving=None, regimes=None, **words):
    """The three panels with a run for each position of the sliders, which is played.

    The sliders say what the runs differ in: learning rate and start, unless `run` is trained already. So does y where
    it has a row for each run; then `moving` makes the actors that show the data. `regimes` writes on the map what each
    one does. `which` is the number of the readout that holds, for all positions or for each.
    """
    picture, (left, middle, right) = lab_panels("The line at this step", "The path across the map", "The loss")
    left.set_ylim(min(truth[1], sum(truth)) - 0.7, max(truth[1], sum(truth)) + 0.4)
    if moving:
        drawing.draw_data(left, [], [], truth)
        drawing.frame_map(middle, drawing.map_limits(truth), truth)
        drawing.draw_losses(right, steps, LOSSES)
        middle.text(0.03, 0.03, "ring: the lowest point", transform=middle.transAxes)
        right.text(0.97, 0.97, "dotted: the best line", ha="right", va="top", transform=right.transAxes)
    else:
        floor = drawing.loss_of(x, y, *drawing.lowest_place(x, y, STEEPEST))
        drawing.draw_data(left, x, y, truth)
        drawing.draw_map(middle, x, y, truth)
        drawing.draw_losses(right, steps, LOSSES, floor)
    settings = np.meshgrid(*(slider.values for slider in sliders), indexing="ij")
    lanes = {slider.name: values.ravel() for slider, values in zip(sliders, settings, strict=True)}
    handle = middle if "start w" in lanes else None  # which shows the start
    origin = "" if handle else f" from w = {W:g}, b = {B:g}"
    if not handle:
        drawing.mark_start(middle, (W, B))
    picture.saying(
        f"Three panels: {len(x)} points with the true line y = {truth[0]:g} x + {truth[1]:g} and the line that "
        f"gradient descent has reached; its path on the map of the loss{origin}; the loss over {steps} steps."
    )
    w, b = lanes.get("start w", W), lanes.get("start b", B)
    run = run or descent.descend(x, y, lanes["learning rate"], w=w, b=b, steps=steps)
    records = run.w, run.b, run.loss, run.diverged_at
    w, b, loss, gone = (record.T.reshape(*settings[0].shape, -1) for record in records)
    step = np.arange(steps + 1)
    actors = [
        *(moving(left, middle, right) if moving else []),
        Actor("line", left, w, b, drawing.LINE, 3, line=middle),
        Actor("path", middle, w, b, drawing.PATH, 1.5, dots=4, grows=True),
        Actor("loss", right, step, loss, drawing.LOSS, 3, grows=True),
    ]
    diverged = (gone >= 0) & (gone <= step)
    if regimes:
        at = middle.transLimits.inverted().transform([(0.5, 0.04)]).T
        actors.append(Actor("regime", middle, *at, drawing.INK, words=regimes(loss[:, -1:], diverged[:, -1:])))
    w, b, loss = np.where(diverged, 0, (w, b, loss))
    words |= {"step": step, "gone": gone, "w": w, "b": b, "loss": loss}
    going = "step {step:.0f}: loss {loss:.2g}, w = {w:z.2f}, b = {b:z.2f}"
    lost = f"diverged at step {{gone:.0f}}: the loss is more than {descent.DIVERGED:,} times the first"
    sentences = [readout.replace("{run}", sentence) for readout in readouts for sentence in (going, lost)]
    sliders = [*sliders, Slider("step", range(steps + 1), steps)]
    return LiveFigure(picture, actors, sliders, sentences, words, 2 * which + diverged, handle)


def _moving_map(ax, w, b, hessian):
    """The actors of a map with moving lowest points: shades, contours and a ring; w and b have shape (1, places, 1).

    Around a lowest point the loss rises by d @ hessian @ d / 2, d the distance.
    """
    turn = np.linspace(0, 2 * np.pi, 121)
    circle = np.array([np.cos(turn), np.sin(turn)])
    ellipse = np.linalg.solve(np.linalg.cholesky(hessian / 2).T, circle)  # the loss rises by 1 up to here
    for rise, shade in zip([1000, *drawing.RISES[::-1]], drawing.SHADES[::-1], strict=True):  # the first fills the map
        across, up = np.sqrt(rise) * ellipse
        yield Actor("contour", ax, w + across, b + up, drawing.CONTOUR, 0.8, fill=shade, ground=True)
    yield Actor("lowest", ax, w + 0.04 * circle[0], b + 0.04 * circle[1], drawing.TRUTH, 1.4)


def lab_panels(*titles, height=2.81, left=0.066, wspace=0.3, widths=(1.1, 1.75, 1)):
    """A new picture with panels side by side; where there are three, a map fills the middle one."""
    room = {"left": left, "right": 0.975, "bottom": 0.16, "top": 0.911, "wspace": wspace}
    return drawing.panels(height, *titles, layout="none", width_ratios=widths, gridspec_kw=room)

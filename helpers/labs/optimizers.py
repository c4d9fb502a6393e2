"""The labs of notebook 07: momentum as a map over its settings, and a race between the learner's own rules."""

import inspect
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from matplotlib.colors import ListedColormap

from helpers import descent, drawing
from helpers.arguments import each, instance
from helpers.drawing import drawn
from helpers.labs.lines import BOUNDED, STEEPEST, B, W, grid, lab_panels, run_lab, true_line
from helpers.live_figure import Actor, LiveFigure, Slider

SETTLING, STEPS = 400, 200  # of a run on the map of momentum, and of a race
RATES, MOMENTA = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 1.0, 1.2), (0.0, 0.4, 0.6, 0.8, 0.9, 0.95)
RULES = partial(each, check=partial(instance, kind=Callable, called="a rule, such as sgd(p, state, lr)"), least=1)


@drawn(**dict.fromkeys("xy", BOUNDED))
def momentum_map(x, y):
    """Notebook 07: for each rate and momentum the steps until a ten-thousandth of the distance is left; one path."""
    sliders = [Slider("learning rate", grid(0.05, 1.6, 0.05), 0.8), Slider("momentum", grid(0, 0.95, 0.05), 0.8)]
    rate, momentum = np.meshgrid(*(slider.values for slider in sliders), indexing="ij")
    best, hessian = drawing.lowest_place(x, y, STEEPEST), descent.curvature(x, y)
    run = descent.descend(x, y, rate.ravel(), w=W, b=B, steps=SETTLING, momentum=momentum.ravel())
    distance = np.hypot(run.w - best[0], run.b - best[1])
    steps = _arrival(distance <= 1e-4 * distance[0], rate.shape)
    diverged = ~(run.loss[-1] <= run.loss[0]).reshape(rate.shape)

    titles = "Momentum raises the limit on the learning rate", "The path of this run, up to step 100"
    picture, (left, right) = lab_panels(*titles, height=3.4, wspace=0.25, widths=(1, 1.13))
    left.patch.set(hatch="////", edgecolor=drawing.EDGE)
    shades = np.ma.array(np.log(steps + 1), mask=diverged)
    left.pcolormesh(rate, momentum, shades, cmap=ListedColormap(drawing.SHADES))
    written = rate, momentum, np.where(diverged, "", steps)
    for across, up, number in zip(*(values[2::6, 3::4].ravel() for values in written), strict=True):
        left.text(across, up, number, ha="center", va="center")
    limit, other = (descent.stability_limit(hessian, beta) for beta in (0, 1))
    left.plot([limit, other], [0, 1], color=drawing.TRUTH)
    box = {"facecolor": "white", "edgecolor": "none"}
    drawing.note(left, "limit 2 (1 + β)/λ", (1.1 * limit, 0.1), (12, -4), **drawing.BOLD, bbox=box)
    left.set(xlabel="learning rate (numbers: steps, hatched: diverges)", ylabel="momentum β", ylim=(-0.025, 0.975))
    drawing.draw_map(right, x, y, lowest=True)
    drawing.mark_start(right, (W, B))
    picture.saying(
        "Two panels: how many steps a run takes for each learning rate and momentum, and the limit, a line from a rate "
        f"of {limit:.2f} without momentum to {other:.2f} at momentum 1; the path of one run on the map of the loss."
    )
    path = (places[:101].T.reshape(*rate.shape, -1) for places in (run.w, run.b))
    here = Actor("here", left, rate[..., None], momentum[..., None], drawing.PATH, dots=10)
    actors = [here, Actor("path", right, *path, drawing.PATH, 1.5, dots=4)]
    left_over = "a ten-thousandth of the distance is left after {steps:.0f} steps"
    sentences = [left_over, f"more is left of the distance after {SETTLING} steps", "diverges: the loss grows"]
    which = np.where(diverged, 2, steps > SETTLING)[..., None]
    return LiveFigure(picture, actors, sliders, sentences, {"steps": steps[..., None]}, which)


def _arrival(is_there, shape):
    """For each lane the step from which on it stays there; is_there has the shape (steps + 1, lanes)."""
    return (~is_there * np.arange(1, len(is_there) + 1)[:, None]).max(axis=0).reshape(shape)


@drawn(truth=true_line, rules=RULES, **dict.fromkeys("xy", BOUNDED))
def race(x, y, truth, **rules):
    """Notebook 07: the learner's own rules, each with every learning rate and momentum, from the same start."""
    optimizer = Slider("optimizer", range(len(rules)), len(rules), names=rules)
    sliders = [optimizer, Slider("learning rate", RATES, 0.1), Slider("momentum", MOMENTA, 0.9)]
    rates, momenta = (values.ravel() for values in np.meshgrid(RATES, MOMENTA, indexing="ij"))
    records, is_plain = zip(*(_follow(*rule, x, y, rates, momenta) for rule in rules.items()), strict=True)
    run = descent.Descent(*np.concatenate(records, axis=-1))
    arrived = _arrival(run.loss < 0.001, (len(rules), len(RATES), len(MOMENTA), 1))
    ends = "stays below 0.001 from step {arrived:.0f} on", f"not below 0.001 at step {STEPS}"
    readouts = [f"{{run}} · {end}{more}" for more in ("", " · momentum has no effect") for end in ends]
    which = (arrived > STEPS) + 2 * np.reshape(is_plain, (-1, 1, 1, 1))
    return run_lab(x, y, truth, STEPS, sliders, readouts, which, run, arrived=arrived)


@descent.recorded
def _follow(name, rule, x, y, rates, momenta):
    """The runs of a rule, all lanes in one tensor: (3, steps + 1, lanes), w, b and loss; whether it has no momentum."""
    x, y, rates, momenta = map(torch.from_numpy, (x, y, rates, momenta))
    line, record = {torch.full_like(rates, start).requires_grad_(): {} for start in (W, B)}, []
    try:
        known, settings = inspect.signature(rule).parameters, {"momentum": momenta, "betas": (momenta, 0.999)}
        settings = {name: setting for name, setting in settings.items() if name in known}
        for _ in range(STEPS + 1):
            w, b = line
            loss = ((w[:, None] * x + b[:, None] - y) ** 2).mean(dim=1)
            record.append(torch.stack([w, b, loss]).detach().numpy())
            loss.sum().backward()
            with torch.no_grad():
                for p, state in line.items():
                    rule(p, state, lr=rates, **settings)
                    p.grad = None
    except Exception as error:  # whatever the learner's rule raises
        raise ValueError(f"{name} must change p in place, for tensors p and lr; it stopped with {error!r}") from error
    return np.stack(record, axis=1), not settings

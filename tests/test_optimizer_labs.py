"""The labs of notebook 07, position by position, beside a plain loop with `torch.optim`."""

import re

import numpy as np
import pytest
import torch

from helpers import labs
from test_labs import CURVATURES, TRUTH, X, Y, only, settings
from test_live_figure import place

BEST = np.polyfit(X, Y, 1)
THEIRS = {
    "sgd": lambda line, lr, beta: torch.optim.SGD(line, lr=lr),
    "momentum": lambda line, lr, beta: torch.optim.SGD(line, lr=lr, momentum=beta),
    "rmsprop": lambda line, lr, beta: torch.optim.RMSprop(line, lr=lr),
    "adam": lambda line, lr, beta: torch.optim.Adam(line, lr=lr, betas=(beta, 0.999)),
    "adamw": lambda line, lr, beta: torch.optim.AdamW(line, lr=lr, betas=(beta, 0.999)),
}
ARRIVES = re.compile(r"(?:is left after|stays below 0.001 from step) (\d+)")


def run(name, rate, beta, steps):
    """w, b and the loss of each step, shape (3, steps + 1)."""
    x, y = map(torch.as_tensor, (X, Y))
    line = [torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in (-0.3, 0.2)]
    optimizer, rows = THEIRS[name](line, rate, beta), []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss = ((line[0] * x + line[1] - y) ** 2).mean()
        rows.append([line[0].item(), line[1].item(), loss.item()])
        loss.backward()
        optimizer.step()
    return np.array(rows).T


def assert_shows(page, actor, position, expected):
    near = np.abs(expected).max(axis=-1) < 5_000  # far away, places are pulled in
    assert page.points(actor, position)[near] == pytest.approx(expected[near], abs=0.2)


def assert_says(page, position, is_there):
    """The read-out has the first step from which on the run is there, or none."""
    arrival = [str(step) for step in range(len(is_there)) if is_there[step:].all()][:1]
    assert ARRIVES.findall(page.readout(position)) == arrival


def arrivals(page):
    """How many steps a run takes to arrive, by the values of its sliders; one that doesn't is left out."""
    places = [[*at, *page.start[len(at) :]] for at in np.ndindex(*page.sizes[: page.steps])]
    said = {tuple(page.values(at).values())[: page.steps]: ARRIVES.findall(page.readout(at)) for at in places}
    return {values: int(steps[0]) for values, steps in said.items() if steps}


@only("momentum_map")
def test_map_shows_and_says_what_torch_optim_does_and_has_the_limit(found):
    page, (left, right) = found.page(), found.lab().stage.axes
    for position in [page.start, *settings(page, 20)]:
        rate, beta = page.values(position).values()
        w, b, loss = run("momentum", rate, beta, 400)
        away = np.hypot(w - BEST[0], b - BEST[1])
        assert_says(page, position, away <= 1e-4 * away[0])
        assert_shows(page, "here", position, place(left, [rate], [beta]))
        assert_shows(page, "path", position, place(right, w, b)[:101])
        above = rate > 2 * (1 + beta) / CURVATURES[-1]
        assert above == (loss[-1] > loss[0]) == page.readout(position).startswith("diverges")
    (limit,) = (line for line in left.lines if len(line.get_xdata()) == 2)
    assert limit.get_xdata() == pytest.approx(2 * np.array([1, 2]) / CURVATURES[-1])
    counts = arrivals(page)
    assert counts[0.85, 0.45] == min(counts.values()) == 23
    assert min(steps for (_, beta), steps in counts.items() if beta == 0) == 85
    assert counts[0.1, 0.95] == min(steps for (_, beta), steps in counts.items() if beta == 0.95) == 354


@only("race")
def test_race_shows_and_says_what_torch_optim_does(found):
    page, (_, middle, right) = found.page(), found.lab().stage.axes
    assert page.sliders[0]["texts"] == list(THEIRS)
    for position in settings(page, 30):
        name, (_, rate, beta, step) = list(THEIRS)[position[0]], page.values(position).values()
        w, b, loss = run(name, rate, beta, 200)
        assert_says(page, position, loss < 0.001)
        assert_shows(page, "path", position, place(middle, w, b)[: int(step) + 1])
        assert_shows(page, "loss", position, place(right, np.arange(201), loss)[: int(step) + 1])
        assert page.readout(position).endswith("momentum has no effect") == (name in ("sgd", "rmsprop"))
        diverged = loss[: int(step) + 1].max() > 1000 * loss[0]
        assert page.readout(position).startswith("diverged at" if diverged else "step")
    sgd, momentum, _, adam, _ = (
        {values[1:]: steps for values, steps in arrivals(page).items() if values[0] == at} for at in range(5)
    )
    assert sgd[0.7, 0] == min(sgd.values()) == 26
    assert momentum[0.8, 0.4] == min(arrivals(page).values()) == 11
    assert adam[0.3, 0.6] == min(adam.values()) == 17


def test_rule_that_gives_nan_is_shown_as_diverged_and_one_that_raises_is_named():
    broken = labs.race(X, Y, TRUTH, broken=lambda p, state, lr: p.mul_(float("nan")))
    assert "diverged at step 1:" in broken.stage.alt
    with pytest.raises(ValueError, match=r"mine must change p in place, for tensors p and lr; .*ZeroDivisionError"):
        labs.race(X, Y, TRUTH, mine=lambda p, state, lr: 1 / 0)

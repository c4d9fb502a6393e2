"""The recorded runs against torch.optim, the closed form and plain loops."""

import math

import numpy as np
import pytest
import torch

from helpers import descent, make_line

X, Y = make_line(w=-0.7, b=0.2, size=30, noise=0.1, seed=3)
START = {"w": 0.9, "b": -1.1}
CONVERGING, DIVERGING = [0.003, 0.1, 0.5, 0.7], [0.9, 1.3, 1000.0]


def run_of_torch(rate, steps):
    """One run with torch.optim.SGD: w, b and the loss of every step."""
    x, y = torch.as_tensor(X), torch.as_tensor(Y)
    w, b = (torch.tensor(START[name], dtype=torch.float64, requires_grad=True) for name in ("w", "b"))
    optimizer = torch.optim.SGD([w, b], lr=rate)
    rows = []
    for _ in range(steps + 1):
        loss = torch.nn.functional.mse_loss(w * x + b, y)
        rows.append((w.item(), b.item(), loss.item()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(rows).T


def test_every_run_is_that_of_torch_optim():
    run = descent.descend(X, Y, CONVERGING + DIVERGING, **START, steps=40)
    for lane, rate in enumerate(CONVERGING + DIVERGING):
        expected = run_of_torch(rate, 40)
        for recorded, wanted in zip((run.w, run.b, run.loss), expected, strict=True):
            np.testing.assert_allclose(recorded[:, lane], wanted, rtol=1e-10, atol=1e-14)


def test_runs_that_converge_follow_the_closed_form():
    steps = 300
    run = descent.descend(X, Y, CONVERGING, **START, steps=steps)
    best = np.polyfit(X, Y, 1)
    hessian = 2 * np.array([[(X * X).mean(), X.mean()], [X.mean(), 1]])
    start = np.array([START["w"], START["b"]])
    for lane, rate in enumerate(CONVERGING):
        shrink = np.eye(2) - rate * hessian
        places = [best + np.linalg.matrix_power(shrink, step) @ (start - best) for step in range(steps + 1)]
        np.testing.assert_allclose(np.stack([run.w[:, lane], run.b[:, lane]], axis=1), places, rtol=1e-10, atol=1e-12)


def test_lanes_are_bit_for_bit_single_runs():
    rates = CONVERGING + DIVERGING
    together = descent.descend(X, Y, rates, **START, steps=200)
    for lane, rate in enumerate(rates):
        alone = descent.descend(X, Y, [rate], **START, steps=200)
        for name in ("w", "b", "loss"):
            assert np.array_equal(getattr(together, name)[:, lane], getattr(alone, name)[:, 0], equal_nan=True)


def test_the_record_begins_at_the_start():
    run = descent.descend(X, Y, [0.1, 0.2], **START, steps=3)
    assert run.w.shape == run.b.shape == run.loss.shape == (4, 2)
    assert run.learning_rates.tolist() == [0.1, 0.2]
    assert run.w[0].tolist() == [START["w"]] * 2
    assert run.b[0].tolist() == [START["b"]] * 2
    assert run.loss[0] == pytest.approx(((START["w"] * X + START["b"] - Y) ** 2).mean())


def first_step_gone(losses):
    for step, loss in enumerate(losses):
        if not math.isfinite(loss) or loss > 1000 * losses[0]:
            return step
    return -1


def test_diverged_at_is_the_first_step_that_meets_the_definition():
    run = descent.descend(X, Y, CONVERGING + DIVERGING, **START, steps=200)
    assert not np.isfinite(run.loss[-1, -1])
    assert run.diverged_at.tolist() == [first_step_gone(losses) for losses in run.loss.T.tolist()]
    assert (run.diverged_at[: len(CONVERGING)] == -1).all()
    assert (run.diverged_at[len(CONVERGING) :] > 0).all()


@pytest.mark.parametrize(
    ("losses", "step"),
    [
        ([2, 1, 0.5, 0], -1),
        ([2, 2000, 1, 1], -1),
        ([2, 1, 2000.1, 1], 2),
        ([2, math.nan, 1, 1], 1),
        ([2, 1, 1, math.inf], 3),
        ([0, 0, 0, 1e-9], 3),
    ],
)
def test_the_limit_of_divergence(losses, step):
    column = np.array(losses, dtype=float)[:, None]
    assert descent.Descent(np.array([0.1]), column, column, column).diverged_at.tolist() == [step]


def test_inputs_are_left_as_they_were():
    x, y, rates = torch.as_tensor(X).clone(), torch.as_tensor(Y).clone(), torch.tensor([0.1, 0.2])
    descent.descend(x, y, rates, **START, steps=5)
    assert np.array_equal(x, X)
    assert np.array_equal(y, Y)
    assert torch.equal(rates, torch.tensor([0.1, 0.2]))


@pytest.mark.parametrize(
    ("bad", "error", "told"),
    [
        ({"x": "ab"}, TypeError, "x must hold numbers, not 'ab'"),
        ({"x": [math.nan] * 30}, ValueError, "x must hold finite numbers only, not [nan, nan"),
        ({"y": Y[:5]}, ValueError, "x and y must have the same size, not 30 and 5"),
        ({"y": Y[:, None]}, ValueError, "y must have one dimension and at least one number, not the shape (30, 1)"),
        ({"learning_rates": 0.1}, ValueError, "learning_rates must have one dimension"),
        ({"learning_rates": []}, ValueError, "learning_rates must have one dimension"),
        ({"learning_rates": [0.1, 0.0]}, ValueError, "learning_rates must all be above 0, not 0.0"),
        ({"learning_rates": [-0.1, 0.2]}, ValueError, "learning_rates must all be above 0, not -0.1"),
        ({"learning_rates": "fast"}, TypeError, "learning_rates must hold numbers, not 'fast'"),
        ({"w": "a"}, TypeError, "w must be a number, not 'a'"),
        ({"b": math.nan}, ValueError, "b must be a finite number, not nan"),
        ({"steps": 0}, ValueError, "steps must be at least 1, not 0"),
        ({"steps": 1.5}, TypeError, "steps must be a whole number, not 1.5"),
    ],
)
def test_bad_input_to_descend_is_named(bad, error, told):
    good = {"x": X, "y": Y, "learning_rates": [0.1], **START, "steps": 2}
    with pytest.raises(error) as raised:
        descent.descend(**{**good, **bad})
    assert str(raised.value).startswith(told)


@pytest.mark.parametrize("size", [2, 3, 50, 1000])
@pytest.mark.parametrize("offset", [0, 30])
def test_best_line_is_that_of_numpy(size, offset):
    x, y = make_line(w=2.5, b=-4, size=size, noise=0.5, seed=size)
    assert descent.best_line(x + offset, y) == pytest.approx(np.polyfit(x + offset, y, 1), rel=1e-9)


def test_best_line_has_the_same_bits_at_every_call():
    kept, found = [], set()
    for size in range(200):
        kept.append(np.empty(size))  # so that the points stand at other places in memory
        found.add(descent.best_line(X, Y))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("x", "y", "error", "told"),
    [
        (
            [2, 2],
            [1, 3],
            ValueError,
            "x must hold at least two different numbers, or no line is the best one, not [2.0",
        ),
        ([2], [1], ValueError, "x must hold at least two different numbers"),
        ([1, 2], [1, math.nan], ValueError, "y must hold finite numbers only, not [1, nan]"),
        ([1, 2], None, TypeError, "y must hold numbers, not None"),
    ],
)
def test_bad_input_to_best_line_is_named(x, y, error, told):
    with pytest.raises(error) as raised:
        descent.best_line(x, y)
    assert str(raised.value).startswith(told)


def test_loss_grid_is_that_of_a_plain_double_loop():
    slopes, intercepts = np.linspace(-1, 1, 4), np.linspace(0, 3, 3)
    grid = descent.loss_grid(X, Y, slopes, intercepts)
    assert grid.shape == (3, 4)
    for row, b in enumerate(intercepts):
        for column, w in enumerate(slopes):
            loss = sum((w * x + b - y) ** 2 for x, y in zip(X, Y, strict=True)) / len(X)
            assert grid[row, column] == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"w": 0.3}, "w must have one dimension"),
        ({"b": []}, "b must have one dimension"),
        ({"w": [math.nan]}, "w must hold finite numbers only, not [nan]"),
        ({"x": [1.0]}, "x and y must have the same size, not 1 and 30"),
    ],
)
def test_bad_input_to_loss_grid_is_named(bad, told):
    with pytest.raises(ValueError) as raised:
        descent.loss_grid(**{"x": X, "y": Y, "w": [0.0], "b": [0.0], **bad})
    assert str(raised.value).startswith(told)

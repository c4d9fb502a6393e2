"""The recorded runs against torch.optim and the closed form; limits and floors against runs."""

import numpy as np
import pytest
import torch

from helpers import descent, make_line

X, Y = make_line(w=-0.7, b=0.2, size=30, noise=0.1, seed=3)
START = {"w": 0.9, "b": -1.1}
LANES = [(rate, 0.0) for rate in (0.003, 0.1, 0.5, 0.7, 0.9, 1.3, 1000.0)]
LANES += [(0.003, 0.99), (0.1, 0.5), (0.1, 0.9), (0.7, 0.3), (0.9, 0.5), (1.3, 0.9), (1000.0, 0.9)]
"""Learning rates, each with a momentum."""


def run_of_torch(rate, momentum, steps):
    """One run with torch.optim.SGD: w, b and the loss of every step."""
    x, y = torch.as_tensor(X), torch.as_tensor(Y)
    w, b = (torch.tensor(START[name], dtype=torch.float64, requires_grad=True) for name in ("w", "b"))
    optimizer = torch.optim.SGD([w, b], lr=rate, momentum=momentum)
    rows = []
    for _ in range(steps + 1):
        loss = torch.nn.functional.mse_loss(w * x + b, y)
        rows.append((w.item(), b.item(), loss.item()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(rows).T


def test_every_run_is_that_of_torch_optim():
    rates, momentum = zip(*LANES, strict=True)
    together = descent.descend(X, Y, rates, **START, steps=60, momentum=momentum)
    for lane, (rate, momentum) in enumerate(LANES):
        recorded = [record[:, lane] for record in (together.w, together.b, together.loss)]
        np.testing.assert_allclose(recorded, run_of_torch(rate, momentum, 60), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("x", [[2, 2, 2], [0.1] * 3, [0, 1e-60, 0]])  # the mean of three times 0.1 is not 0.1
def test_points_with_one_x_have_no_best_line(x):
    with pytest.raises(ValueError, match="x must hold at least two different numbers, not "):
        descent.best_line(x, [1, 2, 3])


# ---- The limit of the learning rate ----


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_recorded_runs_break_at_the_limit_too(momentum):
    limit = descent.stability_limit(descent.curvature(X, Y), momentum)
    run = descent.descend(X, Y, [0.999 * limit, 1.001 * limit], **START, steps=4000, momentum=momentum)
    assert run.loss[-1, 0] == pytest.approx(((np.polyval(np.polyfit(X, Y, 1), X) - Y) ** 2).mean(), rel=0.01)
    assert run.loss[-1, 1] > run.loss[0, 1]


@pytest.mark.parametrize("hessian", [torch.zeros(2, 3), torch.tensor([[1.0, 0.5], [0.4, 1.0]]), -torch.eye(2)])
def test_table_that_is_no_hessian_of_a_bowl_is_refused(hessian):
    with pytest.raises(ValueError, match=r"hessian must be symmetric, with an eigenvalue above 0, not \[\["):
        descent.stability_limit(hessian)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_mode_of_the_caller_does_not_matter(mode):
    def results():
        run = descent.descend(X, Y, [0.1], **START, steps=3)
        return [part.tolist() for part in (run.loss, descent.curvature(X, Y))]

    expected = results()
    with mode():
        assert results() == expected

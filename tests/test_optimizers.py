"""What notebook 07 says of optimizers, beside `torch.optim`, on problems that the notebook doesn't have."""

import pytest
import torch

import notebooks

THEIRS = {
    "sgd": (torch.optim.SGD, {"lr": 0.1}),
    "momentum": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.01}),
    "adam": (torch.optim.Adam, {"lr": 0.02}),
    "adamw": (torch.optim.AdamW, {"lr": 0.02}),
}


@pytest.fixture(scope="module")
def own():
    """`Optimizer` and the rules, as the notebook's cells define them."""
    return notebooks.made("07", "What surrounds a step")


def long_valley(step, p, q):
    return 1.3 * (p - 0.4) ** 2 + 0.05 * (q + 1) ** 2 + 0.2 * p * q


def network(step, weight, bias, out, seldom):
    """A 3-5-1 network on eight corners; its last bias takes part in some steps only."""
    corners = torch.tensor([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=weight.dtype)
    output = torch.tanh(corners @ weight.T + bias) @ out + (seldom if step % 4 == 1 else 0)
    return ((output - corners.prod(dim=1)) ** 2).mean()


PROBLEMS = {long_valley: [(), ()], network: [(5, 3), (5,), (5,), ()]}


def start(loss_of, seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator).double().requires_grad_() for shape in PROBLEMS[loss_of]]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("loss_of", PROBLEMS)
@pytest.mark.parametrize("name", THEIRS)
def test_rule_makes_the_steps_of_torch_optim(own, name, loss_of, decay, seed):
    theirs, settings = THEIRS[name]
    settings = {**settings, "weight_decay": decay}
    mine, others = start(loss_of, seed), start(loss_of, seed)
    sides = (mine, own["Optimizer"](mine, own[name], **settings)), (others, theirs(others, **settings))
    for step in range(100):
        for parameters, optimizer in sides:
            loss_of(step, *parameters).backward()
            optimizer.step()
            for p in parameters:
                p.grad = None
        for here, there in zip(mine, others, strict=True):
            assert torch.allclose(here, there, rtol=0, atol=1e-12)

"""What notebook 07 says of optimizers, beside `torch.optim`, on problems that the notebook doesn't have."""

import copy
import re

import pytest
import torch

import notebooks

(BOOK,) = [book for book in notebooks.find() if str(book).startswith("07")]
THEIRS = {
    "sgd": (torch.optim.SGD, {"lr": 0.1}),
    "momentum": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.01}),
    "adam": (torch.optim.Adam, {"lr": 0.02}),
    "adamw": (torch.optim.AdamW, {"lr": 0.02}),
}
each_seed = pytest.mark.parametrize("seed", range(5))


@pytest.fixture(scope="module")
def own():
    """`Optimizer` and the rules, as the notebook's cells define them."""
    names = {"torch": torch}
    for cell in BOOK.code_cells:
        if re.match(rf"class Optimizer\b|def (?:{'|'.join(THEIRS)})\(", cell.source):
            assert notebooks.execute(cell.source, names) == ""
    return names


def long_valley(step, p, q):
    return 1.3 * (p - 0.4) ** 2 + 0.05 * (q + 1) ** 2 + 0.2 * p * q


def network(step, weight, bias, out, seldom):
    """A 3-5-1 network on eight corners; its last bias takes part in some steps only."""
    corners = torch.tensor([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=weight.dtype)
    output = torch.tanh(corners @ weight.T + bias) @ out + (seldom if step % 4 == 1 else 0)
    return ((output - corners.prod(dim=1)) ** 2).mean()


PROBLEMS = {long_valley: [(), ()], network: [(5, 3), (5,), (5,), ()]}


def start(shapes, seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in shapes]


def places(loss_of, parameters, optimizer, steps):
    """Where all parameters, in one row, are after each step."""
    for step in range(steps):
        loss_of(step, *parameters).backward()
        optimizer.step()
        for p in parameters:
            p.grad = None
        yield torch.cat([p.detach().flatten() for p in parameters])


@each_seed
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("loss_of", PROBLEMS)
@pytest.mark.parametrize("name", THEIRS)
def test_rule_makes_the_steps_of_torch_optim(own, name, loss_of, decay, seed):
    theirs, settings = THEIRS[name]
    settings = {**settings, "weight_decay": decay}
    mine, others = start(PROBLEMS[loss_of], seed), start(PROBLEMS[loss_of], seed)
    sides = (mine, own["Optimizer"](mine, own[name], **settings)), (others, theirs(others, **settings))
    for here, there in zip(*(places(loss_of, *side, 100) for side in sides), strict=True):
        assert torch.allclose(here, there, rtol=0, atol=1e-12)


@each_seed
def test_forgotten_reset_is_momentum_one_to_the_last_bit(own, seed):
    (forgotten,), (reset,) = (start([(3,)], seed, torch.float32) for _ in range(2))
    plain = own["Optimizer"]([forgotten], own["sgd"], lr=0.01)
    whole = own["Optimizer"]([reset], own["momentum"], lr=0.01, momentum=1.0)
    for place in places(lambda step, p: (p**2).sum(), [reset], whole, 250):
        (forgotten**2).sum().backward()
        plain.step()
        assert torch.equal(forgotten, place)


def test_first_step_of_adam_is_the_rate_times_the_sign(own):
    p = torch.zeros(7, dtype=torch.float64, requires_grad=True)
    p.grad = torch.tensor([1e-3, 1, 1e3, -1e-3, -1, -1e3, 0.5], dtype=torch.float64)
    own["Optimizer"]([p], own["adam"], lr=0.1).step()
    assert torch.allclose(p, -0.1 * p.grad.sign(), rtol=1e-4)


@each_seed
def test_resume_with_its_state_goes_on_and_without_it_moves_by_the_whole_rate(seed):
    parameters = start(PROBLEMS[network], seed)
    optimizer = torch.optim.Adam(parameters, lr=0.05)
    *_, saved = places(network, parameters, optimizer, 60)
    again, anew, memory = (copy.deepcopy(kept) for kept in (parameters, parameters, optimizer.state_dict()))
    resumed, renewed = (torch.optim.Adam(copies, lr=0.05) for copies in (again, anew))
    resumed.load_state_dict(memory)
    sides = (parameters, optimizer), (again, resumed), (anew, renewed)
    unbroken, with_state, without = (next(places(network, *side, 1)) for side in sides)
    assert torch.equal(unbroken, with_state)
    usual, whole = ((place - saved)[:-1].abs() for place in (unbroken, without))  # the last has no gradient here
    assert whole.min() > 0.99 * 0.05 and usual.max() < 0.8 * 0.05


def test_momentum_diverges_a_thousandth_above_its_limit_and_not_below(own):
    betas = torch.tensor([[0.3], [0.5], [0.8], [0.9]], dtype=torch.float64)
    rates = 2 * (1 + betas) / 2.65 * torch.tensor([0.999, 1.001], dtype=torch.float64)
    p = torch.ones(4, 2, dtype=torch.float64, requires_grad=True)
    optimizer = own["Optimizer"]([p], own["momentum"], lr=rates, momentum=betas)
    *_, last = places(lambda step, p: 2.65 / 2 * (p**2).sum(), [p], optimizer, 3_000)
    below, above = last.abs().reshape(4, 2).T
    assert (below < 0.01).all() and (above > 100).all()

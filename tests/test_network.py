"""What notebook 08 claims of its networks, from five seeds: counted and differentiated in other ways."""

import re

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

import notebooks
from helpers import penguins

PRINTED = notebooks.printed(notebooks.named("08").outputs)
DATA = penguins()
RAW, MALE = np.stack([DATA["bill_length_mm"], DATA["body_mass_g"]], axis=1), np.array(DATA["sex"]) == "male"


@pytest.fixture(scope="module")
def names():
    """What the cells of the core make."""
    return notebooks.made("08", "You can now")


def count_right(names, network):
    """The validation penguins that a network gets right, from its parameters alone, in NumPy."""
    train, valid = names["train"].numpy(), names["valid"].numpy()
    values = (RAW[valid] - RAW[train].mean(axis=0)) / RAW[train].std(axis=0, ddof=1)
    *hidden, weight, bias = [parameter.detach().numpy() for parameter in network.parameters()]
    scores = (np.tanh(values @ hidden[0].T + hidden[1]) if hidden else values) @ weight.T + bias
    return ((scores[:, 1] > scores[:, 0]) == MALE[valid]).sum()


def test_hidden_layer_gets_80_of_100_right_from_five_seeds_and_a_straight_line_does_not(names):
    assert sorted([*names["train"].tolist(), *names["valid"].tolist()]) == list(range(233 + 100))
    bent, straight = [], []
    for seed in range(5):
        torch.manual_seed(seed)
        bent.append(count_right(names, names["trained"](names["Network"](), names["z"])))
        straight.append(count_right(names, names["trained"](nn.Linear(2, 2).double(), names["z"])))
    assert min(bent) > 80 > 65 > max(straight)
    assert [f"{count} of 100 right" for count in bent] == re.findall(r"(?<=seed \d: ).+", PRINTED)


def first_to_last(names, seed, activation, gain):
    """The size of the first layer's gradient in a deep network, compared with the last layer's."""
    torch.manual_seed(seed)
    linears = [nn.Linear(*sizes).double() for sizes in ((2, 16), (16, 16), (16, 16), (16, 16), (16, 2))]
    for linear in linears if gain else ():
        nn.init.xavier_uniform_(linear.weight, gain)
    values = names["z"][names["train"]]
    for linear in linears[:-1]:
        values = activation(linear(values))
    loss = cross_entropy(linears[-1](values), names["y"][names["train"]])
    first, last = torch.autograd.grad(loss, [linears[0].weight, linears[-1].weight])
    return (first.norm() / last.norm()).item()


def test_gradient_vanishes_in_a_deep_sigmoid_network_and_both_cures_work_from_five_seeds(names):
    cases = (torch.sigmoid, 0), (torch.relu, 0), (torch.sigmoid, 4)
    sigmoid, *cures = ([first_to_last(names, seed, *case) for seed in range(5)] for case in cases)
    assert max(sigmoid) < 0.01 < np.min(cures)
    assert f"sigmoid     first / last {sigmoid[0]:.5f}," in PRINTED


@pytest.mark.parametrize("rate", [1.5, 2.5])
@pytest.mark.parametrize("seed", range(3))
def test_largest_curvature_settles_close_to_two_divided_by_the_rate(names, seed, rate):
    flat = nn.utils.parameters_to_vector(names["begin"](seed=seed)[0].parameters()).detach()
    x, y, exact = names["z"][names["train"]], names["y"][names["train"]], []

    def loss(flat):
        first, first_bias, last, last_bias = flat.split([8 * 2, 8, 2 * 8, 2])
        return cross_entropy(torch.tanh(x @ first.view(8, 2).T + first_bias) @ last.view(2, 8).T + last_bias, y)

    for step in range(401):
        if step in range(201, 401, 7):  # an odd number, because the curvature swings from one step to the next
            exact.append(torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, flat))[-1].item())
        flat = flat - rate * torch.autograd.functional.jacobian(loss, flat)
    assert np.mean(exact[15:]) == pytest.approx(2 / rate, rel=0.12)
    assert seed or np.mean(names["runs"][f"rate {rate}"][201::7]) == pytest.approx(np.mean(exact[:15]), rel=0.01)

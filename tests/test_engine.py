"""The engine in the cells of notebook 06 against PyTorch; and `compare`, which names where two engines differ."""

import functools
import random

import pytest
import torch

import notebooks
from helpers.gradients import compare

INPUTS, TARGETS = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).double(), torch.tensor([0, 1, 1, 0]).double()


@pytest.fixture(scope="module")
def engine():
    return notebooks.made("06", "PyTorch's rules, read off your engine")


def leaf(numbers):
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(
    "calculation",
    [
        lambda a: a + a,
        lambda a: a * a * (a + 1.0) + a * 3.0,
        lambda a: functools.reduce(lambda v, _: v + a, range(2000), a),
    ],
)
def test_shared_values_long_chains_and_a_second_call_work_as_in_pytorch(engine, calculation):
    own, theirs = engine["Value"](2.0), leaf(2.0)
    last, right = calculation(own), calculation(theirs)
    for _ in range(2):
        engine["backward"](last)
        right.backward(retain_graph=True)
        assert (last.data, own.grad) == (right.item(), theirs.grad.item())


@pytest.mark.parametrize("seed", range(20))
def test_random_expressions_have_the_values_and_gradients_of_pytorch(engine, seed):
    draw = random.Random(seed)
    steps = [(draw.choice("+*t"), draw.random(), draw.random()) for _ in range(30)]

    def calculation(numbers):
        pool = [*numbers]
        for kind, *places in steps:
            a, b = (pool[int(place * len(pool))] for place in places)
            pool.append(a + b if kind == "+" else a * b if kind == "*" else a.tanh())
        return sum(pool[1:], start=pool[0]).tanh()

    numbers = [draw.uniform(-1, 1) for _ in range(4)]
    sentence = compare(calculation, engine["Value"], engine["backward"], numbers=numbers)
    assert sentence == "5 values and their gradients match PyTorch's to 1e-12"


def network(parameters):
    """The predictions for the four points, by matrices."""
    hidden, output = parameters[:12].reshape(4, 3), parameters[12:]
    return torch.tanh(INPUTS @ hidden[:, :2].T + hidden[:, 2]) @ output[:4] + output[4]


@pytest.mark.parametrize("seed", range(5))
def test_all_gradients_of_the_network_are_those_of_plain_matrices(engine, seed):
    hidden, output = engine["random_network"](seed, engine["Value"])
    values = [value for row in (*hidden, output) for value in row]
    engine["backward"](engine["loss_of"](hidden, output))
    parameters = leaf([value.data for value in values])
    ((network(parameters) - TARGETS) ** 2).sum().backward()
    assert [value.grad for value in values] == pytest.approx(parameters.grad.tolist(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("seed", "step"), [(0, 49), (1, 34), (2, 35), (3, 35), (4, 120)])
def test_training_gets_all_four_points_right_at_the_known_step_and_keeps_them(engine, seed, step):
    record = torch.tensor(engine["histories"][seed], dtype=torch.float64)
    right = torch.stack([(network(row[1:]) > 0.5) == TARGETS for row in record]).all(dim=1)
    assert right[step:].all() and not right[step - 1] and (record[:, 0].diff() < 0).all()


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("", "", "6 values and their gradients match PyTorch's to 1e-12"),
        ("self.data + other.data", "self.data - other.data", "the value of y_hat is 2.0, PyTorch's is 4.0"),
        ("+ arrived[value] * rate", "+ rate", "the gradient of y_hat is 1.0, PyTorch's is 6.0"),
        ("arrived.get(earlier, 0.0)", "0.0", "the gradient of error is 3.0, PyTorch's is 6.0"),
        ("(self, other.data)", "(self, self.data)", "the gradient of w is 9.0, PyTorch's is 12.0"),
        ("grad += arrived[value]", "grad -= arrived[value]", "the gradient of b is -6.0, PyTorch's is 6.0"),
    ],
)
def test_compare_names_the_first_value_or_gradient_that_differs(old, new, verdict):
    names = notebooks.made("06", "Train a network with it", old, new)
    sentence = compare(names["one_point"], names["Value"], names["backward"], w=1.5, b=1.0)
    assert sentence.removeprefix("first difference: ") == verdict


def test_compare_refuses_a_calculation_without_a_result_and_numbers_without_a_gradient(engine):
    with pytest.raises(TypeError, match="calculation must turn PyTorch's tensors into a tensor, not into None"):
        compare(lambda w: None, engine["Value"], engine["backward"], w=1.0)
    bare = type("Bare", (engine["Value"],), {"grad": property(lambda self: None, lambda self, value: None)})
    with pytest.raises(TypeError, match="the gradient of w, of what number makes, must hold numbers, not None"):
        compare(lambda w: w * w, bare, lambda last: {last: 1.0}, w=1.0)

"""The engine in the cells of notebook 06 against PyTorch; and `compare`, which names where two engines differ."""

import functools
import random
import re

import pytest
import torch

import notebooks
from helpers.gradients import compare

SHOWN = re.compile(r"^(labs|show|checks|x = v|predictions\.ask)\b")
INPUTS, TARGETS = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).double(), torch.tensor([0, 1, 1, 0]).double()


def made(before, old="", new=""):
    """What the cells before a heading make, where some code is replaced by other code."""
    (notebook,) = [notebook for notebook in notebooks.find() if str(notebook).startswith("06")]
    names, end = {}, notebook.cells.index(notebook.section(before)[0])
    for cell in notebook.cells[:end]:
        if cell.cell_type == "code" and not SHOWN.match(cell.source):
            printed = notebooks.execute(cell.source.replace(old, new) if old else cell.source, names)
            assert "Error" not in printed, printed
    return names


@pytest.fixture(scope="module")
def engine():
    return made("PyTorch's rules, read off your engine")


def leaf(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def both(engine, calculation, *numbers):
    """The result and the gradients: of the engine, and of PyTorch."""
    for make, backward in ((engine["Value"], engine["backward"]), (leaf, torch.Tensor.backward)):
        leaves = [make(number) for number in numbers]
        last = calculation(*leaves)
        backward(last)
        yield pytest.approx([float(last.data), *(float(own.grad) for own in leaves)], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("calculation", "expected"),
    [
        (lambda a: a + a, [4, 2]),
        (lambda a: a * a * (a + 1.0) + a * 3.0, [18, 19]),  # the slope is 3 a**2 + 2 a + 3, and a is used four times
        (lambda a: functools.reduce(lambda v, _: v + a, range(2000), a), [4002, 2001]),
    ],
)
def test_shared_value_and_long_chain_have_the_gradient_of_the_formula(engine, calculation, expected):
    assert [result == expected for result in both(engine, calculation, 2.0)] == [True, True]


def test_every_walk_over_the_same_record_adds_the_same_again(engine):
    a = engine["Value"](2.0)
    loss = (a + a) * (a + a) + (a + a)
    assert [(engine["backward"](loss), a.grad)[1] for _ in range(3)] == [18, 36, 54]


@pytest.mark.parametrize("seed", range(20))
def test_random_expressions_have_the_values_and_gradients_of_pytorch(engine, seed):
    draw = random.Random(seed)
    steps = [(draw.choice("+*t"), draw.random(), draw.random()) for _ in range(30)]

    def calculation(*numbers):
        pool = [*numbers]
        for kind, *places in steps:
            a, b = (pool[int(place * len(pool))] for place in places)
            pool.append(a + b if kind == "+" else a * b if kind == "*" else a.tanh())
        return sum(pool[1:], start=pool[0]).tanh()

    own, theirs = both(engine, calculation, *(draw.uniform(-1, 1) for _ in range(4)))
    assert own.expected == theirs


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
    names = made("Train a network with it", old, new)
    sentence = compare(names["one_point"], names["Value"], names["backward"], w=1.5, b=1.0)
    assert sentence.removeprefix("first difference: ") == verdict


@pytest.mark.parametrize("result", [None, 3.0, leaf(3.0).detach()])
def test_compare_refuses_a_calculation_without_a_result(engine, result):
    with pytest.raises(TypeError, match="calculation must turn PyTorch's tensors into a tensor, not into "):
        compare(lambda w: result, engine["Value"], engine["backward"], w=1.0)


def test_compare_refuses_numbers_without_a_gradient(engine):
    bare = type("Bare", (engine["Value"],), {"grad": property(lambda self: None, lambda self, value: None)})
    with pytest.raises(TypeError, match="the gradient of w, of what number makes, must hold numbers, not None"):
        compare(lambda w: w * w, bare, lambda last: {last: 1.0}, w=1.0)

"""Answers to the exercises of notebook 06."""

import cmath
import math
import operator
from types import SimpleNamespace

import torch


def value(data, pairs):
    return SimpleNamespace(data=data, inputs=pairs, grad=0.0)


def by_autograd(operation):
    """An operation of the engine whose data and rates come from PyTorch."""

    def recorded(values):
        numbers = torch.tensor([own.data for own in values], dtype=torch.float64, requires_grad=True)
        result = operation(numbers)
        (rates,) = torch.autograd.grad(result, numbers)
        return value(result.item(), tuple(zip(values, rates.tolist(), strict=True)))

    return recorded


def by_powers(own):
    up, down = math.exp(own.data), math.exp(-own.data)
    return value((up - down) / (up + down), [(own, 4 / (up + down) ** 2)])


def shifted(values):
    """Large numbers don't overflow: the largest is taken out first. The pairs stand in another order."""
    top = max(own.data for own in values)
    total = sum(math.exp(own.data - top) for own in values)
    return value(top + math.log(total), [(own, math.exp(own.data - top) / total) for own in values[::-1]])


def carrying(*operations):
    """A class whose +, * and tanh make of pairs, each a number and its rate, another pair."""

    class Number:
        def __init__(self, data, rate=0.0):
            self.data, self.rate = data, rate

    def pair(own):
        return (own.data, own.rate) if isinstance(own, Number) else (own, 0)

    def method(operation):
        return lambda *numbers: Number(*operation(*map(pair, numbers)))

    Number.__add__, Number.__mul__, Number.tanh = map(method, operations)
    return Number


def by_jvp(operation):
    """PyTorch's own forward mode."""
    return lambda *pairs: map(float, torch.func.jvp(operation, *map(tuple, torch.tensor(pairs, dtype=torch.float64).T)))


def by_complex_step(operation):
    """The rate is a tiny imaginary part."""

    def apply(*pairs):
        result = operation(*(complex(number, 1e-30 * rate) for number, rate in pairs))
        return result.real, result.imag / 1e-30

    return apply


BY_HAND = (
    lambda p, q: (p[0] + q[0], p[1] + q[1]),
    lambda p, q: (p[0] * q[0], p[0] * q[0] * (p[1] / p[0] + q[1] / q[0])),
    lambda p: (math.tanh(p[0]), p[1] / math.cosh(p[0]) ** 2),
)
TRUTHS = {}
RIGHT = {
    "tanh_of": [
        by_powers,
        lambda own: value(2 / (1 + math.exp(-2 * own.data)) - 1, [(own, math.cosh(own.data) ** -2)]),
        lambda own: by_autograd(lambda numbers: numbers.tanh().sum())([own]),
    ],
    "log_sum_exp": [
        shifted,
        by_autograd(lambda numbers: numbers.logsumexp(0)),
        by_autograd(lambda numbers: -numbers.log_softmax(0)[0] + numbers[0]),
    ],
    "forward_numbers": [
        carrying(*map(by_jvp, (torch.add, torch.mul, torch.tanh))),
        carrying(*map(by_complex_step, (operator.add, operator.mul, cmath.tanh))),
        carrying(*BY_HAND),
    ],
}
WRONG = {
    "tanh_of": {
        "look at the rate": lambda own: value(math.tanh(own.data), [(own, 0.5)]),
        "made in between": lambda own: value(math.tanh(own.data), [(by_powers(own), 1.0)]),
    },
    "log_sum_exp": {
        "look at the rate of 0.5": lambda values: value(shifted(values).data, [(own, 0.1) for own in values]),
        "a list of pairs": lambda values: value(shifted(values).data, values),
    },
    "forward_numbers": {
        "hand over the class itself": 3.0,
        "look at the value of a tanh": carrying(*map(by_complex_step, (operator.add, operator.mul, cmath.sin))),
        "every result should be of your class": type(
            "Plain", (RIGHT["forward_numbers"][0],), {"tanh": lambda own: 0.5}
        ),
    },
}

"""Answers to the exercises of notebook 06."""

import math
from types import SimpleNamespace
from typing import NamedTuple

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


def one_by_one(values):
    total, *others = (own.data for own in values)
    for other in others:
        total = max(total, other) + math.log1p(math.exp(-abs(total - other)))
    return value(total, [(own, math.exp(own.data - total)) for own in values])


class Pair(NamedTuple):
    data: float
    rate: float = 0.0

    def __add__(self, other):
        other = other if isinstance(other, Pair) else (other, 0.0)
        return Pair(*(own + its for own, its in zip(self, other, strict=True)))

    def __mul__(self, other):
        (a, da), (b, db) = self, other if isinstance(other, Pair) else (other, 0.0)
        return Pair(a * b, da * b + a * db)

    def tanh(self):
        return Pair(math.tanh(self.data), self.rate / math.cosh(self.data) ** 2)


class Matrix:
    """A number and its rate as [[a, a'], [0, a]]: products of such matrices follow the rule of the product."""

    def __init__(self, data, rate=0.0):
        self.table = data if isinstance(data, torch.Tensor) else torch.tensor([[data, rate], [0, data]]).double()

    data = property(lambda self: self.table[0, 0].item())
    rate = property(lambda self: self.table[0, 1].item())

    def __add__(self, other):
        return Matrix(self.table + (other.table if isinstance(other, Matrix) else other * torch.eye(2)))

    def __mul__(self, other):
        return Matrix(self.table @ (other.table if isinstance(other, Matrix) else other * torch.eye(2).double()))

    def tanh(self):
        power = torch.matrix_exp(2 * self.table)
        return Matrix(torch.linalg.solve(power + torch.eye(2), power - torch.eye(2)))


class Dual:
    """PyTorch's own forward mode."""

    def __init__(self, data, rate=0.0):
        self.data, self.rate = float(data), float(rate)

    def _through(self, operation, *others):
        others = [other if isinstance(other, Dual) else Dual(other) for other in others]
        pairs = [[torch.tensor(part).double() for part in (own.data, own.rate)] for own in (self, *others)]
        return Dual(*torch.func.jvp(operation, *zip(*pairs, strict=True)))

    def __add__(self, other):
        return self._through(torch.add, other)

    def __mul__(self, other):
        return self._through(torch.mul, other)

    def tanh(self):
        return self._through(torch.tanh)


def by_squares(own):
    square = math.exp(2 * own.data)
    return value(1 - 2 / (square + 1), [(own, math.cosh(own.data) ** -2)])


TRUTHS = {}
RIGHT = {
    "tanh_of": [by_powers, by_squares, lambda own: by_autograd(lambda numbers: numbers.tanh().sum())([own])],
    "log_sum_exp": [shifted, one_by_one, by_autograd(lambda numbers: numbers.logsumexp(0))],
    "forward_numbers": [Pair, Matrix, Dual],
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
        "look at the value of a tanh": type("Sine", (Dual,), {"tanh": lambda self: self._through(torch.sin)}),
        "every result should be of your class": type("Plain", (Dual,), {"tanh": lambda self: 0.5}),
    },
}

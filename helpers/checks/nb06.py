"""The exercises of notebook 06."""

import math

from helpers.judge import Exercise, error, exercise, result_of


class Value:
    """The notebook's number, as far as an operation needs it."""

    def __init__(self, data, inputs=()):
        self.data, self.inputs, self.grad = data, inputs, 0.0


def walked(result, *values):
    """The data of a result, and for each value the sum of its rates: what a walk back hands on to it."""
    inputs = getattr(result, "inputs", None)
    if inputs is None:
        raise error("your function should return a Value, with its data and its inputs")
    if not isinstance(inputs, list | tuple) or any(
        not isinstance(pair, tuple | list) or len(pair) != 2 for pair in inputs
    ):
        raise error("inputs should be a list of pairs, each of a value and its rate")
    for own, rate in inputs:
        if hasattr(rate, "inputs"):
            raise error("a pair should have the value first and its rate second, and the rate is a plain number")
        if not any(own is value for value in values):
            between = "made in between" if hasattr(own, "inputs") else "a number"
            raise error(f"a pair should begin with a Value that your function has got: this one is {between}")
    return [result.data, *(sum(rate for own, rate in inputs if own is value) for value in values)]


def left(*values):
    return [number for value in values for number in (value.data, value.grad)]


@exercise
def tanh_of():
    """Notebook 06: tanh as an operation of the notebook's engine."""

    def with_rate(rate):
        return lambda value: Value(math.tanh(value.data), [(value, rate(value.data, math.tanh(value.data)))])

    def with_inputs(change):
        return lambda value: Value(math.tanh(value.data), change(*right(value).inputs[0]))

    def in_place(value):
        value.data = math.tanh(value.data)
        return value

    right = with_rate(lambda v, t: 1 - t**2)
    return Exercise(
        right,
        {
            "the square of tanh as the rate: it's 1 minus that": with_rate(lambda v, t: t**2),
            "a rate made from the square of the value: it's tanh that is squared": with_rate(lambda v, t: 1 - v**2),
            "a rate made from tanh without its square": with_rate(lambda v, t: 1 - t),
            "tanh as its own rate": with_rate(lambda v, t: t),
            "a rate of 1, as in a sum": with_rate(lambda v, t: 1.0),
            "a Value without inputs: the walk can't get past it": with_inputs(lambda v, r: []),
            "its number in place of the value: a pair holds the Value itself": with_inputs(lambda v, r: [(v.data, r)]),
            "the rate before the value: the pair is (value, rate)": with_inputs(lambda v, r: [(r, v)]),
            "a pair where a list with one pair is needed": with_inputs(lambda v, r: (v, r)),
            "a plain number: the record ends there": lambda value: math.tanh(value.data),
            "a change of the value that went in: make a new Value": in_place,
        },
        lambda: [(Value(0.5),), (Value(-2.0),)],
        walked,
        left,
        names=("the data", "the rate", "the data of the value that went in", "its grad"),
    )


@exercise
def log_sum_exp():
    """Notebook 06: the logarithm of a sum of powers of e, as one operation with any number of inputs."""

    def built(data=lambda powers: math.log(sum(powers)), rate=lambda power, total: power / total, inputs=list):
        """The operation whose data is made of all powers, and each rate of one power and the sum."""

        def operation(values):
            powers = [math.exp(value.data) for value in values]
            pairs = [(value, rate(power, sum(powers))) for value, power in zip(values, powers, strict=True)]
            return Value(data(powers), inputs(pairs))

        return operation

    right, numbers = built(), (0.5, -1.0, 2.0)
    return Exercise(
        right,
        {
            "the sum itself: its logarithm is still to come": (built(sum), built(sum, lambda power, total: power)),
            "powers without the division: each rate is a share of the sum": built(rate=lambda power, total: power),
            "1 divided by the sum: above the line stands the power": built(rate=lambda power, total: 1 / total),
            "a rate of 1 for each, as in a sum": built(rate=lambda power, total: 1.0),
            "a sum of logarithms: the sum comes first": built(lambda powers: sum(map(math.log, powers))),
            "a logarithm of the mean: take the sum": built(lambda powers: math.log(sum(powers) / len(powers))),
            "a logarithm to base 10: math.log is the natural one": built(lambda powers: math.log10(sum(powers))),
            "a pair for the last value alone: each needs its own": built(inputs=lambda pairs: pairs[-1:]),
            "a Value without inputs: the walk can't get past it": built(inputs=lambda pairs: []),
            "a dict: a value that comes twice needs two pairs": built(inputs=lambda pairs: [*dict(pairs).items()]),
            "numbers in the pairs: they hold the Values": built(inputs=lambda pairs: [(v.data, r) for v, r in pairs]),
            "several operations in a row: make one": built(inputs=lambda pairs: [(Value(1.0, pairs), 1.0)]),
            "a plain number: the record ends there": lambda values: right(values).data,
        },
        lambda: [([*map(Value, numbers)],), ([*map(Value, numbers)] * 2,)],
        lambda result, values: walked(result, *dict.fromkeys(values)),
        lambda values: left(*dict.fromkeys(values)),
        names=("the data", *(f"the rate of {number}" for number in numbers), *["what the values hold afterwards"] * 6),
    )


class Forward:
    """Numbers that carry their rate along: right, but for the parts that a known mistake replaces."""

    def __init__(self, data, rate=0.0):
        self.data, self.rate = data, rate

    def __add__(self, other):
        return type(self)(self.data + plain(other).data, self.rate + plain(other).rate)

    def __mul__(self, other):
        other = plain(other)
        return type(self)(self.data * other.data, self.rate * other.data + self.data * other.rate)

    def tanh(self):
        return type(self)(math.tanh(self.data), (1 - math.tanh(self.data) ** 2) * self.rate)


def plain(number, rate=0.0):
    return number if isinstance(number, Forward) else Forward(number, rate)


OPERATIONS = {
    "a sum": lambda a, b: a + b,
    "a sum with a plain number": lambda a, b: a + 3.0,
    "a product": lambda a, b: a * b,
    "a product with a plain number": lambda a, b: b * 3.0,
    "a tanh": lambda a, b: b.tanh(),
    "a number alone": lambda a, b: a,
    "another number": lambda a, b: b,
}


@exercise
def forward_numbers():
    """Notebook 06: forward mode, a class of numbers that carry their rate along."""

    def but(**parts):
        return type("Forward", (Forward,), parts)

    def product(rate):
        return but(__mul__=lambda a, b: type(a)(a.data * plain(b).data, rate(a, plain(b))))

    def tanh(rate):
        return but(tanh=lambda a: type(a)(math.tanh(a.data), rate(a, 1 - math.tanh(a.data) ** 2)))

    def outcomes(number, *given):
        other, results = type(number)(-1.5, 0.25), []
        for operation in OPERATIONS.values():
            results.append(result_of(operation, {"a": number, "b": other}))
            if not hasattr(results[-1], "rate"):
                raise error("every result should be of your class, with .data and .rate")
        return [part for result in results for part in (result.data, result.rate)]

    def in_place(a, b):
        a.__init__(a.data + plain(b).data, a.rate + plain(b).rate)
        return a

    return Exercise(
        Forward,
        {
            "the product of the two rates: the rule has a sum of two products": product(lambda a, b: a.rate * b.rate),
            "half of the rule for a product: both factors may change": product(lambda a, b: a.rate * b.data),
            "a product whose rates are added, as in a sum": product(lambda a, b: a.rate + b.rate),
            "a sum that keeps the first rate alone": but(__add__=lambda a, b: type(a)(a.data + plain(b).data, a.rate)),
            "a plain number with the rate 1: it doesn't change, so its rate is 0": (
                but(__add__=lambda a, b: Forward.__add__(a, plain(b, 1.0))),
                but(__mul__=lambda a, b: Forward.__mul__(a, plain(b, 1.0))),
            ),
            "a tanh without the rate that its number came with": tanh(lambda a, slope: slope),
            "a tanh that keeps the rate of its number": tanh(lambda a, slope: a.rate),
            "a rate of 1 by default: it's 0": but(__init__=lambda a, data, rate=1.0: Forward.__init__(a, data, rate)),
            "an operation that takes no plain number: what if other is a float?": (
                but(__add__=lambda a, b: type(a)(a.data + b.data, a.rate + b.rate)),
                but(__mul__=lambda a, b: type(a)(a.data * b.data, a.rate * b.data + a.data * b.rate)),
            ),
            "a change of the number itself: return a new one": but(__add__=in_place),
        },
        lambda: [(2.0, 1.0), (3.0,)],
        outcomes,
        names=[f"the {part} of {name}" for name in OPERATIONS for part in ("value", "rate")],
    )

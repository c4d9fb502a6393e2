"""The exercises of notebook 01."""

import torch

from helpers.data import make_line
from helpers.descent import best_line
from helpers.judge import RIGHT, Exercise, Verdict, as_numbers, exercise, mistake


@exercise
def parameters_of_a_layer():
    """Notebook 01: the number of parameters of nn.Linear(784, 10), which gets batches of 64."""
    inputs, outputs, batch = 784, 10, 64
    weight = inputs * outputs
    right = weight + outputs
    return Exercise(
        right,
        {
            "the weight without the bias: learning changes the bias, too": weight,
            "a bias with a number for each input: it's added to the outputs": weight + inputs,
            "one bias for the whole layer: each output has its own": weight + 1,
            "a bias with a number for each picture: all pictures share the same bias": (
                weight + batch,
                weight + batch * outputs,
            ),
            "a count with the batch in it: the same parameters serve every picture": (
                batch * right,
                batch * weight,
                batch * weight + outputs,
                batch + right,
            ),
            "the numbers of the layer's name added up: how many does a table with these sides hold?": (
                inputs + outputs,
                inputs + outputs + batch,
            ),
            "the bias alone: the weight holds far more numbers": outputs,
            "the parameters of one output: there are ten outputs": (inputs, inputs + 1),
            "the numbers in a batch: they are data, which learning doesn't change": (batch * inputs, batch * outputs),
            "the shape of the weight: how many numbers does it hold, and how many does the bias hold?": (
                [outputs, inputs],
                [inputs, outputs],
            ),
            "two numbers, one for the weight and one for the bias: add them up": [weight, outputs],
        },
        close={"rtol": 0, "atol": 0.5},
    )


@exercise
def share_of_yardstick():
    """Notebook 01: the loss of y_hat over that of each column's mean: 6 examples with 3 outputs, then 5 with 4."""

    def calls():
        random = torch.Generator().manual_seed(4)
        draws = [torch.randn((2, *shape), generator=random) for shape in ((6, 3), (5, 4))]
        return [(y_hat, y + torch.arange(y.shape[1])) for y_hat, y in draws]

    def loss(y_hat, y):
        return ((y_hat - y) ** 2).mean()

    def yardstick(y):
        return loss(y.mean(dim=0), y)

    def right(y_hat, y):
        return loss(y_hat, y) / yardstick(y)

    def of_columns(y_hat, y):
        return ((y_hat - y) ** 2).mean(dim=0) / ((y.mean(dim=0) - y) ** 2).mean(dim=0)

    return Exercise(
        right,
        {
            "the loss of y_hat: divide it by the loss of the yardstick": loss,
            "the loss of the yardstick: what is divided by it?": lambda p, y: yardstick(y),
            "the fraction upside down: the loss of y_hat stands above the line": lambda p, y: 1 / right(p, y),
            "a difference: divide the one loss by the other": lambda p, y: loss(p, y) - yardstick(y),
            "what is missing to 1: return the fraction itself": lambda p, y: 1 - right(p, y),
            "a yardstick with one mean for the whole table: take the mean of each column": (
                lambda p, y: loss(p, y) / loss(y.mean(), y)
            ),
            "a yardstick with a mean for each row: take the mean down each column": (
                lambda p, y: loss(p, y) / loss(y.mean(dim=1, keepdim=True), y),
                lambda p, y: loss(p, y) / loss(y.mean(dim=1), y),
            ),
            "a yardstick that always predicts 0: it should predict each column's mean": (
                lambda p, y: loss(p, y) / (y**2).mean()
            ),
            "a yardstick with the means of y_hat: it should predict those of y": (
                lambda p, y: loss(p, y) / loss(p.mean(dim=0), y)
            ),
            "a yardstick that compares its means with y_hat: compare them with y": (
                lambda p, y: loss(p, y) / loss(y.mean(dim=0), p)
            ),
            "a share for each column: each loss is one mean over the whole table": of_columns,
            "the mean of the columns' shares: take both means first, then divide": lambda p, y: of_columns(p, y).mean(),
            "the yardstick of this notebook, 0.9135: your function gets other targets": lambda p, y: (
                loss(p, y) / 0.9135
            ),
            "distances in place of squares: both losses are mean squared errors": (
                lambda p, y: (p - y).abs().mean() / (y.mean(dim=0) - y).abs().mean()
            ),
            "the root of the share: leave out the root": lambda p, y: right(p, y).sqrt(),
            "a yardstick by var, which divides by one less than there are rows: use mean": (
                lambda p, y: loss(p, y) / y.var(dim=0).mean()
            ),
            "two sums divided by different counts: take both as means over the whole table": (
                lambda p, y: ((p - y) ** 2).sum() / yardstick(y),
                lambda p, y: ((p - y) ** 2).sum() / len(y) / yardstick(y),
                lambda p, y: loss(p, y) / ((y.mean(dim=0) - y) ** 2).sum(),
            ),
        },
        calls,
    )


@exercise
def lucky_line(lucky):
    """Notebook 01: a pair (w, b) whose loss is below 0.006, which the best of 1,000 random lines practically always is.

    Of such searches, 999 in 1,000 end below 0.0027; of single lines, 2 in 100 are below 0.006 (both measured).
    """
    pair = as_numbers(lucky)
    if pair.ndim == 0:
        return mistake("one number, perhaps the lowest loss: hand over the pair that it belongs to")
    if pair.shape == (3,):
        return mistake("the pair and its loss: hand over w and b alone")
    if pair.shape != (2,):
        return mistake("many lines, or many losses: hand over the two numbers of the best line")
    x, y = make_line(noise=0.05)
    w, b = pair.tolist()
    error_of_each = w * x + b - y
    loss, exchanged = (error_of_each**2).mean(), ((b * x + w - y) ** 2).mean()
    known = [(0.3, 0.5), (0.32, 0.49), best_line(x, y)]
    if any(torch.allclose(pair, pair.new_tensor(line), rtol=0, atol=1e-6) for line in known):
        return mistake("a line that you knew or computed: draw 1,000 of them, and let luck decide")
    if loss < 0.006:
        return RIGHT
    if exchanged < 0.006:
        return mistake("slope and intercept exchanged: the slope comes first")
    if not (-0.8 <= w <= 1.4 and -0.25 <= b <= 1.25):
        return mistake("a line that can't have been drawn: w is between -0.8 and 1.4, and b between -0.25 and 1.25")
    if loss > 1.5:
        return mistake("one of the worst lines: is your comparison the right way round, and are the errors squared?")
    if abs(error_of_each.mean()) < 0.01:
        return mistake("a line whose errors cancel: compare the lines by the mean of the squares")
    if loss < 0.05:
        return mistake(f"the best of fewer lines: it has a loss of {loss:.3f}. Have you drawn 1,000?")
    return Verdict(
        "wrong",
        f"this line has a loss of {loss:.3f}, and among 1,000 there are far better ones. Do you keep the best "
        "pair so far, or hand over the last one that you drew?",
    )

"""The checks of notebook 01. Each computes the truth from numbers of its own, never from the learner's variables."""

import torch
from torch import nn

from helpers.data import make_line
from helpers.judge import RIGHT, Verdict, as_numbers, exercise, judge, looks_like, result_of


@exercise("01")
def layer_shapes(weight_shape, bias_shape):
    """Notebook 01: the shapes of weight and bias of nn.Linear(7, 4), which is called with 50 examples."""
    weight, bias = as_numbers(weight_shape), as_numbers(bias_shape)
    known = {
        (7, 4): "the shape of the weight read off the call: the call names the inputs first, the weight does not",
        (50, 7): "the shape of x: the weight belongs to the layer and does not know how many examples will come",
        (50, 4): "the shape of y_hat: the weight belongs to the layer and does not know how many examples will come",
        (28,): "how many numbers the weight holds: its shape says how they stand, in rows and columns",
        (4,): "the shape of the bias where that of the weight should stand",
    }
    _shape(weight, (4, 7), known, "the weight is a table with a row for each output and a column for each input")
    known = {
        (7,): "a constant for each input: the bias is added to the outputs",
        (50,): "a constant for each example: all examples share the bias, and the batch size is not in it",
        (50, 4): "a bias with a row for each example: it is stored once, and stretched over the rows when it is added",
        (4, 7): "the shape of the weight where that of the bias should stand",
        (1, 4): "a bias that is a table with one row: it has a single axis, so its shape is a single number",
        (4, 1): "a bias that is a table with one column: it has a single axis, so its shape is a single number",
        (1,): "one constant for the whole layer: each output has one of its own",
    }
    _shape(bias, (4,), known, "the bias has one axis, and a number for each output")
    return RIGHT


def _shape(found, truth, known, pointer):
    """Raises the verdict unless the numbers found are this shape; `known` shapes are mistakes."""
    numbers = tuple(found.reshape(-1).tolist()) if found.numel() <= 4 else None
    if numbers == truth:
        return
    if tuple(found.shape) == truth and numbers != truth:
        raise Verdict(looks_like("the tensor itself: asked for is its shape"))
    if numbers in known:
        raise Verdict(looks_like(known[numbers]))
    raise Verdict(f"Not yet: {pointer}.")


@exercise("01")
def layer_output(answer):
    """Notebook 01: x @ weight.T + bias for two rows of three numbers and a layer with two outputs."""
    x = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    weight = torch.tensor([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]])
    bias = torch.tensor([0.1, -0.2])
    product = x @ weight.T
    return judge(
        answer,
        product + bias,
        (product, "the product without the bias"),
        (product - bias, "the bias subtracted: it is added"),
        (
            product + bias[:, None],
            "the bias added down the columns: it has one number for each output, so it goes along each row",
        ),
        ((product + bias).T, "the right numbers with rows and columns exchanged: one row for each row of x"),
        (weight @ x.T + bias, "the product the other way round: one row for each row of x, so x stands first"),
    )


@exercise("01")
def batch_loss(function):
    """Notebook 01: the mean of the squared errors over all numbers of a batch of 6 examples with 3 outputs."""
    generator = torch.Generator().manual_seed(1)
    y_hat, y = torch.randn(6, 3, generator=generator), torch.randn(6, 3, generator=generator)
    error = y_hat - y
    squares = error**2
    result = _result_of(function, (y_hat, y), [("y_hat", y_hat), ("y", y)])
    return judge(
        result,
        squares.mean(),
        (error, "the errors as they are: still to be squared and averaged"),
        (squares, "the squares, one for each output of each example: what makes one number of them?"),
        (error.mean(), "the plain mean of the errors: those above and below cancel unless each is squared first"),
        (error.mean() ** 2, "the square of the mean: squaring comes first, while nothing has cancelled yet"),
        (error.sum() ** 2, "the square of the sum: squaring comes first, while nothing has cancelled yet"),
        (error.abs().mean(), "the mean distance: it drops the signs, but it does not square"),
        (squares.mean().sqrt(), "the root of the loss: the mean squared error stops before the root"),
        ((2 * error).mean(), "the errors doubled: to square is to multiply a number by itself"),
        (squares.sum(), "the sum of the squares: it would grow with the batch"),
        (squares.sum() / 6, "a mean over the examples only: each of them brings several squares, and every one counts"),
        (squares.sum() / 3, "a mean over the outputs only: the examples count too"),
        (
            squares.sum() / 20,
            "the sum divided by 20: that many numbers had the lesson's batch, and this one has others",
        ),
        (squares.mean(dim=0), "one loss for each output: the mean went down the rows only, and not over everything"),
        (squares.mean(dim=1), "one loss for each example: the mean went along each row only, and not over everything"),
        (squares.mean() / 2, "half of the loss: some books put a 1/2 in front, and PyTorch does not"),
        ((y_hat**2).mean(), "the mean square of the prediction: square the error, which knows the targets"),
        ((y_hat**2 - y**2).mean(), "a difference of squares: take the difference first, and then its square"),
    )


@exercise("01")
def layer_loss(function):
    """Notebook 01: the loss of x @ weight.T + bias against y as a tensor whose record leads to weight and bias."""
    generator = torch.Generator().manual_seed(2)
    x, y, weight, bias = (torch.randn(shape, generator=generator) for shape in ((5, 3), (5, 2), (2, 3), (2,)))
    product = x @ weight.T
    error = product + bias - y
    squares = error**2
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _ = torch.randn(10, 3), torch.randn(10, 2)
        lesson = nn.Linear(3, 2)(x).detach()
    weight.requires_grad_()
    bias.requires_grad_()
    result = _result_of(
        function,
        (x, y, weight, bias),
        [("x", x), ("y", y), ("weight", weight), ("bias", bias)],
        {
            "(5x3 and 2x3)": "The two inner numbers have to be equal: which of the two has to be turned on its side?",
            "must match the size of tensor": (
                "Is the product made with @, and does x stand first? Then it has a row for each example, and the bias "
                "goes along each row."
            ),
        },
    )
    verdict = judge(
        result,
        squares.mean(),
        (error + y, "the prediction: the first of the two lines is right, and the loss is still to come"),
        (error, "the errors as they are: still to be squared and averaged"),
        (squares, "the squares, one for each output of each example: the loss is one number"),
        (((product - y) ** 2).mean(), "a loss without the bias: the prediction is the product and the bias"),
        (((product - bias - y) ** 2).mean(), "a loss with the bias subtracted: it is added to the product"),
        (
            ((x @ weight.reshape(3, 2) + bias - y) ** 2).mean(),
            "a weight that was reshaped: that keeps the order of its numbers, and turning it on its side does not",
        ),
        (squares.sum(), "the sum of the squares: it would grow with the batch"),
        (squares.sum() / 5, "a mean over the examples only: each of them brings several squares"),
        (squares.mean(dim=0), "one loss for each output: the mean went down the rows only, and not over everything"),
        (squares.mean(dim=1), "one loss for each example: the mean went along each row only, and not over everything"),
        (squares.mean() / 2, "half of the loss: some books put a 1/2 in front, and PyTorch does not"),
        (squares.mean().sqrt(), "the root of the loss: the mean squared error stops before the root"),
        (error.mean(), "the plain mean of the errors: those above and below cancel unless each is squared first"),
        (error.mean() ** 2, "the square of the mean: squaring comes first, while nothing has cancelled yet"),
        (error.abs().mean(), "the mean distance: it drops the signs, but it does not square"),
        (((error + y) ** 2).mean(), "a loss that has not met the targets: where does y come in?"),
        ((error + y - y**2).mean(), "a square of y alone: the difference needs brackets before it is squared"),
        (((lesson - y) ** 2).mean(), "the layer of the lesson: use the weight and the bias that the function is given"),
    )
    if verdict == RIGHT:
        _check_record(result, weight, bias)
    return verdict


def _result_of(function, given, untouched, pointers=None):
    """As `result_of`, with a pointer after the message of an error that contains a known piece."""
    try:
        result = result_of(function, *given, untouched=untouched)
    except Verdict as verdict:
        for piece, pointer in (pointers or {}).items():
            if piece in str(verdict):
                raise Verdict(f"{verdict} {pointer}") from verdict
        raise
    if callable(result):
        raise Verdict(looks_like("something that was named and not called: are round brackets missing at its end?"))
    return result


def _check_record(loss, weight, bias):
    """Raises the verdict unless the record of this loss, which is right, leads to weight and bias."""
    if weight.grad is not None or bias.grad is not None:
        raise Verdict(
            looks_like("a function that calls backward already: the forward pass measures, and stops at the loss")
        )
    if not isinstance(loss, torch.Tensor):
        raise Verdict(
            looks_like("the right number without its record: it is no tensor any more, and nobody can follow it back")
        )
    if loss.grad_fn is None:
        raise Verdict(
            looks_like("the right number in a tensor without a record: somewhere on the way the record was cut off")
        )
    leaves = {"weight": weight, "bias": bias}
    reached = torch.autograd.grad(loss.sum(), list(leaves.values()), allow_unused=True)
    missed = [name for name, gradient in zip(leaves, reached, strict=True) if gradient is None]
    if missed:
        raise Verdict(
            f"Not yet: the number is right, but its record does not lead back to the {' and the '.join(missed)} that "
            "the function was given. Was a copy used?"
        )


@exercise("01")
def losses_of_lines(function):
    """Notebook 01: the mean squared errors of 4 lines on 6 points, all at once."""
    generator = torch.Generator().manual_seed(3)
    w, b, x, y = (torch.randn(size, generator=generator, dtype=torch.float64) for size in (4, 4, 6, 6))
    y_hat = w[:, None] * x + b[:, None]
    error = y_hat - y
    squares = error**2
    pairs = w[:, None] * x + b[:, None, None] - y
    x_line, y_line = map(torch.as_tensor, make_line(noise=0.05))
    column = "Lines and points need an axis each: which tensors have to be stood up as columns?"
    result = _result_of(
        function,
        (w, b, x, y),
        [("w", w), ("b", b), ("x", x), ("y", y)],
        {"must match the size of tensor": column},
    )
    return judge(
        result,
        squares.mean(dim=1),
        (squares.mean(dim=0), "a mean over the lines, which leaves a number for each point: the other axis has to go"),
        (squares.mean(), "one number for all lines together: the mean goes over the points only, along each row"),
        (squares, "the squares, one for each point of each line: the mean along each row is still to come"),
        (y_hat, "the predictions of all lines: the loss is still to come"),
        (squares.sum(dim=1), "the sum for each line: it would grow with the number of points"),
        (squares.sum(dim=1) / 4, "a sum over the points divided by the number of lines"),
        (error.mean(dim=1), "the plain mean of the errors: those above and below cancel unless each is squared first"),
        (error.mean(dim=1) ** 2, "the square of the mean: squaring comes first, while nothing has cancelled yet"),
        (error.abs().mean(dim=1), "the mean distance: it drops the signs, but it does not square"),
        (squares.mean(dim=1).sqrt(), "the root of the losses: the mean squared error stops before the root"),
        (((b[:, None] * x + w[:, None] - y) ** 2).mean(dim=1), "w and b exchanged: which one is multiplied with x?"),
        (((w[:, None] * y + b[:, None] - x) ** 2).mean(dim=1), "x and y exchanged: the lines predict y from x"),
        (((w[:, None] * x - y) ** 2).mean(dim=1), "lines without their intercepts: where does b come in?"),
        ((y_hat - y**2).mean(dim=1), "a square of y alone: the difference needs brackets before it is squared"),
        ((y_hat**2).mean(dim=1), "losses that have not met the points' y: the error is y_hat - y"),
        (
            (pairs**2).mean(dim=2),
            "every slope with every intercept, as on the map: here they belong together, the first with the first",
        ),
        (squares.mean(dim=1)[0], "the loss of the first line alone: asked for are those of all lines"),
        (squares.mean(dim=1).min(), "the smallest of the losses alone: asked for are those of all lines"),
        (
            ((w[:, None] * x_line + b[:, None] - y_line) ** 2).mean(dim=1),
            "the losses on the points of the lesson: use the x and y that the function is given",
        ),
    )

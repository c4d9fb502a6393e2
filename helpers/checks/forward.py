"""The checks of notebook 01. Each computes the truth from numbers of its own, never from the learner's variables."""

import torch

from helpers.data import make_layer, make_line
from helpers.judge import RIGHT, Verdict, as_numbers, exercise, judge, looks_like, result_of


@exercise("01")
def layer_shapes(weight_shape, bias_shape):
    """Notebook 01: the shapes of weight and bias of nn.Linear(7, 4), which is called with 50 examples."""
    weight, bias = as_numbers(weight_shape), as_numbers(bias_shape)
    known = {
        (7, 4): "the shape of the weight read off the call: the call names the inputs first, the weight does not",
        (2, 3): "the example: its layer takes 3 numbers and gives 2, and this one takes 7 and gives 4",
        (10, 2): "the lesson: 10 and 2 are its numbers, and this layer takes 7 numbers and gives 4",
        (50, 7): "the shape of the batch: the weight belongs to the layer, whatever the batch that comes",
        (50, 4): "the shape of y_hat: the weight belongs to the layer and does not know how many examples will come",
        (28,): "how many numbers the weight holds: its shape says how they stand, in rows and columns",
        (4,): "the shape of the bias where that of the weight should stand",
    }
    _shape(weight, (4, 7), known, "the weight is a table with a row for each output and a column for each input")
    known = {
        (7,): "a constant for each input: the bias is added to the outputs",
        (2,): "the example: its layer has two outputs, and this one has more",
        (10, 2): "the lesson: 10 and 2 are its numbers, and neither belongs to this layer",
        (50,): "a constant for each example: all examples share the bias, and the batch size is not in it",
        (50, 4): "a bias with a row for each example: it is stored once, and stretched over the rows when it is added",
        (4, 7): "the shape of the weight where that of the bias should stand",
        (1, 4): "a bias that is a table with one row: it has a single axis, so its shape is a single number",
        (4, 1): "a bias that is a table with one column: it has a single axis, so its shape is a single number",
        (1,): "one constant for the whole layer: each output has one of its own",
    }
    _shape(bias, (4,), known, "the bias has one axis, and a number for each output")
    if isinstance(bias_shape, int):
        raise Verdict("Not yet: 4 is a number, in brackets too. As a shape it is written with a comma, (4,).")
    return RIGHT


def _shape(found, truth, known, pointer):
    """Raises the verdict unless the numbers found are this shape; `known` shapes are mistakes."""
    numbers = tuple(found.reshape(-1).tolist())
    if numbers == truth:
        return
    if tuple(found.shape) == truth:
        raise Verdict(looks_like("the tensor itself: asked for is its shape"))
    if numbers in known:
        raise Verdict(looks_like(known[numbers]))
    raise Verdict(f"Not yet: {pointer}.")


@exercise("01")
def layer_output(answer):
    """Notebook 01: rows @ weight.T + bias for two rows of three numbers and a layer with two outputs."""
    rows = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    weight = torch.tensor([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]])
    bias = torch.tensor([0.1, -0.2])
    product = rows @ weight.T
    x, _, linear = make_layer()
    return judge(
        answer,
        product + bias,
        (product, "the product without the bias"),
        (product - bias, "the bias subtracted: it is added"),
        (
            product + bias[:, None],
            "the bias added down the columns: it has one number for each output, so it goes along each row",
        ),
        ((product + bias).T, "the right numbers with rows and columns exchanged: one row for each row of `rows`"),
        (weight @ rows.T + bias, "the product the other way round: the examples are in `rows`, so `rows` stands first"),
        (x @ weight.T + bias, "the x of the lesson: use `rows`"),
        (x @ linear.weight.T + linear.bias, "the prediction of the lesson: use `rows`, `weight` and `bias`"),
        (rows @ linear.weight.T + bias, "the weight of the lesson: use `weight`"),
        (product + linear.bias, "the bias of the lesson: use `bias`"),
        (rows @ linear.weight.T + linear.bias, "the layer of the lesson: use `weight` and `bias`"),
        (rows * weight, "products, not yet added up: `@` multiplies and adds up"),
        ((product + bias)[0, 0], "the first number alone: asked for are all four"),
        ((product + bias)[0], "the first row alone: asked for are all four numbers"),
    )


def _mistakes_of_a_mean(error):
    """Mistakes on the way from errors, a row for each example and a column for each output, to their mean square."""
    squares = error**2
    x, y, linear = make_layer()
    return (
        (
            ((linear(x) - y) ** 2).mean(),
            "the loss of the notebook: your function gives back a name that it has not set",
        ),
        (error.mean(), "the plain mean of the errors: those above and below cancel unless each is squared first"),
        (error.mean() ** 2, "the square of the mean: squaring comes first, while nothing has cancelled yet"),
        (error.abs().mean(), "the mean distance: it drops the signs, but it does not square"),
        (error.var(correction=0), "the variance of the errors: it takes their mean away before it squares"),
        (error.var(), "the variance of the errors: it takes their mean away before it squares"),
        (squares.mean().sqrt(), "the root of the loss: the mean squared error stops before the root"),
        (squares.sum(), "the sum of the squares: it would grow with the batch"),
        (squares.sum() / 10, "the sum divided by 10, the lesson's examples: let mean() count"),
        (squares.sum() / 20, "the sum divided by 20, the numbers of the lesson's batch: let mean() count"),
        (squares.mean(dim=0), "one loss for each output: the mean went down the rows only, and not over everything"),
        (squares.mean(dim=1), "one loss for each example: the mean went along each row only, and not over everything"),
        (squares.mean() / 2, "half of the loss: some books put a 1/2 in front, and PyTorch does not"),
        (error, "the errors as they are: still to be squared and averaged"),
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
        *_mistakes_of_a_mean(error),
        (squares, "the squares, one for each output of each example: what makes one number of them?"),
        (error.sum() ** 2, "the square of the sum: squaring comes first, while nothing has cancelled yet"),
        ((2 * error).mean(), "the errors doubled: to square is to multiply a number by itself"),
        (squares.sum() / 6, "a mean over the examples only: each of them brings several squares, and every one counts"),
        (squares.sum() / 3, "a mean over the outputs only: the examples count too"),
        (squares.sum() / 12, "the sum divided by 12, two for each example: this batch has another number of outputs"),
        ((y_hat**2).mean(), "the mean square of the prediction: square the error, which knows the targets"),
        ((y_hat**2 - y**2).mean(), "a difference of squares: take the difference first, and then its square"),
    )


@exercise("01")
def layer_loss(function):
    """Notebook 01: the loss of x @ weight.T + bias against y as a tensor whose record leads to weight and bias."""
    generator = torch.Generator().manual_seed(2)
    x, y, weight, bias = (torch.randn(shape, generator=generator) for shape in ((7, 3), (7, 2), (2, 3), (2,)))
    product = x @ weight.T
    error = product + bias - y
    squares = error**2
    lesson = make_layer()[-1](x)
    weight.requires_grad_()
    bias.requires_grad_()
    result = _result_of(
        function,
        (x, y, weight, bias),
        [("x", x), ("y", y), ("weight", weight), ("bias", bias)],
        {
            "(7x3 and 2x3)": "The two inner numbers have to be equal: which of the two has to be turned on its side?",
            "must match the size of tensor": (
                "Is the product made with @, and does x stand first? Then it has a row for each example, and the bias "
                "goes along each row."
            ),
        },
    )
    verdict = judge(
        result,
        squares.mean(),
        *_mistakes_of_a_mean(error),
        (error + y, "the prediction: the first of the two lines is right, and the loss is still to come"),
        (squares, "the squares, one for each output of each example: the loss is one number"),
        (((product - y) ** 2).mean(), "a loss without the bias: the prediction is the product and the bias"),
        (((product - bias - y) ** 2).mean(), "a loss with the bias subtracted: it is added to the product"),
        (
            ((x @ weight.reshape(3, 2) + bias - y) ** 2).mean(),
            "a weight that was reshaped: that keeps the order of its numbers, and turning it on its side does not",
        ),
        (squares.sum() / 7, "a mean over the examples only: each of them brings several squares"),
        (squares.sum() / 2, "the sum divided by 2: let mean() count, and it counts every output of every example"),
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
    try:
        reached = torch.autograd.grad(loss.sum(), list(leaves.values()), allow_unused=True)
    except RuntimeError as error:
        used = "a record that was used up: the forward pass measures, and stops at the loss, before any gradient"
        changed = "a tensor changed in place (as *= does) of which the record still needs the old numbers"
        raise Verdict(looks_like(changed if "inplace" in str(error) else used)) from error
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
    slopes = torch.tensor([-0.7, -0.2, 0.3, 0.8, 1.3])[:, None]
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
        (squares.sum(dim=1) / 100, "the sums divided by 100, the lesson's points: let mean(dim=1) count"),
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
        (
            (pairs**2).mean(dim=2).T,
            "every intercept with every slope: here they belong together, the first with the first",
        ),
        (squares.mean(dim=1)[0], "the loss of the first line alone: asked for are those of all lines"),
        (squares.mean(dim=1).min(), "the smallest of the losses alone: asked for are those of all lines"),
        (
            ((w[:, None] * x + 0.5 - y) ** 2).mean(dim=1),
            "lines that all have the intercept 0.5, as at the beginning of the section: each has its own in b",
        ),
        (((slopes * x + 0.5 - y) ** 2).mean(dim=1), "the slopes of the lesson: use the w that the function is given"),
        (
            ((slopes * x_line + 0.5 - y_line) ** 2).mean(dim=1),
            "the losses of the lesson's five lines: use the w, b, x and y that the function is given",
        ),
        (
            ((w[:, None] * x_line + b[:, None] - y_line) ** 2).mean(dim=1),
            "the losses on the points of the lesson: use the x and y that the function is given",
        ),
    )

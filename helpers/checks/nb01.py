"""The exercises of notebook 01."""

import torch

from helpers.checks.layer import make_layer
from helpers.data import make_line
from helpers.judge import RIGHT, Exercise, as_numbers, error, exercise, mistake


@exercise
def layer_shapes(weight_shape, bias_shape):
    """Notebook 01: the shapes of weight and bias of nn.Linear(7, 4), which is called with 50 examples."""
    mistakes = {
        (7, 4): "the order of nn.Linear(7, 4), inputs first: the shape of the weight has the outputs first",
        (2, 3): "the weight of the example: that layer takes 3 numbers and gives 2, this one takes 7 and gives 4",
        (50, 7): "the shape of the batch: the weight doesn't depend on how many examples come",
        (50, 4): "the shape of y_hat: the weight doesn't depend on how many examples come",
        (28,): "how many numbers the weight holds: its shape says how many rows and columns they fill",
        (4,): "the shape of the bias where the weight's belongs",
    }
    rule = "the weight is a table with a row for each output and a column for each input"
    _check_shape(weight_shape, (4, 7), mistakes, rule)
    mistakes = {
        (7,): "a bias with a number for each input: it is added to the outputs",
        (2,): "the bias of the example: that layer has two outputs, this one has four",
        (50,): "a bias with a number for each example: all examples share the same bias",
        (50, 4): "a bias with a row for each example: it is stored once, and broadcasting stretches it",
        (4, 7): "the shape of the weight where the bias's belongs",
        (1, 4): "a bias that is a table with one row: it has a single axis, so its shape is a single number",
        (1,): "one bias for the whole layer: each output has its own",
    }
    _check_shape(bias_shape, (4,), mistakes, "the bias has one axis, with a number for each output")
    if isinstance(bias_shape, int):
        return error("4 is a number, even in brackets. The shape needs a comma: (4,)")
    return RIGHT


def _check_shape(answer, right, mistakes, rule):
    """Raises the verdict unless the answer is the right shape."""
    numbers = as_numbers(answer)
    shape = tuple(numbers.flatten().tolist())
    if numbers.shape == right:
        raise mistake("the tensor itself: hand over its shape")
    if shape != right:
        raise mistake(mistakes[shape]) if shape in mistakes else error(rule)


@exercise
def layer_output():
    """Notebook 01: rows @ weight.T + bias for two rows of three numbers and a layer with two outputs."""
    rows = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    weight = torch.tensor([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]])
    bias = torch.tensor([0.1, -0.2])
    product = rows @ weight.T
    output = product + bias
    x, _, linear = make_layer()
    return Exercise(
        output,
        {
            "the product without the bias": product,
            "the bias added down the columns: it has a number for each output, not each row": product + bias[:, None],
            "the product the other way round: put `rows` first, because it holds the examples": weight @ rows.T + bias,
            "the x of the notebook: use `rows`": x @ weight.T + bias,
            "the prediction of the notebook: use `rows`, `weight` and `bias`": linear(x),
            "the notebook's layer: use `weight` and `bias`": linear(rows),
            "products that aren't added up yet: `@` multiplies and adds up": rows * weight,
            "only a part of the answer: compute all four numbers": (output[0, 0], output[0]),
        },
    )


def mistakes_of_a_loss(dim=None):
    """Mistakes on the way from predictions p and targets y to the mean squared error, over everything or one axis."""
    return {
        "the predictions: the loss is missing": lambda p, y: p,
        "the errors: square them, then take the mean": lambda p, y: p - y,
        "the squares: take their mean": lambda p, y: (p - y) ** 2,
        "the mean of the errors, which cancel: square each one first": lambda p, y: (p - y).mean(dim),
        "the square of the mean error: square first, then take the mean": lambda p, y: (p - y).mean(dim) ** 2,
        "the mean distance: square the errors instead of dropping signs": lambda p, y: (p - y).abs().mean(dim),
        "the variance: it subtracts the mean error before it squares": lambda p, y: (p - y).var(dim),
        "the square root of the loss: leave out the root": lambda p, y: ((p - y) ** 2).mean(dim).sqrt(),
        "the sum of the squares: it grows with their number, so take the mean": lambda p, y: ((p - y) ** 2).sum(dim),
        "half of the loss: some books put 1/2 in front, PyTorch doesn't": lambda p, y: ((p - y) ** 2).mean(dim) / 2,
        "the mean square of the predictions: the error is y_hat - y": lambda p, y: (p**2).mean(dim),
        "a difference of squares: subtract first, then square": lambda p, y: (p**2 - y**2).mean(dim),
        "a square of y alone: put brackets around the difference": lambda p, y: (p - y**2).mean(dim),
    }


def mistakes_of_a_batch():
    """The mistakes in the loss of a batch, for which the mean goes over everything."""
    return mistakes_of_a_loss() | {
        "one loss for each output: take the mean over everything": lambda p, y: ((p - y) ** 2).mean(dim=0),
        "one loss for each example: take the mean over everything": lambda p, y: ((p - y) ** 2).mean(dim=1),
        "the sum divided by the number of examples: count every output": lambda p, y: ((p - y) ** 2).sum() / len(y),
        "the sum divided by 20, as in this notebook: let mean() count": lambda p, y: ((p - y) ** 2).sum() / 20,
        "the sum divided by the number of outputs: count every example": lambda p, y: ((p - y) ** 2).sum() / y.shape[1],
    }


def after(predict, mistakes):
    """The same mistakes in functions that get other arguments, from which they make predictions and targets first."""

    def code(loss):
        return lambda *given: loss(*predict(*given))

    return {sentence: code(loss) for sentence, loss in mistakes.items()}


def draw(seed, *shapes, dtype=torch.float32):
    """Random tensors, the same ones each time."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes)


@exercise
def batch_loss():
    """Notebook 01: the mean squared error over all numbers of a batch: 6 examples with 3 outputs, then 5 with 4."""
    batches = [(6, 3), (5, 4)]
    return Exercise(
        lambda y_hat, y: ((y_hat - y) ** 2).mean(),
        mistakes_of_a_batch(),
        lambda: [draw(1, shape, shape) for shape in batches],
    )


@exercise
def layer_loss():
    """Notebook 01: the loss of x @ weight.T + bias against y as a tensor whose record leads to weight and bias."""

    def calls():
        batches = [draw(2, (size, 3), (size, 2), (2, 3), (2,)) for size in (7, 5)]
        return [(x, y, weight.requires_grad_(), bias.requires_grad_()) for x, y, weight, bias in batches]

    def right(x, y, weight, bias):
        return ((x @ weight.T + bias - y) ** 2).mean()

    def in_place(x, y, weight, bias):
        difference = x @ weight.T + bias - y
        difference *= difference
        return difference.mean()

    def backward(*given):
        loss = right(*given)
        loss.backward()
        return loss

    def gradients(*given):
        loss = right(*given)
        torch.autograd.grad(loss, given[2:])
        return loss

    def followed_back(loss, x, y, weight, bias):
        """The loss; raises the verdict where it is right, but no gradient can go from it to weight and bias."""
        numbers = as_numbers(loss)
        if not torch.allclose(numbers, as_numbers(right(x, y, weight, bias)), rtol=1e-3):
            return loss
        start = loss if isinstance(loss, torch.Tensor) else numbers
        for name, leaf in (("weight", weight), ("bias", bias)):
            if leaf.grad is not None:
                raise error("the loss is right, but your function also fills .grad")
            try:
                torch.autograd.grad(start.sum(), leaf, retain_graph=True)
            except RuntimeError as problem:
                reason = str(problem).split(":")[0]  # the rest is about the operation where it happens
                raise error(f"the loss is right, but no gradient can go back to {name}: {reason}") from problem
        return loss

    *_, linear = make_layer()
    mistakes = {
        "a loss without the bias: add it to the product": lambda x, y, w, b: right(x, y, w, 0 * b),
        "a reshaped weight: transpose it instead": lambda x, y, w, b: right(x, y, w.reshape(3, 2).T, b),
        "the notebook's layer: use the weight and bias you get": lambda x, y, *_: right(x, y, *linear.parameters()),
        "a product whose inner numbers differ: which factor has to be transposed?": (
            lambda x, y, w, b: x @ w,
            lambda x, y, w, b: w @ x,
        ),
        "shapes that don't fit: is it a product with @, and does x come first? Then bias fits along each row": (
            lambda x, y, w, b: w @ x.T + b,
            lambda x, y, w, b: x * w,
        ),
        "a function that computes gradients already: stop at the loss": (backward, gradients),
        "a tensor changed in place, as *= does, while the record still needs its old numbers": in_place,
        "a number without a record: return a tensor, and don't use item(), detach() or no_grad()": (
            lambda *given: right(*given).item()
        ),
    }
    shared = after(lambda x, y, weight, bias: (x @ weight.T + bias, y), mistakes_of_a_batch())
    return Exercise(right, shared | mistakes, calls, followed_back)


@exercise
def losses_of_lines():
    """Notebook 01: the mean squared errors of 4 lines on 6 points, all at once; then of 3 on 5."""

    def right(w, b, x, y):
        return ((w[:, None] * x + b[:, None] - y) ** 2).mean(dim=1)

    def all_pairs(w, b, x, y):
        return ((w[:, None] * x + b[:, None, None] - y) ** 2).mean(dim=2)

    points = tuple(map(torch.as_tensor, make_line(noise=0.05)))
    other_axes = {
        "a mean over the lines: take it along the other axis": lambda p, y: ((p - y) ** 2).mean(dim=0),
        "one loss for all lines together: take the mean along each row": lambda p, y: ((p - y) ** 2).mean(),
    }
    mistakes = {
        "w and b exchanged: which one is multiplied by x?": lambda w, b, x, y: right(b, w, x, y),
        "x and y exchanged: the lines predict y from x": lambda w, b, x, y: right(w, b, y, x),
        "lines without their intercepts: where does b come in?": lambda w, b, x, y: right(w, 0 * b, x, y),
        "every slope with every intercept, as on the map: pair the first with the first": (
            all_pairs,
            lambda *given: all_pairs(*given).T,
        ),
        "the loss of the first line alone: return those of all lines": lambda *given: right(*given)[0],
        "this notebook's points: use the x and y that your function gets": lambda w, b, *_: right(w, b, *points),
        "shapes that don't fit: lines and points need an axis each. Which tensors have to become columns?": (
            lambda w, b, x, y: w * x,
            lambda w, b, x, y: w[:, None] * x + b,
        ),
    }
    shared = after(lambda w, b, x, y: (w[:, None] * x + b[:, None], y), mistakes_of_a_loss(dim=1) | other_axes)
    return Exercise(
        right,
        shared | mistakes,
        lambda: [draw(3, *sizes, dtype=torch.float64) for sizes in ((4, 4, 6, 6), (3, 3, 5, 5))],
    )

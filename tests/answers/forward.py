"""Answers to the exercises of notebook 01."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from answers import Args, Several
from helpers import make_line

ROWS = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
WEIGHT, BIAS = np.array([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]]), np.array([0.1, -0.2])
OUTPUT = np.array([[-1.4, 0.8], [5.1, -1.7]])  # worked out on paper


def made(outputs, inputs):
    """The two parameters of a layer; the random numbers of the tests are left alone."""
    with torch.random.fork_rng(devices=[]):
        return nn.Linear(inputs, outputs).parameters()


WEIGHT_OF_LAYER, BIAS_OF_LAYER = made(4, 7)
with torch.random.fork_rng(devices=[]):
    torch.manual_seed(0)
    LESSON_X, LESSON_Y = torch.randn(10, 3), torch.randn(10, 2)
    LESSON = nn.Linear(3, 2)
    LESSON_LOSS = functional.mse_loss(LESSON(LESSON_X), LESSON_Y)
SLOPES = torch.tensor([[-0.7], [-0.2], [0.3], [0.8], [1.3]], dtype=torch.float64)
X_LINE, Y_LINE = map(torch.as_tensor, make_line(noise=0.05))


# ---- The loss of a batch ----


def loss_in_a_loop(y_hat, y):
    total = 0.0
    for one, other in zip(y_hat.flatten().tolist(), y.flatten().tolist(), strict=True):
        total += (one - other) ** 2
    return total / y.numel()


def loss_in_place(y_hat, y):
    error = y_hat - y
    error *= error
    return error.mean()


def loss_by_a_norm(y_hat, y):
    return torch.linalg.vector_norm(y - y_hat) ** 2 / y.numel()


def loss_that_changes_y_hat(y_hat, y):
    y_hat -= y
    return (y_hat**2).mean()


# ---- The loss of a layer ----


def loss_by_hand(x, y, weight, bias):
    y_hat = x @ weight.T + bias
    return ((y_hat - y) ** 2).mean()


def loss_by_einsum(x, y, weight, bias):
    y_hat = torch.einsum("ni,oi->no", x, weight) + bias
    return (y_hat - y).square().sum() / y.numel()


def loss_on_its_side(x, y, weight, bias):
    return torch.mean((weight @ x.T + bias[:, None] - y.T) ** 2)


def loss_by_modules(x, y, weight, bias):
    return nn.MSELoss()(functional.linear(x, weight, bias), y)


def loss_of_a_copy(x, y, weight, bias):
    with torch.random.fork_rng(devices=[]):
        linear = nn.Linear(3, 2)
    with torch.no_grad():
        linear.weight.copy_(weight)
        linear.bias.copy_(bias)
    return loss_by_modules(x, y, *linear.parameters())


def loss_and_backward(x, y, weight, bias):
    loss = loss_by_hand(x, y, weight, bias)
    loss.backward()
    return loss


def loss_and_backward_to_the_bias(x, y, weight, bias):
    loss = loss_by_hand(x, y, weight, bias)
    loss.backward(inputs=[bias], retain_graph=True)
    return loss


def loss_and_gradients(x, y, weight, bias):
    loss = loss_by_hand(x, y, weight, bias)
    torch.autograd.grad(loss, [weight, bias])
    return loss


def loss_in_place_with_a_record(x, y, weight, bias):
    error = x @ weight.T + bias - y
    error *= error
    return error.mean()


@torch.no_grad()
def loss_without_record(x, y, weight, bias):
    return loss_by_hand(x, y, weight, bias)


def unwritten():
    return ...


def loss_that_changes_x(x, y, weight, bias):
    loss = loss_by_hand(x, y, weight, bias)
    x += 1
    return loss


# ---- The losses of several lines ----


def losses_in_a_loop(w, b, x, y):
    return [((slope * x + intercept - y) ** 2).mean() for slope, intercept in zip(w, b, strict=True)]


def losses_by_broadcasting(w, b, x, y):
    y_hat = w[:, None] * x + b[:, None]
    return ((y_hat - y) ** 2).mean(dim=1)


def losses_the_other_way_round(w, b, x, y):
    return ((x.reshape(-1, 1) * w + b - y.reshape(-1, 1)) ** 2).mean(dim=0)


def losses_by_numpy(w, b, x, y):
    w, b, x, y = (tensor.numpy() for tensor in (w, b, x, y))
    return np.mean((np.outer(w, x) + b[:, np.newaxis] - y) ** 2, axis=-1)


def losses_in_a_column(w, b, x, y):
    return ((w.unsqueeze(1) * x + b.unsqueeze(1) - y) ** 2).mean(dim=1, keepdim=True)


def losses_that_change_y(w, b, x, y):
    losses = losses_by_broadcasting(w, b, x, y)
    y *= 2
    return losses


def errors(w, b, x, y):
    return w[:, None] * x + b[:, None] - y


TRUTHS = {
    "layer_output": OUTPUT,
}
RIGHT = {
    "layer_shapes": [
        Args(((4, 7), (4,))),
        Args(([4, 7], (4,))),
        Args((WEIGHT_OF_LAYER.shape, BIAS_OF_LAYER.shape)),
        Args((torch.tensor([4, 7]), [4])),
    ],
    "batch_loss": [
        lambda y_hat, y: ((y_hat - y) ** 2).mean(),
        loss_in_a_loop,
        loss_in_place,
        loss_by_a_norm,
        nn.functional.mse_loss,
        lambda y_hat, y: np.square(y_hat.numpy() - y.numpy()).mean(),
        lambda y_hat, y: ((y_hat - y) ** 2).mean(dim=0).mean(),
    ],
    "layer_loss": [loss_by_hand, loss_by_einsum, loss_on_its_side, loss_by_modules],
    "losses_of_lines": [
        losses_by_broadcasting,
        losses_in_a_loop,
        losses_the_other_way_round,
        losses_by_numpy,
        losses_in_a_column,
    ],
}
WRONG = {
    "layer_shapes": {
        "read off the call": Args(((7, 4), (4,))),
        "the example: its layer takes": Args(((2, 3), (2,))),
        "10 and 2 are its numbers, and this": Args(((10, 2), (2,))),
        "the example: its layer has": Args(((4, 7), (2,))),
        "10 and 2 are its numbers, and neither": Args(((4, 7), (10, 2))),
        "the shape of the batch": Args(((50, 7), (4,))),
        "the shape of y_hat": Args(((50, 4), (4,))),
        "how many numbers the weight holds": Args((28, 4)),
        "shape of the bias where that of the weight": Args(((4,), (4, 7))),
        "a row for each output and a column for each input": Args(((7, 7), (4,))),
        "the tensor itself": Args((WEIGHT_OF_LAYER, BIAS_OF_LAYER)),
        "a constant for each input": Args(((4, 7), (7,))),
        "a constant for each example": Args(((4, 7), 50)),
        "a bias with a row for each example": Args(((4, 7), (50, 4))),
        "shape of the weight where that of the bias": Args(((4, 7), (4, 7))),
        "a table with one row": Args(((4, 7), (1, 4))),
        "a table with one column": Args(((4, 7), (4, 1))),
        "one constant for the whole layer": Args(((4, 7), (1,))),
        "the bias has one axis": Args(((4, 7), (0,))),
        "written with a comma": Args(((4, 7), 4)),
        "this is text": Args(("(4, 7)", "(4,)")),
    },
    "layer_output": {
        "without the bias": ROWS @ WEIGHT.T,
        "bias subtracted": ROWS @ WEIGHT.T - BIAS,
        "down the columns": ROWS @ WEIGHT.T + BIAS[:, None],
        "rows and columns exchanged": OUTPUT.T,
        "the other way round": WEIGHT @ ROWS.T + BIAS,
        "the x of the lesson": LESSON_X.numpy() @ WEIGHT.T + BIAS,
        "the prediction of the lesson": LESSON(LESSON_X),
        "the weight of the lesson": ROWS @ LESSON.weight.detach().numpy().T + BIAS,
        "the bias of the lesson": ROWS @ WEIGHT.T + LESSON.bias.detach().numpy(),
        "the layer of the lesson": LESSON(torch.tensor(ROWS, dtype=torch.float32)),
        "not yet added up": ROWS * WEIGHT,
        "the first number alone": -1.4,
        "the first row alone": [-1.4, 0.8],
        "look at the entries [0, 1].": OUTPUT + np.array([[0, 1], [0, 0]]),
        "should be of the shape (2, 2), and yours is of the shape (4,)": OUTPUT.ravel(),
    },
    "batch_loss": {
        "the errors as they are": lambda y_hat, y: y_hat - y,
        "the squares, one for each": lambda y_hat, y: (y_hat - y) ** 2,
        "that it has not set": lambda y_hat, y: LESSON_LOSS,
        "the plain mean": lambda y_hat, y: (y_hat - y).mean(),
        "square of the mean": lambda y_hat, y: (y_hat - y).mean() ** 2,
        "square of the sum": lambda y_hat, y: (y_hat - y).sum() ** 2,
        "mean distance": lambda y_hat, y: (y_hat - y).abs().mean(),
        "the root of the loss": lambda y_hat, y: ((y_hat - y) ** 2).mean() ** 0.5,
        "the variance": Several(
            (
                lambda y_hat, y: (y_hat - y).var(correction=0),
                lambda y_hat, y: (y_hat - y).var(),
            )
        ),
        "doubled": lambda y_hat, y: (2 * (y_hat - y)).mean(),
        "the sum of the squares": lambda y_hat, y: ((y_hat - y) ** 2).sum(),
        "over the examples only": lambda y_hat, y: ((y_hat - y) ** 2).sum() / len(y),
        "over the outputs only": lambda y_hat, y: ((y_hat - y) ** 2).sum() / y.shape[1],
        "divided by 10": lambda y_hat, y: ((y_hat - y) ** 2).sum() / 10,
        "divided by 12": lambda y_hat, y: ((y_hat - y) ** 2).sum() / (len(y) * 2),
        "divided by 20": lambda y_hat, y: ((y_hat - y) ** 2).sum() / 20,
        "one loss for each output": lambda y_hat, y: ((y_hat - y) ** 2).mean(dim=0),
        "one loss for each example": lambda y_hat, y: ((y_hat - y) ** 2).mean(dim=1),
        "half of the loss": lambda y_hat, y: ((y_hat - y) ** 2).mean() / 2,
        "mean square of the prediction": lambda y_hat, y: (y_hat**2).mean(),
        "difference of squares": lambda y_hat, y: (y_hat**2 - y**2).mean(),
        "changes y_hat": loss_that_changes_y_hat,
        "wrong sign": lambda y_hat, y: -((y_hat - y) ** 2).mean(),
        "nothing but zeros": lambda y_hat, y: 0.0,
        "yours is of the shape (6, 3)": lambda y_hat, y: y_hat,
        "named and not called": lambda y_hat, y: ((y_hat - y) ** 2).mean,
        "hand over the function itself": nn.MSELoss,
        "gives nothing back": lambda y_hat, y: print(end=""),
    },
    "layer_loss": {
        "the prediction: the first": lambda x, y, weight, bias: x @ weight.T + bias,
        "the errors as they are": lambda x, y, weight, bias: x @ weight.T + bias - y,
        "the squares, one for each": lambda x, y, weight, bias: (x @ weight.T + bias - y) ** 2,
        "without the bias": lambda x, y, weight, bias: ((x @ weight.T - y) ** 2).mean(),
        "bias subtracted": lambda x, y, weight, bias: ((x @ weight.T - bias - y) ** 2).mean(),
        "was reshaped": lambda x, y, weight, bias: ((x @ weight.view(3, 2) + bias - y) ** 2).mean(),
        "turned on its side?": lambda x, y, weight, bias: ((x @ weight + bias - y) ** 2).mean(),
        "the sum of the squares": lambda x, y, weight, bias: ((x @ weight.T + bias - y) ** 2).sum(),
        "over the examples only": lambda x, y, weight, bias: ((x @ weight.T + bias - y) ** 2).sum() / len(x),
        "the sum divided by 2:": lambda x, y, weight, bias: ((x @ weight.T + bias - y) ** 2).sum() / 2,
        "the variance": Several(
            (
                lambda x, y, weight, bias: (x @ weight.T + bias - y).var(correction=0),
                lambda x, y, weight, bias: (x @ weight.T + bias - y).var(),
            )
        ),
        "in an earlier function": lambda *given: unwritten() * 2,
        "divided by 10": lambda x, y, weight, bias: ((x @ weight.T + bias - y) ** 2).sum() / 10,
        "divided by 20": lambda x, y, weight, bias: ((x @ weight.T + bias - y) ** 2).sum() / 20,
        "the plain mean": lambda x, y, weight, bias: (x @ weight.T + bias - y).mean(),
        "square of the mean": lambda x, y, weight, bias: (x @ weight.T + bias - y).mean() ** 2,
        "mean distance": lambda x, y, weight, bias: (x @ weight.T + bias - y).abs().mean(),
        "not met the targets": lambda x, y, weight, bias: ((x @ weight.T + bias) ** 2).mean(),
        "a square of y alone": lambda x, y, weight, bias: (x @ weight.T + bias - y**2).mean(),
        "one loss for each output": lambda x, y, weight, bias: ((x @ weight.T + bias - y) ** 2).mean(dim=0),
        "one loss for each example": lambda x, y, weight, bias: ((x @ weight.T + bias - y) ** 2).mean(dim=1),
        "half of the loss": lambda *given: loss_by_hand(*given) / 2,
        "the root of the loss": lambda *given: loss_by_hand(*given).sqrt(),
        "does x stand first": lambda x, y, weight, bias: ((weight @ x.T + bias - y) ** 2).mean(),
        "that it has not set": lambda x, y, weight, bias: LESSON_LOSS,
        "the layer of the lesson": lambda x, y, weight, bias: ((LESSON(x) - y) ** 2).mean(),
        "calls backward already": Several((loss_and_backward, loss_and_backward_to_the_bias)),
        "a record that was used up": loss_and_gradients,
        "changed in place": loss_in_place_with_a_record,
        "without its record": lambda *given: loss_by_hand(*given).item(),
        "a tensor without a record": loss_without_record,
        "lead back to the weight and the bias": loss_of_a_copy,
        "lead back to the bias that": lambda x, y, weight, bias: loss_by_hand(x, y, weight, bias.detach()),
        "changes x,": loss_that_changes_x,
        "wrong sign": lambda *given: -loss_by_hand(*given),
        "takes 2 positional arguments": lambda x, y: 0.0,
    },
    "losses_of_lines": {
        "a mean over the lines": lambda *given: (errors(*given) ** 2).mean(dim=0),
        "one number for all lines": lambda *given: (errors(*given) ** 2).mean(),
        "the squares, one for each": lambda *given: errors(*given) ** 2,
        "the predictions of all lines": lambda w, b, x, y: torch.outer(w, x) + b[:, None],
        "the sum for each line": lambda *given: (errors(*given) ** 2).sum(dim=1),
        "divided by 100": lambda *given: (errors(*given) ** 2).sum(dim=1) / 100,
        "divided by the number of lines": lambda w, b, x, y: (errors(w, b, x, y) ** 2).sum(dim=1) / len(w),
        "the plain mean": lambda *given: errors(*given).mean(dim=1),
        "square of the mean": lambda *given: errors(*given).mean(dim=1) ** 2,
        "mean distance": lambda *given: errors(*given).abs().mean(dim=1),
        "root of the losses": lambda *given: losses_by_broadcasting(*given).sqrt(),
        "w and b exchanged": lambda w, b, x, y: losses_by_broadcasting(b, w, x, y),
        "x and y exchanged": lambda w, b, x, y: losses_by_broadcasting(w, b, y, x),
        "without their intercepts": lambda w, b, x, y: losses_by_broadcasting(w, 0 * b, x, y),
        "not met the points' y": lambda w, b, x, y: losses_by_broadcasting(w, b, x, 0 * y),
        "a square of y alone": lambda w, b, x, y: (w[:, None] * x + b[:, None] - y**2).mean(dim=1),
        "every slope with every intercept": lambda w, b, x, y: (
            (w[None, :, None] * x + b[:, None, None] - y) ** 2
        ).mean(dim=2),
        "every intercept with every slope": lambda w, b, x, y: (
            (w[:, None, None] * x + b[None, :, None] - y) ** 2
        ).mean(dim=2),
        "the loss of the first line alone": lambda *given: losses_by_broadcasting(*given)[0],
        "the smallest of the losses": lambda *given: losses_by_broadcasting(*given).min(),
        "all have the intercept 0.5": lambda w, b, x, y: ((w[:, None] * x + 0.5 - y) ** 2).mean(dim=1),
        "the slopes of the lesson": lambda w, b, x, y: ((SLOPES * x + 0.5 - y) ** 2).mean(dim=1),
        "lesson's five lines": lambda w, b, x, y: ((SLOPES * X_LINE + 0.5 - Y_LINE) ** 2).mean(dim=1),
        "the points of the lesson": lambda w, b, x, y: losses_by_broadcasting(w, b, X_LINE, Y_LINE),
        "stood up as columns?": lambda w, b, x, y: ((w * x + b - y) ** 2).mean(),
        "changes y,": losses_that_change_y,
        "none of the numbers is right": lambda w, b, x, y: w,
        "yours is of the shape (3,)": lambda *given: losses_by_broadcasting(*given)[:-1],
    },
}

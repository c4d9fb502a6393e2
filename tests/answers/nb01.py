"""Answers to the exercises of notebook 01."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from answers import Args

with torch.random.fork_rng(devices=[]):  # the random numbers of the tests are left alone
    LAYER = nn.Linear(7, 4)


def loss_in_place(y_hat, y):
    error = y_hat - y
    error *= error
    return error.mean()


def loss_by_hand(x, y, weight, bias):
    return ((x @ weight.T + bias - y) ** 2).mean()


def loss_and_backward_to_the_bias(x, y, weight, bias):
    loss = loss_by_hand(x, y, weight, bias)
    loss.backward(inputs=[bias], retain_graph=True)
    return loss


def losses_by_numpy(w, b, x, y):
    w, b, x, y = (tensor.numpy() for tensor in (w, b, x, y))
    return np.mean((np.outer(w, x) + b[:, np.newaxis] - y) ** 2, axis=-1)


TRUTHS = {"layer_output": [[-1.4, 0.8], [5.1, -1.7]]}  # worked out on paper
RIGHT = {
    "layer_shapes": [
        Args(((4, 7), (4,))),
        Args(([4, 7], (4,))),
        Args((LAYER.weight.shape, LAYER.bias.shape)),
        Args((torch.tensor([4, 7]), [4])),
    ],
    "batch_loss": [
        loss_in_place,
        functional.mse_loss,
        lambda y_hat, y: np.square(y_hat.numpy() - y.numpy()).mean(),
        lambda y_hat, y: sum((error**2).item() for error in (y_hat - y).flatten()) / y.numel(),
    ],
    "layer_loss": [
        loss_by_hand,
        lambda x, y, weight, bias: torch.mean((weight @ x.T + bias[:, None] - y.T) ** 2),
        lambda x, y, weight, bias: nn.MSELoss()(functional.linear(x, weight, bias), y),
        lambda *given: loss_by_hand(*given).reshape(1, 1),
    ],
    "losses_of_lines": [
        lambda w, b, x, y: [functional.mse_loss(slope * x + start, y) for slope, start in zip(w, b, strict=True)],
        lambda w, b, x, y: ((x.reshape(-1, 1) * w + b - y.reshape(-1, 1)) ** 2).mean(dim=0),
        losses_by_numpy,
        lambda w, b, x, y: ((w.unsqueeze(1) * x + b.unsqueeze(1) - y) ** 2).mean(dim=1, keepdim=True),
    ],
}
WRONG = {
    "layer_shapes": {
        "the order of nn.Linear(7, 4)": Args(((7, 4), (4,))),
        "the weight of the example": Args(((2, 3), (2,))),
        "the bias of the example": Args(((4, 7), (2,))),
        "the shape of the batch": Args(((50, 7), (4,))),
        "the shape of y_hat:": Args(((50, 4), (4,))),
        "how many numbers the weight holds": Args((28, 4)),
        "the shape of the bias where": Args(((4,), (4, 7))),
        "a row for each output and a column for each input": Args(((7, 7), (4,))),
        "the tensor itself": Args((LAYER.weight, LAYER.bias)),
        "a number for each input": Args(((4, 7), (7,))),
        "a number for each example": Args(((4, 7), 50)),
        "a row for each example": Args(((4, 7), (50, 4))),
        "the shape of the weight where": Args(((4, 7), (4, 7))),
        "a table with one row": Args(((4, 7), (1, 4))),
        "one bias for the whole layer": Args(((4, 7), (1,))),
        "with a number for each output": Args(((4, 7), (0,))),
        "needs a comma": Args(((4, 7), 4)),
        "Leave out the quotation marks": Args(("(4, 7)", "(4,)")),
    },
    "layer_loss": {
        "computes gradients already": loss_and_backward_to_the_bias,
        "without a record": torch.no_grad()(loss_by_hand),
        "does not require grad": lambda x, y, weight, bias: loss_by_hand(x, y, weight.requires_grad_(False), bias),
    },
}

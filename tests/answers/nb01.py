"""Answers to the exercises of notebook 01."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers import make_line

X, Y = make_line(noise=0.05)
with torch.random.fork_rng(devices=[]):  # the random numbers of the tests are left alone
    LAYER = nn.Linear(784, 10)


def loss_of(w, b):
    return ((w * X + b - Y) ** 2).mean()


def drawn(keep=loss_of, lines=1000, seed=0):
    """Of random lines, the pair for which what `keep` makes of it is the lowest."""
    random = np.random.default_rng(seed)
    pairs = [(random.uniform(-0.8, 1.4), random.uniform(-0.25, 1.25)) for _ in range(lines)]
    return min(pairs, key=lambda pair: keep(*pair))


LUCKY = drawn()
TRUTHS = {"parameters_of_a_layer": sum(parameter.numel() for parameter in LAYER.parameters())}
RIGHT = {
    "parameters_of_a_layer": [7850, LAYER.weight.numel() + LAYER.bias.numel()],
    "share_of_yardstick": [
        lambda y_hat, y: ((y_hat - y) ** 2).mean() / ((y.mean(dim=0) - y) ** 2).mean(),
        lambda y_hat, y: nn.MSELoss()(y_hat, y) / functional.mse_loss(y.mean(0, keepdim=True).expand_as(y), y),
        lambda y_hat, y: ((y_hat - y) ** 2).sum().item() / y.var(dim=0, correction=0).sum().item() / len(y),
    ],
    "lucky_line": [
        LUCKY,
        [torch.tensor([LUCKY[0]]), torch.tensor([LUCKY[1]], requires_grad=True)],
        np.array(drawn(lambda w, b: np.linalg.norm(w * X + b - Y), seed=3)),
    ],
}
WRONG = {
    "lucky_line": {
        "slope and intercept exchanged": LUCKY[::-1],
        "one of the worst lines": drawn(lambda w, b: -loss_of(w, b)),
        "whose errors cancel": drawn(lambda w, b: abs((w * X + b - Y).mean()), seed=2),
        "the best of fewer lines": drawn(lines=10, seed=6),
        "hand over the last one": drawn(lines=1, seed=3),
        "one number, perhaps the lowest loss": loss_of(*LUCKY),
        "the pair and its loss": (loss_of(*LUCKY), *LUCKY),
        "many lines": np.random.default_rng(0).uniform(size=(2, 1000)),
        "that you knew or computed": (0.3, 0.5),
        "that can't have been drawn": (-2.0, 3.0),
        "not finite": (float("nan"), 0.5),
    },
}

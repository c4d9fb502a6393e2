"""The small data sets of the course, drawn with a seed."""

import numpy as np
import torch
from torch import nn

from helpers.arguments import checked


@checked
def make_line(w=0.3, b=0.5, size=100, noise=0.01, seed=0):
    """Points around the line y = w x + b, as two NumPy arrays.

    x is drawn evenly from 0 to 1. Each y is off the line by a random amount, drawn evenly from -noise to +noise. The
    mean of its square, the variance of that uniform distribution, is noise**2 / 3: about the smallest loss of any line.

    Returns:
        x, y: float64 arrays of shape (size,).
    """
    random = np.random.default_rng(seed)
    x = random.uniform(0, 1, size)
    y = w * x + b + noise * random.uniform(-1, 1, size)
    return x, y


@checked
@torch.inference_mode(False)
def make_layer(size=10, seed=0):
    """A layer with three inputs and two outputs, and a batch for it, drawn as notebook 01 does after torch.manual_seed.

    Returns:
        x, y, linear: float32 tensors of shape (size, 3) and (size, 2), and an `nn.Linear(3, 2)`.
    """
    with torch.random.fork_rng(devices=[]):  # PyTorch's own random numbers are left as they were
        torch.manual_seed(seed)
        x, y = (torch.randn(size, features, dtype=torch.float32, device="cpu") for features in (3, 2))
        return x, y, nn.Linear(3, 2, dtype=torch.float32, device="cpu")

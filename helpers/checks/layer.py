"""The layer of notebooks 01 to 03, for the exercises that ask about it."""

import torch
from torch import nn


@torch.inference_mode(False)
def make_layer(size=10, seed=0):
    """x (size, 3), y (size, 2) and an `nn.Linear(3, 2)` in float32, drawn as in notebook 01 after torch.manual_seed."""
    with torch.random.fork_rng(devices=[]):  # PyTorch's own random numbers are left as they were
        torch.manual_seed(seed)
        x, y = (torch.randn(size, features, dtype=torch.float32, device="cpu") for features in (3, 2))
        return x, y, nn.Linear(3, 2, dtype=torch.float32, device="cpu")

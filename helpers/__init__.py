"""The small shared package of the course: data, pictures, sliders, checks. What is taught stands in the notebooks."""

import torch

from helpers import checks, descent, gradients, graph, labs, pictures, predictions
from helpers.data import make_line, mystery_line, penguins
from helpers.drawing import show
from helpers.messages import complaint

__all__ = ["checks", "descent", "gradients", "graph", "labs", "make_line", "mystery_line", "pictures", "predictions"]
__all__ += ["complaint", "penguins", "show"]

dtype, device = torch.get_default_dtype(), torch.get_default_device()
if (dtype, device.type) != (torch.float32, "cpu"):
    print(f"PyTorch is set to make {dtype} tensors on {device}, but the course needs torch.float32 on cpu.")
    print("Restart the kernel, and leave out torch.set_default_dtype and torch.set_default_device.")

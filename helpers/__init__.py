"""The small shared package of the course: data, pictures, sliders, checks. What is taught stands in the notebooks."""

from helpers import checks, descent, figures, gradients, graph, labs, predictions
from helpers.data import make_line
from helpers.show import show

__all__ = ["checks", "descent", "figures", "gradients", "graph", "labs", "make_line", "predictions", "show"]

"""The small shared package of the course: data, pictures, sliders, checks. What is taught stands in the notebooks."""

from helpers import checks, descent, gradients, graph, labs, pictures, predictions
from helpers.data import make_line, mystery_line, penguins
from helpers.drawing import show
from helpers.messages import complaint

__all__ = ["checks", "descent", "gradients", "graph", "labs", "make_line", "mystery_line", "pictures", "predictions"]
__all__ += ["complaint", "penguins", "show"]

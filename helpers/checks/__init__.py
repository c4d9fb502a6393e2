"""Checks of the exercises, a module for each notebook: each prints one verdict, counts it, and never raises."""

from helpers.checks.backward import (
    announced_change,
    bias_gradient,
    grad_after_calls,
    gradient_by_autograd,
    gradient_by_formula,
    two_sided_slope,
)
from helpers.checks.clinic import fair_loss, four_patients
from helpers.checks.descent import (
    half_rebound,
    loop_of_five_words,
    noise_from_the_floor,
    own_descent,
    update_in_place,
)
from helpers.checks.forward import batch_loss, layer_loss, layer_output, layer_shapes, losses_of_lines
from helpers.checks.rates import (
    batch_for_the_same_floor,
    best_rate,
    chosen_rate,
    largest_rate,
    limit_of_the_sum,
    momentum_limit,
)
from helpers.checks.start import loss_of_a_guess
from helpers.checks.step import one_round, order_of_the_lines, step_by_hand, step_in_place, weight_after_two_steps

__all__ = [
    "announced_change",
    "batch_for_the_same_floor",
    "batch_loss",
    "best_rate",
    "bias_gradient",
    "chosen_rate",
    "fair_loss",
    "four_patients",
    "grad_after_calls",
    "gradient_by_autograd",
    "gradient_by_formula",
    "half_rebound",
    "largest_rate",
    "layer_loss",
    "layer_output",
    "layer_shapes",
    "limit_of_the_sum",
    "loop_of_five_words",
    "loss_of_a_guess",
    "losses_of_lines",
    "momentum_limit",
    "noise_from_the_floor",
    "one_round",
    "order_of_the_lines",
    "own_descent",
    "step_by_hand",
    "step_in_place",
    "two_sided_slope",
    "update_in_place",
    "weight_after_two_steps",
]

"""The labs of the notebooks: live figures whose every position was trained beforehand."""

from helpers.labs.lines import (
    explore,
    hand_fit,
    handfuls,
    learning_rate,
    learning_rate_and_noise,
    moves,
    nudge,
    numbers_in_the_graph,
    two_directions,
)
from helpers.labs.optimizers import momentum_map, race

__all__ = ["explore", "hand_fit", "handfuls", "learning_rate", "learning_rate_and_noise", "moves", "nudge"]
__all__ += ["momentum_map", "numbers_in_the_graph", "race", "two_directions"]

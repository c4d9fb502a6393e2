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
from helpers.labs.networks import boundary, network_in_training

__all__ = ["explore", "hand_fit", "handfuls", "learning_rate", "learning_rate_and_noise", "moves", "nudge"]
__all__ += ["boundary", "network_in_training", "numbers_in_the_graph", "two_directions"]

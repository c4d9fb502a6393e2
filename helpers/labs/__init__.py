"""The labs of the notebooks: live figures whose every position was trained beforehand."""

from helpers.labs.lines import (
    explore,
    hand_fit,
    learning_rate,
    learning_rate_and_noise,
    moves,
    nudge,
    numbers_in_the_graph,
    two_directions,
)
from helpers.labs.networks import boundary, network_in_training
from helpers.labs.optimizers import momentum_map, race

__all__ = ["boundary", "explore", "hand_fit", "learning_rate", "learning_rate_and_noise", "momentum_map", "moves"]
__all__ += ["network_in_training", "nudge", "numbers_in_the_graph", "race", "two_directions"]

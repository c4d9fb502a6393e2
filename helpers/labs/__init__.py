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

__all__ = ["explore", "hand_fit", "learning_rate", "learning_rate_and_noise", "moves", "nudge", "numbers_in_the_graph"]
__all__ += ["two_directions"]

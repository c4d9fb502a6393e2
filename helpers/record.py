"""What the learner has done in this kernel. It is kept in memory and nowhere else: nothing is stored or sent."""

answers = {}
"""The last answer to each question that was asked, by the question's key."""

predictions = {}
"""For each prediction whose outcome is known whether it was right; None if there was none."""

exercises = {}
"""For each exercise that was checked whether it was right at the last check."""

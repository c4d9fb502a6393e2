"""Answers to every exercise, right and wrong: a module for each notebook, in the order of `helpers.checks`.

A module has three tables, by the name of the check:

- TRUTHS: the right numbers, found in another way than the check finds them;
- RIGHT: a list of right answers in several forms (of numbers, beside the forms that test_checks makes of the truth);
- WRONG: for a piece of the verdict that no other wrong answer may get, the answer that gets it.

An answer is what stands between the brackets of the check; where these are several things, `Args`. Where several wrong
answers get one piece, `Several`.
"""


class Args(tuple):
    """Several arguments of a check."""


class Several(tuple):
    """Wrong answers that all get the same piece of a verdict."""

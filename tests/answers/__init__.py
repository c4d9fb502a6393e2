"""Answers to every exercise that its entry doesn't hold: a module for each notebook, in the order of `helpers.checks`.

A module has three tables, by the name of the check:

- TRUTHS: the right numbers, found in another way than the check finds them;
- RIGHT: right answers in several forms (of numbers, beside the forms that test_checks makes of the truth);
- WRONG: for a piece of the verdict that no other of these answers gets, an answer that is no mistake of the entry, or
  `Several` that get the same verdict.

An answer is what stands between the brackets of the check; where these are several things, `Args`.
"""


class Args(tuple):
    """Several arguments of a check."""


class Several(tuple):
    """Several answers."""

"""The exercises of notebook 09."""

import torch

from helpers.judge import Exercise, as_numbers, error, exercise


@exercise
def fair_loss():
    """Notebook 09: the mean squared error, whichever of y_hat and y is a column and which is flat."""

    def calls():
        random = torch.Generator().manual_seed(0)
        shapes = [((3, 1), 3), ((4, 1), (4, 1)), (5, 5), (6, (6, 1))]
        calls = [[torch.randn(shape, generator=random) for shape in pair] for pair in shapes]
        return [(y_hat.requires_grad_(), y) for y_hat, y in calls]

    def errors(y_hat, y):
        return y_hat - y.reshape(y_hat.shape)

    def all_pairs(y_hat, y):
        return ((y_hat - y) ** 2).mean()

    def recorded(result, *args):
        numbers = as_numbers(result)
        if numbers.ndim == 0 and getattr(result, "grad_fn", None) is None:
            raise error("your number has no grad_fn, so backward couldn't start from it")
        return numbers

    differ = "the mean over all pairs: the shapes still differ when"
    return Exercise(
        lambda y_hat, y: (errors(y_hat, y) ** 2).mean(),
        {  # what is wrong in the last call alone comes first, for the later functions are wrong there too
            f"{differ} y_hat is flat and y is a column": lambda y_hat, y: all_pairs(
                y_hat, y[:, None] if y_hat.ndim > y.ndim else y
            ),
            f"{differ} y_hat and y are both flat": lambda y_hat, y: all_pairs(y_hat, y.reshape(-1, 1)),
            f"{differ} both are columns": lambda y_hat, y: all_pairs(y_hat, y[:, None]),
            f"{differ} y_hat is a column and y is flat": all_pairs,
            "the sum: take the mean of the squares": lambda y_hat, y: (errors(y_hat, y) ** 2).sum(),
            "half the mean: leave out the factor one half": lambda y_hat, y: (errors(y_hat, y) ** 2).mean() / 2,
            "the root of the mean: leave out the root": lambda y_hat, y: (errors(y_hat, y) ** 2).mean().sqrt(),
            "the mean distance: square the errors": lambda y_hat, y: errors(y_hat, y).abs().mean(),
            "the plain mean of the errors: square each error first": lambda y_hat, y: errors(y_hat, y).mean(),
            "the squares: take their mean, so that the loss is one number": lambda y_hat, y: errors(y_hat, y) ** 2,
        },
        calls,
        recorded,
    )


@exercise
def four_runs():
    """Notebook 09: which of five mistakes each of four runs has made; the runs train the course's line."""
    return Exercise(
        torch.tensor([4, 1, 3, 2]),
        {
            "A and C exchanged: only one of them starts with another loss than B and D": [3, 1, 4, 2],
            "B and D exchanged: a run above the limit grows by the same factor again and again": [4, 2, 3, 1],
            "A and C exchanged, and B and D too: compare the first losses, then the growth": [3, 2, 4, 1],
            "a frozen slope in A: with this start its loss would hardly move at all": [5, 1, 3, 2],
            "a frozen slope in C: the first loss would be the same as in A": [4, 1, 5, 2],
            "mistakes counted from 0: they are numbered from 1 to 5": [3, 0, 2, 1],
        },
        names="ABCD",
    )

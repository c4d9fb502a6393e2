"""The checks of notebook 06. Each computes the truth from numbers of its own, never from the learner's variables."""

import torch

from helpers.judge import RIGHT, Verdict, exercise, judge, result_of


@exercise("06")
def fair_loss(function):
    """Notebook 06: the mean squared error, whichever of y_hat and y is a column and which is flat."""
    column, flat = torch.tensor([[1.0], [2.0], [4.0]], requires_grad=True), torch.tensor([1.0, 3.5, 3.0])
    pairs = {
        "y_hat is a column and y is flat": (column, flat),
        "both are columns": (column, flat[:, None]),
        "y_hat and y are both flat": (column[:, 0], flat),
        "y_hat is flat and y is a column": (column[:, 0], flat[:, None]),
    }
    errors = torch.tensor([0.0, -1.5, 1.0])
    for name, (y_hat, y) in pairs.items():
        result = result_of(function, y_hat, y, untouched=(("y_hat", y_hat), ("y", y)))
        verdict = judge(
            result,
            (errors**2).mean(),
            (((column - flat) ** 2).mean(), f"the mean over all pairs: when {name}, the shapes still differ"),
            ((errors**2).sum(), "the sum: take the mean of the squares"),
            ((errors**2).mean() / 2, "half the mean: leave out the factor one half"),
            ((errors**2).mean().sqrt(), "the root of the mean: leave out the root"),
            (errors.abs().mean(), "the mean distance: square the errors"),
            (errors.mean(), "the plain mean of the errors: square each error first"),
            (errors**2, "the three squares: take their mean, so that the loss is one number"),
        )
        if verdict != RIGHT:
            return verdict
        if getattr(result, "grad_fn", None) is None:
            raise Verdict("Not yet: the number is right, but it has no grad_fn, so backward couldn't start from it.")
    return verdict


@exercise("06")
def four_patients(answer):
    """Notebook 06: which of four losses comes from which mistake; the logs are runs on the course's line."""
    return judge(
        answer,
        torch.tensor([4, 1, 2, 3]),
        (torch.tensor([3, 1, 2, 4]), "A and D exchanged: A has fallen before it stood still, D has never moved"),
        (torch.tensor([4, 2, 1, 3]), "B and C exchanged: what swings comes back, what explodes does not"),
        (
            torch.tensor([2, 3, 4, 1]),
            "the patients of the illnesses 1 to 4: wanted are the illnesses of A, B, C and D, in this order",
        ),
        names="ABCD",
    )

"""The exercises of notebook 08."""

import itertools
import math

import torch
from torch.nn import CrossEntropyLoss, Linear

from helpers.data import penguins
from helpers.judge import RIGHT, Exercise, Verdict, as_numbers, error, exercise, mistake, result_of

SPECIES = "Adelie", "Chinstrap", "Gentoo"
MEASURED = "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"


@exercise
def cross_entropy_of_four():
    """Notebook 08: the mean of -ln p, where p is 0.5 three times and 0.01 once."""
    chances = 0.5, 0.5, 0.5, 0.01
    return Exercise(
        -sum(map(math.log, chances)) / 4,
        {
            "the sum of the four losses: the cross-entropy is their mean": -sum(map(math.log, chances)),
            "logarithms with base 10: torch.log and math.log are the natural ones": -sum(map(math.log10, chances)) / 4,
            "logarithms with base 2: torch.log and math.log are the natural ones": -sum(map(math.log2, chances)) / 4,
            "the logarithm of the mean probability: take the four logarithms first, and then their mean": (
                -math.log(sum(chances) / 4)
            ),
            "logarithms without the minus: a loss is lower, the better the network is": sum(map(math.log, chances)) / 4,
            "the mean probability, without a logarithm": sum(chances) / 4,
            "the mean of 1 - p: the loss is the mean of -ln p": 1 - sum(chances) / 4,
            "the accuracy: it's 3 of 4 at best, and it doesn't see how sure the network was": 0.75,
            "probabilities in CrossEntropyLoss, which takes scores": CrossEntropyLoss()(
                torch.tensor([[chance, 1 - chance] for chance in chances]), torch.zeros(4, dtype=torch.long)
            ).item(),
            "the loss of one of the first three penguins: the fourth counts as well": -math.log(0.5),
            "the loss of the fourth penguin alone: the first three count as well": -math.log(0.01),
            "the mean of two losses: the first of them belongs to three penguins": -math.log(0.5 * 0.01) / 2,
        },
    )


@exercise
def mean_loss():
    """Notebook 08: the mean cross-entropy of all examples in batches of different sizes."""
    loss_function = CrossEntropyLoss()

    def combined(combine, scores=lambda scores: scores):
        """The function that makes one number of the losses and the sizes of the batches."""

        @torch.no_grad()
        def mean_loss(network, batches):
            losses = torch.stack([loss_function(scores(network(x)), y) for x, y in batches])
            return combine(losses, torch.tensor([len(x) for x, _ in batches])).item()

        return mean_loss

    def weighted(losses, sizes):
        return (losses * sizes).sum() / sizes.sum()

    right = combined(weighted)

    def with_gradients(network, batches):
        for x, y in batches:
            loss_function(network(x), y).backward()
        return right(network, batches)

    def without_record(loss, network, batches):
        if isinstance(loss, torch.Tensor) and loss.requires_grad:
            raise error("your mean still carries the record of all batches. No record is needed to measure")
        return loss

    def calls():
        with torch.random.fork_rng([]):
            torch.manual_seed(3)
            networks = [Linear(2, classes, dtype=torch.float64) for classes in (2, 3)]
            x, y = 3 * torch.randn(11, 2, dtype=torch.float64), torch.randint(2, (11,))
        batches = (4, 4, 3), (3, 2, 5, 1)
        return [
            (network, list(zip(x[: sum(sizes)].split(sizes), y[: sum(sizes)].split(sizes), strict=True)))
            for network, sizes in zip(networks, batches, strict=True)
        ]

    return Exercise(
        right,
        {
            "the mean of the means: a penguin in a small batch then counts for more than one in a large batch": (
                combined(lambda losses, sizes: losses.mean())
            ),
            "the sum of the means: multiply each by the size of its batch, and divide by all penguins at the end": (
                combined(lambda losses, sizes: losses.sum())
            ),
            "the sum over all penguins: divide it by their number": (
                combined(lambda losses, sizes: (losses * sizes).sum())
            ),
            "a sum over all penguins, divided by the number of batches": (
                combined(lambda losses, sizes: (losses * sizes).mean())
            ),
            "a sum of means, divided by the number of penguins: multiply each mean by the size of its batch first": (
                combined(lambda losses, sizes: losses.sum() / sizes.sum())
            ),
            "the loss of the last batch alone": combined(lambda losses, sizes: losses[-1]),
            "the loss of the first batch alone: does the return stand behind the loop?": (
                combined(lambda losses, sizes: losses[0])
            ),
            "the size of the first batch for all of them: the last one may be smaller": (
                combined(lambda losses, sizes: losses.sum() * sizes[0] / sizes.sum()),
                combined(lambda losses, sizes: losses.mean() * len(losses) * sizes[0] / (len(losses) * sizes[0] - 1)),
            ),
            "a softmax before the loss: CrossEntropyLoss takes the scores": (
                combined(weighted, lambda scores: scores.softmax(dim=1))
            ),
            "a call of backward: this function only measures, and should leave no gradients": with_gradients,
        },
        calls,
        result=without_record,
        left=lambda network, batches: [None if network.bias.grad is None else network.bias.grad[0]],
        names=("the mean loss", "the gradient of the network"),
    )


@exercise
def three_species(guess):
    """Notebook 08: a function that gets the species of at least 97 of the 100 validation penguins right."""
    enough, data = 97, penguins()
    order = torch.randperm(333, generator=torch.Generator().manual_seed(0))
    train, valid = order[:233], order[233:]
    x = torch.stack([torch.as_tensor(data[name]) for name in MEASURED], dim=1)
    y = torch.tensor([SPECIES.index(name) for name in data["species"]])[valid]
    z, x = ((x - x[train].mean(dim=0)) / x[train].std(dim=0))[valid], x[valid]

    def numbers_of(measurements):
        return as_numbers(result_of(guess, {"measurements": measurements}))

    def right(numbers):
        return (numbers == y).sum().item() if numbers.shape == y.shape else 0

    numbers = numbers_of(x)
    if numbers.shape == (100, 3):
        return mistake("three scores or probabilities for each penguin: the number of the highest one is asked for")
    if numbers.shape != y.shape:
        return error(f"for 100 penguins there should be 100 numbers, and yours are of shape {tuple(numbers.shape)}")
    large = y == 2
    if (again := numbers_of(x[large])).shape != y[large].shape:
        return error("your function gives as many numbers for fewer penguins. Does it use its argument?")
    if not torch.equal(again, numbers[large]):
        return mistake(
            "measurements that are standardised with their own mean and standard deviation: what your function says of "
            "a penguin changes with the others in the table. Use the numbers of the training set"
        )
    if right(numbers) >= enough:
        return RIGHT
    looks = {
        "a function for measurements that are standardised already: it gets millimetres and grams": lambda: (
            right(numbers_of(z)) >= enough
        ),
        "the measurements in another order: in data, the bill's length comes first and the mass last": lambda: any(
            right(numbers_of(x[:, list(columns)])) >= enough for columns in itertools.permutations(range(4))
        ),
        "the species numbered in another way: Adelie is 0, Chinstrap 1 and Gentoo 2": lambda: any(
            right(sum((numbers == old) * new for old, new in zip(numbers.unique(), renamed, strict=False))) >= enough
            for renamed in itertools.permutations(range(3))
        ),
        "the same species for every penguin: are the inputs standardised, in training and in guess?": lambda: (
            len(numbers.unique()) == 1
        ),
        "two species only: does the network have three scores, and do all three occur in its targets?": lambda: (
            len(numbers.unique()) == 2
        ),
    }
    for sentence, is_so in looks.items():
        if is_so():
            return mistake(sentence)
    return Verdict("wrong", f"Not yet: {right(numbers)} of the 100 are right, and it should be at least {enough}")

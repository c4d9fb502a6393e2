"""The labs that look into networks, on data of their own: they show and say what plain networks of PyTorch do."""

import numpy as np
import pytest
import torch
from torch import nn

from course_labs import Page
from helpers import labs
from helpers.labs import networks
from test_labs import data_at, settings
from test_live_figure import place

CORNERS = torch.tensor([(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)], dtype=torch.float64)
X, X_VALID = torch.from_numpy(np.random.default_rng(0).normal(size=(80, 2))).split(50)
Y, Y_VALID = ((abs(x[:, 0] + x[:, 1] / 2) > 0.7).long() for x in (X, X_VALID))


def network(tables):
    """Layers of PyTorch with a tanh between them, from their weights with the biases as last columns."""
    layers = []
    for table in tables:
        layers += [nn.Tanh(), nn.Linear(table.shape[1] - 1, len(table), dtype=torch.float64)]
        layers[-1].load_state_dict({"weight": table[:, :-1], "bias": table[:, -1]})
    return nn.Sequential(*layers[1:])


def answers(model, places):
    """What a network says: 1 above 0.5, or the class with the highest score."""
    scores = model(torch.as_tensor(places)).detach()
    return (scores[:, 0] > 0.5 if scores.shape[1] == 1 else scores.argmax(dim=1)).numpy()


def inside(outline, places):
    """Whether a closed outline winds around each place: what the page fills."""
    away = outline @ [1, 1j] - (places @ [1, 1j])[:, None]
    return np.abs(np.angle(away[:, 1:] / away[:, :-1]).sum(axis=1)) > 1


def assert_region_and_labels_agree(model, page, ax, position):
    """They agree with the network at random places, but for those nearer to the border than a cell of the grid."""
    sides = np.array([ax.get_xlim(), ax.get_ylim()])
    places, cell = np.random.default_rng(1).uniform(*sides.T, (400, 2)), np.ptp(sides, axis=1) / (networks.CELLS - 1)
    *around, here = [answers(model, places + cell * way) for way in [(-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0)]]
    far = (around == here).all(axis=0)
    region = inside(data_at(ax, page.points("region", position)).T, places)
    assert (region == here)[far].all() and far.mean() > 0.5
    for answer, (name, words, at) in enumerate(page.words(position)[:2]):
        assert words == "" or (words == name and answers(model, data_at(ax, at[None]).T) == answer)


@pytest.mark.parametrize(
    "height", [lambda x, y: np.sin(x) * np.sin(y), lambda x, y: np.cos(np.hypot(x, y)), np.minimum]
)
def test_outline_holds_islands_and_rings_but_no_holes(height):
    side, places = np.linspace(-9, 9, 181), np.random.default_rng(0).uniform(-9, 9, (400, 2))
    heights, outline = height(*places.T), networks._outline(side, side, height(*np.meshgrid(side, side)))
    assert (inside(outline, places) == (heights > 0))[np.abs(heights) > 0.01].all()


def test_lab_of_records_shows_and_says_what_their_networks_do():
    records = np.random.default_rng(0).normal(size=(2, 60, 18)) * 2
    records[..., 0] **= 2
    lab = labs.network_in_training(CORNERS.tolist(), records.tolist())
    page, (left, right) = Page(lab), lab.stage.axes
    assert page.values(page.start) == {"seed": 0, "step": 59}
    for seed, step in settings(page):
        loss, numbers = records[seed, : step + 1, 0], torch.from_numpy(records[seed, step])
        model = network([numbers[1:13].reshape(4, 3), numbers[None, 13:]])
        assert_region_and_labels_agree(model, page, left, [seed, step])
        count = (answers(model, CORNERS[:, :2]) == CORNERS[:, 2].numpy()).sum()
        assert page.readout([seed, step]) == f"step {step}: loss {loss[-1]:.2g}, {count} of 4 right"
        assert page.points("loss", [seed, step]) == pytest.approx(place(right, np.arange(step + 1), loss), abs=0.1)
        lines = [page.points(actor, [seed, step]) for actor in page.scene["actors"] if actor["name"] == "hidden sum"]
        sums = [model[0](torch.from_numpy(data_at(left, line).T))[:, number] for number, line in enumerate(lines)]
        assert len(sums) == 4 and (torch.stack(sums) / model[0].weight.norm(dim=1)[:, None]).abs().max() < 0.002


def trained(layers, number, rate, epochs):
    """A network of the lab, started as the lab starts it and trained in an ordinary loop, and its losses by epoch."""
    first, last = (layer[networks.RATES.index(rate), 0] for layer in layers)
    hidden, end = networks.HIDDEN[number], sum(networks.HIDDEN[: number + 1])
    own = [*range(end - hidden, end)] or [-3, -2]
    model = network([first[own]] * (hidden > 0) + [last[[number, number + 6]][:, [*own, -1]]])
    assert all(layer.weight.abs().max() < layer.in_features**-0.5 for layer in model[::2]), "as nn.Linear starts"
    optimizer, random, losses = torch.optim.SGD(model.parameters(), lr=rate), torch.Generator(), []
    for epoch in range(epochs + 1):
        losses.append([nn.functional.cross_entropy(model(x), y).item() for x, y in ((X, Y), (X_VALID, Y_VALID))])
        for batch in torch.randperm(50, generator=random.manual_seed(epoch)).split(16) if epoch < epochs else ():
            nn.functional.cross_entropy(model(X[batch]), Y[batch]).backward()
            optimizer.step()
            optimizer.zero_grad()
    return model, np.array(losses)


def test_lab_of_boundaries_shows_and_says_what_an_ordinary_loop_trains():
    lab, counts = labs.boundary(X, Y, X_VALID, Y_VALID), {}
    page, (left, right), layers = Page(lab), lab.stage.axes, networks._train(X.T, Y)
    for position in [*settings(page, 9), [0, 3, page.sizes[2] - 1], page.start]:
        _, rate, epoch = page.values(position).values()
        model, losses = trained(layers, position[0], rate, int(epoch))
        assert_region_and_labels_agree(model, page, left, position)
        count = counts[position[0]] = (answers(model, X_VALID) == Y_VALID.numpy()).sum()
        words = f"training loss {losses[-1, 0]:.2g}, validation loss {losses[-1, 1]:.2g}, {count} of 30 right"
        assert page.readout(position) == f"epoch {epoch:.0f}: {words}"
        epochs = [number for number in networks.EPOCHS if number <= epoch]
        for name, loss in zip(("training", "validation"), losses[epochs].T, strict=True):
            curve = page.points(name, position)[: len(epochs)]
            assert curve == pytest.approx(place(right, epochs, loss), abs=0.1)
        assert page.points("epoch", position) == pytest.approx(place(right, epoch, np.array([0, 1.2])), abs=0.1)
    assert page.values(page.start) == {"hidden units": 3, "learning rate": 0.3, "epoch": 60}
    assert left.get_title(loc="left") == f"A straight line gets {counts[0]} of 30 right, three hidden units {counts[3]}"

"""The labs of notebooks 06 and 08, which look into a network: the region of its inputs where it says 1."""

from functools import partial

import numpy as np
import torch
from contourpy import contour_generator  # comes with matplotlib
from torch.nn.functional import cross_entropy

from helpers import descent, drawing
from helpers.arguments import array, curve, same_size
from helpers.drawing import drawn
from helpers.live_figure import Actor, LiveFigure, Slider

HIDDEN, RATES, EPOCHS = (0, 1, 2, 3, 8, 16), (0.01, 0.03, 0.1, 0.3, 1, 3), (*range(20), *range(20, 61, 2))
CELLS = 41  # places in a row of the grid under a region
CLASSES = ("o", drawing.DATA, drawing.INK), ("^", drawing.LINE, drawing.LINE)  # marker, its colour, that of words
ROOM = {"left": 0.066, "right": 0.975, "bottom": 0.14, "top": 0.91, "wspace": 0.6}  # for the names of the classes, too
POINTS = partial(array, ndim=2, row=3, called="a list of points (x1, x2, target)")
RECORDS = partial(curve, ndim=3, row=18, called="a list of runs, each a list of rows: the loss and 17 parameters")


def columns(name, value):
    """The argument, two numbers for each point, as an array of shape (2, size)."""
    return array(name, value, ndim=2, row=2, called="two numbers for each point, shape (size, 2)").T


@drawn(points=POINTS, records=RECORDS)
def network_in_training(points, records):
    """Notebook 06: where a network with four hidden sums says 1, and the lines where a sum is 0, by seed and step.

    records: for each seed and step the loss, two weights and the bias of each hidden sum, four output weights and the
    output bias. The prediction is the weighted sum of the four tanh; above 0.5 the network says 1.
    """
    (*places, targets), records = points.T, records[:, :131]
    targets, steps, loss = targets > 0.5, np.arange(records.shape[1]), records[..., 0]
    hidden, output = records[..., 1:13].reshape(*loss.shape, 4, 3), records[..., None, 13:]

    def margin(places):
        sums = hidden[..., :2] @ places + hidden[..., 2:]
        return (output[..., :4] @ np.tanh(sums))[..., 0, :] + output[..., 4] - 0.5

    titles = "To be right, the blue region has to hold both triangles", "The loss of each seed"
    picture, (left, right) = drawing.panels(3.6, *titles, layout="none", gridspec_kw=ROOM)
    _draw_points(left, places, targets, ("target 0", "target 1"), markersize=9)
    left.set(xlabel="x1", ylabel="x2", xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[0, 1])
    left.set(aspect="equal", anchor="W")
    drawing.draw_losses(right, 1.2 * steps[-1], drawing.limits(loss, 1.5, 1.5))
    right.set_xticks(steps[::20])
    right.plot(steps, loss.T, color=drawing.DATA, linewidth=1)
    picture.saying(
        f"Two panels: {len(points)} points with the targets 0 and 1, the region where the network says 1, and four "
        f"lines where a hidden sum is 0; the loss of {len(loss)} seeds over {steps[-1]} steps."
    )
    normal, names = hidden[..., [0]] + 1j * hidden[..., [1]], [[[f"seed {seed}"]] for seed in range(len(loss))]
    with np.errstate(all="ignore"):  # a sum whose weights are 0 has no line
        lines = 5 * normal / np.abs(normal) * np.array([-1j, 1j]) - hidden[..., 2:] / normal.conj()
    actors = [
        *_region(left, margin, ("says 0", "says 1")),
        *(Actor("hidden sum", left, line.real, line.imag, drawing.LINE, 2) for line in np.moveaxis(lines, 2, 0)),
        Actor("loss", right, steps, loss, drawing.LOSS, 3, grows=True),
        Actor("seed", right, [1.1 * steps[-1]], loss[:, None, -1:], drawing.LOSS_TEXT, words=np.array(names)),
    ]
    sliders = [Slider("seed", range(len(loss)), 0), Slider("step", range(len(steps)), steps[-1])]
    numbers = {"step": steps, "loss": loss, "right": ((margin(places) > 0) == targets).sum(axis=-1)}
    readout = "step {step:.0f}: loss {loss:.2g}, {right:.0f} of "
    return LiveFigure(picture, actors, sliders, [f"{readout}{len(points)} right"], numbers)


@drawn(x=columns, x_valid=columns, **dict.fromkeys(("y", "y_valid"), partial(array, at_least=0, at_most=1)))
def boundary(x, y, x_valid, y_valid):
    """Notebook 08: where a network says that a penguin is male, by its hidden units, learning rate and epoch.

    x, x_valid: standardised bill length and body mass, shape (size, 2); y, y_valid: 0 for females, 1 for males.
    """
    same_size(x_valid=x_valid, y_valid=y_valid)
    layers, epochs = _train(torch.from_numpy(x), torch.from_numpy(y).long()), np.array(EPOCHS)

    def margin(places):
        runs = [_scores(torch.from_numpy(np.array(places)), *run) for run in zip(*layers, strict=True)]
        return torch.stack(runs).diff(dim=2)[:, :, 0].movedim(2, 0).numpy()

    away = margin(x) * (1 - 2 * y), margin(x_valid) * (1 - 2 * y_valid)  # above 0: the wrong class
    losses, right_answers = [np.logaddexp(0, part).mean(axis=-1) for part in away], (away[1] < 0).sum(axis=-1)
    straight, bent = right_answers[[0, 3], 3, -1]
    title = f"A straight line gets {straight} of {len(y_valid)} right, three hidden units {bent}"
    picture, (left, right) = drawing.panels(3.6, title, "The loss after each epoch", layout="none", gridspec_kw=ROOM)
    _draw_points(left, x, y, ("female", "male"), markersize=4)
    _draw_points(left, x_valid, y_valid, ("_", "hollow: validation"), markersize=4, markerfacecolor="white")
    left.set(
        xlabel="bill length (standardised)",
        ylabel="body mass (standardised)",
        xlim=left.get_xlim(),
        ylim=left.get_ylim(),
    )
    right.set(xlabel="epoch", ylabel="loss", xlim=(-1, 85), ylim=(0, 1.2), xticks=[0, 20, 40, 60])
    picture.saying(
        f"Two panels: {len(y)} penguins to train on and {len(y_valid)} to validate, female or male, and the region "
        f"where the network says male; the training and validation loss over {EPOCHS[-1]} epochs."
    )
    actors = [
        *_region(left, margin, ("says female", "says male")),
        Actor("epoch", right, epochs[None, None, :, None] * [1, 1], [0, 1.2], drawing.INK, 1),
    ]
    for name, loss, other in (("training", *losses), ("validation", *losses[::-1])):
        end = loss[..., None, -1:].clip(0.1, 1.1) + 0.04 * np.sign(loss - other)[..., None, -1:]
        actors.append(Actor(name, right, epochs, loss[:, :, None], drawing.LOSS, 2, dotted=name == "validation"))
        actors.append(Actor(f"{name} end", right, [72], end, drawing.LOSS_TEXT, words=np.array([name])))
    sliders = [Slider("hidden units", HIDDEN, 3), Slider("learning rate", RATES, 0.3), Slider("epoch", EPOCHS, 60)]
    numbers = {"epoch": epochs, "training": losses[0], "validation": losses[1], "right": right_answers}
    readout = "epoch {epoch:.0f}: training loss {training:.2g}, validation loss {validation:.2g}, {right:.0f} of "
    return LiveFigure(picture, actors, sliders, [f"{readout}{len(y_valid)} right"], numbers)


@descent.recorded
def _train(x, y):
    """The two layers of all networks at each of `EPOCHS`; built by hand in notebook 08, with batches of 16 points.

    The networks of a rate lie side by side as one; weights from one to another are 0 and stay so. The rest starts as in
    nn.Linear: between -1 / sqrt(inputs) and 1 / sqrt(inputs).
    """
    random, rates = torch.Generator().manual_seed(0), x.new_tensor(RATES)[:, None, None]
    owners = np.repeat(HIDDEN, HIDDEN)  # of the hidden units
    used = x.new_tensor([[*(owners == size), size == 0, size == 0, 1] for size in HIDDEN] * 2)
    first, last = (x.new_empty(shape).uniform_(-1, 1, generator=random) for shape in ((len(owners), 3), used.shape))
    starts = first / 2**0.5, used * last / (used.sum(dim=1, keepdim=True) - 1).sqrt()
    layers = [start.repeat(len(RATES), 1, 1).requires_grad_() for start in starts]
    record = []
    for epoch in range(EPOCHS[-1] + 1):
        if epoch in EPOCHS:
            record.append([layer.detach().clone() for layer in layers])
        for batch in torch.randperm(len(y), generator=random.manual_seed(epoch), device="cpu").split(16):
            scores = _scores(x[:, batch], layers[0], layers[1] * used)  # predict
            loss = cross_entropy(scores, y[batch].expand(len(RATES), len(HIDDEN), -1), reduction="none")  # loss
            loss.mean(dim=-1).sum().backward()  # backward
            with torch.no_grad():
                for layer in layers:
                    layer -= rates * layer.grad  # step
                    layer.grad = None  # reset
    return [torch.stack(layer, dim=1) for layer in zip(*record, strict=True)]


def _scores(x, first, last):
    """The scores of every network for the two classes of each point: shape (..., 2, networks, size)."""
    inputs = torch.cat([x, torch.ones_like(x[:1])])
    units = torch.tanh(first @ inputs)
    return (last @ torch.cat([units, inputs.expand(*units.shape[:-2], -1, -1)], dim=-2)).unflatten(-2, (2, -1))


def _draw_points(ax, places, targets, names, **look):
    """Points with a marker for each class; the names stand right of the panel."""
    for target, (marker, color, _) in enumerate(CLASSES):
        ax.plot(*np.array(places)[:, targets == target], marker, color=color, label=names[target], **look)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, handletextpad=0)


def _region(ax, margin, words):
    """The actors of the region where a margin is above 0, and of the words that stand where it is least and greatest.

    margin: from places, shape (2, size), to the margin of each at every position of the sliders, shape (..., size).
    """
    across, up = (np.linspace(*ends, CELLS) for ends in (ax.get_xlim(), ax.get_ylim()))
    margins = margin(np.reshape(np.meshgrid(across, up), (2, -1)))
    margins = margins.reshape(*margins.shape[:-1], CELLS, CELLS)
    outlines = [_outline(across, up, table) for table in margins.reshape(-1, CELLS, CELLS)]
    longest = np.arange(max(map(len, outlines)))  # the shorter ones stay at their last point
    outlines = np.array([outline[np.minimum(longest, len(outline) - 1)] for outline in outlines])
    x, y = np.moveaxis(outlines.reshape(*margins.shape[:-2], -1, 2), -1, 0)
    yield Actor("region", ax, x, y, "none", 1, fill=drawing.REGION, ground=True)
    inner = np.s_[..., 3:-3, 7:-7]  # where words have room
    for text, sign, (*_, color) in zip(words, (-1, 1), CLASSES, strict=True):
        sure = (sign * margins[inner]).reshape(*margins.shape[:-2], -1)
        places = [values[inner].ravel()[sure.argmax(axis=-1)][..., None] for values in np.meshgrid(across, up)]
        yield Actor(text, ax, *places, color, words=np.where(sure.max(axis=-1, keepdims=True) > 0, text, ""))


def _outline(across, up, margin):
    """A polygon around all places with a margin above 0: ring after ring, each time back to its first point.

    These ways have no area, and the rings of holes turn the other way. Without a ring the polygon is a single point.
    """
    parts, cuts = contour_generator(across, up, margin).filled(0, 1e300)
    rings = [ring for part, ends in zip(parts, cuts, strict=True) for ring in np.split(part, ends[1:-1])]
    rings = rings or [np.array([[across[0], up[0]]])]
    return np.concatenate([piece for ring in rings for piece in (ring, rings[0][:1])])

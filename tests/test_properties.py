"""Every public function with hostile, odd and good arguments: a right answer, or an error that names the argument.

The tables say of each function how it is called well and what holds of every result. Then one argument or two are
drawn anew. `make thorough` draws more of them.
"""

import contextlib
import copy
import importlib
import inspect
import io
import os
import re
from dataclasses import dataclass, field
from functools import cache

import matplotlib
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import test_checks
import test_pictures
from course_labs import Page
from helpers import (
    arguments,
    checks,
    data,
    descent,
    drawing,
    gradients,
    graph,
    judge,
    labs,
    live_figure,
    pictures,
    predictions,
    record,
)
from helpers.drawing import show
from hostile import Mischief, either, kept, mostly_never

EXAMPLES = int(os.environ.get("EXAMPLES", "200"))
MODULES = ("arguments", "data", "descent", "gradients", "graph", "pictures", "judge", "predictions", "drawing", "labs")

HANDFUL = 5
"""So many examples are drawn at a time: the work of hypothesis around them takes longer than most of the calls."""

examples = settings(
    max_examples=EXAMPLES // HANDFUL,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def nothing_else_changes(monkeypatch):
    """What the learner has done is put back, and what all share is as it was after every example together.

    Labs train few rates, for few steps, and draw no stage, which takes longest.
    """
    monkeypatch.setattr(drawing.Picture, "png", lambda stage: b"")
    monkeypatch.setattr(labs, "RATES", labs.RATES[6::10])
    monkeypatch.setattr(labs, "STEPS", 10)
    monkeypatch.setattr(predictions, "_open", {})
    monkeypatch.setattr(judge, "EXERCISES", copy.deepcopy(judge.EXERCISES))
    for part in ("answers", "predictions", "exercises"):
        monkeypatch.setattr(record, part, {})
    settings = {key: value for key, value in matplotlib.rcParams.items() if key != "backend"}
    before = modes()
    yield
    assert modes() == before
    assert settings.items() <= matplotlib.rcParams.items()


def modes():
    random = torch.get_rng_state().tolist()
    return random, torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled(), np.geterr()


# ---- What is called, and what holds of its results ----


@dataclass
class Row:
    """A function with good arguments, each made anew; `right` asserts what holds of every result.

    Of one that is `slow` few calls get past the door. `told` are further names under which an error may name an
    argument; `raises` the errors that are an answer.
    """

    call: object
    good: dict
    right: object = lambda result, **given: None
    slow: bool = False
    told: dict = field(default_factory=dict)
    raises: tuple = ()

    def make(self):
        return {name: copy.deepcopy(value) for name, value in self.good.items()}


def is_finite(*shape):
    def right(result, **given):
        assert np.asarray(result).shape == shape
        assert np.isfinite(np.asarray(result)).all()

    return right


def is_string(result, **given):
    assert isinstance(result, str)


def near(result, expected, scale=1.0):
    """Equal but for rounding; `scale` is how large the numbers are whose difference may come near 0."""
    result, expected = np.asarray(result, dtype=float), np.asarray(expected, dtype=float)
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-9 * scale)


def doubles(values):
    """What an argument holds, by another way than `arguments`: as a NumPy array."""
    if isinstance(values, torch.Tensor):
        values = values.detach().to_dense().double().numpy()
    if isinstance(values, list | tuple):
        values = [doubles(value) for value in values]
    with np.errstate(over="ignore"):  # a longer float than ours
        return np.asarray(values, dtype=np.float64)


def single(value):
    return float(doubles(value))


def floats(result, value, **given):
    near(result, doubles(value))


def right_vector(result, value):
    assert result.dtype == torch.float64 and result.ndim == 1 and len(result) and not result.requires_grad
    floats(result.numpy(), value)


X, Y = np.array([0.0, 0.4, 1.0]), np.array([0.5, 0.7, 0.7])
POINTS = {"x": X, "y": Y}
TRUTH = (0.3, 0.5)
ARGUMENTS = {
    "shown": Row(lambda value: arguments.shown(value), {"value": 1.0}, is_string),
    "number": Row(lambda value: arguments.number("value", value), {"value": 1.0}, floats),
    "count": Row(lambda value: arguments.count("value", value), {"value": 1}, floats),
    "seed": Row(arguments.seed, {"value": 1}, floats, told={"value": "seed"}),
    "text": Row(lambda value: arguments.text("value", value), {"value": "a"}, is_string),
    "line": Row(lambda value: arguments.line("value", value), {"value": "a"}, is_string),
    "flag": Row(lambda value: arguments.flag("value", value), {"value": True}),
    "tensor": Row(lambda value: arguments.tensor("value", value), {"value": torch.ones(2)}),
    "one_of": Row(lambda value: arguments.one_of("value", ["a", "b"], value), {"value": "a"}, is_string),
    "numbers": Row(
        lambda value: arguments.numbers("value", value),
        {"value": [1.0, 2.0]},
        lambda result, value: floats(result.numpy(), value) if not isinstance(value, range) else None,
    ),
    "vector": Row(lambda value: arguments.vector("value", value), {"value": X}, right_vector),
    "points": Row(arguments.points, POINTS, lambda result, x, y: near(result[0].numpy(), doubles(x))),
    "pair": Row(lambda value: arguments.pair("value", value), {"value": TRUTH}, is_finite(2)),
    "pairs": Row(lambda value: arguments.pairs("value", value), {"value": [TRUTH]}),
    "curves": Row(
        lambda **curves: arguments.curves(curves, 1, 2),
        {"one": X, "other": [1.0]},
        lambda result, one, other: near(result["one"], doubles(one)),
    ),
}


def right_line(result, w, b, size, noise, seed):
    x, y = result
    assert x.shape == y.shape == (int(size),)
    assert (np.abs(y - (single(w) * x + single(b))) <= single(noise) * (1 + 1e-9) + 1e-12 * np.abs(y)).all()
    near(data.make_line(w, b, size, noise, seed), result)


DATA = {
    "make_line": Row(data.make_line, {"w": 0.3, "b": 0.5, "size": 4, "noise": 0.1, "seed": 0}, right_line),
    "make_layer": Row(
        data.make_layer,
        {"size": 4, "seed": 0},
        lambda result, size, seed: near(result[2](result[0]).detach().shape, (int(size), 2)),
    ),
}


def right_descent(result, x, y, learning_rates, w, b, steps, momentum):
    x, y, rates = doubles(x), doubles(y), doubles(learning_rates)
    assert result.loss.shape == (int(steps) + 1, len(rates))
    slope, cut = (np.broadcast_to(doubles(start), rates.shape)[:, None] for start in (w, b))
    error = slope * x + cut - y
    with np.errstate(all="ignore"):
        near(result.loss[0], (error**2).mean(axis=1))
        far = np.abs(error).max() + np.abs(slope).max() + np.abs(cut).max()
        scale = 1 + (1 + rates.max()) * (1 + np.abs(x).max()) * far
        near(result.w[1], slope[:, 0] - rates * 2 * (error * x).mean(axis=1), scale)
        near(result.b[1], cut[:, 0] - rates * 2 * error.mean(axis=1), scale)


def right_best(result, x, y):
    x, y = doubles(x), doubles(y)
    w, b = result
    error = w * x + b - y
    scale = np.abs(y).max() + abs(w) * np.abs(x).max()
    assert abs(error.mean()) <= 1e-6 * scale
    assert abs((error * (x - x.mean())).mean()) <= 1e-6 * scale * np.abs(x - x.mean()).max() + 1e-300


def right_grid(result, x, y, w, b):
    x, y, w, b = map(doubles, (x, y, w, b))
    assert result.shape == (len(b), len(w))
    near(result[0, -1], ((w[-1] * x + b[0] - y) ** 2).mean())


def right_curvature(result, x, y):
    x = doubles(x)
    near(result.numpy(), [[2 * (x**2).mean(), 2 * x.mean()], [2 * x.mean(), 2]])


def right_limit(result, hessian, momentum):
    steepest = np.linalg.eigvalsh(doubles(hessian)).max()
    near(result * steepest, 2 * (1 + single(momentum)))


def right_runs(result, values, learning_rate, batch_size, start, steps, runs, seed):
    assert result.shape == (int(steps) + 1, int(runs))
    near(result[0], [single(start)] * int(runs))


DESCENT = {
    "descend": Row(
        descent.descend,
        {**POINTS, "learning_rates": [0.1, 0.5, 1.0], "w": -0.3, "b": 0.2, "steps": 2, "momentum": 0.0},
        right_descent,
    ),
    "best_line": Row(descent.best_line, POINTS, right_best),
    "loss_grid": Row(descent.loss_grid, {**POINTS, "w": [0.1, 0.2], "b": [0.3]}, right_grid),
    "curvature": Row(descent.curvature, POINTS, right_curvature),
    "stability_limit": Row(
        descent.stability_limit, {"hessian": torch.tensor([[5.0, 2.0], [2.0, 8.0]]), "momentum": 0.5}, right_limit
    ),
    "noisy_descent": Row(
        descent.noisy_descent,
        {"values": X, "learning_rate": 0.1, "batch_size": 2, "start": 0.5, "steps": 2, "runs": 3, "seed": 0},
        right_runs,
    ),
}

PARAMETER = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)


def nudged(function, parameter, h):
    """With a loss that reads the parameter, unless another is drawn."""
    own = (lambda: (parameter**2).sum()) if function is None else function
    return gradients.central_difference(own, parameter, h)


def right_slopes(result, function, parameter, h):
    assert result.shape == parameter.shape and result.dtype == parameter.dtype
    if function is None and parameter.dtype == torch.float64 and h == 1e-4:
        near(result.numpy(), 2 * parameter.detach().numpy())


GRADIENTS = {
    "central_difference": Row(
        nudged,
        {"function": None, "parameter": PARAMETER, "h": 1e-4},
        right_slopes,
        told={"parameter": "parameter|function", "h": "h|function"},
        raises=(Mischief, IndexError),  # the function's own
    ),
    "side_by_side": Row(
        gradients.side_by_side,
        {"tolerance": 1e-5, "one": torch.ones(3), "other": torch.tensor([1.0, 1.0, 1.5])},
        lambda result, **given: is_string(result) or near(len(result.splitlines()) > 1, 1),
    ),
}


def loss_of(*leaves):
    return sum((leaf**2).sum() for leaf in leaves)


def traced():
    w = torch.ones(2, requires_grad=True)
    return graph.trace(loss_of(w), w=w)


def traced_by_name(tensor, w):
    """The graph of a loss of w, unless another tensor is drawn."""
    given = w if isinstance(w, torch.Tensor) and w.is_leaf and w.requires_grad else torch.ones(2, requires_grad=True)
    return graph.trace(loss_of(given) if tensor is None else tensor, w=w)


def right_graph(result, **given):
    assert [result.nodes[0].depth, *(end > start for start, end in result.edges)] == [0] + [True] * len(result.edges)


GRAPH = {
    "trace": Row(traced_by_name, {"tensor": None, "w": PARAMETER}, right_graph),
    "count_nodes": Row(
        lambda tensor: graph.count_nodes(loss_of(PARAMETER) if tensor is None else tensor),
        {"tensor": None},
        lambda result, **given: near(result >= 1, 1),
    ),
    "text_tree": Row(graph.text_tree, {"graph": traced()}, is_string),
    "describe": Row(graph.describe, {"node": traced().nodes[0]}, is_string),
}


def right_picture(result, **given):
    picture = result[0] if isinstance(result, tuple) else result
    assert isinstance(picture, drawing.Picture)
    assert picture.alt.endswith(".")
    assert not re.search(r"\b(nan|inf)\b|array\(|tensor\(", picture.alt)
    if EXAMPLES > 200:
        picture.png()


def picture(name):
    """The row of a picture, from its example in test_figures, with three points where it takes points."""
    function = getattr(pictures, name)
    args, kwargs = test_pictures.EXAMPLES[name]
    if name == "five_words":
        return Row(lambda opened: function(opened), {"opened": "loss"}, right_picture, slow=True)
    good = {**dict(zip(inspect.signature(function).parameters, args, strict=False)), **kwargs}
    if good.get("x") is test_pictures.X:
        good |= POINTS
    return Row(function, good, right_picture, slow=True)


FIGURES = {name: picture(name) for name in test_pictures.EXAMPLES}
FIGURES["autograd_graphs"].told = dict.fromkeys(FIGURES["autograd_graphs"].good, "graphs")


def right_verdict(result, **given):
    assert result == "Right." or result.startswith("Not yet")
    assert result.endswith((".", "?"))


JUDGE = {
    "exercise": Row(judge.exercise, {"notebook": "00"}, lambda result, notebook: near(callable(result), 1)),
    "judge": Row(
        lambda answer, truth, mistake: judge.judge(answer, truth, (mistake, "a mistake")),
        {"answer": 1.0, "truth": 2.0, "mistake": torch.ones(2)},
        right_verdict,
        raises=(judge.Verdict,),
    ),
    "looks_like": Row(judge.looks_like, {"sentence": "a mistake"}, right_verdict),
    "closed": Row(judge.closed, {"sentence": "so it is"}, is_string),
    "as_numbers": Row(
        judge.as_numbers,
        {"answer": [1.0, 2.0]},
        lambda result, answer: is_finite(*result.shape)(result.numpy()),
        raises=(judge.Verdict,),
    ),
    "result_of": Row(
        lambda function: judge.result_of(function, torch.ones(2)), {"function": torch.sum}, raises=(judge.Verdict,)
    ),
}


def right_card(result, **given):
    assert isinstance(result, predictions.Card)


PREDICTIONS = {
    "ask": Row(predictions.ask, {"key": "dtype_from_numpy"}, right_card),
    "tell": Row(predictions.tell, {"key": "dtype_from_numpy", "happened": 3.0}, right_card),
    "closing": Row(predictions.closing, {"notebook": "00"}, right_card),
}


class Small(drawing.Picture):
    """A picture that is quickly drawn, and can be copied."""

    alt = "Nothing."

    def __init__(self):
        super().__init__(0.2, "none")

    def __deepcopy__(self, memo):
        return Small()


SHOW = {
    "show": Row(show, {"picture": Small()}),
}

START = {"w": -0.3, "b": 0.2}
SLIDER = live_figure.Slider("rate", (0.1, 0.2, 0.4), 0.1)


def right_lab(result, **given):
    assert isinstance(result, live_figure.LiveFigure)
    page = Page(result)
    ends = [page.readout(at) for at in np.ndindex(*[2] * len(page.sizes))]
    assert not re.search(r"\b(nan|inf)\b", " ".join([page.scene["alt"], *ends]))


@cache
def figure():
    """A live figure of our own, with one slider."""
    picture, _ = drawing.panels(1, "One panel")
    picture.alt = "A panel."
    return live_figure.LiveFigure(live_figure.Scene(picture, [], [""], {}), [SLIDER])


def set_value(value):
    """What a live figure says after its value was set."""
    figure().value = value
    return figure().value


def set_slider(rate):
    return set_value({"rate": rate})


def right_value(result, **given):
    assert result["rate"] in SLIDER.values


LABS = {
    "hand_fit": Row(labs.hand_fit, {**POINTS, "goal": 0.0015, "blind": False}, right_lab, slow=True),
    "learning_rate": Row(labs.learning_rate, {**POINTS, "truth": TRUTH, **START}, right_lab, slow=True),
    "learning_rate_and_noise": Row(labs.learning_rate_and_noise, {"truth": TRUTH, **START}, right_lab, slow=True),
    "explore": Row(labs.explore, {**POINTS, "truth": TRUTH, **START, "steps": 2}, right_lab, slow=True),
    "momentum": Row(labs.momentum, {**POINTS, "truth": TRUTH, **START, "steps": 2}, right_lab, slow=True),
    "data_and_answer": Row(labs.data_and_answer, {"truth": TRUTH, "draws": 3}, right_lab, slow=True),
    "handfuls": Row(labs.handfuls, {"values": X, "runs": 2, "steps": 2}, right_lab, slow=True),
    "LiveFigure.value": Row(set_value, {"value": {"rate": 0.2}}, right_value),
    "LiveFigure.value of a slider": Row(set_slider, {"rate": 0.2}, right_value),
    "Slider.nearest": Row(
        SLIDER.nearest, {"value": 0.2}, lambda result, value: near(result in (0, 1, 2), 1), told={"value": "rate"}
    ),
}

ROWS = {
    f"{module}.{name}": row
    for module, table in zip(
        MODULES,
        (ARGUMENTS, DATA, DESCENT, GRADIENTS, GRAPH, FIGURES, JUDGE, PREDICTIONS, SHOW, LABS),
        strict=True,
    )
    for name, row in table.items()
}
PARTS = {
    "arguments.a",
    "arguments.finite",
    "arguments.room",
    "drawing.panels",
    "drawing.limits",
    "drawing.lowest_place",
    "drawing.loss_of",
    "drawing.draw_box",
    "drawing.draw_table",
    "drawing.frame_map",
    "drawing.note",
    "drawing.draw_arrow",
    "drawing.draw_data",
    "drawing.draw_line",
    "drawing.draw_losses",
    "drawing.draw_map",
    "drawing.mark_lowest",
    "drawing.mark_start",
}
"""Parts of the public functions, which give them what they have checked."""


def test_every_public_function_has_a_row():
    public = {
        f"{name}.{key}"
        for name in MODULES
        for key, value in vars(importlib.import_module(f"helpers.{name}")).items()
        if inspect.isfunction(value) and value.__module__ == f"helpers.{name}" and not key.startswith("_")
    }
    assert public - PARTS == {name for name in ROWS if name.count(".") == 1}


def drawn(names, slow=False):
    """Which arguments are replaced, and by what: one as a rule, now and then two by the same, now and then none."""
    one, two, none = [(name,) for name in names], [tuple(names)[:2]], [] if slow else [()]
    several = one * (12 // len(one))
    changes = st.tuples(st.sampled_from([*several, *none, *two, *several]), mostly_never if slow else either)
    return st.tuples(*[changes] * HANDFUL)


@pytest.mark.filterwarnings("ignore:Glyph")  # a font does not hold every sign of every script
@pytest.mark.parametrize("name", ROWS)
def test_a_right_answer_or_an_error_that_names_the_argument(name):
    row = ROWS[name]

    @examples
    @given(drawn(row.good, row.slow))
    def handful(changes):
        for change in changes:
            event(tried(row, *change))

    handful()


def tried(row, changed, value):
    """Call a function with some arguments changed, assert what holds of every call, and tell how it ended."""
    given = {**row.make(), **dict.fromkeys(changed, value)}
    before, random = list(map(kept, given.values())), np.random.get_state()[1].tobytes()
    outcome = "returned"
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            result = row.call(**given)
    except row.raises:
        outcome = "refused"
    except (TypeError, ValueError) as error:
        assert_named(str(error), changed, row)
        outcome = "refused"
    else:
        row.right(result, **given)
    assert list(map(kept, given.values())) == before
    assert np.random.get_state()[1].tobytes() == random
    return outcome


def assert_named(message, changed, row):
    told = [row.told.get(name, name) for name in changed]
    assert any(re.search(rf"\b({name})\b", message) for name in told), message
    assert re.search(r"\bmust\b|has no", message), message
    assert len(message) < 900


# ---- The checks ----


@pytest.mark.parametrize("name", test_checks.NAMES)
def test_a_check_says_one_sentence_whatever_it_is_given(name):
    check, size = getattr(checks, name), test_checks.arity(name)
    known = test_checks.RIGHT.get(name) or [np.asarray(test_checks.TRUTHS[name])]

    @examples
    @given(drawn(range(size)))
    def handful(changes):
        for changed, value in changes:
            answers = list(test_checks.arguments(copy.deepcopy(known[0])))
            for place in changed:
                answers[place] = value
            event(said(name, check, answers, changed))

    handful()


def said(name, check, answers, changed):
    """What a check says, after what holds of every verdict; the answers are right, but for those changed."""
    before, random = list(map(kept, answers)), np.random.get_state()[1].tobytes()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert check(*answers) is None
    verdict = output.getvalue().rstrip("\n").replace("\n", " ")
    assert re.fullmatch(r"Right\.|Not yet[:.] .*[.?]|Not answered yet: .*\.", verdict), verdict
    assert changed or verdict == "Right."
    assert verdict != "Right." or not changed or is_near(name, answers)
    assert list(map(kept, answers)) == before
    assert np.random.get_state()[1].tobytes() == random
    return re.split("[.:]", verdict)[0]


def is_near(name, answers):
    """Whether numbers that were drawn happen to be the right ones."""
    truth = {**test_checks.TRUTHS, "own_descent": [-0.7, 0.2]}.get(name)
    return truth is not None and np.allclose(np.squeeze([doubles(answer) for answer in answers]), truth, 0.06, 0.03)

"""Every public function with hostile, odd and good arguments: a right result, or an error that names the argument.

`make thorough` draws more of them.
"""

import contextlib
import functools
import inspect
import io
import os
import re

import matplotlib
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_labs import Page
from helpers import checks, data, descent, drawing, gradients, graph, labs, pictures, predictions
from hostile import Mischief, either, kept, never, odd

MODULES = [data, descent, gradients, graph, drawing, pictures, labs, predictions]
EXAMPLES = int(os.environ.get("EXAMPLES", "120"))
HANDFUL = 5
"""So many calls are drawn at a time: the work of hypothesis around them takes longer than most of the calls."""

examples = settings(
    max_examples=EXAMPLES // HANDFUL,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def shared_state_stays(monkeypatch):
    """What all share is as it was after every example together. Labs are small here, and draw no stage."""
    monkeypatch.setattr(drawing.Picture, "png", lambda stage: b"")
    monkeypatch.setattr(labs.lines, "RATES", labs.lines.RATES[6::10])
    for module, name in ((labs.lines, "STEPS"), (labs.optimizers, "STEPS"), (labs.optimizers, "SETTLING")):
        monkeypatch.setattr(module, name, 10)
    monkeypatch.setattr(labs.networks, "EPOCHS", (0, 2))
    before = modes()
    yield
    assert modes() == before


def modes():
    random = torch.get_rng_state().tolist(), np.random.get_state()[1].tolist()
    style = {key: value for key, value in matplotlib.rcParams.items() if key != "backend"}
    return random, torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr(), style


# ---- A good call of each function: its own values, or else those of its arguments' names ----

X, Y = np.array([0.0, 0.4, 1.0]), np.array([0.5, 0.7, 0.7])
LEAF = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
LOSS = (LEAF**2).sum()
GRAPH = graph.trace(LOSS, w=LEAF)
CURVE = [1.0, 0.5, 0.2]
NUMBER = next(key for key, question in predictions.QUESTIONS.items() if not question.options)
SMALL = drawing.Picture(0.2, "none")
SMALL.alt = "Nothing."


class Recorded:
    """A number of notebook 06's kind."""

    def __init__(self, data):
        self.data, self.inputs, self.grad = data, (), 0.0


def first(w):
    return first(w[0]) if isinstance(w, list) else w


GOOD = {"x": X, "y": Y, "w": -0.3, "b": 0.2, "truth": (0.3, 0.5), "size": 4, "noise": 0.1, "seed": 0, "steps": 2}
GOOD |= {"learning_rates": [0.1, 0.5], "momentum": 0.5}
GOOD |= {"hessian": torch.tensor([[5.0, 2.0], [2.0, 8.0]]), "values": X}
GOOD |= {"function": lambda: (LEAF**2).sum(), "parameter": LEAF, "h": 1e-4, "tensor": LOSS}
GOOD |= {"lines": [(0.3, 0.5)], "places": [(0.3, 0.5)], "arrows": [(0.1, 0.2)], "goal": 0.0015}
GOOD |= {"title": "A title", "ylabel": "loss", "xlabel": "step", "opened": "loss", "dotted": [0.1]}
GOOD |= {"picture": SMALL, "traced": GRAPH, "blind": False}
GOOD |= {"key": NUMBER, "happened": 3.0, "notebook": "00", "weight": [[0.5], [2.0]], "bias": [0.1, 0.2]}
GOOD |= {"points": [(0, 1, 1)], "records": np.ones((2, 3, 18))}
GOOD |= {"notes": {"low": (1, 0.5)}, "arrow": True, "names": "A"}
GOOD |= {"calculation": first, "number": Recorded, "backward": lambda last: None, "last": Recorded(0.5)}
GOOD |= {"arrived": {}}
TWO = {"one": CURVE, "other": CURVE}
NAMED = {"names": {"w": LEAF}, "curves": TWO}
NAMED |= {"rules": {"own": lambda p, state, lr: p.sub_(lr * p.grad)}}
NAMED |= {"places": {"A": (0.3, 0.5)}, "games": {"one": labs.hand_fit(X, Y, 0.01)}}
NAMED |= {"start": {"w": 1.5}, "values": {"w": Recorded(0.5)}}
OWN_CODE = {"function", "calculation", "number", "backward"}
OWN = {
    "curves": {"x": [0.1, 0.2, 0.4]},
    "loss_grid": {"w": [0.1, 0.2], "b": [0.3]},
    "layer_shapes": {"x": [[1.0], [2.0]]},
    "boundary": {"x": [[0.1, 0.2], [-1.0, 1.0]], "y": [0, 1], "x_valid": [[0.5, 0.0]], "y_valid": [1]},
}


def is_door(function):
    return function.__code__.co_qualname == "checked.<locals>.guarded"


FUNCTIONS = {
    f"{module.__name__.removeprefix('helpers.')}.{name}": function
    for module in MODULES
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__.startswith(module.__name__) and not name.startswith("_")
    if (module is not drawing or is_door(function)) and name != "drawn"  # the parts of which pictures are made
    if inspect.signature(function).parameters
}


def good_call(function):
    """Good arguments, each under a name, and the function that takes them in this form."""
    arguments, words = {}, []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            arguments |= NAMED[name]
        else:
            arguments[name] = {**GOOD, **OWN.get(function.__name__, {})}[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            words.append(name)
    return arguments, lambda **given: function(*[given.pop(word) for word in words], **given)


# ---- What holds of the results ----


near = functools.partial(np.testing.assert_allclose, rtol=1e-6, atol=1e-9)


def doubles(values):
    """What an argument holds, by another way than `arguments`: as a NumPy array."""
    if isinstance(values, list | tuple):
        values = [doubles(value) for value in values]
    return np.asarray(values.detach().double() if isinstance(values, torch.Tensor) else values, dtype=np.float64)


def right_best(result, x, y):
    (w, b), x, y = result, doubles(x), doubles(y)
    error, scale = w * x + b - y, 1 + np.abs(y).max() + abs(w) * np.abs(x).max()
    assert abs(error.mean()) <= 1e-6 * scale
    assert abs((error * (x - x.mean())).mean()) <= 1e-6 * scale * np.abs(x - x.mean()).max() + 1e-300


def right_grid(result, x, y, w, b):
    x, y, w, b = map(doubles, (x, y, w, b))
    assert result.shape == (len(b), len(w))
    near(result, ((w[:, None] * x + b[:, None, None] - y) ** 2).mean(axis=-1))


def right_picture(result, **given):
    assert isinstance(result, drawing.Picture)
    assert result.alt.endswith(".")
    assert not re.search(r"\b(nan|inf)\b|array\(|tensor\(", result.alt)


def right_lab(result, **given):
    page = Page(result)
    ends = [page.readout(at) for at in np.ndindex(*[2] * len(page.sizes))]
    assert not re.search(r"\b(nan|inf)\b", " ".join([page.scene["alt"], *ends]))


RIGHT = {
    "descent.best_line": right_best,
    "descent.loss_grid": right_grid,
    "pictures": right_picture,
    "labs": right_lab,
    "labs.moves": lambda result, **games: None,
}


# ---- The promise ----


def test_every_public_function_checks_its_arguments():
    unchecked = {name for name, function in FUNCTIONS.items() if not is_door(function)}
    assert unchecked == {"predictions.ask", "predictions.tell", "predictions.closing"}  # a key says what may happen


@pytest.mark.filterwarnings("ignore:Glyph")  # a font does not hold every character of every script
@pytest.mark.parametrize("name", FUNCTIONS)
@examples
@given(st.data())
def test_result_is_right_or_error_names_the_argument(name, data):
    good, call = good_call(FUNCTIONS[name])
    module = name.split(".")[0]
    slow = module in ("pictures", "labs")
    right = RIGHT.get(name) or RIGHT.get(module) or (lambda result, **given: None)
    values = st.sampled_from([never] * 9 + [odd]).flatmap(lambda values: values) if slow else either
    for _ in range(HANDFUL):
        changed = data.draw(st.lists(st.sampled_from(list(good)), min_size=slow, max_size=2, unique=True))
        holds(call, good | dict.fromkeys(changed, data.draw(values)), changed, right)


def holds(call, arguments, changed, right):
    """Call a function, and assert what holds of every call."""
    before = list(map(kept, arguments.values()))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            result = call(**arguments)
    except (Mischief, IndexError) as error:
        assert OWN_CODE & {*changed}, error  # it is the learner's own that raised
    except (TypeError, ValueError) as error:
        names = {key for name in changed if isinstance(arguments[name], dict) for key in arguments[name]} | {*changed}
        own = OWN_CODE & {*changed} and re.search("argument|object", str(error))  # Python's words, for the learner's
        assert own or any(re.search(rf"\b{name}\b", str(error)) for name in names), error
        assert own or re.search(r"\bmust\b", str(error)), error
        assert len(str(error)) < 900
    else:
        right(result, **arguments)
    assert list(map(kept, arguments.values())) == before


@pytest.mark.parametrize("name", checks.__all__)
@examples
@given(st.data())
def test_check_prints_one_verdict_whatever_it_gets(name, data):
    check = getattr(checks, name)
    for _ in range(HANDFUL):
        answers = [data.draw(either) for _ in inspect.signature(check).parameters]
        before, output = list(map(kept, answers)), io.StringIO()
        with contextlib.redirect_stdout(output):
            assert check(*answers) is None
        verdict = output.getvalue().rstrip("\n").replace("\n", " ")
        assert re.fullmatch(r"Right\.|Not yet[:.] .*[.?]|Not answered yet: .*\.", verdict), verdict
        assert check.passed is (verdict == "Right.")
        assert list(map(kept, answers)) == before

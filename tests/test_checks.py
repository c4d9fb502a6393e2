"""Each check: right answers in every form are right, each known mistake gets its own hint, and nothing raises."""

import inspect
import math

import numpy as np
import pytest
import torch

from helpers import checks, make_line

RIGHT = "Right.\n"
X, Y = make_line(noise=0.05)
ERROR = 0.2 * X + 0.6 - Y

ROWS = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
WEIGHT, BIAS = np.array([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]]), np.array([0.1, -0.2])
OUTPUT = np.array([[-1.4, 0.8], [5.1, -1.7]])  # worked out on paper


def gradients_of_the_bias():
    """Autograd's own gradient, and the error it comes from; the random numbers of the tests are left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        x, y, linear = torch.randn(10, 3), torch.randn(10, 2), torch.nn.Linear(3, 2)
    y_hat = linear(x)
    ((y_hat - y) ** 2).mean().backward()
    return linear.bias.grad.numpy(), (y_hat - y).detach().numpy()


BIAS_GRADIENT, LAYER_ERROR = gradients_of_the_bias()

OWN_X, OWN_Y = make_line(w=-0.7, b=0.2, size=50, noise=0.01, seed=1)
OWN_W, OWN_B = np.polyfit(OWN_X, OWN_Y, 1)

CURVATURES = np.linalg.eigvalsh([[3.0, 1.0], [1.0, 3.0]])

TRUTHS = {
    "loss_of_a_guess": (ERROR**2).mean(),
    "layer_output": OUTPUT,
    "bias_gradient": BIAS_GRADIENT,
    "step_by_hand": np.array([0.3, -0.6]),
    "largest_rate": np.array(0.5),
}
MISTAKES = {
    "loss_of_a_guess": {
        "plain mean of the errors": ERROR.mean(),
        "square of the mean error": ERROR.mean() ** 2,
        "sum over all points": (ERROR**2).sum(),
        "mean distance": np.abs(ERROR).mean(),
        "square root of the loss": np.sqrt((ERROR**2).mean()),
        "is not the number": (ERROR**2).mean() * 1.01,
        "should have the shape ()": ERROR**2,
    },
    "layer_output": {
        "without the bias": ROWS @ WEIGHT.T,
        "bias subtracted": ROWS @ WEIGHT.T - BIAS,
        "down the columns": ROWS @ WEIGHT.T + BIAS[:, None],
        "rows and columns exchanged": OUTPUT.T,
        "the other way round": WEIGHT @ ROWS.T + BIAS,
        "look at the entries [0, 1].": OUTPUT + np.array([[0, 1], [0, 0]]),
        "should have the shape (2, 2), and yours has (4,)": OUTPUT.ravel(),
    },
    "bias_gradient": {
        "wrong sign": -BIAS_GRADIENT,
        "half of it": BIAS_GRADIENT / 2,
        "twice of it": LAYER_ERROR.sum(axis=0) * 2 / 10,
        "plain sum of the errors": LAYER_ERROR.sum(axis=0),
        "the sum:": LAYER_ERROR.sum(axis=0) * 2,
        "entries exchanged": BIAS_GRADIENT[::-1],
        "one number for both": BIAS_GRADIENT.sum(),
        "not summed yet": LAYER_ERROR * 2 / 20,
        "over the outputs": LAYER_ERROR.sum(axis=1) * 2 / 20,
        "look at the entries [0], [1].": BIAS_GRADIENT + 1,
    },
    "step_by_hand": {
        "uphill": [0.7, -1.4],
        "without the learning rate": [-1.5, 3.0],
        "length of the step": [0.2, -0.4],
        "step alone": [-0.2, 0.4],
        "times everything": [-0.15, 0.3],
        "nothing has moved": [0.5, -1.0],
        "look at the entries [1].": [0.3, 0.6],
        "should have the shape (2,), and yours has ()": 0.3,
    },
    "largest_rate": {
        "*smallest* curvature": 2 / CURVATURES[0],
        "half of it": 1 / CURVATURES[1],
        "the fastest rate": 2 / CURVATURES.sum(),
        "a number on the diagonal": 2 / 3,
        "largest curvature itself": CURVATURES[1],
        "limits of both directions": 2 / CURVATURES,
        "is not the number": 0.499,
        "should have the shape (), and yours has (2,)": CURVATURES,
    },
}
HOSTILE = [
    "0.5",
    b"0.5",
    object(),
    {},
    {"w": 1.0},
    {1.0, 2.0},
    [],
    [[1.0], [2.0, 3.0]],
    [None, ...],
    np.array(["a", "b"]),
    np.array([None]),
    np.zeros(10_000_000),
    math.nan,
    -math.inf,
    np.full(2, math.nan),
    10**400,
    1 + 2j,
    True,
    torch.ones(2, device="meta"),
    torch.ones(2, 2).to_sparse(),
    torch.nn.Linear(2, 2),
    print,
    float,
]
HOSTILE_NAMES = [f"{type(value).__name__}-{number}" for number, value in enumerate(HOSTILE)]


@pytest.fixture
def verdict(capsys):
    """The one line that a check prints."""

    def ask(check, *answer):
        assert getattr(checks, check)(*answer) is None
        printed = capsys.readouterr()
        assert printed.err == ""
        assert printed.out.count("\n") == 1
        assert printed.out.endswith(".\n") or printed.out.endswith("?\n")
        return printed.out

    return ask


def test_every_check_is_tested_here():
    public = {name for name, _ in inspect.getmembers(checks, inspect.isfunction) if not name.startswith("_")}
    assert {name for name in public if getattr(checks, name).__module__ == "helpers.checks"} == {
        *TRUTHS,
        "own_descent",
    }


@pytest.mark.parametrize(
    "form",
    [
        torch.as_tensor,
        lambda truth: truth.tolist(),
        np.float32,
        lambda truth: torch.as_tensor(truth, dtype=torch.float64).requires_grad_(),
        lambda truth: np.asarray(truth)[None],
        lambda truth: np.asarray(truth)[..., None],
        lambda truth: np.asarray(truth) * (1 + 1e-6),
    ],
)
@pytest.mark.parametrize("check", TRUTHS)
def test_the_right_answer_in_any_form(check, form, verdict):
    assert verdict(check, form(TRUTHS[check])) == RIGHT


@pytest.mark.parametrize(("check", "hint"), [(check, hint) for check, wrong in MISTAKES.items() for hint in wrong])
def test_a_mistake_gets_its_own_hint(check, hint, verdict):
    told = verdict(check, MISTAKES[check][hint])
    assert told.startswith("Not yet")
    assert [known for known in MISTAKES[check] if known in told] == [hint]


@pytest.mark.parametrize("check", TRUTHS)
@pytest.mark.parametrize("answer", [..., None])
def test_no_answer_is_no_mistake(check, answer, verdict):
    assert verdict(check, answer).startswith("Not answered yet")


@pytest.mark.parametrize("check", TRUTHS)
@pytest.mark.parametrize("answer", HOSTILE, ids=HOSTILE_NAMES)
def test_nothing_raises(check, answer, verdict):
    assert verdict(check, answer).startswith("Not yet")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("0.5", "Not yet: the answer should be numbers, and this is of the type str.\n"),
        (math.nan, "Not yet: the answer holds numbers that are not finite (nan or inf).\n"),
    ],
)
def test_what_is_said_about_other_things(answer, told, verdict):
    assert verdict("step_by_hand", answer) == told


@pytest.mark.parametrize("check", TRUTHS)
def test_a_check_leaves_the_answer_and_the_random_numbers_alone(check, verdict):
    answer = torch.tensor(np.asarray(TRUTHS[check]) + 1)
    torch.manual_seed(123)
    before, state = answer.clone(), torch.random.get_rng_state()
    verdict(check, answer)
    assert torch.equal(answer, before)
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize(
    "form", [float, torch.tensor, np.float32, lambda value: torch.tensor([value]).requires_grad_()]
)
def test_own_descent_takes_what_a_good_loop_finds(form, verdict):
    assert verdict("own_descent", form(OWN_W), form(OWN_B)) == RIGHT
    assert verdict("own_descent", form(OWN_W + 0.019), form(OWN_B - 0.019)) == RIGHT


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((OWN_B, OWN_W), "w and b exchanged."),
        ((0.3, 0.5), "the line of the lesson"),
        ((0.0, 0.0), "still where they started: does each step change w and b?\n"),
        ((-OWN_W, -OWN_B), "wrong sign"),
        ((OWN_W + 0.021, OWN_B + 0.01), "look at the entries [0]."),
        ((OWN_W, OWN_B + 0.5), "look at the entries [1]."),
        ((math.nan, OWN_B), "not finite"),
        (([OWN_W, OWN_W], OWN_B), "w and b should be one number each."),
        (("a", [OWN_W, OWN_B]), "w and b should be one number each."),
    ],
)
def test_own_descent_tells_mistakes_apart(answer, hint, verdict):
    told = verdict("own_descent", *answer)
    assert told.startswith("Not yet")
    assert hint in told


@pytest.mark.parametrize("answer", [(..., ...), (None, OWN_B), (OWN_W, ...)])
def test_own_descent_without_an_answer(answer, verdict):
    assert verdict("own_descent", *answer).startswith("Not answered yet")


@pytest.mark.parametrize("answer", HOSTILE, ids=HOSTILE_NAMES)
def test_own_descent_never_raises(answer, verdict):
    assert verdict("own_descent", answer, OWN_B).startswith("Not yet")
    assert verdict("own_descent", OWN_W, answer).startswith("Not yet")

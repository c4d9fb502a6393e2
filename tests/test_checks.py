"""Each check: right answers in every form are right, each known mistake gets its own hint, and nothing raises."""

import math
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from answers import Args, Several, backward, clinic, descent, forward, rates, start, step
from helpers import checks, judge, record

MODULES = {"00": start, "01": forward, "02": backward, "03": step, "04": descent, "05": rates, "06": clinic}
TRUTHS = {name: truth for module in MODULES.values() for name, truth in module.TRUTHS.items()}
RIGHT = {name: answers for module in MODULES.values() for name, answers in module.RIGHT.items()}
WRONG = {name: answers for module in MODULES.values() for name, answers in module.WRONG.items()}
NAMES = [name for names in judge.EXERCISES.values() for name in names]
FUNCTIONS = [name for name in NAMES if name in RIGHT and all(callable(answer) for answer in RIGHT[name])]
HANDED = {
    "two_sided_slope": [4, 1.655],
    "gradient_by_autograd": [38, -0.784, torch.float64],
    "gradient_by_formula": [18, -1.541, torch.float64],
    "fair_loss": [24, -7.067, torch.float32],
    "update_in_place": [10, 4.482, torch.float64],
    "loop_of_five_words": [132, 96.006, torch.float64],
    "batch_loss": [36, -6.696, torch.float32],
    "layer_loss": [43, 6.141, torch.float32],
    "losses_of_lines": [20, -0.265, torch.float64],
    "best_rate": [13, -3.813, torch.float32],
    "limit_of_the_sum": [8, -5.36, torch.float32],
    "step_in_place": [54, -1.808],
    "one_round": [192, 1.551, torch.float32],
}
"""For each check of a function how many numbers it hands over, their sum, each times the cosine of its place, and the
one type of all tensors among its arguments."""
FORMS = [
    torch.as_tensor,
    lambda truth: truth.tolist(),
    lambda truth: np.asarray(truth, dtype=np.float32),
    lambda truth: torch.as_tensor(truth, dtype=torch.float64).requires_grad_(),
    lambda truth: np.asarray(truth)[None],
    lambda truth: np.asarray(truth)[..., None],
    lambda truth: np.asarray(truth) * (1 + 1e-6),
    lambda truth: torch.as_tensor(truth) + 0j,
    lambda truth: [torch.as_tensor(part) for part in truth] if truth.ndim else [truth],
]
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
    np.zeros(1_000_000),
    math.nan,
    -math.inf,
    np.full(2, math.nan),
    10**400,
    1 + 2j,
    torch.ones(2, 2) + 1j,
    torch.ones(2, device="meta"),
    torch.ones(2, 2).to_sparse(),
    torch.nn.Linear(2, 2),
    len,
    float,
    lambda *given: None,
    lambda *given: math.nan,
    lambda *given: "a word",
    lambda *given: 1 / 0,
    lambda: 0,
]


def arguments(answer):
    return answer if isinstance(answer, Args) else (answer,)


def arity(name):
    """How many things a check is given."""
    known = RIGHT.get(name) or [None]
    return len(arguments(known[0]))


@pytest.fixture
def verdict(capsys):
    """What a check prints, in one line."""

    def ask(name, answer):
        capsys.readouterr()
        assert getattr(checks, name)(*arguments(answer)) is None
        printed = capsys.readouterr()
        assert printed.err == ""
        assert max(map(len, printed.out.split("\n"))) <= judge.WIDTH
        told = " ".join(printed.out.splitlines())
        assert told.endswith((".", "?"))
        return f"{told}\n"

    return ask


def test_every_check_has_its_answers():
    assert {name for module in MODULES.values() for name in module.WRONG} == set(NAMES) == set(checks.__all__)
    assert {*TRUTHS, *RIGHT} == set(NAMES)
    for notebook, module in MODULES.items():
        assert set(module.WRONG) == set(judge.EXERCISES.get(notebook, []))


@pytest.mark.parametrize("name", NAMES)
def test_there_are_enough_answers(name):
    assert name in TRUTHS or len(RIGHT[name]) >= 3
    assert len(WRONG[name]) >= 6


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TRUTHS)
def test_the_right_numbers_in_any_form(name, form, verdict):
    assert verdict(name, form(np.asarray(TRUTHS[name], dtype=float))) == "Right.\n"


@pytest.mark.parametrize(("name", "number"), [(name, i) for name, known in RIGHT.items() for i in range(len(known))])
def test_every_right_answer_is_right(name, number, verdict):
    assert verdict(name, RIGHT[name][number]) == "Right.\n"
    assert verdict(name, RIGHT[name][number]) == "Right.\n", "and again"


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_gets_its_own_hint(name, verdict, monkeypatch):
    """And each mistake that the check knows is met, so that no general sentence stands in for the one made for it."""
    known, told = set(), set()

    def judged(answer, truth, *mistakes, **close):
        known.update(f"{judge.looks_like(sentence)}\n" for _, sentence in mistakes)
        return judge.judge(answer, truth, *mistakes, **close)

    monkeypatch.setattr(sys.modules[getattr(checks, name).__module__], "judge", judged)
    for hint, wrong in WRONG[name].items():
        for answer in wrong if isinstance(wrong, Several) else [wrong]:
            told.add(said := verdict(name, answer))
            assert said.startswith("Not yet"), hint
            assert [piece for piece in WRONG[name] if piece in said] == [hint], said
    assert known - told == set()


@pytest.mark.parametrize("name", [name for name in TRUTHS if np.any(np.asarray(TRUTHS[name]))])
def test_what_no_check_of_numbers_lets_pass(name, verdict):
    truth = np.asarray(TRUTHS[name], dtype=float)
    wrong = {"zeros": truth * 0, "nan": truth * np.nan, "sign": -truth}
    wrong |= {f"{factor} times": truth * factor for factor in (2, 0.5, 10, 0.1, 20, 0.05, 100, 0.01)}
    if truth.ndim == 2 and not (truth.shape == truth.T.shape and np.allclose(truth, truth.T)):
        wrong["transposed"] = truth.T
    told = {kind: verdict(name, answer) for kind, answer in wrong.items()}
    assert [kind for kind, words in told.items() if not words.startswith("Not yet")] == []
    assert len({told["zeros"], told["nan"], told["sign"]}) == 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("answer", [..., None])
def test_no_answer_is_no_mistake(name, answer, verdict):
    assert verdict(name, Args([answer] * arity(name))).startswith("Not answered yet")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_returns_three_dots_is_no_answer(name, verdict):
    assert verdict(name, lambda *given: ...).startswith("Not answered yet")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_raises(name, verdict):
    for answer in HOSTILE:
        assert verdict(name, Args([answer] * arity(name))).startswith("Not yet"), answer


def right_answer(name):
    return RIGHT[name][0] if name in RIGHT else TRUTHS[name]


@pytest.mark.parametrize("name", NAMES)
def test_whoever_overwrote_parts_of_torch_gets_a_sentence(name, verdict, monkeypatch):
    answer = right_answer(name)
    for part in ("sum", "tensor", "as_tensor", "zeros", "stack"):
        monkeypatch.setattr(torch, part, 3.0)
    told = verdict(name, answer)
    assert told == "Right.\n" or told.startswith("Not yet")


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_counted(name, verdict):
    verdict(name, right_answer(name))
    assert record.exercises[name] is True
    verdict(name, Args([...] * arity(name)))
    assert record.exercises[name] is False


@pytest.mark.parametrize("name", TRUTHS)
def test_a_check_leaves_the_answer_and_the_random_numbers_alone(name, verdict):
    answer = torch.as_tensor(np.asarray(TRUTHS[name], dtype=float) + 1)
    torch.manual_seed(123)
    before, state = answer.clone(), torch.random.get_rng_state()
    verdict(name, answer)
    assert torch.equal(answer, before)
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_check_of_a_function_leaves_the_random_numbers_alone(name, verdict):
    torch.manual_seed(123)
    state = torch.random.get_rng_state()
    verdict(name, RIGHT[name][0])
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("0.5", "Not yet: the answer should be numbers, and this is text: leave out the quotation marks.\n"),
        (math.nan, "Not yet: the answer holds numbers that are not finite (nan or inf).\n"),
    ],
)
def test_what_is_said_about_other_things(answer, told, verdict):
    assert verdict("step_by_hand", answer) == told


def numbers_in(given):
    """Every number that a check hands to a function of the learner, in order."""
    for one in given:
        if isinstance(one, torch.nn.Module):
            yield from numbers_in(one.parameters())
        elif isinstance(one, list | tuple | Iterator):
            yield from numbers_in(one)
        elif isinstance(one, torch.Tensor | np.ndarray | int | float):
            yield from torch.as_tensor(one).detach().flatten().tolist()
            if isinstance(one, torch.Tensor) and one.is_leaf and one.grad is not None:
                yield from numbers_in([one.grad])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_check_asks_about_the_numbers_on_which_all_answers_were_tried(name, verdict):
    """On others two mistakes might look the same. After a change on purpose: the new line is in the message."""
    handed, types = [], set()

    def tried(*given):
        handed.extend(numbers_in(given))
        types.update(one.dtype for one in given if isinstance(one, torch.Tensor))
        return RIGHT[name][0](*given)

    assert verdict(name, tried) == "Right.\n"
    places = np.cos(np.arange(len(handed)))
    assert [len(handed), round(float(places @ handed), 3), *types] == HANDED[name]

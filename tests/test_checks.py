"""Each check: right answers in every form are right, each known mistake gets its own hint, and nothing raises."""

import importlib

import numpy as np
import pytest
import torch

from answers import Args, Several
from helpers import checks, judge

ANSWERS = {notebook: importlib.import_module(f"answers.nb{notebook}") for notebook in judge.EXERCISES}
TRUTHS, RIGHT, WRONG = (
    {name: answers for module in ANSWERS.values() for name, answers in getattr(module, table).items()}
    for table in ("TRUTHS", "RIGHT", "WRONG")
)
CHECKS = {name: getattr(checks, name) for name in checks.__all__}
ENTRIES = [name for name, check in CHECKS.items() if check.entry]
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
    lambda truth: (truth[0], *(np.array([part + 0j]) for part in truth[1:])) if truth.ndim else [truth],
]


def arguments(answer):
    return answer if isinstance(answer, Args) else (answer,)


def right_answer(name):
    return RIGHT[name][0] if name in RIGHT else TRUTHS[name]


def nothing(name, answer):
    """An answer that says as little in each of the places that the check has."""
    return Args([answer] * len(arguments(right_answer(name))))


@pytest.fixture
def verdict(capsys):
    """What a check prints, in one line."""

    def ask(name, answer):
        capsys.readouterr()
        assert CHECKS[name](*arguments(answer)) is None
        printed = capsys.readouterr()
        assert printed.err == ""
        assert max(map(len, printed.out.split("\n"))) <= judge.WIDTH
        sentence = " ".join(printed.out.splitlines())
        assert sentence.endswith((".", "?"))
        return sentence

    return ask


@pytest.mark.parametrize("name", CHECKS)
def test_each_exercise_has_independent_right_answers_and_known_mistakes(name):
    assert name in TRUTHS or len(RIGHT[name]) >= 3
    known = CHECKS[name].entry().mistakes if name in ENTRIES else {}
    assert len(known) + len(WRONG.get(name, ())) >= 6


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TRUTHS)
def test_right_numbers_are_right_in_any_form(name, form, verdict):
    assert verdict(name, form(np.asarray(TRUTHS[name], dtype=float))) == "Right."


@pytest.mark.parametrize(("name", "number"), [(name, i) for name, known in RIGHT.items() for i in range(len(known))])
def test_right_answers_by_other_roads_are_right_each_time(name, number, verdict):
    torch.manual_seed(123)
    state = torch.random.get_rng_state()
    assert verdict(name, RIGHT[name][number]) == "Right."
    assert verdict(name, RIGHT[name][number]) == "Right."
    assert torch.equal(torch.random.get_rng_state(), state)
    assert CHECKS[name].passed is True


@pytest.mark.parametrize("name", ENTRIES)
def test_each_known_mistake_gets_its_own_hint(name, verdict):
    for sentence, code in judge.cases(CHECKS[name].entry().mistakes):
        assert verdict(name, code) == str(judge.mistake(sentence))
        assert CHECKS[name].passed is False


@pytest.mark.parametrize("name", WRONG)
def test_each_other_wrong_answer_gets_its_own_sentence(name, verdict):
    for piece, answers in WRONG[name].items():
        for answer in answers if isinstance(answers, Several) else [answers]:
            sentence = verdict(name, answer)
            assert sentence != "Right."
            assert [other for other in WRONG[name] if other in sentence] == [piece], sentence


@pytest.mark.parametrize("name", [name for name in TRUTHS if np.any(np.asarray(TRUTHS[name]))])
def test_wrong_size_sign_and_order_of_right_numbers_are_not_right(name, verdict):
    truth = np.asarray(TRUTHS[name], dtype=float)
    wrong = {"zeros": truth * 0, "nan": truth * np.nan, "sign": -truth}
    wrong |= {f"{factor} times": truth * factor for factor in (2, 0.5, 10, 0.1, 20, 0.05, 100, 0.01)}
    if truth.ndim == 2 and not (truth.shape == truth.T.shape and np.allclose(truth, truth.T)):
        wrong["transposed"] = truth.T
    if truth.ndim == 1 and truth[0] != truth[-1]:
        wrong["order"] = truth[::-1].copy()
    sentences = {kind: verdict(name, answer) for kind, answer in wrong.items()}
    assert [kind for kind, sentence in sentences.items() if not sentence.startswith("Not yet")] == []
    assert len({sentences["zeros"], sentences["nan"], sentences["sign"]}) == 3


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("answer", [..., None])
def test_dots_and_none_are_no_answer(name, answer, verdict):
    assert verdict(name, nothing(name, answer)).startswith("Not answered yet")


@pytest.mark.parametrize("name", CHECKS)
def test_overwritten_parts_of_torch_end_in_a_sentence(name, verdict, monkeypatch):
    answer = right_answer(name)
    for part in ("sum", "tensor", "as_tensor", "zeros", "stack"):
        monkeypatch.setattr(torch, part, 3.0)
    sentence = verdict(name, answer)
    assert sentence == "Right." or sentence.startswith("Not yet")

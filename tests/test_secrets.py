"""No question is answered before it is asked: not by what was printed, nor by the opening, a heading, or its own key.

An answer stands in a text as words or as a number. The words are the text of the right option, up to its first comma
or colon where that part is in no wrong option; or its value. The number is its value, rounded to the digits that the
text shows; one of one or two digits stands in many outputs by chance, and is looked for in the author's words only.
"""

import re

import pytest

import notebooks
from helpers import judge, predictions

ASKED = {key: book for book in notebooks.find() for key in notebooks.ASKED.findall(book.code)}
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w|\.\d)")
SHORT = re.compile(r"-?\d?\.?\d")
HARMLESS = {
    "second_backward": ("(w.grad = None)", "it is what a reset writes; the question is about backward"),
    "a_table_of_ones": ("w = -0.01", "a parameter as it was drawn; the question is about a move"),
}
"""Where the right words give nothing away: the text that has them, and the reason."""


def before(key):
    """The cells before a question."""
    return ASKED[key].cells[: [cell.source for cell in ASKED[key].cells].index(f'predictions.ask("{key}")')]


def right_and_wrong(key):
    """The right option, by what is stored as having happened, or the number that was right; and the wrong options."""
    happened, options = ASKED[key].happened(key), predictions.QUESTIONS[key].options
    number = happened.removesuffix(".")
    right = [option for text, option in options.items() if judge.closed(text) == happened]
    (right,) = right if options else [{"text": number, "value": float(number)}]
    return right, [option for option in options.values() if option is not right]


def has_words(text, words):
    text, words = (" ".join(part.replace("`", "").lower().split()) for part in (text, words))
    return re.search(rf"(?<![\w.]){re.escape(words)}(?!\w|\.\d)", text)


def has_number(text, value):
    numbers = NUMBER.findall(text.replace(",", "")) if isinstance(value, int | float) else []
    long = [number for number in numbers if not SHORT.fullmatch(f"{float(number):g}")]
    return any(float(number) == round(value, len(number.partition(".")[2])) for number in long)


def words(*texts):
    return set(re.findall(r"[a-z]{4,}", " ".join(texts).lower())) - {"that", "than", "then", "this", "what", "with"}


def leaks(key):
    """Every text before a question that holds its answer."""
    cells, (right, wrong) = before(key), right_and_wrong(key)
    part = re.split("[,:] ", right["text"])[0]
    answers = [right["text"] if any(has_words(option["text"], part) for option in wrong) else part]
    answers += [right["value"]] if isinstance(right["value"], str) and right["value"] else []
    titles = [text for _, text in notebooks.headings(cells)]
    opening = [cells[0].source.rpartition("\n")[0], *re.findall("^- .+", cells[1].source, re.MULTILINE)]
    for text in [key.replace("_", " "), *titles, *opening]:
        if any(has_words(text, answer) for answer in answers):
            yield text
    long = [answer for answer in answers if not SHORT.fullmatch(answer)]
    for text in (notebooks.said(output) for cell in cells for output in cell.get("outputs", ())):
        if any(has_words(text, answer) for answer in long) or has_number(text, right["value"]):
            yield text


@pytest.mark.parametrize("key", ASKED)
def test_no_text_before_a_question_holds_its_answer(key):
    assert [text for text in leaks(key) if key not in HARMLESS or HARMLESS[key][0] not in text] == []


@pytest.mark.parametrize("key", HARMLESS)
def test_each_harmless_text_is_one_that_holds_an_answer(key):
    assert any(HARMLESS[key][0] in text for text in leaks(key))


@pytest.mark.parametrize("key", ASKED)
def test_no_word_of_key_or_heading_is_in_the_right_option_alone(key):
    right, wrong = right_and_wrong(key)
    alone = words(right["text"]) - words(*(option["text"] for option in wrong))
    _, heading = notebooks.headings(before(key))[-1]
    assert alone & words(key.replace("_", " "), heading) == set()

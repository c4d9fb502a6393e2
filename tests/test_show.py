"""The three forms of a picture: HTML with an alt text, a PNG, and the alt sentence."""

import base64
import html.parser
import io
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers import figures, show
from helpers.show import bundle, png


@pytest.fixture
def picture():
    picture, (ax,) = figures.panels(2, "A title")
    ax.plot([0, 1], [0, 1], color=figures.LOSS)
    picture.alt = 'Loss < 0.5 & "w" > 1 <b>'
    return picture


def attributes(markup):
    """The attributes of each tag in the markup, as a browser reads them."""
    found = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, pairs):
            found.append((tag, dict(pairs)))

    Reader().feed(markup)
    return found


def test_a_bundle_has_three_forms(picture):
    forms = bundle(picture)
    assert set(forms) == {"text/html", "image/png", "text/plain"}
    assert forms["text/plain"] == picture.alt


def test_the_alt_sentence_survives_the_markup(picture):
    ((tag, image),) = attributes(bundle(picture)["text/html"])
    assert tag == "img"
    assert image["alt"] == picture.alt
    assert image["width"] == "900"


def test_both_pictures_are_the_same_png(picture):
    forms = bundle(picture)
    source = attributes(forms["text/html"])[0][1]["src"]
    assert source == "data:image/png;base64," + forms["image/png"]
    assert base64.b64decode(forms["image/png"]) == png(picture)


def test_the_png_is_sharp_and_small_and_shows_the_colours(picture):
    image = Image.open(io.BytesIO(png(picture)))
    assert image.size == (1440, 320)
    assert image.mode == "P"
    colours = image.convert("RGB").getcolors(1 << 20)
    assert max(colours)[1] == (255, 255, 255)
    orange = tuple(bytes.fromhex(figures.LOSS[1:]))
    assert any(max(abs(a - b) for a, b in zip(colour, orange, strict=True)) <= 4 for _, colour in colours)


def test_the_png_has_128_colours_at_most(picture):
    (ax,) = picture.axes
    ax.imshow(np.random.default_rng(0).random((40, 40, 3)), aspect="auto", extent=(0, 1, 0, 1))
    pixels = np.asarray(Image.open(io.BytesIO(png(picture))).convert("RGB"))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) == 128


def test_show_displays_the_bundle(picture, monkeypatch):
    shown = []
    monkeypatch.setattr(sys.modules["helpers.show"], "display", lambda data, raw: shown.append((data, raw)))
    assert show(picture) is None
    assert shown == [(bundle(picture), True)]


@pytest.mark.parametrize("bad", ["picture.png", None, Figure()])
def test_only_a_picture_is_shown(bad):
    with pytest.raises(TypeError, match="picture must be a Picture") as told:
        show(bad)
    assert str(told.value).endswith(f"not {bad!r}")


def test_no_picture_without_a_sentence(picture):
    picture.alt = ""
    with pytest.raises(ValueError, match="picture has no alt"):
        show(picture)

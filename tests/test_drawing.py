"""What every picture is drawn from, and the three forms in which it is shown: HTML with alt text, PNG, the sentence."""

import html
import io
import re

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import same_color
from PIL import Image

from helpers import drawing, make_line
from notebooks import ROOT

X, Y = make_line(noise=0.05)
BEST = np.polyfit(X, Y, 1)


@pytest.fixture
def picture():
    picture, (ax,) = drawing.panels(2, "A title")
    ax.plot([0, 1], [0, 1], color=drawing.LOSS)
    return picture.saying('Loss < 0.5 & "w" > 1 <b>')


def test_alt_text_is_escaped(picture):
    alt = re.search(r'<img alt="([^"<>]+)" ', picture.bundle()["text/html"]).group(1)
    assert html.unescape(alt) == picture.alt


def test_png_is_sharp_and_small_and_shows_the_colours(picture):
    image = Image.open(io.BytesIO(picture.png()))
    assert (image.size, image.mode) == ((1440, 320), "P")
    colours = image.convert("RGB").getcolors(1 << 20)
    assert len(colours) <= 128 and max(colours)[1] == (255, 255, 255)
    orange = tuple(bytes.fromhex(drawing.LOSS[1:]))
    assert any(max(abs(a - b) for a, b in zip(colour, orange, strict=True)) <= 4 for _, colour in colours)


def test_pictures_are_white_and_write_out_numbers_and_dollars():
    with matplotlib.rc_context({"figure.facecolor": "black"}):
        picture, (ax,) = drawing.styled(drawing.panels)(2, "from $1 to $2")
    ax.plot([100.001, 100.002])
    assert same_color(picture.get_facecolor(), "white")
    picture.png()
    assert ax.yaxis.get_offset_text().get_text() == "", "no + 1e2 at the top of the axis"
    assert not ax._left_title.get_parse_math()


def test_only_drawing_knows_a_colour():
    files = [path for path in (ROOT / "helpers").iterdir() if path.suffix in (".py", ".css", ".js")]
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(")
    assert [path.name for path in files if colour.search(path.read_text("utf-8"))] == ["drawing.py"]


def test_page_gets_every_colour_that_its_css_uses():
    used = re.findall(r"var\(--(line|gradient|path|edge)\)", "".join(p.read_text() for p in ROOT.glob("helpers/*.css")))
    assert set(used) == set(re.findall(r"--(\w+): #", drawing.CSS))


def test_each_contour_of_the_map_runs_at_its_own_loss():
    _, (ax,) = drawing.panels(4, "map")
    contours = drawing.draw_map(ax, X, Y, (0.3, 0.5))
    paths = zip(contours.levels, contours.get_paths(), strict=True)
    places = [(level, place) for level, path in paths for place in path.vertices]
    assert len(places) > 500
    for level, (w, b) in places:
        assert ((w * X + b - Y) ** 2).mean() == pytest.approx(level, rel=0.05)


@pytest.mark.parametrize(("w", "b", "centre"), [(0.3, 0.5, (0.3, 0.5)), (0.9, -0.1, (0.3, 0.5)), (2, -1, (2, -1))])
def test_maps_have_one_extent_and_equal_scales_but_for_a_lowest_place_outside(w, b, centre):
    picture, (ax,) = drawing.panels(4, "map")
    drawing.draw_map(ax, X, w * X + b)
    picture.png()
    assert [*ax.get_xlim(), *ax.get_ylim()] == pytest.approx(np.add(np.repeat(centre, 2), [-1.1, 1.1, -0.75, 0.75]))
    assert ax.bbox.width / ax.bbox.height == pytest.approx(2.2 / 1.5)


@pytest.mark.parametrize(("w", "side"), [(0.1, "left"), (0.95, "right")])
def test_label_of_a_start_stays_inside_its_panel(w, side):
    _, (ax,) = drawing.panels(3, "A title")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    drawing.mark_start(ax, (w, 0.5))
    assert [text.get_ha() for text in ax.texts] == [side]

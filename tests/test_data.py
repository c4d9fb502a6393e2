"""`make_line` against the distribution that its docstring promises, `penguins` against the file that it names."""

import hashlib
import re
from collections import Counter

import numpy as np
import pytest

import notebooks
from helpers import make_line, mystery_line, penguins

MANY = 100_000


@pytest.mark.parametrize("noise", [0.01, 0.05, 2.0])
def test_noise_is_even_bounded_and_leaves_the_promised_loss(noise):
    x, y = make_line(size=MANY, noise=noise)
    off = (y - (0.3 * x + 0.5)) / noise
    assert 0.999 < np.abs(off).max() <= 1 + 1e-12
    assert (off**2).mean() == pytest.approx(1 / 3, rel=0.01)
    assert off.mean() == pytest.approx(0, abs=0.01)
    assert np.corrcoef(off, x)[0, 1] == pytest.approx(0, abs=0.02)


def test_the_points_are_drawn_by_numpy_first_all_x_then_the_noise():
    random = np.random.default_rng(4)
    x, noise = random.uniform(0, 1, 5), random.uniform(-0.2, 0.2, 5)
    drawn_x, y = make_line(w=2, b=1, size=5, noise=0.2, seed=4)
    assert np.array_equal(drawn_x, x)
    assert y == pytest.approx(2 * x + 1 + noise)
    assert not np.isclose(make_line(size=5, seed=5)[0], x).any()
    assert np.array_equal(make_line(), make_line(0.3, 0.5, 100, 0.01, 0)), "the line of the course"
    assert np.array_equal(mystery_line(), make_line(0.9, -0.1, noise=0.05, seed=7))


def test_penguins_are_those_of_the_file_that_the_docstring_names():
    file = (notebooks.ROOT / "helpers" / "penguins.csv").read_bytes().replace(b"\r\n", b"\n")  # as git stores it
    assert hashlib.sha256(file).hexdigest() == re.search(r"[0-9a-f]{64}", penguins.__doc__).group()
    assert len(file) < 100_000


def test_penguins_are_complete_and_in_the_order_of_the_file():
    data = penguins()
    assert {len(column) for column in data.values()} == {333}
    assert Counter(data["species"]) == {"Adelie": 146, "Chinstrap": 68, "Gentoo": 119}
    assert Counter(data["sex"]) == {"female": 165, "male": 168}
    measured = [data[name] for name in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")]
    assert np.isfinite(measured).all() and {column.dtype for column in measured} == {np.dtype(float)}
    assert [column[-1] for column in measured] == [50.2, 18.7, 198, 3775]
    assert (data["species"][0], data["sex"][0], measured[0][0]) == ("Adelie", "male", 39.1)

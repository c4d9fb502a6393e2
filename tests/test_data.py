"""`make_line` against the distribution that its docstring promises, `penguins` against the file that it names."""

import hashlib
import re
from collections import Counter

import numpy as np
import pytest

import notebooks
from helpers import make_line, penguins

MANY = 100_000


@pytest.mark.parametrize("noise", [0.01, 0.05, 2.0])
def test_x_and_noise_are_even_and_bounded_and_leave_the_promised_loss(noise):
    x, y = make_line(size=MANY, noise=noise)
    off = (y - (0.3 * x + 0.5)) / noise
    assert np.abs(np.sort(x) - np.linspace(0, 1, MANY)).max() < 0.01
    assert 0.999 < np.abs(off).max() <= 1 + 1e-12
    assert (off**2).mean() == pytest.approx(1 / 3, rel=0.01)
    assert off.mean() == pytest.approx(0, abs=0.01)
    assert np.corrcoef(off, x)[0, 1] == pytest.approx(0, abs=0.02)


def test_penguins_are_all_those_of_the_file_that_the_docstring_names():
    file = (notebooks.ROOT / "helpers" / "penguins.csv").read_bytes().replace(b"\r\n", b"\n")  # as git stores it
    assert hashlib.sha256(file).hexdigest() == re.search(r"[0-9a-f]{64}", penguins.__doc__).group()
    data = penguins()
    assert {len(column) for column in data.values()} == {333}
    assert Counter(data["species"]) == {"Adelie": 146, "Chinstrap": 68, "Gentoo": 119}
    assert Counter(data["sex"]) == {"female": 165, "male": 168}
    measured = [data[name] for name in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")]
    assert np.isfinite(measured).all() and {column.dtype for column in measured} == {np.dtype(float)}
    assert [column[-1] for column in measured] == [50.2, 18.7, 198, 3775]
    assert (data["species"][0], data["sex"][0], measured[0][0]) == ("Adelie", "male", 39.1)

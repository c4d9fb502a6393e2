"""Nothing of the learner's own set-up spoils the course: a style, torch's defaults, another kernel or folder."""

import contextlib
import io
import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from unittest.mock import patch

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

import notebooks
import test_pictures
from helpers import data, descent, gradients, labs, make_line

STYLES = {
    "dark": lambda: plt.style.use("dark_background"),
    "xkcd": plt.xkcd,
    "LaTeX": lambda: matplotlib.rcParams.update({"text.usetex": True}),
    "huge": lambda: matplotlib.rcParams.update({"font.size": 30, "lines.linewidth": 9, "axes.grid": True}),
}
LINE = make_line(noise=0.05)


@pytest.mark.parametrize("name", test_pictures.EXAMPLES)
@pytest.mark.parametrize("style", ["dark", "LaTeX"])
def test_picture_is_the_same_in_every_style(name, style):
    with matplotlib.rc_context():
        STYLES[style]()
        assert test_pictures.make(name).png() == test_pictures.example(name)[1]


@pytest.mark.parametrize("style", STYLES)
def test_lab_and_picture_are_the_same_in_every_style(style):
    def drawn():
        lab = labs.learning_rate(*LINE, (0.3, 0.5))
        return lab.scene["stage"], lab._repr_mimebundle_()[0]["image/png"], test_pictures.make("uphill").png()

    plain = drawn()
    with matplotlib.rc_context():
        STYLES[style]()
        assert drawn() == plain


def computed():
    """What the helpers compute, as plain numbers."""
    x, y, linear = data.make_layer()
    run = descent.descend(*LINE, [0.1, 0.2], w=-0.3, b=0.2, steps=5)
    noisy = descent.noisy_descent(LINE[1], 0.2, 4, start=0.5, steps=5, runs=3)
    parameter = torch.tensor([1.0, 2.0], dtype=torch.float64, device="cpu")
    slopes = gradients.central_difference(lambda: (parameter**2).sum(), parameter)
    return [
        *(part.detach().tolist() for part in (x, y, linear.weight, descent.curvature(*LINE), slopes)),
        *(part.tolist() for part in (run.w, run.loss, noisy)),
        descent.best_line(*LINE),
        gradients.side_by_side(one=slopes, other=slopes),
        labs.handfuls(LINE[1]).scene["tables"],
    ]


@contextlib.contextmanager
def float64():
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def print_options():
    torch.set_printoptions(precision=1, sci_mode=True)
    try:
        yield
    finally:
        torch.set_printoptions(profile="default")


@pytest.mark.parametrize("settings", [float64, print_options, lambda: torch.device("meta")])
def test_helpers_compute_the_same_under_every_default_of_torch(settings):
    plain = computed()
    with settings():
        assert computed() == plain


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("torch.set_default_dtype(torch.float64)", "make torch.float64 tensors on cpu"),
        ("torch.set_default_device('meta')", "make torch.float32 tensors on meta"),
        ("torch.set_printoptions(precision=4)", ""),
    ],
)
def test_first_import_says_that_a_default_of_torch_is_another(setting, said):
    command = [sys.executable, "-c", f"import torch; {setting}; import helpers"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said in run.stdout and bool(run.stdout) == bool(said) == ("Restart the kernel" in run.stdout)


def test_first_cell_says_that_a_kernel_is_not_the_courses():
    with contextlib.redirect_stdout(io.StringIO()) as out, patch("importlib.metadata.version") as version:
        version.side_effect = PackageNotFoundError("how-a-model-learns")
        exec(notebooks.find()[0].code_cells[0].source, {})
    version.assert_called_once_with("how-a-model-learns")
    assert out.getvalue().startswith("This kernel is not the course's: it lacks how-a-model-learns. Close JupyterLab")


def test_jupyterlab_serves_the_course_wherever_it_is_started(tmp_path):
    config = notebooks.ROOT / "lab" / "jupyter_lab_config.py"
    command = [sys.executable, "-m", "jupyterlab", f"--config={config}", "--show-config-json"]
    run = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True
    )
    assert json.loads(run.stdout)["ServerApp"]["root_dir"] == str(notebooks.ROOT)

"""Nothing of the learner's own set-up spoils the course: a style, torch's defaults, another kernel or folder.

That each picture is the same in an odd style, test_solutions.py shows.
"""

import shutil
from importlib.metadata import PackageNotFoundError
from unittest.mock import patch

import pytest
import torch
from traitlets.config.loader import PyFileConfigLoader

import notebooks
from helpers import descent, gradients, labs, make_line

LINE = make_line(noise=0.05)
OTHER_DEFAULTS = [
    "torch.set_default_dtype(torch.float64)",
    "torch.set_default_device('meta')",
    "torch.set_printoptions(precision=1, sci_mode=True)",
]


@pytest.fixture
def set_default():
    """A function that runs a line that sets a default of torch; in the end all are as they were."""
    yield lambda line: exec(line, {"torch": torch})
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_printoptions(profile="default")


def test_lab_is_the_same_in_an_odd_style():
    def drawn():
        lab = labs.learning_rate(*LINE, (0.3, 0.5))
        return lab.scene, lab._repr_mimebundle_()[0]["image/png"]

    plain = drawn()
    with notebooks.odd_style():
        assert drawn() == plain


def computed():
    """What the helpers compute, as plain numbers."""
    run = descent.descend(*LINE, [0.1, 0.2], w=-0.3, b=0.2, steps=5)
    parameter = torch.tensor([1.0, 2.0], dtype=torch.float64, device="cpu")
    slopes = gradients.central_difference(lambda: (parameter**2).sum(), parameter)
    return [
        *(part.tolist() for part in (descent.curvature(*LINE), slopes, run.w, run.loss)),
        descent.best_line(*LINE),
        labs.nudge(*LINE).scene["tables"],
    ]


@pytest.mark.parametrize("line", OTHER_DEFAULTS)
def test_helpers_compute_the_same_under_other_defaults_of_torch(line, set_default):
    plain = computed()
    set_default(line)
    assert computed() == plain


def test_first_cell_names_a_kernel_that_is_not_the_courses(capsys):
    missing = PackageNotFoundError("how-a-model-learns")
    with patch("importlib.metadata.version", side_effect=missing) as version:
        exec(notebooks.find()[0].code_cells[0].source, {})
    version.assert_called_once_with("how-a-model-learns")
    assert capsys.readouterr().out.startswith("This isn't the course's kernel: how-a-model-learns is missing. Close")


def test_jupyterlab_serves_the_course_wherever_it_is_started(tmp_path, monkeypatch):
    shutil.copytree(notebooks.ROOT / "lab", tmp_path / "course" / "lab")
    monkeypatch.chdir(tmp_path)
    config = PyFileConfigLoader("jupyter_lab_config.py", str(tmp_path / "course" / "lab")).load_config()
    assert config.ServerApp.root_dir == str(tmp_path / "course")

"""The course grew out of two short walk-throughs of 18 steps. Each has its cell, and shows what it should."""

import re

import pytest

import notebooks

COURSE = {notebook.path.name[:2]: notebook for notebook in notebooks.find()}

# (step, what it is, notebook, code that one cell of it carries, what that cell's output says)
STEPS = [
    (1, "import torch and torch.nn", "01", r"^import torch\nfrom torch import nn$", ""),
    (2, "random x and y", "01", r"^x = torch\.randn\(10, 3\)\ny = torch\.randn\(10, 2\)$", r"\(10, 3\).+\(10, 2\)"),
    (3, "a linear layer", "01", r"^linear = nn\.Linear\(3, 2\)$", ""),
    (
        3,
        "its weight and bias",
        "01",
        r"^print\(linear\.weight\)\nprint\(linear\.bias\)$",
        r"(?s)(requires_grad=True.+){2}",
    ),
    (4, "parameters() is a generator", "01", r"= linear\.parameters\(\)$", "class 'generator'"),
    (5, "the loss is chosen", "01", r"^loss_function = nn\.MSELoss\(\)$", ""),
    (5, "the optimizer is chosen", "01", r"^optimizer = torch\.optim\.SGD\(linear\.parameters\(\), lr=0\.01\)$", ""),
    (6, "prediction", "01", r"^y_hat = linear\(x\)", "grad_fn="),
    (
        6,
        "loss with grad_fn",
        "01",
        r"^loss = loss_function\(y_hat, y\)",
        r"tensor\(1\.3083, grad_fn=<MseLossBackward0>\)",
    ),
    (6, "loss.item()", "01", r"^number = loss\.item\(\)$", r"class 'float'> 1\.3083"),
    (7, "backward moves nothing", "02", r"(?s)^loss\.backward\(\).+parameter moved:", "a parameter moved:  False"),
    (8, "dL/dW and dL/db", "02", r"# dL/dW\n.+# dL/db", r"(?s)\[\[-0\.0679, .+tensor\(\[ 0\.1617, -1\.1591\]\)"),
    (
        9,
        "step changes the values",
        "03",
        r"^optimizer\.step\(\)  # step\nprint\(linear\.weight\)",
        r"(?s)0\.4397, -0\.5759, .+requires_grad",
    ),
    (10, "prediction and loss again", "03", r"measured again", r"(?s)1\.3083\n.+ 1\.2904"),
    (11, "make_line", "04", r"make_line\(w=0\.3, b=0\.5, size=100, noise=0\.01\)", r"\(100,\) \(100,\)"),
    (
        11,
        "the true line and the points",
        "04",
        r"^show\(pictures\.data_and_line\(",
        r"100 points around .+ w = 0\.3, b = 0\.5",
    ),
    (
        12,
        "arrays to tensors",
        "04",
        r"^x, y = torch\.as_tensor\(.+torch\.as_tensor\(",
        r"torch\.Size\(\[100\]\).+float64",
    ),
    (
        12,
        "random w and b",
        "04",
        r"^w = torch\.randn\(1, .+\nb = torch\.randn\(1, .+\nprint",
        r"torch\.Size\(\[1\]\).+True",
    ),
    (13, "hypothesis", "04", r"\Ay_hat = w \* x \+ b\b", r"torch\.Size\(\[100\]\)"),
    (13, "mean squared error", "04", r"\Aloss = \(\(y_hat - y\) \*\* 2\)\.mean\(\)", r"^\d\.\d{4}$"),
    (
        13,
        "backward, w.grad and b.grad",
        "04",
        r"^loss\.backward\(\)\nprint\(.*w\.grad",
        r"w\.grad = 0\.9962, b\.grad = 1\.5793",
    ),
    (14, "learning rate", "04", r"^learning_rate = 0\.1$", ""),
    (14, "500 steps at most", "04", r"^for step in range\(501\):", ""),
    (15, "early stop", "04", r"if loss < 0\.00005:\n +break", r"^step 200: loss 0\.0000"),
    (15, "manual update", "04", r"(?s)no_grad\(\):\n +w -= .+# step\n +b -= .+# reset", "w 0.3"),
    (15, "recording", "04", r"^ +record\.append\(\(loss\.item\(\), w\.item\(\), b\.item\(\)\)\)", ""),
    (15, "retain_grad", "04", r"^    w\.retain_grad\(\)\n    b\.retain_grad\(\)", ""),
    (
        15,
        "a line every 5 steps",
        "04",
        r"^    if .*step % 5 == 0:\n +print\(",
        r"(?s)^step +0: .+^step +5: .+^step 10: ",
    ),
    (
        16,
        "final report",
        "04",
        r"^print\(f\"stopped after \{step\} steps",
        r"(?s)\d+ steps with a loss of 0\.0000[0-5].+w = .+b = ",
    ),
    (17, "the loss over the steps", "04", r"^show\(pictures\.curves\(.+ loss=", "loss over the steps"),
    (18, "w and b over the steps", "04", r"^show\(pictures\.curves\(title, .w and b", "dotted: 0.3; dotted: 0.5"),
]


@pytest.mark.parametrize(
    ("notebook", "code", "output"), [row[2:] for row in STEPS], ids=[f"{number} {what}" for number, what, *_ in STEPS]
)
def test_each_step_has_its_cell(notebook, code, output):
    cells = [cell for cell in COURSE[notebook].code_cells if re.search(code, cell.source, re.MULTILINE)]
    assert len(cells) == 1, [cell.source for cell in cells]
    said = "\n".join(text for out in cells[0].outputs for text in notebooks.texts(out))
    assert re.search(output, said, re.MULTILINE), said


def test_no_step_is_missing_and_they_come_in_order():
    assert list(dict.fromkeys(number for number, *_ in STEPS)) == list(range(1, 19))

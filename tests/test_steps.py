"""The course grew out of two short walk-throughs of 18 steps. Each has its cell, and shows what it should."""

import re

import pytest

import notebooks

COURSE = {str(notebook)[:2]: notebook for notebook in notebooks.find()}
STEPS = [
    (1, "01", "import torch\nfrom torch import nn", ""),
    (2, "01", "\nx = torch.randn(10, 3)\ny = torch.randn(10, 2)\n", "(10, 3)...(10, 2)"),
    (3, "01", "linear = nn.Linear(3, 2)", ""),
    (3, "01", "print(linear.weight)\nprint(linear.bias)", "requires_grad=True...requires_grad=True"),
    (4, "03", "= linear.parameters()\n", "class 'generator'"),
    (5, "01", "loss_function = nn.MSELoss()", ""),
    (5, "03", "= nn.MSELoss()...optimizer = torch.optim.SGD(linear.parameters(), lr=0.01)", "gradient: None"),
    (6, "01", "y_hat = linear(x)  # predict", "grad_fn="),
    (6, "01", "loss = loss_function(y_hat, y)  # loss", "tensor(1.3083, grad_fn=<MseLossBackward0>)"),
    (6, "01", "number = loss.item()", "class 'float'> 1.3083"),
    (7, "02", "loss.backward()...parameters moved:", "parameters moved: [False, False]"),
    (8, "02", "# dL/dW\n...# dL/db", "[[-0.0679, ...tensor([ 0.1617, -1.1591])"),
    (9, "03", "optimizer.step()  # step\nprint(linear.weight)", "0.4397, -0.5759, ...requires_grad"),
    (10, "03", "measured again", "1.3083\n...1.2904"),
    (11, "04", "make_line(w=0.3, b=0.5, size=100, noise=0.01)", "(100,) (100,)"),
    (11, "04", "show(pictures.data_and_line(", "100 points around ...w = 0.3, b = 0.5"),
    (12, "04", "x, y = torch.as_tensor(...torch.as_tensor(", "torch.Size([100])...float64"),
    (12, "04", "w = torch.randn(1, ...b = torch.randn(1, ...print", "torch.Size([1])...True"),
    (13, "04", "= w * x + b  # predict\nloss = ((y_hat - y) ** 2).mean()  # loss", "torch.Size([100]) loss 0.6698"),
    (13, "04", "loss.backward()  # backward\nprint(...w.grad", "w.grad = 0.9962, b.grad = 1.5793"),
    (14, "04", "\nlearning_rate = 0.1\n", ""),
    (14, "04", "for step in range(501):", ""),
    (15, "04", "if loss < 0.00005:\n        break", "\nstep 200: loss 0.0000"),
    (15, "04", "break\n...no_grad():\n        w -= ...# step\n        b -= ...# reset", "w 0.3"),
    (15, "04", "record.append((loss.item(), w.item(), b.item()))", ""),
    (15, "04", "    w.retain_grad()\n    b.retain_grad()", ""),
    (15, "04", "    if step <= 20 and step % 5 == 0:\n        print(", "step  0: ...step  5: ...step 10: "),
    (16, "04", 'print(f"stopped after {step} steps', "steps with a loss of 0.0000...w = ...b = "),
    (17, "04", "show(pictures.curves(...loss=losses", "loss over 235 steps"),
    (18, "04", "show(pictures.curves(title, ...w=w_path, b=b_path", "dotted line at 0.3; dotted line at 0.5"),
]
"""The step, its notebook, code of which a cell of it has all, and what that cell shows; dots stand for anything."""


def holds(text, expected):
    return re.search(".+?".join(map(re.escape, expected.split("..."))), text, re.DOTALL)


@pytest.mark.parametrize(("step", "notebook", "code", "output"), STEPS)
def test_step_has_its_cell(step, notebook, code, output):
    (cell,) = [cell for cell in COURSE[notebook].code_cells if holds(f"\n{cell.source}\n", code)]
    shown = "\n".join(text for out in cell.outputs for text in notebooks.texts(out))
    assert holds(shown, output), shown


def test_no_step_is_missing_and_they_come_in_order():
    assert list(dict.fromkeys(step for step, *_ in STEPS)) == list(range(1, 19))

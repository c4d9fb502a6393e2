"""Faults to be planted in copies of the notebooks: what kind, where, and which part of the tests catches it.

Each is a small mistake of the sort that an author makes, or that slips in with an edit. `test_faults` plants them.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

from nbformat.v4 import new_output

import notebooks


@dataclass(frozen=True)
class Fault:
    """One fault: its kind, the number of the notebook, what plants it there, and what catches it.

    `caught_by` is a test of the form of a notebook by its name, or a way of running its cells: "replay", "solutions" or
    "nbval".
    """

    kind: str
    notebook: str
    plant: Callable
    caught_by: str

    def __str__(self):
        return f"{self.notebook} {self.kind} ({self.caught_by})"

    def in_copy(self):
        """A copy of the notebook with this fault in it, and no other."""
        (found,) = (notebook for notebook in notebooks.find() if str(notebook).startswith(self.notebook))
        found.node = copy.deepcopy(found.node)
        self.plant(found.node)
        return found


def cell_with(node, words, kind=None):
    """The one cell whose source holds these words."""
    (found,) = [cell for cell in node.cells if words in cell.source and kind in (None, cell.cell_type)]
    return found


def changed(text, old, new):
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {text!r}"
    return text.replace(old, new)


# ---- Ways of planting ----


def code(words, old, new=""):
    """Change a piece of the code cell that holds these words."""

    def plant(node):
        cell = cell_with(node, words, "code")
        cell.source = changed(cell.source, old, new)

    return plant


def text(old, new=""):
    """Change a piece of the one Markdown cell that holds it."""

    def plant(node):
        cell = cell_with(node, old, "markdown")
        cell.source = changed(cell.source, old, new)

    return plant


def stored(words, old, new, mime=None):
    """Change a piece of what the code cell with these words has printed, or of what it shows in one form."""

    def plant(node):
        outputs = cell_with(node, words, "code").outputs
        for output in outputs:
            if mime is None and old in output.get("text", ""):
                output.text = changed(output.text, old, new)
            elif old in output.get("data", {}).get(mime, ""):
                output.data[mime] = changed(output.data[mime], old, new)
            else:
                continue
            return
        raise AssertionError(f"{old!r} stands in no output of {words!r}")

    return plant


def alt(words, old, new):
    """Change a piece of the alt sentence of a picture, in both of its forms."""

    def plant(node):
        for mime in ("text/plain", "text/html"):
            stored(words, old, new, mime)(node)

    return plant


def cell(words, change):
    """Do something else to the one code cell that holds these words."""
    return lambda node: change(cell_with(node, words, "code"))


def swapped(words, others):
    """Exchange two cells."""

    def plant(node):
        one, other = (node.cells.index(cell_with(node, known, "code")) for known in (words, others))
        node.cells[one], node.cells[other] = node.cells[other], node.cells[one]

    return plant


def lost(words):
    """Delete a code cell."""
    return lambda node: node.cells.remove(cell_with(node, words, "code"))


def with_output(kind, **content):
    return lambda cell: cell.outputs.append(new_output(kind, **content))


def never_run(cell):
    cell.execution_count, cell.outputs = None, []


def ran_late(cell):
    cell.execution_count += 1


def tagged(cell):
    cell.metadata.tags = ["nbval-ignore-output"]


def picture_of(cell):
    (data,) = (output.data for output in cell.outputs if "image/png" in output.get("data", {}))
    return data


def without_alt(cell):
    data = picture_of(cell)
    data["text/html"] = data["text/html"].replace(" alt=", " title=")


def drawn_otherwise(cell):
    picture_of(cell)["image/png"] = PIXEL


NO_RESET = "    w.grad = b.grad = None  # reset"
BACKWARD, STEP = "    loss.backward()  # backward\n", "    optimizer.step()  # step\n"
NEXT = " · [Next: Ask who is to blame: backward and gradients](02_backward_and_gradients.ipynb)"
# One grey pixel
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="

CAUGHT_BY = {
    # The code is wrong, and prints something else than what is stored
    "replay": [
        ("a wrong sign in the loss", "00", code("level = (", "(0 * x + 1.2 - y)", "(0 * x + 1.2 + y)")),
        ("a wrong sign of the error", "00", code("error = y_hat - y", "y_hat - y", "y - y_hat")),
        ("a sum for a mean", "00", code("mean of their squares", "(error**2).mean()", "(error**2).sum()")),
        ("a wrong seed", "01", code("print(x[:2])", "seed(0)", "seed(1)")),
        ("a wrong row", "01", code("by_hand = (x[0]", "linear.weight[0]", "linear.weight[1]")),
        ("a lost bias", "01", code("left_over", "weight.T)", "weight.T - linear.bias)")),
        ("a missing reset", "02", code("for call in (1, 2, 3)", "linear.weight.grad = linear.bias.grad = None")),
        ("a missing backward", "02", code("both .grad filled", "loss.backward()  # backward")),
        ("a nudge the wrong way", "02", code("def loss_with_nudge", "+= h", "-= h")),
        (
            "a missing reset",
            "03",
            code("print(linear.weight.grad)\noptimizer.zero_grad", "optimizer.zero_grad()  # reset"),
        ),
        ("a missing step", "03", code("optimizer.step()  # step\nprint(linear", "optimizer.step()")),
        ("a step uphill by hand", "03", code("weight_by_hand", "before.weight - ", "before.weight + ")),
        ("a step too few", "03", code("if step in (50", "range(3, 201)", "range(4, 201)")),
        ("a lost cell", "03", lost("optimizer.step()  # step\nprint(linear.weight)")),
        ("swapped cells", "03", swapped("loss, measured again", "promised fall")),
        ("a missing reset", "04", code("record.append", NO_RESET)),
        ("a step uphill", "04", code("record.append", "w -= ", "w += ")),
        ("a lost dtype", "04", code("w.dtype", "w = torch.randn(1, dtype=x.dtype", "w = torch.randn(1")),
        ("a missing no_grad", "04", code("    b -= learning_rate * b.grad\nprint", "with torch.no_grad()", "if True")),
        ("swapped cells", "04", swapped("y_hat = w * x + b\nprint", "loss = ((y_hat - y) ** 2).mean()\nprint")),
        ("a doubled limit", "05", code("limit = 2 / curvatures", "limit = 2", "limit = 4")),
        ("a loss as a number", "06", code("total_of_items", "total += loss\n", "total += loss.item()\n")),
        ("a wrong digit", "03", stored("promised fall", "0.0179", "0.0197")),
        ("a wrong step", "04", stored("stopped after", "235 steps", "253 steps")),
        ("a wrong exponent", "02", stored("best h", "1e-05", "1e-06")),
        ("a wrong decimal", "05", stored("limit 2 / lambda_max", "0.7558", "0.7568")),
        ("a wrong count", "06", stored("behind total", "501", "500")),
    ],
    "solutions": [
        ("a wrong solution", "01", text("weight_shape = (4, 7)", "weight_shape = (7, 4)")),
        ("a wrong sign", "03", text("parameter -= learning_rate * p", "parameter += learning_rate * p")),
        ("no reset", "04", text("    w_found.grad = b_found.grad = None  # reset")),
    ],
    # What is stored is not what the code prints or shows. All of them lie in one notebook, in cells of their own.
    "nbval": [
        ("a wrong digit", "01", stored("by_hand = (x[0]", "0.3644", "0.3645")),
        ("a wrong sign", "01", stored("left_over", "tensor([[ 0.2220, -0.3420]", "tensor([[ 0.2220,  0.3420]")),
        ("a wrong shape", "01", stored('print("weight:"', "(2, 3)", "(3, 2)")),
        ("a wrong truth value", "01", stored("held = optimizer", "itself: True", "itself: False")),
        ("a wrong count", "01", stored("behind y_hat:", "5 nodes", "6 nodes")),
        ("a wrong type", "01", stored("number = loss.item()", "class 'float'", "class 'int'")),
        ("a wrong message", "01", stored("linear(x.T)", "3x10 and 3x2", "3x10 and 2x3")),
        ("a wrong number in an alt text", "01", alt("pictures.layer_shapes", "number, 0.36", "number, 0.63")),
        ("a wrong word in an alt text", "01", alt("pictures.bowl(", "long narrow bowl", "long narrow ridge")),
        ("a wrong arrow in an alt text", "01", alt("pictures.autograd_graphs(r", "Addmm to bias", "bias to Addmm")),
        ("a wrong outcome", "01", stored("with_a_node = ", "happened: A.", "happened: B.", "text/plain")),
        ("a lost output", "01", cell("y_hat[:3]", lambda cell: cell.outputs.clear())),
        ("an output too many", "01", cell("before = linear", with_output("stream", text="done\n"))),
    ],
    # What the learner reads, or how it is kept, is wrong
    "test_it_was_run_from_top_to_bottom_and_kept_clean": [
        ("a cell that never ran", "04", cell("y_hat = w * x + b\nprint", never_run)),
        ("a cell that ran out of order", "02", cell("both .grad filled", ran_late)),
        ("a stored error", "03", cell("promised fall", with_output("error", ename="ValueError", evalue=""))),
        ("a stored warning", "05", cell("limit = 2 / curv", with_output("stream", name="stderr", text="careful\n"))),
        ("a tag that exempts", "01", cell("y_hat[:3]", tagged)),
    ],
    "test_no_comment_exempts_a_cell_from_nbval": [
        ("a comment that exempts", "00", code("goal=0.002)\nby_hand", "\nby_hand", "\n# NBVAL_IGNORE_OUTPUT\nby_hand")),
    ],
    "test_its_links_lead_somewhere": [
        ("a dead link", "00", text("(03_optimizer_step.ipynb)", "(03_optimizer.ipynb)")),
        ("a dead anchor", "03", text("#A-reset-is-forgotten", "#A-reset-is-missing")),
    ],
    "test_it_opens_with_title_question_promise_and_links": [("a lost link to what comes next", "01", text(NEXT))],
    "test_its_headings_are_one_tree": [
        ("a second title", "02", text("### One entry is a rate", "# One entry is a rate")),
        ("a level left out", "03", text("## What if you step twice?", "#### What if you step twice?")),
    ],
    "test_it_says_what_it_teaches_needs_and_takes": [("a lost goal", "04", text("- find out what noise does"))],
    "test_every_picture_says_what_it_shows": [
        ("a lost alt text", "02", cell("pictures.uphill", without_alt)),
        ("two alt texts", "03", stored("pictures.four_rates", "Maps of", "Map of", "text/html")),
    ],
    "test_both_forms_of_a_picture_are_the_same_picture": [
        ("a picture in the place of another", "04", cell('pictures.curves("A plunge', drawn_otherwise)),
    ],
    "test_every_recorded_prediction_is_asked_in_words_and_told": [
        ("a question in other words", "04", text("will the tensors have?", "have the tensors?")),
        ("a lost option", "02", text("- B. the weight and its `.grad`\n")),
    ],
    "test_every_check_belongs_to_an_exercise": [
        ("a check without its exercise", "03", text("**Your turn.** A model has the weight", "A model has the weight")),
    ],
    "test_its_cells_are_short": [
        ("a cell that is too long", "00", code("goal=0.002)\nby_hand", "\nby_hand", "\n" * 12 + "by_hand")),
    ],
    "test_its_code_is_plain_python": [
        ("a command for the shell", "06", code("total_of_items =", "total, total", "!pip install torch\ntotal, total")),
    ],
    "test_its_loops_name_the_five_words_in_order": [
        ("step before backward", "04", code("model(x[:, None])", BACKWARD + STEP, STEP + BACKWARD)),
    ],
    "test_its_prose_is_plain": [
        ("a promise that it is easy", "01", text("That is the whole layer", "That is simply the whole layer")),
    ],
    "test_every_number_in_the_prose_is_shown_or_known": [
        ("a wrong number in the prose", "00", text("to 0.1189.", "to 0.1198.")),
        ("a wrong number in the prose", "01", text("says 1.3083, and", "says 1.3038, and")),
        ("a lost sign in the prose", "02", text("top left entry is -0.0679.", "top left entry is 0.0679.")),
        ("a wrong number in the prose", "03", text("0.5448 after 85.", "0.5484 after 85.")),
        ("a wrong power in the prose", "04", text("the loss from 0.6698 to", "the loss from 6.698 to")),
        ("a wrong number in a formula", "05", text("2.6461 = 0.7558$", "2.6461 = 0.7568$")),
        ("a wrong number in a folded answer", "03", text("(1) 0.079: the text", "(1) 0.074: the text")),
    ],
    "test_no_output_depends_on_machine_or_time": [
        ("a path of one machine", "00", stored("mean of their squares", "mean of the e", "~/ada/e")),
        ("an address in memory", "01", stored("linear.parameters()\n", "generator'>", "generator'> at 0x7f3a5c0b1d60")),
    ],
}

FAULTS = [
    Fault(kind, notebook, plant, caught_by) for caught_by, rows in CAUGHT_BY.items() for kind, notebook, plant in rows
]

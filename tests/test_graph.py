"""The walk through `grad_fn` on graphs small enough to know by heart, and on long ones."""

import pytest
import torch

from helpers import graph


@pytest.fixture
def line():
    """The loss of the line, its two leaves, and x."""
    x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.0, 1.0])
    w, b = torch.tensor([2.0], requires_grad=True), torch.tensor([0.5], requires_grad=True)
    return ((w * x + b - y) ** 2).mean(), w, b, x


NODES = ["Mean", "Pow [saved: input (3,)]", "Sub", "Add", "Mul [saved: input (3,)]", "w (1,) [grad: None]"]
NODES += ["b (1,) [grad: None]"]


def written(graph):
    return [*map(str, graph)]


def edges(traced):
    """Pairs (from, to) of positions, in the direction of the forward pass."""
    return [(start, end) for end, node in enumerate(traced) for start in node.inputs]


def test_the_nodes_before_and_after_backward(line):
    loss, w, b, _ = line
    before = graph.trace(loss, w=w, b=b)
    assert written(before) == NODES
    loss.backward(retain_graph=True)
    filled = [text.replace("None", "filled") for text in NODES]
    assert written(graph.trace(loss, w=w, b=b)) == filled
    loss.backward()
    assert written(graph.trace(loss, w=w, b=b)) == [text.replace("input (3,)", "input (freed)") for text in filled]
    assert written(before) == NODES, "a traced graph keeps the state of its time"


def test_data_with_a_name_are_nodes_while_an_operation_keeps_them(line):
    loss, w, b, x = line
    y = torch.ones(3)  # Sub saves nothing, so that the graph knows no y
    traced = graph.trace(loss, w=w, b=b, x=x, y=y)
    assert written(traced) == [*NODES[:4], "Mul [saved: x]", *NODES[5:], "x (3,) [data]"]
    assert [node.depth for node in traced] == [0, 1, 2, 3, 4, 5, 4, 5]
    assert (graph.count_nodes(loss), edges(traced)[-1]) == (7, (7, 4))
    loss.backward()
    assert len(graph.trace(loss, x=x)) == 7


def test_every_operation_that_saves_the_same_data_gets_an_arrow_from_them():
    x, y, linear = torch.rand(5, 2), torch.rand(5, 1), torch.nn.Linear(2, 1)
    y_hat = linear(x)
    traced = graph.trace(torch.nn.functional.mse_loss(y_hat, y) + (x * linear.weight).sum(), x=x, y=y, y_hat=y_hat)
    named = [(traced[start].name, traced[end].name) for start, end in edges(traced)]
    assert {("x", "Mul"), ("x", "Addmm"), ("y", "MseLoss")} < {*named}
    assert "MseLoss [saved: y_hat, y]" in map(str, traced)
    assert [node.name for node in traced if node.kind == "data"] == ["y", "x"]


def test_changed_in_place_and_freed_are_told_apart():
    w = torch.tensor([2.0], requires_grad=True)
    y_hat = w * 3
    loss = (y_hat**2).sum()
    with torch.no_grad():
        y_hat += 1
    assert "Pow [saved: input (changed in place)]" in written(graph.trace(loss))


def test_each_tensor_of_a_saved_tuple_is_listed():
    w = torch.rand(4, 5, requires_grad=True)
    rows = torch.tensor([0, 1])
    assert written(graph.trace(w[rows, rows]))[0] == "Index [saved: indices (2,), indices (2,)]"


def test_shared_node_is_counted_once_at_its_greatest_depth():
    w = torch.tensor(3.0, requires_grad=True)
    square = w * w
    traced = graph.trace(square.exp() + square, w=w)
    assert written(traced) == ["Add", "Exp [saved: result ()]", "Mul [saved: w, w]", "w () [grad: None]"]
    assert [node.depth for node in traced] == [0, 1, 2, 3]
    assert len(edges(traced)) == 5  # both to Add, Mul to Exp, w to Mul twice


def test_long_chains_need_no_recursion():
    value = torch.zeros(1, requires_grad=True)
    for _ in range(5000):
        value = value + 1
    traced = graph.trace(value)
    assert graph.count_nodes(value) == traced[-1].depth + 1 == 5001

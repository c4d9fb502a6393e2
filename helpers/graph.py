"""The graph that autograd recorded, read from the real `grad_fn` chain of a tensor.

Sources: torch.autograd.graph.Node (`name`, `next_functions`) and the `_saved_*` attributes of its subclasses, as
PyTorch's "Autograd mechanics" note describes them.
"""

from dataclasses import dataclass

import torch

from helpers import arguments


@dataclass(frozen=True)
class Saved:
    """A tensor kept for an operation's backward: PyTorch's name for it, and its shape, or what became of it."""

    name: str
    shape: tuple | None
    gone: str = ""  # "freed", or "changed in place": backward would refuse to use it

    def __str__(self):
        return f"{self.name} {self.gone or self.shape}"


@dataclass(frozen=True)
class Node:
    """One node: an operation, or a leaf (a parameter, which PyTorch represents by an AccumulateGrad node)."""

    name: str
    shape: tuple | None  # of a leaf; None for an operation
    has_grad: bool  # whether a leaf's .grad was filled when the graph was traced
    saved: tuple
    inputs: tuple  # the positions, in Graph.nodes, of the nodes this one sends its gradient to
    depth: int  # the longest way from the root, which has depth 0


@dataclass(frozen=True)
class Graph:
    """All nodes that can be reached from one tensor, the root first."""

    nodes: tuple

    @property
    def edges(self):
        """Pairs (from, to) of positions in `nodes`, in the direction in which backward walks."""
        return [(start, end) for start, node in enumerate(self.nodes) for end in node.inputs]


def trace(tensor, **names):
    """Walk the graph behind a tensor, and look at (that is, unpack) each tensor saved in it.

    Args:
        tensor: a tensor with a `grad_fn`, such as a loss.
        names: the leaves by the names they should have, for instance `w=w, b=b`.

    Raises:
        TypeError: something is not a tensor.
        ValueError: the tensor has no `grad_fn`, so that there is no graph behind it, or a name is not in that graph.
    """
    root = _root(tensor)
    named = {id(arguments.tensor(name, leaf)): name for name, leaf in names.items()}

    order = _backward_order(root)
    leaves = {id(_leaf(function)) for function in order}
    for name, leaf in names.items():
        if id(leaf) not in leaves:
            told = "made with requires_grad=True, and used to compute tensor"
            raise ValueError(f"{name} must be a leaf of the graph behind tensor: {told}")
    depth = {root: 0}
    for function in order:
        for following in _following(function):
            depth[following] = max(depth.get(following, 0), depth[function] + 1)
    position = {function: place for place, function in enumerate(order)}
    return Graph(
        tuple(
            _node(function, named, [position[following] for following in _following(function)], depth[function])
            for function in order
        )
    )


def count_nodes(tensor):
    """How many nodes the graph behind a tensor has."""
    return len(_backward_order(_root(tensor)))


def text_tree(graph):
    """The graph as indented text: each operation above what it sends its gradient to, saved tensors in brackets."""
    arguments.a("graph", Graph, graph, "trace() returns")
    lines = []
    waiting = [(0, 0)]
    told = set()
    while waiting:
        place, indent = waiting.pop()
        node = graph.nodes[place]
        again = " (above)" if place in told and node.inputs else ""
        lines.append("  " * indent + describe(node) + again)
        if not again:
            waiting += [(following, indent + 1) for following in reversed(node.inputs)]
        told.add(place)
    return "\n".join(lines)


def describe(node):
    """One line about a node: for a leaf its shape and whether it has a gradient, for an operation what it has saved."""
    arguments.a("node", Node, node, "trace() finds")
    if node.shape is not None:
        return f"{node.name} {node.shape}: grad {'filled' if node.has_grad else 'None'}"
    return node.name + (f" [saved: {', '.join(map(str, node.saved))}]" if node.saved else "")


def _root(tensor):
    if arguments.tensor("tensor", tensor).grad_fn is None:
        raise ValueError("tensor has no grad_fn: it was not computed from anything that requires a gradient")
    return tensor.grad_fn


def _following(function):
    return [following for following, _ in function.next_functions if following is not None]


def _leaf(function):
    return function.variable if function.name().endswith("AccumulateGrad") else None


def _node(function, named, inputs, depth):
    leaf = _leaf(function)
    if leaf is None:
        return Node(_operation(function), None, False, _saved(function), tuple(inputs), depth)
    return Node(named.get(id(leaf), "leaf"), tuple(leaf.shape), leaf.grad is not None, (), tuple(inputs), depth)


def _operation(function):
    """MulBackward0 -> Mul: the operation that was done going forward."""
    return function.name().split("::")[-1].rstrip("0123456789").removesuffix("Backward")


def _saved(function):
    kept = []
    for attribute in dir(function):
        if attribute.startswith("_saved_") or attribute == "saved_tensors":  # the latter: of the learner's own Function
            name = attribute.removeprefix("_saved_")
            try:
                value = getattr(function, attribute)
            except RuntimeError as refusal:
                kept.append(Saved(name, None, _gone(refusal)))
                continue
            tensors = value if isinstance(value, tuple) else [value]
            kept += [Saved(name, tuple(tensor.shape)) for tensor in tensors if isinstance(tensor, torch.Tensor)]
    return tuple(kept)


def _gone(refusal):
    """What became of a saved tensor, by PyTorch's message; another error is raised again."""
    for words, gone in {"inplace operation": "changed in place", "already been freed": "freed"}.items():
        if words in str(refusal):
            return gone
    raise refusal


def _backward_order(root):
    """An order backward could take: each node before all it sends its gradient to. No recursion: graphs get long."""
    waits_for = {root: 0}
    found = [root]
    for function in found:
        for following in _following(function):
            if following not in waits_for:
                waits_for[following] = 0
                found.append(following)
            waits_for[following] += 1
    ready, order = [root], []
    while ready:
        function = ready.pop()
        order.append(function)
        for following in reversed(_following(function)):
            waits_for[following] -= 1
            if not waits_for[following]:
                ready.append(following)
    return order

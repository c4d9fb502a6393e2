"""The graph that autograd recorded, read from the real `grad_fn` chain of a tensor.

Sources: torch.autograd.graph.Node (`name`, `next_functions`) and the `_saved_*` attributes of its subclasses, as
PyTorch's "Autograd mechanics" note describes them.
"""

from dataclasses import dataclass
from functools import partial

import torch

from helpers import arguments
from helpers.arguments import checked, each, instance

GONE = {"inplace operation": "changed in place", "already been freed": "freed"}
"""What became of a saved tensor, by words in the error with which PyTorch refuses it."""


@dataclass(frozen=True)
class Node:
    """One node: an operation, or a leaf (a parameter, which PyTorch represents by an AccumulateGrad node)."""

    name: str
    shape: tuple | None  # of a leaf; None for an operation
    has_grad: bool  # whether a leaf's .grad was filled when the graph was traced
    saved: (
        tuple  # for each tensor kept for backward a string: PyTorch's name for it, and its shape or what became of it
    )
    inputs: tuple  # the positions, in Graph.nodes, of the nodes this one sends its gradient to
    depth: int  # the longest way from the root, which has depth 0

    def __str__(self):
        if self.shape is not None:
            return f"{self.name} {self.shape}: grad {'filled' if self.has_grad else 'None'}"
        return self.name + (f" [saved: {', '.join(self.saved)}]" if self.saved else "")


@dataclass(frozen=True)
class Graph:
    """All nodes that can be reached from one tensor, the root first, each before all it sends its gradient to."""

    nodes: tuple

    @property
    def edges(self):
        """Pairs (from, to) of positions in `nodes`, in the direction in which backward walks."""
        return [(start, end) for start, node in enumerate(self.nodes) for end in node.inputs]


def _recorded(name, value):
    """The argument, a tensor with a graph behind it."""
    if arguments.tensor(name, value).grad_fn is None:
        raise ValueError(f"{name} must have a grad_fn, but was not computed from anything that requires a gradient")
    return value


@checked(tensor=_recorded, names=partial(each, check=arguments.tensor))
def trace(tensor, **names):
    """Walk the graph behind a tensor, and look at (that is, unpack) each tensor saved in it.

    Args:
        tensor: a tensor with a `grad_fn`, such as a loss.
        names: the leaves of its graph by the names they should have, for instance `w=w, b=b`.
    """
    functions = _backward_order(tensor.grad_fn)
    leaves = [getattr(function, "variable", None) for function in functions]  # only AccumulateGrad has a variable
    for name, leaf in names.items():
        if not any(leaf is other for other in leaves):
            how = "made with requires_grad=True, and used to compute tensor"
            raise ValueError(f"{name} must be a leaf of the graph behind tensor: {how}")
    place_of = {function: place for place, function in enumerate(functions)}
    name_of = {id(leaf): name for name, leaf in names.items()}
    depth = [0] * len(functions)
    nodes = []
    for place, (function, leaf) in enumerate(zip(functions, leaves, strict=True)):
        inputs = tuple(place_of[following] for following in _following(function))
        for end in inputs:
            depth[end] = max(depth[end], depth[place] + 1)
        name, shape, has_grad = _operation(function), None, False
        if leaf is not None:
            name, shape, has_grad = name_of.get(id(leaf), "leaf"), tuple(leaf.shape), leaf.grad is not None
        nodes.append(Node(name, shape, has_grad, _saved(function), inputs, depth[place]))
    return Graph(tuple(nodes))


@checked(tensor=_recorded)
def count_nodes(tensor):
    """How many nodes the graph behind a tensor has."""
    return len(_backward_order(tensor.grad_fn))


@checked(graph=partial(instance, kind=Graph, called="a Graph, as trace() returns it"))
def text_tree(graph):
    """The graph as indented text: each operation above what it sends its gradient to, saved tensors in brackets."""
    lines, written, waiting = [], set(), [(0, 0)]
    while waiting:
        place, indent = waiting.pop()
        node = graph.nodes[place]
        again = place in written and node.inputs
        lines.append("  " * indent + str(node) + (" (above)" if again else ""))
        if not again:
            waiting += [(end, indent + 1) for end in reversed(node.inputs)]
        written.add(place)
    return "\n".join(lines)


def _following(function):
    return [following for following, _ in function.next_functions if following is not None]


def _operation(function):
    """MulBackward0 -> Mul: the operation that was done going forward."""
    return function.name().split("::")[-1].rstrip("0123456789").removesuffix("Backward")


def _saved(function):
    """The tensors that an operation keeps for backward, in words; `saved_tensors` are those of a custom Function."""
    kept = []
    for attribute in filter(lambda name: name.startswith(("_saved_", "saved_tensors")), dir(function)):
        name = attribute.removeprefix("_saved_")
        try:
            value = getattr(function, attribute)
        except RuntimeError as refusal:
            kept += [f"{name} {gone}" for words, gone in GONE.items() if words in str(refusal)]
        else:
            tensors = value if isinstance(value, tuple) else [value]
            kept += [f"{name} {tuple(tensor.shape)}" for tensor in tensors if isinstance(tensor, torch.Tensor)]
    return tuple(kept)


def _backward_order(root):
    """An order backward could take: each node before all it sends its gradient to. No recursion: graphs get long."""
    waiting, seen, order = [(root, False)], set(), []
    while waiting:
        function, all_following_done = waiting.pop()
        if all_following_done:
            order.append(function)
        elif function not in seen:
            seen.add(function)
            waiting += [(function, True), *((following, False) for following in _following(function))]
    return order[::-1]

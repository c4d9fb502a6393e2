"""The graph that autograd recorded, read from the real `grad_fn` chain of a tensor.

Source: torch.autograd.graph.Node, and the `_saved_*` attributes in PyTorch's "Autograd mechanics" note.
"""

from dataclasses import dataclass
from functools import partial

import torch

from helpers import arguments
from helpers.arguments import checked, each, instance


@dataclass(frozen=True)
class Node:
    """One node: an operation, or a leaf (a parameter, which PyTorch represents by an AccumulateGrad node)."""

    name: str
    shape: tuple | None  # of a leaf; None for an operation
    has_grad: bool  # whether a leaf's .grad was filled when the graph was traced
    saved: tuple  # strings: PyTorch's name for each tensor kept for backward, and its shape or what became of it
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
    """Walk the graph behind a tensor, such as a loss, and look at (that is, unpack) each tensor saved in it.

    Leaves of the graph are called "leaf", or by the names that they get here, for instance `w=w, b=b`.
    """
    order = _backward_order(tensor.grad_fn)
    place_of = {function: place for place, function in enumerate(order)}
    name_of = {id(leaf): name for name, leaf in names.items()}
    depth, nodes = dict.fromkeys(order, 0), []
    for function, following in order.items():
        for end in following:
            depth[end] = max(depth[end], depth[function] + 1)
        leaf = getattr(function, "variable", None)  # which only an AccumulateGrad has
        if leaf is None:  # such as MulBackward0, which is written as the Mul that was done going forward
            name = function.name().split("::")[-1].rstrip("0123456789").removesuffix("Backward")
            looks = name, None, False, _saved(function)
        else:
            looks = name_of.pop(id(leaf), "leaf"), tuple(leaf.shape), leaf.grad is not None, ()
        nodes.append(Node(*looks, tuple(place_of[end] for end in following), depth[function]))
    if name_of:
        raise ValueError(f"{', '.join(name_of.values())} must be a leaf of the graph, made with requires_grad=True")
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


def _saved(function):
    """The tensors that an operation keeps for backward, in words; `saved_tensors` are those of a custom Function."""
    kept = []
    for attribute in (name for name in dir(function) if name.startswith(("_saved_", "saved_tensors"))):
        name = attribute.removeprefix("_saved_")
        try:
            value = getattr(function, attribute)
        except RuntimeError as refusal:
            kept.append(f"{name} {'changed in place' if 'inplace operation' in str(refusal) else 'freed'}")
        else:
            tensors = value if isinstance(value, tuple) else [value]
            kept += [f"{name} {tuple(tensor.shape)}" for tensor in tensors if isinstance(tensor, torch.Tensor)]
    return tuple(kept)


def _backward_order(root):
    """Each node, before all it sends its gradient to, with a list of those. No recursion: graphs get long."""
    waiting, following, finished = [root], {}, {}
    while waiting:
        function = waiting[-1]
        if function in following:
            finished[waiting.pop()] = following[function]
        else:
            following[function] = [end for end, _ in function.next_functions if end is not None]
            waiting += following[function]
    return dict(reversed(finished.items()))

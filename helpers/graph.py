"""The graph that autograd recorded, read from the real `grad_fn` chain of a tensor.

Sources: torch.autograd.graph.Node (`name`, `next_functions`) and the `_saved_*` attributes of its subclasses, as
PyTorch's "Autograd mechanics" note describes them.
"""

from dataclasses import dataclass
from functools import partial

import torch

from helpers import arguments
from helpers.arguments import checked, each, instance


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
    order = _backward_order(tensor.grad_fn)
    leaves = {id(_leaf(function)) for function in order}
    for name, leaf in names.items():
        if id(leaf) not in leaves:
            how = "made with requires_grad=True, and used to compute tensor"
            raise ValueError(f"{name} must be a leaf of the graph behind tensor: {how}")
    name_of = {id(leaf): name for name, leaf in names.items()}
    place_of = {function: place for place, function in enumerate(order)}
    depth = dict.fromkeys(order, 0)
    nodes = []
    for function in order:
        following = _following(function)
        for next_one in following:
            depth[next_one] = max(depth[next_one], depth[function] + 1)
        inputs = tuple(place_of[next_one] for next_one in following)
        leaf = _leaf(function)
        if leaf is None:
            nodes.append(Node(_operation(function), None, False, _saved(function), inputs, depth[function]))
        else:
            name, has_grad = name_of.get(id(leaf), "leaf"), leaf.grad is not None
            nodes.append(Node(name, tuple(leaf.shape), has_grad, (), inputs, depth[function]))
    return Graph(tuple(nodes))


@checked(tensor=_recorded)
def count_nodes(tensor):
    """How many nodes the graph behind a tensor has."""
    return len(_backward_order(tensor.grad_fn))


@checked(graph=partial(instance, kind=Graph, called="a Graph, as trace() returns it"))
def text_tree(graph):
    """The graph as indented text: each operation above what it sends its gradient to, saved tensors in brackets."""
    lines, written = [], set()
    waiting = [(0, 0)]
    while waiting:
        place, indent = waiting.pop()
        node = graph.nodes[place]
        again = place in written and node.inputs
        lines.append("  " * indent + describe(node) + (" (above)" if again else ""))
        if not again:
            waiting += [(following, indent + 1) for following in reversed(node.inputs)]
        written.add(place)
    return "\n".join(lines)


@checked(node=partial(instance, kind=Node, called="a Node, one of the nodes of a Graph"))
def describe(node):
    """One line about a node: for a leaf its shape and whether it has a gradient, for an operation what it has saved."""
    if node.shape is not None:
        return f"{node.name} {node.shape}: grad {'filled' if node.has_grad else 'None'}"
    return node.name + (f" [saved: {', '.join(map(str, node.saved))}]" if node.saved else "")


def _following(function):
    return [following for following, _ in function.next_functions if following is not None]


def _leaf(function):
    return function.variable if function.name().endswith("AccumulateGrad") else None


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
    reached = [root]
    for function in reached:  # which grows on the way
        for following in _following(function):
            if following not in waits_for:
                waits_for[following] = 0
                reached.append(following)
            waits_for[following] += 1
    ready, order = [root], []
    while ready:
        order.append(ready.pop())
        for following in reversed(_following(order[-1])):
            waits_for[following] -= 1
            if not waits_for[following]:
                ready.append(following)
    return order

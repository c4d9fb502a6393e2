"""The graph that autograd recorded, read from the real `grad_fn` chain of a tensor.

Source: torch.autograd.graph.Node, and the `_saved_*` attributes in PyTorch's "Autograd mechanics" note.
"""

from dataclasses import dataclass
from functools import partial

import torch

from helpers import arguments
from helpers.arguments import checked, each


@dataclass(frozen=True)
class Node:
    """One node: an operation; a leaf (a parameter, which PyTorch represents by an AccumulateGrad node); or data.

    Data get no gradient, and so no node of PyTorch's: they are known where an operation has saved them.
    """

    name: str
    shape: tuple | None  # of a leaf or of data; None for an operation
    kind: str | None  # of data, "data"; of a leaf, whether its .grad was filled when it was traced; or None
    saved: tuple  # strings: for each tensor kept for backward its name, or what it is with its shape or its fate
    inputs: tuple  # the positions, in the tuple of nodes, of those that this one was computed from
    depth: int  # the longest way to the root, which has depth 0

    def __str__(self):
        if self.shape is None:
            return self.name + (f" [saved: {', '.join(self.saved)}]" if self.saved else "")
        return f"{self.name} {self.shape} [{self.kind}]"


def _recorded(name, value):
    """The argument, a tensor with a graph behind it."""
    if arguments.tensor(name, value).grad_fn is None:
        raise ValueError(f"{name} must have a grad_fn, but was not computed from anything that requires a gradient")
    return value


@checked(tensor=_recorded, names=partial(each, check=arguments.tensor))
def trace(tensor, **names):
    """All nodes behind a tensor, such as a loss: a tuple, its own node first, each before all it was computed from.

    The walk unpacks each tensor saved in the graph. Leaves are called "leaf", or by the names that they get here, as in
    `w=w, b=b`. So are saved tensors: data with a name, as in `x=x`, become nodes where an operation has saved them.
    """
    order, name_of = _backward_order(tensor.grad_fn), {id(item): name for name, item in names.items()}
    saved = {function: _saved(function) for function in order}
    named = {id(item): item for pairs in saved.values() for _, item in pairs if id(item) in name_of}
    data = {key: item for key, item in named.items() if not item.requires_grad}
    place_of = {key: place for place, key in enumerate([*order, *data])}
    depth, nodes = dict.fromkeys(place_of, 0), []
    for function, following in order.items():
        inputs = following + [id(item) for _, item in saved[function] if id(item) in data]
        for key in inputs:
            depth[key] = max(depth[key], depth[function] + 1)
        leaf = getattr(function, "variable", None)  # which only an AccumulateGrad has
        if leaf is None:  # such as MulBackward0, which is written as the Mul that was done going forward
            name = function.name().split("::")[-1].rstrip("0123456789").removesuffix("Backward")
            looks = name, None, None, tuple(name_of.get(id(item), words) for words, item in saved[function])
        else:
            kind = "grad: None" if leaf.grad is None else "grad: filled"
            looks = name_of.get(id(leaf), "leaf"), tuple(leaf.shape), kind, ()
        nodes.append(Node(*looks, tuple(place_of[key] for key in inputs), depth[function]))
    nodes += [Node(name_of[key], tuple(item.shape), "data", (), (), depth[key]) for key, item in data.items()]
    return tuple(nodes)


@checked(tensor=_recorded)
def count_nodes(tensor):
    """How many nodes the graph behind a tensor has."""
    return len(_backward_order(tensor.grad_fn))


def _saved(function):
    """What an operation keeps for backward: pairs of what it is, in words, and the tensor, None if it is gone."""
    kept = []
    for attribute in (name for name in dir(function) if name.startswith("_saved_")):
        name = attribute.removeprefix("_saved_")
        name = "input" if name in ("self", "other", "mat1", "mat2") else name  # as each operation calls its inputs
        try:
            value = getattr(function, attribute)
        except RuntimeError as refusal:
            fate = "changed in place" if "inplace operation" in str(refusal) else "freed"
            kept.append((f"{name} ({fate})", None))
        else:
            tensors = value if isinstance(value, tuple) else [value]
            kept += [(f"{name} {tuple(item.shape)}", item) for item in tensors if isinstance(item, torch.Tensor)]
    return kept


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

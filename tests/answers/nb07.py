"""Answers to the exercises of notebook 07."""

import torch

from answers import Several


def clip_in_one_row(parameters, limit):
    row = torch.cat([p.grad.flatten() for p in parameters if p.grad is not None])
    scale = torch.clamp(limit / row.norm(), max=1.0)
    for p in parameters:
        if p.grad is not None:
            p.grad = p.grad * scale
    return row.norm()


def clip_by_data(parameters, limit):
    total = sum(float((p.grad * p.grad).sum()) for p in parameters if p.grad is not None)
    for p in parameters:
        if p.grad is not None and total > limit**2:
            p.grad.data.mul_(limit / total**0.5)
    return total**0.5


def nesterov_by_torch(p, state, lr, momentum=0.9, weight_decay=0.0):
    if not state:
        settings = {"momentum": momentum, "weight_decay": weight_decay, "nesterov": True}
        state["torch"] = torch.optim.SGD([p], lr=lr, **settings)
    state["torch"].step()


def nesterov_in_place(p, state, lr, momentum=0.9, weight_decay=0.0):
    g = p.grad.add(p, alpha=weight_decay)
    v = state.setdefault("velocity", torch.zeros_like(p)).mul_(momentum).add_(g)
    p.sub_(lr * g.add(v, alpha=momentum))


def nesterov_by_two_moves(p, state, lr, momentum=0.9, weight_decay=0.0):
    """Along the kept velocity first, then along the gradient, by 1 + momentum of it."""
    g, old = p.grad + weight_decay * p, state.get("v", 0.0)
    p.data = p.data - lr * momentum**2 * old - lr * (1 + momentum) * g
    state["v"] = momentum * old + g
    return p


TRUTHS = {"rate_without_momentum": 0.02 * sum(0.95**age for age in range(2000))}
RIGHT = {
    "clip": [torch.nn.utils.clip_grad_norm_, clip_in_one_row, clip_by_data],
    "nesterov": [nesterov_by_torch, nesterov_in_place, nesterov_by_two_moves],
}
WRONG = {
    "clip": {
        "What is None there?": lambda parameters, limit: sum((p.grad**2).sum() for p in parameters) ** 0.5,
        "gives nothing back": lambda parameters, limit: None,
        "changes parameters": lambda parameters, limit: [p.detach().mul_(limit) for p in parameters],
        "without brackets": Several([torch.tensor(13.0), 13.0]),
    },
    "nesterov": {
        "stops with KeyError": lambda p, state, **settings: state["v"],
        "without brackets": Several([torch.optim.SGD, 0.9]),
        "none of the numbers is right": lambda p, state, **settings: p.mul_(0.7),
    },
}

"""The exercises of notebook 07."""

import torch

from helpers.judge import Exercise, exercise


@exercise
def rate_without_momentum():
    """Notebook 07: the plain rate that moves as far on a steady slope as the rate 0.02 with the momentum 0.95."""
    rate, beta = 0.02, 0.95
    return Exercise(
        rate / (1 - beta),
        {
            "the rate times the momentum: that's what one step keeps, and the kept parts add up": rate * beta,
            "two steps only, or the factor of the limit: the velocity grows further": rate * (1 + beta),
            "gradients that alternate: on a straight slope they agree": rate / (1 + beta),
            "a product where a quotient belongs: the velocity settles at the gradient over 1 minus the momentum": (
                rate * (1 - beta)
            ),
            "how many times the gradient the velocity is, which is right so far: times the rate": 1 / (1 - beta),
            "a velocity without the newest gradient, which isn't multiplied by the momentum": rate * beta / (1 - beta),
            "the rate itself: momentum changes how far you move": rate,
        },
    )


@exercise
def clip():
    """Notebook 07: the norm of all gradients together; above the limit each is multiplied by limit / norm in place."""

    def calls():
        return [(parameters(), limit) for limit in (2.0, 6.5, 20.0)]

    def parameters():
        made = [torch.tensor(start, requires_grad=True) for start in ([1.0, 2.0], 3.0, [1.0])]
        made[0].grad, made[1].grad = torch.tensor([3.0, -4.0]), torch.tensor(12.0)
        return made

    def gradients(parameters):
        return [p.grad for p in parameters if p.grad is not None]

    def norm(tensors):
        return sum((tensor.detach() ** 2).sum().item() for tensor in tensors) ** 0.5

    def by(length=norm, factor=lambda limit, length: min(1, limit / length), measured=gradients, after=False):
        """The function with this length of what it has measured, and this factor for each gradient."""

        def clip(parameters, limit):
            before = length(measured(parameters))
            for g in gradients(parameters):
                g *= factor(limit, before)
            return norm(gradients(parameters)) if after else before

        return clip

    def each(parameters, limit):
        total = norm(gradients(parameters))
        for g in gradients(parameters):
            last = norm([g])
            g *= min(1, limit / last)
        return total, last

    def entries(parameters, limit):
        total = norm(gradients(parameters))
        for g in gradients(parameters):
            g.clamp_(-limit, limit)
        return total

    def no_gradient(parameters, limit):
        for p in parameters:
            p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        return by()(parameters, limit)

    def left(parameters, limit):
        return [
            number
            for p in parameters
            for number in ([None] * p.numel() if p.grad is None else p.grad.flatten().tolist())
        ]

    return Exercise(
        by(),
        {
            "a norm for each parameter: there's one, of all gradients together, and it comes before the first change": (
                lambda parameters, limit: each(parameters, limit)[0],
                lambda parameters, limit: each(parameters, limit)[1],
            ),
            "gradients that are always scaled: below the limit they stay as they are": by(factor=lambda a, b: a / b),
            "numbers cut off at the limit one by one: that changes the direction, so multiply all by the same": entries,
            "a sum of squares without its root": by(lambda tensors: norm(tensors) ** 2),
            "norms added up: add the squares of all numbers, and take one root at the end": (
                by(lambda tensors: sum(norm([tensor]) for tensor in tensors))
            ),
            "sizes added up: the norm is the root of the sum of all squares": (
                by(lambda tensors: sum(tensor.abs().sum().item() for tensor in tensors))
            ),
            "gradients that haven't changed: g = g * ... makes a new tensor, g *= ... changes the old one": (
                by(factor=lambda limit, length: 1)
            ),
            "the norm from after the change: compute it first, and return that": by(after=True),
            "gradients divided by the norm alone: multiply by limit / norm": by(
                factor=lambda limit, length: 1 / length if length > limit else 1
            ),
            "the fraction upside down: it's limit / norm": by(
                factor=lambda limit, length: length / limit if length > limit else 1
            ),
            "the norm of the parameters: it's their gradients that count": by(measured=list),
            "a gradient where there was None: skip that parameter": no_gradient,
        },
        calls,
        left=left,
        names=("the norm", *(f"the gradient of parameters[{number}]" for number in (0, 0, 1, 2))),
    )


SLOPES = [2.0, -1.0], [-0.5, 3.0], [0.5, 0.5], [1.0, -2.0]


class RuleExercise(Exercise):
    """An exercise whose answer is an update rule: what counts is where it has taken p after each of a few steps."""

    def _outcomes(self, answer):
        def steps(p, state, lr, momentum, weight_decay):
            places = []
            for slope in SLOPES:
                p.grad = torch.tensor(slope, dtype=p.dtype)
                with torch.no_grad():
                    if answer(p, state, lr=lr, momentum=momentum, weight_decay=weight_decay) is ...:
                        return ...
                places += p.tolist()
            return places

        return super()._outcomes(steps if callable(answer) and not isinstance(answer, type) else answer)


@exercise
def nesterov():
    """Notebook 07: v = momentum * v + g, then p -= lr * (g + momentum * v), where g has the weight decay in it."""

    def calls():
        cases = ([1.0, -2.0], 0.1, 0.8, 0.2), ([0.5, 3.0], 0.05, 0.5, 0.0)
        return [(torch.tensor(start, requires_grad=True), {}, *settings) for start, *settings in cases]

    def by(
        move=lambda g, v, beta: g + beta * v,
        velocity=lambda g, v, beta: beta * v + g,
        gradient=lambda p, decay: p.grad + decay * p,
        moved_by=lambda p, g: g,
    ):
        """The rule with this last line, this velocity, this gradient in it, and this one in the last line."""

        def rule(p, state, lr, momentum=0.9, weight_decay=0.0):
            g, old = gradient(p, weight_decay), state.get("v", 0.0)
            v = state["v"] = velocity(g, old, momentum)
            p -= lr * move(moved_by(p, g), v, momentum)

        return rule

    return RuleExercise(
        by(),
        {
            "plain momentum: the last line has g + momentum * v, with the new v": by(lambda g, v, beta: v),
            "a last line with the whole velocity: it's multiplied by the momentum there, too": by(
                lambda g, v, beta: g + v
            ),
            "a last line without the gradient: it's g + momentum * v": by(lambda g, v, beta: beta * v),
            "a momentum on the gradient: in the last line it belongs to the velocity": by(
                lambda g, v, beta: beta * g + v
            ),
            "a running mean, as in Adam: here the gradient is added whole": by(
                velocity=lambda g, v, beta: beta * v + (1 - beta) * g
            ),
            "a rule without weight decay": by(gradient=lambda p, decay: p.grad),
            "weight decay in the velocity alone: g has it in the last line, too": by(moved_by=lambda p, g: p.grad),
            "weight decay with the wrong sign: it's added to the gradient": by(
                gradient=lambda p, decay: p.grad - decay * p
            ),
            "a velocity that's forgotten after each step: keep it in state": by(velocity=lambda g, v, beta: g),
            "a velocity that's never forgotten: momentum multiplies the old one": by(velocity=lambda g, v, beta: v + g),
            "a step uphill: subtract it": by(lambda g, v, beta: -g - beta * v),
            "a step without the learning rate": lambda p, state, lr, *more: by()(p, state, 1.0, *more),
            "a p that hasn't moved: p = p - ... makes a new tensor, p -= ... changes the old one": by(
                lambda g, v, beta: 0
            ),
        },
        calls,
        moves=("p",),
    )

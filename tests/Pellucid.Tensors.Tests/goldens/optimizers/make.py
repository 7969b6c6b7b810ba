"""Writes optimizers.json: twenty steps of each optimizer on two parameters with given gradients, the factors of PyTorch's schedules, and the
losses of a perceptron that is trained for a hundred steps from given weights on given batches.

Run with PyTorch 1.13 or later: python3 make.py
"""

import json
import os

import torch
import torch.nn.functional as F

STEPS = 20
SHAPES = [[3, 5], [7]]


def flat(tensor):
    """The digits that single precision has."""
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def values(shape, seed, scale=1.0):
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1) * scale


def run(make, clip=None, value=None, unit=False):
    parameters = [values(shape, index).requires_grad_() for index, shape in enumerate(SHAPES)]
    if unit:
        with torch.no_grad():
            parameters[0] /= parameters[0].norm(dim=1, keepdim=True)
    start = [flat(parameter) for parameter in parameters]
    optimizer = make(parameters)
    norms = []
    for step in range(STEPS):
        for index, parameter in enumerate(parameters):
            # Gradients that depend on the values, so that an error of one step is seen in all that follow.
            parameter.grad = (values(SHAPES[index], 100 + 2 * step + index) + 0.5 * parameter).detach()
        if clip is not None:
            norms.append(torch.nn.utils.clip_grad_norm_(parameters, clip).item())
        if value is not None:
            torch.nn.utils.clip_grad_value_(parameters, value)
        if unit:
            row, gradient = parameters[0].detach(), parameters[0].grad
            along = (gradient * row).sum(1, keepdim=True) / row.square().sum(1, keepdim=True)
            parameters[0].grad = gradient - along * row
        optimizer.step()
        if unit:
            with torch.no_grad():
                parameters[0] /= parameters[0].norm(dim=1, keepdim=True)
    return {"start": start, "end": [flat(parameter) for parameter in parameters], "norms": norms}


def factors(make, steps=30):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    result = []
    for _ in range(steps):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return result


def perceptron():
    shapes = {"hidden.weight": [10, 16], "hidden.bias": [16], "out.weight": [16, 4], "out.bias": [4]}
    parameters = {name: values(shape, 300 + index, 0.5).requires_grad_() for index, (name, shape) in enumerate(shapes.items())}
    start = {name: flat(parameter) for name, parameter in parameters.items()}
    inputs = values([100, 8, 10], 400, 2.0)
    targets = (inputs[..., :4] + 0.5 * inputs[..., 4:8].square()).argmax(-1)
    optimizer = torch.optim.AdamW(parameters.values(), lr=1e-2)
    losses, gradients = [], None
    for x, target in zip(inputs, targets):
        optimizer.zero_grad()
        hidden = F.gelu(x @ parameters["hidden.weight"] + parameters["hidden.bias"], approximate="tanh")
        loss = F.cross_entropy(hidden @ parameters["out.weight"] + parameters["out.bias"], target)
        loss.backward()
        gradients = gradients or {name: flat(parameter.grad) for name, parameter in parameters.items()}
        optimizer.step()
        losses.append(loss.item())
    end = {name: flat(parameter) for name, parameter in parameters.items()}
    return {"inputs": flat(inputs), "targets": targets.flatten().tolist(), "start": start, "end": end,
            "gradients": gradients, "losses": losses}


document = {
    "torch": torch.__version__,
    "gradients": [[flat(values(shape, 100 + 2 * step + index)) for index, shape in enumerate(SHAPES)] for step in range(STEPS)],
    "runs": {
        "sgd": run(lambda p: torch.optim.SGD(p, lr=0.05)),
        "sgd-decay": run(lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1)),
        "momentum": run(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
        "nesterov": run(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1)),
        "adam": run(lambda p: torch.optim.Adam(p, lr=0.05)),
        "adam-decay": run(lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
        "adamw": run(lambda p: torch.optim.AdamW(p, lr=0.05)),
        "adamw-clip": run(lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.2), clip=0.5),
        "sgd-clip": run(lambda p: torch.optim.SGD(p, lr=0.05), clip=0.5),
        "sgd-value": run(lambda p: torch.optim.SGD(p, lr=0.05), value=0.3),
        "adam-unit": run(lambda p: torch.optim.Adam(p, lr=0.05), unit=True),
    },
    "schedules": {
        "cosine": factors(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20), 20),
        "cosine-floor": factors(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20, eta_min=0.1), 20),
        "steps": factors(lambda o: torch.optim.lr_scheduler.StepLR(o, 7, 0.3)),
        "decay": factors(lambda o: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.1, 25)),
        "warmup": factors(lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.1, 1.0, 9)),
    },
    "perceptron": perceptron(),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimizers.json"), "w") as file:
    json.dump(document, file, indent=None, separators=(",", ":"))

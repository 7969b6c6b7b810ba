"""Makes numbers.json beside it: outputs and gradients of PyTorch's convolutions, poolings, resizes and norms, and of a tiny network.

    python3 make.py      (made with PyTorch 1.13, in double precision)

Images are stored as Pellucid has them, [batch, height, width, channel]; weights as PyTorch has them. Every operand is made by `values`, which
the tests make again; only results are stored. The loss of each case is the sum of its output times another such array.
"""
import json
import os

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def values(seed, *shape):
    count = 1
    for size in shape:
        count *= size
    raw = (torch.arange(count, dtype=torch.int64) * 7919 + seed * 104729) % 2003
    return (raw.double() / 1001 - 1).float().double().reshape(shape)


def image(seed, *shape):
    """Made as [batch, height, width, channel], given to PyTorch as [batch, channel, height, width]."""
    return values(seed, *shape).requires_grad_()


def first(x):
    return x.permute(0, 3, 1, 2)


def last(x):
    return x.permute(0, 2, 3, 1)


def flat(x):
    return [float(f"{value:.9g}") for value in x.detach().contiguous().reshape(-1).tolist()]


def case(output, **leaves):
    grads = torch.autograd.grad((output * values(99, *output.shape)).sum(), list(leaves.values()))
    return dict(shape=list(output.shape), output=flat(output), gradients={name: flat(grad) for name, grad in zip(leaves, grads)})


def convolution(shape, weights, stride=(1, 1), dilation=(1, 1), padding=(0, 0, 0, 0), groups=1, relu=False):
    x, w, b = image(1, *shape), values(2, *weights).requires_grad_(), values(3, weights[0]).requires_grad_()
    top, left, bottom, right = padding
    y = F.conv2d(F.pad(first(x), (left, right, top, bottom)), w, b, stride, 0, dilation, groups)
    made = case(last(F.relu(y) if relu else y), x=x, weight=w, bias=b)
    return dict(made, x=list(shape), weight=list(weights), stride=stride, dilation=dilation, padding=padding, groups=groups, relu=relu)


def pool(kind, shape, kernel, stride, padding, ceil, count):
    x = image(1, *shape)
    if kind == "max":
        y = F.max_pool2d(first(x), kernel, stride, padding, ceil_mode=ceil)
    else:
        y = F.avg_pool2d(first(x), kernel, stride, padding, ceil_mode=ceil, count_include_pad=count)
    return dict(case(last(y), x=x), kind=kind, x=list(shape), kernel=kernel, stride=stride, padding=padding, ceil=ceil, count=count)


def resize(shape, size, mode, grid):
    x = image(1, *shape)
    options = dict(mode="bilinear", align_corners=grid == "AlignCorners") if mode == "Bilinear" else dict(
        mode="nearest" if grid == "Asymmetric" else "nearest-exact")
    return dict(case(last(F.interpolate(first(x), size, **options)), x=x), x=list(shape), size=size, method=mode, grid=grid)


def norms():
    x, weight, bias = image(1, 2, 3, 4, 5), values(2, 5).requires_grad_(), values(3, 5).requires_grad_()
    mean, variance = values(4, 5), values(5, 5) + 1.5
    batch = case(last(F.batch_norm(first(x), mean, variance, weight, bias, False, 0, 1e-3)), x=x, weight=weight, bias=bias)
    local = [dict(case(last(F.local_response_norm(first(x), n, alpha, beta, k)), x=x), n=n, alpha=alpha, beta=beta, k=k)
             for n, alpha, beta, k in [(5, 0.5, 0.75, 1.0), (4, 1.0, 0.6, 2.0)]]
    return dict(batch=batch, local=local)


def network():
    """Two branches as in an Inception block, then a linear head and its cross-entropy."""
    x = image(1, 3, 15, 13, 3)
    shapes = dict(stem=(8, 3, 5, 5), left=(6, 8, 1, 1), right=(4, 8, 3, 3), deep=(10, 1, 3, 3))
    leaves = dict(x=x)
    for index, (name, shape) in enumerate(shapes.items()):
        leaves[name + ".weight"] = (values(10 + index, *shape) * 0.5).float().double().requires_grad_()
        leaves[name + ".bias"] = (values(20 + index, shape[0]) * 0.1).float().double().requires_grad_()
    leaves["head.weight"] = values(30, 10, 4).requires_grad_()

    def conv(h, name, stride=1, padding=0, groups=1):
        return F.relu(F.conv2d(h, leaves[name + ".weight"], leaves[name + ".bias"], stride, padding, 1, groups))

    h = F.max_pool2d(conv(first(x), "stem", 2, 2), 3, 1, 1)
    h = F.local_response_norm(h, 5, 0.1, 0.75, 1.0)
    h = torch.cat([conv(h, "left"), conv(h, "right", 1, 1)], 1)
    h = F.avg_pool2d(conv(h, "deep", 1, 1, 10), 2, 2, 0, True)
    logits = h.mean((2, 3)) @ leaves["head.weight"]
    loss = F.cross_entropy(logits, torch.tensor([1, 3, 0]), reduction="sum")
    grads = torch.autograd.grad(loss, list(leaves.values()))
    return dict(loss=float(loss), logits=flat(logits), gradients={name: flat(grad) for name, grad in zip(leaves, grads)})


made = dict(
    convolutions=[
        convolution((2, 6, 7, 3), (5, 3, 3, 3)),
        convolution((2, 9, 8, 3), (4, 3, 7, 7), (2, 2), (1, 1), (3, 3, 3, 3), relu=True),
        convolution((1, 7, 9, 4), (6, 2, 3, 2), (2, 1), (1, 2), (1, 0, 2, 3), 2),
        convolution((2, 5, 6, 6), (6, 1, 3, 3), (1, 2), (1, 1), (1, 1, 1, 1), 6, True),
        convolution((1, 5, 5, 3), (6, 1, 2, 2), (1, 1), (2, 2), (0, 1, 0, 1), 3),
        convolution((1, 4, 4, 10), (20, 10, 1, 1), relu=True),
        convolution((1, 7, 7, 9), (3, 9, 2, 2), (3, 3)),
        convolution((1, 5, 4, 22), (25, 22, 3, 3), padding=(1, 1, 1, 1), relu=True),
        convolution((2, 3, 5, 16), (33, 16, 3, 3), padding=(2, 0, 1, 3)),
        convolution((1, 9, 8, 4), (6, 2, 3, 3), (2, 3), (2, 1), (3, 1, 0, 2), 2, True),
        convolution((1, 3, 3, 2), (4, 2, 5, 5), padding=(4, 4, 4, 4)),
    ],
    pools=[pool(kind, shape, kernel, stride, padding, ceil, count)
           for kind in ("max", "mean")
           for shape, kernel, stride, padding, ceil, count in [
               ((2, 7, 6, 3), (3, 3), (2, 2), (1, 1), False, True),
               ((1, 8, 7, 2), (3, 2), (2, 3), (1, 0), True, True),
               ((1, 8, 8, 2), (3, 3), (2, 2), (1, 1), True, False)]],
    resizes=[resize((1, 4, 5, 2), size, mode, grid)
             for size in [(7, 3), (9, 11)]
             for mode, grid in [("Bilinear", "HalfPixel"), ("Bilinear", "AlignCorners"), ("Nearest", "HalfPixel"), ("Nearest", "Asymmetric")]],
    norms=norms(),
    network=network())
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "numbers.json"), "w") as file:
    json.dump(made, file, separators=(",", ":"))

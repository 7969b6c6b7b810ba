"""The stem of InceptionV1 in PyTorch, as fast as PyTorch makes it on a CPU: channels_last, ReLU in place, inference mode where no gradient
is asked for.

    convolution_stem.py forward|gradient BATCH THREADS
"""
import sys

import torch
from torch.nn import functional as F

from serve import serve

# (weights [out, in, kernel, kernel], stride, padding, pool after)
LAYERS = [((64, 3, 7, 7), 2, 3, True), ((64, 64, 1, 1), 1, 0, False), ((192, 64, 3, 3), 1, 1, True)]


def values(seed, *shape):
    count = 1
    for size in shape:
        count *= size
    raw = (torch.arange(count, dtype=torch.int64) * 7919 + seed * 104729) % 2003
    return (raw.double() / 1001 - 1).float().reshape(shape)


def main():
    mode, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    image = values(1, batch, 224, 224, 3).permute(0, 3, 1, 2)  # the same numbers, stored channels last
    small = values(2, batch, 28, 28, 16).permute(0, 3, 1, 2)
    assert image.is_contiguous(memory_format=torch.channels_last)

    def parameters(seed, shape):
        weight = values(seed, *shape) * (3.0 / (shape[1] * shape[2] * shape[3])) ** 0.5
        return weight.contiguous(memory_format=torch.channels_last), values(seed + 50, shape[0]) * 0.1

    layers = [(*parameters(10 + i, shape), stride, padding, pool) for i, (shape, stride, padding, pool) in enumerate(LAYERS)]
    side = parameters(20, (32, 16, 5, 5))

    def forward(image, small):
        x = image
        for weight, bias, stride, padding, pool in layers:
            x = F.relu_(F.conv2d(x, weight, bias, stride, padding))
            if pool:
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        return x, F.relu_(F.conv2d(small, *side, 1, 2))

    def gradient():
        a, b = image.detach().requires_grad_(), small.detach().requires_grad_()
        x, y = forward(a, b)
        torch.autograd.backward([x, y], seeds)
        return a.grad, b.grad

    def plain():
        with torch.inference_mode():
            return forward(image, small)

    seeds = [torch.ones_like(result) for result in plain()]
    compute = gradient if mode == "gradient" else plain

    def run():
        results = compute()
        return lambda: sum(float(result.double().abs().sum()) for result in results)

    serve(torch.__version__, run)


main()

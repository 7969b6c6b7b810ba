"""Writes operations.json: for every operation its operands, a seed for its result, and PyTorch's result and gradients of sum(seed * result).

Run with PyTorch 1.13 or later: python3 make.py
"""

import json
import math
import os

import torch
import torch.nn.functional as F

ROWS, WIDTH, EPS, BANDWIDTH = 3, 5, 1e-2, 0.75
ONE, ROW, COLUMN, MANY, CUBE = [ROWS, WIDTH], [WIDTH], [ROWS, 1], [2, ROWS, WIDTH], [ROWS, 3, WIDTH]
BLOCK, PART = [3, 5, 7], 2
COLUMNS = [0, WIDTH - 1, WIDTH // 2, 0]
K = (WIDTH + 1) // 2
FLAGS = torch.tensor([row % 2 == 0 for row in range(ROWS)])
PLACES = torch.tensor([i * 7 % WIDTH for i in range(ROWS * 3)]).reshape(ROWS, 3)
INDICES = torch.tensor([i * 3 % ROWS for i in range(4)])
TARGETS = torch.tensor([row * 2 % WIDTH for row in range(ROWS)])

cases = {}


def flat(tensor):
    """The digits that single precision has."""
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def case(name, shapes, function, low=-2.0, high=2.0):
    generator = torch.Generator().manual_seed(len(cases))
    operands = [(torch.rand(shape, generator=generator) * (high - low) + low).requires_grad_() for shape in shapes]
    result = function(*operands)
    seed = torch.rand(result.shape, generator=generator) * 2 - 1
    gradients = torch.autograd.grad((result * seed).sum(), operands, allow_unused=True)
    cases[name] = {
        "shapes": shapes,
        "operands": [flat(operand) for operand in operands],
        "seed": flat(seed),
        "result": flat(result),
        "gradients": [None if gradient is None else flat(gradient) for gradient in gradients],
    }


def rms_scale(x):
    return (x.square().mean(-1, keepdim=True) + EPS).sqrt()


def layer_scale(x):
    return (x.var(-1, unbiased=False, keepdim=True) + EPS).sqrt()


class JumpRelu(torch.autograd.Function):
    """Rajamanoharan et al. 2024, equation 11."""

    @staticmethod
    def forward(context, x, threshold):
        context.save_for_backward(x, threshold)
        return x * (x > threshold)

    @staticmethod
    def backward(context, gradient):
        x, threshold = context.saved_tensors
        near = ((x - threshold).abs() < BANDWIDTH / 2).float()
        return gradient * (x > threshold), (-threshold / BANDWIDTH * near * gradient).sum(0)


class Step(torch.autograd.Function):
    """Rajamanoharan et al. 2024, equation 12."""

    @staticmethod
    def forward(context, x, threshold):
        context.save_for_backward(x, threshold)
        return (x > threshold).float()

    @staticmethod
    def backward(context, gradient):
        x, threshold = context.saved_tensors
        near = ((x - threshold).abs() < BANDWIDTH / 2).float()
        return None, (-1 / BANDWIDTH * near * gradient).sum(0)


def keep_top_k(x):
    values, indices = x.topk(K)
    return torch.zeros_like(x).scatter(-1, indices, values)


def select_columns(x, chosen):
    mask = torch.zeros(WIDTH, dtype=torch.bool)
    mask[COLUMNS] = True
    return torch.where(mask, chosen, x)


def overlay(x, corner):
    return torch.cat([torch.cat([corner, x[:2, :, 3:]], 2), x[2:]])


def select_seen(x, later):
    return torch.where(seen(4, 5), x, later)


def seen(queries, keys, causal=True, window=0):
    position = torch.arange(queries)[:, None] + keys - queries
    key = torch.arange(keys)[None, :]
    mask = torch.ones(queries, keys, dtype=torch.bool)
    mask = mask & (key <= position) if causal else mask
    return mask & (key > position - window) if window else mask


def scores(q, k, causal=True, window=0, cap=0.0):
    k = k.repeat_interleave(q.shape[2] // k.shape[2], 2)
    value = torch.einsum("bqhd,bkhd->bhqk", q, k) * 0.7
    value = cap * torch.tanh(value / cap) if cap else value
    return value.masked_fill(~seen(q.shape[1], k.shape[1], causal, window), -math.inf)


def mix(pattern, v):
    return torch.einsum("bhqk,bkhd->bqhd", pattern, v.repeat_interleave(pattern.shape[1] // v.shape[2], 2))


def finite(value):
    return value.clamp(-1e3, 1e3) * (value > -math.inf)


def rotary(x):
    half = x.shape[-1] // 2
    frequency = (1.0 / 10_000 ** (2.0 * torch.arange(half, dtype=torch.float64) / x.shape[-1])).float()
    angle = (torch.arange(x.shape[1]) + 3).float()[:, None] * frequency
    cosine, sine = angle.cos()[:, None, :], angle.sin()[:, None, :]
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


case("Add", [ONE, ONE], lambda x, y: x + y)
case("AddRow", [MANY, ROW], lambda x, y: x + y)
case("Subtract", [ONE, ONE], lambda x, y: x - y)
case("SubtractRow", [MANY, ONE], lambda x, y: x - y)
case("Multiply", [ONE, ONE], lambda x, y: x * y)
case("MultiplyRow", [MANY, ROW], lambda x, y: x * y)
case("Divide", [ONE, ONE], lambda x, y: x / y, 0.5)
case("DivideRow", [MANY, ROW], lambda x, y: x / y, 0.5)
case("Min", [ONE, ONE], torch.minimum)
case("Max", [ONE, ONE], torch.maximum)
case("Scale", [ONE], lambda x: x * -1.5)
case("AddScalar", [ONE], lambda x: x + 0.75)
case("Relu", [ONE], F.relu)
case("Gelu", [ONE], F.gelu, -4, 4)
case("GeluTanh", [ONE], lambda x: F.gelu(x, approximate="tanh"), -4, 4)
case("Silu", [ONE], F.silu, -4, 4)
case("Sigmoid", [ONE], torch.sigmoid, -4, 4)
case("Tanh", [ONE], torch.tanh)
case("Exp", [ONE], torch.exp)
case("Log", [ONE], torch.log, 0.2, 4)
case("Sqrt", [ONE], torch.sqrt, 0.2, 4)
case("Square", [ONE], torch.square)
case("Abs", [ONE], torch.abs)
case("Clamp", [ONE], lambda x: x.clamp(-0.5, 1))
case("SoftCap", [ONE], lambda x: 1.5 * torch.tanh(x / 1.5))
case("SwiGlu", [ONE, ONE], lambda g, u: F.silu(g) * u)
case("GeGlu", [ONE, ONE], lambda g, u: F.gelu(g) * u)
case("GeGluTanh", [ONE, ONE], lambda g, u: F.gelu(g, approximate="tanh") * u)
case("Activate", [ONE], lambda x: F.gelu(x, approximate="tanh"))
case("MultiplyRows", [ONE, COLUMN], lambda x, y: x * y)
case("DivideRows", [ONE, COLUMN], lambda x, y: x / y, 0.5)
case("DotRows", [ONE, ONE], lambda x, y: (x * y).sum(-1, keepdim=True))
case("NormRows", [ONE], lambda x: x.norm(dim=-1, keepdim=True))
case("CosineRows", [ONE, ONE], lambda x, y: F.cosine_similarity(x, y, -1)[..., None])
case("RmsNorm", [ONE, ROW], lambda x, w: x / rms_scale(x) * w)
case("RmsNormPlain", [ONE], lambda x: x / rms_scale(x))
case("RmsScale", [ONE], rms_scale)
case("LayerNorm", [ONE, ROW, ROW], lambda x, w, b: F.layer_norm(x, [WIDTH], w, b, EPS))
case("LayerNormPlain", [ONE], lambda x: F.layer_norm(x, [WIDTH], eps=EPS))
case("LayerScale", [ONE], layer_scale)
case("Center", [ONE], lambda x: x - x.mean(-1, keepdim=True))
case("Softmax", [ONE], lambda x: F.softmax(x, -1))
case("LogSoftmax", [ONE], lambda x: F.log_softmax(x, -1))
case("CrossEntropy", [ONE], lambda x: F.cross_entropy(x, TARGETS, reduction="none"))
case("Sum", [CUBE], torch.sum)
case("Mean", [CUBE], torch.mean)
for axis in range(3):
    case(f"Sum{axis}", [CUBE], lambda x: x.sum(axis))
    case(f"Mean{axis}", [CUBE], lambda x: x.mean(axis))
    case(f"Max{axis}", [CUBE], lambda x: x.max(axis).values)
case("SelectRows", [ONE, ONE], lambda x, y: torch.where(FLAGS[:, None], y, x))
case("SelectColumns", [ONE, ONE], select_columns)
case("Gather", [ONE], lambda x: F.embedding(INDICES, x).reshape(2, 2, WIDTH))
case("GatherColumns", [ONE], lambda x: x[:, COLUMNS])
case("GatherPlaces", [ONE], lambda x: x.gather(-1, PLACES))
case("ScatterPlaces", [[ROWS, 3]], lambda x: torch.zeros(ONE).scatter_add(-1, PLACES, x))
case("TopK", [ONE], lambda x: x.topk(K).values)
case("KeepTopK", [ONE], keep_top_k)
case("JumpRelu", [ONE, ROW], JumpRelu.apply)
case("Step", [ONE, ROW], Step.apply)
case("Reshape", [BLOCK], lambda x: x.reshape(15, 7))
case("Transpose", [BLOCK], lambda x: x.permute(2, 0, 1))
case("Broadcast", [[5, 7]], lambda x: x.expand(BLOCK))
for axis in range(3):
    part = [PART if index == axis else size for index, size in enumerate(BLOCK)]
    case(f"Slice{axis}", [BLOCK], lambda x: x.narrow(axis, 1, PART))
    case(f"Concat{axis}", [BLOCK, part], lambda x, y: torch.cat([x, y], axis))
case("ConcatMany", [[2, 3]] * 9, lambda *parts: torch.cat(parts))
case("Overlay", [BLOCK, [2, 5, 3]], overlay)
case("SelectSeen", [[2, 3, 4, 5]] * 2, select_seen)
for left in "NT":
    for right in "NT":
        case(f"MatMul{left}{right}", [[3, 5] if left == "T" else [5, 3], [7, 3] if right == "T" else [3, 7]],
             lambda x, y: (x.T if left == "T" else x) @ (y.T if right == "T" else y))
WEIGHT = torch.tensor([(i * 37 % 19 / 9) - 1 for i in range(3 * 7)]).reshape(3, 7)
for name, function in [("None", lambda x: x), ("Relu", F.relu), ("Gelu", F.gelu), ("GeluTanh", lambda x: F.gelu(x, approximate="tanh")), ("Silu", F.silu)]:
    case(f"Linear{name}", [[2, 5, 3], [7]], lambda x, b: function(x @ WEIGHT + b))
Q, KEYS, PATTERN = [2, 1, 4, 6], [2, 4, 2, 6], [2, 4, 1, 4]
case("Rotary", [[2, 5, 4, 6]], rotary)
for kind, options in enumerate([{}, {"causal": False}, {"window": 2}, {"cap": 1.5}]):
    case(f"Attention{kind}", [Q, KEYS, KEYS], lambda q, k, v: mix(F.softmax(scores(q, k, **options), -1), v))
    case(f"AttentionScores{kind}", [Q, KEYS], lambda q, k: finite(scores(q, k, **options)))
case("Attention", [Q, KEYS, KEYS], lambda q, k, v: mix(F.softmax(scores(q, k), -1), v))
case("AttentionScores", [Q, KEYS], lambda q, k: finite(scores(q, k)))
case("CausalSoftmax", [PATTERN], lambda x: F.softmax(x.masked_fill(~seen(1, 4), -math.inf), -1))
case("AttentionMix", [PATTERN, KEYS], mix)


def within(queries, keys, causal=True, window=0, **_):
    """Ranges of keys [0, keys - 1) and [keys - 1, keys) of two sequences, [batch, 1, query, key]."""
    key = torch.arange(keys)
    ranges = torch.stack([key < max(1, keys - 1), key >= keys - 1])
    return ranges[:, None, None, :] & seen(queries, keys, causal, window)


def soft(x, mask):
    """Softmax over what is seen; zeros where nothing is."""
    weights = torch.exp(x.masked_fill(~mask, -math.inf) - x.detach().amax(-1, keepdim=True))
    return weights / weights.sum(-1, keepdim=True).clamp(min=1e-30)


def part(x, places):
    """Rotary embedding of the first four of six dimensions, at places [batch, position]."""
    angle = places.float()[..., None] * torch.tensor([1, 0.3])
    cosine, sine = 1.2 * angle.cos()[:, :, None, :], 1.2 * angle.sin()[:, :, None, :]
    first, second = x[..., :2], x[..., 2:4]
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine, x[..., 4:]], -1)


case("RotaryPart", [[2, 5, 4, 6]], lambda x: part(x, (torch.arange(5) + 3).expand(2, 5)))
case("RotaryPlaces", [[2, 5, 4, 6]], lambda x: part(x, (torch.arange(10) * 3 % 9).reshape(2, 5)))
for kind, options in enumerate([{}, {"causal": False}, {"window": 2}, {"cap": 1.5}]):
    MASK = within(1, 4, **options)
    case(f"AttentionRanges{kind}", [Q, KEYS, KEYS],
         lambda q, k, v: mix(soft(scores(q, k, **{**options, "causal": False, "window": 0}), MASK), v))
    case(f"AttentionScoresRanges{kind}", [Q, KEYS], lambda q, k: finite(scores(q, k, **options).masked_fill(~MASK, -math.inf)))
    case(f"AttentionSoftmax{kind}", [PATTERN], lambda x: soft(x, MASK))
    case(f"SelectSeen{kind}", [PATTERN] * 2, lambda x, y: torch.where(MASK, x, y))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "operations.json"), "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file, indent=None, separators=(",", ":"))

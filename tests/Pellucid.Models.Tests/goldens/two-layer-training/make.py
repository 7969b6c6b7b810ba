#!/usr/bin/env python3
"""Trains two-layer transformers in PyTorch and writes their initial weights, batches and losses.

Run with PyTorch 1.13, CPU, one thread: python3 make.py. Writes gpt2.safetensors and llama.safetensors beside itself.
Names and layouts are those of Pellucid's table of parameters: x @ W + b with W [inputs, outputs].
The task: a sequence counts on from a random token by its own step of 1 to 3, modulo the vocabulary; the loss is the mean over all 15
predicted tokens.
"""
import json
import math
import os
import struct

import numpy
import torch
import torch.nn.functional as F

LAYERS, D, HEADS, MLP, VOCAB, LENGTH, BATCH, STEPS, RATE = 2, 32, 4, 64, 24, 16, 8, 100, 5e-3
SIZE = D // HEADS
EPS = 1e-5


def shapes(kind):
    gpt2 = kind == "gpt2"
    yield "embed.W_E", (VOCAB, D)
    if gpt2:
        yield "pos_embed.W_pos", (LENGTH, D)
    for layer in range(LAYERS):
        b = f"blocks.{layer}."
        for norm in ("ln1", "ln2"):
            yield b + norm + ".w", (D,)
            if gpt2:
                yield b + norm + ".b", (D,)
        for name in "QKVO":
            yield f"{b}attn.W_{name}", (D, D)
            if gpt2:
                yield f"{b}attn.b_{name}", (D,)
        for name, shape in (("gate", (D, MLP)), ("in", (D, MLP)), ("out", (MLP, D))):
            if gpt2 and name == "gate":
                continue
            yield f"{b}mlp.W_{name}", shape
            if gpt2:
                yield f"{b}mlp.b_{name}", (shape[1],)
    yield "ln_final.w", (D,)
    if gpt2:
        yield "ln_final.b", (D,)
    else:
        yield "unembed.W_U", (D, VOCAB)


def initial(kind, generator):
    weights = {}
    for name, shape in shapes(kind):
        if name.endswith(".w"):
            value = torch.ones(shape)
        elif len(shape) == 1:
            value = torch.zeros(shape)
        else:
            value = 0.08 * torch.randn(shape, generator=generator)
        weights[name] = value.requires_grad_()
    return weights


def rotate(x):
    """x [batch, pos, head, size]: the pair (i, i + size/2) turned by pos * 10000 ** (-2 i / size)."""
    half = SIZE // 2
    angles = torch.arange(x.shape[1]).float()[:, None] * 10000.0 ** (-torch.arange(half).float() * 2 / SIZE)
    cos, sin = angles.cos()[None, :, None], angles.sin()[None, :, None]
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def norm(kind, w, name, x):
    if kind == "gpt2":
        return F.layer_norm(x, (D,), w[name + ".w"], w[name + ".b"], EPS)
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + EPS) * w[name + ".w"]


def project(w, owner, name, x):
    y = x @ w[f"{owner}W_{name}"]
    bias = w.get(f"{owner}b_{name}")
    return y if bias is None else y + bias


def forward(kind, w, ids):
    x = w["embed.W_E"][ids]
    if kind == "gpt2":
        x = x + w["pos_embed.W_pos"][None, : ids.shape[1]]
    mask = torch.full((ids.shape[1], ids.shape[1]), -math.inf).triu(1)
    for layer in range(LAYERS):
        b = f"blocks.{layer}."
        y = norm(kind, w, b + "ln1", x)
        q, k, v = (project(w, b + "attn.", name, y).view(*ids.shape, HEADS, SIZE) for name in "QKV")
        if kind == "llama":
            q, k = rotate(q), rotate(k)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(SIZE) + mask
        z = torch.einsum("bhqk,bkhd->bqhd", scores.softmax(-1), v).reshape(*ids.shape, D)
        x = x + project(w, b + "attn.", "O", z)
        y = norm(kind, w, b + "ln2", x)
        if kind == "llama":
            y = F.silu(project(w, b + "mlp.", "gate", y)) * project(w, b + "mlp.", "in", y)
        else:
            y = project(w, b + "mlp.", "in", y)
            y = 0.5 * y * (1 + torch.tanh(math.sqrt(2 / math.pi) * (y + 0.044715 * y**3)))
        x = x + project(w, b + "mlp.", "out", y)
    x = norm(kind, w, "ln_final", x)
    return x @ (w["embed.W_E"].T if kind == "gpt2" else w["unembed.W_U"])


def train(kind):
    generator = torch.Generator().manual_seed({"gpt2": 1, "llama": 2}[kind])
    weights = initial(kind, generator)
    arrays = {name: value.detach().clone().numpy() for name, value in weights.items()}
    first = torch.randint(VOCAB, (STEPS, BATCH, 1), generator=generator)
    step = torch.randint(1, 4, (STEPS, BATCH, 1), generator=generator)
    batches = (first + step * torch.arange(LENGTH)) % VOCAB
    optimizer = torch.optim.Adam(weights.values(), lr=RATE)
    losses = []
    for ids in batches:
        logits = forward(kind, weights, ids)
        loss = F.cross_entropy(logits[:, :-1].reshape(-1, VOCAB), ids[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(kind, losses[0], losses[49], losses[-1])
    arrays["batches"] = batches.to(torch.int32).numpy()
    arrays["losses"] = numpy.array(losses, numpy.float32)
    return arrays


def write(path, arrays):
    header, parts, at = {}, [], 0
    for name, array in arrays.items():
        data = numpy.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": {"float32": "F32", "int32": "I32"}[str(array.dtype)], "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


if __name__ == "__main__":
    torch.set_num_threads(1)
    for kind in ("gpt2", "llama"):
        write(os.path.join(os.path.dirname(os.path.abspath(__file__)), kind + ".safetensors"), train(kind))

#!/usr/bin/env python3
"""Numbers of transformers without norms that attend both ways, from a plain PyTorch module.

Run with PyTorch 1.13, CPU: python3 make.py. Writes tiny.safetensors and odd.safetensors beside itself: parameters under Pellucid's names
(x @ W + b with W [inputs, outputs]), the ids, every activation, the logits, the factors of a weighted sum of the logits, and that sum's
gradients with respect to every parameter ("grad:NAME") and every activation ("at:NAME").
Everything is computed in double from float32 parameters and stored as float32. The same in float32 is run beside it, and the largest
difference, as a part of the largest value of its array, is printed: it is the scale by which a tolerance is to be judged.

The networks (no normalization anywhere): x = embed (+ position); each block x += Attn(x), x += relu(x W_in + b_in) W_out + b_out, with
softmax(scale * q k^T) v over all keys (Vaswani et al. 2017, arXiv:1706.03762); logits = x W_U + b_U.
"""
import json
import os
import struct

import numpy
import torch

CASES = {
    # Sizes as a compiled program has them: one head of odd size, one neuron, fewer outputs than tokens.
    "tiny": dict(layers=2, d=14, heads=1, key_heads=1, size=7, mlp=1, vocab=6, outputs=3, length=5, batch=3, scale=1.0,
                 positions=True, attention_bias=False, mlp_bias=True, output_bias=False, seed=1),
    # Sizes that are multiples of nothing, grouped heads, no positions, biases where the other has none.
    "odd": dict(layers=3, d=13, heads=3, key_heads=1, size=5, mlp=9, vocab=7, outputs=11, length=6, batch=2, scale=5 ** -0.5,
                positions=False, attention_bias=True, mlp_bias=False, output_bias=True, seed=2),
}


def shapes(c):
    d, q, k = c["d"], c["heads"] * c["size"], c["key_heads"] * c["size"]
    yield "embed.W_E", (c["vocab"], d)
    if c["positions"]:
        yield "pos_embed.W_pos", (c["length"], d)
    for layer in range(c["layers"]):
        b = f"blocks.{layer}."
        for name, shape in (("Q", (d, q)), ("K", (d, k)), ("V", (d, k)), ("O", (q, d))):
            yield f"{b}attn.W_{name}", shape
            if c["attention_bias"]:
                yield f"{b}attn.b_{name}", (shape[1],)
        for name, shape in (("in", (d, c["mlp"])), ("out", (c["mlp"], d))):
            yield f"{b}mlp.W_{name}", shape
            if c["mlp_bias"]:
                yield f"{b}mlp.b_{name}", (shape[1],)
    yield "unembed.W_U", (d, c["outputs"])
    if c["output_bias"]:
        yield "unembed.b_U", (c["outputs"],)


def forward(c, w, ids):
    acts = {}

    def at(name, value):
        value.retain_grad()
        acts[name] = value
        return value

    def project(owner, name, x):
        y = x @ w[f"{owner}W_{name}"]
        bias = w.get(f"{owner}b_{name}")
        return y if bias is None else y + bias

    batch, length = ids.shape
    group = c["heads"] // c["key_heads"]
    x = at("hook_embed", w["embed.W_E"][ids])
    if c["positions"]:
        x = x + at("hook_pos_embed", w["pos_embed.W_pos"][:length].expand(batch, -1, -1) * 1)
    for layer in range(c["layers"]):
        b = f"blocks.{layer}."
        x = at(b + "hook_resid_pre", x * 1)
        q = at(b + "attn.hook_q", project(b + "attn.", "Q", x).view(batch, length, c["heads"], c["size"]) * 1)
        k = at(b + "attn.hook_k", project(b + "attn.", "K", x).view(batch, length, c["key_heads"], c["size"]) * 1)
        v = at(b + "attn.hook_v", project(b + "attn.", "V", x).view(batch, length, c["key_heads"], c["size"]) * 1)
        keys, values = k.repeat_interleave(group, 2), v.repeat_interleave(group, 2)
        scores = at(b + "attn.hook_attn_scores", torch.einsum("bqhd,bkhd->bhqk", q, keys) * c["scale"])
        pattern = at(b + "attn.hook_pattern", scores.softmax(-1))
        z = at(b + "attn.hook_z", torch.einsum("bhqk,bkhd->bqhd", pattern, values))
        matrix = w[b + "attn.W_O"].view(c["heads"], c["size"], c["d"])
        written = at(b + "attn.hook_result", torch.einsum("bqhd,hdm->bqhm", z, matrix)).sum(2)
        bias = w.get(b + "attn.b_O")
        attention = at(b + "hook_attn_out", written if bias is None else written + bias)
        x = at(b + "hook_resid_mid", x + attention)
        pre = at(b + "mlp.hook_pre", project(b + "mlp.", "in", x))
        post = at(b + "mlp.hook_post", torch.relu(pre))
        x = at(b + "hook_resid_post", x + at(b + "hook_mlp_out", project(b + "mlp.", "out", post)))
    return project("unembed.", "U", x), acts


def numbers(c, parameters, ids, factors, dtype):
    w = {name: value.to(dtype).clone().requires_grad_() for name, value in parameters.items()}
    logits, acts = forward(c, w, ids)
    value = (logits * factors.to(dtype)).sum()
    value.backward()
    found = {"logits": logits, "value": value.reshape(1)}
    found.update(acts)
    found.update({"grad:" + name: weight.grad for name, weight in w.items()})
    found.update({"at:" + name: act.grad for name, act in acts.items()})
    return {name: array.detach() for name, array in found.items()}


def scale(arrays, key):
    """The largest value; of the gradient of b_K, which is zero because a bias of all keys moves all scores alike, that of the keys'."""
    return arrays[key.replace("grad:", "at:").replace("b_K", "hook_k") if key.endswith("b_K") else key].abs().max()


def make(name, c):
    generator = torch.Generator().manual_seed(c["seed"])
    parameters = {key: torch.randn(shape, generator=generator) * (0.25 if len(shape) > 1 else 0.2) for key, shape in shapes(c)}
    ids = torch.randint(c["vocab"], (c["batch"], c["length"]), generator=generator)
    factors = torch.randn((c["batch"], c["length"], c["outputs"]), generator=generator)
    exact, rounded = (numbers(c, parameters, ids, factors, dtype) for dtype in (torch.float64, torch.float32))
    worst = max((((rounded[key] - exact[key]).abs().max() / scale(exact, key)).item(), key) for key in exact)
    print(name, "float32 against double, of the largest value:", worst)
    arrays = {"parameter:" + key: value.numpy() for key, value in parameters.items()}
    arrays.update({key: value.float().numpy() for key, value in exact.items()})
    arrays["ids"], arrays["factors"] = ids.to(torch.int32).numpy(), factors.numpy()
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
    for name, case in CASES.items():
        write(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".safetensors"), make(name, case))

"""Forward pass of a llama2.c checkpoint in PyTorch, as fast as PyTorch makes it on a CPU: fused projections,
inference mode, weights laid out once. Reads 'run' lines on standard input; answers each with the seconds it took.

    forward_llama.py CHECKPOINT BATCH POSITIONS THREADS
"""
import struct
import sys
import time

import numpy as np
import torch


def read(path):
    with open(path, "rb") as file:
        dim, hidden, layers, heads, kv_heads, vocabulary, context = struct.unpack("7i", file.read(28))
        values = np.fromfile(file, dtype=np.float32)
    at = 0

    def take(*shape):
        nonlocal at
        count = int(np.prod(shape))
        part = torch.from_numpy(values[at:at + count].reshape(shape).copy())
        at += count
        return part

    size = dim // heads
    embedding = take(abs(vocabulary), dim)
    ln1 = take(layers, dim)
    q, k, v = take(layers, heads * size, dim), take(layers, kv_heads * size, dim), take(layers, kv_heads * size, dim)
    o = take(layers, dim, heads * size)
    ln2 = take(layers, dim)
    gate, down, up = take(layers, hidden, dim), take(layers, dim, hidden), take(layers, hidden, dim)
    final = take(dim)
    blocks = [dict(ln1=ln1[i], qkv=torch.cat([q[i], k[i], v[i]]).contiguous(), o=o[i].contiguous(), ln2=ln2[i],
                   gate_up=torch.cat([gate[i], up[i]]).contiguous(), down=down[i].contiguous()) for i in range(layers)]
    return dict(dim=dim, hidden=hidden, heads=heads, kv_heads=kv_heads, size=size, context=context), embedding, blocks, final


def norm(x, weight):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight


def rotate(x, cos, sin):
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * torch.complex(cos, sin)[None, :, None, :]).flatten(-2)


def forward(config, embedding, blocks, final, ids, cos, sin, mask):
    batch, positions = ids.shape
    heads, kv_heads, size = config["heads"], config["kv_heads"], config["size"]
    x = embedding[ids]
    for block in blocks:
        qkv = torch.nn.functional.linear(norm(x, block["ln1"]), block["qkv"])
        q, k, v = qkv.split([heads * size, kv_heads * size, kv_heads * size], -1)
        q = rotate(q.reshape(batch, positions, heads, size), cos, sin).transpose(1, 2)
        k = rotate(k.reshape(batch, positions, kv_heads, size), cos, sin).transpose(1, 2)
        v = v.reshape(batch, positions, kv_heads, size).transpose(1, 2)
        if heads != kv_heads:
            k, v = (t.repeat_interleave(heads // kv_heads, 1) for t in (k, v))
        scores = torch.baddbmm(mask, q.reshape(-1, positions, size), k.reshape(-1, positions, size).transpose(1, 2), alpha=size ** -0.5)
        z = torch.bmm(scores.softmax(-1), v.reshape(-1, positions, size))
        z = z.reshape(batch, heads, positions, size).transpose(1, 2).reshape(batch, positions, heads * size)
        x = x + torch.nn.functional.linear(z, block["o"])
        gate, up = torch.nn.functional.linear(norm(x, block["ln2"]), block["gate_up"]).chunk(2, -1)
        x = x + torch.nn.functional.linear(torch.nn.functional.silu(gate) * up, block["down"])
    return norm(x, final)


def main():
    path, batch, positions, threads = sys.argv[1], *map(int, sys.argv[2:5])
    torch.set_num_threads(threads)
    config, embedding, blocks, final = read(path)
    ids = (torch.arange(batch * positions) * 7919 % embedding.shape[0]).reshape(batch, positions)
    frequencies = 1.0 / 10000 ** (torch.arange(0, config["size"], 2).float() / config["size"])
    angles = torch.outer(torch.arange(positions).float(), frequencies)
    mask = torch.full((1, positions, positions), float("-inf")).triu(1)
    with torch.inference_mode():
        print("ready", torch.__version__, flush=True)
        for line in sys.stdin:
            start = time.perf_counter()
            out = forward(config, embedding, blocks, final, ids, angles.cos(), angles.sin(), mask)
            seconds = time.perf_counter() - start
            print(seconds, float(out.double().sum()), flush=True)


if __name__ == "__main__":
    main()

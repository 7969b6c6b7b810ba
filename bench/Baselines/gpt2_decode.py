"""Greedy decoding of GPT-2, batch 1, with a key-value cache allocated beforehand: the mean seconds of a token after a prompt.
gpt2_decode.py WEIGHTS PROMPT TOKENS THREADS linear|vector|bf16

`linear` multiplies with addmm as any model does; `vector` is rewritten for a single row, with addmv; `bf16` stores and computes in bfloat16."""
import math
import sys
import time

import torch
import torch.nn.functional as F

import gpt2
from serve import serve

path, (prompt, count, threads), kind = sys.argv[1], map(int, sys.argv[2:5]), sys.argv[5]
torch.set_num_threads(threads)
weights = gpt2.read(path)
if kind == "bf16":
    weights = {name: value.bfloat16() for name, value in weights.items()}
model = gpt2.Gpt2(weights)
dtype = model.embedding.dtype
keys, values = (torch.zeros(gpt2.LAYERS, gpt2.HEADS, prompt + count, gpt2.SIZE, dtype=dtype) for _ in range(2))
ids = gpt2.tokens(1, prompt)

if kind == "vector":  # the matrices turned, so that each output is one run of memory
    model.blocks = [[(w.t().contiguous() if w.dim() == 2 else w, b) for w, b in block] for block in model.blocks]


def linear(x, pair):
    return torch.addmv(pair[1], pair[0], x) if kind == "vector" else torch.addmm(pair[1], x, pair[0])


def attend(qkv, layer, at):
    q, k, v = qkv.view(3, gpt2.HEADS, gpt2.SIZE).unbind(0)
    keys[layer, :, at], values[layer, :, at] = k, v
    scores = torch.bmm(keys[layer, :, :at + 1], q.unsqueeze(2)) * (1 / math.sqrt(gpt2.SIZE))
    z = torch.bmm(scores.softmax(1).transpose(1, 2), values[layer, :, :at + 1])
    return z.view(-1) if kind == "vector" else z.view(1, -1)


def step(token, at):
    x = model.embedding[token] + model.positions[at]
    x = x if kind == "vector" else x.unsqueeze(0)
    for layer, (ln1, qkv, out, ln2, up, down) in enumerate(model.blocks):
        x = x + linear(attend(linear(gpt2.norm(x, ln1), qkv), layer, at), out)
        x = x + linear(F.gelu(linear(gpt2.norm(x, ln2), up), approximate="tanh"), down)
    x = gpt2.norm(x, model.final)
    return (torch.mv(model.embedding, x) if kind == "vector" else F.linear(x, model.embedding)).argmax().item()


def main():
    primed = []  # the prompt's keys and values stay in the cache from the first run on

    def run():
        if not primed:
            primed.extend(step(int(ids[0, at]), at) for at in range(prompt))
        written = [primed[-1]]
        start = time.perf_counter()
        for at in range(prompt, prompt + count - 1):
            written.append(step(written[-1], at))
        return (time.perf_counter() - start) / (count - 1), sum(written)

    serve(torch.__version__, run)


with torch.inference_mode():
    main()

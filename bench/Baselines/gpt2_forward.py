"""Forward pass of GPT-2 without logits: gpt2_forward.py WEIGHTS BATCH POSITIONS THREADS"""
import sys

import torch

import gpt2
from serve import serve

path, (batch, positions, threads) = sys.argv[1], map(int, sys.argv[2:5])
torch.set_num_threads(threads)
model, ids, mask = gpt2.Gpt2(gpt2.read(path)), gpt2.tokens(batch, positions), gpt2.causal(positions)


def run():
    out = model.normalized(ids, mask)
    return lambda: out.double().abs().mean()


with torch.inference_mode():
    serve(torch.__version__, run)

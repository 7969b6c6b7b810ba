"""Forward and backward of GPT-2, gradients of all parameters: logits at every position, mean cross entropy of the next token.
gpt2_train.py WEIGHTS BATCH POSITIONS THREADS"""
import sys

import torch
import torch.nn.functional as F

import gpt2
from serve import serve

path, (batch, positions, threads) = sys.argv[1], map(int, sys.argv[2:5])
torch.set_num_threads(threads)
model, ids, mask = gpt2.Gpt2(gpt2.read(path), gradients=True), gpt2.tokens(batch, positions), gpt2.causal(positions)
targets = ids[:, 1:].reshape(-1)


def run():
    for parameter in model.parameters:
        parameter.grad = None
    x = model.normalized(ids, mask).view(batch, positions, -1)[:, :-1].reshape(-1, gpt2.WIDTH)
    loss = F.cross_entropy(x @ model.embedding.t(), targets)
    loss.backward()
    return lambda: model.blocks[0][4][0].grad.double().abs().mean()


serve(torch.__version__, run)

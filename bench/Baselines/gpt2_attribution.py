"""Gradients of a metric on few logits at every residual activation of GPT-2: the difference of two tokens' logits at the last position of
each sequence, averaged; resid_pre, resid_mid and resid_post of every block keep their gradients; parameters get none. `two` computes only
the logits that the metric needs, `all` those of every position and token. gpt2_attribution.py WEIGHTS BATCH POSITIONS THREADS two|all"""
import sys

import torch

import gpt2
from serve import serve

RIGHT, WRONG = 1000, 2000
path, (batch, positions, threads) = sys.argv[1], map(int, sys.argv[2:5])
whole = sys.argv[5] == "all"
torch.set_num_threads(threads)
model, ids, mask = gpt2.Gpt2(gpt2.read(path)), gpt2.tokens(batch, positions), gpt2.causal(positions)
direction = (model.embedding[RIGHT] - model.embedding[WRONG]).clone()


def run():
    last, seen = model.residuals(ids, mask, start=lambda x: x.detach().requires_grad_(True))
    for activation in seen:
        activation.retain_grad()
    if whole:
        logits = gpt2.norm(last, model.final) @ model.embedding.t()
        final = logits.view(batch, positions, -1)[:, -1]
        metric = (final[:, RIGHT] - final[:, WRONG]).mean()
    else:
        metric = (gpt2.norm(last.view(batch, positions, -1)[:, -1], model.final) @ direction).mean()
    metric.backward()
    return lambda: seen[0].grad.double().abs().mean()


serve(torch.__version__, run)

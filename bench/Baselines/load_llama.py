"""A llama2.c checkpoint opened and run once in PyTorch: answers each line with the seconds from the file to the first logits and their mean magnitude.

    load_llama.py CHECKPOINT IDS THREADS
"""
import sys

import torch

from forward_llama import forward, read
from serve import serve

path, ids, threads = sys.argv[1], [int(part) for part in sys.argv[2].split(",")], int(sys.argv[3])
torch.set_num_threads(threads)


def run():
    config, embedding, blocks, final = read(path)
    frequencies = 1.0 / 10000 ** (torch.arange(0, config["size"], 2).float() / config["size"])
    angles = torch.outer(torch.arange(len(ids)).float(), frequencies)
    mask = torch.full((1, len(ids), len(ids)), float("-inf")).triu(1)
    logits = forward(config, embedding, blocks, final, torch.tensor([ids]), angles.cos(), angles.sin(), mask)[0, -1] @ embedding.T
    return lambda: logits.double().abs().mean()


with torch.inference_mode():
    serve(torch.__version__, run)

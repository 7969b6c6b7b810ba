"""Makes tinyllama.json and tinyllama.safetensors: what PyTorch computes of the 1.1-billion-parameter chat model tinyllama-1.1b-chat.

    npm pack @node-llama-cpp/linux-x64@3.22.1 && tar xzf node-llama-cpp-linux-x64-3.22.1.tgz
    python3 make.py tinyllama.gguf package/bins/linux-x64/libggml-base.so      (Python 3.11, numpy 1.24, PyTorch 1.13; 5 GB of memory)

The weights are those of the GGUF file, dequantized by llama.cpp's own functions (v0.5.0), which are the bits that ../gguf holds. The network
is written below from its description: root mean square norms, rotary embedding of neighbouring pairs (as the file has queries and keys),
grouped queries, gated SiLU. Everything is float32 on one thread. llama.cpp itself rounds activations to eight bits while it multiplies, so
that its logits are further from these than Pellucid's may be.
"""
import ctypes
import json
import math
import struct
import sys

import numpy as np
import torch

torch.set_num_threads(1)
library = ctypes.CDLL(sys.argv[2])
BLOCKS = {0: (1, 4, None), 10: (256, 84, "q2_K"), 12: (256, 144, "q4_K"), 13: (256, 176, "q5_K"), 16: (256, 66, "iq2_xxs")}
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
file = open(sys.argv[1], "rb")


def number(code):
    return struct.unpack("<" + code, file.read(struct.calcsize("<" + code)))[0]


def text():
    return file.read(number("Q")).decode(errors="replace")


def value(kind):
    if kind == 8:
        return text()
    if kind == 9:
        kind = number("I")
        return [value(kind) for _ in range(number("Q"))]
    return number(NUMBERS[kind])


assert file.read(4) == b"GGUF" and number("I") == 3
tensors, keys = number("Q"), number("Q")
facts = {}
for _ in range(keys):
    key = text()
    facts[key] = value(number("I"))
infos = {}
for _ in range(tensors):
    name = text()
    sizes = [number("Q") for _ in range(number("I"))]
    infos[name] = (sizes, number("I"), number("Q"))
data = (file.tell() + 31) // 32 * 32


def weight(name):
    sizes, kind, offset = infos[name]
    values, size, function = BLOCKS[kind]
    count = int(np.prod(sizes))
    file.seek(data + offset)
    raw = np.frombuffer(file.read(count // values * size), np.uint8)
    if function is None:
        result = raw.view(np.float32).copy()
    else:
        result = np.empty(count, np.float32)
        call = getattr(library, "dequantize_row_" + function)
        call.argtypes, call.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64], None
        call(raw.ctypes.data, result.ctypes.data, count)
    return torch.from_numpy(result).reshape(sizes[::-1])


LAYERS, HEADS, KEYS = facts["llama.block_count"], facts["llama.attention.head_count"], facts["llama.attention.head_count_kv"]
WIDTH = facts["llama.embedding_length"] // HEADS
EPSILON, BASE = facts["llama.attention.layer_norm_rms_epsilon"], facts["llama.rope.freq_base"]
tokens = facts["tokenizer.ggml.tokens"]
weights = {name: weight(name) for name in infos}


def norm(x, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * weights[name + ".weight"]


def linear(x, name):
    return x @ weights[name + ".weight"].T


def turned(x, start):
    """[position, head, width]: neighbours (2i, 2i + 1) are turned by position / base^(2i / width)."""
    angles = torch.arange(start, start + len(x)).double()[:, None] * BASE ** (-torch.arange(0, WIDTH, 2).double() / WIDTH)
    cosine, sine = angles.cos().float()[:, None], angles.sin().float()[:, None]
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


def forward(ids, cache):
    start = cache[0][0].shape[0] if cache else 0
    x = weights["token_embd.weight"][ids]
    residuals = []
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        y = norm(x, block + "attn_norm")
        q = turned(linear(y, block + "attn_q").view(len(ids), HEADS, WIDTH), start)
        k = turned(linear(y, block + "attn_k").view(len(ids), KEYS, WIDTH), start)
        v = linear(y, block + "attn_v").view(len(ids), KEYS, WIDTH)
        if start:
            k, v = torch.cat((cache[layer][0], k)), torch.cat((cache[layer][1], v))
            cache[layer] = (k, v)
        else:
            cache.append((k, v))
        k, v = k.repeat_interleave(HEADS // KEYS, 1), v.repeat_interleave(HEADS // KEYS, 1)
        scores = torch.einsum("qhd,khd->hqk", q, k) / math.sqrt(WIDTH)
        hidden = torch.arange(k.shape[0])[None] > torch.arange(start, start + len(ids))[:, None]
        pattern = scores.masked_fill(hidden, float("-inf")).softmax(-1)
        x = x + linear(torch.einsum("hqk,khd->qhd", pattern, v).flatten(1), block + "attn_output")
        y = norm(x, block + "ffn_norm")
        x = x + linear(torch.nn.functional.silu(linear(y, block + "ffn_gate")) * linear(y, block + "ffn_up"), block + "ffn_down")
        residuals.append(x[-1])
    return linear(norm(x, "output_norm"), "output"), residuals


def run(ids, more):
    cache = []
    logits, residuals = forward(ids, cache)
    greedy, gap, last = [], [], logits[-1]
    for _ in range(more):
        best = last.topk(2)
        greedy.append(int(best.indices[0]))
        gap.append(float(best.values[0] - best.values[1]))
        last = forward(greedy[-1:], cache)[0][-1]
    return logits, residuals, greedy, min(gap)


def pieces(ids):
    return "".join(tokens[i] for i in ids).replace("\u2581", " ").replace("<0x0A>", "\n")


with torch.no_grad():
    words = ["\u2581The", "\u2581capital", "\u2581of", "\u2581France", "\u2581is"]
    prompt = [facts["tokenizer.ggml.bos_token_id"]] + [tokens.index(word) for word in words]
    logits, residuals, greedy, gap = run(prompt, 12)
    print(prompt, greedy, pieces(greedy), gap)
arrays = {
    "last_logits": logits[-1].numpy(),
    "token_logprobs": logits[:-1].log_softmax(-1)[range(len(prompt) - 1), prompt[1:]].numpy(),
    "last_resid_post": torch.stack(residuals)[:, :64].contiguous().numpy(),
}
with open("tinyllama.json", "w") as out:
    json.dump({"prompt": prompt, "greedy": greedy, "smallest_gap": gap, "text": pieces(greedy)}, out)
header, offset = {}, 0
for name, array in arrays.items():
    header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
    offset += array.nbytes
encoded = json.dumps(header).encode()
encoded += b" " * (-len(encoded) % 8)
with open("tinyllama.safetensors", "wb") as out:
    out.write(struct.pack("<Q", len(encoded)) + encoded + b"".join(array.tobytes() for array in arrays.values()))

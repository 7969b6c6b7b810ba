"""GPT-2 in PyTorch, written for speed on a CPU: one product for query, key and value, matrices laid out as [inputs, outputs] so that addmm
takes them as they are, the tanh GELU in one operation, attention as two batched products around a softmax.
Weights come from a safetensors file with TransformerLens's names; `read` gives them those of GPT-2 checkpoints, with query, key and value in one."""
import json
import math

import numpy as np
import torch
import torch.nn.functional as F

LAYERS, WIDTH, HEADS, VOCABULARY, CONTEXT, EPSILON = 12, 768, 12, 50257, 1024, 1e-5
SIZE = WIDTH // HEADS


BLOCK = {"ln_1.weight": "ln1.w", "ln_1.bias": "ln1.b", "attn.c_attn.weight": "attn.W_{}", "attn.c_attn.bias": "attn.b_{}",
         "attn.c_proj.weight": "attn.W_O", "attn.c_proj.bias": "attn.b_O", "ln_2.weight": "ln2.w", "ln_2.bias": "ln2.b",
         "mlp.c_fc.weight": "mlp.W_in", "mlp.c_fc.bias": "mlp.b_in", "mlp.c_proj.weight": "mlp.W_out", "mlp.c_proj.bias": "mlp.b_out"}


def read(path):
    """The weights of a safetensors file: eight bytes of length, a JSON header, then the values."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    values = np.memmap(path, dtype=np.float32, mode="r", offset=8 + length)
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (at // 4 for at in entry["data_offsets"])
            found[name] = torch.from_numpy(np.array(values[begin:end]).reshape(entry["shape"]))
    weights = {"wte.weight": found["embed.W_E"], "wpe.weight": found["pos_embed.W_pos"],
               "ln_f.weight": found["ln_final.w"], "ln_f.bias": found["ln_final.b"]}
    for i in range(LAYERS):
        for name, source in BLOCK.items():
            parts = [found[f"blocks.{i}.{source.format(which)}"] for which in ("QKV" if "{}" in source else "-")]
            weights[f"h.{i}.{name}"] = torch.cat(parts, -1).contiguous() if len(parts) > 1 else parts[0]
    return weights


class Gpt2:
    def __init__(self, weights, gradients=False):
        self.embedding, self.positions = weights["wte.weight"], weights["wpe.weight"]
        self.final = (weights["ln_f.weight"], weights["ln_f.bias"])
        names = ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj")
        self.blocks = [[(weights[f"h.{i}.{name}.weight"], weights[f"h.{i}.{name}.bias"]) for name in names] for i in range(LAYERS)]
        self.parameters = [self.embedding, self.positions, *self.final, *(part for block in self.blocks for pair in block for part in pair)]
        for parameter in self.parameters:
            parameter.requires_grad_(gradients)

    def residuals(self, ids, mask, start=None):
        """The final residual stream and, where `start` wants it, resid_pre, resid_mid and resid_post of every block."""
        batch, length = ids.shape
        seen = []
        x = self.embedding[ids] + self.positions[:length]
        if start is not None:
            x = start(x)
            seen.append(x)
        x = x.view(-1, WIDTH)
        for ln1, qkv, out, ln2, up, down in self.blocks:
            x = x + linear(attend(linear(norm(x, ln1), qkv), batch, length, mask), out)
            seen.append(x)
            x = x + linear(F.gelu(linear(norm(x, ln2), up), approximate="tanh"), down)
            seen.append(x)
        return x, seen

    def normalized(self, ids, mask):
        """ln_final's output, [batch * pos, d_model]."""
        return norm(self.residuals(ids, mask)[0], self.final)


def norm(x, weights):
    return F.layer_norm(x, (WIDTH,), *weights, EPSILON)


def linear(x, weights):
    return torch.addmm(weights[1], x, weights[0])


def attend(qkv, batch, length, mask):
    q, k, v = qkv.view(batch, length, 3, HEADS, SIZE).permute(2, 0, 3, 1, 4).reshape(3, batch * HEADS, length, SIZE).unbind(0)
    scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=1 / math.sqrt(SIZE))
    z = torch.bmm(scores.softmax(-1), v)
    return z.view(batch, HEADS, length, SIZE).transpose(1, 2).reshape(-1, WIDTH)


def causal(length):
    return torch.full((1, length, length), float("-inf")).triu(1)


def tokens(batch, length):
    return (torch.arange(batch * length) * 7919 % VOCABULARY).reshape(batch, length)

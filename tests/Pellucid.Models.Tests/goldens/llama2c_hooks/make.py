"""Numbers that Pellucid's forward pass is held to, from a plain PyTorch module over a llama2.c checkpoint.

    python3 make.py                             writes stories260k.safetensors beside this file
    python3 make.py stories15M.bin              writes stories15m_logits.json as well

Everything is computed in double and stored as float32, so that what is compared against has no rounding of its own;
the same module in float32 is run beside it and the largest difference between the two is printed and stored: it is the
scale by which a tolerance is to be judged. The names and conventions are Pellucid's: rotary embedding on halves (query and
key rows are permuted), hook_normalized before the weight, scores masked with minus infinity, result a head.
"""

import json
import math
import pathlib
import struct
import sys

import numpy
import torch

HERE = pathlib.Path(__file__).resolve().parent
STORIES260K = HERE / "../../../../models/stories260k/stories260K.bin"
SEQUENCES, LENGTH, SEED = 2, 17, 5
BOS = 1


class Checkpoint:
    """The header and the tensors of a llama2.c file, in the order in which they lie."""

    def __init__(self, path, dtype):
        data = path.read_bytes()
        (self.dim, self.hidden, self.layers, self.heads, self.kv_heads, vocab, self.context) = struct.unpack("<7i", data[:28])
        self.vocab, self.d_head = abs(vocab), self.dim // self.heads
        self.values = torch.from_numpy(numpy.frombuffer(data, "<f4", offset=28).copy()).to(dtype)
        self.at = 0
        n, d, kv = self.layers, self.dim, self.kv_heads * self.d_head
        self.embedding = self.take(self.vocab, d)
        self.ln1 = self.take(n, d)
        self.wq = self.halves(self.take(n, d, d))
        self.wk = self.halves(self.take(n, kv, d))
        self.wv = self.take(n, kv, d)
        self.wo = self.take(n, d, d)
        self.ln2 = self.take(n, d)
        self.w_gate = self.take(n, self.hidden, d)
        self.w_down = self.take(n, d, self.hidden)
        self.w_up = self.take(n, self.hidden, d)
        self.ln_final = self.take(d)
        self.take(self.context, self.d_head)
        self.unembedding = self.embedding if vocab > 0 else self.take(self.vocab, d)
        assert self.at == len(self.values), (self.at, len(self.values))

    def take(self, *shape):
        count = math.prod(shape)
        self.at += count
        return self.values[self.at - count : self.at].reshape(shape)

    def halves(self, weight):
        """Rows (2i, 2i + 1) of each head become rows (i, i + d/2)."""
        n, rows, d = weight.shape
        return weight.reshape(n, rows // self.d_head, self.d_head // 2, 2, d).transpose(2, 3).reshape(n, rows, d)


class Llama(torch.nn.Module):
    def __init__(self, checkpoint):
        super().__init__()
        self.c = checkpoint
        self.hooks = {}

    def keep(self, name, value):
        self.hooks[name] = value
        return value

    def norm(self, name, x, weight):
        scale = self.keep(name + ".hook_scale", (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt())
        return self.keep(name + ".hook_normalized", x / scale) * weight

    def rotate(self, x):
        half = self.c.d_head // 2
        positions = torch.arange(x.shape[1], dtype=x.dtype)
        frequencies = 10000.0 ** (-2 * torch.arange(half, dtype=x.dtype) / self.c.d_head)
        angles = positions[:, None] * frequencies[None, :]
        cos, sin = angles.cos()[:, None, :], angles.sin()[:, None, :]
        a, b = x[..., :half], x[..., half:]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)

    def attention(self, name, layer, x):
        c, (batch, pos, _) = self.c, x.shape
        q = self.keep(name + ".hook_q", (x @ c.wq[layer].T).reshape(batch, pos, c.heads, c.d_head))
        k = self.keep(name + ".hook_k", (x @ c.wk[layer].T).reshape(batch, pos, c.kv_heads, c.d_head))
        v = self.keep(name + ".hook_v", (x @ c.wv[layer].T).reshape(batch, pos, c.kv_heads, c.d_head))
        q = self.keep(name + ".hook_rot_q", self.rotate(q))
        k = self.keep(name + ".hook_rot_k", self.rotate(k))
        group = c.heads // c.kv_heads
        k, v = k.repeat_interleave(group, dim=2), v.repeat_interleave(group, dim=2)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(c.d_head)
        later = torch.ones(pos, pos, dtype=torch.bool).triu(1)
        scores = self.keep(name + ".hook_attn_scores", scores.masked_fill(later, -math.inf))
        pattern = self.keep(name + ".hook_pattern", scores.softmax(-1))
        z = self.keep(name + ".hook_z", torch.einsum("bhqk,bkhd->bqhd", pattern, v))
        w_o = c.wo[layer].T.reshape(c.heads, c.d_head, c.dim)
        result = self.keep(name + ".hook_result", torch.einsum("bqhd,hdm->bqhm", z, w_o))
        return result.sum(2)

    def forward(self, ids):
        c = self.c
        x = self.keep("hook_embed", c.embedding[ids])
        for layer in range(c.layers):
            block = f"blocks.{layer}"
            self.keep(block + ".hook_resid_pre", x)
            out = self.attention(block + ".attn", layer, self.norm(block + ".ln1", x, c.ln1[layer]))
            x = self.keep(block + ".hook_resid_mid", x + self.keep(block + ".hook_attn_out", out))
            normed = self.norm(block + ".ln2", x, c.ln2[layer])
            gate = self.keep(block + ".mlp.hook_pre", normed @ c.w_gate[layer].T)
            up = self.keep(block + ".mlp.hook_pre_linear", normed @ c.w_up[layer].T)
            neurons = self.keep(block + ".mlp.hook_post", torch.nn.functional.silu(gate) * up)
            out = self.keep(block + ".hook_mlp_out", neurons @ c.w_down[layer].T)
            x = self.keep(block + ".hook_resid_post", x + out)
        return self.norm("ln_final", x, c.ln_final) @ c.unembedding.T


def run(path, ids, dtype):
    model = Llama(Checkpoint(path, dtype))
    with torch.no_grad():
        logits = model(ids)
    return logits, model.hooks


def write_safetensors(path, arrays, metadata):
    header, parts, offset = {"__metadata__": metadata}, [], 0
    for name, array in arrays.items():
        kind = "I32" if array.dtype == numpy.int32 else "F32"
        part = numpy.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + len(part)]}
        offset += len(part)
        parts.append(part)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def random_ids(vocab, sequences, length):
    ids = numpy.random.RandomState(SEED).randint(3, vocab, (sequences, length))
    ids[:, 0] = BOS
    return torch.from_numpy(ids)


def make_hooks(path):
    ids = random_ids(512, SEQUENCES, LENGTH)
    logits, hooks = run(path, ids, torch.float64)
    single_logits, single_hooks = run(path, ids, torch.float32)
    hooks, single_hooks = {"logits": logits, **hooks}, {"logits": single_logits, **single_hooks}
    off = max((hooks[n] - single_hooks[n])[hooks[n].isfinite()].abs().max().item() for n in hooks)
    arrays = {"ids": ids.numpy().astype(numpy.int32)}
    arrays.update({name: value.to(torch.float32).numpy() for name, value in hooks.items()})
    metadata = {"source": "make.py", "torch": torch.__version__, "float32_largest_difference": f"{off:.3e}"}
    write_safetensors(HERE / "stories260k.safetensors", arrays, metadata)
    print("stories260k: float32 differs from double by", off)


def make_logits(path):
    ids = random_ids(32000, 1, 200)
    logits, _ = run(path, ids, torch.float64)
    single, _ = run(path, ids, torch.float32)
    rows = []
    for position in range(ids.shape[1] - 8, ids.shape[1]):
        top = logits[0, position].topk(16)
        rows.append({"position": position, "ids": top.indices.tolist(), "logits": [round(v, 7) for v in top.values.tolist()],
                     "log_sum_exp": round(logits[0, position].logsumexp(-1).item(), 7)})
    off = (logits - single).abs().max().item()
    text = json.dumps({"source": "make.py", "torch": torch.__version__, "float32_largest_difference": float(f"{off:.3e}"),
                       "ids": ids[0].tolist(), "rows": rows})
    (HERE / "stories15m_logits.json").write_text(text.replace(', "rows"', ',\n"rows"').replace("{\"position", "\n{\"position") + "\n")
    print("stories15m: float32 differs from double by", off)


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_hooks(STORIES260K)
    for argument in sys.argv[1:]:
        make_logits(pathlib.Path(argument))

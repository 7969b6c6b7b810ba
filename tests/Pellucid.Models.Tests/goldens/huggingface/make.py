#!/usr/bin/env python3
"""Networks of families for which nobody's numbers are here, and their numbers: plain PyTorch modules written after the papers.

Run with PyTorch 1.13, CPU: python3 make.py [MINILM-FOLDER]. Writes roberta, distilbert, phi3 and llama-dynamic beside itself, in the form of the others (README.md): weights under
the names of Hugging Face's files. Computed in double from float32 weights; the same in float32 is run beside it for `f32_vs_f64`.
With a folder that has MiniLM's model.fp16.safetensors it puts the embeddings of the ids in minilm.json beside them.

RoBERTa (Liu et al. 2019, arXiv:1907.11692), DistilBERT (Sanh et al. 2019, arXiv:1910.01108), both after BERT (Devlin et al. 2018, arXiv:1810.04805):
x = LN(tokens + positions [+ types]); x = LN(x + Attn(x)); x = LN(x + gelu(x W1 + b1) W2 + b2); logits = LN(gelu(x W + b)) E^T + c. RoBERTa's positions begin at 2.
Phi 3 (Abdin et al. 2024, arXiv:2404.14219): x += Attn(RMS(x)), x += (silu(g) * u) W where g and u are halves of one product; rotary positions.
Llama (Touvron et al. 2023, arXiv:2302.13971) likewise, its products apart, with a rotary base that grows with the sequence ("dynamic NTK", u/emozilla 2023): of L
positions, more than the L0 of training, it is base * (s L / L0 - (s - 1))^(d / (d - 2)), for d turned dimensions and a factor s. Every length is computed anew.
"""
import json
import math
import os
import sys

import torch

from trim import read, sampled, trimmed, write

HERE = os.path.dirname(os.path.abspath(__file__))
IDS = [[29, 41, 35, 64, 77, 89, 39, 69, 3, 88, 67, 90], [66, 77, 95, 9, 77, 39, 19], [55, 33, 11]]

ENCODER = dict(vocab=101, d=36, heads=3, layers=2, mlp=50, context=40, eps=1e-5)
CASES = {
    "roberta": dict(ENCODER, seed=41, offset=2, types=1, root="roberta.", layer="encoder.layer.{}.", names=dict(
        q="attention.self.query", k="attention.self.key", v="attention.self.value", o="attention.output.dense", ln1="attention.output.LayerNorm",
        up="intermediate.dense", down="output.dense", ln2="output.LayerNorm", dense="lm_head.dense", norm="lm_head.layer_norm", bias="lm_head.bias"),
        config=dict(model_type="roberta", architectures=["RobertaForMaskedLM"], bos_token_id=0, eos_token_id=2, pad_token_id=1, hidden_act="gelu", hidden_size=36,
                    intermediate_size=50, layer_norm_eps=1e-5, max_position_embeddings=42, num_attention_heads=3, num_hidden_layers=2, type_vocab_size=1, vocab_size=101)),
    "distilbert": dict(ENCODER, seed=42, offset=0, types=0, eps=1e-12, root="distilbert.", layer="transformer.layer.{}.", names=dict(
        q="attention.q_lin", k="attention.k_lin", v="attention.v_lin", o="attention.out_lin", ln1="sa_layer_norm", up="ffn.lin1", down="ffn.lin2",
        ln2="output_layer_norm", dense="vocab_transform", norm="vocab_layer_norm", bias="vocab_projector.bias"),
        config=dict(model_type="distilbert", architectures=["DistilBertForMaskedLM"], activation="gelu", dim=36, hidden_dim=50, max_position_embeddings=40,
                    n_heads=3, n_layers=2, pad_token_id=0, sinusoidal_pos_embds=False, tie_weights_=True, vocab_size=101)),
    "phi3": dict(vocab=101, d=36, heads=4, key_heads=2, size=10, layers=2, mlp=50, context=64, eps=1e-5, seed=43,
                 config=dict(model_type="phi3", architectures=["Phi3ForCausalLM"], bos_token_id=1, eos_token_id=2, head_dim=10, hidden_act="silu", hidden_size=36,
                             intermediate_size=50, max_position_embeddings=64, num_attention_heads=4, num_hidden_layers=2, num_key_value_heads=2,
                             original_max_position_embeddings=64, rms_norm_eps=1e-5, rope_scaling=None, rope_theta=10000.0, sliding_window=7,
                             tie_word_embeddings=False, vocab_size=101)),
    "llama-dynamic": dict(vocab=101, d=20, heads=2, key_heads=1, size=10, layers=2, mlp=24, context=14, eps=1e-5, seed=44, apart=True,
                          config=dict(model_type="llama", architectures=["LlamaForCausalLM"], bos_token_id=1, eos_token_id=2, head_dim=10, hidden_act="silu",
                                      hidden_size=20, intermediate_size=24, max_position_embeddings=14, num_attention_heads=2, num_hidden_layers=2,
                                      num_key_value_heads=1, rms_norm_eps=1e-5, rope_scaling=dict(rope_type="dynamic", factor=4.0), rope_theta=10000.0,
                                      tie_word_embeddings=False, vocab_size=101)),
}
QKV = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]


def shapes(c):
    d, m = c["d"], c["mlp"]
    if "root" not in c:
        yield "model.embed_tokens.weight", (c["vocab"], d)
        parts = [c["heads"] * c["size"], c["key_heads"] * c["size"], c["key_heads"] * c["size"]]
        for layer in range(c["layers"]):
            at = f"model.layers.{layer}."
            for name, size in zip(QKV, parts) if "apart" in c else [("self_attn.qkv_proj", sum(parts))]:
                yield at + name + ".weight", (size, d)
            yield at + "self_attn.o_proj.weight", (d, c["heads"] * c["size"])
            for name, size in [("mlp.gate_proj", m), ("mlp.up_proj", m)] if "apart" in c else [("mlp.gate_up_proj", 2 * m)]:
                yield at + name + ".weight", (size, d)
            yield at + "mlp.down_proj.weight", (d, m)
            yield at + "input_layernorm.weight", (d,)
            yield at + "post_attention_layernorm.weight", (d,)
        yield "model.norm.weight", (d,)
        yield "lm_head.weight", (c["vocab"], d)
        return
    names, at = c["names"], c["root"] + "embeddings."
    yield at + "word_embeddings.weight", (c["vocab"], d)
    yield at + "position_embeddings.weight", (c["context"] + c["offset"], d)
    if c["types"]:
        yield at + "token_type_embeddings.weight", (c["types"], d)
    norms = [at + "LayerNorm", names["norm"]]
    linear = [(names["dense"], d, d)]
    for layer in range(c["layers"]):
        at = c["root"] + c["layer"].format(layer)
        norms += [at + names["ln1"], at + names["ln2"]]
        linear += [(at + names[key], d, d) for key in "qkvo"] + [(at + names["up"], m, d), (at + names["down"], d, m)]
    for norm in norms:
        yield norm + ".weight", (d,)
        yield norm + ".bias", (d,)
    for name, outputs, inputs in linear:
        yield name + ".weight", (outputs, inputs)
        yield name + ".bias", (outputs,)
    yield names["bias"], (c["vocab"],)


def weights(c):
    generator, made = torch.Generator().manual_seed(c["seed"]), {}
    for name, shape in shapes(c):
        noise = torch.randn(shape, generator=generator)
        is_norm = name.lower().endswith("norm.weight")
        made[name] = 1 + 0.3 * noise if is_norm else noise * (0.5 if "embed" in name else 0.2)
    return made


def norm(w, name, x, eps):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)


def linear(w, name, x):
    return torch.nn.functional.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def attend(q, k, v, mask):
    scores = torch.einsum("bthd,bshd->bhts", q, k) / math.sqrt(q.shape[-1]) + mask
    pattern = scores.softmax(-1)
    return scores, pattern, torch.einsum("bhts,bshd->bthd", pattern, v)


def encoder(c, w, ids, acts, head=True):
    """Token ids [batch, pos] to logits, or to the last vectors."""
    names, at, (batch, length) = c["names"], c["root"] + "embeddings.", ids.shape
    x = w[at + "word_embeddings.weight"][ids] + w[at + "position_embeddings.weight"][c["offset"]:c["offset"] + length]
    x = x + w[at + "token_type_embeddings.weight"][0] if c["types"] else x
    x = acts("hidden_states.0", norm(w, at + "LayerNorm", x, c["eps"]))
    for layer in range(c["layers"]):
        at, to = c["root"] + c["layer"].format(layer), f"layers.{layer}."
        q, k, v = (acts(to + key, linear(w, at + names[key], x).reshape(batch, length, c["heads"], -1)) for key in "qkv")
        scores, pattern, z = attend(q, k, v, torch.zeros(length, length, dtype=x.dtype))
        acts(to + "attn_scores", scores), acts(f"attentions.{layer}", pattern)
        out = acts(to + "attn_out", linear(w, at + names["o"], acts(to + "z", z).flatten(2)))
        x = acts(to + "ln1", norm(w, at + names["ln1"], x + out, c["eps"]))
        post = acts(to + "mlp_post", torch.nn.functional.gelu(acts(to + "mlp_pre", linear(w, at + names["up"], x))))
        x = x + acts(to + "mlp_out", linear(w, at + names["down"], post))
        x = acts(to + "resid_post", norm(w, at + names["ln2"], x, c["eps"]))
    if not head:
        return x
    x = norm(w, names["norm"], torch.nn.functional.gelu(linear(w, names["dense"], x)), c["eps"])
    return x @ w[c["root"] + "embeddings.word_embeddings.weight"].T + w[names["bias"]]


def rms(w, name, x, eps):
    return x * (x.pow(2).mean(-1, keepdim=True) + eps).rsqrt() * w[name + ".weight"]


def turned(x, base):
    half = x.shape[-1] // 2
    angles = torch.outer(torch.arange(x.shape[1], dtype=torch.float64), base ** (-torch.arange(half, dtype=torch.float64) / half)).to(x.dtype)
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def base_of(c, length):
    rule, trained, d = c["config"]["rope_scaling"], c["context"], c["size"]
    if rule is None or length <= trained:
        return 10000.0
    return 10000.0 * (rule["factor"] * length / trained - (rule["factor"] - 1)) ** (d / (d - 2))


def products(c, w, at, together, apart, x):
    return torch.cat([linear(w, at + name, x) for name in apart], -1) if "apart" in c else linear(w, at + together, x)


def decoder(c, w, ids, acts):
    size, heads, groups, (batch, length) = c["size"], c["heads"], c["key_heads"], ids.shape
    x = acts("hidden_states.0", w["model.embed_tokens.weight"][ids])
    place = torch.arange(length)
    seen = (place[None] <= place[:, None]) & (place[None] > place[:, None] - c["config"].get("sliding_window", length))
    mask = torch.zeros(length, length, dtype=x.dtype).masked_fill(~seen, -math.inf)
    for layer in range(c["layers"]):
        at, to = f"model.layers.{layer}.", f"layers.{layer}."
        normed = acts(to + "ln1", rms(w, at + "input_layernorm", x, c["eps"]))
        fused = products(c, w, at, "self_attn.qkv_proj", QKV, normed).reshape(batch, length, -1, size)
        q, k, v = (acts(to + key, part) for key, part in zip("qkv", fused.split([heads, groups, groups], 2)))
        q, k = (acts(to + name, turned(part, base_of(c, length))) for name, part in (("q_rot", q), ("k_rot", k)))
        scores, pattern, z = attend(q, k.repeat_interleave(heads // groups, 2), v.repeat_interleave(heads // groups, 2), mask)
        acts(to + "attn_scores", scores), acts(f"attentions.{layer}", pattern)
        x = x + acts(to + "attn_out", linear(w, at + "self_attn.o_proj", acts(to + "z", z).flatten(2)))
        normed = acts(to + "ln2", rms(w, at + "post_attention_layernorm", x, c["eps"]))
        both = products(c, w, at, "mlp.gate_up_proj", ["mlp.gate_proj", "mlp.up_proj"], normed)
        gate, up = (acts(to + key, part) for key, part in zip(("mlp_pre", "mlp_up"), both.chunk(2, -1)))
        post = acts(to + "mlp_post", torch.nn.functional.silu(gate) * up)
        x = acts(to + "resid_post", x + acts(to + "mlp_out", linear(w, at + "mlp.down_proj", post)))
    return linear(w, "lm_head", acts("final_norm_out", rms(w, "model.norm", x, c["eps"])))


def run(c, w, ids, keep=None):
    def acts(name, value):
        if keep is not None:
            value.retain_grad()
            keep[name] = value
        return value
    return (encoder if "root" in c else decoder)(c, w, ids, acts)


def loss_of(c, logits, ids, labels):
    if "root" in c:
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
    return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())


def numbers(c, made, ids, labels, kind):
    w = {name: value.to(kind).requires_grad_() for name, value in made.items()}
    arrays = {}
    logits = run(c, w, ids, arrays)
    (logits[0, -1, 5] - logits[0, -1, 7]).backward()
    result = {name: value.detach() for name, value in arrays.items()}
    result["logits"] = logits.detach()
    for name, value in arrays.items():
        if name.split(".")[-1] in ("q", "k", "v", "z", "attn_out", "mlp_post", "mlp_out", "resid_post"):
            result["grad_logit_diff." + name] = value.grad.clone()
    for value in w.values():
        value.grad = None
    loss = loss_of(c, run(c, w, ids), ids, labels)
    loss.backward()
    return result, loss.item(), {name: value.grad for name, value in w.items()}


def single(arrays):
    return {name: value.detach().to(torch.float32).numpy() for name, value in arrays.items()}


def make(name, c):
    folder, made = os.path.join(HERE, name), weights(c)
    os.makedirs(folder, exist_ok=True)
    ids = torch.randint(3, c["vocab"], (2, 17), generator=torch.Generator().manual_seed(c["seed"] + 1000))
    labels = torch.full((2, 17), -100)
    labels[0, 2], labels[0, 10], labels[1, 1], labels[1, 16] = 5, 6, 7, 9
    result, loss, grads = numbers(c, made, ids, labels, torch.float64)
    other, _, _ = numbers(c, made, ids, labels, torch.float32)
    main = dict(input_ids=ids.tolist(), prefix="")
    padded = [row + [0] * (12 - len(row)) for row in IDS]
    mask = [[1] * len(row) + [0] * (12 - len(row)) for row in IDS]
    golden = dict(cases=dict(main=main, rpad=dict(input_ids=padded, prefix="rpad.", attention_mask=mask)), loss=loss,
                  f32_vs_f64=dict(all_max_abs=max((result[key] - other[key]).nan_to_num(0, 0, 0).abs().max().item() for key in result)))
    w = {key: value.to(torch.float64) for key, value in made.items()}
    rows = torch.zeros(3, 12, c["vocab"], dtype=torch.float64)
    for at, row in enumerate(IDS):
        rows[at, :len(row)] = run(c, w, torch.tensor([row]))[0]
    result["rpad.logits"] = rows
    if "root" in c:
        golden["labels"] = labels.tolist()
    else:
        logits = run(c, w, ids).log_softmax(-1)
        result["token_logprobs"] = logits[:, :-1].gather(-1, ids[:, 1:, None])[..., 0]
        more = ids
        for _ in range(12):
            last = run(c, w, more)[:, -1].topk(2)
            assert (last.values[:, 0] - last.values[:, 1]).min() > 0.005, "choose other ids: the next token is in doubt"
            more = torch.cat([more, last.indices[:, :1]], 1)
        golden["greedy"] = more[:, 17:].tolist()
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(c["config"], file, indent=2)
    with open(os.path.join(folder, "golden.json"), "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
    write(os.path.join(folder, "model.safetensors"), single(made))
    write(os.path.join(folder, "golden.safetensors"), trimmed(single(result)))
    write(os.path.join(folder, "grads.safetensors"), sampled(single(grads)))
    print(name, golden["f32_vs_f64"], loss)


def minilm(folder):
    made = {name: value for name, value in read(os.path.join(folder, "model.fp16.safetensors")).items()}
    c = dict(heads=12, layers=6, eps=1e-12, offset=0, types=2, root="", layer="encoder.layer.{}.", names=CASES["roberta"]["names"])
    w = {name: torch.tensor(value, dtype=torch.float64) for name, value in made.items()}
    with open(os.path.join(HERE, "minilm.json")) as file:
        texts = json.load(file)
    for text in texts:
        pooled = encoder(c, w, torch.tensor([text["ids"]]), lambda name, value: value, head=False)[0].mean(0)
        text["embedding"] = [float(f"{value:.8g}") for value in (pooled / pooled.norm()).tolist()]
    with open(os.path.join(HERE, "minilm.json"), "w") as file:
        json.dump(texts, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    for case, facts in CASES.items():
        make(case, facts)
    if len(sys.argv) > 1:
        minilm(sys.argv[1])

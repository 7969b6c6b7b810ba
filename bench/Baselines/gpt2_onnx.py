"""Writes GPT-2 without its unembedding as an ONNX file, in the operators that ONNX Runtime's own optimizer for transformers arrives at:
LayerNormalization, Attention (query, key, value and the causal softmax in one), FastGelu with its bias, SkipLayerNormalization.
Plain protobuf by hand, so that no package is needed. gpt2_onnx.py WEIGHTS BATCH POSITIONS OUTPUT"""
import sys

import numpy as np

import gpt2

FLOAT, INT64 = 1, 7


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """One field of a message: a number, or text or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def attribute(name, value):
    if isinstance(value, float):
        return field(1, name) + varint(2 << 3 | 5) + np.float32(value).tobytes() + field(20, 1)
    return field(1, name) + field(3, value) + field(20, 2)


def node(kind, inputs, outputs, domain="", **attributes):
    parts = [field(1, name) for name in inputs] + [field(2, name) for name in outputs] + [field(3, outputs[0]), field(4, kind)]
    parts += [field(5, attribute(name, value)) for name, value in attributes.items()]
    return field(1, b"".join(parts) + (field(7, domain) if domain else b""))


def initializer(name, array):
    kind = INT64 if array.dtype == np.int64 else FLOAT
    dims = b"".join(field(1, size) for size in array.shape)
    return field(5, dims + field(2, kind) + field(8, name) + field(9, array.tobytes()))


def value(number, name, kind, *shape):
    dims = b"".join(field(1, field(1, size)) for size in shape)
    return field(number, field(1, name) + field(2, field(1, field(1, kind) + field(2, dims))))


def main():
    path, (batch, positions), output = sys.argv[1], map(int, sys.argv[2:4]), sys.argv[4]
    weights = {name: array.numpy() for name, array in gpt2.read(path).items()}
    weights["wpe.weight"] = weights["wpe.weight"][:positions]
    graph = [node("Gather", ["wte.weight", "ids"], ["embed"]), node("Add", ["embed", "wpe.weight"], ["x0"]),
             node("LayerNormalization", ["x0", "h.0.ln_1.weight", "h.0.ln_1.bias"], ["n0"], axis=-1 & (1 << 64) - 1, epsilon=gpt2.EPSILON)]
    for i in range(gpt2.LAYERS):
        h, after = f"h.{i}.", f"h.{i + 1}.ln_1" if i + 1 < gpt2.LAYERS else "ln_f"
        norm = ("SkipLayerNormalization", "com.microsoft")
        graph += [
            node("Attention", [f"n{i}", h + "attn.c_attn.weight", h + "attn.c_attn.bias"], [f"z{i}"], "com.microsoft",
                 num_heads=gpt2.HEADS, unidirectional=1),
            node("MatMul", [f"z{i}", h + "attn.c_proj.weight"], [f"o{i}"]),
            node(norm[0], [f"x{i}", f"o{i}", h + "ln_2.weight", h + "ln_2.bias", h + "attn.c_proj.bias"], [f"m{i}", "", "", f"mid{i}"], norm[1],
                 epsilon=gpt2.EPSILON),
            node("MatMul", [f"m{i}", h + "mlp.c_fc.weight"], [f"up{i}"]),
            node("FastGelu", [f"up{i}", h + "mlp.c_fc.bias"], [f"act{i}"], "com.microsoft"),
            node("MatMul", [f"act{i}", h + "mlp.c_proj.weight"], [f"down{i}"]),
            node(norm[0], [f"mid{i}", f"down{i}", after + ".weight", after + ".bias", h + "mlp.c_proj.bias"],
                 [f"n{i + 1}", "", "", f"x{i + 1}"], norm[1], epsilon=gpt2.EPSILON),
        ]
    with open(output, "wb") as file:
        body = b"".join(graph) + field(2, "gpt2")
        tensors = [initializer(name, array) for name, array in weights.items()]
        ends = value(11, "ids", INT64, batch, positions) + value(12, f"n{gpt2.LAYERS}", FLOAT, batch, positions, gpt2.WIDTH)
        length = len(body) + sum(map(len, tensors)) + len(ends)
        file.write(field(1, 8) + varint(7 << 3 | 2) + varint(length) + body)
        file.writelines(tensors)
        file.write(ends + field(8, field(1, "") + field(2, 17)) + field(8, field(1, "com.microsoft") + field(2, 1)))


main()

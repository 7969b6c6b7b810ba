"""Trims full goldens of small random networks to what the tests read: python3 trim.py FOLDER-OF-FULL-GOLDENS (README.md says what they are).

Of each network: config and weights as they are; the cases without the texts about how they were made; arrays without those that repeat another; of what
lies inside the blocks, and of gradients, the first sequence (gradients of the second are zero, which is asserted here); at most 64 values of
the gradient of each parameter, evenly spread (the n-th of k is at n(size - 1)/(k - 1), rounded down), beside the largest.
"""
import json
import os
import re
import shutil
import sys

import numpy

MOST = 64
KEPT = ("cases", "labels", "loss", "f32_vs_f64")
FORWARD = ("llama-bias-linear", "llama-yarn")  # gradients of such blocks are those of llama


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        if entry["dtype"] in ("F32", "F16"):
            arrays[name] = numpy.frombuffer(data[start:end], {"F32": "<f4", "F16": "<f2"}[entry["dtype"]]).reshape(entry["shape"])
    return arrays


def write(path, arrays):
    header, parts, offset = {}, [], 0
    for name, array in arrays.items():
        part = numpy.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + len(part)]}
        parts.append(part)
        offset += len(part)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(parts))


def wanted(name):
    if name.startswith(("one.", "lpad.", "lpad_pos.", "rpad.")):
        return name.endswith(".logits")
    return name != "greedy.logits" and not name.startswith("logits_run")


def trimmed(arrays):
    kept, met = {}, set()
    order = sorted(arrays, key=lambda name: ("hidden_states" in name or name == "final_norm_in", name))
    for name in filter(wanted, order):
        array = arrays[name]
        if name.startswith("grad_logit_diff."):
            assert not array[1:].any(), name
        if name.startswith(("grad_logit_diff.", "layers.", "attentions.", "hidden_states.", "final_norm")):
            array = array[:1]
        if name.startswith("grad_logit_diff."):
            array = array[:1]
        key = (name.startswith("grad"), array[:1].tobytes())
        if key not in met or not ("hidden_states" in name or name == "final_norm_in"):
            met.add(key)
            kept[name] = array
    return kept


def sampled(gradients):
    kept = {}
    for name, array in gradients.items():
        flat = array.reshape(-1)
        count = min(MOST, flat.size)
        places = [0] if count == 1 else [index * (flat.size - 1) // (count - 1) for index in range(count)]
        kept[name] = flat[places]
        kept["largest." + name] = numpy.abs(flat).max().reshape(1)
    return kept


def main():
    source, target = sys.argv[1], os.path.dirname(os.path.abspath(__file__))
    for folder in sorted(os.listdir(source)):
        at, to = os.path.join(source, folder), os.path.join(target, folder)
        if not os.path.exists(os.path.join(at, "config.json")):
            continue
        os.makedirs(to, exist_ok=True)
        for file in os.listdir(at):
            if re.match(r"config\.json|model|pytorch_model", file):
                shutil.copyfile(os.path.join(at, file), os.path.join(to, file))
        with open(os.path.join(at, "golden.json")) as file:
            golden = json.load(file)
        small = {key: golden[key] for key in KEPT if key in golden}
        small["f32_vs_f64"] = {key: value for key, value in golden["f32_vs_f64"].items() if key.endswith("_max_abs") and not key.startswith("logits_abs")}
        for key in ("greedy", "greedy_lpad"):
            if key in golden:
                small[key] = golden[key]["new_tokens"]
        with open(os.path.join(to, "golden.json"), "w") as file:
            json.dump(small, file, separators=(",", ":"))
            file.write("\n")
        arrays = trimmed(read(os.path.join(at, "golden.safetensors")))
        write(os.path.join(to, "golden.safetensors"), {name: array for name, array in arrays.items() if not (folder in FORWARD and name.startswith("grad"))})
        if os.path.exists(os.path.join(at, "grads.safetensors")):
            write(os.path.join(to, "grads.safetensors"), sampled(read(os.path.join(at, "grads.safetensors"))))


if __name__ == "__main__":
    main()

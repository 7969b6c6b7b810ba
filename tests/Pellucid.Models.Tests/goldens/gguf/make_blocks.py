"""Makes blocks.gguf and blocks.safetensors: one array of every block format, and the numbers that llama.cpp's own code makes of it.

    npm pack @node-llama-cpp/linux-x64@3.22.1 && tar xzf node-llama-cpp-linux-x64-3.22.1.tgz
    python3 make_blocks.py package/bins/linux-x64/libggml-base.so      (Python 3.11, numpy 1.24)

The library is llama.cpp v0.5.0. Half of the rows of an array are Gaussian numbers that it quantized; the others are random bytes with
scales of ordinary size, so that every bit of a block matters. The rows of IQ2_XXS name each of the 256 points of its grid once, so that
the grid itself is held to these numbers. The GGUF file is written here, from the description of the format.
"""
import ctypes
import json
import struct
import sys

import numpy as np

WIDTH = 256
# name, id, values of a block, bytes of a block, where half-precision scales stand
TYPES = [
    ("F32", 0, 1, 4, None), ("F16", 1, 1, 2, None), ("BF16", 30, 1, 2, None),
    ("Q4_0", 2, 32, 18, [0]), ("Q4_1", 3, 32, 20, [0, 2]), ("Q5_0", 6, 32, 22, [0]), ("Q5_1", 7, 32, 24, [0, 2]), ("Q8_0", 8, 32, 34, [0]),
    ("Q2_K", 10, 256, 84, [80, 82]), ("Q3_K", 11, 256, 110, [108]), ("Q4_K", 12, 256, 144, [0, 2]), ("Q5_K", 13, 256, 176, [0, 2]),
    ("Q6_K", 14, 256, 210, [208]), ("IQ2_XXS", 16, 256, 66, [0]), ("IQ4_NL", 20, 32, 18, [0]), ("IQ4_XS", 23, 256, 136, [0]),
]
PLAIN = {"F16": "ggml_fp16_to_fp32_row", "BF16": "ggml_bf16_to_fp32_row"}

library = ctypes.CDLL(sys.argv[1])
library.ggml_quantize_chunk.restype = ctypes.c_size_t
library.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
random = np.random.default_rng(20261121)


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


def quantized(number, rows, size):
    source = random.normal(0, 1, (rows, WIDTH)).astype(np.float32)
    result = np.zeros((rows, size), np.uint8)
    importance = np.ones(WIDTH, np.float32)
    written = library.ggml_quantize_chunk(number, pointer(source), pointer(result), 0, rows, WIDTH, pointer(importance))
    assert written == result.size
    return result


def arbitrary(name, rows, values, size, scales):
    blocks = random.integers(0, 256, (rows * WIDTH // values, size), np.uint8)
    for at in scales:
        blocks[:, at:at + 2] = random.normal(0, 0.05, len(blocks)).astype(np.float16).view(np.uint8).reshape(-1, 2)
    if name == "IQ2_XXS":
        grid = random.permutation(256).astype(np.uint8).reshape(-1, 8, 4)
        for block in range(len(grid)):
            for part in range(8):
                blocks[block, 2 + 8 * part:6 + 8 * part] = grid[block, part]
    return blocks.reshape(rows, -1)


def dequantized(name, data, count):
    result = np.zeros(count, np.float32)
    function = getattr(library, PLAIN.get(name, "dequantize_row_" + name.lower().replace("_k", "_K")))
    function.argtypes, function.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64], None
    function(pointer(data), pointer(result), count)
    return result


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


arrays, values = {}, {}
for name, number, block_values, block_bytes, scales in TYPES:
    row_bytes = WIDTH // block_values * block_bytes
    if scales is None:
        rows = 2
        source = random.normal(0, 1, (rows, WIDTH)).astype(np.float32)
        source[0, :8] = [0.0, -0.0, 1e-7, -6e-8, 65504.0, 1e-5, 3.0, -2.5]
        data = {"F32": source, "F16": source.astype(np.float16), "BF16": (source.view(np.uint32) >> 16).astype(np.uint16)}[name]
        data = np.ascontiguousarray(data).view(np.uint8).reshape(rows, -1)
    else:
        count = 8 if name == "IQ2_XXS" else 3
        data = np.concatenate([quantized(number, 3, row_bytes), arbitrary(name, count, block_values, block_bytes, scales)])
        rows = len(data)
    data = np.ascontiguousarray(data)
    assert data.shape == (rows, row_bytes)
    arrays[name] = (number, rows, data.tobytes())
    values[name] = data.view(np.float32).reshape(-1) if name == "F32" else dequantized(name, data, rows * WIDTH)

ALIGNMENT = 64
head = struct.pack("<4sIQQ", b"GGUF", 3, len(arrays), 3)
head += text("general.architecture") + struct.pack("<I", 8) + text("none")
head += text("general.alignment") + struct.pack("<II", 4, ALIGNMENT)
head += text("made.with") + struct.pack("<IIQ", 9, 8, 2) + text("llama.cpp") + text("v0.5.0")
body = b""
for name, (number, rows, data) in arrays.items():
    head += text(name) + struct.pack("<IQQIQ", 2, WIDTH, rows, number, len(body))
    body += data + bytes(-len(data) % ALIGNMENT)
with open("blocks.gguf", "wb") as file:
    file.write(head + bytes(-len(head) % ALIGNMENT) + body)

header, offset = {}, 0
for name, array in values.items():
    header[name] = {"dtype": "F32", "shape": [len(array) // WIDTH, WIDTH], "data_offsets": [offset, offset + array.nbytes]}
    offset += array.nbytes
encoded = json.dumps(header).encode()
encoded += b" " * (-len(encoded) % 8)
with open("blocks.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(encoded)) + encoded + b"".join(array.tobytes() for array in values.values()))

"""Trims what tracr gives for its programs (program.json and cases.json of each) to what the tests compare: run with the folder of the programs.

tracr: google-deepmind/tracr at 9ce2b8c, rasp to craft by the statements of compiling.compile_rasp_to_model, mlp_exactness 100, numpy blocks applied in double
precision. Written per program: vocabulary, longest input, labels of the residual basis, blocks, and per input the decoded output and the interpreter's.
"""

import json
import pathlib
import sys

for folder in sorted(p for p in pathlib.Path(sys.argv[1]).iterdir() if p.is_dir()):
    program = json.loads((folder / "program.json").read_text())
    cases = json.loads((folder / "cases.json").read_text())
    out = {
        "vocabulary": program["vocab"],
        "length": program["max_seq_len"],
        "causal": program["causal"],
        "basis": program["residual_basis"],
        "blocks": [f"A{b['heads']}" if b["kind"] == "attention" else f"M{len(b['hidden'])}" for b in program["blocks"]],
        "cases": [[c["input"], c["decoded"], c["rasp_interpreter"]] for c in cases],
    }
    pathlib.Path(f"{folder.name}.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")

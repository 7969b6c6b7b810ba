# Writes normalization.json: texts and their four normalization forms, by Python 3.11 (Unicode 14).
import json
import random
import unicodedata

random.seed(7)
ranges = [(0x20, 0x7E), (0xC0, 0x24F), (0x300, 0x345), (0x591, 0x5BD), (0x915, 0x93F), (0x1100, 0x11C2), (0x1E00, 0x1FFE), (0x2100, 0x214F), (0x2460, 0x24FF),
          (0x3300, 0x33FF), (0xAC00, 0xD7A3), (0xF900, 0xFAD9), (0xFB00, 0xFB4F), (0xFF00, 0xFFEF), (0x110B0, 0x110BA), (0x1D15E, 0x1D16F), (0x1D400, 0x1D7FF), (0x2F800, 0x2FA1D)]
texts = ["", "abc", "\u0344", "\u212b", "a\u0315\u0300\u05ae\u0062", "\u1100\u1161\u11a8\u11a9", "\uac00\u11a8", "\u0958", "\ufdfa", "q\u0307\u0323", "\u0f71\u0f72"]
for _ in range(150):
    texts.append("".join(chr(random.randint(*random.choice(ranges))) for _ in range(random.randint(1, 10))))
rows = [[text] + [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")] for text in texts]
with open("normalization.json", "w") as file:
    json.dump(rows, file, separators=(",", ":"))
    file.write("\n")

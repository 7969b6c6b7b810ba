# Writes normalization.bin: what Unicode's normalization forms need, from Python's own copy of the character database.
# Run with Python 3.11 (Unicode 14):  python3 normalization.py
#
# After a gzip header, little-endian: u32 count of decompositions, then each as u32 code point | 1 << 31 where it is a compatible
# one, u8 length, u32 code points; u32 count of combining classes, then u32 code point and u8 class; u32 count of
# compositions, then three u32 each: first, second, composed. Decompositions are one step deep, as in the database; those of Hangul are
# computed by the reader.
import gzip
import struct
import sys
import unicodedata

decompositions, classes, compositions = [], [], []
for code in range(sys.maxunicode + 1):
    character = chr(code)
    if 0xD800 <= code <= 0xDFFF or 0xAC00 <= code <= 0xD7A3:
        continue
    combining = unicodedata.combining(character)
    if combining:
        classes.append(struct.pack("<IB", code, combining))
    parts = unicodedata.decomposition(character).split()
    if not parts:
        continue
    compatible = parts[0].startswith("<")
    points = [int(part, 16) for part in parts[compatible:]]
    decompositions.append(struct.pack("<IB", code | compatible << 31, len(points)) + b"".join(struct.pack("<I", point) for point in points))
    # A pair composes where NFC gives the character back: this leaves out the exclusions.
    if not compatible and len(points) == 2 and unicodedata.normalize("NFC", character) == character:
        compositions.append(struct.pack("<III", points[0], points[1], code))

out = b"".join(struct.pack("<I", len(table)) + b"".join(table) for table in (decompositions, classes, compositions))
with open("normalization.bin", "wb") as file:
    file.write(gzip.compress(out, 9, mtime=0))
print(unicodedata.unidata_version, len(decompositions), len(classes), len(compositions), len(out))

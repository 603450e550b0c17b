#!/usr/bin/env python3
"""Writes a safetensors file with its F32 tensors as F16 or BF16, in the same order.

    cast_checkpoint.py IN OUT F16|BF16

Needs numpy.
"""
import sys

sys.dont_write_bytecode = True

import json
import struct

from float_bits import from_float32, to_float32
from safetensors_header import read_header


def cast(source, target, dtype):
    tensors, _ = read_header(source)
    entries, end = {}, 0
    for each in tensors:
        kept = each.dtype != "F32"
        size = each.end - each.begin if kept else (each.end - each.begin) // 2
        entries[each.name] = {
            "dtype": each.dtype if kept else dtype, "shape": list(each.shape), "data_offsets": [end, end + size]
        }
        end += size
    header = json.dumps({"__metadata__": {"format": "pt"}, **entries}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    with open(source, "rb") as old, open(target, "wb") as new:
        new.write(struct.pack("<Q", len(header)) + header)
        for each in tensors:
            old.seek(each.begin)
            raw = old.read(each.end - each.begin)
            new.write(from_float32(to_float32(raw, "F32"), dtype) if each.dtype == "F32" else raw)


if __name__ == "__main__":
    cast(*sys.argv[1:])

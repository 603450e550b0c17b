"""Reads the header of a safetensors file: names, dtypes, shapes and byte ranges, in the order of the bytes.

The format: https://github.com/huggingface/safetensors#format
"""
import json
import math
import os
import struct
from dataclasses import dataclass

HEADER_LIMIT = 100_000_000
WIDTHS = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
          "F8_E4M3": 1, "F8_E5M2": 1, "I8": 1, "U8": 1, "BOOL": 1}


class BadCheckpoint(Exception):
    """A file that is not a safetensors checkpoint these scripts can read; the message is one sentence."""


@dataclass(frozen=True)
class Tensor:
    """One tensor; `begin` and `end` are byte offsets in the file."""

    name: str
    dtype: str
    shape: tuple
    begin: int
    end: int

    @property
    def width(self):
        """Bytes per element."""
        return WIDTHS[self.dtype]


def read_header(path):
    """Returns the tensors of the file, sorted by offset, and the offset of the first data byte."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        prefix = file.read(8)
        length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else HEADER_LIMIT + 1
        if length > min(HEADER_LIMIT, size - 8):
            raise BadCheckpoint(f"{path} is not a safetensors file: its first 8 bytes give no header length that fits.")
        header = file.read(length)
    try:
        entries = json.loads(header)
        entries.pop("__metadata__", None)
        tensors = [tensor(name, entry, 8 + length) for name, entry in entries.items()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCheckpoint(f"{path} is not a safetensors file: its header cannot be read ({error}).") from None
    tensors.sort(key=lambda each: (each.begin, each.end))
    free = 8 + length
    for each in tensors:
        if not free <= each.begin <= each.end <= size:
            place = f"lies at bytes {each.begin} to {each.end}, outside the file's data or over another tensor"
            raise BadCheckpoint(f"{path}: tensor {each.name} {place}.")
        free = each.end
        if math.prod(each.shape) * each.width != each.end - each.begin:
            shape = f"of shape {list(each.shape)} and dtype {each.dtype}"
            raise BadCheckpoint(f"{path}: tensor {each.name} {shape} has {each.end - each.begin} bytes.")
    return tensors, 8 + length


def tensor(name, entry, start):
    if entry["dtype"] not in WIDTHS:
        raise ValueError(f"tensor {name} has the unknown dtype {entry['dtype']}")
    begin, end = entry["data_offsets"]
    return Tensor(name, entry["dtype"], tuple(entry["shape"]), start + begin, start + end)

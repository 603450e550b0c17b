#!/usr/bin/env python3
"""Writes a safetensors file that behaves like a bfloat16 checkpoint, quickly and with the standard library only.

    checkpoint.py OUT [--mb N] [--step K] [--seed S] [--tensors T]

Files of one seed and size are steps of one training run: a step moves about a fifth of the weights by one unit in the last
place. The weights' exponents are distributed as those of a normal distribution.
"""
import argparse
import json
import math
import random
import struct


def high_byte_table():
    """Maps a uniform byte to the upper byte of a bfloat16 drawn from N(0, 0.03)."""
    table = []
    for index in range(256):
        quantile = (index % 128 + 0.5) / 128
        # The inverse of the half-normal distribution, near enough.
        value = 0.03 * math.sqrt(2) * inverse_erf(quantile)
        bits = struct.unpack("<I", struct.pack("<f", value if index < 128 else -value))[0]
        table.append(bits >> 24)
    return bytes(table)


def inverse_erf(x):
    a = 0.147
    term = math.log(1 - x * x)
    first = 2 / (math.pi * a) + term / 2
    return math.copysign(math.sqrt(math.sqrt(first * first - term / a) - first), x)


def changed(low, generator):
    """Flips the last bit of about a fifth of the words."""
    table = bytes(1 if index < 51 else 0 for index in range(256))
    mask = generator.randbytes(len(low)).translate(table)
    return (int.from_bytes(low, "little") ^ int.from_bytes(mask, "little")).to_bytes(len(low), "little")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--mb", type=float, default=24)
    parser.add_argument("--step", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tensors", type=int, default=8)
    options = parser.parse_args()

    columns = 256
    rows = max(1, int(options.mb * 1e6 / 2 / columns / options.tensors))
    count = rows * columns
    header = {"__metadata__": {"format": "pt"}}
    for index in range(options.tensors):
        begin = index * count * 2
        header[f"layers.{index}.weight"] = {
            "dtype": "BF16", "shape": [rows, columns], "data_offsets": [begin, begin + count * 2]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(options.out, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for index in range(options.tensors):
            generator = random.Random(options.seed * 1000 + index)
            high = generator.randbytes(count).translate(high_byte_table())
            low = generator.randbytes(count)
            for _ in range(options.step):
                low = changed(low, generator)
            words = bytearray(2 * count)
            words[0::2] = low
            words[1::2] = high
            file.write(words)


main()

"""Moves the weights of a checkpoint as AdamW would, without training and with the standard library only."""
import math
import operator
import random
import struct
from array import array

from safetensors_header import BadCheckpoint, read_header

STEPS = 40
LEARNING_RATE = 2e-5
BLOCK = 1 << 20
TABLE = 1 << 16
INFINITY = 0x7F800000


def simulate(source, target):
    """Writes to `target` the checkpoint `source` after an update of the usual size.

    AdamW moves a weight by about the learning rate a step, whatever the weight's size, in directions that mostly
    cancel: so each weight gets a normal move of LEARNING_RATE * sqrt(STEPS), and is rounded to its dtype. What a
    training also leaves, such as rows that it never touches, is not imitated.
    """
    tensors = [each for each in read_header(source)[0] if each.dtype in CODECS]
    if not tensors:
        raise BadCheckpoint(f"{source} holds no F32, F16 or BF16 tensor: name a checkpoint that does.")
    generator = random.Random(0)
    moves = array("f", (generator.gauss(0, LEARNING_RATE * math.sqrt(STEPS)) for _ in range(TABLE)))
    with open(source, "rb") as old, open(target, "wb") as new:
        for each in tensors:
            copy(old, new, each.begin)
            decode, encode = CODECS[each.dtype]
            while old.tell() < each.end:
                raw = old.read(min(BLOCK, each.end - old.tell()))
                values = decode(raw)
                picks = array("H", generator.randbytes(2 * len(values)))
                new.write(encode(array("f", map(operator.add, values, map(moves.__getitem__, picks)))))
        copy(old, new, math.inf)


def copy(old, new, end):
    while block := old.read(int(min(BLOCK, end - old.tell()))):
        new.write(block)


def decode_f16(raw):
    return struct.unpack(f"<{len(raw) // 2}e", raw)


def encode_f16(values):
    return struct.pack(f"<{len(values)}e", *values)


def decode_bf16(raw):
    wide = bytearray(2 * len(raw))
    wide[2::4], wide[3::4] = raw[0::2], raw[1::2]
    return array("f", wide)


def encode_bf16(values):
    """Rounds to the nearest bfloat16, ties to even; infinities and NaNs are cut."""
    words = array("I", values.tobytes())
    return array("H", [
        (word + 0x7FFF + (word >> 16 & 1) if word & INFINITY != INFINITY else word) >> 16 for word in words
    ]).tobytes()


# By dtype: bytes of a little-endian machine to numbers, and an array of float32 back to bytes.
CODECS = {
    "F32": (lambda raw: array("f", raw), array.tobytes),
    "F16": (decode_f16, encode_f16),
    "BF16": (decode_bf16, encode_bf16),
}

#!/usr/bin/env python3
"""Writes the files with which the safetensors library tests its own reader, and some more: write_safetensors_cases.py DIRECTORY.

The cases are those of `safetensors/src/tensor.rs` and `bindings/python/tests/test_simple.py` of that project, and, beyond
them, one for each further rule of the format.
"""
import json
import os
import struct
import sys


def framed(header, data=b"", length=None):
    header = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def entry(dtype, shape, begin, end, name="test"):
    return f'"{name}":{{"dtype":"{dtype}","shape":{json.dumps(shape)},"data_offsets":[{begin},{end}]}}'


def one(dtype, shape, begin, end, data=None):
    return framed("{" + entry(dtype, shape, begin, end) + "}", bytes(max(0, end)) if data is None else data)


def gpt2(layers):
    """The shapes of GPT-2, narrowed from 768 to 48."""
    yield from [("wte", [5025, 48]), ("wpe", [64, 48])]
    for layer in range(layers):
        for part, shape in [
            ("ln_1.weight", [48]), ("ln_1.bias", [48]), ("attn.bias", [1, 1, 64, 64]), ("attn.c_attn.weight", [48, 144]),
            ("attn.c_attn.bias", [144]), ("attn.c_proj.weight", [48, 48]), ("attn.c_proj.bias", [48]),
            ("ln_2.weight", [48]), ("ln_2.bias", [48]), ("mlp.c_fc.weight", [48, 192]), ("mlp.c_fc.bias", [192]),
            ("mlp.c_proj.weight", [192, 48]), ("mlp.c_proj.bias", [48]),
        ]:
            yield f"h.{layer}.{part}", shape
    yield from [("ln_f.weight", [48]), ("ln_f.bias", [48])]


def written(directory):
    """Files that the library writes itself."""
    import numpy
    from safetensors.numpy import save_file

    def save(name, tensors, **options):
        save_file(tensors, os.path.join(directory, f"written-{name}.safetensors"), **options)

    save("zeros", {"test": numpy.zeros((2, 2), numpy.int32)})
    save("readme", {"a": numpy.zeros((2, 2)), "b": numpy.zeros((2, 3), numpy.uint8)})
    save("order", {"test2": numpy.zeros((2, 2), numpy.int32), "test1": numpy.ones((2, 2), numpy.int32)})
    save("metadata", {"a": numpy.ones(3, numpy.float16)}, metadata={"framework": "np", "\u00e9\"\\\n": "\u4e2d"})
    save("nothing", {})
    for layers in (6, 12):
        save(f"gpt2-{layers}", {name: numpy.zeros(shape, numpy.float32) for name, shape in gpt2(layers)})


def cases():
    square = '{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}'
    yield "deserialization", framed(square, bytes(16))
    yield "empty-shape", one("I32", [], 0, 4)
    yield "zero-sized", one("I32", [2, 0], 0, 0)
    yield "padded", framed("{}\r \t\n")
    yield "padded-in-front", framed("\t\n{}\r ")
    yield "json-attack", framed("{" + ",".join(entry("F32", [2, 2], 0, 16, f"w{at}") for at in range(10)) + "}", bytes(16))
    yield "polyglot", framed(square, bytes(16) + b"extra_bogus_data_for_polyglot_file")
    yield "data-missing", framed(square, bytes(14))
    yield "header-too-large", framed(square, bytes(16), length=0x3C | 0xFFFFFF << 40)
    yield "header-over-limit", framed(square, bytes(16), length=100_000_001)
    yield "header-too-small", b""
    yield "seven-bytes", bytes(7)
    yield "header-length", struct.pack("<Q", 60)
    yield "header-not-utf8", framed(b"\xff")
    yield "header-not-json", framed(b"{")
    yield "invalid-info", one("I32", [2, 2], 0, 4)
    yield "overflow-shape", one("I32", [2, (1 << 64) - 2], 0, 16)
    yield "overflow-bytes", one("I32", [2, (1 << 63) - 1], 0, 16)
    # Beyond the library's own cases.
    yield "backwards", one("I32", [1], 4, 0, bytes(4))
    yield "hole-in-front", one("I32", [1], 4, 8)
    hole = entry("I32", [1], 0, 4, "a") + "," + entry("I32", [1], 8, 12, "b")
    yield "hole-between", framed("{" + hole + "}", bytes(12))
    overlap = entry("I32", [2], 0, 8, "a") + "," + entry("I32", [2], 4, 12, "b")
    yield "overlap", framed("{" + overlap + "}", bytes(12))
    yield "unknown-dtype", one("F33", [1], 0, 4)
    yield "negative-extent", one("I32", [-1], 0, 4)
    yield "text-metadata", framed('{"__metadata__":{"a":"b"},' + square[1:], bytes(16))
    yield "number-metadata", framed('{"__metadata__":{"a":1},' + square[1:], bytes(16))
    yield "more-members", framed('{"test":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":[]}}', bytes(1))
    yield "three-offsets", framed('{"test":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}', bytes(1))
    yield "no-shape", framed('{"test":{"dtype":"U8","data_offsets":[0,1]}}', bytes(1))
    yield "same-name", framed("{" + entry("U8", [1], 0, 1) + "," + entry("U8", [1], 1, 2) + "}", bytes(2))
    yield "half-a-byte", one("F4", [3], 0, 2)
    yield "two-halves", one("F4", [4], 0, 2)
    yield "six-bits", one("F6_E2M3", [4], 0, 3)
    yield "list", framed("[]")
    yield "behind-the-object", framed("{}x")
    for dtype, width in [("BOOL", 1), ("F8_E5M2", 1), ("F8_E4M3", 1), ("F8_E8M0", 1), ("BF16", 2), ("C64", 8), ("U64", 8)]:
        yield f"dtype-{dtype}", one(dtype, [3], 0, 3 * width)


def main(directory):
    os.makedirs(directory, exist_ok=True)
    written(directory)
    for name, content in cases():
        with open(os.path.join(directory, f"{name}.safetensors"), "wb") as file:
            file.write(content)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Compresses one file with ZipNN (PyPI: zipnn), alone or as its delta to another of the same size, for the benchmark.

    bench_zipnn.py encode NEW PATCH [OLD]
    bench_zipnn.py decode PATCH BACK [OLD]

ZipNN imports torch and safetensors.torch, several gigabytes, which it does not use for bytes: empty modules stand in.
"""
import sys

sys.dont_write_bytecode = True

from unittest.mock import MagicMock

from checkpoint_tensors import BadCheckpoint, main_dtype

DTYPES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def main(verb, source, target, base=None):
    try:
        dtype = main_dtype(source) if verb == "encode" else "F32"
    except BadCheckpoint as error:
        return str(error)
    if dtype not in DTYPES:
        return f"ZipNN has no method for {dtype}."
    sys.modules.update({"torch": MagicMock(), "safetensors": MagicMock(), "safetensors.torch": MagicMock()})
    from zipnn import ZipNN

    content = read(source)
    options = {"delta_compressed_type": "byte"} if base else {}
    arguments = {"delta_second_data": read(base)} if base else {}
    if base and verb == "encode" and len(arguments["delta_second_data"]) != len(content):
        return "ZipNN's delta needs files of the same size."
    codec = ZipNN(input_format="byte", bytearray_dtype=DTYPES[dtype], **options)
    made = (codec.compress if verb == "encode" else codec.decompress)(content, **arguments)
    with open(target, "wb") as file:
        file.write(made)


def read(path):
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

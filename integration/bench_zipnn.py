#!/usr/bin/env python3
"""Compresses one file with ZipNN (PyPI: zipnn), for the benchmark.

    bench_zipnn.py encode NEW PATCH
    bench_zipnn.py decode PATCH BACK

ZipNN imports torch and safetensors.torch, several gigabytes, which it does not use for bytes: empty modules stand in.
"""
import sys

sys.dont_write_bytecode = True

from unittest.mock import MagicMock

from safetensors_header import BadCheckpoint, main_dtype

DTYPES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def main(verb, source, target):
    try:
        dtype = main_dtype(source) if verb == "encode" else "F32"
    except BadCheckpoint as error:
        return str(error)
    if dtype not in DTYPES:
        return f"ZipNN has no method for {dtype}."
    sys.modules.update({"torch": MagicMock(), "safetensors": MagicMock(), "safetensors.torch": MagicMock()})
    from zipnn import ZipNN

    codec = ZipNN(input_format="byte", bytearray_dtype=DTYPES[dtype])
    with open(source, "rb") as file:
        content = file.read()
    with open(target, "wb") as file:
        file.write(codec.compress(content) if verb == "encode" else codec.decompress(content))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
"""A BitX-style delta, for the benchmark: XOR with the base tensor of the same name, byte planes, zstd -3.

    bench_bitx.py encode OLD NEW PATCH
    bench_bitx.py decode OLD PATCH BACK

The bytes before compression are those of NEW, each tensor replaced in its place by the planes of the XOR. After the
method that ZipLLM published (https://arxiv.org/abs/2505.06252), written anew. Needs numpy and the zstd program.
"""
import sys

sys.dont_write_bytecode = True

import subprocess

from checkpoint_tensors import BadCheckpoint, tensors_of
from float_bits import numpy


def encode(old_path, new_path, patch_path):
    bases = {each.name: each for each in tensors_of(old_path)[0]}
    tensors, start = tensors_of(new_path)
    command = ["zstd", "-q", "-f", "-3", "-o", patch_path]
    with open(old_path, "rb") as old, open(new_path, "rb") as new:
        with subprocess.Popen(command, stdin=subprocess.PIPE) as compressor:
            output = compressor.stdin
            output.write(new.read(start))
            for each in tensors:
                output.write(new.read(each.begin - new.tell()))
                words = region(new, each) ^ base_region(old, bases, each)
                output.write(words.view(numpy.uint8).reshape(-1, each.width).T.tobytes())
            output.write(new.read())
            output.close()
    return compressor.returncode


def decode(old_path, patch_path, back_path):
    subprocess.run(["zstd", "-q", "-d", "-f", patch_path, "-o", back_path], check=True)
    bases = {each.name: each for each in tensors_of(old_path)[0]}
    with open(old_path, "rb") as old, open(back_path, "r+b") as back:
        for each in tensors_of(back_path)[0]:
            back.seek(each.begin)
            planes = numpy.frombuffer(back.read(each.end - each.begin), numpy.uint8).reshape(each.width, -1)
            words = numpy.ascontiguousarray(planes.T).reshape(-1).view(f"<u{each.width}")
            back.seek(each.begin)
            back.write((words ^ base_region(old, bases, each)).tobytes())


def base_region(old, bases, tensor):
    """Returns the words of the base of `tensor`, or 0 where OLD has no tensor of its name, dtype and shape."""
    base = bases.get(tensor.name)
    if base is None or (base.dtype, base.shape) != (tensor.dtype, tensor.shape):
        return numpy.zeros(1, f"<u{tensor.width}")
    old.seek(base.begin)
    return region(old, base)


def region(file, tensor):
    return numpy.frombuffer(file.read(tensor.end - tensor.begin), f"<u{tensor.width}")


if __name__ == "__main__":
    try:
        sys.exit({"encode": encode, "decode": decode}[sys.argv[1]](*sys.argv[2:]))
    except BadCheckpoint as error:
        sys.exit(str(error))

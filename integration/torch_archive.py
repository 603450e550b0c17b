#!/usr/bin/env python3
"""Writes the tensors of a safetensors file as torch.save does: torch_archive.py IN OUT. Needs no torch."""
import collections
import pickle
import sys
import types
import zipfile

from safetensors_header import read_header

STORAGES = {"BF16": "BFloat16Storage", "F16": "HalfStorage", "F32": "FloatStorage"}


def make_module(name, members):
    module = types.ModuleType(name)
    sys.modules[name] = module
    for member, kind in members.items():
        value = (lambda *_: None) if kind == "function" else type(member, (), {})
        value.__module__, value.__name__, value.__qualname__ = name, member, member
        setattr(module, member, value)
    return module


UTILS = make_module("torch._utils", {"_rebuild_tensor_v2": "function"})
TORCH = make_module("torch", dict.fromkeys(STORAGES.values(), "class"))


class Storage:
    def __init__(self, key, kind, count):
        self.reference = ("storage", kind, key, "cpu", count)


class Tensor:
    def __init__(self, storage, shape):
        self.storage, self.shape = storage, tuple(shape)

    def __reduce__(self):
        stride, step = [], 1
        for length in reversed(self.shape):
            stride.insert(0, step)
            step *= length
        arguments = (self.storage, 0, self.shape, tuple(stride), False, collections.OrderedDict())
        return UTILS._rebuild_tensor_v2, arguments


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.reference if isinstance(value, Storage) else None


def main(source, target):
    tensors, values = read_header(source)[0], collections.OrderedDict()
    with open(source, "rb") as file, zipfile.ZipFile(target, "w") as archive:
        contents = []
        for key, tensor in enumerate(tensors):
            file.seek(tensor.begin)
            contents.append(file.read(tensor.end - tensor.begin))
            count = 1
            for length in tensor.shape:
                count *= length
            kind = getattr(TORCH, STORAGES[tensor.dtype])
            values[tensor.name] = Tensor(Storage(str(key), kind, count), tensor.shape)
        with archive.open("archive/data.pkl", "w") as out:
            Pickler(out, protocol=2).dump(values)
        for key, content in enumerate(contents):
            archive.writestr(f"archive/data/{key}", content)
        archive.writestr("archive/version", "3\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Where the numbers of a checkpoint are, safetensors or what torch.save writes, for the benchmark.

Of a file of torch each storage counts as one tensor, whose name is the storage's key: consecutive checkpoints of one
program number theirs alike. The pickle is read for the storages' types; nothing that it names is imported or called.
"""
import io
import pickle
import struct
import zipfile

from safetensors_header import BadCheckpoint, Tensor, read_header

STORAGES = {"FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "DoubleStorage": "F64",
            "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
            "BoolStorage": "BOOL"}


def tensors_of(path):
    """Returns the tensors of the file, sorted by offset, and the offset of the first data byte."""
    with open(path, "rb") as file:
        if file.read(4) != b"PK\3\4":
            return read_header(path)
    tensors = torch_storages(path)
    return tensors, tensors[0].begin if tensors else 0


def main_dtype(path):
    """Returns the dtype that most bytes of the file have."""
    totals = {}
    for each in tensors_of(path)[0]:
        totals[each.dtype] = totals.get(each.dtype, 0) + each.end - each.begin
    if not totals:
        raise BadCheckpoint(f"{path} holds no tensors.")
    return max(totals, key=totals.get)


class Storages(pickle.Unpickler):
    """Gathers the types of storages, by their keys."""

    def __init__(self, content):
        super().__init__(io.BytesIO(content))
        self.types = {}

    def find_class(self, module, name):
        return type(name, (dict,), {"__init__": lambda self, *_: None, "__setstate__": lambda self, _: None})

    def persistent_load(self, saved):
        _, storage, key, *_ = saved
        self.types[key] = STORAGES[storage.__name__]


def torch_storages(path):
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
            top = archive.namelist()[0].split("/")[0]
            reader = Storages(archive.read(f"{top}/data.pkl"))
            reader.load()
            tensors = [storage(archive.getinfo(f"{top}/data/{key}"), key, dtype, file)
                       for key, dtype in reader.types.items()]
    except (zipfile.BadZipFile, pickle.UnpicklingError, KeyError, ValueError, struct.error) as error:
        raise BadCheckpoint(f"{path} is no file of torch.save that can be read ({error}).") from None
    return sorted(tensors, key=lambda each: each.begin)


def storage(entry, key, dtype, file):
    file.seek(entry.header_offset + 26)
    name, extra = struct.unpack("<HH", file.read(4))
    begin = entry.header_offset + 30 + name + extra
    made = Tensor(key, dtype, (), begin, begin + entry.file_size)
    if entry.compress_type or entry.file_size % made.width:
        raise ValueError(f"the storage {key} is compressed or cut")
    return Tensor(key, dtype, (entry.file_size // made.width,), made.begin, made.end)

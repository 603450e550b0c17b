"""What the programs that write checkpoints read back from them: for each file name, dtype, shape and bytes of each tensor.

Each reader is its writer's own and returns a list of (name, dtype, shape, bytes); names and types are spelled as
`modmeta inspect` spells them, see docs/formats.
"""
import io
import os

TORCH_TYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "complex64": "C64", "complex128": "C128",
    "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL", "uint16": "U16",
    "uint32": "U32", "uint64": "U64", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2", "qint8": "QI8",
    "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ", "quint8": "QU8",
}
NUMPY_TYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "bool": "BOOL"}


class View:
    """A tensor of torch, with what tells whether it shares its memory."""

    def __init__(self, name, tensor):
        import torch

        self.name, self.shape = name, list(tensor.shape)
        self.dtype = TORCH_TYPES[str(tensor.dtype).removeprefix("torch.")]
        plain = tensor.detach()
        storage = plain.untyped_storage() if hasattr(plain, "untyped_storage") else plain.storage()
        self.memory = storage.data_ptr()
        used = tensor.numel() * tensor.element_size()
        self.is_whole = tensor.is_contiguous() and used == storage.nbytes()
        bits = plain.int_repr() if plain.is_quantized else plain
        self.raw = bits.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def torch_views(value, name=""):
    """The tensors of what torch.load gives, named by the way to them."""
    import torch

    if isinstance(value, torch.Tensor):
        yield View(name or "tensor", value)
        if value.is_quantized and "per_channel" in str(value.qscheme()):
            # Written beside the storage, as parts of the fifth argument.
            yield View(f"{name}.4.1", value.q_per_channel_scales())
            yield View(f"{name}.4.2", value.q_per_channel_zero_points())
    elif isinstance(value, torch.nn.Module):
        for key, tensor in value.state_dict(keep_vars=True).items():
            yield View(key, tensor)
    elif isinstance(value, (dict, list, tuple)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in items:
            yield from torch_views(part, f"{name}.{key}" if name else str(key))


def torch_file(path):
    import torch

    try:
        value = torch.load(path, map_location="cpu", weights_only=False)
    except TypeError:
        value = torch.load(path, map_location="cpu")
    return list(torch_views(value))


def torch_script(path):
    import torch

    return [View(name, each) for name, each in torch.jit.load(path).state_dict().items()]


def distcp_file(path):
    """The tensors of one file, in its order, through the metadata of the checkpoint."""
    import torch
    from torch.distributed.checkpoint import FileSystemReader

    metadata = FileSystemReader(os.path.dirname(path) or ".").read_metadata()
    items = [each for each in metadata.storage_data.values() if each.relative_path == os.path.basename(path)]
    tensors = []
    with open(path, "rb") as file:
        for item in sorted(items, key=lambda each: each.offset):
            file.seek(item.offset)
            value = torch.load(io.BytesIO(file.read(item.length)), weights_only=False)
            for view in torch_views(value):
                view.name = "tensor" if not tensors else f"tensor#{len(tensors) + 1}"
                tensors.append(view)
    return tensors


def safetensors_file(path):
    import safetensors

    with open(path, "rb") as file:
        read = safetensors.deserialize(file.read())
    return [(name, each["dtype"], each["shape"], bytes(each["data"])) for name, each in read]


def gguf_file(path):
    from gguf import GGUFReader

    return [
        (each.name, each.tensor_type.name, [int(extent) for extent in reversed(each.shape)], each.data.tobytes())
        for each in GGUFReader(path).tensors
    ]


def numpy_array(name, values):
    shape, order = list(values.shape), "C"
    if values.flags.f_contiguous and not values.flags.c_contiguous:
        shape, order = shape[::-1], "F"
    return name, NUMPY_TYPES[values.dtype.name], shape, values.tobytes(order)


def numpy_file(path):
    import numpy

    return [numpy_array("array", numpy.load(path))]


def numpy_archive(path):
    import numpy

    with numpy.load(path) as read:
        return [numpy_array(name, read[name]) for name in read]

"""Writes the files beside it: run with PyTorch 2.13 and safetensors 0.8 in this directory.

answers.txt has a line for each tensor of torch.pt: name, dtype, extents and SHA-256 of its elements, by PyTorch's account.
The files below whole/ load as more or something else than the elements they hold.
"""
import hashlib
import os

import torch
from safetensors.torch import save_file

NAMES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint64": "U64", "uint32": "U32", "uint16": "U16", "uint8": "U8", "bool": "BOOL",
    "complex32": "C32", "complex64": "C64", "complex128": "C128", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0",
    "float4_e2m1fn_x2": "F4", "bits8": "BITS8", "bits16": "BITS16", "bits1x8": "BITS1X8", "bits2x4": "BITS2X4",
    "bits4x2": "BITS4X2", "qint8": "QI8", "qint32": "QI32", "quint8": "QU8", "quint4x2": "QU4X2", "quint2x4": "QU2X4",
}
LACKING = {"complex32", "complex128", "bits8", "bits16", "bits1x8", "bits2x4", "bits4x2", "qint8", "qint32", "quint8",
           "quint4x2", "quint2x4"}

every = {str(value) for value in vars(torch).values() if isinstance(value, torch.dtype)}
left = {name for name in every if name.removeprefix("torch.") not in NAMES}
# torch.save knows no int1 to int7 and uint1 to uint7.
assert all(name[-1] in "1234567" for name in left), left

tensors, lines = {}, []
for name, dtype in NAMES.items():
    kind = getattr(torch, name)
    numbers = torch.arange(6 * kind.itemsize, dtype=torch.uint8)
    if name == "bool":
        numbers %= 2
    tensors[name] = numbers.view(kind).reshape(2, 3)
    shape = "2 6" if dtype == "F4" else "2 3"
    lines.append(f"{name}\t{dtype}\t{shape}\t{hashlib.sha256(bytes(numbers)).hexdigest()}\n")
torch.save(tensors, "torch.pt")
save_file({name: tensor for name, tensor in tensors.items() if name not in LACKING}, "safetensors.safetensors")
with open("answers.txt", "w") as file:
    file.writelines(lines)

complexes = torch.tensor([1 + 2j, 3 - 4j])
os.makedirs("whole", exist_ok=True)
tagged = torch.zeros(2)
tagged.tag = 1
for name, tensor in {
    "conjugated": complexes.conj(), "negated": complexes.conj().imag, "attribute": tagged,
    "conjugated-parameter": torch.nn.Parameter(complexes.conj()), "buffer": torch.nn.Buffer(torch.zeros(2)),
    "nested": torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]), "meta": torch.zeros(2, device="meta"),
    "sparse-row": torch.eye(3).to_sparse_csr(), "packed-scalar": torch.zeros(1, dtype=torch.uint8).view(
        torch.float4_e2m1fn_x2).reshape(()),
}.items():
    torch.save({"w": tensor}, f"whole/{name}.pt")
torch.save({"w": complexes}, "plain.pt")
torch.save({"w": complexes.conj().resolve_conj()}, "resolved.pt")

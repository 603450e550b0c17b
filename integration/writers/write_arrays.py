#!/usr/bin/env python3
"""Writes arrays with numpy, safetensors and gguf: write_arrays.py KIND DIRECTORY STEP."""
import os
import sys

import numpy

from weights import weights


def npy(directory, step):
    values = weights(step)["embed.weight"]
    numpy.save(os.path.join(directory, "plain.npy"), values)
    numpy.save(os.path.join(directory, "fortran.npy"), numpy.asfortranarray(values))
    numpy.save(os.path.join(directory, "half.npy"), values.astype(numpy.float16))
    numpy.save(os.path.join(directory, "scalar.npy"), numpy.float64(2.5))


def npz(directory, step):
    numpy.savez(os.path.join(directory, "model.npz"), **weights(step))


def compressed(directory, step):
    numpy.savez_compressed(os.path.join(directory, "model.npz"), **weights(step))


def safetensors_numpy(directory, step):
    from safetensors.numpy import save_file

    values = weights(step)
    values |= {"half": values["embed.weight"].astype(numpy.float16), "empty": numpy.zeros((0, 3), numpy.float32),
               "scalar": numpy.array(3, numpy.int64), "mask": values["embed.weight"] > 0}
    save_file(values, os.path.join(directory, "model.safetensors"), metadata={"format": "np", "step": str(step)})


def safetensors_torch(directory, step):
    import torch
    from safetensors.torch import save_file

    values = {name: torch.from_numpy(each) for name, each in weights(step).items()}
    embed = values["embed.weight"]
    for name in ["bfloat16", "float16", "float8_e4m3fn", "float8_e5m2", "float64", "complex64"]:
        values[name] = embed.to(getattr(torch, name))
    for name in ["int8", "uint16", "uint32", "uint64"]:
        values[name] = (embed * 1000).abs().to(torch.int64).to(getattr(torch, name))
    save_file(values, os.path.join(directory, "model.safetensors"), metadata={"format": "pt"})


def gguf(directory, step, types=("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q5_1"), **split):
    from gguf import GGMLQuantizationType, GGUFWriter
    from gguf.quants import quantize

    writer = GGUFWriter(os.path.join(directory, "model.gguf"), "llama", **split)
    writer.add_name("made up")
    writer.add_block_count(4)
    writer.add_token_list([f"word{index}" for index in range(2000)])
    for index, (name, values) in enumerate(weights(step).items()):
        kind = GGMLQuantizationType["F32" if values.ndim == 1 else types[index % len(types)]]
        data = quantize(values, kind)
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def gguf_f16(directory, step):
    gguf(directory, step, types=["F16"])


def gguf_q8_0(directory, step):
    gguf(directory, step, types=["Q8_0"])


def gguf_split(directory, step):
    gguf(directory, step, split_max_tensors=8)


def gguf_k_quants(directory, step):
    """gguf writes blocks of these types and makes none; the blocks are of made-up quants and true scales."""
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter

    writer = GGUFWriter(os.path.join(directory, "model.gguf"), "llama")
    writer.add_block_count(4)
    scales = {"Q4_K": [0, 2], "Q6_K": [208], "Q5_K": [0, 2], "Q2_K": [80, 82], "Q3_K": [108], "IQ4_XS": [0]}
    for index, (name, places) in enumerate(scales.items()):
        kind = GGMLQuantizationType[name]
        elements, size = GGML_QUANT_SIZES[kind]
        generator = numpy.random.default_rng(index)
        blocks = generator.integers(0, 256, (1024, 1024 // elements, size), dtype=numpy.uint8)
        for place in places:
            numbers = (generator.random(blocks.shape[:2]) * 0.01).astype(numpy.float16)
            blocks[..., place : place + 2] = numbers[..., None].view(numpy.uint8)
        blocks[::8, :, 20] ^= numpy.uint8(step)
        writer.add_tensor(f"blk.{index}.weight", blocks.reshape(1024, -1), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    kind, directory, step = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.makedirs(directory, exist_ok=True)
    globals()[kind](directory, step)


if __name__ == "__main__":
    main()

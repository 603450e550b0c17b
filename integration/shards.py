#!/usr/bin/env python3
"""Writes a checkpoint of two shards with an index, which may tell an untruth: shards.py DIRECTORY [UNTRUTH].

outside, absolute, missing, misplaced, nowhere, twice, unlisted: what the index has wrong.
"""
import json
import os
import random
import struct
import sys

SHARDS = {"model-00001-of-00002.safetensors": ["a", "b"], "model-00002-of-00002.safetensors": ["c", "d"]}


def write_shard(path, names):
    generator = random.Random(" ".join(names))
    entries = {name: {"dtype": "F32", "shape": [8192], "data_offsets": [32768 * at, 32768 * (at + 1)]}
               for at, name in enumerate(names)}
    header = json.dumps(entries).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.write(b"".join(struct.pack("<f", generator.gauss(0, 0.02)) for _ in range(8192 * len(names))))


def main(directory, untruth="none"):
    first, second = SHARDS
    os.makedirs(directory)
    for shard, names in SHARDS.items():
        if untruth != "missing" or shard == first:
            write_shard(f"{directory}/{shard}", ["a", *names] if untruth == "twice" and shard == second else names)
    places = {name: shard for shard, names in SHARDS.items() for name in names}
    if untruth == "outside":
        places["c"] = f"../elsewhere/{second}"
    elif untruth == "absolute":
        places["c"] = os.path.abspath(f"{directory}/../elsewhere/{second}")
    elif untruth == "misplaced":
        places["a"], places["c"] = second, first
    elif untruth == "nowhere":
        places["e"] = second
    elif untruth == "unlisted":
        del places["d"]
    with open(f"{directory}/model.safetensors.index.json", "w") as file:
        json.dump({"metadata": {"total_size": 4 * 32768}, "weight_map": places}, file, indent=2)


if __name__ == "__main__":
    main(*sys.argv[1:])

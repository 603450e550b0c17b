#!/usr/bin/env python3
"""Compares what `modmeta inspect --json` says with what the writers' own readers say: check_inspect.py DIRECTORY.

--opaque: the files are of a form that is known not to be looked into. --script: .pt files are TorchScript.
"""
import json
import os
import subprocess
import sys

import readers

READERS = {
    ".safetensors": readers.safetensors_file, ".gguf": readers.gguf_file, ".npy": readers.numpy_file,
    ".npz": readers.numpy_archive, ".distcp": readers.distcp_file, ".pt": readers.torch_file,
    ".pth": readers.torch_file, ".bin": readers.torch_file,
}


class Wrong(Exception):
    """What is said of a file is not so."""


def require(condition, what):
    if not condition:
        raise Wrong(what)


def check_plain(said, wanted, raw):
    """A format in which every tensor has bytes of its own."""
    require(len(said["tensors"]) == len(wanted), f"{len(said['tensors'])} tensors, not {len(wanted)}")
    tensors = {each["name"]: each for each in said["tensors"]}
    for name, dtype, shape, content in wanted:
        each = tensors.get(name)
        require(each is not None, f"{name} is missing")
        require((each["dtype"], each["shape"]) == (dtype, shape), f"{name} is {each}, not {dtype} {shape}")
        found = raw[each["offset"] : each["offset"] + each["bytes"]]
        require(found == content, f"the bytes of {name} are elsewhere")


def check_views(said, wanted, raw):
    """Tensors of torch, which may share their memory; then one name stands for all of it."""
    tensors = {each["name"]: each for each in said["tensors"]}
    aliases = {each["name"]: each["tensor"] for each in said["aliases"]}
    unknown = {*tensors, *aliases} - {each.name for each in wanted}
    require(not unknown, f"nobody wrote {sorted(unknown)}")
    users = {}
    for each in wanted:
        users.setdefault(each.memory, []).append(each)
    for each in wanted:
        entry = tensors.get(each.name)
        if entry is None:
            other = tensors.get(aliases.get(each.name))
            require(other is not None, f"{each.name} is missing")
            named = [user for user in users[each.memory] if user.name == other["name"]]
            require(named, f"{each.name} is said to share {other['name']}'s memory")
        elif entry["shape"] == each.shape:
            require(entry["dtype"] == each.dtype, f"{each.name} is {entry['dtype']}, not {each.dtype}")
            found = raw[entry["offset"] : entry["offset"] + entry["bytes"]]
            require(found == each.raw, f"the bytes of {each.name} are elsewhere")
        else:
            whole = len(entry["shape"]) == 1 and not each.is_whole
            require(whole and entry["dtype"] == each.dtype, f"{each.name} is {entry}, not {each.dtype} {each.shape}")


def check(path, opaque, script):
    run = subprocess.run(["modmeta", "inspect", "--json", path], capture_output=True, text=True)
    require(run.returncode == 0, f"exit status {run.returncode}: {run.stderr}")
    said = json.loads(run.stdout)
    with open(path, "rb") as file:
        raw = file.read()
    require(said["size"] == len(raw), "the size is wrong")
    covered = 0
    for chunk in said["chunks"]:
        require(chunk["offset"] == covered, "the chunks leave a hole")
        covered += chunk["bytes"]
    require(covered == len(raw), "the chunks are not the file")
    if opaque:
        require(said["format"] == "opaque" and not said["tensors"], f"it is {said['format']}")
        return 0
    require(said.get("violation") is None, said.get("violation"))
    reader = readers.torch_script if script else READERS[os.path.splitext(path)[1]]
    wanted = reader(path)
    if wanted and isinstance(wanted[0], readers.View):
        check_views(said, wanted, raw)
    else:
        check_plain(said, wanted, raw)
    return len(wanted)


def main():
    options = {each for each in sys.argv[1:] if each.startswith("--")}
    directory = next(each for each in sys.argv[1:] if each not in options)
    files = tensors = failures = 0
    for parent, _, names in sorted(os.walk(directory)):
        for name in sorted(names):
            path = os.path.join(parent, name)
            if os.path.splitext(name)[1] not in READERS:
                continue
            files += 1
            try:
                tensors += check(path, "--opaque" in options, "--script" in options)
            except Wrong as wrong:
                failures += 1
                print(f"{path}: {wrong}")
    print(f"{files} files, {tensors} tensors")
    sys.exit(failures > 0 or files == 0)


if __name__ == "__main__":
    main()

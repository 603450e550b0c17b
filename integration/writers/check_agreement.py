#!/usr/bin/env python3
"""Compares what modmeta takes for safetensors with what the library itself reads: check_agreement.py DIRECTORY."""
import json
import os
import subprocess
import sys

import safetensors

# The format's description wants a header to begin with "{"; the library does not insist on it.
STRICTER = {"padded-in-front.safetensors"}


def read(path):
    """What the library says: the tensors, or the reason why there are none."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        return {name: (each["dtype"], each["shape"], bytes(each["data"])) for name, each in safetensors.deserialize(content)}
    except safetensors.SafetensorError as error:
        return str(error)


def inspect(path):
    """What modmeta says, in the same form."""
    said = json.loads(subprocess.run(["modmeta", "inspect", "--json", path], capture_output=True, check=True).stdout)
    if said["format"] != "safetensors":
        return said.get("violation", said["format"])
    with open(path, "rb") as file:
        content = file.read()
    return {each["name"]: (each["dtype"], each["shape"], content[each["offset"] : each["offset"] + each["bytes"]])
            for each in said["tensors"]}


def main(directory):
    sound = broken = wrong = 0
    for name in sorted(os.listdir(directory)):
        theirs, ours = (reader(os.path.join(directory, name)) for reader in (read, inspect))
        sound, broken = sound + (not isinstance(theirs, str)), broken + isinstance(theirs, str)
        refused = isinstance(theirs, str) or name in STRICTER
        if isinstance(ours, dict) if refused else ours != theirs:
            wrong += 1
            print(f"{name}: the library: {theirs}; modmeta: {ours}")
    print(f"{sound} sound files, {broken} broken ones, {wrong} of them seen otherwise")
    sys.exit(wrong > 0 or sound == 0 or broken == 0)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Kills `modmeta snapshot` and its git commands at random moments, in the repository it is started in.

    snapshot_kills.py COUNT [SEED]

After each kill there must be a whole snapshot or none, and the same command given again must succeed. Both is checked for
COUNT snapshots of checkpoints/v1. A snapshot is whole when its tag leads to its document and its files; the branch may not
have moved to it yet.
"""
import os
import random
import signal
import subprocess
import sys
import time


def succeeds(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


def main():
    count = int(sys.argv[1])
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    start = time.monotonic()
    subprocess.run(["modmeta", "snapshot", "kill-0", "checkpoints/v1"], check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - start
    outcomes = {"whole": 0, "branch not moved": 0, "none": 0, "too late": 0}
    for number in range(1, count + 1):
        name = f"kill-{number}"
        command = ["modmeta", "snapshot", name, "checkpoints/v1"]
        process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, whole * 1.1))
        late = process.poll() is not None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        document = f".modmeta/snapshots/{name}.yaml"
        tagged = succeeds("git", "rev-parse", "-q", "--verify", f"refs/tags/snapshot/{name}")
        committed = succeeds("git", "cat-file", "-e", f"HEAD:{document}")
        if tagged:
            check(succeeds("git", "cat-file", "-e", f"snapshot/{name}:{document}"), f"{name}: a tag without its document")
            check(succeeds("modmeta", "verify", name), f"{name}: it does not verify after the kill")
        check(tagged or not committed, f"{name}: a commit without its tag")
        outcome = "too late" if late else "none" if not tagged else "whole" if committed else "branch not moved"
        outcomes[outcome] += 1
        again = subprocess.run(command, capture_output=True, text=True)
        check(again.returncode == 0, f"{name}: given again: {again.stderr}")
        check(succeeds("modmeta", "verify", name), f"{name}: it does not verify")
        check(succeeds("git", "merge-base", "--is-ancestor", f"snapshot/{name}", "HEAD"), f"{name}: not on the branch")
    locks = subprocess.run(["find", ".git", "-name", "*.lock", "-not", "-path", ".git/modmeta/*"], capture_output=True,
                           text=True).stdout
    check(not locks, f"locks are left: {locks}")
    print(f"{count} kills: {outcomes}")


main()

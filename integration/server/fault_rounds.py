#!/usr/bin/env python3
"""Pushes a checkpoint and clones it, again and again, over a line that is faulty; nobody helps.

    fault_rounds.py URL ROUNDS [KEY=VALUE...]

Works in the current directory; the settings, of git, are for the repository that pushes and for clones. Every push and
every clone must succeed at the first attempt, and every clone must be bit-exact; at the end every version is compared.
"""
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True


def run(*command, cwd=None):
    result = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}: {result.returncode}\n{result.stdout}")
    return result.stdout


def content(path):
    with open(path, "rb") as file:
        return file.read()


def main(url, rounds, settings):
    options = [part for setting in settings for part in ("-c", setting)]
    run("modmeta", "install")
    run("git", "init", "-q", "qa")
    run("git", "lfs", "install", "--local", cwd="qa")
    run("git", "lfs", "track", "*.safetensors", cwd="qa")
    run("git", "remote", "add", "origin", url, cwd="qa")
    for setting in settings:
        run("git", "config", *setting.split("=", 1), cwd="qa")
    versions, slowest = [], [0.0, 0.0]
    for number in range(rounds):
        checkpoint = os.path.join(os.path.dirname(HERE), "checkpoint.py")
        run(sys.executable, checkpoint, "qa/model.safetensors", "--step", str(number), "--mb", os.environ["FAULT_MB"])
        run("git", "add", "-A", cwd="qa")
        run("git", "commit", "-q", "-m", f"step {number}", cwd="qa")
        versions.append(content("qa/model.safetensors"))
        start = time.monotonic()
        run("git", "push", "-q", "origin", "HEAD", cwd="qa")
        pushed = time.monotonic()
        shutil.rmtree("clone", ignore_errors=True)
        run("git", *options, "clone", "-q", url, "clone")
        slowest = [max(slowest[0], pushed - start), max(slowest[1], time.monotonic() - pushed)]
        if content("clone/model.safetensors") != versions[-1]:
            heads = [run("git", "rev-parse", "HEAD", cwd=repository).strip() for repository in ("qa", "clone")]
            state = run("git", "status", "--short", cwd="clone")
            sys.exit(f"round {number}: the clone differs; pushed was {heads[0]}, it is at {heads[1]}\n{state}")
    for back, version in enumerate(reversed(versions)):
        run("git", *options, "checkout", "-q", f"HEAD~{back}" if back == 0 else "HEAD~1", cwd="clone")
        if content("clone/model.safetensors") != version:
            sys.exit(f"the version {back} back differs")
    print(f"{rounds} pushes and clones, all bit-exact; the slowest took {slowest[0]:.1f} and {slowest[1]:.1f} s")


main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])

#!/usr/bin/env python3
"""Kills git, git-lfs, the agent or the helper at random moments and gives the same command again.

    kills.py push|fetch ROUNDS [SEED]

Run in an empty directory with modmeta on PATH. Each round ends with a bit-exact result or the script fails. What was sent
twice is counted from the trace: a payload that was encoded again although the store had it already.
"""
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
STORE = os.path.join(os.getcwd(), "store")
URL = "modmeta::file://" + STORE
TRACE = os.path.join(os.getcwd(), "trace")
MEGABYTES = os.environ.get("KILL_MB", "48")
WORKERS = min(8, os.cpu_count() or 1) + 1
VICTIMS = ["group", "git-lfs", "modmeta", "git-remote-modmeta", "git"]


def run(*command, cwd=None, check=True, **environment):
    result = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if check and result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed with {result.returncode}:\n{result.stdout}")
    return result


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def group_members(group):
    """The processes of a process group, by the name of their program."""
    members = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            if int(fields[2]) != group or fields[0] == "Z":
                continue
            with open(f"/proc/{entry}/comm") as file:
                members.setdefault(file.read().strip(), []).append(int(entry))
        except OSError:
            continue
    return members


def kill_during(command, cwd, longest, generator):
    """Starts a command, kills a part of it at a random moment, and returns which, or None if it was done before."""
    process = subprocess.Popen(
        command, cwd=cwd, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "MODMETA_TRACE": "json", "MODMETA_TRACE_FILE": TRACE})
    time.sleep(generator.uniform(0, longest))
    victim = generator.choice(VICTIMS)
    try:
        if victim == "group":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            # The kernel cuts names at 15 bytes.
            for member in group_members(process.pid).get(victim[:15], []):
                os.kill(member, signal.SIGKILL)
    except ProcessLookupError:
        pass
    try:
        code = process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        sys.exit(f"{' '.join(command)} hung after {victim} was killed")
    # What outlives git, as an agent whose git-lfs is gone, ends by itself.
    end = time.time() + 30
    while group_members(process.pid):
        if time.time() > end:
            sys.exit(f"processes outlived git by 30 s after {victim} was killed: {group_members(process.pid)}")
        time.sleep(0.02)
    return None if code == 0 else victim


def events():
    if not os.path.exists(TRACE):
        return []
    with open(TRACE) as file:
        return [json.loads(line) for line in file if line.endswith("}\n")]


def remove_locks(directory):
    """Does what a killed git asks for: its locks stay behind, and the next git wants them removed by hand."""
    for parent, directories, names in os.walk(directory):
        directories[:] = [name for name in directories if name not in ("lfs", "modmeta")]
        for name in names:
            if name.endswith(".lock"):
                os.remove(os.path.join(parent, name))


def check_store():
    # The next helper removes the scratch directories of killed ones.
    run("git", "ls-remote", URL)
    run("git", "-C", STORE, "fsck", "--full", "--strict")
    run("modmeta", "store", "verify", URL)


def checkpoint(path, step):
    run(sys.executable, os.path.join(HERE, "checkpoint.py"), path, "--mb", MEGABYTES, "--step", str(step))


def set_up():
    run("modmeta", "install")
    run("git", "init", "-q", "qa")
    run("git", "lfs", "install", "--local", cwd="qa")
    run("git", "lfs", "track", "*.safetensors", cwd="qa")
    run("git", "remote", "add", "origin", URL, cwd="qa")


def commit(step):
    checkpoint("qa/model.safetensors", step)
    run("git", "add", "-A", cwd="qa")
    run("git", "commit", "-q", "-m", f"step {step}", cwd="qa")


def kill_pushes(rounds, generator):
    set_up()
    commit(0)
    start = time.time()
    run("git", "push", "-q", "origin", "HEAD", cwd="qa")
    longest = time.time() - start
    killed, worst, saved, digests = 0, 0, 0, []
    for number in range(1, rounds + 1):
        commit(number)
        if os.path.exists(TRACE):
            os.remove(TRACE)
        victims = []
        while len(victims) < 2:
            victim = kill_during(["git", "push", "-q", "origin", "HEAD"], "qa", longest, generator)
            victims.append(victim)
            if victim is None:
                break
        killed += sum(victim is not None for victim in victims)
        run("git", "push", "-q", "origin", "HEAD", cwd="qa", MODMETA_TRACE="json", MODMETA_TRACE_FILE=TRACE)
        again = sum(event["event"] == "payload.exists" for event in events())
        worst = max(worst, again)
        saved += sum(event["event"] == "payload.journaled" for event in events())
        kills = max(1, sum(victim is not None for victim in victims))
        if again > kills * WORKERS:
            sys.exit(f"round {number}: {again} payloads were made twice after {kills} kills of {WORKERS} workers")
        digests.append(digest("qa/model.safetensors"))
    check_store()
    run("git", "clone", "-q", URL, "elsewhere")
    for back, expected in enumerate(reversed(digests)):
        run("git", "checkout", "-q", f"main~{back}", cwd="elsewhere")
        if digest("elsewhere/model.safetensors") != expected:
            sys.exit(f"the checkpoint {back} commits back differs")
    print(f"{rounds} pushes, {killed} kills, {saved} payloads not made again, at most {worst} made twice in "
          f"a round by {WORKERS} workers")


def kill_fetches(rounds, generator):
    set_up()
    for step in range(3):
        commit(step)
        run("git", "push", "-q", "origin", "HEAD", cwd="qa")
    expected = digest("qa/model.safetensors")
    start = time.time()
    run("git", "clone", "-q", URL, "warm")
    longest = time.time() - start
    killed, resumed = 0, 0
    for number in range(rounds):
        if os.path.exists(TRACE):
            os.remove(TRACE)
        shutil.rmtree("clone", ignore_errors=True)
        victim = kill_during(["git", "clone", "-q", URL, "clone"], None, longest, generator)
        killed += victim is not None
        if run("git", "rev-parse", "-q", "--verify", "origin/main", cwd="clone", check=False).returncode != 0 if os.path.isdir(
                "clone") else True:
            # git itself was killed before the clone was one: the same command starts anew.
            shutil.rmtree("clone", ignore_errors=True)
            run("git", "clone", "-q", URL, "clone")
        else:
            remove_locks("clone/.git")
            run("git", "checkout", "-q", "-f", "-B", "main", "origin/main", cwd="clone", MODMETA_TRACE="json",
                MODMETA_TRACE_FILE=TRACE)
        if digest("clone/model.safetensors") != expected:
            sys.exit(f"round {number}: the checkpoint differs after {victim} was killed")
        resumed += sum(event["event"] == "chunk.resumed" for event in events())
    check_store()
    print(f"{rounds} clones, {killed} kills, {resumed} chunks taken over from interrupted ones")


def main():
    kind, rounds = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    print(f"seed {seed}")
    {"push": kill_pushes, "fetch": kill_fetches}[kind](rounds, random.Random(seed))


main()

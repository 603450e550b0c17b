#!/usr/bin/env python3
"""Sixteen people push to one store at the same time, two to each of eight branches; nothing acknowledged may be lost.

    race.py URL ROUNDS

Works in the current directory. Whoever is refused must be told why, takes in the other's work, and goes on. At the end a
fresh clone must hold every commit whose push git has called a success.
"""
import re
import subprocess
import sys

BRANCHES = 8
PUSHERS = 2 * BRANCHES


def git(*arguments, check=True):
    result = subprocess.run(["git", *arguments], capture_output=True, text=True)
    if check and result.returncode:
        sys.exit(f"git {' '.join(arguments)}: {result.returncode}\n{result.stderr}")
    return result.stdout.strip()


def commit(directory, text):
    with open(f"{directory}/file", "w") as file:
        file.write(text)
    git("-C", directory, "add", "file")
    git("-C", directory, "commit", "-q", "-m", text)
    return git("-C", directory, "rev-parse", "HEAD")


def main(url, rounds):
    git("init", "-q", "seed")
    commit("seed", "seed")
    git("-C", "seed", "push", "-q", url, *(f"HEAD:refs/heads/b{number}" for number in range(BRANCHES)))
    for pusher in range(PUSHERS):
        git("clone", "-q", "-b", f"b{pusher // 2}", url, f"p{pusher}")
    acknowledged, refused = [], 0
    for turn in range(rounds):
        tips = [commit(f"p{pusher}", f"round {turn}, {pusher}") for pusher in range(PUSHERS)]
        pushes = [
            subprocess.Popen(["git", "-C", f"p{pusher}", "push"], stderr=subprocess.PIPE, text=True)
            for pusher in range(PUSHERS)
        ]
        errors = [push.communicate()[1] for push in pushes]
        for branch in range(BRANCHES):
            pair = (2 * branch, 2 * branch + 1)
            won = [pusher for pusher in pair if pushes[pusher].returncode == 0]
            if len(won) != 1:
                sys.exit(f"round {turn}: {len(won)} pushes of {pair} succeeded\n" + "\n".join(errors[p] for p in pair))
            acknowledged.append((f"b{branch}", tips[won[0]]))
        for push, error in zip(pushes, errors):
            if push.returncode:
                refused += 1
                if not re.search(r"! \[(remote )?rejected\] .*\(.+\)", error):
                    sys.exit(f"round {turn}: a push was refused without a reason\n{error}")
        for pusher in range(PUSHERS):
            git("-C", f"p{pusher}", "fetch", "-q")
            git("-C", f"p{pusher}", "reset", "-q", "--hard", "@{upstream}")
    git("clone", "-q", "--bare", url, "reader")
    for branch, tip in acknowledged:
        git("-C", "reader", "merge-base", "--is-ancestor", tip, branch)
    git("-C", "reader", "fsck", "--strict")
    print(f"{len(acknowledged)} acknowledged, all there; {refused} refused")


main(sys.argv[1], int(sys.argv[2]))

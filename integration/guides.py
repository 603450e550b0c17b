"""Turns the commands of a guide into a script that runs them, in order, in the current directory.

    guides.py GUIDE     prints the script; GUIDE is a path from the top of the source directory

Every block of a guide that holds commands is run, unless SKIPPED says why it cannot be. Paths and URLs of the guides become
places in the current directory (PLACES). PREPARED says what must be there before a command, which the guide leaves to its
reader. A line that begins with two blanks is what a command answers; in a block with `$ `, only such lines are commands.
"""
import re
import shlex
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
COMMANDS = ("git ", "modmeta ", "cp ", "make ", "export ", "install ", "tar ", "mkdir ", "python ", "cd ", "jq ", "$ ",
            "GIT_", "MODMETA_", "AWS_")

# What cannot be run, by a part of it, and the reason.
SKIPPED = {
    "make deps": "installs packages and builds",
    "make demo": "builds; it has a target of its own",
    "make test": "runs this",
    "make install": "builds",
    "modmeta::s3://": "needs a bucket: server/t-s3*.sh",
    "https://host/": "needs a Git host: server/t-lfs-server.sh",
    "modmeta::https://": "needs a Git host: server/t-lfs-server.sh",
    "amazonaws.com": "needs a public bucket: server/t-s3-git.sh",
    "install -d -g models": "needs a group that may not exist: t-disk.sh",
    "run7/checkpoint-150": "shows what an incomplete checkpoint looks like: t-store.sh",
    "modmeta inspect cut": "shows what a damaged file looks like: t-store.sh",
    "git config modmeta.pinPayloads": "only for servers: server/t-lfs-server.sh",
    "GIT_LFS_SKIP_SMUDGE=1 git clone https://": "needs a public bucket: server/t-s3-git.sh",
    "export AWS_": "needs a bucket: server/t-s3*.sh",
    "modmeta verify v20240522-1430 --base": "needs a base model: t-snapshots.sh",
    "--accept-missing": "needs an object that is lost: t-store.sh",
    "3 * * 0": "a line of a crontab; the command is run above it",
}
# Commands whose answer is a finding, by their start: exit status 1 is right.
FINDINGS = ("modmeta check train_config.yaml",)
# What the guides call it, and what it is here.
PLACES = [
    ("/mnt/", "$HERE/mnt/"), ("/backup/", "$HERE/backup/"), ("/data/", "$HERE/data/"), ("/tmp/", "$HERE/tmp/"),
    ("/new/place", "$HERE/new/place"), ("/srv/git/", "$HERE/srv/git/"), ("~/models/", "$HERE/models/"),
    ("https://github.com/you/qa.git", "file://$HERE/host/qa.git"), ("<url>", "modmeta::file://$HERE/mnt/models/qa"),
    ("modmeta show 6f0c", "modmeta show \"$SHORT_ID\""), ("'model.layers", "'layers"),
]
START = """
set -eu -o pipefail
HERE=$PWD; export HERE
mkdir -p mnt/models data tmp new srv/git host run/checkpoint-50 run/checkpoint-100 run7
make_checkpoint run/checkpoint-50/model.safetensors 0 --mb 1
make_checkpoint run/checkpoint-100/model.safetensors 1 --mb 1
cp run/checkpoint-50/model.safetensors run7/
git config --global user.name "A U Thor"
git config --global user.email author@example.com
modmeta install
# A repository pushed to the store of the guides, for guides that begin with one.
pushed_repository() {
    git init -q -b main qa && cd qa
    git lfs install --local
    git lfs track '*.safetensors'
    git remote add origin "modmeta::file://$HERE/mnt/models/qa"
    cp ../run/checkpoint-50/model.safetensors .
    git add -A && git commit -q -m 50 && git push -q -u origin main
}
python() {
    mkdir -p checkpoints/v20240522-1430 datasets
    cp "$HERE/run/checkpoint-50/model.safetensors" checkpoints/v20240522-1430/
    echo '{"global_step": 50, "log_history": [{"loss": 0.3, "step": 50}]}' >checkpoints/v20240522-1430/trainer_state.json
    printf '{"text": "one"}\\n{"text": "two"}\\n' >datasets/train_v3.jsonl
    printf 'learning_rate: 0.0001\\n' >train_config.yaml
}
"""
# What comes before a guide, or before a command in it.
PREPARED = {
    "docs/guides/stores.md": {
        "": "pushed_repository",
        "git clone modmeta": "cd $HERE",
        "git config modmeta.whole": "cd $HERE/qa 2>/dev/null || true",
        "GIT_LFS_SKIP_SMUDGE=1 git clone": "cd $HERE && rm -rf qa-pointers",
        "modmeta store repair": "git clone -q \"$(git remote get-url origin)\" ~/qa; mkdir -p ~/downloads; "
            "cp ~/qa/model.safetensors ~/downloads",
    },
    "docs/guides/maintenance.md": {
        "": "pushed_repository; git clone -q --mirror \"$(git remote get-url origin)\" $HERE/srv/git/qa.git; "
            "cp -r $HERE/srv/git/qa.git $HERE/srv/git/ner.git",
        "modmeta prune": "git tag -f v1.0",
    },
    "docs/guides/inspect.md": {"": "pushed_repository"},
    "docs/guides/trace.md": {
        "": "pushed_repository; cp $HERE/run/checkpoint-100/model.safetensors .; git commit -q -a -m 100",
        "jq -s 'map(select(.event | test(\"\\\\.get": "",
        "jq ": "mkdir -p work; cd work 2>/dev/null; cp $HERE/tmp/push.jsonl push.jsonl; cp push.jsonl clone.jsonl",
    },
    "docs/guides/troubleshooting.md": {"": "pushed_repository"},
    "docs/guides/servers.md": {"": "pushed_repository"},
    "docs/guides/snapshots.md": {
        "modmeta check train_config.yaml": "printf 'lerning_rate: 0.1\\n' >train_config.yaml",
        "modmeta show 6f0c": "SHORT_ID=$(modmeta id checkpoints/v20240522-1430 | grep -oE '[0-9a-f]{16}' | head -n 1 | cut -c 1-8)",
        "GIT_LFS_SKIP_SMUDGE=1 git clone": "cd $HERE && rm -rf qa",
        "modmeta verify v20240522-1430 /data": "mkdir -p $HERE/data/run/checkpoint; cp checkpoints/*/* $HERE/data/run/checkpoint/",
    },
    "docs/guides/getting-started.md": {
        "GIT_LFS_SKIP_SMUDGE=1 git clone": "rm -rf elsewhere",
        "modmeta inspect model.safetensors": "git lfs pull",
        "git config lfs.url": "cd $HERE/qa; git init -q --bare -b main $HERE/host/qa.git; "
            "git remote set-url origin file://$HERE/host/qa.git",
        "git clone -c lfs.url": "mkdir -p $HERE/others && cd $HERE/others",
        "git config -f .lfsconfig": "cd qa",
        "git clone -c modmeta.allowCommitted": "git push -q origin main; mkdir -p $HERE/more && cd $HERE/more",
    },
}


def blocks(text):
    """The blocks between fences: line number and text."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start = number
        else:
            yield start + 2, "\n".join(lines[start + 1:number])
            start = None


def commands(block):
    """The commands of a block, each with the lines that continue it."""
    lines = block.split("\n")
    if any(line.startswith("$ ") for line in lines):
        return [line[2:] for line in lines if line.startswith("$ ")]
    found, continues = [], False
    for line in lines:
        if continues:
            found[-1] += "\n" + line
        elif line and not line.startswith("  ") and not line.startswith("#"):
            found.append(line)
        else:
            continue
        continues = line.endswith("\\")
    return found


def script(guide):
    prepared = PREPARED.get(guide, {})
    print(START)
    print(prepared.get("", ""))
    for number, block in blocks((TOP / guide).read_text()):
        if not block.startswith(COMMANDS):
            continue
        # What follows in a block builds on what is skipped.
        reason = next((why for part, why in SKIPPED.items() if part in block), None)
        if reason:
            print(": " + shlex.quote(f"line {number} is skipped: {reason}"))
            continue
        for command in commands(block):
            before = next((text for part, text in prepared.items() if part and command.startswith(part)), "")
            is_finding = command.startswith(FINDINGS)
            for name, place in PLACES:
                command = re.sub(r"(?<![A-Za-z0-9_$E])" + re.escape(name), lambda _: place, command) \
                    if name.startswith("/") else command.replace(name, place)
            print(f": line {number}")
            print(before or ":")
            if is_finding:
                print(f"{{ {command}; }} && false || [ $? = 1 ]")
            else:
                print(command)


if __name__ == "__main__":
    script(sys.argv[1])

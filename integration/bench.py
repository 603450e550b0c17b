#!/usr/bin/env python3
"""Compares ways to keep NEW beside OLD: bytes, seconds and memory, all in one run on the same files.

    bench.py NAME:OLD:NEW...

Prints a Markdown table, and writes bench.md and bench.json into the directory BENCH_OUT (by default a new one).
BENCH_ALSO="name:command" adds a tool, one a line: a shell command that reads $OLD and $NEW and writes $PATCH.
MODMETA_BIN is the directory of the built programs. Other tools are looked up in PATH; a missing one says so in its row.

This process stays small (no numpy), because a child's peak memory begins with that of its parent.
"""
import sys

sys.dont_write_bytecode = True

import datetime
import filecmp
import json
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass

from bench_measure import fastest
from bench_push import Push

HERE = os.path.dirname(os.path.abspath(__file__))
BSDIFF_LIMIT = 64 << 20
SLOW = 300
EXPLAINED = (
    "MB are 10^6 bytes; speeds are of NEW. Quick tools run three times and give their best time, pushes once. "
    "Peak memory is that of all processes of a command together, the larger of encode and decode. "
    "Every decode was compared with NEW."
)


@dataclass(frozen=True)
class Tool:
    """Two shell commands: `encode` makes $PATCH from $OLD and $NEW, `decode` makes $BACK from $OLD and $PATCH.

    $EMPTY is a file without bytes, for tools that are to know nothing of $OLD.
    `largest` bounds the files in bytes, `limit` a run in seconds.
    """

    name: str
    encode: str
    decode: str | None = None
    largest: int | None = None
    limit: int = 1800
    note: str = ""


TOOLS = [
    Tool("openssl dgst -sha256", 'openssl dgst -sha256 "$NEW"', note="no patch: the floor of time"),
    Tool("modmeta delta", 'modmeta delta "$OLD" "$NEW" -o "$PATCH"', 'modmeta patch "$OLD" "$PATCH" -o "$BACK"'),
    Tool(
        "modmeta delta, 1 core",
        'taskset -c 0 modmeta delta "$OLD" "$NEW" -o "$PATCH"',
        'taskset -c 0 modmeta patch "$OLD" "$PATCH" -o "$BACK"',
    ),
    Tool(
        "zstd -3 --patch-from",
        'zstd -q -3 --long=27 --patch-from="$OLD" "$NEW" -o "$PATCH"',
        'zstd -q -d --long=31 --memory=2048MB --patch-from="$OLD" "$PATCH" -o "$BACK"',
    ),
    Tool(
        "xdelta3",
        'xdelta3 -q -e -B "$WINDOW" -s "$OLD" "$NEW" "$PATCH"',
        'xdelta3 -q -d -B "$WINDOW" -s "$OLD" "$PATCH" "$BACK"',
        limit=SLOW,
    ),
    Tool(
        "bsdiff",
        'bsdiff "$OLD" "$NEW" "$PATCH"',
        'bspatch "$OLD" "$BACK" "$PATCH"',
        largest=BSDIFF_LIMIT,
        limit=SLOW,
    ),
    Tool(
        "BitX-style",
        '"$PYTHON" "$HERE/bench_bitx.py" encode "$OLD" "$NEW" "$PATCH"',
        '"$PYTHON" "$HERE/bench_bitx.py" decode "$OLD" "$PATCH" "$BACK"',
        note="XOR, byte planes, zstd -3; with the start of Python",
    ),
    Tool(
        "ZipNN, delta",
        'PYTHONPATH="$ZIPNN" "$PYTHON" "$HERE/bench_zipnn.py" encode "$NEW" "$PATCH" "$OLD"',
        'PYTHONPATH="$ZIPNN" "$PYTHON" "$HERE/bench_zipnn.py" decode "$PATCH" "$BACK" "$OLD"',
        note="with the start of Python",
    ),
    Tool(
        "modmeta, NEW alone",
        'modmeta delta "$EMPTY" "$NEW" -o "$PATCH"',
        'modmeta patch "$EMPTY" "$PATCH" -o "$BACK"',
    ),
    Tool("zstd -3, NEW alone", 'zstd -q -3 "$NEW" -o "$PATCH"', 'zstd -q -d "$PATCH" -o "$BACK"'),
    Tool(
        "ZipNN, NEW alone",
        'PYTHONPATH="$ZIPNN" "$PYTHON" "$HERE/bench_zipnn.py" encode "$NEW" "$PATCH"',
        'PYTHONPATH="$ZIPNN" "$PYTHON" "$HERE/bench_zipnn.py" decode "$PATCH" "$BACK"',
        note="with the start of Python",
    ),
]
COLUMNS = [
    ("pair", "<10"),
    ("tool", "<21"),
    ("bytes", ">11"),
    ("% of raw", ">8"),
    ("encode s", ">8"),
    ("MB/s", ">7"),
    ("decode s", ">8"),
    ("MB/s", ">7"),
    ("peak MB", ">7"),
    ("note", "<4"),
]


@dataclass
class Row:
    """One tool on one pair; `bytes` is what it adds for NEW, `raw` the size of NEW, `peak_memory` in bytes too."""

    pair: str
    tool: str
    raw: int
    bytes: int | None = None
    encode_seconds: float | None = None
    decode_seconds: float | None = None
    peak_memory: int | None = None
    compared: bool = False
    failed: bool = False
    note: str = ""

    def failing(self, why):
        self.failed, self.note = True, why
        return self

    def cells(self):
        def number(value, form):
            return "–" if value is None else format(value, form)

        def speed(seconds):
            return None if seconds is None else self.raw / 1e6 / seconds

        share = None if self.bytes is None else 100 * self.bytes / self.raw
        memory = None if self.peak_memory is None else self.peak_memory / 1e6
        return [
            self.pair, self.tool, number(self.bytes, "d"), number(share, ".2f"),
            number(self.encode_seconds, ".2f"), number(speed(self.encode_seconds), ".1f"),
            number(self.decode_seconds, ".2f"), number(speed(self.decode_seconds), ".1f"),
            number(memory, ".0f"), self.note,
        ]


def line(cells):
    return f"| {' | '.join(format(cell, form) for cell, (_, form) in zip(cells, COLUMNS))} |"


def rule():
    """Returns the line below the head, which also says which columns are set to the right."""
    return line([("-" * int(form[1:]))[:-1] + ("-" if form[0] == "<" else ":") for _, form in COLUMNS])


def run_tool(tool, pair, old, new, directory, environment):
    """Encodes, decodes and compares; returns the row."""
    row = Row(pair, tool.name, os.path.getsize(new), note=tool.note)
    if tool.largest and max(os.path.getsize(old), row.raw) > tool.largest:
        return row.failing(f"not tried: files over {tool.largest >> 20} MiB take it too long")
    patch, back = os.path.join(directory, "patch"), os.path.join(directory, "back")
    window = max(os.path.getsize(old), row.raw, 1 << 20)
    empty = os.path.join(directory, "empty")
    open(empty, "wb").close()
    variables = dict(environment, OLD=old, NEW=new, PATCH=patch, BACK=back, EMPTY=empty)
    variables["WINDOW"] = str(min(window, (1 << 31) - 1))
    encoded = fastest(["sh", "-c", tool.encode], variables, patch, tool.limit)
    if encoded.failure:
        return row.failing(encoded.failure)
    row.encode_seconds, row.peak_memory = encoded.seconds, encoded.memory
    if os.path.exists(patch):
        row.bytes = os.path.getsize(patch)
    if tool.decode is None:
        return row
    decoded = fastest(["sh", "-c", tool.decode], variables, back, tool.limit)
    if decoded.failure:
        return row.failing(f"decode {decoded.failure}")
    if not filecmp.cmp(new, back, shallow=False):
        return row.failing("WRONG: what it decoded is not NEW")
    row.decode_seconds, row.compared = decoded.seconds, True
    row.peak_memory = max(row.peak_memory, decoded.memory)
    return row


def run_push(name, pair, old, new, directory, environment):
    """Pushes OLD, then NEW, and clones; returns the row, of the second push."""
    row = Row(pair, name, os.path.getsize(new))
    try:
        push = Push(directory, environment, modmeta=name.startswith("modmeta"))
        first, row.bytes, pushed, cloned = push.versions(old, new)
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or ["no message"])[-1]
        return row.failing(f"{' '.join(error.cmd[:3])} failed ({error.returncode}): {said}"[:200].replace("|", "/"))
    except (OSError, ValueError) as error:
        return row.failing(f"WRONG: {error}")
    if pushed.failure or cloned.failure:
        return row.failing(pushed.failure or f"clone {cloned.failure}")
    row.encode_seconds, row.decode_seconds, row.compared = pushed.seconds, cloned.seconds, True
    row.peak_memory = max(pushed.memory, cloned.memory)
    row.note = f"git push, git clone; push of OLD: {first} bytes"
    return row


def rows_of(pair, old, new, tools, environment):
    for path in (old, new):
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass
    runs = [(run_tool, tool) for tool in tools]
    runs[2:2] = [(run_push, "modmeta push"), (run_push, "git-lfs push")]
    for run, tool in runs:
        with tempfile.TemporaryDirectory(prefix="modmeta-bench.") as directory:
            yield run(tool, pair, old, new, directory, environment)


def install_zipnn(directory):
    """Installs ZipNN into `directory` without what it does not need for bytes, and says on failure what happened."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", directory, "zipnn"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        lines = run.stderr.strip().splitlines() or ["no message"]
        return f"ZipNN could not be installed: {lines[-1]}"[:200].replace("|", "/")


def machine():
    """Returns the date, and what the figures depend on."""
    with open("/proc/cpuinfo") as file:
        models = [text.partition(":")[2].strip() for text in file if text.startswith("model name")]
    versions = {}
    for name in ("modmeta", "git", "git-lfs", "zstd"):
        found = shutil.which(name)
        versions[name] = "not found"
        if found:
            versions[name] = subprocess.run([found, "--version"], capture_output=True, text=True).stdout.strip()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "versions": versions,
    }


def main(arguments):
    pairs = [argument.split(":") for argument in arguments]
    if not pairs or any(len(pair) != 3 for pair in pairs):
        return "usage: bench.py NAME:OLD:NEW..."
    for path in (path for pair in pairs for path in pair[1:]):
        if not os.path.isfile(path):
            return f"bench.py: {path} is not a file."
    also = [entry.partition(":") for entry in os.environ.get("BENCH_ALSO", "").splitlines() if entry.strip()]
    tools = TOOLS + [Tool(name.strip(), command, note="not decoded") for name, _, command in also]
    os.environ["PATH"] = os.pathsep.join(filter(None, [os.environ.get("MODMETA_BIN"), os.environ["PATH"]]))
    out = os.environ.get("BENCH_OUT") or tempfile.mkdtemp(prefix="modmeta-bench-results.")
    os.makedirs(out, exist_ok=True)
    about = machine()
    rows = []
    scratch = tempfile.TemporaryDirectory(prefix="modmeta-bench.")
    with scratch as zipnn, open(os.path.join(out, "bench.md"), "w") as report:

        def say(text):
            print(text, flush=True)
            report.write(text + "\n")

        why = install_zipnn(zipnn)
        environment = dict(os.environ, HERE=HERE, PYTHON=sys.executable, ZIPNN=zipnn)
        say(f"{about['date']}, {about['cpu']}, {about['cores']} cores. {EXPLAINED}\n")
        say(line([name for name, _ in COLUMNS]))
        say(rule())
        for pair, old, new in pairs:
            for row in rows_of(pair, os.path.abspath(old), os.path.abspath(new), tools, environment):
                if row.failed and why and row.tool.startswith("ZipNN"):
                    row.note = why
                rows.append(row)
                say(line(row.cells()))
    with open(os.path.join(out, "bench.json"), "w") as file:
        json.dump({**about, "rows": [asdict(row) for row in rows]}, file, indent=1)
    print(f"\nWritten: {out}/bench.md and bench.json", file=sys.stderr)
    return 1 if any(row.note.startswith("WRONG") for row in rows) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

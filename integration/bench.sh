#!/usr/bin/env bash
# Compares modmeta with the alternatives on the same pairs of files, in one table.
#   BENCH_PAIRS="name:old:new ..."   the files (default: the demo's two checkpoints as fp32, bf16 and fp16)
#   BENCH_ALSO="name:command"        one more tool a line: maps $OLD and $NEW to $PATCH
#   BENCH_OUT=directory              where bench.md and bench.json go (default: a new one, named at the end)
# MODMETA_BIN names the directory of the built programs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${MODMETA_BIN:?run this by: make bench}"

# Prints the first Python that can import the module $1, else python3.
python_with() {
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c "import $1" 2>/dev/null; then echo "$candidate"; return; fi
    done
    echo python3
}

python=$(python_with numpy)
read -ra pairs <<<"${BENCH_PAIRS:-}"
if [ ${#pairs[@]} -eq 0 ]; then
    work=$(mktemp -d "${TMPDIR:-/tmp}/modmeta-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    echo "Making two checkpoints of a real model (all-MiniLM-L6-v2, 22.7 M parameters) ..." >&2
    "$(python_with torch)" "$here/demo_checkpoints.py" "$work" >&2
    pairs=("fp32:$work/0.safetensors:$work/1.safetensors")
    for dtype in BF16 F16; do
        for number in 0 1; do
            "$python" "$here/cast_checkpoint.py" "$work/$number.safetensors" "$work/$number.$dtype.safetensors" "$dtype"
        done
    done
    pairs+=("bf16:$work/0.BF16.safetensors:$work/1.BF16.safetensors")
    pairs+=("fp16:$work/0.F16.safetensors:$work/1.F16.safetensors")
fi
"$python" "$here/bench.py" "${pairs[@]}"

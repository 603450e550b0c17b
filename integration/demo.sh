#!/usr/bin/env bash
# Pushes two checkpoints of a real model to a directory store, clones them, compares, and prints what was sent.
#   demo.sh [CHECKPOINT CHECKPOINT...]   MODMETA_BIN names the directory of the built programs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${MODMETA_BIN:?run this by: make demo}"
work=$(mktemp -d "${TMPDIR:-/tmp}/modmeta-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT

paths=()
for path in "$@"; do paths+=("$(realpath "$path")"); done
if [ ${#paths[@]} -lt 2 ]; then
    echo "Making two checkpoints of ${paths[0]:-a real model (all-MiniLM-L6-v2, 22.7 M parameters)} ..."
    python=python3
    for candidate in /usr/bin/python3 python3; do
        if "$candidate" -c 'import torch' 2>/dev/null; then python=$candidate; break; fi
    done
    "$python" "$here/demo_checkpoints.py" "$work/checkpoints" ${paths[@]+"${paths[@]}"}
    paths=("$work/checkpoints/0.safetensors" "$work/checkpoints/1.safetensors")
fi

export HOME="$work/home" GIT_CONFIG_NOSYSTEM=1 PATH="$MODMETA_BIN:$PATH"
mkdir "$HOME"
git config --global user.name Demo
git config --global user.email demo@example.com
git config --global init.defaultBranch main
modmeta install

store="$work/store"
stored() { if [ -d "$store" ]; then du -sb "$store" | cut -f1; else echo 0; fi; }
seconds() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b - a }'; }

git init -q "$work/qa"
cd "$work/qa"
git lfs install --local >/dev/null
git lfs track '*.safetensors' >/dev/null
git remote add origin "modmeta::file://$store"

rows=()
total=0
number=0
for path in "${paths[@]}"; do
    number=$((number + 1))
    cp "$path" model.safetensors
    git add -A
    git commit -qm "checkpoint $number"
    before=$(stored)
    start=$(date +%s.%N)
    git push -q -u origin main
    end=$(date +%s.%N)
    raw=$(stat -c %s model.safetensors)
    total=$((total + raw))
    rows+=("push $number|$raw|$(($(stored) - before))|$raw|$(seconds "$start" "$end")")
done

start=$(date +%s.%N)
git clone -q "modmeta::file://$store" "$work/elsewhere"
end=$(date +%s.%N)
cd "$work/elsewhere"
number=0
for path in "${paths[@]}"; do
    back=$((${#paths[@]} - 1 - number))
    number=$((number + 1))
    git checkout -q "main~$back" 2>/dev/null
    cmp "$path" model.safetensors || { echo "checkpoint $number differs after the clone"; exit 1; }
done

printf '\n%-10s %15s %15s %8s %18s %9s\n' "" "raw bytes" "bytes sent" "of raw" "git-lfs would send" "seconds"
for row in "${rows[@]}"; do
    IFS='|' read -r name raw sent lfs time <<<"$row"
    printf '%-10s %15d %15d %7.1f%% %18d %9s\n' "$name" "$raw" "$sent" \
        "$(awk -v s="$sent" -v r="$raw" 'BEGIN { print 100 * s / r }')" "$lfs" "$time"
done
printf '%-10s %15s %15s %8s %18s %9s\n' "clone" "" "" "" "" "$(seconds "$start" "$end")"
echo "Every checkpoint came back bit for bit."

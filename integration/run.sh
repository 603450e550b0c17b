#!/usr/bin/env bash
# Runs the integration tests: `run.sh local` those on a directory store, `run.sh all` also those with servers or other writers.
#   MODMETA_BIN names the directory of the built programs.
set -uo pipefail
cd "$(dirname "$0")"
: "${MODMETA_BIN:?name the directory of the built programs, or run: make test}"
kind=${1:-local}
files=(t-*.sh)
[ "$kind" != all ] || for file in server/t-*.sh writers/t-*.sh; do [ ! -e "$file" ] || files+=("$file"); done
failed=()
echo "== scripts_test.py"
python3 scripts_test.py || failed+=("scripts_test.py")
for file in "${files[@]}"; do
    echo "== $file"
    bash "$file" || failed+=("$file")
done
[ ${#failed[@]} = 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
echo "all integration tests passed"

#!/usr/bin/env bash
# Fuzzes every parser of weight files for FUZZ_SECONDS (default 1800) each, all at the same time, at low priority.
#   FUZZ_BUNDLE names the built tests. Usage: fuzz-formats.sh [DIRECTORY], where inputs under way and logs stay.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-1800}
out=${1:-$(mktemp -d)}
mkdir -p "$out"
: "${FUZZ_BUNDLE:?name the built tests, or run: make fuzz}"
jobs=()
for parser in pytorch gguf numpy distcp manifest pickle safetensors index; do
    MODMETA_FUZZ_SECONDS=$seconds MODMETA_FUZZ_PARSER=$parser MODMETA_FUZZ_SEED=${FUZZ_SEED:-1} \
        MODMETA_FUZZ_INPUT=$out/$parser.input nice -n 15 \
        "$FUZZ_BUNDLE" --testing-library swift-testing --filter TimedFuzzTests >"$out/$parser.log" 2>&1 &
    jobs+=("$parser:$!")
done
status=0
for job in "${jobs[@]}"; do
    if wait "${job#*:}" && grep -h '^FUZZ' "$out/${job%%:*}.log"; then continue; fi
    echo "${job%%:*} FAILED: see $out/${job%%:*}.log, input $out/${job%%:*}.input"
    status=1
done
exit $status

#!/usr/bin/env bash
# Attacks every parser and decoder until each has used FUZZ_SECONDS of processor time (default 1800), one process for each,
# as many at once as there are cores (FUZZ_JOBS), at low priority. An input that costs more than its length allows is a
# failure, as a crash is; it stays in DIRECTORY and can be read again:
#   FUZZ_FAMILIES=yaml FUZZ_REPLAY=DIRECTORY/yaml-bomb-7.input integration/fuzz.sh
# FUZZ_BUNDLE names the built tests; FUZZ_SEED where to start. Usage: fuzz.sh [DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
: "${FUZZ_BUNDLE:?name the built tests, or run: make fuzz}"
families=${FUZZ_FAMILIES:-pytorch gguf numpy distcp manifest pickle safetensors index sketch \
    batch xml store-format condemned yaml json snapshot schema dataset \
    pointer generation agent-line configuration log general scaled levelled nested patch bsdiff40}
out=${1:-$(mktemp -d)}
mkdir -p "$out"
export MODMETA_FUZZ_SECONDS=${FUZZ_SECONDS:-1800} MODMETA_FUZZ_SEED=${FUZZ_SEED:-1} MODMETA_FUZZ_DIRECTORY=$out
[ -z "${FUZZ_REPLAY:-}" ] || export MODMETA_FUZZ_REPLAY=$FUZZ_REPLAY
# Memory that is free goes back to the system at once, so that the peak of each input can be told.
export GLIBC_TUNABLES=glibc.malloc.mmap_threshold=131072:glibc.malloc.trim_threshold=1048576

family() {
    if MODMETA_FUZZ_FAMILY=$1 nice -n 19 "$FUZZ_BUNDLE" --testing-library swift-testing --filter FuzzTests \
        >"$MODMETA_FUZZ_DIRECTORY/$1.log" 2>&1; then
        grep -h '^FUZZ .* DONE\|replayed' "$MODMETA_FUZZ_DIRECTORY/$1.log" && return 0
    fi
    echo "$1 FAILED: see $MODMETA_FUZZ_DIRECTORY/$1.log; the last input is $MODMETA_FUZZ_DIRECTORY/$1.input"
    return 1
}
export -f family
export FUZZ_BUNDLE
# shellcheck disable=SC2086
printf '%s\n' $families | xargs -P "${FUZZ_JOBS:-$(nproc)}" -I{} bash -c 'family "$1"' _ {}

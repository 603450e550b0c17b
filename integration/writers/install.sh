#!/usr/bin/env bash
# Installs the programs whose files t-writers.sh checks into the virtual environment that WRITERS names (default:
# ~/.cache/modmeta/writers), each only if it installs: `install.sh` prints a line for each that does not.
set -uo pipefail
WRITERS=${WRITERS:-$HOME/.cache/modmeta/writers}

if [ ! -x "$WRITERS/bin/pip" ]; then
    # Debian's python3-torch and python3-numpy serve where pip has nothing better.
    /usr/bin/python3 -m venv --system-site-packages "$WRITERS" || exit 1
fi

# has MODULE: Python finds it there.
has() { "$WRITERS/bin/python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$1') is None)"; }

# A torch without CUDA, from wherever pip is set up to look; the one of PyPI brings gigabytes that nothing here uses.
"$WRITERS/bin/python" -c 'import sys, torch; sys.exit(int(torch.__version__.split(".")[0]) < 2)' 2>/dev/null ||
    "$WRITERS/bin/pip" install -q --disable-pip-version-check 'torch==2.13.0+cpu' >"$WRITERS/torch.log" 2>&1 ||
    has torch || echo "torch: $(tail -n 1 "$WRITERS/torch.log")"

for package in numpy safetensors gguf transformers peft accelerate deepspeed; do
    has "$package" ||
        "$WRITERS/bin/pip" install -q --disable-pip-version-check "$package" >"$WRITERS/$package.log" 2>&1 ||
        echo "$package: $(grep -m 1 -i error "$WRITERS/$package.log")"
done

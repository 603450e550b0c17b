#!/usr/bin/env bash
# Hand-written Swift files stay below 500 lines.
set -euo pipefail
long=$(git ls-files 'Sources/*.swift' 'Tests/*.swift' | xargs wc -l | awk '$2 != "total" && $1 > 500')
[ -z "$long" ] || { echo "longer than 500 lines:"; echo "$long"; exit 1; }

#!/bin/bash
# Processes killed at random moments. KILLS sets the number of rounds of each test.
. "$(dirname "$0")/lib.sh"
CASE_SECONDS=1800
export KILLS="${KILLS:-8}"

test_case "pushes that are killed go on where they were" <<'END'
python3 "$INTEGRATION/kills.py" push "$KILLS"
END

test_case "clones that are killed end bit-exact" <<'END'
python3 "$INTEGRATION/kills.py" fetch "$KILLS"
END

finish

#!/bin/bash
# Many people push to one directory store at the same time. RACE_ROUNDS says how often.
. "$(dirname "$0")/lib.sh"
CASE_SECONDS=1800

test_case "sixteen pushers to eight branches" <<'END'
python3 "$INTEGRATION/race.py" "modmeta::file://$PWD/store" "${RACE_ROUNDS:-2}" | tee said
said "all there"
END

finish

#!/bin/bash
# Every command of README.md and the guides is run, in order, with real git and git-lfs; guides.py says which are not, and why.
. "$(dirname "$0")/lib.sh"
export CASE_SECONDS=${CASE_SECONDS:-300}

for guide in README.md $(cd "$INTEGRATION/.." && ls docs/guides/*.md); do
    test_case "the commands of $guide" <<END
python3 "\$INTEGRATION/guides.py" $guide >script
. ./script
END
done

finish

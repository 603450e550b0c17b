# Sourced by the t-*.sh scripts: a git that knows nothing of its surroundings, and a way to write tests.
#
#   test_case "what must hold" <<'END'     the body runs in a shell of its own, in an empty directory, and fails at
#   ...                                    the first command that fails
#   END
#   finish                                 prints "N passed, N failed" and exits
#
# MODMETA_BIN names the directory of the built programs. Arguments choose the cases whose names contain one of them.
# KEEP=1 keeps the directories.

: "${MODMETA_BIN:?set MODMETA_BIN to the directory that holds git-remote-modmeta}"
MODMETA_BIN=$(cd "$MODMETA_BIN" && pwd)
INTEGRATION=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(mktemp -d "${TMPDIR:-/tmp}/modmeta-integration.XXXXXX")
SELECTED=("$@")
PASSED=0
FAILED=0

for variable in $(compgen -e); do
    case $variable in GIT_*) unset "$variable" ;; esac
done
export INTEGRATION PATH="$MODMETA_BIN:$PATH" TMPDIR="$ROOT/tmp" LC_ALL=C TZ=UTC
export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
export GIT_AUTHOR_NAME="A U Thor" GIT_AUTHOR_EMAIL=author@example.com
export GIT_COMMITTER_NAME="C O Mitter" GIT_COMMITTER_EMAIL=committer@example.com
mkdir "$TMPDIR"

end_all() {
    if [ -z "${KEEP:-}" ]; then
        chmod -R u+w "$ROOT" 2>/dev/null
        rm -rf "$ROOT"
    else
        echo "kept: $ROOT"
    fi
}
trap end_all EXIT

is_selected() {
    [ ${#SELECTED[@]} -eq 0 ] && return 0
    local part
    for part in "${SELECTED[@]}"; do
        case $1 in *"$part"*) return 0 ;; esac
    done
    return 1
}

# Runs one test, its body being the standard input.
test_case() {
    local name=$1 body directory
    body=$(cat)
    is_selected "$name" || return 0
    directory="$ROOT/case-$((PASSED + FAILED))"
    mkdir -p "$directory/home"
    cat >"$directory/home/.gitconfig" <<'END'
[init]
    defaultBranch = main
[protocol "file"]
    allow = always
[advice]
    detachedHead = false
END
    printf '. %q\n%s\n' "$INTEGRATION/steps.sh" "$body" >"$directory/body.sh"
    if (cd "$directory" && HOME="$directory/home" XDG_CONFIG_HOME="$directory/home/.config" \
        timeout "${CASE_SECONDS:-120}" bash -eux -o pipefail body.sh >log 2>&1 </dev/null); then
        PASSED=$((PASSED + 1))
        echo "ok   - $name"
        [ -n "${KEEP:-}" ] || rm -rf "$directory"
    else
        FAILED=$((FAILED + 1))
        echo "FAIL - $name"
        sed 's/^/       /' "$directory/log" | tail -n "${LOG_LINES:-25}"
    fi
}

finish() {
    local leftovers
    leftovers=$(ls -A "$TMPDIR")
    if [ -n "$leftovers" ]; then
        FAILED=$((FAILED + 1))
        echo "FAIL - no temporary files are left behind"
        echo "$leftovers" | sed 's/^/       /'
    fi
    echo "$PASSED passed, $FAILED failed"
    [ "$FAILED" -eq 0 ]
}

# find_mounts: MOUNTS is "yes" if this user may mount small file systems, which the tests of full disks need, and empty if not.
find_mounts() {
    local probe=$ROOT/probe
    MOUNTS=
    mkdir "$probe"
    if mount -t tmpfs -o size=1m none "$probe" 2>/dev/null; then
        umount "$probe"
        MOUNTS=yes
    fi
    rmdir "$probe"
}

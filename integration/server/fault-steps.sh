# Sourced by t-faults*.sh after ../lib.sh: lines to servers that are slow and faulty; see proxy.py.

# start_proxy NAME TARGET OPTIONS...: sets PROXY_PORT and PROXY_PID; requests are noted in "$ROOT/NAME.log". Ends the one that
# had the name.
start_proxy() {
    local name=$1 target=$2
    shift 2
    stop_proxy "$name"
    rm -f "$ROOT/$name.ready" "$ROOT/$name.log"
    python3 "$INTEGRATION/server/proxy.py" "$target" --ready "$ROOT/$name.ready" --log "$ROOT/$name.log" "$@" \
        2>"$ROOT/$name.errors" &
    PROXY_PID=$!
    echo "$PROXY_PID" >"$ROOT/$name.proxy-pid"
    for _ in $(seq 300); do
        [ ! -e "$ROOT/$name.ready" ] || break
        sleep 0.1
    done
    PROXY_PORT=$(cat "$ROOT/$name.ready")
}

stop_proxy() {
    [ ! -e "$ROOT/$1.proxy-pid" ] || kill "$(cat "$ROOT/$1.proxy-pid")" 2>/dev/null || true
    rm -f "$ROOT/$1.proxy-pid"
}

stop_proxies() {
    local file
    for file in "$ROOT"/*.proxy-pid; do
        [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null
    done
}

# line_report NAME WHAT: what became of the rounds over a line, and how many requests or connections it had.
line_report() {
    [ -s "$ROOT/$1.result" ] || return 0
    sed 's/^/       /' "$ROOT/$1.result"
    awk -F'\t' -v what="$2" '
        { all++; if ($2 != "-") { faults[$2]++; sum++ } }
        END {
            printf "       %d %s, of which %d suffered:", all, what, sum
            for (kind in faults) printf " %d %s", faults[kind], kind
            print ""
        }' "$ROOT/$1.log"
}

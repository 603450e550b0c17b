# Sourced by t-*.sh after ../lib.sh: servers that live as long as the script.

SERVERS=$INTEGRATION/server
SERVER_DIRECTORIES=()

# Ends the servers by their process ids, and then their children: fcgiwrap leaves its own behind, and makes new ones while
# it lives.
end_servers() {
    local directory file children
    for directory in "${SERVER_DIRECTORIES[@]}"; do
        for file in "$directory"/*.pid; do
            [ -s "$file" ] || continue
            children=$(pgrep -P "$(cat "$file")")
            kill "$(cat "$file")" $children 2>/dev/null
        done
    done
    end_all
}
trap end_servers EXIT

# start_server SCRIPT DIRECTORY PORT: starts a server by one of the scripts beside this file.
start_server() {
    SERVER_DIRECTORIES+=("$2")
    mkdir -p "$2"
    TMPDIR="$2" bash "$SERVERS/$1" "$2" "$3" || { echo "FAIL - $1 does not start"; exit 1; }
}

# free_port: a port of 127.0.0.1 that nobody listens on, and whose successor neither.
free_port() {
    python3 - <<'END'
import random, socket
while True:
    port = random.randrange(20000, 32000)
    try:
        for number in (port, port + 1):
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", number))
    except OSError:
        continue
    print(port)
    break
END
}

#!/bin/bash
# How well a line is used: bench_line.sh [line|small|large|clone|delta|pull|killed|requests]... Not part of the tests.
#
# Servers are started here, behind server/proxy.py with a round trip of LINE_DELAY milliseconds (50) and LINE_RATE bytes a second
# (25000000, that is 200 Mbit/s). SERVICES chooses among "lfs moto rclone radosgw" (default: lfs moto).
#
#   line     LINE_MB (400) MB of random bytes in 50 objects, by curl in eight connections (S3) or by plain git-lfs (LFS): what
#            the line, the proxy and the server carry without modmeta
#   small    SMALL_COUNT (200) objects of SMALL_SIZE (100000) bytes, with plain git-lfs where it can, and with modmeta
#   large    one file of LARGE_MB (1000) MB of bfloat16 weights
#   clone    what was pushed last, cloned and compared
#   delta    the next checkpoint of the same training run, pushed after it
#   pull     what was pushed last, pulled into the clone
#   killed   as `large`, killed when half is sent, and pushed again
#   requests every request of two pushes of a file of 20 MB to a new store, history and weights, and of a clone; buckets only
#
# A share of the line is what passed it, the way the weights go, divided by what the line carries in that time. Round trips are the time divided by
# LINE_DELAY. Build with optimisation, and leave the machine alone meanwhile.
cd "$(dirname "$0")"
. ./lib.sh
. ./steps.sh
. server/servers.sh
LINE_DELAY=${LINE_DELAY:-50} LINE_RATE=${LINE_RATE:-25000000}
SMALL_COUNT=${SMALL_COUNT:-200} SMALL_SIZE=${SMALL_SIZE:-100000} LARGE_MB=${LARGE_MB:-1000}
LINE_MB=${LINE_MB:-400}
SERVICES=${SERVICES:-lfs moto}
SELECTED=()
WAY=5
LINE_PIDS=()
[ $# -gt 0 ] || set -- line small large killed

port=$(free_port)
case $SERVICES in *lfs*) start_server https-host.sh "$ROOT/host" "$port" ;; esac
export GIT_SSL_CAINFO="$ROOT/host/ca.pem" HOST_DIR="$ROOT/host"
SERVER_SCRIPTS=$INTEGRATION/server
. server/s3-servers.sh
end_bench() {
    [ ${#LINE_PIDS[@]} -eq 0 ] || kill "${LINE_PIDS[@]}" 2>/dev/null
    stop_services
    end_servers
}
trap end_bench EXIT

# start_line NAME HOST:PORT [OPTIONS]: a line to a server; its port goes to $ROOT/NAME.port, what passes through it to
# $ROOT/NAME.log.
start_line() {
    python3 "$INTEGRATION/server/proxy.py" "$2" --delay "$LINE_DELAY" --rate "$LINE_RATE" --ready "$ROOT/$1.port" \
        --log "$ROOT/$1.log" "${@:3}" &
    LINE_PIDS+=($!)
    wait_for 10 "the line to $1" test -s "$ROOT/$1.port"
}

# passed NAME [WAY]: the bytes that passed a line in connections that have ended; WAY is the log's column of those sent (5,
# the default) or received (7).
passed() { awk -F '\t' -v way="${2:-5}" '{ sum += $way } END { printf "%.0f\n", sum }' "$ROOT/$1.log"; }

# settled NAME [WAY]: waits until nothing more comes out of a line's ended connections, and says what passed it.
settled() {
    local before now=-1
    before=$(passed "$@")
    while [ "$before" != "$now" ]; do
        now=$before
        sleep 2
        before=$(passed "$@")
    done
    echo "$now"
}

# timed COMMAND...: the seconds it takes.
timed() {
    local start end
    start=$(date +%s%N)
    "$@" >&2 || { echo "failed: $*" >&2; exit 1; }
    end=$(date +%s%N)
    echo $(((end - start) / 1000000)) | awk '{ printf "%.2f\n", $1 / 1000 }'
}

# make_repository SERVICE NAME KIND: a repository NAME whose weights go to a place of their own in a service; KIND is plain for
# git-lfs without modmeta.
make_repository() {
    local service=$1 name=$2 kind=$3 url
    git init -q "$name"
    git -C "$name" lfs install --local >/dev/null
    git -C "$name" lfs track '*.bin' '*.safetensors' >/dev/null
    if [ "$service" = lfs ]; then
        git init -q --bare "$HOST_DIR/repos/open/$name.git"
        git -C "$HOST_DIR/repos/open/$name.git" config http.receivepack true
        url="https://localhost:$(cat "$ROOT/lfs.port")/open/$name.git"
        git -C "$name" remote add origin "$url"
        git -C "$name" config lfs.locksverify false
        [ "$kind" = plain ] || git -C "$name" config lfs.url "modmeta::$url/info/lfs"
    else
        git init -q --bare "$name.git"
        git -C "$name" remote add origin "$PWD/$name.git"
        git -C "$name" config lfs.url "modmeta::s3://models/$name"
    fi
}

commit_all() {
    git -C "$1" add -A
    git -C "$1" commit -q -m weights
}

push() { git -C "$1" push -q origin HEAD; }

# report WHAT SECONDS BYTES
report() {
    echo "$1 $2 $3" | awk -v rate="$LINE_RATE" -v delay="$LINE_DELAY" '{
        printf "%-28s %8.2f s  %12.0f bytes passed  %5.1f %% of the line  %6.0f round trips\n",
            $1, $2, $3, 100 * $3 / $2 / rate, $2 * 1000 / delay }'
}

# measured WHAT SERVICE COMMAND...: reports what a command takes of a service's line; WAY chooses the way, see passed.
measured() {
    local what=$1 service=$2 before seconds
    shift 2
    before=$(settled "$service" "$WAY")
    seconds=$(timed "$@") || exit 1
    report "$what" "$seconds" $(($(settled "$service" "$WAY") - before))
}

# put_objects URL: all files here, by curl.
put_objects() {
    curl -sSf --no-progress-meter --parallel --parallel-max 8 --parallel-immediate --aws-sigv4 aws:amz:us-east-1:s3 \
        --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" \
        $(for file in *.bin; do echo "-T $file $1/$file"; done)
}

line() {
    local service=$1 number
    make_repository "$service" "line-$service" plain
    for number in $(seq 50); do head -c $((LINE_MB * 20000)) /dev/urandom >"line-$service/$number.bin"; done
    if [ "$service" = lfs ]; then
        commit_all "line-$service"
        measured "line:$service" "$service" push "line-$service"
    else
        cd "line-$service" || exit 1
        measured "line:$service" "$service" put_objects "$AWS_ENDPOINT_URL/models/line"
        cd .. || exit 1
    fi
    rm -rf "line-$service"
}

small() {
    local service=$1 kind number
    for kind in plain modmeta; do
        if [ "$service" != lfs ] && [ "$kind" = plain ]; then continue; fi
        make_repository "$service" "small-$service-$kind" $kind
        for number in $(seq "$SMALL_COUNT"); do head -c "$SMALL_SIZE" /dev/urandom >"small-$service-$kind/$number.bin"; done
        commit_all "small-$service-$kind"
        measured "small:$service:$kind" "$service" push "small-$service-$kind"
    done
}

large() {
    local service=$1
    make_repository "$service" "large-$service" modmeta
    cp model.safetensors "large-$service/"
    commit_all "large-$service"
    measured "large:$service" "$service" push "large-$service" | tee "large-$service.row"
}

delta() {
    local service=$1
    [ -e "large-$service.row" ] || large "$service"
    make_checkpoint "large-$service/model.safetensors" 1 --mb "$LARGE_MB"
    commit_all "large-$service"
    measured "delta:$service" "$service" push "large-$service"
}

clone() {
    local service=$1 url
    [ -e "large-$service.row" ] || large "$service"
    url=$(git -C "large-$service" config remote.origin.url)
    rm -rf "clone-$service"
    WAY=7 measured "clone:$service" "$service" git clone -q -c lfs.url="$(git -C "large-$service" config lfs.url)" \
        "$url" "clone-$service"
    cmp "large-$service/model.safetensors" "clone-$service/model.safetensors" || exit 1
}

pull() {
    WAY=7 measured "pull:$1" "$1" git -C "clone-$1" pull -q
    cmp "large-$1/model.safetensors" "clone-$1/model.safetensors" || exit 1
}

killed() {
    local service=$1 half before whole push
    [ -e "large-$service.row" ] || large "$service"
    whole=$(awk '{ print $4 }' "large-$service.row")
    half=$(awk -v rate="$LINE_RATE" '{ print $2 / 2 }' "large-$service.row")
    make_repository "$service" "killed-$service" modmeta
    cp model.safetensors "killed-$service/"
    commit_all "killed-$service"
    before=$(settled "$service")
    setsid git -C "killed-$service" push -q origin HEAD >pushed 2>&1 &
    push=$!
    sleep "$half"
    kill -9 -- -$push
    wait $push 2>/dev/null
    echo "killed:$service after $(($(settled "$service") - before)) bytes"
    measured "killed:$service:again" "$service" push "killed-$service"
    echo "killed:$service sent $(($(settled "$service") - before - whole)) bytes more than an undisturbed push"
}

# said WHAT COMMAND...: the requests of a command, over the line "requests".
said() {
    local what=$1 before
    shift
    before=$(wc -l <"$ROOT/requests.log")
    AWS_ENDPOINT_URL="http://127.0.0.1:$(cat "$ROOT/requests.port")" "$@" || exit 1
    echo "$what"
    python3 "$INTEGRATION/server/in_order.py" "$ROOT/requests.log" "$before" /models/requests/
}

requests() {
    local service=$1 step
    [ "$service" != lfs ] || return
    start_line requests "$(. "$ROOT/$service.env"; echo "${AWS_ENDPOINT_URL#http://}")" --http
    : >>"$ROOT/requests.log"
    make_repository "$service" requests modmeta
    git -C requests config --unset lfs.url
    git -C requests remote set-url origin modmeta::s3://models/requests
    for step in 0 1; do
        make_checkpoint requests/model.safetensors $step --mb 20
        commit_all requests
        said "requests:$service:push $((step + 1))" push requests
    done
    said "requests:$service:clone" git clone -q modmeta::s3://models/requests requests-clone
    cmp requests/model.safetensors requests-clone/model.safetensors || exit 1
    rm -rf requests requests-clone
}

mkdir -p "$ROOT/home"
export HOME="$ROOT/home"
git config --global init.defaultBranch main
modmeta install >/dev/null
for service in $SERVICES; do
    case $service in
        lfs) start_line lfs "localhost:$port" ;;
        *)
            start_service "$service" || exit 1
            . "$ROOT/$service.env"
            start_line "$service" "${AWS_ENDPOINT_URL#http://}"
            export AWS_ENDPOINT_URL="http://127.0.0.1:$(cat "$ROOT/$service.port")"
            ;;
    esac
    scripts=$PWD
    mkdir -p "$ROOT/work"
    cd "$ROOT/work" || exit 1
    case "$*" in *large* | *delta* | *clone* | *killed*) [ -e model.safetensors ] || make_checkpoint model.safetensors 0 --mb "$LARGE_MB" ;; esac
    for what in "$@"; do $what "$service"; done
    cd "$scripts" || exit 1
done

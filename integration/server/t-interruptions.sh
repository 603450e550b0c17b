#!/usr/bin/env bash
# Pushes that meet, one by one, what goes wrong with servers, lines, clocks and credentials.
. "$(dirname "$0")/s3-cases.sh"
. "$SERVER_SCRIPTS/servers.sh"
. "$SERVER_SCRIPTS/fault-steps.sh"
trap 'stop_proxies; stop_services; end_servers' EXIT
export SERVERS S3_SERVERS CASE_SECONDS=${CASE_SECONDS:-300}

# on_line OPTIONS...: the case's service behind a line of its own, whose requests are noted in "$ROOT/line.log".
cat >"$ROOT/s3-steps.sh" <<'END'
. "$INTEGRATION/server/fault-steps.sh"
. "$ROOT/radosgw.env"
direct=$AWS_ENDPOINT_URL
url=modmeta::s3://models/case-$RANDOM$RANDOM
on_line() {
    stop_proxy line
    start_proxy line "${direct#http://}" --http "$@"
    export AWS_ENDPOINT_URL=http://127.0.0.1:$PROXY_PORT
}
make_bucket_repo() {
    make_weights_repo qa
    git -C qa remote set-url origin "$url"
}
# What arrived by PUT, by its target, at the service.
arrived() { awk -F'\t' '$3 == "PUT" && $6 == 200 && $4 ~ "/lfs/objects/" { print $4 }' "$ROOT/line.log" | sort -u; }
check_clone() {
    AWS_ENDPOINT_URL=$direct git clone -q "$url" checked
    diff -r --exclude=.git qa checked
    AWS_ENDPOINT_URL=$direct modmeta store verify "$url"
}
END

if service_starts radosgw; then
    test_case "a bucket whose line falls silent is asked again" <<'END'
. "$ROOT/s3-steps.sh"
make_bucket_repo
on_line --stall 1 --after 8 --times 3
export GIT_HTTP_LOW_SPEED_TIME=2
push_checkpoint qa 0 --mb 12
[ "$(grep -c "	stall	" "$ROOT/line.log")" = 3 ]
check_clone
END

    for fault in truncate reset; do
        export fault
        test_case "objects of 16 MB arrive though the line breaks every 3 MB at the latest: $fault" <<'END'
. "$ROOT/s3-steps.sh"
make_bucket_repo
# Rows of 16 MiB, which are not cut, of numbers that nothing makes smaller.
python3 - >qa/model.safetensors <<'END_OF_PROGRAM'
import json, os, struct, sys
header = json.dumps({"w": {"dtype": "F32", "shape": [3, 1 << 22], "data_offsets": [0, 3 << 24]}}).encode()
sys.stdout.buffer.write(struct.pack("<Q", len(header)) + header + os.urandom(3 << 24))
END_OF_PROGRAM
git -C qa add -A
git -C qa commit -q -m one
git -C qa push -q origin HEAD
on_line --$fault 1 --within 3000000 --only "GET /models/"
git clone -q "$url" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
# Each byte came once; of how many a reset destroys on their way there is no telling.
awk -F'\t' -v fault=$fault '$3 == "GET" && $4 ~ "/lfs/objects/" { all++; sum += $7 } END {
    printf "%s: 3 objects of 16 MiB in %d answers of %d bytes together\n", fault, all, sum
    exit all < 20 || fault == "truncate" && sum > 3 * 2 ^ 24 * 1.001 }' "$ROOT/line.log" | tee -a "$ROOT/continued.result"
END
    done
    sed 's/^/       /' "$ROOT/continued.result" 2>/dev/null

    test_case "credentials that expire during a push are named, and what was sent is not sent again" <<'END'
. "$ROOT/s3-steps.sh"
make_bucket_repo
make_checkpoint qa/model.safetensors 0 --mb 48
git -C qa add -A
git -C qa commit -q -m one
cat >expired <<'END_OF_ANSWER'
HTTP/1.1 403 Forbidden
Content-Type: application/xml

<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>
END_OF_ANSWER
on_line --error 1 --answer expired --after 50 --rate 20000000
must_fail git -C qa push -q origin HEAD
said "the credentials have expired: renew them and give the same command again"
arrived >before
[ -s before ]
must_fail git ls-remote --exit-code "$url" main
on_line
git -C qa push -q origin HEAD
arrived >after
[ -z "$(comm -12 before after)" ]
check_clone
END

    test_case "a service that refuses for long is given up in one sentence, and the push goes on later" <<'END'
. "$ROOT/s3-steps.sh"
make_bucket_repo
make_checkpoint qa/model.safetensors 0 --mb 12
git -C qa add -A
git -C qa commit -q -m one
on_line --busy 1 --retry-after 1 --after 15
must_fail git -C qa push -q origin HEAD
said "the service answered 503"
on_line
git -C qa push -q origin HEAD
check_clone
END

    faketime=$(dpkg -L libfaketime | grep '/libfaketime\.so' | head -n 1)
    export faketime
    for skew in +2h -3d; do
        export skew
        test_case "a clock that is wrong by $skew is corrected by the service's" <<'END'
. "$ROOT/s3-steps.sh"
make_bucket_repo
make_checkpoint qa/model.safetensors 0 --mb 6
git -C qa add -A
git -C qa commit -q -m one
on_line
export FAKETIME=$skew FAKETIME_DONT_FAKE_MONOTONIC=1
LD_PRELOAD=$faketime git -C qa push -q origin HEAD
awk -F'\t' '$6 == 403 { n++ } END { exit n == 0 }' "$ROOT/line.log"
LD_PRELOAD=$faketime git clone -q "$url" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
check_clone
END
    done

    for signal in SIGINT SIGKILL; do
        export signal
        test_case "an upload in parts that got $signal goes on with the parts that are missing" <<'END'
. "$ROOT/s3-steps.sh"
make_bucket_repo
git -C qa config modmeta.whole always
head -c 150000000 /dev/urandom >qa/model.safetensors
git -C qa add -A
git -C qa commit -q -m one
on_line --rate 60000000
python3 "$SERVERS/interrupted.py" "$signal" "$ROOT/line.log" 'partNumber=[^	]*	[0-9]*	200	' 3 git -C qa push -q origin HEAD
before=$(wc -l <"$ROOT/line.log")
git -C qa push -q origin HEAD
python3 "$SERVERS/parts_sent.py" "$ROOT/line.log" "$before" 150000000 4 | tee -a "$ROOT/parts.result"
check_clone
END
    done
    sed 's/^/       /' "$ROOT/parts.result" 2>/dev/null

    test_case "no secret is shown, stored or passed as an argument: a bucket" <<'END'
. "$ROOT/s3-steps.sh"
. "$SERVERS/secret-steps.sh"
make_bucket_repo
on_line --reset 0.05 --error 0.05 --busy 0.05
watch_arguments
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
for step in 0 1; do
    make_checkpoint qa/model.safetensors $step --mb 12
    git -C qa add -A
    git -C qa commit -q -m $step
    GIT_TRACE=1 git -C qa push origin HEAD >"said-$step" 2>&1
done
git clone "$url" elsewhere >said-clone 2>&1
modmeta store verify "$url" >said-verify 2>&1
AWS_SECRET_ACCESS_KEY=anothersecret must_fail modmeta store stat "$url"
stop_watching
cp "$ROOT/line.log" requests
[ -s trace ] && [ -s arguments ] && grep -q lfs-agent arguments
no_secret "$AWS_SECRET_ACCESS_KEY" anothersecret
END
fi

test_case "a service of buckets that restarts during a push is waited for" <<'END'
. "$INTEGRATION/server/fault-steps.sh"
. "$SERVERS/s3-servers.sh"
port=$(free_port)
mkdir -p data/models
serve() {
    RCLONE_CONFIG=$PWD/rclone.conf "$S3_SERVERS/bin/rclone" serve s3 "$PWD/data" --addr "127.0.0.1:$port" \
        --auth-key rclonekey,rclonesecret >>rclone.log 2>&1 &
    service=$!
    wait_for 30 rclone signed GET "http://127.0.0.1:$port/models" rclonekey rclonesecret
}
serve
start_proxy line "127.0.0.1:$port" --http --rate 8000000
export AWS_ENDPOINT_URL=http://127.0.0.1:$PROXY_PORT AWS_ACCESS_KEY_ID=rclonekey AWS_SECRET_ACCESS_KEY=rclonesecret
export AWS_REGION=us-east-1
make_weights_repo qa
git init -q --bare plain.git
git -C qa remote set-url origin "$PWD/plain.git"
git -C qa config lfs.url modmeta::s3://models/one
make_checkpoint qa/model.safetensors 0 --mb 48
git -C qa add -A
git -C qa commit -q -m one
git -C qa push -q origin HEAD & push=$!
until [ "$(find data/models -path '*lfs/objects*' -type f | wc -l)" -gt 1 ]; do kill -0 $push && sleep 0.05; done
kill $service
wait $service || true
sleep 3
kill -0 $push
serve
wait $push
modmeta store verify s3://models/one
git -c lfs.url=modmeta::s3://models/one clone -q plain.git elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
stop_proxy line
kill $service
END

port=$(free_port)
start_server https-host.sh "$ROOT/host" "$port"
export HOST_DIR="$ROOT/host" HOST_URL="https://localhost:$port" GIFTLESS_PORT=$((port + 1))
export GIT_SSL_CAINFO="$ROOT/host/ca.pem"
cat >"$ROOT/lfs-line.sh" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
. "$INTEGRATION/server/fault-steps.sh"
# on_line REPOSITORY OPTIONS...: "qa" with Git on the host, and weights behind a line to its LFS server.
on_line() {
    local name=$1
    shift
    make_host_repository "$name"
    make_server_repository qa "$name"
    rm qa/.lfsconfig
    start_proxy lfsline "127.0.0.1:$GIFTLESS_PORT" --http "$@"
    git -C qa config modmeta.manifestsUrl "$HOST_URL/$name.git"
    git -C qa config lfs.url "modmeta::http://127.0.0.1:$PROXY_PORT/$name.git/info/lfs"
}
check_clone() {
    git -c lfs.url="modmeta::$HOST_URL/$1.git/info/lfs" clone -q "$HOST_URL/$1.git" checked
    cmp checked/model.safetensors qa/model.safetensors
    stop_proxy lfsline
}
END

test_case "an LFS server whose line falls silent is asked again" <<'END'
. "$ROOT/lfs-line.sh"
on_line open/silent --stall 1 --after 4 --times 3
export GIT_HTTP_LOW_SPEED_TIME=2
push_checkpoint qa 0 --mb 24
[ "$(grep -c "	stall	" "$ROOT/lfsline.log")" = 3 ]
check_clone open/silent
END

test_case "an LFS server that knows no ranges sends again what broke off" <<'END'
. "$ROOT/lfs-line.sh"
on_line open/broken
push_checkpoint qa 0 --mb 24
stop_proxy lfsline
start_proxy lfsline "127.0.0.1:$GIFTLESS_PORT" --http --truncate 1 --only "GET " --times 6
git -C qa config lfs.url "modmeta::http://127.0.0.1:$PROXY_PORT/open/broken.git/info/lfs"
mv qa/.git/lfs/objects objects
git -C qa lfs fetch origin HEAD
diff -r objects qa/.git/lfs/objects
[ "$(grep -c "	truncate	" "$ROOT/lfsline.log")" = 6 ]
stop_proxy lfsline
END

test_case "an LFS server that restarts during a push is waited for" <<'END'
. "$ROOT/lfs-line.sh"
on_line open/restart --rate 8000000
# So many objects that a server which ends what it has in hand does not end the push with it.
make_checkpoint qa/model.safetensors 0 --mb 120
git -C qa add -A
git -C qa commit -q -m one
git -C qa push -q origin HEAD & push=$!
until [ "$(find "$HOST_DIR/objects/open/restart" -type f | wc -l)" -gt 1 ]; do kill -0 $push && sleep 0.05; done
kill "$(cat "$HOST_DIR/giftless.pid")"
while [ -e "$HOST_DIR/giftless.pid" ]; do sleep 0.1; done
sleep 3
kill -0 $push
bash "$SERVERS/giftless.sh" "$HOST_DIR" "$GIFTLESS_PORT"
wait $push
check_clone open/restart
END

test_case "rights to send that end during a push are asked for again" <<'END'
. "$ROOT/lfs-line.sh"
on_line open/short --rate 4000000
mkdir short
GIFTLESS_LIFETIME=2 bash "$SERVERS/giftless.sh" "$PWD/short" $((GIFTLESS_PORT + 1))
stop_proxy lfsline
start_proxy lfsline "127.0.0.1:$((GIFTLESS_PORT + 1))" --http --rate 4000000
git -C qa config lfs.url "modmeta::http://127.0.0.1:$PROXY_PORT/open/short.git/info/lfs"
push_checkpoint qa 0 --mb 24
mv qa/.git/lfs/objects objects
git -C qa lfs fetch origin HEAD
diff -r objects qa/.git/lfs/objects
stop_proxy lfsline
kill "$(cat short/giftless.pid)"
END

test_case "no secret is shown, stored or passed as an argument: an LFS server" <<'END'
. "$ROOT/lfs-line.sh"
. "$SERVERS/secret-steps.sh"
make_host_repository team/private
make_server_repository qa team/private
rm qa/.lfsconfig
git config --global credential.helper "store --file=$PWD/passwords"
echo "https://me:p%40ss%20word@${HOST_URL#https://}" >passwords
git -C qa config lfs.url "modmeta::$HOST_URL/team/private.git/info/lfs"
watch_arguments
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
for step in 0 1; do
    make_checkpoint qa/model.safetensors $step --mb 12
    git -C qa add -A
    git -C qa commit -q -m $step
    GIT_TRACE=1 git -C qa push origin HEAD >"said-$step" 2>&1
done
git config --global lfs.url "modmeta::$HOST_URL/team/private.git/info/lfs"
git clone "$HOST_URL/team/private.git" elsewhere >said-clone 2>&1
cmp elsewhere/model.safetensors qa/model.safetensors
stop_watching
[ -s trace ] && grep -q lfs-agent arguments
rm passwords
no_secret 'p@ss' 'p%40ss' bWU6cEBzcyB3b3Jk
END

finish

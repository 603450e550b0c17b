#!/usr/bin/env bash
# Pushes and clones over lines on which a tenth of all requests fails: to a bucket, to an LFS server, to a host by TLS.
#   ROUNDS says how often; FAULT_SEED draws other faults.
. "$(dirname "$0")/s3-cases.sh"
. "$SERVER_SCRIPTS/servers.sh"
. "$SERVER_SCRIPTS/fault-steps.sh"
trap 'stop_proxies; stop_services; end_servers' EXIT
export ROUNDS=${ROUNDS:-5} FAULT_MB=${FAULT_MB:-6} CASE_SECONDS=${CASE_SECONDS:-7200}
seed=${FAULT_SEED:-1}

# Both servers check what they are sent, so bits may flip on the way there too.
if service_starts radosgw; then
    start_proxy s3 "$(. "$ROOT/radosgw.env"; echo "${AWS_ENDPOINT_URL#http://}")" --http --seed "$seed" --reset 0.02 \
        --error 0.02 --busy 0.02 --truncate 0.02 --flip 0.02
    export S3_LINE=http://127.0.0.1:$PROXY_PORT
    test_case "a bucket: history and weights" <<'END'
. "$ROOT/radosgw.env"
direct=$AWS_ENDPOINT_URL
export AWS_ENDPOINT_URL=$S3_LINE
python3 "$INTEGRATION/server/fault_rounds.py" modmeta::s3://models/faults "$ROUNDS" | tee "$ROOT/s3.result"
AWS_ENDPOINT_URL=$direct modmeta store verify s3://models/faults
END
    line_report s3 requests
fi

port=$(free_port)
start_server https-host.sh "$ROOT/host" "$port"
export HOST_DIR="$ROOT/host" HOST_URL="https://localhost:$port" GIT_SSL_CAINFO="$ROOT/host/ca.pem"

# Bits flip in objects only: by plain http nothing would tell other words of the protocol from the right ones.
start_proxy lfs "127.0.0.1:$((port + 1))" --http --seed "$seed" --reset 0.02 --error 0.02 --busy 0.02 --truncate 0.02 \
    --flip 0.02 --flips '^(PUT|GET) '
export LFS_LINE=http://127.0.0.1:$PROXY_PORT
test_case "an LFS server: weights" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/faults
python3 "$INTEGRATION/server/fault_rounds.py" "$HOST_URL/open/faults.git" "$ROUNDS" \
    "lfs.url=modmeta::$LFS_LINE/open/faults.git/info/lfs" "modmeta.manifestsUrl=$HOST_URL/open/faults.git" |
    tee "$ROOT/lfs.result"
END
line_report lfs requests

# By TLS every damage ends the connection, of which there are few, so more of them suffer.
start_proxy tls "localhost:$port" --seed "$seed" --reset 0.1 --truncate 0.1 --flip 0.1
export TLS_LINE=https://localhost:$PROXY_PORT
test_case "a host by TLS: weights and manifests" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/sealed
python3 "$INTEGRATION/server/fault_rounds.py" "$HOST_URL/open/sealed.git" "$ROUNDS" \
    "lfs.url=modmeta::$TLS_LINE/open/sealed.git/info/lfs" | tee "$ROOT/tls.result"
END
line_report tls connections

finish

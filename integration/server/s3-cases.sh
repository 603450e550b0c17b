# Sourced by t-*.sh: lib.sh and s3-servers.sh, with nobody's credentials, and cases that use a bucket.
#
#   service_starts NAME              start_service; one that does not start counts as a failed case
#   service_case SERVICE "..." <<'END'
#                                    a case with the service's variables set, and a place in its bucket: $place, $url
SERVER_SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for variable in $(compgen -e AWS_); do unset "$variable"; done
bash "$SERVER_SCRIPTS/s3-install.sh" || exit 1
. "$SERVER_SCRIPTS/../lib.sh"
. "$SERVER_SCRIPTS/s3-servers.sh"
trap 'stop_services; end_all' EXIT
export ROOT

service_starts() {
    start_service "$1" && return
    FAILED=$((FAILED + 1))
    echo "FAIL - $1: it starts"
    tail -n 15 "$ROOT/$1/log"
    return 1
}

service_case() {
    local service=$1 body
    body=$(cat)
    test_case "$service: $2" <<END_OF_CASE
. "\$ROOT/$service.env"
place=case-\$RANDOM\$RANDOM
url=modmeta::s3://models/\$place
$body
END_OF_CASE
}

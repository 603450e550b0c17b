#!/usr/bin/env bash
# lfstest-gitserver.sh DIR PORT: starts git-lfs's own test server on ports that it chooses itself (PORT is not used).
#
# Its URL goes to DIR/url, the process id to DIR/lfstest.pid. (Over TLS it hands out addresses without.) Bare
# repositories are made in DIR/repos/NAME.git. The LFS server knows the user "user" with the password "pass".
set -euo pipefail
directory=$1
here=$(cd "$(dirname "$0")" && pwd)
program=$(bash "$here/lfstest-gitserver-install.sh")
mkdir -p "$directory/repos"
cd "$directory"
LFSTEST_URL="$directory/url" LFSTEST_SSL_URL="$directory/tls-url" LFSTEST_CLIENT_CERT_URL="$directory/client-url" \
    LFSTEST_DIR="$directory/repos" LFSTEST_CERT="$directory/ca.pem" LFSTEST_CLIENT_CERT="$directory/client.pem" \
    LFSTEST_CLIENT_KEY="$directory/client.key" LFSTEST_CLIENT_KEY_ENCRYPTED="$directory/client-encrypted.key" \
    "$program" >gitserver.log 2>&1 </dev/null &
echo $! >lfstest.pid
disown
for _ in $(seq 100); do
    if [ -s url ]; then exit 0; fi
    sleep 0.1
done
echo "lfstest-gitserver did not start; see $directory/gitserver.log" >&2
exit 1

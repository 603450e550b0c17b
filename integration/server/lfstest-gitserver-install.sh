#!/usr/bin/env bash
# Builds git-lfs's own test server, lfstest-gitserver, from Debian's source package and prints its path.
#
# It is built once, in MODMETA_SERVERS (~/.cache/modmeta/servers where that is not set), with Debian's Go and Debian's
# packages of what it imports: nothing is fetched from elsewhere.
set -euo pipefail
servers=${MODMETA_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/modmeta/servers}
directory="$servers/git-lfs"
mkdir -p "$directory"
exec 9>"$servers/git-lfs.lock"
flock 9
if [ ! -x "$directory/lfstest-gitserver" ]; then
    cd "$directory"
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    # Lists of our own, so that the system's are left as they are.
    mkdir -p apt/lists/partial apt/sources apt/cache/archives/partial
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" \
        >apt/sources.list
    options=(-o "Dir::Etc::sourcelist=$PWD/apt/sources.list" -o "Dir::Etc::sourceparts=$PWD/apt/sources"
        -o "Dir::State::lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update -qq >&2
    apt-get "${options[@]}" source -qq --download-only git-lfs >&2
    rm -rf source
    mkdir -p source
    tar -xf git-lfs_*.orig.tar.* --strip-components=1 -C source
    packages=$(sed -n '/^Build-Depends:/,/^[A-Z]/p' git-lfs_*.dsc | grep -o 'golang-[a-z0-9.-]*-dev')
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends golang-go $packages \
        >/dev/null
    root="$directory/go/src/github.com/git-lfs/git-lfs"
    mkdir -p "$root"
    rm -rf "$root/v3"
    mv source "$root/v3"
    cd "$root/v3/t"
    GO111MODULE=off GOFLAGS= GOPATH="$directory/go:/usr/share/gocode" \
        go build -tags testtools -o "$directory/lfstest-gitserver" cmd/lfstest-gitserver.go >&2
fi
echo "$directory/lfstest-gitserver"

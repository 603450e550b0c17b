#!/bin/bash
# Looking after a store: gc, copy, prune, doctor.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_STORE_STEPS="$ROOT/store-steps.sh"
cat >"$INTEGRATION_STORE_STEPS" <<'END'
# gc [OPTIONS]: a whole collection of the store without a grace period.
gc() { modmeta store gc --grace 0 "$(url_of)" "$@"; }
# fetchable STEP: a clone of main has the checkpoint of that step.
fetchable() {
    rm -rf fetched
    git clone -q "$(url_of)" fetched
    cmp fetched/model.safetensors "$1.safetensors"
    modmeta store verify "$(url_of)"
}
# collect_before N COMMAND...: runs the command; before the N-th git command that git, its hooks and helpers start, the
# whole collection runs. False if there were not so many.
collect_before() {
    local moment=$1 real collector
    shift
    real=$(command -v git)
    collector=$(command -v modmeta)
    rm -rf exec count collected
    mkdir exec
    ln -s "$(git --exec-path)"/* exec
    rm -f exec/git
    : >count
    cat >exec/git <<WRAPPER
#!/bin/sh
unset GIT_EXEC_PATH
echo >>"$PWD/count"
if [ "\$(wc -l <"$PWD/count")" = $moment ]; then
    env -i PATH="$PATH" HOME="$HOME" TMPDIR="$TMPDIR" "$collector" store gc --grace 0 "$(url_of)" \
        --keep-objects /dev/null >"$PWD/collected" 2>&1 </dev/null || cp "$PWD/collected" "$PWD/failed"
fi
GIT_EXEC_PATH="$PWD/exec" exec "$real" "\$@"
WRAPPER
    chmod +x exec/git
    GIT_EXEC_PATH="$PWD/exec" "$@"
    [ ! -e failed ] || cat failed
    [ ! -e failed ]
    [ -e collected ]
}
END

test_case "gc removes what no ref needs, and nothing else" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_weights_repo qa
for step in 0 1; do
    push_checkpoint qa $step --mb 3
    cp qa/model.safetensors "$step.safetensors"
done
full=$(weight_bytes)
git -C qa checkout -q -b trial
push_checkpoint qa 2 --mb 3 --seed 7
grown=$(weight_bytes)
gc
[ "$(weight_bytes)" -ge "$grown" ]
git -C qa push -q origin :trial
gc --dry-run >listed
[ "$(weight_bytes)" -ge "$grown" ]
[ "$(grep -c ' [0-9]*$' listed)" -ge 3 ]
grep -F 'modmeta/manifests/' listed
gc
[ "$(weight_bytes)" -lt $((full + 100000)) ]
fetchable 1
git -C fetched checkout -q HEAD~1
cmp fetched/model.safetensors 0.safetensors
# The branch again: everything is sent again.
git -C qa push -q origin trial
git clone -q -b trial "$(url_of)" trial
cmp trial/model.safetensors qa/model.safetensors
check_store
END

test_case "gc waits for the grace period, and a push rescues what is condemned" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_weights_repo qa
push_checkpoint qa 0 --mb 3
git -C qa checkout -q -b trial
push_checkpoint qa 1 --mb 3
git -C qa push -q origin :trial
before=$(weight_bytes)
# Young objects stay.
modmeta store gc "$(url_of)" | grep 'nothing to remove'
touch -d '3 weeks ago' $(find store/lfs store/modmeta/manifests store/modmeta/index -type f)
modmeta store gc "$(url_of)" >first
grep condemned first
grep 'Give the same command again after' first
modmeta store gc "$(url_of)"
[ "$(weight_bytes)" -ge "$before" ]
grep '^epoch 1' store/modmeta/format
grep '^collection ' store/modmeta/format
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
git -C qa push -q origin trial
if grep '"event":"payload.put"' trace; then exit 1; fi
unset MODMETA_TRACE
gc
if grep '^collection ' store/modmeta/format; then exit 1; fi
git clone -q -b trial "$(url_of)" trial
cmp trial/model.safetensors qa/model.safetensors
END

CASE_SECONDS=900 test_case "a push survives a whole collection before any git command that it runs" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_weights_repo qa
push_checkpoint qa 0 --mb 0.6
cp qa/model.safetensors 0.safetensors
# Step 0 is left in the store without a ref: the base of step 1 is garbage.
git -C qa push -q origin HEAD:refs/heads/other
git -C store update-ref -d refs/heads/main
git -C store update-ref -d refs/heads/other
make_checkpoint qa/model.safetensors 1 --mb 0.6
git -C qa commit -q -a -m 'step 1'
cp qa/model.safetensors 1.safetensors
cp -r store store.before
cp -r qa qa.before
moment=1
while
    rm -rf store qa
    cp -r store.before store
    cp -r qa.before qa
    collect_before $moment git -C qa push -q origin HEAD:main
do
    cat collected
    fetchable 1
    gc
    fetchable 1
    moment=$((moment + 1))
done
[ ! -e failed ]
[ $moment -gt 15 ]
END

test_case "gc refuses to guess what is needed" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_weights_repo qa
# Git goes to one place, weights to another.
git init -q --bare history.git
git -C qa remote set-url origin "$PWD/history.git"
git -C qa config lfs.url "$(url_of)"
push_checkpoint qa 0 --mb 3
push_checkpoint qa 1 --mb 3
grep '^history elsewhere' store/modmeta/format
must_fail modmeta store gc --grace 0 "$(url_of)"
said '--keep-refs-of'
before=$(weight_bytes)
modmeta store gc --grace 0 "$(url_of)" --keep-refs-of qa
[ "$(weight_bytes)" -ge $((before - 1000)) ]
git -C qa lfs ls-files --long --all >oids
modmeta store gc --grace 0 "$(url_of)" --keep-objects oids
[ "$(weight_bytes)" -ge $((before - 1000)) ]
modmeta store verify "$(url_of)"
head -n 1 oids | modmeta store gc --grace 0 "$(url_of)" --keep-objects -
[ "$(find store/modmeta/manifests -type f | wc -l)" = 1 ]
modmeta store verify "$(url_of)"
# A repository whose history cannot be read in full says nothing.
GIT_LFS_SKIP_SMUDGE=1 git clone -q --depth 1 "file://$PWD/history.git" shallow
must_fail modmeta store gc --grace 0 "$(url_of)" --keep-refs-of shallow
said shallow
END

test_case "gc puts many small packs together beside pushes" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_store
for number in $(seq 12); do
    commit local "$number"
    git -C local push -q
done
[ "$(ls store/objects/pack/*.pack | wc -l)" -ge 12 ]
# A push under way protects its pack.
pack=$(ls store/objects/pack/*.pack | head -n 1)
echo "modmeta-push elsewhere 1 1" >"${pack%.pack}.keep"
modmeta store gc "$(url_of)"
[ -e "$pack" ]
rm "${pack%.pack}.keep"
[ "$(ls store/objects/pack/*.pack | wc -l)" -lt 6 ]
git clone -q "$(url_of)" again
same again HEAD local HEAD
check_store
commit local more
git -C local push -q
check_store
END

test_case "copy takes weights and history, goes on, and names what is damaged" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_tagged_repo qa
modmeta store copy "$(url_of)" "$(url_of second)" >said
grep 'history copied' said
git clone -q "$(url_of second)" fetched
cmp fetched/model.safetensors 1.safetensors
same fetched v1 qa v1
modmeta store verify "$(url_of second)"
check_store second
# Again: only what is missing.
rm -f "$(find second/lfs -type f | head -n 1)"
modmeta store copy --json "$(url_of)" "$(url_of second)" >said
grep '"copiedCount" : 1,' said
modmeta store verify "$(url_of second)"
# What is damaged does not spread.
copy_damaged "$(url_of third)"
must_fail modmeta store copy "$(url_of)" "$(url_of)"
END

test_case "prune deletes the snapshots that no rule keeps, and gc what only they need" <<'END'
modmeta install
mkdir qa
cd qa
modmeta init --project qa --base-model org/base --remote "modmeta::file://$(dirname "$PWD")/store"
git add .
git commit -q -m start
git push -q -u origin HEAD
loss() { case $1 in v1) echo 0.5 ;; v2) echo 0.2 ;; *) echo 0.4 ;; esac; }
for name in v1 v2 v3 v4; do
    # Each on a branch of its own, which is not pushed: only the tag leads to it.
    git checkout -q -b "run-$name" main
    mkdir -p checkpoint
    make_checkpoint checkpoint/model.safetensors 0 --mb 3 --seed "${name#v}"
    modmeta snapshot "$name" checkpoint --metric "loss=$(loss $name)" >summary
    git push -q origin "refs/tags/snapshot/$name"
done
git checkout -q main
git merge -q --ff-only run-v3
git push -q origin main
url="modmeta::file://$(dirname "$PWD")/store"
must_fail modmeta prune "$url"
modmeta prune "$url" --keep-last 1 --keep-best loss --dry-run >listed
cat listed
grep -E '^delete +v1 ' listed
grep -E '^keep +v2 .*lowest loss 0.2' listed
grep -E '^delete +v3 .*a branch or another tag leads to them' listed
grep -E '^keep +v4 .*recent' listed
[ "$(git -C ../store tag | wc -l)" = 4 ]
modmeta prune "$url" --keep-last 1 --keep-best loss
[ "$(git -C ../store tag | tr '\n' ' ')" = "snapshot/v2 snapshot/v4 " ]
manifests() { find ../store/modmeta/manifests -type f | wc -l; }
[ "$(manifests)" = 4 ]
modmeta store gc --grace 0 "$url"
[ "$(manifests)" = 3 ]
cd ..
git clone -q "$url" again
for tag in snapshot/v2 snapshot/v4 main; do git -C again checkout -q "$tag"; done
modmeta store verify "$url"
END

test_case "doctor names what is wrong, and what mends it" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 3
cd qa
modmeta doctor
modmeta doctor --json | python3 -c 'import json, sys; assert all(d["level"] != "problem" for d in json.load(sys.stdin))'
rm .git/hooks/pre-push
git config --global --unset lfs.customtransfer.modmeta.path
must_fail modmeta doctor
said 'PROBLEM  hook'
said 'git lfs install --local'
said 'lfs.customtransfer.modmeta.path is not set'
git lfs install --local
modmeta install
modmeta doctor
# What a killed git leaves.
touch -d '1 hour ago' ../store/refs/heads/main.lock
must_fail modmeta doctor
said "rm $(cd ../store && pwd)/refs/heads/main.lock"
rm ../store/refs/heads/main.lock
printf '[lfs]\n\turl = modmeta::file:///etc\n' >.lfsconfig
must_fail modmeta doctor
said 'modmeta.allowCommitted'
END

finish

#!/bin/bash
# What verify sees of a store, what mends it, and that all that verify and the guides advise works.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_VERIFY_STEPS="$ROOT/verify-steps.sh"
cat >"$INTEGRATION_VERIFY_STEPS" <<'END'
# make_history: a repository "qa" with two checkpoints on main and one on the branch trial, pushed to "store"; 0, 1 and
# 2.safetensors are copies. "sound" is a copy of the store.
make_history() {
    make_weights_repo qa
    for step in 0 1; do
        push_checkpoint qa $step --mb 3
        cp qa/model.safetensors "$step.safetensors"
    done
    git -C qa checkout -q -b trial
    push_checkpoint qa 2 --mb 3
    cp qa/model.safetensors 2.safetensors
    cp -a store sound
    verify
}
restore() {
    chmod -R u+w store
    rm -rf store
    cp -a sound store
}
verify() { modmeta store verify "$(url_of)" "$@"; }
# flip FILE [OFFSET]: changes a byte, in the middle by default.
flip() {
    chmod u+w "$1"
    python3 - "$1" "${2:-}" <<'PYTHON'
import os, sys
path, at = sys.argv[1], sys.argv[2]
at = int(at) if at else os.path.getsize(path) // 2
with open(path, "r+b") as file:
    file.seek(at)
    byte = file.read(1)[0]
    file.seek(at)
    file.write(bytes([byte ^ 0x10]))
PYTHON
}
manifest_of() { local oid; oid=$(sha256sum <"$1" | cut -d ' ' -f 1); find store/modmeta/manifests -name "$oid"; }
# All three versions come out of the store, bit by bit.
all_fetched() {
    rm -rf fetched
    git clone -q "$(url_of)" fetched
    cmp fetched/model.safetensors 1.safetensors
    git -C fetched checkout -q HEAD~1
    cmp fetched/model.safetensors 0.safetensors
    git -C fetched checkout -q trial
    cmp fetched/model.safetensors 2.safetensors
}
END

test_case "pointers are those that git-lfs reads, and weights stay with all of them" <<'END'
. "$INTEGRATION_VERIFY_STEPS"
make_weights_repo qa
push_checkpoint qa 0 --mb 3
pointer=$(git -C qa cat-file -p HEAD:model.safetensors)
write() { # write BRANCH: a branch of one commit, with the pointer on standard input for the weights
    local blob tree
    blob=$(git -C qa hash-object -w --stdin)
    tree=$(git -C qa ls-tree main | sed "/model.safetensors/s/ [0-9a-f]\{40,\}/ $blob/" | git -C qa mktree)
    git -C qa update-ref "refs/heads/$1" "$(git -C qa commit-tree -m "$1" "$tree")"
}
printf '\n%s\n' "$pointer" | write before
printf '%s  \n\n\n' "$pointer" | write after
sed 's/^oid/\r\noid/; s/^size /size +/' <<<"$pointer" | write inside
for branch in before after inside; do
    git -C qa lfs ls-files "$branch" | grep model.safetensors
    git -C qa push -q origin "$branch"
done
# Only these branches lead to the weights.
git -C store symbolic-ref HEAD refs/heads/inside
git -C qa push -q origin :main
modmeta store gc --grace 0 --force "$(url_of)"
verify | grep '3 pointers: all sound'
git clone -q -b inside "$(url_of)" fetched
cmp fetched/model.safetensors qa/model.safetensors
# Without the weights no such pointer passes.
mv qa/.git/lfs/objects objects
for branch in before after inside; do
    must_fail git -C qa push --no-verify "$(url_of other)" "$branch"
    said "weights missing"
done
mv objects qa/.git/lfs/objects
# What is left of a pointer is named, and its weights are kept.
sed 's/^size /size x/' <<<"$pointer" | write damaged
must_fail git -C qa push --no-verify origin damaged
said "damaged pointer: model.safetensors"
git -C qa -c modmeta.allowIncompletePush=true push -q --no-verify origin damaged
git -C store symbolic-ref HEAD refs/heads/damaged
git -C qa push -q origin :before :after :inside
modmeta store gc --grace 0 --force "$(url_of)"
must_fail verify
said "though it names one"
[ "$(find store/modmeta/manifests store/lfs/objects -type f | wc -l)" -ge 1 ]
END

CASE_SECONDS=600 test_case "verify names what is wrong with Git's side" <<'END'
. "$INTEGRATION_VERIFY_STEPS"
make_history
# One pack, as after a collection, and loose refs.
git -C store repack -q -a -d
rm -rf sound
cp -a store sound
verify

pack=$(ls store/objects/pack/*.pack)
flip "$pack"
must_fail verify
said 'git fsck'
restore

rm -f "${pack%.pack}.idx"
must_fail verify
said "missing: objects/pack/$(basename "${pack%.pack}").idx"
said 'git index-pack'
said 'refs/heads/main'
must_fail verify --quick
said "missing: objects/pack/$(basename "${pack%.pack}").idx"
# What it advises.
(cd store/objects/pack && git index-pack "$(basename "$pack")")
verify
restore

flip "${pack%.pack}.idx"
must_fail verify
restore

rm -f "$pack"
must_fail verify
said "missing: objects/pack/$(basename "$pack")"
restore

tree=$(git -C store rev-parse main:)
for change in ': >store/refs/heads/main' 'truncate -s 20 store/refs/heads/main' \
    'echo 1111111111111111111111111111111111111111 >store/refs/heads/main' \
    'flip store/refs/heads/main 3' 'echo "$tree" >store/refs/heads/main'; do
    eval "$change"
    must_fail verify
    said 'refs/heads/main'
    must_fail verify --quick
    said 'refs/heads/main'
    restore
done

git -C store pack-refs --all
verify
sed -i 's/ refs.heads.main/_refs\/heads\/main/' store/packed-refs
must_fail verify
said 'packed-refs: line'
restore

echo 'ref: refs/heads/nowhere' >store/HEAD
verify | grep 'note: HEAD is refs/heads/nowhere'
echo '}' >store/HEAD
must_fail verify
said HEAD
restore

# An object that is gone, loose.
cp -a store loose
rm -rf store
git init -q --bare store
git -C store unpack-objects -q <"$(ls loose/objects/pack/*.pack)"
cp -a loose/refs loose/packed-refs loose/lfs loose/modmeta loose/HEAD store/ 2>/dev/null || true
verify
rm -f "store/objects/${tree:0:2}/${tree:2}"
must_fail verify
said "$tree"
said 'refs/heads/main'
END

CASE_SECONDS=600 test_case "verify names branch and file of what cannot be rebuilt, and its advice brings it back" <<'END'
. "$INTEGRATION_VERIFY_STEPS"
make_history

rm -f "$(manifest_of 2.safetensors)"
must_fail verify
said 'lost: model.safetensors (trial, commit '
said 'git lfs push --all'
must_fail verify --quick
said 'lost: model.safetensors (trial, commit '
git -C qa lfs push --all origin
verify
all_fetched
restore

rm -f "$(manifest_of 0.safetensors)"
must_fail verify
said 'lost: model.safetensors (main~1, commit '
status=0
modmeta store verify --json "$(url_of)" >document || status=$?
[ $status = 1 ]
python3 <document -c '
import json, sys
document = json.load(sys.stdin)
[lost] = document["lostPointers"]
assert lost["file"] == "model.safetensors" and lost["name"] == "main~1" and lost["reason"] == "missing", lost
assert document["gitFindings"] == [] and document["pointersChecked"] == 3, document'
restore

# A payload: named as before, with the files that need it.
payload=$(find store/lfs -type f -size +100k | head -n 1)
rm -f "$payload"
must_fail verify
said "missing: lfs/objects"
said 'lost: model.safetensors ('
must_fail verify --quick
said 'lost: model.safetensors ('
restore
flip "$payload"
must_fail verify
said 'flipped: '
said 'lost: model.safetensors ('
# Sizes alone do not show it.
verify --quick
END

CASE_SECONDS=600 test_case "repair mends every version from one that has the bytes" <<'END'
. "$INTEGRATION_VERIFY_STEPS"
make_history
git clone -q "$(url_of)" clone
git -C clone checkout -q HEAD~1
# The largest payload of the first version, which the two later ones build upon.
largest=$(find store/lfs -type f -printf '%s %p\n' | sort -rn | head -n 1 | cut -d ' ' -f 2)
for damage in "rm -f $largest" "flip $largest" "truncate -s 1000 $largest"; do
    chmod u+w "$largest"
    eval "$damage"
    must_fail verify
    [ "$(grep -c '^lost: model.safetensors' said)" = 3 ]
    rm -rf fetched
    must_fail git clone -q "$(url_of)" fetched
    modmeta store repair "$(url_of)" clone >said
    grep '3 objects mended' said
    verify | grep 'raw chunks stand in for it'
    all_fetched
    # A collection keeps what stands in.
    modmeta store gc --grace 0 --force "$(url_of)"
    verify
    all_fetched
    # The next push builds on it.
    git -C qa checkout -q main
    make_checkpoint qa/model.safetensors 3 --mb 3
    git -C qa commit -q -a -m 'step 3'
    git -C qa push -q origin main
    verify
    rm -rf fetched
    git clone -q "$(url_of)" fetched
    cmp fetched/model.safetensors qa/model.safetensors
    git -C qa reset -q --hard HEAD~1
    restore
done
# Files by themselves serve too, by whatever name.
rm -f "$largest"
mkdir files
cp 0.safetensors files/anything
modmeta store repair --json "$(url_of)" files/anything | grep '"notMended" : \['
verify
restore
# What nobody has is said.
rm -f "$largest"
must_fail modmeta store repair "$(url_of)" "$HOME"
said 'not mended: object'
END

test_case "a store that requires what this program does not know is left alone" <<'END'
. "$INTEGRATION_VERIFY_STEPS"
make_history
echo 'requires-to-write starlight' >>store/modmeta/format
verify
all_fetched
git -C qa checkout -q main
make_checkpoint qa/model.safetensors 3 --mb 3
git -C qa commit -q -a -m 'step 3'
cp -a store before
must_fail git -C qa push -q origin main
said starlight
must_fail git -C qa push -q --no-verify origin main
said starlight
must_fail git -C qa push -q origin :trial
said starlight
must_fail modmeta store gc "$(url_of)"
said starlight
must_fail modmeta store repair "$(url_of)" qa
said starlight
must_fail modmeta store verify --remove-damaged "$(url_of)"
said starlight
must_fail modmeta prune --keep-last 1 "$(url_of)"
said starlight
must_fail modmeta store copy "$(url_of sound)" "$(url_of)"
said starlight
diff -r before store
sed -i 's/^requires-to-write/requires/' store/modmeta/format
must_fail verify
said starlight
must_fail git clone -q "$(url_of)" again
said starlight
# The first collection writes that pushes must know of it.
restore
git -C qa push -q origin :trial
modmeta store gc --grace 0 --force "$(url_of)"
grep '^requires-to-write collection$' store/modmeta/format
git -C qa push -q origin main
verify
END

finish

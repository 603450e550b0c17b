#!/bin/bash
# Messages name what is the matter, and the command they advise mends it.
. "$(dirname "$0")/lib.sh"
trap 'umount_all; end_all' EXIT

umount_all() {
    local place
    for place in "$ROOT"/case-*/{small,store}; do
        ! mountpoint -q "$place" || umount "$place"
    done
}
# hint WORDS: the command that stands after these words in "said".
hint() { sed -n "s/.*$1//p" said | head -n 1; }
# snapshot_repo: "qa", set up for snapshots, with a checkpoint in "ck".
snapshot_repo() {
    modmeta install
    mkdir qa
    (cd qa && modmeta init --project p --remote "$(url_of ../store)" "$@")
    git -C qa remote set-url origin "$(url_of)"
    mkdir qa/ck
    make_checkpoint qa/ck/model.safetensors 0 --mb 3
}
export -f hint snapshot_repo

find_mounts
[ -n "$MOUNTS" ] || echo "skip - full disks and read-only stores: this user may not mount"

[ -z "$MOUNTS" ] || test_case "history does not fit on the store's disk" <<'END'
mkdir store
mount -t tmpfs -o size=2m none store
git init -q local
git -C local remote add origin "$(url_of)"
commit local one
git -C local push -q origin main
head -c 6000000 /dev/urandom >local/blob
git -C local add blob
git -C local commit -q -m blob
must_fail git -C local push origin main
said "cannot write in $PWD/store/objects"
said "No space left on device; make room there"
if grep fsck said; then exit 1; fi
mount -o remount,size=64m store
git -C local push -q origin main
same local main store main
umount store
END

[ -z "$MOUNTS" ] || test_case "the store is mounted read-only" <<'END'
mkdir store
mount -t tmpfs -o size=16m none store
git init -q local
git -C local remote add origin "$(url_of)"
commit local one
git -C local push -q origin main
mount -o remount,ro store
commit local two
must_fail git -C local push origin main
said "Read-only file system"
said "$PWD/store"
if grep fsck said; then exit 1; fi
mount -o remount,rw store
git -C local push -q origin main
umount store
END

[ -z "$MOUNTS" ] || test_case "fetched history does not fit on this disk" <<'END'
git init -q local
git -C local remote add origin "$(url_of)"
head -c 6000000 /dev/urandom >local/blob
git -C local add blob
git -C local commit -q -m blob
git -C local push -q origin main
mkdir small
mount -t tmpfs -o size=2m none small
must_fail git clone "$(url_of)" small/clone
said "No space left on device"
if grep fsck said; then exit 1; fi
umount small
END

test_case "a merge conflict of weights is no pointer" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 3
git -C qa checkout -q -b side
make_checkpoint qa/model.safetensors 1 --mb 3
git -C qa commit -q -a -m side
cp qa/model.safetensors side.safetensors
git -C qa checkout -q main
make_checkpoint qa/model.safetensors 2 --mb 3
git -C qa commit -q -a -m other
git -C qa merge side || true
if ! grep '<<<<<<<' qa/model.safetensors; then
    # Where git leaves one side in place, as it does for binary files.
    printf '<<<<<<< HEAD\n%s\n=======\n%s\n>>>>>>> side\n' "$(git -C qa show main:model.safetensors)" \
        "$(git -C qa show side:model.safetensors)" >qa/model.safetensors
fi
(cd qa && must_fail modmeta id model.safetensors && cat said >../said)
said "merge conflict"
modmeta inspect qa/model.safetensors >said 2>&1
said "merge conflict between two versions"
said "$(sha256sum side.safetensors | cut -d ' ' -f 1)"
# One of the commands in the message.
git -C qa checkout --theirs model.safetensors
git -C qa add model.safetensors
cmp qa/model.safetensors side.safetensors
git -C qa commit -q -m merged
git -C qa push -q origin main
END

test_case "a pointer in place of weights" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 3
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" pointers
cd pointers
oid=$(sha256sum ../qa/model.safetensors | cut -d ' ' -f 1)
modmeta inspect model.safetensors >said 2>&1
said "git-lfs pointer"
said "$oid"
modmeta inspect --json model.safetensors | grep '"format" *: *"pointer"'
advice=$(hint "To get the weights: ")
eval "$advice"
cmp model.safetensors ../qa/model.safetensors
END

test_case "a trainer_state.json that was cut off" <<'END'
snapshot_repo
printf '{"global_step": 3, "log_history": [{"loss": 1' >qa/ck/trainer_state.json
cd qa
must_fail modmeta snapshot v1 ck
said "ck/trainer_state.json is not JSON"
said "at byte 45"
advice=$(grep -o -- '--no-check' said | head -n 1)
modmeta snapshot v1 ck "$advice" 2>said
said "trainer_state.json is not JSON"
modmeta verify v1
END

test_case "checkpoints whose files are links, as in the Hugging Face cache" <<'END'
snapshot_repo
cache=$PWD/models--team--qa
mkdir -p "$cache/blobs" "$cache/snapshots/main"
mv qa/ck/model.safetensors "$cache/blobs/weights"
ln -s ../../blobs/weights "$cache/snapshots/main/model.safetensors"
rmdir qa/ck
cd qa
must_fail modmeta snapshot v1 "$cache/snapshots/main"
said "is not in the repository"
eval "$(hint 'links: ' | sed "s|CHECKPOINT|$cache/snapshots/main|; s|DIRECTORY|ck|")"
modmeta snapshot v1 ck
# Links that lie in the repository.
cp -r "$cache" .
must_fail modmeta snapshot v2 models--team--qa/snapshots/main
said "symbolic link"
eval "$(hint 'of the copy: ' | sed "s|CHECKPOINT|models--team--qa/snapshots/main|; s|COPY|copy|")"
modmeta snapshot v2 copy
modmeta verify v2
END

test_case "a first push with hooks" <<'END'
snapshot_repo --hooks
mkdir qa/text
echo text >qa/text/notes
cd qa
modmeta snapshot notes text
git push --dry-run -u origin HEAD snapshot/notes
git push -q -u origin HEAD snapshot/notes
rm -rf ../store
modmeta snapshot v1 ck
git push -q --dry-run --follow-tags origin HEAD
git push -q --follow-tags origin HEAD
git clone -q "$(cd .. && url_of)" ../elsewhere
cmp ../elsewhere/ck/model.safetensors ck/model.safetensors
END

test_case "messages of git are told without our commands" <<'END'
snapshot_repo
cd qa
modmeta snapshot v1 ck
make_checkpoint ck/model.safetensors 1 --mb 3
mkdir -p .git/refs/tags/snapshot/v2.lock .git/refs/tags/snapshot
chmod a-w .git/objects
find .git/objects -maxdepth 1 -type d -exec chmod a-w {} +
if [ "$(id -u)" = 0 ]; then
    rmdir .git/refs/tags/snapshot/v2.lock
    : >.git/refs/tags/snapshot/v2.lock
fi
must_fail modmeta snapshot v2 ck
if grep -E -- '--git-dir|-c core\.|GIT_|/tmp/git-remote' said; then exit 1; fi
chmod -R u+w .git/objects
END

test_case "the exit status says who is at fault" <<'END'
# exits STATUS COMMAND...: the command ends so.
exits() {
    local status=0 expected=$1
    shift
    "$@" >said 2>&1 || status=$?
    cat said
    [ "$status" = "$expected" ]
}
snapshot_repo
cd qa
modmeta snapshot v1 ck
mkdir ../bin
printf '#!/bin/sh\nfor word; do [ "$word" != for-each-ref ] || { echo "fatal: broken" >&2; exit 128; }; done\nexec "%s" "$@"\n' \
    "$(command -v git)" >../bin/git
chmod +x ../bin/git
exits 3 env PATH="$(cd ../bin && pwd):$PATH" modmeta list
said "git for-each-ref failed: broken"
exits 3 env PATH="$(dirname "$(command -v modmeta)")" modmeta list
exits 64 modmeta list --no-such-option
exits 2 modmeta show v2
exits 2 modmeta inspect absent
exits 2 modmeta delta absent ck/model.safetensors -o patch
exits 2 modmeta patch ck/model.safetensors ck/model.safetensors -o new
exits 2 modmeta store stat "$(url_of ../nowhere)"
END

finish

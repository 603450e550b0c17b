#!/bin/bash
# Disks that are full, stores that are read-only or belong to others, and what may be followed out of a store.
. "$(dirname "$0")/lib.sh"
trap 'umount_all; end_all' EXIT
export ROOT

umount_all() {
    local place
    for place in "$ROOT"/case-*/{small,store}; do
        ! mountpoint -q "$place" || umount "$place"
    done
}

# Small file systems and other users need rights that not everybody has.
find_mounts

[ -n "$MOUNTS" ] || echo "skip - full disks and read-only stores: this user may not mount"

[ -z "$MOUNTS" ] || test_case "a store whose disk is full says so, keeps its refs, and takes the rest later" <<'END'
make_weights_repo qa
mkdir store
mount -t tmpfs -o size=16m none store
push_checkpoint qa 0 --mb 6
before=$(git -C qa rev-parse HEAD)
make_checkpoint qa/other.safetensors 0 --mb 24 --seed 9
git -C qa add -A
git -C qa commit -q -m large
must_fail git -C qa push -q origin HEAD
said "No space left on device"
[ "$(git -C qa ls-remote origin refs/heads/main | cut -f1)" = "$before" ]
modmeta store verify "$(url_of)"
git clone -q "$(url_of)" meanwhile
mount -o remount,size=64m store
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
git -C qa push -q origin HEAD
# What arrived before the disk was full is not made again.
grep -q '"payload.journaled"' trace
rm -rf meanwhile
git clone -q "$(url_of)" elsewhere
cmp elsewhere/other.safetensors qa/other.safetensors
modmeta store verify "$(url_of)"
umount store
END

[ -z "$MOUNTS" ] || test_case "a clone on a full disk says so and goes on once there is room" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 24
mkdir small
mount -t tmpfs -o size=12m none small
must_fail git clone -q "$(url_of)" small/clone
said "No space left on device"
[ ! -e small/clone/model.safetensors ] || ! cmp -s small/clone/model.safetensors qa/model.safetensors
mount -o remount,size=128m small
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
git -C small/clone restore --source=HEAD :/
cmp small/clone/model.safetensors qa/model.safetensors
grep -q '"chunk.resumed"' trace
umount small
END

[ -z "$MOUNTS" ] || test_case "a push from a full disk keeps what it may and says what it needs" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 6
mkdir small
mount -t tmpfs -o size=40m none small
git clone -q "$(url_of)" small/qa
make_checkpoint small/qa/model.safetensors 1 --mb 6
git -C small/qa add -A
git -C small/qa commit -q -m one
head -c 60000000 /dev/zero >small/filler || true
# There is no room for the local database, which is a cache: the push ends well, or says what it lacks.
git -C small/qa push -q origin HEAD >said 2>&1 || said "No space left on device"
cat said
rm small/filler
git -C small/qa push -q origin HEAD
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors small/qa/model.safetensors
umount small
END

[ -z "$MOUNTS" ] || test_case "a read-only store is read, and a push to it says what is wrong" <<'END'
make_weights_repo qa
mkdir store
mount -t tmpfs none store
push_checkpoint qa 0 --mb 6
mount -o remount,ro store
git clone -q "$(url_of)" elsewhere
cmp elsewhere/model.safetensors qa/model.safetensors
make_checkpoint qa/model.safetensors 1 --mb 6
git -C qa commit -qam one
must_fail git -C qa push -q origin HEAD
said "Read-only file system"
mount -o remount,rw store
git -C qa push -q origin HEAD
modmeta store verify "$(url_of)"
umount store
END

# as_nobody COMMAND...: as a user who owns nothing; only root can become one.
cat >"$ROOT/nobody.sh" <<'END'
as_nobody() {
    HOME=$PWD/nobody setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$PWD/nobody" \
        TMPDIR="$PWD/nobody/tmp" GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' "$@"
}
make_nobody() {
    mkdir -p nobody/tmp
    cp home/.gitconfig nobody/
    chown -R 65534:65534 nobody
    chmod 755 "$ROOT" .
}
END
OTHERS=
[ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null || OTHERS=yes
[ -n "$OTHERS" ] || echo "skip - stores of other users: only root can be one of them"

[ -z "$OTHERS" ] || test_case "who may not write to a store can read it, and is told what to check" <<'END'
. "$ROOT/nobody.sh"
make_weights_repo qa
push_checkpoint qa 0 --mb 6
make_nobody
cd nobody
as_nobody() { (cd .. && . "$ROOT/nobody.sh" && as_nobody "$@"); }
as_nobody git clone -q "modmeta::file://$(dirname "$PWD")/store" nobody/clone
cmp clone/model.safetensors ../qa/model.safetensors
python3 "$INTEGRATION/checkpoint.py" clone/model.safetensors --step 1 --mb 6
chown 65534:65534 clone/model.safetensors
as_nobody git -C nobody/clone commit -q -a -m one
must_fail as_nobody git -C nobody/clone push -q origin HEAD
said "Permission denied; check who may use it"
modmeta store verify "modmeta::file://$(dirname "$PWD")/store"
# Nor may one who cannot read it.
chmod 700 ../store
must_fail as_nobody git clone -q "modmeta::file://$(dirname "$PWD")/store" nobody/other
said "Permission denied"
END

[ -z "$OTHERS" ] || test_case "a shared store stays its group's, whatever anybody's umask" <<'END'
. "$ROOT/nobody.sh"
make_nobody
install -d -g 65534 -m 2775 store
make_weights_repo qa
umask 077
push_checkpoint qa 0 --mb 6
[ -z "$(find store -type d ! -perm -2770)" ]
[ -z "$(find store -type f ! -perm -0440)" ]
[ -z "$(find store ! -group 65534)" ]
[ "$(git -C store config core.sharedRepository)" = group ]
as_nobody git clone -q "$(url_of)" nobody/clone
python3 "$INTEGRATION/checkpoint.py" nobody/clone/model.safetensors --step 1 --mb 6
chown 65534:65534 nobody/clone/model.safetensors
as_nobody git -C nobody/clone commit -q -a -m one
as_nobody sh -c 'umask 077; git -C nobody/clone push -q origin HEAD'
git -C qa pull -q origin main
cmp qa/model.safetensors nobody/clone/model.safetensors
push_checkpoint qa 2 --mb 6
[ -z "$(find store -type d ! -perm -2770)" ]
modmeta store verify "$(url_of)"
END

[ -z "$OTHERS" ] || test_case "core.sharedRepository of a bare repository is kept when it becomes a store" <<'END'
. "$ROOT/nobody.sh"
make_nobody
git init -q --bare --shared=group store
chgrp -R 65534 store
find store -type d -exec chmod 2775 {} +
make_weights_repo qa
umask 077
push_checkpoint qa 0 --mb 6
[ "$(git -C store config core.sharedRepository)" = 1 ]
[ -z "$(find store -type d ! -perm -2770)" ]
as_nobody git clone -q "$(url_of)" nobody/clone
python3 "$INTEGRATION/checkpoint.py" nobody/clone/model.safetensors --step 1 --mb 6
chown 65534:65534 nobody/clone/model.safetensors
as_nobody git -C nobody/clone commit -q -a -m one
as_nobody git -C nobody/clone push -q origin HEAD
END

test_case "a symbolic link in a store leads nowhere" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 6
head -c 100000 /dev/urandom >secret
payload=$(find store/lfs/objects -type f | head -n 1)
manifest=$(find store/modmeta/manifests -type f | head -n 1)
cp "$payload" payload-copy
# A payload: the bytes outside are not read, even where they are the right ones.
rm -f "$payload"
ln -s "$PWD/payload-copy" "$payload"
must_fail git clone -q "$(url_of)" one
if modmeta store verify "$(url_of)"; then exit 1; fi
rm "$payload"
cp payload-copy "$payload"
git clone -q "$(url_of)" two
# A manifest, and directories that new objects would go into.
mv "$manifest" manifest-copy
ln -s "$PWD/manifest-copy" "$manifest"
must_fail git clone -q "$(url_of)" three
rm "$manifest"
mv manifest-copy "$manifest"
mkdir outside
for directory in lfs/objects modmeta/manifests modmeta/tmp; do
    mv "store/$directory" kept
    ln -s "$PWD/outside" "store/$directory"
    make_checkpoint qa/model.safetensors 7 --mb 6
    git -C qa commit -qam "$directory" || true
    must_fail git -C qa push -q origin HEAD
    [ -z "$(find outside -type f)" ]
    rm "store/$directory"
    mv kept "store/$directory"
done
git -C qa push -q origin HEAD
modmeta store verify "$(url_of)"
END

finish

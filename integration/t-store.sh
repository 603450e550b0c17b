#!/bin/bash
# Looking after a store: gc, copy, prune, doctor.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_STORE_STEPS="$ROOT/store-steps.sh"
cat >"$INTEGRATION_STORE_STEPS" <<'END'
# gc [OPTIONS]: a whole collection of the store without a grace period, and without a question.
gc() { modmeta store gc --grace 0 --force "$(url_of)" "$@"; }
weight_files() { find store/lfs store/modmeta/[im]* -type f | sort; }
# stays COMMAND...: the command fails, and deletes nothing of the store.
stays() {
    local before
    before=$(weight_files | sha256sum)
    must_fail "$@"
    [ "$(weight_files | sha256sum)" = "$before" ]
}
# make_two_branches: weights of step 0 on main, of step 1 on the branch side/trial alone; and garbage.
make_two_branches() {
    make_weights_repo qa
    push_checkpoint qa 0 --mb 1
    cp qa/model.safetensors 0.safetensors
    git -C qa checkout -q -b side/trial
    push_checkpoint qa 1 --mb 1.5 --seed 7
    cp qa/model.safetensors 1.safetensors
    git -C qa checkout -q -b gone main
    push_checkpoint qa 2 --mb 1 --seed 9
    git -C qa push -q origin :gone
    git -C qa checkout -q main
}
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
    env -i PATH="$PATH" HOME="$HOME" TMPDIR="$TMPDIR" "$collector" store gc --grace 0 --force "$(url_of)" \
        --keep-objects /dev/null --allow-empty >"$PWD/collected" 2>&1 </dev/null || cp "$PWD/collected" "$PWD/failed"
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

test_case "gc and prune stop where a ref cannot be seen" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_two_branches
side=$(cat store/refs/heads/side/trial)
# What a ref may look like after a bad day; "reset" puts it back.
reset() { rm -rf store/refs/heads/side && mkdir store/refs/heads/side && echo "$side" >store/refs/heads/side/trial; }
blind() {
    stays gc
    said "side/trial"
    stays modmeta store gc --dry-run "$(url_of)"
    stays modmeta store gc --grace 0 --keep-objects oids --force "$(url_of)"
    stays modmeta prune "$(url_of)" --keep-last 1
    stays modmeta store gc --grace 0 --keep-refs-of store --force "$(url_of)"
    reset
}
git -C qa lfs ls-files --long >oids
: >store/refs/heads/side/trial && blind
echo "not an object" >store/refs/heads/side/trial && blind
printf '%040d\n' 0 >store/refs/heads/side/trial && blind
echo 1234567890123456789012345678901234567890 >store/refs/heads/side/trial && blind
echo "ref: refs/heads/nowhere" >store/refs/heads/side/trial && blind
rm store/refs/heads/side/trial && ln -s nowhere store/refs/heads/side/trial && blind
rm store/refs/heads/side/trial && ln -s trial store/refs/heads/side/trial && blind
rm store/refs/heads/side/trial && mkfifo store/refs/heads/side/trial && blind
git -C store pack-refs --all
cp store/packed-refs packed
head -c 100 packed >store/packed-refs
stays gc
said packed-refs
rm store/packed-refs && mkdir store/packed-refs
stays gc
said packed-refs
rmdir store/packed-refs && cp packed store/packed-refs
gc
rm -rf fetched
git clone -q -b side/trial "$(url_of)" fetched
cmp fetched/model.safetensors 1.safetensors
END

test_case "gc and prune stop where a directory of refs cannot be listed" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_two_branches
cat >unlistable.c <<'C'
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* A disk with a bad block under the directory "side": its listing ends with EIO. */
static int is_bad(DIR *directory) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd(directory));
    ssize_t length = readlink(link, path, sizeof path);
    return length > 4 && memcmp(path + length - 5, "/side", 5) == 0;
}
struct dirent *readdir(DIR *directory) {
    if (is_bad(directory)) return errno = EIO, NULL;
    return ((struct dirent * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir"))(directory);
}
struct dirent64 *readdir64(DIR *directory) {
    if (is_bad(directory)) return errno = EIO, NULL;
    return ((struct dirent64 * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir64"))(directory);
}
C
gcc -shared -fPIC -o unlistable.so unlistable.c -ldl
stays env LD_PRELOAD="$PWD/unlistable.so" modmeta store gc --grace 0 --force "$(url_of)"
said "refs/heads/side"
said "Input/output error"
stays env LD_PRELOAD="$PWD/unlistable.so" modmeta prune "$(url_of)" --keep-last 1
# The bits of a directory that belongs to somebody else do not hold root back.
if [ "$(id -u)" = 0 ]; then
    chmod a+rx .. .
    chmod 1777 "$TMPDIR"
    chmod -R a+rwX store
    chmod 700 store/refs/heads/side
    stays setpriv --reuid=65534 --regid=65534 --clear-groups modmeta store gc --grace 0 --force "$(url_of)"
    said "Permission denied"
fi
gc
git clone -q -b side/trial "$(url_of)" fetched
cmp fetched/model.safetensors 1.safetensors
END

test_case "gc counts work trees, detached heads and stashes of --keep-refs-of" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_weights_repo qa
git init -q --bare history.git
git -C qa remote set-url origin "$PWD/history.git"
git -C qa config lfs.url "$(url_of)"
for step in 0 1 2 3; do push_checkpoint qa $step --mb 0.6 --seed $((step + 5)); cp qa/model.safetensors $step.safetensors; done
cd qa
git worktree add -q --detach ../tree HEAD~2
git reset -q --hard HEAD~3
for step in 2 1; do cp ../$step.safetensors model.safetensors; git stash -q; done
git checkout -q --detach
git branch -q -D main
git update-ref -d refs/remotes/origin/main
cd ..
modmeta store gc --grace 0 --force --keep-refs-of qa "$(url_of)"
# The head (0), the other work tree (1), both entries of the stash (2, 1): all but step 3.
[ "$(find store/modmeta/manifests -type f | wc -l)" = 3 ]
git -C qa reset -q --hard
rm -rf qa/.git/lfs/objects
git -C qa checkout -q stash@{1} -- model.safetensors
cmp qa/model.safetensors 2.safetensors
stays modmeta store gc --grace 0 --keep-refs-of history.git/objects "$(url_of)"
# Nothing at all is more likely a mistake.
git init -q --bare empty.git
stays modmeta store gc --grace 0 --keep-refs-of empty.git "$(url_of)"
said "has no refs"
stays modmeta store gc --grace 0 --keep-objects - --force "$(url_of)" </dev/null
said "lists no object"
git -C history.git log -1 --format=%H main >/dev/null
printf '%s * cut' "$(head -c 64 /dev/zero | tr '\0' a)" >short
stays modmeta store gc --grace 0 --keep-objects short --force "$(url_of)"
said "cut short"
END

test_case "gc deletes nothing while something that is needed is not there" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_two_branches
# The disk with the manifests is not mounted.
mv store/modmeta/manifests away
mkdir store/modmeta/manifests
for grace in 0 1s 2w; do stays modmeta store gc --grace $grace --force "$(url_of)"; done
said "cannot be accounted for"
said "'model.safetensors' in"
rmdir store/modmeta/manifests
stays gc
stays modmeta store gc --dry-run "$(url_of)"
modmeta store gc --json --grace 0 --force "$(url_of)" >document && exit 1
python3 -c 'import json; d = json.load(open("document")); assert len(d["unaccounted"]) == 2 and d["deletedCount"] == 0'
mv away store/modmeta/manifests
# A manifest that cannot be read, is damaged, is gone, or whose payload is.
[ "$(git -C qa lfs ls-files --long side/trial | wc -l)" = 1 ]
oid=$(git -C qa lfs ls-files --long side/trial | cut -c-64)
manifest=$(find store/modmeta/manifests -name "$oid")
cp -p "$manifest" kept
chmod u+w "$manifest"
printf 'X' | dd of="$manifest" bs=1 seek=30 conv=notrunc status=none
stays gc
said "$oid"
rm "$manifest" && mkdir "$manifest"
stays gc
rmdir "$manifest"
stays gc
said "$oid"
said "side/trial"
cp -p kept "$manifest"
payload=$(find store/lfs -type f -size +100k | head -n 1)
mv "$payload" lost
must_fail gc
said "payload"
mv lost "$payload"
# What was condemned before is looked up again, too.
touch -d '3 weeks ago' $(find store/lfs store/modmeta/manifests store/modmeta/index -type f)
modmeta store gc "$(url_of)"
grep '^collection ' store/modmeta/format
mv "$manifest" kept
stays gc
# Nobody has it any more, and says so.
stays gc --accept-missing "$(head -c 64 /dev/zero | tr '\0' a)"
before=$(find store/lfs -type f | wc -l)
echo "$oid" >gone
gc --accept-missing-from gone --dry-run
gc --accept-missing "$oid"
[ "$(find store/lfs -type f | wc -l)" -lt "$before" ]
cmp <(git -C qa show main:model.safetensors | git -C qa lfs smudge) 0.safetensors
git -C qa push -q origin main
fetched=$(mktemp -d -p .) && git clone -q "$(url_of)" "$fetched/main"
cmp "$fetched/main/model.safetensors" 0.safetensors
END

test_case "gc asks before the first deletion and before one of more than half" <<'END'
. "$INTEGRATION_STORE_STEPS"
make_two_branches
stays modmeta store gc --grace 0 "$(url_of)"
said "the first ever"
said "--force"
[ "$(grep -c '^epoch 0' store/modmeta/format)" = 1 ] || ! grep '^collection' store/modmeta/format
modmeta store gc --grace 0 --dry-run "$(url_of)" | grep "needs --force"
# At a terminal the answer counts.
python3 - "$(url_of)" no <<'PY'
import os, pty, sys, subprocess
def answer(text):
    master, slave = pty.openpty()
    child = subprocess.Popen(["modmeta", "store", "gc", "--grace", "0", sys.argv[1]], stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    os.write(master, text)
    seen = b""
    try:
        while True:
            part = os.read(master, 4096)
            if not part: break
            seen += part
    except OSError: pass
    return child.wait(), seen
count = lambda: sum(len(f) for _, _, f in os.walk("store/lfs"))
before = count()
status, seen = answer(b"n\n")
assert status != 0 and b"[y/N]" in seen and count() == before, (status, seen)
status, seen = answer(b"y\n")
assert status == 0 and count() < before, (status, seen)
PY
# From now on what is little goes without a word, and what is most does not.
make_checkpoint qa/model.safetensors 3 --mb 0.3 --seed 3
git -C qa checkout -q -b small
git -C qa commit -q -a -m small
git -C qa push -q origin small
git -C qa push -q origin :small
modmeta store gc --grace 0 "$(url_of)" | grep deleted
git -C store update-ref -d refs/heads/side/trial
stays modmeta store gc --grace 0 "$(url_of)"
said "more than half"
gc
fetchable 0
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
modmeta store gc --grace 0 --force "$(url_of)" --keep-refs-of qa
[ "$(weight_bytes)" -ge $((before - 1000)) ]
git -C qa lfs ls-files --long --all >oids
modmeta store gc --grace 0 --force "$(url_of)" --keep-objects oids
[ "$(weight_bytes)" -ge $((before - 1000)) ]
modmeta store verify "$(url_of)"
# Whatever stands around the names, none is passed over.
sed '1s/^/\t  /; 2s/^/  /; s/$/\r/; $a\ ' oids >indented
modmeta store gc --grace 0 --force "$(url_of)" --keep-objects indented
[ "$(weight_bytes)" -ge $((before - 1000)) ]
sed '2s/^/# /' oids | stays modmeta store gc --grace 0 --force "$(url_of)" --keep-objects -
said "line 2"
head -n 1 oids | modmeta store gc --grace 0 --force "$(url_of)" --keep-objects -
[ "$(find store/modmeta/manifests -type f | wc -l)" = 1 ]
modmeta store verify "$(url_of)"
# A repository whose history cannot be read in full says nothing.
GIT_LFS_SKIP_SMUDGE=1 git clone -q --depth 1 "file://$PWD/history.git" shallow
must_fail modmeta store gc --grace 0 --force "$(url_of)" --keep-refs-of shallow
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
must_fail modmeta prune "$url" --keep-best los --force
said "no snapshot has that metric"
said "'loss'"
must_fail modmeta prune "$url" --keep-tagged </dev/null
said "none would stay"
[ "$(git -C ../store tag | wc -l)" = 4 ]
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
modmeta store gc --grace 0 --force "$url"
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

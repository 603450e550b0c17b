#!/bin/bash
# Named snapshots, as a person meets them.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_SNAPSHOT_STEPS="$ROOT/snapshot-steps.sh"
cat >"$INTEGRATION_SNAPSHOT_STEPS" <<'END'
# A repository "qa" with one checkpoint in checkpoints/v1, ready for snapshots; the shell is in it.
make_snapshot_repo() {
    modmeta install
    mkdir qa
    cd qa
    modmeta init --project qa --base-model org/base --remote "modmeta::file://$(dirname "$PWD")/store"
    mkdir -p checkpoints/v1
    make_checkpoint checkpoints/v1/model.safetensors 0
    echo '{"r": 8, "lora_alpha": 16, "peft_type": "LORA"}' >checkpoints/v1/adapter_config.json
    echo '{"global_step": 40, "log_history": [{"loss": 0.38}]}' >checkpoints/v1/trainer_state.json
    echo 'learning_rate: 2e-4' >train.yaml
    echo '{}' >train.jsonl
}
take() { modmeta snapshot "$1" checkpoints/v1 --config train.yaml --dataset train.jsonl --gpu-info T4 "${@:2}"; }
# Neither a commit, nor a tag, nor a document, nor anything half done.
nothing_is_made() {
    [ -z "$(git rev-parse -q --verify HEAD)" ]
    [ -z "$(git tag)" ]
    [ -z "$(ls .modmeta/snapshots 2>/dev/null)" ]
}
END

test_case "the journey: init, snapshot, push, list, show, fetch, verify" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
take v1 --metric accuracy=0.9 >summary
grep -E '^v1 \| [0-9a-f]{16}_[0-9a-f]{8} \| LoRA-r8-alpha16 \| train.jsonl@[0-9a-f]{7} \| T4$' summary
[ "$(git log --format=%s)" = "Snapshot v1" ]
git push -q --follow-tags -u origin HEAD
make_checkpoint checkpoints/v1/model.safetensors 1
take v2 --parent v1
git push -q --follow-tags
[ "$(modmeta list | wc -l)" = 3 ]
[ "$(modmeta list 'accuracy>0.8' 'loss<0.4' | wc -l)" = 2 ]
id=$(cut -d' ' -f3 summary)
for name in v1 snapshot/v1 "$id" "${id%_*}" "$(git rev-parse 'snapshot/v1^{commit}')"; do
    modmeta show "$name" | grep -x 'name: v1'
done
modmeta verify v1
modmeta verify v2
cd ..
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" clone
cd clone
must_fail modmeta verify v1
said "git lfs fetch origin snapshot/v1 -I /checkpoints/v1/"
$(git for-each-ref refs/tags/snapshot/v1 --format='%(contents)' | grep '^git lfs fetch')
[ "$(find .git/lfs/objects -type f | wc -l)" = 1 ]
modmeta verify v1
git checkout -q snapshot/v1
git lfs checkout checkpoints/v1
modmeta verify v1 checkpoints/v1
must_fail modmeta verify v2
END

test_case "the hook of a push reads hundreds of snapshots with a few git commands" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
take v0
git push -q --follow-tags -u origin HEAD
# Copies of the snapshot under other names, each with a file more.
document=$(git show HEAD:.modmeta/snapshots/v0.yaml)
{
    parent=$(git rev-parse HEAD)
    for number in $(seq 300); do
        text=${document/name: v0/name: v$number}
        printf 'commit refs/heads/more\ncommitter A <a@b> 0 +0000\ndata 1\nx\n'
        [ $number -gt 1 ] || echo "from $parent"
        printf 'M 100644 inline .modmeta/snapshots/v%s.yaml\ndata %s\n%s\n' $number ${#text} "$text"
        printf 'M 100644 inline checkpoints/v1/%s.txt\ndata %s\n%s\n' $number ${#number} $number
        printf 'reset refs/tags/snapshot/v%s\nfrom refs/heads/more\n\n' $number
    done
} | git fast-import --quiet
mkdir bin
printf '#!/bin/sh\necho "$*" >>"%s/commands"\nexec "%s" "$@"\n' "$PWD" "$(command -v git)" >bin/git
chmod +x bin/git
for number in $(seq 300); do
    object=$(git rev-parse "snapshot/v$number")
    echo "refs/tags/snapshot/v$number $object refs/tags/snapshot/v$number ${object//?/0}"
done >refs
PATH="$PWD/bin:$PATH" modmeta hook pre-push origin "$(git remote get-url origin)" <refs
[ "$(wc -l <commands)" -lt 40 ]
# The last of them points to weights that nobody has.
pointer=$(git cat-file -p HEAD:checkpoints/v1/model.safetensors | sed 's/sha256:....../sha256:000000/')
blob=$(git hash-object -w --stdin <<<"$pointer")
git read-tree --index-output=lost snapshot/v300
GIT_INDEX_FILE=lost git update-index --cacheinfo "100644,$blob,checkpoints/v1/model.safetensors"
tree=$(GIT_INDEX_FILE=lost git write-tree)
git tag -f snapshot/v300 "$(git commit-tree -m lost "$tree")"
must_fail modmeta hook pre-push origin "$(git remote get-url origin)" <refs
said "the snapshot v300 has checkpoints/v1/model.safetensors, whose content is not in the store"
END

test_case "init may be run again and overwrites nothing" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
printf '*.bin -text\nmine' >.gitattributes
modmeta init
modmeta init --project qa
cp .gitattributes before
modmeta init
cmp .gitattributes before
grep -x mine .gitattributes
[ "$(grep -c '^\*\.bin' .gitattributes)" = 1 ]
must_fail modmeta init --project other
must_fail modmeta init --remote modmeta::file:///elsewhere
grep -x 'project: qa' .modmeta/config.yaml
END

test_case "the ID is that of the tensors, and context changes only its second half" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
first=$(take v1 | cut -d' ' -f3)
second=$(take v2 --domain law | cut -d' ' -f3)
[ "${first%_*}" = "${second%_*}" ]
[ "${first#*_}" != "${second#*_}" ]
must_fail modmeta show "${first%_*}"
said v1
said v2
cp -r checkpoints/v1 ../copy
modmeta verify v1 ../copy
printf x >>../copy/trainer_state.json
must_fail modmeta verify v1 ../copy
END

test_case "verify names the files and tensors that differ" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
take v1
cp -r checkpoints/v1 ../copy
printf x >>../copy/trainer_state.json
echo 1 >../copy/extra.txt
make_checkpoint ../copy/model.safetensors 1
rm ../copy/adapter_config.json
must_fail modmeta verify v1 ../copy
said "v1: added: extra.txt"
said "v1: missing: adapter_config.json"
said "v1: changed: trainer_state.json"
said "v1: changed: model.safetensors"
said "tensor changed: "
said "1 file added, 1 file missing, 2 files changed"
[ "$(wc -l <said)" -le 25 ]
must_fail modmeta verify v1 ../copy --json
python3 - <<'P'
import json
d = json.JSONDecoder().raw_decode(open("said").read())[0]["differences"]
assert d["added"] == ["extra.txt"] and d["missing"] == ["adapter_config.json"], d
changed = {f["path"]: f["tensors"] for f in d["changed"]}
assert changed["trainer_state.json"] is None and changed["model.safetensors"]["changed"], changed
P
object=$(git lfs ls-files -l | grep model.safetensors | cut -d' ' -f1)
file=.git/lfs/objects/${object:0:2}/${object:2:2}/$object
chmod u+w "$file"
printf x | dd of="$file" bs=1 seek=60000 conv=notrunc status=none
must_fail modmeta verify v1
said "changed: model.safetensors"
said "git lfs fsck snapshot/v1"
git lfs fsck snapshot/v1 || true
[ ! -e "$file" ]
git lfs ls-files snapshot/v1
END

test_case "a name is never used again; the same command again does no harm" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
take v1
head=$(git rev-parse HEAD)
take v1
[ "$(git rev-parse HEAD)" = "$head" ]
must_fail take v1 --domain law
said "exists already"
modmeta snapshot checkpoints/v1 | grep -E '^v[0-9]{8}-[0-9]{6} '
END

test_case "what is staged besides stays staged, and is not committed" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
git add train.yaml
take v1
[ "$(git diff --cached --name-only)" = train.yaml ]
[ -z "$(git ls-tree -r --name-only HEAD | grep train.yaml)" ]
[ -z "$(git status --porcelain checkpoints .modmeta)" ]
END

test_case "half of a snapshot is made whole by the same command" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
git commit -q --allow-empty -m base
take v1
whole=$(git rev-parse HEAD)
git tag -d snapshot/v1
take v1
[ "$(git rev-parse 'snapshot/v1^{commit}')" = "$whole" ]
git update-ref HEAD HEAD~1
rm .modmeta/snapshots/v1.yaml
take v1
[ "$(git rev-parse HEAD)" = "$whole" ]
[ -z "$(git status --porcelain checkpoints .modmeta)" ]
END

test_case "the first of all snapshots is made whole too" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
take v1
whole=$(git rev-parse HEAD)
git update-ref -d HEAD
git rm -r -q --cached .
take v1
[ "$(git rev-parse HEAD)" = "$whole" ]
[ -z "$(git status --porcelain checkpoints .modmeta)" ]
END

test_case "git need not hash again what a snapshot committed" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
echo one >other
git add train.yaml other
# git always looks again into what changed in the second in which it wrote its index.
touch -d '1 minute ago' checkpoints/v1/*
take v1
GIT_TRACE="$PWD/trace" git status --porcelain >status
grep -x 'A  train.yaml' status
grep -x 'A  other' status
[ -z "$(grep filter-process trace)" ]
rm checkpoints/v1/trainer_state.json
take v2
[ -z "$(git ls-tree -r --name-only HEAD | grep trainer_state)" ]
[ -z "$(git status --porcelain checkpoints .modmeta)" ]
END

test_case "nothing is made while another git command has the index" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
: >.git/index.lock
must_fail take v1
said "index.lock is there"
nothing_is_made
rm .git/index.lock
take v1
[ -z "$(git status --porcelain checkpoints .modmeta)" ]
git rm -r -q --cached checkpoints .modmeta
take v1
[ -z "$(git status --porcelain checkpoints .modmeta)" ]
END

test_case "without a name for the commit nothing is hashed" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
git config user.useConfigOnly true
must_fail take v1
said "git does not know your name and address"
nothing_is_made
END

test_case "killed at any moment: all or nothing, and again succeeds" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
python3 "$INTEGRATION/snapshot_kills.py" "${SNAPSHOT_KILLS:-12}"
git fsck --strict
END

test_case "locks that a killed snapshot left are removed, others are not" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
git commit -q --allow-empty -m base
: >.git/HEAD.lock
must_fail take v1
said "HEAD.lock"
sh -c 'echo "HEAD $(git rev-parse HEAD)" >.git/modmeta/moving.$$'
take v1
modmeta verify v1
[ ! -e .git/HEAD.lock ]
END

test_case "two at the same time: one snapshot" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
for round in 1 2 3 4 5; do
    take same$round &
    first=$!
    take same$round || true
    wait $first || true
    take same$round
    modmeta verify same$round
    [ "$(git log --oneline | wc -l)" = $round ]
done
END

test_case "nothing is made where something is wrong" <<'END'
. "$INTEGRATION_SNAPSHOT_STEPS"
make_snapshot_repo
echo 'hub_token: hf_abcdefghijklmnopqrstuvwxyzABCDEFGH' >train.yaml
must_fail take v1
said "looks like a secret"
[ -z "$(grep abcdefgh said)" ]
nothing_is_made
echo 'a: [' >train.yaml
must_fail take v1
nothing_is_made
echo 'seed: 1' >train.yaml
must_fail take ../v1
nothing_is_made
echo '*.safetensors -filter' >>.gitattributes
must_fail take v1
said "does not send it through git-lfs"
nothing_is_made
sed -i '$d' .gitattributes
ln -s model.safetensors checkpoints/v1/link
must_fail take v1
said "symbolic link"
nothing_is_made
rm checkpoints/v1/link
take v1
END

test_case "what takes long shows rate and time left, on a terminal only" <<'END'
gigabytes=1
until grep -E 'hashed .* of .* \([0-9]+ %\), [0-9.]+ [kMG]?B/s, [0-9]+ s left$' shown; do
    gigabytes=$((gigabytes * 2))
    [ $gigabytes -le 64 ]
    truncate -s ${gigabytes}G large.bin
    on_terminal 60 modmeta id large.bin >hash
done
# The last line is taken away, and none is wider than the terminal.
[ "$(tail -c 4 drawn | od -An -c | tr -d ' ')" = '\r033[K' ]
[ "$(wc -L <shown)" -lt 60 ]
on_terminal 30 modmeta id large.bin | diff - hash
grep -E 'hashed [0-9.]+ [MG]B of [0-9.]+ GB$' shown
[ "$(wc -L <shown)" -lt 30 ]
modmeta id large.bin 2>said | diff - hash
[ ! -s said ]
TERM=dumb python3 "$INTEGRATION/terminal.py" drawn 80 modmeta id large.bin | diff - hash
[ ! -s drawn ]
echo small >small.bin
on_terminal 80 modmeta id small.bin
[ ! -s drawn ]
END

finish

#!/bin/bash
# `modmeta fetch`: a snapshot, or some of its tensors, with and without a clone.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_FETCH_STEPS="$ROOT/fetch-steps.sh"
cat >"$INTEGRATION_FETCH_STEPS" <<'END'
# A store with two snapshots of a checkpoint in three files, the second one coded against the first.
make_fetch_store() {
    modmeta install
    mkdir qa
    cd qa
    modmeta init --project qa --remote "modmeta::file://$(dirname "$PWD")/store"
    mkdir -p run/sub
    for step in 0 1; do
        make_checkpoint run/model.safetensors $step
        make_checkpoint run/sub/model-00001-of-00002.safetensors $((step + 5))
        echo "{\"step\": $step}" >run/config.json
        modmeta snapshot v$step run
    done
    git push -q --follow-tags -u origin HEAD
    cd ..
}
# What the last command read of payloads and whole objects, in bytes.
bytes_read() {
    python3 -c 'import json,sys
print(sum(e["bytes"] for e in map(json.loads, open("trace")) if e["event"] in ("payload.get", "object.get")))'
}
# The names of a safetensors file's tensors, and the hash of the bytes of one.
names() { PYTHONPATH="$INTEGRATION" python3 -c 'import sys, safetensors_header as s
print(*[t.name for t in s.read_header(sys.argv[1])[0]], sep="\n")' "$1"; }
digest() { PYTHONPATH="$INTEGRATION" python3 -c 'import hashlib, sys, safetensors_header as s
tensor = next(t for t in s.read_header(sys.argv[1])[0] if t.name == sys.argv[2])
print(hashlib.sha256(open(sys.argv[1], "rb").read()[tensor.begin:tensor.end]).hexdigest())' "$1" "$2"; }
export MODMETA_TRACE=json MODMETA_TRACE_FILE="$PWD/trace"
END

test_case "a snapshot comes whole, without a clone and in one" <<'END'
. "$INTEGRATION_FETCH_STEPS"
make_fetch_store
modmeta fetch v1 "$(url_of)" --to out
diff -r out qa/run
git -C qa cat-file blob snapshot/v0:run/config.json | grep 0
modmeta fetch snapshot/v0 --store "$(url_of)" --to old/deep --json | python3 -c 'import json,sys; json.load(sys.stdin)'
grep 0 old/deep/config.json
modmeta fetch v1 "$(url_of)" --to out
echo x >>out/config.json
must_fail modmeta fetch v1 "$(url_of)" --to out
said "is there already, and it is another file"
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" clone
cd clone
modmeta fetch v0 --to ../cloned
diff -r ../cloned ../old/deep
must_fail modmeta fetch v9 --to ../none
END

test_case "some tensors come alone, from the chunks that hold them" <<'END'
. "$INTEGRATION_FETCH_STEPS"
make_fetch_store
first=$(names qa/run/model.safetensors | sed -n 1p)
rm -f trace
modmeta fetch v0 "$(url_of)" --to plan --tensors "$first" --dry-run
[ ! -s trace ]
[ -z "$(ls -A plan)" ]
chunks=$(modmeta fetch v0 "$(url_of)" --to part --tensors "$first" --json |
    python3 -c 'import json,sys; print(json.load(sys.stdin)["chunk_bytes"])')
[ "$(bytes_read)" -le $((chunks * 11 / 10)) ]
[ "$(names part/model.safetensors)" = "$first" ]
[ -e part/sub/model.safetensors ]
git -C qa cat-file --filters snapshot/v0:run/model.safetensors >whole.safetensors
[ "$(digest part/model.safetensors "$first")" = "$(digest whole.safetensors "$first")" ]
must_fail modmeta fetch v0 "$(url_of)" --to part2 --tensors 'nothing.*'
said "no tensor of the snapshot"
END

test_case "tensors of files that the store has whole come too" <<'END'
. "$INTEGRATION_FETCH_STEPS"
modmeta install
mkdir qa
cd qa
modmeta init --project qa --remote "modmeta::file://$(dirname "$PWD")/store"
mkdir -p run/adapter
make_checkpoint run/adapter/adapter_model.safetensors 0 --mb 0.1
make_checkpoint run/model.safetensors 1 --mb 2
echo 1 >run/optimizer.pt
modmeta snapshot v1 run
git push -q --follow-tags -u origin HEAD
cd ..
[ "$(find store/modmeta/manifests -type f | wc -l)" = 1 ]
modmeta fetch v1 "$(url_of)" --to plan --tensors '*' --dry-run --json |
    python3 -c 'import json, sys; assert json.load(sys.stdin)["tensors"] == 16'
rm -rf qa/.git/lfs/objects
for out in without within; do
    case $out in
        without) modmeta fetch v1 "$(url_of)" --to $out --tensors '*' ;;
        within) (cd qa && modmeta fetch v1 --to ../$out --tensors '*') ;;
    esac
    [ "$(find $out -type f | wc -l)" = 2 ]
    for file in adapter/adapter_model.safetensors model.safetensors; do
        [ "$(modmeta id $out/$file)" = "$(modmeta id qa/run/$file)" ]
    done
done
first=$(names qa/run/model.safetensors | sed -n 1p)
modmeta fetch v1 "$(url_of)" --to one --tensors "$first"
[ "$(names one/adapter/adapter_model.safetensors)" = "$first" ]
[ "$(digest one/adapter/adapter_model.safetensors "$first")" = \
    "$(digest qa/run/adapter/adapter_model.safetensors "$first")" ]
object=$(find store/lfs/objects -size -300k -size +90k -type f)
chmod u+w $object
printf x | dd of=$object bs=1 seek=60000 conv=notrunc status=none
must_fail modmeta fetch v1 "$(url_of)" --to damaged --tensors "$first"
said "is damaged in the store"
[ ! -e damaged/adapter/adapter_model.safetensors ]
END

test_case "an interrupted fetch goes on where it was" <<'END'
. "$INTEGRATION_FETCH_STEPS"
make_fetch_store
for milliseconds in 020 040 060 080 120 160 240; do
    modmeta fetch v1 "$(url_of)" --to whole &
    pid=$!
    modmeta fetch v1 "$(url_of)" --to part --tensors '*' &
    other=$!
    sleep "0.$milliseconds"
    kill -9 $pid $other || true
    wait $pid $other || true
done
modmeta fetch v1 "$(url_of)" --to whole
diff -r whole qa/run
[ -e part/model.safetensors ] || modmeta fetch v1 "$(url_of)" --to part --tensors '*'
[ "$(modmeta id part/model.safetensors)" = "$(modmeta id qa/run/model.safetensors)" ]
END

test_case "a file that would lie outside is refused" <<'END'
. "$INTEGRATION_FETCH_STEPS"
make_fetch_store
cd qa
blob=$(echo evil | git hash-object -w --stdin)
inner=$(printf '100644 blob %s\tevil\n' "$blob" | git mktree)
run=$(printf '040000 tree %s\t..\n100644 blob %s\tconfig.json\n' "$inner" "$blob" | git mktree)
snapshots=$(git rev-parse snapshot/v0:.modmeta)
top=$(printf '040000 tree %s\t.modmeta\n040000 tree %s\trun\n' "$snapshots" "$run" | git mktree)
commit=$(git commit-tree -m evil "$top")
git tag -f -a -m evil snapshot/v0 "$commit"
must_fail modmeta fetch v0 --to ../out/in
said "would lie outside"
[ ! -e ../out/evil ]
mkdir ../linked
ln -s "$PWD" ../linked/sub
must_fail modmeta fetch v1 --to ../linked
said "is a symbolic link"
END

finish

#!/usr/bin/env bash
# The verbs that look after stores, and those that work without a clone, with buckets of real S3 services.
#   S3_SERVICES chooses among them: "moto radosgw".
. "$(dirname "$0")/s3-cases.sh"
S3_SERVICES=${S3_SERVICES:-moto radosgw}
export CASE_SECONDS=${CASE_SECONDS:-600}

for service in $S3_SERVICES; do
    service_starts "$service" || continue

    service_case "$service" "a directory is copied to the bucket, from there to another and back" <<'END'
make_tagged_repo qa
modmeta store copy "$(url_of)" "$url" >said
said 'history copied'
modmeta store verify "$url" | grep 'all sound'
modmeta store copy --json "$(url_of)" "$url" | grep '"copiedCount" : 0,'
modmeta store copy "$url" "$url-other"
modmeta store copy "$url-other" "$(url_of back)"
modmeta store verify "$(url_of back)" | grep 'all sound'
check_store back
diff -r store/lfs back/lfs
diff -r store/modmeta/manifests back/modmeta/manifests
for from in "$url" "$(url_of back)"; do
    rm -rf fetched
    git clone -q "$from" fetched
    cmp fetched/model.safetensors 1.safetensors
    same fetched v1 qa v1
    git -C fetched checkout -q HEAD~1
    cmp fetched/model.safetensors 0.safetensors
done
# A damaged payload does not spread.
copy_damaged "$url-third"
END

    service_case "$service" "stat counts, verify finds what is gone" <<'END'
make_weights_repo qa
git -C qa remote set-url origin "$url"
for step in 0 1; do push_checkpoint qa $step --mb 3; done
modmeta store stat "$url" | tee said
grep -E '^manifests +2 ' said
modmeta store stat --json "$url" | python3 -c 'import json, sys; json.load(sys.stdin)'
modmeta store verify "$url" | grep 'all sound'
payload=$(curl -sSf --aws-sigv4 aws:amz:us-east-1:s3 --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -H "x-amz-content-sha256: $(printf '' | sha256sum | cut -d' ' -f1)" \
    "$AWS_ENDPOINT_URL/models?list-type=2&prefix=${url##*/}%2Flfs%2F" | grep -o '<Key>[^<]*' | head -n 1)
payload=${payload#<Key>}
curl -sSf -X DELETE --aws-sigv4 aws:amz:us-east-1:s3 --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -H "x-amz-content-sha256: $(printf '' | sha256sum | cut -d' ' -f1)" "$AWS_ENDPOINT_URL/models/$payload"
must_fail modmeta store verify "$url"
said "missing: ${payload#*/}"
END

    service_case "$service" "prune, and gc with and without a dry run" <<'END'
modmeta install
mkdir qa
cd qa
modmeta init --project qa --base-model org/base --remote "$url"
git add .
git commit -q -m start
git push -q -u origin HEAD
for name in v1 v2 v3; do
    # Each on a branch of its own, which is not pushed: only the tag leads to it.
    git checkout -q -b "run-$name" main
    mkdir -p checkpoint
    make_checkpoint checkpoint/model.safetensors 0 --mb 3 --seed "${name#v}"
    modmeta snapshot "$name" checkpoint --metric "loss=0.${name#v}" >summary
    git push -q origin "refs/tags/snapshot/$name"
done
manifests() { modmeta store stat "$url" | awk '$1 == "manifests" { print $2 }'; }
modmeta prune "$url" --keep-last 1 --dry-run >listed
cat listed
grep -E '^delete +v1 ' listed
grep -E '^keep +v3 ' listed
[ "$(git ls-remote "$url" 'refs/tags/snapshot/*' | grep -vc '\^{}')" = 3 ]
modmeta prune "$url" --keep-last 1
[ "$(git ls-remote "$url" 'refs/tags/snapshot/*' | grep -v '\^{}' | cut -f2)" = refs/tags/snapshot/v3 ]
[ "$(manifests)" = 3 ]
modmeta store gc --grace 0 "$url" --dry-run >listed
[ "$(grep -c 'modmeta/manifests/' listed)" = 2 ]
[ "$(manifests)" = 3 ]
# Young objects stay.
modmeta store gc "$url" | grep 'nothing to remove'
modmeta store gc --grace 0 --force "$url"
[ "$(manifests)" = 1 ]
modmeta store gc --grace 0 "$url" | grep 'nothing to remove'
modmeta store verify "$url" | grep 'all sound'
cd ..
git clone -q "$url" again
git -C again checkout -q snapshot/v3
cmp again/checkpoint/model.safetensors qa/checkpoint/model.safetensors
# What was deleted can be pushed again.
git -C qa push -q origin refs/tags/snapshot/v1
git -C again fetch -q --tags
git -C again checkout -q snapshot/v1
git -C qa checkout -q snapshot/v1
cmp again/checkpoint/model.safetensors qa/checkpoint/model.safetensors
END

    service_case "$service" "a snapshot comes whole and by tensors, without a clone" <<'END'
modmeta install
mkdir qa
cd qa
modmeta init --project qa --remote "$url"
mkdir run
for step in 0 1; do
    make_checkpoint run/model.safetensors $step --mb 12
    echo "{\"step\": $step}" >run/config.json
    modmeta snapshot v$step run
done
git push -q --follow-tags -u origin HEAD
cd ..
modmeta fetch v1 "$url" --to out
diff -r out qa/run
modmeta fetch v0 "$url" --to plan --tensors '*' --dry-run
[ -z "$(ls -A plan)" ]
modmeta fetch v0 "$url" --to all --tensors '*'
git -C qa cat-file --filters snapshot/v0:run/model.safetensors >v0.safetensors
cat >compare.py <<'END_OF_PROGRAM'
"""Compares tensors of the first file, which may have fewer, with the same ones of the second; says how many."""
import sys

import safetensors_header


def tensors(path):
    data = open(path, "rb").read()
    return {t.name: data[t.begin : t.end] for t in safetensors_header.read_header(path)[0]}


part, whole = map(tensors, sys.argv[1:])
assert part and all(whole[name] == data for name, data in part.items())
print(len(part), len(whole))
END_OF_PROGRAM
export PYTHONPATH="$INTEGRATION"
read -r got had <<<"$(python3 compare.py all/model.safetensors v0.safetensors)"
[ "$got" = "$had" ]
first=$(python3 -c 'import sys, safetensors_header as s; print(s.read_header(sys.argv[1])[0][0].name)' v0.safetensors)
modmeta fetch v0 "$url" --to part --tensors "$first"
[ "$(python3 compare.py part/model.safetensors v0.safetensors)" = "1 $had" ]
END

    service_case "$service" "copies and fetches over a slow line show what really goes over it" <<'END'
. "$INTEGRATION/server/fault-steps.sh"
modmeta install
mkdir qa
cd qa
modmeta init --project qa --remote "$(cd .. && url_of)"
mkdir run
make_checkpoint run/model.safetensors 0 --mb 12
modmeta snapshot v0 run
git push -q --follow-tags -u origin HEAD
cd ..
start_proxy line "${AWS_ENDPOINT_URL#http://}" --rate 2000000
trap 'stop_proxy line' EXIT
export AWS_ENDPOINT_URL=http://127.0.0.1:$PROXY_PORT
on_terminal 100 modmeta store copy "$(url_of)" "$url"
grep -E 'copied .* of .* s left, sent [1-9][0-9.]* MB, received [0-9.]+ k?B' shown
# What was sent is what the store has, and what was asked.
sent=$(sed -nE 's/^copied [0-9.]+ MB in [0-9]+ s, sent ([0-9.]+) MB, received [0-9.]+ k?B$/\1/p' shown)
awk -v sent="$sent" -v store="$(weight_bytes)" 'BEGIN { exit !(sent * 1e6 > 0.9 * store && sent * 1e6 < 1.2 * store) }'
on_terminal 100 modmeta fetch v0 "$url" --to out
diff -r out qa/run
grep -E '^fetched .* of .* [kM]?B/s, .* s left, received [1-9][0-9.]* MB' shown
grep -E '^fetched [0-9.]+ MB in [0-9]+ s, received [0-9.]+ MB$' shown
modmeta fetch v0 "$url" --to again 2>said
[ ! -s said ]
END
done
finish

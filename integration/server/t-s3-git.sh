#!/usr/bin/env bash
# Git itself, and weights beside it, in buckets of real S3 services, each started here on 127.0.0.1.
#   S3_SERVICES chooses among them: "moto radosgw rclone".
#   RACE_ROUNDS says how often sixteen people push at once.
. "$(dirname "$0")/s3-cases.sh"
S3_SERVICES=${S3_SERVICES:-moto radosgw rclone}
export RACE_ROUNDS=${RACE_ROUNDS:-20} CASE_SECONDS=${CASE_SECONDS:-3000}

# Lets everybody read and list the bucket of a service, by curl, whose requests have nothing to do with ours.
publish() {
    local policy hash
    policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",'
    policy+='"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::models","arn:aws:s3:::models/*"]}]}'
    hash=$(printf %s "$policy" | sha256sum | cut -d' ' -f1)
    (
        . "$ROOT/$1.env"
        curl -sSf -o /dev/null -X PUT --aws-sigv4 aws:amz:us-east-1:s3 \
            --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-content-sha256: $hash" \
            --data-binary "$policy" "$AWS_ENDPOINT_URL/models?policy="
    )
}

for service in $S3_SERVICES; do
    service_starts "$service" || continue

    if [ "$service" = rclone ]; then
        service_case "$service" "a service that ignores conditions keeps no refs, and says so" <<'END'
git init -q local
commit local one
git -C local remote add origin "$url"
must_fail git -C local push origin main
said "ignores conditional writes"
git ls-remote "$url" >refs
[ ! -s refs ]
END
        continue
    fi

    service_case "$service" "first push, clone, pull, tags, forced, deleted, atomic" <<'END'
git init -q local
commit local one
git -C local remote add origin "$url"
must_fail git -C local fetch
said "git push creates one"
git -C local push -u origin main >said 2>&1
said "[new branch]"
if grep -Ei 'error|warning|fatal' said; then exit 1; fi
git clone -q "$url" other
[ "$(git -C other rev-parse HEAD)" = "$(git -C local rev-parse main)" ]
[ "$(git -C other symbolic-ref refs/remotes/origin/HEAD)" = refs/remotes/origin/main ]
git -C other fsck --strict
commit other two
git -C other tag -m "a tag" v1
git -C other push -q --follow-tags
git -C local pull -q
[ "$(git -C local rev-parse v1^{})" = "$(git -C other rev-parse main)" ]
commit local three
commit other three-too
git -C local push -q
must_fail git -C other push
said "fetch first"
must_fail git -C other push --force-with-lease=main:main~1 --atomic origin main main:side
must_fail git -C other ls-remote --exit-code origin side
git -C other push -q --force origin main
must_fail git -C local push --delete origin main
said "deletion of the current branch prohibited"
git -C local push -q origin main~1:refs/heads/side
git -C local push -q --delete origin side
[ "$(git ls-remote "$url" | cut -f2 | sort | xargs)" = "HEAD refs/heads/main refs/tags/v1 refs/tags/v1^{}" ]
[ -z "$(find local/.git other/.git -name '*.keep')" ]
END

    service_case "$service" "SHA-256" <<'END'
git init -q --object-format=sha256 local
commit local one
git -C local push -q "$url" main
git clone -q "$url" other
[ "$(git -C other rev-parse HEAD)" = "$(git -C local rev-parse main)" ]
git init -q sha1
commit sha1 one
must_fail git -C sha1 push "$url" main
said "this repository names objects by sha1, the store by sha256"
END

    service_case "$service" "weights and history in one bucket; no pointer without its weights" <<'END'
make_weights_repo qa
git -C qa remote set-url origin "$url"
for step in 0 1 2; do
    push_checkpoint qa $step
    cp qa/model.safetensors "$step.safetensors"
done
git clone -q "$url" elsewhere
cmp elsewhere/model.safetensors 2.safetensors
git -C elsewhere checkout -q HEAD~2
cmp elsewhere/model.safetensors 0.safetensors
make_checkpoint qa/model.safetensors 3 --mb 6
git -C qa commit -qam "not sent"
must_fail git -C qa push --no-verify origin HEAD
said "weights missing: model.safetensors"
modmeta store verify "$url"
END

    service_case "$service" "sixteen pushers to eight branches" <<'END'
python3 "$INTEGRATION/race.py" "$url" "$RACE_ROUNDS" | tee said
said "all there"
END

    [ "$service" = radosgw ] || continue

    if publish "$service"; then
        service_case "$service" "stock git clones the history of a public bucket" <<'END'
make_weights_repo qa
git -C qa remote set-url origin "$url"
push_checkpoint qa 0
git -C qa tag -m one v1
git -C qa push -q origin v1
push_checkpoint qa 1
public=$AWS_ENDPOINT_URL/models/$place
for variable in $(compgen -e AWS_); do unset "$variable"; done
GIT_LFS_SKIP_SMUDGE=1 PATH=/usr/bin:/bin git clone "$public" plain
[ "$(git -C plain rev-parse HEAD)" = "$(git -C qa rev-parse HEAD)" ]
[ "$(git -C plain rev-parse v1)" = "$(git -C qa rev-parse v1)" ]
git -C plain fsck --strict
grep -q git-lfs plain/model.safetensors
# The same by our helper, which hands http of this machine over to git's own.
git -c filter.lfs.smudge= -c filter.lfs.process= -c filter.lfs.required=false clone -q "modmeta::$public" handed
[ "$(git -C handed rev-parse HEAD)" = "$(git -C qa rev-parse HEAD)" ]
END
    else
        FAILED=$((FAILED + 1))
        echo "FAIL - $service: its bucket can be made public"
    fi
done
finish

#!/usr/bin/env bash
# Weights in buckets of real S3 services, each started here on 127.0.0.1.
#   S3_SERVICES chooses among them: "moto rclone rclone-tls radosgw".
#   SWIFT_TEST runs the unit tests whose names match its argument, for the store contract; "" leaves that out.
. "$(dirname "$0")/s3-cases.sh"
SWIFT_TEST=${SWIFT_TEST-swift test --package-path $INTEGRATION/.. --filter}
S3_SERVICES=${S3_SERVICES:-moto rclone rclone-tls radosgw}
export SWIFT_TEST CASE_SECONDS=${CASE_SECONDS:-600}

for service in $S3_SERVICES; do
    service_starts "$service" || continue

    [ -z "$SWIFT_TEST" ] || service_case "$service" "the store contract" <<'END'
# What swift leaves behind is not ours.
mkdir swift
TMPDIR="$PWD/swift" $SWIFT_TEST S3ServiceTests >tests 2>&1 || { grep -E '✘|error' tests; exit 1; }
grep -E 'Test run with [1-9][0-9]* tests? .*passed' tests
END

    service_case "$service" "Git elsewhere, weights in the bucket" <<'END'
make_weights_repo qa
git init -q --bare plain.git
git -C qa remote set-url origin "$PWD/plain.git"
git -C qa config -f .lfsconfig lfs.url "$url"
git -C qa config lfs.url "$url"
must_fail modmeta store stat "$url"
said "there is no store at s3://"
for step in 0 1 2; do
    push_checkpoint qa $step
    cp qa/model.safetensors "$step.safetensors"
done
git clone -q plain.git elsewhere
cmp elsewhere/model.safetensors 2.safetensors
git -C elsewhere checkout -q HEAD~2
cmp elsewhere/model.safetensors 0.safetensors
modmeta store verify "$url"
END

    service_case "$service" "a small file and a whole object of several parts" <<'END'
make_weights_repo qa
git init -q --bare plain.git
git -C qa remote set-url origin "$PWD/plain.git"
git -C qa config -f .lfsconfig lfs.url "$url"
git -C qa config lfs.url "$url"
git -C qa config modmeta.whole always
head -c 5000 /dev/urandom >qa/small.safetensors
push_checkpoint qa 0 --mb 80
git clone -q plain.git elsewhere
diff -r --exclude=.git qa elsewhere
END

    case $service in
    rclone*)
        service_case "$service" "history is refused, as conditions are ignored" <<'END'
make_weights_repo qa
git -C qa remote set-url origin "$url"
make_checkpoint qa/model.safetensors 0 --mb 6
git -C qa add -A
git -C qa commit -q -m one
must_fail git -C qa push -q origin HEAD
said "conditional writes"
END
        ;;
    *)
        service_case "$service" "history and weights in the bucket" <<'END'
make_weights_repo qa
git -C qa remote set-url origin "$url"
must_fail git -C qa fetch origin
said "there is no store at s3://"
for step in 0 1; do
    push_checkpoint qa $step --mb 24
    cp qa/model.safetensors "$step.safetensors"
done
git clone -q "$url" elsewhere
cmp elsewhere/model.safetensors 1.safetensors
git -C elsewhere checkout -q HEAD~1
cmp elsewhere/model.safetensors 0.safetensors
modmeta store verify "$url"
END
        ;;
    esac

    service_case "$service" "a wrong key is refused in one sentence, and no secret is shown" <<'END'
make_weights_repo qa
git init -q --bare plain.git
git -C qa remote set-url origin "$PWD/plain.git"
git -C qa config lfs.url "$url"
make_checkpoint qa/model.safetensors 0 --mb 6
git -C qa add -A
git -C qa commit -q -m one
export AWS_SECRET_ACCESS_KEY=wrongwrongwrong
must_fail git -C qa push -q origin HEAD
said "the service answered 403"
if grep wrongwrongwrong said; then exit 1; fi
END

    [ "$service" = rclone-tls ] || continue

    service_case "$service" "a certificate of nobody's is refused" <<'END'
unset AWS_CA_BUNDLE
must_fail modmeta store stat "$url"
said "does not prove who it is"
END

    service_case "$service" "the authority may come from git's settings" <<'END'
export GIT_SSL_CAINFO=$AWS_CA_BUNDLE
unset AWS_CA_BUNDLE
must_fail modmeta store stat "$url"
said "there is no store at s3://"
END
done
finish

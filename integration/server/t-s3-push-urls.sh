#!/usr/bin/env bash
# A remote that pushes to a directory and a bucket at once.
#   S3_SERVICES chooses among: "moto radosgw".
. "$(dirname "$0")/s3-cases.sh"
S3_SERVICES=${S3_SERVICES:-moto}
export CASE_SECONDS=${CASE_SECONDS:-600}

for service in $S3_SERVICES; do
    service_starts "$service" || continue

    service_case "$service" "a directory and a bucket each get history and weights" <<'END'
make_weights_repo qa
for place in "$(url_of)" "$url" "$(url_of third)"; do git -C qa remote set-url --add --push origin "$place"; done
push_checkpoint qa 0 --mb 3
push_checkpoint qa 1 --mb 3
for place in "$(url_of)" "$url" "$(url_of third)"; do
    git clone -q "$place" checked
    cmp checked/model.safetensors qa/model.safetensors
    rm -rf checked
    modmeta store verify "$place"
done
END

    service_case "$service" "a bucket that joins later gets what was pushed before" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 3
push_checkpoint qa 1 --mb 3
for place in "$url" "$(url_of)"; do git -C qa remote set-url --add --push origin "$place"; done
git -C qa push -q origin main
git clone -q "$url" checked
cmp checked/model.safetensors qa/model.safetensors
modmeta store verify "$url"
END

    service_case "$service" "nothing moves while the bucket cannot be reached" <<'END'
make_weights_repo qa
for place in "$(url_of)" "$url"; do git -C qa remote set-url --add --push origin "$place"; done
push_checkpoint qa 0 --mb 3
before=$(git -C qa rev-parse HEAD)
make_checkpoint qa/model.safetensors 1 --mb 3
git -C qa commit -q -a -m "step 1"
right=$AWS_SECRET_ACCESS_KEY
export AWS_SECRET_ACCESS_KEY=another AWS_ENDPOINT_URL_S3=http://127.0.0.1:9
must_fail git -C qa push origin main
said "this push goes to $url too, which cannot be used"
must_fail git -C qa push --no-verify origin main
said "this push goes to $url too, which cannot be used"
[ "$(git -C store rev-parse main)" = "$before" ]
export AWS_SECRET_ACCESS_KEY=$right
unset AWS_ENDPOINT_URL_S3
git -C qa push -q origin main
git clone -q "$url" checked
cmp checked/model.safetensors qa/model.safetensors
END
done

finish

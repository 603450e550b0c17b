#!/bin/bash
# What is checked before a snapshot is made, and what can be asked of one.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_CHECK_STEPS="$ROOT/check-steps.sh"
cat >"$INTEGRATION_CHECK_STEPS" <<'END'
# A repository "qa" with one checkpoint in run, ready for snapshots; the shell is in it.
make_run_repo() {
    modmeta install
    mkdir qa
    cd qa
    modmeta init --project qa --base-model "$PWD/../base" --remote "modmeta::file://$(dirname "$PWD")/store" "$@"
    mkdir run ../base
    make_checkpoint run/adapter_model.safetensors 0 --mb 1
    make_checkpoint ../base/model.safetensors 3 --mb 1
    echo '{}' >../base/config.json
    echo '{"r": 8, "lora_alpha": 16, "peft_type": "LORA"}' >run/adapter_config.json
    printf 'learning_rate: 2.0e-4\nlora_r: 8\nlora_alpha: 16\nseed: 7\n' >train.yaml
}
END

test_case "a misspelt setting stops the snapshot and is named" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
modmeta check train.yaml
{ cat train.yaml; echo 'lr_scheduler_type: cosin'; } >schedule.yaml
modmeta check schedule.yaml >said
said 'schedule.yaml:5: warning: lr_scheduler_type no tool known here has this schedule'
sed -i s/cosin/cosine/ schedule.yaml
modmeta check schedule.yaml >said
[ -z "$(grep warning said)" ]
echo 'lerning_rate: 2e-4' >>train.yaml
must_fail modmeta check train.yaml
said 'train.yaml:5: lerning_rate: did you mean learning_rate?'
said 'is text to PyYAML'
modmeta check train.yaml --json >report || true
python3 -c 'import json; assert json.load(open("report"))[0]["findings"][0]["suggestion"] == "learning_rate"'
must_fail modmeta snapshot v1 run --config train.yaml
said 'did you mean learning_rate?'
[ -z "$(git tag)" ]
printf 'format: modmeta.schema/1\nextends: default\nknown: [lerning_rate]\n' >.modmeta/schema.yaml
modmeta snapshot v1 run --config train.yaml
rm .modmeta/schema.yaml
modmeta snapshot v2 run --config train.yaml --no-check
END

test_case "a schema from elsewhere cannot hold a check up" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
printf 'format: modmeta.schema/1\nextends: default\nkeys:\n  output_dir: {type: string, pattern: "^(a+)+$"}\n' >.modmeta/schema.yaml
echo "output_dir: $(printf 'a%.0s' $(seq 60))!" >>train.yaml
must_fail timeout 60 modmeta check train.yaml
said 'output_dir does not match'
printf 'format: modmeta.schema/1\nextends: default\nkeys:\n  output_dir: {pattern: "^(a)\\\\1$"}\n' >.modmeta/schema.yaml
must_fail modmeta check train.yaml
said 'refers back to what a group matched'
END

test_case "numbers by the thousand are checked as fast as words" <<'END'
modmeta install
echo "a: [$(printf '1,%.0s' $(seq 80000))]" >numbers.yaml
status=0
timeout 60 modmeta check numbers.yaml || status=$?
# Nothing knows the key; a timeout would be 124.
[ $status = 1 ]
END

test_case "a checkpoint's own file does not choose what is read" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
rm .modmeta/config.yaml
mkdir -p ../elsewhere/a
echo private >../elsewhere/a/diary
echo "{\"r\": 8, \"peft_type\": \"LORA\", \"base_model_name_or_path\": \"$(cd .. && pwd)/elsewhere\"}" >run/adapter_config.json
printf 'format: modmeta.config/1\nproject: qa\n' >.modmeta/config.yaml
modmeta snapshot v1 run >said 2>&1
said 'base_model_name_or_path of adapter_config.json: '
said 'is not a directory with config.json and weights at its top'
[ -z "$(grep '^base:' .modmeta/snapshots/v1.yaml)" ]
echo "{\"r\": 8, \"peft_type\": \"LORA\", \"base_model_name_or_path\": \"$(cd .. && pwd)/base\"}" >run/adapter_config.json
modmeta snapshot v2 run
modmeta verify v2 --base ../base
END

test_case "a small address space is refused in one sentence" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
for kilobytes in 200000 300000 400000; do
    status=0
    (ulimit -v $kilobytes; timeout 60 modmeta snapshot v1 run) >said 2>&1 || status=$?
    [ $status = 3 ]
    said 'the address space is limited to'
    # The shell traces its commands into the same file.
    [ "$(grep -vc '^+' said)" = 1 ]
done
END

test_case "verify says what is missing to resume, and whether the base is the one" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
modmeta snapshot v1 run --config train.yaml
modmeta verify v1 >said
said 'no optimizer state'
must_fail modmeta verify v1 --resumable
modmeta verify v1 --base ../base
echo '{}' >../base/other.json
modmeta verify v1 --base ../base
make_checkpoint ../base/model.safetensors 4 --mb 1
must_fail modmeta verify v1 --base ../base
said 'another base'
for file in optimizer.pt scheduler.pt rng_state.pth; do echo $file >run/$file; done
echo '{"global_step": 1}' >run/trainer_state.json
modmeta snapshot v2 run
modmeta verify v2 --resumable >said
said 'complete enough to resume training'
END

test_case "the records of the data and the versions of packages are kept" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
seq 100 >train.jsonl
packages=$HOME/venv/lib/python3.11/site-packages
mkdir -p "$packages/torch-2.3.1.dist-info" data/sub
printf 'Metadata-Version: 2.1\nName: torch\nVersion: 2.3.1\n\nx\n' >"$packages/torch-2.3.1.dist-info/METADATA"
printf 'Metadata-Version: 2.1\nName: numpy\nVersion: 1.24.2\n' >"$packages/numpy-1.24.2.egg-info"
mkdir "$packages/peft-0.8.2.egg-info"
printf 'Metadata-Version: 2.1\nName: peft\nVersion: 0.8.2\n' >"$packages/peft-0.8.2.egg-info/PKG-INFO"
echo a >data/sub/a
VIRTUAL_ENV=$HOME/venv modmeta snapshot v1 run --config train.yaml --dataset train.jsonl --dataset data
modmeta show v1 --json >show
python3 - <<'PYTHON'
import hashlib, json, subprocess
show = json.load(open("show"))
assert show["context"]["environment"]["packages"] == {
    "numpy": "1.24.2", "peft": "0.8.2", "torch": "2.3.1"}, show["context"]["environment"]
assert show["seeds"] == {"seed": 7}
for entry in show["context"]["data"]:
    path = f".modmeta/datasets/{entry['sha256']}"
    records = subprocess.run(["git", "cat-file", "blob", f"snapshot/v1:{path}"], capture_output=True, check=True).stdout
    assert records == open(path, "rb").read() and records[:5] == b"MMDR\x01"
    if entry["path"] == "train.jsonl":
        digests = sorted(hashlib.sha256(str(n).encode()).digest()[:8] for n in range(1, 101))
        assert records[72:-32] == b"".join(digests)
PYTHON
[ -z "$(git status --porcelain .modmeta)" ]
END

test_case "an adapter that was made for another base is noticed" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
sed -i 's/id: .*/id: org\/base/' .modmeta/config.yaml
modmeta snapshot v1 run 2>said
[ -z "$(grep note: said)" ]
echo '{"r": 8, "peft_type": "LORA", "base_model_name_or_path": "org/base"}' >run/adapter_config.json
modmeta snapshot v2 run 2>said
[ -z "$(grep note: said)" ]
echo '{"r": 8, "peft_type": "LORA", "base_model_name_or_path": "org/other"}' >run/adapter_config.json
modmeta snapshot v3 run 2>said
said 'adapter_config.json names the base model org/other, but .modmeta/config.yaml names org/base'
END

test_case "times and conditions are not taken for each other" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo
modmeta snapshot v1 run --metric loss=0.3
modmeta snapshot v2 run --metric loss=0.5
[ "$(modmeta list --since 2024-05-22T14:30 'loss<0.4' --project qa | wc -l)" = 2 ]
[ "$(modmeta list --since 2024 | wc -l)" = 3 ]
[ "$(modmeta list --since '9024-01-01 10:00' | wc -l)" = 1 ]
must_fail modmeta list --since 'loss<0.4'
said "is no time"
said "A condition stands by itself: modmeta list 'loss<0.4'"
must_fail modmeta list --since 2024-5
END

test_case "hooks refuse weights without a snapshot, and snapshots without their objects" <<'END'
. "$INTEGRATION_CHECK_STEPS"
make_run_repo --hooks
modmeta init --hooks
git add run train.yaml
must_fail git commit -m weights
said 'Run: modmeta snapshot NAME run'
git reset -q
modmeta snapshot v1 run
git add train.yaml
git commit -q -m code
git push -q --follow-tags -u origin HEAD
make_checkpoint run/adapter_model.safetensors 1 --mb 1
modmeta snapshot v2 run
rm -rf .git/lfs/objects
must_fail git push origin snapshot/v2
[ -z "$(git ls-remote origin 'refs/tags/snapshot/v2')" ]
make_checkpoint run/adapter_model.safetensors 2 --mb 1
modmeta snapshot v3 run --no-commit
git add run .modmeta
git commit -q -m 'by hand'
echo '#!/bin/sh' >.git/hooks/pre-commit
must_fail modmeta init --hooks
said 'Add this line to it: modmeta hook pre-commit'
[ "$(cat .git/hooks/pre-commit)" = '#!/bin/sh' ]
END

finish

#!/bin/bash
# Files that the real programs write: `modmeta inspect` says of them what their own readers say, and they come back as they
# were. What does not install here is skipped, with the reason.
WRITER_SCRIPTS=$(cd "$(dirname "$0")" && pwd)
export WRITERS=${WRITERS:-$HOME/.cache/modmeta/writers}
missing=$(bash "$WRITER_SCRIPTS/install.sh") || { echo "skip - all writers: no virtual environment at $WRITERS"; exit 0; }
. "$WRITER_SCRIPTS/../lib.sh"
export WRITER_SCRIPTS PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore CASE_SECONDS=${CASE_SECONDS:-600}
export TORCHINDUCTOR_CACHE_DIR="$ROOT/inductor" HF_HUB_OFFLINE=1 HF_HUB_DISABLE_PROGRESS_BARS=1 TOKENIZERS_PARALLELISM=false OMP_NUM_THREADS=1
SKIPPED=0

export WRITER_STEPS="$ROOT/writer-steps.sh"
cat >"$WRITER_STEPS" <<'END'
# write STEP DIRECTORY: the case's files at a step.
write() { "$python" "$WRITER_SCRIPTS/$script" "$kind" "$2" "$1"; }
check() { "$python" "$WRITER_SCRIPTS/check_inspect.py" "$@"; }
make_writers_repo() {
    make_weights_repo qa
    git -C qa lfs track '*.pt' '*.pth' '*.bin' '*.gguf' '*.np[yz]' '*.distcp' '.metadata' '*.pkl'
}
# push_files: commits and pushes what is in qa; "added" is what the store grew by.
push_files() {
    local before=0
    [ ! -e store ] || before=$(weight_bytes)
    git -C qa add .
    git -C qa commit -q -m files
    git -C qa push -q origin HEAD
    added=$(($(weight_bytes) - before))
}
# clone_is STEP REVISION: a clone has at a revision what was written at a step.
clone_is() {
    [ -e elsewhere ] || git clone -q "$(url_of)" elsewhere
    git -C elsewhere checkout -q "$2"
    diff -r "step-$1" elsewhere/checkpoint
}
END

# writer_case PYTHON SCRIPT KIND PERCENT NAME [CHECK-OPTIONS]: writes, inspects, pushes, trains a little, pushes again, clones.
# The second push adds at most so many per cent of the first.
writer_case() {
    local python=$1 script=$2 kind=$3 percent=$4 name=$5 options=${6:-}
    test_case "$name" <<END
. "\$WRITER_STEPS"
python=$python script=$script kind=$kind
make_writers_repo
for step in 0 1; do
    write \$step step-\$step
    check step-\$step $options
    for part in step-\$step step-\$step/global_step1; do
        [ ! -d \$part ] || modmeta inspect \$part
    done
    [ ! -e step-\$step/.metadata ] || modmeta inspect step-\$step/.metadata | grep "safe to load: yes"
    rm -rf qa/checkpoint
    cp -r step-\$step qa/checkpoint
    push_files
    echo "\$(du -sb step-\$step | cut -f 1) bytes, \$added added" | tee -a figures
    [ \$step = 1 ] || first=\$added
done
if diff -rq step-0 step-1; then exit 1; fi
[ \$((added * 100)) -le \$((first * $percent)) ]
clone_is 1 main
clone_is 0 main~1
modmeta store verify "\$(url_of)"
[ -z "\${FIGURES:-}" ] || awk -v name="$name" '{ print name "\t" \$0 }' figures >>"\$FIGURES"
END
}

# has MODULE: the writer is there; else it is skipped, with the reason.
has() {
    local module
    for module in "$@"; do
        "$WRITERS/bin/python" -c "import $module" 2>"$TMPDIR/import" && continue
        SKIPPED=$((SKIPPED + 1))
        echo "skip - $module: $(grep "^$module: " <<<"$missing" || tail -n 1 "$TMPDIR/import")"
        rm -f "$TMPDIR/import"
        return 1
    done
    rm -f "$TMPDIR/import"
}

torch_cases() {
    local python=$1 version
    version="torch $("$python" -c 'import torch; print(torch.__version__)')"
    writer_case "$python" write_torch.py state_dict 20 "$version: a state dictionary"
    writer_case "$python" write_torch.py renamed 20 "$version: a state dictionary saved under another name"
    writer_case "$python" write_torch.py training 35 "$version: model, optimizer, scheduler and random states"
    writer_case "$python" write_torch.py views 25 "$version: tied, strided and sliced tensors"
    writer_case "$python" write_torch.py types 35 "$version: all element types"
    writer_case "$python" write_torch.py module 20 "$version: a module saved whole"
    writer_case "$python" write_torch.py script 20 "$version: TorchScript" --script
    # Opaque: the weights are cut by content.
    writer_case "$python" write_torch.py legacy 101 "$version: the form before 1.6" --opaque
}

python=$WRITERS/bin/python
"$python" - torch numpy safetensors gguf transformers huggingface_hub peft accelerate deepspeed <<'END'
import importlib.metadata as metadata, sys
found = {each: [*metadata.distributions(name=each)] for each in sys.argv[1:]}
print("writers:", ", ".join(f"{name} {each[0].version}" for name, each in found.items() if each))
END
/usr/bin/python3 -c 'import torch' 2>/dev/null && torch_cases /usr/bin/python3
if has torch && [ "$("$python" -c 'import torch; print(torch.__file__)')" != \
    "$(/usr/bin/python3 -c 'import torch; print(torch.__file__)' 2>/dev/null)" ]; then
    torch_cases "$python"
fi
if has numpy; then
    writer_case "$python" write_arrays.py npy 20 "numpy: npy"
    writer_case "$python" write_arrays.py npz 20 "numpy: npz"
    writer_case "$python" write_arrays.py compressed 101 "numpy: compressed npz" --opaque
fi
if has safetensors; then
    writer_case "$python" write_arrays.py safetensors_numpy 20 "safetensors: arrays of numpy"
    has torch && writer_case "$python" write_arrays.py safetensors_torch 35 "safetensors: tensors of torch"
    test_case "safetensors: the files of its own tests, sound and broken" <<END
. "\$WRITER_STEPS"
make_writers_repo
$python "\$WRITER_SCRIPTS/write_safetensors_cases.py" step-0
$python "\$WRITER_SCRIPTS/check_agreement.py" step-0
cp -r step-0 qa/checkpoint
push_files
clone_is 0 main
modmeta store verify "\$(url_of)"
END
fi
if has gguf; then
    writer_case "$python" write_arrays.py gguf_f16 20 "gguf: F16"
    writer_case "$python" write_arrays.py gguf_q8_0 20 "gguf: Q8_0"
    writer_case "$python" write_arrays.py gguf 20 "gguf: F32, F16, BF16, Q8_0, Q4_0, Q5_1 in one file"
    writer_case "$python" write_arrays.py gguf_k_quants 20 "gguf: blocks of Q2_K to Q6_K and IQ4_XS"
    writer_case "$python" write_arrays.py gguf_split 20 "gguf: a split model"
fi
if has torch safetensors transformers; then
    writer_case "$python" write_models.py pretrained 20 "transformers: save_pretrained"
    writer_case "$python" write_models.py pretrained_tied 20 "transformers: tied embeddings, bfloat16"
    writer_case "$python" write_models.py pretrained_sharded 20 "transformers: shards with an index"
    writer_case "$python" write_models.py resharded 1 "transformers: shards, then twice as many"
    writer_case "$python" write_models.py sharded_bin 20 "huggingface_hub: .bin shards with an index"
    writer_case "$python" write_models.py resharded_bin 1 "huggingface_hub: .bin shards, then twice as many"
    has peft && writer_case "$python" write_models.py adapter 35 "peft: an adapter with a trained head"
    has peft && writer_case "$python" write_models.py adapter_bin 35 "peft: an adapter with a trained head as .bin"
    has accelerate && writer_case "$python" write_models.py trainer 35 "transformers: a checkpoint of Trainer"
    has accelerate && writer_case "$python" write_models.py accelerate_state 20 "accelerate: save_state"
fi
if has torch torch.distributed.tensor; then
    for ranks in 1 2 4; do
        writer_case "$python" write_distributed.py dcp-$ranks 20 "torch.distributed.checkpoint: $ranks ranks"
    done
    writer_case "$python" write_distributed.py dcp-ranks 20 "torch.distributed.checkpoint: two ranks, then four"
    for ranks in 3 4; do
        writer_case "$python" write_distributed.py resharded-$ranks 5 \
            "torch.distributed.checkpoint: the weights of two ranks, then of $ranks"
    done
    if has deepspeed; then
        writer_case "$python" write_distributed.py zero1-2 35 "deepspeed: ZeRO stage 1, two ranks"
        writer_case "$python" write_distributed.py zero3-2 35 "deepspeed: ZeRO stage 3, two ranks"
        writer_case "$python" write_distributed.py zero1-ranks 60 "deepspeed: ZeRO stage 1, two ranks, then three"
    fi
fi
[ -z "$missing" ] || echo "$missing" | sed 's/^/skip - not installed: /'
[ $SKIPPED = 0 ] || echo "$SKIPPED writers skipped"
finish

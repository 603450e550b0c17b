# Sourced at the start of every test: steps that several tests take.

# The URL of the store "$PWD/<name>".
url_of() { echo "modmeta::file://$PWD/${1:-store}"; }

# commit REPO MESSAGE...: a commit for each message, each changing the file "file".
commit() {
    local repo=$1 message
    shift
    for message in "$@"; do
        echo "$message" >>"$repo/file"
        git -C "$repo" add file
        git -C "$repo" commit -q -m "$message"
    done
}

# A store with branch main of one commit, and "local", a clone of it.
make_store() {
    git init -q seed "$@"
    commit seed one
    git -C seed push -q "$(url_of)" main
    git clone -q "$(url_of)" local
}

# must_fail COMMAND...: the command fails, and not by a signal; what it says goes to the file "said".
must_fail() {
    local status=0
    "$@" >said 2>&1 || status=$?
    cat said
    [ "$status" -gt 0 ] && [ "$status" -le 128 ]
}

# said WORDS: the last must_fail (or command that wrote to "said") spoke these words.
said() { grep -F -- "$1" said; }

# interrupt MOMENT COMMAND...: when "helper_push" first runs a git command that contains MOMENT, these git commands run
# in the store before it.
interrupt() {
    local moment=$1 real command
    shift
    real=$(command -v git)
    mkdir bin
    {
        printf '#!/bin/sh\ncase "$*" in *"%s"*)\n    if [ ! -e "%s/interrupted" ]; then\n' "$moment" "$PWD"
        for command in "$@"; do
            printf '        env -i PATH="$PATH" HOME="$HOME" "%s" -C "%s/store" %s || exit 1\n' "$real" "$PWD" "$command"
        done
        printf '        : >"%s/interrupted"\n    fi ;;\nesac\nexec "%s" "$@"\n' "$PWD" "$real"
    } >bin/git
    chmod +x bin/git
}

# helper_push REFSPEC...: what git would have the helper push from "local", the helper's git being that of "interrupt";
# what it answers goes to the file "said".
helper_push() {
    { printf 'push %s\n' "$@"; echo; } | PATH="$PWD/bin:$PATH" GIT_DIR=local/.git \
        git-remote-modmeta origin "file://$PWD/store" >said
    cat said
    [ -e interrupted ]
}

# on_terminal COLUMNS COMMAND...: the command's standard error is a terminal of so many columns; what it shows, each time a
# line is drawn as a line of its own, goes to the file "shown".
on_terminal() {
    local status=0
    TERM=xterm python3 "$INTEGRATION/terminal.py" drawn "$@" || status=$?
    sed 's/\x1b\[K//g' drawn | tr '\r' '\n' >shown
    tail -n 5 shown >&2
    return $status
}

# same REPO REV REPO REV: both name the same object.
same() {
    [ "$(git -C "$1" rev-parse --verify "$2")" = "$(git -C "$3" rev-parse --verify "$4")" ]
}

# has_no REPO REF
has_no() { ! git -C "$1" rev-parse --quiet --verify "$2"; }

# The store is in order: objects, what a dumb server reads, no locks and no protection left behind.
check_store() {
    local store=${1:-store}
    git -C "$store" fsck --full --strict
    git -C "$store" for-each-ref --format='%(objectname)	%(refname)' >expected-refs
    grep -v '\^{}$' "$store/info/refs" | diff expected-refs -
    # Below modmeta/ locks are files that stay.
    [ -z "$(find "$store" -path "$store/modmeta" -prune -o '(' -name '*.lock' -o -name '*.keep' -o -name 'tmp_*' ')' -print)" ]
}

# make_checkpoint FILE STEP [OPTIONS]: a checkpoint of a training run, step by step alike, see checkpoint.py.
make_checkpoint() {
    local file=$1 step=$2
    shift 2
    python3 "$INTEGRATION/checkpoint.py" "$file" --step "$step" "$@"
}

# make_weights_repo NAME: a repository set up for weights, with the remote "origin" at the store "store".
make_weights_repo() {
    modmeta install
    git init -q "$1"
    git -C "$1" lfs install --local
    git -C "$1" lfs track '*.safetensors'
    git -C "$1" remote add origin "$(url_of)"
}

# push_checkpoint REPO STEP [OPTIONS]: commits model.safetensors at a step and pushes it.
push_checkpoint() {
    local repo=$1 step=$2
    shift 2
    make_checkpoint "$repo/model.safetensors" "$step" "$@"
    git -C "$repo" add -A
    git -C "$repo" commit -q -m "step $step"
    git -C "$repo" push -q origin HEAD
}

# make_tagged_repo REPO: two checkpoints, pushed; 0.safetensors and 1.safetensors are copies, and v1 is the second.
make_tagged_repo() {
    local step
    make_weights_repo "$1"
    for step in 0 1; do
        push_checkpoint "$1" $step --mb 3
        cp "$1/model.safetensors" "$step.safetensors"
    done
    git -C "$1" tag v1
    git -C "$1" push -q origin v1
}

# copy_damaged URL: damages a payload of the store; a copy of the store must name it, and leave it out.
copy_damaged() {
    local payload status=0
    payload=$(find store/lfs -type f -size +100k | head -n 1)
    chmod u+w "$payload"
    printf X | dd of="$payload" bs=1 seek=1000 conv=notrunc status=none
    modmeta store copy "$(url_of)" "$1" >said || status=$?
    [ $status = 1 ]
    said 'not copied'
    said "$(basename "$payload")"
    modmeta store verify "$1"
}

# What the store holds for weights, in bytes.
weight_bytes() { du -sb store/lfs store/modmeta | awk '{ sum += $1 } END { print sum }'; }

#!/bin/bash
# Text from elsewhere: what is shown of it, and commands that hold it.
. "$(dirname "$0")/lib.sh"

# Hundreds of short commands.
export CASE_SECONDS=${CASE_SECONDS:-600}

export INTEGRATION_TEXT_STEPS="$ROOT/text-steps.sh"
cat >"$INTEGRATION_TEXT_STEPS" <<'END'
export LC_ALL=C.UTF-8
# Escape sequences that end a title and colour what follows, a line end that begins a line of its own, a right-to-left
# override, C1, a zero-width space, a tag character.
ODD=$'x\e]0;title\a\e[31m\u202e\u009b\u200b\U000e0041y'

# A repository "qa" with weights in directories of these names below "ck", one snapshot for each: s0, s1, ...
make_odd_snapshots() {
    modmeta install
    mkdir qa
    cd qa
    modmeta init --project qa --remote "modmeta::file://$(dirname "$PWD")/store"
    local step=0 name
    for name in "$@"; do
        mkdir -p "./$name"
        echo "weights $step" >"./$name/model.bin"
        step=$((step + 1))
    done
    git add -A
    git commit -q -m weights
    step=0
    for name in "$@"; do
        modmeta snapshot "s$step" -- "./$name"
        step=$((step + 1))
    done
    git push -q --follow-tags -u origin HEAD
    cd ..
    GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" clone
}

# The command in the tag of a snapshot, pasted into a shell, fetches its weights and no others; so does the hint of verify.
check_command() {
    local oid
    oid=$(git cat-file blob "snapshot/$1:$2/model.bin" | sed -n 's/^oid sha256://p')
    git tag -l --format='%(contents:body)' "snapshot/$1" | sed -n '/^git lfs fetch/,$p' >command
    must_fail modmeta verify "$1"
    sed -n 's/^  hint: //p' said | diff - <(sed '/^$/d' command)
    rm -rf .git/lfs/objects
    sh command
    [ "$(find .git/lfs/objects -type f -printf '%f ')" = "$oid " ]
    modmeta verify "$1"
    rm command
}

# not_raw FILE: the file has printable characters and line ends only.
not_raw() {
    python3 - "$1" <<'END_OF_PROGRAM'
import sys, unicodedata
text = open(sys.argv[1], "rb").read().decode("utf-8")
bad = {c for c in text if c not in "\n" and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp")}
sys.exit(f"raw: {bad!r} in {text!r}" if bad else 0)
END_OF_PROGRAM
}

# shows COMMAND...: all that the command writes, here and on a terminal, is printable.
shows() {
    "$@" >shown 2>&1 </dev/null || true
    not_raw shown
    python3 "$INTEGRATION/terminal.py" drawn 300 "$@" >shown </dev/null || true
    sed -e 's/\r//g' -e 's/\x1b\[K//g' drawn >>shown
    not_raw shown
}
END

test_case "the command that fetches a snapshot can be pasted, whatever its paths are called" <<'END'
. "$INTEGRATION_TEXT_STEPS"
names=('a,b' 'a+b' 'a-b' 'aXb' 'run[1]' 'run1' "it's; touch pwned" 'back\slash' 'back/slash' '$(touch pwned)' 'st*r' 'stxr'
    'trail ' 'trail' ' lead' 'end\' '-dash' '!bang' '#hash' 'ünï 模型' 'sub/p,q,r ' 'sub/p,q-r ')
make_odd_snapshots "${names[@]}"
cd clone
for step in "${!names[@]}"; do check_command "s$step" "${names[step]}"; done
[ -z "$(find .. -name pwned)" ]
END

test_case "where a path cannot be pasted, the command fetches the snapshot's whole commit" <<'END'
. "$INTEGRATION_TEXT_STEPS"
make_odd_snapshots $'line\nend' $'esc\e[31m' $'bidi\u202e'
cd clone
for step in 0 1 2; do
    [ "$(git tag -l --format='%(contents:body)' "snapshot/s$step" | sed '/^$/d')" = "git lfs fetch origin snapshot/s$step" ]
    git cat-file tag "snapshot/s$step" >text
    not_raw text
done
git tag -l --format='%(contents:body)' snapshot/s0 | sh
modmeta verify s0
END

test_case "commands in messages can be pasted: hooks, doctor, push" <<'END'
. "$INTEGRATION_TEXT_STEPS"
modmeta install
mkdir qa
cd qa
modmeta init --project qa --hooks --remote "modmeta::file://$(dirname "$PWD")/store"
mkdir -p "./-it's [1]"
make_checkpoint "./-it's [1]/model.safetensors" 0
git add -A
must_fail git commit -q -m 1
command=$(sed -n 's/^  hint: Run: //p' said)
sh -c "${command/NAME/v1}"
git log --format=%s | grep -x 'Snapshot v1'
git push -q --follow-tags -u origin HEAD
make_checkpoint "./-it's [1]/model.safetensors" 1
must_fail git commit -q --allow-empty -m empty --no-verify --author=none
git commit -q --no-verify -a -m 2
must_fail git push -q --no-verify origin "HEAD:refs/heads/o'ther\$x"
sed 's/.*(run: \(git lfs push .*\)))$/\1/' said | grep '^git lfs push' >command
sh command
git push -q --no-verify origin "HEAD:refs/heads/o'ther\$x"
cd ..
mv store "st'ore \$x"
mkdir -p "st'ore \$x/refs/heads"
touch -d '1 hour ago' "st'ore \$x/refs/heads/gone.lock"
modmeta doctor "modmeta::$PWD/st'ore \$x" >report || true
sed -n 's/^ *-> \(rm .*\)/\1/p' report | sh
[ ! -e "st'ore \$x/refs/heads/gone.lock" ]
END

test_case "nothing from elsewhere reaches the terminal raw" <<'END'
. "$INTEGRATION_TEXT_STEPS"
modmeta install
mkdir "qa$ODD"
cd "qa$ODD"
modmeta init --project "p$ODD" --base-model "b$ODD" --remote "modmeta::file://$(cd .. && pwd)/store"
mkdir "d$ODD"
make_checkpoint "d$ODD/m$ODD.safetensors" 0
printf 'learning_rate: 2e-4\n"k\\e[31m": 1\n' >"c$ODD.yaml"
echo '{}' >"data$ODD.jsonl"
shows modmeta snapshot v1 "d$ODD" -m $'message \e[31m\u202e\nmodmeta: line' --config "c$ODD.yaml" --no-check \
    --dataset "data$ODD.jsonl" --gpu-info "G$ODD" --env "A=v$ODD" --domain "dom$ODD"
git cat-file commit HEAD >text
not_raw text
git cat-file tag snapshot/v1 >text
not_raw text
git show HEAD:.modmeta/snapshots/v1.yaml >text
not_raw text
shows git push -q --follow-tags -u origin HEAD
for verb in 'list' 'list --json' 'show v1' 'show v1 --json' 'verify v1' 'verify v1 --json' 'verify none' 'doctor' 'doctor --json'; do
    shows modmeta $verb
done
for verb in inspect id; do
    shows modmeta $verb "d$ODD"
    shows modmeta $verb "d$ODD" --json
    shows modmeta $verb "d$ODD/m$ODD.safetensors"
    shows modmeta $verb "d$ODD/none"
done
shows modmeta check "c$ODD.yaml"
shows modmeta check "c$ODD.yaml" --json
shows modmeta fetch v1 "$(cd .. && url_of)" --to "../to$ODD"
shows modmeta fetch v1 "$(cd .. && url_of)" --to "../to$ODD" --json
shows modmeta fetch v1 "$(cd .. && url_of)" --to ../tensors --tensors "$ODD"
shows modmeta fetch "v$ODD" "$(cd .. && url_of)" --to ../none
cp "d$ODD/m$ODD.safetensors" "new$ODD"
shows modmeta delta "d$ODD/m$ODD.safetensors" "new$ODD" -o "patch$ODD"
shows modmeta patch "new$ODD" "c$ODD.yaml" -o "out$ODD"
mkdir -p "../store/modmeta/manifests/y$ODD"
touch "../store/modmeta/x$ODD"
for verb in 'stat' 'stat --json' 'verify' 'verify --json' 'gc -n' 'gc -n --json'; do shows modmeta store $verb "$(cd .. && url_of)"; done
shows modmeta store copy "$(cd .. && url_of)" "$(cd .. && url_of)$ODD"
shows modmeta prune --keep-last 1 -n "$(cd .. && url_of)" --project "p$ODD"
git tag "snapshot/odd" HEAD
git push -q origin snapshot/odd
shows modmeta prune --keep-last 0 -n "$(cd .. && url_of)"
END

test_case "arguments are repeated in printable characters, on one line" <<'END'
. "$INTEGRATION_TEXT_STEPS"
for arguments in "--$ODD" "$ODD" $'store\u202e' $'--x\nmodmeta: ok'; do
    shows modmeta "$arguments"
    shows modmeta store verify "$arguments" extra
    shows modmeta list --since "$arguments"
done
must_fail modmeta list $'--x\nmodmeta: ok'
[ "$(grep -c '^modmeta: ok' said)" = 0 ]
shows modmeta --help
modmeta --generate-completion-script bash >script
bash -n script
END

test_case "what git says of a hostile store is passed on in printable characters" <<'END'
. "$INTEGRATION_TEXT_STEPS"
make_store
cp "$(ls store/objects/pack/*.pack | head -n 1)" "store/objects/pack/pack-$ODD.pack"
echo x >"store/objects/pack/pack-$ODD.idx"
shows git clone "$(url_of)" other
shows git -C local fetch --progress
printf 'version modmeta\n \e[31m\n' >store/modmeta/format
shows git clone "$(url_of)" another
END

test_case "passwords in URLs are not shown" <<'END'
modmeta install
git init -q qa
cd qa
git remote add origin modmeta::https://me:hunter2hunter2@127.0.0.1:9/x.git
git remote add token modmeta::https://tokentoken12345678@127.0.0.1:9/y.git
git config lfs.https://me:hunter2hunter2@127.0.0.1:9/x.git.locksverify false
for command in 'modmeta doctor --json' 'git ls-remote origin' 'modmeta init --remote modmeta::https://b:hunter2hunter2@h/x' \
    'modmeta store verify modmeta::ftp://me:hunter2hunter2@h/x' 'git push origin HEAD' 'modmeta store gc --bad=https://a:hunter2@h/'; do
    $command >said 2>&1 || true
    cat said
    ! grep -E 'hunter2|tokentoken' said
done
END

finish

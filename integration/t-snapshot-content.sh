#!/bin/bash
# What a snapshot commits is what it hashed, and weights go through git-lfs whatever they are called.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_CONTENT_STEPS="$ROOT/content-steps.sh"
cat >"$INTEGRATION_CONTENT_STEPS" <<'END'
# A repository "r" with one checkpoint in ck, of which the snapshot s0 was taken; the shell is in it.
make_content_repo() {
    modmeta install
    mkdir r
    cd r
    modmeta init --project p --remote "modmeta::file://$(dirname "$PWD")/store"
    mkdir ck
    make_checkpoint ck/model.safetensors 0
    printf '{\n  "a": 1\n}\n' >ck/config.json
    modmeta snapshot s0 ck
}
# Takes a snapshot, and proves it here and in clones that convert the ends of lines.
prove() {
    modmeta snapshot "$1" ck
    modmeta verify "$1"
    git push -q --follow-tags -u origin HEAD
    local ends
    for ends in true input; do
        rm -rf ../clone
        git -c core.autocrlf=$ends clone -q --config core.autocrlf=$ends "$(git config remote.origin.url)" ../clone
        diff -r -x .git ck ../clone/ck
        modmeta verify "$1" ../clone/ck
    done
}
# Takes a snapshot, and proves it here.
sound() {
    modmeta snapshot "$1" ck
    modmeta verify "$1"
}
# bytes FILE COUNT: a file of so many bytes that are no text.
bytes() { mkdir -p "$(dirname "$1")"; head -c "$2" /dev/urandom >"$1"; }
# in_lfs PATH: the commit has a pointer for it.
in_lfs() { git cat-file blob "HEAD:$1" | grep -q '^oid sha256:'; }
END

test_case "attributes and configuration that change bytes change none of a snapshot" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
printf '{\r\n  "a": 2\r\n}\r\n' >ck/config.json
printf 'x\ny\n' >ck/lf.txt
printf '$Id: 7 $\n' >ck/ident.txt
prove s1
# Lines of one's own, behind ours.
printf '*.txt text=auto ident eol=crlf\n*.json text working-tree-encoding=UTF-16\n' >>.gitattributes
git config core.autocrlf input
git config core.safecrlf true
prove s2
[ "$(grep -c '^/ck/\*\* -text' .gitattributes)" = 1 ]
prove s3
[ "$(grep -c '^/ck/\*\* -text' .gitattributes)" = 1 ]
END

test_case "a repository without any attributes gets those it needs, once" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
git rm -q --cached .gitattributes
rm .gitattributes
prove s1
in_lfs ck/model.safetensors
cat .gitattributes
[ "$(wc -l <.gitattributes)" = 2 ]
END

test_case "what lines at the top cannot mend is refused, with the file that has the last word" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
for place in ck/.gitattributes .git/info/attributes; do
    cp .gitattributes before
    echo '*.json text eol=crlf' >"$place"
    must_fail modmeta snapshot s1 ck
    said "$place"
    cmp .gitattributes before
    rm "$place"
done
git config filter.upper.clean 'tr a-z A-Z'
echo '*.json filter=upper' >>.gitattributes
must_fail modmeta snapshot s1 ck
said "the filter upper"
[ "$(git tag)" = snapshot/s0 ]
sed -i '$d' .gitattributes
# git-lfs is there by the attributes of this repository alone.
sed -i '/safetensors/d' .gitattributes
echo '*.safetensors filter=lfs' >.git/info/attributes
prove s1
# And the program behind the filter is another one.
git config filter.lfs.process ''
git config filter.lfs.clean 'cat'
make_checkpoint ck/model.safetensors 1
must_fail modmeta snapshot s2 ck
said "ck/model.safetensors"
END

test_case "what git believes of a file is not believed" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
git update-index --skip-worktree ck/model.safetensors ck/config.json
make_checkpoint ck/model.safetensors 1
echo '{"a":2}' >ck/config.json
sound s1
git update-index --assume-unchanged ck/model.safetensors ck/config.json
make_checkpoint ck/model.safetensors 2
echo '{"a":3}' >ck/config.json
sound s2
git config core.checkStat minimal
git config core.trustctime false
touch -d 2020-01-01 ck/*
git add -A
git status >/dev/null
sleep 1.1
make_checkpoint ck/model.safetensors 3
echo '{"a":4}' >ck/config.json
touch -d 2020-01-01 ck/*
prove s3
END

test_case "what git does not look at is looked at" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
git update-index --skip-worktree ck/config.json
rm ck/config.json
sound s4
[ "$(git ls-tree -r --name-only HEAD ck)" = ck/model.safetensors ]
echo '{"a":4}' >ck/config.json
git commit -q -m rest || true
git sparse-checkout set --no-cone '/*' '!/ck/'
mkdir -p ck
make_checkpoint ck/model.safetensors 4
echo '*' >.git/info/exclude
echo '{"a":5}' >ck/config.json
sound s5
git config core.ignoreCase true
git mv -f ck/config.json ck/Config.json 2>/dev/null || mv ck/config.json ck/Config.json
prove s6
END

test_case "a repository in the checkpoint or around it is refused" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
for place in ck ck/best/deep; do
    mkdir -p "$place"
    cp ck/model.safetensors "$place/x.safetensors"
    git init -q "$place"
    must_fail modmeta snapshot s1 ck
    said "$place is a Git repository of its own"
    must_fail modmeta snapshot s1 "$place"
    rm -rf "$place/.git"
done
echo 'gitdir: /nowhere' >ck/best/.git
must_fail modmeta snapshot s1 ck
said "ck/best is a Git repository"
must_fail modmeta snapshot s1 ck/best/deep
rm ck/best/.git
modmeta snapshot s1 ck
modmeta verify s1
# What an earlier version committed of one.
git init -q ck/best
git -C ck/best add -A
git -C ck/best commit -q -m x
cp .modmeta/snapshots/s1.yaml s1.yaml
git rm -q -r --cached ck/best
git add ck/best
git commit -q -m "a link"
git tag -f snapshot/s1
must_fail modmeta verify s1
said "ck/best was a Git repository of its own"
END

test_case "weights go through git-lfs by what they are" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
printf '\x93NUMPY\x01\x00' >ck/a.npy
bytes tail 8000
cat tail >>ck/a.npy
bytes ck/model.onnx.data 300000
bytes ck/flax_model.msgpack 300000
bytes ck/model.keras 300000
bytes "ck/odd name[1]*?.weights" 300000
bytes 'ck/qu"ote\back' 300000
bytes ck/saved/variables/variables.data-00000-of-00001 300000
{ printf '\x1c\0\0\0TFL3'; cat tail; } >ck/model.lite
{ printf '\x89HDF\r\n\x1a\n'; cat tail; } >ck/weights
bytes ck/small 5000
# More than 10 MB of text.
python3 -c 'print("\"token\": 1,\n" * 1_000_000)' >ck/tokenizer.json
prove s1
for file in model.onnx.data flax_model.msgpack model.keras 'odd name[1]*?.weights' 'qu"ote\back' \
    saved/variables/variables.data-00000-of-00001 model.lite weights tokenizer.json; do
    in_lfs "ck/$file"
done
! in_lfs ck/small
cp .gitattributes before
# Whoever adds such a file later needs no snapshot for it.
bytes "ck/odd name[1]*?.weights" 300000
git add ck
git commit -q -m by-hand
in_lfs 'ck/odd name[1]*?.weights'
modmeta snapshot s2 ck
cmp .gitattributes before
END

test_case "what is excluded from git-lfs by hand is named" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
bytes ck/big 200000
echo '/ck/big -filter' >>.gitattributes
modmeta snapshot s1 ck 2>said
said "ck/big"
END

test_case "the hook names what would stay in Git for ever" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
modmeta init --hooks
bytes ck/big 200000
bytes ck/small 5000
python3 -c 'print("text " * 20_000)' >ck/words.txt
git add ck
must_fail git commit -q -m x
said "ck/big (200"
said "git lfs track --filename ck/big"
git lfs track --filename ck/big
git reset -q ck
git add .gitattributes ck
must_fail git commit -q -m x
said "modmeta snapshot NAME ck"
modmeta snapshot s1 ck
in_lfs ck/big
END

test_case "a run that ended in NaN says so, and is not the best" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
echo '{"log_history": [{"step": 100, "loss": 0.4}]}' >ck/trainer_state.json
modmeta snapshot good ck
echo '{"log_history": [{"step": 100, "loss": 0.4}, {"step": 200, "loss": NaN}]}' >ck/trainer_state.json
modmeta snapshot bad ck --metric accuracy=nan
git push -q --follow-tags -u origin HEAD
modmeta list | grep '^bad .* NaN'
modmeta list | grep '^bad .* NaN'
modmeta show bad | grep -x '  loss: .nan'
modmeta show bad --json | grep '"loss" *: *"NaN"'
[ "$(modmeta list 'loss<1' | wc -l)" = 2 ]
[ "$(modmeta list 'loss=nan' | wc -l)" = 2 ]
modmeta prune "$(git config remote.origin.url)" --keep-best loss --dry-run >said
grep '^keep .* good ' said
grep '^delete .* bad ' said
END

test_case "numbers are numbers to every loader of YAML, and TOML is a language of settings" <<'END'
. "$INTEGRATION_CONTENT_STEPS"
make_content_repo
printf 'learning_rate = 1e-5\nmax_grad_norm = inf\n[lora]\nr = 8\n' >c.toml
printf 'learning_rate: 0.00001\nmax_grad_norm: .inf\nbase: &b {warmup_ratio: 0.1}\nrun:\n  <<: *b\n' >c.yaml
modmeta check --quiet c.toml || true
modmeta snapshot s1 ck --config c.toml --config c.yaml --no-check --metric loss=0.00002
grep -x ' *learning_rate: 1.0e-05' .modmeta/snapshots/s1.yaml
grep -x ' *max_grad_norm: .inf' .modmeta/snapshots/s1.yaml
grep -x ' *loss: 2.0e-05' .modmeta/snapshots/s1.yaml
! grep -E ': -?[0-9]+e[-+]?[0-9]+ *$' .modmeta/snapshots/s1.yaml
END

finish

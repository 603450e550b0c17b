#!/bin/bash
# Pushes that go to several places: no store gets a pointer without its weights.
. "$(dirname "$0")/lib.sh"

# has_all STORE FILE...: a clone of the store has the branch with these weights.
has_all() {
    local store=$1 file
    shift
    rm -rf checked
    git clone -q "$(url_of "$store")" checked
    for file in "$@"; do cmp "checked/model.safetensors" "$file"; done
}
# has_no_branch STORE: nothing moved there.
has_no_branch() { [ -z "$(git ls-remote "$(url_of "$1")" 2>/dev/null)" ]; }
# push_urls REPO URL...: the remote "origin" pushes to these.
push_urls() {
    local repo=$1 url
    shift
    for url in "$@"; do git -C "$repo" remote set-url --add --push origin "$url"; done
}
# next_checkpoint STEP: commits model.safetensors at a step, in "qa".
next_checkpoint() {
    make_checkpoint qa/model.safetensors "$1" --mb 3
    git -C qa add -A
    git -C qa commit -q -m "step $1"
}
export -f has_all has_no_branch push_urls next_checkpoint

test_case "each push URL gets history and weights" <<'END'
make_weights_repo qa
push_urls qa "$(url_of one)" "$(url_of two)" "$(url_of three)"
next_checkpoint 0
git -C qa push -q origin main
next_checkpoint 1
git -C qa push -q origin main
for store in one two three; do
    has_all $store qa/model.safetensors
    modmeta store verify "$(url_of $store)"
done
# Also in the second and third store only what changed was sent.
[ "$(du -sb two/lfs | cut -f 1)" -lt 5000000 ]
END

test_case "each URL of a remote gets history and weights" <<'END'
make_weights_repo qa
git -C qa remote set-url --add origin "$(url_of two)"
next_checkpoint 0
git -C qa push -q origin main
has_all store qa/model.safetensors
has_all two qa/model.safetensors
END

test_case "rewritten URLs are followed" <<'END'
make_weights_repo qa
git -C qa config "url.modmeta::file://$PWD/.insteadOf" place:
git -C qa config "url.modmeta::file://$PWD/pushed-.pushInsteadOf" from:
push_urls qa place:one place:two
next_checkpoint 0
git -C qa push -q origin main
has_all one qa/model.safetensors
has_all two qa/model.safetensors
git -C qa remote add other from:one
git -C qa remote set-url --add other from:two
git -C qa push -q other main
has_all pushed-one qa/model.safetensors
has_all pushed-two qa/model.safetensors
END

test_case "a store that joins later gets what was pushed before" <<'END'
make_weights_repo qa
next_checkpoint 0
next_checkpoint 1
git -C qa push -q origin main
push_urls qa "$(url_of)" "$(url_of mirror)"
git -C qa push -q origin main
has_all mirror qa/model.safetensors
modmeta store verify "$(url_of mirror)"
git -C checked checkout -q HEAD~1
make_checkpoint 0.safetensors 0 --mb 3
cmp checked/model.safetensors 0.safetensors
END

test_case "nothing moves anywhere while a later store would lack weights" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 3
push_checkpoint qa 1 --mb 3
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" fresh
git -C fresh lfs install --local
git -C fresh lfs pull
rm -rf "fresh/.git/lfs/objects"
push_urls fresh "$(url_of)" "$(url_of mirror)"
commit fresh two
must_fail git -C fresh push origin main
said "weights missing in $(url_of mirror), and not in this repository: model.safetensors"
same store main qa main
has_no_branch mirror
# What the message says makes up for it.
advice=$(sed -n 's/.*(run: \(git lfs fetch [^,]*\), then push again).*/\1/p' said | head -n 1)
(cd fresh && eval "$advice")
git -C fresh push origin main
same store main fresh main
has_all mirror qa/model.safetensors
END

test_case "nothing moves while one of the stores cannot be used" <<'END'
make_weights_repo qa
mkdir foreign
touch foreign/file
push_urls qa "$(url_of one)" "$(url_of foreign)" "$(url_of three)"
next_checkpoint 0
must_fail git -C qa push origin main
said "$PWD/foreign is not empty"
has_no_branch one
has_no_branch three
# The same where git-lfs is not asked, as it has nothing to send.
must_fail git -C qa push --no-verify origin main
said "this push goes to $(url_of foreign) too, which cannot be used"
has_no_branch one
rm foreign/file
git -C qa push origin main
for store in one foreign three; do has_all $store qa/model.safetensors; done
END

test_case "an interruption between two stores is made up for" <<'END'
make_weights_repo qa
push_urls qa "$(url_of one)" "$(url_of two)"
next_checkpoint 0
git -C qa push -q origin main
next_checkpoint 1
# As if the push had ended after the first URL, and the second store had lost what it got.
cp -r two before
git -C qa push -q origin main
rm -rf two
mv before two
git -C qa push origin main
has_all two qa/model.safetensors
# git-lfs takes a branch for pushed that only the first store has.
git -C qa push -q origin main:other
rm -rf two
git -C qa push origin main:other main:third
has_all two qa/model.safetensors
END

test_case "a URL without a remote" <<'END'
make_weights_repo qa
next_checkpoint 0
git -C qa push -q "$(url_of elsewhere)" main
has_all elsewhere qa/model.safetensors
# Where the remote keeps its weights does not matter to another place.
git -C qa push -q origin main
next_checkpoint 1
git -C qa push -q origin main
git -C qa push -q "$(url_of elsewhere)" main
has_all elsewhere qa/model.safetensors
git -C qa push -q --no-verify "$(url_of third)" main
has_all third qa/model.safetensors
END

test_case "a setting for uploads alone leaves no store without weights" <<'END'
make_weights_repo qa
git -C qa config lfs.pushurl "$(url_of weights)"
next_checkpoint 0
git -C qa push -q origin main
has_all store qa/model.safetensors
git -C qa config --unset lfs.pushurl
git -C qa config remote.origin.lfspushurl "$(url_of weights)"
next_checkpoint 1
git -C qa push -q origin main
has_all store qa/model.safetensors
modmeta store verify "$(url_of weights)"
END

test_case "one store for weights is enough if a setting names it for everybody" <<'END'
make_weights_repo qa
push_urls qa "$(url_of one)" "$(url_of two)"
git -C qa config lfs.url "$(url_of weights)"
next_checkpoint 0
git -C qa push -q origin main
for store in one two; do
    git clone -q -c lfs.url="$(url_of weights)" "$(url_of $store)" "of-$store"
    cmp "of-$store/model.safetensors" qa/model.safetensors
done
[ ! -e one/lfs ] || [ -z "$(find one/lfs -type f)" ]
END

test_case "a plain repository beside a store gets no pointers without weights" <<'END'
make_weights_repo qa
git init -q --bare plain.git
next_checkpoint 0
push_urls qa "$PWD/plain.git" "$(url_of)"
must_fail git -C qa push origin main
said "the remote origin also pushes to $PWD/plain.git, which would get pointers without their weights"
[ -z "$(git -C plain.git for-each-ref)" ]
has_no_branch store
# What the message says.
advice=$(grep -o 'git config lfs.url [^`]*' said | head -n 1)
(cd qa && eval "$advice")
git -C qa push origin main
has_all store qa/model.safetensors
git clone -q -c lfs.url="$(url_of)" plain.git of-plain
cmp of-plain/model.safetensors qa/model.safetensors
END

test_case "a plain repository after a store gets its weights from git-lfs" <<'END'
make_weights_repo qa
git init -q --bare plain.git
next_checkpoint 0
push_urls qa "$(url_of)" "$PWD/plain.git"
git -C qa push origin main
has_all store qa/model.safetensors
git clone -q "file://$PWD/plain.git" of-plain
cmp of-plain/model.safetensors qa/model.safetensors
END

test_case "--mirror, --all, tags and --atomic go to every store" <<'END'
make_weights_repo qa
push_urls qa "$(url_of one)" "$(url_of two)"
next_checkpoint 0
git -C qa tag -a v1 -m v1
git -C qa checkout -q -b side
next_checkpoint 1
git -C qa push -q --atomic origin main side
git -C qa push -q --tags origin
git -C qa push -q --mirror origin
for store in one two; do
    git clone -q -b side "$(url_of $store)" "side-$store"
    cmp "side-$store/model.safetensors" qa/model.safetensors
    git -C "side-$store" checkout -q v1
done
modmeta store verify "$(url_of two)"
END

test_case "submodules go to the stores of their own remotes" <<'END'
make_weights_repo qa
push_urls qa "$(url_of one)" "$(url_of two)"
next_checkpoint 0
git -C qa push -q origin main
git config --global protocol.modmeta.allow always
git init -q super
git -C super submodule --quiet add "$(url_of one)" part
for store in one two; do git -C super/part remote set-url --add --push origin "$(url_of $store)"; done
git -C super commit -q -m part
make_checkpoint super/part/model.safetensors 1 --mb 3
git -C super/part commit -q -a -m "step 1"
git -C super commit -q -a -m "part at step 1"
git init -q --bare super.git
git -C super remote add origin "$PWD/super.git"
git -C super push -q --recurse-submodules=on-demand origin main
has_all one super/part/model.safetensors
has_all two super/part/model.safetensors
END

test_case "weights missing: the command in the message sends them" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 3
next_checkpoint 1
must_fail git -C qa push --no-verify origin main
advice=$(sed -n 's/.*(run: \(git lfs push .*\))).*/\1/p' said)
(cd qa && eval "$advice")
git -C qa push origin main
has_all store qa/model.safetensors
# Also where git-lfs takes them for pushed, as the store was made anew.
rm -rf store
must_fail git -C qa push --no-verify origin main
advice=$(sed -n 's/.*(run: \(git lfs push .*\))).*/\1/p' said)
(cd qa && eval "$advice")
git -C qa push origin main
has_all store qa/model.safetensors
END

finish

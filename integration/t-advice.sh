#!/bin/bash
# What messages and guides advise mends what they are about.
. "$(dirname "$0")/lib.sh"

# make_pushed_repo: "qa", pushed to "store": two weight files, others, and a branch "side" with other weights.
make_pushed_repo() {
    make_weights_repo qa
    mkdir qa/docs
    echo text | tee qa/README qa/docs/page >/dev/null
    make_checkpoint qa/adapter.safetensors 5 --mb 1
    push_checkpoint qa 0 --mb 3
    git -C qa checkout -q -b side
    push_checkpoint qa 1 --mb 3
    git -C qa checkout -q main
}
# lose_weights, find_weights: the store's weights are away for a while.
lose_weights() { mv store/lfs lost; }
find_weights() { rm -rf store/lfs && mv lost store/lfs; }
# is_whole REPO BRANCH: the work tree is that of "qa", and nothing is to be committed.
is_whole() {
    [ -z "$(git -C "$1" status --porcelain)" ]
    git -C qa checkout -q "$2"
    diff -r --exclude=.git "$1" qa
    git -C "$1" commit -q --allow-empty -m nothing
    [ -z "$(git -C "$1" diff --stat HEAD~1 HEAD)" ]
}
export -f make_pushed_repo lose_weights find_weights is_whole

test_case "a clone whose weights were missing is completed as the message says" <<'END'
make_pushed_repo
lose_weights
must_fail git clone "$(url_of)" elsewhere
advice=$(sed -n 's/.*complete the clone with `\([^`]*\)`.*/\1/p' said | head -n 1)
[ -n "$advice" ]
find_weights
(cd elsewhere && eval "$advice")
is_whole elsewhere main
# A repository that was checked out once is told nothing of the kind.
rm -rf elsewhere/.git/lfs/objects
lose_weights
must_fail git -C elsewhere checkout side
if grep 'complete the clone' said; then exit 1; fi
END

test_case "a clone whose agent was killed is completed as the guide says" <<'END'
make_pushed_repo
mkdir bin
printf '#!/bin/sh\n[ "$1" != lfs-agent ] || kill -9 $$\nexec "%s/modmeta" "$@"\n' "$MODMETA_BIN" >bin/modmeta
chmod +x bin/modmeta
PATH="$PWD/bin:$PATH" must_fail git clone "$(url_of)" elsewhere
cp -r elsewhere later
git -C elsewhere reset --hard
is_whole elsewhere main
GIT_LFS_SKIP_SMUDGE=1 git -C later reset --hard
[ -z "$(git -C later status --porcelain)" ]
git -C later lfs pull
is_whole later main
END

test_case "a checkout that failed is completed by the same command" <<'END'
make_pushed_repo
git clone -q "$(url_of)" elsewhere
lose_weights
must_fail git -C elsewhere checkout side
find_weights
git -C elsewhere checkout side || git -C elsewhere checkout -f side
is_whole elsewhere side
END

test_case "what doctor advises mends what it found" <<'END'
make_weights_repo qa
push_checkpoint qa 0 --mb 1
cd qa
git config --global --unset lfs.customtransfer.modmeta.path
git config --global --unset filter.lfs.process
rm .git/hooks/pre-push
must_fail modmeta doctor
grep -c ' -> ' said
sed -n 's/^ *-> //p' said | sort -u >advice
while read -r command; do eval "$command"; done <advice
rm advice
modmeta doctor
END

test_case "a commit and a push that hooks refuse, and a name git does not know" <<'END'
modmeta install
mkdir qa
(cd qa && modmeta init --project p --remote "$(cd .. && url_of)" --hooks)
cd qa
mkdir ck
make_checkpoint ck/model.safetensors 0 --mb 1
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
git config --global user.useConfigOnly true
must_fail modmeta snapshot v0 ck
sed -n 's/^ *hint: Run: //p' said >../advice
while read -r command; do eval "$command"; done <../advice
git add ck
must_fail git commit -m weights
advice=$(sed -n 's/^ *hint: Run: //p' said | sed 's/NAME/v1/')
eval "$advice"
must_fail git push --no-verify origin HEAD snapshot/v1
advice=$(sed -n 's/.*(run: \(git lfs push .*\))).*/\1/p' said | head -n 1)
eval "$advice"
git push -q --follow-tags -u origin HEAD
git clone -q "$(cd .. && url_of)" ../elsewhere
cmp ../elsewhere/ck/model.safetensors ck/model.safetensors
END

test_case "an object that the store lacks: the message names the command that sends it" <<'END'
make_pushed_repo
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" elsewhere
rm -rf store/lfs store/modmeta/manifests
(cd elsewhere && must_fail git lfs pull && cp said ../said)
advice=$(grep -o 'git lfs push --object-id [^;"]*' said | sed 's/<remote>/origin/; s/[. ]*$//' | sort -u)
(cd qa && eval "$advice")
git -C elsewhere lfs pull
cmp elsewhere/model.safetensors qa/model.safetensors
END

finish

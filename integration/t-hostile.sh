#!/bin/bash
# What somebody else may have put where modmeta works: in a repository, a temporary directory, a cache, a store.
. "$(dirname "$0")/lib.sh"

export INTEGRATION_HOSTILE_STEPS="$ROOT/hostile-steps.sh"
cat >"$INTEGRATION_HOSTILE_STEPS" <<'END'
# A store with the snapshot v1 of a small checkpoint, and its repository "qa".
make_snapshot_store() {
    modmeta install
    mkdir qa
    cd qa
    modmeta init --project qa --remote "modmeta::file://$(dirname "$PWD")/store"
    mkdir -p run/sub
    make_checkpoint run/model.safetensors 0 --mb 0.3
    make_checkpoint run/sub/more.safetensors 1 --mb 0.3
    echo '{"step": 1}' >run/config.json
    modmeta snapshot v1 run
    git push -q --follow-tags -u origin HEAD
    cd ..
}
# A bare repository at a path, every hook and setting of which would leave a file "pwned".
plant_repository() {
    git init -q --bare "$1"
    local hook
    for hook in reference-transaction post-checkout post-index-change pre-push; do
        printf '#!/bin/sh\ntouch "%s/pwned"\n' "$PWD" >"$1/hooks/$hook"
        chmod +x "$1/hooks/$hook"
    done
    git -C "$1" config core.fsmonitor "touch $PWD/pwned"
    git -C "$1" config core.sshCommand "touch $PWD/pwned"
}
# within SECONDS COMMAND...: as must_fail, and it does not hang.
within() {
    local seconds=$1
    shift
    must_fail timeout --preserve-status -s KILL "$seconds" "$@"
}
END

test_case "nothing in the directory that is fetched into is taken for ours" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
mkdir -p out/.modmeta-fetch/partial out/.modmeta-fetch/objects victim
echo precious >victim/file
plant_repository out/.modmeta-fetch/history
plant_repository out/.modmeta-fetch/manifests.git
for object in $(git -C qa lfs ls-files -l snapshot/v1 | cut -d' ' -f1); do
    ln -s "$PWD/victim/file" "out/.modmeta-fetch/partial/$object"
    ln -s "$PWD/victim/file" "out/.modmeta-fetch/objects/$object"
done
ln -s "$PWD/victim/file" out/.modmeta-fetch/state.sqlite
ln -s "$PWD/victim" out/.modmeta-fetch/slots
git init -q out
cd out
modmeta fetch v1 "$(cd .. && url_of)" --to .
modmeta fetch v1 "$(cd .. && url_of)" --to part --tensors '*'
cd ..
cmp out/run/config.json qa/run/config.json 2>/dev/null || cmp out/config.json qa/run/config.json
[ ! -e pwned ]
[ "$(cat victim/file)" = precious ]
[ "$(ls -A victim)" = file ]
[ "$(find out -name '.modmeta-fetch-*' | wc -l)" = 0 ]
END

test_case "links at every level of the target are not followed" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
git init -q clone
mkdir clone/deep clone/file clone/inner away
ln -s "$PWD/away" clone/top
ln -s "$PWD/away" clone/deep/middle
ln -s "$PWD/away/new" clone/file/model.safetensors
ln -s "$PWD/away" clone/inner/sub
cd clone
for target in top top/x deep/middle deep/middle/x "$PWD/top/y"; do
    must_fail modmeta fetch v1 "$(cd .. && url_of)" --to "$target"
    said "is a symbolic link in a Git work tree"
done
must_fail modmeta fetch v1 "$(cd .. && url_of)" --to file
said "is there already"
must_fail modmeta fetch v1 "$(cd .. && url_of)" --to inner
said "is a symbolic link"
must_fail modmeta fetch v1 "$(cd .. && url_of)" --to .git/modmeta
said "is git's own"
cd ..
[ -z "$(ls -A away)" ]
ln -s away mine
modmeta fetch v1 "$(url_of)" --to mine/out
diff -r away/out qa/run
END

test_case "a fetch goes on with what the user's cache knows, and with nothing else" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
# The second file's place is taken, so that the first fetch ends half way.
mkdir -p out/sub
echo other >out/sub/more.safetensors
must_fail modmeta fetch v1 "$(url_of)" --to out
rm -rf out home/.cache
# An object whose payloads break off leaves a partial file.
make_checkpoint qa/run/model.safetensors 5 --mb 3
(cd qa && modmeta snapshot v2 run && git push -q --follow-tags)
payloads=$(ls -S $(find store/lfs/objects -type f) | head -n 1)
mv "$payloads" saved
must_fail modmeta fetch v2 "$(url_of)" --to out
left=$(echo out/.modmeta-fetch-*)
[ -d "$left/partial" ]
[ "$(stat -c %a "$left")" = 700 ]
[ "$(find home/.cache/modmeta/fetch -type f | wc -l)" = 1 ]
[ "$(stat -c %a home/.cache/modmeta)" = 700 ]
mv saved "$payloads"
# Another directory of the same name is not the one that was noted.
mv "$left" moved
mkdir -m 700 "$left"
ln -s /etc "$left/partial"
modmeta fetch v2 "$(url_of)" --to out2
rm "$left/partial"
rmdir "$left"
mv moved "$left"
modmeta fetch v2 "$(url_of)" --to out
diff -r out qa/run
[ ! -e "$left" ]
[ "$(find home/.cache/modmeta/fetch -type f | wc -l)" = 0 ]
END

test_case "a cache that is not ours alone is not used" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
mkdir -p other
for plant in link writable owner; do
    rm -rf home/.cache
    mkdir home/.cache
    case $plant in
        link) ln -s "$PWD/other" home/.cache/modmeta ;;
        writable) mkdir home/.cache/modmeta && chmod 777 home/.cache/modmeta ;;
        owner)
            [ "$(id -u)" = 0 ] || continue
            mkdir home/.cache/modmeta && chown 65534 home/.cache/modmeta
            ;;
    esac
    modmeta fetch v1 "$(url_of)" --to out-$plant
    diff -r out-$plant qa/run
    [ -z "$(ls -A other)" ]
    [ -z "$(ls -A home/.cache/modmeta/)" ]
done
rm -rf home/.cache
HOME=/nonexistent modmeta fetch v1 "$(url_of)" --to homeless
diff -r homeless qa/run
END

test_case "a temporary directory in which others exchange names is not used" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
mkdir shared
chmod 777 shared
TMPDIR="$PWD/shared" modmeta fetch v1 "$(url_of)" --to out
[ -z "$(ls -A shared)" ]
[ -d home/.cache/modmeta/tmp ]
[ -z "$(ls -A home/.cache/modmeta/tmp)" ]
chmod 777 home/.cache
must_fail env TMPDIR="$PWD/shared" modmeta fetch v1 "$(url_of)" --to out3
said "set TMPDIR to a directory that only you can write to"
chmod 1777 shared
TMPDIR="$PWD/shared" git clone -q "$(url_of)" clone
END

test_case "state in a repository that is a link is not used" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
mkdir away
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" clone
rm -rf clone/.git/modmeta
ln -s "$PWD/away" clone/.git/modmeta
cd clone
git lfs pull
cmp run/model.safetensors ../qa/run/model.safetensors
[ -z "$(ls -A ../away)" ]
cd ..
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" clone2
cd clone2
mkdir -m 700 .git/modmeta
mkdir -p .git/lfs/modmeta/partial
echo precious >../away/file
for name in state.sqlite state.sqlite.lock state.sqlite-wal digests; do ln -s "$PWD/../away/file" .git/modmeta/$name; done
for object in $(git lfs ls-files -l | cut -d' ' -f1); do ln -s "$PWD/../away/file" .git/lfs/modmeta/partial/$object; done
must_fail git lfs pull
said "it is a symbolic link"
rm -r .git/lfs/modmeta/partial
git lfs pull
cmp run/model.safetensors ../qa/run/model.safetensors
[ "$(cat ../away/file)" = precious ]
END

test_case "links among the snapshots of a repository are not followed" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
mkdir away
echo secret >away/secret.yaml
cd qa
rm -rf .modmeta/snapshots
ln -s "$PWD/../away" .modmeta/snapshots
must_fail modmeta snapshot v2 run --no-commit
said "is a symbolic link"
rm .modmeta/snapshots
rm .modmeta/config.yaml
ln -s "$PWD/../away/secret.yaml" .modmeta/config.yaml
must_fail modmeta snapshot v3 run
said "symbolic link"
rm .modmeta/config.yaml
mkfifo .modmeta/config.yaml
within 20 modmeta snapshot v3 run
rm .modmeta/config.yaml .gitattributes
ln -s "$PWD/../away/secret.yaml" .gitattributes
must_fail modmeta init
said "is a symbolic link"
[ "$(ls ../away)" = secret.yaml ]
[ "$(cat ../away/secret.yaml)" = secret ]
END

test_case "pipes and devices in a store's files do not hold a clone up" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
object=$(find store/lfs/objects -type f | head -n 1)
manifest=$(find store/modmeta/manifests -type f | head -n 1)
pack=$(ls store/objects/pack/*.idx | head -n 1)
ref=$(find store/refs/heads -type f | head -n 1)
sketch=$(find store/modmeta/index -type f | head -n 1)
for file in store/HEAD store/config store/modmeta/format $object $manifest $sketch $pack ${pack%.idx}.pack $ref \
    store/packed-refs store/shallow store/info/refs store/objects/info/alternates store/modmeta/format.lock; do
    [ -n "$file" ] || continue
    [ ! -e "$file" ] || mv "$file" saved
    mkfifo "$file"
    rm -rf clone
    case $file in
        */format.lock | "$sketch") GIT_LFS_SKIP_SMUDGE=1 timeout -s KILL 30 git clone -q "$(url_of)" clone ;;
        *) within 30 git clone "$(url_of)" clone ;;
    esac
    within 30 modmeta fetch v1 "$(url_of)" --to "out-pipe" || case $file in
        */format.lock | "$sketch" | "$object" | "$manifest") true ;;
        *) false ;;
    esac
    rm -rf "$file" out-pipe
    [ ! -e saved ] || mv saved "$file"
done
ln -s /dev/zero store/refs/heads/zero
within 30 git clone "$(url_of)" clone2
rm store/refs/heads/zero
git clone -q "$(url_of)" clone3
END

test_case "a pipe in a repository's or cache's place does not hold a fetch up" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
GIT_LFS_SKIP_SMUDGE=1 git clone -q "$(url_of)" clone
cd clone
rm -rf .git/modmeta
mkdir -p -m 700 .git/modmeta/slots
mkfifo .git/modmeta/state.sqlite .git/modmeta/state.sqlite.lock .git/modmeta/slots/0 .git/modmeta/slots/waiting \
    .git/modmeta/snapshots.index .git/modmeta/digests
for object in $(git lfs ls-files -l | cut -d' ' -f1); do
    mkdir -p ".git/lfs/objects/${object:0:2}/${object:2:2}"
    mkfifo ".git/lfs/objects/${object:0:2}/${object:2:2}/$object"
done
within 60 modmeta fetch v1 --to ../pipes || true
find .git/lfs/objects -type p -delete
timeout -s KILL 60 modmeta fetch v1 --to ../out
diff -r ../out ../qa/run
timeout -s KILL 60 git lfs pull
END

test_case "a snapshot without files, or with others than its ID names, is refused" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
cd qa
# The same document on a commit that holds none of its files, and on one that holds another weight file.
tree=$(printf '040000 tree %s\t.modmeta\n' "$(git rev-parse snapshot/v1:.modmeta)" | git mktree)
git tag -f -a -m none snapshot/v1 "$(git commit-tree -m none "$tree")"
git push -q -f origin refs/tags/snapshot/v1
must_fail modmeta fetch v1 --to ../none
said "holds none of its files"
[ ! -e ../none ]
must_fail modmeta fetch v1 "$(cd .. && url_of)" --to ../none
git tag -f -a -m good snapshot/v1 HEAD
cp run/sub/more.safetensors run/model.safetensors
git add run
git commit -q -m other
git tag -f -a -m other snapshot/v1 HEAD
git push -q -f origin HEAD refs/tags/snapshot/v1
for where in origin url; do
    status=0
    case $where in
        origin) modmeta fetch v1 --to ../other 2>said || status=$? ;;
        url) modmeta fetch v1 "$(cd .. && url_of)" --to ../other 2>said || status=$? ;;
    esac
    [ "$status" = 1 ]
    said "do not have the content that"
    [ "$(find ../other -type f | wc -l)" = 0 ]
done
must_fail modmeta verify v1
said "though every file is what the snapshot's commit holds"
END

test_case "names that are git's own on some file system are refused" <<'END'
. "$INTEGRATION_HOSTILE_STEPS"
make_snapshot_store
cd qa
snapshots=$(git rev-parse snapshot/v1:.modmeta)
blob=$(echo evil | git hash-object -w --stdin)
for name in .GIT git~1 '.git ' "$(printf '.g\xe2\x80\x8cit')" .git::x; do
    inner=$(printf '100644 blob %s\tconfig\n' "$blob" | git mktree)
    run=$(printf '040000 tree %s\t%s\n100644 blob %s\tconfig.json\n' "$inner" "$name" "$blob" | git mktree)
    top=$(printf '040000 tree %s\t.modmeta\n040000 tree %s\trun\n' "$snapshots" "$run" | git mktree)
    git tag -f -a -m evil snapshot/v1 "$(git commit-tree -m evil "$top")"
    must_fail modmeta fetch v1 --to ../out
    said "git's own"
    [ ! -e ../out ]
done
END

finish

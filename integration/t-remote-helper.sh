#!/bin/bash
# git-remote-modmeta under real git: every command a person gives to git that reaches the helper.
. "$(dirname "$0")/lib.sh"

test_case "first push makes the store, without noise" <<'END'
git init -q local
commit local one
git -C local remote add origin "$(url_of)"
git -C local push origin main >said 2>&1
said "[new branch]"
if grep -Ei 'error|warning|fatal' said; then exit 1; fi
same local main store main
same local origin/main store HEAD
check_store
END

test_case "first push runs the pre-push hook of git-lfs without noise" <<'END'
git init -q local
git -C local lfs install --local
commit local one
git -C local remote add origin "$(url_of)"
git -C local push origin main >said 2>&1
if grep -Ei 'error|warning|fatal' said; then exit 1; fi
same local main store main
END

test_case "clone" <<'END'
make_store
same local main store main
[ "$(git -C local symbolic-ref refs/remotes/origin/HEAD)" = refs/remotes/origin/main ]
git -C local fsck --strict
[ -z "$(find local/.git -name '*.keep')" ]
END

test_case "clone an empty store" <<'END'
make_store
git -C store update-ref -d refs/heads/main
git clone "$(url_of)" other >said 2>&1
said "empty repository"
END

test_case "clone with a detached HEAD in the store" <<'END'
make_store
commit local two
git -C local push -q
git -C store update-ref --no-deref HEAD "$(git -C store rev-parse main~1)"
git clone "$(url_of)" other
same other HEAD store main~1
END

test_case "clone --bare, --mirror, --branch, --single-branch, --no-tags" <<'END'
make_store
git -C local tag v1
git -C local push -q origin v1 main:side
git clone -q --bare "$(url_of)" bare.git
same bare.git side store side
git clone -q --mirror "$(url_of)" mirror.git
same mirror.git refs/tags/v1 store v1
git clone -q --single-branch --branch side "$(url_of)" single
same single HEAD store side
has_no single refs/remotes/origin/main
git clone -q --no-tags "$(url_of)" bald
has_no bald refs/tags/v1
END

test_case "push and pull" <<'END'
make_store
git clone -q "$(url_of)" other
commit local two
git -C local push
git -C other pull
same other HEAD local HEAD
check_store
END

test_case "push again says all is up to date" <<'END'
make_store
git -C local push origin main >said 2>&1
said "Everything up-to-date"
END

test_case "push a new branch" <<'END'
make_store
git -C local checkout -q -b feature/deep
commit local two
git -C local push -u origin feature/deep
same local HEAD store feature/deep
same local HEAD local origin/feature/deep
check_store
END

test_case "push old:new, HEAD:new, object:ref" <<'END'
make_store
commit local two
git -C local push origin main:new1
git -C local push origin HEAD:new2
git -C local push origin HEAD:refs/heads/new3
git -C local push origin "$(git -C local rev-parse HEAD~1)":refs/heads/new4
same local HEAD store new1
same local HEAD store new2
same local HEAD store new3
same local HEAD~1 store new4
same seed main store main
check_store
END

test_case "a branch at a known commit needs no pack" <<'END'
make_store
commit local two
git -C local push -q
packs=$(ls store/objects/pack)
git -C local push origin main~1:refs/heads/old main:new
[ "$(ls store/objects/pack)" = "$packs" ]
same local main~1 store old
check_store
END

test_case "delete a branch and a tag" <<'END'
make_store
git -C local tag v1
git -C local push -q origin main:new main:other v1
git -C local push origin :new
git -C local push origin --delete other v1
has_no store new
has_no store other
has_no store v1
has_no local refs/remotes/origin/new
must_fail git -C local push origin --delete nothing
check_store
END

test_case "delete a packed ref" <<'END'
make_store
git -C local push -q origin main:new
git -C store pack-refs --all
git -C local push origin :new
has_no store new
same local main store main
check_store
END

test_case "the store's current branch is not deleted" <<'END'
make_store
must_fail git -C local push origin :main
said "deletion of the current branch prohibited"
same local main store main
END

test_case "a branch name freed in the same push can be used below" <<'END'
make_store
git -C local push -q origin main:a
git -C local push origin :a main:a/b
same local main store a/b
must_fail git -C local push origin main:a
said "'refs/heads/a/b' exists"
check_store
END

test_case "force" <<'END'
make_store
commit local two
git -C local push -q
git -C local commit -q --amend -m "another two"
must_fail git -C local push origin main
said "non-fast-forward"
git -C local push --force origin main
same local main store main
git -C local reset -q --hard HEAD~1
git -C local push origin +main
same local main store main
check_store
END

test_case "work of others is not overwritten" <<'END'
make_store
git clone -q "$(url_of)" other
commit local two
git -C local push -q
commit other three
must_fail git -C other push
said "fetch first"
same local main store main
git -C other pull -q --rebase -X theirs
git -C other push
same other main store main
END

test_case "work pushed between list and push is not overwritten, forced or not" <<'END'
make_store
git clone -q "$(url_of)" other
commit other theirs
mkdir -p local/.git/hooks
cat >local/.git/hooks/pre-push <<HOOK
#!/bin/sh
unset GIT_DIR GIT_PREFIX
git -C "$PWD/other" push -q origin main
HOOK
chmod +x local/.git/hooks/pre-push
commit local ours
must_fail git -C local push
said "fetch first"
same other main store main
commit other "theirs again"
git -C local fetch -q
must_fail git -C local push --force
said "stale info"
same other main store main
END

test_case "force-with-lease" <<'END'
make_store
commit local two
git -C local push -q
git -C local commit -q --amend -m "two, better"
git -C local push --force-with-lease
same local main store main
git clone -q "$(url_of)" other
commit other three
git -C other push -q
git -C local commit -q --amend -m "two, best"
must_fail git -C local push --force-with-lease
said "stale info"
same other main store main
git -C local push --force-with-lease=main:"$(git -C other rev-parse main)"
same local main store main
must_fail git -C local push --force-with-lease=fresh:"$(git -C local rev-parse main)" origin main:fresh
git -C local push --force-with-lease=fresh: origin main:fresh
same local main store fresh
must_fail git -C local push --force-with-lease=fresh: origin main~1:refs/heads/fresh
said "stale info"
check_store
END

test_case "a lease guards against what lands between list and push" <<'END'
make_store
git clone -q "$(url_of)" other
commit other theirs
mkdir -p local/.git/hooks
printf '#!/bin/sh\nunset GIT_DIR GIT_PREFIX\ngit -C "%s/other" push -q origin main\n' "$PWD" >local/.git/hooks/pre-push
chmod +x local/.git/hooks/pre-push
git -C local commit -q --amend -m ours
must_fail git -C local push --force-with-lease
said "stale info"
same other main store main
END

test_case "force-if-includes is refused honestly" <<'END'
make_store
commit local two
git -C local push -q
git -C local commit -q --amend -m "two, better"
must_fail git -C local push --force-with-lease --force-if-includes
same local main@{1} store main
END

test_case "tags: push, no update without force, force" <<'END'
make_store
git -C local tag v1
git -C local tag -a -m annotated v2
git -C local push origin --tags
same local v1 store v1
same local refs/tags/v2 store refs/tags/v2
git clone -q "$(url_of)" other
same other refs/tags/v2 store refs/tags/v2
commit local two
git -C local tag -f v1
must_fail git -C local push origin v1
said "already exists"
git -C local push --force origin v1
same local v1 store v1
check_store
END

test_case "follow-tags" <<'END'
make_store
commit local two
git -C local tag -a -m annotated v2
git -C local tag light
git -C local push --follow-tags
same local refs/tags/v2 store refs/tags/v2
has_no store light
END

test_case "atomic: all or none" <<'END'
make_store
git clone -q "$(url_of)" other
git -C local push --atomic origin main:a main:b
same local main store a
same local main store b
commit other theirs
git -C other push -q origin main:a
commit local ours
must_fail git -C local push --atomic origin main:a main:b main:c
same other main store a
same local main~1 store b
has_no store c
git -C local push --atomic origin main:b main:c
same local main store c
check_store
END

test_case "atomic: one ref that moves after the list stops all" <<'END'
make_store
git -C local push -q origin main:a main:b
git clone -q "$(url_of)" other
commit other theirs
mkdir -p local/.git/hooks
printf '#!/bin/sh\nunset GIT_DIR GIT_PREFIX\ngit -C "%s/other" push -q origin main:a\n' "$PWD" >local/.git/hooks/pre-push
chmod +x local/.git/hooks/pre-push
commit local ours
must_fail git -C local push --atomic origin main:a main:b
said "fetch first"
said "atomic push failed"
same other main store a
same local main~1 store b
END

test_case "without atomic the good refs land" <<'END'
make_store
commit local two
git -C local push -q
git -C local checkout -q -b fork HEAD~1
commit local fork
must_fail git -C local push origin fork:main fork:fork
same local main store main
same local fork store fork
END

test_case "dry run changes nothing, and makes no store" <<'END'
make_store
commit local two
before=$(find store | sort | xargs -d '\n' ls -ld --time-style=full-iso)
git -C local push --dry-run origin main main:new >said 2>&1
said "[new branch]"
[ "$(find store | sort | xargs -d '\n' ls -ld --time-style=full-iso)" = "$before" ]
git -C local push --dry-run "$(url_of absent)" main
[ ! -e absent ]
END

test_case "mirror" <<'END'
make_store
git -C local tag v1
git -C local checkout -q -b next
commit local two
git -C local update-ref refs/notes/commits HEAD
git -C local push -q origin main:doomed
git clone -q --mirror local mirror.git
git -C mirror.git push --mirror "$(url_of)"
same local next store next
same local refs/notes/commits store refs/notes/commits
same local v1 store v1
has_no store doomed
check_store
END

test_case "push --all, push --prune" <<'END'
make_store
git -C local branch a
git -C local branch b
git -C local push --all origin
same local a store a
git -C local branch -D b
git -C local push --prune origin 'refs/heads/*:refs/heads/*'
has_no store b
same local a store a
END

test_case "fetch new branches, several at once, with their tags" <<'END'
make_store
git clone -q "$(url_of)" other
git -C local checkout -q -b one
commit local one1
git -C local tag -a -m t t-one
git -C local checkout -q -b two main
commit local two1
git -C local push -q --all origin
git -C local push -q --tags origin
git -C other fetch
same other origin/one store one
same other origin/two store two
same other refs/tags/t-one store refs/tags/t-one
git ls-remote "$(url_of)" 'refs/tags/t-one^{}' >said
said "$(git -C local rev-parse one)"
git -C other fsck --strict
[ -z "$(find other/.git -name '*.keep')" ]
END

test_case "fetch a tag, HEAD, a URL, an older object by its ref" <<'END'
make_store
commit local two
git -C local tag -a -m t v1
git -C local push -q origin main v1
git init -q other
git -C other fetch "$(url_of)" tag v1
same other refs/tags/v1 store refs/tags/v1
git -C other fetch "$(url_of)" HEAD
same other FETCH_HEAD store HEAD
git -C other fetch "$(url_of)" main:copied
same other copied store main
git -C other fetch "$(url_of)"
END

test_case "fetch what a local branch already has" <<'END'
make_store
commit local two three
git -C local push -q origin main~1:refs/heads/old
git -C local fetch
git -C local push -q origin main
git -C seed pull -q "$(url_of)" main
git -C seed fetch "$(url_of)" old
same seed FETCH_HEAD store old
END

test_case "fetch --prune" <<'END'
make_store
git clone -q "$(url_of)" other
git -C local push -q origin main:new
git -C other fetch -q
git -C local push -q origin :new
git -C other fetch --prune
has_no other refs/remotes/origin/new
END

test_case "fetch with fsckObjects refuses a broken object" <<'END'
make_store
tree=$(git -C local mktree </dev/null)
bad=$(printf 'tree %s\nauthor no date\ncommitter A <a@b> 1 +0000\n\nbad\n' "$tree" |
    git -C local hash-object -t commit -w --literally --stdin)
git -C local push -q origin "$bad":refs/heads/bad
git init -q strict
git -C strict config fetch.fsckObjects true
must_fail git -C strict fetch "$(url_of)" bad
git -C strict config fetch.fsck.missingEmail ignore
git -C strict config fetch.fsck.missingNameBeforeEmail ignore
git -C strict config fetch.fsck.badDate ignore
git -C strict config fetch.fsckObjects false
git -C strict fetch "$(url_of)" bad
END

test_case "push to and fetch from URLs without a named remote" <<'END'
make_store
commit local two
git -C local push "$(url_of)" main:by-url
git -C local push "modmeta::$PWD/store" main:by-path
same local main store by-url
same local main store by-path
git -C local pull "$(url_of)" by-url
git ls-remote "$(url_of)" >said
said refs/heads/by-url
END

test_case "ls-remote outside of a repository" <<'END'
make_store
mkdir outside
cd outside
git ls-remote --heads "modmeta::file://${PWD%/outside}/store" >../said
cd ..
said refs/heads/main
if grep HEAD said; then exit 1; fi
END

test_case "ls-remote --symref names the current branch" <<'END'
make_store
git ls-remote --symref "$(url_of)" HEAD >said
said "ref: refs/heads/main	HEAD"
END

test_case "a path with blanks and other signs" <<'END'
git init -q local
commit local one
git -C local push "modmeta::$PWD/with blank:and \"quotes\"" main
git clone -q "modmeta::$PWD/with blank:and \"quotes\"" copy
same copy HEAD local HEAD
END

test_case "worktrees and subdirectories" <<'END'
make_store
git -C local worktree add -q -b side ../tree
commit tree side
mkdir tree/sub
cd tree/sub
git push origin side
git fetch
cd ../..
same tree HEAD store side
git clone -q "$(url_of)" other
commit other more
git -C other push -q
git -C tree fetch
same tree origin/main store main
END

test_case "submodule, where the protocol is allowed" <<'END'
make_store
git init -q outer
commit outer one
git -C outer -c protocol.modmeta.allow=always submodule add "$(url_of)" inner
git -C outer commit -q -m "add inner"
must_fail git clone --recurse-submodules outer refused
said "not allowed"
git -c protocol.modmeta.allow=always clone -q --recurse-submodules outer copy
same copy/inner HEAD store main
END

test_case "depth and filter give a whole clone, never half of one" <<'END'
make_store
commit local two three
git -C local push -q
git clone -q --depth 1 "$(url_of)" shallow || git clone -q "$(url_of)" shallow
[ "$(git -C shallow rev-list --count HEAD)" = 3 ]
git clone -q --filter=blob:none "$(url_of)" partial
git -C partial fsck --strict
[ "$(git -C partial rev-list --objects --missing=print --all | grep -c '^?')" = 0 ]
END

test_case "options nobody offers are refused honestly" <<'END'
make_store
commit local two
must_fail git -C local push --push-option=x origin main
must_fail git -C local push --signed origin main
same seed main store main
END

test_case "push from a shallow clone: what fits lands, what does not is explained" <<'END'
make_store
commit local two three
git -C local push -q
git clone -q --depth 1 "file://$PWD/store" shallow
commit shallow four
git -C shallow push "$(url_of)" main
same shallow main store main
must_fail git -C shallow push "$(url_of empty)" main
said "git fetch --unshallow"
check_store
END

test_case "SHA-256 repositories" <<'END'
make_store --object-format=sha256
[ "$(git -C local rev-parse --show-object-format)" = sha256 ]
[ "$(git -C store rev-parse --show-object-format)" = sha256 ]
commit local two
git -C local push -q
git -C seed pull -q "$(url_of)" main
same seed HEAD store main
git init -q --object-format=sha1 other
commit other one
must_fail git -C other push "$(url_of)" main:other
must_fail git -C other fetch "$(url_of)" main
check_store
END

test_case "stock git clones the store, over a path and as static files" <<'END'
make_store
commit local two
git -C local push -q
git clone -q store stock
same stock HEAD local HEAD
git clone -q "file://$PWD/store" stock2
same stock2 HEAD local HEAD
END

test_case "stock git pushes to the store, we fetch it; packed refs and loose objects are read" <<'END'
make_store
git clone -q store stock
commit stock two
git -C stock push -q origin main main:loose
git -C store pack-refs --all
commit stock three
git -C stock push -q origin main
git -C local fetch
same local origin/main stock main
same local origin/loose stock main~1
END

test_case "config and hooks of a store are not executed" <<'END'
make_store
mkdir -p store/hooks
for hook in pre-receive update post-receive post-update reference-transaction pre-auto-gc proc-receive; do
    printf '#!/bin/sh\ntouch "%s/executed"\nexit 1\n' "$PWD" >store/hooks/$hook
    chmod +x store/hooks/$hook
done
git -C store config core.fsmonitor "touch $PWD/executed"
git -C store config core.hooksPath "$PWD/store/hooks"
git -C store config core.alternateRefsCommand "touch $PWD/executed"
git -C store config uploadpack.packObjectsHook "touch $PWD/executed"
git -C store config receive.denyNonFastForwards true
commit local two
git -C local push
git clone -q "$(url_of)" other
git -C local push origin :nothing-there || true
[ ! -e executed ]
same local main store main
END

test_case "stores of unknown making are refused" <<'END'
make_store
git -C store config core.repositoryFormatVersion 1
git -C store config extensions.refStorage reftable
must_fail git clone "$(url_of)" other
said "extensions.refstorage"
git config --file store/config --unset extensions.refStorage
echo nonsense >store/HEAD
must_fail git clone "$(url_of)" other
said "fatal: modmeta:"
END

test_case "a store that is not there" <<'END'
must_fail git clone "$(url_of absent)" local
said "fatal: modmeta: "
said "no store at"
said "git push"
[ ! -e absent ]
git init -q local
commit local one
must_fail git -C local fetch "$(url_of absent)"
[ ! -e absent ]
END

test_case "a store that cannot be made" <<'END'
echo "in the way" >file
git init -q local
commit local one
must_fail git -C local push "modmeta::$PWD/file/store" main
said "fatal: modmeta: "
[ "$(grep -c fatal: said)" = 1 ]
END

test_case "a store whose objects are damaged" <<'END'
make_store
rm store/objects/pack/*
must_fail git clone "$(url_of)" other
said "fatal: modmeta: "
said "git fsck"
END

test_case "the first branch pushed becomes the current one" <<'END'
git init -q -b trunk local
commit local one
git -C local branch another
git -C local push "$(url_of)" another trunk
[ "$(git -C store symbolic-ref HEAD)" = refs/heads/trunk ]
git clone -q "$(url_of)" copy
[ "$(git -C copy symbolic-ref HEAD)" = refs/heads/trunk ]
git -C local push "$(url_of)" another:main
[ "$(git -C store symbolic-ref HEAD)" = refs/heads/trunk ]
END

test_case "a lock left behind is named" <<'END'
make_store
touch store/refs/heads/main.lock
commit local two
must_fail git -C local push
said "$PWD/store/refs/heads/main.lock"
rm store/refs/heads/main.lock
git -C local push
check_store
END

test_case "a lock held for a moment is waited for" <<'END'
make_store
touch store/refs/heads/main.lock
(sleep 1; rm store/refs/heads/main.lock) &
commit local two
git -C local push
wait
same local main store main
END

test_case "a dead push's protection is cleared away, a person's is not" <<'END'
make_store
commit local two
boot=$(cat /proc/sys/kernel/random/boot_id):$(stat -L -c %i /proc/self/ns/pid)
pack=$(basename store/objects/pack/*.pack .pack)
echo "modmeta-push $boot 999999999 1" >store/objects/pack/$pack.keep
echo "modmeta-push elsewhere:1 7 1" >store/objects/pack/pack-fresh.keep
echo "modmeta-push elsewhere:1 7 1" >store/objects/pack/pack-old.keep
touch -d '3 days ago' store/objects/pack/pack-old.keep
echo "mine" >store/objects/pack/pack-mine.keep
git -C local push -q
[ "$(cd store/objects/pack && ls *.keep | tr '\n' ' ')" = "pack-fresh.keep pack-mine.keep " ]
END

test_case "progress and verbosity" <<'END'
make_store
commit local two
git -C local push --progress >said 2>&1
said "Writing objects"
git -C local push -q origin main:quiet >said 2>&1
[ ! -s said ]
git clone --progress "$(url_of)" loud >said 2>&1
said "Receiving objects"
git clone -q "$(url_of)" silent >said 2>&1
[ ! -s said ]
END

test_case "the helper ends when git is gone" <<'END'
make_store
printf 'capabilities\nlist\n' | timeout 10 git-remote-modmeta origin "$PWD/store" >said
said connectivity
if printf 'push refs/heads/main:refs/heads/x\n' | GIT_DIR=local/.git timeout 10 git-remote-modmeta origin "$PWD/store"; then exit 1; fi
has_no store x
END

test_case "no pointer lands without its weights" <<'END'
make_store
printf 'the weights' >weights
oid=$(sha256sum weights | cut -d' ' -f1)
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 11\n' "$oid" >local/model.safetensors
git -C local add model.safetensors
git -C local commit -q -m pointer
commit local later
git -C local tag v1
must_fail git -C local push --no-verify origin main
said "weights missing: model.safetensors (run: git lfs push --all origin main)"
must_fail git -C local push --no-verify origin main v1 main~2:refs/heads/without
same local main~2 store without
has_no store v1
same seed main store main
must_fail git -C local push --no-verify --atomic origin v1 main~2:refs/heads/also
has_no store also
git -C local push --no-verify --dry-run origin main
mkdir -p "store/lfs/objects/${oid:0:2}/${oid:2:2}"
cp weights "store/lfs/objects/${oid:0:2}/${oid:2:2}/$oid"
git -C local push --no-verify origin main v1
same local main store main
check_store
END

test_case "modmeta.allowIncompletePush lets a pointer land alone" <<'END'
make_store
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 11\n' 0 >local/model.bin
git -C local add model.bin
git -C local commit -q -m pointer
must_fail git -C local push --no-verify origin main
git -C local -c modmeta.allowIncompletePush=maybe push --no-verify origin main && false
git -C local -c modmeta.allowIncompletePush=true push --no-verify origin main
same local main store main
END

test_case "a push that was killed is cleared away by the next" <<'END'
make_store
commit local two
cp -r store before
mkdir -p local/.git/hooks
cat >stall <<STALL
#!/bin/sh
case "\$*" in *index-pack*) : >"$PWD/stalled"; sleep 5 ;; esac
exec "$(command -v git)" "\$@"
STALL
chmod +x stall
mkdir bin
mv stall bin/git
(PATH="$PWD/bin:$PATH" GIT_DIR=local/.git git-remote-modmeta origin "file://$PWD/store" \
    <<<$'push refs/heads/main:refs/heads/main\n' >/dev/null 2>&1 & echo $! >pid; wait) || true &
while [ ! -e stalled ]; do sleep 0.05; done
kill -9 "$(cat pid)"
[ -n "$(ls "$TMPDIR")" ]
same before main store main
git -C local push -q
same local main store main
[ -z "$(ls "$TMPDIR")" ]
check_store
END

test_case "a gc --prune=now just before the refs change takes nothing" <<'END'
make_store
commit local two three
interrupt update-ref 'gc -q --prune=now'
helper_push refs/heads/main:refs/heads/main refs/heads/main~1:refs/heads/x
said "ok refs/heads/main"
same local main store main
git clone -q "$(url_of)" copy
git -C copy fsck --full
check_store
END

for moment in index-pack "rev-list --objects --quiet" update-ref; do
    test_case "a branch the push rests on goes, with its objects, just before $moment" <<END
make_store
git -C local checkout -q -b base
commit local base1 base2
git -C local push -q origin base
git -C local checkout -q -b top
commit local top
interrupt "$moment" 'update-ref -d refs/heads/base' 'gc -q --prune=now'
helper_push refs/heads/top:refs/heads/top
said "ok refs/heads/top"
same local top store top
check_store
END
done

test_case "two pushers of one branch: one lands, 20 rounds" <<'END'
make_store
git clone -q "$(url_of)" other
for round in $(seq 20); do
    commit local "local $round" & commit other "other $round" & wait
    (git -C local push -q origin main 2>local-said && touch local-won || true) &
    (git -C other push -q origin main 2>other-said && touch other-won || true) &
    wait
    [ "$(ls *-won | wc -l)" = 1 ]
    if [ -e local-won ]; then winner=local loser=other; else winner=other loser=local; fi
    same $winner main store main
    grep -F "fetch first" $loser-said
    rm ./*-won
    git -C $loser fetch -q
    git -C $loser reset -q --hard origin/main
done
check_store
END

test_case "two pushers of two branches: both land, 20 rounds" <<'END'
make_store
git clone -q "$(url_of)" other
git -C local checkout -q -b left
git -C other checkout -q -b right
for round in $(seq 20); do
    commit local "local $round" & commit other "other $round" & wait
    git -C local push -q origin left & first=$!
    git -C other push -q origin right & second=$!
    wait $first
    wait $second
    same local left store left
    same other right store right
done
check_store
END

test_case "our push beside stock push and beside gc --prune=now: what was acknowledged survives, 20 rounds" <<'END'
# Stock push and gc never run at once here: gc --prune=now sweeps away what a stock push has not yet put a ref on, and
# documents it. Ours must bear both.
make_store
git clone -q store stock
git -C local checkout -q -b ours
git -C stock checkout -q -b theirs
acknowledged=0
for round in $(seq 20); do
    commit local "local $round" "local $round again" & commit stock "stock $round" & wait
    (git -C local push -q --force origin ours ours~1:refs/heads/moving && touch local-done || true) &
    (git -C stock push -q origin theirs && touch stock-done || true) &
    wait
    [ -e stock-done ]
    [ -e local-done ]
    commit local "local $round once more"
    (git -C local push -q --force origin ours ours~2:refs/heads/moving && touch local-done-again || true) &
    git -C store gc -q --prune=now || true
    wait
    if [ -e local-done-again ]; then
        same local ours store ours
        acknowledged=$((acknowledged + 1))
    fi
    same stock theirs store theirs
    rm -f ./*-done*
    git -C store fsck --full --connectivity-only
done
# A gc may sweep away an unfinished pack, which is then sent again.
[ "$acknowledged" = 20 ]
git clone -q "$(url_of)" copy
git -C copy fsck --full
check_store
END

test_case "work rests on a branch that is deleted and pruned meanwhile" <<'END'
make_store
git -C local checkout -q -b base
commit local base1 base2
git -C local push -q origin base
git -C local checkout -q -b top
commit local top
mkdir -p local/.git/hooks
cat >local/.git/hooks/pre-push <<HOOK
#!/bin/sh
cd "$PWD/store"
unset GIT_DIR GIT_PREFIX
git update-ref -d refs/heads/base
git gc -q --prune=now
HOOK
chmod +x local/.git/hooks/pre-push
git -C local push origin top
same local top store top
check_store
END

finish

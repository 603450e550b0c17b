# Sourced by the cases of t-lfs-server.sh: steps with the https host HOST_URL, whose files are below HOST_DIR.

# make_host_repository NAME: an empty repository HOST_URL/NAME.git.
make_host_repository() {
    git init -q --bare "$HOST_DIR/repos/$1.git"
    git -C "$HOST_DIR/repos/$1.git" config http.receivepack true
}

# make_server_repository REPO NAME: a repository whose Git goes to NAME on the host and whose weights to its LFS server.
make_server_repository() {
    modmeta install
    git init -q "$1"
    git -C "$1" lfs install --local
    git -C "$1" lfs track '*.safetensors'
    git -C "$1" remote add origin "$HOST_URL/$2.git"
    git config -f "$1/.lfsconfig" lfs.url "modmeta::$HOST_URL/$2.git/info/lfs"
}

# What the LFS server has for NAME, in bytes.
server_bytes() { find "$HOST_DIR/objects/$1" -type f -printf '%s\n' 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }

# The documents of NAME.
documents() { git -C "$HOST_DIR/repos/$1.git" ls-tree -r --name-only refs/modmeta/manifests; }

# Sourced by t-*.sh: starts S3 services on 127.0.0.1, each with the bucket "models".
#
#   start_service NAME    moto, rclone, rclone-tls or radosgw; writes the file "$ROOT/NAME.env" with the variables AWS_*
#   stop_services         stops all that were started
#
# What they need is installed by s3-install.sh.

S3_SERVERS=${S3_SERVERS:-$HOME/.cache/modmeta/s3-servers}
SERVER_PIDS=()

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# wait_for SECONDS WHAT COMMAND...
wait_for() {
    local tenths=$(($1 * 10)) what=$2
    shift 2
    while ! "$@" >/dev/null 2>&1; do
        tenths=$((tenths - 1))
        [ $tenths -gt 0 ] || { echo "$what did not start" >&2; return 1; }
        sleep 0.1
    done
}

# write_environment NAME ENDPOINT KEY SECRET
write_environment() {
    cat >"$ROOT/$1.env" <<END_OF_ENVIRONMENT
export AWS_ENDPOINT_URL='$2' AWS_ACCESS_KEY_ID='$3' AWS_SECRET_ACCESS_KEY='$4' AWS_REGION=us-east-1
export MODMETA_TEST_S3=models
END_OF_ENVIRONMENT
}

# signed METHOD URL KEY SECRET: a request by curl, whose signatures have nothing to do with ours.
signed() {
    curl -sSf -o /dev/null -X "$1" --aws-sigv4 aws:amz:us-east-1:s3 --user "$3:$4" \
        -H "x-amz-content-sha256: $(printf '' | sha256sum | cut -d' ' -f1)" "${@:5}" "$2"
}

start_service() {
    mkdir -p "$ROOT/$1"
    "start_${1//-/_}" "$ROOT/$1"
}

start_moto() {
    local port key secret
    port=$(free_port)
    "$S3_SERVERS/bin/python" "$SERVER_SCRIPTS/moto_checked.py" "$port" "$1/ready" >"$1/log" 2>&1 &
    SERVER_PIDS+=($!)
    wait_for 60 moto test -e "$1/ready" || return 1
    read -r key secret <"$1/ready"
    write_environment moto "http://127.0.0.1:$port" "$key" "$secret"
}

start_rclone() { serve_by_rclone rclone "$1" http; }

start_rclone_tls() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$1/key.pem" -out "$1/cert.pem" 2>"$1/openssl.log" || return 1
    serve_by_rclone rclone-tls "$1" https --cert "$1/cert.pem" --key "$1/key.pem" || return 1
    echo "export AWS_CA_BUNDLE='$1/cert.pem'" >>"$ROOT/rclone-tls.env"
}

# serve_by_rclone NAME DIRECTORY SCHEME OPTIONS...
serve_by_rclone() {
    local name=$1 directory=$2 scheme=$3 port
    shift 3
    port=$(free_port)
    mkdir -p "$directory/data/models"
    RCLONE_CONFIG="$directory/rclone.conf" XDG_CACHE_HOME="$directory/cache" "$S3_SERVERS/bin/rclone" serve s3 \
        "$directory/data" --addr "127.0.0.1:$port" --auth-key rclonekey,rclonesecret "$@" >"$directory/log" 2>&1 &
    SERVER_PIDS+=($!)
    wait_for 30 "$name" signed GET "$scheme://127.0.0.1:$port/models" rclonekey rclonesecret -k || return 1
    write_environment "$name" "$scheme://127.0.0.1:$port" rclonekey rclonesecret
    echo "export MODMETA_TEST_S3_CONDITIONS=ignored" >>"$ROOT/$name.env"
}

# One monitor and one OSD in memory, without a manager; the gateway refuses `auth none`, so cephx it is.
start_radosgw() {
    local directory=$1 port monitor osd endpoint
    port=$(free_port)
    monitor=$(free_port)
    endpoint="http://127.0.0.1:$port"
    (
        cd "$directory"
        mkdir -p mon osd rgw run
        cat >ceph.conf <<END_OF_CONFIGURATION
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v2:127.0.0.1:$monitor
mon initial members = a
public addr = 127.0.0.1
ms bind ipv6 = false
ms bind msgr1 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon warn on pool no redundancy = false
mon allow pool size one = true
mon max pg per osd = 1000
osd objectstore = memstore
memstore device bytes = 2147483648
keyring = $directory/keyring
run dir = $directory/run
admin socket = $directory/run/\$name.asok
pid file = $directory/\$name.daemon
log file = $directory/\$name.log
[mon.a]
mon data = $directory/mon
[osd.0]
osd data = $directory/osd
keyring = $directory/osd/keyring
[client.rgw]
rgw data = $directory/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw enable usage log = false
END_OF_CONFIGURATION
        export CEPH_CONF=$directory/ceph.conf
        ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *'
        ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
        ceph-authtool keyring --gen-key -n client.rgw --cap mon 'allow *' --cap osd 'allow *'
        monmaptool --create --clobber --fsid "$(awk '/^fsid/ { print $3 }' ceph.conf)" \
            --addv a "[v2:127.0.0.1:$monitor]" monmap
        ceph-mon --mkfs -i a --monmap monmap --keyring keyring
    ) >"$directory/log" 2>&1 || return 1
    export CEPH_CONF=$directory/ceph.conf
    ceph-mon -i a -f >>"$directory/log" 2>&1 &
    SERVER_PIDS+=($!)
    wait_for 60 ceph-mon timeout 5 ceph -s || return 1
    osd=$(cat /proc/sys/kernel/random/uuid)
    {
        timeout 30 ceph osd new "$osd"
        ceph-authtool --create-keyring "$directory/osd/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' \
            --cap osd 'allow *'
        timeout 30 ceph auth add osd.0 -i "$directory/osd/keyring"
        ceph-osd -i 0 --mkfs --osd-uuid "$osd"
    } >>"$directory/log" 2>&1 || return 1
    ceph-osd -i 0 -f >>"$directory/log" 2>&1 &
    SERVER_PIDS+=($!)
    cp "$directory/keyring" "$directory/rgw/keyring"
    radosgw -n client.rgw -f >>"$directory/log" 2>&1 &
    SERVER_PIDS+=($!)
    wait_for 120 radosgw curl -s -o /dev/null "$endpoint/" || return 1
    timeout 60 radosgw-admin -n client.rgw user create --uid modmeta --display-name modmeta --access-key radoskey \
        --secret-key radossecret >>"$directory/log" 2>&1 || return 1
    unset CEPH_CONF
    signed PUT "$endpoint/models" radoskey radossecret || return 1
    write_environment radosgw "$endpoint" radoskey radossecret
}

# Stops what was started, last first, and waits for it.
stop_services() {
    local index
    for ((index = ${#SERVER_PIDS[@]} - 1; index >= 0; index--)); do
        kill "${SERVER_PIDS[index]}" 2>/dev/null
        wait "${SERVER_PIDS[index]}" 2>/dev/null
    done
    SERVER_PIDS=()
}

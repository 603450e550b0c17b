#!/usr/bin/env bash
# giftless.sh DIR PORT: starts the LFS server giftless on 127.0.0.1:PORT, keeping its objects in DIR/objects.
#
# The process id goes to DIR/giftless.pid. What is installed with pip stays in MODMETA_SERVERS for the next time
# (~/.cache/modmeta/servers where that is not set). GIFTLESS_LIFETIME is for how many seconds it lets objects be sent.
# Repositories need not be made: http://127.0.0.1:PORT/ORG/NAME.git/info/lfs.
set -euo pipefail
directory=$1 port=$2
here=$(cd "$(dirname "$0")" && pwd)
servers=${MODMETA_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/modmeta/servers}
mkdir -p "$servers" "$directory/objects"
(
    # Its wheel declares no dependencies. PyJWT from 2.10 on refuses the tokens giftless makes.
    flock 9
    if [ ! -e "$servers/giftless/ready" ]; then
        python3 -m venv "$servers/giftless"
        "$servers/giftless/bin/pip" install -q --disable-pip-version-check giftless==0.6.2 figcan flask flask-classful \
            flask-marshmallow marshmallow-enum 'marshmallow<4' pyyaml 'PyJWT<2.10' python-dateutil webargs \
            typing-extensions cachetools boto3 google-cloud-storage azure-storage-blob cryptography python-dotenv gunicorn
        touch "$servers/giftless/ready"
    fi
) 9>"$servers/giftless.lock"
cat >"$directory/giftless.yaml" <<END
TRANSFER_ADAPTERS:
  basic:
    factory: giftless.transfer.basic_streaming:factory
    options:
      storage_class: checked_giftless:CheckedStorage
      storage_options:
        path: $directory/objects
AUTH_PROVIDERS:
  - giftless.auth.allow_anon:read_write
LEGACY_ENDPOINTS: false
PRE_AUTHORIZED_ACTION_PROVIDER:
  options:
    private_key: a-secret-for-this-test-only-0123456789
    default_lifetime: ${GIFTLESS_LIFETIME:-900}
MIDDLEWARE:
  - class: werkzeug.middleware.proxy_fix:ProxyFix
    kwargs: {x_for: 1, x_proto: 1, x_host: 1, x_port: 1, x_prefix: 0}
END
export PYTHONDONTWRITEBYTECODE=1 HOME="$directory" GIFTLESS_CONFIG_FILE="$directory/giftless.yaml"
"$servers/giftless/bin/gunicorn" checked_giftless:app --pythonpath "$here" --chdir "$directory" \
    --bind "127.0.0.1:$port" --workers 2 --threads 8 --timeout 300 --daemon \
    --pid "$directory/giftless.pid" --access-logfile "$directory/access.log" --error-logfile "$directory/error.log"
for _ in $(seq 200); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && [ -s "$directory/giftless.pid" ]; then exit 0; fi
    sleep 0.1
done
echo "giftless did not start; see $directory/error.log" >&2
exit 1

#!/usr/bin/env bash
# https-host.sh DIR PORT: starts a complete Git host on https://localhost:PORT: nginx, git http-backend, giftless.
#
# Bare repositories are made in DIR/repos (`git init --bare DIR/repos/ORG/NAME.git`, http.receivepack=true). Below /open/ nobody is asked who
# they are; anywhere else the user is "me" with the password "p@ss word". The certificate is signed by DIR/ca.pem: set
# GIT_SSL_CAINFO to it. Process ids go to DIR/{nginx,fcgiwrap,giftless}.pid. Installs nginx-light and fcgiwrap by apt.
set -euo pipefail
directory=$1 port=$2
here=$(cd "$(dirname "$0")" && pwd)
missing=""
for package in nginx-light fcgiwrap; do dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"; done
if [ -n "$missing" ]; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    # The packages would start servers of their own.
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
mkdir -p "$directory/repos" "$directory/nginx"
cd "$directory"
bash "$here/giftless.sh" "$directory" $((port + 1))

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=modmeta test authority" -keyout ca.key -out ca.pem 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout host.key -out host.csr 2>/dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >host.ext
openssl x509 -req -in host.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile host.ext -out host.pem 2>/dev/null
printf 'me:%s\n' "$(openssl passwd -apr1 'p@ss word')" >htpasswd

cat >nginx.conf <<END
$([ "$(id -u)" != 0 ] || echo "user root;")
worker_processes 2; pid $directory/nginx.pid; error_log $directory/nginx/error.log; daemon on;
events {}
http {
  access_log $directory/nginx/access.log; client_max_body_size 0;
  client_body_temp_path $directory/nginx/b; proxy_temp_path $directory/nginx/p; fastcgi_temp_path $directory/nginx/f;
  uwsgi_temp_path $directory/nginx/u; scgi_temp_path $directory/nginx/s;
  map \$uri \$realm { ~^/open/ off; default git; }
  server {
    listen 127.0.0.1:$port ssl; ssl_certificate $directory/host.pem; ssl_certificate_key $directory/host.key;
    proxy_request_buffering off; proxy_buffering off; proxy_http_version 1.1;
    proxy_set_header Host \$http_host; proxy_set_header X-Forwarded-Proto \$scheme;
    proxy_set_header X-Forwarded-Host \$http_host; proxy_set_header X-Forwarded-For \$remote_addr;
    location ~ ^/.+\.git/info/lfs/objects/batch\$ {
      auth_basic \$realm; auth_basic_user_file $directory/htpasswd;
      proxy_set_header Host \$http_host; proxy_set_header X-Forwarded-Proto \$scheme;
      proxy_set_header X-Forwarded-Host \$http_host; proxy_set_header X-Forwarded-For \$remote_addr;
      proxy_set_header Authorization ""; proxy_pass http://127.0.0.1:$((port + 1));
    }
    location ~ ^/.+\.git/info/lfs/ { proxy_pass http://127.0.0.1:$((port + 1)); }
    location ~ ^/.+\.git/(HEAD|info/refs|objects/.*|git-upload-pack|git-receive-pack)\$ {
      auth_basic \$realm; auth_basic_user_file $directory/htpasswd;
      fastcgi_pass unix:$directory/fcgi.sock; include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $(git --exec-path)/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT $directory/repos; fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param PATH_INFO \$uri; fastcgi_param REMOTE_USER me; fastcgi_param HOME $directory;
    }
  }
}
END
printf '[safe]\n    directory = *\n' >.gitconfig
rm -f fcgi.sock
/usr/sbin/fcgiwrap -c 4 -s "unix:$directory/fcgi.sock" >fcgiwrap.log 2>&1 </dev/null &
echo $! >fcgiwrap.pid
disown
/usr/sbin/nginx -p "$directory" -c "$directory/nginx.conf" 2>>"$directory/nginx/start.log"
for _ in $(seq 100); do
    if [ -S fcgi.sock ] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then exit 0; fi
    sleep 0.1
done
echo "the https host did not start; see $directory/nginx" >&2
exit 1

#!/bin/bash
# proxies.sh DIR FIRST: runs microsocks, Dante, tinyproxy and Squid on the ports from FIRST on of 127.0.0.1 (microsocks, Dante,
# tinyproxy, Squid, Squid within TLS), says "ready" when all listen, and ends them, and removes DIR, as soon as standard input ends.
# DIR/tls.pem holds the certificate and key for TLS. All but Dante want user "ada" and password "se cret:1" (tinyproxy "secret1").
set -u
dir=$1
first=$2
pids=()
finish() {
  trap '' TERM INT HUP PIPE
  exec >/dev/null 2>&1 # nobody may be there to read
  local pid try
  for pid in "${pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do
    for ((try = 0; try < 50; try++)); do kill -0 -- "-$pid" 2>/dev/null || break; sleep 0.05; done
    kill -KILL -- "-$pid" 2>/dev/null
  done
  [ -z "${reader:-}" ] || kill "$reader" 2>/dev/null
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' TERM INT HUP

cat > "$dir/danted.conf" <<EOF
logoutput: $dir/danted.log
internal: 127.0.0.1 port = $((first + 1))
external: lo
user.privileged: root
user.unprivileged: nobody
clientmethod: none
socksmethod: none
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks block { from: 0.0.0.0/0 to: 127.0.0.1/32 port = 1 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
EOF
cat > "$dir/tinyproxy.conf" <<EOF
Port $((first + 2))
Listen 127.0.0.1
Timeout 60
LogFile "$dir/tinyproxy.log"
BasicAuth ada secret1
EOF
printf 'ada:%s\n' "$(openssl passwd -apr1 'se cret:1')" > "$dir/passwd"
cat > "$dir/squid.conf" <<EOF
http_port 127.0.0.1:$((first + 3))
https_port 127.0.0.1:$((first + 4)) tls-cert=$dir/tls.pem
auth_param basic program /usr/lib/squid/basic_ncsa_auth $dir/passwd
auth_param basic children 1
acl known proxy_auth REQUIRED
acl closed port 1
http_access deny closed
http_access allow known
http_access deny all
cache deny all
access_log none
cache_log $dir/squid.log
cache_store_log none
netdb_filename none
pid_filename none
coredump_dir $dir
shutdown_lifetime 0 seconds
EOF
chmod -R a+rX "$dir"
chmod 777 "$dir"

# Each is the leader of a session of its own: to end its process group ends what it started and nothing else.
start() {
  setsid "$@" </dev/null >>"$dir/out" 2>&1 &
  pids+=($!)
}
start microsocks -i 127.0.0.1 -p "$first" -u ada -P 'se cret:1'
start danted -f "$dir/danted.conf" -p "$dir/danted.pid"
start tinyproxy -d -c "$dir/tinyproxy.conf"
start squid -N -f "$dir/squid.conf"
exec 3<&0
cat <&3 >/dev/null &
reader=$!

listens() { (exec 4<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for ((port = first; port < first + 5; port++)); do
  for ((try = 0; try < 300; try++)); do
    listens "$port" && break
    for pid in "${pids[@]}" "$reader"; do kill -0 "$pid" 2>/dev/null || { cat "$dir/out"; exit 1; }; done
    sleep 0.05
  done
  [ "$try" -lt 300 ] || { echo "nobody listens on port $port"; cat "$dir/out"; exit 1; }
done
echo ready
wait -n "${pids[@]}" "$reader"

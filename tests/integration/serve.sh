#!/bin/bash
# serve.sh DIR: runs the Postfix, the Dovecot and, where there is one, the Exim that are configured under DIR, says "ready" when all
# listen, and ends them, and removes DIR, as soon as standard input ends: whoever holds the other end of it may die in any way.
set -u
dir=$1
pids=()
alive() { kill -0 -- "-$1" 2>/dev/null; }
finish() {
  trap '' TERM INT HUP PIPE
  exec >/dev/null 2>&1 # nobody may be there to read
  local pid try
  for pid in "${pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do
    for ((try = 0; try < 50; try++)); do alive "$pid" || break; sleep 0.05; done
    kill -KILL -- "-$pid" 2>/dev/null
  done
  [ -z "${reader:-}" ] || kill "$reader" 2>/dev/null
  [ -n "${POSTHASTE_KEEP_SERVERS:-}" ] || rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' TERM INT HUP

# Each is the leader of a session of its own: to end its process group ends what it started and nothing else.
setsid /usr/sbin/dovecot -F -c "$dir/dovecot/dovecot.conf" </dev/null >>"$dir/log/dovecot.out" 2>&1 &
pids+=($!)
/usr/sbin/postfix -c "$dir/postfix" check >>"$dir/log/postfix.out" 2>&1 </dev/null
setsid /usr/lib/postfix/sbin/master -c "$dir/postfix" -d </dev/null >>"$dir/log/postfix.out" 2>&1 &
pids+=($!)
if [ -e "$dir/exim" ]; then
  setsid /usr/local/lib/posthaste-tests/exim4 -C "$dir/exim/exim.conf" -bdf </dev/null >>"$dir/log/exim.out" 2>&1 &
  pids+=($!)
fi
exec 3<&0
cat <&3 >/dev/null &
reader=$!

listen() {
  [ -S "$dir/auth" ] && grep -q 'daemon started' "$dir/log/postfix.log" 2>/dev/null || return
  [ ! -e "$dir/exim" ] || grep -q 'daemon started' "$dir/log/exim-main.log" 2>/dev/null
}
for ((try = 0; try < 300; try++)); do
  listen && break
  for pid in "${pids[@]}" "$reader"; do kill -0 "$pid" 2>/dev/null || exit 1; done
  sleep 0.05
done
[ "$try" -lt 300 ] || exit 1
echo ready
wait -n "${pids[@]}" "$reader"

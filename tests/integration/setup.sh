#!/bin/sh
# Installs what the integration tests start: Debian's Postfix and Dovecot, openssl for their certificates, gpg, Python for its parser of
# messages, and the proxies microsocks, Dante, tinyproxy and Squid. Needs root. Does nothing when they are there; starts nothing, and leaves the system's own
# configuration as Debian makes it.
set -eu
packages="postfix dovecot-core openssl gpg perl-base python3 microsocks dante-server tinyproxy squid"
present() {
  command -v openssl >/dev/null && command -v gpg >/dev/null && command -v python3 >/dev/null && [ -x /usr/lib/postfix/sbin/master ] &&
    [ -x /usr/sbin/dovecot ] && [ -x /usr/sbin/smtp-sink ] &&
    command -v microsocks >/dev/null && [ -x /usr/sbin/danted ] && command -v tinyproxy >/dev/null && [ -x /usr/sbin/squid ]
}
if present; then echo "The servers are installed."; exit 0; fi
[ "$(id -u)" = 0 ] || { echo "setup.sh: installing $packages needs root" >&2; exit 1; }

# A package's maintainer script asks policy-rc.d whether it may start its daemon; 101 says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
apt-get -qq update
# shellcheck disable=SC2086 # a list of words
apt-get -qq install -y --no-install-recommends $packages </dev/null
present || { echo "setup.sh: installed, and still something is missing of: $packages" >&2; exit 1; }

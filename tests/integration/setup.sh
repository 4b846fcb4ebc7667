#!/bin/sh
# Installs what the integration tests start: Debian's Postfix, Dovecot and Exim, openssl for their certificates, gpg,
# Python and GMime for their parsers of messages, two verifiers of DKIM, the libraries Cyrus SASL and GNU SASL, and the proxies
# microsocks, Dante, tinyproxy and Squid. Needs root. Does nothing when they are there; starts nothing, and leaves the system's
# own configuration as Debian makes it. Exim's package conflicts with Postfix's: its program is taken out of it.
set -eu
packages="postfix dovecot-core dovecot-submissiond dovecot-lmtpd openssl gpg perl-base python3 python3-gi gir1.2-gmime-3.0 \
  python3-dkim libmail-dkim-perl microsocks dante-server tinyproxy squid sasl2-bin libsasl2-modules libsasl2-modules-db libgsasl18"
libraries="libdb5.3 libgnutls-dane0 libidn12 libnsl2" # Exim's
exim=/usr/local/lib/posthaste-tests/exim4
present() {
  command -v openssl >/dev/null && command -v gpg >/dev/null && command -v python3 >/dev/null &&
    /usr/bin/python3 -c 'import dkim, nacl, gi; gi.require_version("GMime", "3.0")' 2>/dev/null &&
    perl -MMail::DKIM -e 1 2>/dev/null && [ -x /usr/lib/postfix/sbin/master ] &&
    [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/submission ] && [ -x /usr/lib/dovecot/lmtp ] && [ -x /usr/sbin/smtp-sink ] &&
    command -v microsocks >/dev/null && [ -x /usr/sbin/danted ] && command -v tinyproxy >/dev/null && [ -x /usr/sbin/squid ] &&
    command -v saslpasswd2 >/dev/null &&
    ls /usr/lib/*/sasl2/libntlm.so /usr/lib/*/sasl2/libsasldb.so /usr/lib/*/libgsasl.so.18 >/dev/null 2>&1 &&
    [ -x "$exim" ] && id Debian-exim >/dev/null 2>&1
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
apt-get -qq install -y --no-install-recommends $packages $libraries </dev/null
# Not setuid: whatever starts it is root already.
folder=$(mktemp -d)
(
  cd "$folder"
  apt-get -qq -o APT::Sandbox::User=root download exim4-daemon-light
  dpkg -x exim4-daemon-light_*.deb .
  install -D -m 755 usr/sbin/exim4 "$exim"
)
rm -rf "$folder"
id Debian-exim >/dev/null 2>&1 ||
  useradd --system --badname --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin Debian-exim
present || { echo "setup.sh: installed, and still something is missing of: $packages" >&2; exit 1; }

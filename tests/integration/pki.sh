#!/bin/bash
# pki.sh DIR: makes the certificates of the tests with openssl: root -> intermediate -> leaves. For each leaf, NAME.key is its
# private key, NAME.crt the certificate and its intermediate, NAME.pem both.
set -eu
mkdir -p "$1"
cd "$1"
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve -out "$1.key"; }
self_signed() { # NAME COMMON_NAME EXTENSION...
  local name=$1 subject=$2 options=() extension
  shift 2
  for extension in "$@"; do options+=(-addext "$extension"); done
  key "$name"
  openssl req -x509 -new -key "$name.key" -sha256 -days 7300 -subj "/CN=$subject" -out "$name.crt" "${options[@]}"
}
authority=(basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign)
self_signed ca "Posthaste test root" "${authority[@]}"
self_signed other_ca "Another root" "${authority[@]}"

# `openssl ca` because it takes both dates; its database is thrown away.
sign() { # NAME COMMON_NAME CA EXTENSIONS [END]
  key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$2" -out request
  printf '%b' "$4\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" > extensions
  : > index.txt
  openssl rand -hex 8 > serial
  cat > ca.cnf <<Y
[ca]
default_ca=d
[d]
database=index.txt
serial=serial
new_certs_dir=.
default_md=sha256
policy=p
private_key=$3.key
certificate=$3.crt
[p]
commonName=supplied
Y
  openssl ca -batch -notext -config ca.cnf -extfile extensions -in request -out "$1.crt" \
    -startdate 20200101000000Z -enddate "${5:-20450101000000Z}" 2> log || { cat log >&2; exit 1; }
}
sign intermediate "Posthaste test intermediate" ca "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign"
leaf() { # NAME COMMON_NAME NAMES [PURPOSE] [CA] [END]
  local ca=${5:-intermediate}
  sign "$1" "$2" "$ca" \
    "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=${4:-serverAuth}\nsubjectAltName=$3" "${6:-}"
  [ "$ca" != intermediate ] || cat intermediate.crt >> "$1.crt"
  cat "$1.key" "$1.crt" > "$1.pem"
}
names=DNS:localhost,DNS:mail.posthaste.test,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1
leaf server mail.posthaste.test "$names"
leaf wrong_host other.example DNS:other.example
leaf untrusted mail.posthaste.test "$names" serverAuth other_ca
leaf expired mail.posthaste.test "$names" serverAuth intermediate 20210101000000Z
leaf client ada email:ada@posthaste.test clientAuth
leaf stranger ada email:ada@posthaste.test clientAuth other_ca
self_signed self_signed mail.posthaste.test "subjectAltName=$names"
cat self_signed.key self_signed.crt > self_signed.pem
openssl pkcs8 -topk8 -v2 aes-256-cbc -in client.key -passout "pass:correct horse" -out client.encrypted.key
rm -f request extensions index.txt* serial* ca.cnf log ./*.pem.old [0-9A-F]*.pem

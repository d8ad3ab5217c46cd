#!/usr/bin/env bash
# An authority for the nodes of one cluster and nothing else, and a certificate for each: whoever has one is let in.
#
#   deploy/cluster/certificates.sh FOLDER NODE...
#
# FOLDER gets ca.key (keep it where no node is), ca.pem, and NODE/node.pem, NODE/node.key, NODE/ca.pem: copy those three to /etc/akka-lns/cluster of that
# node, readable for lnsd alone. Run again with more nodes, the authority that is there is used. DAYS: how long certificates are valid (825).
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
folder=$1
shift
days=${DAYS:-825}
umask 077
mkdir -p "$folder"
if [ ! -e "$folder/ca.key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Akka.LNS cluster" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
fi
for node in "$@"; do
  mkdir -p "$folder/$node"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$node" -keyout "$folder/$node/node.key" -out "$folder/$node/request" 2>/dev/null
  openssl x509 -req -in "$folder/$node/request" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -days "$days" -out "$folder/$node/node.pem" \
    -extfile <(printf 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n') 2>/dev/null
  rm "$folder/$node/request"
  cp "$folder/ca.pem" "$folder/$node/ca.pem"
  echo "$folder/$node"
done

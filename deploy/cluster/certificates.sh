#!/usr/bin/env bash
# Makes an authority for the nodes of one cluster, and a certificate for each node. Every certificate of this authority gives
# access to the cluster: do not use the authority for anything else.
#
#   deploy/cluster/certificates.sh FOLDER NODE...
#
# FOLDER gets ca.key, ca.pem, and NODE/node.pem, NODE/node.key, NODE/ca.pem. Copy the three files of a node to
# /etc/akka-lns/cluster on that node, readable by lnsd only. Do not keep ca.key on a node. A second run with further nodes uses
# the existing authority. DAYS: validity of the certificates in days (default 825).
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
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

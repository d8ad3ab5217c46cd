#!/usr/bin/env bash
# Dials a running LNS as one subscriber, pings the LNS through the tunnel and stays connected until Ctrl-C.
#
#   deploy/dial.sh [--lns ADDR:PORT] [--user NAME] [--password TEXT] [--auth METHOD] [--secret TEXT] [--pings N] [--hold SECONDS]
#
# Without arguments it dials the demo of deploy/run.sh. It needs no root and no kernel module.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$here/deploy/build.sh"
find_dotnet
publish Akka.LNS.Stress lns-stress
exec "$here/artifacts/lns-stress/lns-stress" dial "$@"

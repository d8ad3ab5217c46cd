#!/usr/bin/env bash
# Builds lnsd and lnsctl and runs lnsd: on a fresh Debian 12, as root, with the .NET SDK. Without arguments it runs hocon/examples/demo.conf.
#
#   deploy/run.sh [--config FILE] [--check] [--version]
#
# --check tests the configuration and ends: exit code 0 when it is valid, 1 when it has errors.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$here/deploy/build.sh"
find_dotnet

# arguments: this script looks only for --config and for options that do not serve; lnsd checks the rest
config=()
serve=yes
for argument in "$@"; do
  case $argument in
    --config | --config=* | --config:*) config=(given) ;;
    --check | --version | --help | -h | -\?) serve=no ;;
  esac
done
if [ ${#config[@]} -eq 0 ]; then set -- --config "$here/hocon/examples/demo.conf" "$@"; fi

# Debian packages that .NET needs, and iproute2 for a look at the device
missing=()
if ! compgen -G '/usr/lib/*/libssl.so*' >/dev/null; then missing+=(openssl); fi
if [ "$serve" = yes ] && ! command -v ip >/dev/null; then missing+=(iproute2); fi
# a linker for lnsplane.so, the data plane that is compiled ahead of time
if ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then missing+=(gcc libc6-dev)
  else say "neither clang nor gcc is installed: packets wait during a garbage collection (data-plane-code in hocon/lns.conf)"; fi
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "please install: ${missing[*]}"
    exit 3
  fi
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -yq --no-install-recommends "${missing[@]}"; } >&2 </dev/null
fi

# The kernel provides the TUN device. In a container its device node may be missing.
if [ "$serve" = yes ] && [ "$(id -u)" = 0 ] && [ ! -e /dev/net/tun ]; then
  mkdir -p /dev/net && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun || say "/dev/net/tun is missing and cannot be created: data-plane = tun will not start"
fi

publish Akka.LNS.Server lnsd
if [ "$serve" = yes ]; then
  publish Akka.LNS.Ctl lnsctl
  say "command line: $here/artifacts/lnsctl/lnsctl status"
fi

# lnsd becomes this process, so signals reach it
exec "$here/artifacts/lnsd/lnsd" "$@"

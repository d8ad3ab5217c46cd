#!/usr/bin/env bash
# Builds lnsd and lnsctl and runs lnsd: on a fresh Debian 12, as root, with the .NET SDK. Without arguments it runs hocon/examples/demo.conf.
#
#   deploy/run.sh [--config FILE] [--check] [--version]
#
# --check tests the configuration and ends: exit code 0 when it is valid, 1 when it has errors.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sdk=10

say() { echo "run.sh: $*" >&2; }

# the SDK
dotnet=$(command -v dotnet || true)
if [ -z "$dotnet" ]; then
  for at in "${DOTNET_ROOT:-}" /usr/share/dotnet /usr/lib/dotnet /opt/dotnet "$HOME/.dotnet"; do
    if [ -n "$at" ] && [ -x "$at/dotnet" ]; then dotnet=$at/dotnet; break; fi
  done
fi
if [ -z "$dotnet" ] || ! "$dotnet" --list-sdks 2>/dev/null | grep -q "^$sdk\."; then
  say "the .NET SDK $sdk is missing. Install it, then run this again:"
  say "  wget https://packages.microsoft.com/config/debian/12/packages-microsoft-prod.deb"
  say "  dpkg -i packages-microsoft-prod.deb && apt-get update && apt-get install -y dotnet-sdk-$sdk.0"
  say "or: wget https://dot.net/v1/dotnet-install.sh && bash dotnet-install.sh --channel $sdk.0"
  exit 3
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

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

# publish PROJECT NAME: builds artifacts/NAME when a source file is newer than the last build
publish() {
  local out=$here/artifacts/$2 stamp=$here/artifacts/$2/.built
  if [ -e "$stamp" ] && [ -z "$(find "$here/src" "$here/hocon" -newer "$stamp" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
    return
  fi
  say "building $2 (the first time takes a minute or two) ..."
  "$dotnet" publish "$here/src/$1" -c Release -o "$out" --nologo -v minimal -tl:off >&2 </dev/null
  touch "$stamp"
  say "built: $out/$2"
}

publish Akka.LNS.Server lnsd
DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")")
export DOTNET_ROOT
if [ "$serve" = yes ]; then
  publish Akka.LNS.Ctl lnsctl
  say "command line: $here/artifacts/lnsctl/lnsctl status"
fi

# lnsd becomes this process, so signals reach it
exec "$here/artifacts/lnsd/lnsd" "$@"

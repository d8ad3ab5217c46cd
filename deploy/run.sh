#!/usr/bin/env bash
# Builds Akka.LNS and runs it: on a fresh Debian 12, as root, with the .NET SDK. Without arguments it runs hocon/examples/demo.conf.
#
#   deploy/run.sh [--config FILE] [--check] [--version]
#
# --check tells whether the configuration is right and ends: 0 when it is, 1 when it is not.
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

# arguments: only whether a file or the version was asked for matters here; lnsd judges the rest
config=()
serve=yes
for argument in "$@"; do
  case $argument in
    --config | --config=* | --config:*) config=(given) ;;
    --check | --version | --help | -h | -\?) serve=no ;;
  esac
done
if [ ${#config[@]} -eq 0 ]; then set -- --config "$here/hocon/examples/demo.conf" "$@"; fi

# what .NET itself needs from Debian, and what a look at the running LNS needs
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

# the device comes with the kernel; in a container its node may be missing
if [ "$serve" = yes ] && [ "$(id -u)" = 0 ] && [ ! -e /dev/net/tun ]; then
  mkdir -p /dev/net && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun || say "there is no /dev/net/tun, and it cannot be made: data-plane = tun will not start"
fi

# the build, when something is newer than the last one
out=$here/artifacts/lnsd
stamp=$out/.built
if [ ! -e "$stamp" ] || [ -n "$(find "$here/src" "$here/hocon" -newer "$stamp" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
  say "building (the first time takes a minute or two) ..."
  "$dotnet" publish "$here/src/Akka.LNS.Server" -c Release -o "$out" --nologo -v minimal -tl:off >&2 </dev/null
  touch "$stamp"
  say "built: $out/lnsd"
fi

# lnsd itself becomes this process, so that signals reach it
DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")") exec "$out/lnsd" "$@"

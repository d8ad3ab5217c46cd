# Functions of run.sh and dial.sh: find the .NET SDK and build a program. Read it with `.`; `here` is the root of the tree.
sdk=10
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { echo "$(basename "$0"): $*" >&2; }

# find_dotnet: sets dotnet to the program and exports DOTNET_ROOT; exit code 3 without the SDK
find_dotnet() {
  dotnet=$(command -v dotnet || true)
  if [ -z "$dotnet" ]; then
    local at
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
  DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")")
  export DOTNET_ROOT
}

# publish PROJECT NAME: builds artifacts/NAME when a source file is newer than the last build
publish() {
  local out=$here/artifacts/$2 stamp=$here/artifacts/$2/.built
  if [ -e "$stamp" ] && [ -z "$(find "$here/src" "$here/hocon" -newer "$stamp" -type f \
    -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
    return
  fi
  say "building $2 (the first time takes a minute or two) ..."
  "$dotnet" publish "$here/src/$1" -c Release -o "$out" --nologo -v minimal -tl:off >&2 </dev/null
  touch "$stamp"
  say "built: $out/$2"
}

#!/usr/bin/env bash
# Runs all tests: installs the required packages, builds once and runs every tests/*.Tests. The last line is
#   Tests: N passed, N failed, N skipped
# Exit code 0: tests ran, no test failed and no program crashed.
#
#   tests/run.sh [PROJECT...]     only these projects, e.g. Wire Protocol
#   CONFIGURATION=Debug           build configuration; Release by default
#   TEST_TIMEOUT=300              time limit of one project in seconds
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
configuration=${CONFIGURATION:-Release}
limit=${TEST_TIMEOUT:-330}
exec </dev/null
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en
export MSBUILDDISABLENODEREUSE=1 # no build process remains

passed=0 failed=0 skipped=0
declare -a complaints=() reasons=()
finish() {
  if [ ${#reasons[@]} -gt 0 ]; then
    echo "Skipped:"
    printf '  %s\n' "${reasons[@]}"
  fi
  if [ ${#complaints[@]} -gt 0 ]; then
    echo "Failed:"
    printf '  %s\n' "${complaints[@]}"
  fi
  echo "Tests: $passed passed, $failed failed, $skipped skipped"
  if [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] && [ ${#complaints[@]} -eq 0 ]; then exit 0; fi
  exit 1
}
stop() {
  complaints+=("$1")
  failed=$((failed + 1))
  finish
}

if ! command -v dotnet >/dev/null; then
  for at in "${DOTNET_ROOT:-}" /usr/share/dotnet /usr/lib/dotnet "$HOME/.dotnet"; do
    if [ -n "$at" ] && [ -x "$at/dotnet" ]; then export PATH=$at:$PATH; break; fi
  done
fi
if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
  stop "the .NET SDK 10 is missing (deploy/run.sh says how to install it)"
fi

# Packages of the tests against real peers: a LAC in User Mode Linux, FreeRADIUS, PostgreSQL, promtool, tshark, a browser, tools.
# Without them these tests are skipped with a message.
declare -A needed=([linux.uml]=user-mode-linux [xl2tpd]=xl2tpd [pppd]=ppp [freeradius]=freeradius [radclient]=freeradius-utils
  [ip]=iproute2 [ping]=iputils-ping [depmod]=kmod [promtool]=prometheus [psql]=postgresql-client [tshark]=tshark [chromium]=chromium)
missing=()
for program in "${!needed[@]}"; do
  PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || missing+=("${needed[$program]}")
done
# a linker for lnsplane.so, the data plane that is compiled ahead of time
command -v clang >/dev/null || command -v gcc >/dev/null || missing+=(gcc libc6-dev)
# PostgreSQL and its driver have no program on the path
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
[ -e /usr/lib/freeradius/rlm_sql_postgresql.so ] || missing+=(freeradius-postgresql)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} ..."
    # Debian starts services at installation. This file prevents it and is removed afterwards.
    policy=/usr/sbin/policy-rc.d
    made=no
    if [ ! -e $policy ]; then
      printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && made=yes
    fi
    trap '[ "$made" = yes ] && rm -f "$policy"' EXIT
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -yq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/tmp/akka-lns-apt.$$ 2>&1 \
      || { apt-get update -q && apt-get install -yq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"; } >/tmp/akka-lns-apt.$$ 2>&1 \
      || { tail -n 20 /tmp/akka-lns-apt.$$; echo "could not install ${missing[*]}: tests that need them are skipped"; }
    rm -f /tmp/akka-lns-apt.$$
    [ "$made" = yes ] && rm -f "$policy"
    made=no
  else
    echo "not root: ${missing[*]} not installed, tests that need them are skipped"
  fi
fi

projects=()
if [ $# -gt 0 ]; then
  for name in "$@"; do
    project=$here/Akka.LNS.$name.Tests
    [ -d "$project" ] || stop "there is no project $project"
    projects+=("$project")
  done
else
  for project in "$here"/*.Tests; do projects+=("$project"); done
fi

native=false # without a linker the tests of lnsplane.so are skipped
if command -v clang >/dev/null || command -v gcc >/dev/null; then native=true; fi
echo "Building ($configuration) ..."
target=$root/Akka.LNS.sln
[ $# -eq 1 ] && target=${projects[0]}
log=$(mktemp)
if ! dotnet build "$target" -c "$configuration" --nologo -v quiet -tl:off -nodeReuse:false -p:UseSharedCompilation=false -p:NativePlane=$native >"$log" 2>&1; then
  grep -E 'error|warning' "$log" | sort -u | head -n 50 || tail -n 50 "$log"
  rm -f "$log"
  stop "the build"
fi
rm -f "$log"

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in "${projects[@]}"; do
  name=$(basename "$project")
  program=$project/bin/$configuration/net10.0/$name.dll
  if [ ! -e "$program" ]; then
    complaints+=("$name: not built")
    failed=$((failed + 1))
    continue
  fi
  output=$results/$name.txt
  xml=$results/$name.xml
  started=$SECONDS
  # timeout creates a process group and kills it, so no process remains
  timeout --kill-after=20 "$limit" dotnet exec "$program" --no-ansi --progress off --results-directory "$results" \
    --report-xunit-xml --report-xunit-xml-filename "$name.xml" >"$output" 2>&1
  code=$?
  took=$((SECONDS - started))
  if [ "$code" -eq 8 ] && ! grep -q '^ *failed: [1-9]' "$output"; then # "zero tests ran"
    echo "$name: no tests"
    continue
  fi
  # the summary of a complete run
  good=$(sed -n 's/^ *succeeded: \([0-9][0-9]*\)$/\1/p' "$output" | tail -n 1)
  bad=$(sed -n 's/^ *failed: \([0-9][0-9]*\)$/\1/p' "$output" | tail -n 1)
  skips=$(sed -n 's/^ *skipped: \([0-9][0-9]*\)$/\1/p' "$output" | tail -n 1)
  if [ -z "$good" ] || [ -z "$bad" ] || [ -z "$skips" ]; then
    tail -n 40 "$output"
    if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then complaints+=("$name: not done after $limit s"); else complaints+=("$name: broke with exit code $code"); fi
    failed=$((failed + 1))
    continue
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
  echo "$name: $good passed, $bad failed, $skips skipped ($took s)"
  if [ -s "$xml" ]; then
    while IFS= read -r reason; do reasons+=("$reason"); done < <(sed 's/<test /\n<test /g' "$xml" | grep -a 'result="Skip"' |
      sed -E 's/^<test [^>]*name="([^"]*)".*<reason>(<!\[CDATA\[)?([^]<]*).*/\1: \3/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#xA;/ /g; s/&amp;/\&/g')
  fi
  if [ "$bad" -gt 0 ]; then
    grep -aE '^failed ' -A 25 "$output" | head -n 400
    while IFS= read -r reason; do complaints+=("$reason"); done < <(sed -n 's/^failed //p' "$output")
  elif [ "$code" -ne 0 ]; then
    tail -n 40 "$output"
    complaints+=("$name: broke with exit code $code after its tests")
    failed=$((failed + 1))
  fi
done
finish

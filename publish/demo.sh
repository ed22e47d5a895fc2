#!/usr/bin/env bash
# The main job, to be seen: many processes at the same instant, an empty cache, one identity token that may be presented
# once, and a token endpoint that checks that.
#   publish/demo.sh [--processes N] [--without-broker]
# --without-broker gives each process a cache of its own, so that each exchanges by itself, as SDKs do.
set -euo pipefail
cd "$(dirname "$0")/.."

processes=50
shared=true
while [[ $# -gt 0 ]]; do
  case $1 in
    --processes) processes=${2:?--processes needs a number}; shift ;;
    --without-broker) shared=false ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "demo.sh: unknown option: $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
[[ $processes =~ ^[1-9][0-9]{0,3}$ ]] || { echo "demo.sh: --processes takes 1 to 9999" >&2; exit 2; }

bold='' dim='' red='' green='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'; fi

./publish/build.sh linux-x64
broker=$PWD/publish/out/linux-x64/aotbroker

echo "building the local token endpoint" >&2
dotnet build tests/LocalTokenEndpoint -c Release --nologo -v quiet -o publish/out/local-token-endpoint >publish/out/endpoint.log 2>&1 ||
  { cat publish/out/endpoint.log >&2; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/aotbroker-demo.XXXXXX")
endpoint_pid=
finish() {
  if [[ -n $endpoint_pid ]]; then kill "$endpoint_pid" 2>/dev/null || true; wait "$endpoint_pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT

dotnet publish/out/local-token-endpoint/LocalTokenEndpoint.dll --http 0 --write-dir "$work/endpoint" --delay-ms 200 >"$work/endpoint.log" 2>&1 &
endpoint_pid=$!
for _ in $(seq 300); do
  [[ -e $work/endpoint/ready ]] && break
  kill -0 "$endpoint_pid" 2>/dev/null || { cat "$work/endpoint.log" >&2; exit 1; }
  sleep 0.1
done
[[ -e $work/endpoint/ready ]] || { echo "demo.sh: the local token endpoint did not start" >&2; exit 1; }

setting() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$work/endpoint/endpoint.json"; }
url=$(setting http_url)
# Nothing of this shell's own configuration may take part.
unset "${!ANTHROPIC_@}" "${!AOTBROKER_@}" "${!ACTIONS_ID_TOKEN_@}" CLAUDE_CODE_OAUTH_TOKEN RUNNER_TEMP
export ANTHROPIC_BASE_URL=$url
export ANTHROPIC_FEDERATION_RULE_ID=$(setting federation_rule_id)
export ANTHROPIC_ORGANIZATION_ID=$(setting organization_id)
export ANTHROPIC_IDENTITY_TOKEN_FILE=$work/endpoint/identity-token
export XDG_CONFIG_HOME=$work/config AOTBROKER_LOG=debug

# All processes wait at one gate, and start when it opens.
mkdir "$work/out"
mkfifo "$work/gate"
one() {
  local cache=$work/cache status=0 start
  $shared || cache=$work/cache-$1
  read -r _ <"$work/gate" || true
  start=${EPOCHREALTIME/[.,]/}
  AOTBROKER_CACHE_DIR=$cache "$broker" get >"$work/out/$1.token" 2>"$work/out/$1.log" || status=$?
  echo "$status $(((${EPOCHREALTIME/[.,]/} - start) / 1000))" >"$work/out/$1.result"
}
pids=()
for i in $(seq "$processes"); do one "$i" & pids+=($!); done
sleep 0.5
printf '\n%s%s processes, %s, one identity token%s\n\n' "$bold" "$processes" "$($shared && echo 'one empty cache' || echo 'each with a cache of its own')" "$plain"
exec 9<>"$work/gate"
printf '%*s' "$processes" '' | tr ' ' '\n' >&9
for pid in "${pids[@]}"; do wait "$pid"; done
exec 9>&-

failures=0
exchanged=0
waited=0
for i in $(seq "$processes"); do
  read -r status milliseconds <"$work/out/$i.result"
  log=$work/out/$i.log
  if [[ $status -ne 0 ]]; then
    failures=$((failures + 1)); did="${red}failed${plain}" why=$(sed -n 's/^aotbroker: error/error/p' "$log" | cut -c1-100)
  elif grep -q ': exchanged in' "$log"; then
    exchanged=$((exchanged + 1)); did="${green}exchanged${plain}" why='presented the identity token'
  elif grep -q '; waiting for it' "$log"; then
    waited=$((waited + 1)); did='waited' why='slept until the one exchange was done'
  else
    did='hit' why='found the credential in the cache'
  fi
  printf '  process %3d  %-9b %5d ms  %s%s%s\n' "$i" "$did" "$milliseconds" "$dim" "$why" "$plain"
done

# What the endpoint saw is what counts, not what the processes say.
host=${url#http://}
exec 8<>"/dev/tcp/${host%:*}/${host##*:}"
printf 'GET /events HTTP/1.0\r\nHost: %s\r\n\r\n' "$host" >&8
tr -d ' \n\r' <&8 >"$work/events"
exec 8>&-
exchanges=$(grep -o '"path":"/v1/oauth/token","outcome":"granted"' "$work/events" | wc -l)
refused=$(grep -o '"path":"/v1/oauth/token","outcome":"refused","reason":"[a-z_]*"' "$work/events" | sed 's/.*"reason"://' | sort | uniq -c | tr -s ' \n' ' ' || true)
tokens=$(sort -u "$work"/out/*.token | grep -c . || true)
[[ -z $refused ]] || printf '\nThe endpoint refused, and told the processes only "Authentication failed":%s\n' "$refused"
if [[ $exchanges -eq 1 && $failures -eq 0 ]]; then verdict=$green; else verdict=$red; fi
many() { if [[ $1 -eq 1 ]]; then echo "1 $2"; else echo "$1 $2s"; fi; }
printf '\n%s%s, %s, %s%s  (%d waited, %d exchanged, %s)\n' "$verdict" "$processes processes" "$(many "$exchanges" exchange)" "$(many "$failures" failure)" "$plain" "$waited" "$exchanged" "$(many "$tokens" 'distinct credential')"
[[ $exchanges -eq 1 && $failures -eq 0 ]]

#!/usr/bin/env bash
# Measures the binary against reference programs that are built in the same run, and prints ratios: absolute times mean
# little from machine to machine.
#   publish/bench.sh [--quick]
set -euo pipefail
cd "$(dirname "$0")/.."

runs=1000
cold_rounds=5
read_turns=31
edits=201
case ${1:-} in
  '') ;;
  --quick) runs=200 cold_rounds=2 read_turns=11 edits=101 ;;
  -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "bench.sh: unknown option: $1 (see --help)" >&2; exit 2 ;;
esac

./publish/prerequisites.sh build bench
./publish/build.sh linux-x64
broker=$PWD/publish/out/linux-x64/aotbroker
references=$PWD/publish/out/bench
echo "building the reference programs" >&2
rm -rf "$references"
for limit in true false; do
  dotnet publish publish/bench/empty -c Release -r linux-x64 -p:HeapLimit=$limit -p:RestoreLockedMode=false \
    -o "$references/empty-$limit" --nologo -v quiet >"$references.log" 2>&1 || { cat "$references.log" >&2; exit 1; }
done
dotnet publish publish/bench/schemagen -c Release -r linux-x64 -p:RestoreLockedMode=false -o "$references/schemagen" --nologo -v quiet >"$references.log" 2>&1 || { cat "$references.log" >&2; exit 1; }
dotnet build publish/bench/schemagen-edit -c Release -p:RestoreLockedMode=false -o "$references/schemagen-edit" --nologo -v quiet >"$references.log" 2>&1 || { cat "$references.log" >&2; exit 1; }
cc -O2 -static -o "$references/read" publish/bench/read.c
dotnet build tests/LocalTokenEndpoint -c Release --nologo -v quiet -o publish/out/local-token-endpoint >"$references.log" 2>&1 || { cat "$references.log" >&2; exit 1; }
# All are written in one go, as an installation writes them: the larger the pieces in which the page cache holds a file, the
# fewer its page faults, and strip and objcopy write small ones.
for program in "$broker" "$references"/empty-{true,false}/empty "$references/read"; do
  cp "$program" "$program.copy"
  mv "$program.copy" "$program"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/aotbroker-bench.XXXXXX")
endpoint_pid=
stop_endpoint() {
  [[ -n $endpoint_pid ]] || return 0
  kill "$endpoint_pid" 2>/dev/null || true
  wait "$endpoint_pid" 2>/dev/null || true
  endpoint_pid=
}
finish() { stop_endpoint; rm -rf "$work"; }
trap finish EXIT

delay=200 # ms that the endpoint takes to answer
start_endpoint() {
  stop_endpoint
  rm -rf "$work/endpoint"
  dotnet publish/out/local-token-endpoint/LocalTokenEndpoint.dll --http 0 --write-dir "$work/endpoint" --delay-ms $delay --jwt-lifetime 3600 >"$work/log" 2>&1 &
  endpoint_pid=$!
  for _ in $(seq 300); do [[ -e $work/endpoint/ready ]] && break; sleep 0.1; done
  [[ -e $work/endpoint/ready ]] || { cat "$work/log" >&2; exit 1; }
  setting() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$work/endpoint/endpoint.json"; }
  export ANTHROPIC_BASE_URL=$(setting http_url) ANTHROPIC_FEDERATION_RULE_ID=$(setting federation_rule_id)
  export ANTHROPIC_ORGANIZATION_ID=$(setting organization_id) ANTHROPIC_IDENTITY_TOKEN_FILE=$work/endpoint/identity-token
}
unset "${!ANTHROPIC_@}" "${!AOTBROKER_@}" "${!ACTIONS_ID_TOKEN_@}" RUNNER_TEMP
export XDG_CONFIG_HOME=$work/config AOTBROKER_CACHE_DIR=$work/cache
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# --- a fresh hit, against the references ---
start_endpoint
"$broker" get >"$work/token"
programs=("$broker get" "$references/empty-false/empty" "$references/empty-true/empty" "$references/read $work/token" "docker-credential-pass version")
names=("aotbroker get (hit)" "empty Native AOT" "  the same, heap limited" "static C, read and print" "Go: docker-credential-pass")

median() { # milliseconds, by hyperfine; the programs take turns, so that a change of the machine's mood meets all of them
  sort -g "$work/times.$1" | awk '{ v[NR] = $1 } END { print 1000 * v[int((NR + 1) / 2)] }'
}
echo "measuring: $runs runs of each, in turns" >&2
for _ in $(seq 10); do
  for i in "${!programs[@]}"; do
    hyperfine -N --warmup 5 --runs $((runs / 10)) --export-json "$work/one.json" "${programs[i]}" >/dev/null 2>&1
    sed -n '/"times"/,/]/p' "$work/one.json" | grep -oE '[0-9.]+(e-?[0-9]+)?' >>"$work/times.$i"
  done
done
faults() { perf stat -r 100 -x, -e page-faults ${programs[$1]} 2>&1 >/dev/null | awk -F, '/page-faults/ { printf "%.0f", $1 }'; }
can_perf=true
perf stat -e page-faults true >/dev/null 2>&1 || can_perf=false

printf '\n%-30s %10s %8s %12s %8s\n' 'program' 'median ms' 'ratio' 'page faults' 'ratio'
for i in "${!programs[@]}"; do
  time[i]=$(median "$i")
  fault[i]=$($can_perf && faults "$i" || echo 0)
done
for i in "${!programs[@]}"; do
  printf '%-30s %10.3f %8s %12s %8s\n' "${names[i]}" "${time[i]}" "$(ratio "${time[0]}" "${time[i]}")" \
    "$($can_perf && echo "${fault[i]}" || echo n/a)" "$($can_perf && ratio "${fault[0]}" "${fault[i]}" || echo n/a)"
done
echo '(ratio: what a hit costs, divided by what the program costs)'

cc -O2 -static -o "$references/resident" publish/bench/resident.c
resident=$("$references/resident" "$broker" get)
printf '\nbinary %.2f MB, a hit %.1f MB resident\n' "$(awk -v b="$(wc -c <"$broker")" 'BEGIN { print b / 1e6 }')" "$(awk -v k="$resident" 'BEGIN { print k / 1024 }')"

# --- the same hit in each protocol, against a bare get ---
mkdir -p "$work/config/aotbroker/profiles"
cat >"$work/config/aotbroker/profiles/bench.json" <<END
{ "identity": { "source": "file", "path": "$work/endpoint/identity-token" }, "exchange": { "type": "none" }, "serves": { "hosts": ["app.example"] } }
END
printf 'https://app.example' >"$work/in.docker"
printf 'protocol=https\nhost=app.example\n\n' >"$work/in.git"
printf '{"v":1,"registry":{"index-url":"sparse+https://app.example/"},"kind":"get","operation":"read","args":[]}\n' >"$work/in.cargo"
printf '{"uri":"https://app.example/x"}' >"$work/in.bazel"
: >"$work/in."
protocols=(
  ":get --profile bench" ":get --profile bench --format json" ":get --profile bench --format header" ":get --profile bench --format env"
  ":get --profile bench --format kubernetes" ":get --profile bench --format google" "docker:docker --profile bench get" "git:git --profile bench get"
  "cargo:cargo --profile bench --cargo-plugin" ":terraform --profile bench get app.example" "bazel:bazel --profile bench get" ":goauth --profile bench"
  ":keyring --profile bench get https://app.example/ token"
)
"$broker" get --profile bench >/dev/null
cc -O2 -static -o "$references/times" publish/bench/times.c
echo >&2
echo "measuring: $((runs / 4)) runs of each protocol, in turns" >&2
for _ in $(seq 10); do
  for i in "${!protocols[@]}"; do
    # shellcheck disable=SC2086
    "$references/times" $((runs / 40)) "$work/in.${protocols[i]%%:*}" "$broker" ${protocols[i]#*:} >>"$work/times.protocol$i"
  done
done
printf '\n%-60s %8s\n' 'protocol' 'ratio'
for i in "${!protocols[@]}"; do
  printf '%-60s %8s\n' "${protocols[i]#*:}" "$(ratio "$(median "protocol$i")" "$(median protocol0)")"
done
echo '(ratio: what a hit in the protocol costs, divided by what a bare get costs)'

# --- 200 processes at once, hits and cold ---
processes=200
burst() { # burst: wall milliseconds of all processes, started together; counts failures
  local gate=$work/gate pids=() start end i
  rm -f "$gate"; mkfifo "$gate"
  for i in $(seq $processes); do ( read -r _ <"$gate" || true; exec "$broker" get >"$work/burst.$i" 2>&1 ) & pids+=($!); done
  exec 9<>"$gate"
  sleep 0.3
  start=${EPOCHREALTIME/[.,]/}
  printf '%*s' $processes '' | tr ' ' '\n' >&9
  failed=0
  for i in "${pids[@]}"; do wait "$i" || failed=$((failed + 1)); done
  end=${EPOCHREALTIME/[.,]/}
  exec 9>&-
  elapsed=$(((end - start) / 1000))
}
echo >&2
echo "measuring: $processes processes at once, $cold_rounds rounds" >&2
hits=() colds=() all_failed=0 all_exchanges=0
for _ in $(seq $cold_rounds); do
  burst; hits+=("$elapsed"); all_failed=$((all_failed + failed))
  start_endpoint
  rm -rf "$work/cache"
  burst; colds+=("$elapsed"); all_failed=$((all_failed + failed))
  host=${ANTHROPIC_BASE_URL#http://}
  exec 8<>"/dev/tcp/${host%:*}/${host##*:}"
  printf 'GET /events HTTP/1.0\r\nHost: %s\r\n\r\n' "$host" >&8
  exchanges=$(tr -d ' \n\r' <&8 | grep -o '"path":"/v1/oauth/token"' | wc -l)
  exec 8>&-
  all_exchanges=$((all_exchanges + exchanges))
done
middle() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
hit=$(middle "${hits[@]}") cold=$(middle "${colds[@]}")
printf '\n%d hits at once %d ms; %d cold processes at once %d ms, of which the endpoint takes %d ms\n' $processes "$hit" $processes "$cold" $delay
printf 'cold / (hits + delay) = %s; %s exchanges in %d rounds, %d failures\n' "$(ratio "$cold" "$((hit + delay))")" "$all_exchanges" "$cold_rounds" "$all_failed"

# --- the generated readers, against System.Text.Json's source-generated ones into equal records ---
reader=$references/schemagen/schemagen
documents=publish/bench/schemagen/documents
read_faults() { perf stat -r 50 -x, -e page-faults "$reader" repeat "$1" $documents "$2" 1 2>&1 >/dev/null | awk -F, '/page-faults/ { printf "%.0f", $1 }'; }
echo >&2
echo "measuring: $read_turns turns of reading each document" >&2
printf '\n%-22s %6s %6s %12s %13s %15s\n' 'document' 'bytes' 'ratio' '(quartiles)' 'allocated' 'page faults'
for path in "$documents"/*.json; do
  name=$(basename "$path" .json)
  bytes=$(wc -c <"$path")
  allocated=$("$reader" compare $documents "$name")
  for _ in $(seq $read_turns); do
    count=$((50000000 / bytes)) # so that a run takes most of a tenth of a second
    hyperfine -N --runs 1 --export-json "$work/one.json" -L way generated,serializer,file "$reader repeat {way} $documents $name $count" >/dev/null 2>&1
    sed -n 's/.*"user": \([0-9.e-]*\).*/\1/p' "$work/one.json" | paste -sd ' '
  done | awk '{ print ($2 - $3) / ($1 - $3) }' | sort -g >"$work/ratios"
  faults='n/a'
  if $can_perf; then
    floor=$(read_faults file "$name")
    faults="+$(($(read_faults generated "$name") - floor)) / +$(($(read_faults serializer "$name") - floor))"
  fi
  printf '%-22s %6s %6s %12s %13s %15s\n' "$name" "$bytes" \
    $(awk '{ v[NR] = $1 } END { printf "%.2f (%.2f-%.2f)", v[int((NR + 1) / 2)], v[int((NR + 3) / 4)], v[int((3 * NR + 3) / 4)] }' "$work/ratios") \
    "${allocated/ / / }" "$faults"
done
echo '(ratio: the processor time that System.Text.Json takes, divided by what the generated reader takes. allocated: bytes for one'
echo ' read, generated / System.Text.Json. page faults: of a process that reads the document once, beyond one that reads the file only)'
read -r first_edit edit < <(dotnet "$references/schemagen-edit/schemagen-edit.dll" schemas/profile.schema.json $edits)
printf '\nediting one schema of 100 takes the generator %s ms (the first edit %s ms)\n' "$edit" "$first_edit"
[[ $all_failed -eq 0 && $all_exchanges -eq $cold_rounds ]]

#!/usr/bin/env bash
# Makes src/AotBroker/LinkOrder.txt anew: the functions of the runtime and of libc that a fresh hit runs, in the order in
# which it comes to them. Run it where `aotbroker get` works, when the runtime's version has changed; x64 only.
set -euo pipefail
cd "$(dirname "$0")/.."

./publish/prerequisites.sh build bench
./publish/build.sh linux-x64
broker=$PWD/publish/out/linux-x64/aotbroker
symbols=src/AotBroker/bin/Release/$(dotnet msbuild src/AotBroker/AotBroker.csproj -getProperty:TargetFramework)/linux-x64/native/aotbroker.dbg
work=$(mktemp -d "${TMPDIR:-/tmp}/aotbroker-order.XXXXXX")
trap 'rm -rf "$work"' EXIT

cc -O2 -o "$work/steps" publish/bench/steps.c
"$broker" get >"$work/token"
echo "running a hit one instruction at a time; a minute or two" >&2
"$work/steps" "$broker" get >"$work/addresses"

# What the linker can order is what has a section of its own, so not the managed code (between the two marks).
LC_ALL=C nm -n --defined-only "$symbols" | awk '
  { $1 = "x" $1 } # so that addresses compare as text
  FNR == NR { order[NR] = $1; next }
  $3 == "__start___managedcode" { from = $1 }
  $3 == "__stop___managedcode" { to = $1 }
  $2 ~ /[tTwWiI]/ { if ($1 != start[n]) start[++n] = $1; if (!name[n] || $2 ~ /[TW]/) name[n] = $3 }
  END {
    for (i = 1; i in order; i++) {
      low = 1; high = n
      while (low < high) { middle = int((low + high + 1) / 2); if (start[middle] <= order[i]) low = middle; else high = middle - 1 }
      if (order[i] < start[low] || (start[low] >= from && start[low] < to) || done[low]++) continue
      print name[low]
    }
  }' "$work/addresses" - >"$work/order"
[[ -s $work/order ]]
mv "$work/order" src/AotBroker/LinkOrder.txt
wc -l src/AotBroker/LinkOrder.txt >&2

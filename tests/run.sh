#!/usr/bin/env bash
# Sets up, builds and runs every test. The last line is "N passed, N failed", or "N passed, N failed, N skipped".
#   tests/run.sh [--filter EXPRESSION]     (an expression of `dotnet test`)
set -uo pipefail
cd "$(dirname "$0")/.."

filter=()
if [[ ${1:-} == --filter ]]; then filter=(--filter "${2:?--filter needs an expression}"); fi

passed=0
failed=0
skipped=0
say() { printf '\n== %s\n' "$*"; }
count() { # count NAME COMMAND...: a check that is no unit test counts as one
  local name=$1
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $name"; fi
}
finish() {
  if [[ $skipped -gt 0 ]]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
  [[ $failed -eq 0 && $passed -gt 0 ]]
  exit
}
give_up() { echo "FAILED: $*"; failed=$((failed + 1)); finish; }

say "installing what is missing"
./publish/prerequisites.sh build test release || give_up "prerequisites"

say "fetching clients that are newer than this machine's"
# Where one cannot be had, its tests are skipped.
./tests/newer-clients.sh

say "building everything, for every framework"
dotnet build AotBroker.sln -c Release --nologo -v quiet || give_up "the build"

say "checking the format"
# Style is the build's to check (EnforceCodeStyleInBuild); white space is left.
count "dotnet format" dotnet format whitespace AotBroker.sln --no-restore --verify-no-changes

say "publishing the binary that the end-to-end tests run"
./publish/build.sh linux-x64 || give_up "publishing"

say "fetching the JSON Schema test suite"
# Where it cannot be had, its test is skipped.
SCHEMAGEN_SUITE=$(./tests/json-schema-suite.sh) && export SCHEMAGEN_SUITE

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in AotBroker.SchemaGen.Tests LocalTokenEndpoint.Tests AotBroker.Tests AotBroker.EndToEnd.Tests; do
  say "$project"
  dotnet test "tests/$project" -c Release --no-build --nologo -v quiet "${filter[@]}" \
    --logger "console;verbosity=minimal" --logger "trx;LogFileName=$results/$project.trx"
  status=$?
  counters=$(grep -o '<Counters [^>]*>' "$results/$project.trx" 2>/dev/null)
  counter() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  if [[ -z $counters ]]; then
    if [[ ${#filter[@]} -eq 0 || $status -ne 0 ]]; then failed=$((failed + 1)); echo "FAILED: $project ran no test"; fi
    continue
  fi
  passed=$((passed + $(counter passed)))
  failed=$((failed + $(counter failed)))
  skipped=$((skipped + $(counter total) - $(counter executed)))
  # A run that ended badly although no test says so (a crash of the host) is a failure too.
  if [[ $status -ne 0 && $(counter failed) -eq 0 ]]; then failed=$((failed + 1)); echo "FAILED: $project ended with $status"; fi
done

echo
finish

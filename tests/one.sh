#!/usr/bin/env bash
# Builds what has changed and runs some tests: the quick loop. No restore, no analyzers, nothing published.
#   tests/one.sh NAME    NAME is a class of tests (CacheKeyTests), or any part of the tests' full names
# It uses the compiler's server, which stays warm for the next run and ends by itself after ten idle minutes. A class of end-to-end
# tests runs the binary that ./publish/build.sh made last.
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:-}
case $name in
  '' | -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; [[ -n $name ]] && exit 0; exit 2 ;;
esac

project=tests/AotBroker.Tests
# Not in bin and obj, where some tests are copied to.
if file=$(grep -rlE --include='*.cs' --exclude-dir={bin,obj} "class ${name##*.}\b" tests/*.Tests | head -n 1) && [[ -n $file ]]; then
  project=tests/$(cut -d / -f 2 <<<"$file")
fi

[[ -e $project/obj/project.assets.json ]] || dotnet restore "$project" -v quiet
dotnet build "$project" --no-restore --nologo -v quiet -clp:ErrorsOnly \
  -p:RunAnalyzers=false -p:UseSharedCompilation="${SHARED_COMPILATION:-true}"
# The assembly, not the project: MSBuild need not look at everything again. What is left is the start of the test host.
DOTNET_TieredPGO=0 dotnet test "$project"/bin/Debug/net*/"$(basename "$project").dll" --nologo --filter "FullyQualifiedName~$name" \
  -- RunConfiguration.TreatNoTestsAsError=true xUnit.PreEnumerateTheories=false

#!/usr/bin/env bash
# Fetches the public JSON Schema test suite once, and prints the folder of its tests for 2020-12. Debian carries it in
# libtest-json-schema-acceptance-perl; it is unpacked here, not installed.
#   tests/json-schema-suite.sh
set -euo pipefail
cd "$(dirname "$0")/.."

package=libtest-json-schema-acceptance-perl version=1.019-1
sum=846786933dfb7b6b1890878c1b86f50593bda3946d770f8770647c3449999fa2
suite=$PWD/publish/.cache/json-schema-suite-$version

if [[ ! -d $suite ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  {
    apt-get download -q "$package=$version" || { apt-get update -q && apt-get download -q "$package=$version"; }
    sha256sum --check <<<"$sum  ${package}_${version}_all.deb"
    dpkg-deb --extract "${package}_${version}_all.deb" .
  } >log 2>&1 || { echo "json-schema-suite.sh: the suite cannot be had here:" >&2; tail -n 3 log >&2; exit 1; }
  mkdir -p "$(dirname "$suite")"
  # Another run may have been quicker.
  mv -T usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance "$suite" 2>/dev/null || [[ -d $suite ]]
fi
echo "$suite/tests/draft2020-12"

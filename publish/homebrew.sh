#!/usr/bin/env bash
# Prints the Homebrew formula of a release: publish/homebrew.sh --address ADDRESS --homepage ADDRESS [--release DIR]
#   --address   where the release's files are to be downloaded (https)
#   --homepage  the project's page
#   --release   where publish/release.sh put it (default publish/out/release)
# A platform that the release does not have is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "homebrew.sh: $*" >&2; exit 1; }

release=publish/out/release address='' homepage=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --release) release=${2:?--release needs a directory}; shift ;;
    --address) address=${2:?--address needs an address}; shift ;;
    --homepage) homepage=${2:?--homepage needs an address}; shift ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "homebrew.sh: unknown option: $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
for one in "$address" "$homepage"; do
  [[ $one =~ ^https://[A-Za-z0-9./_~%+-]+$ ]] || fail "--address and --homepage take an https address"
done
[[ -e $release/SHA256SUMS ]] || fail "$release has no SHA256SUMS: run publish/release.sh first"

formula=$(<publish/homebrew/aotbroker.rb.in)
version=
while read -r sum name; do
  [[ $name =~ ^aotbroker-(.+)-((linux|osx)-[a-z0-9]+)\.tar\.gz$ ]] || continue
  [[ -z $version || $version == "${BASH_REMATCH[1]}" ]] || fail "$release has $version and ${BASH_REMATCH[1]}"
  version=${BASH_REMATCH[1]}
  formula=${formula//@SHA256-${BASH_REMATCH[2]}@/$sum}
done <"$release/SHA256SUMS"
[[ -n $version ]] || fail "$release has no archive"
formula=${formula//@VERSION@/$version}
formula=${formula//@ADDRESS@/${address%/}}
formula=${formula//@HOMEPAGE@/$homepage}
# Blocks whose checksum is not known, and then those that hold no other.
awk '
  { line[NR] = $0 }
  END {
    for (i = 1; i <= NR; i++) if (line[i] ~ /@SHA256-/) { for (j = i - 2; j <= i + 1; j++) line[j] = "\001" }
    for (i = 1; i <= NR; i++) if (line[i] ~ /^  on_[a-z]+ do$/) {
      for (j = i + 1; line[j] == "\001"; j++);
      if (line[j] == "  end") { line[i] = line[j] = "\001" }
    }
    for (i = 1; i <= NR; i++) if (line[i] != "\001") print line[i]
  }' <<<"$formula"

#!/usr/bin/env bash
# Makes the npm packages of a release: publish/npm.sh [--release DIR] [--out DIR]
#   --release  where publish/release.sh put it (default publish/out/release)
#   --out      where the packages go (default publish/out/npm)
# The package aotbroker is a launcher of a few lines; the program is in one package for each platform, of which npm installs the one
# that fits: they are its optional dependencies. Nothing runs at installation.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "npm.sh: $*" >&2; exit 1; }

release=publish/out/release out=publish/out/npm
while [[ $# -gt 0 ]]; do
  case $1 in
    --release) release=${2:?--release needs a directory}; shift ;;
    --out) out=${2:?--out needs a directory}; shift ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "npm.sh: unknown option: $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
./publish/prerequisites.sh release

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$out"
package=$work/package
pack() { # pack NAME: the files in $package
  python3 publish/release/pack.py "$package" "$seconds" "$out/$1-$version.tgz"
  echo "made $out/$1-$version.tgz" >&2
  rm -rf "$package"
}

version='' dependencies=''
for archive in "$release"/aotbroker-*.tar.gz; do
  [[ -e $archive ]] || fail "$release has no archive: run publish/release.sh first"
  name=$(basename "$archive" .tar.gz)
  case $name in
    *-linux-x64) os=linux cpu=x64 ;;
    *-linux-arm64) os=linux cpu=arm64 ;;
    *-osx-arm64) os=darwin cpu=arm64 ;;
    *) fail "$name is for no platform of npm's" ;;
  esac
  this=${name#aotbroker-} this=${this%-*-*}
  [[ -z $version || $this == "$version" ]] || fail "$release has $version and $this"
  version=$this
  tar -xzf "$archive" -C "$work"
  tree=$work/$name
  seconds=$(stat -c %Y "$tree/aotbroker")
  mkdir -p "$package/bin"
  cp "$tree/aotbroker" "$package/bin"
  cp -r "$tree/LICENSE" "$tree/NOTICE" "$tree/LICENSES" "$package"
  cat >"$package/package.json" <<END
{
  "name": "@aotbroker/$os-$cpu",
  "version": "$version",
  "description": "aotbroker for $os on $cpu. Install the package aotbroker, which brings this one.",
  "license": "MIT",
  "os": ["$os"],
  "cpu": ["$cpu"],
  "preferUnplugged": true,
  "files": ["bin", "LICENSES", "NOTICE"]
}
END
  pack "aotbroker-$os-$cpu"
  dependencies+="${dependencies:+, }\"@aotbroker/$os-$cpu\": \"$version\""
done

mkdir -p "$package/bin"
install -m 0755 publish/npm/aotbroker.js "$package/bin/aotbroker.js"
cp LICENSE "$package"
cat >"$package/package.json" <<END
{
  "name": "aotbroker",
  "version": "$version",
  "description": "Trades a workload's identity for a short-lived credential: any number of processes, one exchange.",
  "license": "MIT",
  "bin": { "aotbroker": "bin/aotbroker.js" },
  "files": ["bin"],
  "engines": { "node": ">=18" },
  "optionalDependencies": { $dependencies }
}
END
pack aotbroker

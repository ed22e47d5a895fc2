#!/usr/bin/env bash
# Makes a release: publish/release.sh [VERSION] [--snapshot] [--binary PATH] [--out DIR]
# -> DIR (default publish/out/release) with aotbroker-VERSION-PLATFORM.tar.gz, .tar.xz, .spdx.json, .cdx.json, install.sh,
# and SHA256SUMS of all that is there. Made twice, it is the same bytes.
#   VERSION     what the tag says; it must be the version in Directory.Build.props, and have a section in CHANGELOG.md
#   --snapshot  of a working tree, before there is such a section: not to be given away
#   --binary    a binary that is there, instead of one that is built now; it must be of this commit
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "release.sh: $*" >&2; exit 1; }

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
wanted='' snapshot=false binary='' out=publish/out/release
while [[ $# -gt 0 ]]; do
  case $1 in
    --snapshot) snapshot=true ;;
    --binary) binary=${2:?--binary needs a path}; shift ;;
    --out) out=${2:?--out needs a directory}; shift ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "release.sh: unknown option: $1 (see --help)" >&2; exit 2 ;;
    *) wanted=$1 ;;
  esac
  shift
done

[[ -z $wanted || $wanted == "$version" ]] || fail "the version is $version (Directory.Build.props), not $wanted"
if ! $snapshot; then
  grep -qE "^## ${version//./\\.}( |$)" CHANGELOG.md || fail "CHANGELOG.md has no section \"## $version\": write it, or make a --snapshot"
  [[ -z $(git status --porcelain --untracked-files=no) ]] || fail "files differ from the commit: commit them, or make a --snapshot"
fi
[[ $(uname -s) == Darwin ]] || ./publish/prerequisites.sh release

commit=$(git rev-parse HEAD)
seconds=$(git show -s --format=%ct HEAD)
date=$(TZ=UTC git show -s --format=%cd --date=format-local:%Y-%m-%d HEAD)
if [[ -z $binary ]]; then
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x64 ;;
    Linux-aarch64) platform=linux-arm64 ;;
    Darwin-arm64) platform=osx-arm64 ;;
    *) fail "there is no release for this platform" ;;
  esac
  SOURCE_COMMIT=$commit SOURCE_DATE=$date ./publish/build.sh "$platform"
  binary=publish/out/$platform/aotbroker
fi
facts=$("$binary" version --json)
fact() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$facts"; }
platform=$(fact platform)
[[ $(fact version) == "$version" ]] || fail "$binary is version $(fact version), not $version"
$snapshot || [[ $(fact commit) == "$commit" ]] || fail "$binary is of commit $(fact commit), not $commit: leave --binary out"

name=aotbroker-$version-$platform
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
tree=$work/$name
mkdir -p "$tree/completions" "$tree/LICENSES" "$out"
cp "$binary" "$tree/aotbroker"
chmod 0755 "$tree/aotbroker"
cp LICENSE NOTICE "$tree"
"$binary" completion bash >"$tree/completions/aotbroker.bash"
"$binary" completion zsh >"$tree/completions/_aotbroker"
"$binary" completion fish >"$tree/completions/aotbroker.fish"
python3 publish/release/man.py "$binary" "$version" "$date" "$tree/man"
python3 publish/release/sbom.py "$binary" "$date" "$tree/sbom.spdx.json" "$tree/sbom.cdx.json"

# The texts are those of the very packages that were linked.
runtime=$(fact framework)
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
pack=$packages/microsoft.netcore.app.runtime.nativeaot.$platform/${runtime#.NET }
[[ -e $pack/LICENSE.TXT ]] || fail "there is no $pack/LICENSE.TXT: the runtime that was linked in, with its licence"
cp "$pack/LICENSE.TXT" "$tree/LICENSES/dotnet-LICENSE.txt"
cp "$pack/THIRD-PARTY-NOTICES.TXT" "$tree/LICENSES/dotnet-THIRD-PARTY-NOTICES.txt"
# Its package names the licence and has no text: that is .NET's, with the copyright that NOTICE has.
cp "$pack/LICENSE.TXT" "$tree/LICENSES/ConsoleAppFramework-LICENSE.txt"
sed -i -e 's/^Copyright (c) .*/Copyright (c) 2020 Cysharp, Inc./' -e '/^All rights reserved/,+1d' "$tree/LICENSES/ConsoleAppFramework-LICENSE.txt"
if [[ $platform == linux-* ]]; then
  cp /usr/share/common-licenses/Apache-2.0 "$tree/LICENSES/Apache-2.0.txt"
  cp /usr/share/common-licenses/LGPL-2.1 "$tree/LICENSES/LGPL-2.1.txt"
  cp /usr/share/common-licenses/GPL-3 "$tree/LICENSES/GPL-3.0.txt"
  cp /usr/share/doc/libssl-dev/copyright "$tree/LICENSES/openssl-copyright.txt"
  cp /usr/share/doc/libc6-dev/copyright "$tree/LICENSES/glibc-copyright.txt"
  gcc=$(basename "$(dirname "$(clang -print-libgcc-file-name -rtlib=libgcc)")")
  cp "/usr/share/doc/libgcc-$gcc-dev/copyright" "$tree/LICENSES/libgcc-copyright.txt"
fi
chmod -R u=rwX,go=rX "$tree"

python3 publish/release/pack.py "$tree" "$seconds" "$out/$name.tar.gz"
python3 publish/release/pack.py "$tree" "$seconds" "$out/$name.tar.xz"
cp "$tree/sbom.spdx.json" "$out/$name.spdx.json"
cp "$tree/sbom.cdx.json" "$out/$name.cdx.json"
cp publish/install.sh "$out"
./publish/release/sums.sh "$out"
echo "made $out:" >&2
ls -l "$out" >&2

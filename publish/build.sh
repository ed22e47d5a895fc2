#!/usr/bin/env bash
# Publishes the binary: publish/build.sh [RUNTIME-IDENTIFIER]   (default: this machine's)
# -> publish/out/RUNTIME-IDENTIFIER/aotbroker
# On x64, linux-arm64 is built as well (Debian 12: publish/sysroot.sh has the libraries). macOS is built on macOS.
# SOURCE_COMMIT and SOURCE_DATE, as publish/release.sh sets them, are what `aotbroker version --verbose` prints;
# DOCUMENTATION_ADDRESS is where the help says that the documentation is (the manual pages, where it is not set).
set -euo pipefail
cd "$(dirname "$0")/.."

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) here=linux-x64 ;;
  Linux-aarch64) here=linux-arm64 ;;
  Darwin-arm64) here=osx-arm64 ;;
  *) echo "build.sh: name a runtime identifier" >&2; exit 2 ;;
esac
rid=${1:-$here}
out=publish/out/$rid

[[ $rid == osx-* ]] || ./publish/prerequisites.sh build
objcopy=objcopy
cross=()
if [[ $here-$rid == linux-x64-linux-arm64 ]]; then
  ./publish/prerequisites.sh cross
  sysroot=$(./publish/sysroot.sh arm64)
  objcopy=aarch64-linux-gnu-objcopy
  cross=(-p:SysRoot="$sysroot" -p:ObjCopyName="$objcopy")
fi
echo "publishing $out/aotbroker (Native AOT; a minute or two)" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! dotnet publish src/AotBroker/AotBroker.csproj -c Release -r "$rid" -o "$out" --nologo -v minimal ${cross[@]+"${cross[@]}"} \
  -p:SourceCommit="${SOURCE_COMMIT:-unknown}" -p:SourceDate="${SOURCE_DATE:-unknown}" -p:DocumentationAddress="${DOCUMENTATION_ADDRESS:-}" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
rm -f "$out"/*.dbg "$out"/*.pdb
if [[ $rid == linux-* ]]; then
  # The build id is the only thing in which two builds of one tree differ.
  "$objcopy" --remove-section=.note.gnu.build-id "$out/aotbroker"
fi
printf 'published %s (%s bytes)\n' "$out/aotbroker" "$(wc -c <"$out/aotbroker" | tr -d ' ')" >&2

#!/usr/bin/env bash
# Makes the Debian package of a release: publish/deb.sh [--release DIR] [--out DIR]
#   --release  where publish/release.sh put it (default publish/out/release)
#   --out      where the package goes (default: beside it, and into its SHA256SUMS)
# The program is static: the package depends on no other, and works on every Debian and Ubuntu.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "deb.sh: $*" >&2; exit 1; }

release=publish/out/release out=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --release) release=${2:?--release needs a directory}; shift ;;
    --out) out=${2:?--out needs a directory}; shift ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "deb.sh: unknown option: $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
out=${out:-$release}
command -v dpkg-deb >/dev/null || fail "dpkg-deb is missing"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
for archive in "$release"/aotbroker-*-linux-*.tar.gz; do
  [[ -e $archive ]] || fail "$release has no archive for Linux: run publish/release.sh first"
  name=$(basename "$archive" .tar.gz)
  case $name in
    *-linux-x64) architecture=amd64 ;;
    *-linux-arm64) architecture=arm64 ;;
  esac
  version=${name#aotbroker-} version=${version%-linux-*}
  debian_version=${version/-/'~'} # 1.0.0-rc.1 comes before 1.0.0
  rm -rf "${work:?}"/*
  tar -xzf "$archive" -C "$work"
  tree=$work/$name
  # The archive's time is the commit's; the package gets the same, so that it is the same bytes too.
  SOURCE_DATE_EPOCH=$(stat -c %Y "$tree/aotbroker")
  export SOURCE_DATE_EPOCH

  root=$work/root
  install -D -m 0755 "$tree/aotbroker" "$root/usr/bin/aotbroker"
  install -D -m 0644 "$tree/completions/aotbroker.bash" "$root/usr/share/bash-completion/completions/aotbroker"
  install -D -m 0644 "$tree/completions/_aotbroker" "$root/usr/share/zsh/vendor-completions/_aotbroker"
  install -D -m 0644 "$tree/completions/aotbroker.fish" "$root/usr/share/fish/vendor_completions.d/aotbroker.fish"
  install -d -m 0755 "$root/etc/aotbroker/profiles"
  for page in "$tree"/man/man?/*; do
    target=$root/usr/share/man/$(basename "$(dirname "$page")")/$(basename "$page").gz
    mkdir -p "$(dirname "$target")"
    gzip -9 -n <"$page" >"$target"
  done
  documents=$root/usr/share/doc/aotbroker
  mkdir -p "$documents"
  cp -r "$tree/LICENSES" "$tree/sbom.spdx.json" "$documents"
  { cat "$tree/NOTICE"; printf '\n'; cat "$tree/LICENSE"; } >"$documents/copyright"

  size=$(du -k -s "$root" | cut -f 1)
  mkdir "$root/DEBIAN"
  cat >"$root/DEBIAN/control" <<END
Package: aotbroker
Version: $debian_version
Architecture: $architecture
Maintainer: The AotBroker authors
Installed-Size: $size
Section: admin
Priority: optional
Recommends: ca-certificates
Description: trades a workload's identity for a short-lived credential
 CI jobs and containers have an identity, a short-lived JWT that may be
 presented once. aotbroker exchanges it once for any number of processes, and
 hands the credential to each client in the client's own protocol: Claude's
 SDKs, AWS, Google, Kubernetes, Docker, git and others.
END
  (cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  mkdir -p "$out"
  dpkg-deb --root-owner-group -Zxz -b "$root" "$out/aotbroker_${version}_$architecture.deb" >/dev/null
  echo "made $out/aotbroker_${version}_$architecture.deb" >&2
done
[[ $out != "$release" ]] || ./publish/release/sums.sh "$release"

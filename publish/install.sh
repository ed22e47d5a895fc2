#!/bin/sh
# Installs aotbroker from a release, after its checksum was compared.
#   AOTBROKER_RELEASE_URL=ADDRESS sh install.sh [--version VERSION] [--dir DIRECTORY]
#
# ADDRESS    where the release's files are, SHA256SUMS among them: an https address, or a directory of this machine.
#            {version} in it stands for VERSION.
# VERSION    such as 1.2.3; without it, the one that is there.
# DIRECTORY  where the program is put: /usr/local/bin as root, else ~/.local/bin.
#
# POSIX sh, so that it runs in small images; it needs tar with gzip, one of sha256sum, shasum and openssl, and for an
# https address curl or GNU wget. Run again it changes nothing, or upgrades. The program takes its place by a rename, and
# only after it has run.
set -eu

fail() {
  echo "install.sh: $1" >&2
  [ $# -lt 2 ] || echo "install.sh: hint: $2" >&2
  exit 1
}

platform() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64 | Linux-amd64) echo linux-x64 ;;
    Linux-aarch64 | Linux-arm64) echo linux-arm64 ;;
    Darwin-arm64) echo osx-arm64 ;;
    *) fail "there is no aotbroker for $(uname -s) on $(uname -m)" "build it from source with publish/build.sh" ;;
  esac
}

# fetch NAME FILE: one file of the release.
fetch() {
  case $address in
    https://*)
      if command -v curl >/dev/null 2>&1; then
        curl --proto '=https' --proto-redir '=https' --tlsv1.2 --fail --silent --show-error --location --output "$2" "$address/$1" ||
          fail "$address/$1 cannot be downloaded"
      elif wget --version 2>/dev/null | grep -q 'GNU Wget'; then
        wget --https-only --quiet --output-document="$2" "$address/$1" || fail "$address/$1 cannot be downloaded"
      else
        fail "there is neither curl nor GNU wget" "download the release's files, and set AOTBROKER_RELEASE_URL to their directory"
      fi
      ;;
    *)
      [ -f "$address/$1" ] || fail "there is no $address/$1"
      cp "$address/$1" "$2"
      ;;
  esac
}

# digest FILE: its SHA-256, and what the tool prints behind it.
digest() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1"
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 <"$1"
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 -r <"$1"
  else
    fail "there is none of sha256sum, shasum and openssl, so the download cannot be verified"
  fi
}

# sums: the lines of SHA256SUMS that are this platform's archive, of the version that was asked for.
sums() {
  while read -r sum name; do
    name=${name#\*}
    case $name in
      *[!0-9A-Za-z.+-]*) ;;
      "aotbroker-${version:-}"*"-$platform.tar.gz")
        [ -z "$version" ] || [ "$name" = "aotbroker-$version-$platform.tar.gz" ] || continue
        echo "$sum $name"
        ;;
    esac
  done <"$work/SHA256SUMS"
}

main() {
  version='' directory=''
  while [ $# -gt 0 ]; do
    case $1 in
      --version | --dir)
        [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value"
        if [ "$1" = --dir ]; then directory=$2; else version=${2#v}; fi
        shift
        ;;
      -h | --help)
        echo "AOTBROKER_RELEASE_URL=ADDRESS sh install.sh [--version VERSION] [--dir DIRECTORY]"
        exit 0
        ;;
      *) fail "unknown option: $1" "the options are --version VERSION and --dir DIRECTORY" ;;
    esac
    shift
  done
  case $version in *[!0-9A-Za-z.+-]*) fail "$version is not a version" "it looks like 1.2.3" ;; esac

  address=${AOTBROKER_RELEASE_URL:-}
  [ -n "$address" ] || fail "AOTBROKER_RELEASE_URL is not set" "set it to the location of the release's files: an https address, or a directory"
  case $address in
    *'{version}'*)
      [ -n "$version" ] || fail "AOTBROKER_RELEASE_URL contains {version}" "name a version with --version"
      address=${address%%'{version}'*}$version${address#*'{version}'}
      ;;
  esac
  case $address in
    https://*) ;;
    file:///*) address=${address#file://} ;;
    *://*) fail "the address must begin with https://" "what is downloaded without TLS can be replaced on the way, and its checksum too" ;;
  esac
  address=${address%/}

  if [ -z "$directory" ]; then
    if [ "$(id -u)" -eq 0 ]; then
      directory=/usr/local/bin
    else
      [ -n "${HOME:-}" ] || fail "HOME is not set" "name a directory with --dir"
      directory=$HOME/.local/bin
    fi
  fi

  platform=$(platform)
  work=$(mktemp -d) || fail "no temporary directory can be created" "set TMPDIR to a writable directory"
  placed=''
  trap 'rm -rf "$work"; [ -z "$placed" ] || rm -f "$placed"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  fetch SHA256SUMS "$work/SHA256SUMS"
  found=$(sums)
  case $found in
    '') fail "the release has no archive for ${version:+version $version on }$platform" "$address/SHA256SUMS lists its files" ;;
    *"
"*) fail "there are several versions" "name one with --version" ;;
  esac
  expected=${found%% *}
  archive=${found#* }
  name=${archive%.tar.gz}

  fetch "$archive" "$work/$archive"
  actual=$(digest "$work/$archive")
  actual=${actual%% *}
  [ "$actual" = "$expected" ] || fail "$archive does not match SHA256SUMS: its checksum is $actual, not $expected" "download it again; if that does not help, report it and do not use it"
  tar -xzf "$work/$archive" -C "$work" "$name/aotbroker" || fail "$archive cannot be unpacked"
  new=$work/$name/aotbroker
  [ -f "$new" ] && [ ! -L "$new" ] || fail "$archive does not contain the program"
  chmod 0755 "$new"

  mkdir -p "$directory" || fail "$directory cannot be created" "name another with --dir, or run this as root"
  if [ -f "$directory/aotbroker" ] && cmp -s "$new" "$directory/aotbroker"; then
    echo "$directory/aotbroker is already this version: $name" >&2
    return
  fi
  placed=$(mktemp "$directory/.aotbroker.XXXXXX") || fail "$directory is not writable" "name another with --dir, or run this as root"
  cp "$new" "$placed"
  chmod 0755 "$placed"
  # Here, not where it was unpacked: temporary directories are often mounted so that nothing runs there.
  "$placed" version >"$work/version" || fail "the program does not run here" "it needs an x86-64-v2 or arm64 processor, and a directory in which programs may run"
  mv -f "$placed" "$directory/aotbroker"
  placed=''
  echo "installed $directory/aotbroker: $(cat "$work/version")" >&2
  case ":${PATH:-}:" in
    *":$directory:"*) ;;
    *) echo "install.sh: hint: $directory is not in PATH" >&2 ;;
  esac
}

# Called in the last line, so that a download that breaks off does nothing.
main "$@"

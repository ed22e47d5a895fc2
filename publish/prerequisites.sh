#!/usr/bin/env bash
# Installs what a build needs and this machine lacks. Debian and Ubuntu; elsewhere it says what is missing.
#   prerequisites.sh [build|test|bench]...
set -euo pipefail

packages=()
need() { # need COMMAND-OR-FILE PACKAGE
  if [[ $1 == /* ]]; then [[ -e $1 ]] || packages+=("$2"); else command -v "$1" >/dev/null || packages+=("$2"); fi
}

[[ $# -gt 0 ]] || set -- build
for what in "$@"; do
  case $what in
    build)
      need clang clang; need ld.lld lld; need objcopy binutils; need cmake cmake; need make make
      need /usr/include/zlib.h zlib1g-dev; need /usr/include/openssl/ssl.h libssl-dev
      ;;
    test)
      need git git; need npm npm; need node nodejs; need ip iproute2; need strace strace; need python3 python3
      need /usr/lib/python3/dist-packages/grpc python3-grpcio
      ;;
    bench)
      need hyperfine hyperfine; need perf linux-perf; need docker-credential-pass golang-docker-credential-helpers; need cc gcc
      ;;
    *) echo "prerequisites.sh: unknown set: $what" >&2; exit 2 ;;
  esac
done

if ! command -v dotnet >/dev/null; then
  echo "prerequisites.sh: the .NET 10 SDK is missing: https://learn.microsoft.com/dotnet/core/install/linux" >&2
  exit 1
fi

[[ ${#packages[@]} -gt 0 ]] || exit 0
mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
if ! command -v apt-get >/dev/null; then
  echo "prerequisites.sh: please install: ${packages[*]} (these are Debian's names)" >&2
  exit 1
fi
sudo=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || { echo "prerequisites.sh: please install as root: ${packages[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
echo "installing ${packages[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null

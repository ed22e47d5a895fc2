#!/usr/bin/env bash
# Installs what a build needs and this machine lacks. Debian and Ubuntu; elsewhere it says what is missing.
#   prerequisites.sh [build|cross|emulate|test|release|bench]...
set -euo pipefail

packages=()
wanted=()
need() { # need COMMAND-OR-FILE PACKAGE
  if [[ $1 == /* ]]; then [[ -e $1 ]] || packages+=("$2"); else command -v "$1" >/dev/null || packages+=("$2"); fi
}

want() { # want COMMAND PACKAGE: a client that tests do without where it cannot be had
  command -v "$1" >/dev/null || wanted+=("$2")
}

[[ $# -gt 0 ]] || set -- build
for what in "$@"; do
  case $what in
    build)
      need clang clang; need ld.lld lld; need objcopy binutils; need cmake cmake; need make make
      need /usr/include/zlib.h zlib1g-dev; need /usr/include/openssl/ssl.h libssl-dev
      ;;
    cross) need aarch64-linux-gnu-objcopy binutils-aarch64-linux-gnu ;; # to build for arm64 on x64
    emulate) need qemu-aarch64-static qemu-user-static ;; # and to run that here
    test)
      need git git; need npm npm; need node nodejs; need ip iproute2; need strace strace; need python3 python3
      need /usr/lib/python3/dist-packages/grpc python3-grpcio
      want aws awscli; want mandoc mandoc; want busybox busybox; want dash dash; want zsh zsh; want fish fish; want skopeo skopeo; want curl curl
      ;;
    release)
      need git git; need python3 python3; need sha256sum coreutils; need libdeflate-gzip libdeflate-tools
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

[[ $((${#packages[@]} + ${#wanted[@]})) -gt 0 ]] || exit 0
if [[ ${#packages[@]} -gt 0 ]]; then mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u); fi
give_up() { # give_up HOW-THEY-ARE-TO-BE-INSTALLED
  [[ ${#packages[@]} -gt 0 ]] || exit 0 # Nothing but what can be done without.
  echo "prerequisites.sh: please install$1: ${packages[*]}" >&2
  exit 1
}
command -v apt-get >/dev/null || give_up " (these are Debian's names)"
sudo=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || give_up " as root"
  sudo=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq || give_up ""
install() {
  echo "installing $*" >&2
  "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
if [[ ${#packages[@]} -gt 0 ]]; then install "${packages[@]}"; fi
for package in "${wanted[@]}"; do
  install "$package" || echo "prerequisites.sh: the tests do without $package" >&2
done

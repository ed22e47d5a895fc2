#!/usr/bin/env bash
# Makes sure of the clients that the tests call and this machine lacks, or has too old. They come from a newer release of
# Debian, are unpacked below publish/.cache with the libraries that they need, and are not installed. What cannot be had
# is said; its tests are skipped.
#   tests/newer-clients.sh
set -uo pipefail
cd "$(dirname "$0")/.."

suite=trixie
clients=$PWD/publish/.cache/clients-$suite
keys=/usr/share/keyrings/debian-archive-keyring.gpg

is_at_least() { # is_at_least VERSION FOUND
  [[ -n $2 && $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]
}

# apt-get with lists and settings of its own: the machine's stay as they are.
apt() { # apt COMMAND ARGUMENTS...
  command "$1" -o Dir::Etc::sourcelist="$clients/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State="$clients/apt" \
    -o Dir::State::status=/dev/null -o Dir::Cache="$clients/apt" -o Acquire::Languages=none -o APT::Install-Recommends=false \
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o APT::Update::Error-Mode=any "${@:2}"
}

prepare_apt() {
  [[ -e $clients/apt/ready ]] && return
  [[ -z ${is_hopeless:-} ]] || { echo "for the same reason"; return 1; }
  is_hopeless=yes
  local release mirror
  release=$(. /etc/os-release && echo "$ID $VERSION_CODENAME")
  [[ $release == debian\ * && -e $keys ]] || { echo "this is no Debian"; return 1; }
  # From wherever this machine gets its own packages.
  mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' | sed -n "s/^${release#* } //p" | head -n 1)
  [[ -n $mirror ]] || { echo "apt-get knows no mirror of ${release#* }"; return 1; }
  mkdir -p "$clients"/apt/{lists,archives}/partial
  echo "deb [signed-by=$keys] $mirror $suite main" >"$clients/apt/sources.list"
  apt apt-get update -q && touch "$clients/apt/ready" && is_hopeless=
}

# Runs a program with the libraries that came with it, whatever this machine's are.
wrap() { # wrap ROOT PROGRAM
  local loader libraries
  loader=$(echo "$1"/usr/lib/*/ld-linux-*.so.*)
  libraries=$(dirname "$loader")
  mv "$2" "$2.elf"
  printf '#!/bin/sh\nexec "%s" --argv0 "$0" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$2.elf" >"$2"
  chmod 755 "$2"
}

unpack() { # unpack ROOT PACKAGE [PATTERN]: with all that it depends on, but for what the pattern says
  local root=$1 packages
  packages=$(apt apt-get --simulate install "$2" | sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -Evx "${3:-}")
  mkdir -p "$root/debs"
  # shellcheck disable=SC2086
  (cd "$root/debs" && apt apt-get -q download $packages) || return
  for package in "$root"/debs/*.deb; do dpkg-deb --extract "$package" "$root" || return; done
  rm -r "$root/debs"
}

git_2_46() {
  # What perl does for git, no test asks for.
  unpack "$1" git '.*perl.*|git-man' || return
  local core=$1/usr/lib/git-core
  wrap "$1" "$1/usr/bin/git"
  wrap "$1" "$(readlink -f "$core/git-remote-http")"
  ln -sf ../../bin/git "$core/git"
  mkdir -p "$1/bin"
  printf '#!/bin/sh\nexport GIT_EXEC_PATH="%s" GIT_TEMPLATE_DIR="%s"\nexec "%s" "$@"\n' \
    "$core" "$1/usr/share/git-core/templates" "$1/usr/bin/git" >"$1/bin/git"
  chmod 755 "$1/bin/git"
  "$1/bin/git" version
}

program() { # program ROOT PACKAGE NAME: one that needs nothing but its libraries
  unpack "$1" "$2" || return
  wrap "$1" "$1/usr/bin/$3"
  mkdir -p "$1/bin"
  ln -s "../usr/bin/$3" "$1/bin/$3"
}

kubectl_1_32() { program "$1" kubectl kubectl && "$1/bin/kubectl" version --client; }

docker_26() { program "$1" docker-cli docker && "$1/bin/docker" --version; }

go_1_24() { # without the standard library's source: fetching modules needs none
  mkdir -p "$1/bin"
  (cd "$1" && apt apt-get -q download golang-1.24-go && dpkg-deb --extract golang-1.24-go_*.deb . && rm golang-1.24-go_*.deb) || return
  printf '#!/bin/sh\nGOROOT="%s" exec "%s" "$@"\n' "$1/usr/lib/go-1.24" "$1/usr/lib/go-1.24/bin/go" >"$1/bin/go"
  chmod 755 "$1/bin/go"
  "$1/bin/go" version
}

pip_25() { # in Python alone: this machine's runs it
  mkdir -p "$1/bin"
  (cd "$1" && apt apt-get -q download python3-pip && dpkg-deb --extract python3-pip_*.deb .) || return
  printf '#!/bin/sh\nPYTHONPATH="%s" exec /usr/bin/python3 -m pip "$@"\n' "$1/usr/lib/python3/dist-packages" >"$1/bin/pip"
  chmod 755 "$1/bin/pip"
  /usr/bin/python3 -m compileall -q "$1/usr/lib/python3/dist-packages" >/dev/null
  "$1/bin/pip" --version
}

fetch() { # fetch NAME COMMAND: once, complete or not at all
  local name=$1 log
  [[ -e $clients/$name/bin/$name ]] && return
  mkdir -p "$clients"
  log=$(mktemp)
  rm -rf "${clients:?}/$name"
  if ! { prepare_apt && "$2" "$clients/$name"; } >"$log" 2>&1; then
    echo "newer-clients.sh: $name cannot be had here:" >&2
    tail -n 3 "$log" >&2
    rm -rf "${clients:?}/$name" "$clients/apt/ready" # What the lists name may be gone.
  fi
  rm -f "$log"
}

is_at_least 2.46 "$(git version 2>/dev/null | sed 's/^git version //')" || fetch git git_2_46
command -v kubectl >/dev/null || fetch kubectl kubectl_1_32
command -v docker >/dev/null || fetch docker docker_26
is_at_least 23.1 "$(pip --version 2>/dev/null | sed 's/^pip \([^ ]*\) .*/\1/')" || fetch pip pip_25
is_at_least 1.24 "$(go version 2>/dev/null | sed 's/^go version go\([^ ]*\) .*/\1/')" || fetch go go_1_24

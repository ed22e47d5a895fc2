#!/usr/bin/env bash
# Prints a directory with the headers and libraries of another processor, to build for it on this machine: what
# prerequisites.sh installs for this one. They are Debian's packages, of this machine's release and from its mirror, with the
# signatures checked by apt; they are unpacked below publish/.cache, and not installed.
#   publish/sysroot.sh arm64 [--fresh]
#   --fresh  as the mirror has them today, though there is one already: a release has the newest security updates
# SYSROOT names a directory that is there, and is printed then: two builds that must be the same have to use the same.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "sysroot.sh: $*" >&2; exit 1; }

architecture=${1:-}
[[ $architecture == arm64 ]] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
if [[ -n ${SYSROOT:-} ]]; then echo "$SYSROOT"; exit 0; fi
sysroot=$PWD/publish/.cache/sysroot-$architecture
[[ ${2:-} == --fresh || ! -e $sysroot ]] || { echo "$sysroot"; exit 0; }

packages=(gcc-12-base libc6 libc6-dev libgcc-s1 libgcc-12-dev libssl3 libssl-dev linux-libc-dev zlib1g zlib1g-dev)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
release=$(. /etc/os-release && echo "$ID $VERSION_CODENAME")
[[ $release == "debian bookworm" && -e $keys ]] || fail "this is not Debian 12, whose libraries the program is linked with"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt reads it as a user of its own.
mkdir -p "$work"/apt/{lists,archives}/partial "$work"/{debs,root/var/lib/dpkg}
# A mirror has all processors. What else the machine has sources for is not asked.
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u |
  sed "s,^,deb [signed-by=$keys] ," >"$work/apt/sources.list"
[[ -s $work/apt/sources.list ]] || fail "apt-get knows no mirror of Debian: run apt-get update first"
apt() { # with lists and settings of its own: the machine's stay as they are
  apt-get -q -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
    -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State="$work/apt" -o Dir::State::status=/dev/null \
    -o Dir::Cache="$work/apt" -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o APT::Update::Error-Mode=any \
    -o APT::Sandbox::User=root "$@"
}

echo "fetching ${packages[*]} for $architecture" >&2
if ! { apt update && cd "$work/debs" && apt download "${packages[@]}"; } >"$work/log" 2>&1; then
  tail -n 3 "$work/log" >&2
  fail "the packages for $architecture cannot be had here"
fi
for package in "$work"/debs/*.deb; do
  dpkg-deb --extract "$package" "$work/root"
  # So that `dpkg-query --admindir` tells what is there, as it does for the machine's own.
  { dpkg-deb --field "$package"; printf 'Status: install ok installed\n\n'; } >>"$work/root/var/lib/dpkg/status"
done

# Another run may have been quicker.
cd "$OLDPWD"
mkdir -p "$(dirname "$sysroot")"
chmod 755 "$work/root"
rm -rf "$sysroot.old"
[[ ! -e $sysroot ]] || mv "$sysroot" "$sysroot.old"
mv -T "$work/root" "$sysroot" 2>/dev/null || [[ -e $sysroot ]] || fail "$sysroot cannot be made"
rm -rf "$sysroot.old"
echo "$sysroot"

#!/usr/bin/env bash
# Writes SHA256SUMS of all files in a directory: sums.sh DIRECTORY
set -euo pipefail
cd "$1"
sum=(sha256sum)
command -v sha256sum >/dev/null || sum=(shasum -a 256)
find . -maxdepth 1 -type f ! -name SHA256SUMS ! -name .sums | sed 's:^\./::' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 "${sum[@]}" >.sums
mv .sums SHA256SUMS

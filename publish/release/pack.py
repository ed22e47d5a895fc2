#!/usr/bin/env python3
"""Packs a directory so that the same files are the same bytes: names sorted, owner 0, one time for all.

pack.py DIRECTORY SECONDS ARCHIVE    (SECONDS: the time of each entry, Unix; ARCHIVE: NAME.tar, .tar.gz, .tgz or .tar.xz)
"""
import io
import lzma
import pathlib
import subprocess
import sys
import tarfile


def tar(directory, seconds):
    def entry(info):
        info.mtime, info.uid, info.gid, info.uname, info.gname = seconds, 0, 0, "", ""
        info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
        return info

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in [directory, *sorted(directory.rglob("*"))]:
            archive.add(path, arcname=str(path.relative_to(directory.parent)), recursive=False, filter=entry)
    return buffer.getvalue()


def compressed(archive, name):
    if name.endswith(".xz"):
        return lzma.compress(archive, preset=9 | lzma.PRESET_EXTREME)
    if name.endswith((".gz", ".tgz")):
        # gzip -9 makes it 3 % larger, which is more than the 5 MB that a download is to have.
        return subprocess.run(["libdeflate-gzip", "-12", "-c"], input=archive, check=True, capture_output=True).stdout
    return archive


def main(directory, seconds, archive):
    pathlib.Path(archive).write_bytes(compressed(tar(pathlib.Path(directory), int(seconds)), archive))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

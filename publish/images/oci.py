#!/usr/bin/env python3
"""Makes an image of a release without an engine, as an OCI layout: a directory that skopeo, podman and containerd read.

oci.py ARCHIVE CERTIFICATES DIRECTORY    (ARCHIVE: aotbroker-VERSION-linux-*.tar.gz; CERTIFICATES: the CAs, as PEM)

The image holds the program, the certificates, the licences, and two directories in which every user may write: /tmp and
/run/aotbroker, where an emptyDir or a tmpfs goes if the root is read-only. It runs as 65532; any other user will do.
Made twice from the same files it is the same bytes.
"""
import gzip
import hashlib
import io
import json
import pathlib
import re
import sys
import tarfile
import time

WRITABLE_BY_ALL = 0o1777
USER = "65532:65532"


def release(archive):
    found = re.fullmatch(r"aotbroker-(.+)-linux-(x64|arm64)\.tar\.gz", pathlib.Path(archive).name)
    if found is None:
        sys.exit(f"oci.py: {archive} is no archive of a release for Linux")
    return found.group(1), {"x64": "amd64", "arm64": "arm64"}[found.group(2)]


def layer(files, seconds):
    """A layer of these files: path to (mode, content); None stands for a directory. Those above are made."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        paths = set(files)
        for path in files:
            paths.update(str(parent) for parent in pathlib.PurePosixPath(path).parents if str(parent) != ".")
        for path in sorted(paths):
            mode, content = files.get(path, (0o755, None))
            entry = tarfile.TarInfo(path)
            entry.mode, entry.mtime = mode, seconds
            if content is None:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content or b""))
    return buffer.getvalue()


class Layout:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.blobs = self.directory / "blobs/sha256"
        self.blobs.mkdir(parents=True, exist_ok=True)

    def add(self, media_type, content):
        digest = hashlib.sha256(content).hexdigest()
        (self.blobs / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content)}

    def add_json(self, media_type, document):
        return self.add(media_type, json.dumps(document, separators=(",", ":")).encode())

    def finish(self, manifest):
        (self.directory / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}\n', encoding="utf-8")
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [manifest]}
        (self.directory / "index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def main(archive_path, certificates, directory):
    version, architecture = release(archive_path)
    files = {"tmp": (WRITABLE_BY_ALL, None), "run/aotbroker": (WRITABLE_BY_ALL, None)}
    with tarfile.open(archive_path) as archive:
        for member in archive.getmembers():
            name = member.name.partition("/")[2]
            if not member.isfile():
                continue
            content = archive.extractfile(member).read()
            if name == "aotbroker":
                files[name] = (0o755, content)
                seconds = member.mtime
            elif name in ("LICENSE", "NOTICE") or name.startswith("LICENSES/"):
                files["usr/share/doc/aotbroker/" + name] = (0o644, content)
    trusted = {"etc/ssl/certs/ca-certificates.crt": (0o644, pathlib.Path(certificates).read_bytes())}

    layout = Layout(directory)
    # The certificates first: they change less often than the program.
    layers = [layer(trusted, seconds), layer(files, seconds)]
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    labels = {"org.opencontainers.image.title": "aotbroker", "org.opencontainers.image.version": version, "org.opencontainers.image.licenses": "MIT"}
    config = layout.add_json("application/vnd.oci.image.config.v1+json", {
        "created": created, "architecture": architecture, "os": "linux",
        "config": {"User": USER, "Env": ["PATH=/", "AOTBROKER_CACHE_DIR=/run/aotbroker/cache"], "Entrypoint": ["/aotbroker"], "Cmd": ["--help"], "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(one).hexdigest() for one in layers]},
        "history": [{"created": created, "created_by": "publish/images/oci.py"}] * len(layers),
    })
    described = [layout.add("application/vnd.oci.image.layer.v1.tar+gzip", gzip.compress(one, 9, mtime=0)) for one in layers]
    manifest = layout.add_json("application/vnd.oci.image.manifest.v1+json", {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": described, "annotations": labels,
    })
    layout.finish(manifest | {"platform": {"architecture": architecture, "os": "linux"}, "annotations": {"org.opencontainers.image.ref.name": version}})


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
